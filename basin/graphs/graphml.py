"""GraphML (graphml.graphdrawing.org), read element by element, so that large files take little memory."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from xml.parsers import expat

import numpy as np

from basin.graphs.graph import LONGEST, Graph, GraphError, shortened
from basin.graphs.table import Table, called, quoted

DEEPEST = 50  # elements within elements
MOST_NAMES = 10_000  # among which the nearest to a misspelt one is sought
NAMESPACE = "http://graphml.graphdrawing.org/"  # how that of GraphML begins; files without any are read too
TRUTH = {"true": True, "1": True, "false": False, "0": False}


def read_graphml(path: str) -> Graph:
    """The graph in a GraphML file.

    Links have the attribute `trust`, or `weight` where the file declares no `trust`; nodes have `human`. All are optional.
    Raises GraphError in one line, OSError.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    with Path(path).open("rb") as file:
        try:
            parser.ParseFile(file)
        except expat.ExpatError as error:
            raise GraphError(f"is no well-formed XML: {error}") from None
        except GraphError:
            raise
        except (LookupError, ValueError) as error:  # of the encoding that the file declares before its first element
            if reader.open:
                raise
            raise GraphError(f"is XML in an encoding that cannot be read: {error}") from None
    return reader.graph()


def _refuse_doctype(*_: object) -> None:
    raise GraphError("holds a DOCTYPE, which GraphML does not need; remove it")


class _Reader:
    """Keeps links and nodes, and of the elements that are open no more than their names."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.keys: dict[str, str] = {}  # what an attribute is called, by how data refer to it
        self.domains: dict[str, str] = {}  # and what it is for
        self.defaults: dict[str, str] = {}
        self.table: Table | None = None
        self.declared: dict[int, bool] = {}  # whether a node is human, by its number in the table
        self.standard: dict[tuple[str, str], str] = {}  # what holds for a node or an edge without data of its own
        self.trust = "weight"  # what the attribute of that meaning is called
        self.element: Mapping[str, str] = {}  # attributes of the node or link that is open
        self.data: dict[str, str] = {}  # and its data
        self.key = ""
        self.pieces: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if namespace and not namespace.startswith(NAMESPACE):
            name = f"{namespace} {name}"
        if len(self.open) == DEEPEST:
            raise GraphError(f"is nested too deeply, over {DEEPEST} elements")
        if not self.open and name != "graphml":
            raise GraphError(f"is XML but not GraphML: it begins with <{shortened(name)}>")
        inside = self.open[-1] if self.open else ""
        self.open.append(name)
        if name == "key":
            self._declare(attributes)
        elif name == "graph":
            self._begin(attributes)
        elif name == "hyperedge":
            raise GraphError("holds hyperedges; links must join two nodes")
        elif name in ("node", "edge"):
            if inside != "graph":
                raise GraphError(f"has <{name}> outside its <graph>")
            self.element, self.data = attributes, {}
        elif name == "default" and inside == "key":
            self.pieces = []
        elif name == "data" and inside in ("node", "edge"):
            self.key, self.pieces = attributes.get("key", ""), []
            if self.key not in self.keys:
                raise GraphError(f"has data with the key {quoted(self.key)}, which it does not declare")

    def text(self, piece: str) -> None:
        if self.open[-1] in ("data", "default"):
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        name = self.open.pop()
        inside = self.open[-1] if self.open else ""
        if name == "data" and inside in ("node", "edge"):
            self.data[self.keys[self.key]] = "".join(self.pieces).strip()
        elif name == "default" and inside == "key":
            self.defaults[self.key] = "".join(self.pieces).strip()
        elif name == "node" and self.table is not None:
            self._node(self.table, self.element.get("id", ""))
        elif name == "edge" and self.table is not None:
            self._link(self.table, self.element.get("source", ""), self.element.get("target", ""))

    def graph(self) -> Graph:
        if self.table is None:
            raise GraphError("holds no <graph>")
        names = list(self.table.names)
        if len(self.declared) < len(names):
            self._refuse_unknown(self.table, names)
        order = np.array(list(self.declared), int)  # links may come before the nodes they join
        if (order != np.arange(len(order))).any():
            number = np.argsort(order).tolist()
            for ends in (self.table.source, self.table.target):
                ends[:] = array("i", [number[end] for end in ends])
            self.table.names = {names[old]: new for new, old in enumerate(order.tolist())}
        return self.table.graph(dict(enumerate(self.declared.values())))

    def _declare(self, attributes: Mapping[str, str]) -> None:
        self.key = attributes.get("id", "")
        if self.table is not None:
            raise GraphError(f"declares the key {quoted(self.key)} after its graph has begun")
        if self.key in self.keys:
            raise GraphError(f"declares the key {quoted(self.key)} twice")
        self.keys[self.key] = attributes.get("attr.name", self.key)
        self.domains[self.key] = attributes.get("for", "all")

    def _begin(self, attributes: Mapping[str, str]) -> None:
        if self.table is not None:
            raise GraphError("holds more than one graph")
        kind = attributes.get("edgedefault")
        if kind not in ("directed", "undirected"):
            shown = "is missing" if kind is None else f"= {quoted(kind)}"
            raise GraphError(f"the graph's edgedefault {shown}: must be directed or undirected")
        self.table = Table(kind == "directed")
        self.standard = {
            (domain, self.keys[key]): value
            for key, value in self.defaults.items()
            for domain in ("node", "edge")
            if self.domains[key] in (domain, "all")
        }
        trusted = any(name == "trust" and self.domains[key] in ("edge", "all") for key, name in self.keys.items())
        self.trust = "trust" if trusted else self.trust

    def _node(self, table: Table, name: str) -> None:
        number = table.node(name)
        if number in self.declared:
            raise GraphError(f"declares the node {quoted(name)} twice")
        human = self.data.get("human", self.standard.get(("node", "human"), "false"))
        if human.lower() not in TRUTH:
            raise GraphError(f"node {quoted(name)}: human = {quoted(human)}: must be true, false, 1 or 0")
        self.declared[number] = TRUTH[human.lower()]

    def _link(self, table: Table, source: str, target: str) -> None:
        own = self.element.get("directed")
        if own is not None and TRUTH.get(own.lower()) != table.directed:
            named = called(table.directed, source, target)
            raise GraphError(f"{named}: directed = {quoted(own)}: all links must be as the graph's edgedefault says")
        table.add(source, target, self.data.get(self.trust, self.standard.get(("edge", self.trust), "")))

    def _refuse_unknown(self, table: Table, names: list[str]) -> None:
        for source, target in zip(table.source, table.target, strict=True):
            for end in (source, target):
                if end not in self.declared:
                    name = names[end][:LONGEST]
                    known = (names[number] for number in self.declared)
                    alike = [other[:LONGEST] for other in known if abs(len(other) - len(name)) <= 2][:MOST_NAMES]
                    near = get_close_matches(name, alike or [names[number] for number in self.declared][:1], 1, 0.0)
                    hint = f"; the nearest is {quoted(near[0])}" if near else ""
                    named = called(table.directed, names[source], names[target])
                    raise GraphError(f"{named}: the file declares no node {quoted(names[end])}{hint}")
