"""Where people end who revise by those they trust: what bounded confidence is known to do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.values import distances, limits

RNG = np.random.default_rng(1)


def test_those_who_all_hear_each_other_agree_on_their_mean_at_once():
    people = RNG.standard_normal((20, 3))
    found = limits(people, 100.0)
    assert found.rounds == 1 and found.people.tolist() == [20] and set(found.reached) == {0}
    assert found.values[0] == pytest.approx(people.mean(axis=0), abs=1e-14)


def test_groups_out_of_reach_end_at_their_own_means():
    centres = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    groups = [centre + 0.3 * RNG.standard_normal((size, 2)) for centre, size in zip(centres, (4, 7, 5), strict=True)]
    found = limits(np.concatenate(groups), 4.0)
    assert found.people.tolist() == [7, 5, 4]
    assert found.values == pytest.approx(np.array([groups[k].mean(axis=0) for k in (1, 2, 0)]))
    assert found.reached.tolist() == 4 * [2] + 7 * [0] + 5 * [1]


def test_nobody_moves_who_trusts_nobody_and_the_nearest_to_the_mean_comes_first():
    people = np.array([[0.0], [1.0], [2.0], [7.0]])
    found = limits(people, 0.0)
    assert found.rounds == 0 and found.people.tolist() == [1, 1, 1, 1]
    assert found.values[:, 0].tolist() == [2.0, 1.0, 0.0, 7.0]


def test_a_line_of_three_worked_by_hand():
    """0, 1, 1.5 within 1: 0 hears 1, 1 hears both, 1.5 hears 1; then all hear each other."""
    found = limits([[0.0], [1.0], [1.5]], 1.0)
    after_one = np.array([0.5, 2.5 / 3, 1.25])
    assert found.values[0, 0] == pytest.approx(after_one.mean()) and found.rounds == 2


def test_a_dense_crowd_falls_apart_into_groups_about_two_bounds_apart():
    """From the edges of an even spread inward, limits are about 2.2 bounds apart (Blondel, Hendrickx & Tsitsiklis 2009)."""
    found = limits(np.linspace(0, 15, 1001)[:, None], 1.0)
    gaps = np.diff(np.sort(found.values[:, 0]))
    assert gaps[:2] == pytest.approx([2.2, 2.2], abs=0.1) and gaps[-2:] == pytest.approx([2.2, 2.2], abs=0.1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.integers(1, 4), st.floats(0, 3), st.integers(0, 2**32 - 1))
def test_what_holds_for_any_people(count, d, bound, seed):
    people = np.random.default_rng(seed).standard_normal((count, d))
    found = limits(people, bound)
    assert found.people.sum() == count and (np.diff(found.people) <= 0).all()
    assert np.array_equal(np.bincount(found.reached), found.people)
    apart = distances(found.values)[~np.eye(len(found.values), dtype=bool)]
    assert (apart > bound).all()  # limits within the bound would hear each other
    lowest, highest = people.min(axis=0), people.max(axis=0)
    assert (found.values >= lowest - 1e-12).all() and (found.values <= highest + 1e-12).all()
    moved = limits(people + 5.0, bound)
    assert np.array_equal(moved.people, found.people) and moved.values == pytest.approx(found.values + 5.0)


@pytest.mark.parametrize(
    ("people", "bound", "message"),
    [
        ([1.0, 2.0], 1.0, r"people \(2,\): must be a table"),
        ([[np.nan]], 1.0, "must be a table of finite numbers"),
        (np.empty((0, 2)), 1.0, "one row per person"),
        ([[1.0]], -1.0, r"trust_bound = -1\.0: must be at least 0"),
        ([[1.0]], np.nan, "trust_bound = nan"),
    ],
)
def test_bad_input_gets_one_line(people, bound, message):
    with pytest.raises(ValueError, match=message):
        limits(people, bound)
