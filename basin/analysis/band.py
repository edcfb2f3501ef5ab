"""Where chance leaves a boundary: more runs at the corners that it passes between, and the band that it lies in.

Within a leaf P(target | start) is interpolated between the corners, P̂(x) = Σ λ_i(x) p̂_i with multilinear weights λ, and
varies by Σ λ_i² p_i (1 − p_i)/n_i. A point with |P̂ − ½| ≤ 1.96 standard errors could be on the boundary: the test of P = ½,
inverted point by point. All such points are the band, and it holds 95% of the boundary, on average over its length.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from basin.analysis.contour import LevelSet, level_set
from basin.analysis.tree import UNSURE, Label, Tree

Numbers = NDArray[np.float64]

ROUNDS = 3  # of polishing: a line that moves passes between other corners
MORE = 8  # times as many runs at corners that the boundary passes between
Z = 1.959964


def polished(tree: Tree, label: Label) -> NDArray[np.int32]:
    """Ask MORE times as often at the corners of leaves that the boundary passes through; batches asked per vertex."""
    batches = (~np.isnan(tree.share)).astype(np.int32)
    for _ in range(ROUNDS):
        corner, _ = _corners(tree, level_set(tree.field()).points)
        at = np.unique(corner.reshape(-1, tree.dimensions), axis=0)
        place = tuple(at[batches[tuple(at.T)] == 1].T)
        if not len(place[0]):
            break
        points = np.stack(place, axis=1) / 2.0**tree.depth
        more = np.mean([label(points)[0] for _ in range(MORE - 1)], axis=0)
        tree.share[place] = (tree.share[place] + (MORE - 1) * more) / MORE
        batches[place] = MORE
    return batches


def standard_errors(tree: Tree, batches: NDArray[np.int32], runs: int) -> NDArray[np.float32]:
    """Of the interpolated share at every vertex of the lattice; 0 where all corners of the leaf are sure of one side."""
    size = 2**tree.depth
    unsure = tree.leaf_side() == UNSURE
    vertex = np.argwhere(np.pad(unsure, [(0, 1)] * tree.dimensions, mode="edge"))
    corner, along = _corners(tree, vertex.astype(float))
    place = tuple(np.moveaxis(corner, -1, 0))
    count = np.maximum(batches[place], 1) * runs
    share = (tree.share[place].astype(float) * count + 2) / (count + 4)  # Agresti & Coull 1998: no corner is certain
    ends = np.array(list(product((0, 1), repeat=tree.dimensions)))
    weight = np.where(ends, along[:, None, :], 1 - along[:, None, :]).prod(axis=-1)
    found = np.zeros((size + 1,) * tree.dimensions, np.float32)
    found[tuple(vertex.T)] = np.sqrt((weight**2 * share * (1 - share) / count).sum(axis=1))
    return found


def band(tree: Tree, error: NDArray[np.float32], z: float = Z) -> tuple[LevelSet, LevelSet]:
    """The inner and the outer edge of the band: where P̂ − z·error and P̂ + z·error pass ½."""
    share = tree.field()
    return level_set(share - z * error), level_set(share + z * error)


def reach(points: Numbers, edges: tuple[LevelSet, LevelSet]) -> Numbers:
    """(p,): how far the farther edge of the band is from each point; infinite where there is none."""
    farthest = np.zeros(len(points))
    for edge in edges:
        away = cKDTree(edge.points).query(points)[0] if len(edge.points) else np.inf
        farthest = np.maximum(farthest, away)
    return farthest


def _corners(tree: Tree, points: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Of points on the lattice: the corners (p, 2^k, k) of their leaves, and where in it they lie (p, k), from 0 to 1."""
    cell = np.clip(points.astype(np.intp), 0, 2**tree.depth - 1)
    step = 2 ** (tree.depth - tree.leaf_level()[tuple(cell.T)].astype(np.intp))[:, None]
    origin = cell // step * step
    ends = np.array(list(product((0, 1), repeat=tree.dimensions)))
    return origin[:, None, :] + ends * step[:, None, :], np.clip((points - origin) / step, 0, 1)
