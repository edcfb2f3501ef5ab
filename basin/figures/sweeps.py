"""A sweep: lines along one axis, a map over two, rows for words, dots for evenly spread points; each with its intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.bands import plain
from basin.figures.errors import FigureError
from basin.figures.slices import FAILED, REPLICATE, SAMPLE, TO_DO, Dim, Slice, blanks, fix, sliced
from basin.figures.theme import TEMPLATE, WIDTH, fit, head
from basin.figures.words import capital, listed
from basin.scenario.errors import nearest

if TYPE_CHECKING:
    import xarray as xr

PANELS = 6  # at most
FEW = 3  # positions of an axis of numbers that is drawn as several lines, beside one of more
TOGETHER = 3  # lines that can be told apart in one panel, bands and all
SIDE_BY_SIDE = 4  # dots with intervals in one row
LINES = 12  # panels of one line each, at most

Drawn = tuple[go.Figure, str, str, str]  # the figure, how to read it, what stands above its axis, and what it shows


def sweep(
    found: xr.Dataset,
    value: str | None = None,
    *,
    x: str | None = None,
    y: str | None = None,
    at: Mapping[str, Any] | None = None,
    message: str | None = None,
    width: int = WIDTH,
) -> go.Figure:
    """Draw one variable of a sweep's Dataset, as `basin.datasets.open` reads it from the store, done or not.

    value: the variable; `aligned`, `bits` or `area`, unless given. x, y: axes of numbers, by their paths. at: what other
    dimensions are held at; the middle, unless given, where they are not drawn as lines, rows or panels of their own.
    One axis of numbers gives lines, two give a map (x alone names the first), none gives rows, and evenly spread points
    are dots against x, or over x and y. An axis of at most 3 numbers beside a longer one is drawn as lines. Replicates are
    averaged. message: what the figure is to say; its lowest and highest value, unless given. Texts are broken to fit
    `width` px.
    Raises FigureError for another Dataset, names that it does not have, and where nothing is computed.

    >>> text = '''
    ... scenario = "value-learner"
    ... runs = 4
    ... axes."motives.care" = [0.1, 0.5, 0.9]
    ... '''
    >>> report = basin.sweep.run(basin.sweep.parse(text), "care.zarr")
    >>> fig = basin.figures.sweep(basin.datasets.open("care.zarr"))
    >>> print(fig.layout.meta["title"])
    P(aligned) goes from 0% to 100%; highest at care 0.5
    """
    from basin.figures import sweep_drawings as draw

    shown = sliced(found, value, at or {})
    check_names(shown, x, y, at or {})
    if not np.isfinite(shown.value).any():
        points, todo, failed = shown.points(), shown.points(TO_DO), shown.points(FAILED)
        nothing = "is computed yet" if todo else "could be computed" if failed else "is finite"
        raise FigureError(f"nothing to draw: no {shown.name} of {points:,} point{'s' * (points != 1)} {nothing}")
    if any(dim.name == SAMPLE for dim in shown.dims):
        fig, reading, upwards, kind, shown = _samples(shown, x, y, draw.samples)
    else:
        across, up = axes_of(shown, x, y)
        if across is not None and up is not None:
            shown, (panels,) = _arranged(shown, (across, up), (PANELS,))
            fig, reading, upwards, kind = draw.heat(shown, across, up, panels)
        elif across is not None:
            shown, (series, panels) = _lines(shown, across)
            fig, reading, upwards, kind = draw.lines(shown, across, series, panels)
        else:
            rows = max(shown.dims, key=len, default=None)
            shown, (series, panels) = _arranged(shown, (rows,), (SIDE_BY_SIDE, PANELS))
            fig, reading, upwards, kind = draw.rows(shown, rows, series, panels)
    return _told(fig, found, shown, message or _message(shown), reading, upwards, kind, width)


def _told(
    fig: go.Figure, found: xr.Dataset, shown: Slice, message: str, reading: str, upwards: str, kind: str, width: int
) -> go.Figure:
    """The figure with its head, and with what it says of itself."""
    about = found.attrs
    detail = _detail(shown, about)
    head(fig, message=plain(message), detail=plain(detail), upwards=plain(upwards))
    title, kept = str(about.get("title") or about.get("compute", "")), provenance(found)
    if not kept["command"] and str(about.get("call", "")).startswith("basin "):
        kept["command"] = str(about["call"])
    blank = blanks(shown)
    said = [f"{capital(title)}{': ' if title else ''}{message} ({detail}).", str(about.get("question", "")), reading, blank]
    fig.update_layout(
        template=TEMPLATE,
        meta={
            "title": message,
            "detail": detail,
            "caption": " ".join(part for part in said if part),
            "alt": f"{kind} {message}. {blank}".strip(),
            **kept,
        },
    )
    return fit(fig, width)


def _message(shown: Slice) -> str:
    """The lowest and the highest value, and where that is."""
    value = np.where(np.isneginf(shown.value), np.nan, shown.value)
    high = tuple(map(int, np.unravel_index(np.nanargmax(value), value.shape)))
    least, most = float(np.nanmin(value)), float(value[high])
    if not shown.dims:
        return shown.ending(())
    if least == most:
        return f"{shown.short} is {shown.said(least)} wherever it is known"
    at_least = f", at least {shown.said(float(shown.low[high]))}" * bool(np.isinf(most) and np.isfinite(shown.low[high]))
    return f"{shown.short} goes from {shown.said(least)} to {shown.said(most)}{at_least}; highest at {shown.where(high)}"


def _detail(shown: Slice, about: Mapping[str, Any]) -> str:
    known = np.isfinite(shown.low) & np.isfinite(shown.high)
    parts = [f"held at {listed(list(shown.fixed))}"] if shown.fixed else []
    if shown.runs:
        parts.append(f"{shown.runs:,} run{'s' * (shown.runs != 1)} at each point")
    if shown.replicates > 1:
        parts.append(f"means over {shown.replicates} repeats")
    if shown.spread:
        parts.append("intervals go from the lowest to the highest repeat")
    elif not known.any():
        parts.append("no intervals")
    elif (shown.low[known] == shown.high[known]).all():
        parts.append("nothing left to chance")
    else:
        parts.append("95% intervals" + (" of one repeat" if shown.replicates > 1 else ""))
    return "; ".join(parts)


# ---- What goes where -----------------------------------------------------------------------------------------------


def check_names(shown: Slice, x: str | None, y: str | None, at: Mapping[str, Any]) -> None:
    known = {dim.name for dim in shown.dims} | set(shown.columns)
    words = {dim.name for dim in shown.dims if dim.side is None}
    for called, name in (("x", x), ("y", y)):
        if name is None:
            continue
        if name in at:
            raise FigureError(f"{called} = {name}: is held by at")
        numbers = [one for one in known if one not in words and one not in (SAMPLE, REPLICATE)]
        if name not in known:
            near = f"; did you mean {nearest(name, sorted(numbers))}?" if numbers else ""
            raise FigureError(f"{called} = {name!r}: the sweep has no such axis{near}")
        if name in words:
            other = f"; one of numbers is {nearest(name, sorted(numbers))}" if numbers else ""
            raise FigureError(f"{called} = {name}: is a dimension of words{other}")
    if x is not None and x == y:
        raise FigureError(f"x = y = {x}: give two axes")


def axes_of(shown: Slice, x: str | None, y: str | None) -> tuple[Dim | None, Dim | None]:
    """The axes of numbers to draw against: those asked for, then the first ones."""
    named = {dim.name: dim for dim in shown.dims}
    numbers = [dim for dim in shown.dims if dim.side is not None]
    if x is not None and y is not None:
        return named[x], named[y]
    long = [dim for dim in numbers if len(dim) > FEW] or numbers[:1]
    if y is not None:
        across = next((dim for dim in [*long, *numbers] if dim.name != y), None)
        if across is None:
            raise FigureError(f"y = {y}: there is no other axis of numbers for x")
        return across, named[y]
    across = named[x] if x is not None else (long[0] if long else None)
    up = next((dim for dim in long if dim is not across), None)
    return across, up


def _arranged(shown: Slice, axes: tuple[Dim | None, ...], most: tuple[int, ...]) -> tuple[Slice, tuple[Dim | None, ...]]:
    """A dimension for each further use, of at most so many positions, words first; what remains is held at its middle."""
    rest = sorted((dim for dim in shown.dims if dim not in axes), key=lambda dim: dim.side is not None)
    used: list[Dim | None] = []
    for limit in most:
        taken = next((dim for dim in rest if len(dim) <= limit), None)
        rest = [dim for dim in rest if dim is not taken]
        used.append(taken)
    for dim in rest:
        shown = fix(shown, dim)
    return shown.ordered(*reversed(used), *reversed(axes)), tuple(used)


def _lines(shown: Slice, across: Dim) -> tuple[Slice, tuple[Dim | None, Dim | None]]:
    """Several lines in a panel where they can be told apart, else a panel for each."""
    rest = [dim for dim in shown.dims if dim is not across]
    if not any(len(dim) <= TOGETHER for dim in rest):
        shown, (panels,) = _arranged(shown, (across,), (LINES,))
        return shown.ordered(panels, across), (None, panels)
    shown, (series, panels) = _arranged(shown, (across,), (TOGETHER, PANELS))
    return shown, (series, panels)


def _samples(shown: Slice, x: str | None, y: str | None, draw: Callable[..., Drawn]) -> tuple[Any, ...]:
    """Evenly spread points against one of what varies, or over two."""
    paths = list(shown.columns)
    across = x if x is not None else next(path for path in paths if path != y) if len(paths) > 1 else paths[0]
    sample = next(dim for dim in shown.dims if dim.name == SAMPLE)
    for name in (x, y):
        if name is not None and name not in paths:
            raise FigureError(f"{name}: does not vary along the evenly spread points; did you mean {nearest(name, paths)}?")
    if y is not None and y == across:
        raise FigureError(f"y = {y}: there is no other path for x")
    shown, (panels,) = _arranged(shown, (sample,), (PANELS,))
    return *draw(shown, shown.columns[across], shown.columns[y] if y else None, panels), shown
