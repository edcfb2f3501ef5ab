"""Who meets whom: graphs of agents, built or read from a file, as compressed sparse rows.

    >>> from basin.graphs import build, spectral_radius
    >>> graph = build("watts-strogatz", nodes=100, degree=8, rewiring=0.1, seed=1)
    >>> len(graph.neighbour[graph.first[7] : graph.first[8]])    # those whom node 7 listens to
    8
    >>> round(spectral_radius(graph.matrix()), 6)
    1.0

`read` takes a GraphML file or an edge list: friends.graphml, .csv, .txt, .tsv, .edges, .edgelist. An
undirected link means that both listen. A directed link from A to B means that A listens to B.
"""

from basin.graphs.files import load, read
from basin.graphs.generate import KINDS, build
from basin.graphs.graph import Graph, GraphError
from basin.graphs.spectrum import spectral_radius

__all__ = ["KINDS", "Graph", "GraphError", "build", "load", "read", "spectral_radius"]
