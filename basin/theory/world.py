"""The world around the learner: growing capability, lock-in, and the stage that brings on other characters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, count, real
from basin.theory.normal import cdf, density


def capability_path(start: ArrayLike, growth: ArrayLike, episodes: int) -> Values:
    """c(0), …, c(T) under c ← c + growth·c (1 − c), exactly; shape (..., T + 1).

    `start` c₀ in (0, 1], `growth` per episode in [0, 1] (more would overshoot 1). Errors: outside these ranges.
    """
    start, growth = _capability(start, growth)
    path = np.empty((*start.shape, int(count("episodes", episodes, 0)) + 1))
    path[..., 0] = start
    for t in range(1, path.shape[-1]):
        path[..., t] = path[..., t - 1] * (1 + growth * (1 - path[..., t - 1]))
    return path


def capability_logistic(start: ArrayLike, growth: ArrayLike, time: ArrayLike) -> Values:
    """c(t) = 1/(1 + (1/c₀ − 1) e^{−growth·t}): the continuous limit of `capability_path` for slow growth.

    Errors: as there; time negative.
    """
    start, growth = _capability(start, growth)
    start, growth, time = broadcast(start=start, growth=growth, time=real("time", time, 0))
    return 1 / (1 + (1 / start - 1) * np.exp(-growth * time))


def lock_in_hazard(
    acts: ArrayLike,
    hazard: ArrayLike,
    capability: ArrayLike,
    mean: ArrayLike,
    sd: ArrayLike,
    tolerance: ArrayLike,
) -> Values:
    """h̄ = P(acts) · E[min(1, hazard·c·(−θ·φ − tolerance)₊)], the chance per episode that a frozen agent locks in.

    `acts` is P(a plan is executed), `mean` and `sd` those of the utility θ·φ ~ N(mean, sd²) of what it does (utility
    units), `tolerance` the harm borne without risk, `hazard` per unit of utility beyond it. With the excess
    X = −θ·φ − tolerance and k = hazard·c, E[min(1, kX₊)] = k (E[X₊] − E[(X − 1/k)₊]). Shapes broadcast.
    Errors: acts outside [0, 1], capability outside [0, 1]; hazard, sd or tolerance negative.
    """
    acts, hazard, capability, mean, sd, tolerance = broadcast(
        acts=real("acts", acts, 0, 1),
        hazard=real("hazard", hazard, 0),
        capability=real("capability", capability, 0, 1),
        mean=real("mean", mean),
        sd=real("sd", sd, 0),
        tolerance=real("tolerance", tolerance, 0),
    )
    rate = hazard * capability
    slope = np.where(rate > 0, rate, 1.0)
    excess = -mean - tolerance
    certain = acts * slope * (_positive_part(excess, sd) - _positive_part(excess - 1 / slope, sd))
    return np.where(rate > 0, certain, 0.0)[()]


def lock_in_survival(chance: ArrayLike, episodes: ArrayLike) -> Values:
    """(1 − h̄)^T: the share of frozen agents not locked in after T `episodes` of chance h̄ each.

    Errors: chance outside [0, 1], episodes negative or not whole.
    """
    chance, episodes = broadcast(chance=real("chance", chance, 0, 1), episodes=count("episodes", episodes, 0))
    return (1 - chance) ** episodes


def persona_shares(start: ArrayLike, weights: ArrayLike, switch: float, lock: float = 0.0, episodes: float = np.inf) -> Values:
    """Persona shares after T `episodes`: w + (start − w)(1 − q)^T, q = switch·(1 − lock); by default the stationary w.

    With probability q an episode redraws the persona from the cast's `weights` (K,), possibly the same one; `start`
    (K,) are the shares at first. At q = 0 they stay. Errors: shapes that differ, weights or shares negative or without
    a positive sum, switch or lock outside [0, 1], episodes negative.
    """
    start, weights = _distribution("start", start), _distribution("weights", weights)
    if start.shape != weights.shape:
        raise ValueError(f"start {start.shape} and weights {weights.shape}: must have one shape")
    redraw = _redraw(switch, lock)
    if np.isnan(episodes) or episodes < 0:
        raise ValueError(f"episodes = {episodes:g}: must be at least 0")
    return weights + (start - weights) * (1.0 if redraw == 0 else (1 - redraw) ** episodes)


def persona_sojourn(weights: ArrayLike, switch: float, lock: float = 0.0) -> Values:
    """Mean episodes from a persona's entry until another takes its place, 1/(q (1 − w_k)), shape (K,).

    q = switch·(1 − lock); a redraw of the same persona does not end its stay. ∞ where nothing else can come.
    Errors: as for `persona_shares`.
    """
    leaving = _redraw(switch, lock) * (1 - _distribution("weights", weights))
    return np.where(leaving > 0, 1 / np.where(leaving > 0, leaving, 1.0), np.inf)


def lock_by_tags(tags: ArrayLike, reliability: ArrayLike) -> Values:
    """tags·(2r − 1)₊: how much of the switching between personas labels stop, a modelling choice of this project.

    A label that is right with probability r tells two equally common kinds of behaviour apart with informedness 2r − 1
    (Youden 1950): 1 if it never errs, 0 if it is a coin. That, times the share `tags` of behaviour that is labelled at all,
    is taken as the lock. Labels that are mostly wrong lock nothing.
    Errors: tags or reliability outside [0, 1].
    """
    tags, reliability = broadcast(tags=real("tags", tags, 0, 1), reliability=real("reliability", reliability, 0, 1))
    return tags * np.maximum(2 * reliability - 1, 0.0)


def _capability(start: ArrayLike, growth: ArrayLike) -> list[Values]:
    return broadcast(start=real("start", start, 0, 1, above=True), growth=real("growth", growth, 0, 1))


def _positive_part(mean: Values, sd: Values) -> Values:
    """E[X₊] for X ~ N(mean, sd²)."""
    spread = np.where(sd > 0, sd, 1.0)
    z = mean / spread
    return np.where(sd > 0, mean * cdf(z) + spread * density(z), np.maximum(mean, 0.0))


def _distribution(name: str, weights: ArrayLike) -> Values:
    weights = real(name, weights, 0)
    if weights.ndim != 1 or weights.sum() <= 0:
        raise ValueError(f"{name} {weights.shape}: must be one row of weights with a positive sum")
    chances: Values = weights / weights.sum()
    return chances


def _redraw(switch: float, lock: float) -> float:
    return float(real("switch", switch, 0, 1) * (1 - real("lock", lock, 0, 1)))
