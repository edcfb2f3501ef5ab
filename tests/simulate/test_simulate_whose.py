"""Whose values count: the people there are, how the target is made of them, and what of it reaches the agent."""

from __future__ import annotations

import numpy as np
import pytest

from basin.scenario import Scenario
from basin.simulate import SimulationError, mapper, simulate
from basin.simulate.beliefs import OpenBlock
from basin.simulate.tables import tabulate
from basin.values import limits

PLAIN = Scenario().with_({"outcome.horizon": 40, "outcome.dwell": 5, "humans.bias": 0.2, "values.features": 5})
MEAN = PLAIN.with_({"values.target": "mean", "values.people": 9, "humans.spread": 0.4})
EVOLVED = PLAIN.with_({"values.target": "evolved", "values.people": 9, "values.evolved.culture_drift": 0.1})
APART = {"values.target": "extrapolated", "values.people": 9, "values.extrapolated.personal": 0.4 * np.sqrt(5)}


def opened(s: Scenario, runs: int = 64) -> OpenBlock:
    (tables,) = tabulate(s)
    numbers = np.arange(runs)
    return OpenBlock(tables.without_exits(), np.zeros_like(numbers), numbers, 4)


def differences(held: OpenBlock, count: int) -> np.ndarray:
    """(runs, H, d) θ_h − θ"""
    d = held.tables.rules.features
    return held.block.people[: count * d].reshape(count, d, -1).transpose(2, 0, 1)


def same(a: Scenario, b: Scenario, **options) -> bool:
    ours, theirs = (simulate(s, 100, 3, **options).columns for s in (a, b))
    return all(np.array_equal(ours[name], theirs[name]) for name in ours)


# ---- Targets that come to the same ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"values.target": "mean", "values.people": 30},
        {"values.target": "mean", "humans.spread": 0.4},  # one person, who differs from no one
        {"values.target": "evolved", "values.evolved.culture": 0.0, "values.people": 30, "values.evolved.personal": 0.0},
        {"values.target": "extrapolated"},
        {"values.target": "given", "values.people": 30},
    ],
)
@pytest.mark.parametrize("expected", [False, True])
def test_people_who_do_not_differ_are_one(changes, expected):
    if not (expected and changes["values.target"] == "extrapolated"):
        assert same(PLAIN.with_(changes), PLAIN, expected=expected)


def test_people_who_all_hear_each_other_end_at_their_mean():
    mean = opened(MEAN.with_({"humans.noise": 0.3})).block.theta
    assert opened(PLAIN.with_(APART | {"values.extrapolated.trust_bound": 100.0})).block.theta == pytest.approx(
        mean, abs=1e-14
    )


# ---- The people ----------------------------------------------------------------------------------------------------


def test_the_mean_of_the_people_is_the_target_and_they_spread_as_asked():
    away = differences(opened(MEAN), 9)
    assert away.sum(axis=1) == pytest.approx(0, abs=1e-13)
    assert away.var() == pytest.approx(0.4**2, rel=3.5 * np.sqrt(2 / away.size) * 1.1)


def test_personal_is_a_length():
    away = differences(opened(EVOLVED.with_({"values.evolved.personal": 0.7, "values.people": 50})), 50)
    assert np.sqrt((away**2).sum(axis=2).mean()) == pytest.approx(0.7, rel=0.02)


def test_more_people_do_not_change_the_target_of_given_seeds():
    few, many = opened(MEAN), opened(MEAN.with_({"values.people": 200}))
    assert np.array_equal(few.block.theta, many.block.theta) and np.array_equal(few.block.m, many.block.m)


def test_culture_keeps_its_length_beside_the_core_and_moves():
    held = opened(EVOLVED.with_({"humans.bias": 0.0, "values.evolved.culture": 0.6}))
    start = held.block.bias.copy()
    held.go(30)
    now, theta = held.block.bias, held.block.theta
    assert np.linalg.norm(now, axis=0) == pytest.approx(np.full(64, 0.6))
    assert (now * theta).sum(axis=0) == pytest.approx(np.zeros(64), abs=1e-12)
    cosine = (now * start).sum(axis=0) / 0.36
    assert cosine.max() < 0.999 and -0.5 < cosine.mean() < 0.9


def test_slow_culture_misleads_and_fast_culture_averages_out():
    base = EVOLVED.with_(
        {"humans.bias": 0.0, "values.evolved.culture": 0.8, "evidence.statements": 1.0, "outcome.horizon": 1500,
         "belief.spread": 2.0, "gate.ask_cost": 100.0, "oversight.audit": 0.0, "evidence.comparisons": 0.0}
    )  # fmt: skip
    slow, fast = (
        simulate(base.with_({"values.evolved.culture_drift": drift}), 60, 1).columns["knows"].mean() for drift in (0.0, 1.0)
    )
    assert slow == pytest.approx(1 / np.sqrt(1 + 0.8**2), abs=0.02) and fast > 0.98


# ---- Extrapolation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [0.0, 0.5, 0.8, 1.0, 1.2])
def test_the_target_is_the_limit_that_most_people_reach(bound):
    """The people of a mean target, drawn alike, revised by `basin.values`."""
    held, unrevised = opened(PLAIN.with_(APART | {"values.extrapolated.trust_bound": bound})), opened(MEAN)
    theta, away = unrevised.block.theta.T, differences(unrevised, 9)
    several = 0
    for run in range(64):
        found = limits(away[run], bound)
        several += len(found.people) > 1
        limit = theta[run] + found.values[0]
        unit = np.linalg.norm(limit)
        assert held.block.theta[:, run] == pytest.approx(limit / unit, abs=1e-12)
        now = held.block.theta[:, run] + differences(held, 9)[run]
        assert now == pytest.approx((theta[run] + away[run]) / unit, abs=1e-12)
    assert several > 0 or bound > 1


# ---- What cannot be had together -----------------------------------------------------------------------------------


def test_extrapolated_values_have_no_skeleton():
    with pytest.raises(SimulationError, match=r'values\.target = "extrapolated": the deterministic skeleton'):
        simulate(PLAIN.with_(APART), 1, expected=True)


@pytest.mark.parametrize("target", ["mean", "evolved", "extrapolated"])
def test_recorded_choices_set_the_values(target):
    s = PLAIN.with_({"values.target": target, "evidence.choices_table": "travel-mode"})
    with pytest.raises(SimulationError, match=rf'values\.target = "{target}": recorded choices'):
        simulate(s, 1)


def test_the_skeletons_people_are_endless():
    """A random person differs by N(0, σ² I): in the mean, as if another person gave every answer."""
    spread = PLAIN.with_({"humans.spread": 0.4})
    assert same(MEAN, spread, expected=True) and not same(MEAN, spread)
    both = EVOLVED.with_({"values.evolved.personal": 0.3 * np.sqrt(5), "humans.spread": 0.4})
    (tables,) = tabulate(both, expected=True)
    assert tables.column("humans_spread") == pytest.approx(0.5) and tables.rules.most_people == 1


# ---- On a map ------------------------------------------------------------------------------------------------------


def test_cells_may_differ_in_their_people():
    points = np.array([[1, 0.3, 0.1], [20, 0.3, 0.1], [3, 0.0, 0.5], [7, 1.0, 0.9]])
    paths = ("values.people", "humans.spread", "motives.care")
    labels = mapper(MEAN, paths, 4)(points, seed=2)
    for cell, (people, spread, care) in enumerate(points):
        changes = {"values.people": int(people), "humans.spread": float(spread), "motives.care": float(care)}
        alone = simulate(MEAN.with_(changes), 4 * cell + 4, 2)
        assert np.array_equal(labels.time[cell], alone.columns["time"][4 * cell :])
