"""Intervals that cover the truth 95% of the time."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95


class Mean(NamedTuple):
    """A mean and its interval; the ends are NaN where one number is all there is."""

    mean: float
    low: float
    high: float


def wilson(
    count: ArrayLike, total: ArrayLike, confidence: float = CONFIDENCE
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(low, high) of a proportion of which `count` of `total` were seen, of any shapes that broadcast; (0, 1) for none.

    Source: Wilson 1927, score interval without continuity correction. It keeps its coverage near 0 and 1, where the
    textbook's count/total ± 1.96 s.e. collapses.
    """
    count, total = np.asarray(count, float), np.asarray(total, float)
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share = np.divide(count, total, out=np.full(np.broadcast_shapes(count.shape, total.shape), 0.5), where=total > 0)
    centre = (total * share + z2 / 2) / (total + z2)
    half = np.sqrt(z2) * np.sqrt(total * share * (1 - share) + z2 / 4) / (total + z2)
    low = np.where(count <= 0, 0.0, np.maximum(0.0, centre - half))  # the ends are exact, whatever rounding says
    high = np.where(count >= total, 1.0, np.minimum(1.0, centre + half))
    return low, high


def mean(values: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """The mean of independent numbers with Student's t interval."""
    values = np.asarray(values, float)
    middle = float(values.mean())
    if len(values) < 2:
        return Mean(middle, np.nan, np.nan)
    from scipy.special import stdtrit

    half = stdtrit(len(values) - 1, 0.5 + confidence / 2) * float(values.std(ddof=1)) / np.sqrt(len(values))
    return Mean(middle, middle - float(half), middle + float(half))
