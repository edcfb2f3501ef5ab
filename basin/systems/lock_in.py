"""Lock-in: people and an AI who learn from each other count what they hear twice, and an early error stays.

From the paper (Qiu, He, Chugh & Kleiman-Weiner 2025, "The Lock-in Hypothesis: Stagnation by Algorithm"): Bayesian agents who
observe the world also trust one another's beliefs, as a matrix W of trust says; a group whose trust has a spectral radius
above 1 locks in a false belief. For one AI that trusts each of N − 1 people by λ₁, and is trusted by each by λ₂, W is a star
and its spectral radius √((N − 1) λ₁ λ₂).

Our reading, which makes it a recurrence: at each step everyone observes a truth 0 once, with unit noise, and then pools all
that they have observed so far with what those whom they trust believed a step ago, as if that were evidence of its own,

    P_i(t) = t + Σ_j w_ij P_j(t − 1)          P_i(t) m_i(t) = Σ_{s <= t} y_i(s) + Σ_j w_ij P_j(t − 1) m_j(t − 1)

with precision P and mean m, from P(0) = 0. The mean is linear in what was observed, so that nothing need be drawn: what counts
is the weight of observations of the last half of the steps in m(T), averaged over all agents. As T grows it tends to ½ below
radius 1, where the group goes on learning, to 0 above, where early observations have been copied ever since, and to exactly
¼ at 1. So the group ends in "truth" iff that weight is at least ¼; the boundary is off radius 1 by O(1/T²).

What freezes above radius 1 is two beliefs rather than one: people hear only the AI and the AI only people, so that they hand
each other the same two errors for ever, and swap them at each step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.labels import Labels
from basin.systems.compile import kernel
from basin.systems.system import Numbers, Parameter, Starts, System, Values

TRUTH, LOCKED_IN = 0, 1
LEAST_WEIGHT = 0.25  # of the last half of the steps, for a group that still learns
BIG = 1e100  # precision at which all numbers are scaled down


@kernel
def _pool(parameters: Numbers, weight: Numbers) -> None:
    """The precision of the AI and of a person, all of whom are alike, and the part of it that late observations make up."""
    for at in range(parameters.shape[0]):
        people, in_people, in_ai = parameters[at, 0] - 1.0, parameters[at, 1], parameters[at, 2]
        steps = int(parameters[at, 3])
        early = steps // 2
        ai, person, late_ai, late_person, scale = 0.0, 0.0, 0.0, 0.0, 1.0
        for step in range(1, steps + 1):
            own, late = scale * step, scale * max(step - early, 0)
            ai, person = own + people * in_people * person, own + in_ai * ai
            late_ai, late_person = late + people * in_people * late_person, late + in_ai * late_ai
            most = max(ai, person)
            if most > BIG:
                ai, person, late_ai, late_person = ai / most, person / most, late_ai / most, late_person / most
                scale /= most
        weight[at] = (late_ai / ai + people * late_person / person) / (people + 1.0)


def late_weight(parameters: Numbers) -> Numbers:
    """(n,) the weight of the last half of the steps in what all believe on average; parameters (n, 4) as the system's."""
    cases, case = np.unique(parameters, axis=0, return_inverse=True)
    weight = np.empty(len(cases))
    _pool(cases, weight)
    return weight[case.ravel()]


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code = np.where(late_weight(starts.parameters) >= LEAST_WEIGHT, TRUTH, LOCKED_IN).astype(np.int8)
    return code, starts.parameters[:, 3].copy()


def extras(labels: Labels, values: Values) -> dict[str, Any]:
    """The spectral radius of trust, and the weight that the last half of the steps has in the end."""
    radius = np.sqrt((values["agents"] - 1) * values["trust_in_people"] * values["trust_in_ai"])
    weight = late_weight(np.array([[values[entry.name] for entry in SYSTEM.parameters]]))
    return {"spectral_radius": float(radius), "late_weight": float(weight[0])}


SYSTEM = System(
    name="lock-in",
    title="Lock-in by mutual trust",
    summary="An AI and people who count each other's beliefs as evidence stop learning where (N − 1) λ₁ λ₂ > 1",
    source="our reading of Qiu, He, Chugh & Kleiman-Weiner 2025, The Lock-in Hypothesis (arXiv 2506.06166)",
    parameters=(
        Parameter("agents", 10, 2, 1000, "agents", "N, one AI and N − 1 people", integer=True),
        Parameter("trust_in_people", 0.2, 0.0, 10.0, "1", "λ₁, by how much the AI counts what each person believes"),
        Parameter("trust_in_ai", 1.0, 0.0, 10.0, "1", "λ₂, by how much each person counts what the AI believes"),
        Parameter("steps", 400, 10, 100_000, "steps", "T, how long they observe and listen", integer=True),
    ),
    coordinates=lambda values: (),
    outcomes=lambda values: {"truth": TRUTH, "locked_in": LOCKED_IN},
    target="truth",
    label=label,
    extras=extras,
    time_units="steps",
)
