"""How a population ends as a whole, and the mapper over populations that basin analysis works on."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.labels import OUTCOMES, UNDECIDED, Labels
from basin.scenario import Scenario
from basin.simulate.errors import SimulationError
from basin.simulate.execute import Progress
from basin.simulate.populations import Population, populations
from basin.simulate.runs import check_count

MOMENTS = 50  # episodes that are looked at, to say since when a population has been as it ends


def whole(population: Population, quorum: float) -> tuple[int, float]:
    """The outcome that at least `quorum` of the agents end with, and since which episode as many have been judged so.

    Undecided, and infinite, where no outcome has so many. People do not count. Our convention: a quorum above one half, so
    that there is at most one such outcome; of several, the first in the order of `labels.OUTCOMES`.
    """
    label = population.columns["label"][population.agents]
    for code in OUTCOMES.values():
        if code != UNDECIDED and (label == code).mean() >= quorum:
            share = population.count[:, code + 1] / len(label)
            short = np.flatnonzero(share < quorum)
            since = 0 if not len(short) else min(short[-1] + 1, len(share) - 1)
            return code, float(population.moments[since])
    return UNDECIDED, np.inf


@dataclass
class PopulationMapper:
    """Points along numeric paths to how populations end as wholes: `mapper(points (n, k), seed) -> Labels (n, runs)`.

    One run is one population, and all go on to the horizon, so that there are no exits to audit. `episodes` counts
    agent-episodes over all calls. alike: as of `simulate.mapper.Mapper`.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    runs: int = 1
    threads: int | None = None
    progress: Progress | None = None
    cancel: threading.Event | None = None
    alike: int = 0
    episodes: int = 0
    audited: int = 0
    changed: int = 0
    exits_off: bool = False

    def __call__(self, points: NDArray[np.float64], seed: int = 0) -> Labels:
        """Raises ScenarioError, SimulationError or GraphError for points at which no population can be."""
        check_count("runs", self.runs)
        points = np.asarray(points, dtype=float)
        labels = Labels(np.empty((len(points), self.runs), np.int8), np.empty((len(points), self.runs)))
        varied = {path: points[:, at] for at, path in enumerate(self.paths)}
        quorum = varied.setdefault("population.quorum", np.full(len(points), self.scenario.population.quorum))
        for found in populations(
            self.scenario, self.runs, seed, varied=varied, moments=MOMENTS, threads=self.threads, progress=self.progress,
            cancel=self.cancel, alike=self.alike,
        ):  # fmt: skip
            run = found.number % self.runs
            labels.label[found.cell, run], labels.time[found.cell, run] = whole(found, quorum[found.cell])
            self.episodes += int(np.nansum(found.columns["episodes"]))
        return labels


def has_many(scenario: Scenario, paths: tuple[str, ...] = ()) -> bool:
    """Whether a scenario is about many agents, or is asked to be along these paths."""
    return scenario.population.agents > 1 or "population.agents" in paths


def check_chance(expected: bool) -> None:
    """Raises SimulationError for populations without chance."""
    if expected:
        raise SimulationError("population.agents: the deterministic skeleton is of lone agents, 1")
