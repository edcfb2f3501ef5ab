"""Tipping points, by bisection and by a grid of values: see `answers`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

import basin
from basin.analysis import wilson
from basin.analysis.crossing import crossing
from basin.analysis.sampling import Window, draw
from basin.questions.subject import Subject
from tests.bench.answers import Case, Duel, Size, answered
from tests.bench.answers_share import OTHER, SEED, Share, same

COARSE = 5  # values at which ours begin
LEAST = 100  # starts that `continuation` takes
HALVINGS = 6  # of a quarter of the path: 1/256 of it
WHY = "it places every tipping point of every outcome"

Numbers = NDArray[np.float64]


def shown(found: Share) -> str:
    return f"{found[0]:.4g} ± {found[1]:.2g}"


def duel(case: Case, size: Size) -> Duel:
    """Where P(target) passes ½ along the case's path, for the first time."""
    assert case.along
    path, low, high = case.along
    starts = max(LEAST, int(case.starts * size.starts))

    def continued(about: Subject) -> tuple[str, Share]:
        found = basin.continuation(about, case.along, n=COARSE, samples=starts, halvings=HALVINGS, seed=SEED)
        at = int(np.flatnonzero(np.isin(found["event"].values, ("falls", "rises")))[0])
        tip = float(found["tip_value"][at]), float(found["tip_high"][at] - found["tip_low"][at]) / 2
        return shown(tip), tip

    def counts(about: Subject, seed: int) -> Callable[[float], int]:
        """count(value) of starts that end in the target, by the same starts and chances at every value; each value once."""
        points = draw(Window(about.axes), starts, seed)
        mapper = about.mapper([path, *(axis.path for axis in about.axes)], 1)
        target = about.outcomes[about.target]

        @cache
        def count(value: float) -> int:
            return int((mapper(np.column_stack([np.full(starts, value), points]), seed).label == target).sum())

        return count

    def searched(about: Subject) -> tuple[str, Share]:
        count, values = counts(about, SEED), np.linspace(low, high, COARSE)
        above = np.array([count(float(value)) for value in values]) > starts / 2
        at = crossing(count, starts, values, int(np.flatnonzero(above[1:] != above[:-1])[0]), halvings=HALVINGS)
        tip = at.value, max((at.high - at.low) / 2, (at.first - at.last) / 2)
        return shown(tip), tip

    def on_grid(about: Subject) -> tuple[str, Share]:
        """Independent starts at each value; where the interval holds ½, linear between values, and at least half a step."""
        values = np.linspace(low, high, size.values)
        target, window = about.outcomes[about.target], Window(about.axes)
        mapper = about.mapper([path, *window.paths], 1)
        seen = np.array(
            [
                (mapper(np.column_stack([np.full(starts, value), draw(window, starts, OTHER + at)]), OTHER + at).label
                 == target).sum()
                for at, value in enumerate(values)
            ]
        )  # fmt: skip
        below, above = wilson(seen, starts)
        ends = [crossed(values, edge) for edge in (below, seen / starts, above)]
        half = max((max(ends) - min(ends)) / 2, (values[1] - values[0]) / 2)
        return shown((ends[1], half)), (ends[1], half)

    ours = (
        answered(case, f"continuation from {COARSE} values, {starts:,} starts", continued, WHY),
        answered(case, f"crossing from {COARSE} values, {starts:,} starts", searched, "ends of its interval are searched too"),
    )
    grid = answered(case, f"a grid of {size.values} values, {starts:,} starts at each", on_grid)
    question = f"where {path} tips, ± 1% of the path"
    return Duel(question, case.title, ours, grid, tuple(same(one.found, grid.found) for one in ours))


def crossed(values: Numbers, share: Numbers) -> float:
    """Where a share first passes ½, linearly between values; the end of the path where it does not."""
    above = share > 0.5
    at = np.flatnonzero(above[1:] != above[:-1])
    if not len(at):
        return float(values[-1] if above[0] == (share[0] > share[-1]) else values[0])
    step = int(at[0])
    along = (0.5 - share[step]) / (share[step + 1] - share[step])
    return float(values[step] + along * (values[step + 1] - values[step]))
