"""Basin stability of mappers whose shares are known."""

import numpy as np
import pytest

from basin.analysis import Axis, anytime, clustered, shared, wilson
from basin.analysis.sampling import SamplingError, Window
from basin.analysis.stability import at_random, evenly, until
from basin.labels import Labels

SQUARE = Window((Axis("x", -1, 1), Axis("y", -1, 1)))
CODES = {"out": 0, "in": 1, "never": 2, "unresolved": -1}


class Disc:
    """Ends "in" within a radius, unresolved in a ring around it. Remembers where it was asked."""

    def __init__(self, radius=0.8, ring=0.1, runs=1):
        self.radius, self.ring, self.runs, self.calls = radius, ring, runs, []

    def __call__(self, points, seed):
        self.calls.append((points, seed))
        distance = np.hypot(points[:, 0], points[:, 1])
        label = np.where(distance < self.radius, 1, np.where(distance < self.radius + self.ring, -1, 0))
        return Labels(np.repeat(label.astype(np.int8)[:, None], self.runs, axis=1), np.zeros((len(points), self.runs)))


@pytest.mark.parametrize("way", [at_random, evenly])
def test_shares_are_those_of_the_starts(way):
    disc = Disc()
    found = way(disc, SQUARE, CODES, "in", samples=1024, seed=3)
    label = disc(disc.calls[0][0], 3).label
    assert len(disc.calls) == 2 and found.starts == 1024 and found.runs == 1
    for word, code in CODES.items():
        assert found.counts[word] == (label == code).sum()
        assert found.outcomes[word].mean == pytest.approx((label == code).mean())
        assert found.together[word].low <= found.outcomes[word].low <= found.outcomes[word].mean
        assert found.together[word].high >= found.outcomes[word].high >= found.outcomes[word].mean
    assert found.outcomes["in"].low < np.pi * 0.64 / 4 < found.outcomes["in"].high


def test_random_starts_have_wilsons_intervals():
    found = at_random(Disc(), SQUARE, CODES, "in", samples=500)
    assert found.outcomes["in"][1:] == wilson(found.counts["in"], 500)
    assert found.together["in"][1:] == wilson(found.counts["in"], 500, shared(0.95, 4))


def test_many_runs_from_a_start_are_not_many_starts():
    one, many = (at_random(Disc(runs=runs), SQUARE, CODES, "in", samples=500, seed=1) for runs in (1, 20))
    assert many.runs == 20 and many.counts["in"] == 20 * one.counts["in"]
    assert many.half_width == pytest.approx(one.half_width, rel=0.01)
    label = np.repeat(Disc()(SQUARE.points(np.random.default_rng(0).random((500, 2))), 0).label == 1, 20, axis=1)
    assert np.isfinite(clustered(label)).all()


def test_bounds_hold_whatever_the_unresolved_become():
    found = at_random(Disc(), SQUARE, CODES, "in", samples=2000)
    high = wilson(found.counts["in"] + found.counts["unresolved"], 2000)[1]
    assert found.bounds == (found.outcomes["in"].mean, found.outcomes["in"].low, high)
    assert found.bounds.low < np.pi * 0.64 / 4 and found.bounds.high > np.pi * 0.81 / 4


def test_outcomes_that_nobody_saw_are_bounded():
    found = at_random(Disc(), SQUARE, CODES, "in", samples=2000)
    assert found.counts["never"] == 0 and found.unseen.mean == 0
    assert 0 < found.unseen.high < 0.005


def test_even_starts_vary_less():
    plain, even = (
        [way(Disc(ring=0), SQUARE, CODES, "in", samples=2048, seed=seed).outcomes["in"].mean for seed in range(40)]
        for way in (at_random, evenly)
    )
    assert np.var(plain) > 4 * np.var(even)


def test_even_starts_that_all_agree_are_not_certain():
    found = evenly(Disc(radius=3), SQUARE, CODES, "in", samples=512)
    assert found.outcomes["in"] == (1.0, pytest.approx(512 / (512 + 3.8415), abs=1e-5), 1.0)
    assert found.outcomes["out"].high > 0


def test_even_starts_come_in_powers_of_two():
    assert evenly(Disc(), SQUARE, CODES, "in", samples=1000).starts == 1024
    assert evenly(Disc(), SQUARE, CODES, "in", samples=1).starts == 16


@pytest.mark.parametrize("half_width", [0.1, 0.02])
def test_stops_at_a_half_width(half_width):
    disc = Disc()
    found = until(disc, SQUARE, CODES, "in", half_width=half_width, seed=2)
    assert found.reached and found.half_width <= half_width
    assert found.outcomes["in"][1:] == anytime(found.counts["in"], found.starts)
    assert sum(len(points) for points, _ in disc.calls) == found.starts
    assert len({seed for _, seed in disc.calls}) == len(disc.calls)  # no batch is another's
    assert found.starts < 6 / half_width**2


def test_stops_at_the_most_that_it_may_draw():
    found = until(Disc(), SQUARE, CODES, "in", half_width=0.001, most=700)
    assert not found.reached and found.starts == 700


@pytest.mark.parametrize("half_width", [0, -1, 0.5, float("nan")])
def test_half_widths_that_are_none(half_width):
    with pytest.raises(SamplingError, match="half_width"):
        until(Disc(), SQUARE, CODES, "in", half_width=half_width)


@pytest.mark.parametrize("samples", [0, -4, 1.5, True, 10**12])
@pytest.mark.parametrize("way", [at_random, evenly])
def test_numbers_of_starts_that_are_none(samples, way):
    with pytest.raises(SamplingError, match="samples"):
        way(Disc(), SQUARE, CODES, "in", samples=samples)
