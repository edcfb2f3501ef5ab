"""People who differ: what pooling their judgements gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, real

NODES = 80  # of Gauss-Hermite quadrature


def pooled_direction(people: ArrayLike, noise: float, weights: ArrayLike | None = None) -> Values:
    """unit(Σ w_h θ_h/√(τ² + ‖θ_h‖²)), shape (d,): what binary answers of people h about x ~ N(0, I) point to.

    Exactly the direction of E[y x] (by Stein's lemma E[y x] = √(2/π) Σ w_h θ_h/√(τ² + ‖θ_h‖²)) and nearly that of the probit
    fit (`pooled_limit`). Each person has one vote per answer however much they care: with `noise` τ → 0 every θ_h counts by
    its direction alone, as in a Borda count, while the mean Σ w_h θ_h is what utilitarians would maximise. Siththaranjan,
    Laidlaw & Hadfield-Menell (2024) show that learning preferences with hidden context amounts to Borda count.

    people: (H, d), utility units. weights: (H,), by default all alike. Errors: shapes, a negative noise or weight.
    """
    people, weights = _crowd(people, weights)
    noise = float(real("noise", noise, 0))
    lengths = np.sqrt(noise**2 + (people**2).sum(axis=1))
    pooled = weights @ (people / np.where(lengths > 0, lengths, 1.0)[:, None])
    return pooled / np.linalg.norm(pooled)


def pooled_limit(
    people: ArrayLike, noise: float, weights: ArrayLike | None = None, assumed_noise: float | None = None
) -> Values:
    """The m, shape (d,), to which a probit learner goes that hears people h, each with noise τ, about x ~ N(0, I).

    It minimises the divergence from what is answered to Φ(m·x/τ̂) (Berk 1966): with v_h the variance of θ_h·x given m·x,
    E[answer yes | m·x = b] = Σ w_h Φ((θ_h·m/‖m‖²) b/√(τ² + v_h)), so that one integral over b is left. `assumed_noise` τ̂ is
    by default the true noise, and only scales m. Errors: as for `pooled_direction`; noise 0.
    """
    from scipy import optimize, special

    people, weights = _crowd(people, weights)
    noise = float(real("noise", noise, 0, above=True))
    node, measure = np.polynomial.hermite_e.hermegauss(NODES)
    measure = measure / measure.sum()

    def loss(m: Values) -> float:
        length = np.linalg.norm(m)
        along = people @ m / length  # θ_h·x given z = m·x/‖m‖ is N(along z, ‖θ_h‖² − along²)
        rest = np.maximum((people**2).sum(axis=1) - along**2, 0)
        yes = weights @ special.ndtr(along[:, None] * node / np.sqrt(noise**2 + rest)[:, None])
        fit = length * node / noise
        return -float(measure @ (yes * special.log_ndtr(fit) + (1 - yes) * special.log_ndtr(-fit)))

    start = pooled_direction(people, noise, weights)
    found = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-9})
    return found.x * ((assumed_noise if assumed_noise is not None else noise) / noise)


def _crowd(people: ArrayLike, weights: ArrayLike | None) -> tuple[Values, Values]:
    people = real("people", people)
    if people.ndim != 2 or people.size == 0:
        raise ValueError(f"people {people.shape}: must be a table, one row per person")
    weights = np.ones(len(people)) if weights is None else real("weights", weights, 0)
    if weights.shape != (len(people),) or not weights.sum() > 0:
        raise ValueError(f"weights {weights.shape}: must be one for each of {len(people)} people, with a positive sum")
    return people, weights / weights.sum()
