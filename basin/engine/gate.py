"""The gate: act, ask first, or drop the plan (model, section 2; the off-switch game of Hadfield-Menell et al. 2017)."""

from __future__ import annotations

import math

from basin.engine.belief import LEAST_NOISE, times_covariance
from basin.engine.compile import LANES, kernel, lane, stage
from basin.engine.layout import (
    ACTS, ALONG, ASKED, ASKS, ASK_COST, ASSUMED_NOISE, AWARENESS, BIAS, B_PHI, CAPABILITY, CARE_WEIGHT, CAUTION,
    DENSITY, E_N, FORESIGHT, GATE_TEMPERATURE, HIDDEN, HONESTY, LOOK_GATE, MANIPULATION, MU, M_NORM, OFFSET, OFFSET_PHI,
    OMEGA, ON_BIAS, ON_FORESIGHT, ON_TEMPERATURE, OVER_ACT, OVER_DROP, OWN_GAIN, PERCEIVED, PHI_SQUARED, P_ACT, P_ASK,
    P_DROP, Q_NO, Q_YES, RESIST_COST, R_NO, R_YES, SELF_DECEIVED, SHIFT, SLOPE, TEMP, TEMP2, THETA_PHI, TILT, TILTED,
    TILT_KNOWN, U_PHI, VARIANCE, Z, Block, Rules,
)  # fmt: skip
from basin.engine.special import exp, normal_parts


COLDEST = 1e-300  # a temperature below this is none: its inverse would overflow


@stage
def weigh(rules: Rules, b: Block) -> None:
    """What the plan looks like: to the agent, to its own motives, and to the people who would judge it."""
    d, K = rules.features, rules.motives
    p, s, w, f, phi = b.p, b.s, b.w, b.f, b.phi
    times_covariance(d, b.V, phi, b.Vphi, w[TEMP : TEMP + LANES])
    for l in range(LANES):
        w[MU + l] = 0.0
        w[VARIANCE + l] = 0.0
        w[THETA_PHI + l] = 0.0
        w[B_PHI + l] = 0.0
        w[OFFSET_PHI + l] = 0.0
        w[OWN_GAIN + l] = 0.0
        w[PHI_SQUARED + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            w[PHI_SQUARED + l] += phi[i, l] * phi[i, l]
            w[MU + l] += b.m[i, l] * phi[i, l]
            w[VARIANCE + l] += b.Vphi[i, l] * phi[i, l]
            w[THETA_PHI + l] += b.theta[i, l] * phi[i, l]
    if rules.expected == 1:  # the skeleton's plan has the squared length of a best-of-N plan
        for l in range(LANES):
            w[PHI_SQUARED + l] = (d - 1.0) + p[E_N + l] * p[E_N + l]
    if b.on[ON_BIAS] != 0:
        for i in range(d):
            for l in range(LANES):
                w[B_PHI + l] += b.bias[i, l] * phi[i, l]
                w[OFFSET_PHI + l] += b.offset[i, l] * phi[i, l]
    for k in range(1, K):
        for l in range(LANES):
            w[ALONG + l] = 0.0
        for i in range(d):
            for l in range(LANES):
                w[ALONG + l] += b.want[(k - 1) * d + i, l] * phi[i, l]
        for l in range(LANES):
            f[K + k, l] = w[ALONG + l]
            w[OWN_GAIN + l] += b.shares[k, l] * w[ALONG + l]
    for l in range(LANES):
        # h = 1 − honesty p₀ is how far its motives let it work against oversight, c how far it can.
        hidden = s[CAPABILITY + l] * (1.0 - p[HONESTY + l] * b.shares[0, l])
        motivated = p[MANIPULATION + l] * hidden
        tilted = min(1.0, p[TILT + l] + motivated)
        known = (1.0 - p[SELF_DECEIVED + l]) * motivated
        slope = 1.0 - known
        u_phi = s[CARE_WEIGHT + l] * w[MU + l] + w[OWN_GAIN + l]
        shown = w[THETA_PHI + l] + p[BIAS + l] * w[B_PHI + l] + p[OFFSET + l] * w[OFFSET_PHI + l]
        w[HIDDEN + l] = hidden
        w[TILTED + l] = tilted
        w[TILT_KNOWN + l] = known
        w[SLOPE + l] = slope
        w[U_PHI + l] = u_phi
        w[PERCEIVED + l] = (1.0 - tilted) * shown + tilted * u_phi
        w[SHIFT + l] = known * u_phi + slope * p[AWARENESS + l] * p[BIAS + l] * w[B_PHI + l]
    for l in range(LANES):
        variance = max(w[VARIANCE + l], 0.0)
        assumed, slope = p[ASSUMED_NOISE + l], w[SLOPE + l]
        omega = max(math.sqrt(assumed * assumed + slope * slope * variance), LEAST_NOISE)
        z = (slope * w[MU + l] + w[SHIFT + l]) / omega
        w[VARIANCE + l] = variance
        w[OMEGA + l] = omega
        w[Z + l] = z
    for l in range(LANES):
        density, yes, no, r_yes, r_no = normal_parts(w[Z + l])
        w[DENSITY + l] = density
        w[Q_YES + l] = yes
        w[Q_NO + l] = no
        w[R_YES + l] = r_yes
        w[R_NO + l] = r_no


@stage
def value_options(rules: Rules, b: Block) -> None:
    """What asking and acting are worth to the agent (dropping is worth 0), and the signs of the differences.

    Where the answer is nearly certain, asking differs from acting or dropping by less than rounding: the totals would tie.
    So the rows OVER_ACT and OVER_DROP hold (ask − act)/P(no) and (ask − drop)/P(yes), in which nothing underflows.
    """
    d = rules.features
    p, s, w = b.p, b.s, b.w
    for l in range(LANES):
        w[TEMP + l] = 0.0
    if b.on[ON_FORESIGHT] != 0:
        value_information(d, b)
    for l in range(LANES):
        care, own, mu = s[CARE_WEIGHT + l], w[OWN_GAIN + l], w[MU + l]
        yes, no = w[Q_YES + l], w[Q_NO + l]
        spread = w[SLOPE + l] * w[VARIANCE + l] / w[OMEGA + l]
        learned = care * spread + w[TEMP + l]  # what P(yes)·r_yes = P(no)·r_no = ϕ(z) multiplies
        fear = care * p[CAUTION + l] * math.sqrt(w[VARIANCE + l])
        ask_cost, spared = p[ASK_COST + l], p[RESIST_COST + l] - p[ASK_COST + l] + fear
        w[P_ASK + l] = yes * (care * mu + own) + learned * w[DENSITY + l] - ask_cost
        w[P_ACT + l] = care * mu - fear + own - p[RESIST_COST + l]
        w[OVER_ACT + l] = learned * w[R_NO + l] - (care * mu + own) + (spared / no if spared != 0.0 else 0.0)
        w[OVER_DROP + l] = learned * w[R_YES + l] + (care * mu + own) - (ask_cost / yes if ask_cost != 0.0 else 0.0)


@kernel
def value_information(d: int, b: Block) -> None:
    """The value of an answer for later plans, H e_N (Q‖m⁺‖ + (1 − Q)‖m⁻‖ − ‖m‖), divided by ϕ(z), into the row TEMP.

    With g = (a/ω) r, ‖m ± g Vφ‖ − ‖m‖ = g (±2 m·Vφ + g ‖Vφ‖²)/(‖m ± g Vφ‖ + ‖m‖): no difference of near equals is left.
    """
    p, s, w = b.p, b.s, b.w
    for l in range(LANES):
        w[TEMP + l] = 0.0
        w[TEMP2 + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            w[TEMP + l] += b.m[i, l] * b.Vphi[i, l]
            w[TEMP2 + l] += b.Vphi[i, l] * b.Vphi[i, l]
    for l in range(LANES):
        scale, length = w[SLOPE + l] / w[OMEGA + l], s[M_NORM + l]
        up, down = scale * w[R_YES + l], scale * w[R_NO + l]
        rise = 2.0 * w[TEMP + l] + up * w[TEMP2 + l]
        fall = -2.0 * w[TEMP + l] + down * w[TEMP2 + l]
        after_yes = math.sqrt(max(length * length + up * rise, 0.0)) + length
        after_no = math.sqrt(max(length * length + down * fall, 0.0)) + length
        gained = (rise / after_yes if after_yes > 0.0 else 0.0) + (fall / after_no if after_no > 0.0 else 0.0)
        counted = s[CARE_WEIGHT + l] * p[FORESIGHT + l] * p[E_N + l] * scale * gained
        w[TEMP + l] = counted if p[FORESIGHT + l] > 0.0 else 0.0


@lane
def gate_law(ask: float, act: float, over_act: float, over_drop: float, temperature: float) -> tuple[float, float]:
    """Chances of asking and of dropping: the largest of (ask, act, 0), ties to ask, then drop; logistic if T > 0."""
    hard_ask = 1.0 if (over_act >= 0.0) & (over_drop >= 0.0) else 0.0
    hard_drop = 1.0 if (hard_ask == 0.0) & (act <= 0.0) else 0.0
    top = max(max(ask, act), 0.0)
    soft = temperature >= COLDEST
    inverse = 1.0 / temperature if soft else 0.0
    e_ask, e_act, e_drop = exp((ask - top) * inverse), exp((act - top) * inverse), exp(-top * inverse)
    total = e_ask + e_act + e_drop
    return (e_ask / total if soft else hard_ask), (e_drop / total if soft else hard_drop)


@stage
def decide(b: Block) -> None:
    """Open or shut: the rows ASKS and ACTS become 0 or 1."""
    w = b.w
    if b.on[ON_TEMPERATURE] != 0:
        decide_expected(b)
        for l in range(LANES):
            w[ASKS + l] = 1.0 if w[LOOK_GATE + l] < w[P_ASK + l] else 0.0
            w[ACTS + l] = 1.0 if w[LOOK_GATE + l] >= w[P_ASK + l] + w[P_DROP + l] else 0.0
    else:
        for l in range(LANES):
            asks = (w[OVER_ACT + l] >= 0.0) & (w[OVER_DROP + l] >= 0.0)
            w[ASKS + l] = 1.0 if asks else 0.0
            w[ACTS + l] = 1.0 if (not asks) & (w[P_ACT + l] > 0.0) else 0.0
    for l in range(LANES):
        b.s[ASKED + l] += w[ASKS + l]


@kernel
def decide_expected(b: Block) -> None:
    """The chances of asking, dropping and acting, in place of the options' values."""
    p, w = b.p, b.w
    for l in range(LANES):
        ask, drop = gate_law(w[P_ASK + l], w[P_ACT + l], w[OVER_ACT + l], w[OVER_DROP + l], p[GATE_TEMPERATURE + l])
        w[P_ASK + l] = ask
        w[P_DROP + l] = drop
        w[P_ACT + l] = max(1.0 - ask - drop, 0.0)  # where it never acts, rounding would leave a chance just below 0
