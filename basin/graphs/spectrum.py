"""The spectral radius of a non-negative matrix: how fast what its links carry can grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array, sparray, spmatrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackError, ArpackNoConvergence, eigs

from basin.graphs.graph import GraphError

RANGE = 1e-290  # of the smallest entry to the largest: less would get lost
DENSE = 500  # nodes of a dense matrix; sparse beyond
SOLVES, EXACT = 1200, 1e-12  # of inverse iteration: at most so many, or until its bounds are this close, relative
VECTORS, RESTARTS = 60, 100  # of ARPACK
ROUNDS, CLOSE = 2000, 1e-12  # of power iteration: at most so many, or until this share of a vector is left to change
SETTLED, ROUGH = 1e-9, 1e-2  # what is good enough after that: the share that still changes, or the distance of the bounds


def spectral_radius(matrix: sparray | spmatrix | ArrayLike) -> float:
    """The largest |eigenvalue| of a non-negative matrix (N, N), sparse or dense.

    It is the largest of those of the matrix's strongly connected parts (Frobenius 1912, "Über Matrizen aus nicht negativen
    Elementen"). Up to 500 nodes each is found to about 1e-12 of its value, beyond by ARPACK; where that does not converge, as
    on long chains, by power iteration to about 1e-5.

    Raises GraphError for a matrix that is not square, or has entries that are negative, not finite or over 1e290 times
    as large as others; and where it cannot be found to 1 percent, as for a one-way ring of over 500 nodes, each with
    another weight.
    """
    links = coo_array(matrix, dtype=float)  # type: ignore[arg-type]  # whose stubs know no sparse array in general
    if links.ndim != 2 or links.shape[0] != links.shape[1]:
        raise GraphError(f"a matrix of shape {links.shape}: must be square")
    if not (np.isfinite(links.data) & (links.data >= 0)).all():
        raise GraphError("a matrix with entries that are negative or not finite has no such spectral radius")
    given = links.data > 0  # written out zeros would count as links
    row, column, entries = links.row[given], links.col[given], links.data[given]
    if not len(entries):
        return 0.0
    scale = entries.max()
    if entries.min() < RANGE * scale:
        raise GraphError(f"a matrix with entries from {entries.min():g} to {scale:g}: these are too far apart")
    joins = csr_array((entries, (row, column)), shape=links.shape)
    count, part = connected_components(joins, directed=True, connection="strong")
    inside = part[row] == part[column]
    within = csr_array((entries[inside] / scale, (row[inside], column[inside])), shape=links.shape)
    bound = np.zeros(count)  # the largest sum of a row bounds the spectral radius of a part
    np.maximum.at(bound, part, within.sum(axis=1))
    members, sizes = np.argsort(part, kind="stable"), np.bincount(part)
    begins = np.cumsum(sizes) - sizes
    largest = 0.0
    for p in np.argsort(-bound, kind="stable"):
        if bound[p] <= largest:
            break
        nodes = members[begins[p] : begins[p] + sizes[p]]
        largest = max(largest, _connected(within[nodes][:, nodes]))
    return float(scale * largest)


def _connected(matrix: csr_array) -> float:
    """Of a strongly connected matrix, whose spectral radius is the eigenvalue with the largest real part."""
    sums = matrix.sum(axis=1)
    if sums.min() == sums.max():
        return float(sums[0])
    if len(sums) <= DENSE:
        return _solved(matrix.toarray())
    start = np.random.default_rng(0).uniform(0.5, 1.5, len(sums))
    try:
        values, vectors = eigs(matrix, 1, which="LR", v0=start, ncv=VECTORS, maxiter=RESTARTS)
    except (ArpackError, ArpackNoConvergence):
        return _iterated(matrix)
    vector = vectors[:, 0] / vectors[np.argmax(np.abs(vectors[:, 0])), 0]
    alone = np.abs(vector.imag).max() < 1e-6 and vector.real.min() > -1e-6  # only the right one has a non-negative vector
    return float(values[0].real) if alone else _iterated(matrix)


def _solved(matrix: NDArray[np.float64]) -> float:
    """By inverse iteration (Noda 1971, "Note on the computation of the maximal eigenvalue of a non-negative irreducible
    matrix").

    The largest sum of a row is an upper bound, the smallest a lower one. Scaling rows and columns by what solves for the upper
    bound draws both together. Unlike all eigenvalues at once, this is precise however much weights differ.
    """
    ones = np.ones(len(matrix))
    for _ in range(SOLVES):
        sums = matrix.sum(axis=1)
        top = sums.max()
        if top - sums.min() <= EXACT * top:
            break
        scale = np.abs(np.linalg.solve(np.diag(top * ones) - matrix, ones))
        matrix = matrix * scale / scale[:, None]
    return float(top)


def _iterated(matrix: csr_array) -> float:
    """By power iteration. Adding a multiple of the vector itself keeps it from going round in circles."""
    x = np.full(matrix.shape[0], matrix.shape[0] ** -0.5)
    for _ in range(ROUNDS):
        after = matrix @ x
        growth = x @ after
        left = np.linalg.norm(after - growth * x)
        ratio = after[x > 0] / x[x > 0]  # its smallest and largest value are bounds (Collatz 1942)
        if left <= CLOSE * growth:
            break
        x = after + growth * x
        x /= np.linalg.norm(x)
    if left > SETTLED * growth and ratio.max() - ratio.min() > ROUGH * ratio.max():
        raise GraphError(f"the spectral radius of {len(x)} nodes in a circle cannot be found to {ROUGH:.0%}")
    return float(growth)
