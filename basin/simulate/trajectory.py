"""Every episode of some runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.engine.layout import HISTORY, R_LABEL, R_TIME
from basin.scenario import Scenario
from basin.simulate.errors import SimulationError
from basin.simulate.execute import Progress, execute
from basin.simulate.runs import check_count, check_seed
from basin.simulate.tables import tabulate

MOST_NUMBERS = 200_000_000  # 1.6 GB: what a history may take


@dataclass(frozen=True)
class Trajectories:
    """Histories of (runs, episodes + 1): the start, then every episode; NaN after a run that ended before the horizon.

    columns: by the names of `basin.engine.layout.HISTORY` (harm and welfare are running sums, asked, acted and executed
    are 0 or 1, or chances in the skeleton). shares: (runs, episodes + 1, K), care first.
    """

    scenario: Scenario
    seed: int
    label: NDArray[np.int8]
    time: NDArray[np.float64]
    motives: tuple[str, ...]
    columns: dict[str, NDArray[np.float64]]
    shares: NDArray[np.float64]


def trajectory(
    scenario: Scenario,
    runs: int = 50,
    seed: int = 0,
    *,
    starts: Mapping[str, ArrayLike] | None = None,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Trajectories:
    """Record every episode of `runs` runs: the same runs, to the bit, as `simulate` with this seed.

    starts: numeric paths with a value for each run, (runs,) each, where runs do not all begin alike; then they are those of
    a mapper at these points. Raises SimulationError for more than fits into memory, or starts that are not one per run.
    """
    check_count("runs", runs)
    check_seed(seed)
    if starts is not None and any(np.shape(values) != (runs,) for values in starts.values()):
        raise SimulationError(f"starts: every path needs {runs} numbers, one for each run")
    found = tabulate(scenario, starts, expected=expected)
    if len(found) > 1:
        raise SimulationError("starts: histories of runs that differ in values.features do not fit into one table")
    (tables,) = found
    motives = ("care", *(motive.name for motive in scenario.motives.own))
    episodes, width = scenario.outcome.horizon + 1, len(HISTORY) + len(motives)
    if runs * episodes * width > MOST_NUMBERS:
        limit = MOST_NUMBERS // (episodes * width)
        raise SimulationError(f"runs = {runs}: a history of {episodes - 1} episodes fits at most {limit} runs in memory")
    label, time = np.empty(runs, np.int8), np.empty(runs)
    history = np.empty((runs, episodes, width))
    each = 1 if starts else runs
    for chunk, records, histories in execute(
        tables.without_exits(), each, seed, threads=threads, progress=progress, cancel=cancel, keep_history=True
    ):
        label[chunk], time[chunk], history[chunk] = records[:, R_LABEL], records[:, R_TIME], histories
    columns = {name: history[:, :, at] for at, name in enumerate(HISTORY)}
    return Trajectories(scenario, seed, label, time, motives, columns, history[:, :, len(HISTORY) :])
