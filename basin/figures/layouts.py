"""Where the nodes of a graph are drawn: by their links, or on a disc where these would be a picture of nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

DOTS = 2000  # agents and people that are drawn, at most
LAID_OUT, NEATLY = 500, 60  # nodes, up to which a layout is sought; and one in which distances count
LINKS = 5000  # more would hide the agents
ROUNDS = 25_000  # of the layout by springs, times nodes
DIGITS = 4  # of places in the picture
SIZES = {60: 15, 200: 11, 500: 9, 1000: 7, DOTS: 5}  # px of a node, by how many there are at most
AROUND = 600  # px, on which the nodes of a ring find room on a telephone


class Picture(NamedTuple):
    """What is drawn of the first dataset: some nodes, where they are, and their links."""

    nodes: NDArray[np.int64]
    x: Numbers
    y: Numbers
    links: NDArray[np.int64]  # (links, 2) places in `nodes`
    round: bool  # whether one unit is as long across as upwards
    words: str  # how to read the places

    @property
    def size(self) -> float:
        """px of a node."""
        size = next(size for most, size in SIZES.items() if len(self.nodes) <= most)
        return max(SIZES[DOTS], min(size, AROUND / len(self.nodes))) if self.round and len(self.links) else size


def laid_out(dataset: xr.Dataset) -> Picture:
    """Places by the links, where there are few of both; else a disc of dots."""
    nodes = dataset.sizes["node"]
    graph, why = str(dataset.attrs["graph"]), ""
    links = _pairs(dataset)
    if graph == "complete" or len(links) == nodes * (nodes - 1) // 2 > 0:
        why = ", and no links are drawn: everyone hears everyone"
    elif nodes > LAID_OUT:
        why = ": these are too many agents for their links to be drawn"
    elif not len(links) or len(links) > LINKS:
        why = ": their links are too many to be drawn"
    if why:
        some = np.unique(np.linspace(0, nodes - 1, min(nodes, DOTS)).round().astype(np.int64))
        x, y = _sunflower(len(some))
        return Picture(some, x, y, np.empty((0, 2), np.int64), True, f"Places mean nothing{why}")
    x, y, words = _placed(graph, nodes, links.tobytes())
    return Picture(np.arange(nodes), x, y, links, graph == "ring", words)


@lru_cache(maxsize=32)  # the graph stays while what passes along it changes
def _placed(graph: str, nodes: int, pairs: bytes) -> tuple[Numbers, Numbers, str]:
    """Places by the links, and how to read them."""
    import networkx as nx  # slow to import

    tied: nx.Graph[int] = nx.Graph()
    tied.add_nodes_from(range(nodes))
    tied.add_edges_from((one, other) for one, other in np.frombuffer(pairs, np.int64).reshape(-1, 2).tolist())
    if graph == "ring":
        place, words = nx.circular_layout(tied), "Links join those who hear one another"
    elif nodes <= NEATLY:
        place, words = nx.kamada_kawai_layout(tied), "Links join those who hear one another; the nearer, the fewer between"
    else:
        begin = nx.circular_layout(tied) if graph == "watts-strogatz" else None
        place = nx.spring_layout(tied, pos=begin, seed=0, iterations=ROUNDS // nodes)
        words = "Links join those who hear one another and draw them together"
    x, y = np.array([place[node] for node in range(nodes)]).T.round(DIGITS)
    x.flags.writeable = y.flags.writeable = False  # whoever asks again gets the same
    return x, y, words


def _pairs(dataset: xr.Dataset) -> NDArray[np.int64]:
    """(links, 2) each pair of linked nodes once, whoever hears whom."""
    if "link_from" not in dataset or not dataset.sizes.get("link"):
        return np.empty((0, 2), np.int64)
    ends = np.column_stack([dataset["link_from"].values, dataset["link_to"].values]).astype(np.int64)
    return np.unique(np.sort(ends, axis=1), axis=0)


def _sunflower(nodes: int) -> tuple[Numbers, Numbers]:
    """Dots that fill a disc evenly, as seeds do."""
    order = np.arange(nodes)
    angle, far = order * np.pi * (3 - np.sqrt(5)), np.sqrt((order + 0.5) / nodes)
    return (far * np.cos(angle)).round(DIGITS), (far * np.sin(angle)).round(DIGITS)
