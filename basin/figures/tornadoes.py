"""Sensitivity: how far each assumption alone moves how a scenario ends, and how much it matters while all vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, INK, QUIET, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, number, percent, true_minus

if TYPE_CHECKING:
    import xarray as xr

MOST_ROWS = 15
ROW = 8 * GAP  # px for one assumption: two lines of words over its bars, short enough for a telephone
FOOT = 16 * GAP  # px for the scale and the legend
BAR, OFFSET = 0.28, 0.2  # of a row: how thick its bars are, and how far below its middle
NAME_AT, NUMBERS_AT = 0.4, 0.14  # of a row: how far above its middle the lines of words are
LOW, HIGH = LOOKS["misled"].colour, LOOKS["aligned"].colour  # of the lower and the upper end of an assumption
STAR = {"morris": "mu_star", "sobol": "total"}


def tornado(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.sensitivity` found: for each assumption a bar from what its lower end alone makes of the scenario to
    what its upper end does, with 95% intervals, around the scenario as it is; what matters most on top, with its index. The
    first 15, and how many more there are. The head is broken to fit `width` px. Raises FigureError for another Dataset.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> fig = basin.figures.tornado(basin.sensitivity(short, ["motives.care", "belief.knowledge"], samples=2, runs=20))
    >>> print(fig.layout.meta["title"])
    What matters most for how often it ends aligned: care (motives) and knowledge (belief)
    """
    if dataset.attrs.get("basin") != "sensitivity":
        raise FigureError("this Dataset holds no sensitivity; make one with basin.sensitivity")
    about, star = dataset.attrs, STAR[str(dataset.attrs["method"])]
    told = [dataset.isel(path=at) for at in range(min(MOST_ROWS, dataset.sizes["path"]))]
    left = [float(value) for value in dataset[star].values[MOST_ROWS:]]
    base = float(about["base_value"])
    fig = go.Figure()
    rows = np.arange(len(told)) - OFFSET  # the scenario as it is, beside the bars alone: words stand between them
    beside = np.stack([rows - 0.7 * BAR, rows + 0.7 * BAR, np.full(len(rows), np.nan)], axis=1).ravel()
    fig.add_scatter(
        x=np.full(3 * len(rows), base), y=beside, mode="lines", line={"color": INK, "width": 2}, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    for at, one in enumerate(reversed(told)):
        _row(fig, one, at, base, star, about)
    for name, colour, symbol in (("at its lower end", LOW, "square"), ("at its upper end", HIGH, "circle")):
        marker = {"color": colour, "symbol": symbol, "size": TEXT * 0.75, "line": {"color": INK, "width": 1}}
        fig.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=marker)
    fig.add_annotation(
        x=base, y=len(told) - 0.35, text=f"as it is: {_value(base, about)}", showarrow=False, yanchor="bottom",
        xanchor=_side(base, *_span(told, base)), font={"size": SMALL, "color": QUIET},
    )  # fmt: skip
    if left:
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=-0.75, yanchor="top", showarrow=False, font={"size": SMALL, "color": QUIET},
            text=f"and {len(left)} more, {_rest(max(left), about)}",
        )  # fmt: skip
    low, high = _span(told, base)
    room = 0.04 * (high - low)
    message, detail = _message(dataset, told, star), _detail(dataset)
    head(fig, message=message, detail=detail)
    what = "P(aligned)" if about["of"] == "aligned" else "Size of the basin, bits"
    fig.update_layout(
        template=TEMPLATE,
        xaxis={"title": {"text": f"{what}, with one assumption at an end of its range →"}, "range": [low - room, high + room],
               "tickformat": ".0%" if about["of"] == "aligned" else ""},
        yaxis={"visible": False, "fixedrange": True},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. {detail}.",
            "alt": f"{what} as the scenario is: {_value(base, about)}. With one assumption at its lower, or upper, end: "
            + "; ".join(f"{one['path'].values} {_value(float(one['at_lo']), about)}, {_value(float(one['at_hi']), about)}"
                        for one in told) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    fit(fig, width)
    lowest = -1.4 if left else -0.6
    fig.layout.yaxis.range = [lowest, len(told) + 0.1]
    fig.layout.height = round(fig.layout.margin.t + ROW * (len(told) - lowest) + FOOT)
    return fig


def _row(fig: go.Figure, one: xr.Dataset, at: int, base: float, star: str, about: dict[str, Any]) -> None:
    """One assumption: its name, its range and index, and below them its two bars with their intervals."""
    path, meaning, unit = (str(one[name].values) for name in ("path", "meaning", "unit"))
    middle = at - OFFSET
    for end, name, colour, symbol, place in (("at_lo", "lo", LOW, "square", 0.5), ("at_hi", "hi", HIGH, "circle", -0.5)):
        value, low, high = (float(one[f"{end}{part}"]) for part in ("", "_low", "_high"))
        y = middle + place * BAR / 2
        hover = (
            f"{path} = {number(float(one[name]))} {unit if unit != '1' else ''}<br>{meaning}<br>"
            f"{_value(value, about)} ({_value(low, about)} to {_value(high, about)})<extra></extra>"
        )
        fig.add_bar(
            x=[value - base], base=[base], y=[y], width=BAR / 2, orientation="h", marker={"color": colour, "line_width": 0},
            showlegend=False, hovertemplate=hover,
        )  # fmt: skip
        fig.add_scatter(
            x=[low, high], y=[y, y], mode="lines", line={"color": INK, "width": 1}, showlegend=False, hoverinfo="skip"
        )
        marker = {"color": colour, "symbol": symbol, "size": TEXT * 0.5, "line": {"color": INK, "width": 1}}
        fig.add_scatter(x=[value], y=[y], mode="markers", marker=marker, showlegend=False, hovertemplate=hover)
    matters, least, most = (float(one[f"{star}{part}"]) for part in ("", "_low", "_high"))
    index = _index(matters, least, most, about)
    ends = f"{number(float(one['lo']))} to {number(float(one['hi']))}"
    for y, text, size, colour in ((NAME_AT, words(path), TEXT, INK), (NUMBERS_AT, f"{ends}: {index}", SMALL, QUIET)):
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=at + y, yanchor="middle", text=text, font={"size": size, "color": colour},
            showarrow=False,
        )  # fmt: skip


def words(path: str) -> str:
    """A path as a phrase: `overlap (motives, self interest)`."""
    *sections, last = path.replace("_", " ").split(".")
    return f"{last} ({', '.join(sections)})"


def _index(value: float, low: float, high: float, about: dict[str, Any]) -> str:
    """How much it matters while all vary, with its interval."""
    if about["method"] == "sobol":
        return f"share {percent(min(1.0, max(0.0, value)))} ({interval(max(0.0, low), min(1.0, high))})"
    return f"moves it by {value:.2f} ({low:.2f}–{high:.2f})"


def _rest(most: float, about: dict[str, Any]) -> str:
    if about["method"] == "sobol":
        return f"none with a larger total share than {percent(max(0.0, most))}"
    return "none of which moves it at all" if most == 0 else f"all below {_above(most)}"


def _above(value: float) -> str:
    """Rounded up, so that all are below."""
    return f"{np.floor(value * 100) / 100 + 0.01:.2f}"


def _span(told: list[xr.Dataset], base: float) -> tuple[float, float]:
    ends = [float(one[f"{end}_{side}"]) for one in told for end in ("at_lo", "at_hi") for side in ("low", "high")]
    low, high = min([base, *ends]), max([base, *ends])
    return (low, high) if high > low else (low - 0.05, high + 0.05)


def _side(base: float, low: float, high: float) -> str:
    """On which side of the line its text finds room."""
    part = (base - low) / (high - low)
    return "left" if part < 0.25 else "right" if part > 0.75 else "center"


def _value(value: float, about: dict[str, Any]) -> str:
    return percent(value) if about["of"] == "aligned" else f"{value:.2f} bits"


def _message(dataset: xr.Dataset, told: list[xr.Dataset], star: str) -> str:
    about = dataset.attrs
    what = "how often it ends aligned" if about["of"] == "aligned" else "the size of the basin"
    first = told[0]
    if float(first[star]) == 0:
        alone = max(abs(float(first[end]) - float(about["base_value"])) for end in ("at_lo", "at_hi"))
        if alone == 0:
            return f"No assumption changes {what} within its range"
        return f"Taken alone, {words(str(first['path'].values))} changes most {what}"
    rivals = [one for one in told[1:] if float(one[f"{star}_high"]) > float(first[f"{star}_low"])]
    names = listed([words(str(one["path"].values)) for one in told[: 1 + bool(rivals)]])
    return f"What matters most for {what}: {names}"


def _detail(dataset: xr.Dataset) -> str:
    about = dataset.attrs
    matters = {
        "morris": "in words: its range, and the mean change per width of it, either way, while all vary, with 95% interval",
        "sobol": "in words: its range, and its share of the variance while all vary, alone or with others, with 95% interval",
    }[str(about["method"])]
    starts = f"starts {true_minus(about['starts_from'])}; " if about["of"] == "bits" else ""
    return (
        f"{about['title']}. Bars: one assumption at an end of its range, all else as it is, with 95% intervals; {matters}. "
        f"{capital(starts)}{int(about['points']):,} points of {int(about['runs']):,} runs, the same at every point"
    )
