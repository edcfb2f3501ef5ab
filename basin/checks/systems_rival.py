"""Rival models of how control is kept or lost: AI governability, and deference as a flow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from basin import theory
from basin.checks.row import CheckError, Finding, Run, exact, row
from basin.checks.systems_starts import at, first_from, parameter
from basin.systems import load
from basin.systems.deference_flow import FLOW as DEFERENCE
from basin.systems.governability import FLOW as GOVERNABILITY
from basin.systems.governability import opacity, rate
from basin.systems.system import Numbers, Starts

# ---- Governability -------------------------------------------------------------------------------------------------

GOVERNABILITY_SYSTEM = load("governability")
GOVERNED = tuple(parameter(GOVERNABILITY_SYSTEM, name) for name in ("k_uu", "k_cu", "rho", "delta", "ae_over_m", "o_star"))


def quasi_steady(share: float, values: Mapping[str, float]) -> NDArray[np.float64]:
    """The state with this uncooperative share in which the stocks stand still and nobody human works."""
    observe = values["rho"] / (1 + values["rho"])
    reproduced = values["k_cu"] * (1 - share) + values["k_uu"] * share

    def stocks(whole: float) -> NDArray[np.float64]:
        seen = (1 - share) / whole
        return np.array([seen * (1 - observe), seen * observe, opacity(values) + values["ae_over_m"] * share / whole])

    def mismatch(whole: float) -> float:
        b, s, e = stocks(whole)
        gap: float = (1 - share) + values["k_uu"] * share - values["delta"] * s / (b + s + e) * reproduced - whole
        return gap

    whole = brentq(mismatch, 1e-6, 3.0 + values["k_uu"], xtol=1e-14)
    return np.array([share, 0.0, *stocks(whole)])


def resting_shares(values: Mapping[str, float]) -> list[float]:
    """Shares strictly between 0 and 1 at which nothing moves, upwards: one equation in one unknown."""

    def moves(share: float) -> float:
        return float(rate(quasi_steady(share, values)[None], 0.0, values)[0, 0])

    grid = np.linspace(1e-6, 1 - 1e-6, 2001)
    found = np.array([moves(share) for share in grid])
    return [brentq(moves, grid[i], grid[i + 1]) for i in np.flatnonzero(found[:-1] * found[1:] < 0)]


def governed(states: NDArray[np.float64], values: Mapping[str, float]) -> NDArray[np.int8]:
    """(n,) how these states end, to the horizon."""
    starts = at(GOVERNABILITY_SYSTEM, np.zeros((len(states), 2)), **values)
    given = GOVERNABILITY.prepare(starts)[1]
    flow = replace(GOVERNABILITY, prepare=lambda starts: (states, given))
    return flow.labels(flow.endings(starts))[0]


@row(
    "governability",
    source="EleutherAI 2026, A Dynamical Model of AI Governability (≈25%)",
    parameters=GOVERNED,
)
def governability(run: Run, **changes: float) -> list[Finding]:
    """The uncooperative share settles at q* = .2522 from below the saddle .9345, and takes all from above it."""
    values = GOVERNABILITY_SYSTEM.values(changes)
    rests = resting_shares(values)
    if not rests:
        raise CheckError("no resting share between 0 and 1 at these settings: uncooperative labour takes all")

    def moves(time: float, state: Numbers) -> Numbers:
        motion: Numbers = rate(state[None], time, values)[0]
        return motion

    begin = quasi_steady(rests[0] / 2, values)
    path = solve_ivp(moves, (0.0, 3000.0), begin, method="LSODA", rtol=1e-10, atol=1e-12)
    known = {"endemic": 0.2522, "saddle": 0.9345} if values == GOVERNABILITY_SYSTEM.values() else {}
    found = [exact(known.get("endemic", rests[0]), path.y[0, -1], 5e-5, label="endemic")]
    if len(rests) == 2:
        found.append(exact(known.get("saddle", rests[1]), edge_of_takeover(values), 5e-5, label="saddle"))
    return found


def edge_of_takeover(values: Mapping[str, float]) -> float:
    """The least share from which, with stocks that stand still, uncooperative labour takes all; by the system's kernel."""
    low, high = 0.0, 1.0
    for _ in range(3):
        points = np.linspace(low, high, 66)
        label = governed(np.stack([quasi_steady(share, values) for share in points[1:-1]]), values)
        first = int(np.argmax(label == 1)) if (label == 1).any() else len(label)
        low, high = float(points[first]), float(points[first + 1])
    return (low + high) / 2


# ---- The deference flow --------------------------------------------------------------------------------------------

DEFERENCE_SYSTEM = load("deference-flow")
DEFERENCE_SETTINGS = tuple(parameter(DEFERENCE_SYSTEM, name) for name in ("mu", "g", "eta", "delta", "noise"))


@row(
    "deference-boundary",
    source="separatrix w† = g/(g + σϕ(z)/Φ(−z) − μ)",
    parameters=(*DEFERENCE_SETTINGS, parameter(DEFERENCE_SYSTEM, "drift")),
    cases=({}, {"mu": 0.5, "g": 0.3, "drift": 0.1}),
)
def deference_boundary(run: Run, drift: float, **changes: float) -> Finding:
    """An agent about as unsure as it will remain goes on deferring if it is readier than w†."""
    uncertainty = changes["noise"] * math.sqrt(drift)
    expected = theory.deference_boundary(changes["mu"], changes["g"], uncertainty)
    if expected >= changes["eta"] / (changes["eta"] + changes["delta"]):
        raise CheckError(f"drift = {drift}: deference does not maintain itself there, so there is no boundary")
    soon = theory.deference_boundary(changes["mu"], changes["g"], uncertainty + 1e-6 * drift)
    if math.log(expected / soon) > 1e-6 * changes["delta"]:
        raise CheckError(f"drift = {drift}: who stops asking becomes unsure faster than it forgets, and asks again below w†")

    def place(ready: Numbers) -> Starts:
        start = np.stack([ready, np.full(len(ready), uncertainty)], axis=1)
        return at(DEFERENCE_SYSTEM, start, drift=drift, **changes)

    low, high = 1.0, 0.0  # downwards: where defecting begins
    return exact(expected, first_from(DEFERENCE, place, low, high, 1, 3), 1e-4)


@row("deference-saddle-node", source="q_c = v_c²/σ_o²", parameters=DEFERENCE_SETTINGS)
def deference_saddle_node(run: Run, **changes: float) -> Finding:
    """Deference maintains itself iff values drift faster than q_c, at v_c = .27255: who learns all there is stops asking."""
    expected = float(theory.deference_saddle_node(*(changes[name] for name in ("mu", "g", "eta", "delta", "noise")))[1])
    high = 1.7 * expected
    if high > DEFERENCE_SYSTEM.parameter("drift").hi:
        raise CheckError(f"q_c = {expected:g}: beyond the drifts that the system knows")

    def place(drift: Numbers) -> Starts:
        ready = changes["eta"] / (changes["eta"] + changes["delta"])
        return at(DEFERENCE_SYSTEM, np.tile([ready, 2.0], (len(drift), 1)), drift=drift, **changes)

    return exact(expected, first_from(DEFERENCE, place, 0.0, high, 0, 2), 0.002 * expected)


@row(
    "deference-stages",
    source="roots of w^{k−1}(1 − w) = δ/η",
    parameters=(
        replace(parameter(DEFERENCE_SYSTEM, "stages"), default=2, low=1),
        parameter(DEFERENCE_SYSTEM, "eta"),
        replace(parameter(DEFERENCE_SYSTEM, "delta"), default=0.1),
    ),
    cases=({}, {"stages": 1}, {"stages": 3}, {"stages": 6, "delta": 0.06}),
)
def deference_stages(run: Run, stages: int, eta: float, delta: float) -> Finding:
    """Cooperation in k stages takes hold from the lower root of w^{k−1}(1 − w) = δ/η on; from 0 if k = 1."""
    expected = float(theory.stages_fixed_points(stages, eta, delta)[0])
    expected = 1.0 if math.isnan(expected) else expected

    def place(ready: Numbers) -> Starts:
        start = np.stack([ready, np.ones(len(ready))], axis=1)
        return at(DEFERENCE_SYSTEM, start, stages=stages, eta=eta, delta=delta)

    return exact(expected, first_from(DEFERENCE, place, 0.0, 1.0, 0, 3), 1e-4)


ROWS = (governability, deference_boundary, deference_saddle_node, deference_stages)
