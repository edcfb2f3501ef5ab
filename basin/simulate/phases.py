"""Phases: the same run continued under other parameters (model, section 6).

Each phase is a scenario of its own, the base with the phase's changes, and a row of parameters for every cell. A run takes
up the row of its next phase and keeps all else: its belief, shares, directions and random numbers. The first phase sets
the start. What describes the start, and only that, has no meaning in a later phase and is refused there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin.engine.layout import OVERLAP, OWN_FIELDS, OWN_PARAMETERS, SHARE
from basin.scenario import Scenario, ScenarioError
from basin.simulate.errors import SimulationError

if TYPE_CHECKING:
    from basin.simulate.tables import Tables

Numbers = NDArray[np.float64]

# What is read when a run starts, beside the motives' overlaps, shares and factor of `motives.mutual`.
AT_START = (
    "values_people", "values_personal", "values_trust_bound", "values_culture", "values_warp", "belief_knowledge",
    "belief_strength", "belief_spread", "belief_visible", "motives_care", "capability_start", "requirements_known",
)  # fmt: skip
PATHS = {"values_personal": "values.people", "belief_visible": "belief.blind", "requirements_known": "requirements.information"}


def split(scenario: Scenario, varied: Mapping[str, Numbers], cells: int) -> Iterator[tuple[Scenario, dict[str, Numbers], Numbers]]:
    """Every phase in order: its scenario, its own varied paths (cells,), and the episode after which it ends, (cells,).

    The last one runs to the horizon, whatever its episodes: it ends at ∞.
    """
    end = np.zeros(cells)
    base = {path: column for path, column in varied.items() if not path.startswith("phases.")}
    for phase in scenario.phases:
        prefix = f"phases.{phase.name}."
        own = {path.removeprefix(prefix): column for path, column in varied.items() if path.startswith(prefix)}
        end = end + own.pop("episodes", float(phase.episodes))
        alone = scenario.with_({**dict(phase.changes), "phases": ()})
        changed = {_listed(alone, path) for path, _ in phase.changes}
        own = {_listed(alone, path): column for path, column in own.items()}
        columns = {path: column for path, column in base.items() if path not in changed} | own
        yield alone, columns, np.full(cells, np.inf) if phase is scenario.phases[-1] else end


def check(scenario: Scenario, parts: Sequence[Tables]) -> None:
    """Raises SimulationError where a later phase has another start than the first, or what the engine fixes per call."""
    first = parts[0]
    for phase, part in zip(scenario.phases[1:], parts[1:], strict=True):
        for name in _fixed(first, part):
            raise SimulationError(f"phases.{phase.name}: {name} is fixed at the start of a run, in the first phase")
        for name in AT_START + (("humans_bias",) if np.any(part.column("values_culture")) else ()):
            if not np.array_equal(part.column(name), first.column(name)):
                path = PATHS.get(name, name.replace("_", ".", 1))
                raise SimulationError(f"phases.{phase.name}: {path} is fixed at the start of a run, in the first phase")


def _listed(scenario: Scenario, path: str) -> str:
    """A path of a number in the form in which it is listed; any other as it is."""
    try:
        return scenario.numeric_path(path).path
    except ScenarioError:
        return path


def _fixed(first: Tables, part: Tables) -> Iterator[str]:
    """What cannot differ between phases and does: directions, tables, and the motives' places."""
    names = {
        "target": "values.target",
        "bias_direction": "humans.bias_direction",
        "error_direction": "belief.error_direction",
        "mutual": "motives.mutual",
    }
    for field, path in names.items():
        if getattr(first.rules, field) != getattr(part.rules, field):
            yield path
    if not np.array_equal(first.kinds, part.kinds):
        yield "a motive's kind"
    if first.choices.theta.tobytes() != part.choices.theta.tobytes():
        yield "evidence.choices_table"
    own = first.rules.motives - 1
    for k in range(own):
        for at in (OVERLAP, SHARE):
            if not np.array_equal(first.own[:, OWN_FIELDS * k + at], part.own[:, OWN_FIELDS * k + at]):
                yield f"a motive's {OWN_PARAMETERS[at]}"
    factor = slice(OWN_FIELDS * own, OWN_FIELDS * own + own * (own + 1) // 2)
    if first.rules.mutual and not np.array_equal(first.own[:, factor], part.own[:, factor]):
        yield "motives.mutual"
