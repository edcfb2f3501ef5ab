"""Stated confidence is real: 95% intervals cover the truth in 93% to 97% of 2,000 repeats, cautious ones at least 93%."""

import numpy as np
import pytest

from basin.analysis import Axis, anytime, clustered, mean, median, missing_mass, shared, wilson
from basin.analysis.intervals import exact
from basin.analysis.sampling import Window
from basin.analysis.stability import at_random, evenly, until
from basin.analysis.time import kaplan_meier, times
from basin.labels import Labels

REPEATS = 2000
SQUARE = Window((Axis("x", -1, 1), Axis("y", -1, 1)))
CODES = {"out": 0, "in": 1, "unresolved": -1}


def disc(radius):
    """Ends "in" within a radius of the middle; the share is π r²/4."""

    def mapper(points, seed):
        inside = np.hypot(points[:, 0], points[:, 1]) < radius
        return Labels(inside.astype(np.int8)[:, None], np.zeros((len(points), 1)))

    return mapper


def covered(low, high, truth):
    return float(np.mean((np.asarray(low) <= truth) & (truth <= np.asarray(high))))


@pytest.mark.parametrize(("shape", "starts", "runs"), [((2, 2), 200, 5), ((0.5, 0.5), 400, 3), ((5, 45), 500, 8)])
def test_clustered_runs(shape, starts, runs):
    """Every start has its own chance: runs from it are alike. Taking them for independent would cover far less."""
    rng = np.random.default_rng(1)
    truth = shape[0] / sum(shape)
    values = rng.binomial(1, rng.beta(*shape, (REPEATS, starts, 1)), (REPEATS, starts, runs))
    ends = np.array([clustered(one) for one in values])
    assert 0.93 <= covered(*ends.T, truth) <= 0.97
    naive = covered(*wilson(values.sum((1, 2)), starts * runs), truth)
    assert naive < covered(*ends.T, truth)


@pytest.mark.parametrize("shares", [(0.7, 0.2, 0.06, 0.04), (0.4, 0.3, 0.3), (0.98, 0.01, 0.005, 0.005)])
def test_intervals_of_several_outcomes_hold_at_once(shares):
    counts = np.random.default_rng(2).multinomial(1000, shares, REPEATS)
    low, high = wilson(counts, 1000, shared(0.95, len(shares)))
    together = ((low <= shares) & (shares <= high)).all(axis=1).mean()
    low, high = wilson(counts, 1000)
    each = ((low <= shares) & (shares <= high)).all(axis=1).mean()
    assert together >= 0.93 > each


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5])
def test_exact_intervals_hold_at_least_as_often_as_stated(share):
    low, high = exact(np.random.default_rng(3).binomial(300, share, REPEATS), 300)
    assert covered(low, high, share) >= 0.95


@pytest.mark.parametrize("share", [pytest.param(0.02, marks=pytest.mark.slow), 0.3, pytest.param(0.5, marks=pytest.mark.slow)])
def test_all_intervals_of_a_sequence_hold_at_once_while_wilsons_do_not(share):
    counts = np.cumsum(np.random.default_rng(4).random((REPEATS, 1000)) < share, axis=1)
    looks = np.arange(1, 1001, 3)
    for rule, least, most in ((anytime, 0.95, 1.0), (wilson, 0.0, 0.8)):
        low, high = rule(counts[:, looks - 1], looks)
        always = ((low <= share) & (share <= high)).all(axis=1).mean()
        assert least <= always <= most


def test_a_sequence_holds_for_any_numbers_between_0_and_1():
    values = np.random.default_rng(5).beta(0.4, 1.2, (REPEATS, 600))
    looks = np.arange(1, 601, 3)
    low, high = anytime(np.cumsum(values, axis=1)[:, looks - 1], looks)
    assert ((low <= 0.25) & (0.25 <= high)).all(axis=1).mean() >= 0.95


@pytest.mark.parametrize(("draw", "truth"), [("exponential", np.log(2)), ("standard_cauchy", 0.0)])
def test_median(draw, truth):
    for total in (9, 80):
        values = getattr(np.random.default_rng(6), draw)(size=(REPEATS, total))
        ends = np.array([median(one) for one in values])
        assert 0.93 <= covered(ends[:, 1], ends[:, 2], truth) <= 0.985


def test_kaplan_meier_bands():
    """Exponential times, censored at exponential times, at three moments."""
    rng = np.random.default_rng(7)
    happens, ends = rng.exponential(1.0, (REPEATS, 150)), rng.exponential(2.0, (REPEATS, 150))
    at = np.array([0.2, 0.7, 1.5])
    bands = np.array([kaplan_meier(np.minimum(h, e), h <= e).at(at) for h, e in zip(happens, ends, strict=True)])
    for moment, (low, high) in enumerate(bands[:, 1:].transpose(2, 1, 0)):
        assert 0.93 <= covered(low, high, np.exp(-at[moment])) <= 0.97


def test_means_and_shares_of_times():
    """Target times are exponential, 60% get there, and runs are followed to 3."""
    rng = np.random.default_rng(8)
    conditional, joint, by = [], [], []
    for _ in range(REPEATS):
        time = rng.exponential(1.0, 300)
        label = np.where(time > 3, -1, np.where(rng.random(300) < 0.6, 1, 3)).astype(np.int8)
        told = times(Labels(label[:, None], np.where(label < 0, np.inf, time)[:, None]), 1, horizon=3.0, moments=4)
        conditional.append(told.conditional)
        joint.append(told.joint)
        by.append([part[1] for part in told.by])
    inside = 1 - np.exp(-3)
    within = (1 - 4 * np.exp(-3)) / inside  # mean of a time that is at most 3
    for found, truth in ((conditional, within), (joint, 0.6 * within * inside), (by, 0.6 * (1 - np.exp(-1)))):
        assert 0.93 <= covered(*np.array(found).T[1:], truth) <= 0.97


def test_missing_mass_is_bounded():
    rng = np.random.default_rng(9)
    shares = rng.dirichlet(np.full(40, 0.3))
    counts = rng.multinomial(200, shares, REPEATS)
    unseen = ((counts == 0) * shares).sum(axis=1)
    for possible in (None, 40):
        assert np.mean([missing_mass(one, possible).high for one in counts] >= unseen) >= 0.95


def test_random_starts():
    truth = np.pi * 0.4**2 / 4
    found = [at_random(disc(0.4), SQUARE, CODES, "in", samples=400, seed=seed).outcomes["in"] for seed in range(REPEATS)]
    assert 0.93 <= covered(*np.array(found).T[1:], truth) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(("radius", "samples"), [(0.8, 1024), (0.25, 1024), (0.05, 4096)])
def test_even_starts(radius, samples):
    truth = np.pi * radius**2 / 4
    found = [evenly(disc(radius), SQUARE, CODES, "in", samples=samples, seed=seed).outcomes["in"] for seed in range(REPEATS)]
    assert 0.93 <= covered(*np.array(found).T[1:], truth) <= 0.975


@pytest.mark.slow
@pytest.mark.parametrize("radius", [0.2, 0.8])
def test_stopping_at_a_half_width(radius):
    truth = np.pi * radius**2 / 4
    found = [until(disc(radius), SQUARE, CODES, "in", half_width=0.08, seed=seed) for seed in range(REPEATS)]
    assert all(one.reached and one.half_width <= 0.08 for one in found)
    assert covered(*np.array([one.outcomes["in"] for one in found]).T[1:], truth) >= 0.95


def test_means_of_few_numbers():
    samples = np.random.default_rng(11).uniform(size=(REPEATS, 12))
    ends = np.array([mean(one) for one in samples])
    assert 0.93 <= covered(ends[:, 1], ends[:, 2], 0.5) <= 0.97
