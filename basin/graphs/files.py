"""Graphs from files: GraphML, or a list of links."""

from __future__ import annotations

import csv
import os
import re
import stat
from array import array
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from basin.graphs.generate import KINDS, build
from basin.graphs.graph import Graph, GraphError, shortened
from basin.graphs.graphml import read_graphml
from basin.graphs.table import Table

LARGEST = 200_000_000  # bytes of a file
GRAPHML, LISTS = (".graphml", ".xml"), (".csv", ".txt", ".edges", ".edgelist", ".tsv")

DIRECTED = (("from", "to"), ("source", "target"))
UNDIRECTED = ("a", "b")
TRUST = ("trust", "weight")
COMMENT = re.compile(r"(^|\s)#.*")


def read(path: str | os.PathLike[str]) -> Graph:
    """The graph in a GraphML file (.graphml, .xml) or a list of links (.csv, .txt, .edges, .edgelist, .tsv).

    A list has one link per line: two names and, if the links of the file have it, trust; separated by commas, tabs or other
    white space. What follows a # at the start of a line or after a space is a comment. A first line `from,to` or
    `source,target` makes links directed; without it, or with `a,b`, they are undirected. A third column may be headed
    `trust` or `weight`. A first line `a,b` is a link all the same where other links join a node named a or b.

    Nodes come in order of appearance; in numeric order where the names are the whole numbers from 0 to nodes − 1. Trust is
    relative to what else a node trusts, and has no unit. A file that has not changed is not read again.

    Raises GraphError, in one line that begins with the path, for a file that cannot be read, breaks these rules, links a node
    to itself or the same nodes twice, has trust that is not a finite number above 0 or that only some links have, or falls
    apart into several parts.
    """
    name = os.fsdecode(path)
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            raise GraphError("is a directory" if stat.S_ISDIR(status.st_mode) else "is not a regular file")
        if status.st_size > LARGEST:
            raise GraphError(f"is larger than {LARGEST} bytes")
        return _read(os.path.abspath(name), status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise GraphError(f"{_shown(name)}: cannot be read: {error.strerror}") from None
    except GraphError as error:
        raise GraphError(f"{_shown(name)}: {error}") from None
    except ValueError as error:  # of a path that cannot be one
        raise GraphError(f"{_shown(name)}: cannot be read: {error}") from None


def load(kind_or_path: str | os.PathLike[str], nodes: int, degree: int, rewiring: float, blocks: int, seed: int) -> Graph:
    """A graph of so many agents: built, for one of KINDS (see `build`), or read from a file (see `read`).

    Raises GraphError, also for a file with another number of nodes.
    """
    name = os.fsdecode(kind_or_path)
    if name in KINDS:
        return build(name, nodes, degree, rewiring, blocks, seed)
    if not Path(name).suffix and Path(name).name == name and not os.path.lexists(name):
        near = get_close_matches(shortened(name), KINDS, 1, 0.0)[0]
        raise GraphError(f"{_shown(name)}: neither {', '.join(KINDS)} (the nearest is {near}) nor a file")
    graph = read(name)
    if graph.nodes != nodes:
        raise GraphError(f"{_shown(name)}: has {graph.nodes} nodes, population.agents = {nodes}")
    return graph


@lru_cache(maxsize=4)
def _read(path: str, changed: int, size: int) -> Graph:
    """Read anew when the file has changed."""
    suffix = Path(path).suffix.lower()
    if suffix not in GRAPHML + LISTS:
        raise GraphError(f"must end in {', '.join(GRAPHML)} (GraphML) or {', '.join(LISTS)} (a list of links)")
    if not size:
        raise GraphError("is empty")
    try:
        return read_graphml(path) if suffix in GRAPHML else _read_list(path)
    except UnicodeDecodeError:
        raise GraphError("is not a text file (UTF-8)") from None


def _read_list(path: str) -> Graph:
    table, separator, columns = Table(), None, 0
    header: tuple[str, ...] = ()
    with open(path, encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            line = (COMMENT.sub("", line) if "#" in line else line).strip("\n ")
            if not line.strip():
                continue
            try:
                if not columns:
                    separator = "," if "," in line else "\t" if "\t" in line else None
                row = _cells(line, separator)
                if not columns:
                    columns, header = len(row), _header(row)
                    table.directed = header[:2] in DIRECTED
                    if header and header != UNDIRECTED:
                        continue
                elif header and len(row) > columns:
                    raise GraphError(f"{len(row)} columns, but the header has {columns}")
                table.add(*row)
            except (GraphError, csv.Error) as error:
                raise GraphError(f"line {number}: {error}") from None
    if header == UNDIRECTED:
        _drop_header(table)
    return table.graph()


def _cells(line: str, separator: str | None) -> list[str]:
    """The two or three of a line. Raises GraphError for another number, csv.Error for broken quotes."""
    if '"' in line:
        cells = next(csv.reader([line], delimiter=separator or " ", skipinitialspace=True, strict=True))
    else:
        cells = line.split(separator)
    if len(cells) not in (2, 3):
        count = f"{len(cells)} column{'s' * (len(cells) > 1)}"
        raise GraphError(f"{count}; must be 2 or 3 (two names, trust), separated by commas, tabs or spaces")
    return [cell.strip() for cell in cells]


def _header(row: list[str]) -> tuple[str, ...]:
    """The names of columns, in small letters; () where the row is a link."""
    head = tuple(cell.lower() for cell in row)
    return head if head[:2] in (*DIRECTED, UNDIRECTED) and (len(head) == 2 or head[2] in TRUST) else ()


def _drop_header(table: Table) -> None:
    """Take back a first link from a to b where no other link knows either."""
    source, target = table.source[1:], table.target[1:]
    if min(min(source, default=2), min(target, default=2)) >= 2:
        table.names = {name: number - 2 for name, number in table.names.items() if number >= 2}
        table.source, table.target = (array("i", [end - 2 for end in ends]) for ends in (source, target))
        table.trust = table.trust[1:]


def _shown(name: str) -> str:
    return shortened(name) or '""'
