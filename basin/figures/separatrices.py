"""Where theory knows a map's boundary exactly: reflection alone, overlap against care."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.figures.cells import Cells
from basin.theory import separatrix

# What must be switched off for the closed form to hold: whatever else moves beliefs, motives or values, or ends a run.
SILENT = (
    "belief.spread", "belief.drift", "evidence.statements", "evidence.comparisons", "evidence.demonstrations",
    "evidence.choices", "training.strength", "motives.erosion", "motives.elasticity", "motives.noise", "values.drift",
    "values.influence", "world.hazard", "personas.switch",
)  # fmt: skip


def closed_form(cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """(x, y) along the separatrix of two motives, or None where it does not hold exactly.

    It holds for overlap × care if the agent knows human values from the start, so that cos(v, m) = cos(v, θ), learns
    nothing more, has one motive of its own, follows the argument (graph "none"), and reflection alone moves its motives.
    """
    scenario = cells.scenario
    own = scenario.get("motives", {}).get("own", [])
    if len(own) != 1 or (cells.x.path, cells.y.path) != (f"motives.{own[0]['name']}.overlap", "motives.care"):
        return None
    exact = (
        own[0]["kind"] == "own"
        and scenario["belief"]["knowledge"] == 1
        and scenario["reflection"]["rule"] == "endorsement"
        and scenario["requirements"]["graph"] == "none"
        and scenario["values"]["target"] == "given"
        and scenario["population"]["agents"] == 1
        and scenario["outcome"]["criterion"] == "full"
        and not scenario.get("phases")
        and all(scenario[section][field] == 0 for section, field in (path.split(".") for path in SILENT))
    )
    if not exact:
        return None
    strength = scenario["belief"]["strength"] if scenario["motives"]["weighing"] == "utility" else 1.0
    if strength == 0:
        return None
    overlap = np.linspace(cells.x.values[0], cells.x.values[-1], 201)
    share = separatrix(scenario["reflection"]["strength"], own[0]["guarding"], overlap, strength)
    inside = (share > 0) & (share < 1) & (share >= cells.y.edges[0]) & (share <= cells.y.edges[-1])
    return (overlap[inside], share[inside]) if inside.any() else None
