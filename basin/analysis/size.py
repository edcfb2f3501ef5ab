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

from basin.analysis.intervals import CONFIDENCE, Mean, exact
from basin.analysis.sampling import SamplingError, child
from basin.labels import Labels

Numbers = NDArray[np.float64]

DEEPEST = 1000  # bits: 2^−1074 is the smallest number there is
MOST_STRATA = 160
LEAST_SAMPLES = 1024
PILOT = 0.25  # part of the samples that only say where the others should go
PLAIN, EVEN = 0.3, 0.3  # parts of the others that go where plain Monte Carlo would put them, and to all strata evenly
STIFF = 1e-3  # penalty on the pilot's slope, squared: keeps it finite where a line parts hits from misses


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
    """Size over starts with one coordinate c of known law, small sizes included, without bias.

    mapper: over that coordinate alone. at_tail: the c that a share `tail` of all starts reaches or exceeds. The tail is
    cut into strata 2^−b−1 to 2^−b of known weight w_j, one bit wide, down to `depth` bits, the last holding all beyond;
    the share is S = Σ w_j p̂_j, with p̂_j from starts drawn inside stratum j. A pilot, whose runs are then dropped, says
    where starts reduce the variance most (Neyman allocation by a logistic curve in c); part of them go where plain Monte
    Carlo would put them, and part to all strata evenly, so that a wrong curve costs starts and nothing else.

    The interval of the sum of independent shares has its lower end from the gamma law with its mean and variance (Fay &
    Feuer 1997: sums of a few hits of unlike weight), its upper end from exact intervals of each (MOVER: Zou & Donner 2008).
    In strata where no start ended there, what may have been missed would drown a small S, since they weigh most. The
    interval therefore assumes that P(there | c) does not fall with c and is log-concave, as steps and sigmoids are:
    outwards it falls at least as fast as between strata farther in. `surely` is the bits' lower end without that assumption.
    """
    if samples < LEAST_SAMPLES:
        raise SamplingError(f"samples = {samples}: strata need at least {LEAST_SAMPLES}")
    if not 0 < depth:
        raise SamplingError(f"depth = {depth:g}: must be above 0 bits")
    depth = min(depth, DEEPEST)
    edges = np.linspace(0.0, depth, min(MOST_STRATA, max(2, int(np.ceil(depth)) + 1)))
    high, low = np.exp2(-edges), np.append(np.exp2(-edges[1:]), 0.0)
    weights = high - low

    pilot = np.exp2(-np.linspace(0.0, depth, int(PILOT * samples)))
    own = child(seed, 0)
    hits = mapper(at_tail(pilot)[:, None], own).label[:, 0] == code
    guess = _curve(at_tail(pilot), hits, at_tail((high + low) / 2))
    numbers = _numbers(weights, guess, samples - len(pilot))

    own = child(seed, 1)
    of = np.repeat(np.arange(len(edges)), numbers)
    part = np.random.default_rng((own, 0x517A)).random(len(of))
    label = mapper(at_tail(high[of] - weights[of] * part)[:, None], own).label[:, 0]
    seen = np.bincount(of, label == code, len(edges)).astype(float)
    share, surely = _sum(weights, seen, numbers, confidence)
    return Size(bits(share), share, bits(surely).low, len(pilot) + len(of))


def _curve(along: Numbers, hits: NDArray[np.bool_], at: Numbers) -> Numbers:
    """A logistic curve through zeros and ones, by penalised maximum likelihood, at other places."""
    from scipy.optimize import minimize
    from scipy.special import expit

    middle, scale = along.mean(), along.std() or 1.0
    x, sign = (along - middle) / scale, np.where(hits, 1.0, -1.0)

    def cost(line: Numbers) -> tuple[float, Numbers]:
        score = line[0] + line[1] * x
        slope = -sign * expit(-sign * score)
        penalty = STIFF * line
        return float(np.logaddexp(0, -sign * score).sum() + penalty @ line / 2), np.array([slope.sum(), slope @ x]) + penalty

    line = minimize(cost, np.zeros(2), jac=True).x
    curve: Numbers = expit(line[0] + line[1] * (at - middle) / scale)
    return curve


def _numbers(weights: Numbers, guess: Numbers, samples: int) -> NDArray[np.int64]:
    """How many starts each stratum gets, two at least."""
    spread = weights * np.sqrt(guess * (1 - guess))
    best = spread / spread.sum() if spread.sum() > 0 else weights
    parts = PLAIN * weights + EVEN / len(weights) + (1 - PLAIN - EVEN) * best
    numbers: NDArray[np.int64] = np.maximum(2, np.rint(samples * parts)).astype(np.int64)
    return numbers


def _sum(weights: Numbers, seen: Numbers, numbers: NDArray[np.int64], confidence: float) -> tuple[Mean, Mean]:
    """Σ w p̂ with two intervals: one that takes P to be log-concave, and one that takes nothing for granted."""
    from scipy.special import gammaincinv

    shares = seen / numbers
    low, high = exact(seen, numbers, confidence)
    total = float(weights @ shares)
    above = weights * (high - shares)
    varies = float((weights**2 / numbers * shares) @ (1 - seen / (numbers + 1)))
    bottom = float(gammaincinv(total**2 / varies, (1 - confidence) / 2)) * varies / total if total else 0.0
    surely = Mean(total, bottom, min(1.0, total + float(np.sqrt(above @ above))))
    if not seen.any():
        return surely, surely
    first = int(np.argmax(seen > 0))
    # All strata farther out than the first hit are bounded by the same few farther in, so their errors add up.
    outside = np.minimum(above[:first], weights[:first] * _outwards(low, high)[:first])
    width = np.sqrt(above[first:] @ above[first:] + min(outside.sum() ** 2, above[:first] @ above[:first]))
    return Mean(total, bottom, min(1.0, total + float(width))), surely


def _outwards(low: Numbers, high: Numbers) -> Numbers:
    """The most that a non-falling log-concave P can be in each stratum, from its ends in strata farther in.

    ln P lies below the line through any two strata farther in: from P_a ≤ high_a and P_b ≥ low_b, a farther out than b,
    ln P_j ≤ ln high_a − (a − j) max(0, ln(low_b/high_a)/(b − a)). Averages over strata one bit wide keep log-concavity
    (Prékopa 1973).
    """
    place = np.arange(len(low))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_low, log_high = np.log(low), np.log(high)
        rise = (log_low[None, :] - log_high[:, None]) / (place[None, :] - place[:, None])
    rise = np.where(place[None, :] > place[:, None], rise, 0.0).max(axis=1, initial=0.0)  # of a, over all b
    most = log_high[None, :] - (place[None, :] - place[:, None]) * rise[None, :]  # of j, by a
    outwards: Numbers = np.exp(np.where(place[None, :] >= place[:, None], most, np.inf).min(axis=1))
    return outwards
