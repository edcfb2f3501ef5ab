"""A map whose two basins meet in Weierstrass's nowhere differentiable curve: θ' = 2θ, z' = λz + cos 2πθ.

A number in the computer is a multiple of 2^-53: doubled so many times it is 0, as no other number. Here the bits beyond
those are drawn, from a generator that is addressed by the start itself: the same start always has the same orbit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.engine.random import uniform32
from basin.engine.special import sin_cos_turns
from basin.labels import UNDECIDED
from basin.systems.chance import words
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

MOST_STEPS = 1_000_000
REFILLED = 20  # steps after which the bits of θ that doubling has used up are made anew
UP, DOWN = 0, 1


@kernel
def _iterate(start: Numbers, growth: Numbers, label: NDArray[np.int8], time: Numbers) -> None:
    for at in range(start.shape[0]):
        turn, z, grow = start[at, 0], start[at, 1], growth[at]
        turn -= np.floor(turn)
        name = np.float64(turn).view(np.uint64)
        far = 1.0 / (grow - 1.0)  # from |z| > far on, λ|z| − 1 > |z|, and |z| grows for ever
        for step in range(MOST_STEPS):
            if abs(z) > far:
                label[at], time[at] = 0 if z > 0.0 else 1, step
                break
            if step > 0 and step % REFILLED == 0:
                turn += uniform32(words(name, step, 0, np.uint64(0))[0]) * 2.0 ** (REFILLED - 53)
            z = grow * z + sin_cos_turns(turn)[1]
            turn = 2.0 * turn - (1.0 if turn >= 0.5 else 0.0)
            turn -= 1.0 if turn >= 1.0 else 0.0


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    _iterate(starts.start, np.ascontiguousarray(starts.parameters[:, 0]), code, time)
    return code, time


def _coordinates(values: Values) -> tuple[Coordinate, ...]:
    far = 1.0 / (values["growth"] - 1.0)  # the curve just fits
    return (
        Coordinate("angle", 0.0, 1.0, "turns", "θ at the start"),
        Coordinate("z", -far, far, "1", "z at the start"),
    )


SYSTEM = System(
    name="weierstrass",
    title="Weierstrass's curve as a basin boundary",
    summary="z goes up or down for ever; the boundary z = −Σ λ^−(j+1) cos(2π 2^j θ) has no tangent anywhere",
    source="McDonald, Grebogi, Ott & Yorke 1985, Physica D 17, 125–153; dimension 2 − ln λ/ln 2 (Shen 2018)",
    parameters=(Parameter("growth", 1.5, 1.01, 1.99, "1", "λ, by how much z grows in a step"),),
    coordinates=_coordinates,
    outcomes=lambda values: {"up": UP, "down": DOWN},
    target="up",
    label=label,
    time_units="steps",
)
