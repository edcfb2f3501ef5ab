"""Size in bits: how many times a set of starts would have to be halved to become the basin.

    bits = −log₂ S,   S the share of the starts that ends in it

One bit is half of all starts, ten bits one in a thousand. Where only one coordinate of a start decides how likely it ends
well, and its law is known, `stratified` measures shares that are far too small to be hit by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.analysis.intervals import CONFIDENCE, Mean, wilson
from basin.analysis.sampling import SamplingError, child
from basin.labels import Labels

Numbers = NDArray[np.float64]

DEEPEST = 1000  # bits: 2^−1074 is the smallest number there is
PILOT, STEPS = 16, 24  # starts in each stratum of the pilot, and its strata
LEAST_SAMPLES = 256


@dataclass(frozen=True)
class Size:
    """bits: with their 95% interval, infinite where no start was seen to end there. share: the same as a share.

    surely: bits that the basin has at least, whatever happens in strata where none ended in it; equal to bits.low where
    there are no strata. starts: how many were drawn, a pilot's included.
    """

    bits: Mean
    share: Mean
    surely: float
    starts: int


def bits(share: Mean) -> Mean:
    """−log₂ of a share and of its interval, ends swapped; ∞ bits for a share of 0."""
    with np.errstate(divide="ignore"):
        mean, high, low = -np.log2(np.asarray(share)) + 0.0
    return Mean(float(mean), float(low), float(high))


def size(share: Mean, starts: int) -> Size:
    """Of a share that plain or even sampling gave."""
    found = bits(share)
    return Size(found, share, found.low, starts)


def stratified(
    mapper: Callable[[Numbers, int], Labels], at_tail: Callable[[Numbers], Numbers], code: int, *, depth: float,
    samples: int, seed: int = 0, confidence: float = CONFIDENCE,
) -> Size:  # fmt: skip
    """Size over starts with one coordinate of known law, small sizes included, without bias.

    mapper: over that coordinate alone. at_tail: its value that a share `tail` of all starts reaches or exceeds. The tail
    is cut into strata [2^−b', 2^−b], of known weight w_j; the share is Σ w_j p̂_j, p̂_j from starts drawn inside. A pilot,
    whose runs are then dropped, finds between how many bits strata are mixed, up to `depth` and beyond; there the strata
    are one bit wide. Half of the starts go where plain Monte Carlo would put them, half to the strata evenly.

    The interval is that of a sum of independent shares, the ends from Wilson's intervals of each (MOVER: Zou & Donner
    2008). It assumes that no start farther out than the first stratum in which none ended in it ends in it; `surely` is
    the lower end without that assumption, and cannot exceed what plain Monte Carlo with half the starts would say.
    """
    if samples < LEAST_SAMPLES:
        raise SamplingError(f"samples = {samples}: strata need at least {LEAST_SAMPLES}")
    if not 0 < depth:
        raise SamplingError(f"depth = {depth:g}: must be above 0 bits")
    depth = min(depth, DEEPEST)

    def counted(edges: Numbers, numbers: NDArray[np.int64], own: int) -> NDArray[np.int64]:
        high, low = np.exp2(-edges), np.append(np.exp2(-edges[1:]), 0.0)
        of = np.repeat(np.arange(len(edges)), numbers)
        part = np.random.default_rng((own, 0x517A)).random(len(of))
        tail = low[of] + (high - low)[of] * (1 - part)
        label = mapper(at_tail(tail)[:, None], own).label[:, 0]
        return np.bincount(of, label == code, len(edges)).astype(np.int64)

    rough = np.linspace(0.0, depth, min(STEPS, int(np.ceil(depth)) + 1))
    hits = counted(rough, np.full(len(rough), PILOT), child(seed, 0))
    edges = _edges(rough, hits, depth)
    weights = np.exp2(-edges) - np.append(np.exp2(-edges[1:]), 0.0)
    spent = PILOT * len(rough)
    left = max(samples - spent, LEAST_SAMPLES // 2)
    numbers = np.maximum(2, np.ceil(left * (weights + 1 / len(weights)) / 2)).astype(np.int64)
    hits = counted(edges, numbers, child(seed, 1))
    near = slice(max(0, int(np.argmax(hits > 0)) - 1), None) if hits.any() else slice(0, None)
    share = _sum(weights, hits, numbers, near, confidence)
    everywhere = _sum(weights, hits, numbers, slice(0, None), confidence)
    return Size(bits(share), share, bits(everywhere).low, int(numbers.sum()) + spent)


def _edges(rough: Numbers, hits: NDArray[np.int64], depth: float) -> Numbers:
    """Bits at which the strata begin: the first at 0, then one bit wide from where some starts of the pilot ended in the
    basin to where all did, and one rough stratum to either side."""
    if not hits.any():
        return np.unique(np.append(np.arange(0.0, depth, max(1.0, depth / (4 * STEPS))), depth))
    first = max(0, int(np.argmax(hits > 0)) - 1)
    mixed = np.flatnonzero(hits < PILOT)
    last = min(len(rough) - 1, (int(mixed[-1]) if len(mixed) else 0) + 2)
    return np.unique(np.concatenate([[0.0], np.arange(rough[first], rough[last], 1.0), [rough[last]]]))


def _sum(weights: Numbers, hits: NDArray[np.int64], numbers: NDArray[np.int64], kept: slice, confidence: float) -> Mean:
    """Σ w p̂ over all strata, and the interval that those kept give it."""
    shares = hits / numbers
    low, high = wilson(hits, numbers, confidence)
    total = float(weights @ shares)
    below = np.sqrt((((weights * (shares - low))[kept]) ** 2).sum())
    above = np.sqrt((((weights * (high - shares))[kept]) ** 2).sum())
    return Mean(total, float(max(0.0, total - below)), float(min(1.0, total + above)))
