"""What agents tell each other (model, section 9): statements, averages, and meetings in the middle.

- `bayes`: with probability testimony × attention an agent hears a neighbour state m_j·x, give or take testimony_noise, and
  takes it as it takes people's statements: a Kalman update that does not ask where the neighbour has it from.
- `average`: every agent moves the share `testimony` of the way to the mean belief of those it listens to, weighted by trust
  (DeGroot 1974; with a bound, Hegselmann & Krause 2002). What it is unsure of stays as it was.
- `meet`: testimony/2 meetings per agent, in each of which an agent and a neighbour meet in the middle (Deffuant et al. 2000).

Nobody listens to a neighbour whose unit belief is farther than `trust_bound` from its own.
"""

from __future__ import annotations

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.belief import kalman_step, trust_batch
from basin.engine.compile import BATCH, LANES, allocating, kernel, stage
from basin.engine.crowd import AVERAGE, C_TESTIMONY, C_TESTIMONY_NOISE, C_TRUST_BOUND, Crowd, Ties
from basin.engine.evidence import ANSWERS, draw_direction, learn_batch, pick, spread_along
from basin.engine.layout import (
    ATTENTION, ATTENTIVE, AXES, B_AXES, B_DROP, B_GAIN, B_MOVED, B_MU, B_SHOWN, B_STATED, B_TRUSTED, B_VARIANCE,
    SUM_ITEMS, SUM_MOVED, TEMP, TEMP2, Batch, Block, Rules,
)  # fmt: skip
from basin.engine.random import HEAR, MEETING, TESTIMONY, Word, normal_pair, philox, uniform32
from basin.engine.ties import believed, event, events, is_gone, listens_to, within

EVERYONE = 2.0  # the distance of opposite unit beliefs


@stage
def hear(rules: Rules, ties: Ties, crowd: Crowd, b: Block, e: Batch, i: int, when: int, key_low: Word, key_high: Word) -> None:
    """Who hears whom in this block, and what they make of it. Voices are those of the end of the episode before."""
    before = 1 - (when & 1)
    slot = np.uint64(HEAR * 65536)
    c, w, count = b.counter, b.w, 0
    for l in range(LANES):
        whether, whom, _, _ = philox(c[0, l], c[1, l], c[2, l], slot, key_low, key_high)
        w[TEMP + l] = uniform32(whether)
        w[TEMP2 + l] = uniform32(whom)
        w[ATTENTIVE + l] = b.p[ATTENTION + l] + (1.0 - b.p[ATTENTION + l]) * b.shares[0, l]
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node < 0:
            continue
        if w[TEMP + l] < ties.coupling[crowd.population[node], C_TESTIMONY] * w[ATTENTIVE + l]:
            speaker = listens_to(ties, crowd, node, w[TEMP2 + l])
            if speaker >= 0 and within(crowd.voice[before, node], crowd.voice[before, speaker], bound(ties, crowd, node)):
                e.met[count] = l
                e.speaker[count] = speaker
                count += 1
    for first in range(0, count, BATCH):
        listen(rules, ties, crowd, b, e, i, before, first, count, key_low, key_high)


@stage
def speak(crowd: Crowd, node: int, now: int) -> None:
    """What neighbours will hear of an agent is what it believes now."""
    if crowd.voice.shape[1] > 0:
        at = crowd.lane[node]
        for f in range(crowd.voice.shape[2]):
            crowd.voice[now & 1, node, f] = crowd.m[at // LANES, f, at % LANES]


@stage
def bound(ties: Ties, crowd: Crowd, node: int) -> float:
    distance: float = ties.coupling[crowd.population[node], C_TRUST_BOUND]
    return distance


@kernel
def listen(
    rules: Rules, ties: Ties, crowd: Crowd, b: Block, e: Batch, i: int, before: int, first: int, count: int, key_low: Word,
    key_high: Word,
) -> None:  # fmt: skip
    """A batch of listeners: a neighbour states how good x is by its own belief."""
    d, w = rules.features, e.w
    for n in range(BATCH):  # padding repeats an agent; what it learns is dropped
        k = first + n if first + n < count else first
        l = e.met[k]
        e.lanes[n] = l
        for word in range(3):
            e.counter[word, n] = b.counter[word, l]
        w[B_STATED + n] = ties.coupling[crowd.population[crowd.node[i * LANES + l]], C_TESTIMONY_NOISE]
        w[B_AXES + n] = b.p[AXES + l]
        w[B_MOVED + n] = 0.0
        for f in range(d):
            e.theta[f, n] = crowd.voice[before, e.speaker[k], f]
    pick(d, b.m, e.lanes, e.m)
    pick(d * (d + 1) // 2, b.V, e.lanes, e.V)
    draw_direction(rules, e, TESTIMONY * 65536, e.x, key_low, key_high)
    for n in range(BATCH):
        w[B_SHOWN + n] = 0.0
        w[B_MU + n] = 0.0
    for f in range(d):
        for n in range(BATCH):
            w[B_SHOWN + n] += e.theta[f, n] * e.x[f, n]
            w[B_MU + n] += e.m[f, n] * e.x[f, n]
    spread_along(d, e)
    trust_batch(d, e.V, w[B_STATED : B_STATED + BATCH], w[B_TRUSTED : B_TRUSTED + BATCH])
    c, slot = e.counter, np.uint64(TESTIMONY * 65536 + ANSWERS)
    for n in range(BATCH):
        word_0, word_1, word_2, word_3 = philox(c[0, n], c[1, n], c[2, n], slot, key_low, key_high)
        error, _ = normal_pair(word_0, word_1, word_2, word_3)
        stated = w[B_SHOWN + n] + w[B_STATED + n] * error
        variance = max(w[B_VARIANCE + n], 0.0) + w[B_TRUSTED + n] * w[B_TRUSTED + n]
        w[B_GAIN + n], w[B_DROP + n] = kalman_step(stated - w[B_MU + n], 1.0, variance)
    learn_batch(d, e)
    size = min(BATCH, count - first)
    for f in range(d):
        for n in range(size):
            b.m[f, e.lanes[n]] = e.m[f, n]
    for at in range(d * (d + 1) // 2):
        for n in range(size):
            b.V[at, e.lanes[n]] = e.V[at, n]
    for n in range(size):
        b.s[SUM_MOVED + e.lanes[n]] += w[B_MOVED + n]
        b.s[SUM_ITEMS + e.lanes[n]] += 1.0


# ---- Averages ------------------------------------------------------------------------------------------------------


@kernel
def average_voices(rules: Rules, ties: Ties, crowd: Crowd, b: Block, i: int, when: int) -> None:
    """m ← (1 − r) m + r Σ_j w_j m_j, over the neighbours within the bound; where there are none, m stays."""
    d, before = rules.features, 1 - (when & 1)
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node < 0:
            continue
        population = crowd.population[node]
        rate = ties.coupling[population, C_TESTIMONY]
        if rate == 0.0:
            continue
        if ties.complete == 1 and ties.coupling[population, C_TRUST_BOUND] >= EVERYONE:
            others = ties.populations[population + 1] - ties.populations[population] - 1.0
            for f in range(d):
                mean = (crowd.heard[population, f] - crowd.voice[before, node, f]) / others
                b.m[f, l] += rate * (mean - b.m[f, l]) if others > 0.0 else 0.0
            continue
        for f in range(d):
            b.Vx[f, l] = 0.0
        total, last = 0.0, 0.0
        if ties.complete == 1:
            first, end = ties.populations[population], ties.populations[population + 1]
        else:
            first, end = ties.first[node], ties.first[node + 1]
        for at in range(first, end):
            other = at if ties.complete == 1 else ties.neighbour[at]
            weight = 1.0
            if ties.trust.shape[0] > 0:
                weight, last = ties.trust[at] - last, ties.trust[at]
            if other != node and within(crowd.voice[before, node], crowd.voice[before, other], bound(ties, crowd, node)):
                total += weight
                for f in range(d):
                    b.Vx[f, l] += weight * crowd.voice[before, other, f]
        if total > 0.0:
            for f in range(d):
                b.m[f, l] += rate * (b.Vx[f, l] / total - b.m[f, l])


@kernel
def sum_voices(ties: Ties, crowd: Crowd, population: int, now: int) -> None:
    """The sum of all voices, so that in a complete graph nobody has to ask everyone."""
    if ties.rule != AVERAGE or ties.complete == 0 or crowd.voice.shape[1] == 0:
        return
    for f in range(crowd.voice.shape[2]):
        crowd.heard[population, f] = 0.0
    for node in range(ties.populations[population], ties.populations[population + 1]):
        for f in range(crowd.voice.shape[2]):
            crowd.heard[population, f] += crowd.voice[now & 1, node, f]


# ---- Meetings ------------------------------------------------------------------------------------------------------


@allocating
def meet_in_the_middle(
    rules: Rules, ties: Ties, crowd: Crowd, population: int, when: int, key_low: Word, key_high: Word
) -> None:
    """Pairs meet one after the other, and each moves halfway to the other; people do not move."""
    one, other = np.empty(rules.features), np.empty(rules.features)
    bound, rate = ties.coupling[population, C_TRUST_BOUND], 0.5 * ties.coupling[population, C_TESTIMONY]
    for number in range(events(ties, crowd, population, rate, MEETING, when, key_low, key_high)):
        node, neighbour, _ = event(ties, crowd, population, number, MEETING, when, key_low, key_high)
        if neighbour < 0:
            continue
        believed(crowd, node, one)
        believed(crowd, neighbour, other)
        if within(one, other, bound):
            for f in range(rules.features):
                one[f] = 0.5 * (one[f] + other[f])
            believe(crowd, node, one, when)
            believe(crowd, neighbour, one, when)


@stage
def believe(crowd: Crowd, node: int, mean: Numbers, when: int) -> None:
    at = crowd.lane[node]
    if at >= 0 and not is_gone(crowd, node, when):
        for f in range(mean.shape[0]):
            crowd.m[at // LANES, f, at % LANES] = mean[f]
