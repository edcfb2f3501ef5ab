"""Where a share passes a level: the interval covers it as often as it says."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from basin.analysis.crossing import bisect, crossing


def counted(probability, total, seed):
    drawn = np.random.default_rng(seed).random(total)
    return lambda x: int((drawn < probability(x)).sum())


def test_bisect():
    assert bisect(lambda x: x > 0.3, 0.0, 1.0, 40) == pytest.approx((0.3, 0.3))
    last, first = bisect(lambda x: x < -0.3, 0.0, -1.0, 10)
    assert -1.0 < first < -0.3 <= last and abs(first - last) == pytest.approx(2**-10)


@pytest.mark.parametrize("sign", [1, -1])
def test_many_runs_place_it_well(sign):
    found = crossing(counted(lambda x: ndtr(sign * (x - 0.37) / 0.1), 100_000, 1), 100_000, np.linspace(0, 1, 6), 1)
    assert found.low < 0.37 < found.high and found.high - found.low < 0.004
    assert found.last <= found.value <= found.first


def test_a_jump_is_placed_sharply():
    found = crossing(counted(lambda x: 0.9 if x < 0.62 else 0.2, 1000, 1), 1000, np.linspace(0, 1, 5), 2)
    assert found.low <= 0.62 <= found.high and found.high - found.low < 0.25 / 2000
    assert found.before > 850 and found.after < 250


def test_an_interval_that_the_grid_cuts_ends_with_the_grid():
    found = crossing(counted(lambda x: 0.45 + 0.1 * x, 100, 2), 100, [0.0, 1.0], 0)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("level", "total"), [(0.5, 400), (0.05, 2000)])
def test_the_interval_covers_in_95_of_100(level, total):
    place, grid, repeats, covered = 0.41, np.linspace(-0.5, 1.5, 5), 2000, 0
    for seed in range(repeats):
        count = counted(lambda x: ndtr((x - place) / 0.2 + ndtri(level)), total, seed)
        counts = np.array([count(x) for x in grid])
        step = int(np.flatnonzero((counts[:-1] <= level * total) & (counts[1:] > level * total))[0])
        found = crossing(count, total, grid, step, level, halvings=9)
        covered += found.low <= place <= found.high
    assert 0.93 <= covered / repeats <= 0.97
