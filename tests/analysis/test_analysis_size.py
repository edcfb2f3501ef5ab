"""Size in bits, of shares that are known: plain ones, and by strata ones that no plain sampling would find."""

import numpy as np
import pytest
from scipy.special import ndtr

from basin import theory
from basin.analysis import Mean
from basin.analysis.sampling import Cosine, SamplingError
from basin.analysis.size import bits, size, stratified
from basin.labels import Labels


class Ends:
    """Ends in outcome 1 with a probability that depends on the only coordinate."""

    def __init__(self, probability, seed=0):
        self.probability, self.rng = probability, np.random.default_rng(seed)

    def __call__(self, points, seed):
        seen = self.rng.random(len(points)) < self.probability(points[:, 0])
        return Labels(seen.astype(np.int8)[:, None], np.zeros((len(points), 1)))


def cap(angle):
    return lambda cosine: (cosine >= np.cos(np.radians(angle))).astype(float)


def sigmoid(middle, width):
    return lambda cosine: ndtr((cosine - middle) / width)


def true_bits(probability, d):
    """By integration over bits of the tail, in which the law of the cosine is 2^−b."""
    b = (np.arange(200_000) + 0.5) / 1000
    return -np.log2((np.log(2) / 1000 * 2.0**-b * probability(Cosine("c", d).at_tail(2.0**-b))).sum())


def measured(probability, d, seed=0, samples=4096):
    depth = float(theory.cap_bits(18.2, d)) + 1
    return stratified(Ends(probability, seed), Cosine("c", d).at_tail, 1, depth=depth, samples=samples, seed=seed)


def test_bits_are_halvings():
    assert bits(Mean(0.25, 0.125, 0.5)) == (2.0, 1.0, 3.0)
    assert bits(Mean(0.0, 0.0, 0.25)) == (np.inf, 2.0, np.inf)
    assert str(bits(Mean(1.0, 0.5, 1.0)).mean) == "0.0"
    plain = size(Mean(0.25, 0.125, 0.5), 100)
    assert plain.surely == plain.bits.low == 1.0 and plain.starts == 100


@pytest.mark.parametrize(("angle", "d"), [(60, 8), (60, 16), (60, 64), (30, 64), (85, 64), (120, 8)])
def test_caps(angle, d):
    known = float(theory.cap_bits(angle, d))
    found = measured(cap(angle), d)
    assert found.bits.low <= known <= found.bits.high
    assert found.bits.mean == pytest.approx(known, abs=0.15)
    assert found.bits.high - found.bits.low < 0.5
    assert found.surely <= found.bits.low <= found.bits.mean
    assert found.share.mean == pytest.approx(2**-found.bits.mean)


def test_a_budget_is_kept():
    assert measured(cap(60), 64).starts == pytest.approx(4096, abs=150)  # two starts at least in each of 110 strata


def test_nothing_and_everything():
    none = measured(lambda cosine: 0 * cosine, 8)
    assert none.bits.mean == np.inf and none.bits.low == none.surely > 5
    everything = measured(lambda cosine: 0 * cosine + 1, 8)
    assert everything.bits.mean == pytest.approx(0) and everything.bits.high < 0.02


def test_the_strata_are_not_fooled_by_a_target_on_the_far_side():
    """P falls with the cosine, against the assumption; without it the estimate holds, and the interval does here."""
    found = measured(lambda cosine: (cosine < 0).astype(float), 16)
    assert found.bits.low <= 1 <= found.bits.high


def test_soft_edges_say_how_little_is_known():
    """A start in ten thousand, nearly all of them far out where few are drawn: no interval may be narrow."""
    probability = sigmoid(0.8, 0.2)
    found = measured(probability, 64)
    assert found.bits.low <= true_bits(probability, 64) <= found.bits.high
    assert found.bits.high - found.bits.low > 3


def test_the_same_seed_gives_the_same_size():
    assert measured(cap(50), 32, 4) == measured(cap(50), 32, 4) != measured(cap(50), 32, 5)


def test_too_few_starts_and_no_depth():
    with pytest.raises(SamplingError, match="samples = 100"):
        measured(cap(60), 8, samples=100)
    with pytest.raises(SamplingError, match="depth"):
        stratified(Ends(cap(60)), Cosine("c", 8).at_tail, 1, depth=0.0, samples=4096)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("probability", "d"),
    [(cap(60), 16), (cap(45), 64), (sigmoid(0.8, 0.2), 64), (sigmoid(0.5, 0.2), 16), (sigmoid(-0.2, 0.3), 8),
     (lambda cosine: 0.3 * ndtr((cosine - 0.6) / 0.05), 32)],
    ids=["cap-16", "cap-64", "soft-64", "soft-16", "wide-8", "uncertain-32"],
)  # fmt: skip
def test_sizes_cover_and_shares_have_no_bias(probability, d):
    truth = true_bits(probability, d) if probability(np.array([0.0]))[0] not in (0.0, 1.0) else None
    if truth is None:
        truth = float(theory.cap_bits({16: 60, 64: 45}[d], d))
    found = [measured(probability, d, seed) for seed in range(1000)]
    shares = np.array([one.share.mean for one in found]) * 2**truth
    assert np.mean([one.bits.low <= truth <= one.bits.high for one in found]) >= 0.93
    assert np.mean([one.surely <= truth for one in found]) >= 0.95
    assert abs(shares.mean() - 1) < 3.5 * shares.std() / np.sqrt(len(shares))
