"""Whose values count, as the engine reads it (model, section 10).

- `given`: θ, and people who differ from it by N(0, σ_h² I), another person for every answer: `humans.spread` is σ_h.
- `mean`: the same spread, but among H people who stay who they are; θ is their mean. Their answers are each their own, so
  the answers no longer have σ_h in their noise. One person alone differs from no one.
- `evolved`: θ is the core that people share. On average they show core + culture, one by one also what is their own.
  Culture is part of the bias of evidence, so that `belief.awareness` is how much of it the agent's theory of error allows
  for.
- `extrapolated`: θ is what most of H people would come to value if each listened to those within the trust bound until
  nothing moved. They answer by what they value now.

Our choices: `personal` is the root mean square length of what is a person's own, √d times its s.d. in one feature. In the
skeleton, people are the endless many that they are drawn from: a random person of theirs differs by N(0, σ² I) exactly,
whatever their number, so that chances of answers are those of noise √(τ² + (σ_h² + σ²)‖x‖²).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from basin.scenario import Scenario
from basin.simulate.errors import SimulationError


def check_target(scenario: Scenario, expected: bool) -> None:
    """Targets that cannot be had together with something else."""
    target = scenario.values.target
    if target == "given":
        return
    if scenario.evidence.choices_table:
        raise SimulationError(f'values.target = "{target}": recorded choices set the values, so it must be "given"')
    if target == "extrapolated" and expected:
        raise SimulationError('values.target = "extrapolated": the deterministic skeleton has no rule for it')


def people_columns(scenario: Scenario, value: Any, d: int, expected: bool) -> dict[str, Any]:
    """The engine's parameters of people and culture. value: a path's number in every cell."""
    target = scenario.values.target
    people, spread = value("values.people"), value("humans.spread")
    own = {
        "given": 0.0,
        "mean": spread,
        "evolved": value("values.evolved.personal") / np.sqrt(d),
        "extrapolated": value("values.extrapolated.personal") / np.sqrt(d),
    }[target]
    alone = np.equal(people, 1) | np.equal(own, 0)
    own, beside = np.where(alone, 0.0, own), (0.0 if target == "mean" else spread)
    evolved = target == "evolved"
    return {
        "values_people": np.where(alone | expected, 1.0, people),
        "values_personal": own,
        "values_trust_bound": value("values.extrapolated.trust_bound"),
        "values_culture": value("values.evolved.culture") if evolved else 0.0,
        "values_culture_drift": value("values.evolved.culture_drift") if evolved else 0.0,
        "humans_spread": np.hypot(beside, own) if expected else beside,
    }
