"""The motion of a system: its rate of change, where its starts are in the space of states, and what its coordinates are."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.analysis.sampling import Window, draw
from basin.questions.subject import SystemSubject
from basin.systems import SystemError
from basin.systems import mapper as system_mapper

Numbers = NDArray[np.float64]

TURN = 2 * np.pi


class Coordinate(NamedTuple):
    """One number of a state; `angle` if it goes round in its window from `lo`."""

    name: str
    units: str
    meaning: str
    angle: bool = False
    lo: float = 0.0


class Flow(NamedTuple):
    """rate(states (n, d), time) -> (n, d). states(points (n, k)) -> (n, d): where starts begin. whole: whether a start says
    its whole state. steady: whether the rate does not depend on time."""

    rate: Callable[[Numbers, float], Numbers]
    states: Callable[[Numbers], Numbers]
    coordinates: tuple[Coordinate, ...]
    whole: bool
    steady: bool


def flow(found: SystemSubject) -> Flow:
    """The motion of a system. Raises SystemError for one that has none in continuous time, or noise."""
    system, values, axes = found.system, found.values, found.axes
    if system.rate is None:
        raise SystemError(f"{found.name}: has no equations of motion in continuous time to follow")
    if found.stochastic:
        raise SystemError(f"{found.name}: chance plays a part in its motion; only motion without noise can be followed")
    motion, embed = system.rate, system.state
    mapper = system_mapper(system, [axis.path for axis in axes], found.changes)

    def rate(states: Numbers, time: float) -> Numbers:
        return np.asarray(motion(states, time, values))

    def states(points: Numbers) -> Numbers:
        points = np.atleast_2d(np.asarray(points, float))
        return points if embed is None else np.asarray(embed(mapper.starts(points, 0)))

    points = draw(Window(axes), 8, 1)
    some = states(points)
    coordinates = [
        Coordinate(axis.path, axis.units or "1", axis.label or axis.path, _goes_round(axis.units, axis.lo, axis.hi), axis.lo)
        for axis in axes
    ]
    if embed is not None:
        named = [
            [one for one, start in zip(coordinates, points.T, strict=True) if np.array_equal(start, part)] for part in some.T
        ]
        coordinates = [
            same[0] if same else Coordinate(f"state {at}", "1", f"coordinate {at} of the state")
            for at, same in enumerate(named, start=1)
        ]
    steady = bool(np.array_equal(rate(some, 0.0), rate(some, 1.2345)))
    return Flow(rate, states, tuple(coordinates), embed is None, steady)


def _goes_round(units: str, lo: float, hi: float) -> bool:
    return units == "rad" and bool(np.isclose(hi - lo, TURN))
