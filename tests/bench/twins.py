"""Who is measured: the engine and its twins, by turns in one run, each for about as long.

On one thread by processor time, so that whatever else the machine does is shared; on several by the clock. The NumPy and Numba
twins know no threads: several of them run side by side. JAX runs in a process of its own, which may use as many processors.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.engine.compile import LANES
from basin.engine.layout import R_EPISODES
from basin.scenario import Scenario, load
from basin.simulate import populations
from basin.simulate.execute import CHUNK, execute
from basin.simulate.tables import Tables, tabulate
from tests.bench import c_twin, jax_twin, numpy_twin, scalar_twin
from tests.bench.contest import spent, waited

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 1
BATCHES, GENERATORS = (64, 1024), ("threefry2x32", "unsafe_rbg")  # of JAX, tried beside its twin's own batch

Seconds = NDArray[np.float64]  # (repeats,)


@dataclass(frozen=True)
class Contestant:
    """compute: of so many runs, its seconds and agent-episodes. Runs come in multiples of `batch`."""

    name: str
    compute: Callable[[int], tuple[float, float]]
    batch: int


def by_turns(contestants: Iterable[Contestant], repeats: int, seconds: float) -> dict[str, Seconds]:
    """Seconds of an agent-episode, (repeats,) each; a turn takes each contestant about `seconds`, and one batch at least."""
    sizes = {}
    for each in contestants:
        each.compute(each.batch)  # compiled, and warm
        sizes[each] = each.batch * max(1, round(seconds / max(1e-6, each.compute(each.batch)[0])))
    found: dict[str, list[float]] = {each.name: [] for each in sizes}
    for _ in range(repeats):
        for each, runs in sizes.items():
            taken, episodes = each.compute(runs)
            found[each.name].append(taken / episodes)
    return {name: np.array(times) for name, times in found.items()}


def timed(compute: Callable[[], Any], threads: int = 1) -> float:
    """Processor time of one call, or time on the clock where threads share the work."""
    return spent(compute) if threads == 1 else waited(compute)


def engine(name: str, tables: Tables, threads: int = 1, *, history: bool = False, whole: bool = False) -> Contestant:
    """The engine. history: every episode is kept. whole: episodes count to the horizon, even if exits cut them short."""
    horizon = float(tables.column("outcome_horizon")[0])

    def compute(runs: int) -> tuple[float, float]:
        records: list[NDArray[np.float64]] = []

        def run() -> None:
            for _, part, _ in execute(tables, runs, SEED, threads=threads, keep_history=history):
                records.append(part)

        seconds = timed(run, threads)
        return seconds, runs * horizon if whole else float(sum(part[:, R_EPISODES].sum() for part in records))

    return Contestant(name, compute, LANES if threads == 1 else threads * CHUNK)


def crowd(name: str, scenario: Scenario) -> Contestant:
    """The engine of populations, on one thread, with one agent in each."""

    def compute(runs: int) -> tuple[float, float]:
        def run() -> None:
            for _ in populations(scenario, runs, SEED, moments=1, threads=1):
                pass

        return timed(run), float(runs * scenario.outcome.horizon)

    return Contestant(name, compute, LANES)


def twin(name: str, simulate: Callable[..., Any], tables: Tables, batch: int, threads: int = 1) -> Contestant:
    """A twin in this process, one in each thread."""
    horizon = float(tables.column("outcome_horizon")[0])

    def compute(runs: int) -> tuple[float, float]:
        def run() -> None:
            if threads == 1:
                simulate(tables, runs, SEED)
                return
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda thread: simulate(tables, runs // threads, SEED + thread), range(threads)))

        return timed(run, threads), runs * horizon

    return Contestant(name, compute, threads * batch)


def twins(tables: Tables, threads: int, jax: Jax | None) -> list[Contestant]:
    """All that are there, the engine first."""
    contestants = [engine("engine", tables, threads)]
    if c_twin.available():
        contestants.append(twin("c", c_twin.simulate, tables, c_twin.LANES, threads))
    contestants += [
        twin("scalar", scalar_twin.simulate, tables, 1, threads),
        twin("numpy", numpy_twin.simulate, tables, _numpy_batch(tables), threads),
        twin("numpy-law", numpy_twin.simulate_by_law, tables, numpy_twin.BATCH, threads),
    ]
    return contestants + (jax.contestants(tables) if jax is not None else [])


def _numpy_batch(tables: Tables) -> int:
    """Where many plans are drawn in many features, fewer agents at once: so their plans still fit in cache."""
    drawn = tables.rules.features * int(tables.column("planning_candidates")[0])
    return max(128, min(numpy_twin.BATCH, numpy_twin.BATCH * 64 // drawn))


class Jax:
    """JAX in a process that may use so many processors, which XLA settles when it is loaded. Close it with `with`.

    Of a few batches and generators of random numbers it uses the quickest for each form of the twin, found by `tune`.
    """

    def __init__(self, threads: int) -> None:
        environment = {**os.environ, "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"}
        call = [sys.executable, "-m", "tests.bench.twins", str(threads)]
        self.process = subprocess.Popen(
            call, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.settings = {by_law: (jax_twin.BATCH, jax_twin.GENERATOR) for by_law in (False, True)}

    def __enter__(self) -> Jax:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def seconds(self, tables: Tables, runs: int, by_law: bool, batch: int, generator: str) -> float:
        """Of a call that is compiled already. Raises RuntimeError if the process has failed; what it said is on stderr."""
        asked = {"parameters": tables.parameters[0].tolist(), "own": tables.own[0].tolist(), "runs": runs, "by_law": by_law,
                 "features": tables.rules.features, "batch": batch, "generator": generator}  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process with JAX has failed")
        return float(json.loads(answer))

    def tune(self, tables: Tables) -> None:
        for by_law in (False, True):

            def cost(batch: int, generator: str, by_law: bool = by_law) -> float:
                runs = max(batch, 1024)
                return min(self.seconds(tables, runs, by_law, batch, generator) for _ in range(3)) / runs

            batch = jax_twin.BATCH
            costs = {(batch, generator): cost(batch, generator) for generator in GENERATORS}
            generator = min(costs, key=costs.__getitem__)[1]
            costs |= {(batch, generator): cost(batch, generator) for batch in BATCHES}
            self.settings[by_law] = min(costs, key=costs.__getitem__)

    def contestants(self, tables: Tables) -> list[Contestant]:
        horizon = float(tables.column("outcome_horizon")[0])

        def contestant(name: str, by_law: bool) -> Contestant:
            batch, generator = self.settings[by_law]
            return Contestant(name, lambda runs: (self.seconds(tables, runs, by_law, batch, generator), runs * horizon), batch)

        return [contestant("jax", False), contestant("jax-law", True)]


def _serve(threads: int) -> None:
    """Time calls of JAX's twin for another process: a JSON object a line in, seconds a line out."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    for line in sys.stdin:
        print(_answer(json.loads(line), threads), flush=True)


def _answer(asked: Mapping[str, Any], threads: int) -> float:
    (plain,) = tabulate(load("value-learner").with_({"values.features": asked["features"]}))
    plain.parameters[:], plain.own[:] = asked["parameters"], asked["own"]
    simulate = jax_twin.simulate_by_law if asked["by_law"] else jax_twin.simulate
    settings = (asked["batch"], asked["generator"])
    jax_twin.prepare(plain, *settings, by_law=asked["by_law"])
    return timed(lambda: simulate(plain, asked["runs"], SEED, *settings), threads)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
