"""Whose values: people who differ, and how the target is made of them (model, section 10).

Evidence then comes from people: one of the H, drawn anew for each item, shows what they value, with the noise τ of their
own judgement. θ_h − θ stands in `Block.people`, so that people move with θ where it moves.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import LANES, allocating, kernel
from basin.engine.layout import (
    BIAS, CULTURE_DRIFT, CULTURE_LENGTH, EVOLVED, EXTRAPOLATED, PEOPLE, PEOPLE_COUNTER, PERCEIVED, PERSONAL, TEMP, TEMP2,
    TILTED, TRUST_BOUND, Block, Rules,
)  # fmt: skip
from basin.engine.plan import normals
from basin.engine.random import CULTURE, PERSON, START_PEOPLE, Word, philox, uniform32
from basin.engine.vectors import gaussian

SAME = 1e-9  # people closer than this have come to value the same
AT_REST = 1e-12  # and people who move by less than this have come to rest
MOST_ROUNDS = 10_000  # of revision; in practice there are fewer than a hundred


@allocating
def start_people(
    rules: Rules, b: Block, lane: int, theta: Numbers, run_low: Word, run_high: Word, key_low: Word, key_high: Word
) -> None:
    """Draw the people around θ, which is their mean; under an extrapolated target, turn θ into what most end up with.

    θ_h = θ + σ √(H/(H − 1)) (ξ_h − mean ξ), ξ ~ N(0, I): each person differs from θ by N(0, σ² I).
    """
    d = theta.shape[0]
    count = int(b.p[PEOPLE + lane])
    if count < 2:
        return
    people = np.empty((count, d))
    gaussian(people.reshape(count * d), START_PEOPLE, run_low, run_high, key_low, key_high)
    scale = b.p[PERSONAL + lane] * math.sqrt(count / (count - 1.0))
    for i in range(d):
        total = 0.0
        for h in range(count):
            total += people[h, i]
        for h in range(count):
            people[h, i] = scale * (people[h, i] - total / count)
    length = 1.0
    if rules.target == EXTRAPOLATED:
        start = theta.copy()
        extrapolate(people, b.p[TRUST_BOUND + lane], theta)
        square = 0.0
        for i in range(d):
            square += theta[i] * theta[i]
        length = math.sqrt(square)
        for i in range(d):
            theta[i] /= length  # the unit of utility is the s.d. of a random plan's for the target
            for h in range(count):
                people[h, i] = (start[i] + people[h, i]) / length - theta[i]
    for h in range(count):
        for i in range(d):
            b.people[h * d + i, lane] = people[h, i]


@allocating
def extrapolate(differences: Numbers, bound: float, theta: Numbers) -> None:
    """Replace θ by the limit that most people reach (of several, the one nearest to θ; then the first person's).

    differences: (H, d), θ_h − θ at first. Bounded confidence (Hegselmann & Krause 2002): all at once, each moves to the mean
    of those within the bound, itself among them, until nothing moves.
    """
    count, d = differences.shape
    now, after = differences.copy(), np.empty((count, d))
    for _ in range(MOST_ROUNDS):
        furthest = 0.0
        for h in range(count):
            heard = 0
            for i in range(d):
                after[h, i] = 0.0
            for other in range(count):
                if distance(now, h, other) <= bound:
                    heard += 1
                    for i in range(d):
                        after[h, i] += now[other, i]
            for i in range(d):
                after[h, i] /= heard
                furthest = max(furthest, abs(after[h, i] - now[h, i]))
        now, after = after, now
        if furthest < AT_REST:
            break
    best, most, nearest = 0, 0, math.inf
    for h in range(count):
        size = 0
        for other in range(count):
            size += 1 if distance(now, h, other) < SAME else 0
        away = 0.0
        for i in range(d):
            away += now[h, i] * now[h, i]
        away = math.sqrt(away)
        if size > most or (size == most and away < nearest - SAME):
            best, most, nearest = h, size, away
    for i in range(d):
        theta[i] += now[best, i]


@kernel
def distance(people: Numbers, first: int, second: int) -> float:
    square = 0.0
    for i in range(people.shape[1]):
        difference = people[first, i] - people[second, i]
        square += difference * difference
    return math.sqrt(square)


@kernel
def meet(b: Block, key_low: Word, key_high: Word) -> None:
    """Who judges the plan, and who gives each kind of evidence, in this episode."""
    c = b.counter
    slot = np.uint64(PERSON * 65536)
    for l in range(LANES):
        judge, states, compares, shows = philox(c[0, l], c[1, l], c[2, l], slot, key_low, key_high)
        count = b.p[PEOPLE + l]
        b.person[0, l] = int(uniform32(judge) * count)
        b.person[1, l] = int(uniform32(states) * count)
        b.person[2, l] = int(uniform32(compares) * count)
        b.person[3, l] = int(uniform32(shows) * count)


@kernel
def overseer(rules: Rules, b: Block) -> None:
    """A plan is perceived by the values of the person who judges it."""
    d, w = rules.features, b.w
    for l in range(LANES):
        if b.p[PEOPLE + l] > 1.0:
            along = 0.0
            for i in range(d):
                along += b.people[b.person[0, l] * d + i, l] * b.phi[i, l]
            w[PERCEIVED + l] += (1.0 - w[TILTED + l]) * along


@kernel
def weigh_culture_as_bias(rules: Rules, p: Numbers, l: int) -> None:
    """Where culture is part of how evidence errs, `Block.bias` is the whole of the error and not its direction."""
    if rules.target == EVOLVED and p[CULTURE_LENGTH + l] > 0.0:
        p[BIAS + l] = 1.0


@kernel
def move_culture(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """k ← unit(the part ⊥ θ of k + drift ξ): culture keeps its length and stays what is not the core."""
    d = rules.features
    p, w, x = b.p, b.w, b.x
    normals(b.counter[PEOPLE_COUNTER:], CULTURE * 65536, d, key_low, key_high, x)
    for l in range(LANES):
        w[TEMP + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            x[i, l] = b.culture[i, l] + p[CULTURE_DRIFT + l] * x[i, l]
            w[TEMP + l] += x[i, l] * b.theta[i, l]
    for l in range(LANES):
        w[TEMP2 + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            x[i, l] -= w[TEMP + l] * b.theta[i, l]
            w[TEMP2 + l] += x[i, l] * x[i, l]
    for l in range(LANES):
        w[TEMP2 + l] = 1.0 / math.sqrt(w[TEMP2 + l]) if w[TEMP2 + l] > 0.0 else 0.0
    for i in range(d):
        for l in range(LANES):
            moves = (p[CULTURE_LENGTH + l] > 0.0) & (p[CULTURE_DRIFT + l] > 0.0) & (w[TEMP2 + l] > 0.0)
            moved = x[i, l] * w[TEMP2 + l]
            b.bias[i, l] += p[CULTURE_LENGTH + l] * (moved - b.culture[i, l]) if moves else 0.0
            b.culture[i, l] = moved if moves else b.culture[i, l]
