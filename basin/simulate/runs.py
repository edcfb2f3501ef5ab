"""Runs of one scenario: how each ended, and what it did on the way."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.engine.layout import R_LABEL, RECORD
from basin.scenario import Scenario
from basin.simulate.errors import SimulationError
from basin.simulate.execute import Progress, execute
from basin.simulate.tables import tabulate


@dataclass(frozen=True)
class Runs:
    """Columns of (runs,) numbers, by the names of `basin.engine.layout.RECORD`.

    label: outcome codes of `basin.labels`. time: episodes until the ending's final stretch began (∞ if undecided).
    knows, cares, behaves: means over the last `dwell` episodes of cos(m, θ), p₀, cos(u, θ). closed: 1 if the belief was.
    harm, welfare: summed to the horizon, utility units. asked: episodes in which it asked first. episodes: how many were
    run. motive: the largest own motive, 1 the first. survival: chance of no lock-in (the skeleton's; otherwise 1).
    """

    scenario: Scenario
    seed: int
    columns: dict[str, NDArray[np.float64]]
    population: NDArray[np.int64] | None = None
    """(runs,) which population each is an agent of, where there are many: those of one do not end independently."""

    @property
    def label(self) -> NDArray[np.int8]:
        return self.columns["label"].astype(np.int8)

    def __len__(self) -> int:
        return len(self.columns["label"])


def simulate(
    scenario: Scenario,
    runs: int,
    seed: int = 0,
    *,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Runs:
    """Run a scenario `runs` times, each to its horizon, so that harm and welfare are complete.

    Where agents live in populations, as many populations are simulated as have that many agents. expected: the deterministic
    skeleton, in which equal starts end equally: one run says all.
    Raises SimulationError for a bad number of runs or a scenario that this version cannot run.
    """
    check_count("runs", runs)
    check_seed(seed)
    if scenario.population.agents > 1:
        return _of_populations(scenario, runs, seed, expected, threads, progress, cancel)
    (tables,) = tabulate(scenario, expected=expected)
    columns = {name: np.empty(runs) for name in RECORD}
    for chunk, records, _ in execute(tables.without_exits(), runs, seed, threads=threads, progress=progress, cancel=cancel):
        for at, name in enumerate(RECORD):
            columns[name][chunk] = records[:, at]
    assert not np.isnan(columns[RECORD[R_LABEL]]).any()
    return Runs(scenario, seed, columns)


def _of_populations(
    scenario: Scenario, runs: int, seed: int, expected: bool, threads: int | None, progress: Progress | None,
    cancel: threading.Event | None,
) -> Runs:  # fmt: skip
    from basin.simulate.populations import populations  # which needs the checks below
    from basin.simulate.whole import check_chance

    check_chance(expected)
    found, first = [], scenario.with_({"outcome.horizon": 1})
    agents = int(next(populations(first, 1, seed, threads=1)).agents.sum())  # a graph's file may say who is no agent
    count = -(-runs // agents)
    for one in populations(scenario, count, seed, moments=1, threads=threads, progress=progress, cancel=cancel):
        found.append({name: column[one.agents] for name, column in one.columns.items()})
    columns = {name: np.concatenate([part[name] for part in found])[:runs] for name in RECORD}
    return Runs(scenario, seed, columns, np.repeat(np.arange(count), agents)[:runs])


def check_count(what: str, count: int) -> None:
    """A number of runs (or cells) that can be meant."""
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or not 1 <= count <= 1_000_000_000:
        raise SimulationError(f"{what} = {count}: must be a whole number from 1 to 1000000000")


def check_seed(seed: int) -> None:
    """Seeds are 64-bit; 0 is one of them."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise SimulationError(f"seed = {seed}: must be a whole number from 0 to 2^64 - 1")
