"""How likely is what hardly ever happens: a noisy system reaching a goal before it falls back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from basin import datasets
from basin.analysis.generator import Box
from basin.analysis.splitting import SplittingError, likely, split
from basin.questions.passage import boxes, noisy, said, sets, walls
from basin.questions.subject import SubjectLike, SystemSubject
from basin.simulate.runs import check_seed
from basin.systems.system import Region

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

STEP = 0.01
OVERSHOOT = 0.5826  # −ζ(½)/√2π: how far beyond an edge a walk ends on average, in standard deviations of its steps


def rare(
    asked: SubjectLike,
    start: Mapping[str, float] | None = None,
    origin: Sequence[Region] | None = None,
    goal: Sequence[Region] | None = None,
    *,
    changes: Mapping[str, float] | None = None,
    noise: float | None = None,
    clones: int = 100,
    repeats: int = 40,
    step: float = STEP,
    seed: int = 0,
) -> xr.Dataset:
    """P(goal before origin | start) of a noisy system in any number of coordinates, by adaptive multilevel splitting.

    The estimate is unbiased for the walk x' = x + b(x)·step + σ√step·ξ. Its sets are moved by 0.5826 σ√step towards the
    walk, since a walk that is looked at only once a step arrives late by as much (Broadie, Glasserman & Kou 1997): the
    difference from continuous time is then of the order of the step.

    asked, changes, noise, origin, goal: as for `basin.committor`. start: by coordinate; those left out are in the middle of
    their window. The score is minus the distance to the goal. dims (repeat) for the independent estimates, (level) for the
    chance to come so near. Raises SystemError or SplittingError for what cannot be asked.

    >>> found = basin.rare("double-well", {"x": -0.5}, clones=10, repeats=4)
    >>> round(found.attrs["probability"], 2)
    0.13
    """
    check_seed(seed)
    system = noisy(asked, changes, noise)
    found = system.found
    if not 0 < step <= 1:
        raise SplittingError(f"step = {step:g}: must be above 0 and at most 1")
    begin = _start(found, start or {})
    grown = OVERSHOOT * system.noise * np.sqrt(step)
    left, reach = sets(found, origin, goal)
    away, near = (boxes(list(begin), regions, grown) for regions in (left, reach))
    told = split(
        walk(system.drift, system.noise, step),
        lambda state: -_distance(state, near),
        np.array(list(begin.values())),
        lambda state: _distance(state, away) == 0,
        lambda state: _distance(state, near) == 0,
        clones=clones,
        repeats=repeats,
        seed=seed,
    )
    part, reached = told.probability, np.array([likely(estimates) for estimates in told.reached.T])
    return datasets.measured(
        "rare",
        {
            "estimate": (("repeat",), told.repeats, "probability", "chance to reach the goal first, one repetition"),
            "reached": (("level",), reached[:, 0], "probability", "chance to come nearer than this before the origin"),
            "reached_low": (("level",), reached[:, 1], "probability", "lower end of its 95% interval"),
            "reached_high": (("level",), reached[:, 2], "probability", "upper end of its 95% interval"),
        },
        {
            "repeat": (("repeat",), np.arange(repeats), "1", "number of the repetition"),
            "level": (("level",), -told.level, "distance", "distance from the goal"),
        },
        found.attributes(seed, clones * repeats, "basin.rare(system, start, origin, goal)")
        | {
            "title": found.title,
            "noise": system.noise,
            "origin": said(left),
            "goal": said(reach),
            "clones": clones,
            "repeats": repeats,
        }
        | {"start": ", ".join(f"{name} = {value:g}" for name, value in begin.items()), "step": step, "rounds": told.rounds}
        | {"probability": part.mean, "low": part.low, "high": part.high, "steps": told.steps},
    )


def walk(rate: Callable[[Numbers], Numbers], noise: float, step: float) -> Callable[[Numbers, Generator], Numbers]:
    """The step function of Euler and Maruyama's walk."""
    push = noise * np.sqrt(step)
    return lambda state, chance: state + rate(state) * step + push * chance.standard_normal(state.shape)


def _start(found: SystemSubject, start: Mapping[str, float]) -> dict[str, float]:
    window = walls(found, {name: (value, value) for name, value in start.items()})
    return {name: (lo + hi) / 2 for name, (lo, hi) in window.items()}


def _distance(state: Numbers, goal: Sequence[Box]) -> Numbers:
    """(n,) Euclidean distance of states to the nearest of some boxes."""
    apart = [np.maximum(0.0, np.maximum(lo - state, state - hi)) for lo, hi in (np.transpose(box) for box in goal)]
    nearest: Numbers = np.min([np.sqrt((gap**2).sum(axis=1)) for gap in apart], axis=0)
    return nearest
