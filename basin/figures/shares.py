"""Basin stability: which share of the starts ends in each way, with its intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import Look, ends, looks
from basin.figures.theme import GAP, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, percent, true_minus

if TYPE_CHECKING:
    import xarray as xr

ROW = 7 * GAP  # px for one outcome
FRAME = 200  # px for what stands above and below
FEW = 6  # outcomes of which those that no run had are drawn too


def stability(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.stability` found: a bar for each outcome, with its 95% interval, and thinner the one that holds for
    all outcomes at once. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.stability(basin.stability("pendulum", samples=100))
    >>> print(fig.layout.meta["title"])
    18% of these starts end in fixed point
    """
    if dataset.attrs.get("basin") != "stability":
        raise FigureError("this Dataset holds no basin stability; make one with basin.stability")
    about, target = dataset.attrs, str(dataset.attrs["target"])
    words = [str(word) for word in dataset["outcome"].values]
    look = looks(words)
    shown = [word for word in words if len(words) <= FEW or int(dataset["count"].sel(outcome=word)) or word == target]
    fig = go.Figure()
    for word in reversed(shown):
        ends_so = {
            name: float(dataset[name].sel(outcome=word)) for name in ("share", "low", "high", "together_low", "together_high")
        }
        row(fig, look[word], **ends_so)
    one = dataset.sel(outcome=target)
    message = f"{percent(float(one['share']))} of these starts end {ends(target)}"
    band = interval(float(one["low"]), float(one["high"]))
    even = "evenly spread " if about["method"] == "sobol" else ""
    runs = f", {about['runs']} runs from each" if int(about["runs"]) > 1 else ""
    detail = f"95% interval {band}; {int(about['starts']):,} {even}starts{runs}, {true_minus(about['starts_from'])}"
    parts = [f"{percent(float(dataset['share'].sel(outcome=word)))} {look[word].name}" for word in shown]
    head(fig, message=message, detail=detail)
    top = max(float(dataset["together_high"].max()) * 1.25, 0.05)
    fig.update_layout(
        template=TEMPLATE,
        height=FRAME + ROW * len(shown),
        bargap=0,
        xaxis={"title": {"text": "Share of the starts; thick: 95% interval, thin: 95% for all outcomes at once →"},
               "range": [0, min(top, 1.2)], "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"ticks": "", "tickfont": {"size": TEXT, "color": INK}},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Thick lines are 95% intervals of each outcome, "
            "thin ones hold for all outcomes at once. Whatever unresolved runs would become, "
            f"{look[target].name} is {interval(float(about['bounds_low']), float(about['bounds_high']))}.",
            "alt": f"Bars: {listed(parts)}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def row(
    fig: go.Figure, look: Look, share: float, low: float, high: float, together_low: float | None = None,
    together_high: float | None = None,
) -> None:  # fmt: skip
    """A bar for one outcome, with its 95% interval and, if given, thinner the one that holds for all outcomes at once.

    low, high: NaN where there is no interval.
    """
    name, known = f"{look.name} {look.sign}", low == low
    said = f"{percent(share)} ({interval(low, high)})" if known else percent(share)
    fig.add_bar(
        x=[share], y=[name], orientation="h", marker={"color": look.colour}, width=0.5,
        hovertemplate=f"{look.name}: {said}<extra></extra>", showlegend=False, name=look.name,
    )  # fmt: skip
    spans = [((together_low, together_high), 1, 5), ((low, high), 3, 0)]
    for (least, most), line, cap in spans:
        if least is None or most is None or not known:
            continue
        bar = {"type": "data", "symmetric": False, "array": [most - share], "arrayminus": [share - least],
               "color": INK, "thickness": line, "width": cap}  # fmt: skip
        fig.add_scatter(
            x=[share], y=[name], error_x=bar, mode="markers", marker={"size": 1, "color": INK}, showlegend=False,
            hoverinfo="skip",
        )  # fmt: skip
    end = together_high if together_high is not None else high if known else share
    fig.add_annotation(
        x=end, y=name, text=said, xanchor="left", xshift=GAP, showarrow=False, font={"size": TEXT, "color": QUIET}
    )
