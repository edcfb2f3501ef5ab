"""The Hénon map: which starts stay bounded, most of them on the strange attractor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.labels import UNDECIDED
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System

STEPS = 2000  # a start that is near after so many counts as bounded
BOUNDED, UNBOUNDED = 0, 1


@kernel
def _iterate(start: Numbers, parameters: Numbers, label: NDArray[np.int8], time: Numbers) -> None:
    for at in range(start.shape[0]):
        x, y = start[at, 0], start[at, 1]
        a, b = parameters[at, 0], parameters[at, 1]
        # From |x| > far and |y| <= |b x| on, a x² − |b x| − 1 > |x|: |x| grows for ever, and |y| stays that small.
        far = (1.0 + abs(b) + np.sqrt((1.0 + abs(b)) ** 2 + 4.0 * a)) / (2.0 * a)
        label[at], time[at] = 0, 0.0
        for step in range(STEPS):
            if abs(x) > far and abs(y) <= abs(b) * abs(x):
                label[at], time[at] = 1, step
                break
            x, y = 1.0 - a * x * x + y, b * x


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    _iterate(starts.start, starts.parameters, code, time)
    return code, time


SYSTEM = System(
    name="henon",
    title="The Hénon map",
    summary="x' = 1 − a x² + y, y' = b x: bounded for ever, or gone",
    source="Hénon 1976, Commun. Math. Phys. 50, 69–77",
    parameters=(
        Parameter("a", 1.4, 0.01, 10.0, "1", "how much it folds"),
        Parameter("b", 0.3, -1.0, 1.0, "1", "how much area is left after a step"),
    ),
    coordinates=lambda values: (
        Coordinate("x", -2.0, 2.0, "1", "x at the start"),
        Coordinate("y", -2.0, 2.0, "1", "y at the start"),
    ),
    outcomes=lambda values: {"bounded": BOUNDED, "unbounded": UNBOUNDED},
    target="bounded",
    label=label,
    time_units="steps",
)
