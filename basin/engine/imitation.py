"""Imitation: an agent copies a neighbour's motives, the likelier the better approved that neighbour is (model, section 9).

Pairwise comparison: i takes on j's shares with probability 1/(1 + exp(−(a_j − a_i)/T)) (Fermi's function; Szabó & Tőke 1998;
Traulsen, Nowak & Pacheco 2006). Approval a is the share of about the last `dwell` episodes to which nobody objected; who
copies a neighbour's motives expects its approval too. Copies follow one another, so that the chain of them is the textbook's.
"""

from __future__ import annotations

from basin.engine.compile import LANES, kernel, lane
from basin.engine.crowd import C_IMITATION, C_TEMPERATURE, Crowd, Ties
from basin.engine.layout import FLOOR, Rules
from basin.engine.random import IMITATION, Word
from basin.engine.special import exp
from basin.engine.ties import event, events, is_gone

WIDEST = 700.0  # beyond this an exponential would overflow


@lane
def fermi(difference: float, temperature: float) -> float:
    """1/(1 + exp(−difference/temperature))."""
    steep = min(max(-difference / temperature, -WIDEST), WIDEST)
    return 1.0 / (1.0 + exp(steep))


@kernel
def imitate(rules: Rules, ties: Ties, crowd: Crowd, population: int, when: int, key_low: Word, key_high: Word) -> None:
    """One copy after the other. People are copied too: they care, and nobody objects to them."""
    K, rate, temperature = rules.motives, ties.coupling[population, C_IMITATION], ties.coupling[population, C_TEMPERATURE]
    for number in range(events(ties, crowd, population, rate, IMITATION, when, key_low, key_high)):
        node, neighbour, draw = event(ties, crowd, population, number, IMITATION, when, key_low, key_high)
        if neighbour < 0 or is_gone(crowd, node, when):
            continue
        if draw < fermi(crowd.approval[neighbour] - crowd.approval[node], temperature):
            at, other = crowd.lane[node], crowd.lane[neighbour]
            i, l = at // LANES, at % LANES
            floor = crowd.p[crowd.set_of[i], FLOOR + l]
            for k in range(K):
                if other >= 0:
                    crowd.shares[i, k, l] = crowd.shares[other // LANES, k, other % LANES]
                else:
                    crowd.shares[i, k, l] = 1.0 - (K - 1) * floor if k == 0 else floor
            crowd.approval[node] = crowd.approval[neighbour]
