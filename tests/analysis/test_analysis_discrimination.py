"""The area under the ROC curve: what it is, that its interval covers, and what several numbers say together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from basin.analysis.discrimination import auc, held_out_score, logistic

REPEATS = 2000


def naive(values, positive):
    """Every pair of a positive and another, one by one."""
    above, below = values[positive], values[~positive]
    return np.mean([(x > y) + 0.5 * (x == y) for x in above for y in below])


def test_the_area_counts_pairs():
    rng = np.random.default_rng(0)
    values, positive = rng.integers(0, 6, 60).astype(float), rng.random(60) < 0.4
    found = auc(values, positive)
    assert found.mean == pytest.approx(naive(values, positive), abs=1e-12)
    assert found.low < found.mean < found.high
    assert auc(-values, positive).mean == pytest.approx(1 - found.mean)
    assert auc(np.exp(values), positive) == found  # ranks are all that counts


def test_one_kind_above_the_other_is_not_certain():
    found = auc(np.arange(40.0), np.arange(40) >= 20)
    assert found.mean == 1 and 0.8 < found.low < 1 and found.high == 1
    assert auc(np.zeros(40), np.arange(40) >= 20).mean == 0.5


def test_a_kind_without_runs_says_nothing():
    assert np.isnan(auc([1.0, 2.0, 3.0], [True, False, False])).all()


@pytest.mark.parametrize(
    ("apart", "positives", "others"), [(0.5, 200, 100), (1.0, 30, 300), (0.0, 50, 50), (2.0, 400, 100), (3.0, 600, 200)]
)
def test_the_interval_of_two_normals_covers(apart, positives, others):
    """X ~ N(δ, 1), Y ~ N(0, 1): P(X > Y) = Φ(δ/√2)."""
    rng, positive = np.random.default_rng(1), np.arange(positives + others) < positives
    truth, hits = norm.cdf(apart / np.sqrt(2)), 0
    for _ in range(REPEATS):
        found = auc(rng.normal(size=len(positive)) + apart * positive, positive)
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / REPEATS <= 0.97


def test_the_interval_of_rates_with_ties_covers():
    rng, positive = np.random.default_rng(2), np.arange(300) < 200
    p, q, hits = 0.6, 0.3, 0
    for _ in range(REPEATS):
        found = auc(rng.random(300) < np.where(positive, p, q), positive)
        hits += found.low <= p * (1 - q) + 0.5 * (p * q + (1 - p) * (1 - q)) <= found.high
    assert 0.93 <= hits / REPEATS <= 0.97


def test_the_model_finds_what_the_numbers_say():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(20_000, 2)) * [1.0, 5.0]
    positive = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 + 1.0 * values[:, 0] - 0.2 * values[:, 1])))
    coefficients, middle, scale = logistic(values, positive)
    np.testing.assert_allclose(coefficients[1:] / scale, [1.0, -0.2], atol=0.05)
    assert coefficients[0] - coefficients[1:] @ (middle / scale) == pytest.approx(0.5, abs=0.05)


def test_a_constant_adds_nothing():
    rng = np.random.default_rng(4)
    positive = rng.random(200) < 0.5
    value = rng.normal(size=200) + positive
    alone = auc(*held_out_score(value[:, None], positive))
    assert auc(*held_out_score(np.column_stack([value, np.full(200, 7e5)]), positive)).mean == pytest.approx(
        alone.mean, abs=1e-3
    )


def test_the_score_is_of_the_other_half():
    rng = np.random.default_rng(5)
    positive = np.arange(101) < 41
    score, kinds = held_out_score(rng.normal(size=(101, 3)), positive, seed=9)
    assert len(score) == len(kinds) == 51 and kinds.sum() == 21
    again = held_out_score(rng.normal(size=(101, 3)), positive, seed=9)[1]
    assert (again == kinds).all()


@pytest.mark.slow
@pytest.mark.parametrize("apart", [0.0, 1.0])
def test_the_interval_of_a_score_covers_what_that_score_is_worth(apart):
    """Of six normals one differs by δ: a score with coefficients b has the area Φ(b₁δ/(|b|√2))."""
    rng, hits, repeats = np.random.default_rng(6), 0, REPEATS
    for at in range(repeats):
        positive = rng.random(200) < 0.4
        values = rng.normal(size=(200, 6))
        values[positive, 0] += apart
        score, kinds = held_out_score(values, positive, seed=at)
        b = np.linalg.lstsq(np.column_stack([_held(values, positive, at), np.ones(len(score))]), score, rcond=None)[0][:6]
        found, truth = auc(score, kinds), norm.cdf(b[0] * apart / np.linalg.norm(b) / np.sqrt(2))
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / repeats <= 0.97


def _held(values, positive, seed):
    from basin.analysis.discrimination import _half

    return values[~_half(positive, seed)]
