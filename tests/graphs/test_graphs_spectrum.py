"""Spectral radii against closed forms, small matrices and the ways to compute them against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import coo_array, csc_array, csr_array, csr_matrix, diags_array

from basin.graphs import GraphError, build, spectral_radius, spectrum

SMALL_AND_LARGE = pytest.mark.parametrize("nodes", [2, 3, 40, 500, 501, 2000])  # on both sides of what is computed densely


def star(nodes, out, back):
    hub, rim = np.zeros(nodes - 1, int), np.arange(1, nodes)
    weights = np.repeat([out, back], nodes - 1)
    return coo_array((weights, (np.concatenate([hub, rim]), np.concatenate([rim, hub]))), shape=(nodes, nodes))


@SMALL_AND_LARGE
@pytest.mark.parametrize(("out", "back"), [(1.0, 1.0), (0.2, 3.0)])
def test_a_star(nodes, out, back):
    assert spectral_radius(star(nodes, out, back)) == pytest.approx(np.sqrt((nodes - 1) * out * back), rel=1e-9)


@pytest.mark.parametrize("nodes", [2, 3, 40, 501])
def test_a_complete_graph(nodes):
    assert spectral_radius(1.0 - np.eye(nodes)) == pytest.approx(nodes - 1, rel=1e-12)


@pytest.mark.parametrize("nodes", [3, 40, 500, 501, 2000])
def test_a_ring_and_one_whose_links_go_one_way(nodes):
    ring = build("ring", nodes, 2).matrix()
    assert spectral_radius(2 * ring) == 2.0
    weights = np.linspace(0.5, 2.0, nodes)
    one_way = coo_array((weights, (np.arange(nodes), (np.arange(nodes) + 1) % nodes)), shape=(nodes, nodes))
    if nodes < 500:  # all eigenvalues at once are 10 percent off at 500
        assert spectral_radius(one_way) == pytest.approx(np.exp(np.log(weights).mean()), rel=1e-11)
    if nodes > 500:  # nothing converges
        with pytest.raises(GraphError, match=f"the spectral radius of {nodes} nodes in a circle cannot be found to 1%"):
            spectral_radius(one_way)


@pytest.mark.parametrize("span", [1e-3, 1.0, 1e3, 1e30, 1e140])
def test_two_who_trust_each_other_however_differently(span):
    assert spectral_radius(np.array([[0, span], [1, 0]])) == pytest.approx(np.sqrt(span), rel=1e-11)
    assert spectral_radius(np.array([[1, span], [1 / span, 1]])) == pytest.approx(2.0, rel=1e-11)
    assert spectral_radius(np.full((3, 3), span)) == pytest.approx(3 * span, rel=1e-12)


@pytest.mark.parametrize("nodes", [10, 300, 3000])
def test_a_chain_of_which_the_eigenvalues_lie_close(nodes):
    chain = diags_array([np.ones(nodes - 1), np.ones(nodes - 1)], offsets=[-1, 1])
    assert spectral_radius(chain) == pytest.approx(2 * np.cos(np.pi / (nodes + 1)), rel=1e-5 if nodes > 500 else 1e-12)


def test_an_eigenvalue_whose_vector_has_two_signs_is_not_the_one(monkeypatch):
    def another(*arguments, **settings):
        return np.array([0.5 + 0j]), np.linspace(-1, 1, 600)[:, None] + 0j

    monkeypatch.setattr(spectrum, "eigs", another)
    assert spectral_radius(star(600, 1.0, 4.0)) == pytest.approx(np.sqrt(599 * 4), rel=1e-9)


def test_power_iteration_takes_over_where_arpack_gives_up(monkeypatch):
    def gives_up(*arguments, **settings):
        raise spectrum.ArpackNoConvergence("no convergence", np.empty(0), np.empty((0, 0)))

    matrix = build("barabasi-albert", 501, 6, seed=2).matrix()
    matrix.data *= np.repeat(np.linspace(1, 2, 501), np.diff(matrix.indptr))
    by_arpack = spectral_radius(matrix)
    monkeypatch.setattr(spectrum, "eigs", gives_up)
    assert spectral_radius(matrix) == pytest.approx(by_arpack, rel=1e-9)
    assert spectral_radius(star(2000, 0.5, 0.125)) == pytest.approx(np.sqrt(1999 / 16), rel=1e-9)  # two-coloured


@pytest.mark.parametrize("kind", ["complete", "ring", "watts-strogatz", "barabasi-albert", "stochastic-block"])
def test_relative_trust_neither_grows_nor_fades(kind):
    assert spectral_radius(build(kind, 700, 6, 0.2, 4, 1).matrix()) == pytest.approx(1.0, rel=1e-12)


def test_links_that_never_come_back_carry_nothing_on():
    line = csr_array((np.ones(999), (np.arange(999), np.arange(1, 1000))), shape=(1000, 1000))
    order = np.random.default_rng(1).permutation(1000)
    assert spectral_radius(line) == spectral_radius(line[order][:, order]) == 0.0
    assert spectral_radius(np.triu(np.full((60, 60), 5.0))) == 5.0
    assert spectral_radius(np.zeros((3, 3))) == spectral_radius(csr_array((600, 600))) == 0.0


def test_of_several_parts_the_largest_counts():
    parts = np.zeros((7, 7))
    parts[:3, :3], parts[3:5, 3:5], parts[5:, 5:] = 1.0, [[0, 16], [1, 0]], [[0, 1], [9, 0]]
    parts[0, 4] = parts[5, 1] = 1000.0  # between parts, in one direction
    assert spectral_radius(parts) == pytest.approx(4.0, rel=1e-12)
    assert spectral_radius(parts.T) == pytest.approx(4.0, rel=1e-12)
    parts[3, 4], parts[4, 3] = 100.0, 0.01  # now the part with the largest weight is not the one that counts
    assert spectral_radius(parts) == pytest.approx(3.0, rel=1e-12)


@pytest.mark.parametrize("kind", [np.asarray, csr_array, csc_array, coo_array, csr_matrix, list])
def test_dense_and_sparse_matrices_of_any_kind(kind):
    assert spectral_radius(kind(np.array([[0, 4], [9, 0]]))) == pytest.approx(6.0, rel=1e-12)


def test_entries_given_twice_count_twice():
    assert spectral_radius(coo_array(([1.0, 1.0, 2.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))) == pytest.approx(2.0)


@pytest.mark.parametrize("kind", [np.asarray, csr_array, coo_array])
def test_a_matrix_is_left_as_it_was(kind):
    matrix = kind(np.array([[0.0, 4.0], [9.0, 0.0]]))
    spectral_radius(matrix)
    np.testing.assert_array_equal(matrix @ np.eye(2), [[0, 4], [9, 0]])
    twice = coo_array(([1.0, 1.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert spectral_radius(twice) == 0.0  # a link of 0 is none
    assert list(twice.data) == [1, 1, 0]


@pytest.mark.parametrize(
    ("matrix", "line"),
    [
        (np.ones((2, 3)), r"a matrix of shape \(2, 3\): must be square"),
        (np.ones(3), r"a matrix of shape \(3,\): must be square"),
        ([[0, -1], [1, 0]], "negative or not finite"),
        ([[0, np.nan], [1, 0]], "negative or not finite"),
        ([[0, np.inf], [1, 0]], "negative or not finite"),
    ],
)
def test_what_has_no_such_spectral_radius_is_refused(matrix, line):
    with pytest.raises(GraphError, match=line):
        spectral_radius(matrix)


def test_entries_however_large_or_small_but_not_too_far_apart():
    for scale in (5e-324, 1e-300, 1e300):
        assert spectral_radius(np.array([[0, scale], [scale, 0]])) == scale
    with pytest.raises(GraphError, match=r"^a matrix with entries from 1e-200 to 1e\+200: these are too far apart$"):
        spectral_radius(np.array([[0, 1e200], [1e-200, 0]]))


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 9).flatmap(lambda n: arrays(float, (n, n), elements=st.sampled_from([0, 0, 0, 0.5, 1, 2, 7]))))
def test_small_matrices_against_traces_of_powers(matrix):
    """ρ lies between the k-th roots of trace(Aᵏ) / N and of the largest sum of a row of Aᵏ."""
    k = 2520  # as often as any cycle of up to 9 nodes fits into
    scaled, grown = matrix / 64.0, 0.0
    power = np.eye(len(matrix))
    for bit in f"{k:b}":  # by squaring, each time scaled back to 1
        power, grown = power @ power, 2 * grown
        if bit == "1":
            power = power @ scaled
        if not power.any():
            break
        top = power.max()
        power, grown = power / top, grown + np.log(top)
    found = spectral_radius(matrix)
    if not power.any() or not np.trace(power):
        assert found < 1e-9
        return
    low = 64 * np.exp((np.log(np.trace(power) / len(matrix)) + grown) / k)
    high = 64 * np.exp((np.log(power.sum(axis=1).max()) + grown) / k)
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)
