"""Many agents: who takes over, how long alignment lasts, and what those who listen to one another come to believe."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.theory.inputs import Values, broadcast, count, real
from basin.theory.learning import self_confirming_error

CONSENSUS = 1e-10  # |λ₂| nearer to 1 than this counts as 1

# ---- Police --------------------------------------------------------------------------------------------------------


def police_flow(x: ArrayLike, c: ArrayLike, s: ArrayLike, k: ArrayLike) -> Values:
    """x' = x [(1 − x)(c x − s) − k], for the share x of aligned agents who police all others, well mixed.

    A model of this project: c x is what the police cost a misaligned agent and `s` what misalignment gains it, so that
    imitation moves shares by their difference; `k` is the rate at which aligned agents are corrupted. Shapes broadcast.
    Errors: x outside [0, 1]; c, s or k negative.
    """
    x, c, s, k = broadcast(x=real("x", x, 0, 1), c=real("c", c, 0), s=real("s", s, 0), k=real("k", k, 0))
    return x * ((1 - x) * (c * x - s) - k)


def policed_thresholds(c: ArrayLike, s: ArrayLike, k: ArrayLike) -> tuple[Values, Values]:
    """(x₋, x₊) = [(c + s) ∓ √((c − s)² − 4ck)]/2c: from above x₋ alignment settles at x₊, from below it is lost.

    The roots of (1 − x)(c x − s) = k, where `police_flow` rests between 0 and 1. (nan, nan) where there are none:
    c <= s or (c − s)² < 4ck. Shapes broadcast. Errors: c, s or k negative.
    """
    c, s, k = broadcast(c=real("c", c, 0), s=real("s", s, 0), k=real("k", k, 0))
    square = (c - s) ** 2 - 4 * c * k
    held = (c > s) & (square >= 0)
    rate = np.where(held, c, 1.0)
    upper = (c + s + np.sqrt(np.where(held, square, 0.0))) / (2 * rate)
    lower = (s + k) / np.where(held, c * upper, 1.0)  # the roots' product is (s + k)/c
    return np.where(held, lower, np.nan)[()], np.where(held, upper, np.nan)[()]


# ---- Imitation -----------------------------------------------------------------------------------------------------


def fermi_probability(difference: ArrayLike, temperature: ArrayLike) -> Values:
    """1/(1 + e^{−difference/T}): the chance to imitate one whose payoff is higher by `difference` (Fermi's rule).

    `temperature` T > 0 in units of payoff: near 0 the better is copied for certain, at large T it is a coin. Shapes
    broadcast. Errors: temperature not positive. Source: Szabó & Tőke 1998; Traulsen, Nowak & Pacheco 2006.
    """
    from scipy.special import expit

    difference, temperature = broadcast(
        difference=real("difference", difference), temperature=real("temperature", temperature, 0, above=True)
    )
    with np.errstate(over="ignore"):
        return expit(difference / temperature)


def fixation_probability(start: ArrayLike, agents: ArrayLike, ratio: ArrayLike) -> Values:
    """(1 − r^−i)/(1 − r^−N), or i/N at r = 1: the chance that i mutants (`start`) take over all N `agents`.

    `ratio` r > 0 is that of the chances to go up and down by one: the fitness in the Moran process, e^{Δ/T} for pairwise
    comparison with a constant payoff difference Δ. Shapes broadcast.
    Errors: agents below 1, start outside [0, agents] or not whole, ratio not positive. Source: Traulsen & Hauert 2009.
    """
    start, agents, ratio = broadcast(
        start=count("start", start, 0), agents=count("agents", agents), ratio=real("ratio", ratio, 0, above=True)
    )
    if np.any(start > agents):
        raise ValueError(f"start = {start[start > agents][0]:g}: must be at most agents = {agents[start > agents][0]:g}")
    growth = np.log(ratio)
    size = np.where(growth == 0, 1.0, np.abs(growth))
    # With r < 1 both parts are divided by r^−N, which may overflow.
    chance = np.expm1(-start * size) / np.expm1(-agents * size) * np.exp((agents - start) * np.minimum(growth, 0.0))
    return np.where(growth == 0, start / agents, chance)[()]


def pairwise_fixation(differences: ArrayLike, temperature: float, start: ArrayLike = 1) -> Values:
    """φ_i = [1 + Σ_{k<i} Π_{j<=k} e^{−Δ_j/T}] / [1 + Σ_{k<N} Π_{j<=k} e^{−Δ_j/T}]: fixation under Fermi's rule, exactly.

    `differences` (N − 1,) are the payoffs Δ_j of a mutant less those of a resident while there are j = 1, …, N − 1 mutants,
    `temperature` T > 0, `start` i mutants, of any shape. Any process in which one at a time is gained or lost is such a case,
    with the ratio of their chances, lost to gained, for e^{−Δ_j/T}.
    Errors: differences not one row, temperature not positive, start outside [0, N] or not whole.
    Source: Traulsen, Nowak & Pacheco 2006; Traulsen & Hauert 2009.
    """
    differences, temperature = real("differences", differences), float(real("temperature", temperature, 0, above=True))
    if differences.ndim != 1 or differences.size == 0:
        raise ValueError(f"differences {differences.shape}: must be one row, for 1 to N − 1 mutants")
    with np.errstate(over="ignore"):
        steps = real("differences/temperature", differences / temperature)
    # log of the sums over k < 1, …, k < N, after which φ_0 = 0 is put first.
    sums = np.logaddexp.accumulate(np.append(0.0, -np.cumsum(steps)))
    start = count("start", start, 0, len(sums))
    fixed: Values = np.append(0.0, np.exp(sums - sums[-1]))[start.astype(int)]
    return fixed


# ---- Drift ---------------------------------------------------------------------------------------------------------


def detected_drift_share(generations: ArrayLike, alpha: float = 0.2, beta: float = 1.0, detected: float = 0.9) -> Values:
    """A(t), the expected share of agents still aligned after t `generations`, some of whose drifts are found, exactly.

    Each fresh agent has a chance p ~ Beta(α, β) of its own to drift per generation. A drift is found with chance `detected`
    d, and the agent at once replaced by a fresh aligned one; otherwise it stays misaligned for ever. A life outlasts t
    generations with chance S(t) = E[(1 − p)^t] = B(α, β + t)/B(α, β) and ends in the t-th with f(t) = S(t − 1) − S(t), so that
    A(t) = S(t) + d Σ_{s=1..t} f(s) A(t − s). For d < 1 it is near S(t)/(1 − d), and falls like t^−α, in the very long run.

    The series Σ A(t) zᵗ is that of S over 1 − d Σ f(t) zᵗ, divided by Newton's method with Fourier transforms: O(t log t),
    and off by less than 1e-10 up to the most, t = 10⁶. `generations` of any shape.
    Errors: generations negative, not whole or more; alpha or beta not positive; detected outside [0, 1].
    Source: renewal theory (Feller 1968, XIII).
    """
    generations = count("generations", generations, 0, 1e6)
    alpha, beta = float(real("alpha", alpha, 0, above=True)), float(real("beta", beta, 0, above=True))
    detected = float(real("detected", detected, 0, 1))
    terms = int(generations.max(initial=0)) + 1
    age = np.arange(terms - 1)
    lasts = np.append(1.0, np.cumprod((beta + age) / (alpha + beta + age)))
    ends = lasts[:-1] * (alpha / (alpha + beta + age))  # f(1), f(2), …
    series, inverse = np.append(1.0, -detected * ends), np.ones(1)
    while len(inverse) < terms:
        size = min(2 * len(inverse), terms)
        square = _product(inverse, inverse, size)
        inverse = 2 * np.append(inverse, np.zeros(size - len(inverse))) - _product(series, square, size)
    aligned: Values = _product(lasts, inverse, terms).clip(0, 1)[generations.astype(int)]
    return aligned


def _product(one: Values, other: Values, terms: int) -> Values:
    """The first terms of the product of two power series."""
    length = 2 << terms.bit_length()
    parts = np.fft.rfft(one[:terms], length) * np.fft.rfft(other[:terms], length)
    return np.fft.irfft(parts, length)[:terms]


# ---- Averaging -----------------------------------------------------------------------------------------------------


def degroot_rate(matrix: ArrayLike) -> float:
    """|λ₂|: by which factor opinions x ← W x come nearer to one another in a step, in the long run; 1 if they do not.

    `matrix` W (n, n) is row-stochastic. Errors: not so. Source: DeGroot 1974.
    """
    return _second(_stochastic(matrix))


def degroot_consensus(matrix: ArrayLike, start: ArrayLike) -> Values:
    """πᵀx₀, the one opinion in which people end who average for ever, x ← W x, where πᵀW = πᵀ and π sums to 1.

    `matrix` W (n, n), `start` x₀ (..., n), result (...). Errors: W not row-stochastic; shapes; no consensus, since groups do
    not hear each other or take turns (|λ₂| = 1). Source: DeGroot 1974.
    """
    matrix = _stochastic(matrix)
    start = _opinions("start", start, len(matrix))
    if _second(matrix) > 1 - CONSENSUS:
        raise ValueError("matrix: leads to no consensus, its second eigenvalue has size 1")
    equations = matrix.T - np.eye(len(matrix))
    equations[-1] = 1.0
    return start @ np.linalg.solve(equations, np.append(np.zeros(len(matrix) - 1), 1.0))


def stubborn_equilibrium(matrix: ArrayLike, susceptibility: ArrayLike, start: ArrayLike) -> Values:
    """(I − ΛW)⁻¹(I − Λ) x₀: where opinions x ← ΛW x + (I − Λ) x₀ settle, of people who hold on to what they thought.

    `matrix` W (n, n) is row-stochastic, `susceptibility` the diagonal of Λ, (n,) or one for all, in [0, 1]; `start` x₀ and the
    result (..., n). Errors: W not row-stochastic; shapes; people who do not listen, over any number of others, to someone
    with a susceptibility below 1. Source: Friedkin & Johnsen 1990.
    """
    matrix = _stochastic(matrix)
    start = _opinions("start", start, len(matrix))
    susceptibility = _each("susceptibility", real("susceptibility", susceptibility, 0, 1), len(matrix))
    if not _reached(matrix, susceptibility < 1).all():
        raise ValueError("susceptibility = 1: some people hear, even through others, only people who hold on to nothing")
    mixed = np.eye(len(matrix)) - susceptibility[:, None] * matrix
    kept: Values = (1 - susceptibility) * start
    return np.asarray(np.linalg.solve(mixed, kept[..., None])[..., 0], np.float64)


def zealot_equilibrium(matrix: ArrayLike, zealots: ArrayLike, values: ArrayLike) -> Values:
    """All opinions, (n,), where zealots never change theirs and all others average for ever: x_a = (I − W_aa)⁻¹ W_az x_z.

    `matrix` W (n, n) is row-stochastic, `zealots` (n,) true or false, `values` x_z what they hold, one number for each in
    their order, or one for all. It is `stubborn_equilibrium` with susceptibilities 0 and 1. Errors: W not row-stochastic;
    shapes; I − W_aa singular, since some hear no zealot, even through others. Source: Friedkin & Johnsen 1990.
    """
    matrix, held = _stochastic(matrix), np.asarray(zealots)
    if held.dtype != bool or held.shape != (len(matrix),):
        raise ValueError(f"zealots {held.shape}: must be true or false for each of {len(matrix)} agents")
    if not _reached(matrix, held).all():
        raise ValueError("zealots: some agents hear none of them, even through others")
    opinions = np.zeros(len(matrix))
    opinions[held] = _each("values", real("values", values), int(held.sum()))
    return stubborn_equilibrium(matrix, np.where(held, 0.0, 1.0), opinions)


# ---- Echoes --------------------------------------------------------------------------------------------------------


def echo_error(
    start_error: ArrayLike, prior_items: ArrayLike, evidence: ArrayLike, testimony: ArrayLike, episodes: ArrayLike
) -> Values:
    """err₀ Π_{s=1..T} (n₀ + (s − 1)(e + t) + t)/(n₀ + s(e + t)): the mean error of learners who also hear one another.

    Equal learners, well mixed, about one feature. Per episode each hears evidence about the truth worth `evidence` e items and
    what others believe worth `testimony` t items of the same noise, and takes all of it for evidence. Its precision grows by
    e + t items an episode, but what the others say leans toward the mean belief, so that only the part e pulls to the truth:
    err ← err (n + t)/(n + e + t). A prior is worth `prior_items` n₀ > 0; T `episodes` may be 1e12.

    With e + t = 1 each factor is (n₀ + s − 1 + t)/(n₀ + s), that of `self_confirming_error` with tilt κ = t: what agents tell
    each other acts as evidence that leans toward what they believe. In general it is that with n₀/(e + t) items and
    κ = t/(e + t), and falls like T^{−e/(e + t)}. Errors: prior_items not positive; evidence, testimony or episodes negative.
    """
    start_error, prior_items, evidence, testimony, episodes = broadcast(
        start_error=real("start_error", start_error),
        prior_items=real("prior_items", prior_items, 0, above=True),
        evidence=real("evidence", evidence, 0),
        testimony=real("testimony", testimony, 0),
        episodes=count("episodes", episodes, 0),
    )
    heard = np.where(evidence + testimony > 0, evidence + testimony, 1.0)
    tilt = np.where(evidence + testimony > 0, testimony / heard, 1.0)  # who hears nothing learns nothing
    return self_confirming_error(start_error, prior_items / heard, tilt, episodes)


def lock_in_spectral(agents: ArrayLike, trust_in_ai: ArrayLike, trust_in_humans: ArrayLike) -> Values:
    """√((N − 1) λ₁ λ₂), the spectral radius of trust among one AI and N − 1 people: false beliefs lock in iff it is above 1.

    λ₁ (`trust_in_humans`) is the AI's trust in each person, λ₂ (`trust_in_ai`) each person's in the AI, `agents` N; people do
    not hear each other. Errors: agents below 2 or not whole, trust negative. Source: Qiu, He, Chugh & Kleiman-Weiner 2025,
    "The Lock-in Hypothesis: Stagnation by Algorithm", arXiv 2506.06166.
    """
    agents, ai, humans = broadcast(
        agents=count("agents", agents, 2),
        trust_in_ai=real("trust_in_ai", trust_in_ai, 0),
        trust_in_humans=real("trust_in_humans", trust_in_humans, 0),
    )
    return np.sqrt((agents - 1) * humans * ai)


# ---- Inputs --------------------------------------------------------------------------------------------------------


def _stochastic(matrix: ArrayLike) -> Values:
    matrix = real("matrix", matrix, 0)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"matrix {matrix.shape}: must be (n, n)")
    sums = matrix.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > 1e-9)
    if wrong.size:
        raise ValueError(f"matrix: row {wrong[0]} sums to {sums[wrong[0]]:g}: must be 1")
    return matrix


def _second(matrix: Values) -> float:
    sizes = np.sort(np.abs(np.linalg.eigvals(matrix)))
    return float(min(sizes[-2], 1.0)) if len(sizes) > 1 else 0.0


def _opinions(name: str, value: ArrayLike, agents: int) -> Values:
    numbers = real(name, value)
    if numbers.ndim == 0 or numbers.shape[-1] != agents:
        raise ValueError(f"{name} {numbers.shape}: must be (..., {agents}), one for each agent")
    return numbers


def _each(name: str, numbers: Values, agents: int) -> Values:
    if numbers.shape not in ((), (agents,)):
        raise ValueError(f"{name} {numbers.shape}: must be one number for all or ({agents},), one for each")
    return np.broadcast_to(numbers, (agents,))


def _reached(matrix: Values, sources: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) whether each hears one of the sources, perhaps through others; then no average leaves the sources out."""
    before, heard = np.zeros_like(sources), sources
    while (heard != before).any():
        before, heard = heard, heard | ((matrix > 0) @ heard)
    return heard
