"""A graph as compressed sparse rows: whom each node listens to, and how much it trusts each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from basin.refusal import Refusal

MOST_COMPLETE = 5000  # nodes of a complete graph whose links are written out
LONGEST = 80  # characters of a name that a message repeats

Kind = TypeVar("Kind", bound=np.generic)


class GraphError(Refusal):
    """A graph that cannot be built or read; one line that says why."""


def shortened(text: str) -> str:
    """The text, cut where a message would no longer be readable."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _none(kind: type[Kind]) -> NDArray[Kind]:
    return np.empty(0, kind)


@dataclass(frozen=True, eq=False)
class Graph:
    """Who listens to whom. Row i, the links of node i, is first[i] to first[i + 1] − 1."""

    nodes: int
    complete: bool = False
    """Everyone listens to everyone else alike; then the arrays below are empty."""
    first: NDArray[np.int64] = field(default_factory=lambda: _none(np.int64))
    """(nodes + 1,) where each node's neighbours begin."""
    neighbour: NDArray[np.int32] = field(default_factory=lambda: _none(np.int32))
    """(links,) whom it listens to, ascending within a row."""
    trust: NDArray[np.float64] = field(default_factory=lambda: _none(np.float64))
    """(links,) running sums of relative trust: ascending within a row, to exactly 1.0; (0,) where every node trusts all its
    neighbours alike."""
    names: tuple[str, ...] = ()
    """Of the nodes in a file, else ()."""
    human: NDArray[np.bool_] = field(default_factory=lambda: _none(np.bool_))
    """(nodes,) whom a file marks as people; (0,) where it marks none."""

    def degrees(self) -> NDArray[np.int64]:
        """(nodes,) how many each listens to."""
        return np.full(self.nodes, self.nodes - 1) if self.complete else np.diff(self.first)

    def links(self) -> NDArray[np.int32]:
        """(links, 2) from whom, to whom; row by row. Raises GraphError for a complete graph of over 5000 nodes."""
        return np.column_stack([np.repeat(np.arange(self.nodes, dtype=np.int32), self.degrees()), self._neighbours()])

    def matrix(self) -> csr_array:
        """(nodes, nodes) relative trust: a row sums to 1, or to 0 where a node listens to no one.

        Raises GraphError for a complete graph of over 5000 nodes.
        """
        neighbours, degrees = self._neighbours(), self.degrees()
        if len(self.trust):
            share = np.diff(self.trust, prepend=0.0)
            begins = self.first[:-1][degrees > 0]
            share[begins] = self.trust[begins]
        else:
            share = np.repeat(1.0 / np.maximum(degrees, 1), degrees)
        return csr_array((share, neighbours, np.concatenate(([0], np.cumsum(degrees)))), shape=(self.nodes, self.nodes))

    def _neighbours(self) -> NDArray[np.int32]:
        """`neighbour`, written out where the graph is complete."""
        if not self.complete:
            return self.neighbour
        if self.nodes > MOST_COMPLETE:
            raise GraphError(f"a complete graph of {self.nodes} nodes: its links are written out up to {MOST_COMPLETE} nodes")
        return np.nonzero(~np.eye(self.nodes, dtype=bool))[1].astype(np.int32)


def rows(nodes: int, source: NDArray[np.int32], target: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`first` (nodes + 1,) and the order (links,) in which links come row by row, neighbours ascending."""
    order = np.argsort(source.astype(np.int64) * nodes + target)
    return np.concatenate(([0], np.cumsum(np.bincount(source, minlength=nodes)))), order


def components(
    nodes: int, source: NDArray[np.int32], target: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The C parts that no link joins, whatever its direction.

    Returns the nodes (nodes,) part by part, where each part begins (C,), and how many nodes it has (C,).
    """
    links = coo_array((np.ones(len(source)), (source, target)), shape=(nodes, nodes))
    label = connected_components(links.tocsr(), directed=True, connection="weak")[1]
    sizes = np.bincount(label)
    return np.argsort(label, kind="stable"), np.cumsum(sizes) - sizes, sizes
