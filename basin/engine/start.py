"""Where a run starts: the directions and the belief that a lane is filled with (model, section 7).

Directions have given cosines with θ and are otherwise uniform, per run. Cosines are measured under the inner product
⟨x, y⟩ = xᵀ M y, with M the identity unless `values.warp` asks in which space "close" is meant. In the deterministic
skeleton the random directions are the axes of R^d instead, one after the other.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import kernel, spliced, stage
from basin.engine.layout import (
    ARGUMENT, ASKED, BIAS, CAPABILITY, CAPABILITY_START, CARE, CLAIMED, CLASS, CULTURE_LENGTH, DWELL, ENDED, EPISODE,
    EVOLVED, FLOOR, HARM, HORIZON, KNOWLEDGE, KNOWN_FACTS, LIVE, OFFSET, OVERLAP, OWN_FIELDS, PEOPLE, PEOPLE_COUNTER,
    RANDOM_DIRECTION, SHARE, SINCE, SPREAD, START_VECTORS, STRENGTH, SUM_BEHAVES, SUM_CARES, SUM_ITEMS, SUM_KNOWS,
    SUM_MOVED, SURVIVAL, VISIBLE_FEATURES, WARP, WELFARE, WINDOW_LEFT, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.people import start_people, weigh_culture_as_bias
from basin.engine.random import (
    START_BIAS, START_CULTURE, START_ERROR, START_FACTS, START_OVERSEER, START_OWN, START_VALUES, Word, philox, uniform52,
)  # fmt: skip
from basin.engine.vectors import (
    clear, copy_to, gaussian, measure, mirror_to, mirrored_axis, normalise, place, remove, shorten, store, warp_frame,
)  # fmt: skip


# Vectors of d numbers in `Block.start`, which is where a run is made: arrays of its own took twice as long as all the rest.
# After those named come the residuals of the own motives, what they are made of, and the frame of a warped space.
THETA, THETA_M, UNIT, UNIT_M, SCALE, MIRROR, SEEN, SEEN_M, ERROR, ERROR_M, X, X_M = range(START_VECTORS)
FIXED = START_VECTORS


@spliced
def vector(start: Numbers, at: int, d: int) -> Numbers:
    return start[at * d : (at + 1) * d]


@kernel
def start_own(
    rules: Rules, q: Numbers, fixed: Numbers, want: Numbers, lane: int, start: Numbers, frame: Numbers, run_low: Word,
    run_high: Word, key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """Directions of the own motives. Their residuals, unit and orthogonal to θ, stay in `start`."""
    d, own = rules.features, rules.motives - 1
    theta, theta_m, scale = vector(start, UNIT, d), vector(start, UNIT_M, d), vector(start, SCALE, d)
    x, xm = vector(start, X, d), vector(start, X_M, d)
    made = FIXED + own  # the first of what residuals are made of
    if own > 0:
        gaussian(start[made * d : (made + own) * d], START_OWN, run_low, run_high, key_low, key_high)
    for k in range(own):
        raw = vector(start, made + k, d)
        if rules.expected == 1:
            mirrored_axis(vector(start, MIRROR, d), 2 + k, raw)
        remove(raw, theta, theta_m)
        if rules.mutual == 1:
            for _ in range(2):
                for j in range(k):
                    other = vector(start, made + j, d)
                    measure(frame, scale, other, xm)
                    remove(raw, other, xm)
        measure(frame, scale, raw, xm)
        normalise(raw, xm)
    factor = OWN_FIELDS * own
    for k in range(own):
        residual = vector(start, FIXED + k, d)
        clear(residual)
        if rules.mutual == 1:
            for j in range(k + 1):
                weight = q[factor + k * (k + 1) // 2 + j, lane]
                for i in range(d):
                    residual[i] += weight * start[(made + j) * d + i]
        else:
            for i in range(d):
                residual[i] = start[(made + k) * d + i]
        place(q[OWN_FIELDS * k + OVERLAP, lane], theta, residual, x)
        shorten(x)  # an inner product other than the usual one changes lengths
        store(fixed, k * d, lane, x)
        store(want, k * d, lane, x)


@kernel
def orthogonal_direction(
    rules: Rules, lane: int, rows: Numbers, chosen: int, start: Numbers, axis: int, use: int, run_low: Word, run_high: Word,
    key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """A unit direction ⊥ θ into a block's rows: random, toward a named motive, or in the skeleton a given axis."""
    d = rules.features
    x, theta = vector(start, X, d), vector(start, THETA, d)
    clear(x)
    if chosen != RANDOM_DIRECTION:
        copy_to(vector(start, FIXED + chosen, d), x)
    elif rules.expected == 0:
        gaussian(x, use, run_low, run_high, key_low, key_high)
    elif axis < d:
        mirrored_axis(vector(start, MIRROR, d), axis, x)
    remove(x, theta, theta)
    shorten(x)
    store(rows, 0, lane, x)


@kernel
def start_belief(
    rules: Rules, p: Numbers, m: Numbers, V: Numbers, lane: int, start: Numbers, frame: Numbers, run_low: Word, run_high: Word,
    key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """m₀ at cos(m₀, θ) = knowledge within the visible features, V₀ = (spread²/d) I there."""
    d = rules.features
    visible = int(p[VISIBLE_FEATURES + lane])
    scale, x = vector(start, SCALE, d), vector(start, X, d)
    seen, seen_m = vector(start, SEEN, d), vector(start, SEEN_M, d)
    error, error_m = vector(start, ERROR, d), vector(start, ERROR_M, d)
    clear(seen)
    clear(error)
    for i in range(visible):
        seen[i] = start[THETA * d + i]
    measure(frame, scale, seen, seen_m)
    normalise(seen, seen_m)
    if rules.error_direction != RANDOM_DIRECTION:
        copy_to(vector(start, FIXED + rules.error_direction, d), error)
    elif rules.expected == 0:
        gaussian(error, START_ERROR, run_low, run_high, key_low, key_high)
    elif d > 1:
        mirrored_axis(vector(start, MIRROR, d), 1, error)
    for i in range(visible if visible > 1 else 0, d):  # one feature leaves no room for an error but the sign
        error[i] = 0.0
    remove(error, seen, seen_m)
    measure(frame, scale, error, error_m)
    normalise(error, error_m)
    place(p[KNOWLEDGE + lane], seen, error, x)
    shorten(x)
    for i in range(d):
        m[i, lane] = p[STRENGTH + lane] * x[i]
    variance = p[SPREAD + lane] * p[SPREAD + lane] / d
    at = 0
    for i in range(d):
        for j in range(i + 1):
            V[at, lane] = variance if i == j and i < visible else 0.0
            at += 1


@stage
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


@kernel
def start_lane(rules: Rules, choices: Choices, b: Block, lane: int, settled: int, key_low: Word, key_high: Word) -> None:
    """Fill one lane, whose parameters and run counter are already in place, with a run at its start.

    settled: 1 where it comes among people who are there already, with what they value now and how they show it.
    """
    d, start = rules.features, b.start
    run_low, run_high = b.counter[0, lane], b.counter[1, lane]
    people_low, people_high = b.counter[PEOPLE_COUNTER, lane], b.counter[PEOPLE_COUNTER + 1, lane]
    theta, theta_m, mirror = vector(start, THETA, d), vector(start, THETA_M, d), vector(start, MIRROR, d)
    visible = b.p[VISIBLE_FEATURES + lane]
    clear(theta)
    if settled == 1:
        for i in range(d):
            theta[i] = b.theta[i, lane]
    elif choices.theta.shape[0] == d:
        copy_to(choices.theta, theta)
    elif rules.expected == 1:  # the skeleton's θ has the mean square share of the features that are out of sight
        theta[d - 1] = math.sqrt(1.0 - visible / d)
        theta[0] = math.sqrt(visible / d)
    else:
        gaussian(theta, START_VALUES, people_low, people_high, key_low, key_high)
        shorten(theta)
    if settled == 0:
        if b.p[PEOPLE + lane] > 1.0:
            start_people(rules, b, lane, theta, people_low, people_high, key_low, key_high)
        store(b.theta, 0, lane, theta)
        store(b.theta0, 0, lane, theta)
    warped = b.p[WARP + lane] > 1.0
    scale, first = vector(start, SCALE, d), (FIXED + 2 * (rules.motives - 1)) * d
    frame = start[first : first + (d * d if warped else 0)]
    if warped:
        warp_frame(b.p[WARP + lane], d, run_low, run_high, key_low, key_high, frame, scale)
    mirror_to(theta, mirror)
    measure(frame, scale, theta, theta_m)
    unit, unit_m = vector(start, UNIT, d), vector(start, UNIT_M, d)  # θ at unit length in the inner product of the angles
    copy_to(theta, unit)
    copy_to(theta_m, unit_m)
    normalise(unit, unit_m)
    start_own(rules, b.q, b.own, b.want, lane, start, frame, run_low, run_high, key_low, key_high)
    axis = 1 + rules.motives
    whose = settled == 0 or rules.bias_direction != RANDOM_DIRECTION  # a bias toward a motive is the agent's own
    if whose:
        orthogonal_direction(
            rules, lane, b.bias, rules.bias_direction, start, axis, START_BIAS, people_low, people_high, key_low, key_high
        )
    axis += 1 if rules.bias_direction == RANDOM_DIRECTION and b.p[BIAS + lane] != 0.0 else 0
    if settled == 0:
        orthogonal_direction(
            rules, lane, b.offset, RANDOM_DIRECTION, start, axis, START_OVERSEER, people_low, people_high, key_low, key_high
        )
    axis += 1 if b.p[OFFSET + lane] != 0.0 else 0
    if rules.target == EVOLVED and b.p[CULTURE_LENGTH + lane] > 0.0:
        if settled == 0:
            orthogonal_direction(
                rules, lane, b.culture, RANDOM_DIRECTION, start, axis, START_CULTURE, people_low, people_high, key_low,
                key_high,
            )  # fmt: skip
        for i in range(d if whose else 0):
            b.bias[i, lane] = b.p[BIAS + lane] * b.bias[i, lane] + b.p[CULTURE_LENGTH + lane] * b.culture[i, lane]
        weigh_culture_as_bias(rules, b.p, lane)
    start_belief(rules, b.p, b.m, b.V, lane, start, frame, run_low, run_high, key_low, key_high)
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
