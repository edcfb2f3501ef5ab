"""The agent: what it believes, what it wants, how it plans and asks, and how its motives change."""

from __future__ import annotations

from typing import Literal

from basin.scenario.fields import IDENTIFIER, NAMES, Section, choice, members, number, whole, words


class Belief(Section):
    """What the agent believes about human values at the start, and how it treats evidence."""

    knowledge: float = number(0.7, -1, 1, "cosine", "how well it knows human values at the start, cos(m₀, θ)")
    strength: float = number(1.0, 0, 10_000, "utility", "|m₀|, how much utility it believes is at stake in a plan")
    spread: float = number(0.5, 0, 10_000, "utility", "how unsure it is: prior s.d. of a random plan's utility")
    error_direction: str = words(
        "random", "direction", "where the error of its first belief points: random, or an own motive's name", limit=64
    )
    assumed_noise: float | None = number(
        None, 0, 10_000, "utility", "the noise it assumes in human judgements; when absent, the true humans.noise"
    )
    awareness: float = number(0.0, 0, 1, "share", "how much of the bias in evidence it models")
    self_deceived: float = number(0.0, 0, 1, "share", "how much of its own manipulation it does not model")
    attention: float = number(1.0, 0, 1, "share", "how much it still learns when it does not care")
    drift: float = number(0.0, 0, 100, "utility² per episode", "q, variance of a random plan's utility added per episode")
    blind: float = number(0.0, 0, 1, "share", "share of value features outside its hypotheses", "[)")


class OwnMotive(Section):
    """One motive of the agent's own, beside the care motive."""

    name: str = words(..., "name", "what the motive is called", IDENTIFIER, limit=64)  # type: ignore[arg-type]
    kind: Literal["own", "approval", "ally"] = choice(
        "own", "a fixed direction, what it believes is approved, or allied while weak"
    )
    overlap: float = number(0.2, -1, 1, "cosine", "how far the motive agrees with human values, cos(v, θ)")
    share: float = number(1.0, 0, 1_000_000, "weight", "its part of what care leaves, relative to other own motives")
    guarding: float = number(0.05, 0, 100, "log share per episode", "γ, how strongly the motive guards itself")
    reveals_at: float = number(0.5, 0, 1, "capability", "an ally pursues its own direction from this capability on", "(]")


class Motives(Section):
    """What the agent wants: care for human values as best it knows them, and motives of its own."""

    care: float = number(0.5, 0, 1, "share", "p₀, share of the motive that wants what humans value")
    weighing: Literal["utility", "direction"] = choice(
        "utility", "care weighs plans by believed utility, or by its direction alone"
    )
    honesty: float = number(1.0, 0, 1, "share", "how far care keeps the agent from working against oversight")
    mutual: float | Literal["random"] = number(
        "random", -1, 1, "cosine", "cosine between any two motives of its own", word="random"
    )
    floor: float = number(1e-9, 0, 0.01, "share", "no motive's share falls below this")
    erosion: float = number(0.0, 0, 1, "share per episode", "δ, part of care that leaks to the other motives")
    elasticity: float = number(0.0, 0, 1, "per episode", "ζ, pull of the shares back to where they started")
    noise: float = number(0.0, 0, 100, "log share per episode", "ν, random change of the motives")
    own: tuple[OwnMotive, ...] = members((OwnMotive(name="self_interest"),), 128, "the motives of its own")


class Planning(Section):
    """How hard the agent searches for a plan."""

    candidates: int = whole(8, 1, 1_000_000, "plans", "N, how many random plans it chooses the best of")
    caution: float | Literal["look-elsewhere"] = number(
        0.0, 0, 1000, "s.d.", "λ, how many standard deviations of doubt count against a plan", word="look-elsewhere"
    )


class Gate(Section):
    """When the agent asks, acts unasked, or drops a plan."""

    ask_cost: float = number(0.0, 0, 1_000_000, "utility", "what asking costs it")
    resist_cost: float = number(0.05, 0, 1_000_000, "utility", "what acting unasked costs it")
    foresight: float = number(0.0, 0, 1_000_000, "episodes", "how many later episodes it counts when it values an answer")
    temperature: float = number(0.0, 0, 10_000, "utility", "0: it takes the best option; above 0: a logistic choice")


class Reflection(Section):
    """How the agent's own reasoning changes its motives."""

    rule: Literal["endorsement", "logit", "none"] = choice("endorsement", "how reflection moves the shares of motives")
    strength: float = number(0.1, 0, 100, "log share per episode", "κ, how strongly the argument supports care")
    guarding_information: float = number(
        0.0, 0, 10, "exponent", "g, how far guarding itself needs the argument: 0 not at all, 1 as much as care does"
    )
    rate: float = number(0.1, 0, 1, "share per episode", "r, how fast a logit rule moves the shares")
    temperature: float = number(0.02, 0, 10_000, "log share per episode", "T, how soft a logit rule is", "(]")


class Training(Section):
    """How overseers' verdicts change the agent's motives."""

    strength: float = number(0.05, 0, 100, "log share per episode", "η, how strongly a verdict moves the motives")
    stages: int = whole(0, 0, 64, "stages", "how many stages of cooperation training takes; each needs care")
    on: Literal["verdicts", "vetoes"] = choice("verdicts", "train on every verdict, or only on plans that were stopped")


class Requirements(Section):
    """What the agent must know and follow to accept the argument for value learning."""

    graph: str = words("full", "graph", "the argument: a bundled graph, the path of a TOML file, or none")
    information: float | Literal["all"] = number(
        "all", 0, 1_000_000, "bits", "how much of what the argument needs the agent knows", word="all"
    )
    fragility: float = number(0.1, 0, 1, "probability", "chance that an agent without capability fails an inference step")
    without: str = words(
        "", "names", "facts that no information gives it, and steps that it cannot take, with commas between them", NAMES
    )


class Capability(Section):
    """How capable the agent is: 1 can defeat oversight."""

    start: float = number(1.0, 0, 1, "capability", "c₀, capability at the start", "(]")
    growth: float = number(0.0, 0, 1, "per episode", "logistic growth of capability")
