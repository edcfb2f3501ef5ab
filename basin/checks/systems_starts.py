"""Starts of the systems that are checked: drawn from their window or given, and where along a line endings change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from basin.checks.row import Finding, Parameter, Run
from basin.systems import System, SystemMapper, load
from basin.systems.integrate import Flow
from basin.systems.system import Starts


def parameter(system: System, name: str) -> Parameter:
    """A system's parameter as a setting of a check."""
    entry = system.parameter(name)
    return Parameter(name, entry.default, entry.lo, entry.hi, entry.units, entry.description, entry.integer)


def drawn(run: Run, system: System, runs: int, changes: Mapping[str, float] | None = None) -> Starts:
    """Starts drawn from a system's window."""
    return SystemMapper(system, (), 1, dict(changes or {})).starts(np.empty((runs, 0)), run.seed)


def at(system: System, start: NDArray[np.float64], **changes: float | NDArray[np.float64]) -> Starts:
    """Given starts (n, coordinates), each with parameters of its own where these are (n,)."""
    values = {**system.values(), **changes}
    parameters = np.stack([np.broadcast_to(values[entry.name], len(start)) for entry in system.parameters], axis=1)
    return Starts(np.asarray(start, float), parameters.astype(float), np.arange(len(start), dtype=np.uint64), 0)


def published(name: str, run: Run, runs: int, expected: Mapping[str, float], error: float) -> list[Finding]:
    """Shares of outcomes against published ones with this standard error; ours adds its own."""
    system = load(name)
    label = system.label(drawn(run, system, runs))[0]
    codes = system.outcomes(system.values())
    return [
        Finding(
            value, float((label == codes[word]).mean()), math.hypot(error, math.sqrt(value * (1 - value) / runs)), label=word
        )
        for word, value in expected.items()
    ]


def first_from(
    flow: Flow, place: Callable[[NDArray[np.float64]], Starts], low: float, high: float, code: int, rounds: int = 4
) -> float:
    """Where, between low and high, endings begin to have this code, to (high − low)/65^rounds; place: (n,) to Starts.

    Runs go on to the horizon: what is certain earlier is what is to be checked.
    """
    for _ in range(rounds):
        points = np.linspace(low, high, 66)
        label = flow.labels(flow.endings(place(points[1:-1]), exits=False))[0]
        first = int(np.argmax(label == code)) if (label == code).any() else len(label)
        low, high = float(points[first]), float(points[first + 1])
    return (low + high) / 2
