"""Newton's method on z³ = 1: which of the three roots a start in the plane ends at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.labels import UNDECIDED
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Numbers, Starts, System

MOST_STEPS = 1000
RADIUS = 2.0  # of the disc of starts
NEAR = 1e-12  # squared distance from a root at which a start counts as arrived


@kernel
def _iterate(start: Numbers, label: NDArray[np.int8], time: Numbers) -> None:
    half = 0.5 * np.sqrt(3.0)
    for at in range(start.shape[0]):
        x, y = start[at, 0], start[at, 1]
        label[at], time[at] = -1, np.inf
        for step in range(MOST_STEPS):
            square = x * x + y * y
            if (x - 1.0) ** 2 + y * y < NEAR:
                label[at], time[at] = 0, step
            elif (x + 0.5) ** 2 + (y - half) ** 2 < NEAR:
                label[at], time[at] = 1, step
            elif (x + 0.5) ** 2 + (y + half) ** 2 < NEAR:
                label[at], time[at] = 2, step
            if label[at] >= 0 or not square < 1e300 or square == 0.0:
                break
            # z - (z³ - 1)/(3 z²) = 2z/3 + conj(z)²/(3 |z|⁴)
            over = 1.0 / (3.0 * square * square)
            x, y = 2.0 * x / 3.0 + (x * x - y * y) * over, 2.0 * y / 3.0 - 2.0 * x * y * over


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    _iterate(starts.start, code, time)
    return code, time


def draw(even: Numbers) -> Numbers:
    """Starts spread evenly over the disc that fits into the window, which shows no root any favour."""
    radius, turn = RADIUS * np.sqrt(even[:, 0]), 2 * np.pi * even[:, 1]
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


SYSTEM = System(
    name="newton",
    title="Newton's method on z³ − 1",
    summary="Three roots whose basins meet at every point of their common boundary",
    source="Cayley 1879; Epureanu & Greenside 1998",
    parameters=(),
    coordinates=lambda values: (
        Coordinate("x", -RADIUS, RADIUS, "1", "real part of the start"),
        Coordinate("y", -RADIUS, RADIUS, "1", "imaginary part of the start"),
    ),
    outcomes=lambda values: {"root_1": 0, "root_2": 1, "root_3": 2},
    target="root_1",
    label=label,
    draw=draw,
    time_units="steps",
)
