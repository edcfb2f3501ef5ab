"""How resilient is a basin? Every measure of it, once, in one table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from basin import datasets
from basin.analysis import Axis
from basin.questions.attractors import attractors
from basin.questions.boundary import boundary, certain_over
from basin.questions.edge import edge
from basin.questions.fractality import fractality
from basin.questions.shock import shock
from basin.questions.soft import soft
from basin.questions.stability import call_of, stability, target_of
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, Subject, SubjectLike, subject
from basin.questions.time import time
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

# Assumptions that a sceptic asks about first, each along the stretch on which it is moved.
ASSUMPTIONS: tuple[AxisLike, ...] = (
    ("humans.bias", 0.0, 1.0),
    ("humans.noise", 0.05, 50.0, "log"),
    ("belief.blind", 0.0, 0.9),
    ("oversight.manipulation", 0.0, 1.0),
    ("motives.erosion", 0.0, 0.1),
)


@dataclass(frozen=True)
class Measured:
    """A row of the profile. low, high: its 95% interval, NaN where a number is exact or a count. note: why there is none."""

    name: str
    value: float
    low: float
    high: float
    units: str
    meaning: str
    verb: str
    note: str = ""


@dataclass(frozen=True)
class How:
    """What every measure is taken with."""

    found: Subject
    axes: Sequence[Axis] | None
    target: str
    samples: int
    seed: int
    cancel: threading.Event | None

    @property
    def plane(self) -> tuple[Axis, ...]:
        """The axes of pictures: the first two of those along which starts differ."""
        return tuple(self.axes or self.found.axes)[:2]

    @property
    def flat(self) -> bool:
        """Whether there are two axes to draw a plane along."""
        return len(self.plane) == 2


def resilience(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    samples: int = 2048,
    outcome: str | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Every measure of a basin in one table: how large it is, how sharp and how folded its edge, how far a start or an
    assumption is from leaving it, how long runs take, and how many ways to end there are.

    asked: a scenario or a system, or its name. axes: along which starts differ; the subject's own, unless given. samples:
    starts of the measures that draw them; the others use settings of their own, for a table in about half a minute. Each
    measure alone, with all its options, is the verb that its row names. progress: called with measures done and in all.

    Returns a Dataset, dims (measure): `value`, `low`, `high` (95%; NaN where nothing is left to chance), with coordinates
    `units`, `meaning`, `verb` and `note` (why a measure does not apply; its value is then NaN). Raises ValueErrors of ours.
    """
    found = subject(asked, expected=expected, threads=threads)
    check_seed(seed)
    along = [found.axis(spec) for spec in axes] if axes else None
    how = How(found, along, target_of(found, outcome), samples, seed, cancel)
    measures: tuple[Callable[[How], Iterator[Measured]], ...] = (
        _stability, _boundary, _soft, _fractality, _shock, _assumptions, _time, _attractors, _edge
    )  # fmt: skip
    rows: list[Measured] = []
    for done, measure in enumerate(measures):
        if progress is not None:
            progress(done, len(measures))
        rows += measure(how)
    call = call_of("resilience", axes, "uniform", samples=samples, outcome=outcome, seed=seed, expected=expected)
    dims = ("measure",)
    numbers = {
        name: (dims, [getattr(row, name) for row in rows], "as in units", text)
        for name, text in (("value", "measured"), ("low", "lower end of its 95% interval"), ("high", "upper end of it"))
    }
    words = {
        name: (dims, np.array([getattr(row, name) for row in rows]), "name", text)
        for name, text in (("units", "unit"), ("meaning", "what is measured"), ("verb", "the command that measures it alone"),
                           ("note", "why it was not measured"))
    }  # fmt: skip
    names = (dims, np.array([row.name for row in rows]), "name", "measure of the basin")
    about = {
        "title": found.title,
        "target": how.target,
        "samples": samples,
        "axes": [axis.path for axis in how.axes or found.axes],
    }
    return datasets.measured("resilience", numbers, {"measure": names, **words}, found.attributes(seed, samples, call) | about)


def applies(measure: Callable[[], xr.Dataset]) -> tuple[xr.Dataset | None, str]:
    """A measure's result, or None and its own line that says why it does not apply."""
    try:
        return measure(), ""
    except ValueError as error:
        if not type(error).__module__.startswith("basin."):
            raise
        return None, str(error)


def _stability(how: How) -> Iterator[Measured]:
    told = stability(how.found, how.axes, samples=how.samples, outcome=how.target, seed=how.seed, cancel=how.cancel)
    one = told.sel(outcome=how.target)
    share, low, high = (float(one[name]) for name in ("share", "low", "high"))
    word = how.target.replace("_", " ")
    yield Measured("basin stability", share, low, high, "share", f"share of the starts that end {word}", "stability")
    with np.errstate(divide="ignore"):
        bits, least, most = -np.log2([share, high, low]) + 0.0
    yield Measured("size", bits, least, most, "bits", "how many halvings of the starts it takes", "size")
    last = told.isel(outcome=-1)
    value, low, high = (float(last[name]) for name in ("share", "low", "high"))
    yield Measured(
        "unresolved", value, low, high, "share", "share of the starts without an ending by the horizon", "stability"
    )


def _boundary(how: How) -> Iterator[Measured]:
    name, meaning = "basin area", "part of the window inside the line P = ½"
    if not how.flat:
        yield _none(name, "share", meaning, "boundary", "one axis has no plane")
        return
    x, y = how.plane
    sharp = certain_over(how.found, how.plane)
    told, note = applies(
        lambda: boundary(
            how.found, x, y, resolution=512 if sharp else 32, outcome=how.target, seed=how.seed, cancel=how.cancel
        )
    )
    if told is None:
        yield _none(name, "share", meaning, "boundary", note)
        return
    value, low, high = (float(told[part]) for part in ("area", "area_low", "area_high"))
    yield Measured(name, value, low, high, "share", meaning, "boundary")


def _none(name: str, units: str, meaning: str, verb: str, note: str) -> Measured:
    return Measured(name, np.nan, np.nan, np.nan, units, meaning, verb, note)


def _soft(how: How) -> Iterator[Measured]:
    name, meaning = "basin entropy", "how undecided the endings of a start are, over the window; at most ln 2 = 0.693"
    if not how.flat:
        yield _none(name, "nats", meaning, "soft", "one axis has no surface")
        return
    x, y = how.plane
    told, note = applies(lambda: soft(how.found, x, y, n=32, outcome=how.target, seed=how.seed, cancel=how.cancel))
    if told is None:
        yield _none(name, "nats", meaning, "soft", note)
    else:
        value, low, high = (float(told[part]) for part in ("entropy", "entropy_low", "entropy_high"))
        yield Measured(name, value, low, high, "nats", meaning, "soft")


def _fractality(how: How) -> Iterator[Measured]:
    rows = (
        (
            "boundary entropy",
            "edge_entropy",
            "nats",
            "basin entropy of boxes on the boundary; above ln 2 = 0.693 it is fractal",
        ),
        ("uncertainty exponent", "exponent", "1", "how uncertainty falls with distance; below 1 the boundary is fractal"),
    )
    told, note = None, "chance alone makes neighbours differ: no line is meant"
    if certain_over(how.found, tuple(how.axes or how.found.axes)):
        told, note = applies(lambda: fractality(how.found, how.axes, balls=1024, pairs=2048, seed=how.seed, cancel=how.cancel))
    for name, part, units, meaning in rows:
        if told is None or not np.isfinite(told[part]):
            yield _none(name, units, meaning, "fractality", note or "no ball or pair met the boundary")
        else:
            value, low, high = (float(told[f"{part}{end}"]) for end in ("", "_low", "_high"))
            yield Measured(name, value, low, high, units, meaning, "fractality")


def _shock(how: How) -> Iterator[Measured]:
    few = None if certain_over(how.found, tuple(how.axes or how.found.axes)) else 200
    told, note = applies(
        lambda: shock(how.found, how.axes, outcome=how.target, runs=few or 1, samples=few, seed=how.seed, cancel=how.cancel)
    )
    units = "widths of the window" if isinstance(how.found, ScenarioSubject) or how.axes else "as the coordinates"
    yield _distance("minimal shock", told, note, units, "least change of the start that leaves the basin")


def _distance(name: str, told: xr.Dataset | None, note: str, units: str, meaning: str) -> Measured:
    if told is None or not np.isfinite(told.attrs["distance"]):
        return _none(name, units, meaning, "shock", note or "no change within reach leaves it")
    value, low, high = (float(told.attrs[part]) for part in ("distance", "distance_low", "distance_high"))
    return Measured(name, value, low, high, units, meaning, "shock")


def _assumptions(how: How) -> Iterator[Measured]:
    """How far one assumption may go, at the scenario's own start, until P(target) < ½."""
    if not isinstance(how.found, ScenarioSubject):
        return
    for spec in ASSUMPTIONS:
        axis = how.found.axis(spec)
        options: dict[str, Any] = {"outcome": how.target, "runs": 200, "samples": 50, "seed": how.seed, "cancel": how.cancel}
        told, note = applies(partial(shock, how.found, parameters=[axis], **options))
        name, meaning = axis.path.rpartition(".")[2], f"where {axis.path} takes P({how.target}) below ½"
        if told is None or not np.isfinite(told.attrs["distance"]):
            reach = f"none from {axis.lo:g} to {axis.hi:g}"
            yield _none(name, axis.units, meaning, "shock", note or reach)
        else:
            ends = [float(told[part][0]) for part in ("edge", "edge_low", "edge_high")]
            yield Measured(name, ends[0], min(ends[1:]), max(ends[1:]), axis.units, meaning, "shock")


def _time(how: How) -> Iterator[Measured]:
    told = time(how.found, how.axes, samples=how.samples, outcome=how.target, seed=how.seed, cancel=how.cancel)
    one = told.sel(statistic="conditional_mean")
    value, low, high = (float(one[part]) for part in ("time", "time_low", "time_high"))
    yield Measured("time", value, low, high, how.found.time_units, "mean time to the ending of those that get there", "time")
    if "harmless" in told.get("event", ()):
        one = told.sel(event="harmless")
        value, low, high = (float(one[part]) for part in ("fraction", "fraction_low", "fraction_high"))
        yield Measured("survivability", value, low, high, "share", "share of runs that do no harm on the way", "time")


def _attractors(how: How) -> Iterator[Measured]:
    told, note = applies(
        lambda: attractors(how.found, how.axes, samples=min(how.samples, 1000), seed=how.seed, cancel=how.cancel)
    )
    name, meaning = "attractors", "clusters of endings, discovered without names"
    if told is None:
        yield _none(name, "clusters", meaning, "attractors", note)
    else:
        yield Measured(name, float(told.sizes["group"]), np.nan, np.nan, "clusters", meaning, "attractors")


def _edge(how: How) -> Iterator[Measured]:
    told, note = applies(lambda: edge(how.found, axes=how.axes, seed=how.seed, cancel=how.cancel))
    name, meaning = "edge state", "rate at which runs leave it, for one ending or the other"
    units = f"per {how.found.time_units.removesuffix('s')}"
    if told is None or not np.isfinite(told.attrs["growth"]):
        yield _none(name, units, meaning, "edge", note or "no rate was found")
    else:
        yield Measured(name, float(told.attrs["growth"]), np.nan, np.nan, units, meaning, "edge")
