"""The stage: with some probability per episode another character is brought on (model, section 6).

A persona is a vector of shares. A run starts with the motives of the scenario; when a persona of the cast is drawn, by the
weights, its shares replace those there were. Everything else, the belief among it, stays.
"""

from __future__ import annotations

import numpy as np

from basin.engine.compile import LANES, kernel
from basin.engine.layout import FLOOR, OWN_FIELDS, REDRAW, Block, Rules
from basin.engine.random import PERSONA, Word, philox, uniform52


@kernel
def redraw(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """Bring on a persona with probability switch (1 − lock). In the skeleton, the mean of what may happen."""
    if rules.expected == 1:
        mix(rules, b)
        return
    c = b.counter
    slot = np.uint64(PERSONA * 65536)
    for l in range(LANES):
        word_0, word_1, word_2, word_3 = philox(c[0, l], c[1, l], c[2, l], slot, key_low, key_high)
        if uniform52(word_0, word_1) < b.p[REDRAW + l]:
            drawn = uniform52(word_2, word_3)
            persona = rules.cast - 1
            for j in range(rules.cast - 1, -1, -1):  # from the back: the last assignment is the first persona past it
                persona = j if drawn < b.q[cast_row(rules, j), l] else persona
            shares = cast_row(rules, persona) + 1
            scale = above_floor(rules, b, shares, l)
            for k in range(rules.motives):
                b.shares[k, l] = b.p[FLOOR + l] + max(b.q[shares + k, l] - b.p[FLOOR + l], 0.0) * scale


@kernel
def mix(rules: Rules, b: Block) -> None:
    """p ← (1 − q) p + q Σ_j w_j p_j with q = switch (1 − lock)."""
    for l in range(LANES):
        chance = b.p[REDRAW + l]
        if chance > 0.0:
            for k in range(rules.motives):
                b.shares[k, l] *= 1.0 - chance
            before = 0.0
            for j in range(rules.cast):
                shares = cast_row(rules, j) + 1
                weight = b.q[shares - 1, l] - before
                before = b.q[shares - 1, l]
                scale = above_floor(rules, b, shares, l)
                for k in range(rules.motives):
                    persona = b.p[FLOOR + l] + max(b.q[shares + k, l] - b.p[FLOOR + l], 0.0) * scale
                    b.shares[k, l] += chance * weight * persona


@kernel
def cast_row(rules: Rules, j: int) -> int:
    """Where persona j begins in `Block.q`: its summed weight, then its shares."""
    own = rules.motives - 1
    first = OWN_FIELDS * own + (own * (own + 1) // 2 if rules.mutual == 1 else 0)
    return first + j * (1 + rules.motives)


@kernel
def above_floor(rules: Rules, b: Block, shares: int, l: int) -> float:
    """What the shares' excess over the floor is multiplied by, so that they sum to 1."""
    excess = 0.0
    for k in range(rules.motives):
        excess += max(b.q[shares + k, l] - b.p[FLOOR + l], 0.0)
    factor: float = (1.0 - rules.motives * b.p[FLOOR + l]) / excess
    return factor
