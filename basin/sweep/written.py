"""A sweep as TOML again: what `basin.sweep.read` makes the same sweep of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from basin.analysis import Axis, AxisError
from basin.analysis.sampling import SamplingError, Window, sobol
from basin.scenario import ScenarioError
from basin.sweep.dimension import OBJECTION, REPLICATE, SAMPLE, SCENARIO, Dimension, is_number
from basin.sweep.plan import Sweep

MORE = 200  # points more than there are that a grid of whole numbers may have been asked for
DIGITS = range(1, 16)  # that the ends of a range may have been written with


def written(sweep: Sweep) -> str:
    """The sweep as the text of a TOML file, its scenarios by their names: files beside it, or bundled ones.

    `basin.sweep.parse` of it has the same hash; `is_the_same` says whether that succeeded: what Python made may say more than
    a file can."""
    said = {key: value for key, value in _tables(sweep) if value not in (None, "", (), [], {})}
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if not isinstance(value, Mapping)]
    for key, value in said.items():
        if isinstance(value, Mapping):  # a line for each axis: tables of their own would change their order
            lines += ["", f"[{key}]", *(f"{_key(name)} = {_toml(one)}" for name, one in value.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML has it within a line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_the_same(sweep: Sweep, again: Sweep) -> bool:
    """Whether two sweeps compute the same; the contents of files that scenarios name aside."""
    one, other = (meant.identity() | {"files": {}} for meant in (sweep, again))
    return one == other


def _tables(sweep: Sweep) -> Iterator[tuple[str, Any]]:
    dimensions = {one.name: one for one in sweep.dimensions}
    names = list(sweep.scenarios)
    yield "format", 1
    yield "title", sweep.title
    yield "question", sweep.question
    yield ("scenarios", names) if SCENARIO in dimensions else ("scenario", names[0])
    if OBJECTION in dimensions:
        yield "objections", list(dimensions[OBJECTION].settings[OBJECTION])
    yield "compute", sweep.compute
    yield "runs", sweep.runs
    if REPLICATE in dimensions:
        yield "replicates", len(dimensions[REPLICATE])
    yield "seed", sweep.seed
    yield "expected", sweep.expected or None
    yield "budget", sweep.budget
    yield "keep", list(sweep.keep)
    yield "set", dict(sweep.changes)
    own = (SCENARIO, OBJECTION, REPLICATE, SAMPLE)
    axes = {one.name: _axis(one, sweep) for one in sweep.dimensions if one.name not in own}
    evenly = _sobol(dimensions[SAMPLE], sweep) if SAMPLE in dimensions else None
    if SAMPLE in dimensions and evenly is None:  # the points themselves, under the same name
        axes[SAMPLE] = {path: list(values) for path, values in dimensions[SAMPLE].settings.items()}
    yield "axes", axes
    yield "sobol", evenly
    yield "options", dict(sweep.options)


def _axis(one: Dimension, sweep: Sweep) -> Any:
    """A grid where that gives the same numbers, else the list of them; several lists where several paths are set."""
    if len(one.settings) > 1 or one.name not in one.settings:
        return {path: list(values) for path, values in one.settings.items()}
    values = list(one.settings[one.name])
    if len(values) < 2 or not all(is_number(value) for value in values):
        return values
    log = {"log": True} if one.log else {}
    for count in range(len(values), len(values) + MORE):
        try:
            again = _ranged(one.name, sweep, values[0], values[-1], one.log).values(count)
        except (AxisError, ScenarioError):
            break
        if len(again) == len(values) and again.tolist() == values:
            return {"lo": values[0], "hi": values[-1], "n": count, **log}
    return values


def _ranged(path: str, sweep: Sweep, lo: float, hi: float, log: bool) -> Axis:
    """Raises AxisError, or ScenarioError where the path holds no number."""
    entry = next(iter(sweep.scenarios.values())).numeric_path(path)
    return Axis(path, float(lo), float(hi), log, entry.kind == "int", entry.unit, entry.description)


def _sobol(one: Dimension, sweep: Sweep) -> dict[str, Any] | None:
    """The ranges that evenly spread points came from; None where they are not found. The points alone do not tell them, but
    the parts of the way at which they are do, and that people write ends with few digits."""
    count, paths = len(one), list(one.settings)
    try:
        parts = sobol(Window(tuple(Axis(path, 0.0, 1.0) for path in paths)), 1, count, sweep.seed)[0]
    except (SamplingError, AxisError):
        return None
    table: dict[str, Any] = {"n": count}
    for at, path in enumerate(paths):
        found = _range(path, sweep, parts[:, at], np.array(one.settings[path], float))
        if found is None:
            return None
        table[path] = found
    return table


def _range(path: str, sweep: Sweep, part: np.ndarray, values: np.ndarray) -> Mapping[str, Any] | None:
    for log in (False, True):
        if log and values.min() <= 0:
            continue
        for lo, hi in _ends(part, np.log(values) if log else values, log):
            try:
                axis = _ranged(path, sweep, lo, hi, log)
                points = _along(axis, part)
            except (AxisError, ScenarioError):
                continue
            if np.array_equal(points, values):
                whole = axis.integer and lo == int(lo) and hi == int(hi)
                ends = (int(lo), int(hi)) if whole else (lo, hi)
                return {"lo": ends[0], "hi": ends[1], **({"log": True} if log else {})}
    return None


def _ends(part: np.ndarray, at: np.ndarray, log: bool) -> Iterator[tuple[float, float]]:
    """Ends of a range of which the points are so far along, with ever more digits."""
    first, last = int(np.argmin(part)), int(np.argmax(part))
    if first == last:
        return
    slope = (at[last] - at[first]) / (part[last] - part[first])
    lo, hi = at[first] - slope * part[first], at[first] + slope * (1 - part[first])
    if log:
        lo, hi = np.exp(lo), np.exp(hi)
    for digits in DIGITS:
        # an end that should be zero comes out as some rounding error of the other
        yield tuple(round(float(f"{end:.{digits}g}"), 12 if not log else 300) for end in (lo, hi))  # type: ignore[misc]
    yield float(at.min()), float(at.max())  # whole numbers: each has its share of the way


def _along(axis: Axis, part: np.ndarray) -> np.ndarray:
    """The values of an axis at parts of the way along it."""
    return Window((axis,)).points(part[:, None])[:, 0]
