"""Who meets whom: graphs of agents, built or read from a file, as compressed sparse rows.

    graph = build("watts-strogatz", nodes=1000, degree=8, rewiring=0.1, seed=1)
    graph = read("friends.graphml")    # or an edge list: friends.csv, .txt, .tsv, .edges, .edgelist
    graph.neighbour[graph.first[i] : graph.first[i + 1]]    # whom node i listens to
    spectral_radius(graph.matrix())

An undirected link means that both listen. A directed link from A to B means that A listens to B.
"""

from basin.graphs.files import load, read
from basin.graphs.generate import KINDS, build
from basin.graphs.graph import Graph, GraphError
from basin.graphs.spectrum import spectral_radius

__all__ = ["KINDS", "Graph", "GraphError", "build", "load", "read", "spectral_radius"]
