"""The pictures of a sweep, one for each kind of axes. Each returns the figure, how to read it, what stands above its axis,
and what it is."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from basin.figures.bands import band, bars, plain
from basin.figures.cells import Side
from basin.figures.maps import ALL, NONE, STEADY, _entry, _mixed
from basin.figures.outcomes import Look, looks
from basin.figures.panels import NARROW_LINE
from basin.figures.panels import panels as laid_out
from basin.figures.slices import FAILED, TO_DO, Dim, Slice, brief
from basin.figures.theme import GAP, INK, PAPER, QUIET, TEXT
from basin.figures.words import capital, number, percent

Drawn = tuple[go.Figure, str, str, str]
Numbers = NDArray[np.float64]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SHADES = (0, 0.25, 0.5, 0.75, 1)
QUARTERS = {"range": [-0.03, 1.03], "tickformat": ".0%", "tickvals": SHADES}
ROW, ROWS_FRAME = 7 * GAP, 210  # px of a row of dots, and above and below them
APART, LOWER, NAMED = 0.16, 0.18, -0.28  # rows: between dots of the same row, where these are, and where its name is
WIDEST = 1 / 4  # of the map, that one half is pooled over at most: sweeps have few points and many runs
CELL = 10  # px of the mark in a blank cell, where there are few


# ---- Lines ---------------------------------------------------------------------------------------------------------


def lines(shown: Slice, across: Dim, series: Dim | None, panels: Dim | None) -> Drawn:
    """shown: (panels, series, across)."""
    side = _side(across)
    fig, places = laid_out(_titles(panels), _along(side, panels))
    look = _looks(series)
    ends = False
    for at, place in enumerate(places):
        each = [(*((at,) if panels else ()), *((k,) if series else ())) for k in range(len(look))]
        for one, index in zip(look, each, strict=True):  # all bands below all lines
            low, high = (np.where(np.isfinite(shown.value[index]), part[index], np.nan) for part in (shown.low, shown.high))
            band(fig, side.values, low, high, one.colour, **place)
        for k, index in enumerate(each):
            ends |= _line(fig, shown, index, side, look[k], DASHES[k], bool(series) and at == 0, place)
    top = _top(shown)
    if ends:
        marker = {"symbol": "triangle-up", "color": PAPER, "size": TEXT, "line": {"width": 2, "color": INK}}
        seen = np.isfinite(shown.low[np.isposinf(shown.value)]).any()
        _entry(fig, "infinite as far as was seen; at least this" if seen else "infinite", marker)
    fig.update_xaxes(**_ticked(side))
    fig.update_yaxes(**(QUARTERS if shown.share else {"range": top} if top else {}))
    _legend(fig, capital(series.words) if series else "")
    reading = "Shades are intervals." if np.isfinite(shown.low).any() else ""
    if panels:
        reading = f"A panel for each {panels.words}. {reading}".strip()
    many = f"a line for each {series.words}" if series else "a line"
    return fig, reading, _above(shown.title, side, panels), f"{capital(many)} over {side.name}."


def _line(
    fig: go.Figure, shown: Slice, index: tuple[int, ...], side: Side, look: Look, dash: str, named: bool,
    place: dict[str, Any],
) -> bool:  # fmt: skip
    """A line, and the intervals of points that have no neighbours. Returns whether some point is infinite."""
    value, low, high = (part[index] for part in (shown.value, shown.low, shown.high))
    words, known = shown.words[index], np.isfinite(value)
    group = {"legendgroup": look.name, **place}
    padded = np.concatenate([[False], known, [False]])
    alone = known & ~padded[:-2] & ~padded[2:]
    middle, lower, upper = (np.where(alone, part, np.nan) for part in (value, low, high))
    error = bars(middle, lower, upper, look.colour)
    fig.add_scatter(
        x=side.values, y=np.where(known, value, np.nan), mode="lines+markers", name=plain(look.name), showlegend=named,
        line={"color": look.colour, "width": 2, "dash": dash}, error_y=error, cliponaxis=False, customdata=words,
        marker={"symbol": look.marker, "size": 8, "color": look.colour, "line": {"color": PAPER, "width": 1}},
        hovertemplate="%{customdata}<extra></extra>", **group,
    )  # fmt: skip
    endless = np.isposinf(value)
    if endless.any():
        fig.add_scatter(
            x=side.values[endless], y=np.where(np.isfinite(low[endless]), low[endless], _most(shown)), mode="markers",
            marker={"symbol": "triangle-up", "size": TEXT, "color": PAPER, "line": {"color": look.colour, "width": 2}},
            name="at least", showlegend=False, cliponaxis=False, customdata=words[endless],
            hovertemplate="%{customdata}<extra></extra>", **group,
        )  # fmt: skip
    return bool(endless.any())


def _ticked(side: Side) -> dict[str, Any]:
    """An axis with its own values for ticks, where these are few whole numbers apart from one another."""
    values = side.values
    if side.log or not 2 <= len(values) <= 6 or (values % 1).any() or np.diff(values).min() < 0.1 * np.ptp(values):
        return side.axis
    return {**side.axis, "tickvals": values, "ticktext": [number(value) for value in values]}


def _most(shown: Slice) -> float:
    return float(np.nanmax(np.where(np.isfinite(shown.value), shown.value, np.nan)))


def _top(shown: Slice) -> list[float] | None:
    """From zero, where all values are at or above it and near it."""
    every = np.concatenate([part[np.isfinite(part)] for part in (shown.value, shown.low, shown.high)])
    least, most = float(every.min()), float(every.max())
    return [0.0, 1.08 * most] if 0 <= least <= most / 2 and most > 0 else None


# ---- Maps ----------------------------------------------------------------------------------------------------------


def heat(shown: Slice, across: Dim, up: Dim, panels: Dim | None) -> Drawn:
    """shown: (panels, up, across)."""
    x, y = _side(across), _side(up)
    fig, places = laid_out(_titles(panels), _along(x, panels))
    low, high = _limits(shown)
    pooled = 0
    for at, place in enumerate(places):
        index = (at,) if panels else ()
        value, state, words = shown.value[index], shown.state[index], shown.words[index]
        finite = np.where(np.isfinite(value), value, np.nan)
        fig.add_heatmap(
            x=x.edges, y=y.edges, z=finite, zmin=low, zmax=high, colorscale=[[0, NONE], [1, ALL]], showscale=False,
            text=words, hovertemplate="%{text}<extra></extra>", name="map", hoverongaps=True, **place,
        )  # fmt: skip
        if shown.share:
            pooled = max(pooled, _half(fig, shown, finite, x, y, place))
        _marks(fig, value, state, x, y, place)
    for share in SHADES:
        at_share = low + share * (high - low)
        marker = {"symbol": "square", "color": _mixed(ALL, NONE, share), "size": TEXT, "line": {"width": 1, "color": INK}}
        _entry(fig, percent(at_share) if shown.share else brief(at_share), marker)
    if pooled:
        fig.add_scatter(x=[None], y=[None], mode="lines", line={"color": INK, "width": 2}, name="one half", showlegend=True)
    _keys(fig, shown)
    fig.update_xaxes(**_ticked(x))
    fig.update_yaxes(**_ticked(y))
    if panels and len(panels) % 2 == 0:  # what all share is said once
        fig.update_yaxes(col=2, showticklabels=False)
    _legend(fig, shown.title)
    reading = f"The darker a cell, the higher {shown.noun}."
    if pooled:
        over = f", pooled over about {pooled} × {pooled} neighbouring points" if pooled > 1 else ""
        reading += f" The line marks one half{over}."
    if panels:
        reading = f"A panel for each {panels.words}. {reading}"
    return fig, reading, _above(y.title, x, panels), f"Map of {shown.noun} over {x.name} and {y.name}."


def _half(fig: go.Figure, shown: Slice, value: Numbers, x: Side, y: Side, place: dict[str, Any]) -> int:
    """The line of one half. Returns over how many points along each axis it is pooled; 0 where there is no line."""
    known = np.isfinite(value)
    exact = bool((shown.low == shown.high)[np.isfinite(shown.low)].all())
    reach = 1
    if shown.runs and not exact:
        reach = max(1, round(min(np.sqrt(STEADY / (shown.runs * shown.replicates)), WIDEST * min(value.shape))))
    steady = value
    if reach > 1:  # only what is known counts
        width: dict[str, Any] = {"sigma": (reach - 1) / 2, "mode": "nearest"}
        weight = gaussian_filter(known.astype(float), **width)
        total = gaussian_filter(np.where(known, value, 0.0), **width)
        steady = np.where(known, total / np.where(weight > 0, weight, 1.0), np.nan)
    if min(value.shape) < 2 or not np.nanmin(steady) < 0.5 < np.nanmax(steady):
        return 0
    fig.add_contour(
        x=x.values, y=y.values, z=steady, contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        line={"color": INK, "width": 2}, showscale=False, hoverinfo="skip", name="one half", showlegend=False, **place,
    )  # fmt: skip
    return reach


BLANKS = {
    "not computed": {"symbol": "circle-open", "color": QUIET},
    "failed": {"symbol": "x-thin-open", "color": INK},
    "infinite": {"symbol": "triangle-up-open", "color": INK},
    "no value": {"symbol": "line-ew-open", "color": QUIET},
}


def _blank(value: Numbers, state: NDArray[np.int8]) -> dict[str, NDArray[np.bool_]]:
    """Which points have nothing to colour, and why."""
    unknown = np.isnan(value)
    todo, failed = unknown & (state == TO_DO), unknown & (state == FAILED)
    return {"not computed": todo, "failed": failed, "infinite": np.isinf(value), "no value": unknown & ~todo & ~failed}


def _marks(fig: go.Figure, value: Numbers, state: NDArray[np.int8], x: Side, y: Side, place: dict[str, Any]) -> None:
    size = max(3, min(CELL, 250 // max(value.shape)))
    for name, where in _blank(value, state).items():
        if where.any():
            rows, columns = np.nonzero(where)
            fig.add_scatter(
                x=x.values[columns], y=y.values[rows], mode="markers", name=name, showlegend=False, hoverinfo="skip",
                marker={**BLANKS[name], "size": size, "line": {"width": 1.5}}, **place,
            )  # fmt: skip


def _keys(fig: go.Figure, shown: Slice) -> None:
    """What the marks of blank points mean."""
    for name, where in _blank(shown.value, shown.state).items():
        if where.any():
            _entry(fig, name, {**BLANKS[name], "size": CELL, "line": {"width": 1.5}})


def _limits(shown: Slice) -> tuple[float, float]:
    if shown.share:
        return 0.0, 1.0
    finite = shown.value[np.isfinite(shown.value)]
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if low < high else (low, low + 1.0)


# ---- Rows ----------------------------------------------------------------------------------------------------------


def rows(shown: Slice, along: Dim | None, series: Dim | None, panels: Dim | None) -> Drawn:
    """shown: (panels, series, along)."""
    names = list(along.labels) if along else ["the only point"]
    tall = ROW * max(2, len(names))
    fig, places = laid_out(_titles(panels), f"{shown.title} →", 1, tall + ROW)
    look, many = _looks(series), len(series) if series else 1
    for at, place in enumerate(places):
        for k in range(many):
            index = (*((at,) if panels else ()), *((k,) if series else ()))
            parts = (shown.value, shown.low, shown.high, shown.words)
            value, low, high, words = (np.atleast_1d(part[index]) for part in parts)
            finite = np.where(np.isfinite(value), value, np.where(np.isposinf(value), low, np.nan))
            lower, upper = (np.where(np.isfinite(value), end, np.nan) for end in (low, high))
            fig.add_scatter(
                x=finite, y=np.arange(len(names)) + LOWER + APART * (k - (many - 1) / 2), mode="markers",
                error_x=bars(value, lower, upper, look[k].colour),
                marker={"symbol": np.where(np.isposinf(value), "triangle-right-open", look[k].marker).tolist(), "size": 10,
                        "color": look[k].colour},
                name=plain(look[k].name), legendgroup=look[k].name, showlegend=bool(series) and at == 0, cliponaxis=False,
                customdata=words, hovertemplate="%{customdata}<extra></extra>", **place,
            )  # fmt: skip
        axes = _axes_of(fig, place)
        for row, name in enumerate(names):  # beside the axis, names would leave no room on a telephone
            fig.add_annotation(
                name="row", text=plain(name), x=0, xref=f"{axes[0]} domain", xanchor="left", y=row + NAMED, yref=axes[1],
                yanchor="middle", showarrow=False, font={"size": TEXT, "color": INK}, xshift=GAP / 2,
            )  # fmt: skip
    fig.update_yaxes(range=[len(names) - 0.5, -0.5], showticklabels=False, ticks="")
    fig.update_xaxes(**(QUARTERS if shown.share else {"range": top} if (top := _top(shown)) else {}))
    if not panels:
        fig.update_layout(height=ROWS_FRAME + tall + (LOW if many > 1 else 0))
    _legend(fig, capital(series.words) if series else "")
    reading = "Bars are intervals." if np.isfinite(shown.low).any() else ""
    if panels:
        reading = f"A panel for each {panels.words}. {reading}".strip()
    of = f" for each {along.words}" if along else ""
    return fig, reading, f"↓ {capital(along.words)}" if along else "", f"Dots with intervals{of}."


def _axes_of(fig: go.Figure, place: dict[str, Any]) -> tuple[str, str]:
    """The axes of a panel, as annotations refer to them."""
    if not place:
        return "x", "y"
    panel = fig.get_subplot(**place)
    return panel.xaxis.plotly_name.replace("axis", ""), panel.yaxis.plotly_name.replace("axis", "")


LOW = 4 * GAP  # px more, for a legend


# ---- Evenly spread points ------------------------------------------------------------------------------------------


def samples(shown: Slice, x: Side, y: Side | None, panels: Dim | None) -> Drawn:
    """shown: (panels, sample). Against x with intervals; with y, over both, coloured by the variable."""
    fig, places = laid_out(_titles(panels), _along(x, panels))
    low, high = _limits(shown)
    for at, place in enumerate(places):
        index = (at,) if panels else ()
        value, words = shown.value[index], shown.words[index]
        known = np.isfinite(value)
        marker: dict[str, Any] = {"size": 9, "color": ALL, "line": {"width": 1, "color": PAPER}}
        error: dict[str, Any] = {"visible": False}
        if y is None:
            error = {**bars(value[known], shown.low[index][known], shown.high[index][known], ALL, 0), "thickness": 1}
        else:
            scale = {"cmin": low, "cmax": high, "colorscale": [[0, NONE], [1, ALL]], "showscale": False}
            marker = {"size": 11, "color": value[known], "line": {"width": 1, "color": QUIET}, **scale}
        fig.add_scatter(
            x=x.values[known], y=value[known] if y is None else y.values[known], mode="markers", marker=marker, error_y=error,
            name=shown.short, showlegend=False, customdata=words[known], hovertemplate="%{customdata}<extra></extra>",
            opacity=0.8 if y is None else 1, cliponaxis=False, **place,
        )  # fmt: skip
        if y is not None:
            for name, where in _blank(value, shown.state[index]).items():
                if where.any():
                    fig.add_scatter(
                        x=x.values[where], y=y.values[where], mode="markers", name=name, showlegend=False,
                        marker={**BLANKS[name], "size": 8, "line": {"width": 1.5}}, customdata=words[where],
                        hovertemplate="%{customdata}<extra></extra>", **place,
                    )  # fmt: skip
    fig.update_xaxes(**_around(x))
    if y is None:
        top = _top(shown)
        fig.update_yaxes(**(QUARTERS if shown.share else {"range": top} if top else {}))
        return fig, _about_samples(shown, panels), _above(shown.title, x, panels), f"Dots of {shown.noun} against {x.name}."
    for share in SHADES:
        at_share = low + share * (high - low)
        key = {"symbol": "circle", "color": _mixed(ALL, NONE, share), "size": TEXT, "line": {"width": 1, "color": QUIET}}
        _entry(fig, percent(at_share) if shown.share else brief(at_share), key)
    _keys(fig, shown)
    fig.update_yaxes(**_around(y))
    _legend(fig, shown.title)
    reading = f"The darker a dot, the higher {shown.noun}."
    return fig, reading, _above(y.title, x, panels), f"Dots over {x.name} and {y.name}, darker the higher {shown.noun}."


def _about_samples(shown: Slice, panels: Dim | None) -> str:
    each = f"A panel for each {panels.words}. " if panels else ""
    others = len(shown.columns) - 1
    varied = f"; {others} other path{'s vary' if others > 1 else ' varies'} from dot to dot" if others else ""
    return f"{each}Each dot is a point of the sweep, its line the interval{varied}."


def _around(side: Side) -> dict[str, Any]:
    """An axis whose values are in no order."""
    ordered = Side(np.unique(side.values), side.path, side.log, side.units, side.text)
    ends = [side.on_axis(end) for end in ordered.values[[0, -1]]]
    room = 0.03 * (ends[1] - ends[0]) or 1.0
    return {**ordered.axis, "range": [ends[0] - room, ends[1] + room]}


# ---- Shared --------------------------------------------------------------------------------------------------------


def _side(dim: Dim) -> Side:
    assert dim.side is not None
    return dim.side


def _along(x: Side, panels: Dim | None) -> str:
    """The title of the horizontal axis, short below panels."""
    return f"{capital(x.name)} →" if panels else f"{x.title} →"


def _above(upwards: str, x: Side, panels: Dim | None) -> str:
    """What stands above the vertical axis, and above panels what is across."""
    return f"↑ {upwards}" + (f"; → {x.title}" if panels else "")


def _titles(panels: Dim | None) -> list[str]:
    if panels is None:
        return []
    alone = panels.name in ("scenario", "outcome")  # whose positions say what they are
    return [label if alone else f"{capital(panels.words)} {label}" for label in panels.labels]


def _looks(series: Dim | None) -> list[Look]:
    if series is None:
        return [looks(["aligned"])["aligned"]]
    found = looks(series.labels)
    return [Look(label, *found[label][1:]) for label in series.labels]


def _legend(fig: go.Figure, title: str) -> None:
    if title:
        broken = "<br>".join(map(plain, wrap(title, NARROW_LINE)))
        fig.update_layout(legend_title={"text": broken, "side": "top", "font_size": TEXT})
