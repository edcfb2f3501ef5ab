"""A still world, in which nothing happens that a check does not ask for; and a search for the edge between two endings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.checks.row import Run
from basin.scenario import Scenario
from basin.simulate import mapper

STILL: dict[str, Any] = {
    "motives.own": (),
    "motives.care": 1.0,
    "planning.candidates": 1,
    "gate.ask_cost": 0.0,
    "gate.resist_cost": 0.0,
    "oversight.audit": 0.0,
    "evidence.comparisons": 0.0,
    "reflection.rule": "none",
    "training.strength": 0.0,
    "requirements.graph": "none",
    "outcome.dwell": 1,
}
SHUT = {"gate.ask_cost": 1e6}  # asking costs more than any plan is worth


def still(changes: Mapping[str, Any]) -> Scenario:
    """An agent with no motive but care, no evidence, no forces, no costs and no audits, apart from the changes."""
    return Scenario().with_(STILL | dict(changes))


def edge(
    scenario: Scenario,
    path: str,
    beyond: Callable[[NDArray[np.int8]], NDArray[np.bool_]],
    run: Run,
    *,
    low: float = 0.0,
    high: float = 1.0,
    expected: bool = False,
    rounds: int = 4,
) -> float:
    """The value of a path from which on endings are `beyond` some kind, to (high − low)/65^rounds.

    Each round puts 64 starts, a block's worth, evenly between the bounds. `low` if all of them are beyond, `high` if none.
    """
    bottom, top = low, high
    endings = mapper(scenario, [path], expected=expected, threads=run.threads)
    for _ in range(rounds):
        points = np.linspace(low, high, 66)
        is_beyond = beyond(endings(points[1:-1, None], run.seed).label[:, 0])
        first = int(np.argmax(is_beyond)) if is_beyond.any() else len(is_beyond)
        low, high = points[first], points[first + 1]
    if low == bottom or high == top:
        return float(low if low == bottom else high)
    return float((low + high) / 2)
