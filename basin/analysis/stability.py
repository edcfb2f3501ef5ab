"""Basin stability: which share of the starts, drawn from a distribution, ends in each way.

    S = ∫ P(outcome | start) dρ(start)

In plain words: draw a start from ρ, run it, and count. Source: Menck, Heitzig, Marwan & Kurths 2013.

`at_random` draws independent starts, `evenly` scrambled Sobol' points, whose shares vary less, and `until` draws as many
as a half-width takes. Several runs from one start are never taken for independent starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.analysis.intervals import CONFIDENCE, Interval, Mean, clustered, effective, shared, wilson
from basin.analysis.missing import missing_mass
from basin.analysis.sampling import Distribution, SamplingError, child, draw, sobol
from basin.analysis.sequence import anytime
from basin.labels import UNDECIDED, Labels

Mapper = Callable[[NDArray[np.float64], int], Labels]
Rule = Callable[[NDArray[np.float64], float], Interval]

REPLICATES = 16  # scramblings: enough for Student's t to be near its limit
MOST_SAMPLES = 100_000_000
FIRST, GROWTH = 256, 4.0  # starts before the first look, and how much more of them there are at most at the next


@dataclass(frozen=True)
class Stability:
    """Shares of the starts by outcome, each with a 95% interval.

    outcomes: each by itself. together: intervals that all hold at once. bounds: the target's share if every unresolved run
    were to go against it (mean: as seen), up to all of them going for it; its interval holds for both. unseen: the
    probability of outcomes that no run had. starts: how many were drawn; runs: from each. half_width: of the target's
    interval; reached: whether it is the one asked for, if one was. variance: of the target's estimated share.
    """

    outcomes: dict[str, Mean]
    together: dict[str, Mean]
    counts: dict[str, int]
    bounds: Mean
    unseen: Mean
    starts: int
    runs: int
    half_width: float
    variance: float
    reached: bool = True


def at_random(
    mapper: Mapper, starts: Distribution, codes: Mapping[str, int], target: str, *, samples: int, seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Stability:  # fmt: skip
    """Plain Monte Carlo. codes: of all outcomes, by word; target: one of them. Wilson's intervals for one run a start."""
    _checked(samples)
    label = mapper(draw(starts, samples, seed), seed).label
    return _told(label, codes, target, _interval_of_runs, confidence)


def evenly(
    mapper: Mapper, starts: Distribution, codes: Mapping[str, int], target: str, *, samples: int, seed: int = 0,
    replicates: int = REPLICATES, confidence: float = CONFIDENCE,
) -> Stability:  # fmt: skip
    """Quasi Monte Carlo: `replicates` independent scramblings of Sobol' points, whose shares are what varies.

    samples: in all; each scrambling has a power of two, at least as many as asked for. The interval is Student's with
    `replicates` − 1 degrees of freedom, in Wilson's form. A share of whole points is no surer than a twelfth of a point
    squared, which keeps scramblings that happen to agree from claiming certainty. `unseen` takes the
    points for independent, as at_random's are.
    """
    _checked(samples)
    each = 1 << max(0, int(np.ceil(np.log2(samples / replicates))))
    points = sobol(starts, replicates, each, seed)
    label = mapper(points.reshape(replicates * each, -1), seed).label

    def rule(seen: NDArray[np.float64], level: float) -> Interval:
        shares = seen.reshape(replicates, -1).mean(axis=1)
        variance = max(shares.var(ddof=1), 1 / (12 * each**2)) / replicates
        return effective(shares.mean(), variance, replicates * each, replicates - 1, level)

    told = _told(label, codes, target, rule, confidence)
    shares = (label == codes[target]).reshape(replicates, -1).mean(axis=1)
    return Stability(**{**vars(told), "variance": float(shares.var(ddof=1) / replicates)})


def until(
    mapper: Mapper, starts: Distribution, codes: Mapping[str, int], target: str, *, half_width: float,
    most: int = MOST_SAMPLES, seed: int = 0, confidence: float = CONFIDENCE,
) -> Stability:  # fmt: skip
    """Draw starts until the target's interval is at most ± `half_width`, or `most` are drawn.

    Looking at an ordinary interval until it looks right excludes the truth far more often than it states. These are from a
    confidence sequence (`anytime`), all of which hold at once, so stopping by what is seen does no harm.
    """
    if not 0 < half_width < 0.5:
        raise SamplingError(f"half_width = {half_width:g}: must be above 0 and below 0.5")
    _checked(most)
    parts: list[NDArray[np.int8]] = []
    count, wanted = 0, min(FIRST, most)
    while True:
        own = child(seed, len(parts))
        parts.append(mapper(draw(starts, wanted - count, own), own).label)
        count = wanted
        look = len(parts)
        rare = 1 - (1 - confidence) / (look * (look + 1))  # Σ 1/(k(k + 1)) = 1: the bounds on the unseen all hold as well
        told = _told(np.concatenate(parts), codes, target, _interval_at_any_time, confidence, rare)
        if told.half_width <= half_width or count >= most:
            return Stability(**{**vars(told), "reached": told.half_width <= half_width})
        needed = count * min(GROWTH, 1.05 * (told.half_width / half_width) ** 2)
        wanted = min(most, max(count + FIRST, int(np.ceil(needed))))


def _told(
    label: NDArray[np.int8], codes: Mapping[str, int], target: str, rule: Rule, confidence: float, rare: float | None = None
) -> Stability:
    """(starts, runs) labels as shares; `rule` gives the interval of (starts, runs) zeros and ones, `rare` the
    confidence of the bound on what nobody saw, if another."""
    seen = {word: (label == code).astype(float) for word, code in codes.items()}
    level = shared(confidence, len(codes))
    outcomes = {word: _mean(values, rule(values, confidence)) for word, values in seen.items()}
    known = [int((label == code).sum()) for code in codes.values()]
    against, unresolved = outcomes[target], (label == UNDECIDED).astype(float)
    most = rule(np.maximum(seen[target], unresolved), confidence)
    each = seen[target].mean(axis=1)
    # What nobody saw is told from the first run of each start: only starts are independent draws.
    first = [int((label[:, 0] == code).sum()) for code in codes.values()]
    return Stability(
        outcomes=outcomes,
        together={word: _mean(values, rule(values, level)) for word, values in seen.items()},
        counts=dict(zip(codes, known, strict=True)),
        bounds=Mean(against.mean, against.low, float(most[1])),
        unseen=missing_mass(first, len(codes), confidence if rare is None else rare),
        starts=len(label),
        runs=label.shape[1],
        half_width=(against.high - against.low) / 2,
        variance=float(each.var() / max(1, len(each) - 1)),
    )


def _interval_of_runs(seen: NDArray[np.float64], level: float) -> Interval:
    return wilson(seen.sum(), seen.size, level) if seen.shape[1] == 1 else clustered(seen, level)


def _interval_at_any_time(seen: NDArray[np.float64], level: float) -> Interval:
    return anytime(seen.mean(axis=1).sum(), len(seen), level)


def _mean(values: NDArray[np.float64], interval: Interval) -> Mean:
    return Mean(float(values.mean()), float(interval[0]), float(interval[1]))


def _checked(samples: int) -> None:
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not 1 <= samples <= MOST_SAMPLES:
        raise SamplingError(f"samples = {samples}: must be a whole number from 1 to {MOST_SAMPLES}")
