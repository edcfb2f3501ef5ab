"""Entropies, exponents and Wada basins of shapes for which they are known."""

import numpy as np
import pytest

from basin.analysis.entropy import entropy, gibbs, smooth
from basin.analysis.map import Axis
from basin.analysis.uncertainty import SIZES, fit, uncertainty
from basin.analysis.wada import merged
from basin.labels import Labels

UNIT = (Axis("x", 0, 1), Axis("y", 0, 1), Axis("z", 0, 1))


def certain(inside):
    def mapper(points, seed=0):
        label = np.asarray(inside(points)).astype(np.int8)[:, None]
        return Labels(label, np.ones(label.shape))

    return mapper


def half(points):
    return points[:, 0] > 0.5


def test_entropies_of_counts():
    np.testing.assert_allclose(gibbs([[1, 1], [4, 0], [1, 3]]), [np.log(2), 0, 0.5623351446188083])


def test_smooth_boundaries_have_the_published_entropy():
    assert smooth(2) == pytest.approx(0.4395093, abs=1e-7)
    assert smooth(3) == pytest.approx(0.3960918, abs=1e-7)
    assert smooth(2) < smooth(2, 1000) < smooth(2, 25) < np.log(2)


@pytest.mark.parametrize("k", [2, 3])
def test_a_plane_is_measured_as_smooth(k):
    found = entropy(certain(half), UNIT[:k], size=0.1, balls=4000, samples=25, seed=4)
    assert abs(found.edge.mean - found.smooth) < 1.8 * (found.edge.high - found.edge.low) / 2
    assert found.mixed.mean < 0.25 and not found.fractal  # a quarter of the balls' centres are near enough
    assert found.whole.mean == pytest.approx(found.edge.mean * found.mixed.mean)


def test_without_a_boundary_there_is_none():
    everywhere = certain(lambda points: np.ones(len(points)))
    found = entropy(everywhere, UNIT[:2], size=0.1, balls=50, samples=5)
    assert found.whole.mean == 0 and np.isnan(found.edge.mean) and not found.fractal
    told = uncertainty(everywhere, UNIT[:2], pairs=50)
    assert np.isnan(told.exponent.mean) and not told.fractal


def test_three_basins_mixed_everywhere_exceed_ln_2():
    sand = certain(lambda points: np.floor(1e9 * points.sum(axis=1)) % 3)
    assert entropy(sand, UNIT[:2], size=0.1, balls=100, samples=60).fractal


def test_a_line_has_exponent_one():
    found = uncertainty(certain(half), UNIT[:2], pairs=40_000)
    assert found.exponent.low < 1 < found.exponent.high and not found.fractal
    np.testing.assert_allclose(found.uncertain[0], found.sizes[0] * 2 / np.pi, rtol=0.1)  # E|cos| of directions


def test_a_cantor_set_has_its_dimension():
    """Gaps of the middle-thirds set alternate: α = 1 − ln 2/ln 3."""

    def level(points):
        x, depth = points[:, 0].copy(), np.zeros(len(points))
        inside = np.ones(len(points), bool)
        for _ in range(30):
            x = np.where(inside, 3 * x, x)
            inside &= (x < 1) | (x > 2)
            x = np.where(inside, x % 1, x)
            depth += inside
        return depth % 2

    found = uncertainty(certain(level), UNIT[:1], sizes=3.0 ** -np.arange(6, 14), pairs=20_000)
    assert found.exponent.low < 1 - np.log(2) / np.log(3) < found.exponent.high and found.fractal


def sectors(n):
    at = np.arange(n) - n / 2
    angle = np.arctan2(at[:, None], at[None, :])
    return np.floor((angle / np.pi + 1) * 1.4999).astype(np.int8)


def test_sectors_meet_only_in_a_point():
    basins, away = merged(sectors(64))
    assert basins == 3 and away.max() > 20
    assert merged(np.repeat([[0, 1]], 4, axis=0).astype(np.int8))[0] == 2


def test_layers_of_three_colours_meet_within_a_layer():
    basins, away = merged((np.arange(60)[:, None] % 3 * np.ones((1, 60))).astype(np.int8))
    assert basins == 3 and away.max() <= 1


def coverage(exponent, pairs, repeats):
    chance, sizes = np.random.default_rng(3), np.array(SIZES)
    held = 0
    for at in range(repeats):
        found, _, _ = fit(sizes, chance.binomial(pairs, sizes**exponent), pairs, at)
        held += found.low <= exponent <= found.high
    return held / repeats


def test_exponents_cover():
    assert 0.90 <= coverage(0.6, 2000, 80) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [0.4, 1.0])
def test_exponents_cover_2000_times(exponent):
    assert 0.93 <= coverage(exponent, 4096, 2000) <= 0.97


@pytest.mark.slow
def test_entropies_cover():
    held, whole = 0, 0
    for seed in range(2000):
        found = entropy(certain(half), UNIT[:2], size=0.2, balls=150, samples=10, seed=seed)
        held += found.edge.low <= found.smooth <= found.edge.high
        whole += found.mixed.low <= MIXED <= found.mixed.high
    assert 0.93 <= held / 2000 <= 0.97
    assert 0.93 <= whole / 2000 <= 0.97


def _mixed():
    """Share of balls of radius .2 with centres in [.2, .8] in which ten starts do not all end alike at x = ½."""
    r = np.linspace(-1, 1, 200_001)
    part = (np.arccos(-r) + r * np.sqrt(1 - r * r)) / np.pi
    return 0.4 / 0.6 * float(np.mean(1 - part**10 - (1 - part) ** 10))


MIXED = _mixed()


def test_a_striped_basin_with_smooth_edges_does_not_seem_fractal():
    """Stripes 1/8 wide: pairs farther apart than that end differently as often as any two, and are left out of the fit."""
    found = uncertainty(certain(lambda x: np.floor(8 * x[:, 0]) % 2 == 1), UNIT[:2], pairs=20_000)
    assert not found.used[0] and found.used[-3:].all() and np.isnan(found.fitted[0])
    assert found.exponent.low < 1 < found.exponent.high and not found.fractal
