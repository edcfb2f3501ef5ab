"""Exact intervals, effective sizes, clusters, medians, sequences and missing mass: against SciPy and by hand."""

import numpy as np
import pytest
from scipy import stats

from basin.analysis import anytime, clustered, effective, exact, mean, median, missing_mass, shared, wilson
from basin.analysis.intervals import mean_difference, mean_share


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (0, 40), (3, 40), (40, 40), (999, 1000)])
def test_exact_is_scipys(count, total):
    known = stats.binomtest(count, total).proportion_ci(method="exact")
    assert exact(count, total) == pytest.approx((known.low, known.high), abs=1e-12)


def test_independent_trials_are_worth_what_they_are():
    share = 0.3
    np.testing.assert_allclose(effective(share, share * (1 - share) / 200, 7), wilson(60, 200), atol=1e-12)


def test_where_the_variance_says_nothing_the_trials_do():
    for share, variance in ((0.0, 0.0), (1.0, 0.0), (0.0, 0.1)):
        np.testing.assert_allclose(effective(share, variance, 50), wilson(50 * share, 50))


def test_few_degrees_of_freedom_widen():
    narrow, wide = effective(0.3, 1e-3, 100), effective(0.3, 1e-3, 100, freedom=3)
    assert wide[0] < narrow[0] < 0.3 < narrow[1] < wide[1]


def test_runs_of_one_start_that_agree_are_worth_one():
    each = np.arange(60) % 3 == 0
    np.testing.assert_allclose(clustered(np.repeat(each[:, None], 50, axis=1)), clustered(each[:, None]), atol=1e-12)
    assert clustered(np.ones((1, 9))) == (0.0, 1.0)


def test_numbers_in_a_range_are_shares_of_it():
    limits = 1 + (np.arange(200) < 6)  # 6 of 200 have two, of at most 12: as sure as Wilson's interval of 6 in 200
    np.testing.assert_allclose(mean_share(limits, least=1, most=12)[1:], np.add(1, wilson(6, 200)), atol=2e-3)
    alike = mean_share(np.ones(200), least=1, most=12)
    assert alike == pytest.approx((1.0, 1.0, 1 + 11 * float(wilson(0, 200)[1])))


def test_differences_that_are_all_alike_are_not_certain():
    rest, alone = (float(wilson(0, total)[1]) for total in (20, 1))
    assert mean_difference(np.zeros(20)) == pytest.approx((0, -rest, rest))
    assert mean_difference(np.ones(20)) == pytest.approx((1, 1 - 2 * rest, 1))
    assert mean_difference([0.5]) == pytest.approx((0.5, 0.5 - 1.5 * alone, 0.5 + 0.5 * alone))


def test_other_differences_have_students_interval_as_far_as_it_goes():
    values = np.array([0.2, 0.1, -0.1, 0.3])
    assert mean_difference(values) == mean(values)
    assert mean_difference([1.0, 1.0, 0.0]).high == 1


def test_shared_confidence_is_bonferronis():
    assert shared(0.95, 5) == pytest.approx(0.99) and shared(0.95, 1) == pytest.approx(0.95)


def test_median_and_its_order_statistics():
    values = np.arange(1, 11.0)[::-1]  # binomial: P(at most 1 of 10 below) = .0107
    assert median(values) == (5.5, 2.0, 9.0)
    assert median([3.0]) == (3.0, -np.inf, np.inf)
    assert np.isnan(median([])).all()


def test_medians_of_times_that_never_come():
    assert median([1.0, 2.0, 3.0, np.inf, np.inf]).mean == 3.0
    assert median([1.0, 2.0, np.inf, np.inf]).mean == 2.0
    assert median([1.0, np.inf, np.inf]).mean == np.inf


def test_a_sequence_is_where_the_bet_has_not_paid():
    """The ends solve M = 20, M the mixture of likelihood ratios by numerical integration."""
    total, count = 7, 30
    for p in (float(end) for end in anytime(total, count)):
        mixed = stats.beta(0.5, 0.5).expect(lambda q: q**total * (1 - q) ** (count - total))
        assert mixed / (p**total * (1 - p) ** (count - total)) == pytest.approx(20, rel=1e-4)


def test_a_sequence_before_anything_was_seen_and_at_its_ends():
    assert anytime(0, 0) == (0.0, 1.0)
    assert anytime(0, 50)[0] == 0.0 and anytime(50, 50)[1] == 1.0
    low, high = anytime(np.array([3, 30]), np.array([10, 100]))
    assert (low < [0.3, 0.3]).all() and (high > [0.3, 0.3]).all() and high[1] - low[1] < high[0] - low[0]


def test_a_sequence_is_wider_than_wilsons():
    for total, count in ((3, 10), (500, 1000), (2, 10_000)):
        (low, high), (least, most) = anytime(total, count), wilson(total, count)
        assert low <= least and most <= high


def test_missing_mass_by_hand():
    estimate, low, high = missing_mass([5, 1, 1, 0, 3])
    assert (estimate, low) == (0.2, 0.0)
    assert high == 1.0  # ten draws say little
    assert missing_mass([500, 1, 499]).high == pytest.approx(0.001 + (1 + np.sqrt(2)) * np.sqrt(np.log(40) / 1000))


def test_missing_mass_of_named_outcomes():
    assert missing_mass([500, 0, 500], possible=3).high == pytest.approx((3 * np.log(2) + np.log(40)) / 1000)
    assert missing_mass([1, 1], possible=2) == (0.0, 0.0, 0.0)
    assert missing_mass([0, 0]) == (1.0, 0.0, 1.0)
