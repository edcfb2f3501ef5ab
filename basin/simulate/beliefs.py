"""What agents believe in the end: the mean and covariance of their beliefs, which records of runs do not hold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.engine.compile import LANES
from basin.engine.layout import RECORD, Batch, Block, new_batch, new_block
from basin.scenario import Scenario
from basin.simulate.errors import Cancelled, SimulationError
from basin.simulate.execute import SLICE, threads_by_default
from basin.simulate.runs import check_count, check_seed
from basin.simulate.tables import Tables, tabulate
from basin.simulate.trajectory import MOST_NUMBERS

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Beliefs:
    """Beliefs at the horizon, of `runs` runs of every cell; d is the number of value features."""

    mean: Numbers
    """(cells, runs, d) m, utility units."""
    covariance: Numbers
    """(cells, runs, d, d) V."""
    values: Numbers
    """(cells, runs, d) θ, what people value then."""
    bias: Numbers
    """(cells, runs, d) b, the unit direction in which evidence is biased; with culture in it, the bias itself."""


def final_beliefs(
    scenario: Scenario,
    runs: int,
    seed: int = 0,
    *,
    varied: Mapping[str, ArrayLike] | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> Beliefs:
    """Run a scenario to its horizon and return what was believed then: the same runs, to the bit, as `simulate` makes.

    varied: numeric paths that take one value per cell, (cells,) each. Run r of cell c is run c·runs + r of the seed, on
    any number of threads. progress: called with agent-episodes done and in all. A lock-in does not stop learning here.
    Raises SimulationError where the horizon or the number of features differs between cells or memory would not do,
    Cancelled once `cancel` is set.
    """
    check_count("runs", runs)
    check_seed(seed)
    parts = tabulate(scenario, varied)
    if len(parts) > 1 or np.ptp(parts[0].column("outcome_horizon")) > 0:
        raise SimulationError("values.features, outcome.horizon: must be the same in every cell where beliefs are asked for")
    tables = parts[0].without_exits()
    total, d = len(tables.cells) * runs, tables.rules.features
    horizon = int(tables.column("outcome_horizon")[0])
    if total * d * (d + 3) > MOST_NUMBERS:
        raise SimulationError(
            f"runs = {runs}: at most {MOST_NUMBERS // (d * (d + 3) * len(tables.cells))} beliefs fit in memory"
        )
    beliefs = Beliefs(np.empty((total, d)), np.empty((total, d, d)), np.empty((total, d)), np.empty((total, d)))
    row, column = np.tril_indices(d)
    stop = threading.Event()
    lock, done = threading.Lock(), 0

    def tick(episodes: int) -> None:
        nonlocal done
        if stop.is_set() or (cancel is not None and cancel.is_set()):
            raise Cancelled
        with lock:
            done += episodes

    def work(first: int) -> None:
        numbers = np.arange(first, min(total, first + LANES))
        cells = numbers // runs
        held = OpenBlock(tables, cells, tables.cells[cells] * runs + numbers % runs, seed)
        for start in range(0, horizon, SLICE):
            held.go(min(SLICE, horizon - start))
            tick(min(SLICE, horizon - start) * len(numbers))
        block, lanes = held.block, slice(0, len(numbers))
        beliefs.mean[numbers] = block.m[:, lanes].T
        beliefs.values[numbers] = block.theta[:, lanes].T
        beliefs.bias[numbers] = block.bias[:, lanes].T
        beliefs.covariance[numbers[:, None], row, column] = block.V[:, lanes].T
        beliefs.covariance[numbers[:, None], column, row] = block.V[:, lanes].T

    with ThreadPoolExecutor(max(1, threads or threads_by_default()), thread_name_prefix="basin") as pool:
        try:
            for finished in [pool.submit(work, first) for first in range(0, total, LANES)]:
                while not finished.done():
                    wait([finished], timeout=0.1)
                    if progress is not None:
                        progress(done, total * horizon)
                finished.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    if not (np.isfinite(beliefs.mean).all() and np.isfinite(beliefs.covariance).all()):
        raise SimulationError("a belief left the range of ordinary numbers: some parameter of this scenario is too extreme")
    shape = (len(tables.cells), runs)
    return Beliefs(**{name: part.reshape(*shape, *part.shape[1:]) for name, part in vars(beliefs).items()})


class OpenBlock:
    """At most LANES runs in one block, run i in lane i, that a caller may look into between episodes.

    cells, numbers: (n,) rows of the tables, and which run of the seed each is. history: as for the engine's `advance`.
    """

    def __init__(
        self, tables: Tables, cells: NDArray[np.int64], numbers: NDArray[np.int64], seed: int, history: Numbers | None = None
    ) -> None:
        self.tables = tables
        self.block: Block = new_block(tables.rules, tables.kinds)
        self.batch: Batch = new_batch(tables.rules)
        self.key = np.array([seed & 0xFFFFFFFF, seed >> 32], dtype=np.uint64)
        self._runs = np.stack([cells, numbers], axis=1)
        self._records = np.empty((len(cells), len(RECORD)))
        self._history = np.empty((0, 0, 0)) if history is None else history
        self._filled = 0
        self.go(0)  # puts the runs at their starts

    def go(self, episodes: int) -> None:
        """Run some episodes more."""
        from basin.engine.block import advance  # loads the compiled kernels

        tables = self.tables
        self._filled, _ = advance(
            tables.rules, tables.choices, tables.parameters, tables.own, self._runs, self._filled, episodes, self.block,
            self.batch, self.key, self._records, self._history,
        )  # fmt: skip
