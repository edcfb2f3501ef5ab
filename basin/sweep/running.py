"""Running a sweep: what is to do, who does it, and what is said of it.

read the file -> open or make the store -> tasks that remain -> threads, or a cluster -> data, then `done`
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.datasets import DataError
from basin.simulate.execute import threads_by_default
from basin.sweep.compute import compute, own_coordinates
from basin.sweep.errors import SweepError
from basin.sweep.plan import Sweep
from basin.sweep.store import COMPUTED, FAILED, Store, StoreError, check_same, create, open_store
from basin.sweep.workers import Workers

SECONDS = 1.0  # of computing that a task takes, or more
PROBE = 0.25  # seconds that are timed, to know how many points that is: more than a task takes without its points
TRIED = 16  # points, at most, until one can be computed
ATTEMPTS = 2  # at a task of which some point fails

Progress = Callable[[int, int], None]  # called with points done and in all


@dataclass
class Report:
    """What a sweep has come to. points: in all. done, failed: of them, whenever computed. seconds: of this call.

    computing: seconds that this call's tasks took, summed over the workers. failures: why, by what was set at the point.
    stopped: why it ended before all was done; empty if it did not.
    """

    store: Path
    points: int
    done: int = 0
    failed: int = 0
    tasks: int = 0
    seconds: float = 0.0
    computing: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    stopped: str = ""


@dataclass(frozen=True)
class Performed:
    """A task that is done. failures: why, by the number of the point."""

    task: int
    seconds: float
    failures: dict[int, str]


def run(
    sweep: Sweep,
    out: str | os.PathLike[str],
    *,
    threads: int | None = None,
    scheduler: str | None = None,
    local_cluster: int | None = None,
    points_per_task: int | None = None,
    call: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Report:
    """Compute what remains of a sweep in its store, which is made where there is none.

    Here, on threads; or on a dask.distributed cluster whose workers see the store under the same path: the one at the
    address `scheduler`, or one of `local_cluster` processes on this machine. Results have the same bits however they are
    computed. points_per_task: of a new store; as many as take a second, unless given. progress: called with points done and
    in all. cancel: an Event; once set, tasks that have begun are finished and no other is begun.
    Raises SweepError for a store that holds another sweep, is being worked on, or cannot be written. Tasks that are finished
    are kept, whatever happens: the same call goes on from there.
    """
    begun, path = time.perf_counter(), _target(out)
    if scheduler is not None and local_cluster is not None:
        raise SweepError("give a scheduler's address or a local cluster, not both")
    if not path.exists():
        at_work = threads or local_cluster or threads_by_default()
        _make(sweep, path, points_per_task, at_work, call or f"basin.sweep.run(sweep, {str(out)!r})")
    store = open_store(path)
    check_same(store, sweep)
    report = Report(path, sweep.points, tasks=store.tasks)
    if (store.state() == COMPUTED).all():  # it may be where nothing can be written
        report.done, report.seconds = sweep.points, time.perf_counter() - begun
        return report
    with store.locked():
        state, failures = store.state(), store.failures()
        report.done = int((state == COMPUTED).sum())
        tasks = _in_order(store, state)
        deadline = begun + sweep.budget if sweep.budget is not None else math.inf
        try:
            with _workers(threads, scheduler, local_cluster) as workers:
                for _ in range(ATTEMPTS):
                    again = []
                    for done in _each(workers, store, tasks, deadline, cancel):
                        points = store.points(done.task)
                        report.done += len(points) - len(done.failures) - int((state[points] == COMPUTED).sum())
                        for point in points[state[points] == FAILED]:
                            failures.pop(int(point), None)
                        state[points] = COMPUTED
                        state[list(done.failures)] = FAILED
                        failures |= done.failures
                        report.computing += done.seconds
                        again += [done.task] if done.failures else []
                        if progress is not None:
                            progress(report.done, sweep.points)
                    tasks = again
                    if not tasks or _stopped(deadline, cancel):
                        break
        finally:
            store.keep_failures(failures)
            report.failed = int((state == FAILED).sum())
            report.seconds = time.perf_counter() - begun
            report.failures = {sweep.where(point): why for point, why in sorted(failures.items())}
    if report.done + report.failed < report.points:
        report.stopped = _stopped(deadline, cancel)
    return report


def perform(path: str, sweep_hash: str, task: int) -> Performed:
    """One task, in whichever process: compute, write, and say what failed. Raises StoreError where the disk takes no more."""
    store = _store(path, sweep_hash)
    begun, points = time.perf_counter(), store.points(task)
    variables, failures = _computed(store.sweep, points)
    done = np.where(np.isin(points, list(failures)), FAILED, COMPUTED).astype(np.int8)
    seconds = time.perf_counter() - begun
    store.write(task, variables, done)
    return Performed(task, seconds, failures)


def _computed(sweep: Sweep, points: Sequence[int] | NDArray[np.int64]) -> tuple[dict[str, Any], dict[int, str]]:
    """What is found, and why points failed. Where some do, the others are computed all the same, one by one."""
    try:
        return compute(sweep, points), {}
    except Exception:
        found, failures = {}, {}
    for place, point in enumerate(points):
        try:
            found[place] = compute(sweep, [point])
        except Exception as error:
            ours = isinstance(error, ValueError) and type(error).__module__.startswith("basin.")
            said = str(error) if ours else f"{type(error).__name__}: {error}"
            failures[int(point)] = " ".join(said.split())
    variables = {}
    for name, (dims, values, about) in (next(iter(found.values())) if found else {}).items():
        filled = np.full((len(points), *values.shape[1:]), np.nan)
        for place, one in found.items():
            filled[place] = one[name][1][0]
        variables[name] = (dims, filled, about)
    return variables, failures


@lru_cache(maxsize=4)
def _store(path: str, sweep_hash: str) -> Store:
    """Of a worker, which is given task after task. The hash tells a store from an older one of the same name."""
    return open_store(Path(path))


# ---- What there is to do -------------------------------------------------------------------------------------------


def _target(out: str | os.PathLike[str]) -> Path:
    path = Path(os.path.realpath(out))
    if path.suffix != ".zarr":
        raise DataError(f"{out}: give a name that ends in .zarr")
    if not path.parent.is_dir():
        raise DataError(f"{out}: there is no folder {path.parent}")
    return path


def _make(sweep: Sweep, path: Path, points_per_task: int | None, workers: int, call: str) -> None:
    """A new store, with a task for every worker at least."""
    begun = time.perf_counter()
    first, variables = _first(sweep)  # which says of what kind the results are
    alone = time.perf_counter() - begun
    points = points_per_task or (1 if alone >= SECONDS else min(_points_in(sweep, SECONDS), -(-sweep.points // workers)))
    create(path, sweep, variables, own_coordinates(sweep, first), chunked(sweep.shape, points), call)


def _first(sweep: Sweep) -> tuple[int, dict[str, Any]]:
    """A point that can be computed, and what is found there. Raises SweepError where none of those tried can."""
    failures: dict[int, str] = {}
    for point in np.unique(np.linspace(0, sweep.points - 1, TRIED).astype(int)):
        variables, failed = _computed(sweep, [int(point)])
        if not failed:
            return int(point), variables
        failures |= failed
    raise SweepError(f"no point can be computed: {next(iter(failures.values()))}")


def _points_in(sweep: Sweep, seconds: float) -> int:
    """How many points take so long, by timing some."""
    count = 1
    while True:
        begun = time.perf_counter()
        _computed(sweep, (sweep.points // 2 + np.arange(count) * sweep.points // count) % sweep.points)
        each = (time.perf_counter() - begun) / count
        if each * count >= PROBE or count >= sweep.points:
            return max(1, math.ceil(seconds / each))
        count = min(sweep.points, count * max(4, min(16, math.ceil(PROBE / (each * count)))))


def chunked(shape: Sequence[int], points: int) -> tuple[int, ...]:
    """The shape of boxes of about so many points, or more: whole along the last dimensions, even parts of one before."""
    chunk = [1] * len(shape)
    for at in reversed(range(len(shape))):
        if points <= 1:
            break
        parts = max(1, shape[at] // points)
        chunk[at] = -(-shape[at] // parts)
        points = -(-points // chunk[at])
    return tuple(chunk)


def _in_order(store: Store, state: np.ndarray) -> list[int]:
    """The tasks that remain, in an order drawn once: what is there early is spread over the whole grid."""
    remaining = store.remaining() if (state != COMPUTED).any() else []
    order = np.random.default_rng(0).permutation(store.tasks)
    return [int(task) for task in order[np.isin(order, remaining)]]


def _stopped(deadline: float, cancel: threading.Event | None) -> str:
    if cancel is not None and cancel.is_set():
        return "stopped"
    return "the budget is spent" if time.perf_counter() >= deadline else ""


# ---- Who does it ---------------------------------------------------------------------------------------------------


@contextmanager
def _workers(threads: int | None, scheduler: str | None, local_cluster: int | None) -> Iterator[Workers]:
    if scheduler is None and local_cluster is None:
        count = threads or threads_by_default()
        with ThreadPoolExecutor(count, thread_name_prefix="basin-sweep") as pool:
            yield Workers(pool.submit, lambda: count, withdraw=Future.cancel, check=lambda: None)
    else:
        from basin.sweep.cluster import workers

        with workers(scheduler, local_cluster) as found:
            yield found


def _each(workers: Workers, store: Store, tasks: list[int], deadline: float, cancel: threading.Event | None
          ) -> Iterator[Performed]:  # fmt: skip
    """Every task as it is finished. However this is left, tasks that have begun are waited for: they write their results."""
    pending: dict[Future[Performed], int] = {}
    waiting = iter(tasks)
    try:
        while True:
            while len(pending) < 2 * workers.count() and not _stopped(deadline, cancel):
                task = next(waiting, None)
                if task is None:
                    break
                pending[workers.submit(perform, str(store.path), store.hash, task)] = task
            if not pending:
                return
            workers.check()
            finished, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            if _stopped(deadline, cancel):
                pending = {one: task for one, task in pending.items() if not workers.withdraw(one)}
            for one in finished:
                if (task := pending.pop(one, None)) is not None:
                    yield _result(one, store, task)
    finally:
        left = {one for one in pending if not workers.withdraw(one)}
        with suppress(SweepError):
            while left:
                workers.check()
                _, left = wait(left, timeout=0.2)


def _result(one: Future[Performed], store: Store, task: int) -> Performed:
    """What has become of a task; a worker that died is a failure of its points. Raises StoreError."""
    try:
        return one.result()
    except StoreError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Performed(task, 0.0, {int(point): why for point in store.points(task)})
