"""Oscillators on a ring, each drawn to its two neighbours: θ_i' = w(θ_{i+1} − θ_i) + w(θ_{i−1} − θ_i), w into (−π, π].

The winding number q = Σ w(θ_{i+1} − θ_i)/2π is conserved: each difference x_i obeys x_i' = x_{i+1} − 2 x_i + x_{i−1}, linear
diffusion, by which the largest falls and the smallest rises, so that none leaves (−π, π). All differences tend to 2πq/n: the
start's q is the ending, and no integration is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

TURN = 2.0 * np.pi
MOST = 128  # oscillators


def wrapped(angles: Numbers) -> Numbers:
    """Into (−π, π]."""
    return np.pi - np.mod(np.pi - angles, TURN)


def winding(angles: Numbers) -> Numbers:
    """(n,) winding numbers of phases (n, oscillators)."""
    turns: Numbers = np.rint(wrapped(np.roll(angles, -1, axis=1) - angles).sum(axis=1) / TURN)
    return turns


def most(oscillators: int) -> int:
    """The largest winding number there is: differences of a turn's half are not more than π."""
    return (oscillators - 1) // 2


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    number = winding(starts.start)
    half = most(starts.start.shape[1])
    return np.clip(number + half, 0, 2 * half).astype(np.int8), np.zeros(len(number))


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dθ/dt of phases (n, oscillators)."""
    forwards = wrapped(np.roll(states, -1, axis=1) - states)
    return forwards - np.roll(forwards, 1, axis=1)


def outcomes(values: Values) -> dict[str, int]:
    half = most(int(values["oscillators"]))
    return {str(number): number + half for number in range(-half, half + 1)}


SYSTEM = System(
    name="kuramoto-ring",
    title="Kuramoto ring",
    summary="Oscillators on a ring lock into a twist that their start decides",
    source="Wiley, Strogatz & Girvan 2006; the wrapped-linear coupling makes its fractions exact (Irwin–Hall)",
    parameters=(Parameter("oscillators", 10.0, 3.0, float(MOST), "oscillators", "on the ring", integer=True),),
    coordinates=lambda values: tuple(
        Coordinate(f"phase_{number + 1}", -np.pi, np.pi, "rad", f"phase of oscillator {number + 1}")
        for number in range(int(values["oscillators"]))
    ),
    outcomes=outcomes,
    target="0",
    label=label,
    rate=rate,
)
