"""Basins of differential equations, next to heyoka, pynamicalsys and dynlib.

- The pendulum, all starts to the horizon 1000. Each peer at the coarsest setting at which no more labels are wrong than ours:
  heyoka (batches of the Taylor method) may choose its tolerance and the batch that suits it best; pynamicalsys its own
  Runge–Kutta step, which is timed on a part of the starts.
- The magnetic pendulum, each start until it is known at which magnet it ends: ours by its energy, dynlib's `basin_known` by
  ten samples in a row near a magnet, with its own Runge–Kutta method.

Right labels are those of steps that adapt to a tolerance of 1e-11. One thread.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from basin.systems import magnetic_pendulum, pendulum
from basin.systems.system import Starts, SystemMapper
from tests.bench.contest import Contest, Entry, by_turns, coarsest, named, ours, spent

HORIZON = 1000.0
TOLERANCES = (1e-1, 1e-2, 5e-3, 2e-3, 1e-3, 1e-4, 1e-6, 1e-9)  # of heyoka, coarsest first
BATCHES = (4, 8, 16, 32)
STEPS = (0.5, 0.25, 0.2, 0.125, 0.1, 0.05, 0.01)  # of pynamicalsys, coarsest first
PART = 100  # of the starts that pynamicalsys is timed on; its steps are chosen on ten times as many
SAMPLING = (0.2, 0.1, 0.05, 0.04, 0.025, 0.02, 0.01)  # steps of dynlib, coarsest first
NEAR = 0.1  # of a magnet, in place and velocity together

Numbers = NDArray[np.float64]


def contests(starts: int, repeats: int) -> list[Contest]:
    return [to_the_horizon(starts, repeats), until_known(starts, repeats)]


# ---- The pendulum --------------------------------------------------------------------------------------------------


def to_the_horizon(starts: int, repeats: int) -> Contest:
    """Us at the full horizon, which is what peers do, and as the product does it, stopping where the ending is certain."""
    flow = pendulum.FLOW
    drawn = SystemMapper(pendulum.SYSTEM, (), 1).starts(np.empty((starts, 0)), 1)
    right = flow.labels(flow.endings_by_dp5(drawn, 1e-11))[0]
    torque, damping = drawn.parameters[0]
    known = (right == 1, drawn.start, float(torque), float(damping))
    full, early = (flow.labels(flow.endings(drawn, exits=exits, threads=1))[0] for exits in (False, True))
    allowed = int((full != right).sum())
    own = [
        Entry(ours(), f"step {flow.step:g}", wrong(full, right), lambda: flow.endings(drawn, exits=False, threads=1)),
        Entry(ours(), "stopping where it is certain", wrong(early, right), lambda: flow.endings(drawn, threads=1),
              why="stops at once where no solution can leave"),
    ]  # fmt: skip
    peers = (
        ("heyoka", lambda: heyoka_entry(allowed, *known)),
        ("pynamicalsys", lambda: pynamicalsys_entry(allowed, *known)),
    )
    return by_turns(f"pendulum, {starts:,} starts to the horizon {HORIZON:g}", own, peers, repeats)


def wrong(label: NDArray[np.int8], right: NDArray[np.int8]) -> str:
    return of(int((label != right).sum()), len(right))


def of(errors: int, starts: int) -> str:
    return f"{errors} of {starts:,} labels wrong"


def heyoka_entry(allowed: int, right: NDArray[np.bool_], start: Numbers, torque: float, damping: float) -> Entry:
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

    def errors_at(tolerance: float) -> int:
        return int(((integrator(tolerance, 16)(len(padded))[1][: len(start)] > 1.0) != right).sum())

    tolerance, errors = coarsest(TOLERANCES, errors_at, allowed)
    runs = {batch: integrator(tolerance, batch) for batch in BATCHES}
    part = min(640, len(padded))
    batch = min(BATCHES, key=lambda batch: min(spent(lambda: runs[batch](part)) for _ in range(3)))
    how = f"tolerance {tolerance:g}, batches of {batch}"
    return Entry(
        named("heyoka"), how, of(errors, len(start)), lambda: runs[batch](len(padded)), len(start) / len(padded),
        why="its order rises with the precision that is asked for",
    )  # fmt: skip


def pynamicalsys_entry(allowed: int, right: NDArray[np.bool_], start: Numbers, torque: float, damping: float) -> Entry:
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

    most = min(10 * PART, len(start))

    def errors_at(step: float) -> int:
        system.integrator("rk4", time_step=step)
        return int(((run(most)[:, 1] > 1.0) != right[:most]).sum())

    step, errors = coarsest(STEPS, errors_at, allowed)
    part = min(PART, len(start))
    how = f"step {step:g}, timed on {part} starts"
    return Entry(named("pynamicalsys"), how, of(errors, most), lambda: run(part), len(start) / part)


# ---- The magnetic pendulum -----------------------------------------------------------------------------------------


def until_known(starts: int, repeats: int) -> Contest:
    flow, system = magnetic_pendulum.FLOW, magnetic_pendulum.SYSTEM
    points = np.random.default_rng(1).uniform(-2, 2, (starts, 2))
    drawn = SystemMapper(system, ("x", "y"), 1).starts(points, 1)
    right = flow.labels(flow.endings_by_dp5(drawn, 1e-11))[0]
    label = flow.labels(flow.endings(drawn, threads=1))[0]
    allowed = int((label != right).sum())
    own = [Entry(ours(), f"step {flow.step:g}", wrong(label, right), lambda: flow.endings(drawn, threads=1))]
    peers = [("dynlib", lambda: dynlib_entry(allowed, right, drawn))]
    return by_turns(f"magnetic pendulum, where {starts:,} starts come to rest", own, peers, repeats)


def magnets_in_toml() -> str:
    """The system in dynlib's language."""
    gaps = [f"((x - {x:.17g})**2 + (y - {y:.17g})**2 + height**2)**-1.5" for x, y in magnetic_pendulum.MAGNETS]
    pulls = {
        name: " ".join(
            f"- ({name} - {place[at]:.17g})*{gap}" for place, gap in zip(magnetic_pendulum.MAGNETS, gaps, strict=True)
        )
        for at, name in enumerate("xy")
    }
    values = magnetic_pendulum.SYSTEM.values({})
    return f"""inline:
        [model]
        type = "ode"
        [states]
        x = 0.0
        y = 0.0
        u = 0.0
        v = 0.0
        [params]
        friction = {values["friction"]}
        height = {values["height"]}
        frequency = {values["frequency"]}
        [equations.rhs]
        x = "u"
        y = "v"
        u = "-frequency**2*x - friction*u {pulls["x"]}"
        v = "-frequency**2*y - friction*v {pulls["y"]}"
    """


def dynlib_entry(allowed: int, right: NDArray[np.int8], drawn: Starts) -> Entry:
    """Dynlib's classification by known attractors, at the coarsest step that suffices; a step a sample."""
    import dynlib
    from dynlib.analysis import FixedPoint, basin_known, basin_points

    flow = magnetic_pendulum.FLOW
    sim = dynlib.setup(magnets_in_toml(), stepper="rk4", jit=True)
    magnets = [FixedPoint(str(at), [*rest, 0.0, 0.0], radius=NEAR) for at, rest in enumerate(at_rest())]
    states = magnetic_pendulum.SYSTEM.state(drawn)
    horizon = flow.look * flow.looks

    def run(step: float) -> NDArray[np.integer]:
        found = basin_known(
            sim, magnets, ic=basin_points(states, vars=["x", "y", "u", "v"]), mode="ode", dt_obs=step,
            max_samples=round(horizon / step), signature_samples=0, escape_bounds=[(-100.0, 100.0)] * 4, parallel_mode="none",
        )  # fmt: skip
        return found.labels

    step, errors = coarsest(SAMPLING, lambda step: int((run(step) != right).sum()), allowed)
    return Entry(named("dynlib"), f"basin_known, rk4, step {step:g}", of(errors, len(right)), lambda: run(step))


def at_rest() -> Numbers:
    """(3, 2) where the pendulum rests, beside each magnet."""
    from scipy.optimize import fsolve

    system = magnetic_pendulum.SYSTEM
    values = system.values({})

    def force(place: Numbers) -> Numbers:
        return system.rate(np.array([[*place, 0.0, 0.0]]), 0.0, values)[0, 2:]

    return np.array([fsolve(force, magnet) for magnet in magnetic_pendulum.MAGNETS])
