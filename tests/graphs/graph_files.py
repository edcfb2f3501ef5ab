"""Writing small graph files, and what must hold for every graph."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from basin.graphs import Graph, GraphError, read

COUNT = itertools.count()


def written(folder, content, suffix=".csv"):
    """A new file each time: one rewritten within a tick of the clock counts as unchanged."""
    path = folder / f"graph{next(COUNT)}{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def graphml(body, edgedefault="undirected", keys=""):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        f'{keys}<graph edgedefault="{edgedefault}">{body}</graph></graphml>'
    )


def nodes(*names):
    return "".join(f'<node id="{name}"/>' for name in names)


def edge(source, target, **data):
    inner = "".join(f'<data key="{key}">{value}</data>' for key, value in data.items())
    return f'<edge source="{source}" target="{target}">{inner}</edge>'


def key(name, domain="edge", default=None):
    inner = "" if default is None else f"<default>{default}</default>"
    return f'<key id="{name}" for="{domain}" attr.name="{name}" attr.type="double">{inner}</key>'


def refused(path):
    """What is said of a file: one printable line that begins with its path, without the path."""
    with pytest.raises(GraphError) as raised:
        read(path)
    text = str(raised.value)
    assert text.isprintable() and len(text) < 500
    start = str(path) if len(str(path)) <= 80 else str(path)[:79] + "…"
    assert text.startswith(start + ": ")
    return text.removeprefix(start + ": ")


def as_pairs(graph):
    """Whom each node listens to, by name: {name: {name: share}}."""
    names = graph.names or tuple(range(graph.nodes))
    shares = graph.matrix().toarray()
    return {
        names[i]: {names[j]: shares[i, j] for j in graph.neighbour[graph.first[i] : graph.first[i + 1]]}
        for i in range(graph.nodes)
    }


def check(graph: Graph) -> None:
    """What must hold for every graph with links written out."""
    assert graph.first.dtype == np.int64 and graph.neighbour.dtype == np.int32 and graph.trust.dtype == np.float64
    assert graph.first.shape == (graph.nodes + 1,) and graph.first[0] == 0 and graph.first[-1] == len(graph.neighbour)
    assert len(graph.trust) in (0, len(graph.neighbour)) and len(graph.human) in (0, graph.nodes)
    assert graph.human.dtype == np.bool_ and len(graph.names) in (0, graph.nodes) and not graph.complete
    links = graph.links()
    assert links.dtype == np.int32 and (links[:, 0] != links[:, 1]).all()
    order = links[:, 0].astype(np.int64) * graph.nodes + links[:, 1]
    assert (np.diff(order) > 0).all()  # row by row, ascending, none twice
    assert links.min() >= 0 and links.max() < graph.nodes
    if len(graph.trust):
        for begin, end in zip(graph.first[:-1], graph.first[1:], strict=True):
            row = graph.trust[begin:end]
            assert len(row) == 0 or (row[0] > 0 and (np.diff(row) > 0).all() and row[-1] == 1.0)
    np.testing.assert_allclose(graph.matrix().sum(axis=1), graph.degrees() > 0, rtol=1e-12)
