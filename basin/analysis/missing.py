"""How much probability the outcomes may have that nobody has seen yet."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.analysis.intervals import CONFIDENCE, Mean


def missing_mass(counts: ArrayLike, possible: int | None = None, confidence: float = CONFIDENCE) -> Mean:
    """The probability that one more draw has an outcome that was never seen: Good–Turing estimate and upper bound.

    counts: (outcomes,) how often each was seen among n independent draws. possible: how many outcomes there can be, where
    that is known. The estimate is G = (outcomes seen exactly once)/n. The mass M exceeds its mean by ε with probability at
    most exp(−nε²), E[M] ≤ E[G], and one draw moves G by at most 2/n (McDiarmid), so that with probability 1 − δ

        M ≤ G + (1 + √2) √(ln(2/δ)/n).

    If there are only k outcomes, some set of them with mass ε is missed with probability at most 2^k exp(−nε), and
    M ≤ (k ln 2 + ln(1/δ))/n; the smaller bound is taken, each at half of δ. Both hold more often than stated.
    Source: Good 1953; McAllester & Schapire 2000; McAllester & Ortiz 2003; Berend & Kontorovich 2013.
    """
    counts = np.asarray(counts)
    n = int(counts.sum())
    if n == 0:
        return Mean(1.0, 0.0, 1.0)
    once, seen = int((counts == 1).sum()), int((counts > 0).sum())
    if possible is not None and seen >= possible:
        return Mean(0.0, 0.0, 0.0)
    delta = 1 - confidence if possible is None else (1 - confidence) / 2
    high = once / n + (1 + np.sqrt(2)) * np.sqrt(np.log(2 / delta) / n)
    if possible is not None:
        high = min(high, (possible * np.log(2) + np.log(1 / delta)) / n)
    return Mean(once / n, 0.0, float(min(1.0, high)))
