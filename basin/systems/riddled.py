"""A riddled basin: however close to the attractor a start is, some of its neighbours escape.

x < p: x ← x/p and the height rises by 1; otherwise x ← (x − p)/(1 − p) and it falls by 1. Heights stand for the distance
from an attractor on a logarithmic scale; 0 is escape. x stays evenly spread, so the height is a walk that rises with
probability p, and from −k escapes with probability (p/(1 − p))^k for p < ½.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.engine.random import uniform52
from basin.labels import UNDECIDED
from basin.systems.chance import words
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System

REDRAWN = 20  # steps after which x is drawn anew: each step spends about one of its 52 bits
MOST_STEPS = 200_000
SURE = 1e-12  # chance of escape below which a start counts as trapped
ESCAPED, TRAPPED = 0, 1


@kernel
def _walk(
    start: Numbers, p: Numbers, height: Numbers, run: NDArray[np.uint64], seed: np.uint64, label: NDArray[np.int8],
    time: Numbers,
) -> None:  # fmt: skip
    for at in range(start.shape[0]):
        x, rise, h = start[at, 0], p[at], height[at]
        odds = rise / (1.0 - rise)
        deep = np.log(SURE) / -np.log(odds) if odds < 1.0 else -np.inf
        for step in range(MOST_STEPS + 1):
            if h >= 0.0:
                label[at], time[at] = 0, step
                break
            if h <= deep:
                label[at], time[at] = 1, step
                break
            if step > 0 and step % REDRAWN == 0:
                w0, w1, _, _ = words(run[at], step, 0, seed)
                x = uniform52(w0, w1)
            if x < rise:
                x, h = x / rise, h + 1.0
            else:
                x, h = (x - rise) / (1.0 - rise), h - 1.0


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    p, height = (np.ascontiguousarray(column) for column in starts.parameters.T)
    _walk(starts.start, p, height, starts.run, np.uint64(starts.seed), code, time)
    return code, time


SYSTEM = System(
    name="riddled",
    title="A riddled basin",
    summary="However deep it starts, some starts escape: with probability (p/(1 − p))^k from depth k",
    source="Alexander, Yorke, You & Kan 1992; Ott & Sommerer 1994; gambler's ruin",
    parameters=(
        Parameter("p", 0.4, 0.01, 0.99, "probability", "share of the interval on which the height rises"),
        Parameter("start", -3.0, -1000.0, 0.0, "steps", "height at the start", integer=True),
    ),
    coordinates=lambda values: (Coordinate("x", 0.0, 1.0, "1", "x at the start"),),
    outcomes=lambda values: {"escaped": ESCAPED, "trapped": TRAPPED},
    target="escaped",
    label=label,
    stochastic=True,
    time_units="steps",
)
