"""The Lorenz equations where two mirror-image chaotic attractors, the wings of a butterfly, coexist with infinity.

x' = sigma (y − x), y' = r x − y − x z, z' = x y − b z. A run is unbounded once any coordinate is beyond 200; else it is told
by the sign of the mean of x over the second half of the horizon.
"""

from __future__ import annotations

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import State
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

BEYOND = 200.0
LOOKS = 1000
HALF = LOOKS / 2


@lane
def _rate(t: float, x: State, p: State) -> State:
    """x, y, z, and the integral of x."""
    return p[0] * (x[1] - x[0]), (p[1] * x[0] - x[1]) - x[0] * x[2], x[0] * x[1] - p[2] * x[2], x[0]


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """m: the integral of x at half of the horizon."""
    inside = (abs(x[0]) <= BEYOND) & (abs(x[1]) <= BEYOND) & (abs(x[2]) <= BEYOND)
    sum_x = x[3] - m[0]
    wing = 0 if sum_x > 0.0 else (1 if sum_x < 0.0 else -1)
    return -1 if inside else 2, wing if inside else 2, (x[3] if left == HALF else m[0],)


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    return np.concatenate([starts.start, np.zeros_like(starts.start)], axis=1), starts.parameters


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 3)."""
    x, y, z = states.T
    return np.stack([values["sigma"] * (y - x), values["r"] * x - y - x * z, x * y - values["b"] * z], axis=1)


FLOW = Flow("lorenz-butterfly", _rate, _judge, _prepare, dimension=4, given=3, step=1 / 100, steps=100, looks=LOOKS)

SYSTEM = System(
    name="lorenz-butterfly",
    title="Lorenz equations, broken butterfly",
    summary="Two chaotic attractors and infinity",
    source="Li & Sprott 2014; bSTAB (Stender & Hoffmann 2021)",
    parameters=(
        Parameter("sigma", 0.12, 0.01, 1.0, "1/time", "coupling of x to y"),
        Parameter("r", 0.0, -1.0, 1.0, "1/time", "driving"),
        Parameter("b", -0.6, -1.0, 1.0, "1/time", "damping of z, or growth if negative"),
    ),
    coordinates=lambda values: (
        Coordinate("x", -10.0, 10.0, "1", "x; z starts at 0"),
        Coordinate("y", -20.0, 20.0, "1", "y"),
    ),
    outcomes=lambda values: {"positive": 0, "negative": 1, "unbounded": 2},
    target="positive",
    label=FLOW.label,
    rate=rate,
    state=lambda starts: _prepare(starts)[0][:, :3],
    trust=FLOW.trust,
)
