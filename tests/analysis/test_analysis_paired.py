"""Paired differences and mixtures: what they are, and that their intervals cover as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from basin.analysis import wilson
from basin.analysis.paired import mixture, paired

REPEATS = 2000


def test_only_pairs_that_differ_count():
    before = np.array([1, 1, 0, 0, 0, 1, 0, 0], bool)
    after = np.array([1, 0, 1, 1, 0, 1, 0, 1], bool)
    found = paired(before, after)
    assert found.mean == 2 / 8 and found.low < 0.25 < found.high
    assert paired(after, before) == (-found.mean, -found.high, -found.low)


def test_no_difference_is_not_certain():
    found = paired(np.zeros(100, bool), np.zeros(100, bool))
    assert found.mean == 0 and found.low == -found.high and 0.01 < found.high < 0.03


def test_ends_stay_within_what_differences_can_be():
    found = paired(np.zeros(3, bool), np.ones(3, bool))
    assert found.mean == 1 and -1 <= found.low < found.high == 1


def test_pairing_says_more_than_independent_runs():
    rng = np.random.default_rng(0)
    before = rng.random(1000) < 0.5
    after = before | (rng.random(1000) < 0.04)
    found = paired(before, after)
    assert found.low > 0 and found.high - found.low < 0.035  # two independent shares would need 0.088


@pytest.mark.parametrize(("gain", "loss", "runs"), [(0.2, 0.05, 200), (0.1, 0.1, 100), (0.5, 0.02, 60), (0.03, 0.0, 1000)])
def test_the_interval_of_a_paired_difference_covers(gain, loss, runs):
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(REPEATS):
        kind = rng.random(runs)
        found = paired((kind >= gain) & (kind < gain + loss), kind < gain)
        hits += found.low <= gain - loss <= found.high
    assert 0.93 <= hits / REPEATS <= 0.97


def test_a_mixture_of_one_kind_is_wilsons():
    found = mixture([30, 5], [100, 10], [1, 0])
    assert found.mean == 0.3
    np.testing.assert_allclose(found[1:], wilson(30, 100))


def test_a_mixture_weighs_its_kinds():
    found = mixture([100, 0], [100, 50], [0.25, 0.75])
    assert found.mean == 0.25 and 0.23 < found.low < 0.25 < found.high < 0.31


@pytest.mark.parametrize(
    ("shares", "weights", "runs"),
    [((0.9, 0.2), (0.3, 0.7), 100), ((0.5, 0.5), (0.5, 0.5), 60), ((0.95, 0.07), (0.55, 0.45), 400)],
)
def test_the_interval_of_a_mixture_covers(shares, weights, runs):
    counts = np.random.default_rng(3).binomial(runs, shares, (REPEATS, 2))
    truth = float(np.dot(shares, weights))
    ends = [mixture(row, [runs, runs], weights) for row in counts]
    hits = sum(found.low <= truth <= found.high for found in ends)
    assert 0.93 <= hits / REPEATS <= 0.97
