"""Telling two kinds of runs apart, where it is known how well that can be done."""

from __future__ import annotations

import math

import numpy as np

from basin.analysis.discrimination import auc, held_out_score
from basin.checks.row import Finding, Parameter, Run, mean, row
from basin.theory import normal

REPEATS = Parameter("repeats", 400, 20, 100_000, "repeats", "how often it is tried", whole=True)
APART = Parameter("apart", 1.0, -5, 5, "s.d.", "δ, how far apart the two normals are")


@row(
    "roc-area",
    source="Hanley & McNeil 1982: the area is P(X > Y) + ½ P(X = Y)",
    parameters=(
        APART,
        Parameter("positives", 60, 2, 10_000, "runs", "runs of the one kind", whole=True),
        Parameter("others", 40, 2, 10_000, "runs", "runs of the other", whole=True),
        REPEATS,
    ),
    cases=({}, {"apart": 0.0}),
)
def roc_area(run: Run, apart: float, positives: int, others: int, repeats: int) -> Finding:
    """The area under the ROC curve of two normals δ apart is Φ(δ/√2), whatever the numbers of runs."""
    positive, chance = np.arange(positives + others) < positives, run.chance
    areas = [auc(chance.normal(size=len(positive)) + apart * positive, positive).mean for _ in range(repeats)]
    return mean(normal.cdf(np.asarray(apart / math.sqrt(2))), areas)


@row(
    "roc-area-of-noise",
    source="a score of what says nothing is no better than chance on runs that it was not fitted to",
    parameters=(Parameter("numbers", 6, 1, 50, "numbers", "how many numbers the model is given", whole=True), REPEATS),
)
def roc_area_of_noise(run: Run, numbers: int, repeats: int) -> Finding:
    """A model of numbers that say nothing has the area ½ on the half that it has not seen, however many they are."""
    positive, chance = np.arange(100) < 40, run.chance
    scores = (held_out_score(chance.normal(size=(100, numbers)), positive, seed) for seed in range(repeats))
    return mean(0.5, [auc(*score).mean for score in scores])


ROWS = (roc_area, roc_area_of_noise)
