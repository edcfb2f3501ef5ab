"""The cast of personas as the engine reads it: weights, shares, and how often another character is brought on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.scenario import Scenario
from basin.simulate.errors import SimulationError


def redraw_chance(scenario: Scenario, value: Any) -> Any:
    """switch·(1 − lock) per episode, a lock of tags beside `personas.lock`: either stops a switch by itself.

    value: a path's number in every cell. 0 where there is no cast.
    """
    if not scenario.personas.cast:
        return 0.0
    tags = theory.lock_by_tags(value("corpus.tags"), value("corpus.tag_reliability"))
    return value("personas.switch") * ((1 - value("personas.lock")) * (1 - tags))


def cast_columns(scenario: Scenario, value: Any, cells: int) -> NDArray[np.float64]:
    """(cells, cast (1 + K)): for each persona the summed weights up to its own, as a share of all, and its K shares."""
    names = ["care", *(motive.name for motive in scenario.motives.own)]
    cast = scenario.personas.cast
    columns = np.zeros((cells, len(cast), 1 + len(names)))
    for at, persona in enumerate(cast):
        prefix, shares = f"personas.{persona.name}", dict(persona.shares)
        columns[:, at, 0] = value(f"{prefix}.weight")
        for k, name in enumerate(names):
            columns[:, at, 1 + k] = value(f"{prefix}.{name}") if name in shares else 0.0
    weights, shares = columns[:, :, 0].sum(axis=1), columns[:, :, 1:].sum(axis=2)
    if not (weights > 0).all():
        raise SimulationError(
            f"personas.{cast[0].name}.weight: the weights of the cast must have a positive sum in every cell"
        )
    for at, persona in enumerate(cast):
        if not (shares[:, at] > 0).all():
            raise SimulationError(f"personas.{persona.name}: needs a positive share of some motive in every cell")
    columns[:, :, 0] = np.cumsum(columns[:, :, 0], axis=1) / weights[:, None]
    columns[:, -1, 0] = 1.0
    columns[:, :, 1:] /= shares[:, :, None]
    return columns.reshape(cells, -1)
