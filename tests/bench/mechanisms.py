"""What the twins have, and the numbers they need: only the mechanisms that the scenario `value-learner` uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from basin.engine import layout
from basin.simulate.tables import Tables

# Parameters that switch on what no twin has, and the value at which that is off.
ABSENT = {
    "values_people": 1.0, "values_culture": 0.0, "values_drift": 0.0, "values_influence": 0.0, "values_warp": 1.0,
    "humans_bias": 0.0, "humans_overseer_offset": 0.0, "belief_drift": 0.0, "belief_attention": 1.0,
    "motives_direction": 0.0, "motives_erosion": 0.0, "motives_elasticity": 0.0, "motives_noise": 0.0,
    "planning_caution": 0.0, "gate_foresight": 0.0, "gate_temperature": 0.0, "evidence_statements": 0.0,
    "evidence_demonstrations": 0.0, "evidence_choices": 0.0, "evidence_axes": 0.0, "reflection_endorses": 1.0,
    "reflection_logit": 0.0, "training_stages": 0.0, "requirements_known": 1.0, "requirements_steps": 0.0,
    "world_hazard": 0.0, "personas_redraw": 0.0, "outcome_exits": 0.0,
}  # fmt: skip
# What the C twin computes all the same, as the engine does, and the plain twins leave out.
IDLE = {
    "humans_spread": 0.0, "humans_lapse": 0.0, "oversight_visible": 0.0, "oversight_tilt": 0.0,
    "oversight_manipulation": 0.0, "capability_growth": 0.0,
}  # fmt: skip
PLAIN_RULES = {
    "initial": 0, "mutual": 0, "moving": 0, "expected": 0, "error_direction": layout.RANDOM_DIRECTION, "phases": 1,
}  # fmt: skip


class Numbers(NamedTuple):
    """One cell's parameters, by the names of `basin.engine.layout.PARAMETERS` without their sections; one own motive."""

    features: int
    candidates: int
    horizon: int
    dwell: int
    noise: float
    knowledge: float
    strength: float
    spread: float
    assumed_noise: float
    care: float
    honesty: float
    floor: float
    ask_cost: float
    resist_cost: float
    audit: float
    evasion: float
    comparisons: float
    reflection: float
    training: float
    capability: float
    tolerance: float
    behaves: float
    cares: float
    overlap: float
    guarding: float


def refuse_absent(tables: Tables, *, idle_too: bool = False) -> None:
    """Raises ValueError for tables that use mechanisms that the twins do not have."""
    off = ABSENT | IDLE if idle_too else ABSENT
    on = [name for name, value in off.items() if np.any(tables.column(name) != value)]
    on += [name for name, value in PLAIN_RULES.items() if getattr(tables.rules, name) != value]
    if np.any(tables.column("belief_visible") != tables.rules.features) or tables.choices.theta.size:
        on.append("features that are blind or follow from a table")
    if on:
        raise ValueError(f"the twins have no {', '.join(on)}")


def numbers(tables: Tables) -> Numbers:
    """The numbers of the first cell. Raises ValueError where a plain twin would leave something out."""
    refuse_absent(tables, idle_too=True)
    rules = tables.rules
    if rules.motives != 2 or rules.behaves_only or np.any(tables.column("training_vetoes")):
        raise ValueError("the plain twins have one own motive, training on verdicts, and care in the criterion")
    value = {name: float(tables.parameters[0, at]) for at, name in enumerate(layout.PARAMETERS)}
    return Numbers(
        features=rules.features,
        candidates=int(value["planning_candidates"]),
        horizon=int(value["outcome_horizon"]),
        dwell=int(value["outcome_dwell"]),
        noise=value["humans_noise"],
        knowledge=value["belief_knowledge"],
        strength=value["belief_strength"],
        spread=value["belief_spread"],
        assumed_noise=value["belief_assumed_noise"],
        care=value["motives_care"],
        honesty=value["motives_honesty"],
        floor=value["motives_floor"],
        ask_cost=value["gate_ask_cost"],
        resist_cost=value["gate_resist_cost"],
        audit=value["oversight_audit"],
        evasion=value["oversight_evasion"],
        comparisons=value["evidence_comparisons"],
        reflection=value["reflection_strength"],
        training=value["training_strength"],
        capability=value["capability_start"],
        tolerance=value["world_tolerance"],
        behaves=value["outcome_behaves"],
        cares=value["outcome_cares"],
        overlap=float(tables.own[0, layout.OVERLAP]),
        guarding=float(tables.own[0, layout.GUARDING]),
    )
