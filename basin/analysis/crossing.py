"""Where along a path a share passes a level, with an interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from basin.analysis.intervals import CONFIDENCE, wilson

HALVINGS = 12  # of a step of the grid: a crossing is placed to 1/4096 of it


@dataclass(frozen=True)
class Crossing:
    """Where a share passes a level: between `last` and `first`, at their middle, with the interval from `low` to `high`.

    before, after: how many runs of `total` counted at `last` and at `first`; where they are far apart the share jumps.
    """

    value: float
    low: float
    high: float
    last: float
    first: float
    before: int
    after: int
    total: int


def crossing(
    count: Callable[[float], int],
    total: int,
    grid: ArrayLike,
    step: int,
    level: float = 0.5,
    *,
    halvings: int = HALVINGS,
    confidence: float = CONFIDENCE,
) -> Crossing:
    """The value x* between `grid[step]` and `grid[step + 1]` at which a share P(x) passes `level`.

    count: how many of `total` independent runs at x, by the same random numbers at every x, so that it is a function.
    The estimate is where count/total passes the level, by bisection. The interval inverts a test:

        {x : level lies in Wilson's interval of count(x)/total},

    the stretch of it around x*. It misses x* only if Wilson's interval at x* misses P(x*) = level, which happens in 5% of
    repeats (Wilson 1927; inversion of a test, Casella & Berger 2002, 9.2.1). Outside the grid it ends with the grid.
    """
    grid = np.asarray(grid, float)
    counts: dict[float, int] = {}

    def seen(x: float) -> int:
        if x not in counts:
            counts[x] = int(count(x))
        return counts[x]

    rising = seen(float(grid[step + 1])) > seen(float(grid[step]))

    def side(x: float) -> int:
        """-1 where the share is known to be still on the side of `grid[step]`, +1 where it is known to be beyond."""
        low, high = wilson(seen(x), total, confidence)
        above = int(low > level) - int(high < level)
        return above if rising else -above

    def beyond(x: float) -> bool:
        return (seen(x) > level * total) == rising

    last, first = bisect(beyond, float(grid[step]), float(grid[step + 1]), halvings)
    below = next((at for at in range(step, -1, -1) if side(float(grid[at])) == -1), None)
    above = next((at for at in range(step + 1, len(grid)) if side(float(grid[at])) == 1), None)
    low, high = float(grid[0]), float(grid[-1])
    if below is not None:  # the last value that is surely before, in the step of the grid in which there is one
        low = bisect(lambda x: side(x) != -1, float(grid[below]), min(last, float(grid[below + 1])), halvings)[0]
    if above is not None:
        high = bisect(lambda x: side(x) == 1, max(first, float(grid[above - 1])), float(grid[above]), halvings)[1]
    return Crossing((last + first) / 2, low, high, last, first, seen(last), seen(first), total)


def bisect(beyond: Callable[[float], bool], last: float, first: float, halvings: int) -> tuple[float, float]:
    """Two values, 2^−halvings of the way from `last` to `first` apart, the second of them beyond and the first not."""
    for _ in range(halvings):
        middle = (last + first) / 2
        if middle in (last, first):
            break
        last, first = (last, middle) if beyond(middle) else (middle, first)
    return last, first
