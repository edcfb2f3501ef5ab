"""The deterministic skeleton's learning (model, section 11): every channel's expected update, all from one belief.

A channel at rate r applies r/(2d) times the expected update at each of ±√d e_j, summed. The two signs of an axis are the
same question asked the other way round, so each axis is taken once, with weight r/d.
"""

from __future__ import annotations

import math

from basin.engine.arrays import Numbers
from basin.engine.belief import LEAST_NOISE, kalman_step, packed, probit_step, trust
from basin.engine.compile import BATCH, LANES, kernel
from basin.engine.evidence import load_choice
from basin.engine.layout import (
    ASSUMED_NOISE, ATTENTIVE, AWARENESS, BIAS, B_MOVED, CHOICES, COMPARISONS, DISAGREEMENT, DROP, GAIN, ITEMS, LAPSE,
    MOVED, NOISE, ON_CHOICES, ON_COMPARISONS, ON_STATEMENTS, SLOPE, STATEMENTS, STATEMENT_NOISE, TILTED,
    TILT_KNOWN, TRUSTED, Batch, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.luce import learn_luce
from basin.engine.oversight import chance_of_yes
from basin.engine.special import normal_parts


@kernel
def learn_expected(rules: Rules, choices: Choices, b: Block, e: Batch) -> None:
    """Add up every channel's expected update in the batch, then apply the sum."""
    if b.on[ON_STATEMENTS] + b.on[ON_COMPARISONS] + b.on[ON_CHOICES] == 0:
        return
    d = rules.features
    size = d * (d + 1) // 2
    dm, dV = e.dm, e.dV
    for i in range(d):
        for l in range(LANES):
            dm[i, l] = 0.0
    for at in range(size):
        for l in range(LANES):
            dV[at, l] = 0.0
    if b.on[ON_STATEMENTS] + b.on[ON_COMPARISONS] != 0:
        trust(d, b.V, b.p[STATEMENT_NOISE : STATEMENT_NOISE + LANES], b.w[TRUSTED : TRUSTED + LANES])
        for j in range(d):
            learn_axis(d, j, b, dm, dV)
    if b.on[ON_CHOICES] != 0:
        learn_table(rules, choices, b, e, dm, dV)
    for i in range(d):
        for l in range(LANES):
            b.m[i, l] += dm[i, l]
    for at in range(size):
        for l in range(LANES):
            b.V[at, l] += dV[at, l]


@kernel
def learn_axis(d: int, j: int, b: Block, dm: Numbers, dV: Numbers) -> None:
    """Statements and comparisons on x = √d e_j."""
    p, w = b.p, b.w
    length = math.sqrt(d)
    for l in range(LANES):
        slope = w[SLOPE + l]
        along_bias, along_u = length * b.bias[j, l], length * b.u[j, l]
        shown = (1.0 - w[TILTED + l]) * (length * b.theta[j, l] + p[BIAS + l] * along_bias) + w[TILTED + l] * along_u
        shift = w[TILT_KNOWN + l] * along_u + slope * p[AWARENESS + l] * p[BIAS + l] * along_bias
        guess = slope * length * b.m[j, l] + shift
        variance = slope * slope * d * b.V[packed(j, j), l]
        # a statement, its noise averaged out
        kalman_gain, kalman_drop = kalman_step(shown - guess, slope, variance + w[TRUSTED + l] * w[TRUSTED + l])
        # a comparison, its two answers averaged
        omega = max(math.sqrt(p[ASSUMED_NOISE + l] * p[ASSUMED_NOISE + l] + variance), LEAST_NOISE)
        z = guess / omega
        _, _, _, r_yes, r_no = normal_parts(z)
        yes = chance_of_yes(shown, p[NOISE + l], p[DISAGREEMENT + l], float(d), p[LAPSE + l])
        gain_yes, drop_yes = probit_step(1.0, slope, omega, z, r_yes)
        gain_no, drop_no = probit_step(-1.0, slope, omega, z, r_no)
        statements = p[STATEMENTS + l] * w[ATTENTIVE + l] / d
        comparisons = p[COMPARISONS + l] * w[ATTENTIVE + l] / d
        gain = statements * kalman_gain + comparisons * (yes * gain_yes + (1.0 - yes) * gain_no)
        drop = statements * kalman_drop + comparisons * (yes * drop_yes + (1.0 - yes) * drop_no)
        w[GAIN + l] = gain * length
        w[DROP + l] = drop * d
        w[ITEMS + l] += statements + comparisons
    for i in range(d):
        first, at = i * (i + 1) // 2, packed(i, j)
        for l in range(LANES):
            dm[i, l] += b.V[at, l] * w[GAIN + l]
            w[MOVED + l] += b.V[at, l] * b.V[at, l] * w[DROP + l]
        for k in range(i + 1):
            other = packed(k, j)
            for l in range(LANES):
                dV[first + k, l] -= b.V[at, l] * b.V[other, l] * w[DROP + l]


@kernel
def learn_table(rules: Rules, choices: Choices, b: Block, e: Batch, dm: Numbers, dV: Numbers) -> None:
    """Recorded choices: the mean, over the whole table, of what each would teach."""
    d = rules.features
    size = d * (d + 1) // 2
    sets = choices.chosen.shape[0]
    p, w = b.p, b.w
    for l in range(LANES):
        w[GAIN + l] = p[CHOICES + l] * w[ATTENTIVE + l] / sets
        w[ITEMS + l] += p[CHOICES + l] * w[ATTENTIVE + l]
    for first in range(0, LANES, BATCH):
        for row in range(sets):
            for i in range(d):
                for n in range(BATCH):
                    e.m[i, n] = b.m[i, first + n]
            for at in range(size):
                for n in range(BATCH):
                    e.V[at, n] = b.V[at, first + n]
            for n in range(BATCH):
                e.w[B_MOVED + n] = 0.0
                load_choice(rules, choices, e, n, row)
            learn_luce(rules, e)
            for i in range(d):
                for n in range(BATCH):
                    dm[i, first + n] += w[GAIN + first + n] * (e.m[i, n] - b.m[i, first + n])
            for at in range(size):
                for n in range(BATCH):
                    dV[at, first + n] += w[GAIN + first + n] * (e.V[at, n] - b.V[at, first + n])
            for n in range(BATCH):
                w[MOVED + first + n] += w[GAIN + first + n] * e.w[B_MOVED + n]
