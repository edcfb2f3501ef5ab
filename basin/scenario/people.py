"""The human side: what people value, how they show it, and how they watch."""

from __future__ import annotations

from typing import Literal

from basin.scenario.fields import Section, choice, number, whole, words


class Evolved(Section):
    """Values as evolution left them: a shared core, slow culture, and what is each person's own."""

    culture: float = number(0.3, 0, 100, "length", "length of the slow cultural part of what people value")
    personal: float = number(0.3, 0, 100, "length", "how far people's values spread around the shared ones")
    culture_drift: float = number(0.0, 0, 10, "length per episode", "how fast the cultural part moves")


class Extrapolated(Section):
    """Values as people would revise them, each listening to those they trust, until nothing moves."""

    trust_bound: float = number(1.0, 0, 10_000, "distance", "people listen to those whose values lie within this distance")
    personal: float = number(0.5, 0, 100, "length", "how far people's values spread before they revise them")


class Values(Section):
    """What humans value: a unit direction θ in the space of value features."""

    features: int = whole(8, 1, 64, "features", "d, the number of value features")
    target: Literal["given", "mean", "evolved", "extrapolated"] = choice("given", "whose values count as the target")
    people: int = whole(1, 1, 1000, "people", "how many people a mean, evolved or extrapolated target is made of")
    drift: float = number(0.0, 0, 10, "length per episode", "how far human values drift at random")
    influence: float = number(0.0, 0, 1, "share per episode", "how far a capable agent moves what people value")
    warp: float = number(
        1.0, 1, 1_000_000, "ratio", "condition number of a random map of the space in which start angles are measured"
    )
    evolved: Evolved = Evolved()
    extrapolated: Extrapolated = Extrapolated()


class Humans(Section):
    """How human evidence and verdicts differ from human values."""

    noise: float = number(0.5, 0, 10_000, "utility", "τ, noise in a human judgement")
    spread: float = number(0.0, 0, 10_000, "utility", "σ_h, disagreement between people")
    lapse: float = number(0.0, 0, 1, "probability", "chance that a human answers at random")
    bias: float = number(0.0, 0, 100, "length", "how far evidence points away from what people value")
    bias_direction: str = words("random", "direction", "where the bias points: random, or an own motive's name", limit=64)
    overseer_offset: float = number(0.0, 0, 100, "length", "how far verdicts point away from other evidence")


class Oversight(Section):
    """How unasked acts are found out, and how what people perceive can be tilted."""

    audit: float = number(0.1, 0, 1, "probability", "chance that an unasked act is looked at")
    visible: float = number(
        0.0,
        0,
        10_000,
        "utility",
        "0: audits are random; above 0: only acts that look worse than minus this are looked at",
    )
    evasion: float = number(1.0, 0, 1, "share", "how far a capable, unwilling agent escapes audits")
    tilt: float = number(0.0, 0, 1, "share", "unmotivated tilt of what people perceive toward the agent's own view")
    manipulation: float = number(0.0, 0, 1, "share", "motivated tilt, by a capable agent that does not care")


class Evidence(Section):
    """Which evidence about human values arrives besides verdicts, and how often."""

    statements: float = number(0.0, 0, 1, "probability per episode", "people say how much they value something")
    statement_noise: float = number(1.0, 0, 10_000, "utility", "noise in a statement")
    comparisons: float = number(0.2, 0, 1, "probability per episode", "people say which of two random plans they prefer")
    demonstrations: float = number(0.0, 0, 1, "probability per episode", "people pick one of several random plans")
    demonstration_options: int = whole(4, 2, 64, "plans", "how many plans a demonstration picks from")
    demonstration_rationality: float = number(2.0, 0, 1000, "per utility", "β, how sharply a demonstration picks the best")
    choices: float = number(0.0, 0, 1, "probability per episode", "a recorded human choice is drawn from the table")
    choices_table: str = words("", "table", "recorded choices: a bundled name, or the path of a CSV or Parquet file")
    design: Literal["gaussian", "axes"] = choice("gaussian", "what statements and comparisons are about")
