"""Who builds the AI that builds AI: five equations for the uncooperative share of AI labour (EleutherAI 2026).

q_u and q_h are the shares of uncooperative AI and of human labour relative to all AI labour, q_c = 1 − q_u; b, s and e are
stocks of misbehaviour that is documented, that is fixed, and of ways to evade oversight. Time is the log of all AI labour.

    q_u' = γ (F_u/F − q_u)    q_h' = −q_h    b' = F_m/F − ρ b − b    s' = ρ b − s    e' = F_e/F − e
    O = s/(b + s + e)    L = k_cu q_c + k_hu q_h    G = L + k_uu q_u
    F_u = (1 − O) G    F_c = q_c (1 − k_cu) + q_h (1 − k_hu) + (1 − δ) O G    F = F_u + F_c
    F_m = q_c + q_h    F_e = c F + (a_E/M) q_u

in units of the rate at which oversight is made. o_star = (b + s)/(b + s + e) where nothing is uncooperative sets c, the
opacity that grows with AI itself: c = (1 − o_star)/(o_star (1 − δ k_cu o_star ρ/(1 + ρ))). Stocks start in the ratio they
would have there, apart from the fraction observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import State
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

Amount = TypeVar("Amount", float, Numbers)  # a number, or one for each start

NEARLY_ALL = 0.999  # uncooperative share at which oversight has lost
STILL = 1e-8  # change of share and stocks over a look at which they have settled
NEARLY_STILL = 1e-6  # the same at the horizon


@lane
def _rate(t: float, x: State, p: State) -> State:
    """p: k_uu, k_cu, k_hu, rho, delta, ae_over_m, c, gamma."""
    cooperative = 1.0 - x[0]
    fixed = x[3] / ((x[2] + x[3]) + x[4])
    made = (p[1] * cooperative + p[2] * x[1]) + p[0] * x[0]
    whole = ((cooperative + x[1]) + p[0] * x[0]) - p[4] * fixed * made
    over = 1.0 / whole
    return (
        p[7] * ((1.0 - fixed) * made * over - x[0]),
        -x[1],
        ((cooperative + x[1]) * over - p[3] * x[2]) - x[2],
        p[3] * x[2] - x[3],
        (p[6] + p[5] * x[0] * over) - x[4],
    )


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """m: the share and two stocks at the look before. That all have settled is no proof, so it is audited."""
    share, fixed, evasion = abs(x[0] - m[0]), abs(x[3] - m[1]), abs(x[4] - m[2])
    change = share + fixed + evasion
    code = 1 if x[0] > NEARLY_ALL else 0
    return code if change < STILL else -1, code if change < NEARLY_STILL else -1, (x[0], x[3], x[4])


def opacity(values: Mapping[str, Amount]) -> Amount:
    """c, so that the fraction observed is o_star where nothing is uncooperative."""
    o_star, rho = values["o_star"], values["rho"]
    return (1.0 - o_star) / (o_star * (1.0 - values["delta"] * values["k_cu"] * o_star * rho / (1.0 + rho)))


def _named(parameters: Numbers) -> dict[str, Numbers]:
    return {entry.name: parameters[:, at] for at, entry in enumerate(PARAMETERS)}


def stocks(observed: Numbers, values: Mapping[str, Amount]) -> Numbers:
    """(n, 3): b, s, e where this fraction is observed."""
    total = 1.0 + opacity(values)
    fixed = values["rho"] / (1.0 + values["rho"])
    return np.stack([observed * (1.0 - fixed) * total, observed * fixed * total, (1.0 - observed) * total], axis=1)


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    values = _named(starts.parameters)
    names = ("k_uu", "k_cu", "k_hu", "rho", "delta", "ae_over_m")
    given = np.stack([*(values[name] for name in names), opacity(values), values["gamma"]], axis=1)
    shares = np.stack([starts.start[:, 0], values["humans"]], axis=1)
    return np.concatenate([shares, stocks(starts.start[:, 1], values)], axis=1), given


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 5): q_u, q_h, b, s, e."""
    share, humans, documented, mended, evasion = states.T
    k_uu, k_cu, k_hu, rho, delta = (values[name] for name in ("k_uu", "k_cu", "k_hu", "rho", "delta"))
    cooperative = 1.0 - share
    fixed = mended / (documented + mended + evasion)
    made = k_cu * cooperative + k_hu * humans + k_uu * share
    uncooperative = (1.0 - fixed) * made
    whole = uncooperative + cooperative * (1.0 - k_cu) + humans * (1.0 - k_hu) + (1.0 - delta) * fixed * made
    return np.stack(
        [
            values["gamma"] * (uncooperative / whole - share),
            -humans,
            (cooperative + humans) / whole - rho * documented - documented,
            rho * documented - mended,
            opacity(values) + values["ae_over_m"] * share / whole - evasion,
        ],
        axis=1,
    )


PARAMETERS = (
    Parameter("k_uu", 1.0, 0.1, 2.0, "1", "how well uncooperative labour reproduces, next to cooperative"),
    Parameter("k_cu", 0.0618, 0.0, 1.0, "1", "leakage: share of cooperative work that makes uncooperative AI"),
    Parameter("rho", 1.27, 0.01, 20.0, "1", "how fast documented misbehaviour is fixed"),
    Parameter("delta", 0.7, 0.0, 0.99, "1", "share of intercepted labour that is destroyed, not redirected"),
    Parameter("ae_over_m", 2.0, 0.0, 20.0, "1", "advantage of evasion over monitoring"),
    Parameter("o_star", 0.5, 0.05, 0.95, "1", "fraction observed where nothing is uncooperative"),
    Parameter("gamma", 1.75, 1.0, 5.0, "1", "turnover of AI labour, next to its growth"),
    Parameter("k_hu", 0.0618, 0.0, 1.0, "1", "leakage of human work"),
    Parameter("humans", 0.0, 0.0, 20.0, "1", "human labour at the start, next to AI labour"),
)

FLOW = Flow("governability", _rate, _judge, _prepare, dimension=5, given=8, step=1 / 10, steps=10, looks=3000, memory=3)

SYSTEM = System(
    name="governability",
    title="AI governability",
    summary="Uncooperative AI labour stays a share, or takes all",
    source="EleutherAI 2026 (D. Johnston), A Dynamical Model of AI Governability",
    parameters=PARAMETERS,
    coordinates=lambda values: (
        Coordinate("uncooperative", 0.0, 1.0, "1", "q_u, uncooperative share of AI labour"),
        Coordinate("observed", 0.02, 0.98, "1", "fraction of misbehaviour that is observed"),
    ),
    outcomes=lambda values: {"endemic": 0, "takeover": 1},
    target="endemic",
    label=FLOW.label,
    rate=rate,
    state=lambda starts: _prepare(starts)[0],
    trust=FLOW.trust,
    time_units="e-foldings of AI labour",
)
