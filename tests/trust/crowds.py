"""Means over populations, generations, and crowds that are extrapolated: on numbers of the same law."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np
from scipy.special import ndtr

from basin.analysis import Axis
from basin.analysis.intervals import mean, mean_difference, mean_share
from basin.analysis.paired import mixture
from tests.trust.cases import interval, within


def all_or_none(rng, share, populations):
    return (rng.random(populations) < share).astype(float)


@interval("agents that end aligned, by populations", "analysis.intervals.mean_share", ("20 that end as one", 20))
def ends_of_populations(repeats, populations):
    """Averaged over shares from 0.1 to 0.9."""
    rng = np.random.default_rng(61)
    truth = rng.uniform(0.1, 0.9, repeats)
    return within([mean_share(all_or_none(rng, share, populations)) for share in truth], truth)


@interval("change of that share", "analysis.intervals.mean_difference", ("20 populations of 12 agents", 20))
def changes_of_shares(repeats, populations):
    rng = np.random.default_rng(62)
    draws = [rng.binomial(12, share, (repeats, populations)) for share in (0.6, 0.4)]
    return within([mean_difference(one) for one in (draws[0] - draws[1]) / 12], 0.2)


@interval(
    "change of that share",
    "analysis.intervals.mean_difference",
    ("1 in 50 of 40 ends otherwise, as one", 0.02),
    ("1 in 5 of 40 ends otherwise, as one", 0.2),
    band=(0.91, 1.0),
    why="Student's interval of a few that differ is a little short; where none does, nearly anything may have been missed",
)
def changes_as_one(repeats, share):
    rng = np.random.default_rng(63)
    return within([mean_difference(all_or_none(rng, share, 40)) for _ in range(repeats)], share)


@interval(
    "error, harm and knowledge, by populations",
    "analysis.intervals.mean",
    ("20 skewed numbers", 20),
    band=(0.91, 0.97),
    why="Student's interval of twenty skewed numbers is a little short",
)
def skewed_numbers(repeats, populations):
    drawn = np.random.default_rng(64).gamma(2.0, 0.5, (repeats, populations))
    return within([mean(one) for one in drawn], 1.0)


@interval(
    "limits of extrapolation",
    "questions.extrapolation.extrapolation",
    ("1 crowd in 30 splits", 0.03),
    ("half of them split", 0.5),
)
def limits(repeats, share):
    """200 crowds of 12, which end in one limit or, for this share of them, in two."""
    drawn = 1 + (np.random.default_rng(65).random((repeats, 200)) < share)
    return within([mean_share(one, least=1, most=12) for one in drawn], 1 + share)


@interval("the next generation", "questions.generations.generations", ("a tenth misaligned", 0.1), ("half", 0.5))
def next_generation(repeats, misaligned):
    counts = np.random.default_rng(66).binomial(1000, (0.9, 0.2), (repeats, 2))
    truth = 0.9 * (1 - misaligned) + 0.2 * misaligned
    return within([mixture(one, [1000, 1000], [1 - misaligned, misaligned]) for one in counts], truth)


@interval("P(aligned) at the witness of the worst case", "questions.worst._witness", ("a gentle edge",))
def witness_of_the_worst(repeats):
    """As it is told, by other runs than those that were below ½ and chose it."""
    worst = import_module("basin.questions.worst")
    varied = SimpleNamespace(axes=[Axis("x", 0, 1)], base=np.array([0.2]), paths=("x",))
    held, right = [], worst.Assumed

    class Runs:
        """Runs of a scenario whose P(aligned) falls slowly through ½ at x = 0.5."""

        def __init__(self, found, paths, runs, seed, cancel=None):
            self.runs, self.rng = runs, np.random.default_rng(seed)

        def aligned(self, points):
            return self.rng.random((1, self.runs)) < ndtr(0.5 - points[0, 0])

    worst.Assumed = Runs
    try:
        for seed in range(repeats):
            found = SimpleNamespace(stochastic=True)
            start, change = np.array([0.2]), np.array([0.3])
            values, told = worst._witness(found, varied, start, change, 512, seed, False, None)
            if told is not None:
                held.append(told.low <= ndtr(0.5 - values[0]) <= told.high)
    finally:
        worst.Assumed = right
    return held
