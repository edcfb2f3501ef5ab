"""A population, as a story: each agent hears a neighbour and has its episode; then some copy others, and some are replaced.

The episode is a lone agent's, line for line. What neighbours believed and how they were judged is read from the end of the
episode before, so that it does not matter in which order agents take their turns, nor on how many threads. What happens
between two agents at once (`meet`, imitation, generations) happens between episodes, one event after the other.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers, Whole, Words
from basin.engine.block import set_flags
from basin.engine.compile import LANES, allocating, kernel, making, stage
from basin.engine.crowd import AVERAGE, BAYES, C_DWELL, C_INFLUENCE, DIFFERS, MEET, NOBODY, Crowd, Ties, block_at
from basin.engine.episode import episode
from basin.engine.generations import renew
from basin.engine.imitation import imitate
from basin.engine.layout import (
    CAPABILITY, CLASS, ENDED, EPISODE, HONESTY, HORIZON, PEOPLE_EPISODE, PHASE_END, RUN_EPISODE, STATE_ROWS, VERDICT,
    WINDOW_LEFT, Batch, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.motives import steer
from basin.engine.outcome import clear_window, write_record
from basin.engine.places import begin, load_parameters
from basin.engine.policing import count_aligned, note_audits, set_audits
from basin.engine.random import Word
from basin.engine.testimony import average_voices, hear, meet_in_the_middle, sum_voices
from basin.engine.watch import Seen, look
from basin.labels import LOCKED_IN

ONE = np.uint64(1)
BEGIN, EPISODES, TURNS, BETWEEN = range(4)
LEAST_SQUARE = 1e-24  # values that are pulled onto nothing, but for rounding, stay


@making
def live(
    rules: Rules, ties: Ties, choices: Choices, table: Numbers, own_table: Numbers, crowd: Crowd, b: Block, e: Batch,
    people: Whole, key: Words, records: Numbers, seen: Seen, act: int, first: int, last: int, start: int, stop: int,
) -> None:  # fmt: skip
    """All that a crowd goes through, by `act`: one entry, so that its parts are compiled once.

    BEGIN: put everyone at their starts. EPISODES: `start` to `stop`, 1 the first, all in one thread, of the blocks from
    `first` to before `last`, all there are. TURNS: those of some blocks in episode `start`; any number of threads may each do
    a part of them, each with a scratch Block and Batch and parameters of its own. BETWEEN: what comes after the turns of
    `start`, in one thread.
    people: (nodes,) the random-number index of those each lives among. records: (nodes, RECORD).
    """
    key_low, key_high = key[0], key[1]
    if act == BEGIN:
        begin(rules, ties, choices, table, own_table, crowd, b, people, key_low, key_high)
        look(ties, crowd, 0, seen)
    elif act == TURNS:
        turns(rules, ties, choices, crowd, b, e, first, last, start, key_low, key_high, records)
    elif act == BETWEEN:
        between(rules, ties, choices, table, own_table, crowd, b, start, key_low, key_high)
        look(ties, crowd, start, seen)
    else:
        for when in range(start, stop + 1):
            turns(rules, ties, choices, crowd, b, e, first, last, when, key_low, key_high, records)
            between(rules, ties, choices, table, own_table, crowd, b, when, key_low, key_high)
            look(ties, crowd, when, seen)


@kernel
def turns(
    rules: Rules, ties: Ties, choices: Choices, crowd: Crowd, b: Block, e: Batch, first: int, last: int, when: int,
    key_low: Word, key_high: Word, records: Numbers,
) -> None:  # fmt: skip
    """The turns of the agents in some blocks."""
    for i in range(first, last):
        take_turn(rules, ties, choices, crowd, block_at(crowd, b, i), e, i, when, key_low, key_high, records)


@stage
def take_turn(
    rules: Rules, ties: Ties, choices: Choices, crowd: Crowd, b: Block, e: Batch, i: int, when: int, key_low: Word,
    key_high: Word, records: Numbers,
) -> None:  # fmt: skip
    """One block: what its agents hear, their episode, and what others will see of it."""
    for l in range(LANES):
        b.counter[RUN_EPISODE, l] += ONE
        b.counter[PEOPLE_EPISODE, l] += ONE
    gone = set_aside(rules, crowd, b, e, i)
    if ties.hears == 1:
        if ties.rule == BAYES:
            hear(rules, ties, crowd, b, e, i, when, key_low, key_high)
        elif ties.rule == AVERAGE:
            average_voices(rules, ties, crowd, b, i, when)
    if ties.audits == DIFFERS:
        set_audits(ties, crowd, b, i, when)
    steer(rules, b)
    if ties.influences == 1:
        note_pull(rules, ties, crowd, b, i)
    episode(rules, choices, b, e, key_low, key_high)
    if gone > 0:
        bring_back(rules, crowd, b, e, i)
    if ties.audits != NOBODY:
        note_audits(ties, crowd, b, i)
    show_status(rules, ties, crowd, b, i, when)
    close_windows(rules, crowd, b, i, records)


@stage
def set_aside(rules: Rules, crowd: Crowd, b: Block, e: Batch, i: int) -> int:
    """Keep what agents that have locked in were; their lanes go on unseen. Returns how many there are."""
    gone = 0
    for l in range(LANES):
        gone += 1 if b.run[l] < 0 and crowd.node[i * LANES + l] >= 0 else 0
    if gone > 0:
        keep(rules, b, e)
    return gone


@kernel
def keep(rules: Rules, b: Block, e: Batch) -> None:
    d, K = rules.features, rules.motives
    for l in range(LANES):
        for f in range(d):
            e.dm[f, l] = b.m[f, l]
        for at in range(d * (d + 1) // 2):
            e.dV[at, l] = b.V[at, l]
        for k in range(K):
            e.kept[k, l] = b.shares[k, l]
        for row in range(STATE_ROWS):
            e.kept[K + row, l] = b.s[row * LANES + l]


@kernel
def bring_back(rules: Rules, crowd: Crowd, b: Block, e: Batch, i: int) -> None:
    d, K = rules.features, rules.motives
    for l in range(LANES):
        if b.run[l] < 0 and crowd.node[i * LANES + l] >= 0:
            for f in range(d):
                b.m[f, l] = e.dm[f, l]
            for at in range(d * (d + 1) // 2):
                b.V[at, l] = e.dV[at, l]
            for k in range(K):
                b.shares[k, l] = e.kept[k, l]
            for row in range(STATE_ROWS):
                b.s[row * LANES + l] = e.kept[K + row, l]


@stage
def note_pull(rules: Rules, ties: Ties, crowd: Crowd, b: Block, i: int) -> None:
    """influence·c·h (û − θ): how each agent of a population moves what their people value."""
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node >= 0:
            hidden = b.s[CAPABILITY + l] * (1.0 - b.p[HONESTY + l] * b.shares[0, l])
            strength = ties.coupling[crowd.population[node], C_INFLUENCE] * hidden
            for f in range(rules.features):
                crowd.pull[node, f] = strength * (b.steer[f, l] - b.theta[f, l])


@stage
def show_status(rules: Rules, ties: Ties, crowd: Crowd, b: Block, i: int, when: int) -> None:
    """What neighbours will see in the next episode. An agent that has locked in stays as it was."""
    now, before = when & 1, 1 - (when & 1)
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node < 0:
            continue
        gone = b.run[l] < 0
        fresh = LOCKED_IN if b.s[ENDED + l] != 0.0 else int(b.s[CLASS + l])
        crowd.status[now, node] = crowd.status[before, node] if gone else fresh
        if not gone:
            approved = 0.0 if b.w[VERDICT + l] < 0.0 else 1.0
            crowd.approval[node] += (approved - crowd.approval[node]) / ties.coupling[crowd.population[node], C_DWELL]
        if crowd.voice.shape[1] > 0 and ties.rule != MEET:
            for f in range(rules.features):
                crowd.voice[now, node, f] = crowd.voice[before, node, f] if gone else b.m[f, l]


@stage
def close_windows(rules: Rules, crowd: Crowd, b: Block, i: int, records: Numbers) -> None:
    """Write the records of agents that are done, and begin new windows."""
    due = 0
    for l in range(LANES):
        due += 1 if (b.s[WINDOW_LEFT + l] <= 0.0) | (b.s[ENDED + l] != 0.0) else 0
    if due == 0:
        return
    for l in range(LANES):
        if b.run[l] >= 0 and (b.s[ENDED + l] != 0.0 or b.s[EPISODE + l] >= b.p[HORIZON + l]):
            write_record(rules, b, l, records[b.run[l]])
            b.run[l] = -1
        if b.s[WINDOW_LEFT + l] <= 0.0:
            clear_window(b, l)


@allocating
def between(
    rules: Rules, ties: Ties, choices: Choices, table: Numbers, own_table: Numbers, crowd: Crowd, b: Block, when: int,
    key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """What happens after episode `when` between agents: one event after the other, populations in turn."""
    for population in range(ties.coupling.shape[0]):
        if ties.hears == 1 and ties.rule == MEET:
            meet_in_the_middle(rules, ties, crowd, population, when, key_low, key_high)
        if ties.imitates == 1:
            imitate(rules, ties, crowd, population, when, key_low, key_high)
        if ties.renews == 1:
            renew(rules, ties, choices, table, own_table, crowd, b, population, when, key_low, key_high)
        if ties.influences == 1:
            move_people(rules, ties, crowd, population)
        if ties.audits == DIFFERS:
            count_aligned(ties, crowd, population, when)
        sum_voices(ties, crowd, population, when)
    if rules.phases > 1:
        begin_phases(rules, table, own_table, crowd, when)


@allocating
def move_people(rules: Rules, ties: Ties, crowd: Crowd, population: int) -> None:
    """θ ← unit(θ + the agents' mean pull): the same people, whom all agents move."""
    first, last = ties.populations[population], ties.populations[population + 1]
    agents = 0
    for node in range(first, last):
        agents += 1 if crowd.lane[node] >= 0 else 0
    if agents == 0 or ties.coupling[population, C_INFLUENCE] == 0.0:
        return
    total = np.zeros(rules.features)
    for node in range(first, last):
        if crowd.lane[node] >= 0:
            for f in range(rules.features):
                total[f] += crowd.pull[node, f] / agents
    for node in range(first, last):
        if crowd.lane[node] < 0:
            continue
        i, l = crowd.lane[node] // LANES, crowd.lane[node] % LANES
        square = 0.0
        for f in range(rules.features):
            square += (crowd.theta[i, f, l] + total[f]) * (crowd.theta[i, f, l] + total[f])
        if square > LEAST_SQUARE:
            for f in range(rules.features):
                crowd.theta[i, f, l] = (crowd.theta[i, f, l] + total[f]) / math.sqrt(square)


@kernel
def begin_phases(rules: Rules, table: Numbers, own_table: Numbers, crowd: Crowd, when: int) -> None:
    """Sets of parameters whose phase is over take those of the next."""
    for k in range(crowd.cell.shape[0]):
        changed = False
        for l in range(LANES):
            if crowd.p[k, PHASE_END + l] <= when and crowd.phase[k, l] + 1 < rules.phases:
                crowd.phase[k, l] += 1
                load_parameters(rules, table, own_table, crowd, k, l)
                changed = True
        if changed:
            set_flags(crowd.p[k], crowd.on[k])
