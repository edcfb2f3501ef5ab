"""Random numbers of the systems' kernels: the engine's, addressed by run, step and slot."""

from __future__ import annotations

import numpy as np

from basin.engine.random import LOW, THIRTY_TWO, Word, philox
from basin.systems.compile import lane


@lane
def words(run: Word, step: int, slot: int, seed: Word) -> tuple[Word, Word, Word, Word]:
    """Four random 32-bit words at this address."""
    return philox(run & LOW, run >> THIRTY_TWO, np.uint64(step), np.uint64(slot), seed & LOW, seed >> THIRTY_TWO)


@lane
def below(word: Word, n: int) -> int:
    """A whole number from 0 to n − 1, made of a word: even but for n/2^32."""
    return np.int64((word * np.uint64(n)) >> THIRTY_TWO)  # type: ignore[return-value]  # compiled, they are one
