"""Intervals that cover the truth 95% of the time."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


class Mean(NamedTuple):
    """A mean and its interval; the ends are NaN where one number is all there is."""

    mean: float
    low: float
    high: float


def wilson(count: ArrayLike, total: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """(low, high) of a proportion of which `count` of `total` were seen, of any shapes that broadcast; (0, 1) for none.

    Source: Wilson 1927, score interval without continuity correction. It keeps its coverage near 0 and 1, where the
    textbook's count/total ± 1.96 s.e. collapses.
    """
    count, total = np.asarray(count, float), np.asarray(total, float)
    return _score(count, total, NormalDist().inv_cdf(0.5 + confidence / 2) ** 2)


def exact(count: ArrayLike, total: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """(low, high) as for `wilson`, from the binomial law itself; holds at least as often as stated, whatever the share.

    Source: Clopper & Pearson 1934. For sums over many small counts, in which Wilson's lower ends err together.
    """
    from scipy.special import betaincinv

    count, total = np.broadcast_arrays(np.asarray(count, float), np.asarray(total, float))
    rest, tail = total - count, (1 - confidence) / 2
    low = np.where(count <= 0, 0.0, betaincinv(np.maximum(count, 1), rest + 1, tail))
    high = np.where(rest <= 0, 1.0, betaincinv(count + 1, np.maximum(rest, 1), 1 - tail))
    return low, high


def effective(
    share: ArrayLike, variance: ArrayLike, trials: ArrayLike, freedom: float = np.inf, confidence: float = CONFIDENCE
) -> Interval:
    """(low, high) of a share whose estimate is known to vary by `variance`, as if from that many independent trials.

    Independent trials n vary by p(1 − p)/n, so p(1 − p)/variance of them say as much, and Wilson's interval is taken for
    these: near 0 and 1 it stays within bounds. trials: how many there were, which is what is left where all or none of
    them were successes and the variance says nothing. freedom: degrees of freedom of the variance, for Student's t.
    Source: effective sample size (Kish 1965), used so by Korn & Graubard 1998.
    """
    from scipy.special import stdtrit

    share, variance = np.asarray(share, float), np.asarray(variance, float)
    inner = (share > 0) & (share < 1) & (variance > 0)
    worth = np.broadcast_to(np.asarray(trials, float), inner.shape).copy()
    np.divide(share * (1 - share), variance, out=worth, where=inner)
    quantile = NormalDist().inv_cdf(0.5 + confidence / 2)
    squared = np.where(inner, float(stdtrit(freedom, 0.5 + confidence / 2)) if np.isfinite(freedom) else quantile, quantile)
    return _score(share * worth, worth, squared**2)


def clustered(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """(low, high) of the mean of (starts, runs) zeros and ones, several runs from one start being no independent starts.

    Only the means of the starts are independent; how they vary is what counts. With one run each this is Wilson's
    interval, but for Student's t.
    """
    each = np.asarray(values, float).mean(axis=1)
    starts = len(each)
    if starts < 2:
        return np.asarray(0.0), np.asarray(1.0)
    return effective(each.mean(), each.var(ddof=1) / starts, starts, starts - 1, confidence)


def mean_share(values: ArrayLike, confidence: float = CONFIDENCE, least: float = 0.0, most: float = 1.0) -> Mean:
    """The mean of independent numbers, each from `least` to `most`, with an interval that stays there (`clustered`)."""
    values = np.asarray(values, float)
    low, high = clustered((values[:, None] - least) / (most - least), confidence)
    return Mean(float(values.mean()), least + float(low) * (most - least), least + float(high) * (most - least))


def mean_difference(values: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """The mean of independent differences of shares, each from −1 to 1, with Student's t interval, which is kept there.

    Where all of them are the same number c, their variance says nothing, and what is left is how many there were: at most
    the share w = z²/(n + z²) of others, Wilson's upper end of none in n, can be anything from −1 to 1, so that the mean lies
    between c − w (c + 1) and c + w (1 − c).
    """
    told = mean(values, confidence)
    if not told.low < told.high:
        rest = float(wilson(0, len(np.asarray(values)), confidence)[1])
        return Mean(told.mean, told.mean - rest * (told.mean + 1), told.mean + rest * (1 - told.mean))
    return Mean(told.mean, max(-1.0, told.low), min(1.0, told.high))


def shared(confidence: float, many: int) -> float:
    """The confidence that each of `many` intervals needs for all of them to hold at once with `confidence`.

    Bonferroni's inequality; with Wilson's intervals of the shares of several outcomes these are Goodman's (1965). They hold
    at least as often as stated.
    """
    return 1 - (1 - confidence) / max(1, many)


def mean(values: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """The mean of independent numbers with Student's t interval."""
    values = np.asarray(values, float)
    middle = float(values.mean())
    if len(values) < 2:
        return Mean(middle, np.nan, np.nan)
    from scipy.special import stdtrit

    half = stdtrit(len(values) - 1, 0.5 + confidence / 2) * float(values.std(ddof=1)) / np.sqrt(len(values))
    return Mean(middle, middle - float(half), middle + float(half))


def median(values: ArrayLike, confidence: float = CONFIDENCE) -> Mean:
    """The median of independent numbers, with the order statistics that bracket it; infinite numbers are numbers too.

    The count below the median is binomial with p = ½, whatever the distribution, so the interval is exact: it holds at
    least as often as stated. Ends that too few numbers cannot give are ∓∞. Source: David & Nagaraja 2003, section 7.1.
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, float))
    n = len(ordered)
    if n == 0:
        return Mean(np.nan, np.nan, np.nan)
    middle = ordered[(n - 1) // 2] if ordered[n // 2] == np.inf else (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    below = int(binom.ppf((1 - confidence) / 2, n, 0.5))  # P(fewer than `below` lie under the median) ≤ (1 − confidence)/2
    if below == 0:
        return Mean(float(middle), -np.inf, np.inf)
    return Mean(float(middle), float(ordered[below - 1]), float(ordered[n - below]))


def _score(count: NDArray[np.float64], total: NDArray[np.float64], z2: float | NDArray[np.float64]) -> Interval:
    share = np.divide(count, total, out=np.full(np.broadcast_shapes(count.shape, total.shape), 0.5), where=total > 0)
    centre = (total * share + z2 / 2) / (total + z2)
    half = np.sqrt(z2) * np.sqrt(total * share * (1 - share) + z2 / 4) / (total + z2)
    low = np.where(count <= 0, 0.0, np.maximum(0.0, centre - half))  # the ends are exact, whatever rounding says
    high = np.where(count >= total, 1.0, np.minimum(1.0, centre + half))
    return low, high
