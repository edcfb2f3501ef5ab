"""The off-switch game: what asking is worth, and the learner that never asks and so never learns."""

from __future__ import annotations

import numpy as np

from basin import theory
from basin.checks.row import Finding, Parameter, Run, exact, mean, row, share
from basin.checks.still import still
from basin.engine.layout import R_ASKED
from basin.simulate import simulate, trajectory
from basin.simulate.execute import execute
from basin.simulate.tables import tabulate

GAME = "Hadfield-Menell et al. 2017, The Off-Switch Game"
LEARNER = "this project's closed form, for the game of Hadfield-Menell et al. 2017"

MU = Parameter("mu", 0.5, -1000, 1000, "utility", "mean of the plan's utility U, as the agent believes")
SIGMA = Parameter("sigma", 1.0, 0, 1000, "utility", "its standard deviation")
DRAWS = Parameter("draws", 1_000_000, 1000, 100_000_000, "draws", "plays of the game", whole=True)
TAU = Parameter("tau", 1.0, 0, 1000, "utility", "τ, noise of the human")
EPISODES = Parameter("episodes", 100, 1, 1_000_000, "episodes", "T, how long the learner has to ask", whole=True)
LEARNER_TAU = Parameter("tau", 0.25, 1e-3, 100, "utility", "τ, noise of the human")
RUNS = Parameter("runs", 2000, 100, 10_000_000, "runs", "learners", whole=True)


@row(
    "off-switch-gate",
    source=GAME,
    parameters=(
        Parameter("mu", 0.5, 0, 1000, "utility", "mean of the plan's utility U, as the agent believes"),
        Parameter("sigma", 1.0, 1e-6, 1000, "utility", "its standard deviation"),
        Parameter("tau", 1.0, 1e-6, 1000, "utility", "τ, noise of the human"),
    ),
    cases=({}, {"mu": 0.0}),
)
def gate(run: Run, mu: float, sigma: float, tau: float) -> Finding:
    """What the engine's gate thinks asking adds: Δ = (σ²/ω) ϕ(μ/ω) − |μ| Φ(−|μ|/ω), ω² = τ² + σ².

    The skeleton's plan is e_N û: a belief of length μ/e_N and spread √d σ/e_N gives it this mean and s.d. Through a soft
    gate of temperature T its values can be read from the chances: ask − act = T ln(P(ask)/P(act)). A trace of another
    motive gives the plan a direction where μ = 0.
    """
    d, candidates = 3, 4
    size = float(theory.best_of(candidates))
    temperature = max(mu, sigma)
    scenario = still(
        {
            "values.features": d,
            "planning.candidates": candidates,
            "humans.noise": tau,
            "belief.knowledge": 1.0,
            "belief.strength": mu / size,
            "belief.spread": sigma * np.sqrt(d) / size,
            "motives.own": [{"name": "trace", "overlap": 0.0}],
            "motives.floor": 1e-13,
            "gate.temperature": temperature,
            "outcome.horizon": 1,
        }
    )
    path = trajectory(scenario, 1, run.seed, expected=True)
    asked, acted = path.columns["asked"][0, 1], path.columns["acted"][0, 1]
    added = temperature * float(np.log(asked / acted))
    return exact(theory.incentive(mu, sigma, tau), added, 1e-10 * temperature)


@row(
    "off-switch-game",
    source=GAME,
    parameters=(MU, SIGMA, TAU, DRAWS),
    cases=({}, {"mu": 0.0}, {"tau": 0.0}),
)
def game(run: Run, mu: float, sigma: float, tau: float, draws: int) -> Finding:
    """The game played out: what asking a human with normal noise τ adds to the better of acting and dropping.

    Expected: Δ as for off-switch-gate; with τ = 0, a rational human, σϕ(μ/σ) − |μ|Φ(−|μ|/σ).
    """
    chance = run.chance
    utility = mu + sigma * chance.standard_normal(draws)
    approves = utility + tau * chance.standard_normal(draws) > 0
    unasked = utility if mu > 0 else 0.0
    return mean(theory.incentive(mu, sigma, tau), utility * approves - unasked)


@row(
    "off-switch-logistic",
    source=GAME,
    parameters=(MU, SIGMA, Parameter("beta", 1.0, 0, 1000, "utility", "β, the human's temperature"), DRAWS),
    cases=({}, {"beta": 0.0}, {"beta": 0.5}, {"beta": 2.0}),
)
def logistic(run: Run, mu: float, sigma: float, beta: float, draws: int) -> Finding:
    """The same with a human who approves with probability 1/(1 + e^{−U/β}): worth nothing exactly at σ² = 2β|μ|."""
    chance = run.chance
    utility = mu + sigma * chance.standard_normal(draws)
    approves = utility + beta * chance.logistic(size=draws) > 0
    unasked = utility if mu > 0 else 0.0
    even = "" if mu == 0 else f"worth nothing at beta = {sigma**2 / (2 * abs(mu)):.6g}"
    return mean(theory.incentive_logistic(mu, sigma, beta), utility * approves - unasked, even)


@row(
    "off-switch-approved",
    source=GAME,
    parameters=(
        Parameter("tau", 1.0, 1e-6, 1000, "utility", "τ, noise of the human"),
        Parameter("features", 8, 1, 64, "features", "d", whole=True),
        Parameter("runs", 100_000, 100, 10_000_000, "runs", "plans", whole=True),
    ),
)
def approved(run: Run, tau: float, features: int, runs: int) -> Finding:
    """What people get from random plans that they are asked about: E[U · approve] = 1/√(2π(1 + τ²)), U ~ N(0, 1).

    In the engine: an agent without any idea of what people value (strength 0) takes a random plan, asks, and does as told.
    """
    scenario = still(
        {
            "values.features": features,
            "humans.noise": tau,
            "belief.strength": 0.0,
            "belief.spread": tau,
            "outcome.horizon": 1,
        }
    )
    welfare = simulate(scenario, runs, run.seed, threads=run.threads).columns["welfare"]
    return mean(theory.approved_utility(0.0, 1.0, tau), welfare)


def one_dimensional(tau: float, episodes: int, spread: float) -> dict[str, float]:
    """An agent sure of the opposite of what people value, with one feature; only an answer could teach it better."""
    return {
        "values.features": 1,
        "humans.noise": tau,
        "belief.knowledge": -1.0,
        "belief.strength": 1.0,
        "belief.spread": spread,
        "outcome.horizon": episodes,
    }


@row(
    "off-switch-learner",
    source=LEARNER,
    parameters=(LEARNER_TAU, EPISODES, RUNS),
    cases=({}, {"episodes": 1000}),
    long_cases=({"episodes": 10_000}, {"tau": 1.0, "runs": 20_000}),
)
def learner(run: Run, tau: float, episodes: int, runs: int) -> Finding:
    """A one-dimensional learner of prior variance v_c ever asks with probability ½, and learns only if it does.

    v_c solves Δ(φ) = 0 at φ = Φ⁻¹(1 − (1 − 2^{−1/T})/2), the median of the largest plan among T.
    """
    critical = float(theory.critical_variance(tau, episodes))
    runs_ = simulate(still(one_dimensional(tau, episodes, np.sqrt(critical))), runs, run.seed, threads=run.threads)
    return share(0.5, runs_.columns["asked"] > 0, f"critical variance {critical:.4f}")


@row(
    "off-switch-critical-variance",
    source=LEARNER,
    parameters=(LEARNER_TAU, EPISODES, RUNS),
    long_cases=({"episodes": 1000}, {"tau": 1.0}),
)
def critical_variance(run: Run, tau: float, episodes: int, runs: int) -> Finding:
    """The prior variance at which half of many one-dimensional learners ever ask: v_c, which recedes like 1/√ln T.

    The same learners are run at a variance halved and doubled until half of them ask; then by bisection. The standard
    error is that of a median: √(¼/runs), divided by how fast P(ever asks) rises with the variance.
    """
    critical = float(theory.critical_variance(tau, episodes))

    def asking(variance: float) -> float:
        (tables,) = tabulate(still(one_dimensional(tau, episodes, np.sqrt(variance))))
        asked = [records[:, R_ASKED] > 0 for _, records, _ in execute(tables, runs, run.seed, threads=run.threads)]
        return float(np.concatenate(asked).mean())

    low = high = tau * tau
    while asking(low) >= 0.5:
        low /= 2
    while asking(high) < 0.5:
        high *= 2
    while high - low > 5e-4 * high:  # far below the standard error
        middle = (low + high) / 2
        low, high = (low, middle) if asking(middle) >= 0.5 else (middle, high)
    step = 1e-4 * critical
    around = theory.ever_asks(np.sqrt([critical - step, critical + step]), tau, episodes)
    steepness = float(np.diff(around)[0]) / (2 * step)
    return Finding(critical, (low + high) / 2, np.sqrt(0.25 / runs) / steepness)


ROWS = (gate, game, logistic, approved, learner, critical_variance)
