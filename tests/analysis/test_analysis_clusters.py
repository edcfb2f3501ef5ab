"""Clusters and attractors that are known to be there; names that follow them."""

import numpy as np
import pytest

from basin.analysis.attractors import attractors
from basin.analysis.clusters import agreement, clusters, dbscan, ordered, scaled, silhouette
from basin.analysis.matching import Names, match


def blobs(centres, sizes, spread, seed=0):
    chance = np.random.default_rng(seed)
    points = [
        centre + spread * chance.standard_normal((size, len(centre))) for centre, size in zip(centres, sizes, strict=True)
    ]
    return np.concatenate(points), np.repeat(np.arange(len(sizes)), sizes)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_blobs_are_found(count):
    points, truth = blobs(10 * np.eye(5)[:count], [150 - 20 * k for k in range(count)], 0.3)
    label, score = clusters(points)
    assert label.max() == count - 1 and agreement(label[label >= 0], truth[label >= 0]) == 1
    assert (label < 0).mean() < 0.02 and score > 0.6
    assert (np.diff(np.bincount(label[label >= 0])) <= 0).all()


def test_one_blob_is_one_cluster():
    label, score = clusters(np.random.default_rng(1).standard_normal((400, 2)))
    assert set(label) == {0} and np.isnan(score)
    assert set(clusters(np.ones((20, 3)))[0]) == {0}
    assert len(clusters(np.zeros((0, 2)))[0]) == 0


def test_points_that_coincide_are_clusters_too():
    label, _ = clusters(np.repeat([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [50, 30, 20], axis=0))
    assert np.bincount(label).tolist() == [50, 30, 20]


def test_shapes_do_not_matter():
    """Two rings, one within the other, which means and distances to them would not tell apart."""
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    label = dbscan(np.concatenate([ring, 4 * ring]), 0.2)
    assert agreement(label, np.repeat([0, 1], 300)) == 1


def test_dbscan_tells_noise():
    points = np.concatenate([np.zeros((10, 1)), [[5.0]], [[0.9]]])
    assert dbscan(points, 1.0, 5).tolist() == [0] * 10 + [-1, 0]


def test_silhouettes():
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    # a = 1; b is 10.5 from the outer points, 9.5 from the inner ones
    assert silhouette(points, np.array([0, 0, 1, 1])) == pytest.approx(1 - (1 / 10.5 + 1 / 9.5) / 2)
    assert silhouette(points, np.array([0, 0, 0, 0])) == -1


def test_scaling():
    assert scaled([[0, 5], [4, 5]], [2, 2]).tolist() == [[0, 2.5], [2, 2.5]]
    assert scaled([[0, 5, 1], [4, 5, 1 + 1e-12]]).tolist() == [[0, 0, 0], [1, 0, 0]]
    with pytest.raises(ValueError, match="finite"):
        scaled([[np.nan]])
    assert ordered(np.array([3, 1, 1, -1])).tolist() == [1, 0, 0, -1]


def test_agreement():
    assert agreement([0, 0, 1, 1], [7, 7, 3, 3]) == 1 and agreement([0, 0], [1, 1]) == 1
    assert agreement([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]) == pytest.approx(0.2424242424)  # Hubert & Arabie, by hand: 8/33
    chance = np.random.default_rng(2)
    assert abs(np.mean([agreement(*chance.integers(0, 4, (2, 200))) for _ in range(200)])) < 0.005


def test_matching_takes_the_nearest_together():
    assert match([[0.0], [1.0]], [[0.9], [1.2]]).tolist() == [0, 1]  # greedily 0.9 would have been 1
    assert match([[0.0], [1.0]], [[5.0], [1.1], [0.1]], farthest=1).tolist() == [-1, 1, 0]
    assert match(np.zeros((0, 1)), [[1.0]]).tolist() == [-1] and match([[1.0]], np.zeros((0, 1))).tolist() == []


def test_names_follow():
    names = Names(farthest=0.5)
    assert names.name([[0.0], [5.0]]).tolist() == [0, 1]
    assert names.name([[5.2]]).tolist() == [1]
    assert names.name([[9.0], [5.4], [0.1]]).tolist() == [2, 1, 0]


def henon(state):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.column_stack([1 - 1.4 * state[:, 0] ** 2 + state[:, 1], 0.3 * state[:, 0]])


def test_recurrences_find_a_strange_attractor():
    starts = np.random.default_rng(3).uniform(-2, 2, (400, 2))
    found = attractors(henon, starts, [-2, -2], [2, 2], cells=50, steps=3000)
    assert set(found.label) == {-1, 0}
    state = starts
    for _ in range(200):
        state = henon(state)
    assert ((np.abs(np.nan_to_num(state, nan=np.inf)) < 10).all(axis=1) == (found.label == 0)).all()
    assert found.extents[0, 0] == pytest.approx(2.55, abs=0.05)  # x from −1.28 to 1.27


def test_recurrences_tell_fixed_points_from_cycles():
    """A fixed point at 0 and a limit cycle of radius 1 beyond r = ½."""

    def step(state):
        r, angle = np.hypot(*state.T), np.arctan2(state[:, 1], state[:, 0])
        for _ in range(10):
            r = r + 0.02 * r * (r - 0.5) * (1 - r) * 10
        return np.column_stack([r * np.cos(angle + 0.3), r * np.sin(angle + 0.3)])

    starts = np.random.default_rng(4).uniform(-1.5, 1.5, (300, 2))
    found = attractors(step, starts, [-2, -2], [2, 2], cells=40)
    cycle = np.hypot(*starts.T) > 0.5
    assert agreement(found.label, cycle) == 1 and set(found.label) == {0, 1}
    assert sorted(found.extents.max(axis=1)) == pytest.approx([0, 2], abs=0.05)
    assert found.centres == pytest.approx(np.zeros((2, 2)), abs=0.02)


def test_those_that_leave_or_wander_end_nowhere():
    found = attractors(lambda x: x + 1, [[0.0], [1.0]], [-3], [3], steps=500)
    assert found.label.tolist() == [-1, -1] and found.centres.shape == (0, 1)
