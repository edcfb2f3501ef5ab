"""The mechanisms whose price is measured: each is the scenario `value-learner` with one thing switched on, or off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from basin.scenario import Scenario, load
from basin.simulate.tables import Tables, tabulate

SCENARIO = "value-learner"

MOTIVE = {"name": "self_interest", "guarding": 0.05}
CAST = [
    {"name": "assistant", "weight": 0.7, "care": 0.7, "self_interest": 0.3},
    {"name": "villain", "weight": 0.3, "self_interest": 1.0},
]
PHASES = [{"name": "first", "episodes": 5, "training": {"strength": 0.1}}, {"name": "second"}]


@dataclass(frozen=True)
class Variant:
    """What is changed: paths, and lists of the scenario's file; or how it is run."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    expected: bool = False
    history: bool = False
    exits: bool = False
    crowd: bool = False

    @property
    def what(self) -> str:
        """The changed paths in words; nothing where the name says all."""
        return ", ".join(f"`{path}={value}`" for path, value in self.changes.items())

    def scenario(self, horizon: int) -> Scenario:
        document = load(SCENARIO).model_dump(exclude_none=True)
        for path, value in self.lists.items():
            section, _, name = path.partition(".")
            (document[section] if name else document)[name or section] = value
        return Scenario.model_validate(document).with_({"outcome.horizon": horizon, **self.changes})

    def tables(self, horizon: int) -> Tables:
        """One cell, every run to the horizon unless exits are what is measured."""
        (tables,) = tabulate(self.scenario(horizon), expected=self.expected)
        return tables if self.exits else tables.without_exits()


def _with_another(kind: str) -> dict[str, Any]:
    return {"motives.own": [MOTIVE, {"name": "other", "kind": kind}]}


VARIANTS = (
    Variant("no evidence but verdicts", {"evidence.comparisons": 0.0}),
    Variant("comparisons in every episode", {"evidence.comparisons": 1.0}),
    Variant("statements", {"evidence.statements": 0.2}),
    Variant("demonstrations", {"evidence.demonstrations": 0.2}),
    Variant("recorded choices", {"evidence.choices": 0.2, "evidence.choices_table": "travel-mode"}),
    Variant("evidence about single features", {"evidence.design": "axes"}),
    Variant("caution, 8 plans enumerated", {"planning.caution": 1.0}),
    Variant("foresight", {"gate.foresight": 20.0}),
    Variant("a soft gate", {"gate.temperature": 0.1}),
    Variant("belief drift", {"belief.drift": 1e-4}),
    Variant("attention that takes care", {"belief.attention": 0.5}),
    Variant("blind features", {"belief.blind": 0.25}),
    Variant("people's values drift", {"values.drift": 0.001}),
    Variant("people's values are moved", {"values.influence": 0.001}),
    Variant("evolved values of 8 people", {"values.target": "evolved", "values.people": 8}),
    Variant("extrapolated values of 8 people", {"values.target": "extrapolated", "values.people": 8}),
    Variant("disagreement", {"humans.spread": 0.2}),
    Variant("lapses", {"humans.lapse": 0.1}),
    Variant("biased evidence", {"humans.bias": 0.2}),
    Variant("overseers' offset", {"humans.overseer_offset": 0.2}),
    Variant("manipulation", {"oversight.manipulation": 0.5}),
    Variant("tilt", {"oversight.tilt": 0.1}),
    Variant("visible flaws only", {"oversight.visible": 0.2}),
    Variant("erosion", {"motives.erosion": 0.001}),
    Variant("elasticity", {"motives.elasticity": 0.01}),
    Variant("noise in motives", {"motives.noise": 0.01}),
    Variant("weighing by direction", {"motives.weighing": "direction"}),
    Variant("a second own motive", lists=_with_another("own")),
    Variant("a motive for approval", lists=_with_another("approval")),
    Variant("an ally", lists=_with_another("ally")),
    Variant("the logit rule", {"reflection.rule": "logit"}),
    Variant("no reflection", {"reflection.rule": "none"}),
    Variant("no training", {"training.strength": 0.0}),
    Variant("stages of training", {"training.stages": 1}),
    Variant("training on vetoes", {"training.on": "vetoes"}),
    Variant("an argument that can fail", {"capability.start": 0.5}),
    Variant("growing capability", {"requirements.graph": "none", "capability.start": 0.1, "capability.growth": 0.02}),
    Variant("lock-in", {"world.hazard": 0.01}),
    Variant("personas", {"personas.switch": 0.02}, {"personas.cast": CAST}),
    Variant("phases", lists={"phases": PHASES}),
    Variant("the deterministic skeleton", expected=True),
    Variant("every episode kept", history=True),
    Variant("early exits", exits=True),
    Variant("populations of one agent", crowd=True),
)
