"""Whose values: what people would come to value if each revised by those they trust until nothing moved.

Bounded confidence (Hegselmann & Krause 2002, "Opinion dynamics and bounded confidence"): all at once, each moves to the
mean of those within the trust bound, itself among them. That ends after finitely many rounds, in one limit or in several
that are too far apart to hear each other. Extrapolation alone does not say which of several counts: here all are reported,
largest first, and a scenario's target is the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SAME = 1e-9  # people closer than this have come to value the same
AT_REST = 1e-12  # and people who move by less than this have come to rest
MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Limits:
    """Where H people with values in d features end: L limits, most people first, of equally many the nearest to the mean."""

    values: NDArray[np.float64]
    """(L, d) the limits."""
    people: NDArray[np.int64]
    """(L,) how many reach each."""
    reached: NDArray[np.int64]
    """(H,) the limit that each person reaches."""
    rounds: int
    """How often people revised before nothing moved."""


def limits(people: ArrayLike, trust_bound: float) -> Limits:
    """The limits of people's values (H, d) under a trust bound, a distance of at least 0.

    Raises ValueError for people who are not a table of finite numbers, or a bound that is none.
    """
    start = np.array(people, dtype=float)
    if start.ndim != 2 or start.size == 0 or not np.isfinite(start).all():
        raise ValueError(f"people {start.shape}: must be a table of finite numbers, one row per person")
    if not trust_bound >= 0:
        raise ValueError(f"trust_bound = {trust_bound}: must be at least 0")
    now, moved, rounds = start, np.inf, 0
    while moved >= AT_REST and rounds < MOST_ROUNDS:
        heard = distances(now) <= trust_bound
        after = (heard @ now) / heard.sum(axis=1)[:, None]
        now, moved, rounds = after, np.max(np.abs(after - now)), rounds + 1
    together = distances(now) < SAME
    first = np.unique(np.argmax(together, axis=1))  # the first person of each limit
    size = together[first].sum(axis=1)
    away = np.linalg.norm(now[first] - start.mean(axis=0), axis=1)
    order = np.lexsort((first, np.round(away / SAME), -size))
    reached = np.argmax(together[:, first[order]], axis=1)
    return Limits(now[first[order]], size[order], reached, rounds - 1)


def distances(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """(H, H) distances between people."""
    return np.array([np.linalg.norm(people - person, axis=1) for person in people])
