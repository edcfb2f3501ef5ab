"""Paired differences and mixtures: what they are, and that their intervals cover as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from basin.analysis import wilson
from basin.analysis.paired import mixture, paired, paired_bits

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


def test_bits_are_of_the_ratio():
    before, after = np.arange(100) < 60, np.arange(100) < 15
    found = paired_bits(before, after)
    assert found.mean == pytest.approx(2) and found.low < 2 < found.high
    back = paired_bits(after, before)
    np.testing.assert_allclose(back, (-found.mean, -found.high, -found.low))


def test_a_basin_that_is_gone_has_lost_at_least_so_many_bits():
    found = paired_bits(np.arange(1000) < 500, np.zeros(1000, bool))
    assert found.mean == np.inf == found.high and 5 < found.low < np.log2(500)
    assert np.isnan(paired_bits(np.zeros(5, bool), np.zeros(5, bool)).mean)


@pytest.mark.parametrize(
    ("first", "second", "both", "runs"),
    [(0.5, 0.4, 0.3, 200), (0.8, 0.78, 0.75, 200), (0.3, 0.05, 0.04, 200), (0.6, 0.02, 0.02, 1000), (0.9, 0.9, 0.85, 1000)],
)
def test_the_interval_of_bits_covers(first, second, both, runs):
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(REPEATS):
        kind = rng.choice(4, size=runs, p=[both, first - both, second - both, 1 - first - second + both])
        found = paired_bits(kind <= 1, (kind == 0) | (kind == 2))
        hits += found.low <= np.log2(first / second) <= found.high
    assert 0.93 <= hits / REPEATS <= 0.97
