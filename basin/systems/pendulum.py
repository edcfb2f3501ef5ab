"""The damped driven pendulum θ'' = −damping θ' + torque − sin θ: it comes to rest, or goes round for ever.

Where an ending is certain:

- *Fixed point.* H = ω²/2 − cos θ − torque θ never grows (H' = −damping ω²). A run whose H is below that of the saddle to
  its right, the lower of the two beside its well, can leave that well no more, and rests at the bottom.
- *Limit cycle*, for torque >= 2 damping. E = ω²/2 − cos θ changes by E' = ω (torque − damping ω). On E = 1 with ω >= 0 is
  ω = 2|cos(θ/2)| <= 2 <= torque/damping, so E' >= 0: a run above that line, which the undamped pendulum's separatrix is,
  stays above it, and so goes round for ever.
"""

from __future__ import annotations

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import ROUND, State, sine
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

TURN = 2.0 * np.pi
HALF_TURN = 0.5 * np.pi
LAST = 50.0  # looks over which a run must make a turn to count as going round at the horizon
MIDDLE = np.arcsin(0.5)  # of the window, at every torque: where the pendulum rests at the torque ½


@lane
def _rate(t: float, x: State, p: State) -> State:
    return x[1], (p[0] - p[1] * x[1]) - sine(x[0])


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """p: torque, damping, angle of the saddle, cos of it (2 where there is no saddle)."""
    energy = 0.5 * x[1] * x[1] - sine(x[0] + HALF_TURN)
    turns = (p[2] - x[0]) * (1.0 / TURN)
    to_saddle = TURN * (turns - ((turns - 0.5 + ROUND) - ROUND))  # 0 to 2π, up to a saddle's own angle
    rests = energy + p[3] + p[0] * to_saddle < 0.0
    rotates = (x[1] > 0.0) & (energy >= 1.0) & (p[0] >= 2.0 * p[1])
    turned = x[0] - m[0] >= TURN
    sure = 0 if rests else (1 if rotates else -1)
    end = 0 if rests else (1 if turned else -1)
    return sure, end, (x[0] if left == LAST else m[0],)


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    torque, damping = starts.parameters.T
    rests = torque < 1.0
    angle = np.where(rests, np.pi - np.arcsin(np.minimum(torque, 1.0)), 0.0)
    cosine = np.where(rests, -np.sqrt(np.maximum(0.0, 1.0 - torque**2)), 2.0)
    return starts.start, np.stack([torque, damping, angle, cosine], axis=1)


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 2)."""
    angle, velocity = states.T
    return np.stack([velocity, values["torque"] - values["damping"] * velocity - np.sin(angle)], axis=1)


FLOW = Flow("pendulum", _rate, _judge, _prepare, dimension=2, given=4, step=1 / 8, steps=8, looks=1000)

SYSTEM = System(
    name="pendulum",
    title="Damped driven pendulum",
    summary="It comes to rest or goes round for ever, depending on the push",
    source="Menck, Heitzig, Marwan & Kurths 2013; bSTAB (Stender & Hoffmann 2021)",
    parameters=(
        Parameter("torque", 0.5, 0.0, 2.0, "1", "constant torque; at rest if below 1"),
        Parameter("damping", 0.1, 0.05, 5.0, "1/time", "damping"),
    ),
    coordinates=lambda values: (
        Coordinate("angle", MIDDLE - np.pi, MIDDLE + np.pi, "rad", "angle from hanging down"),
        Coordinate("velocity", -10.0, 10.0, "rad/time", "angular velocity"),
    ),
    outcomes=lambda values: {"fixed_point": 0, "limit_cycle": 1},
    target="fixed_point",
    label=FLOW.label,
    rate=rate,
    trust=FLOW.trust,
)
