"""People who differ: what a learner takes from answers that come from one of them at a time, and what it takes for theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import Finding, Parameter, Run, mean, row
from basin.checks.still import SHUT, still
from basin.engine.compile import LANES
from basin.simulate.beliefs import OpenBlock, final_beliefs
from basin.simulate.tables import tabulate

BORDA = "Siththaranjan et al. 2024: preference learning with hidden context is Borda count; Berk 1966 for the limit"

TWO = np.array([[1.0, 0.0], [0.0, 3.0]])
SEVEN_AND_THREE = np.array(7 * [[3.0, 2.0, 0.0]] + 3 * [[0.0, 0.4, 9.0]])  # utilities of three options

TAU = Parameter("tau", 0.5, 0.05, 5, "utility", "τ, noise of a person's own judgement")
EPISODES = Parameter("episodes", 3000, 100, 100_000, "episodes", "answers heard", whole=True)
RUNS = Parameter("runs", 256, 16, 100_000, "runs", "learners", whole=True)


def heard(run: Run, people: NDArray[np.float64], changes: Mapping[str, Any], episodes: int, runs: int) -> NDArray[np.float64]:
    """(runs, d) what learners believe who hear these people, one of them drawn anew for every answer."""
    count, d = people.shape
    scenario = still(
        SHUT
        | {
            "values.features": d,
            "values.target": "mean",
            "values.people": count,
            "humans.spread": 1.0,
            "belief.knowledge": 0.0,
            "belief.spread": 10.0,
            "outcome.horizon": episodes + 1,
        }
        | dict(changes)
    )
    (tables,) = tabulate(scenario)
    beliefs = np.empty((runs, d))
    for first in range(0, runs, LANES):
        numbers = np.arange(first, min(runs, first + LANES))
        held = OpenBlock(tables.without_exits(), np.zeros_like(numbers), numbers, run.seed)
        mean_person = people.mean(axis=0)
        held.block.theta[:] = mean_person[:, None]
        held.block.people[:] = (people - mean_person).reshape(-1, 1)
        held.go(episodes)
        beliefs[numbers] = held.block.m[:, : len(numbers)].T
    return beliefs


def angle(direction: NDArray[np.float64]) -> Any:
    return np.degrees(np.arctan2(direction[..., 1], direction[..., 0]))


@row("pooled-answers", source="Stein's lemma: E[y x] for probit answers y on x ~ N(0, I)", parameters=(TAU,))
def pooled_answers(run: Run, tau: float) -> Finding:
    """Answers of people (1, 0) and (0, 3) together point to Σ θ_h/√(τ² + ‖θ_h‖²): 47.8° at τ = ½. Their mean is at 71.6°.

    Measured on answers alone, without a learner: the direction of the mean of y x.
    """
    known = float(angle(theory.pooled_direction(TWO, tau)))
    chance = run.chance
    draws, batches = 20_000, 100
    x = chance.standard_normal((batches, draws, 2))
    person = TWO[chance.integers(0, 2, (batches, draws))]
    y = np.sign((x * person).sum(axis=-1) + tau * chance.standard_normal((batches, draws)))
    return mean(known, angle((y[..., None] * x).mean(axis=1)), f"the mean of the two is at {angle(TWO.mean(axis=0)):.1f}°")


@row("pooled-comparisons", source=BORDA, parameters=(TAU, EPISODES, RUNS))
def pooled_comparisons(run: Run, tau: float, episodes: int, runs: int) -> Finding:
    """A learner that hears comparisons of people (1, 0) and (0, 3) ends at the probit fit to the crowd, not at its mean.

    Expected: the direction of the exact limit, within half a degree of the pooled answers' 47.8° at τ = ½.
    """
    changes = {"humans.noise": tau, "evidence.comparisons": 1.0}
    known = float(angle(theory.pooled_limit(TWO, tau)))
    pooled = float(angle(theory.pooled_direction(TWO, tau)))
    return mean(known, angle(heard(run, TWO, changes, episodes, runs)), f"{pooled:.1f}° by Stein's lemma")


@row("pooled-statements", source="the mean of what is stated", parameters=(TAU, EPISODES, RUNS))
def pooled_statements(run: Run, tau: float, episodes: int, runs: int) -> Finding:
    """The same learner, told by each how much, ends at the mean of people, (½, 3/2) at 71.6°: statements carry intensity."""
    changes = {"evidence.statements": 1.0, "evidence.statement_noise": tau}
    found = heard(run, TWO, changes, episodes, runs)
    return mean(float(angle(TWO.mean(axis=0))), angle(found))


@row("borda", source=BORDA, parameters=(TAU, EPISODES, RUNS))
def borda(run: Run, tau: float, episodes: int, runs: int) -> list[Finding]:
    """Of options a, b, c that 7 people value at 3, 2, 0 and 3 at 0, .4, 9, a learner from comparisons ranks a ≻ b ≻ c.

    The mean of people has c ≻ a ≻ b. Expected: by how much a leads b and b leads c in the exact limit, of unit length.
    """
    limit = theory.pooled_limit(SEVEN_AND_THREE, tau)
    limit = limit / np.linalg.norm(limit)
    found = heard(run, SEVEN_AND_THREE, {"humans.noise": tau, "evidence.comparisons": 1.0}, episodes, runs)
    found = found / np.linalg.norm(found, axis=1)[:, None]
    detail = "both leads are positive: a ≻ b ≻ c"
    leads = (("a over b", 0, 1), ("b over c", 1, 2))
    findings = [mean(limit[i] - limit[j], found[:, i] - found[:, j], detail) for _, i, j in leads]
    return [Finding(**{**vars(each), "label": label}) for each, (label, _, _) in zip(findings, leads, strict=True)]


@row(
    "culture",
    source="this project's closed form: a learner that allows for a of the error ends at θ + (1 − a) e",
    parameters=(
        Parameter("culture", 0.5, 0, 10, "length", "how long the cultural part is of what people value"),
        Parameter("awareness", 0.4, 0, 1, "share", "a, how much of it the agent's theory of error allows for"),
        Parameter("personal", 0.3, 0, 10, "length", "how far people differ"),
        Parameter("episodes", 2000, 100, 100_000, "episodes", "statements heard", whole=True),
        RUNS,
    ),
    cases=({}, {"awareness": 1.0}),
)
def culture(run: Run, culture: float, awareness: float, personal: float, episodes: int, runs: int) -> Finding:
    """Where values are an evolved core beside culture, cos(m, core) ends at 1/√(1 + ((1 − awareness)·culture)²)."""
    scenario = still(
        SHUT
        | {
            "values.target": "evolved",
            "values.people": 100,
            "values.evolved.culture": culture,
            "values.evolved.personal": personal,
            "belief.awareness": awareness,
            "belief.spread": 3.0,
            "evidence.statements": 1.0,
            "evidence.statement_noise": 0.01,
            "outcome.horizon": episodes,
        }
    )
    beliefs = final_beliefs(scenario, runs, run.seed, threads=run.threads)
    # along θ and along the error, chance enters linearly, so that it leaves no bias
    along = (beliefs.mean * beliefs.values).sum(axis=2)[0]
    across = (beliefs.mean * beliefs.bias).sum(axis=2)[0] / (culture or 1.0)
    left = (1 - awareness) * culture
    known = 1 / np.sqrt(1 + left**2)
    return mean(known, along / np.hypot(along.mean(), across.mean()))


ROWS = (pooled_answers, pooled_comparisons, pooled_statements, borda, culture)
