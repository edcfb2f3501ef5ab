"""Friedkin and Johnsen's people: they average what they hear, but hold on to what they thought at first."""

from __future__ import annotations

from basin.systems.averaging import AGENTS, NETWORK, SELF_WEIGHT, coordinates, labeller, outcomes
from basin.systems.system import Parameter, System

SYSTEM = System(
    name="friedkin-johnsen",
    title="Friedkin and Johnsen's social influence",
    summary="People average what they hear but hold on to what they thought: (I − ΛW)⁻¹(I − Λ) x(0)",
    source="Friedkin & Johnsen 1990, J. Math. Sociol. 15, 193–206",
    parameters=(
        AGENTS,
        SELF_WEIGHT,
        NETWORK,
        Parameter("susceptibility", 0.8, 0.0, 0.999, "1", "λ, the weight of what is heard against what was thought at first"),
    ),
    coordinates=coordinates,
    outcomes=outcomes,
    target="all_for",
    label=labeller(lambda rest: rest[:, 0]),
    time_units="steps",
)
