"""What sits on the boundary of the basin: the edge state, which those who start exactly there are drawn to."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis
from basin.analysis.edge import EdgeError, bisected, passed
from basin.analysis.edge import edge as track_edge
from basin.analysis.sampling import Window, draw
from basin.questions.flows import flow
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, Subject, SubjectLike, SystemSubject, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

SEARCHED = 512  # starts among which two near ones that end differently are looked for
LONGEST = 1000.0  # time for which a pair is followed that cannot be restarted
PARTED = 0.01  # distance in knowledge, behaviour and shares at which two agents have parted
SLOW = 2.0  # times the least speed: below it a stretch counts as slow


def edge(
    asked: SubjectLike,
    one: Mapping[str, float] | None = None,
    other: Mapping[str, float] | None = None,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The boundary start between two starts, the way along the boundary from there, and the edge state (`analysis.edge`).

    asked: a system with equations of motion and no noise, or a scenario, of which the deterministic skeleton is taken. one,
    other: starts that end differently; what they leave out is in the middle of the axes. Without either: the nearest two of
    512 random ones, of which one ends in the target. axes: along which the starts of a scenario differ.

    A system is tracked by bisecting again and again, so that the edge state is where that leads, and a fixed point is solved
    for. Where that is impossible, because a start says less than a whole state, as in scenarios, the two runs nearest to the
    boundary are followed until they part, and the edge state is where they were slowest (or a fixed point beside it).

    Returns a Dataset, dims (path): `boundary`; (time, coordinate): `track`; (coordinate): `state`; (mode): `rates` and
    `frequencies`, real and imaginary parts of the eigenvalues at a fixed point. Attributes: `fixed`, `speed`, `error`,
    `unstable` directions, `growth` (rate at which two near the boundary part); of scenarios `slow_from` and `slow_to`, the
    stretch on which the run was slow. Raises EdgeError, or what the subject raises, one line each.

    >>> found = basin.edge("fitzhugh-nagumo")
    >>> float(abs(found["state"]).max()) < 1e-9, found.attrs["unstable"]
    (True, 1)
    """
    found = subject(asked, expected=True, threads=threads)
    check_seed(seed)
    if isinstance(found, ScenarioSubject):
        return _of_scenario(replace(found, expected=True), one, other, axes, seed, cancel)
    assert isinstance(found, SystemSubject)
    if axes:
        raise EdgeError(f"{found.name}: the edge of a system is tracked in all its coordinates; give no axes")
    return _of_system(found, one, other, seed)


def _of_system(
    found: SystemSubject, one: Mapping[str, float] | None, other: Mapping[str, float] | None, seed: int
) -> xr.Dataset:
    moves = flow(found)
    if not moves.steady:
        raise EdgeError(f"{found.name}: its equations of motion depend on time, so that its edge moves")
    axes = found.axes
    mapper = found.mapper([axis.path for axis in axes])

    def label(points: Numbers) -> NDArray[np.int8]:
        return mapper(np.atleast_2d(points), seed).label[:, 0]

    def rate(states: Numbers) -> Numbers:
        return moves.rate(states, 0.0)

    first, second = _pair(found, axes, one, other, label, found.outcomes[found.target], seed)
    if moves.whole:
        told = track_edge(label, rate, first, second)
    else:
        first, second = bisected(label, first, second)
        sides, both = label(np.stack([first, second])), moves.states(np.stack([first, second]))
        told = passed(rate, (first + second) / 2, (int(sides[0]), int(sides[1])), both[0], both[1], longest=LONGEST)
    words = {code: word for word, code in found.outcomes.items()}
    attributes = {
        "sides": [str(words.get(code, code)) for code in told.labels],
        "fixed": int(told.fixed),
        "speed": told.speed,
        "error": told.error,
        "growth": told.growth,
        "unstable": told.unstable if told.fixed else -1,
    }
    coordinates = [(part.name, part.units, part.meaning) for part in moves.coordinates]
    return _dataset(
        found, seed, one, other, axes, told.start, told.time, told.track, told.state, coordinates, told.eigenvalues, attributes
    )  # fmt: skip


def _of_scenario(
    found: ScenarioSubject, one: Mapping[str, float] | None, other: Mapping[str, float] | None,
    specs: Sequence[AxisLike | Axis] | None, seed: int, cancel: threading.Event | None,
) -> xr.Dataset:  # fmt: skip
    from basin.simulate import trajectory

    axes = tuple(found.axis(spec) for spec in specs) if specs else found.axes
    mapper = found.mapper([axis.path for axis in axes], 1, cancel=cancel)
    target = found.outcomes[found.target]

    def label(points: Numbers) -> NDArray[np.int8]:
        return mapper(np.atleast_2d(points), seed).label[:, 0]

    first, second = _pair(found, axes, one, other, label, target, seed)
    pair = bisected(lambda points: label(points) == target, first, second)
    paths, sides = [], []
    for point in pair:
        scenario = found.scenario.with_({axis.path: float(value) for axis, value in zip(axes, point, strict=True)})
        path = trajectory(scenario, 1, seed, expected=True, threads=found.threads, cancel=cancel)
        sides.append(int(path.label[0]))
        names = (("knows", "cosine"), ("behaves", "cosine"))
        columns = [path.columns[name][0] for name, _ in names]
        coordinates = [(name, unit, name) for name, unit in names]
        coordinates += [(f"share of {motive}", "share", f"share of {motive}") for motive in path.motives]
        paths.append(np.column_stack([*columns, path.shares[0]]))
    alive = np.isfinite(paths[0]).all(axis=1) & np.isfinite(paths[1]).all(axis=1)
    gap = np.linalg.norm(paths[0][alive] - paths[1][alive], axis=1)
    parted = np.flatnonzero(gap > PARTED)
    last = int(parted[0]) if len(parted) else len(gap) - 1
    track = (paths[0][: last + 1] + paths[1][: last + 1]) / 2
    speed = np.linalg.norm(np.diff(track, axis=0), axis=1) if last > 0 else np.zeros(1)
    slowest = int(np.argmin(speed))
    slow = speed <= SLOW * speed[slowest] + 1e-12
    before = np.flatnonzero(~slow[:slowest])
    after = np.flatnonzero(~slow[slowest:])
    from_, to = (int(before[-1]) + 1 if len(before) else 0), (slowest + int(after[0]) if len(after) else len(speed))
    growing = np.flatnonzero((gap[: last + 1] > 0) & (gap[: last + 1] < PARTED))
    half = growing[len(growing) // 2 :]
    growth = float(np.polyfit(half, np.log(gap[half]), 1)[0]) if len(half) > 2 else np.nan
    words = {code: word for word, code in found.outcomes.items()}
    return _dataset(
        found, seed, one, other, axes, (pair[0] + pair[1]) / 2, np.arange(last + 1), track, track[slowest], coordinates,
        np.zeros(0, complex),
        {
            "sides": [words[code] for code in sides], "fixed": 0, "speed": float(speed[slowest]),
            "error": float(gap[slowest]) / 2, "growth": growth, "unstable": -1,
            "slow_from": float(from_), "slow_to": float(to),
        },
    )  # fmt: skip


def _pair(
    found: Subject, axes: Sequence[Axis], one: Any, other: Any, label: Any, target: int, seed: int
) -> tuple[Numbers, Numbers]:
    """Two starts that end differently: as given, or the nearest of some random ones."""
    for path in [*(one or {}), *(other or {})]:
        if path not in [axis.path for axis in axes]:
            raise EdgeError(f"{path}: is none of what the starts differ along: {', '.join(axis.path for axis in axes)}")
    if one or other:
        middle = {axis.path: (axis.lo + axis.hi) / 2 for axis in axes}
        first, second = (np.array([float({**middle, **(point or {})}[axis.path]) for axis in axes]) for point in (one, other))
        return first, second
    points = draw(Window(tuple(axes)), SEARCHED, seed)
    labels = label(points)
    unit = np.array([axis.hi - axis.lo for axis in axes])
    inside, outside = points[labels == target], points[(labels != target) & (labels >= 0)]
    if not len(inside) or not len(outside):
        raise EdgeError(f"{found.name}: of {SEARCHED} random starts none ends {'' if len(outside) else 'other than '}"
                        f"{found.target}: give two starts that end differently")  # fmt: skip
    distance = np.linalg.norm((inside[:, None] - outside[None]) / unit, axis=2)
    nearest = np.unravel_index(np.argmin(distance), distance.shape)
    return inside[nearest[0]], outside[nearest[1]]


def _dataset(
    found: Subject, seed: int, one: Any, other: Any, axes: Sequence[Axis], boundary: Numbers, time: NDArray[Any],
    track: Numbers, state: Numbers, coordinates: Sequence[tuple[str, str, str]], modes: NDArray[Any],
    attributes: Mapping[str, Any],
) -> xr.Dataset:  # fmt: skip
    names, units, meanings = (np.array(part) for part in zip(*coordinates, strict=True))
    call = f"basin.edge(scenario, one={dict(one) if one else None}, other={dict(other) if other else None}, seed={seed})"
    per = f"units of the coordinate per {found.time_units}"
    return datasets.measured(
        "edge",
        {
            "boundary": (("path",), boundary, "units of the path", "the first point of the boundary"),
            "track": (("time", "coordinate"), track, "units of the coordinate", "the way along the boundary from there"),
            "state": (("coordinate",), state, "units of the coordinate", "the edge state"),
            "rates": (("mode",), modes.real, f"1/{found.time_units}", "growth rates near the edge state, if it is fixed"),
            "frequencies": (("mode",), modes.imag, f"1/{found.time_units}", "angular frequencies near the edge state"),
        },
        {
            "path": (("path",), np.array([axis.path for axis in axes]), "name", "what starts differ along"),
            "time": (("time",), np.asarray(time, float), found.time_units, "time since the first point"),
            "coordinate": (("coordinate",), names, "name", "coordinate of the state"),
            "unit": (("coordinate",), units, "name", "its unit"),
            "meaning": (("coordinate",), meanings, "name", "what it is"),
        },
        found.attributes(seed, 1, call)
        | {"title": found.title, "target": found.target, "time_units": found.time_units, "speed_units": per, **attributes},
    )
