"""Starts come from the distribution that they are said to come from."""

import numpy as np
import pytest
from scipy import stats

from basin import theory
from basin.analysis import Axis
from basin.analysis.sampling import Cosine, Ellipsoid, Given, Independent, SamplingError, Window, child, draw, sobol

AXES = (Axis("a", -1, 3), Axis("b", 0.01, 100, log=True))


def test_a_window_is_even_along_each_axis():
    points = draw(Window(AXES), 4000, 1)
    assert points.shape == (4000, 2)
    assert stats.kstest(points[:, 0], stats.uniform(-1, 4).cdf).pvalue > 0.01
    assert stats.kstest(np.log10(points[:, 1]), stats.uniform(-2, 4).cdf).pvalue > 0.01


@pytest.mark.parametrize("log", [False, True])
def test_whole_numbers(log):
    points = draw(Window((Axis("n", 1, 4, log=log, integer=True),)), 20_000, 2)[:, 0]
    counts = [np.mean(points == n) for n in (1, 2, 3, 4)]
    expected = np.log([2, 3 / 2, 4 / 3, 5 / 4]) / np.log(5) if log else [0.25] * 4
    np.testing.assert_allclose(counts, expected, atol=0.015)
    assert sum(counts) == 1


@pytest.mark.parametrize("d", [2, 3, 8, 64])
def test_a_cosine_is_that_of_directions_on_the_sphere(d):
    directions = np.random.default_rng(3).normal(size=(4000, d))
    cosines = directions[:, 0] / np.linalg.norm(directions, axis=1)
    assert stats.ks_2samp(cosines, draw(Cosine("c", d), 4000, 4)[:, 0]).pvalue > 0.01


def test_a_cosine_in_one_dimension_is_plus_or_minus_one():
    assert set(draw(Cosine("c", 1), 50, 0)[:, 0]) == {-1.0, 1.0}


@pytest.mark.parametrize(("angle", "d"), [(60, 8), (60, 64), (30, 64), (85, 1000), (20, 64)])
def test_tails_are_caps_however_small(angle, d):
    cosine = Cosine("c", d).at_tail(np.exp2(-np.array([theory.cap_bits(angle, d)])))
    assert np.degrees(np.arccos(cosine)) == pytest.approx(angle, rel=1e-9)


def test_an_ellipsoid_touches_the_sides_of_its_window():
    x, y = draw(Ellipsoid((Axis("x", 0, 4), Axis("y", -1, 1))), 3000, 5).T
    np.testing.assert_allclose(((x - 2) / 2) ** 2 + y**2, 1)
    assert stats.kstest(np.arctan2(y, (x - 2) / 2), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


def test_given_starts_come_by_their_weights():
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    points = draw(Given(("a", "b"), rows, np.array([1.0, 0.0, 3.0])), 8000, 6)
    assert {tuple(point) for point in points} == {(1.0, 2.0), (5.0, 6.0)}
    assert np.mean(points[:, 0] == 5) == pytest.approx(0.75, abs=0.02)


def test_distributions_by_their_quantiles():
    points = draw(Independent(("a",), (stats.norm(2, 0.5),)), 4000, 7)
    assert stats.kstest(points[:, 0], stats.norm(2, 0.5).cdf).pvalue > 0.01


def test_even_starts_are_even_and_every_scrambling_is_another():
    points = sobol(Window((Axis("x", 0, 1), Axis("y", 0, 1))), 4, 64, 8)
    assert points.shape == (4, 64, 2)
    for part in points:  # one point in each 64th of either side, and in each cell of 8 by 8
        assert sorted((part[:, 0] * 64).astype(int)) == list(range(64))
        assert len(set(map(tuple, (part * 8).astype(int)))) == 64
    assert not np.array_equal(points[0], points[1])
    np.testing.assert_array_equal(points, sobol(Window((Axis("x", 0, 1), Axis("y", 0, 1))), 4, 64, 8))


def test_children_differ():
    seeds = {child(seed, *numbers) for seed in (0, 1, 2**64 - 1) for numbers in ((), (0,), (1,), (0, 1))}
    assert len(seeds) == 12 and all(0 <= seed < 2**64 for seed in seeds)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Window(()), "no path"),
        (lambda: Window((AXES[0], AXES[0])), "same path"),
        (lambda: Ellipsoid((AXES[0],)), "two axes"),
        (lambda: Given(("a",), np.zeros((0, 1))), "no rows"),
        (lambda: Given(("a", "b"), np.zeros((3, 1))), "no rows of 2"),
        (lambda: Given(("a",), np.full((2, 1), np.nan)), "finite"),
        (lambda: Given(("a",), np.zeros((2, 1)), np.zeros(2)), "weights"),
        (lambda: Given(("a",), np.zeros((2, 1)), np.ones(3)), "weights"),
        (lambda: Independent(("a",), (3.0,)), "quantile function"),
        (lambda: sobol(Window(AXES), 2, 3, 0), "power of two"),
    ],
)
def test_starts_that_cannot_be_drawn(make, says):
    with pytest.raises(SamplingError, match=says) as error:
        make()
    assert "\n" not in str(error.value)
