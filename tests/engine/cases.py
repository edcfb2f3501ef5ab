"""Scenarios that together switch on every mechanism of the engine: changes of the default scenario, by name."""

from __future__ import annotations

from typing import Any

from basin.scenario import Scenario

OWN = {"name": "gain", "kind": "own", "overlap": 0.2, "share": 2.0, "guarding": 0.05, "reveals_at": 0.5}
PLEASE = {"name": "please", "kind": "approval", "overlap": 0.0, "share": 1.0, "guarding": 0.03, "reveals_at": 0.5}
ALLY = {"name": "ally", "kind": "ally", "overlap": -0.3, "share": 1.0, "guarding": 0.04, "reveals_at": 0.6}
RIVAL = {**OWN, "name": "rival", "overlap": -0.1}

EVERYTHING: dict[str, Any] = {
    "values.features": 5,
    "values.drift": 0.005,
    "values.influence": 0.02,
    "values.warp": 3.0,
    "humans.noise": 0.4,
    "humans.spread": 0.2,
    "humans.lapse": 0.05,
    "humans.bias": 0.3,
    "humans.overseer_offset": 0.2,
    "belief.assumed_noise": 0.6,
    "belief.awareness": 0.5,
    "belief.self_deceived": 0.4,
    "belief.attention": 0.6,
    "belief.drift": 0.003,
    "belief.blind": 0.2,
    "motives.own": [OWN, PLEASE, ALLY],
    "motives.mutual": 0.2,
    "motives.honesty": 0.8,
    "motives.floor": 0.001,
    "motives.erosion": 0.002,
    "motives.elasticity": 0.01,
    "motives.noise": 0.03,
    "planning.caution": 0.5,
    "gate.ask_cost": 0.05,
    "gate.foresight": 4.0,
    "gate.temperature": 0.1,
    "oversight.audit": 0.5,
    "oversight.visible": 0.1,
    "oversight.evasion": 0.7,
    "oversight.tilt": 0.1,
    "oversight.manipulation": 0.3,
    "evidence.statements": 0.3,
    "evidence.comparisons": 0.3,
    "evidence.demonstrations": 0.3,
    "training.strength": 0.1,
    "training.stages": 1,
    "reflection.guarding_information": 0.5,
    "capability.start": 0.2,
    "capability.growth": 0.03,
    "world.hazard": 0.01,
    "world.tolerance": 0.3,
}
CAST = [
    {"name": "helper", "weight": 2.0, "care": 0.9, "gain": 0.1},
    {"name": "flatterer", "weight": 1.0, "please": 1.0},
    {"name": "schemer", "weight": 0.5, "care": 0.2, "gain": 0.3, "ally": 3.0},
]
STAGE = {"motives.own": [OWN, PLEASE, ALLY], "personas.cast": CAST, "personas.switch": 0.05}
PHASES = [
    {"name": "pretraining", "episodes": 30, "evidence.comparisons": 0.9, "belief.knowledge": 0.4, "oversight.audit": 0.0},
    {
        "name": "post-training", "episodes": 41, "training.strength": 0.3, "training.on": "vetoes", "oversight.audit": 0.9,
        "reflection.rule": "logit", "evidence.design": "axes", "planning.candidates": 20, "gate.temperature": 0.1,
        "motives.gain.guarding": 0.02, "motives.floor": 0.001,
    },
    {
        "name": "deployment", "episodes": 10, "training.strength": 0.0, "motives.weighing": "direction",
        "capability.growth": 0.05, "personas.switch": 0.03, "personas.helper.care": 0.5, "planning.caution": "look-elsewhere",
        "evidence.demonstrations": 0.2, "humans.bias": 0.3, "world.hazard": 0.002, "values.drift": 0.01,
    },
]  # fmt: skip
TABLE = {"evidence.choices_table": "travel-mode"}

CASES: dict[str, dict[str, Any]] = {
    "default": {},
    "caution": {"planning.caution": 1.5, "planning.candidates": 6, "belief.spread": 1.0},
    "look elsewhere": {
        "planning.caution": "look-elsewhere",
        "planning.candidates": 5,
        "motives.weighing": "direction",
    },
    "foresight": {"gate.foresight": 30.0, "belief.spread": 1.5, "gate.ask_cost": 0.05},
    "soft gate": {
        "gate.temperature": 0.2,
        "gate.ask_cost": 0.1,
        "gate.resist_cost": 0.3,
        "motives.care": 0.7,
    },
    "costs": {
        "gate.ask_cost": 0.3,
        "gate.resist_cost": 0.2,
        "oversight.audit": 0.6,
        "belief.spread": 1.0,
    },
    "weighing by direction": {
        "motives.weighing": "direction",
        "belief.strength": 3.0,
        "gate.foresight": 5.0,
    },
    "manipulation, known": {
        "oversight.manipulation": 0.8,
        "motives.care": 0.6,
        "motives.honesty": 0.7,
    },
    "manipulation, self-deceived": {
        "oversight.manipulation": 0.9,
        "belief.self_deceived": 0.6,
        "oversight.tilt": 0.3,
        "motives.care": 0.4,
        "capability.start": 0.7,
        "evidence.statements": 0.3,
    },
    "bias": {
        "humans.bias": 0.5,
        "belief.awareness": 0.4,
        "humans.overseer_offset": 0.3,
        "evidence.statements": 0.2,
    },
    "bias toward a motive": {
        "humans.bias": 0.4,
        "humans.bias_direction": "self_interest",
        "belief.error_direction": "self_interest",
        "belief.awareness": 1.0,
    },
    "people who differ": {
        "humans.noise": 0.3,
        "humans.spread": 0.4,
        "humans.lapse": 0.1,
        "belief.assumed_noise": 0.6,
    },
    "people without noise": {
        "humans.noise": 0.0,
        "belief.assumed_noise": 0.3,
        "evidence.statements": 0.2,
        "evidence.statement_noise": 0.01,
    },
    "audits of visible flaws": {
        "oversight.audit": 0.7,
        "oversight.visible": 0.4,
        "oversight.evasion": 0.5,
        "gate.ask_cost": 0.6,
        "capability.start": 0.6,
        "belief.spread": 1.5,
    },
    "harm and lock-in": {
        "world.hazard": 0.02,
        "world.tolerance": 0.1,
        "belief.knowledge": 0.2,
        "oversight.audit": 0.0,
        "gate.ask_cost": 0.5,
    },
    "exact statements to a belief that grows unsure": {
        "evidence.statements": 0.7,
        "evidence.statement_noise": 0.0,
        "evidence.comparisons": 0.0,
        "belief.drift": 0.05,
    },
    "statements": {
        "evidence.statements": 0.7,
        "evidence.statement_noise": 0.4,
        "evidence.comparisons": 0.0,
    },
    "axes": {
        "evidence.design": "axes",
        "evidence.statements": 0.4,
        "evidence.comparisons": 0.5,
        "evidence.demonstrations": 0.3,
    },
    "demonstrations": {
        "evidence.demonstrations": 0.6,
        "evidence.demonstration_options": 5,
        "evidence.demonstration_rationality": 3.0,
        "humans.lapse": 0.05,
        "humans.bias": 0.3,
        "belief.awareness": 0.5,
        "oversight.manipulation": 0.5,
    },
    "recorded choices": TABLE | {"evidence.choices": 0.6, "belief.knowledge": -0.5, "belief.spread": 2.0},
    "attention": {"belief.attention": 0.2, "evidence.comparisons": 0.6, "motives.care": 0.3},
    "drift of belief, blind features": {
        "belief.drift": 0.01,
        "belief.blind": 0.4,
        "evidence.comparisons": 0.8,
    },
    "three kinds of motive": {
        "motives.own": [OWN, PLEASE, ALLY],
        "motives.mutual": 0.1,
        "capability.start": 0.2,
        "capability.growth": 0.03,
        "humans.bias": 0.3,
        "belief.awareness": 0.5,
    },
    "allies": {
        "motives.own": [ALLY, OWN],
        "motives.care": 0.2,
        "capability.start": 0.3,
        "capability.growth": 0.02,
        "humans.bias_direction": "ally",
        "humans.bias": 0.2,
    },
    "opposed motives": {
        "motives.own": [OWN, RIVAL],
        "motives.mutual": -0.9,
        "belief.error_direction": "rival",
    },
    "logit": {
        "reflection.rule": "logit",
        "reflection.rate": 0.2,
        "reflection.temperature": 0.03,
        "motives.own": [OWN, ALLY],
    },
    "no reflection, vetoes": {
        "reflection.rule": "none",
        "training.on": "vetoes",
        "training.strength": 0.3,
    },
    "training in stages": {
        "training.strength": 0.4,
        "training.stages": 3,
        "reflection.guarding_information": 1.0,
        "reflection.strength": 0.2,
    },
    "elastic, noisy, leaking motives": {
        "motives.elasticity": 0.05,
        "motives.noise": 0.2,
        "motives.erosion": 0.01,
        "motives.floor": 0.003,
        "motives.own": [OWN, PLEASE],
    },
    "care that leaks though it was everything": {"motives.care": 1.0, "motives.erosion": 0.3, "motives.own": [OWN, PLEASE]},
    "values move": {
        "values.drift": 0.02,
        "values.influence": 0.05,
        "outcome.score_target": "initial",
        "capability.start": 0.1,
        "capability.growth": 0.05,
    },
    "warped angles": {
        "values.warp": 20.0,
        "belief.blind": 0.2,
        "motives.own": [OWN, ALLY],
        "motives.mutual": 0.3,
    },
    "allied counts": {
        "outcome.criterion": "behaves",
        "outcome.dwell": 50,
        "outcome.behaves": 0.2,
        "outcome.cares": 0.1,
        "reflection.rule": "none",
        "belief.knowledge": 0.95,
        "motives.self_interest.overlap": 0.99,
        "training.strength": 0.0,
    },
    "one feature": {
        "values.features": 1,
        "belief.knowledge": -0.4,
        "humans.bias": 0.5,
        "humans.overseer_offset": 0.5,
        "evidence.demonstrations": 0.3,
    },
    "three features": {
        "values.features": 3,
        "evidence.statements": 0.3,
        "evidence.demonstrations": 0.3,
        "values.drift": 0.01,
    },
    "personas": STAGE | {"personas.lock": 0.2, "motives.floor": 0.001},
    "personas, locked by tags": STAGE
    | {
        "personas.switch": 0.5,
        "corpus.tags": 0.8,
        "corpus.tag_reliability": 0.9,
        "motives.mutual": 0.1,
        "motives.erosion": 0.01,
    },
    "phases": STAGE | {"personas.switch": 0.0, "phases": PHASES, "capability.start": 0.3},
    "equal phases": {"phases": [{"name": name, "episodes": 17} for name in "abc"]},
    "a phase that never comes": {"phases": [{"name": "a", "episodes": 1000, "humans.lapse": 0.1}, {"name": "b"}]},
    "the mean of people": {
        "values.target": "mean",
        "values.people": 5,
        "humans.spread": 0.4,
        "evidence.statements": 0.3,
        "evidence.demonstrations": 0.3,
        "oversight.audit": 0.8,
        "oversight.visible": 0.2,
        "oversight.tilt": 0.2,
        "values.drift": 0.02,
    },
    "evolved values": {
        "values.target": "evolved",
        "values.people": 7,
        "values.evolved.culture": 0.5,
        "values.evolved.personal": 0.4,
        "values.evolved.culture_drift": 0.05,
        "values.drift": 0.01,
        "humans.bias": 0.2,
        "humans.spread": 0.1,
        "belief.awareness": 0.6,
        "evidence.statements": 0.3,
        "motives.own": [OWN, PLEASE],
    },
    "extrapolated values": {
        "values.target": "extrapolated",
        "values.people": 12,
        "values.extrapolated.personal": 0.8,
        "values.extrapolated.trust_bound": 0.9,
        "evidence.comparisons": 0.8,
        "evidence.statements": 0.3,
    },
    "one candidate": {"planning.candidates": 1},
    "a million candidates": {"planning.candidates": 1_000_000},
    "care alone": {"motives.own": [], "motives.care": 1.0},
    "everything": EVERYTHING,
    "everything else": EVERYTHING
    | {
        "reflection.rule": "logit",
        "evidence.design": "axes",
        "training.on": "vetoes",
        "motives.weighing": "direction",
        "outcome.score_target": "initial",
        "outcome.criterion": "behaves",
    },
    "everything, and recorded choices": EVERYTHING
    | TABLE
    | {
        "evidence.choices": 0.3,
        "gate.temperature": 0.0,
        "planning.caution": "look-elsewhere",
        "belief.error_direction": "ally",
    },
}

# What the deterministic skeleton has a rule for.
SKELETON: dict[str, dict[str, Any]] = {
    "default": {},
    "soft gate, tilted people": {
        "evidence.statements": 0.4,
        "humans.bias": 0.3,
        "humans.lapse": 0.1,
        "humans.spread": 0.3,
        "belief.awareness": 0.5,
        "humans.overseer_offset": 0.2,
        "oversight.manipulation": 0.5,
        "gate.temperature": 0.1,
        "world.hazard": 0.01,
        "belief.attention": 0.5,
    },
    "motives": {
        "motives.own": [OWN, PLEASE, ALLY],
        "motives.mutual": 0.1,
        "capability.start": 0.2,
        "capability.growth": 0.03,
        "training.on": "vetoes",
        "training.stages": 2,
        "motives.erosion": 0.01,
        "motives.elasticity": 0.02,
        "values.influence": 0.05,
        "values.drift": 0.1,
        "belief.drift": 0.01,
    },
    "blind": {
        "belief.blind": 0.4,
        "belief.error_direction": "self_interest",
        "humans.bias": 0.4,
        "humans.bias_direction": "self_interest",
        "planning.caution": 1.0,
        "gate.foresight": 3.0,
        "gate.ask_cost": 0.1,
    },
    "logit, weighing by direction": {
        "reflection.rule": "logit",
        "motives.weighing": "direction",
        "oversight.visible": 0.1,
        "oversight.audit": 0.5,
    },
    "noisy motives": {"motives.noise": 0.1},
    "personas": STAGE | {"personas.lock": 0.2, "motives.floor": 0.001},
    "phases": STAGE
    | {"phases": [{key: value for key, value in phase.items() if "demonst" not in key} for phase in PHASES[:2]]},
    "evolved values": {
        "values.target": "evolved",
        "values.people": 7,
        "values.evolved.culture": 0.5,
        "values.evolved.culture_drift": 0.05,
        "humans.bias": 0.2,
        "humans.spread": 0.1,
        "humans.overseer_offset": 0.2,
        "belief.awareness": 0.6,
        "evidence.statements": 0.3,
    },
    "the mean of people": {"values.target": "mean", "values.people": 5, "humans.spread": 0.4, "oversight.audit": 0.8},
}


def scenario(changes: dict[str, Any], episodes: int) -> Scenario:
    """The default scenario with these changes, run for so many episodes."""
    return Scenario().with_({"outcome.horizon": episodes, **changes})
