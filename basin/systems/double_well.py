"""A particle in two wells, pushed by noise: dx = (x − x³) dt + σ dW; in which it arrives first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.engine.random import normal_pair, uniform52
from basin.engine.special import exp
from basin.labels import UNDECIDED
from basin.systems.chance import words
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

STEP = 0.01
HORIZON = 10_000.0
LEFT, RIGHT = 0, 1
SURE = -40.0  # exponents below this are no chance at all


@kernel
def _arrive(
    start: Numbers, parameters: Numbers, run: NDArray[np.uint64], seed: np.uint64, label: NDArray[np.int8], time: Numbers
) -> None:
    """Heun's method with the noise added, of weak order 2 (Kloeden & Platen 1992, 15.1), and passages within a step.

    Between two moments the path is nearly a Brownian bridge, which passes b with probability exp(−2 (b−x)(b−x')/σ²dt):
    without it arrivals would be late by a multiple of the square root of the step (Gobet 2000).
    """
    root = np.sqrt(STEP)
    for at in range(start.shape[0]):
        x = start[at, 0]
        noise, left, right = parameters[at, 0], parameters[at, 1], parameters[at, 2]
        spread = noise * noise * STEP
        later = 0.0
        if x <= left or x >= right:
            label[at], time[at] = 0 if x <= left else 1, 0.0
            continue
        for step in range(int(HORIZON / STEP)):
            if step % 2 == 0:
                w0, w1, w2, w3 = words(run[at], step, 0, seed)
                push, later = normal_pair(w0, w1, w2, w3)
            else:
                push = later
            push *= noise * root
            slope = x - x * x * x
            guess = x + slope * STEP + push
            then = x + 0.5 * (slope + guess - guess * guess * guess) * STEP + push
            arrived = 0 if then <= left else (1 if then >= right else -1)
            if arrived < 0:
                to_left = -2.0 * (x - left) * (then - left) / spread
                to_right = -2.0 * (right - x) * (right - then) / spread
                if to_left > SURE or to_right > SURE:
                    w0, w1, w2, w3 = words(run[at], step, 1, seed)
                    if uniform52(w0, w1) < exp(to_left):
                        arrived = 0
                    elif uniform52(w2, w3) < exp(to_right):
                        arrived = 1
            if arrived >= 0:
                label[at], time[at] = arrived, (step + 0.5) * STEP
                break
            x = then


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    _arrive(starts.start, starts.parameters, starts.run, np.uint64(starts.seed), code, time)
    return code, time


def rate(state: Numbers, time: float, values: Values) -> Numbers:
    return state - state**3


SYSTEM = System(
    name="double-well",
    title="A double well with noise",
    summary="dx = (x − x³) dt + σ dW: which of two places a noisy particle reaches first, and when",
    source="Kramers 1940; committor and passage times by quadrature (Gardiner 2009, Stochastic Methods, 5.5)",
    parameters=(
        Parameter("noise", 0.5, 0.05, 3.0, "1/√time", "σ, standard deviation of the noise"),
        Parameter("left", -1.0, -5.0, 4.9, "1", "from here downwards a run has arrived at the left"),
        Parameter("right", 1.0, -4.9, 5.0, "1", "from here upwards a run has arrived at the right"),
    ),
    coordinates=lambda values: (Coordinate("x", -2.0, 2.0, "1", "position at the start"),),
    outcomes=lambda values: {"left": LEFT, "right": RIGHT},
    target="right",
    label=label,
    stochastic=True,
    rate=rate,
    noise=lambda values: values["noise"],
    regions=lambda values: {
        "left": {"x": (-np.inf, values["left"])},
        "right": {"x": (values["right"], np.inf)},
    },
)
