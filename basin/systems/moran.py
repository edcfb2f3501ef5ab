"""The Moran process: whether a mutant's descendants take over a population, or are lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.engine.random import uniform32
from basin.labels import UNDECIDED
from basin.systems.chance import words
from basin.systems.compile import kernel
from basin.systems.system import Numbers, Parameter, Starts, System

MOST_STEPS = 1_000_000_000
FIXED, LOST = 0, 1


@kernel
def _reproduce(parameters: Numbers, run: NDArray[np.uint64], seed: np.uint64, label: NDArray[np.int8], time: Numbers) -> None:
    """At each step one gives birth, in proportion to fitness, and its child takes the place of one drawn from all."""
    for at in range(parameters.shape[0]):
        people, fitness, mutants = parameters[at, 0], parameters[at, 1], min(parameters[at, 2], parameters[at, 0])
        for step in range(MOST_STEPS):
            if mutants <= 0.0 or mutants >= people:
                label[at], time[at] = 0 if mutants > 0.0 else 1, step
                break
            w0, w1, _, _ = words(run[at], step, 0, seed)
            born = uniform32(w0) * (fitness * mutants + people - mutants) < fitness * mutants
            died = uniform32(w1) * people < mutants
            mutants += (1.0 if born else 0.0) - (1.0 if died else 0.0)


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    _reproduce(starts.parameters, starts.run, np.uint64(starts.seed), code, time)
    return code, time


SYSTEM = System(
    name="moran",
    title="The Moran process",
    summary="Whether mutants take over: with probability (1 − 1/r^i)/(1 − 1/r^N) from i of them",
    source="Moran 1958; Nowak 2006, Evolutionary Dynamics, 6.2",
    parameters=(
        Parameter("agents", 50, 2, 10_000, "agents", "N, how many there are", integer=True),
        Parameter("fitness", 1.1, 0.01, 100.0, "1", "r, of a mutant, if that of the others is 1"),
        Parameter("start", 1, 0, 10_000, "agents", "i, how many mutants there are at first", integer=True),
    ),
    coordinates=lambda values: (),
    outcomes=lambda values: {"fixed": FIXED, "lost": LOST},
    target="fixed",
    label=label,
    stochastic=True,
    time_units="steps",
)
