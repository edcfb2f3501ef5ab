"""Minimal shocks of basins whose distance is known, in many dimensions; and what is said holds as often as it says."""

import numpy as np
import pytest
from scipy.special import ndtr

from basin.analysis.ball import Around, ShockError, ball, sphere, unit
from basin.analysis.shock import share_bound, shock
from tests.analysis.analytic import free, ring, sharp, slope, soft


@pytest.mark.parametrize("k", [1, 2, 10, 40])
def test_the_distance_to_a_plane(k):
    normal = unit(np.random.default_rng(k).standard_normal((1, k)))[0]
    found = shock(sharp(lambda p: p @ normal < 0.7), free(k), 1, reach=5, samples=2000)
    assert 0.7 <= found.distance < 0.7 * 1.003 and found.label == 0
    assert found.point @ normal >= 0.7 and found.low == found.high == found.witness == found.distance
    if k == 10:
        assert found.distance < 0.7 * (1 + 1e-5)


def test_the_nearest_side_of_an_ellipsoid():
    axes = np.linspace(1, 3, 8)
    found = shock(sharp(lambda p: ((p / axes) ** 2).sum(1) < 1), free(8), 1, reach=5, samples=2000)
    assert found.distance == pytest.approx(1, abs=1e-6)
    assert np.abs(found.change) == pytest.approx([1] + [0] * 7, abs=1e-2)


@pytest.mark.parametrize("winding", [0, 1, 2, -3])
def test_the_ring_of_ten_oscillators(winding):
    start = 2 * np.pi * winding * np.arange(10) / 10
    around = Around(start, np.ones(10), np.zeros(10, bool), np.full(10, -np.inf), np.full(10, np.inf))
    found = shock(sharp(lambda p: ring(p) == winding), around, 1, reach=8, samples=2000)
    assert found.distance == pytest.approx(np.pi / np.sqrt(2) * (1 - 2 * abs(winding) / 10), rel=1e-4)
    assert found.audit.exits == 0 and found.audit.radius == found.distance


def test_units_weigh():
    """A change by `scale` counts as 1; along a logarithmic axis a factor e^scale does."""
    around = Around(
        np.array([1.0, 2.0]), np.array([10.0, 0.5]), np.array([False, True]), np.array([-np.inf, 0]), np.full(2, np.inf)
    )
    along_x = shock(sharp(lambda p: p[:, 0] < 6), around, 1, reach=5, samples=500)
    assert along_x.distance == pytest.approx(0.5) and along_x.point == pytest.approx([6, 2], rel=1e-3)
    along_y = shock(sharp(lambda p: p[:, 1] > 1), around, 1, reach=5, samples=500)
    assert along_y.distance == pytest.approx(np.log(2) / 0.5) and along_y.point == pytest.approx([1, 1], rel=1e-3)


def test_walls_are_not_passed():
    around = Around(np.zeros(2), np.ones(2), np.zeros(2, bool), np.array([-0.5, -3.0]), np.array([0.5, 3.0]))
    found = shock(sharp(lambda p: np.hypot(p[:, 0] - 1, p[:, 1]) > 0.6), around, 1, samples=500)
    assert found.distance == pytest.approx(0.4) and abs(found.point[0]) <= 0.5
    out_of_reach = shock(sharp(lambda p: p[:, 0] < 0.6), around, 1, samples=500)
    assert out_of_reach.distance is None and out_of_reach.change is None and out_of_reach.audit.exits == 0
    assert out_of_reach.audit.radius == pytest.approx(np.hypot(0.5, 3.0))


def test_an_exit_that_rays_miss_is_found_by_the_audit():
    """A thin shell of another basin at a small distance, wide enough for the ball's samples alone."""

    def inside(points):
        length = np.linalg.norm(points, axis=1)
        return ~(((length > 0.7005) & (length < 0.7007)) | (length > 2))

    found = shock(sharp(inside), free(2), 1, reach=3, directions=4, rounds=2, samples=100_000)
    assert found.distance == pytest.approx(0.7005, abs=1e-4)
    assert found.audit.share == pytest.approx(1 - 0.0125 ** (1 / 100_000), rel=1e-9)


def test_bad_starts():
    with pytest.raises(ShockError, match="not in the basin"):
        shock(sharp(lambda p: p[:, 0] > 1), free(2), 1, reach=1)
    with pytest.raises(ShockError, match="reach = inf"):
        shock(sharp(lambda p: p[:, 0] < 1), free(2), 1)


def test_balls_are_full():
    chance = np.random.default_rng(1)
    length = np.linalg.norm(ball(20_000, 3, chance), axis=1)
    assert length.max() <= 1 and (length < 0.5).mean() == pytest.approx(1 / 8, abs=0.01)
    assert np.linalg.norm(sphere(10, 5, chance), axis=1) == pytest.approx(np.ones(10))
    corner = Around(np.zeros(2), np.ones(2), np.zeros(2, bool), np.zeros(2), np.ones(2))
    quarter = corner.sample(1.0, 1000, chance)
    assert quarter.shape == (1000, 2) and quarter.min() >= 0 and np.linalg.norm(quarter, axis=1).max() <= 1
    tight = Around(np.zeros(30), np.ones(30), np.zeros(30, bool), np.zeros(30), np.ones(30))
    with pytest.raises(ShockError, match="hardly any"):
        tight.sample(1.0, 100, chance)


def test_the_bound_on_a_share():
    assert share_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100)) and share_bound(7, 7) == 1
    chance = np.random.default_rng(3)
    for share in (0.001, 0.02, 0.3):
        exits = chance.binomial(500, share, 2000)
        assert np.mean([share_bound(int(seen), 500) >= share for seen in exits]) >= 0.94


def test_what_is_said_of_an_unseen_hole_holds():
    """A hole of 2% of the ball: 100 samples miss it in 13% of repeats, and claim then that at most 3% leaves."""
    claims, hole = 0, np.sqrt(0.02) / 2
    inside = sharp(lambda p: (np.hypot(p[:, 0] - 0.5, p[:, 1]) > hole) & (np.linalg.norm(p, axis=1) < 1.0))
    for seed in range(60):
        found = shock(inside, free(2), 1, reach=1.2, directions=1, rounds=1, samples=100, seed=seed)
        share = (hole / found.audit.radius) ** 2 if found.distance > 0.5 + hole else 0.0
        claims += share <= found.audit.share
    assert claims >= 55


def blurred(runs, width=0.2, distance=1.0, k=2):
    normal = np.eye(k)[0]
    return soft(slope(normal, distance, width), runs)


def test_where_chance_blurs_the_edge():
    found = shock(blurred(16), free(2), 1, judge=blurred(2000), reach=4, directions=64, rounds=8, samples=300)
    assert 0.98 < found.low <= found.distance <= found.high < 1.15
    assert found.point[0] > 1.0 and found.label == 0 and found.witness >= found.distance
    assert found.audit.share >= found.audit.exits / 300


@pytest.mark.slow
def test_the_distance_along_one_axis_is_covered_and_witnesses_are_outside():
    """One axis, so that the direction is known: 95% intervals, and at most 5% of witnesses where P(target) ≥ ½."""
    covered = wrong = found_any = 0
    repeats = 2000
    for seed in range(repeats):
        law = lambda p: ndtr((1.0 - np.abs(p[:, 0] + 0.5)) / 0.3)  # noqa: E731
        found = shock(soft(law, 16), free(1), 1, judge=soft(law, 400), reach=3, directions=1, rounds=0, samples=8, seed=seed)
        if found.distance is None:
            continue
        found_any += 1
        exact = 0.5 if found.change[0] > 0 else 1.5
        covered += found.low <= exact <= found.high
        wrong += found.witness is not None and found.witness < exact
    assert found_any > 0.99 * repeats
    assert 0.93 <= covered / found_any <= 0.97
    assert wrong / found_any <= 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / repeats)
