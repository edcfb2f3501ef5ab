"""What a case is: an interval that is reported, its truth known, and how often it has to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REPEATS = 2000
USUAL = (0.93, 0.97)  # a 95% interval: at 2,000 repeats one that holds in 95% is within in all but 4 of 100,000 cases
AT_LEAST = (0.93, 1.0)  # one that is made to hold at least as often as stated

Held = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """name: what is reported, and of which law. made: the function of `basin` that makes the interval. band: what the
    coverage has to lie within; why: the reason where that is not the usual band. held: (repeats) to whether the interval held
    in each, or the share of many that did."""

    name: str
    made: str
    band: tuple[float, float]
    why: str
    held: Callable[[int], Held]


CASES: list[Case] = []


def interval(name: str, made: str, *laws: tuple, band: tuple[float, float] = USUAL, why: str = "") -> Callable:
    """Register a function of the number of repeats, and of what each of some laws says besides: (words, *numbers)."""

    def register(function: Callable) -> Callable:
        for words, *numbers in laws or (("",),):
            held = lambda repeats, numbers=numbers: np.asarray(function(repeats, *numbers), float)  # noqa: E731
            CASES.append(Case(f"{name}: {words}" if words else name, made, band, why, held))
        return function

    return register


def within(intervals, truth) -> Held:
    """Whether each (low, high), in the last two of the columns, holds the truth."""
    low, high = np.asarray(intervals, float).T[-2:]
    return ((low <= truth) & (truth <= high)).astype(float)
