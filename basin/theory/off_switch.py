"""The off-switch game: when an agent that is unsure about values lets a human decide, and when it never asks.

A plan's utility is U ~ N(μ, σ²) in the agent's belief. It may act (worth μ), drop the plan (worth 0), or ask a human
who approves with noise. The game is Hadfield-Menell et al. 2017 ("The Off-Switch Game"); the learner is this project's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, count, real
from basin.theory.normal import bisect, cdf, density, mills, mills_gap, quantile

_NOISE_FLOOR = 1e-12  # the model's floor on ω: below it the human is a step, ½ at 0


def approval_probability(
    mu: ArrayLike, sigma: ArrayLike, tau: ArrayLike, *, slope: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> Values:
    """Q = P(approve) = Φ((a μ + o)/ω), ω² = τ² + a² σ²: how likely a noisy human is to let the plan go ahead.

    The human approves when a U + o + τ ξ > 0. `mu`, `sigma`, `tau`, `offset` in utility units; `slope` = a and
    `offset` = o are 1 and 0 unless the human's view is tilted. Errors: sigma or tau negative.
    """
    z, _, _ = _probit(mu, sigma, tau, slope, offset)
    return cdf(z)


def approved_utility(
    mu: ArrayLike, sigma: ArrayLike, tau: ArrayLike, *, slope: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> Values:
    """W = E[U · approve] = μ Q + (a σ²/ω) ϕ(z), the value of asking, in utility units. Arguments as for Q above."""
    z, gain, mu = _probit(mu, sigma, tau, slope, offset)
    return mu * cdf(z) + gain * density(z)


def incentive(mu: ArrayLike, sigma: ArrayLike, tau: ArrayLike) -> Values:
    """Δ = (σ²/ω) ϕ(μ/ω) − |μ| Φ(−|μ|/ω), ω² = τ² + σ²: what asking adds over the better of acting and dropping.

    In utility units, for a probit human of noise `tau`; tau = 0 is the rational human, for whom Δ ≥ 0 always. Asking is
    right iff Δ ≥ 0. Errors: sigma or tau negative. Source: Hadfield-Menell et al. 2017, with a probit human.
    """
    z, gain, mu = _probit(mu, sigma, tau, 1.0, 0.0)
    return gain * density(z) - np.abs(mu) * cdf(-np.abs(z))


def incentive_logistic(mu: ArrayLike, sigma: ArrayLike, beta: ArrayLike) -> Values:
    """Δ = E[U / (1 + e^{−U/β})] − max(μ, 0) for a human who approves with probability 1/(1 + e^{−U/β}).

    Pairing U with −U turns this into one integral whose sign is plain, computed by quadrature:
    Δ = e^{−μ²/2σ²} ∫₀^∞ (x/σ) ϕ(x/σ) sinh(x (1/2β − |μ|/σ²)) / cosh(x/2β) dx,
    so Δ = 0 exactly at σ² = 2 β |μ|. `beta` is the human's temperature in utility units; 0 is rational.
    Errors: sigma or beta negative. Source: Hadfield-Menell et al. 2017.
    """
    mu, sigma, beta = broadcast(mu=real("mu", mu), sigma=real("sigma", sigma, 0), beta=real("beta", beta, 0))
    incentive: Values = np.vectorize(_incentive_logistic, otypes=[float])(mu, sigma, beta)[()]
    return incentive


def _incentive_logistic(mu: float, sigma: float, beta: float) -> float:
    from scipy.integrate import quad
    from scipy.special import expit

    if beta == 0:
        return float(incentive(mu, sigma, 0.0))
    if sigma == 0:
        return -abs(mu) * expit(-abs(mu) / beta)
    distance, steepness = abs(mu) / sigma, sigma / (2 * beta)
    lead = (sigma * sigma - 2 * beta * abs(mu)) / (2 * beta * sigma)  # its sign is the sign of Δ

    def paired(t: float) -> float:
        # The exponents of sinh, cosh and ϕ are summed before exp, so that nothing overflows.
        power = -((t + distance) ** 2) / 2 if lead > 0 else -((t - distance) ** 2) / 2 - 2 * steepness * t
        return t * math.exp(power) * -math.expm1(-2 * abs(lead) * t) / (1 + math.exp(-2 * steepness * t))

    peak = max(distance - 2 * steepness, 0.0) if lead < 0 else 0.0
    scales = {1 / steepness, 10 / steepness, 1 / (1 + distance), 1.0, peak, peak - 3, peak + 3}
    points = sorted(scale for scale in scales if 0 < scale < peak + 12)
    total = quad(paired, 0, peak + 12, points=points, epsabs=0, epsrel=1e-11, limit=500)[0]
    return math.copysign(sigma * total / math.sqrt(2 * math.pi), lead) if lead else 0.0


def smallest_asked(spread: ArrayLike, tau: ArrayLike, belief: ArrayLike = 1.0) -> Values:
    """|φ| above which a one-dimensional learner asks, its belief being N(m, v) with |m| = `belief`, v = `spread`².

    A plan φ has U ~ N(m φ, v φ²), and Δ(φ) ≥ 0 reads R(z)/z ≤ v/m² with z = |m φ|/ω and the Mills ratio R = Φ(−z)/ϕ(z):
    only plans with |φ| = z τ / √(m² − v z²) or more are worth a question. ∞ at spread 0, 0 at tau = 0.
    Errors: spread or tau negative, belief not positive.
    """
    tau, belief = real("tau", tau, 0), real("belief", belief, 0, above=True)
    spread, tau, belief = broadcast(spread=real("spread", spread, 0), tau=tau, belief=belief)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.maximum((spread / belief) ** 2, 1e-300)
        # R(z) < 1/z bounds the root above; R(½) > .87 bounds it below.
        z = bisect(lambda z: ratio - mills(z) / z, 0.5 / (1 + ratio), 1 / np.sqrt(ratio))
        threshold = z * tau / (belief * np.sqrt(mills_gap(z)))
        return np.where(tau == 0, 0.0, np.where(spread == 0, np.inf, threshold))[()]


def ever_asks(spread: ArrayLike, tau: ArrayLike, episodes: ArrayLike, belief: ArrayLike = 1.0) -> Values:
    """P(a one-dimensional learner asks at least once in T `episodes`) = 1 − (2Φ(|φ|*) − 1)^T.

    |φ|* is `smallest_asked`; one random plan φ ~ N(0, 1) comes per episode and the belief stands still until it asks.
    Errors: as for `smallest_asked`; episodes below 1 or not whole.
    """
    episodes = count("episodes", episodes)
    threshold = smallest_asked(spread, tau, belief)
    with np.errstate(divide="ignore"):
        return -np.expm1(episodes * np.log1p(-2 * cdf(-threshold)))


def critical_variance(tau: ArrayLike, episodes: ArrayLike, belief: ArrayLike = 1.0) -> Values:
    """v_c, the variance spread² at which a one-dimensional learner asks within T `episodes` with probability ½.

    It solves Δ(φ) = 0 at φ = Φ⁻¹(1 − (1 − 2^{−1/T})/2), the median of the largest |φ| in T plans:
    z/√(1 − z R(z)) = |m| φ/τ, then v_c = m² R(z)/z. It recedes like 1/√ln T. Zero at tau = 0.
    Errors: tau negative, belief not positive, episodes below 1 or not whole.
    """
    episodes = count("episodes", episodes)
    tau, belief = real("tau", tau, 0), real("belief", belief, 0, above=True)
    tau, episodes, belief = broadcast(tau=tau, episodes=episodes, belief=belief)
    median = -quantile(-np.expm1(-np.log(2) / episodes) / 2)
    reach = belief * median / np.where(tau == 0, 1.0, tau)
    z = bisect(lambda z: z - reach * np.sqrt(mills_gap(z)), np.zeros_like(reach), reach)
    return np.where(tau == 0, 0.0, belief**2 * mills(z) / z)[()]


def _probit(
    mu: ArrayLike, sigma: ArrayLike, tau: ArrayLike, slope: ArrayLike, offset: ArrayLike
) -> tuple[Values, Values, Values]:
    """(z, a σ²/ω, μ), checked."""
    mu, sigma, tau = real("mu", mu), real("sigma", sigma, 0), real("tau", tau, 0)
    slope, offset = real("slope", slope), real("offset", offset)
    mu, sigma, tau, slope, offset = broadcast(mu=mu, sigma=sigma, tau=tau, slope=slope, offset=offset)
    omega = np.maximum(np.hypot(tau, slope * sigma), _NOISE_FLOOR)
    return (slope * mu + offset) / omega, slope * sigma**2 / omega, mu
