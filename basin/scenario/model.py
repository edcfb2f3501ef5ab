"""A scenario: everything that is assumed about one agent, its humans and its world.

The defaults are those of the bundled scenario `near-aligned-llm`, except that the agent assumes the noise that human
judgements really have, and that there is no corpus: starts are as the other sections give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from basin.scenario import messages, paths, rules
from basin.scenario.agent import Belief, Capability, Gate, Motives, Planning, Reflection, Requirements, Training
from basin.scenario.course import Corpus, Outcome, Personas, Phase, Population, World
from basin.scenario.errors import ScenarioError
from basin.scenario.fields import NAME, Section, members, whole, words
from basin.scenario.people import Evidence, Humans, Oversight, Values


class Scenario(Section):
    """A frozen, valid scenario. Anything that is not one raises ScenarioError, one line that says what is wrong.

    >>> scenario = basin.Scenario().with_({"motives.care": 0.2, "outcome.horizon": 100})
    >>> scenario.motives.care
    0.2
    >>> scenario.with_({"motives.care": 2})
    Traceback (most recent call last):
    basin.scenario.errors.ScenarioError: motives.care = 2: must be between 0 and 1
    """

    format: int = whole(1, 1, 1, "version", "version of the file format")
    name: str = words("near-aligned-llm", "name", "what the scenario is called", NAME, limit=64)
    title: str = words("An approximately aligned assistant", "text", "its title", limit=200)
    summary: str = words(
        "Knows human values well, half cares, and can follow the argument for value learning.",
        "text",
        "what it is about, in a sentence",
    )
    source: str = words("Requirements for a Basin of Attraction to Alignment (2024)", "text", "where it comes from")

    values: Values = Values()
    humans: Humans = Humans()
    belief: Belief = Belief()
    motives: Motives = Motives()
    planning: Planning = Planning()
    gate: Gate = Gate()
    oversight: Oversight = Oversight()
    evidence: Evidence = Evidence()
    reflection: Reflection = Reflection()
    training: Training = Training()
    requirements: Requirements = Requirements()
    capability: Capability = Capability()
    world: World = World()
    personas: Personas = Personas()
    outcome: Outcome = Outcome()
    phases: tuple[Phase, ...] = members((), 128, "stretches of episodes in which some paths have other values")
    corpus: Corpus | None = None
    population: Population = Population()

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            options = paths.paths(Scenario()) if data else []
            raise messages.explained(data, error, type(self), options) from None
        broken = rules.problems(self)
        if broken:
            raise ScenarioError(broken[0] + messages.more(len(broken) - 1))

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Scenario:
        """The scenario in nested data, such as a parsed file."""
        return obj if isinstance(obj, cls) else cls(**obj)

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """A scenario with other values at some paths: `with_({"motives.care": 0.9, "oversight.audit": 0.3})`."""
        return paths.replaced(self, changes)

    def objected(self, *names: str) -> Scenario:
        """The scenario with some of the bundled objections, in this order: `objected("sycophancy", "fast-takeoff")`."""
        from basin.scenario.objection import object_to  # which needs this class

        return object_to(self, names)

    def get(self, path: str) -> Any:
        """What a path holds, as a TOML file would."""
        return paths.get(self, path)

    def numeric_paths(self) -> list[paths.NumericPath]:
        """Every path that holds a number (or may hold one), with its bounds, unit, description, default and value."""
        return paths.numeric_paths(self)

    def numeric_path(self, path: str) -> paths.NumericPath:
        """The entry of `numeric_paths` for one path, in its short or long form."""
        return paths.numeric_path(self, path)

    def word_paths(self) -> list[paths.WordPath]:
        """Every path that holds one of some words, with the words, its description and value."""
        return paths.word_paths(self)
