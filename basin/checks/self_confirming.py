"""Self-confirming evidence: people who are shown the agent's own view learn to state it back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import Finding, Parameter, Run, mean, row, share
from basin.checks.still import SHUT, still
from basin.simulate.beliefs import final_beliefs

SOURCE = "this project's closed form: a learner whose evidence leans by κ toward what it believes"

TILT = Parameter("tilt", 0.5, 0, 1, "share", "κ, tilt of people's perception toward the agent's view")
PRIOR_ITEMS = Parameter("prior_items", 4.0, 1e-3, 1e4, "statements", "n₀ = σ²/v₀, what the prior is worth")
START_ERROR = Parameter("start_error", 3.0, -100, 100, "utility", "err₀ = m₀ − θ")
EPISODES = Parameter("episodes", 2000, 1, 1_000_000, "episodes", "T, statements heard", whole=True)
RUNS = Parameter("runs", 1000, 100, 1_000_000, "runs", "learners", whole=True)


def hearer(prior_items: float, start_error: float, episodes: int) -> dict[str, Any]:
    """A learner of one feature, where θ = 1, who asks nobody and hears a statement of unit noise in every episode."""
    start = 1 + start_error
    return SHUT | {
        "values.features": 1,
        "belief.knowledge": 1.0 if start >= 0 else -1.0,
        "belief.strength": abs(start),
        "belief.spread": 1 / np.sqrt(prior_items),
        "evidence.statements": 1.0,
        "evidence.statement_noise": 1.0,
        "evidence.design": "axes",
        "outcome.horizon": episodes,
    }


def errors(
    run: Run, tilt: float, prior_items: float, start_error: float, episodes: int, runs: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Errors m − θ after T statements of unit noise on one feature, where θ = 1, and the beliefs' standard deviations."""
    scenario = still(hearer(prior_items, start_error, episodes) | {"oversight.tilt": tilt})
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    mean, values = beliefs.mean[0, :, 0], beliefs.values[0, :, 0]
    return mean * values - 1, np.sqrt(beliefs.covariance[0, :, 0, 0])


@row(
    "self-confirming-error",
    source=SOURCE,
    parameters=(TILT, PRIOR_ITEMS, START_ERROR, EPISODES, RUNS),
    cases=({}, {"tilt": 0.0}),
    long_cases=({"runs": 5000}, {"tilt": 1.0}),
)
def error(run: Run, **settings: Any) -> Finding:
    """Mean error after T statements that lean by κ toward the belief: err₀ ∏_{s=1..T} (n₀ + s − 1 + κ)/(n₀ + s)."""
    known = theory.self_confirming_error(
        settings["start_error"], settings["prior_items"], settings["tilt"], settings["episodes"]
    )
    return mean(known, errors(run, **settings)[0])


@row(
    "self-confirming-coverage",
    source=SOURCE,
    parameters=(
        Parameter("k", 1.0, 0, 10, "s.d.", "half width of the interval around the belief"),
        Parameter("tilt", 0.25, 0, 1, "share", "κ, tilt of people's perception toward the agent's view"),
        PRIOR_ITEMS,
        START_ERROR,
        EPISODES,
        RUNS,
    ),
    cases=({}, {"tilt": 0.6}),
    long_cases=({"tilt": 0.0}, {"tilt": 0.45, "runs": 10_000}),
)
def coverage(run: Run, k: float, **settings: Any) -> Finding:
    """How often values lie within k of the belief's own standard deviations, tending to 2Φ(k√(1 − 2κ)) − 1, or 0.

    Expected: the exact chance after T statements, since the limit is slow near κ = ½.
    """
    known = theory.self_confirming_coverage(
        k, settings["tilt"], settings["prior_items"], settings["start_error"], settings["episodes"]
    )
    off, spread = errors(run, **settings)
    limit = float(theory.self_confirming_coverage_limit(k, settings["tilt"]))
    return share(float(known), np.abs(off) <= k * spread, f"in the limit {limit:.4f}")


ROWS = (error, coverage)
