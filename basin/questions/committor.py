"""From where does noise carry a system to the goal first, how long does it take, and how improbable is each place?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis.generator import Field, GeneratorError, Passage
from basin.questions.passage import boxes, noisy, said, sets, walls
from basin.questions.subject import SubjectLike
from basin.systems.system import Region

if TYPE_CHECKING:
    import xarray as xr


def committor(
    asked: SubjectLike,
    origin: Sequence[Region] | None = None,
    goal: Sequence[Region] | None = None,
    *,
    changes: Mapping[str, float] | None = None,
    noise: float | None = None,
    sides: Region | None = None,
    at: Sequence[Mapping[str, float]] = (),
    cells: int | None = None,
) -> xr.Dataset:
    """Committor, mean first passage time and quasi-potential of a noisy system with up to three coordinates.

    committor q(x) = P(goal before origin | start x), the soft basin of the goal. time T(x) = E[time to the goal], the
    origin being no obstacle. quasi_potential Φ(x) = −(σ²/2) ln(p(x)/max p), p the stationary density within the walls.
    Each comes with `_low` and `_high`, which hold the discretisation error (`basin.analysis.generator`); no path is
    simulated. The last two are NaN where crossings are so rare that a solve loses them. dims: the system's coordinates.

    asked: a system or its name; changes: of its parameters; noise: σ, for a system that has none of its own. origin, goal:
    regions, as {"x": (lo, hi)} with coordinates that are left out unbounded; a set is the union of its regions, by default
    those of the system's outcomes. sides: where reflecting walls stand; the window of the starts, unless given. at: starts
    that get a node of their own. cells: of the grid, along each axis. The attribute `at_walls` is the largest stationary
    density at a wall, in units of the largest of all: unless it is small, what lies beyond the walls matters. Raises
    SystemError or GeneratorError for what cannot be solved.

    >>> found = basin.committor("double-well", at=[{"x": -0.5}])
    >>> round(float(found["committor"].sel(x=-0.5)), 4)
    0.1139
    """
    system = noisy(asked, changes, noise)
    found = system.found
    within = walls(found, sides)
    names = list(within)
    start, end = sets(found, origin, goal)
    for point in at:
        for name in names:
            if name not in point or not within[name][0] <= point[name] <= within[name][1]:
                raise GeneratorError(f"at {dict(point)}: needs {name} from {within[name][0]:g} to {within[name][1]:g}")
    problem = Passage(
        system.drift,
        system.noise,
        tuple(within.values()),
        boxes(names, start),
        boxes(names, end),
        cells,
        tuple(tuple(point[name] for point in at) for name in names),
    )
    field = problem.committor()
    solved = {
        "committor": (field, "probability", "chance to reach the goal before the origin", (0.0, 1.0)),
        "time": (_or_none(problem.time, field), found.time_units, "mean time until it first reaches the goal", (0.0, np.inf)),
        "quasi_potential": (
            _or_none(problem.quasi_potential, field), f"1/{found.time_units}",
            "improbability of a place: −(σ²/2) ln(p/max p)", (0.0, np.inf),
        ),
    }  # fmt: skip
    variables = {}
    for name, (found_field, units, meaning, ends) in solved.items():
        low, high = _bounds(found_field, *ends)
        variables[name] = (tuple(names), found_field.value, units, meaning)
        variables[f"{name}_low"] = (tuple(names), low, units, "lower end of its interval")
        variables[f"{name}_high"] = (tuple(names), high, units, "upper end of its interval")
    entries = {entry.name: entry for entry in found.system.coordinates(found.values)}
    return datasets.measured(
        "committor",
        variables,
        {
            name: ((name,), axis, entries[name].units, entries[name].description)
            for name, axis in zip(names, problem.axes, strict=True)
        },
        found.attributes(0, 1, "basin.committor(system, origin, goal)")
        | {
            "title": found.title,
            "noise": system.noise,
            "origin": said(start),
            "goal": said(end),
            "at": json.dumps([dict(point) for point in at]),
        }
        | _shares(problem, field)
        | {"at_walls": _at_walls(solved["quasi_potential"][0].value, system.noise)},
    )


def _or_none(solve: Callable[[], Field], like: Field) -> Field:
    """What can be solved; not a number where passages between the wells are too rare, which the committor does not mind."""
    try:
        return solve()
    except GeneratorError:
        nothing = np.full_like(like.value, np.nan)
        return Field(like.axes, nothing, nothing)


def _at_walls(potential: np.ndarray, noise: float) -> float:
    sides = [potential.take(end, axis) for axis in range(potential.ndim) for end in (0, -1)]
    return float(np.exp(-2 * min(side.min() for side in sides) / noise**2))


def _bounds(field: Field, least: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore"):
        return np.clip(field.value - field.error, least, most), np.clip(field.value + field.error, least, most)


def _shares(problem: Passage, field: Field) -> dict[str, float]:
    """Of the space between the walls: the share from which the goal comes first more often than not, with its interval."""
    volume = np.ones(())
    for axis in problem.axes:
        gap = np.diff(axis)
        volume = np.multiply.outer(volume, (np.append(gap, 0.0) + np.append(0.0, gap)) / 2)
    volume /= volume.sum()
    edge = volume[abs(field.value - 0.5) <= np.maximum(field.error, _half_step(field.value))].sum()
    share = volume[field.value > 0.5].sum()
    return {"share": float(share), "share_low": float(max(0.0, share - edge)), "share_high": float(min(1.0, share + edge))}


def _half_step(value: np.ndarray) -> np.ndarray:
    """By how much a field changes within the cell around a node, at most about."""
    slopes = np.gradient(value)
    most: np.ndarray = sum(abs(part) for part in (slopes if isinstance(slopes, list | tuple) else [slopes])) / 2
    return most
