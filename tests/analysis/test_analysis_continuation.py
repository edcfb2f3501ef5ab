"""Basins along a path whose tipping points are known."""

import numpy as np
import pytest

from basin.analysis.continuation import ContinuationError, continuation
from basin.analysis.tipping import paired, table, tipping
from basin.labels import Labels
from tests.analysis.analytic import sharp

STARTS = np.random.default_rng(0).uniform(-1, 1, (2000, 1))


def moving(points, seed=0):
    """Starts above v end in 1, below in 0; from v = 0.5 on a third of all ends in 2."""
    v, x = points[:, 0], points[:, 1]
    label = np.where(x > v, 1, 0)
    label = np.where((v > 0.5) & (np.abs(x) < 1 / 3), 2, label)
    return Labels(label.astype(np.int8)[:, None], np.zeros((len(v), 1)))


def test_tipping_points_and_their_kinds():
    found = continuation(moving, np.linspace(-0.95, 0.95, 20), STARTS, (0, 1, 2), 1)
    assert found.counts.sum(axis=1).tolist() == [2000] * 20
    tips = {(tip.outcome, tip.event): tip for tip in found.tips}
    assert set(tips) == {(1, "falls"), (2, "appears")}
    fall, appearance = tips[1, "falls"].at, tips[2, "appears"].at
    assert tips[1, "falls"].kind == "smooth" and fall.low < 0 < fall.high and fall.high - fall.low < 0.12
    assert tips[2, "appears"].kind == "jump" and appearance.value == pytest.approx(0.5, abs=1e-4)
    assert appearance.high - appearance.low < 1e-3


def test_fewer_halvings_place_it_less_well_and_call_nothing_a_jump():
    seen = []

    def mapper(points, seed):
        seen.append(points[0, 0])
        return moving(points)

    found = continuation(mapper, np.linspace(-0.95, 0.95, 20), STARTS, (0, 1, 2), 1, halvings=2)
    tips = {(tip.outcome, tip.event): tip for tip in found.tips}
    appearance = tips[2, "appears"]
    assert appearance.kind == "unknown" and appearance.at.first - appearance.at.last == pytest.approx(0.1 / 4)
    assert appearance.at.low <= 0.5 <= appearance.at.high and tips[1, "falls"].at.low < 0 < tips[1, "falls"].at.high
    assert len(seen) < 35


def test_an_outcome_vanishes_where_fewer_than_one_in_a_hundred_end_so():
    def fading(points, seed=0):
        label = (points[:, 1] > 2 * points[:, 0] - 1).astype(np.int8)
        return Labels(label[:, None], np.zeros((len(label), 1)))

    found = continuation(fading, np.linspace(0.02, 0.999, 12), STARTS, (0, 1), 1)
    (gone,) = [tip for tip in found.tips if tip.event == "vanishes"]
    assert gone.outcome == 1 and gone.at.low < 0.99 < gone.at.high and gone.kind == "smooth"
    assert {(tip.outcome, tip.event) for tip in found.tips} == {(1, "falls"), (1, "vanishes")}  # 0 is there from the start


def test_the_same_chances_at_every_value():
    seen = []

    def mapper(points, seed):
        seen.append((len(points), seed, points[:, 1].sum()))
        return moving(points)

    continuation(mapper, [-0.5, 0.2, 0.4], STARTS, (0, 1), 1, seed=9)
    assert len(set(seen)) == 1


def test_what_cannot_be_followed():
    with pytest.raises(ContinuationError, match="at least 2"):
        continuation(moving, [0.0], STARTS, (0, 1), 1)
    with pytest.raises(ContinuationError, match=r"rare = 0\.01: must be below 0.5 and at least 1/50"):
        continuation(moving, [0.0, 1.0], STARTS[:50], (0, 1), 1)
    with pytest.raises(ContinuationError, match="halvings = 0: must be a whole number from 1 to 40"):
        continuation(moving, [0.0, 1.0], STARTS, (0, 1), 1, halvings=0)


@pytest.mark.slow
def test_tipping_points_are_covered_in_95_of_100():
    covered = 0
    for seed in range(2000):
        starts = np.random.default_rng(seed).standard_normal((300, 1))
        law = sharp(lambda points: points[:, 1] > points[:, 0])  # P(1) = ½ at 0
        found = continuation(law, np.linspace(-1, 1, 5), starts, (0, 1), 1, halvings=9)
        (tip,) = [tip for tip in found.tips if tip.event == "falls"]
        covered += tip.at.low <= 0 <= tip.at.high
    assert 0.93 <= covered / 2000 <= 0.97


def test_tipping_probabilities():
    first, second = (sharp(lambda p, v=v: p[:, 0] > v) for v in (0.0, 0.5))
    found = tipping(first, second, STARTS, (0, 1), (0, 1))
    assert found.count.sum() == 2000 and found.count[0, 1] == 0
    assert found.probability[0].tolist() == [1, 0]
    assert found.low[1, 0] < 0.5 < found.high[1, 0]
    assert found.probability.sum(axis=1) == pytest.approx([1, 1])
    lost = found.change(1)
    assert lost.low < -0.25 < lost.high and lost.mean == pytest.approx(-found.count[1, 0] / 2000)


def test_nothing_begins_where_nobody_ends():
    found = table([1, 1], [0, 1], (0, 1), (0, 1))
    assert np.isnan(found.probability[0]).all() and found.high[0].tolist() == [1, 1] and found.low[0].tolist() == [0, 0]


@pytest.mark.slow
@pytest.mark.parametrize(("won", "lost"), [(0.02, 0.1), (0.3, 0.25), (0.05, 0.0)])
def test_paired_changes_are_covered(won, lost):
    chance = np.random.default_rng(5)
    drawn = chance.multinomial(400, [won, lost, 1 - won - lost], 4000)
    inside = [paired(int(a), int(b), 400) for a, b, _ in drawn]
    assert 0.93 <= np.mean([found.low <= won - lost <= found.high for found in inside]) <= 0.97
