"""Tipping probabilities: of the starts that end in i as things are, how many would end in j once they have changed.

    P(i → j) = |B_i(A) ∩ B_j(B)| / |B_i(A)|

in words: of all starts in the basin of i under A, the share that lies in the basin of j under B. Starts are paired: the same
ones, with the same random numbers, under A and under B.

Source: Kaszás, Feudel & Tél 2019, Tipping phenomena in typical dynamical systems subjected to parameter drift.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import CONFIDENCE, Mean, wilson
from basin.labels import Labels

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tipping:
    """count: (i, j) starts that end in before[i] under A and in after[j] under B. probability, low, high: (i, j), of those
    that end in i, with Wilson's interval; NaN and (0, 1) where none does."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    count: NDArray[np.int64]
    probability: Numbers
    low: Numbers
    high: Numbers

    def change(self, code: int) -> Mean:
        """How much larger the share of an outcome is under B, by paired starts."""
        won = int(self.count[[one != code for one in self.before]][:, [other == code for other in self.after]].sum())
        lost = int(self.count[[one == code for one in self.before]][:, [other != code for other in self.after]].sum())
        return paired(won, lost, int(self.count.sum()))


def tipping(
    first: Callable[[Numbers, int], Labels],
    second: Callable[[Numbers, int], Labels],
    starts: Numbers,
    before: Sequence[int],
    after: Sequence[int],
    seed: int = 0,
) -> Tipping:
    """first, second: mappers under A and B, one run a start. starts: (n, k), independent. before, after: their codes."""
    return table(first(starts, seed).label[:, 0], second(starts, seed).label[:, 0], before, after)


def table(one: ArrayLike, other: ArrayLike, before: Sequence[int], after: Sequence[int]) -> Tipping:
    """The same from the (n,) labels of the starts under A and under B."""
    one, other = np.asarray(one), np.asarray(other)
    count = np.array([[int(((one == i) & (other == j)).sum()) for j in after] for i in before])
    of = count.sum(axis=1, keepdims=True)
    probability = np.divide(count, of, out=np.full(count.shape, np.nan), where=of > 0)
    low, high = wilson(count, of)
    return Tipping(tuple(before), tuple(after), count, probability, low, high)


def paired(won: int, lost: int, total: int, confidence: float = CONFIDENCE) -> Mean:
    """Change of a share from paired observations of which `won` went from no to yes and `lost` from yes to no.

    The estimate is (won − lost)/total; the interval is Wald's after half an observation is added to each of the four cells
    (Agresti & Min 2005), which keeps its coverage where few pairs differ.
    """
    n = total + 2
    middle = (won - lost) / n
    spread = np.sqrt(((won + lost + 1) - (won - lost) ** 2 / n) / n**2)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * float(spread)
    return Mean((won - lost) / total, max(-1.0, middle - half), min(1.0, middle + half))
