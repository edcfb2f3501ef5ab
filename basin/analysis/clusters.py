"""Clusters of final states: outcomes that nobody named.

Features are scaled, to their ranges unless their units are given, so that each counts the same. Clusters are found by density
(DBSCAN, Ester et al. 1996): points with at least `least` neighbours within a radius are cores; cores within the radius of one
another are of one cluster, and so is whoever is within the radius of a core. The rest is noise, −1. The radius is the one of a
range with the largest mean silhouette (Rousseeuw 1987), noise counted as −1 and a single cluster as `ONE`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

LEAST = 5  # neighbours of a core, itself included
RADII = 40  # tried between the smallest and the largest that make sense
ONE = 0.5  # the silhouette that a split into clusters must exceed to be preferred to one cluster of all
FINEST = 1e-2  # of the diagonal: clusters that are nearer to each other are one
PAIRWISE = 1500  # points whose silhouettes are computed; of more, as many evenly picked
FLAT = 1e-9  # of a feature's size: a range below this is rounding


def clusters(features: ArrayLike, units: ArrayLike | None = None, least: int = LEAST) -> tuple[Whole, float]:
    """(n,) cluster numbers, the largest cluster 0, and the silhouette of the split (NaN for a single cluster).

    features: (n, f), finite. units: (f,) what difference in each counts as 1; their ranges, unless given. Raises ValueError
    for features that are not finite.
    """
    points = scaled(features, units)
    if not len(points):
        return np.zeros(0, np.int64), np.nan
    tree = cKDTree(points)
    nearest = np.asarray(tree.query(points, k=min(least, len(points)))[0])
    nearest = np.atleast_2d(nearest.T).T[:, -1]
    diagonal = np.sqrt(points.shape[1])
    low = max(float(np.median(nearest)), FINEST * diagonal)
    best, label, found = ONE, np.zeros(len(points), np.int64), np.nan
    last: Whole | None = None
    for radius in np.geomspace(low, max(diagonal / 2, 1.001 * low), RADII):
        split = dbscan(points, float(radius), least, tree)
        if split.max() < 1 or (last is not None and np.array_equal(split, last)):
            continue
        last = split
        score = silhouette(points, split)
        if score > best + 1e-12:
            best, label, found = score, split, score
    return ordered(label), found


def scaled(features: ArrayLike, units: ArrayLike | None = None) -> Numbers:
    """(n, f) features in their units, or in parts of their ranges, 0 to 1; those that hardly differ are then 0."""
    features = np.asarray(features, float)
    if not np.isfinite(features).all():
        raise ValueError("features must be finite")
    if units is not None:
        in_units: Numbers = features / np.asarray(units, float)
        return in_units
    if not len(features):
        return features
    low, span = features.min(axis=0), np.ptp(features, axis=0)
    differs = span > FLAT * np.maximum(1.0, np.abs(features).max(axis=0))
    return np.where(differs, (features - low) / np.where(differs, span, 1.0), 0.0)


def dbscan(points: Numbers, radius: float, least: int = LEAST, tree: cKDTree | None = None) -> Whole:
    """(n,) cluster of each point, −1 for noise. A point at the edge of two clusters goes to that of its nearest core."""
    tree = tree or cKDTree(points)
    pairs = tree.query_pairs(radius, output_type="ndarray")
    degree = np.bincount(pairs.ravel(), minlength=len(points)) + 1
    core = degree >= least
    joined = pairs[core[pairs].all(axis=1)] if len(pairs) else pairs
    graph = coo_matrix((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(len(points),) * 2)
    part = connected_components(graph, directed=False)[1]
    label = np.full(len(points), -1)
    if core.any():
        label[core] = np.unique(part[core], return_inverse=True)[1]
        edge = np.flatnonzero(~core)
        distance, near = cKDTree(points[core]).query(points[edge], distance_upper_bound=radius)
        reached = np.isfinite(distance)
        label[edge[reached]] = label[np.flatnonzero(core)[np.asarray(near)[reached]]]
    return label


def silhouette(points: Numbers, label: Whole) -> float:
    """Mean of (b − a)/max(a, b): a the mean distance to one's own cluster, b to the nearest other; −1 for noise."""
    if len(points) > PAIRWISE:
        picked = np.linspace(0, len(points) - 1, PAIRWISE).astype(int)
        points, label = points[picked], label[picked]
    names = np.unique(label[label >= 0])
    if len(names) < 2:
        return -1.0
    member = label[:, None] == names
    size = member.sum(axis=0)
    total = cdist(points, points) @ member
    own = np.where(member, total / np.maximum(size - 1, 1), 0.0).sum(axis=1)
    other = np.where(member, np.inf, total / size).min(axis=1)
    alone = (member & (size == 1)).any(axis=1)
    width = np.divide(other - own, np.maximum(own, other), out=np.zeros(len(points)), where=np.maximum(own, other) > 0)
    return float(np.where(label < 0, -1.0, np.where(alone, 0.0, width)).mean())


def ordered(label: Whole) -> Whole:
    """The same clusters, numbered from the largest down; noise stays −1."""
    names, counts = np.unique(label[label >= 0], return_counts=True)
    order = names[np.argsort(-counts, kind="stable")]
    number = {int(name): at for at, name in enumerate(order)}
    return np.array([number.get(int(one), -1) for one in label], np.int64)


def agreement(one: ArrayLike, other: ArrayLike) -> float:
    """The adjusted Rand index of two partitions: 1 if they are the same, 0 on average if they have nothing in common.

    (Σ C(n_ij, 2) − e)/((Σ C(a_i, 2) + Σ C(b_j, 2))/2 − e), e = Σ C(a_i, 2) Σ C(b_j, 2)/C(n, 2), with n_ij the table of both
    (Hubert & Arabie 1985).
    """
    one, other = np.unique(one, return_inverse=True)[1], np.unique(other, return_inverse=True)[1]
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: Numbers) -> float:
        return float((counts * (counts - 1) / 2).sum())

    rows, columns, everything = pairs(table.sum(1)), pairs(table.sum(0)), pairs(np.array([float(len(one))]))
    chance, most = rows * columns / everything if everything else 0.0, (rows + columns) / 2
    return 1.0 if most == chance else (pairs(table) - chance) / (most - chance)
