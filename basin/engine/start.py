"""Where a run starts: the directions and the belief that a lane is filled with (model, section 7).

Directions have given cosines with θ and are otherwise uniform, per run. Cosines are measured under the inner product
⟨x, y⟩ = xᵀ M y, with M the identity unless `values.warp` asks in which space "close" is meant. In the deterministic
skeleton the random directions are the axes of R^d instead, one after the other.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import allocating
from basin.engine.layout import (
    ARGUMENT, ASKED, BIAS, CAPABILITY, CAPABILITY_START, CARE, CLAIMED, CLASS, CULTURE_LENGTH, DWELL, ENDED, EPISODE,
    EVOLVED, FLOOR, HARM, HORIZON, KNOWLEDGE, KNOWN_FACTS, LIVE, OFFSET, OVERLAP, OWN_FIELDS, PEOPLE_COUNTER,
    RANDOM_DIRECTION, SHARE, SINCE, SPREAD, STRENGTH, SUM_BEHAVES, SUM_CARES, SUM_ITEMS, SUM_KNOWS, SUM_MOVED, SURVIVAL,
    VISIBLE_FEATURES, WARP, WELFARE, WINDOW_LEFT, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.people import start_people, weigh_culture_as_bias
from basin.engine.random import (
    START_BIAS, START_CULTURE, START_ERROR, START_FACTS, START_OVERSEER, START_OWN, START_VALUES, Word, philox, uniform52,
)  # fmt: skip
from basin.engine.vectors import (
    gaussian, measure, mirror_to, mirrored_axis, normalise, place, remove, store, warp_frame,
)  # fmt: skip


@allocating
def start_own(
    rules: Rules, b: Block, lane: int, theta: Numbers, theta_m: Numbers, frame: Numbers, scale: Numbers, mirror: Numbers,
    run_low: Word, run_high: Word, key_low: Word, key_high: Word,
) -> Numbers:  # fmt: skip
    """Directions of the own motives. Returns their residuals (K−1, d), unit and orthogonal to θ."""
    d = theta.shape[0]
    own = rules.motives - 1
    residual = np.zeros((own, d))
    raw = np.zeros((own, d))
    x, xm = np.empty(d), np.empty(d)
    if own > 0:
        gaussian(raw.reshape(own * d), START_OWN, run_low, run_high, key_low, key_high)
    for k in range(own):
        if rules.expected == 1:
            mirrored_axis(mirror, 2 + k, raw[k])
        remove(raw[k], theta, theta_m)
        if rules.mutual == 1:
            for _ in range(2):
                for j in range(k):
                    measure(frame, scale, raw[j], xm)
                    remove(raw[k], raw[j], xm)
        measure(frame, scale, raw[k], xm)
        normalise(raw[k], xm)
    factor = OWN_FIELDS * own
    for k in range(own):
        if rules.mutual == 1:
            for j in range(k + 1):
                weight = b.q[factor + k * (k + 1) // 2 + j, lane]
                for i in range(d):
                    residual[k, i] += weight * raw[j, i]
        else:
            for i in range(d):
                residual[k, i] = raw[k, i]
        place(b.q[OWN_FIELDS * k + OVERLAP, lane], theta, residual[k], x)
        normalise(x, x.copy())  # an inner product other than the usual one changes lengths
        store(b.own, k * d, lane, x)
        store(b.want, k * d, lane, x)
    return residual


@allocating
def orthogonal_direction(
    rules: Rules, lane: int, rows: Numbers, chosen: int, residual: Numbers, theta: Numbers, mirror: Numbers, axis: int,
    use: int, run_low: Word, run_high: Word, key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """A unit direction ⊥ θ into a block's rows: random, toward a named motive, or in the skeleton a given axis."""
    d = theta.shape[0]
    x = np.zeros(d)
    if chosen != RANDOM_DIRECTION:
        x[:] = residual[chosen]
    elif rules.expected == 0:
        gaussian(x, use, run_low, run_high, key_low, key_high)
    elif axis < d:
        mirrored_axis(mirror, axis, x)
    remove(x, theta, theta)
    normalise(x, x.copy())
    store(rows, 0, lane, x)


@allocating
def start_belief(
    rules: Rules, b: Block, lane: int, theta: Numbers, residual: Numbers, frame: Numbers, scale: Numbers, mirror: Numbers,
    run_low: Word, run_high: Word, key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """m₀ at cos(m₀, θ) = knowledge within the visible features, V₀ = (spread²/d) I there."""
    d = theta.shape[0]
    visible = int(b.p[VISIBLE_FEATURES + lane])
    seen, seen_m, error, error_m = np.zeros(d), np.zeros(d), np.zeros(d), np.zeros(d)
    for i in range(visible):
        seen[i] = theta[i]
    measure(frame, scale, seen, seen_m)
    normalise(seen, seen_m)
    if rules.error_direction != RANDOM_DIRECTION:
        error[:] = residual[rules.error_direction]
    elif rules.expected == 0:
        gaussian(error, START_ERROR, run_low, run_high, key_low, key_high)
    elif d > 1:
        mirrored_axis(mirror, 1, error)
    for i in range(visible if visible > 1 else 0, d):  # one feature leaves no room for an error but the sign
        error[i] = 0.0
    remove(error, seen, seen_m)
    measure(frame, scale, error, error_m)
    normalise(error, error_m)
    x = np.zeros(d)
    place(b.p[KNOWLEDGE + lane], seen, error, x)
    normalise(x, x.copy())
    for i in range(d):
        b.m[i, lane] = b.p[STRENGTH + lane] * x[i]
    variance = b.p[SPREAD + lane] * b.p[SPREAD + lane] / d
    at = 0
    for i in range(d):
        for j in range(i + 1):
            b.V[at, lane] = variance if i == j and i < visible else 0.0
            at += 1


@allocating
def start_shares(rules: Rules, b: Block, lane: int) -> None:
    """Care and, in proportion to their weights, the own motives, each at least at the floor."""
    own = rules.motives - 1
    total = 0.0
    for k in range(own):
        total += b.q[OWN_FIELDS * k + SHARE, lane]
    floor = b.p[FLOOR + lane]
    care = b.p[CARE + lane] if own > 0 else 1.0
    excess = max(0.0, care - floor)
    b.shares[0, lane] = excess
    for k in range(own):
        share = (1.0 - care) * (b.q[OWN_FIELDS * k + SHARE, lane] / total)
        b.shares[1 + k, lane] = max(0.0, share - floor)
        excess += b.shares[1 + k, lane]
    for k in range(own + 1):
        b.shares[k, lane] = floor + b.shares[k, lane] * ((1.0 - (own + 1) * floor) / excess)
        b.shares0[k, lane] = b.shares[k, lane]


@allocating
def start_lane(rules: Rules, choices: Choices, b: Block, lane: int, settled: int, key_low: Word, key_high: Word) -> None:
    """Fill one lane, whose parameters and run counter are already in place, with a run at its start.

    settled: 1 where it comes among people who are there already, with what they value now and how they show it.
    """
    d = rules.features
    run_low, run_high = b.counter[0, lane], b.counter[1, lane]
    people_low, people_high = b.counter[PEOPLE_COUNTER, lane], b.counter[PEOPLE_COUNTER + 1, lane]
    theta, theta_m = np.zeros(d), np.empty(d)
    visible = b.p[VISIBLE_FEATURES + lane]
    if settled == 1:
        for i in range(d):
            theta[i] = b.theta[i, lane]
    elif choices.theta.shape[0] == d:
        theta[:] = choices.theta
    elif rules.expected == 1:  # the skeleton's θ has the mean square share of the features that are out of sight
        theta[d - 1] = math.sqrt(1.0 - visible / d)
        theta[0] = math.sqrt(visible / d)
    else:
        gaussian(theta, START_VALUES, people_low, people_high, key_low, key_high)
        normalise(theta, theta.copy())
    if settled == 0:
        start_people(rules, b, lane, theta, people_low, people_high, key_low, key_high)
        store(b.theta, 0, lane, theta)
        store(b.theta0, 0, lane, theta)
    warped = b.p[WARP + lane] > 1.0
    frame, scale, mirror = np.empty((d if warped else 0, d)), np.empty(d), np.empty(d)
    if warped:
        warp_frame(b.p[WARP + lane], run_low, run_high, key_low, key_high, frame, scale)
    mirror_to(theta, mirror)
    measure(frame, scale, theta, theta_m)
    unit, unit_m = theta.copy(), theta_m.copy()  # θ at unit length in the inner product of the angles
    normalise(unit, unit_m)
    residual = start_own(rules, b, lane, unit, unit_m, frame, scale, mirror, run_low, run_high, key_low, key_high)
    axis = 1 + rules.motives
    whose = settled == 0 or rules.bias_direction != RANDOM_DIRECTION  # a bias toward a motive is the agent's own
    if whose:
        orthogonal_direction(
            rules, lane, b.bias, rules.bias_direction, residual, theta, mirror, axis, START_BIAS, people_low, people_high,
            key_low, key_high,
        )  # fmt: skip
    axis += 1 if rules.bias_direction == RANDOM_DIRECTION and b.p[BIAS + lane] != 0.0 else 0
    if settled == 0:
        orthogonal_direction(
            rules, lane, b.offset, RANDOM_DIRECTION, residual, theta, mirror, axis, START_OVERSEER, people_low, people_high,
            key_low, key_high,
        )  # fmt: skip
    axis += 1 if b.p[OFFSET + lane] != 0.0 else 0
    if rules.target == EVOLVED and b.p[CULTURE_LENGTH + lane] > 0.0:
        if settled == 0:
            orthogonal_direction(
                rules, lane, b.culture, RANDOM_DIRECTION, residual, theta, mirror, axis, START_CULTURE, people_low,
                people_high, key_low, key_high,
            )  # fmt: skip
        for i in range(d if whose else 0):
            b.bias[i, lane] = b.p[BIAS + lane] * b.bias[i, lane] + b.p[CULTURE_LENGTH + lane] * b.culture[i, lane]
        weigh_culture_as_bias(rules, b.p, lane)
    start_belief(rules, b, lane, theta, residual, frame, scale, mirror, run_low, run_high, key_low, key_high)
    start_shares(rules, b, lane)
    a, c, _, _ = philox(run_low, run_high, np.uint64(0), np.uint64(START_FACTS * 65536), key_low, key_high)
    s, p = b.s, b.p
    s[EPISODE + lane] = 0.0
    s[CAPABILITY + lane] = p[CAPABILITY_START + lane]
    s[ARGUMENT + lane] = 1.0 if uniform52(a, c) < p[KNOWN_FACTS + lane] else 0.0
    for row in (WELFARE, HARM, ASKED, ENDED, SINCE, SUM_KNOWS, SUM_CARES, SUM_BEHAVES, SUM_MOVED, SUM_ITEMS):
        s[row + lane] = 0.0
    s[CLASS + lane] = -1.0
    s[CLAIMED + lane] = -2.0
    s[SURVIVAL + lane] = 1.0
    s[LIVE + lane] = 1.0
    horizon, dwell = p[HORIZON + lane], p[DWELL + lane]
    s[WINDOW_LEFT + lane] = (horizon - 1.0) % dwell + 1.0  # windows of `dwell` episodes that end at the horizon
