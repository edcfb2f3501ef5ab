"""Who listens to whom, how far apart they are, and events between two agents, one after the other."""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import LANES, kernel, stage
from basin.engine.crowd import Crowd, Ties
from basin.engine.random import LOW, THIRTY_TWO, Word, philox, uniform32, uniform52
from basin.labels import LOCKED_IN


@kernel
def listens_to(ties: Ties, crowd: Crowd, node: int, draw: float) -> int:
    """The neighbour that a node hears, drawn by trust with a uniform number; −1 where it has none."""
    if ties.complete == 1:
        first = ties.populations[crowd.population[node]]
        others = ties.populations[crowd.population[node] + 1] - first - 1
        if others < 1:
            return -1
        chosen: int = first + int(draw * others)
        return chosen + 1 if chosen >= node else chosen
    first, last = ties.first[node], ties.first[node + 1]
    if first == last:
        return -1
    if ties.trust.shape[0] == 0:
        return int(ties.neighbour[first + int(draw * (last - first))])
    low, high = first, last - 1  # the first whose running sum of trust is beyond the draw
    while low < high:
        middle = (low + high) // 2
        if ties.trust[middle] > draw:
            high = middle
        else:
            low = middle + 1
    return int(ties.neighbour[low])


@kernel
def within(one: Numbers, other: Numbers, bound: float) -> bool:
    """Whether two beliefs' unit vectors are no farther apart than the bound; a belief of no length is near none but itself."""
    if bound >= 2.0:
        return True
    along, square, other_square = 0.0, 0.0, 0.0
    for f in range(one.shape[0]):
        along += one[f] * other[f]
        square += one[f] * one[f]
        other_square += other[f] * other[f]
    if square == 0.0 or other_square == 0.0:
        return square == other_square
    return 2.0 - 2.0 * along / math.sqrt(square * other_square) <= bound * bound


@stage
def is_gone(crowd: Crowd, node: int, when: int) -> bool:
    """Whether an agent has locked in: nothing changes it any more."""
    gone: bool = crowd.lane[node] >= 0 and crowd.status[when & 1, node] == LOCKED_IN
    return gone


@kernel
def events(ties: Ties, crowd: Crowd, population: int, rate: float, use: int, when: int, key_low: Word, key_high: Word) -> int:
    """How many events there are in an episode: rate × agents, a rest of less than one by chance."""
    expected = rate * (crowd.agents[population + 1] - crowd.agents[population])
    index = np.uint64(crowd.index[ties.populations[population]])
    a, b, _, _ = philox(index & LOW, index >> THIRTY_TWO, np.uint64(when), np.uint64(use * 65536 + 1), key_low, key_high)
    count: int = math.floor(expected + uniform52(a, b))
    return count


@kernel
def event(
    ties: Ties, crowd: Crowd, population: int, number: int, use: int, when: int, key_low: Word, key_high: Word
) -> tuple[int, int, float]:
    """An event of an episode: an agent, any of the population's alike, whom it meets (−1: nobody), and a uniform number.

    There are at most as many events as nodes, so that each has the address of a node.
    """
    index = np.uint64(crowd.index[ties.populations[population]] + number)
    a, b, c, d = philox(index & LOW, index >> THIRTY_TWO, np.uint64(when), np.uint64(use * 65536), key_low, key_high)
    first, last = crowd.agents[population], crowd.agents[population + 1]
    node = crowd.agent[first + int(uniform32(c) * (last - first))]
    return node, listens_to(ties, crowd, node, uniform32(d)), uniform52(a, b)


@kernel
def believed(crowd: Crowd, node: int, out: Numbers) -> None:
    """What a node believes now."""
    at = crowd.lane[node]
    for f in range(out.shape[0]):
        out[f] = crowd.m[at // LANES, f, at % LANES] if at >= 0 else crowd.voice[0, node, f]
