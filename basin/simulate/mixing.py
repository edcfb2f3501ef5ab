"""Mixed populations: the agents of several scenarios among the same people, in one table of parameters.

Whose agents they are decides how they start, what they want and how they plan and learn. The people around them, how the
runs end and what passes between agents is the population's own: those sections are taken from its scenario. Motives that a
scenario does not have are held at the floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.engine.layout import PARAMETERS, Choices, Rules
from basin.scenario import Scenario, ScenarioError, load
from basin.scenario.errors import setting
from basin.simulate.errors import SimulationError
from basin.simulate.tables import Tables, tabulate

Numbers = NDArray[np.float64]

SHARED = ("values", "humans", "outcome")  # sections that are the population's, whoever's agents are in it
ALIKE = ("features", "motives", "bias_direction", "error_direction", "mutual", "moving", "allies", "target")  # of the rules


@dataclass(frozen=True)
class Mix:
    """Tables of the population's own scenario and of those mixed in: member j's cell c is row j·cells + c of the phases'."""

    rules: Rules
    kinds: NDArray[np.int64]
    choices: Choices
    parameters: Numbers  # (members cells P, PARAMETERS)
    own: Numbers
    cells: NDArray[np.int64]  # (cells,) which of the caller's cells these are
    shares: tuple[float, ...]  # of the members mixed in, those after the first


def mixed(scenario: Scenario, varied: Mapping[str, Numbers], shared: bool, alike: int = 0) -> list[Mix]:
    """One Mix for each number of value features among the cells.

    varied: numeric paths with a number for each cell. shared: whether the agents of a population live among the same people.
    Raises SimulationError where a scenario cannot live among this one's people, and what `tabulate` raises.
    """
    members, shares = [scenario], tuple(part.share for part in scenario.population.mix)
    for part in scenario.population.mix:
        path = setting("population.mix", part.scenario)
        try:
            members.append(_among(scenario, load(part.scenario)))
        except ScenarioError as error:
            raise SimulationError(f"{path}: {error}") from None
    members = _same_motives(members)
    parts = [tabulate(members[0], varied, many=True, alike=alike)]
    for member, part in zip(members[1:], scenario.population.mix, strict=True):
        path = setting("population.mix", part.scenario)
        try:
            of_people = {name: column for name, column in varied.items() if name.startswith(SHARED)}
            parts.append(tabulate(member, of_people or _as_many(scenario, varied), many=True, alike=alike))
        except ValueError as error:
            raise SimulationError(f"{path}: {error}") from None
        if len(parts[-1]) != len(parts[0]):
            raise SimulationError(f"{path}: has a number of value features of its own")
    return [_joined([part[at] for part in parts], shares, shared) for at in range(len(parts[0]))]


def _as_many(scenario: Scenario, varied: Mapping[str, Numbers]) -> Mapping[str, Numbers]:
    """As many equal cells as others have."""
    cells = [len(column) for column in varied.values()][:1]
    return {path: np.full(cells[0], scenario.outcome.dwell) for path in ("outcome.dwell",) if cells}


def _among(scenario: Scenario, member: Scenario) -> Scenario:
    """A scenario's agents among another scenario's people."""
    data = {section: getattr(scenario, section) for section in SHARED}
    return Scenario(
        **{**member.model_dump(), **{name: section.model_dump() for name, section in data.items()}, "population": {}}
    )


def _same_motives(members: list[Scenario]) -> list[Scenario]:
    """The same scenarios, every one with the motives of all, in one order; those it did not have have no share."""
    union = {motive.name: motive for member in reversed(members) for motive in member.motives.own}
    order = list(dict.fromkeys(motive.name for member in members for motive in member.motives.own))
    complete = []
    for member in members:
        have = {motive.name: motive for motive in member.motives.own}
        for name, motive in have.items():
            if motive.kind != union[name].kind:
                raise SimulationError(
                    f"population.mix: motive {name} is of kind {motive.kind} in {member.name}, {union[name].kind} elsewhere"
                )
        if len(have) == len(order):
            complete.append(member.with_({"motives.own": [have[name].model_dump() for name in order]}))
            continue
        own = [(have[name] if name in have else union[name]).model_dump() for name in order]
        for entry in own:
            if entry["name"] not in have:
                entry |= {"share": 0.0 if have else 1.0, "guarding": 0.0}
        complete.append(member.with_({"motives.own": own}))
    return complete


def _joined(parts: list[Tables], shares: tuple[float, ...], shared: bool) -> Mix:
    """The tables one under the other, as wide and with as many phases as the widest and longest."""
    first = parts[0]
    for part in parts[1:]:
        for name in ALIKE:
            if getattr(part.rules, name) != getattr(first.rules, name):
                raise SimulationError(f"population.mix: its scenarios differ in a rule that a population shares: {name}")
        if not np.array_equal(part.choices.options, first.choices.options):
            raise SimulationError("population.mix: its scenarios differ in their tables of choices")
    phases, cast = max(part.rules.phases for part in parts), max(part.rules.cast for part in parts)
    rules = first.rules._replace(
        phases=phases,
        cast=cast,
        most_options=max(part.rules.most_options for part in parts),
        most_people=first.rules.most_people,
    )
    width = max(part.own.shape[1] for part in parts)
    parameters, own = [], []
    for part in parts:
        rows = part.parameters.reshape(-1, part.rules.phases, len(PARAMETERS))
        columns = part.own.reshape(-1, part.rules.phases, part.own.shape[1])
        at = np.minimum(np.arange(phases), part.rules.phases - 1)  # a last phase that is over begins again
        parameters.append(rows[:, at].reshape(-1, len(PARAMETERS)))
        own.append(np.pad(columns[:, at], ((0, 0), (0, 0), (0, width - part.own.shape[1]))).reshape(-1, width))
    together = np.concatenate(parameters)
    together[:, PARAMETERS.index("outcome_exits")] = 0.0
    if shared:
        together[:, PARAMETERS.index("values_influence")] = 0.0  # many agents move the same people: between episodes
    return Mix(rules, first.kinds, first.choices, together, np.concatenate(own), first.cells, shares)
