"""Files: what is read from GraphML and lists of links."""

from __future__ import annotations

import os

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.graphs import GraphError, load, read
from tests.graphs.graph_files import as_pairs, check, edge, graphml, key, nodes, refused, written

TRIANGLE = nodes("x", "y", "z") + edge("x", "y") + edge("y", "z") + edge("z", "x")


def test_the_karate_club_comes_back_from_networkx(tmp_path):
    club = nx.karate_club_graph()
    nx.write_graphml(club, tmp_path / "club.graphml")
    graph = read(tmp_path / "club.graphml")
    check(graph)
    assert graph.nodes == 34 and graph.names == tuple(str(node) for node in range(34))
    assert {tuple(link) for link in graph.links().tolist()} == set(club.to_directed().edges)
    weights = nx.to_numpy_array(club, weight="weight")
    np.testing.assert_allclose(graph.matrix().toarray(), weights / weights.sum(axis=1, keepdims=True), atol=1e-15)
    np.testing.assert_array_equal(graph.degrees(), [club.degree(node) for node in range(34)])


@pytest.mark.parametrize(
    ("suffix", "writes"),
    [
        (".edgelist", lambda club, path: nx.write_edgelist(club, path, data=["weight"])),
        (".tsv", lambda club, path: nx.write_edgelist(club, path, data=["weight"], delimiter="\t")),
        (".csv", lambda club, path: nx.write_edgelist(club, path, data=["weight"], delimiter=",")),
        (".txt", nx.write_weighted_edgelist),
        (".xml", nx.write_graphml),
        (".GraphML", nx.write_graphml),
    ],
)
def test_a_graph_reads_the_same_however_networkx_writes_it(tmp_path, suffix, writes):
    club = nx.relabel_nodes(nx.karate_club_graph(), lambda node: f"member-{node}")
    writes(club, tmp_path / f"club{suffix}")
    weights = nx.to_numpy_array(club)
    graph = read(tmp_path / f"club{suffix}")
    place = [graph.names.index(node) for node in club]
    shares = graph.matrix().toarray()[place][:, place]
    np.testing.assert_allclose(shares, weights / weights.sum(axis=1, keepdims=True), atol=1e-15)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("x,y\ny,z\n", {"x": {"y": 1}, "y": {"x": 0.5, "z": 0.5}, "z": {"y": 1}}),
        ("a,b\nx,y\ny,z", {"x": {"y": 1}, "y": {"x": 0.5, "z": 0.5}, "z": {"y": 1}}),
        ("from,to\nx,y\ny,z\n", {"x": {"y": 1}, "y": {"z": 1}, "z": {}}),
        ("Source, Target \n x , y \ny,x", {"x": {"y": 1}, "y": {"x": 1}}),
        ("from\tto\tweight\nx\ty\t3\nx\tz\t1", {"x": {"y": 0.75, "z": 0.25}, "y": {}, "z": {}}),
        ("source,target,trust\nx,y,3e2\nx,z,1E2", {"x": {"y": 0.75, "z": 0.25}, "y": {}, "z": {}}),
        ("a,b,trust\nx,y,3\nx,z,1", {"x": {"y": 0.75, "z": 0.25}, "y": {"x": 1}, "z": {"x": 1}}),
        ("from to\nx y", {"x": {"y": 1}, "y": {}}),
        ("x  y   3\nz x 1", {"x": {"y": 0.75, "z": 0.25}, "y": {"x": 1}, "z": {"x": 1}}),
        ("# friends\n\n  # and more\nx y # since 1998\r\n\r\ny z\t# too\n \n", {"x": {"y": 1}, "y": {"x": 0.5, "z": 0.5},
         "z": {"y": 1}}),
        ("C#,y\n", {"C#": {"y": 1}, "y": {"C#": 1}}),
        ('"Ann, of Ely","B ""Bob"" C"\n', {"Ann, of Ely": {'B "Bob" C': 1}, 'B "Bob" C': {"Ann, of Ely": 1}}),
        ('"Ann Ely"  Bob 2', {"Ann Ely": {"Bob": 1}, "Bob": {"Ann Ely": 1}}),
        ("Ann Ely\tBob\n", {"Ann Ely": {"Bob": 1}, "Bob": {"Ann Ely": 1}}),
        ("\ufeffx,y,\ny,ä,\n", {"x": {"y": 1}, "y": {"x": 0.5, "ä": 0.5}, "ä": {"y": 1}}),
        ("a,b\nb,c\n", {"a": {"b": 1}, "b": {"a": 0.5, "c": 0.5}, "c": {"b": 1}}),  # no header: b occurs again
        ("a b\nc a\n", {"a": {"b": 0.5, "c": 0.5}, "b": {"a": 1}, "c": {"a": 1}}),
        ("A,B\na,b\n", {"a": {"b": 1}, "b": {"a": 1}}),
    ],
)  # fmt: skip
def test_lists_of_links(tmp_path, text, pairs):
    graph = read(written(tmp_path, text))
    check(graph)
    assert as_pairs(graph) == pairs


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("10,2\n2,x\n", ("10", "2", "x")),
        ("2,0\n0,1\n", ("0", "1", "2")),
        ("3,1\n1,2\n", ("3", "1", "2")),  # not from 0
        ("02,0\n0,1\n", ("02", "0", "1")),
        ("\n".join(f"{node},{node - 1}" for node in range(11, 0, -1)), tuple(str(node) for node in range(12))),
    ],
)
def test_nodes_come_in_order_of_appearance_unless_numbered(tmp_path, text, names):
    graph = read(written(tmp_path, text))
    assert graph.names == names
    for link in text.split():
        one, other = link.split(",")
        assert [names.index(one), names.index(other)] in graph.links().tolist()


def test_numbered_nodes_of_graphml_keep_who_is_human(tmp_path):
    people = '<node id="2"><data key="human">1</data></node><node id="0"/><node id="1"/>'
    graph = read(written(tmp_path, graphml(people + edge(2, 0) + edge(0, 1), keys=key("human", "node")), ".graphml"))
    assert graph.names == ("0", "1", "2") and list(graph.human) == [False, False, True]
    assert graph.links().tolist() == [[0, 1], [0, 2], [1, 0], [2, 0]]


def test_graphml_links_both_ways_or_one(tmp_path):
    both = read(written(tmp_path, graphml(TRIANGLE), ".graphml"))
    assert as_pairs(both) == {"x": {"y": 0.5, "z": 0.5}, "y": {"x": 0.5, "z": 0.5}, "z": {"x": 0.5, "y": 0.5}}
    one = read(written(tmp_path, graphml(TRIANGLE, "directed"), ".graphml"))
    assert as_pairs(one) == {"x": {"y": 1}, "y": {"z": 1}, "z": {"x": 1}}
    assert not len(one.trust) and not len(one.human)


def test_graphml_needs_no_namespace_and_nodes_may_come_after_links(tmp_path):
    text = graphml(edge("z", "x") + nodes("x", "y", "z") + edge("x", "y"), "directed")
    for content in (text, text.replace(' xmlns="http://graphml.graphdrawing.org/xmlns"', "")):
        graph = read(written(tmp_path, content, ".graphml"))
        assert graph.names == ("x", "y", "z") and as_pairs(graph) == {"x": {"y": 1}, "y": {}, "z": {"x": 1}}


def test_trust_is_an_attribute_of_links_and_comes_before_weight(tmp_path):
    links = edge("x", "y", trust=" 3 ", weight=1) + edge("x", "z", trust=1, weight=-5)
    graph = read(written(tmp_path, graphml(nodes("x", "y", "z") + links, keys=key("weight") + key("trust")), ".graphml"))
    np.testing.assert_array_equal(graph.trust, [0.75, 1, 1, 1])
    links = links.replace("trust", "colour").replace("-5", "4")
    graph = read(written(tmp_path, graphml(nodes("x", "y", "z") + links, keys=key("weight") + key("colour")), ".graphml"))
    np.testing.assert_array_equal(graph.trust, [0.2, 1, 1, 1])


def test_a_default_holds_for_links_and_nodes_without_their_own(tmp_path):
    body = '<node id="x"><data key="human">false</data></node>' + nodes("y", "z") + edge("x", "y", trust=3) + edge("x", "z")
    keys = key("trust", default="1") + key("human", "node", default="true")
    graph = read(written(tmp_path, graphml(body, keys=keys), ".graphml"))
    np.testing.assert_array_equal(graph.trust, [0.75, 1, 1, 1])
    assert list(graph.human) == [False, True, True]
    other = read(written(tmp_path, graphml(body, keys=key("trust", default="9") + key("human", "all")), ".graphml"))
    np.testing.assert_array_equal(other.trust, [0.25, 1, 1, 1])
    assert not len(other.human)  # none is marked


def test_a_default_for_nodes_is_none_for_links(tmp_path):
    keys = key("trust") + '<key id="n" for="node" attr.name="trust"><default>9</default></key>'
    body = nodes("x", "y", "z") + edge("x", "y", trust=3) + edge("x", "z")
    line = "the link between 'x' and 'z' has no trust, but others have"
    assert refused(written(tmp_path, graphml(body, keys=keys), ".graphml")) == line


@pytest.mark.parametrize(("value", "marked"), [("true", True), ("True", True), (" 1\n", True), ("false", False), ("0", False)])
def test_people_are_marked(tmp_path, value, marked):
    people = f'<node id="x"><data key="human">{value}</data></node><node id="y"><data key="human">1</data></node>'
    graph = read(written(tmp_path, graphml(people + edge("x", "y"), keys=key("human", "node")), ".graphml"))
    assert list(graph.human) == [marked, True]


def test_people_marked_by_networkx(tmp_path):
    path = nx.path_graph(["a", "b", "c"])
    nx.set_node_attributes(path, {"a": True, "b": False, "c": True}, "human")
    nx.write_graphml(path, tmp_path / "path.graphml")
    assert list(read(tmp_path / "path.graphml").human) == [True, False, True]


def test_what_editors_add_is_passed_over(tmp_path):
    extra = (
        '<desc>People</desc><data key="d0">ours</data><node id="x"><data key="g"><y:Shape xmlns:y="http://www.yworks.com/">'
        '<y:data key="?">9</y:data></y:Shape></data><port name="p"/></node>'
    )
    keys = key("d0", "graph") + '<key id="g" for="node" yfiles.type="nodegraphics"/>' + key("trust")
    body = extra + nodes("y", "z") + edge("x", "y", trust=1) + edge("x", "z", trust="4<x>9</x>")
    graph = read(written(tmp_path, graphml(body, keys=keys), ".graphml"))
    assert graph.names == ("x", "y", "z") and graph.trust[0] == 0.2


def test_trust_that_is_alike_for_each_takes_no_room(tmp_path):
    alike = read(written(tmp_path, "from,to,trust\nx,y,7\nx,z,7\ny,x,0.3\n"))
    assert not len(alike.trust)
    assert as_pairs(alike) == {"x": {"y": 0.5, "z": 0.5}, "y": {"x": 1}, "z": {}}


def test_running_sums_end_in_exactly_one_however_large_or_small_trust_is(tmp_path):
    rng = np.random.default_rng(1)
    for scale in (5e-324, 1e-300, 1.0, 1e307):
        weights = np.maximum(rng.integers(1, 9, 100) * scale, 5e-324)
        text = "from,to,trust\n" + "".join(f"hub,{rim},{weight!r}\n" for rim, weight in enumerate(weights.tolist()))
        graph = read(written(tmp_path, text))
        check(graph)
        np.testing.assert_allclose(graph.trust, np.cumsum(weights / scale) / np.sum(weights / scale), rtol=1e-13)


def test_a_file_is_read_once_until_it_changes(tmp_path, monkeypatch):
    path = written(tmp_path, "x,y\n")
    graph = read(path)
    monkeypatch.chdir(tmp_path)
    assert read(path) is graph and load(path.name, 2, 8, 0.1, 4, 0) is graph
    path.write_text("x,y\ny,z\n")
    assert read(path).nodes == 3
    os.utime(path, ns=(0, 0))
    again = read(path)
    path.write_text("x,y\ny,w\n")
    os.utime(path, ns=(0, 10**9))
    assert again.names == ("x", "y", "z") and read(path).names == ("x", "y", "w")


def test_a_file_must_have_as_many_nodes_as_there_are_agents(tmp_path):
    nx.write_graphml(nx.karate_club_graph(), tmp_path / "club.graphml")
    path = str(tmp_path / "club.graphml")
    assert load(path, 34, 8, 0.1, 4, 0).nodes == load(tmp_path / "club.graphml", 34, 8, 0.1, 4, 0).nodes == 34
    with pytest.raises(GraphError) as raised:
        load(path, 100, 8, 0.1, 4, 0)
    assert str(raised.value).endswith(": has 34 nodes, population.agents = 100")
    assert str(raised.value).startswith(path[:79])


def test_a_name_that_is_neither_a_kind_nor_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraphError, match=r"^rings: neither complete, .* \(the nearest is ring\) nor a file$"):
        load("rings", 10, 2, 0.1, 4, 0)
    with pytest.raises(GraphError, match=r"^rings\.csv: cannot be read: No such file"):
        load("rings.csv", 10, 2, 0.1, 4, 0)
    (tmp_path / "rings").mkdir()
    with pytest.raises(GraphError, match=r"^rings: is a directory$"):
        load("rings", 10, 2, 0.1, 4, 0)


@settings(deadline=None, max_examples=150)
@given(
    st.integers(2, 9).flatmap(
        lambda n: st.tuples(
            st.permutations([f"n{i}" for i in range(n)]),
            st.sets(st.sampled_from([(i, j) for i in range(n) for j in range(n) if i != j]), min_size=1),
        )
    ),
    st.booleans(),
    st.booleans(),
    st.sampled_from([".csv", ".tsv", ".txt", ".graphml"]),
    st.randoms(use_true_random=False),
)
def test_what_is_written_comes_back(tmp_path_factory, graph, directed, weighted, suffix, random):
    """Against dictionaries: whom each listens to, and how much, for every way to write a graph."""
    names, links = graph
    if not directed:
        links = {(min(link), max(link)) for link in links}
    links = [(names[a], names[b], random.choice([0.25, 1, 3]) if weighted else 1) for a, b in sorted(links)]
    listens = {name: {} for name in (names if suffix == ".graphml" else dict.fromkeys(sum((link[:2] for link in links), ())))}
    for one, other, trust in links:
        listens[one][other] = trust
        if not directed:
            listens[other][one] = trust
    if suffix == ".graphml":
        data = [edge(one, other, **({"trust": trust} if weighted else {})) for one, other, trust in links]
        kind = "directed" if directed else "undirected"
        text = graphml(nodes(*names) + "".join(data), kind, key("trust") if weighted else "")
    else:
        between = {".csv": ",", ".tsv": "\t", ".txt": " "}[suffix]
        head = ("from", "to", "trust") if directed else ("a", "b", "trust")
        text = "\n".join(between.join(map(str, row[: 2 + weighted])) for row in (head, *links))
    path = written(tmp_path_factory.getbasetemp(), text, suffix)
    peer = nx.Graph([link[:2] for link in links])
    peer.add_nodes_from(listens)
    if not nx.is_connected(peer):
        assert "falls apart into" in refused(path)
        return
    found = read(path)
    check(found)
    assert found.names == tuple(listens)
    pairs = as_pairs(found)
    for name, near in listens.items():
        assert pairs[name].keys() == near.keys()
        assert pairs[name] == pytest.approx({other: trust / sum(near.values()) for other, trust in near.items()}, abs=1e-15)
