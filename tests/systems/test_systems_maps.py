"""Maps and agents: labels are what plain Python gives, whichever rows come together."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from basin.engine.random import philox, uniform52
from basin.systems import SystemError, load, mapper
from basin.systems.averaging import influence, weights

NOWHERE = np.zeros((1, 0))
OURS = ("newton", "henon", "weierstrass", "riddled", "double-well", "degroot", "friedkin-johnsen", "deffuant", "moran")


def words(run: int, step: int, slot: int, seed: int = 1) -> list[np.uint64]:
    """What the kernels draw at this address."""
    return [np.uint64(word) for word in philox(*(np.uint64(part) for part in (run, 0, step, slot, seed, 0)))]


def runs(name: str, count: int, changes: dict | None = None, seed: int = 1):
    """Starts of a system, and their labels and times."""
    made = mapper(name, [], changes, count)
    starts = made.starts(NOWHERE, seed)
    return starts, *made.system.label(starts)


@pytest.mark.parametrize("name", OURS)
def test_rows_do_not_know_one_another(name):
    starts, label, time = runs(name, 60, {"agents": 100} if name == "deffuant" else {})
    kept = np.arange(59, 0, -7)
    fewer = dataclasses.replace(starts, start=starts.start[kept], parameters=starts.parameters[kept], run=starts.run[kept])
    alone, when = load(name).label(fewer)
    np.testing.assert_array_equal(alone, label[kept])
    np.testing.assert_array_equal(when, time[kept])


@pytest.mark.parametrize("name", OURS)
def test_labels_are_outcomes_and_come_with_times(name):
    _, label, time = runs(name, 100)
    codes = load(name).outcomes(load(name).values())
    assert set(label.tolist()) <= {*codes.values(), -1} and load(name).target in codes
    assert np.isfinite(time[label >= 0]).all() and np.isinf(time[label < 0]).all()


@pytest.mark.parametrize("name", [name for name in OURS if load(name).stochastic])
def test_chance_is_the_seeds(name):
    changes = {"agents": 100} if name == "deffuant" else {}
    first, again, other = (runs(name, 200, changes, seed)[2] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_newton_ends_where_complex_numbers_do():
    starts, label, _ = runs("newton", 500)
    z = starts.start[:, 0] + 1j * starts.start[:, 1]
    assert (abs(z) <= 2).all()
    for _ in range(200):
        z = z - (z**3 - 1) / (3 * z**2)
    roots = np.exp(2j * np.pi * np.arange(3) / 3)
    np.testing.assert_array_equal(label, np.argmin(abs(z[:, None] - roots), axis=1))


def test_newton_from_nowhere_is_unresolved():
    labels = mapper("newton", ["x", "y"])(np.array([[0.0, 0.0]]), 0)
    assert labels.label[0, 0] == -1 and np.isinf(labels.time[0, 0])


@pytest.mark.parametrize("changes", [{}, {"a": 0.7, "b": -0.5}, {"a": 1.2, "b": 0.0}])
def test_henon_escapes_are_for_ever(changes):
    starts, label, _ = runs("henon", 2000, changes)
    a, b = starts.parameters[0]
    x, y = starts.start.T.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(5000):
            x, y = 1 - a * x * x + y, b * x
    np.testing.assert_array_equal(label == 0, np.isfinite(x) & (abs(x) < 1e6))
    assert 0 < (label == 0).mean() < 1


def test_weierstrass_goes_up_from_above_the_curve():
    starts, label, _ = runs("weierstrass", 3000, {"growth": 1.8})
    angle, z = starts.start.T
    curve = -sum(1.8 ** -(j + 1) * np.cos(2 * np.pi * ((angle * 2.0**j) % 1)) for j in range(50))
    clear = abs(z - curve) > 1e-9
    np.testing.assert_array_equal((label == 0)[clear], (z > curve)[clear])


def test_riddled_is_the_map_that_it_says():
    starts, label, time = runs("riddled", 100)
    for row in range(100):
        x, p, height = starts.start[row, 0], *starts.parameters[row]
        step = 0
        while -60 < height < 0:
            if step and step % 20 == 0:
                x = uniform52(*words(starts.run[row], step, 0)[:2])
            x, height = (x / p, height + 1) if x < p else ((x - p) / (1 - p), height - 1)
            step += 1
        assert label[row] == (0 if height == 0 else 1)
        assert time[row] == step or label[row] == 1


def test_double_well_starts_that_have_arrived():
    made = mapper("double-well", ["x"])
    labels = made(np.array([[-1.5], [-1.0], [1.0], [2.0]]), 0)
    assert labels.label[:, 0].tolist() == [0, 0, 1, 1] and (labels.time == 0).all()


def test_a_step_of_the_double_well_is_short_enough():
    """Means over many paths agree with the closed form; see the checks for other places."""
    label = mapper("double-well", ["x"], {"noise": 1.0}, 40_000)(np.array([[0.5]]), 3).label
    edge = np.linspace(-1, 1, 20_001)
    scale = np.exp((edge**4 / 2 - edge**2) / 1.0)
    expected = scale[edge <= 0.5].sum() / scale.sum()
    assert (label == 1).mean() == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 40_000))


def test_influence_is_stationary():
    matrix = weights(7, 5, 0.3)
    pi, rate = influence(matrix)
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    np.testing.assert_allclose(pi @ matrix, pi)
    assert pi.sum() == pytest.approx(1) and (pi > 0).all() and 0 < rate < 1


def test_degroot_ends_on_the_side_that_influence_weighs():
    starts, label, _ = runs("degroot", 300)
    pi, _ = influence(weights(10, 0, 0.5))
    np.testing.assert_array_equal(label == 0, starts.start @ pi > 0.5)


def test_friedkin_johnsen_between_stubborn_and_open():
    stubborn, label, _ = runs("friedkin-johnsen", 200, {"susceptibility": 0.0, "agents": 3})
    assert ((label == 2) == ((stubborn.start > 0.5).any(axis=1) & (stubborn.start < 0.5).any(axis=1))).all()
    assert (runs("friedkin-johnsen", 50, {"susceptibility": 0.0})[2] == 0).all()


def test_number_of_people_cannot_be_swept():
    with pytest.raises(SystemError, match="degroot: starts of different agents differ in kind"):
        mapper("degroot", ["agents"])(np.array([[5.0], [6.0]]), 0)


def naive_deffuant(run: int, seed: int, people: int, bound: float, move: float) -> int:
    """Until nothing moves any more; then groups of equal opinions are counted."""

    opinion = np.array([uniform52(*words(run, i, 0, seed)[:2]) for i in range(people)])
    for meeting in range(people * 200):
        w = [int(word) for word in words(run, meeting, 1, seed)]
        for a, b in ((w[0], w[1]), (w[2], w[3])):
            i, j = (a * people) >> 32, (b * (people - 1)) >> 32
            j += j >= i
            apart = opinion[j] - opinion[i]
            if abs(apart) < bound:
                opinion[i], opinion[j] = opinion[i] + move * apart, opinion[j] - move * apart
    ordered = np.sort(opinion)
    sizes = np.diff(np.flatnonzero(np.concatenate([[True], np.diff(ordered) > bound / 2, [True]])))
    return int((sizes >= 0.01 * people).sum())


@pytest.mark.parametrize(("bound", "move"), [(0.1, 0.5), (0.2, 0.5), (0.15, 0.2)])
def test_deffuant_counts_the_camps_that_remain(bound, move):
    people = 41
    _, label, _ = runs("deffuant", 8, {"agents": people, "bound": bound, "convergence": move})
    assert label.tolist() == [naive_deffuant(run, 1, people, bound, move) for run in range(8)]


def test_deffuant_says_how_many_camps_on_average():
    system = load("deffuant")
    made = mapper("deffuant", [], {"bound": 0.15}, 30)
    labels = made(NOWHERE, 0)
    clusters = system.extras(labels, made.values)["clusters"]
    assert clusters["mean"] == labels.label.mean() and clusters["low"] < clusters["mean"] < clusters["high"]
    assert np.isnan(system.extras(mapper("deffuant", [])(NOWHERE, 0), made.values)["clusters"]["low"])


def test_moran_at_the_ends():
    assert (runs("moran", 20, {"start": 0})[1] == 1).all()
    assert (runs("moran", 20, {"start": 50})[1] == 0).all()
    assert (runs("moran", 50, {"fitness": 100.0, "start": 10})[1] == 0).all()
