"""Lines on a lattice: where numbers pass 0, and where labels change, the latter placed more sharply than the lattice is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from basin.analysis.contour import chains, level_set

Numbers = NDArray[np.float64]

HALVINGS = 5  # of a step of the lattice: an edge is placed to 1/32 of it


def zeros(values: Numbers, least: float = 0.0) -> list[Numbers]:
    """Where values (n, k) of a lattice pass 0, linearly between neighbours: lines of points (p, 2), in steps of the lattice.

    least: smaller values are 0. None where no value is above 0 or none below: what stands still everywhere has no line.
    """
    values = np.where(np.abs(values) > least, values, 0.0)
    if not ((values > 0).any() and (values < 0).any()):
        return []
    return _joined(*level_set(values.astype(np.float32), 0.0)[:2])


def edge(inside: NDArray[np.bool_], label: Callable[[Numbers], NDArray[np.bool_]], halvings: int = HALVINGS) -> list[Numbers]:
    """Where labels (n, k) of a lattice change, as lines of points (p, 2), in steps of the lattice.

    label: whether points (m, 2), in steps of the lattice, are inside; asked `halvings` times, each time about the middle of
    what is left between all pairs of neighbours that differ. Points are the middles in the end, within 2^−(halvings + 1) of
    a step, or of a cell's diagonal.
    """
    found = level_set(inside.astype(np.float32))
    first, last = np.floor(found.points), np.ceil(found.points)  # the neighbours: a point is half-way between them
    begun = inside[tuple(first.astype(int).T)]
    for _ in range(halvings if len(first) else 0):
        middle = (first + last) / 2
        alike = (label(middle) == begun)[:, None]
        first, last = np.where(alike, middle, first), np.where(alike, last, middle)
    return _joined((first + last) / 2, found.pieces)


def _joined(points: Numbers, pieces: NDArray[np.intp]) -> list[Numbers]:
    return [points[line] for line in chains(pieces, len(points))]
