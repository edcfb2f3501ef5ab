"""A Duffing oscillator with a cubic spring, x'' = −damping x' − x³ + forcing cos t: five attractors, all periodic.

At the default parameters, seen once in a period of the force (at t = 0, 2π, …):

    attractor_1   period 1, small: |x| <= 0.21, at (−0.21, 0.02)
    attractor_2   period 1, large: |x| <= 1.27, at (1.05, 0.79)
    attractor_3   period 2, mean x > 0: (−0.67, 0.02), (0.26, 0.09)
    attractor_4   period 2, mean x < 0, the mirror image of attractor_3: (−0.45, 0.29), (−0.29, −0.17)
    attractor_5   period 3: (−0.43, 0.12), (0.08, 0.04), (−0.36, −0.08)

At other parameters an orbit is named by the same marks, if it still exists. A run has come to an orbit when it returns, six
periods later, to 1e-6. That is no proof that the orbit is stable, so it is audited.
"""

from __future__ import annotations

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import ROUND, State, sine
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

PERIOD = 2.0 * np.pi
STEPS = 120  # in a period of the force
PERIODS = 498  # a multiple of six
CYCLE = 6.0  # periods, a multiple of every attractor's own
RETURNED = 1e-12  # squared distance at which a run has come back to where it was six periods before
RETURNS = 1e-6  # the same at the horizon, and for telling an orbit's period
SIX_PERIODS = CYCLE * PERIOD
LARGE = 0.3  # mean square of x beyond which an orbit of period 1 is the large one


@lane
def _rate(t: float, x: State, p: State) -> State:
    """x, velocity, and the integrals of x and of x²."""
    square = x[0] * x[0]
    force = p[0] * sine(t + 0.5 * np.pi)
    return x[1], (force - p[1] * x[1]) - square * x[0], x[0], square


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """m: the state at the last multiple of six periods, and the orbit's period since then, 0 for none found."""
    since = CYCLE * ((left * (1.0 / CYCLE) + ROUND) - ROUND) - left  # 0, 1, 2 and ±3 are periods since then
    apart = (x[0] - m[0]) * (x[0] - m[0]) + (x[1] - m[1]) * (x[1] - m[1])
    now = since == 0.0
    again = (apart < RETURNS) & (m[4] == 0.0) & (since != 0.0)
    period = abs(since) if again & ((since > 0.0) | (since == -3.0)) else m[4]
    mean, square = (x[2] - m[2]) * (1.0 / SIX_PERIODS), (x[3] - m[3]) * (1.0 / SIX_PERIODS)
    one = 1 if square > LARGE else 0
    two = 2 if mean > 0.0 else 3
    code = one if period == 1.0 else (two if period == 2.0 else (4 if period == 3.0 else -1))
    sure = code if now & (apart < RETURNED) else -1
    end = code if now & (apart < RETURNS) else -1
    kept = (
        x[0] if now else m[0],
        x[1] if now else m[1],
        x[2] if now else m[2],
        x[3] if now else m[3],
        0.0 if now else period,
    )
    return sure, end, kept


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    return np.concatenate([starts.start, np.zeros_like(starts.start)], axis=1), starts.parameters


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 2) at a time."""
    x, velocity = states.T
    force = values["forcing"] * np.cos(time)
    return np.stack([velocity, force - values["damping"] * velocity - x**3], axis=1)


FLOW = Flow(
    "duffing", _rate, _judge, _prepare, dimension=4, given=2, step=PERIOD / STEPS, steps=STEPS, looks=PERIODS, memory=5
)

SYSTEM = System(
    name="duffing",
    title="Forced Duffing oscillator",
    summary="Five periodic attractors in one window",
    source="Thompson & Stewart 1986; bSTAB (Stender & Hoffmann 2021)",
    parameters=(
        Parameter("forcing", 0.2, 0.0, 1.0, "1", "amplitude of the force"),
        Parameter("damping", 0.08, 0.02, 1.0, "1/time", "damping"),
    ),
    coordinates=lambda values: (
        Coordinate("x", -1.0, 1.0, "1", "displacement"),
        Coordinate("velocity", -0.5, 1.0, "1/time", "velocity"),
    ),
    outcomes=lambda values: {f"attractor_{number + 1}": number for number in range(5)},
    target="attractor_2",
    label=FLOW.label,
    rate=rate,
    trust=FLOW.trust,
)
