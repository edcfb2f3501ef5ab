"""Which input of a function matters most: Morris' screening, and Sobol' indices.

    effect_j = (f(x + Δ e_j) − f(x)) / Δ,      μ_j = mean, μ*_j = mean of |effect_j|, σ_j = standard deviation
    first_j = Var E[f | x_j] / Var f,          total_j = E Var[f | all but x_j] / Var f

in words: by how much f changes per width of the range of one input, the others being anywhere in theirs; and which
share of what f varies by an input decides alone, and together with others. Inputs are uniform on [0, 1] and independent.

Sources: Morris 1991; Campolongo, Cariboni & Saltelli 2007 (μ*); Sobol' 2001; Saltelli et al. 2010 and Jansen 1999 (the
estimators); Owen 1997 (independent scramblings); Tukey 1958 (the jackknife). Designs and indices are SALib's (Iwanaga, Usher &
Herman 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.analysis.extras import needed
from basin.analysis.intervals import mean
from basin.analysis.sampling import child

Numbers = NDArray[np.float64]
Function = Callable[[Numbers], Numbers]  # (n, k) points of the unit cube to (n,) values

LEVELS = 4  # of Morris' grid; its step is then 2/3 of the range
SCRAMBLINGS = 8  # of Sobol' points, independent of each other
MOST_POINTS = 10_000_000
VERB = "basin sensitivity"


class SensitivityError(ValueError):
    """A question about sensitivity that has no answer; one line."""


class Screened(NamedTuple):
    """Morris' screening, (k,) each; mu_star with its 95% interval. values: (n,) of all points."""

    mu: Numbers
    mu_star: Numbers
    low: Numbers
    high: Numbers
    sigma: Numbers
    values: Numbers


class Shares(NamedTuple):
    """Sobol' indices, (k,) each, with 95% intervals; estimates may be a little below 0. values: (n,) of all points."""

    first: Numbers
    first_low: Numbers
    first_high: Numbers
    total: Numbers
    total_low: Numbers
    total_high: Numbers
    values: Numbers


def morris(function: Function, inputs: int, *, samples: int, seed: int = 0) -> Screened:
    """Elementary effects along `samples` random walks, each of `inputs` + 1 points; the function is called once.

    Walks are independent, so intervals of μ* are Student's over them, at 95%; a bootstrap of few walks would hold less often.
    Raises SensitivityError for fewer than 2 walks or no input, MissingError without SALib.
    """
    _checked(samples, samples * (inputs + 1), inputs)
    design = needed("SALib.sample.morris", VERB).sample
    points = design(_problem(inputs), samples, num_levels=LEVELS, seed=_seed(seed, 0))
    values = _called(function, points)
    effects = _effects(points.reshape(samples, inputs + 1, inputs), values.reshape(samples, inputs + 1))
    mu_star, low, high = np.transpose([mean(column) for column in np.abs(effects).T])
    return Screened(effects.mean(axis=0), mu_star, np.maximum(0.0, low), high, effects.std(axis=0, ddof=1), values)


def sobol(function: Function, inputs: int, *, samples: int, seed: int = 0) -> Shares:
    """First and total order indices from `samples` (inputs + 2) points, `samples` a power of two; one call.

    The samples are split among 8 independent scramblings of Sobol' points, since points of one say little about how it errs.
    Indices are of all together; their intervals, at 95%, are Student's over what each scrambling adds to them (the jackknife),
    to the logarithm of total order, which is skewed and at most 1. With fewer than 64 samples they hold less often, with 8 in
    83 to 96% of cases. A function that does not vary has no shares: all are 0.
    Raises SensitivityError for another number of samples or no input, MissingError without SALib.
    """
    _checked(samples, samples * (inputs + 2), inputs)
    if samples & (samples - 1):
        raise SensitivityError(f"samples = {samples}: Sobol' indices take a power of two")
    design = needed("SALib.sample.sobol", VERB).sample
    parts = min(SCRAMBLINGS, samples)
    points = [design(_problem(inputs), samples // parts, calc_second_order=False, seed=_seed(seed, at)) for at in range(parts)]
    values = _called(function, np.concatenate(points))
    told = values.reshape(parts, samples // parts, inputs + 2)
    found = _indices(told)
    without = np.array([_indices(np.delete(told, at, axis=0)) for at in range(parts)])
    (first, total), half = found, _half(found[0], without[:, 0])
    low, high = total - _half(total, without[:, 1]), total + _half(total, without[:, 1])
    # where it does nothing without one of the scramblings, there is no logarithm
    for at in np.flatnonzero((without[:, 1] > 0).all(axis=0)):
        ratio = np.exp(_half(np.log(total[[at]]), np.log(without[:, 1, [at]]))[0])
        low[at], high[at] = total[at] / ratio, total[at] * ratio
    low, high = np.maximum(0.0, low), np.minimum(high, np.maximum(1.0, total))
    return Shares(first, first - half, first + half, total, low, high, values)


def _half(found: Numbers, without: Numbers) -> Numbers:
    """Half the width of an interval of what was found (k,), given the same without each part (parts, k): Tukey's jackknife."""
    parts = len(without)
    adds = parts * found - (parts - 1) * without
    return np.array([(one.high - one.low) / 2 for one in map(mean, adds.T)])


def _indices(values: Numbers) -> Numbers:
    """(2, k) of first and total order, from f (..., k + 2) at A, at A with one column of B each, and at B."""
    estimators = needed("SALib.analyze.sobol", VERB)
    values = values.reshape(-1, values.shape[-1])
    mixed = values[:, 1:-1] - values.mean()
    one, other = (np.broadcast_to(values[:, [at]] - values.mean(), mixed.shape) for at in (0, -1))
    if np.ptp(values[:, [0, -1]]) == 0:  # of which SALib would warn
        return np.zeros((2, mixed.shape[1]))
    return np.array([estimators.first_order(one, mixed, other), estimators.total_order(one, mixed, other)])


def _effects(walks: Numbers, values: Numbers) -> Numbers:
    """(walks, k) effects of each input, from points (walks, k + 1, k) of which each differs from the last in one."""
    moves = np.diff(walks, axis=1)
    moved = np.abs(moves).argmax(axis=2)
    effects = np.diff(values, axis=1) / np.take_along_axis(moves, moved[..., None], axis=2)[..., 0]
    return np.take_along_axis(effects, np.argsort(moved, axis=1), axis=1)


def _problem(inputs: int) -> dict[str, Any]:
    return {"num_vars": inputs, "names": [f"x{at}" for at in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def _seed(seed: int, use: int) -> int:
    """Never 0, which SALib takes for none at all."""
    return child(seed, 0x5E25, use) or 1


def _called(function: Function, points: Numbers) -> Numbers:
    values = np.asarray(function(points), float)
    if values.shape != (len(points),) or not np.isfinite(values).all():
        raise SensitivityError("the function gave no finite number at some point")
    return values


def _checked(samples: int, points: int, inputs: int) -> None:
    if inputs < 1:
        raise SensitivityError("nothing varies: give a path with a range")
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or samples < 2 or points > MOST_POINTS:
        raise SensitivityError(f"samples = {samples}: must be a whole number from 2, for at most {MOST_POINTS} points in all")
