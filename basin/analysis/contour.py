"""The level set of a function on a lattice: line segments in two dimensions, triangles in three, joined where they meet.

Every cell is cut into k! simplices that share its diagonal (Kuhn's triangulation), in which a function linear along the
edges has a level set of one piece: no ambiguous cases, and no holes between neighbouring cells.
Source: marching tetrahedra, Doi & Koide 1991; Allgower & Georg 1990, chapter 12.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class LevelSet(NamedTuple):
    """points (p, k), in steps of the lattice; pieces (m, k), the points of each segment or triangle; reach (p,), how far
    along its edge a point could lie from there. Triangles are anticlockwise as seen from where values are lower."""

    points: NDArray[np.float64]
    pieces: NDArray[np.intp]
    reach: NDArray[np.float64]


def level_set(values: NDArray[np.float32], level: float = 0.5) -> LevelSet:
    """Where values on the vertices of a lattice, two- or three-dimensional, pass a level, linearly along edges."""
    inside = values > level
    cells = _crossed(inside)
    strides = np.array(np.cumprod((1, *values.shape[:0:-1]))[::-1])
    ends = np.concatenate([_pieces(inside.reshape(-1), cells, order, strides) for order in permutations(range(values.ndim))])
    if not len(ends):
        return LevelSet(np.empty((0, values.ndim)), np.empty((0, values.ndim), np.intp), np.empty(0))
    edges, pieces = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    start, end = (np.stack(np.unravel_index(edges[:, side], values.shape), axis=1).astype(float) for side in (0, 1))
    low, high = (values.reshape(-1)[edges[:, side]].astype(float) for side in (0, 1))
    along = ((level - low) / (high - low))[:, None]
    reach = np.linalg.norm(end - start, axis=1) * np.maximum(along, 1 - along)[:, 0]
    points, pieces = start + along * (end - start), pieces.reshape(-1, values.ndim)
    if values.ndim == 3:
        pieces = _facing_out(points, pieces, (end - start) * np.sign(low - high)[:, None])
    return LevelSet(points, pieces, reach)


def chains(pieces: NDArray[np.intp], count: int) -> list[NDArray[np.intp]]:
    """Segments (m, 2) between `count` points as lines: the points of each in order, the first again at the end of a ring."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for one, two in pieces.tolist():
        neighbours[one].append(two)
        neighbours[two].append(one)
    ends = [point for point in range(count) if len(neighbours[point]) == 1]
    seen, lines = np.zeros(count, bool), []
    for first in [*ends, *range(count)]:
        if seen[first] or not neighbours[first]:
            continue
        line, at = [first], first
        seen[first] = True
        while (onwards := next((point for point in neighbours[at] if not seen[point]), None)) is not None:
            seen[onwards] = True
            line.append(onwards)
            at = onwards
        if len(line) > 2 and first in neighbours[at]:
            line.append(first)
        lines.append(np.array(line))
    return lines


def _facing_out(points: NDArray[np.float64], pieces: NDArray[np.intp], out: NDArray[np.float64]) -> NDArray[np.intp]:
    """Triangles anticlockwise as seen from outside; `out` (p, 3) is the direction in which values fall at each point."""
    one, two, three = (points[pieces[:, at]] for at in range(3))
    backwards = (np.cross(two - one, three - one) * out[pieces[:, 0]]).sum(axis=1) < 0
    return np.where(backwards[:, None], pieces[:, ::-1], pieces)


def _crossed(inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(m, k): the cells whose corners differ."""
    views = [
        inside[tuple((slice(None, -1), slice(1, None))[end] for end in ends)] for ends in product((0, 1), repeat=inside.ndim)
    ]
    return np.argwhere(np.logical_or.reduce(views) & ~np.logical_and.reduce(views))


def _pieces(
    inside: NDArray[np.bool_], cells: NDArray[np.intp], order: tuple[int, ...], strides: NDArray[np.intp]
) -> NDArray[np.intp]:
    """(m, k, 2): for every piece of the level set in one simplex of each cell, the edges that it crosses, as vertices.

    The simplex goes from a cell's first corner to its last, one step along each axis in the given order.
    """
    first = cells @ strides
    vertices = first[:, None] + np.concatenate([[0], np.cumsum(strides[list(order)])])
    within = inside[vertices]
    found = []
    for pattern in product((False, True), repeat=vertices.shape[1]):
        held, rest = np.flatnonzero(pattern), np.flatnonzero(np.logical_not(pattern))
        if not len(held) or not len(rest):
            continue
        chosen = vertices[(within == pattern).all(axis=1)]
        crossed = [sorted((one, two)) for one in held for two in rest]  # in this order, four edges go zigzag
        for piece in ([0, 1, 2], [1, 2, 3]) if len(crossed) == 4 else (range(len(crossed)),):
            found.append(chosen[:, [crossed[at] for at in piece]])
    return np.concatenate(found)
