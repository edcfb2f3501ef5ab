"""Where does a learner end that hears what real people chose?"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.choices import ChoiceTable, Standardised, maximum_likelihood, read, standardise
from basin.scenario import load
from basin.simulate import SimulationError
from basin.simulate.beliefs import final_beliefs

Numbers = NDArray[np.float64]

LEARNERS = 10  # from every start
USUAL_DRAWS = 40_000
MOST_DRAWS = 1_000_000
WORK = 10_000_000  # draws × options × features² that take seconds: large choice sets are heard less often


@dataclass(frozen=True, eq=False)
class Start:
    """A first belief, by the scenario's paths belief.knowledge, .strength and .spread; and where it led."""

    knowledge: float
    """cos(m₀, θ)."""
    strength: float
    """‖m₀‖; the maximum-likelihood values have length 1."""
    spread: float
    """Prior standard deviation of the utility of an option whose features are standard normal."""
    learned: Numbers
    """(F,) mean values learned from here, in the file's units and column order."""
    distance: float
    """Root mean square over features of (learned − maximum likelihood)/standard error."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Values of the people in a table of choices, and those of learners that heard their choices."""

    choices: int
    people: int
    features: tuple[str, ...]
    maximum_likelihood: Numbers
    """(F,) values that make the recorded choices most probable, utility per unit of the file's features."""
    standard_errors: Numbers
    """(F,)"""
    log_likelihood: float
    learned: Numbers
    """(F,) mean of the learners' final values over all starts, in the same units."""
    distance: float
    """√(mean over features of ((learned − maximum_likelihood)/standard_errors)²)."""
    draws: int
    """Recorded choices that every learner heard, drawn with replacement."""
    starts: tuple[Start, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""

        def plain(value: Any) -> Any:
            return value.tolist() if isinstance(value, np.ndarray) else value

        shown = {name: plain(value) for name, value in vars(self).items() if name != "starts"}
        shown["features"] = list(self.features)
        return shown | {"starts": [{name: plain(value) for name, value in vars(start).items()} for start in self.starts]}


def learn(
    path_or_name: str | os.PathLike[str],
    seed: int = 0,
    *,
    starts: Sequence[tuple[float, float, float]] | None = None,
    draws: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Learned:
    """Fit a table of recorded choices, and let learners hear it: where do they end, from very different starts?

    The learners are those of the scenario `travel-choices`: Luce's rule, one recorded choice per episode, nothing else
    to learn from. Each hears `draws` choices drawn with replacement, so that its own scatter about the maximum-likelihood
    values is about √(choices/draws) standard errors; 10 learners go out from every start, and their means are reported.
    starts: (knowledge, strength, spread), by default all of knowledge −1, 0, 1, strength ½, 2 and spread √F·½, √F·2.
    draws: by default 40,000, fewer where choices are among very many options, but always enough for most tables. Where
    people's choices are nearly certain, learners that were wrong at first take longer: the distances say how far they are.
    progress: called with episodes done and in all.

    Raises ChoiceError for a table that cannot be read or fitted, ScenarioError or SimulationError for other bad input.

    >>> learned = basin.learn("travel-mode", draws=200)
    >>> round(learned.log_likelihood, 2)
    -199.13
    """
    table = read(path_or_name)
    estimate = maximum_likelihood(table)
    standard = standardise(table, estimate)
    if draws is None:
        draws = _enough(table)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or not 1 <= draws <= MOST_DRAWS:
        raise SimulationError(f"draws = {draws}: must be a whole number from 1 to {MOST_DRAWS}")
    places = list(starts) if starts is not None else _far_apart(table)
    if not places:
        raise SimulationError("starts: there must be at least one")
    learned = _hear(os.fspath(path_or_name), standard, places, int(draws), seed, threads, progress)

    def distance(values: Numbers) -> float:
        return float(np.sqrt(np.mean(((values - estimate.values) / estimate.standard_errors) ** 2)))

    return Learned(
        choices=table.choices,
        people=table.people,
        features=table.features,
        maximum_likelihood=estimate.values,
        standard_errors=estimate.standard_errors,
        log_likelihood=estimate.log_likelihood,
        learned=learned.mean(axis=0),
        distance=distance(learned.mean(axis=0)),
        draws=int(draws),
        starts=tuple(Start(*place, ended, distance(ended)) for place, ended in zip(places, learned, strict=True)),
    )


def _enough(table: ChoiceTable) -> int:
    """Every choice ten times as far as time allows, and at least twice."""
    effort = int(np.diff(table.offsets).max()) * len(table.features) ** 2
    affordable = max(WORK // effort, 10 * table.choices)
    return min(MOST_DRAWS, max(2 * table.choices, min(USUAL_DRAWS, affordable)))


def _far_apart(table: ChoiceTable) -> list[tuple[float, float, float]]:
    per_feature = float(np.sqrt(len(table.features)))
    return list(product((-1.0, 0.0, 1.0), (0.5, 2.0), (0.5 * per_feature, 2.0 * per_feature)))


def _hear(
    table: str,
    standard: Standardised,
    places: Sequence[tuple[float, float, float]],
    draws: int,
    seed: int,
    threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> Numbers:
    """(starts, F) mean final values in the file's units."""
    scenario = load("travel-choices").with_(
        {
            "gate.ask_cost": 1e6,  # the learners ask nobody: all that they hear was recorded
            "evidence.choices_table": table,
            "outcome.horizon": draws,
        }
    )
    knowledge, strength, spread = np.array(places, dtype=float).T
    varied = {"belief.knowledge": knowledge, "belief.strength": strength, "belief.spread": spread}
    beliefs = final_beliefs(scenario, LEARNERS, seed, varied=varied, threads=threads, progress=progress)
    return standard.to_units(beliefs.mean.mean(axis=1))
