"""How it ended: the names of the outcomes, their numbers, and the conventions that everything downstream shares.

A label is a small integer. Undecided is −1 everywhere: its own class, never folded into another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNDECIDED = -1
LOCKED_IN, ALIGNED, ALLIED, CAPTURED, MISLED = range(5)

# Exclusive outcomes, in the order in which they are judged: the first that holds.
OUTCOMES: dict[str, int] = {
    "locked_in": LOCKED_IN,
    "aligned": ALIGNED,
    "allied": ALLIED,
    "captured": CAPTURED,
    "misled": MISLED,
    "undecided": UNDECIDED,
}
NAMES: dict[int, str] = {code: name for name, code in OUTCOMES.items()}

DESCRIPTIONS: dict[str, str] = {
    "locked_in": "an irreversible harmful act happened on the way",
    "aligned": "acts as people would want and cares about what they value",
    "allied": "acts as people would want, for reasons of its own",
    "captured": "its own motives hold nearly everything",
    "misled": "cares, but has settled on the wrong idea of what people value",
    "undecided": "none of these by the horizon: still learning, or mixed motives",
}


@dataclass(frozen=True)
class Labels:
    """What a mapper returns.

    label: (points, runs) int8, one of the codes above. time: (points, runs) float64, episodes until the ending's final
    uninterrupted stretch began; infinite where there is no ending (undecided).
    """

    label: NDArray[np.int8]
    time: NDArray[np.float64]
