"""The least change that takes a share below one half, where it is known."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from basin.analysis.extras import MissingError
from basin.analysis.worst import WorstError, worst


def plane(normal, distance, start, sharp=8.0):
    """A share that falls along a normal and is ½ at a distance."""
    unit = np.asarray(normal, float) / np.linalg.norm(normal)
    return lambda points: 1 / (1 + np.exp(sharp * ((points - start) @ unit - distance)))


@pytest.mark.parametrize("sharp", [3.0, 8.0, 30.0])
@pytest.mark.parametrize(
    ("normal", "distance"), [((1, 1, 0, 0), 0.3), ((3, -2, 1, 0), 0.25), ((1, 0.5, -0.5, 0.25), 0.4), ((0, 0, 1, 0), 0.2)]
)
def test_the_distance_of_a_plane_is_along_its_normal(normal, distance, sharp):
    start = np.array([0.4, 0.5, 0.5, 0.6])
    found = worst(plane(normal, distance, start, sharp), start, seed=1, halvings=20)
    unit = np.array(normal) / np.linalg.norm(normal)
    assert distance <= found.distance <= 1.03 * distance
    assert found.change @ unit == pytest.approx(found.distance, rel=0.03)
    assert plane(normal, distance, start, sharp)((start + found.change)[None])[0] < 0.5


def test_every_input_alone():
    start = np.array([0.5, 0.5, 0.5])
    found = worst(plane((2, -1, 0), 0.2, start), start, halvings=30, trials=0)
    known = 0.2 * np.sqrt(5) / np.array([2, -1, np.inf])
    assert found.alone[:2] == pytest.approx(known[:2], abs=1e-8) and np.isnan(found.alone[2])


def test_inputs_that_do_nothing_stay_as_they_are():
    start = np.full(12, 0.5)
    found = worst(plane([1, 1] + [0] * 10, 0.4, start), start)
    assert np.count_nonzero(found.change) == 2 and not found.change[2:].any()
    assert found.distance == pytest.approx(0.4, rel=0.03)


def test_only_both_together_do_it():
    """Neither reaches the edge alone: the walls are nearer."""
    start = np.array([0.5, 0.5, 0.5])
    found = worst(plane((1, 1, 0), 0.6, start), start)
    assert np.isnan(found.alone).all() and found.distance == pytest.approx(0.6, rel=0.03)


def test_along_a_wall():
    """The normal leads through a wall: the nearest point is on it, sqrt(0.1² + (0.6 - 0.1)²) away."""
    start = np.array([0.9, 0.2])
    found = worst(plane((1, 1), 0.6 / np.sqrt(2), start, 20), start, halvings=20)
    assert found.distance == pytest.approx(np.hypot(0.1, 0.5), rel=0.02)


def test_a_sharp_edge_that_shows_no_slope():
    start = np.array([0.2, 0.2])
    found = worst(lambda points: ((points - start).sum(axis=1) < 0.5).astype(float), start, halvings=30)
    assert found.distance == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


def test_nothing_within_the_ranges_does_it():
    start = np.array([0.5, 0.5])
    found = worst(plane((1, 1), 3.0, start, 1.0), start)
    assert found.change is None and found.distance == np.inf and np.isnan(found.alone).all()
    assert found.lowest > 0.5 and found.lowest_at == pytest.approx([1, 1])


def test_a_start_that_is_below_already():
    found = worst(lambda points: np.full(len(points), 0.2), np.array([0.5, 0.5]))
    assert found.distance == 0 and not found.change.any()


def test_points_that_are_not_allowed_are_no_witness():
    start = np.array([0.5, 0.5])

    def share(points):
        shares = plane((1, 0.2), 0.2, start)(points)
        return np.where(points[:, 0] > 0.6, np.nan, shares)

    found = worst(share, start)
    assert found.change is None or start[0] + found.change[0] <= 0.6
    assert worst(lambda points: np.where(points[:, 0] == 0.5, 1.0, np.nan), start).change is None


def test_the_same_seed_gives_the_same():
    start = np.array([0.4, 0.5, 0.5, 0.6])
    one, two = (worst(plane((1, 2, 3, 4), 0.3, start), start, seed=5) for _ in range(2))
    assert np.array_equal(one.change, two.change) and one.evaluations == two.evaluations


def test_what_cannot_be_asked(monkeypatch):
    with pytest.raises(WorstError, match="within the ranges"):
        worst(lambda points: points[:, 0], np.array([1.2]))
    with pytest.raises(WorstError, match="trials = -1"):
        worst(lambda points: points[:, 0], np.array([0.2]), trials=-1)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingError, match=r"^basin worst needs optuna: pip install 'basin\[search\]'$"):
        worst(lambda points: points[:, 0], np.array([0.2]))
