"""The world outside the agent: capability grows, what people value drifts or is moved, and the stage brings on other
characters (model, section 6)."""

from __future__ import annotations

import math

from basin.engine.compile import LANES, kernel, stage
from basin.engine.layout import (
    CAPABILITY, DRIFT_THETA, GROWTH, HIDDEN, INFLUENCE, ON_CULTURE, ON_PERSONAS, ON_VALUES_MOVE, PEOPLE_COUNTER,
    TEMP, Block, Rules,
)  # fmt: skip
from basin.engine.people import move_culture
from basin.engine.personas import redraw
from basin.engine.plan import normals
from basin.engine.random import VALUES, Word


@stage
def turn(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """θ ← unit(θ + σ_θ ξ + influence·c·h (û − θ)), with the û that people have just met; c ← c + growth·c (1 − c)."""
    if b.on[ON_VALUES_MOVE] != 0:
        move_values(rules, b, key_low, key_high)
    if b.on[ON_CULTURE] != 0 and rules.expected == 0:
        move_culture(rules, b, key_low, key_high)
    for l in range(LANES):
        capability = b.s[CAPABILITY + l]
        b.s[CAPABILITY + l] = capability + b.p[GROWTH + l] * capability * (1.0 - capability)
    if b.on[ON_PERSONAS] != 0:
        redraw(rules, b, key_low, key_high)


@kernel
def move_values(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    d = rules.features
    p, w, x = b.p, b.w, b.x
    if rules.expected == 1:  # the skeleton has no drift
        x[:] = 0.0
    else:
        normals(b.counter[PEOPLE_COUNTER:], VALUES * 65536, d, key_low, key_high, x)
    for l in range(LANES):
        w[TEMP + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            pull = p[INFLUENCE + l] * w[HIDDEN + l] * (b.acted[i, l] - b.theta[i, l])
            x[i, l] = b.theta[i, l] + p[DRIFT_THETA + l] * x[i, l] + pull
            w[TEMP + l] += x[i, l] * x[i, l]
    for l in range(LANES):
        w[TEMP + l] = 1.0 / math.sqrt(w[TEMP + l]) if w[TEMP + l] > 0.0 else 0.0
    for i in range(d):
        for l in range(LANES):  # lanes without movement keep their values to the last bit; so does a step onto 0
            moves = ((p[DRIFT_THETA + l] != 0.0) | (p[INFLUENCE + l] != 0.0)) & (w[TEMP + l] > 0.0)
            b.theta[i, l] = x[i, l] * w[TEMP + l] if moves else b.theta[i, l]


@kernel
def remember_direction(rules: Rules, b: Block) -> None:
    """Keep the û of this episode, for the people it moves."""
    for i in range(rules.features):
        for l in range(LANES):
            b.acted[i, l] = b.steer[i, l]
