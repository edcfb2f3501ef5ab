"""Which of today's attractors is which of yesterday's: names for clusters that follow them along a path.

Each pair of an old and a new one is as far apart as their features; the assignment with the least total distance says who is
who (Kuhn 1955, the Hungarian method), and pairs farther apart than `farthest` are no pair.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

NOBODY = -1


def match(old: ArrayLike, new: ArrayLike, farthest: float = np.inf) -> NDArray[np.int64]:
    """(n,) for each of the (n, f) new ones the number of the (m, f) old one that it is, −1 for those that are new."""
    old, new = np.atleast_2d(np.asarray(old, float)), np.atleast_2d(np.asarray(new, float))
    found = np.full(len(new) if new.size else 0, NOBODY)
    if not old.size or not new.size:
        return found
    distance = cdist(old, new)
    allowed = distance <= farthest
    # as many pairs as can be, and among those the nearest: a pair that is none costs more than all others together
    none = 1 + min(distance.shape) * distance[allowed].max(initial=0.0)
    rows, columns = linear_sum_assignment(np.where(allowed, distance, none))
    kept = allowed[rows, columns]
    found[columns[kept]] = rows[kept]
    return found


class Names:
    """Hands out numbers to clusters so that one that moves a little keeps its own; they are never used again."""

    def __init__(self, farthest: float = np.inf) -> None:
        self.farthest = farthest
        self.features: dict[int, NDArray[np.float64]] = {}  # of everyone, as last seen
        self.next = 0

    def name(self, features: ArrayLike) -> NDArray[np.int64]:
        """(n,) numbers of clusters with (n, f) features; those seen before are known again, even after an absence."""
        features = np.asarray(features, float)
        known = list(self.features)
        old = np.array([self.features[number] for number in known])
        numbers = np.full(len(features), NOBODY)
        for at, who in enumerate(match(old, features, self.farthest)):
            if who == NOBODY:
                numbers[at], self.next = self.next, self.next + 1
            else:
                numbers[at] = known[who]
            self.features[int(numbers[at])] = features[at]
        return numbers
