"""Objections: by how much each changes the share of starts that ends aligned, as a forest of intervals."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, ends
from basin.figures.theme import GAP, INK, LETTER, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import MINUS, capital, interval, listed, percent, true_minus

if TYPE_CHECKING:
    import xarray as xr

ROW = 4 * GAP  # px for one objection
FRAME = 220  # px for what stands above and below
MARGINS = 8 * GAP  # px beside the plot
WIDE = 900  # px from which there is room for long names, and for intervals in words
LOSS, GAIN, EVEN = LOOKS["captured"], LOOKS["aligned"], LOOKS["undecided"]


class _Columns(NamedTuple):
    """Names, the scale, and numbers in words, side by side."""

    letters: int  # of a name on one line
    scale: float  # part of the width at which the scale begins
    numbers: float  # and at which it ends
    brief: bool  # numbers without their intervals

    @property
    def title(self) -> str:
        return "change → left" if self.brief else "change, and what is left"


def _columns(width: int) -> _Columns:
    letters, numbers, brief = (40, 26, False) if width >= WIDE else (22, 11, True)
    letter = LETTER * TEXT / max(1, width - MARGINS)
    return _Columns(letters, letters * letter, max(letters * letter + 0.1, 1 - numbers * letter), brief)


def objections(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.objections` found: a row for each objection, the change of P(aligned) with its 95% interval, and
    thinner the one that holds for all at once. Texts are broken to fit `width` px. Raises FigureError for another Dataset."""
    if dataset.attrs.get("basin") != "objections":
        raise FigureError("this Dataset holds no objections; make one with basin.objections")
    about = dataset.attrs
    told = [dataset.isel(objection=at) for at in range(dataset.sizes["objection"])]
    drawn = [one for one in told if int(one["applies"])]
    least = min([0.0, *(float(one["together_low"]) for one in drawn)])
    most = max([0.0, *(float(one["together_high"]) for one in drawn)])
    span = max(most - least, 0.02)
    fig, columns = go.Figure(), _columns(width)
    for at, one in enumerate(reversed(told)):
        _row(fig, one, at, columns)
    fig.add_vline(0, line={"color": QUIET, "width": 1, "dash": "dot"}, layer="below")
    fig.add_annotation(
        x=columns.numbers, xref="paper", xshift=GAP, y=len(told) - 0.5, text=columns.title, xanchor="left",
        yanchor="bottom", showarrow=False, font={"size": TEXT, "color": INK},
    )  # fmt: skip
    message, detail = _message(dataset, drawn), _detail(dataset)
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        height=FRAME + ROW * len(told) * (1 + columns.brief),
        xaxis={"title": {"text": "Change, in percentage points →"}, "domain": [columns.scale, columns.numbers],
               "range": [least - 0.04 * span, most + 0.04 * span], "tickvals": _ticks(least, most, 3 if columns.brief else 8),
               "ticktext": [_points(value) for value in _ticks(least, most, 3 if columns.brief else 8)]},
        yaxis={"visible": False, "range": [-0.6, len(told) + 0.4], "fixedrange": True},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. {detail}. Each row switches on one objection, the random "
            "numbers staying the same. A square is a loss and a circle a gain that chance does not explain.",
            "alt": "Changes of the share that ends aligned, in points: "
            + "; ".join(f"{one['title'].values} {_points(float(one['difference']))}" for one in drawn) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _row(fig: go.Figure, one: xr.Dataset, at: int, columns: _Columns) -> None:
    """One objection: its name, its intervals and dot, and the numbers in words."""
    text = {"y": at, "xref": "paper", "xanchor": "left", "showarrow": False, "align": "left"}
    name = "<br>".join(wrap(str(one["title"].values), columns.letters))
    fig.add_annotation(x=0, text=name, font={"size": TEXT, "color": INK}, **text)
    text |= {"x": columns.numbers, "xshift": GAP, "font": {"size": TEXT, "color": QUIET}}
    if not int(one["applies"]):
        fig.add_annotation(text="not here" if columns.brief else "does not apply here", **text)
        return
    change, low, high, wide_low, wide_high = (
        float(one[part]) for part in ("difference", "difference_low", "difference_high", "together_low", "together_high")
    )
    look = LOSS if wide_high < 0 else GAIN if wide_low > 0 else EVEN
    for first, last, thick in ((wide_low, wide_high, 1), (low, high, 4)):
        fig.add_scatter(
            x=[first, last], y=[at, at], mode="lines", line={"color": INK if thick == 1 else look.colour, "width": thick},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    share = f"{percent(float(one['share']))} ({interval(float(one['low']), float(one['high']))}) aligned"
    hover = f"{one['says'].values}<br>{_points(change)} points ({_points(low)} to {_points(high)}); {share}<extra></extra>"
    marker = {"color": look.colour, "symbol": look.marker, "size": TEXT * 0.75, "line": {"color": INK, "width": 1}}
    fig.add_scatter(x=[change], y=[at], mode="markers", marker=marker, showlegend=False, hovertemplate=hover)
    left = f"→ {percent(float(one['share']))}"
    within = "" if columns.brief else f" ({_points(low)} to {_points(high)}) "
    said = "nothing changes here" if low == high and not columns.brief else f"{_points(change)}{within} {left}"
    fig.add_annotation(text=said, **text)


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


def _ticks(least: float, most: float, many: int) -> list[float]:
    """Round values between the ends, 0 among them; none beside the numbers."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0) if (most - least) / step <= many)
    return [k * step for k in range(round(least / step - 0.49), round(most / step + 0.49) + 1) if least <= k * step <= most]
