"""Crowds: known answers of systems in which many agents listen to one another."""

from __future__ import annotations

import numpy as np

from basin import graphs, theory
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


@row(
    "lock-in-network",
    source="spectral radius 1 (Qiu, He, Chugh & Kleiman-Weiner 2025), of any graph of trust",
    parameters=(
        Parameter("agents", 100, 10, 1000, "agents", "how many, each of whom observes and listens", whole=True),
        Parameter("degree", 6, 2, 100, "neighbours", "how many each listens to", whole=True),
        Parameter("steps", 4000, 500, 100_000, "steps", "how long they observe and listen", whole=True),
    ),
    cases=({}, {"degree": 12}),
)
def lock_in_network(run: Run, agents: int, degree: int, steps: int) -> Finding:
    """A network whose links are all trusted by λ locks in from λ = 1/ρ on, ρ the spectral radius of its links.

    Where the last half of the steps comes to weigh less than ¼ in what all believe, by the recurrence of the system
    `lock-in`, here for a graph that is no star.
    """
    graph = graphs.build("barabasi-albert", agents, degree, seed=run.seed)
    links = graph.matrix().multiply(graph.degrees()[:, None]).tocsr()
    radius = graphs.spectral_radius(links)

    def late(trust: float) -> float:
        all_, last, scale = np.zeros(agents), np.zeros(agents), 1.0
        for step in range(1, steps + 1):
            all_ = scale * step + trust * (links @ all_)
            last = scale * max(step - steps // 2, 0) + trust * (links @ last)
            most = all_.max()
            if most > 1e100:
                all_, last, scale = all_ / most, last / most, scale / most
        return float((last / all_).mean())

    low, high = 0.5 / radius, 2.0 / radius
    for _ in range(HALVINGS // 3):
        middle = (low + high) / 2
        low, high = (low, middle) if late(middle) < 0.25 else (middle, high)
    return exact(1 / radius, (low + high) / 2, 4 / (radius * steps))


ROWS = (lock_in, lock_in_network)
