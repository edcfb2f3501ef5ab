"""A pendulum over three magnets: x'' = −frequency² x − friction x' − Σ (x − x_i)/(|x − x_i|² + height²)^{3/2}, in the plane.

The magnets are at 120°, 240° and 0° on the unit circle. The energy v²/2 + U(x) never grows; a run whose energy is below the
least U on the three half-lines that part the magnets' sectors cannot cross them any more, so it comes to rest at its own.
"""

from __future__ import annotations

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import State
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

HIGH = 0.5 * np.sqrt(3.0)  # sin 60°
MAGNETS = np.array([[-0.5, HIGH], [-0.5, -HIGH], [1.0, 0.0]])
SLOW = 1e-4  # squared speed below which a run has come to rest at the horizon


@lane
def _rate(t: float, x: State, p: State) -> State:
    """p: friction, height², frequency²."""
    forth, up, down, squared = x[0] - 1.0, x[1] - HIGH, x[1] + HIGH, (x[0] + 0.5) * (x[0] + 0.5)
    a = (squared + up * up) + p[1]
    b = (squared + down * down) + p[1]
    c = (forth * forth + x[1] * x[1]) + p[1]
    a, b, c = 1.0 / (a * np.sqrt(a)), 1.0 / (b * np.sqrt(b)), 1.0 / (c * np.sqrt(c))
    pull_x = (x[0] + 0.5) * (a + b) + forth * c
    pull_y = (up * a + down * b) + x[1] * c
    return x[2], x[3], -(p[2] * x[0] + p[0] * x[2]) - pull_x, -(p[2] * x[1] + p[0] * x[3]) - pull_y


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """p[3]: the lowest pass between two sectors."""
    along = (x[0] + 0.5) * (x[0] + 0.5)
    a = along + (x[1] - HIGH) * (x[1] - HIGH)
    b = along + (x[1] + HIGH) * (x[1] + HIGH)
    c = (x[0] - 1.0) * (x[0] - 1.0) + x[1] * x[1]
    magnet = (0 if a < b else 1) if min(a, b) < c else 2
    speed = x[2] * x[2] + x[3] * x[3]
    pull = (1.0 / np.sqrt(a + p[1]) + 1.0 / np.sqrt(b + p[1])) + 1.0 / np.sqrt(c + p[1])
    energy = 0.5 * (speed + p[2] * (x[0] * x[0] + x[1] * x[1])) - pull
    return magnet if energy < p[3] else -1, magnet if speed < SLOW else -1, m


def potential(places: Numbers, height: Numbers, frequency: Numbers) -> Numbers:
    """U at places (..., 2)."""
    squares = ((places[..., None, :] - MAGNETS) ** 2).sum(axis=-1)
    spring = 0.5 * frequency**2 * (places**2).sum(axis=-1)
    energy: Numbers = spring - (1.0 / np.sqrt(squares + np.asarray(height)[..., None] ** 2)).sum(axis=-1)
    return energy


def lowest_pass(height: Numbers, frequency: Numbers) -> Numbers:
    """(n,) least U on the half-line opposite the third magnet, which by symmetry is that on the other two.

    A grid, made sixteen times finer about its lowest point, again and again: beyond a distance of 3 all forces pull inwards.
    """
    height, frequency = np.asarray(height, float)[:, None], np.asarray(frequency, float)[:, None]
    low, high = np.zeros_like(height), np.full_like(height, 3.0)
    for _ in range(6):
        distance = low + (high - low) * np.linspace(0.0, 1.0, 33)
        energy = potential(np.stack([-distance, 0.0 * distance], axis=-1), height, frequency)
        least = energy.argmin(axis=1)[:, None]
        low, high = (np.take_along_axis(distance, np.clip(least + by, 0, 32), axis=1) for by in (-1, 1))
    lowest: Numbers = energy.min(axis=1)
    return lowest


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    friction, height, frequency = starts.parameters.T
    kinds, which = np.unique(starts.parameters[:, 1:], axis=0, return_inverse=True)
    passes = lowest_pass(*kinds.T)[which.reshape(-1)]
    given = np.stack([friction, height**2, frequency**2, passes], axis=1)
    return np.concatenate([starts.start, np.zeros_like(starts.start)], axis=1), given


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 4): place and velocity."""
    place, velocity = states[:, :2], states[:, 2:]
    apart = place[:, None, :] - MAGNETS
    cubes = ((apart**2).sum(axis=2) + values["height"] ** 2) ** 1.5
    pull = (apart / cubes[..., None]).sum(axis=1)
    return np.concatenate([velocity, -(values["frequency"] ** 2) * place - values["friction"] * velocity - pull], axis=1)


FLOW = Flow("magnetic-pendulum", _rate, _judge, _prepare, dimension=4, given=4, step=1 / 50, steps=25, looks=500)

SYSTEM = System(
    name="magnetic-pendulum",
    title="Magnetic pendulum",
    summary="Let go at rest over three magnets, it ends at one of them",
    source="Peitgen, Jürgens & Saupe 1992; Attractors.jl (Datseris & Wagemakers 2022)",
    parameters=(
        Parameter("friction", 0.2, 0.05, 5.0, "1/time", "damping"),
        Parameter("height", 0.2, 0.1, 2.0, "1", "of the pendulum's plane over the magnets'"),
        Parameter("frequency", 0.8, 0.0, 2.0, "1/time", "of the pendulum without magnets"),
    ),
    coordinates=lambda values: (
        Coordinate("x", -2.0, 2.0, "1", "where it is let go"),
        Coordinate("y", -2.0, 2.0, "1", "where it is let go"),
    ),
    outcomes=lambda values: {f"magnet_{number + 1}": number for number in range(3)},
    target="magnet_3",
    label=FLOW.label,
    rate=rate,
    state=lambda starts: _prepare(starts)[0],
    trust=FLOW.trust,
)
