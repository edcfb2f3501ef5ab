"""Search: the best of N random plans, and what searching on a proxy buys."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, cosine, real
from basin.theory.normal import density

_MOST = 1e9  # the quadrature below is checked up to here
_CHUNK = 1024  # distinct N at a time, which bounds memory


def best_of(candidates: ArrayLike) -> Values:
    """e_N = E[max of N standard normals], in s.d. of a random plan's utility: 0 at N = 1, about √(2 ln N) for large N.

    `candidates` N in [1, 10⁹], any shape; distinct values are computed once. Relative error < 1e-10.
    e_N = N ∫₀^∞ x ϕ(x) (Φ(x)^{N−1} − Φ(−x)^{N−1}) dx, the positive and the negative side of ∫ x d(Φ^N) folded together,
    by the trapezoid rule, which converges geometrically for a smooth integrand that vanishes at both ends.
    Errors: N outside the range. Source: David & Nagaraja 2003, "Order Statistics".
    """
    return _over_distinct(_mean, candidates)


def best_of_variance(candidates: ArrayLike) -> Values:
    """The variance of the maximum of N standard normals: 1 at N = 1, falling like π²/(12 ln N). As for `best_of`."""
    return _over_distinct(lambda n: _second_moment(n) - _mean(n) ** 2, candidates)


def chosen_plan(overlap: ArrayLike, candidates: ArrayLike) -> tuple[Values, Values]:
    """Mean and s.d. of the true utility θ·φ of the plan chosen from N by direction û, cos(u, θ) = `overlap` = c.

    Along û the plan is the maximum of N normals, across it a normal: mean c e_N, variance 1 − c² + c² Var(max).
    Normal for N = 1, nearly so otherwise. Errors: overlap outside [−1, 1], candidates outside [1, 10⁹].
    """
    along = cosine("overlap", overlap)
    return along * best_of(candidates), np.sqrt(1 - along**2 * (1 - best_of_variance(candidates)))


def proxy_search(utility_sd: ArrayLike, error_sd: ArrayLike, candidates: ArrayLike) -> Values:
    """E[U | best of N by U + E] = σ_u²/√(σ_u² + σ_e²) · e_N: true utility bought by searching on a proxy.

    The proxy itself promises √(σ_u² + σ_e²) e_N; the difference is the winner's curse of an agent that takes it at its
    word. Errors: utility_sd not positive, error_sd negative, candidates outside [1, 10⁹].
    """
    utility, error = real("utility_sd", utility_sd, 0, above=True), real("error_sd", error_sd, 0)
    return utility * (utility / np.hypot(utility, error)) * best_of(candidates)


@cache
def _grid() -> tuple[Values, Values, Values, Values]:
    """Nodes x ≥ 0, trapezoid weights times ϕ(x), ln Φ(x) and ln Φ(−x)."""
    from scipy.special import log_ndtr

    step = 1 / 32
    x = np.arange(0.0, 12.0, step)
    weight = step * density(x)
    weight[0] /= 2
    return x, weight, log_ndtr(x), log_ndtr(-x)


def _mean(n: Values) -> Values:
    # Summed along each N's own row, not by a matrix product: e_N has the same bits whatever else is asked for.
    x, weight, upper, lower = _grid()
    more = n[:, None] - 1
    mean: Values = n * np.sum((np.exp(more * upper) - np.exp(more * lower)) * (x * weight), axis=1)
    return mean


def _second_moment(n: Values) -> Values:
    x, weight, upper, lower = _grid()
    more = n[:, None] - 1
    moment: Values = n * np.sum((np.exp(more * upper) + np.exp(more * lower)) * (x * x * weight), axis=1)
    return moment


def _over_distinct(function: Callable[[Values], Values], candidates: ArrayLike) -> Values:
    candidates = real("candidates", candidates, 1, _MOST)
    distinct, where = np.unique(candidates, return_inverse=True)
    chunks = [function(distinct[i : i + _CHUNK]) for i in range(0, distinct.size, _CHUNK)]
    return np.concatenate([np.empty(0), *chunks])[where].reshape(candidates.shape)[()]
