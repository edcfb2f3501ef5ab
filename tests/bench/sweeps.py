"""What a sweep costs beyond its kernels: `python -m tests.bench.sweeps [--quick]`.

- Overhead: processor time of a sweep in tasks of a second on one thread, against that of the same runs given to the engine at
  once; by turns, in one process.
- Scaling: the time on the clock with one worker and with two; threads, and processes of a cluster on this machine.
- A plan on paper, for a million tasks on a thousand workers: what a task without work costs each part that all workers share
  (the scheduler, the store), and what resuming costs, from what is measured here.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from basin import sweep
from basin.simulate.execute import execute
from basin.simulate.tables import tabulate
from basin.sweep.running import perform

REPEATS = 3
TASKS, WORKERS = 1_000_000, 1000  # of the plan


@dataclass(frozen=True)
class Size:
    points: int  # along each of two axes
    runs: int
    horizon: int
    idle: int  # tasks without work


FULL, QUICK = Size(64, 16, 1000, 400), Size(3, 2, 20, 9)


def asked(size: Size, points: int | None = None, runs: int | None = None, horizon: int | None = None) -> sweep.Sweep:
    return sweep.parse(f"""
        scenario = "near-aligned-llm"
        runs = {runs or size.runs}
        [set]
        outcome.horizon = {horizon or size.horizon}
        [axes]
        "motives.care" = {{ lo = 0.02, hi = 0.98, n = {points or size.points} }}
        "belief.knowledge" = {{ lo = 0, hi = 0.9, n = {points or size.points} }}
    """)


def kernels(meant: sweep.Sweep) -> None:
    """All runs of a sweep, given to the engine at once on one thread."""
    (part,) = meant.parts(range(meant.points))
    (table,) = tabulate(part.scenario, part.columns)
    for _ in execute(table.without_exits(), meant.runs or 1, 0, threads=1):
        pass


def in_store(meant: sweep.Sweep, **options) -> sweep.Report:
    with tempfile.TemporaryDirectory() as folder:
        return sweep.run(meant, Path(folder) / "x.zarr", **options)


def spent(compute: Callable[[], object]) -> float:
    """Processor time, threads' included."""
    begun = time.process_time()
    compute()
    return time.process_time() - begun


def overhead(size: Size) -> tuple[float, float, int]:
    """(share, seconds of a task, tasks): how much more processor time a sweep takes than its kernels."""
    meant, ratios = asked(size), []
    points = _of_a_second(meant)
    for _ in range(REPEATS + 1):  # the first is for warming up
        plain = spent(lambda: kernels(meant))
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "x.zarr"
            sweep.run(meant, store, threads=1, points_per_task=points, cancel=_Now())  # makes the store, and no more
            whole = spent(partial(sweep.run, meant, store, threads=1))
            tasks = sweep.open_store(store).tasks
        ratios.append(whole / plain - 1)
    return statistics.median(ratios[1:]), plain / tasks, tasks


class _Now:
    """A cancel that is set from the start."""

    def is_set(self) -> bool:
        return True


def _of_a_second(meant: sweep.Sweep) -> int:
    begun = time.perf_counter()
    kernels(meant)
    return max(1, round(meant.points / max(1.0, time.perf_counter() - begun)))


def scaling(size: Size) -> dict[str, float]:
    """How many times faster two workers are than one, by kind."""
    meant, found = asked(size), {}
    points = _of_a_second(meant)
    one, two = (in_store(meant, threads=threads, points_per_task=points).seconds for threads in (1, 2))
    found["threads"] = one / two
    try:
        from distributed import LocalCluster
    except ImportError:
        return found
    seconds = []
    for count in (1, 2):
        with LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster:
            address = cluster.scheduler_address
            in_store(asked(size, 4, 1, 20), scheduler=address, points_per_task=1)  # workers load what they need
            seconds.append(in_store(meant, scheduler=address, points_per_task=points).seconds)
    return found | {"processes": seconds[0] / seconds[1]}


@dataclass(frozen=True)
class Costs:
    """Seconds for a task without work, and what a store keeps of it."""

    task: float  # of a worker: compute and write
    cluster: float  # of client and scheduler together
    resume: float  # of reading whether it is done
    files: float
    bytes: float


def costs(size: Size) -> Costs:
    side = round(size.idle**0.5)
    meant = asked(size, side, 1, 1)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "x.zarr"
        sweep.run(meant, store, points_per_task=1)
        opened = sweep.open_store(store)
        begun = time.perf_counter()
        for task in range(opened.tasks):
            perform(str(store), opened.hash, task)
        task = (time.perf_counter() - begun) / opened.tasks
        begun = time.perf_counter()
        opened.remaining()
        resume = (time.perf_counter() - begun) / opened.tasks
        kept = [path.stat().st_size for path in store.rglob("[0-9]*.[0-9]*")]
    return Costs(task, _scheduled(size.idle), resume, len(kept) / opened.tasks, sum(kept) / opened.tasks)


def _scheduled(tasks: int) -> float:
    """Seconds that client, scheduler and a worker take for a task that does nothing; none without dask.distributed."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        return 0.0
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        executor = client.get_executor(pure=False)
        for one in [executor.submit(abs, number) for number in range(9)]:
            one.result()
        begun = time.perf_counter()
        for one in [executor.submit(abs, number) for number in range(tasks)]:
            one.result()
        return (time.perf_counter() - begun) / tasks


def main(quick: bool) -> None:
    size = QUICK if quick else FULL
    share, seconds, tasks = overhead(size)
    print(f"overhead: {share:.1%} of the kernels' processor time, in {tasks} tasks of {seconds:.2f} s (goal: below 5%)")
    for kind, times in scaling(size).items():
        print(f"scaling: two {kind} are {times:.2f} times as fast as one")
    each = costs(size)
    print(f"a task without work: {each.task * 1e3:.1f} ms of its worker, {each.files:.0f} files, {each.bytes:.0f} bytes")
    print(f"a task on a cluster: {each.cluster * 1e3:.2f} ms of client and scheduler")
    print(f"a store that is resumed: {1 / each.resume:,.0f} tasks a second are seen to be done or not")
    print(f"\n{TASKS:,} tasks of a second on {WORKERS:,} workers, on paper:")
    ideal = TASKS / WORKERS
    print(f"  the workers need {ideal * (1 + each.task):,.0f} s, {each.task:.1%} of it for what is not computing")
    rate = WORKERS / (1 + each.task)
    print(f"  they finish {rate:,.0f} tasks a second; client and scheduler follow up to {1 / max(each.cluster, 1e-9):,.0f}")
    busiest = max(ideal * (1 + each.task), TASKS * each.cluster)
    print(f"  so all takes {busiest:,.0f} s; tasks of {max(1.0, WORKERS * each.cluster):.1f} s or more keep all workers busy")
    print(f"  the store: {rate * each.files:,.0f} files a second, {TASKS * each.files / 1e6:.0f} million files, "
          f"{TASKS * each.bytes / 1e9:.1f} GB; resuming takes {TASKS * each.resume:,.0f} s to see what is done")  # fmt: skip
    if quick:
        print("Measured with tiny sizes: these figures mean little.")


if __name__ == "__main__":
    main("--quick" in sys.argv)
