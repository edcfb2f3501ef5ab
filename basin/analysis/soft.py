"""The soft basin: the committor P(target | start) as a smooth surface over two axes, with intervals, and its entropy.

Runs from a grid of starts say how often each ends in the target; local polynomial regression smooths that (Fan & Gijbels
1996): P̂(x) is the value at x of the polynomial that fits the shares around x best, in weights that fall to 0 at distance h,
the bandwidth. Being linear in the shares, P̂ = Σ l_i(x) share_i, its variance is Σ l_i(x)² p_i (1 − p_i)/runs.

Smoothing blurs, and intervals that ignore this miss the truth. So h is chosen for local *lines* by leave-one-out
cross-validation, and the surface and its intervals come from local *cubics* with that h, whose blur is of higher
order and small beside their standard error: robust bias correction (Calonico, Cattaneo & Farrell 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from basin.analysis.intervals import CONFIDENCE, Mean, shared, wilson
from basin.analysis.map import Axis
from basin.analysis.sampling import Window
from basin.labels import Labels

Numbers = NDArray[np.float64]

ORDER = 3  # of the polynomials that the surface comes from
BANDWIDTHS = tuple(np.geomspace(2.5, 20.0, 8))  # cells
WIDEST = 1 / 3  # of the window
DRAWS = 200  # of surfaces that could have been, for the entropy
Z = 1.959964


@dataclass(frozen=True)
class Smoother:
    """Local polynomials of some order on an n by n grid with a bandwidth in cells, as a matrix (n², n²)."""

    n: int
    bandwidth: float
    order: int

    @cached_property
    def matrix(self) -> csr_array:
        """l_i(x): row x, column i. Rows sum to 1."""
        reach = int(np.ceil(self.bandwidth)) - 1
        step = np.arange(-reach, reach + 1)
        dy, dx = (side.reshape(-1) for side in np.meshgrid(step, step, indexing="ij"))
        near = dy**2 + dx**2 < self.bandwidth**2
        dy, dx = dy[near], dx[near]
        kernel = (1 - (dy**2 + dx**2) / self.bandwidth**2) ** 2
        powers = [(a, b) for a in range(self.order + 1) for b in range(self.order + 1 - a)]
        terms = np.stack([(dy / self.bandwidth) ** a * (dx / self.bandwidth) ** b for a, b in powers], axis=1)
        at = np.arange(self.n * self.n)
        row, column = at[:, None] // self.n + dy, at[:, None] % self.n + dx
        there = (row >= 0) & (row < self.n) & (column >= 0) & (column < self.n)
        weights = np.zeros(there.shape)
        patterns, which = np.unique(there, axis=0, return_inverse=True)  # alike away from the sides
        for number, pattern in enumerate(patterns):
            inner, weight = terms[pattern], kernel[pattern]
            normal = (inner * weight[:, None]).T @ inner
            line = np.zeros(len(pattern))
            line[pattern] = np.linalg.lstsq(normal, (inner * weight[:, None]).T, rcond=1e-12)[0][0]
            weights[which.reshape(-1) == number] = line
        place = np.broadcast_to(at[:, None], there.shape)[there], (row * self.n + column)[there]
        return csr_array((weights[there], place), shape=(self.n**2, self.n**2))

    def loss(self, share: Numbers) -> float:
        """Mean squared error of predicting every share (n²,) from all others."""
        matrix = self.matrix
        own = matrix.diagonal()
        return float(np.mean(((share - matrix @ share) / np.maximum(1 - own, 1e-9)) ** 2))


@dataclass(frozen=True)
class Soft:
    """On an n by n grid, first axis first: share of runs, the smooth committor, its pointwise 95% interval (low, high) and
    the simultaneous one (all_low, all_high), which holds at all grid points at once (Bonferroni: at least about 95%).

    bandwidth: in parts of the window. whole: mean of P(target | start) over the window, from the runs themselves. entropy:
    mean of −P ln P − (1 − P) ln(1 − P), nats.
    """

    share: Numbers
    committor: Numbers
    low: Numbers
    high: Numbers
    all_low: Numbers
    all_high: Numbers
    bandwidth: float
    whole: Mean
    entropy: Mean


def soft(
    mapper: Callable[..., Labels],
    axes: Sequence[Axis],
    target: int,
    *,
    n: int = 48,
    runs: int = 8,
    bandwidth: float | None = None,
    seed: int = 0,
) -> Soft:
    """Label `runs` runs from the middle of each of n by n cells and smooth them.

    mapper: `mapper(points (n², 2), seed) -> Labels (n², runs)`. bandwidth: parts of the window; cross-validated if None.
    """
    middle = (np.arange(n) + 0.5) / n
    points = np.stack(np.meshgrid(middle, middle, indexing="ij"), axis=-1).reshape(-1, 2)
    label = mapper(Window(tuple(axes)).points(points), seed).label
    count = (label == target).sum(axis=1)
    cells = validated(count / runs, n) if bandwidth is None else bandwidth * n
    return smoothed(count, runs, n, cells, seed)


def validated(share: Numbers, n: int) -> float:
    """The bandwidth in cells with which local lines predict each share (n²,) best from the others."""
    candidates = [h for h in BANDWIDTHS if h <= max(WIDEST * n, BANDWIDTHS[0])]
    return float(min(candidates, key=lambda h: _smoother(n, h, 1).loss(share)))


def smoothed(count: NDArray[np.intp], runs: int, n: int, bandwidth: float, seed: int = 0) -> Soft:
    """The surface of counts (n²,) of successes among `runs` each, with a bandwidth in cells."""
    matrix, share = _smoother(n, bandwidth, ORDER).matrix, count / runs
    fitted = np.clip(matrix @ share, 0.0, 1.0)
    squares = matrix.copy()
    squares.data **= 2
    worth = runs / squares.sum(axis=1)  # how many runs say as much about each point, if all around it is alike
    inner = (fitted * worth + 0.5) / (worth + 1)  # where all runs ended alike, that is not certain
    variance = squares @ (inner * (1 - inner)) / runs
    low, high = _wilson(fitted, variance, worth)
    each = shared(CONFIDENCE, n * n)
    all_low, all_high = _exact(fitted, inner * (1 - inner) / variance, each)
    all_low, all_high = np.minimum(all_low, low), np.maximum(all_high, high)
    whole_low, whole_high = wilson(count.sum(), runs * n * n)
    shape = (n, n)
    return Soft(
        share.reshape(shape),
        fitted.reshape(shape),
        low.reshape(shape),
        high.reshape(shape),
        all_low.reshape(shape),
        all_high.reshape(shape),
        bandwidth=bandwidth / n,
        whole=Mean(float(share.mean()), float(whole_low), float(whole_high)),
        entropy=_entropy(matrix, fitted, inner, runs, np.random.default_rng((seed, 5))),
    )


@lru_cache(maxsize=16)
def _smoother(n: int, bandwidth: float, order: int) -> Smoother:
    return Smoother(n, bandwidth, order)


def _wilson(fitted: Numbers, variance: Numbers, worth: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson's interval of a share seen in `worth` runs, as wide as `variance` says."""
    centre = (fitted * worth + Z * Z / 2) / (worth + Z * Z)
    half = Z * np.sqrt(variance * (worth / (worth + Z * Z)) ** 2 + Z * Z / 4 / (worth + Z * Z) ** 2)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def _exact(fitted: Numbers, worth: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    """Clopper & Pearson's interval of a share seen in `worth` runs, which far out in the tails Wilson's is too short for."""
    from scipy.special import betaincinv

    seen, rest, out = fitted * worth, (1 - fitted) * worth, (1 - confidence) / 2
    low = np.where(seen > 0, betaincinv(np.maximum(seen, 1e-9), rest + 1, out), 0.0)
    high = np.where(rest > 0, betaincinv(seen + 1, np.maximum(rest, 1e-9), 1 - out), 1.0)
    return low, high


def _entropy(matrix: csr_array, fitted: Numbers, inner: Numbers, runs: int, chance: np.random.Generator) -> Mean:
    """Mean entropy of the surface: bias and standard error are those that smoothing runs drawn from `inner` has.

    The bias is taken off, and as it is known only roughly, its square is added to that of the interval's half.
    """
    drawn = chance.binomial(runs, np.clip(inner, 0, 1)[:, None], (len(inner), DRAWS)) / runs
    again = _binary(np.clip(matrix @ drawn, 0.0, 1.0)).mean(axis=0)
    bias = float(again.mean() - _binary(inner).mean())
    middle = min(max(float(_binary(fitted).mean()) - bias, 0.0), float(np.log(2)))
    half = float(np.hypot(Z * again.std(ddof=1), bias))
    return Mean(middle, max(0.0, middle - half), min(float(np.log(2)), middle + half))


def _binary(share: Numbers) -> Numbers:
    """−p ln p − (1 − p) ln(1 − p), nats."""
    from scipy.special import entr

    return entr(share) + entr(1 - share)
