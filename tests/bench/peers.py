"""How fast the pendulum is integrated, next to heyoka and pynamicalsys: `python -m tests.bench.peers`.

10,000 starts to the horizon 1000, on one thread, by processor time, each peer in turn with us. Every one at the coarsest
setting at which no more labels are wrong than ours: heyoka (batches of the Taylor method) may choose its tolerance and the
batch that suits it best; pynamicalsys its own Runge–Kutta step, which is timed on a part of the starts. Right labels are
those of steps that adapt to a tolerance of 1e-11. Both peers are optional: pip install heyoka pynamicalsys.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.systems.pendulum import FLOW, SYSTEM
from basin.systems.system import SystemMapper

STARTS, HORIZON = 10_000, 1000.0
TOLERANCES = (1e-1, 1e-2, 5e-3, 2e-3, 1e-3, 1e-4, 1e-6, 1e-9)  # of heyoka, coarsest first
BATCHES = (4, 8, 16, 32)
STEPS = (0.5, 0.25, 0.2, 0.125, 0.1, 0.05, 0.01)  # of pynamicalsys, coarsest first
PART = 100  # of the starts that pynamicalsys is timed on; its steps are chosen on ten times as many
REPEATS = 5

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Contestant:
    """Who computes what, how many labels of all starts are wrong, and the processor time of all starts, in seconds."""

    name: str
    setting: str
    wrong: int
    seconds: float


def available(name: str) -> bool:
    """Whether a peer is installed."""
    return importlib.util.find_spec(name) is not None


def timed(compute: Callable[[], Any]) -> float:
    """Processor time of one call; threads' too, so that none can hide work."""
    begun = time.process_time()
    compute()
    return time.process_time() - begun


def contest(starts: int = STARTS, repeats: int = REPEATS) -> list[Contestant]:
    """Us at the full horizon and with early exits, then the peers that are installed; medians of runs taken in turn."""
    drawn = SystemMapper(SYSTEM, (), 1).starts(np.empty((starts, 0)), 1)
    right = FLOW.labels(FLOW.endings_by_dp5(drawn, 1e-11))[0]
    torque, damping = drawn.parameters[0]
    known = (right == 1, drawn.start, float(torque), float(damping))
    full = FLOW.labels(FLOW.endings(drawn, exits=False, threads=1))[0]
    early = FLOW.labels(FLOW.endings(drawn, threads=1))[0]
    allowed = int((full != right).sum())
    entries: list[tuple[str, str, int, float, Callable[[], Any]]] = [
        ("basin", f"step {FLOW.step:g}", allowed, 1.0, lambda: FLOW.endings(drawn, exits=False, threads=1)),
        ("basin, early exits", f"step {FLOW.step:g}", int((early != right).sum()), 1.0,
         lambda: FLOW.endings(drawn, threads=1)),
    ]  # fmt: skip
    entries += [heyoka_entry(allowed, *known)] if available("heyoka") else []
    entries += [pynamicalsys_entry(allowed, *known)] if available("pynamicalsys") else []
    seconds: list[list[float]] = [[] for _ in entries]
    for _ in range(repeats):
        for at, (*_, scale, compute) in enumerate(entries):
            seconds[at].append(scale * timed(compute))
    return [
        Contestant(name, setting, wrong, statistics.median(measured))
        for (name, setting, wrong, _, _), measured in zip(entries, seconds, strict=True)
    ]


def heyoka_entry(allowed: int, right: NDArray[np.bool_], start: Numbers, torque: float, damping: float):
    """Heyoka at the coarsest tolerance that suffices, and with the quickest batch; the integrator is made once."""
    import heyoka

    angle, velocity = heyoka.make_vars("angle", "velocity")
    flow = [(angle, velocity), (velocity, torque - damping * velocity - heyoka.sin(angle))]
    padded = np.concatenate([start, start[: -len(start) % max(BATCHES)]])

    def integrator(tolerance: float, batch: int) -> Callable[[int], Numbers]:
        adaptive = heyoka.taylor_adaptive_batch(flow, np.zeros((2, batch)), tol=tolerance)

        def run(most: int) -> Numbers:
            ends = np.empty((2, most))
            for begin in range(0, most, batch):
                adaptive.set_time(0.0)
                adaptive.state[:] = padded[begin : begin + batch].T
                adaptive.propagate_until([HORIZON] * batch)
                ends[:, begin : begin + batch] = adaptive.state
            return ends

        return run

    def wrong(tolerance: float) -> int:
        return int(((integrator(tolerance, 16)(len(padded))[1][: len(start)] > 1.0) != right).sum())

    tolerance, errors = coarsest(TOLERANCES, wrong, allowed)
    runs = {batch: integrator(tolerance, batch) for batch in BATCHES}
    batch = min(BATCHES, key=lambda batch: min(timed(lambda: runs[batch](640)) for _ in range(3)))
    scale = len(start) / len(padded)
    return "heyoka", f"tolerance {tolerance:g}, batches of {batch}", errors, scale, lambda: runs[batch](len(padded))


def pynamicalsys_entry(allowed: int, right: NDArray[np.bool_], start: Numbers, torque: float, damping: float):
    """Pynamicalsys with its Runge–Kutta method and the coarsest step that suffices."""
    from numba import njit
    from pynamicalsys import ContinuousDynamicalSystem

    @njit
    def flow(time, state, parameters):
        return np.array([state[1], parameters[0] - parameters[1] * state[1] - np.sin(state[0])])

    system = ContinuousDynamicalSystem(equations_of_motion=flow, system_dimension=2, number_of_parameters=2)
    system.set_parameters([torque, damping])

    def run(most: int) -> Numbers:
        return np.array([system.evolve_system(state, HORIZON) for state in start[:most]])

    def wrong(step: float) -> int:
        system.integrator("rk4", time_step=step)
        most = min(10 * PART, len(start))
        return int(((run(most)[:, 1] > 1.0) != right[:most]).sum())

    step, errors = coarsest(STEPS, wrong, allowed)
    part = min(PART, len(start))
    return "pynamicalsys", f"step {step:g}", errors, len(start) / part, lambda: run(part)


def coarsest(settings: tuple[float, ...], wrong: Callable[[float], int], allowed: int) -> tuple[float, int]:
    """The first setting with no more wrong labels than allowed, and how many it has; else the last."""
    for setting in settings:
        errors = wrong(setting)
        if errors <= allowed:
            break
    return setting, errors


def main() -> None:
    missing = [name for name in ("heyoka", "pynamicalsys") if not available(name)]
    found = contest()
    ours = found[0].seconds
    print(f"{'':20} {'setting':34} {'wrong':>6} {'seconds':>9} {'our time over it':>17}")
    for entry in found:
        print(f"{entry.name:20} {entry.setting:34} {entry.wrong:6d} {entry.seconds:9.4f} {ours / entry.seconds:17.4f}")
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
