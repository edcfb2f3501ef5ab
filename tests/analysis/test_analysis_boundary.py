"""Boundaries of shapes whose area and outline are known."""

import numpy as np
import pytest
from scipy.special import expit

from basin.analysis.audit import Strata, combined, majority
from basin.analysis.boundary import BoundaryError, boundary
from basin.analysis.contour import chains, level_set
from basin.analysis.map import Axis, AxisError
from basin.analysis.tree import IN, OUT, Tree
from basin.labels import Labels

SQUARE = (Axis("x", -1, 1), Axis("y", -1, 1))
CUBE = (*SQUARE, Axis("z", -1, 1))
DISC = np.pi * 0.36 / 4  # of radius .6, part of the square


def certain(inside):
    def mapper(points, seed=0):
        label = inside(points).astype(np.int8)[:, None]
        return Labels(label, np.ones(label.shape))

    return mapper


def chancy(steepness, runs):
    """P(target) passes ½ on the circle of radius .6."""

    def mapper(points, seed=0):
        chance = expit(steepness * (0.6 - np.linalg.norm(points, axis=1)))
        label = (np.random.default_rng((seed, 7)).random((len(points), runs)) < chance[:, None]).astype(np.int8)
        return Labels(label, np.ones(label.shape))

    return mapper


def disc(points):
    return np.linalg.norm(points, axis=1) < 0.6


def strip(points):
    """A wave .008 wide: the corners of a coarse grid miss it."""
    return np.abs(points[:, 1] - 0.3 * np.sin(3 * points[:, 0]) - 0.1) < 0.004


def test_a_disc_is_followed_to_a_cell_with_few_runs():
    found = boundary(certain(disc), SQUARE, 1, resolution=1024)
    assert found.area.low <= DISC <= found.area.high
    off = np.abs(np.linalg.norm(found.line.points, axis=1) - 0.6) / 2
    assert (off <= found.error + 1e-9).all() and found.error.max() <= np.sqrt(2) / 1024
    (line,) = found.lines
    assert line[0] == line[-1] and len(np.unique(line)) == len(line) - 1 == len(found.line.points)
    assert found.evaluations == sum(found.cost) < found.dense / 20
    assert found.dense == 1024**2 and found.reopened == 0


def test_a_strip_that_the_first_cells_miss_is_found_and_followed():
    found = boundary(certain(strip), SQUARE, 1, resolution=1024)
    assert found.area.low <= 0.004 <= found.area.high
    assert len(found.lines) == 2
    assert found.line.points[:, 0].min() == -1 and found.line.points[:, 0].max() == 1


def test_the_ball_has_a_closed_surface_that_faces_outwards():
    found = boundary(certain(disc), CUBE, 1, resolution=64)
    assert found.area.low <= np.pi * 0.216 / 6 <= found.area.high
    edges = np.sort(found.line.pieces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()  # every edge has a triangle on either side
    one, two, three = (found.line.points[found.line.pieces[:, at]] for at in range(3))
    volume = np.einsum("ij,ij->", one, np.cross(two, three)) / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 0.216, rel=0.02)


def test_linear_functions_have_straight_level_sets():
    x, y = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9), indexing="ij")
    found = level_set((0.7 * x + 0.2 * y).astype(np.float32), 0.413)
    np.testing.assert_allclose(found.points / 8 @ [0.7, 0.2], 0.413, atol=1e-6)
    (line,) = chains(found.pieces, len(found.points))
    assert np.ptp(np.sign(np.diff(found.points[line, 1]))) == 0


def test_no_boundary_is_no_line():
    found = boundary(certain(lambda points: points[:, 0] > 2), SQUARE, 1, resolution=64)
    assert (found.area.mean, found.area.low) == (0, 0) and 0 < found.area.high < 0.002
    assert len(found.line.points) == 0 and found.lines == []


def test_the_tree_asks_each_vertex_once_and_opens_neighbours():
    asked = []

    def label(points):
        asked.append(points)
        return (points[:, 0] > 0.3).astype(float), np.where(points[:, 0] > 0.3, IN, OUT).astype(np.int8)

    tree = Tree(label, 2, 3, 6)
    tree.grow()
    every = np.concatenate(asked)
    assert len(np.unique(every, axis=0)) == len(every) == tree.asked
    assert tree.leaf_level()[19].min() == 6 and tree.leaf_level()[-1].max() == 3
    assert tree.reopen(np.array([[0.9, 0.5]]), np.array([OUT], np.int8)) == 1
    assert tree.leaf_level()[57, 32] == 6  # the cells that hold a witness are halved to the end
    assert tree.reopen(np.array([[0.95, 0.1]]), np.array([IN], np.int8)) == 0


def test_logarithmic_axes_are_even_in_the_logarithm():
    axes = (Axis("x", 0.01, 1, log=True), Axis("y", 0, 1))
    found = boundary(certain(lambda points: points[:, 0] > 0.1), axes, 1, resolution=128)
    assert found.area.low <= 0.5 <= found.area.high
    np.testing.assert_allclose(np.log10(found.line.points[:, 0]), -1, atol=2 / 128)


@pytest.mark.parametrize(
    ("axes", "options", "said"),
    [
        (SQUARE[:1], {}, "two or three"),
        ((SQUARE[0], SQUARE[0]), {}, "same path"),
        ((SQUARE[0], Axis("n", 0, 9, integer=True)), {}, "whole values"),
        (SQUARE, {"resolution": 100}, "power of two"),
        (SQUARE, {"certain": False, "runs": 8}, "odd"),
    ],
)
def test_what_makes_no_boundary_is_refused(axes, options, said):
    with pytest.raises((BoundaryError, AxisError), match=said):
        boundary(certain(disc), axes, 1, **{"resolution": 64, **options})


def test_with_chance_the_boundary_lies_in_its_band_and_the_area_in_its_interval():
    inside, within = 0, []
    for seed in range(40):
        found = boundary(chancy(10, 33), SQUARE, 1, resolution=128, runs=33, certain=False, seed=seed)
        inside += found.area.low <= DISC <= found.area.high
        away = np.abs(np.linalg.norm(found.line.points, axis=1) - 0.6) / 2
        within.append(np.mean(away <= found.error))
        assert len(found.band) == 2
    assert inside >= 34
    assert 0.88 < np.mean(within) < 0.99


@pytest.mark.parametrize("runs", [5, 15, 33])
def test_majorities_are_corrected_for_their_size(runs):
    """Averaged over P uniform in [.3, .8], the share with P > ½ is .6; plain majorities are off by more."""
    chance = np.random.default_rng(1)
    count = chance.binomial(runs, chance.uniform(0.3, 0.8, 400_000))
    plain, better = abs((2 * count > runs).mean() - 0.6), abs(majority(count, runs).mean() - 0.6)
    assert better < max(plain, 0.004)
    assert (majority(np.array([0, runs]), runs) == [0, 1]).all()


def coverage(repeats, misses):
    """A window of which the tree has .03 wrong in cells that it is sure of, or nothing."""
    of = np.zeros((64, 64), np.int8)
    of[:, 48:], of[:, 20:24] = 4, 2
    strata = Strata(of, (0, 4))
    share = {0: misses, 2: 0.4, 4: 1 - misses}
    true = sum(strata.weight(s) * share[int(s)] for s in strata.present)
    chance, held = np.random.default_rng(2), 0
    for _ in range(repeats):
        counts = strata.counts(2000)
        values = [(chance.random(count) < share[s]).astype(float) for s, count in counts.items()]
        found = combined([strata.weight(s) for s in counts], values)
        held += found.low <= true <= found.high
    return held / repeats


def test_audited_areas_cover():
    assert 0.93 <= coverage(2000, 0.03) <= 0.97
    assert coverage(500, 0.0) >= 0.93  # where nothing was missed the interval still says what may have been


@pytest.mark.slow
def test_areas_cover_whatever_the_tree_missed():
    thin = 0.008 / 2 / 2  # the strip is thinner than a cell, and few probes meet it
    held = sum(
        found.area.low <= thin * 2 <= found.area.high
        for seed in range(2000)
        for found in [boundary(certain(strip), SQUARE, 1, resolution=16, audit=4000, seed=seed)]
    )
    assert 0.93 <= held / 2000 <= 0.97


@pytest.mark.slow
def test_areas_cover_with_chance():
    held = sum(
        found.area.low <= DISC <= found.area.high
        for seed in range(2000)
        for found in [boundary(chancy(10, 15), SQUARE, 1, resolution=32, runs=15, certain=False, seed=seed)]
    )
    assert 0.93 <= held / 2000 <= 0.97
