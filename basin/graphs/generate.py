"""Graphs from a rule and a seed, by the generators of networkx."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin.graphs.graph import Graph, GraphError, components, rows, shortened

if TYPE_CHECKING:
    import networkx as nx

KINDS = ("complete", "ring", "watts-strogatz", "barabasi-albert", "stochastic-block")
MOST = 2**31 - 1  # nodes

Links = tuple[NDArray[np.int32], NDArray[np.int32]]  # from whom (links,), to whom (links,)


def build(kind: str, nodes: int, degree: int = 8, rewiring: float = 0.1, blocks: int = 4, seed: int = 0) -> Graph:
    """A graph of agents who trust all their neighbours alike. The same seed gives the same graph.

    complete: everyone listens to everyone else. Ignores all that follows; the only kind that may have a single node.
    ring: the degree / 2 nearest on both sides.
    watts-strogatz: a ring, each of whose links is rewired with probability `rewiring` (Watts & Strogatz 1998, "Collective
        dynamics of small-world networks").
    barabasi-albert: each newcomer links to degree / 2 others, rounded down but at least 1, in proportion to how many links
        they have (Barabási & Albert 1999, "Emergence of scaling in random networks").
    stochastic-block: `blocks` blocks, equal up to one node. Two nodes are linked by chance, so that a node has `degree` links
        in the mean, the share `rewiring` of them to other blocks (Holland, Laskey & Leinhardt 1983, "Stochastic
        blockmodels: first steps").

    degree: links per node, at least 1 and below `nodes`; even for ring and watts-strogatz.
    rewiring: from 0 to 1. blocks: from 2 to nodes / 2. seed: at least 0.

    A graph that falls apart is joined: each smaller part gets one link, from a random node of it to one of the largest part.
    Raises GraphError for an unknown kind, and for numbers out of range.
    """
    if kind not in KINDS:
        near = get_close_matches(shortened(str(kind)), KINDS, 1, 0.0)[0]
        raise GraphError(f"{shortened(str(kind))}: no such kind of graph; must be {', '.join(KINDS)}; the nearest is {near}")
    nodes = _whole("nodes", nodes, 1)
    if kind == "complete":
        return Graph(nodes, complete=True)
    degree, seed = _whole("degree", degree, 1), _whole("seed", seed, 0, np.inf)
    if degree >= nodes:
        raise GraphError(f"degree = {degree}: must be below the number of agents, {nodes}")
    if kind in ("ring", "watts-strogatz") and degree % 2:
        raise GraphError(f"degree = {degree}: must be even, half of it on either side of the ring")
    if isinstance(rewiring, bool) or not isinstance(rewiring, Real) or not 0 <= rewiring <= 1:
        raise GraphError(f"rewiring = {shortened(str(rewiring))}: must be a number from 0 to 1")
    if kind == "stochastic-block":
        source, target = _blocks(nodes, degree, float(rewiring), _whole("blocks", blocks, 2), seed)
    else:
        source, target = _links(_generated(kind, nodes, degree, float(rewiring), seed))
    source, target = _joined(nodes, source, target, seed)
    first, order = rows(nodes, source, target)
    return Graph(nodes, first=first, neighbour=target[order])


def _generated(kind: str, nodes: int, degree: int, rewiring: float, seed: int) -> nx.Graph[int]:
    import networkx as nx  # slow to import

    if kind == "ring":
        ring: nx.Graph[int] = nx.circulant_graph(nodes, list(range(1, degree // 2 + 1)))
        return ring
    if kind == "watts-strogatz":
        small_world: nx.Graph[int] = nx.watts_strogatz_graph(nodes, degree, rewiring, seed=seed)
        return small_world
    return nx.barabasi_albert_graph(nodes, max(1, degree // 2), seed=seed)


def _blocks(nodes: int, degree: int, rewiring: float, blocks: int, seed: int) -> Links:
    """Block by block, then between them.

    networkx's own stochastic_block_model passes all pairs of nodes; this one takes time in proportion to the links.
    """
    import networkx as nx  # slow to import

    if 2 * blocks > nodes:
        raise GraphError(f"blocks = {blocks}: must be at most half the number of agents, {nodes}")
    edges = np.arange(blocks + 1) * nodes // blocks
    sizes = np.diff(edges)
    pairs = float(np.sum(sizes * (sizes - 1.0)))  # within a block, counted in both directions
    across = nodes * (nodes - 1.0) - pairs
    inner, outer = nodes * degree * (1 - rewiring) / pairs, nodes * degree * rewiring / across
    for share, most, where in ((1 - rewiring, pairs, "within"), (rewiring, across, "between")):
        if share * degree > most / nodes * (1 + 1e-12):
            raise GraphError(
                f"degree = {degree}: of these, {share * degree:g} are {where} blocks, "
                f"but {blocks} blocks of {nodes} agents have room for {most / nodes:g}"
            )
    seeds = np.random.SeedSequence(seed).generate_state(blocks + 1).tolist()

    def parts() -> Iterator[Links]:
        for begin, size, own in zip(edges[:-1].tolist(), sizes.tolist(), seeds[1:], strict=True):
            source, target = _links(nx.fast_gnp_random_graph(size, _chance(inner), seed=own))
            yield source + np.int32(begin), target + np.int32(begin)
        source, target = _links(nx.fast_gnp_random_graph(nodes, _chance(outer), seed=seeds[0]))
        block = np.repeat(np.arange(blocks, dtype=np.int32), sizes)
        between = block[source] != block[target]
        yield source[between], target[between]

    sources, targets = zip(*parts(), strict=True)
    return np.concatenate(sources), np.concatenate(targets)


def _chance(chance: float) -> float:
    """0 where it is too small for the logarithm of its complement."""
    return chance if 1.0 - chance < 1.0 else 0.0


def _links(graph: nx.Graph[int]) -> Links:
    """Every link in both directions. Empties the graph, which is far larger than its links."""
    degrees = np.fromiter((len(near) for _, near in graph.adjacency()), np.int64, len(graph))
    target = np.fromiter(chain.from_iterable(near for _, near in graph.adjacency()), np.int32, degrees.sum())
    source = np.repeat(np.fromiter(graph, np.int32, len(graph)), degrees)
    graph.clear()
    return source, target


def _joined(nodes: int, source: NDArray[np.int32], target: NDArray[np.int32], seed: int) -> Links:
    """The links, and one more in both directions for every part but the largest."""
    members, begins, sizes = components(nodes, source, target)
    if len(sizes) == 1:
        return source, target
    largest = np.argmax(sizes)
    rng = np.random.default_rng(seed)
    others = np.delete(np.arange(len(sizes)), largest)
    one = members[begins[others] + rng.integers(sizes[others])].astype(np.int32)
    other = members[begins[largest] + rng.integers(sizes[largest], size=len(others))].astype(np.int32)
    return np.concatenate([source, one, other]), np.concatenate([target, other, one])


def _whole(name: str, value: object, least: int, most: float = MOST) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
        long = isinstance(value, Integral) and abs(int(value)) > MOST**4  # str refuses long ones
        shown = hex(value) if isinstance(value, Integral) and long else str(value)
        limit = f"at least {least}" if most > MOST else f"from {least} to {most}"
        raise GraphError(f"{name} = {shortened(shown)}: must be a whole number, {limit}")
    return int(value)
