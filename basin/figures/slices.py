"""What the Dataset of a sweep says of one variable, in the form that a picture needs: dimensions, intervals, words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.words import capital, interval, listed, number, percent
from basin.scenario.errors import nearest

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

DONE, SAMPLE, REPLICATE = "done", "sample", "replicate"
TO_DO, COMPUTED, FAILED = 0, 1, 2
FIRST = ("aligned", "bits", "area")  # what is drawn where nobody says what
SHARES = ("probability", "share")  # units of what goes from 0 to 1
BARE_ENDS = {"bits": ("low", "high")}  # the measure of size calls the ends of its interval so
DECADES = 100  # the largest over the smallest, from which on numbers may be drawn by their ratios though nobody said so


@dataclass(frozen=True)
class Dim:
    """One dimension. labels: its positions in words. side: its positions as an axis of numbers, or None for words.

    rank: its place among all dimensions. own: whether it is of the measure, not of the sweep."""

    name: str
    labels: tuple[str, ...]
    side: Side | None = None
    rank: int = 0
    own: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def words(self) -> str:
        """What it is called within a sentence."""
        return _short(self.name)


@dataclass(frozen=True)
class Slice:
    """One variable of a sweep, with some dimensions fixed.

    value, low, high: (*dims), NaN where not known; replicates are averaged, and spread says that their spread is the interval.
    states: (*dims, replicates) of TO_DO, COMPUTED or FAILED. fixed: what is held, in words. columns: along `sample`, what
    varies, by path. runs: at a point, where they are counted; else 0.
    """

    name: str
    about: Mapping[str, Any]
    dims: tuple[Dim, ...]
    value: Numbers
    low: Numbers
    high: Numbers
    states: NDArray[np.int8]
    fixed: tuple[str, ...]
    spread: bool
    columns: Mapping[str, Side]
    runs: int

    @property
    def replicates(self) -> int:
        count: int = self.states.shape[-1]
        return count

    @cached_property
    def state(self) -> NDArray[np.int8]:
        """(*dims): COMPUTED where any replicate is."""
        return np.where((self.states == COMPUTED).any(-1), COMPUTED, self.states.max(-1)).astype(np.int8)

    def points(self, state: int | None = None) -> int:
        """Points of the sweep that are drawn, or those in one state."""
        each = math.prod(len(dim) for dim in self.dims if dim.own)
        return int(self.states.size if state is None else (self.states == state).sum()) // each

    @property
    def share(self) -> bool:
        """Whether the variable goes from 0 to 1."""
        return self.about.get("units") in SHARES

    @property
    def short(self) -> str:
        words = self.name.replace("_", " ")
        return f"P({words})" if self.about.get("units") == "probability" and self.name not in SHARES else capital(words)

    @property
    def noun(self) -> str:
        """The same within a sentence."""
        return self.short if self.short.startswith("P(") else self.name.replace("_", " ")

    @property
    def title(self) -> str:
        units = str(self.about.get("units", "1"))
        text = str(self.about.get("long_name", self.name))
        said = "" if self.share or units in ("1", "", "name", self.name) else f" ({units})"
        if text.startswith(f"{self.name} "):  # which says it already
            return f"{capital(text)}{said}"
        return f"{self.short}{'' if text == self.name else f': {text}'}{said}"

    def said(self, value: float) -> str:
        if np.isinf(value):
            return "∞" if value > 0 else "−∞"
        return percent(value) if self.share and 0 <= value <= 1 else number(value)

    def between(self, low: float, high: float) -> str:
        """An interval in words; empty where there is none."""
        if np.isnan(low) or np.isnan(high):
            return ""
        if self.share and low < 1 and high > 0:
            return interval(max(0.0, low), min(1.0, high))  # one by Student's t may reach beyond
        return f"{self.said(low)} to {self.said(high)}"

    def where(self, at: tuple[int, ...]) -> str:
        """A point in words."""
        places = sorted(zip(self.dims, at, strict=True), key=lambda one: one[0].rank)
        said = [f"{dim.words} {dim.labels[k]}" for dim, k in places if dim.name != SAMPLE]
        along = {dim.name: k for dim, k in places}
        if SAMPLE in along:
            said += [f"{side.name} {brief(side.values[along[SAMPLE]])}" for side in self.columns.values()]
        return ", ".join(said) or "the only point"

    def ending(self, at: tuple[int, ...]) -> str:
        """What was found at a point, with its interval."""
        value, ends = float(self.value[at]), self.between(float(self.low[at]), float(self.high[at]))
        if np.isnan(value):
            return {TO_DO: "not computed", FAILED: "failed"}.get(int(self.state[at]), "no value")
        if np.isinf(value):
            least = f", at least {self.said(self.low[at])}" if np.isfinite(self.low[at]) else ""
            return f"{self.short} {self.said(value)}{least}"
        return f"{self.short} {self.said(value)}{f' ({ends})' if ends else ''}"

    @cached_property
    def words(self) -> NDArray[np.str_]:
        """(*dims): each point in words."""
        said = np.empty(self.value.shape, dtype=object)
        for at in np.ndindex(said.shape):
            said[at] = f"{capital(self.where(at))}<br>{self.ending(at)}"
        return said.astype(str)

    def ordered(self, *dims: Dim | None) -> Slice:
        """The same with its dimensions in this order. All must be given; None stands for none."""
        kept = tuple(dim for dim in dims if dim is not None)
        order = [self.dims.index(dim) for dim in kept]
        moved: dict[str, Any] = {name: np.transpose(getattr(self, name), order) for name in ("value", "low", "high")}
        moved["states"] = np.transpose(self.states, [*order, len(order)])
        return replace(self, **moved, dims=kept)


def sliced(found: xr.Dataset, value: str | None, at: Mapping[str, Any]) -> Slice:
    """The variable to draw, with dimensions fixed. at: to which value, word, or nearest number, by dimension.

    Raises FigureError for another Dataset, an unknown name, or a value that is not there."""
    if found.attrs.get("basin") != "sweep" or DONE not in found:
        raise FigureError("this Dataset holds no sweep; make one with basin.sweep.run")
    name = _chosen(found, value)
    found = _ascending(found)
    low, high = BARE_ENDS.get(name, (f"{name}_low", f"{name}_high"))
    parts = {"value": found[name], "state": found[DONE].astype(np.int8)}
    parts |= {end: found[kept] for end, kept in (("low", low), ("high", high)) if kept in found}
    fixed = []
    for dim, wanted in at.items():
        place, said = _position(found, parts["value"].dims, str(dim), wanted)
        parts = {key: part.isel({str(dim): place}) if dim in part.dims else part for key, part in parts.items()}
        fixed.append(said)
    dims = [dim for dim in parts["value"].dims if dim != REPLICATE and parts["value"].sizes[dim] > 1]
    order = [*dims, *(dim for dim in parts["value"].dims if dim not in dims)]
    states = parts["state"].broadcast_like(parts["value"]).transpose(*order).values
    arrays: dict[str, Numbers] = {
        key: parts[key].transpose(*order).values.astype(float) for key in ("value", "low", "high") if key in parts
    }
    shape, repeats = [found.sizes[dim] for dim in dims], parts["value"].sizes.get(REPLICATE, 1)
    states = states.reshape(*shape, repeats)
    arrays = {key: part.reshape(*shape, repeats) for key, part in arrays.items()}
    middle, ends, spread = _averaged(arrays)
    about = [replace(_dim(found, str(dim)), rank=rank, own=dim not in found[DONE].dims) for rank, dim in enumerate(dims)]
    return Slice(
        name, dict(found[name].attrs), tuple(about), middle, *ends, states, tuple(fixed), spread,
        _columns(found) if SAMPLE in dims else {}, _runs(found),
    )  # fmt: skip


def _chosen(found: xr.Dataset, value: str | None) -> str:
    known = [str(name) for name in found.data_vars if name != DONE]
    if value is not None:
        if value not in known:
            raise FigureError(f"value = {value!r}: the sweep holds no such variable; did you mean {nearest(value, known)}?")
        return value
    plain = [name for name in known if set(found[name].dims) <= set(found[DONE].dims)]
    for name in (*(name for name in FIRST if name in known), *plain, *known):
        return name
    raise FigureError("this sweep holds no variable to draw")


def _position(found: xr.Dataset, dims: tuple[Any, ...], dim: str, wanted: Any) -> tuple[int, str]:
    """Where along a dimension a value is, and what is said of it."""
    if dim not in dims:
        near = f"; did you mean {nearest(dim, map(str, dims))}?" if dims else ""
        raise FigureError(f"at {dim!r}: there is no such dimension{near}")
    one = _dim(found, dim)
    if one.side is None:
        word = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
        kept = [str(given) for given in found[dim].values] if dim in found.coords else []
        for place, names in enumerate(zip(one.labels, kept or one.labels, strict=True)):
            if word in names:
                return place, f"{one.words} {one.labels[place]}"
        raise FigureError(f"at {dim} = {word!r}: is not there; did you mean {nearest(word, one.labels)}?")
    try:
        number_ = float(wanted)
    except (TypeError, ValueError):
        raise FigureError(f"at {dim} = {wanted!r}: must be a number") from None
    if not np.isfinite(number_):
        raise FigureError(f"at {dim} = {wanted}: must be a finite number")
    values = one.side.values
    far = np.abs(np.log(values / number_)) if one.side.log and number_ > 0 else np.abs(values - number_)
    place = int(np.argmin(far))
    return place, f"{one.words} {one.labels[place]}"


def middle(dim: Dim) -> tuple[int, str]:
    """The middle position of a dimension, and what is said of it."""
    return len(dim) // 2, f"{dim.words} {dim.labels[len(dim) // 2]}"


def fix(shown: Slice, dim: Dim) -> Slice:
    """The slice with a dimension held at its middle."""
    place, said = middle(dim)
    axis = shown.dims.index(dim)
    kept = {name: np.take(getattr(shown, name), place, axis) for name in ("value", "low", "high", "states")}
    dims = tuple(one for one in shown.dims if one is not dim)
    return replace(shown, **kept, dims=dims, fixed=(*shown.fixed, said))


def _averaged(arrays: Mapping[str, Numbers]) -> tuple[Numbers, tuple[Numbers, Numbers], bool]:
    """Means over the repeats, and their intervals; from the least to the greatest repeat where there are no others.

    Also whether the intervals are such spreads."""
    value = arrays["value"]
    known = ~np.isnan(value)
    found = {key: _mean(part, known) for key, part in arrays.items()}
    nothing = np.full(value.shape[:-1], np.nan)
    ends = found.get("low", nothing), found.get("high", nothing)
    spread = value.shape[-1] > 1 and all(np.isnan(end).all() for end in ends)
    if spread:
        several = known.sum(-1) > 1
        ends = (
            np.where(several, np.where(known, value, np.inf).min(-1), np.nan),
            np.where(several, np.where(known, value, -np.inf).max(-1), np.nan),
        )
    return found["value"], ends, spread


def _mean(part: Numbers, known: NDArray[np.bool_]) -> Numbers:
    count = known.sum(-1)
    total = np.where(known, part, 0.0).sum(-1)
    mean: Numbers = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _ascending(found: xr.Dataset) -> xr.Dataset:
    """With the positions of every axis of numbers in their order, whichever one the sweep has."""
    for name in map(str, found.dims):
        side = _dim(found, name).side
        if side is not None and (np.diff(side.values) < 0).any():
            found = found.isel({name: np.argsort(side.values, kind="stable")})
    return found


# ---- Dimensions ----------------------------------------------------------------------------------------------------


def _dim(found: xr.Dataset, name: str) -> Dim:
    size = found.sizes[name]
    if name not in found.coords:
        return Dim(name, tuple(map(str, range(1, size + 1))), Side(np.arange(1.0, size + 1), name, False, "1", name))
    coordinate = found[name]
    together = [str(one) for one in found.coords if one != name and found[one].dims == (name,)]
    if together and name != SAMPLE:  # paths that are set together: against the first that is one of distinct numbers
        for path in together:
            values = found[path].values
            if _numeric(values) and len(np.unique(values)) == size:
                return Dim(name, tuple(map(brief, values)), side_of(found, path, name))
        rows = zip(*(found[path].values for path in together), strict=True)
        return Dim(name, tuple(", ".join(map(_label, row)) for row in rows))
    if name == "outcome" and set(map(str, coordinate.values)) <= set(LOOKS):
        return Dim(name, tuple(LOOKS[str(word)].name for word in coordinate.values))
    if not _numeric(coordinate.values):
        return Dim(name, tuple(map(_label, coordinate.values)))
    return Dim(name, tuple(map(brief, coordinate.values.astype(float))), side_of(found, name))


def side_of(found: xr.Dataset, path: str, together: str = "") -> Side:
    """A coordinate as an axis. together: the name of the dimension, where other paths are set with this one."""
    about, values = found[path].attrs, np.asarray(found[path].values, float)
    text = str(about.get("long_name", path))
    if together:
        text = f"{text}; with what is set together with it"
    return Side(values, path, _by_ratios(values, about.get("scale") == "log"), str(about.get("units", "1")), text)


def _by_ratios(values: Numbers, said: bool) -> bool:
    """Whether an axis is logarithmic: where that is said, or where values over decades crowd as ratios do."""
    least, most = values.min(), values.max()
    if least <= 0:
        return False
    middle, ratios, sums = np.median(values), np.sqrt(least * most), (least + most) / 2
    return said or (most / least >= DECADES and bool(abs(np.log(middle / ratios)) < abs(np.log(middle / sums))))


def _columns(found: xr.Dataset) -> dict[str, Side]:
    """What varies along `sample`."""
    paths = [str(name) for name in found.coords if name != SAMPLE and found[name].dims == (SAMPLE,)]
    order = _paths(found) or paths
    kept = [path for path in order if path in paths and _numeric(found[path].values)]
    return {path: side_of(found, path) for path in kept or [SAMPLE]}


def _paths(found: xr.Dataset) -> list[str]:
    """In the order of the sweep's file; a Dataset sorts its coordinates."""
    for one in json.loads(str(found.attrs.get("sweep", "{}"))).get("dimensions", []):
        if one["name"] == SAMPLE:
            return list(one["settings"])
    return []


def _runs(found: xr.Dataset) -> int:
    """Runs of a point, where all have as many."""
    if "count" not in found or "outcome" not in found["count"].dims:
        return 0
    total = found["count"].sum("outcome").values[found[DONE].values == COMPUTED]
    return int(total[0]) if len(total) and (total == total[0]).all() else 0


def _numeric(values: np.ndarray) -> bool:
    return values.dtype.kind in "iuf" and bool(np.isfinite(values).all())


def _label(value: Any) -> str:
    shown: Any = value
    text = brief(shown) if isinstance(value, int | float | np.number) else str(value)
    return {"True": "true", "False": "false", "": "nothing"}.get(text, text)


def brief(value: float) -> str:
    """A position along an axis: three digits, whole numbers as they are."""
    return number(value) if value == round(value) else number(float(f"{value:.3g}"))


def _short(name: str) -> str:
    return Side(np.zeros(1), name, False, "1", name).name


def blanks(shown: Slice) -> str:
    """How much of what is drawn is blank, and why, in a sentence; empty where nothing is."""
    parts = []
    missing, failed = shown.points(TO_DO), shown.points(FAILED)
    if missing:
        parts.append(f"{missing:,} {'is' if missing == 1 else 'are'} not computed")
    if failed:
        parts.append(f"{failed:,} failed")
    nothing = int((np.isnan(shown.value) & (shown.state == COMPUTED)).sum())
    if nothing:
        parts.append(f"{nothing:,} {'has' if nothing == 1 else 'have'} no value")
    blank = "it is" if missing + failed + nothing == 1 else "they are"
    return f"Of {shown.points():,} points, {listed(parts)}: {blank} blank." if parts else ""
