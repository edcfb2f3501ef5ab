"""The uncertainty exponent: how much better an ending is known when a start is known better.

Two starts ε apart in a random direction end differently with probability f(ε) ∝ ε^α. For a smooth boundary α = 1; for a
fractal one of dimension D in k dimensions α = k − D < 1, so that knowing the start ten times better hardly helps.
Source: Grebogi, McDonald, Ott & Yorke 1983; McDonald, Grebogi, Ott & Yorke 1985.

The law holds as ε → 0. Pairs farther apart than the basin's stripes are wide end differently as often as any two starts,
whatever the boundary: of those distances no exponent is read, or every striped basin would seem fractal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import Mean, wilson
from basin.analysis.map import Axis
from basin.analysis.sampling import Window
from basin.labels import Labels

Numbers = NDArray[np.float64]
SIZES = tuple(2.0**-k for k in range(4, 13))  # parts of the window
RESAMPLES = 1000
STEPS = 50  # of Fisher scoring
NEAR = 0.25  # of how often two random starts end differently: distances at which pairs do so more often are too far
FEWEST = 3  # distances that a fit takes, the finest ones if need be


@dataclass(frozen=True)
class Uncertainty:
    """sizes, uncertain, low, high: (m,) distances ε in parts of the window, and the share of pairs that ended differently
    with Wilson's 95% interval. used: (m,) whether a distance is near enough for the exponent to be read from. exponent: α.
    level: ln f at ε = 1 by the fit. misfit: deviance over degrees of freedom, about 1 where a power law holds. NaN where
    hardly any pair differed."""

    sizes: Numbers
    uncertain: Numbers
    low: Numbers
    high: Numbers
    used: NDArray[np.bool_]
    exponent: Mean
    level: float
    misfit: float

    @property
    def fitted(self) -> Numbers:
        """(m,) the fitted power law; NaN at distances that are too far for it."""
        return np.where(self.used, np.exp(self.level + self.exponent.mean * np.log(self.sizes)), np.nan)

    @property
    def fractal(self) -> bool:
        """Whether the exponent is surely below 1."""
        return bool(self.exponent.high < 1)


def uncertainty(
    mapper: Callable[..., Labels],
    axes: Sequence[Axis],
    *,
    sizes: Sequence[float] = SIZES,
    pairs: int = 4096,
    seed: int = 0,
) -> Uncertainty:
    """Label `pairs` of starts at each distance and fit α.

    mapper: `mapper(points (n, k), seed) -> Labels`, of which the first run counts. Pairs are uniform among all that lie
    in the window at that distance, so directions are isotropic where the window does not end. See `fit` for the interval.
    """
    chance, window = np.random.default_rng((seed, 3)), Window(tuple(axes))
    differ, seen = [], []
    for at, size in enumerate(sizes):
        one, two = _pairs(chance, pairs, len(axes), size)
        both = mapper(window.points(np.concatenate([one, two])), seed + at).label[:, 0]
        differ.append(int((both[:pairs] != both[pairs:]).sum()))
        seen.append(both)
    count, wide = np.array(differ), np.asarray(sizes, float)
    used = near(wide, count / pairs, np.concatenate(seen))
    exponent, level, misfit = fit(wide[used], count[used], pairs, seed)
    low, high = wilson(count, pairs)
    return Uncertainty(wide, count / pairs, low, high, used, exponent, level, misfit)


def near(sizes: Numbers, uncertain: Numbers, labels: NDArray[np.int8]) -> NDArray[np.bool_]:
    """(m,): at which distances pairs end differently less often than NEAR times any two starts; at least the finest FEWEST."""
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    finest = np.argsort(np.argsort(sizes)) < FEWEST
    close: NDArray[np.bool_] = (uncertain <= NEAR * (1 - (shares**2).sum())) | finest
    return close


def fit(sizes: ArrayLike, count: ArrayLike, pairs: int, seed: int = 0) -> tuple[Mean, float, float]:
    """(α with its 95% interval, ln f at ε = 1, misfit) of counts (m,) of uncertain pairs at m distances.

    Maximum likelihood of ln f = a + α ln ε with binomial counts, which weighs each distance by what it says and takes
    counts of 0 as they are. The interval is the bootstrap's, from counts drawn again, widened by √misfit where the
    counts scatter about a power law more than chance lets them: fractals waver about theirs.
    """
    at, count = np.log(np.asarray(sizes, float)), np.asarray(count, float)
    if (count > 0).sum() < 2:
        return Mean(np.nan, np.nan, np.nan), np.nan, np.nan
    level, slope = (float(found[0]) for found in _scored(at, count[None], pairs))
    expected = pairs * np.exp(np.minimum(level + slope * at, -1e-9))
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(count > 0, count * np.log(count / expected), 0.0)
        rest = pairs - count
        terms += np.where(rest > 0, rest * np.log(rest / (pairs - expected)), 0.0)
    misfit = float(2 * terms.sum() / (len(at) - 2)) if len(at) > 2 else 1.0
    again = np.random.default_rng((seed, 4)).binomial(pairs, count / pairs, (RESAMPLES, len(count))).astype(float)
    _, slopes = _scored(at, again[(again > 0).sum(axis=1) >= 2], pairs)
    low, high = np.quantile(slopes, (0.025, 0.975))
    wider = np.sqrt(max(1.0, misfit))
    return Mean(slope, slope - wider * (slope - low), slope + wider * (high - slope)), level, misfit


def _scored(at: Numbers, count: Numbers, pairs: int) -> tuple[Numbers, Numbers]:
    """(level, slope) of each row of counts (r, m), by Fisher scoring: weighted least squares, over and over."""
    share = (count + 0.5) / (pairs + 1)
    value = np.log(share)
    response, weight = value, pairs * share / (1 - share)
    for _ in range(STEPS):
        total = weight.sum(axis=1)
        middle = (weight @ at) / total
        off = at - middle[:, None]
        slope = (weight * off * response).sum(axis=1) / (weight * off**2).sum(axis=1)
        level = (weight * response).sum(axis=1) / total - slope * middle
        value = np.minimum(level[:, None] + slope[:, None] * at, -1e-6)
        share = np.exp(value)
        response, weight = value + count / (pairs * share) - 1, pairs * share / (1 - share)
    return level, slope


def _pairs(chance: np.random.Generator, pairs: int, k: int, size: float) -> tuple[Numbers, Numbers]:
    """Two ends (pairs, k) each in the unit cube, `size` apart."""
    one, two = np.empty((pairs, k)), np.full((pairs, k), np.nan)
    left = np.arange(pairs)
    while len(left):
        one[left] = chance.random((len(left), k))
        direction = chance.standard_normal((len(left), k))
        two[left] = one[left] + size * direction / np.linalg.norm(direction, axis=1, keepdims=True)
        left = left[((two[left] < 0) | (two[left] > 1)).any(axis=1)]
    return one, two
