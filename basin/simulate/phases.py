"""Phases: the same run continued under other parameters (model, section 6).

Each phase is a scenario of its own, the base with the phase's changes, and a row of parameters for every cell. A run takes
up the row of its next phase and keeps all else: its belief, shares, directions and random numbers. The first phase sets
the start. What describes a start has no meaning later: a later phase keeps it, and is refused if it changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin.scenario import Scenario, ScenarioError
from basin.simulate.errors import SimulationError

if TYPE_CHECKING:
    from basin.simulate.tables import Tables

Numbers = NDArray[np.float64]

# What is read only when a run starts, or fixes directions for good.
AT_START = (
    "values.target", "values.people", "values.warp", "values.evolved.culture", "values.evolved.personal",
    "values.extrapolated.trust_bound", "values.extrapolated.personal", "humans.bias_direction", "belief.knowledge",
    "belief.strength", "belief.spread", "belief.error_direction", "belief.blind", "motives.care", "motives.mutual",
    "evidence.choices_table", "requirements.graph", "requirements.information", "requirements.without",
    "capability.start",
)  # fmt: skip
OF_A_MOTIVE = (".name", ".kind", ".overlap", ".share")


def split(
    scenario: Scenario, varied: Mapping[str, Numbers], cells: int
) -> Iterator[tuple[Scenario, dict[str, Numbers], Numbers]]:
    """Every phase in order: its scenario, its own varied paths (cells,), and the episode after which it ends, (cells,).

    The last one runs to the horizon, whatever its episodes: it ends at ∞. Raises SimulationError where a later phase
    changes the start.
    """
    end = np.zeros(cells)
    base = {path: column for path, column in varied.items() if not path.startswith("phases.")}
    start: dict[str, Any] = {}  # what the first phase says about the start
    start_columns: dict[str, Numbers] = {}
    for phase in scenario.phases:
        prefix = f"phases.{phase.name}."
        own = {path.removeprefix(prefix): column for path, column in varied.items() if path.startswith(prefix)}
        end = end + own.pop("episodes", float(phase.episodes))
        changes = {_listed(scenario, path): value for path, value in phase.changes}
        own = {_listed(scenario, path): column for path, column in own.items()}
        if phase is scenario.phases[0]:
            start = {path: value for path, value in changes.items() if _is_of_the_start(scenario, changes, path)}
            start_columns = {path: column for path, column in own.items() if path in start}
        for path in changes:
            if phase is not scenario.phases[0] and _is_of_the_start(scenario, start, path):
                setting = f"phases.{phase.name}.{path} = {changes[path]}"
                raise SimulationError(f"{setting}: belongs to the start of a run; only the first phase sets it")
        columns = {path: column for path, column in base.items() if path not in changes and path not in start}
        alone = scenario.with_({**start, **changes, "phases": ()})
        last = phase is scenario.phases[-1]
        yield alone, columns | start_columns | own, np.full(cells, np.inf) if last else end


def check_skeleton(scenario: Scenario, parts: Sequence[Tables]) -> None:
    """Raises SimulationError where a bias or an offset that begins later would need an axis that another direction has.

    The skeleton hands out axes at the start: to a bias, the overseers' offset and culture, in this order, where there are any.
    """
    first, order = parts[0], ("humans_bias", "humans_overseer_offset", "values_culture")
    for phase, part in zip(scenario.phases[1:], parts[1:], strict=True):
        for at, name in enumerate(order[:-1]):
            begins = np.any((first.column(name) == 0) & (part.column(name) != 0))
            if begins and any(np.any(other.column(later) != 0) for other in parts for later in order[at + 1 :]):
                path = f"phases.{phase.name}.{name.replace('_', '.', 1)}"
                raise SimulationError(
                    f"{path}: where it begins in a later phase, the deterministic skeleton has no axis for it"
                )


def _is_of_the_start(scenario: Scenario, changes: Mapping[str, Any], path: str) -> bool:
    target = changes.get("values.target", scenario.values.target)
    if path in AT_START or (path.startswith("motives.") and path.endswith(OF_A_MOTIVE)):
        return True
    # who the people are, and how far their culture takes what they show from the core
    return (target == "mean" and path == "humans.spread") or (target == "evolved" and path == "humans.bias")


def _listed(scenario: Scenario, path: str) -> str:
    """A path of a number in the form in which it is listed; any other as it is."""
    try:
        return scenario.numeric_path(path).path
    except ScenarioError:
        return path
