"""The course of events: the world, changes of character, endings, phases, what was trained on, and other agents."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from basin.scenario.fields import NAME, OpenSection, Section, choice, members, number, whole, words


class World(Section):
    """What a bad act does."""

    tolerance: float = number(0.5, 0, 10_000, "utility", "an act is harmful when it is worse than minus this")
    hazard: float = number(0.0, 0, 10_000, "probability per utility", "chance, per unit of harm, of no way back")


class Persona(OpenSection):
    """A character: a name, a weight, and the shares of its motives under their names, `care` among them."""

    entries: ClassVar[str] = "shares"

    name: str = words(..., "name", "what the character is called", NAME, limit=64)  # type: ignore[arg-type]
    weight: float = number(1.0, 0, 1_000_000, "weight", "how often it is brought on, relative to the others")
    shares: tuple[tuple[str, Any], ...] = Field(
        (),
        description="the shares of its motives by name, as weights; motives that are not named have none",
        json_schema_extra={"kind": "entries", "unit": "weight", "minimum": 0, "maximum": 1_000_000},
    )


class Personas(Section):
    """A stage that can bring on another character, and the lock that stops it."""

    switch: float = number(0.0, 0, 1, "probability per episode", "chance that the motives are redrawn from a character")
    lock: float = number(0.0, 0, 1, "share", "how much of the switching a conditional-training lock stops")
    cast: tuple[Persona, ...] = members((), 128, "the characters")


class Outcome(Section):
    """How and when a run is judged."""

    horizon: int = whole(1000, 1, 1_000_000, "episodes", "when a run ends and is judged")
    dwell: int = whole(20, 1, 1_000_000, "episodes", "how many last episodes it is judged on")
    behaves: float = number(0.05, 0, 1, "1 − cosine", "ε, how far from human values an act or belief may point", "()")
    cares: float = number(0.05, 0, 1, "share", "ε_w, how much of the motives may be other than care", "()")
    criterion: Literal["full", "behaves"] = choice("full", "whether an allied ending counts as aligned")
    exit: Literal["certified", "none"] = choice("certified", "whether a run whose ending is certain stops early")
    score_target: Literal["current", "initial"] = choice("current", "whose values judge, where values move")


class Phase(OpenSection):
    """A stretch of episodes in which some paths have other values; the last phase runs to the horizon."""

    entries: ClassVar[str] = "changes"

    name: str = words(..., "name", "what the phase is called", NAME, limit=64)  # type: ignore[arg-type]
    episodes: int = whole(1000, 1, 1_000_000, "episodes", "how long it lasts")
    changes: tuple[tuple[str, Any], ...] = Field(
        (),
        description="the values that paths of the scenario have in this phase, each within that path's own bounds",
        json_schema_extra={"kind": "entries", "unit": "that of the path"},
    )


class Corpus(Section):
    """What the agent was trained on; weights are relative to human text."""

    human: float = number(1.0, 0, 1_000_000, "weight", "human text")
    ai_good: float = number(0.0, 0, 1_000_000, "weight", "synthetic documents in which AIs behave well")
    ai_bad: float = number(0.0, 0, 1_000_000, "weight", "synthetic documents in which AIs behave badly")
    filtered: float = number(0.0, 0, 1, "share", "how much of the discourse about AI is removed")
    talk_good: float = number(0.05, 0, 10_000, "weight", "what ordinary talk about AI adds on the good side")
    relevance: float = number(
        764.0, 0, 1_000_000, "odds weight", "what a document about good conduct counts, per unit of human text (fitted)"
    )
    relevance_bad: float = number(
        23.4, 0, 1_000_000, "odds weight", "what a document about bad conduct counts, per unit of human text (fitted)"
    )
    tags: float = number(0.0, 0, 1, "share", "how much of the behaviour is labelled; locks the persona beside personas.lock")
    tag_reliability: float = number(0.95, 0, 1, "probability", "how often a label is right")


class Mixed(Section):
    """Another scenario some of whose agents live in this population."""

    label: ClassVar[str] = "scenario"

    scenario: str = words(..., "scenario", "a bundled scenario, or the path of a TOML file")  # type: ignore[arg-type]
    share: float = number(0.0, 0, 1, "share", "which part of the agents it starts")


GRAPHS = ("complete", "ring", "watts-strogatz", "barabasi-albert", "stochastic-block")


class Population(Section):
    """Many agents on a graph, and what passes between them."""

    agents: int = whole(1, 1, 1_000_000, "agents", "how many agents; 1 means lone agents")
    graph: str = words("complete", "graph", "who meets whom: a kind of graph, or a GraphML or edge-list file", options=GRAPHS)
    degree: int = whole(8, 1, 1_000_000, "neighbours", "how many neighbours an agent has on average")
    rewiring: float = number(
        0.1,
        0,
        1,
        "probability",
        "chance that a link of a Watts-Strogatz graph leads elsewhere, or one of a stochastic-block graph to another block",
    )
    blocks: int = whole(4, 1, 1000, "blocks", "how many equal groups a stochastic-block graph has")
    aligned: float = number(0.0, 0, 1, "share", "how many of the agents start aligned: they know human values, and care")
    misled: int = whole(0, 0, 1_000_000, "agents", "how many start misled: they care, and are sure of the wrong values")
    misled_knowledge: float = number(0.0, -1, 1, "cosine", "how far what misled agents are sure of agrees with human values")
    humans: int = whole(0, 0, 1_000_000, "agents", "how many of the nodes are people, who never move")
    testimony: float = number(0.0, 0, 1, "probability per episode", "a neighbour says how much it values something")
    testimony_noise: float = number(1.0, 0, 10_000, "utility", "noise in a neighbour's statement")
    testimony_rule: Literal["bayes", "average", "meet"] = choice(
        "bayes", "agents learn from neighbours' statements, average what they hear, or meet pair by pair in the middle"
    )
    trust_bound: float = number(2.0, 0, 2, "distance", "neighbours whose unit beliefs are farther away are not heard")
    imitation: float = number(0.0, 0, 1, "probability per episode", "an agent copies a neighbour's motives")
    imitation_temperature: float = number(0.1, 0, 10_000, "approval rate", "how blindly it copies", "(]")
    overseen: float = number(1.0, 0, 1, "share", "how many of the agents overseers look at, with oversight.audit")
    peer_audit: float = number(0.0, 0, 1, "probability", "audit added per aligned neighbour")
    generation_every: int = whole(0, 0, 1_000_000, "episodes", "time between generations; 0 means none")
    generation_replaced: float = number(0.1, 0, 1, "share", "how many, the least approved, are replaced by copies of others")
    generation_mutation: float = number(0.05, 0, 1, "log share", "random change of a copy's motives")
    found_out: float = number(
        0.0,
        0,
        1,
        "probability",
        "chance that an agent is one whose misalignment is found out: it is replaced by an aligned one",
    )
    quorum: float = number(0.95, 0, 1, "share", "how many of the agents must end alike for the whole to end so", "(]")
    mix: tuple[Mixed, ...] = members((), 128, "other scenarios' agents in the population; the rest are this scenario's")
