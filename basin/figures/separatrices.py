"""Where theory knows a boundary exactly: reflection alone, overlap or belief against care."""

from __future__ import annotations

from typing import Any

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
    if scenario["belief"]["knowledge"] != 1 or scenario["outcome"]["criterion"] != "full" or not _reflection_alone(scenario):
        return None
    overlap = np.linspace(cells.x.values[0], cells.x.values[-1], 201)
    return _within(overlap, _parting(scenario, overlap), cells.y.edges[0], cells.y.edges[-1])


def parting_beliefs(
    scenario: dict[str, Any], knows: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The same for belief × care, where beliefs differ and do not move: cosines with human values, and the share of care
    from `low` to `high` that parts starts in which care wins from those in which the agent's own motive does.

    Of the deterministic skeleton, in which the belief's error and the motive's are at right angles: cos(v, m) is overlap ×
    knowledge, and where the belief errs toward the motive √(1 − overlap²) √(1 − knowledge²) more.
    """
    if not _reflection_alone(scenario) or scenario["belief"]["blind"] != 0 or scenario["values"]["warp"] != 1:
        return None
    (motive,) = scenario["motives"]["own"]
    overlap = motive["overlap"]
    towards = scenario["belief"]["error_direction"] == motive["name"]
    cosine = overlap * knows + towards * np.sqrt((1 - overlap**2) * np.maximum(1 - knows**2, 0))
    return _within(knows, _parting(scenario, np.clip(cosine, -1, 1)), low, high)


def _reflection_alone(scenario: dict[str, Any]) -> bool:
    """Whether nothing but reflection moves anything, between care and one motive of its own."""
    own = scenario.get("motives", {}).get("own", [])
    return (
        len(own) == 1
        and own[0]["kind"] == "own"
        and scenario["reflection"]["rule"] == "endorsement"
        and scenario["requirements"]["graph"] == "none"
        and scenario["values"]["target"] == "given"
        and scenario["population"]["agents"] == 1
        and not scenario.get("phases")
        and all(scenario[section][field] == 0 for section, field in (path.split(".") for path in SILENT))
        and (scenario["motives"]["weighing"] != "utility" or scenario["belief"]["strength"] > 0)
    )


def _parting(scenario: dict[str, Any], cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of care on the separatrix, where the own motive has this cosine with the belief."""
    strength = scenario["belief"]["strength"] if scenario["motives"]["weighing"] == "utility" else 1.0
    guarding = scenario["motives"]["own"][0]["guarding"]
    return np.asarray(separatrix(scenario["reflection"]["strength"], guarding, cosine, strength))


def _within(
    x: NDArray[np.float64], share: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    inside = (share > 0) & (share < 1) & (share >= low) & (share <= high)
    return (x[inside], share[inside]) if inside.any() else None
