"""Measured values of real people, and where a learner that hears their choices ends."""

from __future__ import annotations

from basin.checks.row import Finding, Parameter, Run, exact, row
from basin.choices import maximum_likelihood, read
from basin.questions.learn import LEARNERS, learn

GREENE = "W. H. Greene, Econometric Analysis: conditional logit of 210 travellers' choices (statsmodels modechoice)"

# Published coefficient, its standard error, and half a unit of the last digit printed for each.
PUBLISHED = {
    "air": (5.2074, 0.7791, 5e-5, 5e-5),
    "train": (3.8690, 0.4431, 5e-5, 5e-5),
    "bus": (3.1632, 0.4503, 5e-5, 5e-5),
    "gc": (-0.0155, 0.00441, 5e-5, 5e-6),
    "ttme": (-0.0961, 0.01044, 5e-5, 5e-6),
    "hinc_air": (0.01329, 0.01026, 5e-6, 5e-6),
}
LOG_LIKELIHOOD = -199.1284


@row("greene", source=GREENE)
def greene(run: Run) -> list[Finding]:
    """Maximum-likelihood values of Greene's travellers, to the digits printed: coefficients, standard errors, likelihood."""
    table = read("travel-mode")
    estimate = maximum_likelihood(table)
    findings = [exact(LOG_LIKELIHOOD, estimate.log_likelihood, 5e-5, label="log-likelihood")]
    for at, feature in enumerate(table.features):
        value, error, value_digit, error_digit = PUBLISHED[feature]
        findings.append(exact(value, estimate.values[at], value_digit, label=feature))
        findings.append(exact(error, estimate.standard_errors[at], error_digit, label=f"{feature}, standard error"))
    return findings


@row(
    "greene-learner",
    source="consistency of maximum likelihood: what the learner hears has the empirical distribution",
    parameters=(Parameter("draws", 40_000, 10_000, 1_000_000, "choices", "what every learner hears", whole=True),),
    long_cases=({"draws": 250_000},),
)
def greene_learner(run: Run, draws: int) -> Finding:
    """Learners that hear Greene's travellers over and over end at their maximum-likelihood values, from every start.

    Measured: the distance from them, in standard errors (root mean square over features), of the start that ends farthest.
    The mean of a start's ten learners scatters by √(210/(10·draws)); four times that is allowed.
    """
    learned = learn("travel-mode", run.seed, draws=draws, threads=run.threads)
    scatter = (learned.choices / (LEARNERS * draws)) ** 0.5
    farthest = max(start.distance for start in learned.starts)
    return exact(0.0, farthest, 4 * scatter, f"mean of all {len(learned.starts)} starts {learned.distance:.4f}")


ROWS = (greene, greene_learner)
