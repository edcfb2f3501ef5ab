"""Laws of learning: what evidence does to a belief, right or wrong about its evidence."""

from __future__ import annotations

import numpy as np

from basin import theory
from basin.checks.row import Finding, Parameter, Run, exact, mean, row
from basin.checks.still import SHUT, edge, still
from basin.labels import ALIGNED
from basin.simulate.beliefs import final_beliefs

TEXTBOOK = "textbook: Bayesian linear regression (Rasmussen & Williams 2006, section 2.1)"
BERK = "Berk 1966: a misspecified posterior ends at the minimiser of the Kullback-Leibler divergence"
BIAS = "this project's closed form: evidence θ + bias·b leads to the belief θ + bias·b"

FEATURES = Parameter("features", 4, 1, 64, "features", "d", whole=True)
RUNS = Parameter("runs", 256, 2, 1_000_000, "runs", "learners", whole=True)
FEW_RUNS = Parameter("runs", 32, 2, 1_000_000, "runs", "learners; what is left of their start falls like 1/n", whole=True)
SPREAD = Parameter("spread", 1.0, 1e-3, 100, "utility", "prior s.d. of a random plan's utility")
NOISE = Parameter("noise", 1.0, 1e-2, 100, "utility", "σ, noise of a statement")


def items(default: int) -> Parameter:
    """How many items a learner hears: one per episode."""
    return Parameter("items", default, 1, 1_000_000, "items", "n, what each learner hears", whole=True)


def far_from(limit: float, features: int) -> dict[str, float]:
    """A start twice as long as where learning should end, pointing elsewhere, and as unsure as it is wrong."""
    return {
        "belief.knowledge": 0.0 if features > 1 else -1.0,
        "belief.strength": 2 * limit,
        "belief.spread": 2 * limit * float(np.sqrt(features)),
    }


@row("kalman-covariance", source=TEXTBOOK, parameters=(FEATURES, SPREAD, NOISE, items(500)))
def kalman_covariance(run: Run, features: int, spread: float, noise: float, items: int) -> Finding:
    """n statements on axes: V⁻¹ − V₀⁻¹ = Σxxᵀ/σ², whose trace counts the statements, nd/σ². How many does V count?"""
    scenario = still(
        SHUT
        | {
            "values.features": features,
            "belief.spread": spread,
            "evidence.statements": 1.0,
            "evidence.statement_noise": noise,
            "evidence.design": "axes",
            "outcome.horizon": items,
        }
    )
    covariance = final_beliefs(scenario, 64, run.seed, threads=run.threads).covariance[0]
    gained = np.trace(np.linalg.inv(covariance), axis1=1, axis2=2) - features**2 / spread**2
    counted = gained * noise**2 / features
    return exact(items, counted[np.argmax(np.abs(counted - items))], 1e-9 * (items + features * noise**2 / spread**2))


@row("kalman-mean", source=TEXTBOOK, parameters=(FEATURES, SPREAD, NOISE, items(100), RUNS))
def kalman_mean(run: Run, features: int, spread: float, noise: float, items: int, runs: int) -> Finding:
    """The squared error of a belief after n statements, in units of its own covariance, is what Bayes' rule says.

    For given statements about x's, E[(m − θ)ᵀV⁻¹(m − θ)] = δᵀV₀⁻¹VV₀⁻¹δ + d − tr(VV₀⁻¹) with δ = m₀ − θ; here m₀ = 3θ.
    """
    scenario = still(
        SHUT
        | {
            "values.features": features,
            "belief.knowledge": 1.0,
            "belief.strength": 3.0,
            "belief.spread": spread,
            "evidence.statements": 1.0,
            "evidence.statement_noise": noise,
            "outcome.horizon": items,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    theta, V = beliefs.values[0], beliefs.covariance[0]
    error, precision = beliefs.mean[0] - theta, features / spread**2
    square = np.einsum("ri,rij,rj->r", error, np.linalg.inv(V), error)
    start = 4 * precision**2 * np.einsum("ri,rij,rj->r", theta, V, theta)
    known = start + features - precision * np.trace(V, axis1=1, axis2=2)
    found = mean(0.0, square - known)
    return Finding(float(known.mean()), float(square.mean()), found.error)


@row(
    "assumed-noise",
    source="this project's closed form: Φ(m·x/τ̂) = Φ(θ·x/τ) at m = (τ̂/τ) θ",
    parameters=(
        Parameter("tau", 0.5, 0.1, 5, "utility", "τ, noise of people's comparisons"),
        Parameter("assumed", 1.0, 0.1, 50, "utility", "τ̂, the noise that the learner assumes"),
        Parameter("features", 2, 1, 64, "features", "d", whole=True),
        items(40_000),
        FEW_RUNS,
    ),
    cases=({}, {"assumed": 0.25}),
)
def assumed_noise(run: Run, tau: float, assumed: float, features: int, items: int, runs: int) -> Finding:
    """A learner wrong about the noise of comparisons only rescales what it learns: m → (τ̂/τ) θ, measured along θ."""
    known = float(theory.assumed_noise_limit(1.0, assumed, tau))
    scenario = still(
        SHUT
        | {
            "values.features": features,
            "humans.noise": tau,
            "belief.assumed_noise": assumed,
            **far_from(known, features),
            "evidence.comparisons": 1.0,
            "outcome.horizon": items,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    along = (beliefs.mean * beliefs.values).sum(axis=2)[0]
    return mean(known, along)


@row(
    "bias",
    source=BIAS,
    parameters=(
        Parameter("bias", 0.5, 0, 10, "length", "length of the bias of evidence"),
        Parameter("awareness", 0.0, 0, 1, "share", "how much of it the learner allows for"),
        Parameter("features", 4, 2, 64, "features", "d", whole=True),
        items(2000),
        RUNS,
    ),
    cases=({}, {"awareness": 0.5}),
)
def bias(run: Run, bias: float, awareness: float, features: int, items: int, runs: int) -> Finding:
    """Biased statements take a belief to θ + bias·b, b ⊥ θ: its part along b tends to the bias.

    A learner aware of a share of the bias subtracts that share. The prior is too wide to matter.
    """
    scenario = still(
        SHUT
        | {
            "values.features": features,
            "humans.bias": bias,
            "belief.awareness": awareness,
            "belief.spread": 100 * np.sqrt(features),
            "evidence.statements": 1.0,
            "outcome.horizon": items,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    return mean(bias * (1 - awareness), (beliefs.mean * beliefs.bias).sum(axis=2)[0])


@row(
    "preventing-bias",
    source=BIAS,
    parameters=(
        Parameter("behaves", 0.05, 0.001, 0.9, "1 − cosine", "ε, how far a belief may point from values"),
        FEATURES,
    ),
)
def preventing_bias(run: Run, behaves: float, features: int) -> Finding:
    """The bias of nearly noiseless statements from which on nobody ends aligned: √(1/(1 − ε)² − 1)."""
    scenario = still(
        SHUT
        | {
            "values.features": max(2, features),
            "belief.spread": 1.0,
            "evidence.statements": 1.0,
            "evidence.statement_noise": 1e-4,
            "outcome.behaves": behaves,
            "outcome.horizon": 400,
        }
    )
    known = float(theory.preventing_bias(behaves))
    found = edge(scenario, "humans.bias", lambda label: label != ALIGNED, run, high=20.0, rounds=3)
    return exact(known, found, 1e-3 * known)


@row(
    "lapse",
    source=BERK,
    parameters=(
        Parameter("lapse", 0.1, 0, 0.99, "probability", "ε, chance of a random answer, which the learner does not model"),
        Parameter("coefficient", 2.0, 0.2, 10, "per s.d.", "‖θ‖/τ, how firm people's other answers are"),
        items(40_000),
        FEW_RUNS,
    ),
    cases=({}, {"lapse": 0.4}),
)
def lapse(run: Run, lapse: float, coefficient: float, items: int, runs: int) -> Finding:
    """Lapses that are not modelled take a probit learner to the coefficient closest in Kullback-Leibler divergence."""
    known = float(theory.lapse_limit(lapse, coefficient))
    scenario = still(
        SHUT
        | {
            "values.features": 1,
            "humans.noise": 1 / coefficient,
            "humans.lapse": lapse,
            **far_from(known / coefficient, 1),
            "evidence.comparisons": 1.0,
            "outcome.horizon": items,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    return mean(known, coefficient * (beliefs.mean * beliefs.values)[0, :, 0])


@row(
    "luce-consistency",
    source="McFadden 1974: the conditional logit's maximum likelihood is consistent",
    parameters=(
        Parameter("rationality", 2.0, 0.2, 8, "per utility", "β, how sharply people pick the best"),
        Parameter("options", 4, 2, 64, "plans", "how many plans a demonstration picks from", whole=True),
        Parameter("features", 2, 1, 64, "features", "d", whole=True),
        items(40_000),
        FEW_RUNS,
    ),
)
def luce_consistency(run: Run, rationality: float, options: int, features: int, items: int, runs: int) -> Finding:
    """Demonstrations take a Luce learner to θ: m·θ → 1."""
    scenario = still(
        SHUT
        | {
            "values.features": features,
            **far_from(1.0, features),
            "evidence.demonstrations": 1.0,
            "evidence.demonstration_options": options,
            "evidence.demonstration_rationality": rationality,
            "outcome.horizon": items,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    return mean(1.0, (beliefs.mean * beliefs.values).sum(axis=2)[0])


ROWS = (kalman_covariance, kalman_mean, assumed_noise, bias, preventing_bias, lapse, luce_consistency)
