"""Laws of learning: where evidence takes a Gaussian belief, and where it takes one that misunderstands its evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, count, real
from basin.theory.normal import cdf, mills


def kalman_posterior(
    mean: ArrayLike, covariance: ArrayLike, x: ArrayLike, y: ArrayLike, noise: ArrayLike
) -> tuple[Values, Values]:
    """Belief N(m, V) after n statements y = θ·x + σξ: V_n = (V₀⁻¹ + XᵀX/σ²)⁻¹, m_n = m₀ + V_n Xᵀ(y − X m₀)/σ².

    `mean` (d,), `covariance` (d, d), `x` (n, d), `y` (n,), `noise` σ > 0 in utility units. V₀ may be singular (blind
    features stay known). Errors: shapes that do not fit, noise not positive.
    """
    mean, covariance, x = real("mean", mean), real("covariance", covariance), real("x", x)
    y, noise = real("y", y), real("noise", noise, 0, above=True)
    features = mean.size
    if mean.ndim != 1 or covariance.shape != (features, features) or x.ndim != 2 or x.shape != (y.size, features):
        raise ValueError(
            f"mean {mean.shape}, covariance {covariance.shape}, x {x.shape}, y {y.shape}: must be (d,), (d, d), (n, d), (n,)"
        )
    # (V₀⁻¹ + P)⁻¹ = (I + V₀ P)⁻¹ V₀ needs no inverse of V₀.
    precision = x.T @ x / noise**2
    posterior = np.linalg.solve(np.eye(features) + covariance @ precision, covariance)
    posterior = (posterior + posterior.T) / 2
    return mean + posterior @ x.T @ (y - x @ mean) / noise**2, posterior


def probit_moments(
    mean: ArrayLike,
    variance: ArrayLike,
    answer: ArrayLike,
    noise: ArrayLike,
    *,
    x: ArrayLike = 1.0,
    slope: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
) -> tuple[Values, Values]:
    """Exact mean and variance of θ ~ N(m, v) after a yes (`answer` 1) or no (−1), given P(yes | θ) = Φ((a θ x + o)/τ).

    With ω² = τ² + a² v x², z = (a m x + o)/ω, ζ = y z and r = ϕ(ζ)/Φ(ζ): m + v x a y r/ω and
    v − (v x a)² r (ζ + r)/ω². Scalars or arrays that broadcast; `noise` τ ≥ 0.
    Errors: variance or noise negative, both 0, an answer other than ±1.
    Source: Rasmussen & Williams 2006, section 3.9, for a = 1, o = 0.
    """
    mean, variance, noise, x, slope, offset, answer = broadcast(
        mean=real("mean", mean),
        variance=real("variance", variance, 0),
        noise=real("noise", noise, 0),
        x=real("x", x),
        slope=real("slope", slope),
        offset=real("offset", offset),
        answer=real("answer", answer, -1, 1),
    )
    if np.any(np.abs(answer) != 1):
        raise ValueError(f"answer = {answer[np.abs(answer) != 1][0]:g}: must be 1 or -1")
    omega = np.sqrt(noise**2 + variance * (slope * x) ** 2)
    if np.any(omega == 0):
        raise ValueError("noise and the variance of a θ x: must not both be 0")
    zeta = answer * (slope * mean * x + offset) / omega
    ratio = 1 / mills(-zeta)
    gain = variance * x * slope / omega
    return mean + gain * answer * ratio, variance - gain**2 * ratio * (zeta + ratio)


def assumed_noise_limit(values: ArrayLike, assumed_noise: ArrayLike, noise: ArrayLike) -> Values:
    """Where comparisons take a belief that assumes noise τ̂ while people have τ: m → (τ̂/τ) θ, the direction unharmed.

    Exact, since Φ(m·x/τ̂) then equals Φ(θ·x/τ). Errors: either noise not positive.
    """
    values, assumed = real("values", values), real("assumed_noise", assumed_noise, 0, above=True)
    return values * assumed / real("noise", noise, 0, above=True)


def preventing_bias(behaves: ArrayLike = 0.05) -> Values:
    """The evidence bias beyond which bias alone prevents knowing: √(1/(1 − ε)² − 1).

    m → θ + bias·b with b ⊥ θ has cos(m, θ) = 1/√(1 + bias²), below 1 − ε iff bias exceeds this (.3287 at ε = .05).
    Errors: ε outside [0, 1).
    """
    tolerated = real("behaves", behaves, 0, 1)
    if np.any(tolerated == 1):
        raise ValueError("behaves = 1: must be below 1")
    return np.sqrt(1 / (1 - tolerated) ** 2 - 1)


def lapse_limit(lapse: ArrayLike, coefficient: ArrayLike) -> Values:
    """Where lapses that go unmodelled take a probit learner: the coefficient b̂ that minimises the KL divergence.

    Answers follow (1 − ε) Φ(b x) + ε/2 with x ~ N(0, 1); the learner's model is Φ(b̂ x). The minimiser solves
    E[x (P(yes | x) − Φ(b̂ x)) (R(b̂x)⁻¹ + R(−b̂x)⁻¹)] = 0, R the Mills ratio. In d dimensions, x ~ N(0, I), the direction
    is unharmed and b = ‖θ‖/τ. Errors: lapse outside [0, 1], coefficient negative. Source: Berk 1966.
    """
    lapse, coefficient = broadcast(lapse=real("lapse", lapse, 0, 1), coefficient=real("coefficient", coefficient, 0))
    limit: Values = np.vectorize(_lapse_limit, otypes=[float])(lapse, coefficient)[()]
    return limit


def _lapse_limit(lapse: Any, coefficient: Any) -> float:
    from scipy.integrate import quad
    from scipy.optimize import brentq

    if lapse == 0 or coefficient == 0:
        return float(coefficient)
    if lapse == 1:
        return 0.0

    def score(learned: Any) -> float:
        def item(x: Any) -> float:
            surprise = (1 - lapse) * cdf(coefficient * x) + lapse / 2 - cdf(learned * x)
            error: float = x * surprise * (1 / mills(learned * x) + 1 / mills(-learned * x)) * np.exp(-x * x / 2)
            return error

        # The integrand is even in x; 12 standard deviations hold all of it.
        points = sorted(scale for scale in {1 / coefficient, 5 / coefficient, 1.0} if scale < 12)
        return quad(item, 0, 12, points=points, epsabs=1e-14, epsrel=1e-12, limit=500)[0]

    return brentq(score, 0.0, coefficient, xtol=1e-13 * coefficient, rtol=1e-14)


def self_confirming_error(start_error: ArrayLike, prior_items: ArrayLike, tilt: ArrayLike, episodes: ArrayLike) -> Values:
    """E[err_T] = err₀ ∏_{s=1..T} (n₀ + s − 1 + κ)/(n₀ + s): evidence that leans by κ toward what the agent believes.

    `prior_items` n₀ = σ²/v₀ > 0 is how many statements the prior is worth, `tilt` κ in [0, 1] (1: nothing is learned).
    The product is (n₀ + 1 + T)_{κ−1} / (n₀ + 1)_{κ−1} in rising factorials, so T may be 1e12. It falls like T^{κ−1}.
    Errors: prior_items not positive, tilt outside [0, 1], episodes negative or not whole.
    """
    start_error, episodes = real("start_error", start_error), count("episodes", episodes, 0)
    prior_items, tilt = real("prior_items", prior_items, 0, above=True), real("tilt", tilt, 0, 1)
    return start_error * _shrinkage(prior_items, tilt, episodes)


def self_confirming_coverage_limit(k: ArrayLike, tilt: ArrayLike) -> Values:
    """How often the truth lies within k posterior s.d. after long: 2Φ(k√(1 − 2κ)) − 1 for κ < ½, and 0 above.

    The belief's variance falls like 1/n while the error's falls like 1/((1 − 2κ) n), or slower from κ = ½ on.
    Errors: k negative, tilt outside [0, 1].
    """
    k, tilt = real("k", k, 0), real("tilt", tilt, 0, 1)
    return 2 * cdf(k * np.sqrt(np.maximum(1 - 2 * tilt, 0.0))) - 1


def self_confirming_coverage(
    k: ArrayLike,
    tilt: ArrayLike,
    prior_items: ArrayLike,
    start_error: ArrayLike,
    episodes: ArrayLike,
    noise: ArrayLike = 1.0,
) -> Values:
    """The same after `episodes` T statements of `noise` σ, exactly: the approach to the limit is slow near κ = ½.

    err_T ~ N(err₀ P_T, σ² Σ_s (P_T/P_s)²/(n₀ + s)²), P the product of `self_confirming_error`; the belief's variance is
    σ²/(n₀ + T). Takes O(T), T ≤ 10⁷. Errors: as above, noise not positive.
    """
    arguments = broadcast(
        k=real("k", k, 0),
        tilt=real("tilt", tilt, 0, 1),
        prior_items=real("prior_items", prior_items, 0, above=True),
        start_error=real("start_error", start_error),
        episodes=count("episodes", episodes, 0, 1e7),
        noise=real("noise", noise, 0, above=True),
    )
    coverage: Values = np.vectorize(_coverage, otypes=[float])(*arguments)[()]
    return coverage


def _coverage(k: Any, tilt: Any, prior_items: Any, start_error: Any, episodes: Any, noise: Any) -> float:
    steps = np.arange(1.0, episodes + 1)
    product = np.append(1.0, _shrinkage(prior_items, tilt, steps))
    shift = start_error * product[-1]
    scatter = noise * np.sqrt(np.sum((product[-1] / product[1:] / (prior_items + steps)) ** 2))
    reach = k * noise / np.sqrt(prior_items + episodes)
    if scatter == 0:
        return float(abs(shift) <= reach)
    return float(cdf((reach - shift) / scatter) - cdf((-reach - shift) / scatter))


def _shrinkage(prior_items: Values, tilt: Values, episodes: Values) -> Values:
    from scipy.special import poch

    return poch(prior_items + 1 + episodes, tilt - 1) / poch(prior_items + 1, tilt - 1)
