"""Runs of which only groups are independent, such as the agents of populations: intervals say how groups vary."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from basin.analysis import average, fraction, summarise, wilson
from basin.analysis.intervals import clustered, mean
from basin.labels import ALIGNED, CAPTURED, OUTCOMES, UNDECIDED

REPEATS = 2000


def covered(draw, measure, truth, repeats=REPEATS):
    """How often the interval holds what is true."""
    rng = np.random.default_rng(7)
    found = [measure(values, groups=groups) for values, groups in (draw(rng) for _ in range(repeats))]
    assert all(one["low"] <= one.get("fraction", one.get("mean")) <= one["high"] for one in found)
    return np.mean([one["low"] <= truth <= one["high"] for one in found])


def beta_binomial(groups, each, a, b, last=None):
    """Runs of one group share their chance, and chances differ: the variance is far above a binomial's."""
    sizes = np.full(groups, each)
    sizes[-1] = last or each
    group = np.repeat(np.arange(groups), sizes)
    return lambda rng: (rng.random(len(group)) < rng.beta(a, b, groups)[group], group)


@pytest.mark.parametrize(
    ("groups", "each", "a", "b", "last"),
    [
        (20, 30, 2, 2, None),
        (20, 30, 0.5, 0.5, None),
        (10, 50, 2, 5, None),
        (40, 10, 1, 9, None),
        (20, 30, 2000, 2000, None),  # groups that do not differ
        (20, 60, 2, 2, 1),  # the last group is cut short
        (6, 60, 1, 1, 30),
    ],
)
def test_shares_hold_as_often_as_they_say(groups, each, a, b, last):
    assert 0.93 <= covered(beta_binomial(groups, each, a, b, last), fraction, a / (a + b)) <= 0.97


def test_what_takes_runs_for_independent_does_not_hold():
    """The coverage above is of something: Wilson's interval of the same runs holds far too seldom."""

    def ungrouped(seen, groups):
        return fraction(seen)

    assert covered(beta_binomial(20, 30, 2, 2), ungrouped, 0.5) < 0.7


@pytest.mark.parametrize("last", [30, 1])
def test_means_hold_as_often_as_they_say(last):
    group = np.repeat(np.arange(20), [*(30,) * 19, last])

    def draw(rng):
        return 10 + rng.normal(size=20)[group] + rng.normal(size=len(group)), group

    assert 0.93 <= covered(draw, average, 10.0) <= 0.97


def test_means_where_the_size_of_a_group_goes_with_its_numbers():
    """Times of runs that have ended: groups in which many end may end early. The mean is that of all runs, not of groups."""

    def draw(rng):
        shift = rng.normal(size=30)
        group = np.repeat(np.arange(30), 1 + rng.poisson(20 * np.exp(0.3 * shift)))
        return 10 - shift[group] + rng.normal(size=len(group)), group

    expected = 20 * np.exp(0.3**2 / 2)
    assert 0.92 <= covered(draw, average, 10 - 0.3 * expected / (1 + expected)) <= 0.97


def test_equal_groups_are_the_means_of_the_groups():
    rng = np.random.default_rng(3)
    seen = rng.random((12, 25)) < rng.beta(1, 1, (12, 1))
    found = fraction(seen.ravel(), groups=np.repeat(np.arange(12), 25))
    assert (found["low"], found["high"]) == pytest.approx(tuple(float(end) for end in clustered(seen)), rel=1e-9)
    numbers = rng.normal(size=(12, 25))
    found = average(numbers.ravel(), groups=np.repeat(np.arange(12), 25))
    assert found == pytest.approx(mean(numbers.mean(axis=1))._asdict(), rel=1e-9)


def test_a_group_that_is_cut_short_counts_for_little():
    rng = np.random.default_rng(8)
    seen = (rng.random((20, 60)) < rng.uniform(0.4, 0.6, (20, 1))).ravel()
    group = np.repeat(np.arange(20), 60)
    whole = fraction(seen, groups=group)
    for last in (False, True):
        found = fraction(np.append(seen, last), groups=np.append(group, 20))
        assert found["high"] - found["low"] == pytest.approx(whole["high"] - whole["low"], rel=0.1)
    # but of two groups, one of them a single run, little is known
    few = fraction(np.append(seen[:60], True), groups=np.append(group[:60], 1))
    assert few["high"] - few["low"] > 0.5


def test_groups_of_one_are_runs_but_for_students_t():
    rng = np.random.default_rng(4)
    for n in (8, 40, 400):
        seen, alone = rng.random(n) < 0.3, np.arange(n)
        found, plain = fraction(seen, groups=alone), fraction(seen)
        assert (found["count"], found["fraction"]) == (plain["count"], plain["fraction"])
        # the variance of n independent runs is estimated with n − 1 below it, so that they are worth n − 1
        z2 = stats.t.ppf(0.975, n - 1) ** 2
        share, worth = seen.mean(), n - 1
        centre = (share * worth + z2 / 2) / (worth + z2)
        half = np.sqrt(z2 * (share * (1 - share) * worth + z2 / 4)) / (worth + z2)
        assert (found["low"], found["high"]) == pytest.approx((centre - half, centre + half), rel=1e-9)
        assert found["low"] < plain["low"] and found["high"] > plain["high"]
        numbers = rng.normal(size=n)
        assert average(numbers, groups=alone) == pytest.approx(average(numbers), rel=1e-9)
    assert found["high"] == pytest.approx(plain["high"], abs=5e-4)


def test_the_order_of_runs_does_not_matter():
    rng = np.random.default_rng(5)
    seen, group, order = rng.random(100) < 0.4, np.repeat(np.arange(5), 20), rng.permutation(100)
    assert fraction(seen[order], groups=group[order]) == pytest.approx(fraction(seen, groups=group), rel=1e-12)


def test_one_group_says_nothing_of_how_groups_vary():
    one = np.zeros(40, np.int64)
    assert fraction(np.arange(40) < 10, groups=one) == {"count": 10, "fraction": 0.25, "low": 0.0, "high": 1.0}
    found = average(np.arange(40.0), groups=one)
    assert found["mean"] == 19.5 and np.isnan(found["low"]) and np.isnan(found["high"])
    assert np.isnan(average(np.zeros(0), groups=np.zeros(0, np.int64))["mean"])


@pytest.mark.parametrize("all_of_them", [False, True])
def test_where_every_run_ends_alike_groups_count_as_trials(all_of_them):
    found = fraction(np.full(120, all_of_them), groups=np.repeat(np.arange(4), 30))
    assert (found["low"], found["high"]) == pytest.approx(tuple(float(end) for end in wilson(4 * all_of_them, 4)))


def test_a_summary_is_grouped_throughout():
    rng, runs = np.random.default_rng(6), 90
    group = np.repeat(np.arange(3), 30)
    label = np.where(rng.random(runs) < np.array([0.1, 0.5, 0.9])[group], ALIGNED, CAPTURED)
    label[::10] = UNDECIDED
    columns = {name: rng.random(runs) for name in ("knows", "cares", "behaves", "harm", "welfare", "asked", "episodes")}
    columns |= {"label": label.astype(float), "closed": np.ones(runs), "motive": np.zeros(runs)}
    columns |= {"time": np.where(label == UNDECIDED, np.inf, 10.0 + group)}
    plain, found = (summarise(columns, ("care", "greed"), behaves=0.05, cares=0.05, groups=groups) for groups in (None, group))
    for name in OUTCOMES:
        assert found["outcomes"][name]["count"] == plain["outcomes"][name]["count"]
    aligned, alone = (part["outcomes"]["aligned"] for part in (found, plain))
    assert aligned["high"] - aligned["low"] > 3 * (alone["high"] - alone["low"])
    captured = found["outcomes"]["captured"]["by_motive"]["greed"]
    assert captured["high"] - captured["low"] > 0.2
    ended = label != UNDECIDED
    assert found["time"] == average(columns["time"][ended], groups=group[ended])
    assert found["time"]["low"] < found["time"]["mean"] < found["time"]["high"]


def test_groups_none_of_whose_runs_ended_are_left_out():
    group = np.repeat([0, 2, 3], 5)  # nobody in group 1
    values = np.arange(15.0)
    assert average(values, groups=group) == average(values, groups=np.repeat(np.arange(3), 5))
