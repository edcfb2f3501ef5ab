"""Motives that compete: what the agent's own reflection makes of several motives.

Reflection raises each motive's share by its strength s_k times how well the acting direction u serves it, cos(u, v_k).
With the motives' norms n_k (‖m‖ for care, 1 for the rest) and cosines M_kl this is a replicator equation with payoffs
diag(s) M diag(n), a rescaled partnership game (Hofbauer & Sigmund 1998, "Evolutionary Games and Population Dynamics").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, cosine, real


def separatrix(reflection: ArrayLike, guarding: ArrayLike, overlap: ArrayLike, strength: ArrayLike = 1.0) -> Values:
    """The care share p₀ in [0, 1] that parts two motives: p₀/(1 − p₀) = (γ − κ′o)/(ρ (κ′ − γo)).

    `reflection` is κ′ = κα, `guarding` γ (times α^g if guarding needs the argument), `overlap` o = cos(v₁, m) and
    `strength` ρ = ‖m‖ (1 when motives weigh directions). Starts above end in care, starts below in the own motive.
    0: every start converges (κ′o ≥ γ). 1: none does (κ′ ≤ γo, which wins where both hold, since nothing moves there).
    Errors: reflection or guarding negative, overlap outside [−1, 1], strength not positive.
    """
    reflection, guarding, overlap, strength = broadcast(
        reflection=real("reflection", reflection, 0),
        guarding=real("guarding", guarding, 0),
        overlap=cosine("overlap", overlap),
        strength=real("strength", strength, 0, above=True),
    )
    against = guarding - reflection * overlap
    towards = strength * (reflection - guarding * overlap)
    inside = (against > 0) & (towards > 0)
    share = against / np.where(inside, against + towards, 1.0)
    return np.where(inside, share, np.where(towards <= 0, 1.0, 0.0))[()]


def sufficient_overlap(reflection: ArrayLike, guarding: ArrayLike) -> Values:
    """o = γ/κ′, the overlap from which every start converges: what "sufficiently close" means. Above 1: no overlap is.

    ∞ where reflection is 0. Errors: reflection or guarding negative.
    """
    reflection, guarding = broadcast(reflection=real("reflection", reflection, 0), guarding=real("guarding", guarding, 0))
    return np.where(reflection > 0, guarding / np.where(reflection > 0, reflection, 1.0), np.inf)[()]


def payoffs(strengths: ArrayLike, cosines: ArrayLike, norms: ArrayLike) -> Values:
    """The replicator's payoff matrix A = diag(s) M diag(n), shape (..., K, K).

    `strengths` s and `norms` n, shape (..., K); `cosines` M, shape (..., K, K), symmetric with a unit diagonal.
    """
    strengths, cosines, norms = _game(strengths, cosines, norms)
    return strengths[..., :, None] * cosines * norms[..., None, :]


def attracting_corners(strengths: ArrayLike, cosines: ArrayLike) -> Values:
    """Which single motives attract: corner k does iff s_k > s_l M_kl for every l ≠ k. Booleans, shape (..., K).

    Shapes as for `payoffs`; the norms do not matter at a corner.
    """
    strengths, cosines, _ = _game(strengths, cosines, 1.0)
    invasion = strengths[..., None, :] * cosines
    rivals = ~np.eye(strengths.shape[-1], dtype=bool)
    attracts: Values = np.all(strengths[..., :, None] > invasion, axis=-1, where=rivals)
    return attracts


def reflection_flow(shares: ArrayLike, strengths: ArrayLike, cosines: ArrayLike, norms: ArrayLike) -> Values:
    """dp_k/dt = p_k (f_k − Σ_l p_l f_l) with f_k = s_k cos(u, v_k): reflection alone, per episode, shape (..., K).

    `shares` p, shape (..., K), non-negative with sum 1; the rest as for `payoffs`. The engine's step
    p_k ∝ p_k exp(f_k) follows this flow when strengths are small. Where u = 0 its cosines are 0 and nothing moves.
    """
    shares = _shares(shares)
    strengths, cosines, norms = _game(strengths, cosines, norms)
    weight = shares * norms
    pull = np.einsum("...kl,...l->...k", cosines, weight)
    length = np.sqrt(np.maximum(np.sum(weight * pull, axis=-1, keepdims=True), 0.0))
    force = strengths * pull / np.where(length > 0, length, np.inf)
    flow: Values = shares * (force - np.sum(shares * force, axis=-1, keepdims=True))
    return flow


def potential(shares: ArrayLike, strengths: ArrayLike, cosines: ArrayLike, norms: ArrayLike) -> Values:
    """‖u‖ / Σ_k p_k n_k/s_k, which reflection only ever raises: it never cycles. Shape (...), arguments as above.

    In the shares x_k ∝ p_k n_k/s_k the game is symmetric, diag(s) M diag(s), so xᵀ diag(s) M diag(s) x grows along
    every path; it is convex, so it peaks only at corners. This is its root.
    Errors: as above, and any strength or norm 0.
    """
    shares = _shares(shares)
    strengths, cosines, norms = _game(strengths, cosines, norms)
    real("strengths", strengths, 0, above=True)
    real("norms", norms, 0, above=True)
    weight = shares * norms
    square = np.einsum("...k,...kl,...l->...", weight, cosines, weight)
    value: Values = np.sqrt(np.maximum(square, 0.0)) / np.sum(weight / strengths, axis=-1)
    return value


def logit_temperature_bound(reflection: ArrayLike, guarding: ArrayLike, overlap: ArrayLike, cares: float = 0.05) -> Values:
    """The temperature above which the logit rule aligns no start: (κ′ − γo)/ln((1 − ε_w)/ε_w), at least 0.

    At u = m̂ the softmax of κ′/T and γo/T gives care the share 1 − ε_w at this T (ln 19 at ε_w = .05), off m̂ less.
    Errors: reflection or guarding negative, overlap outside [−1, 1], cares outside (0, ½).
    """
    reflection, guarding = real("reflection", reflection, 0), real("guarding", guarding, 0)
    overlap, tolerated = cosine("overlap", overlap), real("cares", cares, 0, above=True)
    if np.any(tolerated >= 0.5):
        raise ValueError(f"cares = {np.max(tolerated):g}: must be above 0 and below 0.5")
    return np.maximum(reflection - guarding * overlap, 0.0) / np.log((1 - tolerated) / tolerated)


def _game(strengths: ArrayLike, cosines: ArrayLike, norms: ArrayLike) -> tuple[Values, Values, Values]:
    strengths, norms = real("strengths", strengths, 0), real("norms", norms, 0)
    cosines = cosine("cosines", cosines)
    motives = strengths.shape[-1] if strengths.ndim else 0
    if motives < 2 or cosines.shape[-2:] != (motives, motives):
        raise ValueError(
            f"strengths {strengths.shape} and cosines {cosines.shape}: must be (..., K) and (..., K, K) with K ≥ 2"
        )
    if not np.allclose(cosines, np.swapaxes(cosines, -1, -2), rtol=0, atol=1e-9):
        raise ValueError("cosines: must be symmetric")
    if not np.allclose(np.diagonal(cosines, axis1=-2, axis2=-1), 1.0, rtol=0, atol=1e-9):
        raise ValueError("cosines: the diagonal must be 1")
    if norms.ndim and norms.shape[-1] not in (1, motives):
        raise ValueError(f"norms {norms.shape}: must be (..., K) with K = {motives}")
    return strengths, cosines, np.broadcast_to(norms, np.broadcast_shapes(norms.shape, (motives,)))


def _shares(shares: ArrayLike) -> Values:
    shares = real("shares", shares, 0, 1)
    if not np.allclose(shares.sum(axis=-1), 1.0, rtol=0, atol=1e-9):
        raise ValueError("shares: must sum to 1 over the last axis")
    return shares
