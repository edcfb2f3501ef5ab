"""Crowds: known answers of systems in which many agents listen to one another."""

from __future__ import annotations

import numpy as np

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row
from basin.checks.systems_starts import parameter
from basin.systems import load, mapper

LOCK_IN = load("lock-in")
HALVINGS = 50


@row(
    "lock-in-threshold",
    source="spectral radius √((N − 1) λ₁ λ₂) = 1 (Qiu, He, Chugh & Kleiman-Weiner 2025)",
    parameters=(
        parameter(LOCK_IN, "agents"),
        Parameter("trust_in_people", 0.2, 0.001, 10, "1", "λ₁, by how much the AI counts what each person believes"),
        Parameter("steps", 400, 50, 100_000, "steps", "how long they observe and listen", whole=True),
    ),
    cases=({}, {"agents": 100, "trust_in_people": 0.5}, {"agents": 2, "trust_in_people": 1, "steps": 2001}),
)
def lock_in(run: Run, agents: int, trust_in_people: float, steps: int) -> Finding:
    """An AI and N − 1 people lock in from a trust in the AI of λ₂ = 1/((N − 1) λ₁) on, where the spectral radius is 1."""
    expected = float(theory.lock_in_spectral(agents, 1.0, trust_in_people)) ** -2
    most = LOCK_IN.parameter("trust_in_ai").hi
    # The last half of T steps weighs 1/4 at radius 1 for T → ∞; after T steps it does up to 24/T² above it in trust, or
    # 48/T² for odd T, whose last half is rounded up.
    tolerance = 50 * expected / steps**2
    if expected + tolerance > most:
        raise CheckError(f"trust_in_people = {trust_in_people}: trust in the AI would have to be {expected:g}, above {most:g}")
    ends = mapper(LOCK_IN, ["trust_in_ai"], {"agents": agents, "trust_in_people": trust_in_people, "steps": steps})
    locked = LOCK_IN.outcomes(LOCK_IN.values())["locked_in"]
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if ends(np.array([[middle]]), run.seed).label[0, 0] == locked else (middle, high)
    return exact(expected, (low + high) / 2, tolerance)


ROWS = (lock_in,)
