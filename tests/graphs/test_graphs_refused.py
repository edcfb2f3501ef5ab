"""What is said of files that are no graph: one line each."""

from __future__ import annotations

import errno
import os

import networkx as nx
import pytest

from basin.graphs import GraphError, files, read
from tests.graphs.graph_files import edge, graphml, key, nodes, refused, written

TRIANGLE = nodes("x", "y", "z") + edge("x", "y") + edge("y", "z") + edge("z", "x")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "is empty"),
        ("\n\n", "holds no links"),
        ("# nothing\n", "holds no links"),
        ("from,to\n", "holds no links"),
        ("a,b\n", "holds no links"),
        ("x\ny\n", "line 1: 1 column; must be 2 or 3 (two names, trust), separated by commas, tabs or spaces"),
        ("x;y\n", "line 1: 1 column; must be"),
        ("x,y\nx z\n", "line 2: 1 column; must be"),
        ("x,y\n\ny,z,1,2\n", "line 3: 4 columns; must be 2 or 3"),
        ("x,,\n", "line 1: a node without a name"),
        ("\tx\n", "line 1: a node without a name"),
        ('x,"y\n', "line 1: unexpected end of data"),
        ('x,"y"z\n', "line 1: ',' expected after '\"'"),
        ("x\x00,y\n", r"line 1: 'x\x00': a name must be one printable line, at most 1000 characters"),
        (f"{'x' * 1001},y\n", "a name must be one printable line"),
        ("from,to\nx,y,2\n", "line 2: 3 columns, but the header has 2"),
        ("x,y,1\ny,z\n", "the link between 'y' and 'z' has no trust, but others have"),
        ("x,y\ny,z,1\n", "the link between 'x' and 'y' has no trust, but others have"),
        ("from,to,trust\nx,y,1\ny,z,\n", "the link from 'y' to 'z' has no trust, but others have"),
        ("x,y,0\n", "line 1: the link between 'x' and 'y': trust = 0: must be a finite number above 0"),
        ("x,y,-2.5\n", "trust = -2.5: must be a finite"),
        ("x,y,nan\n", "trust = nan: must be a finite"),
        ("from,to,trust\n\nx,y,1e999\n", "line 3: the link from 'x' to 'y': trust = 1e999: must be a finite"),
        ("x,y,1e-999\n", "trust = 1e-999: must be a finite"),
        ("x,y,1_0\n", "trust = 1_0: must be a finite"),
        ("x y z\n", "trust = z: must be a finite"),
        ("who,whom,trust\nx,y,1\n", "line 1: the link between 'who' and 'whom': trust = trust: must be"),
        ("from,to,strength\nx,y,1\n", "line 1: the link between 'from' and 'to': trust = strength: must be"),
        ("who,whom\nx,y\ny,z\n", "falls apart into 2 parts that no link joins; the smallest holds 'who' and 1 more"),
        (
            "from,to\ny,x\nz,x\nu,v\nw,v\nr,s\n",
            "falls apart into 3 parts that no link joins; the smallest holds 'r' and 1 more",
        ),
        ("x,y\ny,y\n", "'y' is linked to itself"),
        ("x,y\ny,z\nx,y\n", "the link between 'x' and 'y' is there twice"),
        ("x,y\ny,z\ny,x\n", "the link between 'y' and 'x' is there twice"),
        ("from,to\nx,y\ny,x\ny,x\n", "the link from 'y' to 'x' is there twice"),
        ("a,b\na,c\na,b\n", "the link between 'a' and 'b' is there twice"),
        ("from,to,trust\nx,y,1\nx,z,1e-17\n", "the link from 'x' to 'z': trust = 1e-17: below 1e-15 of all that 'x' trusts"),
        ("from,to,trust\nx,y,1\nz,x,2\nz,y,1e-17\nx,z,1\n", "the link from 'z' to 'y': trust = 1e-17: below 1e-15"),
        ("x,y,1\nx,z,1e-17\n", "the link between 'x' and 'z': trust = 1e-17: below 1e-15 of all that 'x' trusts"),
    ],
)
def test_a_list_that_is_no_graph_is_one_line(tmp_path, text, line):
    assert line in refused(written(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "is empty"),
        ("graph", "is no well-formed XML: syntax error"),
        (graphml(TRIANGLE)[:-10], "is no well-formed XML: no element found"),
        (graphml(TRIANGLE)[:-3], "is no well-formed XML: unclosed token"),
        (graphml(TRIANGLE + "&nbsp;"), "is no well-formed XML: undefined entity"),
        (graphml(TRIANGLE).replace("utf-8", "klingon"), "is XML in an encoding that cannot be read: unknown encoding"),
        (graphml(TRIANGLE).replace("utf-8", "utf-7"), "is XML in an encoding that cannot be read: multi-byte"),
        ("<svg/>", "is XML but not GraphML: it begins with <svg>"),
        ('<graphml xmlns="urn:x"/>', "is XML but not GraphML: it begins with <urn:x graphml>"),
        ("<graphml/>", "holds no <graph>"),
        ("<graphml>" + "<x>" * 60, "is nested too deeply, over 50 elements"),
        ('<!DOCTYPE graphml [<!ENTITY a "ha">]><graphml/>', "holds a DOCTYPE, which GraphML does not need; remove it"),
        ('<!DOCTYPE graphml SYSTEM "file:///etc/passwd"><graphml/>', "holds a DOCTYPE"),
        (graphml(""), "holds no links"),
        (graphml(nodes("x")), "holds no links"),
        (graphml(TRIANGLE).replace("undirected", "both"), "the graph's edgedefault = 'both': must be directed or undirected"),
        (graphml(TRIANGLE).replace(' edgedefault="undirected"', ""), "the graph's edgedefault is missing"),
        (graphml(TRIANGLE + "</graph><graph>"), "holds more than one graph"),
        (graphml('<node id="x"><graph edgedefault="directed"/></node>'), "holds more than one graph"),
        (graphml('<node id="x"><edge source="x" target="x"/></node>'), "has <edge> outside its <graph>"),
        (graphml(TRIANGLE + "<hyperedge/>"), "holds hyperedges; links must join two nodes"),
        (graphml(TRIANGLE + key("trust")), "declares the key 'trust' after its graph has begun"),
        (graphml(TRIANGLE, keys=key("trust") * 2), "declares the key 'trust' twice"),
        (graphml(TRIANGLE + nodes("y")), "declares the node 'y' twice"),
        (graphml(TRIANGLE + "<node/>"), "a node without a name"),
        (graphml(TRIANGLE + '<edge source="x"/>'), "a node without a name"),
        (graphml(TRIANGLE + nodes("a&#10;b")), r"'a\nb': a name must be one printable line"),
        (graphml(nodes("alice", "bob") + edge("alice", "bbo")),
         "the link between 'alice' and 'bbo': the file declares no node 'bbo'; the nearest is 'bob'"),
        (graphml(edge("x", "y")), "the link between 'x' and 'y': the file declares no node 'x'"),
        (graphml(nodes("a-very-long-name") + edge("b", "a-very-long-name"), "directed"),
         "the link from 'b' to 'a-very-long-name': the file declares no node 'b'; the nearest is 'a-very-long-name'"),
        (graphml(TRIANGLE + edge("z", "z")), "'z' is linked to itself"),
        (graphml(TRIANGLE + edge("x", "y")), "the link between 'x' and 'y' is there twice"),
        (graphml(TRIANGLE + edge("y", "x")), "the link between 'y' and 'x' is there twice"),
        (graphml(TRIANGLE + nodes("alone")), "falls apart into 2 parts that no link joins; the smallest holds 'alone'"),
        (graphml(TRIANGLE + nodes("u") + edge("u", "x", trust=2), keys=key("trust")),
         "the link between 'x' and 'y' has no trust, but others have"),
        (graphml(TRIANGLE + nodes("u") + edge("u", "x", trust=2)), "has data with the key 'trust', which it does not declare"),
        (graphml(nodes("u", "x") + edge("u", "x", weight="-inf"), keys=key("weight")),
         "the link between 'u' and 'x': trust = -inf: must be a finite number above 0"),
        (graphml(TRIANGLE + '<node id="u"><data key="human">maybe</data></node>', keys=key("human", "node")),
         "node 'u': human = 'maybe': must be true, false, 1 or 0"),
        (graphml(TRIANGLE + '<node id="u"><data key="human">2</data></node>', keys=key("human", "node")),
         "node 'u': human = '2': must be true, false, 1 or 0"),
        (graphml(TRIANGLE + nodes("u") + '<edge source="u" target="x" directed="true"/>'),
         "the link between 'u' and 'x': directed = 'true': all links must be as the graph's edgedefault says"),
    ],
)  # fmt: skip
def test_graphml_that_is_no_graph_is_one_line(tmp_path, content, line):
    assert line in refused(written(tmp_path, content, ".graphml"))


def test_links_may_say_that_they_are_as_the_graph_is(tmp_path):
    said = TRIANGLE.replace("<edge", '<edge directed="false"')
    assert read(written(tmp_path, graphml(said), ".graphml")).nodes == 3


def test_parallel_links_that_networkx_writes_are_refused(tmp_path):
    nx.write_graphml(nx.MultiGraph([("x", "y"), ("x", "y")]), tmp_path / "two.graphml")
    assert refused(tmp_path / "two.graphml") == "the link between 'x' and 'y' is there twice"


def test_entities_are_refused_before_they_grow(tmp_path):
    laughs = '<!DOCTYPE graphml [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 30))
    path = written(tmp_path, laughs + "]><graphml><graph edgedefault='directed'><node id='&a29;'/></graph></graphml>", ".xml")
    assert refused(path).startswith("holds a DOCTYPE")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x,y\ny,\x80\n", bytes(range(256))])
def test_binary_files_are_no_text(tmp_path, content):
    assert refused(written(tmp_path, content)) == "is not a text file (UTF-8)"
    assert refused(written(tmp_path, content, ".graphml")).startswith("is no well-formed XML")


def test_files_that_are_none_or_too_large_are_one_line(tmp_path):
    assert refused(tmp_path / "none.csv") == "cannot be read: No such file or directory"
    assert refused(tmp_path) == "is a directory"
    assert refused(written(tmp_path, "x,y", ".md")).startswith("must end in .graphml, .xml (GraphML) or .csv, .txt, .edges")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert refused(tmp_path / "loop.csv") == f"cannot be read: {os.strerror(errno.ELOOP)}"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv") == "is not a regular file"
    large = tmp_path / "large.csv"
    large.touch()
    os.truncate(large, 200_000_001)  # takes no room
    assert refused(large) == "is larger than 200000000 bytes"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", '"": cannot be read: No such file'),
        ("a\0b.csv", r"a\x00b.csv: cannot be read"),
        ("\udc80.csv", r"\udc80.csv: cannot be read"),
        ("x" * 500, "x…: cannot be read"),
    ],
)
def test_paths_that_cannot_be_are_one_line(path, line):
    with pytest.raises(GraphError) as raised:
        read(path)
    assert line in str(raised.value) and str(raised.value).isprintable() and len(str(raised.value)) < 200


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    def denied(*arguments, **settings):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(files, "open", denied, raising=False)
    assert refused(written(tmp_path, "x,y\n")) == f"cannot be read: {os.strerror(errno.EACCES)}"
