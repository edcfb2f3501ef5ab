"""Where the agents of a population begin: who is put where, and as whom."""

from __future__ import annotations

import numpy as np

from basin.engine.arrays import Numbers, Whole, Words
from basin.engine.block import set_flags
from basin.engine.compile import LANES, allocating, entry, kernel
from basin.engine.crowd import ALIGNED_FIRST, C_MISLED_KNOWLEDGE, HUMAN, MISLED_FIRST, ORDINARY, Crowd, Ties, block_at
from basin.engine.layout import AUDIT, BIAS, CARE, DISAGREEMENT, KNOWLEDGE, PEOPLE_COUNTER, Block, Choices, Rules
from basin.engine.people import weigh_culture_as_bias
from basin.engine.policing import count_aligned
from basin.engine.random import LOW, TESTIMONY, THIRTY_TWO, Word, philox, uniform52
from basin.engine.start import start_lane
from basin.engine.testimony import speak, sum_voices
from basin.engine.vectors import gaussian
from basin.labels import ALIGNED, UNDECIDED


@entry
def draw_lots(index: Whole, use: int, key: Words, lots: Numbers) -> None:
    """A uniform number for each run of these random-number indices, of one use."""
    for at in range(index.shape[0]):
        run = np.uint64(index[at])
        a, b, _, _ = philox(run & LOW, run >> THIRTY_TWO, np.uint64(0), np.uint64(use * 65536), key[0], key[1])
        lots[at] = uniform52(a, b)


@allocating
def begin(
    rules: Rules, ties: Ties, choices: Choices, table: Numbers, own_table: Numbers, crowd: Crowd, b: Block, people: Whole,
    key_low: Word, key_high: Word,
) -> None:  # fmt: skip
    """Put every agent at its start. people: (nodes,) the random-number index of those it lives among."""
    for k in range(crowd.cell.shape[0]):
        for l in range(LANES):
            load_parameters(rules, table, own_table, crowd, k, l)
        set_flags(crowd.p[k], crowd.on[k])
    for i in range(crowd.set_of.shape[0]):
        block = block_at(crowd, b, i)
        for l in range(LANES):
            node = crowd.node[i * LANES + l]
            known = node if node >= 0 else crowd.node[i * LANES]  # an idle lane copies another
            block.run[l] = node
            address(block, l, crowd.index[known], people[known], 0)
            start_as(rules, ties, choices, crowd, block, known, l, 0, key_low, key_high)
    for at in range(crowd.agent.shape[0]):
        node = crowd.agent[at]
        crowd.status[0, node] = ALIGNED if crowd.role[node] == ALIGNED_FIRST else UNDECIDED
        speak(crowd, node, 0)
    place_people(rules, ties, crowd, b, key_low, key_high)
    for population in range(ties.coupling.shape[0]):
        count_aligned(ties, crowd, population, 0)
        sum_voices(ties, crowd, population, 0)


@kernel
def load_parameters(rules: Rules, table: Numbers, own_table: Numbers, crowd: Crowd, k: int, l: int) -> None:
    """A lane's parameters in its present phase."""
    row = rules.phases * crowd.cell[k, l] + crowd.phase[k, l]
    p, q = crowd.p[k], crowd.q[k]
    for at in range(table.shape[1]):
        p[at * LANES + l] = table[row, at]
    for at in range(own_table.shape[1]):
        q[at, l] = own_table[row, at]
    crowd.bias0[k, l] = p[BIAS + l]
    weigh_culture_as_bias(rules, p, l)
    crowd.audit[k, l] = p[AUDIT + l]


@kernel
def take_parameters(rules: Rules, table: Numbers, own_table: Numbers, crowd: Crowd, node: int, cell: int) -> None:
    """Give an agent, whose block has a set of parameters to itself, those of another cell."""
    k, l = crowd.set_of[crowd.lane[node] // LANES], crowd.lane[node] % LANES
    crowd.cell[k, l] = cell
    load_parameters(rules, table, own_table, crowd, k, l)
    set_flags(crowd.p[k], crowd.on[k])


@kernel
def address(block: Block, l: int, index: int, people: int, life: int) -> None:
    """Where a lane's random numbers are: those of its own run, and those of the people around it."""
    c = block.counter
    c[0, l] = np.uint64(index & 0xFFFFFFFF)
    c[1, l] = np.uint64(index >> 32) | (np.uint64(life) << np.uint64(8))
    c[PEOPLE_COUNTER, l] = np.uint64(people & 0xFFFFFFFF)
    c[PEOPLE_COUNTER + 1, l] = np.uint64(people >> 32)


@allocating
def start_as(
    rules: Rules, ties: Ties, choices: Choices, crowd: Crowd, block: Block, node: int, l: int, settled: int, key_low: Word,
    key_high: Word,
) -> None:  # fmt: skip
    """Start a lane as its parameters say, or with the belief and the care that its role has instead.

    Aligned ones know and care; misled ones care, and are sure of something else than what people value.
    """
    p, role = block.p, crowd.role[node]
    knowledge, care = p[KNOWLEDGE + l], p[CARE + l]
    if role == ALIGNED_FIRST:
        p[KNOWLEDGE + l] = 1.0
    elif role == MISLED_FIRST:
        p[KNOWLEDGE + l] = ties.coupling[crowd.population[node], C_MISLED_KNOWLEDGE]
    if role != ORDINARY:
        p[CARE + l] = 1.0
    p[BIAS + l] = crowd.bias0[crowd.set_of[crowd.lane[node] // LANES], l]
    start_lane(rules, choices, block, l, settled, key_low, key_high)
    p[KNOWLEDGE + l] = knowledge
    p[CARE + l] = care
    if role == MISLED_FIRST:
        for at in range(block.V.shape[0]):
            block.V[at, l] = 0.0


@allocating
def place_people(rules: Rules, ties: Ties, crowd: Crowd, b: Block, key_low: Word, key_high: Word) -> None:
    """People among the nodes: they show what people show, each in its own way, and stay so."""
    d = rules.features
    for node in range(crowd.lane.shape[0]):
        if crowd.role[node] != HUMAN:
            continue
        crowd.status[0, node] = ALIGNED
        crowd.status[1, node] = ALIGNED
        if crowd.voice.shape[1] == 0:
            continue
        neighbour = ties.populations[crowd.population[node]]
        while neighbour < ties.populations[crowd.population[node] + 1] and crowd.lane[neighbour] < 0:
            neighbour += 1
        if neighbour == ties.populations[crowd.population[node] + 1]:
            continue  # nobody is there to hear
        at, l = crowd.lane[neighbour] // LANES, crowd.lane[neighbour] % LANES
        block = block_at(crowd, b, at)
        index = np.uint64(crowd.index[node])
        own = crowd.voice[0, node]
        gaussian(own, TESTIMONY, index & LOW, index >> THIRTY_TWO, key_low, key_high)
        for i in range(d):
            shown = block.theta[i, l] + (block.p[BIAS + l] * block.bias[i, l] if block.p[BIAS + l] != 0.0 else 0.0)
            own[i] = shown + block.p[DISAGREEMENT + l] * own[i]
            crowd.voice[1, node, i] = own[i]
