"""Objections: what critics say, each a named change of a scenario. Where one cannot apply, it says why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from basin.scenario.errors import ScenarioError, nearest, shortened, shown

if TYPE_CHECKING:
    from basin.scenario.model import Scenario

TABLE = Path(__file__).parent / "objections" / "table.toml"


@dataclass(frozen=True)
class Objection:
    """One objection.

    changes: paths and the values they get. equal: paths that get what another path holds, `*` standing for each of the
    agent's own motives. motive: one that is added, as a table of its fields, with `part` for the share of what care
    leaves that it takes; empty for none.
    """

    name: str
    title: str
    says: str
    source: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    equal: Mapping[str, str] = field(default_factory=dict)
    motive: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, scenario: Scenario) -> dict[str, Any]:
        """The paths that it sets in a scenario, and their values. Raises ScenarioError where it cannot apply."""
        settings = dict(self.changes)
        for pattern, source in self.equal.items():
            settings |= {path: scenario.get(source) for path in self._each(pattern, scenario)}
        if self.motive:
            settings["motives.own"] = (*(one.model_dump() for one in scenario.motives.own), self._added(scenario))
        return settings

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with this objection. Raises ScenarioError, one line, where it cannot apply to it."""
        try:
            return scenario.with_(self.settings(scenario))
        except ScenarioError as error:
            raise ScenarioError(f"objection {self.name} does not apply to {scenario.name}: {error}") from None

    def _each(self, pattern: str, scenario: Scenario) -> list[str]:
        own = [motive.name for motive in scenario.motives.own]
        if "*" in pattern and not own:
            raise ScenarioError("it has no motive of its own")
        return [pattern.replace("*", name) for name in own] if "*" in pattern else [pattern]

    def _added(self, scenario: Scenario) -> dict[str, Any]:
        """Weights are relative: a motive has the part q of what care leaves with q/(1 − q) times the others' weights."""
        own, added = scenario.motives.own, dict(self.motive)
        if any(motive.name == added["name"] for motive in own):
            raise ScenarioError(f"it has a motive called {added['name']} already")
        if not own:
            raise ScenarioError("it has no motive of its own: care is all there is, and leaves nothing to another")
        part = added.pop("part")
        return added | {"share": part / (1 - part) * sum(motive.share for motive in own)}


@lru_cache(maxsize=1)
def objections() -> dict[str, Objection]:
    """All objections by name, in the order in which they are listed."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: Objection(name, **about) for name, about in table.items()}


def objection(name: str) -> Objection:
    """One of them. Raises ScenarioError for a name that none has."""
    known = objections()
    if not isinstance(name, str) or name not in known:
        called = shortened(name) if isinstance(name, str) and name else shown(name) or repr(name)
        raise ScenarioError(f"{called}: no such objection; did you mean {nearest(str(name), known)}?")
    return known[name]


def object_to(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario with these objections, one after the other: where two set the same path, the later one does.

    Raises ScenarioError for an unknown name, or an objection that cannot apply to what the earlier ones left.
    """
    for name in names:
        scenario = objection(name).apply(scenario)
    return scenario
