"""Over which range an assumption is varied, where nobody says otherwise.

One rule for all numeric paths:

- a number between 0 and 1, or between −1 and 1, moves by a tenth of that width either way (a care of 0.5 from 0.4 to 0.6);
- any other number, and every rate per episode, from half to twice its value, by equal ratios;
- where such a number is 0, from 0 to 0.1, a rate per episode to 0.001, and a whole number to 1;
- never beyond the bounds of the path.

Left out unless they are named: how runs are judged (`outcome.*`, `population.quorum`); whole numbers that count people,
features, agents or episodes; paths that hold no number (a word, or nothing at all), or of which an end is no valid scenario;
`population.*` of lone agents; testimony where nobody hears (its first word would have agents live among the same people).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.analysis import Axis, AxisError
from basin.questions.subject import AxisLike, ScenarioSubject, axis_parts
from basin.scenario import ScenarioError
from basin.scenario.paths import NumericPath
from basin.simulate import SimulationError
from basin.simulate.tables import tabulate
from basin.simulate.whole import has_many

Numbers = NDArray[np.float64]
RangeLike = tuple[float, float] | tuple[float, float, str]

WIDTH = 0.1  # of the width between the bounds, either way
FACTOR = 2.0
FROM_ZERO, RATE_FROM_ZERO = 0.1, 0.001
SHARES = ((0.0, 1.0), (-1.0, 1.0))  # bounds of numbers that move by a part of their width
COUNTS = (
    "people",
    "features",
    "agents",
    "neighbours",
    "blocks",
    "groups",
    "episodes",
)  # units of whole numbers that are structure
JUDGED = ("outcome.", "population.quorum")
CALLED = "population."
HEARD = "population.testimony"


class RangeError(ValueError):
    """A range over which an assumption cannot be varied; one line."""


@dataclass(frozen=True)
class Ranges:
    """What is varied. axes: (k,), one for each assumption; base: (k,) the scenario's own values, NaN where it holds no
    number; left_out: why other paths are not varied; idle: paths that change nothing of how agents live, so that they
    cannot matter, and are not varied either."""

    axes: tuple[Axis, ...]
    base: Numbers
    left_out: dict[str, str]
    idle: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(axis.path for axis in self.axes)


def ranges(
    found: ScenarioSubject,
    paths: Sequence[str] | None = None,
    given: Mapping[str, RangeLike] | None = None,
    apart: Sequence[str] = (),
) -> Ranges:
    """The range of each path. paths: which; those of `given`, or else all (see the module). given: `(lo, hi)` or
    `(lo, hi, "log")` by path, instead of the rule's. apart: paths that are left out of all because starts differ along them.

    Raises RangeError or ScenarioError for a path or range that cannot be, in one line that names it.
    """
    known = {entry.path: entry for entry in found.scenario.numeric_paths()}
    own = {_called(found, path): (path, *ends) for path, ends in _checked(given).items()}
    every = paths is None and not own
    named = list(known) if every else [_called(found, path) for path in paths or ()] + list(own)
    axes, left_out = [], {}
    for path in dict.fromkeys(named):
        entry = known[path] if path in known else found.scenario.numeric_path(path)
        why = _structure(found, entry, apart) if every else ""
        if not why:
            axis, why = _axis(found, entry, own.get(path))
        if not why:
            axes.append(axis)
        elif every:
            left_out[path] = why
        else:
            raise RangeError(why if why.startswith(path) else f"{path}: {why}; give a range of your own")
    idle = _idle(found, axes) if every else ()
    axes = [axis for axis in axes if axis.path not in idle]
    base = [known[axis.path].value if axis.path in known else None for axis in axes]
    numbers = np.array([value if isinstance(value, int | float) else np.nan for value in base], float)
    return Ranges(tuple(axes), numbers, left_out, idle)


def possible(found: ScenarioSubject, axis: Axis) -> bool:
    """Whether the scenario is valid at both ends of an axis, all else as it is."""
    entry = found.scenario.numeric_path(axis.path)
    return not any(_problem(found, entry, end) for end in (axis.lo, axis.hi))


def usual(entry: NumericPath) -> tuple[float, float, bool] | None:
    """(lo, hi, whether by equal ratios) by the rule; None where the path holds no number."""
    value, rate = entry.value, "per episode" in entry.unit
    if not isinstance(value, int | float):
        return None
    if (entry.lo, entry.hi) in SHARES and not rate:
        step, log = WIDTH * (entry.hi - entry.lo), False
        lo, hi = value - step, value + step
    elif value == 0:
        lo, hi, log = 0.0, RATE_FROM_ZERO if rate else 1.0 if entry.kind == "int" else FROM_ZERO, False
    else:
        lo, hi, log = value / FACTOR, value * FACTOR, True
    # an end that is not itself allowed is approached half-way from the value
    lo = max(lo, (entry.lo + value) / 2 if entry.lo_open and lo <= entry.lo else entry.lo)
    hi = min(hi, (entry.hi + value) / 2 if entry.hi_open and hi >= entry.hi else entry.hi)
    if entry.kind == "int":
        lo, hi = max(float(np.floor(lo)), entry.lo), min(float(np.ceil(hi)), entry.hi)
        log = log and lo > 0
    return float(f"{lo:.12g}"), float(f"{hi:.12g}"), log


def _structure(found: ScenarioSubject, entry: NumericPath, apart: Sequence[str]) -> str:
    """Why a path is not varied unless it is named; empty if it is."""
    if entry.path.startswith(JUDGED):
        return "how runs are judged"
    if entry.kind == "int" and entry.unit in COUNTS:
        return f"counts {entry.unit}"
    if entry.path.startswith(CALLED) and not has_many(found.scenario):
        return "agents are alone"
    if entry.path == HEARD and entry.value == 0:
        return "agents do not hear one another"
    return "starts differ along it" if entry.path in apart else ""


def _axis(found: ScenarioSubject, entry: NumericPath, own: AxisLike | None) -> tuple[Axis, str]:
    """The axis along which it varies, and why that cannot be, or nothing."""
    none = Axis(entry.path, 0.0, 1.0)
    if own is not None:
        _, lo, hi, log = axis_parts(own)
    else:
        ends = usual(entry)
        if ends is None:
            return none, "holds no number" if entry.value is None else f'is "{entry.value}", and no number'
        lo, hi, log = ends
    if not lo < hi:
        if own is not None:
            raise AxisError(f"{entry.path} = {lo:g}:{hi:g}: a range runs from a lower to a higher number")
        return none, "has no room to vary"
    for end in (lo, hi):
        why = _problem(found, entry, end)
        if why:
            return none, why
    return Axis(entry.path, lo, hi, log, entry.kind == "int", entry.unit, entry.description), ""


def _problem(found: ScenarioSubject, entry: NumericPath, end: float) -> str:
    """Why the scenario cannot have a path at this value."""
    try:
        changed = found.with_({entry.path: int(end) if entry.kind == "int" and end == int(end) else end})
        if found.expected:  # which has rules of its own
            tabulate(changed.scenario, expected=True)
    except (ScenarioError, SimulationError) as error:
        return str(error)
    return ""


def _idle(found: ScenarioSubject, axes: Sequence[Axis]) -> tuple[str, ...]:
    """Paths that do not enter what the engine is given, neither from the scenario nor from the middle of all ranges.

    The middle has everything switched on that the ranges switch on, so that what depends on it shows. What is between
    agents (`population.*`) is never taken for idle, nor anything where other scenarios are mixed in.
    """
    if not axes or found.scenario.population.mix:
        return ()
    many = has_many(found.scenario)
    here = {axis.path: _number(found, axis) for axis in axes}
    middle = {axis.path: axis.values(3)[len(axis.values(3)) // 2] for axis in axes}
    idle = []
    rows: dict[str, list[float]] = {path: [] for path in here}
    for place in (here, middle):
        for axis in axes:
            for end in (axis.lo, axis.hi):
                for path in here:
                    rows[path].append(end if path == axis.path else place[path])
        for path in here:
            rows[path].append(place[path])
    try:
        tables = tabulate(
            found.scenario, {path: np.array(column) for path, column in rows.items()}, expected=found.expected, many=many
        )
    except (ScenarioError, SimulationError):  # ranges that do not go together; the design will say which
        return ()
    if len(tables) > 1:
        return ()
    (table,) = tables
    told = np.hstack([part.reshape(len(table.cells), -1) for part in (table.parameters, table.own)])
    half = 2 * len(axes) + 1
    for at, axis in enumerate(axes):
        same = [
            np.array_equal(told[begin + 2 * at + end], told[begin + half - 1], equal_nan=True)
            for begin in (0, half)
            for end in (0, 1)
        ]
        if all(same) and not axis.path.startswith(CALLED):
            idle.append(axis.path)
    return tuple(idle)


def _number(found: ScenarioSubject, axis: Axis) -> float:
    value = found.scenario.numeric_path(axis.path).value
    return float(value) if isinstance(value, int | float) else axis.lo


def _called(found: ScenarioSubject, path: str) -> str:
    """A path in its short form."""
    return found.scenario.numeric_path(path).path


def _checked(given: Mapping[str, RangeLike] | None) -> dict[str, tuple[Any, ...]]:
    found = {}
    for path, ends in (given or {}).items():
        if not isinstance(ends, tuple | list) or len(ends) not in (2, 3):
            raise RangeError(f'{path}: a range is (lo, hi) or (lo, hi, "log"), not {ends!r}')
        found[path] = tuple(ends)
    return found
