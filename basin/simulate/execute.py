"""Chunks of runs on threads, with progress and cancel.

Runs are processed in fixed chunks and their records handed on in order, so that results have the same bits whatever the
number of threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np
from numpy.typing import NDArray

from basin.engine.layout import HISTORY, RECORD, new_batch, new_block
from basin.simulate.errors import Cancelled, SimulationError
from basin.simulate.tables import Tables

CHUNK = 2048  # runs
SLICE = 1000  # episodes of a block between looks at the cancel flag

Progress = Callable[[int, int], None]  # called with runs done and runs in all
Chunk = tuple[NDArray[np.float64], NDArray[np.float64]]  # records and histories of some runs


def threads_by_default() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def execute(
    tables: Tables,
    runs_per_cell: int,
    seed: int,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    keep_history: bool = False,
) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
    """Yield (runs, records, histories), chunk by chunk and in order, for `runs_per_cell` runs of every cell.

    Run r of cell c is number c·runs_per_cell + r, with c the caller's number of the cell, and takes its chances from that
    number and the seed alone. records: (runs, RECORD); histories: (runs, horizon + 1, HISTORY + K), NaN after a run's end,
    or empty. Raises Cancelled once `cancel` is set.
    """
    cancel = cancel or threading.Event()
    total = len(tables.cells) * runs_per_cell
    lock, finished = threading.Lock(), 0
    done_before: dict[int, int] = {}
    local = threading.local()

    def tick(chunk: int, done: int) -> None:
        nonlocal finished
        with lock:
            finished += done - done_before.get(chunk, 0)
            done_before[chunk] = done

    def work(chunk: int) -> Chunk:
        if not hasattr(local, "block"):
            local.block, local.batch = new_block(tables.rules, tables.kinds), new_batch(tables.rules)
        numbers = np.arange(chunk * CHUNK, min(total, (chunk + 1) * CHUNK))
        return _run_chunk(tables, numbers, runs_per_cell, seed, keep_history, cancel, local, lambda done: tick(chunk, done))

    chunks = -(-total // CHUNK)
    workers = max(1, min(threads or threads_by_default(), chunks))
    pool = ThreadPoolExecutor(workers, thread_name_prefix="basin")
    pending: dict[int, Future[Chunk]] = {}
    submitted = 0
    try:
        for chunk in range(chunks):
            while submitted < chunks and submitted < chunk + 4 * workers:  # finished chunks wait for their turn in memory
                pending[submitted] = pool.submit(work, submitted)
                submitted += 1
            while not pending[chunk].done():
                wait([pending[chunk]], timeout=0.1, return_when=FIRST_COMPLETED)
                if progress is not None:
                    progress(finished, total)
            records, histories = pending.pop(chunk).result()
            yield slice(chunk * CHUNK, chunk * CHUNK + len(records)), records, histories
        if progress is not None:
            progress(total, total)
    finally:
        if pending:
            cancel.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _run_chunk(
    tables: Tables, numbers: NDArray[np.int64], runs_per_cell: int, seed: int, keep_history: bool, cancel: threading.Event,
    local: threading.local, tick: Callable[[int], None],
) -> Chunk:  # fmt: skip
    """One chunk, in one thread: the kernel releases the interpreter, so chunks run side by side."""
    from basin.engine.block import advance  # loads the compiled kernels: not needed to read a table

    cells = numbers // runs_per_cell
    runs = np.stack([cells, tables.cells[cells] * runs_per_cell + numbers % runs_per_cell], axis=1)
    records = np.full((len(numbers), len(RECORD)), np.nan)
    histories = np.full((0, 0, 0), np.nan)
    if keep_history:
        horizon = int(tables.column("outcome_horizon").max())
        histories = np.full((len(numbers), horizon + 1, len(HISTORY) + tables.rules.motives), np.nan)
    key = np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], dtype=np.uint64)
    next_run, live = 0, 1
    local.block.run[:] = -1
    local.block.s[:] = 0.0
    while live:
        if cancel.is_set():
            raise Cancelled
        next_run, live = advance(
            tables.rules, tables.choices, tables.parameters, tables.own, runs, next_run, SLICE, local.block, local.batch,
            key, records, histories,
        )  # fmt: skip
        tick(next_run - live)
    if np.isnan(records).any():
        bad = int(numbers[np.isnan(records).any(axis=1)][0])
        raise SimulationError(f"run {bad} left the range of ordinary numbers: some parameter of this scenario is too extreme")
    return records, histories
