"""Basin entropy: how hard it is to tell where a start ends that is known only up to a radius ε.

Balls of radius ε are thrown into the window at random, and n starts into each. With p_j the share of a ball's starts that
end in way j, its entropy is S = −Σ_j p_j ln p_j: 0 if all end alike, ln 2 if two ways are equally likely. Then

    basin entropy            S_b   = mean of S over all balls
    boundary basin entropy   S_bb  = mean of S over the balls in which not all starts ended alike

If S_bb > ln 2 the boundary is fractal: a smooth boundary parts two basins in all but vanishingly many balls, and those have
at most ln 2 (Daza, Wagemakers, Georgeot, Guéry-Odelin & Sanjuán 2016). Balls cut by a smooth boundary are cut by a plane at
uniform distance from their centre, so that as n grows S_bb tends to a known number, .4395093 in two dimensions and .3960918
in three (Puy, Daza, Wagemakers & Sanjuán 2021); at finite n to `smooth`, a little more, since barely cut balls go unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import Mean, mean, wilson
from basin.analysis.map import Axis
from basin.analysis.sampling import Window
from basin.labels import Labels

Numbers = NDArray[np.float64]
BATCH = 1 << 20  # starts labelled at once
NODES = 400  # of the quadrature over how a ball is cut


@dataclass(frozen=True)
class Entropy:
    """At radius `size`, in parts of the window. whole: S_b. edge: S_bb, NaN where no ball was mixed. mixed: share of the
    balls in which not all starts ended alike. smooth: what S_bb would be for a smooth boundary and as many starts."""

    size: float
    samples: int
    whole: Mean
    edge: Mean
    mixed: Mean
    smooth: float

    @property
    def fractal(self) -> bool:
        """Whether S_bb is surely above ln 2, which no smooth boundary has."""
        return bool(self.edge.low > np.log(2))


def entropy(
    mapper: Callable[..., Labels],
    axes: Sequence[Axis],
    *,
    size: float,
    balls: int = 2048,
    samples: int = 32,
    seed: int = 0,
) -> Entropy:
    """Throw `balls` of radius `size` (parts of the window, below ½) and label one run of `samples` starts in each.

    mapper: `mapper(points (n, k), seed) -> Labels`, of which the first run counts. Every outcome is a way to end, the
    unresolved one too. Balls lie within the window. Intervals are Student's over balls, Wilson's for `mixed`.
    """
    chance, k = np.random.default_rng((seed, 2)), len(axes)
    window = Window(tuple(axes))
    found: list[Numbers] = []
    for first in range(0, balls, max(1, BATCH // samples)):
        count = min(balls - first, max(1, BATCH // samples))
        centre = size + (1 - 2 * size) * chance.random((count, 1, k))
        points = centre + size * in_ball(chance, (count, samples), k)
        label = mapper(window.points(points.reshape(-1, k)), seed + first).label[:, 0].reshape(count, samples)
        found.append(gibbs(np.stack([(label == code).sum(axis=1) for code in np.unique(label)], axis=1)))
    each = np.concatenate(found)
    mixed = each[each > 0]
    low, high = wilson(len(mixed), balls)
    edge = mean(mixed) if len(mixed) else Mean(np.nan, np.nan, np.nan)
    return Entropy(size, samples, mean(each), edge, Mean(len(mixed) / balls, float(low), float(high)), smooth(k, samples))


def gibbs(counts: ArrayLike) -> Numbers:
    """−Σ p ln p of shares in proportion to counts (..., ways), in nats."""
    counts = np.asarray(counts, float)
    share = counts / counts.sum(axis=-1, keepdims=True)
    entropies: Numbers = -np.sum(share * np.log(np.where(share > 0, share, 1.0)), axis=-1) + 0.0
    return entropies


def in_ball(chance: np.random.Generator, shape: tuple[int, ...], k: int) -> Numbers:
    """Uniform points (..., k) of the unit ball."""
    direction = chance.standard_normal((*shape, k))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    return direction * chance.random((*shape, 1)) ** (1 / k)


def smooth(k: int, samples: int | None = None) -> float:
    """S_bb of a smooth boundary in k dimensions: of balls cut by a plane at distance r ~ U(−1, 1) from the centre.

    With n samples per ball, E[S of n starts]/P(not all alike); with None the limit of many,
    ½ ∫ H(q(r)) dr, where q is the part of the ball below the plane, ½ (1 + sign(r) I_{r²}(½, (k+1)/2)).
    """
    from scipy.special import betainc
    from scipy.stats import binom

    node, weight = np.polynomial.legendre.leggauss(NODES)
    turn = np.pi / 4 * (1 + node)
    node, weight = np.sin(turn), np.pi / 4 * weight * np.cos(turn)  # both sides of the middle are alike
    part = (1 + betainc(0.5, (k + 1) / 2, node**2)) / 2
    if samples is None:
        return float(weight @ gibbs(np.stack([part, 1 - part], axis=1)))
    count = np.arange(1, samples)
    chance = binom.pmf(count, samples, part[:, None])
    told = gibbs(np.stack([count, samples - count], axis=1))
    return float((weight @ chance @ told) / (weight @ chance).sum())
