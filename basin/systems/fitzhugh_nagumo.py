"""The FitzHugh–Nagumo equations where two resting states coexist: u' = (u − u³ − v)/epsilon, v' = u − recovery v.

They rest at u = ±√(1 − 1/recovery), v = u/recovery; between them, on the edge of both basins, is the saddle (0, 0).

An ending is certain in the box u_1 <= u <= u_2, u_1 <= recovery v <= u_2 around a resting state (and in its mirror image): v'
points inwards on its sides by construction, and u' does if u_2 < recovery (u_1 − u_1³) and u_1 > recovery (u_2 − u_2³).
"""

from __future__ import annotations

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import State
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

NEAR = 1e-3  # of a resting state, at the horizon


@lane
def _rate(t: float, x: State, p: State) -> State:
    """p: 1/epsilon, recovery."""
    return p[0] * ((x[0] - x[0] * x[0] * x[0]) - x[1]), x[0] - p[1] * x[1]


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """p[2], p[3]: the resting u > 0, and half the width of the box around it."""
    side = 1.0 if x[0] > 0.0 else -1.0
    off_u, off_v = side * x[0] - p[2], side * p[1] * x[1] - p[2]
    farther = max(abs(off_u), abs(off_v))
    state = 0 if x[0] > 0.0 else 1
    return state if farther < p[3] else -1, state if farther < NEAR else -1, m


def box(recovery: Numbers) -> tuple[Numbers, Numbers]:
    """The resting u > 0, and half the width of a box around it that no run leaves; (n,) each."""
    rest = np.sqrt(1.0 - 1.0 / recovery)
    half = np.zeros_like(rest)
    for wide in np.linspace(0.02, 0.98, 49)[::-1]:
        low, high = rest * (1.0 - wide), rest * (1.0 + wide)
        closed = (high < recovery * (low - low**3)) & (low > recovery * (high - high**3))
        half = np.where((half == 0.0) & closed, wide * rest, half)
    return rest, half


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    epsilon, recovery = starts.parameters.T
    return starts.start, np.stack([1.0 / epsilon, recovery, *box(recovery)], axis=1)


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 2)."""
    u, v = states.T
    return np.stack([(u - u**3 - v) / values["epsilon"], u - values["recovery"] * v], axis=1)


FLOW = Flow("fitzhugh-nagumo", _rate, _judge, _prepare, dimension=2, given=4, step=1 / 100, steps=25, looks=800)

SYSTEM = System(
    name="fitzhugh-nagumo",
    title="FitzHugh–Nagumo equations, bistable",
    summary="Two resting states, parted by the stable manifold of a saddle",
    source="FitzHugh 1961; Nagumo, Arimoto & Yoshizawa 1962; Mehling, Börner & Lucarini 2024",
    parameters=(
        Parameter("epsilon", 0.1, 0.05, 10.0, "time", "how fast u is"),
        Parameter("recovery", 3.0, 1.5, 10.0, "1/time", "how fast v recovers"),
    ),
    coordinates=lambda values: (
        Coordinate("u", -1.5, 1.5, "1", "potential"),
        Coordinate("v", -1.0, 1.0, "1", "recovery variable"),
    ),
    outcomes=lambda values: {"positive": 0, "negative": 1},
    target="positive",
    label=FLOW.label,
    rate=rate,
    trust=FLOW.trust,
)
