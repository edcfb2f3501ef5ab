"""Times: by hand, and the Kaplan–Meier curve against statsmodels."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from basin.analysis import mean, median, wilson
from basin.analysis.time import kaplan_meier, times
from basin.labels import Labels


def labels(pairs):
    code, time = zip(*pairs, strict=True)
    return Labels(np.array(code, np.int8)[:, None], np.array(time, float)[:, None])


def test_kaplan_meier_is_statsmodels():
    rng = np.random.default_rng(1)
    time, happened = rng.integers(1, 30, 200).astype(float), rng.random(200) < 0.6
    found, known = kaplan_meier(time, happened), SurvfuncRight(time, happened)
    np.testing.assert_array_equal(found.time, known.surv_times)
    np.testing.assert_allclose(found.share, known.surv_prob, atol=1e-14)
    np.testing.assert_array_equal(found.at_risk, known.n_risk)
    inner = (found.share > 0) & (found.share < 1)
    spread = known.surv_prob_se[inner] / (found.share[inner] * np.abs(np.log(found.share[inner])))  # of log(−log S)
    np.testing.assert_allclose(found.low[inner], found.share[inner] ** np.exp(1.959964 * spread), rtol=1e-6)
    np.testing.assert_allclose(found.high[inner], found.share[inner] ** np.exp(-1.959964 * spread), rtol=1e-6)


def test_without_censoring_it_is_the_share_that_is_left():
    time = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    curve = kaplan_meier(time, np.ones(5))
    share, low, high = curve.at([0, 1, 2.9, 3, 4.5, 5, 9])
    np.testing.assert_allclose(share, [1, 0.6, 0.6, 0.4, 0.2, 0, 0])
    assert (low <= share).all() and (share <= high).all() and (np.diff(high) <= 0).all()
    assert low[0] == wilson(5, 5)[0] and low[-1] == 0 and high[-1] == high[-3]
    assert curve.median.mean == 3


def test_curves_that_never_fall():
    curve = kaplan_meier([4.0, 4.0], [False, False])
    assert curve.at([0.0, 9.0])[0].tolist() == [1, 1] and curve.median == (np.inf, np.inf, np.inf)
    alone = kaplan_meier([4.0], [True])
    assert alone.at(5)[0] == 0 and alone.at(5)[2] == wilson(0, 1)[1]


def test_censored_runs_leave_without_an_event():
    curve = kaplan_meier([1, 2, 3], [True, False, True])
    np.testing.assert_allclose(curve.share, [2 / 3, 0])
    assert curve.at_risk.tolist() == [3, 1]


RUNS = [(1, 2.0), (1, 4.0), (1, 9.0), (0, 1.0), (-1, np.inf)]


def test_times_by_hand():
    told = times(labels(RUNS), 1, horizon=10, moments=11)
    assert told.conditional == mean([2, 4, 9]) and told.joint == mean([2, 4, 9, 0, 0])
    assert told.middle == median([2, 4, 9]) and told.middle.mean == 4
    assert told.overall.mean == 9  # the third of five
    np.testing.assert_allclose(told.by[0], np.array([0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 3]) / 5)
    low, high = wilson(3, 5)
    assert (told.by[1][-1], told.by[2][-1]) == (low, high)
    np.testing.assert_allclose(told.going.at([0, 1, 2, 4, 9, 10])[0], [1, 0.8, 0.6, 0.4, 0.2, 0.2])


def test_joint_means_are_shares_of_conditional_ones():
    told = times(labels(RUNS), 1)
    assert told.horizon == 9 and told.joint.mean == pytest.approx(told.conditional.mean * 3 / 5)


def test_nobody_gets_there():
    told = times(labels([(0, 1.0), (-1, np.inf)]), 1, horizon=5)
    assert np.isnan(told.conditional).all() and np.isnan(told.middle.mean) and told.overall.mean == np.inf
    assert (told.by[0] == 0).all() and told.joint.mean == 0


def test_half_of_all_never_get_there():
    assert times(labels([(1, 1.0), (0, 1.0), (0, 2.0)]), 1).overall.mean == np.inf
