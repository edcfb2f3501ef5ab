"""Differences, ratios and mixtures of shares: what a change does to the same runs, what a mixture of starts gives."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from basin.analysis.intervals import CONFIDENCE, Mean, wilson


def paired(before: ArrayLike, after: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """By how much a share of runs rises when the same runs, with the same random numbers, happen under a change.

    before, after: (runs,) truth values, pair by pair. Only pairs that differ say anything: with p₊ of them gained and p₋
    lost, the difference is p₊ − p₋. The interval adds one gain and one loss before it takes the normal one, so that it
    does not collapse where hardly any pair differs; there it holds more often than stated.
    Source: Bonett & Price 2012.
    """
    before, after = np.asarray(before, bool), np.asarray(after, bool)
    runs = len(before)
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    up, down = (gained + 1) / (runs + 2), (lost + 1) / (runs + 2)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * np.sqrt((up + down - (up - down) ** 2) / (runs + 2))
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Mean((gained - lost) / runs, float(low), float(high))


def paired_bits(before: ArrayLike, after: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """By how many bits a basin shrinks, log₂(p_before/p_after), when the same runs happen under a change.

    before, after: (runs,) truth values, pair by pair. Wilson's intervals of the two shares among the runs that were a
    success at least once are combined, each at a confidence so lowered that the ratio has the stated one. Infinite where a
    share is 0, with the end that the runs do not bound infinite too; NaN where both are. Source: Bonett & Price 2006.
    """
    before, after = np.asarray(before, bool), np.asarray(after, bool)
    first, second, ever = int(before.sum()), int(after.sum()), int((before | after).sum())
    if not ever:
        return Mean(np.nan, -np.inf, np.inf)
    differ = int((before != after).sum())
    spread = np.sqrt((differ + 2) / ((first + 1) * (second + 1)))
    each = [np.sqrt((1 - (count + 1) / (ever + 2)) / (count + 1)) for count in (first, second)]
    z = NormalDist().inv_cdf(0.5 + confidence / 2) * float(spread / sum(each))
    level = 2 * NormalDist().cdf(z) - 1
    (low_1, high_1), (low_2, high_2) = (wilson(count, ever, level) for count in (first, second))
    with np.errstate(divide="ignore"):
        bits = [float(np.log2(one) - np.log2(other)) for one, other in ((first, second), (low_1, high_2), (high_1, low_2))]
    return Mean(*bits)


def mixture(counts: ArrayLike, totals: ArrayLike, weights: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """The share Σ w_j p_j of a mixture of kinds with known weights w_j, from `counts` of `totals` runs of each kind.

    The interval is put together from Wilson's intervals of each kind: its distance from the estimate is the root of the
    sum of squares of theirs, weighted. Source: MOVER, Zou & Donner 2008.
    """
    counts, totals, weights = (np.asarray(values, float) for values in (counts, totals, weights))
    shares, (low, high) = counts / totals, wilson(counts, totals, confidence)
    middle = float(weights @ shares)
    below, above = (float(np.sqrt(((weights * (shares - end)) ** 2).sum())) for end in (low, high))
    return Mean(middle, max(0.0, middle - below), min(1.0, middle + above))
