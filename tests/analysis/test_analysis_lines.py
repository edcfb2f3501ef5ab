"""Lines on a lattice: zeros of numbers, and edges of labels."""

from __future__ import annotations

import numpy as np
import pytest

from basin.analysis.lines import HALVINGS, edge, zeros


def test_zeros_of_a_plane_are_a_straight_line():
    one, two = np.indices((12, 9))
    (line,) = zeros(one - 0.5 * two - 3.3)
    assert line[:, 0] - 0.5 * line[:, 1] == pytest.approx(np.full(len(line), 3.3), abs=1e-5)
    assert sorted(line[[0, -1], 1]) == [0, 8]


@pytest.mark.parametrize("values", [np.zeros((5, 5)), np.full((5, 5), 1e-15), np.ones((5, 5)), -np.eye(5)])
def test_what_changes_no_sign_has_no_line(values):
    assert zeros(values, 1e-12) == []


def test_an_edge_is_placed_more_sharply_than_the_lattice():
    asked = []

    def label(points):
        asked.append(len(points))
        return np.hypot(points[:, 0] - 10, points[:, 1] - 9) < 5.55

    inside = label(np.indices((20, 20)).reshape(2, -1).T.astype(float)).reshape(20, 20)
    (ring,) = edge(inside, label)
    assert np.array_equal(ring[0], ring[-1])
    assert np.hypot(ring[:, 0] - 10, ring[:, 1] - 9) == pytest.approx(np.full(len(ring), 5.55), abs=1.5 / 2 ** (HALVINGS + 1))
    assert len(asked) == 1 + HALVINGS and sum(asked[1:]) == HALVINGS * (len(ring) - 1)


def test_labels_that_are_alike_have_no_edge_and_nobody_is_asked():
    assert edge(np.ones((6, 6), bool), None) == []
