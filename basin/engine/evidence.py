"""Passive evidence: statements, comparisons, demonstrations and recorded choices (model, section 3).

The agents of a block that meet a kind of evidence this episode are gathered into a batch, learn there, and are put back:
a rare channel costs little, a frequent one hardly more.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers, Whole
from basin.engine.belief import (
    LEAST_NOISE, kalman_step, learn_along_batch, probit_step, times_covariance_batch, trust_batch,
)  # fmt: skip
from basin.engine.compile import BATCH, LANES, kernel, stage
from basin.engine.layout import (
    ASSUMED_NOISE, ATTENTIVE, AWARENESS, AXES, BIAS, B_ALONG_BIAS, B_ASSUMED, B_AT, B_AXES, B_BIAS, B_BIAS_KNOWN,
    B_DISAGREEMENT, B_DROP, B_GAIN, B_LAPSE, B_LENGTH, B_MOVED, B_MU, B_NOISE, B_OMEGA, B_OPTIONS, B_PICK,
    B_RATIONALITY, B_SHOWN, B_SLOPE, B_STATED, B_TEMP, B_TILT, B_TILT_KNOWN, B_TRUSTED, B_U, B_VARIANCE, B_Z, CHOICES,
    COMPARISONS, DEMONSTRATIONS, DISAGREEMENT, ITEMS, LAPSE, MOVED, NOISE, ON_BIAS, ON_CHOICES, ON_COMPARISONS,
    ON_DEMONSTRATIONS, ON_PEOPLE, ON_STATEMENTS, OPTIONS, PEOPLE, RATIONALITY, SLOPE, STATEMENTS,
    STATEMENT_NOISE, TILTED, TILT_KNOWN, Batch, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.luce import learn_luce
from basin.engine.oversight import chance_of_yes
from basin.engine.plan import normals_batch
from basin.engine.random import (
    ARRIVALS, CHOICE, COMPARISON, DEMONSTRATION, STATEMENT, Word, normal_pair, philox, uniform32, uniform52,
)  # fmt: skip
from basin.engine.special import exp, normal_parts

ANSWERS = 64  # within a channel's slots: the answer comes after the normals of x, the options of a choice after that
FIRST_OPTION = 128


@stage
def learn_from_evidence(rules: Rules, choices: Choices, b: Block, e: Batch, key_low: Word, key_high: Word) -> None:
    """Every channel that is on, in a fixed order; each item is met with probability rate × attention."""
    if b.on[ON_STATEMENTS] + b.on[ON_COMPARISONS] + b.on[ON_DEMONSTRATIONS] + b.on[ON_CHOICES] == 0:
        return
    slot = np.uint64(ARRIVALS * 65536)
    c = b.counter
    arrived = e.arrived
    for l in range(LANES):
        statement, comparison, demonstration, choice = philox(c[0, l], c[1, l], c[2, l], slot, key_low, key_high)
        arrived[0, l] = uniform32(statement)
        arrived[1, l] = uniform32(comparison)
        arrived[2, l] = uniform32(demonstration)
        arrived[3, l] = uniform32(choice)
    for channel, rate in enumerate((STATEMENTS, COMPARISONS, DEMONSTRATIONS, CHOICES)):
        for l in range(LANES):
            arrived[channel, l] = 1.0 if arrived[channel, l] < b.p[rate + l] * b.w[ATTENTIVE + l] else 0.0
    biased = b.on[ON_BIAS]
    if b.on[ON_STATEMENTS] != 0:
        count = find_met(e, 0)
        for first in range(0, count, BATCH):
            gather(rules, b, e, first, count)
            hear_from(rules, b, e, 1)
            hear_statements(rules, biased, e, key_low, key_high)
            put_back(rules, b, e, first, count)
    if b.on[ON_COMPARISONS] != 0:
        count = find_met(e, 1)
        for first in range(0, count, BATCH):
            gather(rules, b, e, first, count)
            hear_from(rules, b, e, 2)
            hear_comparisons(rules, biased, e, key_low, key_high)
            put_back(rules, b, e, first, count)
    if b.on[ON_DEMONSTRATIONS] != 0:
        count = find_met(e, 2)
        for first in range(0, count, BATCH):
            gather(rules, b, e, first, count)
            hear_from(rules, b, e, 3)
            see_demonstrations(rules, biased, e, key_low, key_high)
            put_back(rules, b, e, first, count)
    if b.on[ON_CHOICES] != 0:
        count = find_met(e, 3)
        for first in range(0, count, BATCH):
            gather(rules, b, e, first, count)
            see_choices(rules, choices, e, key_low, key_high)
            put_back(rules, b, e, first, count)


@stage
def find_met(e: Batch, channel: int) -> int:
    """List the lanes that met an item of a channel. Returns how many."""
    count = 0
    for l in range(LANES):
        if e.arrived[channel, l] != 0.0:
            e.met[count] = l
            count += 1
    return count


@kernel
def gather(rules: Rules, b: Block, e: Batch, first: int, count: int) -> None:
    """Copy up to BATCH of the agents that met an item into the batch."""
    d = rules.features
    p, w = b.p, b.w
    for n in range(BATCH):  # padding repeats an agent; what it learns is dropped
        e.lanes[n] = e.met[first + n] if first + n < count else e.met[first]
    pick(d, b.m, e.lanes, e.m)
    pick(d, b.u, e.lanes, e.u)
    pick(d, b.theta, e.lanes, e.theta)
    if b.on[ON_BIAS] != 0:
        pick(d, b.bias, e.lanes, e.bias)
    pick(d * (d + 1) // 2, b.V, e.lanes, e.V)
    for n in range(BATCH):
        l = e.lanes[n]
        for word in range(3):
            e.counter[word, n] = b.counter[word, l]
        e.w[B_NOISE + n] = p[NOISE + l]
        e.w[B_DISAGREEMENT + n] = p[DISAGREEMENT + l]
        e.w[B_LAPSE + n] = p[LAPSE + l]
        e.w[B_BIAS + n] = p[BIAS + l]
        e.w[B_BIAS_KNOWN + n] = w[SLOPE + l] * p[AWARENESS + l] * p[BIAS + l]
        e.w[B_ASSUMED + n] = p[ASSUMED_NOISE + l]
        e.w[B_STATED + n] = p[STATEMENT_NOISE + l]
        e.w[B_TILT + n] = w[TILTED + l]
        e.w[B_TILT_KNOWN + n] = w[TILT_KNOWN + l]
        e.w[B_SLOPE + n] = w[SLOPE + l]
        e.w[B_OPTIONS + n] = p[OPTIONS + l]
        e.w[B_RATIONALITY + n] = p[RATIONALITY + l]
        e.w[B_AXES + n] = p[AXES + l]
        e.w[B_MOVED + n] = 0.0


@kernel
def pick(rows: int, of: Numbers, lanes: Whole, out: Numbers) -> None:
    """The lanes of a batch's agents, four at a time: vectors that gather by index took twice as long."""
    for n in range(0, BATCH, 4):
        l_0, l_1, l_2, l_3 = lanes[n], lanes[n + 1], lanes[n + 2], lanes[n + 3]
        for row in range(rows):
            out[row, n] = of[row, l_0]
            out[row, n + 1] = of[row, l_1]
            out[row, n + 2] = of[row, l_2]
            out[row, n + 3] = of[row, l_3]


@stage
def hear_from(rules: Rules, b: Block, e: Batch, item: int) -> None:
    """The values that an item of evidence comes from are those of one person, where there are people."""
    if b.on[ON_PEOPLE] != 0:
        differ(rules, b, e, item)


@kernel
def differ(rules: Rules, b: Block, e: Batch, item: int) -> None:
    d = rules.features
    for n in range(BATCH):
        l = e.lanes[n]
        if b.p[PEOPLE + l] > 1.0:
            first = b.person[item, l] * d
            for i in range(d):
                e.theta[i, n] += b.people[first + i, l]


@kernel
def put_back(rules: Rules, b: Block, e: Batch, first: int, count: int) -> None:
    """Copy what the agents of the batch have learned back into their lanes."""
    d = rules.features
    size = min(BATCH, count - first)
    for i in range(d):
        for n in range(size):
            b.m[i, e.lanes[n]] = e.m[i, n]
    for at in range(d * (d + 1) // 2):
        for n in range(size):
            b.V[at, e.lanes[n]] = e.V[at, n]
    for n in range(size):
        b.w[MOVED + e.lanes[n]] += e.w[B_MOVED + n]
        b.w[ITEMS + e.lanes[n]] += 1.0


@stage
def draw_direction(rules: Rules, e: Batch, slot: int, out: Numbers, key_low: Word, key_high: Word) -> None:
    """x ~ N(0, I), or ±√d along a random axis."""
    d = rules.features
    normals_batch(e.counter, slot, d, key_low, key_high, out)
    on_axes = 0.0
    for n in range(BATCH):
        on_axes += e.w[B_AXES + n]
    if on_axes == 0.0:
        return
    length = math.sqrt(d)
    c = e.counter
    at = np.uint64(slot)
    for n in range(BATCH):
        axis, sign, _, _ = philox(c[0, n], c[1, n], c[2, n], at, key_low, key_high)
        e.w[B_AT + n] = uniform32(axis) * d
        e.w[B_TEMP + n] = length if uniform32(sign) < 0.5 else -length
    for i in range(d):
        for n in range(BATCH):
            on_axis = (e.w[B_AT + n] >= i) & (e.w[B_AT + n] < i + 1.0)
            along = e.w[B_TEMP + n] if on_axis else 0.0
            out[i, n] = along if e.w[B_AXES + n] != 0.0 else out[i, n]


@stage
def show(rules: Rules, biased: int, e: Batch, x: Numbers) -> None:
    """What people perceive of x (row B_SHOWN), and the part of it that the agent allows for (row B_U)."""
    d = rules.features
    w = e.w
    for n in range(BATCH):
        w[B_SHOWN + n] = 0.0
        w[B_U + n] = 0.0
        w[B_ALONG_BIAS + n] = 0.0
        w[B_MU + n] = 0.0
        w[B_LENGTH + n] = 0.0
    for i in range(d):
        for n in range(BATCH):
            w[B_SHOWN + n] += e.theta[i, n] * x[i, n]
            w[B_U + n] += e.u[i, n] * x[i, n]
            w[B_MU + n] += e.m[i, n] * x[i, n]
            w[B_LENGTH + n] += x[i, n] * x[i, n]
    if biased != 0:
        for i in range(d):
            for n in range(BATCH):
                w[B_ALONG_BIAS + n] += e.bias[i, n] * x[i, n]
    for n in range(BATCH):
        tilt, toward = w[B_TILT + n], w[B_U + n]
        shown = w[B_SHOWN + n] + w[B_BIAS + n] * w[B_ALONG_BIAS + n]
        w[B_SHOWN + n] = (1.0 - tilt) * shown + tilt * toward
        w[B_U + n] = w[B_TILT_KNOWN + n] * toward + w[B_BIAS_KNOWN + n] * w[B_ALONG_BIAS + n]


@stage
def spread_along(d: int, e: Batch) -> None:
    """Vx, and xᵀVx into the row B_VARIANCE."""
    times_covariance_batch(d, e.V, e.x, e.Vx, e.w[B_TEMP : B_TEMP + BATCH])
    for n in range(BATCH):
        e.w[B_VARIANCE + n] = 0.0
    for i in range(d):
        for n in range(BATCH):
            e.w[B_VARIANCE + n] += e.Vx[i, n] * e.x[i, n]


@stage
def learn_batch(d: int, e: Batch) -> None:
    learn_along_batch(
        d, e.m, e.V, e.Vx, e.w[B_GAIN : B_GAIN + BATCH], e.w[B_DROP : B_DROP + BATCH], e.w[B_MOVED : B_MOVED + BATCH],
        e.w[B_TEMP : B_TEMP + BATCH],
    )  # fmt: skip


@kernel
def hear_statements(rules: Rules, biased: int, e: Batch, key_low: Word, key_high: Word) -> None:
    """Someone states how good x is, give or take σ_s: a Kalman update."""
    d = rules.features
    w, c = e.w, e.counter
    draw_direction(rules, e, STATEMENT * 65536, e.x, key_low, key_high)
    show(rules, biased, e, e.x)
    spread_along(d, e)
    trust_batch(d, e.V, w[B_STATED : B_STATED + BATCH], w[B_TRUSTED : B_TRUSTED + BATCH])
    slot = np.uint64(STATEMENT * 65536 + ANSWERS)
    for n in range(BATCH):
        word_0, word_1, word_2, word_3 = philox(c[0, n], c[1, n], c[2, n], slot, key_low, key_high)
        error, _ = normal_pair(word_0, word_1, word_2, word_3)
        stated = w[B_SHOWN + n] + w[B_STATED + n] * error
        slope = w[B_SLOPE + n]
        variance = slope * slope * max(w[B_VARIANCE + n], 0.0) + w[B_TRUSTED + n] * w[B_TRUSTED + n]
        gain, drop = kalman_step(stated - (slope * w[B_MU + n] + w[B_U + n]), slope, variance)
        w[B_GAIN + n] = gain
        w[B_DROP + n] = drop
    learn_batch(d, e)


@stage
def expect_answer(e: Batch) -> None:
    """z and ω of the agent's probit model of a binary answer, into the rows B_Z and B_OMEGA."""
    w = e.w
    for n in range(BATCH):
        slope, assumed = w[B_SLOPE + n], w[B_ASSUMED + n]
        omega = max(math.sqrt(assumed * assumed + slope * slope * max(w[B_VARIANCE + n], 0.0)), LEAST_NOISE)
        w[B_OMEGA + n] = omega
        w[B_Z + n] = (slope * w[B_MU + n] + w[B_U + n]) / omega


@stage
def hear_comparisons(rules: Rules, biased: int, e: Batch, key_low: Word, key_high: Word) -> None:
    """Which of two random plans is better: the probit update on x = (φ_a − φ_b)/√2, which is again N(0, I)."""
    d = rules.features
    w, c = e.w, e.counter
    draw_direction(rules, e, COMPARISON * 65536, e.x, key_low, key_high)
    show(rules, biased, e, e.x)
    spread_along(d, e)
    expect_answer(e)
    slot = np.uint64(COMPARISON * 65536 + ANSWERS)
    for n in range(BATCH):
        word_0, word_1, _, _ = philox(c[0, n], c[1, n], c[2, n], slot, key_low, key_high)
        chance = chance_of_yes(w[B_SHOWN + n], w[B_NOISE + n], w[B_DISAGREEMENT + n], w[B_LENGTH + n], w[B_LAPSE + n])
        answer = 1.0 if uniform52(word_0, word_1) < chance else -1.0
        _, _, _, r_yes, r_no = normal_parts(w[B_Z + n])
        r = r_yes if answer > 0.0 else r_no
        gain, drop = probit_step(answer, w[B_SLOPE + n], w[B_OMEGA + n], w[B_Z + n], r)
        w[B_GAIN + n] = gain
        w[B_DROP + n] = drop
    learn_batch(d, e)


@kernel
def see_demonstrations(rules: Rules, biased: int, e: Batch, key_low: Word, key_high: Word) -> None:
    """Someone picks one of J random plans, more often the better it is to them (Luce 1959), or at random in a lapse."""
    d = rules.features
    w, c = e.w, e.counter
    most = 0.0
    for n in range(BATCH):
        most = max(most, w[B_OPTIONS + n])
    for j in range(int(most)):
        draw_direction(rules, e, DEMONSTRATION * 65536 + FIRST_OPTION + 32 * j, e.x, key_low, key_high)
        show(rules, biased, e, e.x)
        for i in range(d):
            for n in range(BATCH):
                e.options[j * d + i, n] = e.x[i, n]
        for n in range(BATCH):
            e.score[j, n] = w[B_RATIONALITY + n] * w[B_SHOWN + n]
            e.tilt[j, n] = w[B_U + n]
    slot = np.uint64(DEMONSTRATION * 65536 + ANSWERS)
    for n in range(BATCH):
        word_0, word_1, _, _ = philox(c[0, n], c[1, n], c[2, n], slot, key_low, key_high)
        w[B_AT + n] = uniform52(word_0, word_1)
        top = e.score[0, n]
        count = int(w[B_OPTIONS + n])
        for j in range(1, count):
            top = max(top, e.score[j, n])
        total = 0.0
        for j in range(count):
            e.score[j, n] = exp(e.score[j, n] - top)
            total += e.score[j, n]
        below = 0.0
        picked = count - 1
        for j in range(count - 1, -1, -1):  # from the back: the last assignment is the first option past u
            below = 0.0
            for k in range(j + 1):
                below += (1.0 - w[B_LAPSE + n]) * (e.score[k, n] / total) + w[B_LAPSE + n] / count
            picked = j if w[B_AT + n] < below else picked
        w[B_PICK + n] = picked
    learn_luce(rules, e)


@kernel
def see_choices(rules: Rules, choices: Choices, e: Batch, key_low: Word, key_high: Word) -> None:
    """A recorded choice, drawn from the table. Bias, tilt and influence do not apply: it happened."""
    c = e.counter
    sets = choices.chosen.shape[0]
    slot = np.uint64(CHOICE * 65536)
    for n in range(BATCH):
        word_0, word_1, _, _ = philox(c[0, n], c[1, n], c[2, n], slot, key_low, key_high)
        load_choice(rules, choices, e, n, min(sets - 1, int(uniform52(word_0, word_1) * sets)))
    learn_luce(rules, e)


@kernel
def load_choice(rules: Rules, choices: Choices, e: Batch, n: int, row: int) -> None:
    """Put one recorded choice before one agent of the batch."""
    d = rules.features
    first, count = choices.offsets[row], choices.offsets[row + 1] - choices.offsets[row]
    for j in range(count):
        for i in range(d):
            e.options[j * d + i, n] = choices.options[first + j, i]
        e.tilt[j, n] = 0.0
    e.w[B_OPTIONS + n] = count
    e.w[B_PICK + n] = choices.chosen[row]
    e.w[B_RATIONALITY + n] = choices.rationality
    e.w[B_SLOPE + n] = 1.0
