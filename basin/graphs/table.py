"""Links as a file lists them, checked and gathered into a graph."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from basin.graphs.graph import Graph, GraphError, components, rows, shortened

LONGEST_NAME = 1000  # characters
LEAST_SHARE = 1e-15  # of what a node trusts: less would be lost in the rounding of running sums


class Table:
    """Links by the names of their nodes, in the order of the file.

    directed: whether only the first of a link's nodes listens to the other.
    """

    def __init__(self, directed: bool = False) -> None:
        self.directed = directed
        self.names: dict[str, int] = {}
        self.source, self.target, self.trust = array("i"), array("i"), array("d")

    def node(self, name: str) -> int:
        """The number of a node, in order of appearance. Raises GraphError for what cannot be a name."""
        known = self.names.get(name)
        if known is None:
            if not name:
                raise GraphError("a node without a name")
            if not name.isprintable() or len(name) > LONGEST_NAME:
                raise GraphError(f"{quoted(name)}: a name must be one printable line, at most {LONGEST_NAME} characters")
            known = self.names[name] = len(self.names)
        return known

    def add(self, source: str, target: str, trust: str = "") -> None:
        """A link, with its trust as the file writes it; "" for none. Raises GraphError for trust that is none."""
        self.source.append(self.node(source))
        self.target.append(self.node(target))
        self.trust.append(_number(trust) if trust else np.nan)
        if trust and not 0 < self.trust[-1] < np.inf:
            named = called(self.directed, source, target)
            raise GraphError(f"{named}: trust = {shortened(trust)}: must be a finite number above 0")

    def graph(self, human: Mapping[int, bool] | None = None) -> Graph:
        """Raises GraphError, in one line that names a node or link, for a table that is no graph."""
        names = list(self.names)
        source, target = np.array(self.source, np.int32), np.array(self.target, np.int32)
        trust, n = np.array(self.trust), len(names)
        people = np.zeros(n, bool)
        people[[node for node, marked in (human or {}).items() if marked]] = True
        if not len(source):
            raise GraphError("holds no links")
        if self.names.keys() == set(map(str, range(n))):
            number = np.array(names).astype(np.int32)
            people[number] = people.copy()
            names, source, target = [str(node) for node in range(n)], number[source], number[target]

        def link(at: int) -> str:
            return called(self.directed, names[source[at]], names[target[at]])

        for at in np.flatnonzero(source == target)[:1]:
            raise GraphError(f"{quoted(names[source[at]])} is linked to itself")
        ends = (source, target) if self.directed else (np.minimum(source, target), np.maximum(source, target))
        order = np.argsort(ends[0].astype(np.int64) * n + ends[1], kind="stable")
        for at in np.flatnonzero((np.diff(ends[0][order]) == 0) & (np.diff(ends[1][order]) == 0))[:1]:
            raise GraphError(f"{link(order[at + 1])} is there twice")
        lacking = np.flatnonzero(np.isnan(trust))
        if 0 < len(lacking) < len(trust):
            raise GraphError(f"{link(lacking[0])} has no trust, but others have")
        members, begins, sizes = components(n, source, target)
        if len(sizes) > 1:
            smallest = np.argmin(sizes)
            rest = f" and {sizes[smallest] - 1} more" if sizes[smallest] > 1 else ""
            raise GraphError(
                f"falls apart into {len(sizes)} parts that no link joins; "
                f"the smallest holds {quoted(names[members[begins[smallest]]])}{rest}"
            )
        at = np.arange(len(source))
        if not self.directed:
            source, target, at = np.concatenate([source, target]), np.concatenate([target, source]), np.concatenate([at, at])
        first, order = rows(n, source, target)
        running = trust[at[order]]
        if len(lacking) or _alike(first, running):
            running = np.empty(0)
        else:
            for lost in _add_up(first, running):
                where = order[lost]
                least = f"below {LEAST_SHARE:g} of all that {quoted(names[source[where]])} trusts"
                raise GraphError(f"{link(where)}: trust = {trust[at[where]]:g}: {least}")
        return Graph(n, False, first, target[order], running, tuple(names), people if people.any() else people[:0])


def called(directed: bool, source: str, target: str) -> str:
    """A link, as an error names it."""
    return f"the link {'from' if directed else 'between'} {quoted(source)} {'to' if directed else 'and'} {quoted(target)}"


def quoted(name: str) -> str:
    """A name as an error shows it."""
    return repr(shortened(name))


def _number(text: str) -> float:
    """NaN for what is no number."""
    try:
        return float(text) if "_" not in text else np.nan
    except ValueError:
        return np.nan


def _alike(first: NDArray[np.int64], trust: NDArray[np.float64]) -> bool:
    """Whether all links within every row are trusted alike."""
    begins = first[:-1][np.diff(first) > 0]
    return np.array_equal(np.maximum.reduceat(trust, begins), np.minimum.reduceat(trust, begins))


def _add_up(first: NDArray[np.int64], trust: NDArray[np.float64]) -> list[int]:
    """Turn trust (links,) into running sums of each row's shares; a link whose share is too small to count, if any."""
    for begin, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        row = trust[begin:end]
        if len(row):
            row /= row.max()  # sums would overflow where trust is as large as numbers get
            if row.min() < LEAST_SHARE * row.sum():
                return [begin + int(row.argmin())]
            np.cumsum(row, out=row)
            row /= row[-1]
    return []
