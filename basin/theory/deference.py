"""The flow of deference: a system of its own, in which success at learning values starves the reason to ask.

A share w of cooperation and a variance v of the agent's uncertainty move by
dw/dt = η G(w) (1 − w) − δ w and dv/dt = q − G v²/σ_o², with G = 1 where the agent asks and 0 where it does not.
This is not a limit of the model; it is the smallest system with the same story.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, count, real
from basin.theory.normal import bisect, mills, mills_gap


def deference_boundary(mu: ArrayLike, goal: ArrayLike, variance: ArrayLike) -> Values:
    """w† = g/(g + σϕ(z)/Φ(−z) − μ), z = μ/σ: the cooperation above which an agent asks; below it slides to 0.

    A rational human spares it the expected loss E[−U | U < 0] = σϕ(z)/Φ(−z) − μ of a plan U ~ N(`mu`, `variance`),
    which cooperation weighs against what its own `goal` g gains. Errors: mu negative, goal or variance not positive.
    """
    mu, goal, variance = broadcast(
        mu=real("mu", mu, 0), goal=real("goal", goal, 0, above=True), variance=real("variance", variance, 0, above=True)
    )
    sigma = np.sqrt(variance)
    z = mu / sigma
    loss = sigma * mills_gap(z) / mills(z)
    return goal / (goal + loss)


def deference_fixed_points(
    mu: ArrayLike, goal: ArrayLike, variance: ArrayLike, gain: ArrayLike, decay: ArrayLike
) -> tuple[Values, Values]:
    """(w†, η/(η + δ)) where both 0 and η/(η + δ) are stable at this variance; (nan, nan) where only 0 is.

    `gain` η and `decay` δ are rates. Bistable iff w† < η/(η + δ). Errors: as above; gain not positive, decay negative.
    """
    gain, decay = real("gain", gain, 0, above=True), real("decay", decay, 0)
    boundary, cooperation = broadcast(boundary=deference_boundary(mu, goal, variance), cooperation=gain / (gain + decay))
    bistable = boundary < cooperation
    return np.where(bistable, boundary, np.nan)[()], np.where(bistable, cooperation, np.nan)[()]


def deference_saddle_node(
    mu: ArrayLike, goal: ArrayLike, gain: ArrayLike, decay: ArrayLike, noise: ArrayLike = 1.0
) -> tuple[Values, Values]:
    """(v_c, q_c): the variance, and the inflow of uncertainty, below which cooperation no longer sustains itself.

    v_c solves w†(v_c) = η/(η + δ), that is E[−U | U < 0] = gδ/η, and q_c = v_c²/σ_o² holds v there against
    learning with `noise` σ_o. Errors: mu, goal, gain, decay or noise not positive.
    """
    mu, goal, gain, decay, noise = broadcast(
        mu=real("mu", mu, 0, above=True),
        goal=real("goal", goal, 0, above=True),
        gain=real("gain", gain, 0, above=True),
        decay=real("decay", decay, 0, above=True),
        noise=real("noise", noise, 0, above=True),
    )
    # In z = μ/σ the condition is (1 − zR(z))/(zR(z)) = gδ/(ημ), and the left side falls from ∞ to 0.
    odds = goal * decay / (gain * mu)
    z = bisect(lambda z: odds * z * mills(z) - mills_gap(z), np.zeros_like(odds), 2 + 2 / np.sqrt(odds))
    critical = (mu / z) ** 2
    return critical[()], ((critical / noise) ** 2)[()]


def stages_saddle_node(stages: ArrayLike) -> Values:
    """The largest δ/η at which cooperation in k `stages` survives: (k − 1)^{k−1}/k^k, from dw/dt = ηwᵏ(1 − w) − δw.

    For k ≥ 2 a boundary below the stable point meets it there; for k = 1 (ratio 1) there is no boundary: 0 loses its
    stability instead. Errors: stages below 1 or not whole.
    """
    k = count("stages", stages)
    return np.exp((k - 1) * np.log(np.maximum(k - 1, 1)) - k * np.log(k))


def stages_fixed_points(stages: ArrayLike, gain: ArrayLike, decay: ArrayLike) -> tuple[Values, Values]:
    """(boundary, stable) cooperation of dw/dt = ηwᵏ(1 − w) − δw, the roots of w^{k−1}(1 − w) = δ/η about (k − 1)/k.

    (nan, nan) beyond the saddle-node; the boundary is 0 at k = 1. Errors: as above; gain not positive, decay negative.
    """
    k, gain, decay = broadcast(
        stages=count("stages", stages), gain=real("gain", gain, 0, above=True), decay=real("decay", decay, 0)
    )
    ratio, turn = decay / gain, (k - 1) / k
    alive = ratio <= stages_saddle_node(k)
    boundary = bisect(lambda w: w ** (k - 1) * (1 - w) - ratio, np.zeros_like(turn), turn)
    stable = bisect(lambda w: ratio - w ** (k - 1) * (1 - w), turn, np.ones_like(turn))
    boundary = np.where((k == 1) | (ratio == 0), 0.0, boundary)
    return np.where(alive, boundary, np.nan)[()], np.where(alive, stable, np.nan)[()]
