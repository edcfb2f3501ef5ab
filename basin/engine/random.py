"""Random numbers that depend on nothing but their address: Philox4x32-10 (Salmon et al. 2011), and normals from it.

The key is the seed; the counter is (run, episode, slot). So any number of any run can be had at any time, in any
order, on any thread, and one scenario can be run again with the very same chances.
"""

from __future__ import annotations

import numpy as np

from basin.engine.compile import lane
from basin.engine.special import log, sin_cos_turns

# ---- Slots: one use each -------------------------------------------------------------------------------------------
# slot = use * SLOTS_PER_USE + index

SLOTS_PER_USE = 65536

PLAN = 0  # normals of the plan
SEARCH = 1
ARRIVALS = 2
LOOK = 3
CANDIDATES = 4
STATEMENT = 5
COMPARISON = 6
DEMONSTRATION = 7
CHOICE = 8
MOTIVES = 9
VALUES = 10
AUDIT_EXIT = 11
PERSONA = 12
PERSON = 13
CULTURE = 14
START_VALUES = 16
START_ERROR = 17
START_OWN = 18
START_BIAS = 19
START_OVERSEER = 20
START_WARP = 21
START_FACTS = 22
START_PEOPLE = 23
START_CULTURE = 24
# between agents of a population
HEAR = 32  # whether and whom
TESTIMONY = 33
IMITATION = 34
MEETING = 35
GENERATION = 36
PARENT = 37
MUTATION = 38
LIFE = 39  # whether what goes wrong with an agent can be found out
PLACES = 40  # which agents begin aligned, misled, as people
MEMBERS = 41  # and which as those of another scenario
OVERSEEN = 42
STARTS = 43  # which of the starts is whose, where agents differ

# ---- Words ---------------------------------------------------------------------------------------------------------

Word = np.uint64  # that holds 32 bits

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
THIRTY_TWO = np.uint64(32)
TWELVE = np.uint64(12)
TWENTY = np.uint64(20)
BITS_ONE = np.uint64(0x3FF0000000000000)


@lane
def _round(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """One round. Only the lower halves of the values count; the masks let LLVM take the quick 32-bit multiplication."""
    a = MULTIPLIER_0 * (c0 & LOW)
    b = MULTIPLIER_1 * (c2 & LOW)
    return (b >> THIRTY_TWO) ^ c1 ^ k0, b, (a >> THIRTY_TWO) ^ c3 ^ k1, a


@lane
def philox(
    run_low: Word, run_high: Word, episode: Word, slot: Word, key_low: Word, key_high: Word
) -> tuple[Word, Word, Word, Word]:
    """Four random 32-bit words at this address, ten rounds. All arguments are np.uint64; an int64 does not compile."""
    c0, c1, c2, c3 = run_low, run_high, episode, slot
    k0, k1 = key_low, key_high
    for _ in range(10):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0 = k0 + WEYL_0
        k1 = k1 + WEYL_1
    return c0 & LOW, c1 & LOW, c2 & LOW, c3 & LOW


# ---- Numbers -------------------------------------------------------------------------------------------------------


@lane
def uniform52(word_a: Word, word_b: Word) -> float:
    """(k + ½) 2^-52 in (0, 1), exactly. k, the upper 52 bits of the words, is put as mantissa of a number in [1, 2)."""
    k = ((word_b << THIRTY_TWO) | word_a) >> TWELVE
    return np.uint64(k | BITS_ONE).view(np.float64) - (1.0 - 2.0**-53)


@lane
def uniform32(word: Word) -> float:
    """(word + ½) 2^-32 in (0, 1), exactly."""
    return np.uint64((word << TWENTY) | BITS_ONE).view(np.float64) - (1.0 - 2.0**-33)


@lane
def normal_pair(w0: Word, w1: Word, w2: Word, w3: Word) -> tuple[float, float]:
    """Two independent standard normals from four words (Box & Muller 1958); none lies beyond 8.58."""
    radius = np.sqrt(-2.0 * log(uniform52(w0, w1)))
    sine, cosine = sin_cos_turns(uniform52(w2, w3))
    return radius * cosine, radius * sine
