"""Intervals against SciPy, exact coverage, and the ends of the range."""

import numpy as np
import pytest
from scipy import stats

from basin.analysis import mean, wilson

COUNTS = [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (1, 200), (50, 200), (199, 200), (12_345, 1_000_000)]


@pytest.mark.parametrize(("count", "total"), COUNTS)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson_is_scipys(count, total, confidence):
    known = stats.binomtest(count, total).proportion_ci(confidence, method="wilson")
    low, high = wilson(count, total, confidence)
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-14)


def test_wilson_works_on_whole_maps():
    counts = np.arange(12).reshape(3, 4)
    low, high = wilson(counts, 11)
    assert low.shape == high.shape == (3, 4)
    for at in np.ndindex(3, 4):
        known = stats.binomtest(int(counts[at]), 11).proportion_ci(method="wilson")
        assert (low[at], high[at]) == pytest.approx((known.low, known.high), abs=1e-14)


def test_wilson_knows_nothing_without_runs_and_its_ends_are_exact():
    assert wilson(0, 0) == (0.0, 1.0)
    low, _ = wilson(np.zeros(1000), np.arange(1, 1001))
    _, high = wilson(np.arange(1, 1001), np.arange(1, 1001))
    assert (low == 0).all() and (high == 1).all()


@pytest.mark.parametrize(("share", "total"), [(0.5, 100), (0.3, 400), (0.05, 1000), (0.9, 64 * 64)])
def test_wilson_covers_the_truth_95_times_in_100(share, total):
    counts = np.arange(total + 1)
    low, high = wilson(counts, total)
    covered = stats.binom.pmf(counts, total, share)[(low <= share) & (share <= high)].sum()
    assert 0.93 <= covered <= 0.97


def test_mean_is_students_interval():
    values = np.random.default_rng(1).normal(3, 2, 17)
    known = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean(values) == pytest.approx((values.mean(), known.low, known.high), abs=1e-12)


@pytest.mark.parametrize(("draw", "truth", "total"), [("normal", 0.0, 5), ("exponential", 1.0, 400)])
def test_mean_covers_the_truth_95_times_in_100(draw, truth, total):
    samples = getattr(np.random.default_rng(7), draw)(size=(2000, total))
    intervals = np.array([mean(row) for row in samples])
    covered = np.mean((intervals[:, 1] <= truth) & (truth <= intervals[:, 2]))
    assert 0.93 <= covered <= 0.97


def test_one_number_has_a_mean_and_no_interval():
    middle, low, high = mean([2.5])
    assert middle == 2.5
    assert np.isnan(low) and np.isnan(high)
