"""Adaptive multilevel splitting: unbiased, with intervals that cover, on walks whose luck is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from basin.analysis import splitting
from basin.analysis.splitting import SplittingError, directly, split

UP = 0.3
START = np.array([1.0])


def step(state, chance):
    return state + np.where(chance.random(state.shape) < UP, 1.0, -1.0)


def luck(goal, start=1):
    odds = (1 - UP) / UP
    return (odds**start - 1) / (odds**goal - 1)


def walk(goal, **how):
    return split(
        step, lambda state: state[:, 0], START, lambda state: state[:, 0] <= 0, lambda state: state[:, 0] >= goal,
        best=float(goal), **how,
    )  # fmt: skip


@pytest.mark.parametrize(("goal", "clones", "repeats"), [(3, 3, 4000), (6, 10, 2000), (12, 100, 200)])
def test_unbiased_however_few_clones(goal, clones, repeats):
    found = walk(goal, clones=clones, repeats=repeats)
    error = found.repeats.std(ddof=1) / math.sqrt(repeats)
    assert abs(found.repeats.mean() - luck(goal)) < 3.5 * error
    assert found.probability.low < luck(goal) < found.probability.high


def test_a_copy_at_its_level_would_be_biased(monkeypatch):
    """The test above would notice copies that begin at the level instead of above it."""

    def copy(self, heirs, parents, edge, right=splitting._Paths.copy):
        right(self, heirs, parents, edge - 1)

    monkeypatch.setattr(splitting._Paths, "copy", copy)
    with pytest.raises(AssertionError):
        test_unbiased_however_few_clones(6, 10, 2000)


def test_the_chance_to_come_so_far():
    found = walk(8, repeats=400, clones=50)
    mean, error = found.reached.mean(axis=0), found.reached.std(axis=0, ddof=1) / 20
    for at in range(5, len(found.level), 9):
        assert abs(mean[at] - luck(math.floor(found.level[at]) + 1)) < 4 * error[at]
    assert (np.diff(mean) <= 1e-12).all()


def test_a_score_that_misleads_costs_precision_only():
    def away(state):
        return np.sin(state[:, 0])

    found = split(step, away, START, lambda state: state[:, 0] <= 0, lambda state: state[:, 0] >= 5, clones=50, repeats=400)
    assert abs(found.repeats.mean() - luck(5)) < 3.5 * found.repeats.std(ddof=1) / 20


def test_brute_force_agrees():
    arrived, steps = directly(
        step, START, lambda state: state[:, 0] <= 0, lambda state: state[:, 0] >= 5, runs=100_000, seed=2
    )
    assert arrived / 1e5 == pytest.approx(luck(5), abs=4 * math.sqrt(luck(5) / 1e5)) and steps > 1e5


def test_the_same_by_seed():
    first, again, other = (walk(6, repeats=5, clones=20, seed=seed).repeats for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_what_never_happens_has_no_lower_end():
    found = split(
        lambda state, chance: state - 1.0, lambda state: state[:, 0], np.array([3.0]), lambda state: state[:, 0] <= 0,
        lambda state: state[:, 0] >= 5, clones=10, repeats=3,
    )  # fmt: skip
    assert tuple(found.probability) == (0.0, 0.0, 1.0)


def test_what_always_happens_is_certain():
    found = split(
        lambda state, chance: state + 1.0, lambda state: state[:, 0], np.array([3.0]), lambda state: state[:, 0] <= 0,
        lambda state: state[:, 0] >= 5, clones=10, repeats=3,
    )  # fmt: skip
    assert tuple(found.probability) == (1.0, 1.0, 1.0) and found.rounds == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clones": 1}, "clones = 1: must be a whole number from 2"),
        ({"repeats": True}, "repeats = True: must be a whole number from 2"),
        ({"clones": 10_000, "repeats": 10_000}, "clones = 10000: 10000 repeats of them are more than"),
        ({"most_steps": 2}, "a path is still on its way after 2 steps"),
    ],
)
def test_bad_requests(changes, message):
    with pytest.raises(SplittingError) as error:
        walk(8, **changes)
    assert str(error.value).startswith(message)


def test_a_start_that_has_arrived():
    with pytest.raises(SplittingError, match="start = 1: lies in the goal already"):
        walk(1)


def test_a_chance_that_no_repetition_had_is_not_nought():
    assert splitting.likely(np.zeros(40)) == (0, 0, 1) and splitting.likely(np.ones(40)) == (1, 1, 1)


@pytest.mark.slow
def test_intervals_cover():
    """95% intervals of 40 repetitions cover between 93% and 97% of the time, over 2,000 of them."""
    covered = []
    for seed in range(20):
        estimates = walk(9, clones=100, repeats=4000, seed=seed).repeats.reshape(100, 40)
        told = [splitting.likely(some) for some in estimates]
        covered += [one.low <= luck(9) <= one.high for one in told]
    assert len(covered) == 2000 and 0.93 <= np.mean(covered) <= 0.97
