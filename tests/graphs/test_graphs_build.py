"""Generated graphs: the degrees, links and seeds that each kind promises."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from basin.cli.bench import PEAK
from basin.graphs import KINDS, GraphError, build, load
from tests.graphs.graph_files import check

SPARSE = [kind for kind in KINDS if kind != "complete"]


def symmetric(graph):
    matrix = graph.matrix()
    matrix.data[:] = 1
    return (matrix != matrix.T).nnz == 0


def parts(graph):
    return connected_components(graph.matrix(), directed=True, connection="weak")[0]


@pytest.mark.parametrize("kind", SPARSE)
@pytest.mark.parametrize(("nodes", "degree", "seed"), [(4, 2, 0), (10, 2, 1), (101, 8, 2), (2000, 4, 3)])
def test_every_kind_gives_connected_symmetric_rows(kind, nodes, degree, seed):
    graph = build(kind, nodes, degree, 0.6, 2, seed)
    check(graph)
    assert graph.nodes == nodes and symmetric(graph) and parts(graph) == 1
    assert not len(graph.trust) and not len(graph.human) and graph.names == ()


@pytest.mark.parametrize("kind", SPARSE)
def test_the_same_seed_gives_the_same_graph_and_another_another(kind):
    one, again, other = (build(kind, 200, 6, 0.2, 4, seed) for seed in (5, np.int64(5), 6))
    assert np.array_equal(one.links(), again.links())
    assert np.array_equal(one.links(), other.links()) == (kind == "ring")


def test_everyone_listens_to_everyone_in_a_complete_graph():
    graph = build("complete", 5, degree=99)
    assert graph.complete and graph.nodes == 5 and list(graph.degrees()) == [4] * 5
    assert all(len(array) == 0 for array in (graph.first, graph.neighbour, graph.trust, graph.human))
    np.testing.assert_array_equal(graph.matrix().toarray(), (1 - np.eye(5)) / 4)
    assert [tuple(link) for link in graph.links()] == [(i, j) for i in range(5) for j in range(5) if i != j]


def test_a_complete_graph_of_many_is_not_written_out():
    assert build("complete", 300).matrix().nnz == 300 * 299
    graph = build("complete", 5001)
    assert graph.degrees()[0] == 5000
    for written_out in (graph.matrix, graph.links):
        with pytest.raises(GraphError, match="a complete graph of 5001 nodes: its links are written out up to 5000"):
            written_out()


def test_one_agent_alone_can_only_be_complete():
    graph = build("complete", 1)
    assert list(graph.degrees()) == [0] and graph.matrix().shape == (1, 1) and graph.links().shape == (0, 2)
    for kind in SPARSE:
        with pytest.raises(GraphError, match="degree = 2: must be below the number of agents, 1"):
            build(kind, 1, 2)


def test_a_ring_links_the_nearest_on_both_sides():
    graph = build("ring", 12, 4)
    assert list(graph.degrees()) == [4] * 12
    assert list(graph.neighbour[:4]) == [1, 2, 10, 11]
    assert np.isin((graph.links()[:, 1] - graph.links()[:, 0]) % 12, [1, 2, 10, 11]).all()


def test_changing_a_matrix_leaves_its_graph_alone():
    graph = build("ring", 12, 4)
    matrix = graph.matrix()
    matrix.data[:], matrix.indices[:], matrix.indptr[:] = 9, 0, 0
    check(graph)
    np.testing.assert_array_equal(graph.matrix().sum(axis=1), np.ones(12))


def test_a_small_world_is_that_of_networkx_and_between_a_ring_and_chance():
    graph = build("watts-strogatz", 500, 6, 0.2, seed=3)
    peer = nx.watts_strogatz_graph(500, 6, 0.2, seed=3)
    assert {tuple(sorted(link)) for link in graph.links().tolist()} == {tuple(sorted(link)) for link in peer.edges}
    assert np.array_equal(build("watts-strogatz", 500, 6, 0.0).links(), build("ring", 500, 6).links())
    links = build("watts-strogatz", 4000, 8, 0.25, seed=1).links()
    around = (links[:, 1] - links[:, 0]) % 4000
    assert np.mean(np.minimum(around, 4000 - around) > 4) == pytest.approx(0.25, abs=0.02)  # 4 sigma is 0.014


@pytest.mark.parametrize(("degree", "newcomer"), [(8, 4), (7, 3), (2, 1), (1, 1)])
def test_preferential_attachment_gives_newcomers_half_the_degree_and_a_heavy_tail(degree, newcomer):
    degrees = build("barabasi-albert", 3000, degree, seed=1).degrees()
    assert degrees[newcomer + 1 :].min() == newcomer and degrees.sum() == 2 * newcomer * (3000 - newcomer)
    assert degrees.max() > 20 * newcomer
    share = np.mean(degrees >= 2 * newcomer)  # Barabási & Albert: P(at least k) = m (m + 1) / k (k + 1)
    assert share == pytest.approx((newcomer + 1) / (2 * (2 * newcomer + 1)), abs=0.04)


@pytest.mark.parametrize("rewiring", [0.0, 0.1, 0.75, 1.0])
def test_blocks_have_the_degree_and_the_share_of_links_between_them(rewiring):
    nodes, degree, blocks = 4001, 12, 5
    graph = build("stochastic-block", nodes, degree, rewiring, blocks, seed=4)
    block = np.searchsorted(np.arange(1, blocks) * nodes // blocks, np.arange(nodes), side="right")
    assert set(np.bincount(block)) == {800, 801}
    links = graph.links()
    assert graph.degrees().mean() == pytest.approx(degree, abs=0.25)  # 4 sigma are 0.22
    assert np.mean(block[links[:, 0]] != block[links[:, 1]]) == pytest.approx(rewiring, abs=0.02)
    assert graph.degrees().var() == pytest.approx(degree, rel=0.15)  # Poisson
    if 0 < rewiring < 1:  # all pairs of blocks alike
        between = np.zeros((blocks, blocks))
        np.add.at(between, (block[links[:, 0]], block[links[:, 1]]), 1)
        expected = nodes * degree * rewiring / (blocks * (blocks - 1))
        off = between[~np.eye(blocks, dtype=bool)]
        assert np.abs(off - expected).max() < 6 * np.sqrt(expected)


def test_blocks_of_which_everyone_knows_everyone_are_cliques():
    links = build("stochastic-block", 20, 4, 0.0, 4).links()
    inside = links[links[:, 0] // 5 == links[:, 1] // 5]
    assert len(inside) == 20 * 4 and len(links) == 20 * 4 + 2 * 3  # three links join the four cliques
    links = build("stochastic-block", 20, 10, 0.7, 5).links()  # (1 - 0.7) 10 is a little over 3 for a computer
    assert np.sum(links[:, 0] // 4 == links[:, 1] // 4) == 20 * 3


def test_blocks_differ_and_so_do_the_links_between_them():
    one, other = (build("stochastic-block", 400, 8, 0.25, 2, seed).links() for seed in (1, 2))
    blocks = [{tuple(link) for link in (one % 200)[(one // 200 == block).all(axis=1)].tolist()} for block in (0, 1)]
    assert blocks[0] != blocks[1]
    between = [{tuple(link) for link in links[links[:, 0] // 200 != links[:, 1] // 200].tolist()} for links in (one, other)]
    assert between[0] != between[1]


def test_links_that_join_parts_start_and_end_anywhere():
    """Of the largest part, and of the others; of four equal ones the first counts as the largest."""
    ends = set()
    for seed in range(30):
        links = build("stochastic-block", 20, 4, 0.0, 4, seed).links()
        ends |= set(links[links[:, 0] // 5 != links[:, 1] // 5].ravel().tolist())
    assert ends == set(range(20))


def test_a_share_between_blocks_too_small_for_logarithms_is_none():
    few, none = (build("stochastic-block", 40, 4, rewiring, 4, seed=1).links() for rewiring in (1e-18, 0.0))
    assert np.array_equal(few, none)


def test_a_graph_that_falls_apart_is_joined_by_one_link_per_part():
    loose = nx.watts_strogatz_graph(600, 2, 0.9, seed=2)
    joined = build("watts-strogatz", 600, 2, 0.9, seed=2)
    apart = sorted(nx.connected_components(loose), key=len)
    assert len(apart) == 4 and parts(joined) == 1
    added = {frozenset(link) for link in joined.links().tolist()} - {frozenset(link) for link in loose.edges}
    assert len(joined.neighbour) == 2 * (loose.number_of_edges() + len(added)) and len(added) == len(apart) - 1
    ends = [link & apart[-1] for link in added]
    assert all(len(end) == 1 for end in ends) and len(set.union(*map(set, ends))) > 1  # to the largest, not to one node of it
    assert all(sum(len(link & part) for link in added) == 1 for part in apart[:-1])


@pytest.mark.parametrize("kind", SPARSE)
def test_a_degree_must_be_below_the_number_of_agents(kind):
    for degree in (5, 8):
        with pytest.raises(GraphError, match=rf"^degree = {degree}: must be below the number of agents, 5$"):
            build(kind, 5, degree)


@pytest.mark.parametrize("kind", ["ring", "watts-strogatz"])
def test_an_odd_degree_has_no_half(kind):
    with pytest.raises(GraphError, match=r"^degree = 3: must be even, half of it on either side of the ring$"):
        build(kind, 10, 3)
    with pytest.raises(GraphError, match="degree = 7: must be below"):
        build(kind, 7, 7)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"kind": "wats-strogatz"}, "wats-strogatz: no such kind of graph; must be complete, ring, watts-strogatz, "
         "barabasi-albert, stochastic-block; the nearest is watts-strogatz"),
        ({"kind": "\n" * 200}, "no such kind of graph"),
        ({"nodes": 0}, "nodes = 0: must be a whole number, from 1 to 2147483647"),
        ({"nodes": 2**31}, "nodes = 2147483648: must be"),
        ({"nodes": 2.0}, "nodes = 2.0: must be a whole number"),
        ({"nodes": True}, "nodes = True: must be a whole number"),
        ({"degree": 0}, "degree = 0: must be a whole number, from 1"),
        ({"degree": -(10**5000)}, "degree = -0x"),
        ({"degree": "8"}, "degree = 8: must be a whole number"),
        ({"seed": -1}, "seed = -1: must be a whole number, at least 0"),
        ({"rewiring": 1.1}, "rewiring = 1.1: must be a number from 0 to 1"),
        ({"rewiring": float("nan")}, "rewiring = nan: must be a number from 0 to 1"),
        ({"rewiring": "0.1"}, "rewiring = 0.1: must be a number from 0 to 1"),
        ({"blocks": 1}, "blocks = 1: must be a whole number, from 2"),
        ({"blocks": 11}, "blocks = 11: must be at most half the number of agents, 20"),
        ({"blocks": 5}, "degree = 8: of these, 7.2 are within blocks, but 5 blocks of 20 agents have room for 3"),
        ({"blocks": 2, "degree": 12, "rewiring": 1}, "degree = 12: of these, 12 are between blocks, "
         "but 2 blocks of 20 agents have room for 10"),
    ],
)  # fmt: skip
def test_numbers_out_of_range_are_one_line(change, line):
    with pytest.raises(GraphError) as raised:
        build(**{"kind": "stochastic-block", "nodes": 20, **change})
    assert line in str(raised.value) and str(raised.value).isprintable() and len(str(raised.value)) < 300


def test_a_kind_is_loaded_as_it_is_built():
    loaded = load("watts-strogatz", 60, 6, 0.3, 4, 9)
    assert np.array_equal(loaded.links(), build("watts-strogatz", 60, 6, 0.3, 4, 9).links())


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(KINDS), st.integers(1, 40), st.integers(1, 12), st.floats(0, 1), st.integers(2, 6), st.integers(0, 2**70)
)
def test_whatever_is_in_range_gives_a_graph_or_one_line(kind, nodes, degree, rewiring, blocks, seed):
    try:
        graph = build(kind, nodes, degree, rewiring, blocks, seed)
    except GraphError as error:
        odd = kind in ("ring", "watts-strogatz") and degree % 2
        assert str(error).isprintable() and (degree >= nodes or odd or kind == "stochastic-block") and kind != "complete"
        return
    assert graph.nodes == nodes and graph.complete == (kind == "complete")
    if not graph.complete:
        check(graph)
        assert parts(graph) == 1 and symmetric(graph)


@pytest.mark.slow
def test_a_million_agents_fit_into_two_gigabytes():
    code = """
from basin.graphs import build
graph = build("watts-strogatz", 1_000_000, 8, 0.1, seed=1)
assert len(graph.neighbour) == 8_000_000
"""
    run = subprocess.run([sys.executable, "-c", PEAK, sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < (2e9 if sys.platform == "darwin" else 2e6)
