"""Attractors by recurrence: where trajectories keep coming back to, found without knowing what to look for.

The window is cut into cells. A trajectory that has spent `recurrences` steps in a row in cells that it had been in before has
settled: the cells of its next `locate` steps are an attractor. Attractors that share a cell are one. A trajectory that spends
`lost` steps outside the window has left it and ends nowhere, −1; so does one that settles on nothing within `steps`.

Source: Datseris & Wagemakers 2022, Effortless estimation of basins of attraction, Chaos 32, 023104. Theirs follows one
trajectory after another; here all go together and their attractors are merged at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.labels import UNDECIDED

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

OUTSIDE = -1  # the cell of a state beyond the window


@dataclass(frozen=True)
class Attractors:
    """label: (n,) number of the attractor of each start, −1 for none; 0 is the one with most starts. centres: (a, d) means of
    the states on each; extents: (a, d) their ranges. final: (n, d) last states."""

    label: Whole
    centres: Numbers
    extents: Numbers
    final: Numbers


def attractors(
    step: Callable[[Numbers], Numbers],
    starts: ArrayLike,
    lo: ArrayLike,
    hi: ArrayLike,
    *,
    cells: int = 64,
    recurrences: int = 100,
    locate: int = 200,
    lost: int = 100,
    steps: int = 20_000,
) -> Attractors:
    """step: states (n, d) to the next ones, each row for itself: a map, or a flow over a while. starts: (n, d). lo, hi: (d,)
    the window, cut into `cells` along each coordinate."""
    state = np.array(starts, float)
    n, d = state.shape
    lo, hi = np.broadcast_to(np.asarray(lo, float), d), np.broadcast_to(np.asarray(hi, float), d)
    visited: list[set[int]] = [set() for _ in range(n)]
    found: list[set[int]] = [set() for _ in range(n)]
    in_a_row, outside = np.zeros(n, int), np.zeros(n, int)
    low, high = np.full((n, d), np.inf), np.full((n, d), -np.inf)
    total, settled = np.zeros((n, d)), np.zeros(n, int)  # settled: steps spent on the attractor
    final = state.copy()
    going = np.arange(n)
    for _ in range(steps):
        if not len(going):
            break
        state = step(state)
        cell = _cells(state, lo, hi, cells)
        for at, who in enumerate(going):
            where = int(cell[at])
            outside[who] = outside[who] + 1 if where == OUTSIDE else 0
            if settled[who] or in_a_row[who] >= recurrences:
                settled[who] += 1
                found[who].add(where)
            else:
                known = where in visited[who] and where != OUTSIDE
                in_a_row[who] = in_a_row[who] + 1 if known else 0
                visited[who].add(where)
        final[going] = state
        on = settled[going] > 0
        low[going[on]] = np.minimum(low[going[on]], state[on])
        high[going[on]] = np.maximum(high[going[on]], state[on])
        total[going[on]] += state[on]
        stays = (settled[going] < locate) & (outside[going] < lost) & np.isfinite(state).all(axis=1)
        going, state = going[stays], state[stays]
    label = _merged(found, settled >= locate)
    names = range(label.max(initial=UNDECIDED) + 1)
    of = [label == name for name in names]
    centres = np.array([total[own].sum(0) / settled[own].sum() for own in of]).reshape(-1, d)
    extents = np.array([high[own].max(0) - low[own].min(0) for own in of]).reshape(-1, d)
    return Attractors(label, centres, extents, final)


def _cells(state: Numbers, lo: Numbers, hi: Numbers, cells: int) -> Whole:
    """(n,) number of the cell that each state is in."""
    with np.errstate(invalid="ignore", over="ignore"):
        place = np.floor((state - lo) / (hi - lo) * cells)
    inside: NDArray[np.bool_] = np.all((place >= 0) & (place < cells), axis=1)
    number = np.zeros(len(state), np.int64)
    for column in np.where(inside[:, None], place, 0).astype(np.int64).T:
        number = number * cells + column
    return np.where(inside, number, OUTSIDE)


def _merged(found: list[set[int]], settled: NDArray[np.bool_]) -> Whole:
    """(n,) number of the attractor of each trajectory; those whose attractors share a cell have the same."""
    parent = list(range(len(found)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    owner: dict[int, int] = {}
    for who in np.flatnonzero(settled):
        for cell in found[who]:
            if cell in owner:
                parent[root(int(who))] = root(owner[cell])
            owner[cell] = int(who)
    roots = np.array([root(who) if settled[who] else UNDECIDED for who in range(len(found))], np.int64)
    names, counts = np.unique(roots[roots >= 0], return_counts=True)
    number = {int(name): at for at, name in enumerate(names[np.argsort(-counts, kind="stable")])}
    return np.array([number.get(int(one), UNDECIDED) for one in roots], np.int64)
