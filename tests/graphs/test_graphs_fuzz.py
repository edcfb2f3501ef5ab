"""Whatever bytes a file holds, a graph comes out, or one printable line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.graphs import GraphError, read
from tests.graphs.graph_files import check, edge, graphml, key, nodes, written

LISTS = (
    b"a,b\nx,y\ny,z\n",
    b"from,to,trust\nx,y,1.5\ny,z,2\nz,x,0.25\n",
    b'# people\n"Ann, E.",Bob\nBob,"C ""D"""\n',
    b"0 1 2\n1 2 0.5 # close\n2 0 1e3\n",
    b"x\ty\ny\tz\n",
)
PEOPLE = '<node id="p"><data key="human">true</data></node>' + nodes("q", "r")
GRAPHS = tuple(
    graphml(body, kind, key("trust", default="2") + key("human", "node") + key("weight", "all")).encode()
    for kind in ("directed", "undirected")
    for body in (
        PEOPLE + edge("p", "q", trust=1.5) + edge("q", "r", trust=0.5),
        edge("p", "q", weight=3) + edge("r", "p", weight=3) + PEOPLE,
        "<desc>x</desc>" + PEOPLE + edge("p", "q") + '<edge source="r" target="q"><data key="trust">7</data></edge>',
    )
)
PIECES = st.one_of(
    st.binary(max_size=4),
    st.sampled_from([b",", b"\t", b'"', b"#", b"\n", b"nan", b"-1", b"a,b\n", b"from,to\n", b"x", b"\xef\xbb\xbf", b"\x00"]),
    st.sampled_from([b"<node id='s'/>", b"<edge source='p' target='s'/>", b"</graph>", b"<graph edgedefault='directed'>",
                     b"<data key='trust'>", b"</data>", b"<key id='k'/>", b"<default>", b"</default>", b"<!DOCTYPE x>",
                     b"&lt;", b"&x;", b"<![CDATA[", b"<!--", b"utf-16", b"<port>", b"<hyperedge/>", b" directed='1'"]),
)  # fmt: skip


def read_or_refused(folder, content, suffix):
    """The graph, or None where it was refused in one line that begins with the path."""
    path = written(folder, content, suffix)
    try:
        graph = read(path)
    except GraphError as error:
        text = str(error)
        assert text.isprintable() and text.startswith(str(path)[:79]) and len(text) < 600
        return None
    finally:
        path.unlink()
    check(graph)
    return graph


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("content", LISTS)
def test_the_lists_to_be_changed_are_sound(folder, content):
    assert read_or_refused(folder, content, ".csv") is not None


@pytest.mark.parametrize("content", GRAPHS)
def test_the_graphml_to_be_changed_is_sound(folder, content):
    assert read_or_refused(folder, content, ".graphml") is not None


@settings(deadline=None, max_examples=300)
@given(
    st.binary(max_size=60) | st.text(alphabet='ab01,\t "#\n.-e', max_size=40).map(str.encode),
    st.sampled_from([".csv", ".xml"]),
)
def test_byte_soup(folder, content, suffix):
    read_or_refused(folder, content, suffix)


def changed(contents):
    """One of the contents, with a few pieces put in the place of others."""
    change = st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES)

    def apply(content, changes):
        for where, length, piece in changes:
            at = int(where * len(content))
            content = content[:at] + piece + content[at + length :]
        return content

    return st.builds(apply, st.sampled_from(contents), st.lists(change, min_size=1, max_size=3))


@settings(deadline=None, max_examples=400)
@given(changed(LISTS))
def test_changed_lists(folder, content):
    read_or_refused(folder, content, ".csv")


@settings(deadline=None, max_examples=600)
@given(changed(GRAPHS))
def test_changed_graphml(folder, content):
    read_or_refused(folder, content, ".graphml")


ELEMENTS = ["<graph edgedefault='directed'>", "<node id='a'>", "<node id='b'/>", "<edge source='a' target='b'>", "</>", "</>",
            "<data key='k'>", "<data key='h'>", "1", "<default>", "<key id='h' attr.name='human'/>", "</>"]  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(st.booleans(), st.lists(st.sampled_from(ELEMENTS), max_size=14))
def test_elements_in_any_order(folder, begun, pieces):
    """All elements that were opened are closed, so that these are well-formed."""
    opened, text = ["graphml"], "<graphml><key id='k' attr.name='trust'/>"
    if begun:
        opened.append("graph")
        text += "<graph edgedefault='directed'><node id='b'/><node id='c'/><edge source='c' target='b'/>"
    for piece in pieces:
        if piece == "</>":
            if len(opened) > 1:
                text += f"</{opened.pop()}>"
            continue
        if piece.startswith("<") and not piece.endswith("/>"):
            opened.append(piece[1:-1].split()[0])
        text += piece
    read_or_refused(folder, text + "".join(f"</{name}>" for name in reversed(opened)), ".xml")
