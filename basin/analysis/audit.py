"""How large a basin is, whatever a tree of cells has missed: a stratified audit with random points.

A tree predicts for every point of the window whether it is in the basin. Random points that it never saw say how often that
is wrong, in each of a few strata of cells that look alike, and the area is the sum over strata of

    weight × share of the stratum's audit points that are in the basin.

Given the tree this is unbiased, be the tree as wrong as it may. It is the regression estimator with the tree's prediction
as control variate (Owen 2013, section 8.9; Cochran 1977, chapter 5): where the tree is right, nothing varies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.analysis.intervals import Mean, mean, wilson

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Strata:
    """Finest cells that look alike. of: (cells…,) int8, which stratum each belongs to. names: what strata are called."""

    of: NDArray[np.int8]
    sure: tuple[int, ...]
    """Strata in which the tree expects to be right throughout."""

    @property
    def present(self) -> NDArray[np.int8]:
        return np.unique(self.of)

    def weight(self, stratum: int) -> float:
        """Its part of the window."""
        return float((self.of == stratum).mean())

    def counts(self, points: int) -> dict[int, int]:
        """How many audit points go where: half to the sure strata and half to the others, by area, at least 2 to each."""
        share: dict[int, float] = {}
        for group in ([s for s in self.present if s in self.sure], [s for s in self.present if s not in self.sure]):
            area = sum(self.weight(s) for s in group)
            share |= {int(s): self.weight(s) / area for s in group}
        halves = 2 if len({s in self.sure for s in share}) == 2 else 1
        return {stratum: max(2, round(points * part / halves)) for stratum, part in share.items()}

    def draw(self, stratum: int, points: int, chance: np.random.Generator) -> Numbers:
        """Points (n, k) of the unit cube, uniform over a stratum."""
        cells = np.flatnonzero(self.of.reshape(-1) == stratum)
        chosen = np.stack(np.unravel_index(cells[chance.integers(len(cells), size=points)], self.of.shape), axis=1)
        drawn: Numbers = (chosen + chance.random(chosen.shape)) / self.of.shape[0]
        return drawn


def combined(weights: list[float], values: list[Numbers]) -> Mean:
    """Σ weight × mean of independent strata, with a 95% interval.

    values: of each stratum's audit points, zeros and ones or numbers that average the same. Each stratum's mean has its own
    interval (Wilson's for zeros and ones, Student's otherwise), and the distances of their ends from the means are added in
    squares: the method of variance estimates recovery (Zou & Donner 2008). Where a stratum showed nothing but what was
    expected, its Wilson end still says what may have been missed, so the interval never claims more than was audited.
    """
    middle, below, above = 0.0, 0.0, 0.0
    for weight, stratum in zip(weights, values, strict=True):
        found = _mean(stratum)
        middle += weight * found.mean
        below += (weight * (found.mean - found.low)) ** 2
        above += (weight * (found.high - found.mean)) ** 2
    return Mean(middle, max(0.0, middle - np.sqrt(below)), min(1.0, middle + np.sqrt(above)))


def _mean(values: Numbers) -> Mean:
    if np.isin(values, (0.0, 1.0)).all():
        low, high = wilson(values.sum(), len(values))
        return Mean(float(values.mean()), float(low), float(high))
    return mean(values)


def majority(successes: NDArray[np.intp], runs: int) -> Numbers:
    """Numbers that average to [P > ½] where `successes` of an odd number of runs were seen, but for terms in 1/runs².

    The majority of R runs is on the wrong side near P = ½, and where P bends there that moves the area by about c/R. The
    majority of a random R′ = R/3 of the same runs is moved by c/R′; (R·one − R′·other)/(R − R′) is moved by neither: a
    jackknife (Quenouille 1956). Less than three runs are taken as they are.
    """
    if runs < 3:
        return (2 * successes > runs).astype(float)
    from scipy.stats import hypergeom

    fewer = runs // 3 - (runs // 3 + 1) % 2
    counts = np.arange(runs + 1)
    table = (runs * (2 * counts > runs) - fewer * hypergeom.sf(fewer // 2, runs, counts, fewer)) / (runs - fewer)
    return table[successes]
