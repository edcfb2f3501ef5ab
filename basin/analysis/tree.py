"""Refinement near a boundary: a tree of cells that asks for labels only where they disagree.

The window is the unit cube [0, 1]^k, k = 2 or 3, and every vertex lies on one lattice of 2^depth steps along each side, so
that levels share what they asked. A cell is *mixed* if some corners are surely in the basin and others surely out of it.
Level by level, mixed cells and their neighbours are opened until no mixed cell has an unopened neighbour, which follows
every boundary that was met anywhere to its end; then both are halved. A thin piece that no corner met stays unseen until a
*witness* shows it: a point whose label contradicts its leaf, and makes the cells that hold it mixed from there down.

Source: quadtrees, Finkel & Bentley 1974; Samet 1984. Dilation and witnesses are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, generate_binary_structure

Numbers = NDArray[np.float64]
OUT, UNSURE, IN, UNKNOWN = -1, 0, 1, 2
Label = Callable[[Numbers], tuple[NDArray[np.float64], NDArray[np.int8]]]


class Tree:
    """Cells of the unit cube.

    label: points (n, k) to (share of their runs in the basin (n,), side (n,): IN, OUT or, if chance leaves it open, UNSURE).
    first: the level at which every cell is open, with 2^first cells along a side. depth: the finest level.

    share, side: (2^depth + 1)^k, NaN and UNKNOWN where nothing was asked. open: per level, which cells' corners were
    asked. asked: how many points were. The deepest open cell that holds a point is its *leaf*.
    """

    def __init__(self, label: Label, dimensions: int, first: int, depth: int) -> None:
        self.label, self.dimensions, self.first, self.depth = label, dimensions, first, depth
        lattice = (2**depth + 1,) * dimensions
        self.share = np.full(lattice, np.nan, np.float32)
        self.side = np.full(lattice, UNKNOWN, np.int8)
        self.open = {level: np.zeros((2**level,) * dimensions, bool) for level in range(first, depth + 1)}
        self.open[first][:] = True
        self.asked = 0
        self._witness = np.empty((0, dimensions))
        self._witness_side = np.empty(0, np.int8)

    @property
    def levels(self) -> range:
        return range(self.first, self.depth + 1)

    def grow(self) -> None:
        """Open and halve cells until every mixed cell is as small as it may be."""
        for level in self.levels:
            mixed = self._settled(level)
            if level < self.depth:
                self.open[level + 1] |= _halved(_dilated(mixed))

    def reopen(self, points: Numbers, side: NDArray[np.int8]) -> int:
        """Take points (n, k) whose side is known as witnesses; how many contradict a leaf. Then grow, if any does."""
        leaf = self.leaf_side()[_cell(points, self.depth)]
        against = (leaf * side) == -1
        self._witness = np.concatenate([self._witness, points[against]])
        self._witness_side = np.concatenate([self._witness_side, side[against]])
        if against.any():
            self.grow()
        return int(against.sum())

    def leaf_side(self) -> NDArray[np.int8]:
        """Of every finest cell, the side that all corners of its leaf are surely on; UNSURE where there is none."""
        return self._over_leaves(lambda low, high: np.where(low == high, low, UNSURE))

    def leaf_level(self) -> NDArray[np.int8]:
        """Of every finest cell, the level of its leaf."""
        found = np.full(self.open[self.first].shape, self.first, np.int8)
        for level in self.levels[1:]:
            found = np.where(self.open[level], np.int8(level), _halved(found))
        return found

    def field(self) -> NDArray[np.float32]:
        """The share at every vertex of the lattice: as asked, or linear between the corners of the leaf."""
        values = self.share[self._steps(self.first)]
        for level in self.levels[1:]:
            asked = self.share[self._steps(level)]
            values = np.where(np.isnan(asked), _between(values), asked)
        return values

    def corners_in(self) -> NDArray[np.int8]:
        """Of every finest cell, how many corners have more than half of their runs in the basin."""
        inside = (self.field() > 0.5).astype(np.int8)
        return sum(inside[corner] for corner in _corners(self.dimensions))  # type: ignore[return-value]

    def _over_leaves(self, of: Callable[[NDArray[np.int8], NDArray[np.int8]], NDArray[Any]]) -> NDArray[np.int8]:
        found = of(*self._ends(self.first)).astype(np.int8)
        for level in self.levels[1:]:
            found = np.where(self.open[level], of(*self._ends(level)), _halved(found)).astype(np.int8)
        return found

    def _settled(self, level: int) -> NDArray[np.bool_]:
        """Ask and open until no mixed cell of a level has an unopened neighbour; the mixed cells."""
        while True:
            self._ask(level)
            mixed = self._mixed(level)
            wanted = _dilated(mixed) & ~self.open[level]
            if not wanted.any():
                return mixed
            self.open[level] |= wanted

    def _ask(self, level: int) -> None:
        """The corners of all open cells of a level, those not asked before, in one batch."""
        steps = self._steps(level)
        needed = np.zeros((2**level + 1,) * self.dimensions, bool)
        for corner in _corners(self.dimensions):
            needed[corner] |= self.open[level]
        needed &= self.side[steps] == UNKNOWN
        at = np.nonzero(needed)
        if not len(at[0]):
            return
        share, side = self.label(np.stack(at, axis=1) / 2.0**level)
        self.share[steps][at], self.side[steps][at] = share, side
        self.asked += len(at[0])

    def _mixed(self, level: int) -> NDArray[np.bool_]:
        low, high = self._ends(level)
        mixed: NDArray[np.bool_] = self.open[level] & (low == OUT) & (high == IN)
        if len(self._witness):
            cell = _cell(self._witness, level)
            against = self.open[level][cell] & (low[cell] == high[cell]) & (low[cell] * self._witness_side == -1)
            mixed[tuple(index[against] for index in cell)] = True
        return mixed

    def _ends(self, level: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Least and greatest side among the corners of every cell of a level."""
        side = self.side[self._steps(level)]
        corners = [side[corner] for corner in _corners(self.dimensions)]
        return np.minimum.reduce(corners), np.maximum.reduce(corners)

    def _steps(self, level: int) -> tuple[slice, ...]:
        """The vertices of a level within the lattice."""
        return (slice(None, None, 2 ** (self.depth - level)),) * self.dimensions


def _corners(dimensions: int) -> list[tuple[slice, ...]]:
    """Slices of an array of vertices that give, for every cell, one corner each."""
    return [tuple((slice(None, -1), slice(1, None))[end] for end in ends) for ends in product((0, 1), repeat=dimensions)]


def _cell(points: Numbers, level: int) -> tuple[NDArray[np.intp], ...]:
    """Indices of the cells of a level that hold points (n, k)."""
    return tuple(np.clip((points * 2**level).astype(np.intp), 0, 2**level - 1).T)


def _dilated(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells and their neighbours across a face."""
    return binary_dilation(cells, generate_binary_structure(cells.ndim, 1))


def _halved(cells: NDArray[Any]) -> NDArray[Any]:
    """Every cell's value for each of its children."""
    for axis in range(cells.ndim):
        cells = np.repeat(cells, 2, axis)
    return cells


def _between(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vertices of the next level: those there were, and half-way between them their mean."""
    for axis in range(values.ndim):
        values = np.moveaxis(values, axis, 0)
        finer = np.empty((2 * len(values) - 1, *values.shape[1:]), values.dtype)
        finer[::2], finer[1::2] = values, (values[1:] + values[:-1]) / 2
        values = np.moveaxis(finer, 0, axis)
    return values
