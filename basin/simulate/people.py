"""The people whose values count, as runs start with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin import values
from basin.engine.compile import LANES
from basin.scenario import Scenario
from basin.simulate.beliefs import OpenBlock
from basin.simulate.errors import SimulationError
from basin.simulate.runs import check_count, check_seed
from basin.simulate.tables import tabulate

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """Who there is at the start of some runs; the same runs as `simulate` makes of the seed."""

    target: Numbers
    """(runs, d) θ, of unit length."""
    values: Numbers
    """(runs, H, d) what each person values now, culture apart; people who do not differ are one, H = 1."""
    length: Numbers
    """(runs,) of the extrapolated limit before it was made the unit; else 1."""


def people(scenario: Scenario, runs: int, seed: int = 0) -> People:
    """Draw the people of some runs. Raises SimulationError for a scenario that cannot be run."""
    check_count("runs", runs)
    check_seed(seed)
    (tables,) = tabulate(scenario)
    d, count = tables.rules.features, int(tables.column("values_people")[0])
    found = People(np.empty((runs, d)), np.empty((runs, count, d)), np.ones(runs))
    for first in range(0, runs, LANES):
        numbers = np.arange(first, min(runs, first + LANES))
        block = OpenBlock(tables, np.zeros_like(numbers), numbers, seed).block
        target = block.theta[:, : len(numbers)].T
        found.target[numbers] = target
        found.values[numbers] = target[:, None]
        if count > 1:
            differences = block.people[: count * d, : len(numbers)]
            found.values[numbers] += differences.reshape(count, d, -1).transpose(2, 0, 1)
    if scenario.values.target == "extrapolated":
        # unrevised, people have a mean of unit length, which the target's own unit has made longer or shorter
        found.length[:] = 1 / np.linalg.norm(found.values.mean(axis=1), axis=1)
    return found


def limits_reached(scenario: Scenario, runs: int, seed: int = 0) -> list[values.Limits]:
    """Where the people of each run would end: every limit, the first of which is the run's target, in its units.

    Raises SimulationError for a scenario whose target is not extrapolated.
    """
    if scenario.values.target != "extrapolated":
        raise SimulationError(f'values.target = "{scenario.values.target}": only "extrapolated" values have limits')
    found, bound = people(scenario, runs, seed), scenario.values.extrapolated.trust_bound
    return [values.limits(crowd, bound / unit) for crowd, unit in zip(found.values, found.length, strict=True)]
