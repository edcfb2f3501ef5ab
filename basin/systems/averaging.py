"""People who average the opinions they hear: the weights they give, and where their opinions settle.

x(t+1) = λ W x(t) + (1 − λ) x(0). With λ = 1 this is DeGroot's model, with λ < 1 that of Friedkin and Johnsen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from basin.labels import UNDECIDED
from basin.systems.compile import kernel
from basin.systems.system import Coordinate, Label, Numbers, Parameter, Starts, Values

SETTLED = 1e-13  # largest change of an opinion in a step
MOST_STEPS = 1_000_000
ALL_FOR, ALL_AGAINST, SPLIT = 0, 1, 2

AGENTS = Parameter("agents", 10, 2, 200, "agents", "how many people", integer=True)
SELF_WEIGHT = Parameter("self_weight", 0.5, 0.0, 0.99, "1", "share of their weight that people give their own opinion")
NETWORK = Parameter("network", 0, 0, 2**31 - 1, "1", "number that the other weights are drawn with", integer=True)


def coordinates(values: Values) -> tuple[Coordinate, ...]:
    """What each person thinks at first, from 0, against, to 1, for."""
    people = range(1, round(values["agents"]) + 1)
    return tuple(Coordinate(f"opinion_{k}", 0.0, 1.0, "opinion", f"what person {k} thinks at first") for k in people)


def outcomes(values: Values) -> dict[str, int]:
    """On which side of one half people end."""
    return {"all_for": ALL_FOR, "all_against": ALL_AGAINST, "split": SPLIT}


def weights(agents: int, network: int, self_weight: float) -> Numbers:
    """(agents, agents), rows sum to 1: what is not given to oneself is spread over all, evenly over the simplex."""
    others = np.random.default_rng((network, agents)).exponential(size=(agents, agents))
    mixed: Numbers = self_weight * np.eye(agents) + (1 - self_weight) * others / others.sum(axis=1, keepdims=True)
    return mixed


def influence(matrix: Numbers) -> tuple[Numbers, float]:
    """π with πᵀW = πᵀ, whose dot product with first opinions is the consensus; and |λ₂|, how fast it comes about."""
    sizes, vectors = np.linalg.eig(matrix.T)
    order = np.argsort(-abs(sizes))
    first = np.real(vectors[:, order[0]])
    return first / first.sum(), float(abs(sizes[order[1]]))


@kernel
def settle(matrix: Numbers, susceptibility: float, start: Numbers, opinion: Numbers, steps: Numbers) -> None:
    """Where each row's opinions (rows, agents) settle, and after how many steps; infinite if they do not."""
    people = start.shape[1]
    heard = np.empty(people)
    for at in range(start.shape[0]):
        opinion[at] = start[at]
        steps[at] = np.inf
        for step in range(MOST_STEPS):
            change = 0.0
            for i in range(people):
                total = 0.0
                for j in range(people):
                    total += matrix[i, j] * opinion[at, j]
                heard[i] = susceptibility * total + (1.0 - susceptibility) * start[at, i]
                change = max(change, abs(heard[i] - opinion[at, i]))
            opinion[at] = heard
            if change < SETTLED:
                steps[at] = step
                break


def labeller(susceptibility: Callable[[Numbers], Numbers]) -> Label:
    """The `label` of a model. susceptibility: λ of each row, from its parameters beyond those of the network."""

    def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
        code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
        keys = np.column_stack([starts.parameters[:, :3], susceptibility(starts.parameters[:, 3:])])
        cases, case = np.unique(keys, axis=0, return_inverse=True)
        for number, (agents, self_weight, network, given) in enumerate(cases):
            rows = np.flatnonzero(case.ravel() == number)
            opinion, steps = np.empty((len(rows), round(agents))), np.empty(len(rows))
            matrix = weights(round(agents), round(network), self_weight)
            settle(matrix, given, starts.start[rows], opinion, steps)
            ends = np.where((opinion > 0.5).all(axis=1), ALL_FOR, np.where((opinion < 0.5).all(axis=1), ALL_AGAINST, SPLIT))
            code[rows], time[rows] = np.where(np.isfinite(steps), ends, UNDECIDED), steps
        return code, time

    return label
