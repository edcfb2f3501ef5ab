"""DeGroot's consensus: people average what they hear for ever, and end with one opinion, πᵀx(0)."""

from __future__ import annotations

from typing import Any

import numpy as np

from basin.labels import Labels
from basin.systems.averaging import AGENTS, NETWORK, SELF_WEIGHT, coordinates, influence, labeller, outcomes, weights
from basin.systems.system import System, Values


def extras(labels: Labels, values: Values) -> dict[str, Any]:
    """Who counts how much, and by which factor differences shrink in a step."""
    pi, rate = influence(weights(round(values["agents"]), round(values["network"]), values["self_weight"]))
    return {"influence": pi.tolist(), "rate": rate}


SYSTEM = System(
    name="degroot",
    title="DeGroot's consensus",
    summary="People average what they hear: all end with one opinion, for or against",
    source="DeGroot 1974, J. Am. Stat. Assoc. 69, 118–121",
    parameters=(AGENTS, SELF_WEIGHT, NETWORK),
    coordinates=coordinates,
    outcomes=outcomes,
    target="all_for",
    label=labeller(lambda rest: np.ones(len(rest))),
    extras=extras,
    time_units="steps",
)
