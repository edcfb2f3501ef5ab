"""Objections: by how much each changes the share of starts that ends aligned, as a forest of intervals."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, ends
from basin.figures.theme import GAP, INK, LETTER, NARROW, QUIET, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import MINUS, capital, interval, listed, percent, true_minus

if TYPE_CHECKING:
    import xarray as xr

LINE, BAR = 2.25 * GAP, 3 * GAP  # px for a line of words, and for the intervals below them
SIDE, FOOT = 2 * GAP, 7 * GAP  # px beside the plot, and for the scale
LETTERS = int((NARROW - 4 * SIDE) / (LETTER * TEXT))  # of a name's line: what fits a telephone fits anywhere
LOSS, GAIN, EVEN = LOOKS["captured"], LOOKS["aligned"], LOOKS["undecided"]


def objections(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.objections` found: a row for each objection, the change of P(aligned) with its 95% interval, and
    thinner the one that holds for all at once. The head is broken to fit `width` px. Raises FigureError for another one.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> fig = basin.figures.objections(basin.objections(short, ["fully-updated-deference"], samples=32))
    >>> print(fig.layout.meta["title"])
    6% of these starts end aligned, and no objection surely lowers that
    """
    if dataset.attrs.get("basin") != "objections":
        raise FigureError("this Dataset holds no objections; make one with basin.objections")
    about = dataset.attrs
    told = [dataset.isel(objection=at) for at in range(dataset.sizes["objection"])]
    drawn = [one for one in told if int(one["applies"])]
    least = min([0.0, *(float(one["together_low"]) for one in drawn)])
    most = max([0.0, *(float(one["together_high"]) for one in drawn)])
    span = max(most - least, 0.02)
    ticks = _ticks(least, most)
    fig = go.Figure()
    tall = 0.0  # px: rows are laid out in px, from the top
    for one in told:
        tall += _row(fig, one, tall)
    message, detail = _message(dataset, drawn), _detail(dataset)
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        xaxis={"title": {"text": "Change, in percentage points →"}, "tickvals": ticks, "ticktext": [*map(_points, ticks)],
               "range": [least - 0.04 * span, most + 0.04 * span]},
        yaxis={"visible": False, "range": [tall, 0], "fixedrange": True},
        margin={"l": SIDE, "r": SIDE},
        meta={
            "rows": True,
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. {detail}. Each row switches on one objection, the random "
            "numbers staying the same. A square is a loss and a circle a gain that chance does not explain.",
            "alt": "Changes of the share that ends aligned, in points: "
            + "; ".join(f"{one['title'].values} {_points(float(one['difference']))}" for one in drawn) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    fit(fig, width)
    fig.layout.height = round(fig.layout.margin.t + tall + FOOT)
    return fig


def _row(fig: go.Figure, one: xr.Dataset, top: float) -> float:
    """One objection: its name, the numbers in words, and below them its intervals and dot, which knows its name; its px."""
    applies, name = bool(int(one["applies"])), wrap(str(one["title"].values), LETTERS)
    y = top + LINE * (len(name) + 1) + GAP
    for above, lines, size, colour in (
        (top, name, TEXT, INK),
        (top + LINE * len(name), [_said(one) if applies else "does not apply here"], SMALL, QUIET),
    ):
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=above, yanchor="top", text="<br>".join(lines), align="left",
            font={"size": size, "color": colour}, showarrow=False,
        )  # fmt: skip
    if not applies:
        return y - top
    change, low, high, wide_low, wide_high = (
        float(one[part]) for part in ("difference", "difference_low", "difference_high", "together_low", "together_high")
    )
    look = LOSS if wide_high < 0 else GAIN if wide_low > 0 else EVEN
    none = {"color": QUIET, "width": 1, "dash": "dot"}
    fig.add_shape(type="line", x0=0, x1=0, y0=y - GAP, y1=y + GAP, line=none, layer="below")
    for first, last, thick in ((wide_low, wide_high, 1), (low, high, 4)):
        fig.add_scatter(
            x=[first, last], y=[y, y], mode="lines", line={"color": INK if thick == 1 else look.colour, "width": thick},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    share = f"{percent(float(one['share']))} ({interval(float(one['low']), float(one['high']))}) aligned"
    hover = f"{one['says'].values}<br>{_points(change)} points ({_points(low)} to {_points(high)}); {share}<extra></extra>"
    marker = {"color": look.colour, "symbol": look.marker, "size": TEXT * 0.75, "line": {"color": INK, "width": 1}}
    fig.add_scatter(
        x=[change], y=[y], mode="markers", marker=marker, showlegend=False, hovertemplate=hover,
        customdata=[str(one["objection"].values)],
    )  # fmt: skip
    return y - top + BAR - GAP


def _said(one: xr.Dataset) -> str:
    """The change with its interval, and what is left."""
    change, low, high = (float(one[f"difference{end}"]) for end in ("", "_low", "_high"))
    if low == high:
        return "nothing changes here"
    left = percent(float(one["share"]))
    return f"{_points(change)} points ({_points(low)} to {_points(high)}): leaves {left}"


def _message(dataset: xr.Dataset, drawn: list[xr.Dataset]) -> str:
    target = ends(str(dataset.attrs["target"]))
    share = percent(float(dataset.attrs["base_share"]))
    loss = [one for one in drawn if float(one["together_high"]) < 0]
    if not loss:
        return f"{share} of these starts end {target}, and no objection surely lowers that"
    last = listed([f"“{one['title'].values}”" for one in loss[:2]])
    return f"{share} of these starts end {target}; what costs most: {last}"


def _detail(dataset: xr.Dataset) -> str:
    about = dataset.attrs
    band = interval(float(about["base_low"]), float(about["base_high"]))
    return (
        f"{about['title']}, 95% interval {band}; {int(about['samples']):,} starts, {true_minus(about['starts_from'])}, "
        "the same under every objection. Thick: 95% interval of the change; thin: 95% for all objections at once"
    )


def _points(value: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    points = 100 * value
    if points == 0:
        return "0"
    digits = 0 if abs(points) >= 9.95 else 1
    return f"{'+' if points > 0 else MINUS}{abs(points):.{digits}f}"


def _ticks(least: float, most: float) -> list[float]:
    """Round values between the ends, 0 among them; few enough for a telephone."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0) if (most - least) / step <= 6)
    return [k * step for k in range(round(least / step - 0.49), round(most / step + 0.49) + 1) if least <= k * step <= most]
