"""Ordinary differential equations, integrated many starts at a time and labelled by what a judge says of their states.

    FLOW = Flow("pendulum", rate, judge, prepare, step=1 / 16, steps=16, looks=1000)
    SYSTEM = System(..., label=FLOW.label, trust=FLOW.trust)

A run is looked at every `steps` steps. The judge says two things of a state: whether its ending is *certain*, because it
has entered a region that no solution leaves (the run then stops), and what its ending is if the horizon comes now. How far
that is right is measured: `trust` runs to the horizon what stopped early, and halves the step.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.labels import UNDECIDED
from basin.systems.compile import kernel_for, lane
from basin.systems.rows import load, store
from basin.systems.steps import Rate, State, classical, embedded, replaced
from basin.systems.system import Numbers, Starts

CHUNK = 2048  # runs that a thread takes at a time
TILE, TILES = 32, 2  # lanes that advance together, and how many such are kept filled
MOST_STEPS = 2_000_000_000  # of all runs together that `trust` may add
LEAST_STEP = 1e-9  # of a look: an adaptive step does not shrink further

Whole = NDArray[np.int64]
Judge = Callable[[float, State, State, State], tuple[int, int, State]]


class Endings(NamedTuple):
    """How runs ended, each (n,). certain: the ending that was certain first, −1 if none, and when, in time units.
    final: the ending at the horizon, −1 of runs that stopped before it. reached: whether a run got to the horizon."""

    certain: NDArray[np.int8]
    when: Numbers
    final: NDArray[np.int8]
    reached: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Flow:
    """An ordinary differential equation with a judge.

    name: by which kernels are kept: flows that differ in rate, judge or sizes need different ones.
    rate: lane function (t, x, p) -> dx/dt, with t from 0 at each look, so that a periodic force needs looks one period
    apart. judge: lane function (left, x, p, m) -> (certain, ending, m): looks left until the horizon, state, parameters
    and a memory that starts at 0; two codes, −1 for neither; the memory afterwards. prepare: from Starts to states (n, d)
    and lane parameters (n, k), at least one of them, at which constants of the judge are worked out.
    step: of the Runge–Kutta method, in time units; steps: in a look; looks: until the horizon. dimension, given, memory: how
    many numbers state, parameters and memory have, each from 1 to 8.
    """

    name: str
    rate: Rate
    judge: Judge
    prepare: Callable[[Starts], tuple[Numbers, Numbers]]
    dimension: int
    given: int
    step: float
    steps: int
    looks: int
    memory: int = 1

    @property
    def look(self) -> float:
        """Time from one look to the next."""
        return self.step * self.steps

    @cached_property
    def _advance(self) -> Any:
        return _fixed(self)

    @cached_property
    def _follow(self) -> Any:
        return _adaptive(self)

    def label(self, starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
        """(n,) codes and (n,) times: when the ending was certain, else the horizon; infinite where there is none."""
        return self.labels(self.endings(starts))

    def labels(self, endings: Endings) -> tuple[NDArray[np.int8], Numbers]:
        """What is final counts, where a run got that far."""
        code = np.where(endings.reached, endings.final, endings.certain)
        early = np.where(code == endings.certain, endings.when, self.look * self.looks)
        return code, np.where(code == UNDECIDED, np.inf, early)

    def endings(
        self, starts: Starts, *, exits: bool = True, halvings: int = 0, looks: int | None = None, threads: int | None = None
    ) -> Endings:
        """Integrate with fixed steps. exits: stop where the ending is certain. halvings: of the step. The same bits for
        any number of threads, and for rows alone or together."""
        scale = 2**halvings
        return self._run(starts, exits, looks, threads, lambda *arrays: self._fixed_chunk(scale, *arrays))

    def endings_by_dp5(
        self, starts: Starts, tolerance: float = 1e-10, *, exits: bool = True, looks: int | None = None,
        threads: int | None = None,
    ) -> Endings:  # fmt: skip
        """The same with steps that adapt (Dormand & Prince 1980): slower, and as exact as asked; for verification."""

        def chunk(state: Numbers, given: Numbers, may_exit: NDArray[np.bool_], most: int, out: list[Any]) -> None:
            self._follow(state, given, may_exit, self.look, most, tolerance, *out)

        return self._run(starts, exits, looks, threads, chunk)

    def trust(self, starts: Starts) -> dict[str, Any]:
        """How far the labels of some starts can be trusted: as many of them as are affordable, the first ones.

        early_exits: how many would stop early and were run on to the horizon, and how many of those ended otherwise.
        half_step: how many were computed with half the step, and how many of those ended otherwise.
        """
        full = self.endings(starts.first(MOST_STEPS // (self.steps * self.looks)), exits=False)
        stopped = full.certain != UNDECIDED
        halved = starts.first(MOST_STEPS // (8 * self.steps * self.looks))
        code, half = self.label(halved)[0], self.labels(self.endings(halved, halvings=1))[0]
        return {
            "early_exits": {"audited": int(stopped.sum()), "changed": int((full.final != full.certain)[stopped].sum())},
            "half_step": {"computed": len(code), "changed": int((code != half).sum())},
        }

    def _fixed_chunk(
        self, scale: int, state: Numbers, given: Numbers, exits: NDArray[np.bool_], looks: int, out: list[Any]
    ) -> None:
        rows = (np.zeros((TILES, size, TILE)) for size in (self.dimension, self.given, self.memory))
        whole = np.zeros((4, TILES, TILE), np.int64)
        self._advance(state, given, exits, self.step / scale, self.steps * scale, looks, self.look, *rows, *whole, *out)

    def _run(self, starts: Starts, exits: bool, looks: int | None, threads: int | None, chunk: Callable[..., None]) -> Endings:
        """Chunks of rows on threads: kernels release the interpreter."""
        state, given = (np.ascontiguousarray(array, float) for array in self.prepare(starts))
        n, may_exit = len(state), np.full(len(state), exits)
        out = Endings(np.full(n, UNDECIDED, np.int8), np.full(n, np.inf), np.full(n, UNDECIDED, np.int8), np.zeros(n, bool))

        def work(begin: int) -> None:
            if not stop.is_set():
                rows = slice(begin, begin + CHUNK)
                chunk(state[rows], given[rows], may_exit[rows], looks or self.looks, [array[rows] for array in out])

        stop = threading.Event()
        begins = range(0, n, CHUNK)
        if len(begins) <= 1 or threads == 1:
            for begin in begins:
                work(begin)
            return out
        with ThreadPoolExecutor(threads or _processors(), thread_name_prefix="basin") as pool:
            try:
                list(pool.map(work, begins))
            finally:
                stop.set()
        return out


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


@lane
def refill(
    where: int, number: int, state: Numbers, given: Numbers, x: Numbers, p: Numbers, m: Numbers, age: Whole, run: Whole
) -> None:
    """Put a run into a lane."""
    tile, l = where // TILE, where % TILE
    run[tile, l], age[tile, l] = number, 0
    for i in range(x.shape[1]):
        x[tile, i, l] = state[number, i]
    for i in range(p.shape[1]):
        p[tile, i, l] = given[number, i]
    for i in range(m.shape[1]):
        m[tile, i, l] = 0.0


def _zeros(n: int) -> State:
    return (0.0,) * n


def _fixed(flow: Flow) -> Any:
    """The kernel of one flow with fixed steps: lanes advance together; those that are done are refilled, then closed up."""
    step, judge = classical(flow.rate), flow.judge
    load_state, load_given, load_memory = load(flow.dimension), load(flow.given), load(flow.memory)
    store_state, store_memory = store(flow.dimension), store(flow.memory)

    @kernel_for(f"fixed {flow.name}")
    def advance(
        state: Numbers, given: Numbers, exits: NDArray[np.bool_], h: float, steps: int, looks: int, look: float, x: Numbers,
        p: Numbers, m: Numbers, age: Whole, run: Whole, sure: Whole, end: Whole, certain: NDArray[np.int8], when: Numbers,
        final: NDArray[np.int8], reached: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        runs, live = len(state), 0
        while live < min(runs, TILES * TILE):
            refill(live, live, state, given, x, p, m, age, run)
            live += 1
        upcoming = live
        while live > 0:
            for tile in range((live + TILE - 1) // TILE):
                for s in range(steps):
                    for l in range(TILE):
                        after = step(s * h, h, load_state(x, tile, l), load_given(p, tile, l))
                        store_state(x, tile, l, after)
                for l in range(TILE):
                    left, kept = float(looks - 1 - age[tile, l]), load_memory(m, tile, l)
                    found = judge(left, load_state(x, tile, l), load_given(p, tile, l), kept)
                    sure[tile, l], end[tile, l] = found[0], found[1]
                    store_memory(m, tile, l, found[2])
            where = 0
            while where < live:
                tile, l = where // TILE, where % TILE
                r = run[tile, l]
                age[tile, l] += 1
                if sure[tile, l] >= 0 and certain[r] < 0:
                    certain[r], when[r] = sure[tile, l], age[tile, l] * look
                if age[tile, l] == looks:
                    final[r], reached[r] = end[tile, l], True
                elif certain[r] < 0 or not exits[r]:
                    where += 1
                    continue
                if upcoming < runs:
                    refill(where, upcoming, state, given, x, p, m, age, run)
                    upcoming += 1
                    where += 1
                else:
                    live -= 1
                    from_tile, from_l = live // TILE, live % TILE
                    for row in (run, age, sure, end):
                        row[tile, l] = row[from_tile, from_l]
                    for rows in (x, p, m):
                        for i in range(rows.shape[1]):
                            rows[tile, i, l] = rows[from_tile, i, from_l]

    return advance


def _adaptive(flow: Flow) -> Any:
    """The kernel of one flow with adaptive steps, one run after the other."""
    step, judge = embedded(flow.rate), flow.judge
    d, k, memory = flow.dimension, flow.given, flow.memory
    no_state, no_given, no_memory = _zeros(d), _zeros(k), _zeros(memory)

    @kernel_for(f"adaptive {flow.name}")
    def follow(
        state: Numbers, given: Numbers, exits: NDArray[np.bool_], look: float, looks: int, tolerance: float,
        certain: NDArray[np.int8], when: Numbers, final: NDArray[np.int8], reached: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        for r in range(len(state)):
            x, p, m = no_state, no_given, no_memory
            for i in range(d):
                x = replaced(x, i, state[r, i])
            for i in range(k):
                p = replaced(p, i, given[r, i])
            wanted = 0.01 * look
            for age in range(1, looks + 1):
                t = 0.0
                while t < look:
                    last = wanted >= look - t
                    h = look - t if last else wanted
                    y, error = step(t, h, x, p, tolerance)
                    if error <= 1.0 or h <= LEAST_STEP * look or not error < np.inf:
                        x = y
                        t = look if last else t + h
                    change = 0.9 * error**-0.2 if error > 1e-4 else 5.0
                    if not last or change < 1.0:
                        wanted = max(h * min(5.0, max(0.2, change)), LEAST_STEP * look)
                sure, end, m = judge(float(looks - age), x, p, m)
                if sure >= 0 and certain[r] < 0:
                    certain[r], when[r] = sure, age * look
                if age == looks:
                    final[r], reached[r] = end, True
                elif certain[r] >= 0 and exits[r]:
                    break

    return follow
