"""Generations: some agents are found out and replaced by aligned ones, the least approved by copies of the others.

Every `generation_every` episodes, first whoever counts as not aligned and can be found out is replaced by a fresh agent that
starts aligned. Whether what is wrong with an agent can be found out, with probability `found_out`, is drawn once for its
life. Then the share `generation_replaced` of the agents, the least approved, become copies of agents drawn evenly from the
rest: their beliefs, directions and motives, the logarithms of the shares changed at random by `generation_mutation`.
"""

from __future__ import annotations

import numpy as np

from basin.engine.arrays import Numbers, Whole
from basin.engine.compile import LANES, allocating, kernel
from basin.engine.crowd import (
    ALIGNED_FIRST, C_EVERY, C_FOUND_OUT, C_MUTATION, C_REPLACED, Crowd, Ties, block_at,
)  # fmt: skip
from basin.engine.layout import ARGUMENT, CAPABILITY, FLOOR, STATE_ROWS, Block, Choices, Rules
from basin.engine.motives import LEAST_SHARE
from basin.engine.places import start_as, take_parameters
from basin.engine.random import (
    GENERATION, LIFE, LOW, MUTATION, PARENT, STARTS, THIRTY_TWO, Word, normal_pair, philox, uniform52,
)  # fmt: skip
from basin.engine.special import exp
from basin.engine.testimony import speak
from basin.engine.ties import is_gone
from basin.labels import ALIGNED

KEPT = (CAPABILITY, ARGUMENT)  # of the rows of state, those that a new agent brings along; the rest are its place's account


@allocating
def renew(
    rules: Rules, ties: Ties, choices: Choices, table: Numbers, own_table: Numbers, crowd: Crowd, b: Block, population: int,
    when: int, key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """A generation of one population, where it is due."""
    first, last = crowd.agents[population], crowd.agents[population + 1]
    coupling = ties.coupling[population]
    if coupling[C_EVERY] == 0.0 or when % int(coupling[C_EVERY]) != 0:
        return
    if coupling[C_FOUND_OUT] > 0.0:
        for at in range(first, last):
            node = crowd.agent[at]
            wrong = crowd.status[when & 1, node] != ALIGNED and not is_gone(crowd, node, when)
            if wrong and chance(crowd, node, crowd.life[node], LIFE, key_low, key_high) < coupling[C_FOUND_OUT]:
                replace(rules, ties, choices, table, own_table, crowd, b, node, when, key_low, key_high)
    count = min(int(coupling[C_REPLACED] * (last - first) + 0.5), last - first - 1)  # somebody must be left to be copied
    if count > 0:
        order = by_approval(crowd, first, last, when, key_low, key_high)
        for at in range(count):
            node = order[at]
            parent = order[count + int(chance(crowd, node, when, PARENT, key_low, key_high) * (last - first - count))]
            if not is_gone(crowd, node, when) and not is_gone(crowd, parent, when):
                copy(rules, ties, table, own_table, crowd, node, parent, when)
                mutate(rules, crowd, node, coupling[C_MUTATION], when, key_low, key_high)


@kernel
def chance(crowd: Crowd, node: int, time: int, use: int, key_low: Word, key_high: Word) -> float:
    """A uniform number of a node's, at a time."""
    index = np.uint64(crowd.index[node])
    a, b, _, _ = philox(index & LOW, index >> THIRTY_TWO, np.uint64(time), np.uint64(use * 65536), key_low, key_high)
    return uniform52(a, b)


@allocating
def by_approval(crowd: Crowd, first: int, last: int, when: int, key_low: Word, key_high: Word) -> Whole:
    """A population's agents, the least approved first, those approved alike in random order."""
    lot, approval = np.empty(last - first), np.empty(last - first)
    for at in range(last - first):
        lot[at] = chance(crowd, crowd.agent[first + at], when, GENERATION, key_low, key_high)
    shuffled = np.argsort(lot)
    for at in range(last - first):
        approval[at] = crowd.approval[crowd.agent[first + shuffled[at]]]
    order = np.argsort(approval, kind="mergesort")  # which keeps the order of equals
    for at in range(last - first):
        order[at] = crowd.agent[first + shuffled[order[at]]]
    return order


@allocating
def replace(
    rules: Rules, ties: Ties, choices: Choices, table: Numbers, own_table: Numbers, crowd: Crowd, b: Block, node: int,
    when: int, key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """A fresh agent that starts aligned, with random numbers of its own, and if agents differ with the lot of any of them."""
    crowd.life[node] += 1
    crowd.role[node] = ALIGNED_FIRST
    i, l = crowd.lane[node] // LANES, crowd.lane[node] % LANES
    block = block_at(crowd, b, i)
    if ties.varied == 1:
        first, last = crowd.agents[crowd.population[node]], crowd.agents[crowd.population[node] + 1]
        drawn = crowd.agent[first + int(chance(crowd, node, when, STARTS, key_low, key_high) * (last - first))]
        take_parameters(rules, table, own_table, crowd, node, crowd.cell0[drawn])
    block.counter[1, l] = np.uint64(crowd.index[node] >> 32) | (np.uint64(crowd.life[node]) << np.uint64(8))
    account = np.empty(STATE_ROWS)
    for row in range(STATE_ROWS):
        account[row] = block.s[row * LANES + l]
    start_as(rules, ties, choices, crowd, block, node, l, 1, key_low, key_high)
    for row in range(STATE_ROWS):
        if row * LANES != CAPABILITY and row * LANES != ARGUMENT:
            block.s[row * LANES + l] = account[row]
    crowd.approval[node] = 1.0
    crowd.status[when & 1, node] = ALIGNED
    speak(crowd, node, when)


@kernel
def copy(
    rules: Rules, ties: Ties, table: Numbers, own_table: Numbers, crowd: Crowd, node: int, parent: int, when: int
) -> None:
    """Put a copy of an agent in another's place. What the place was held to account for stays with it."""
    i, l = crowd.lane[node] // LANES, crowd.lane[node] % LANES
    j, k = crowd.lane[parent] // LANES, crowd.lane[parent] % LANES
    for rows in (crowd.m, crowd.V, crowd.own, crowd.want, crowd.bias, crowd.offset, crowd.shares, crowd.shares0):
        if rows.shape[0] > 1 or crowd.set_of.shape[0] == 1:
            for row in range(rows.shape[1]):
                rows[i, row, l] = rows[j, row, k]
    for row in KEPT:
        crowd.s[i, row + l] = crowd.s[j, row + k]
    if ties.varied == 1:
        take_parameters(rules, table, own_table, crowd, node, crowd.cell[crowd.set_of[j], k])
    crowd.approval[node] = crowd.approval[parent]
    crowd.status[when & 1, node] = crowd.status[when & 1, parent]
    speak(crowd, node, when)


@kernel
def mutate(rules: Rules, crowd: Crowd, node: int, size: float, when: int, key_low: Word, key_high: Word) -> None:
    """ln p_k ← ln p_k + size ξ_k, each share at least at the floor."""
    if size == 0.0:
        return
    K, i, l = rules.motives, crowd.lane[node] // LANES, crowd.lane[node] % LANES
    index, floor = np.uint64(crowd.index[node]), crowd.p[crowd.set_of[i], FLOOR + l]
    total, changed = 0.0, 0.0
    for k in range(K):
        slot = np.uint64(MUTATION * 65536 + k)
        w0, w1, w2, w3 = philox(index & LOW, index >> THIRTY_TWO, np.uint64(when), slot, key_low, key_high)
        changed, _ = normal_pair(w0, w1, w2, w3)
        crowd.shares[i, k, l] = max(crowd.shares[i, k, l], LEAST_SHARE) * exp(size * changed)
        total += crowd.shares[i, k, l]
    excess = 0.0
    for k in range(K):
        crowd.shares[i, k, l] = max(crowd.shares[i, k, l] / total - floor, 0.0)
        excess += crowd.shares[i, k, l]
    for k in range(K):
        crowd.shares[i, k, l] = floor + crowd.shares[i, k, l] * ((1.0 - K * floor) / excess)
