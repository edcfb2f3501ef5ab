"""Where evidence takes a belief, and where evidence that is misunderstood takes it."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from basin import theory


def test_kalman_posterior_is_the_information_form():
    rng = np.random.default_rng(1)
    d, n, noise = 4, 30, 0.7
    root = rng.standard_normal((d, d))
    start, mean = root @ root.T + np.eye(d), rng.standard_normal(d)
    x, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    learned, covariance = theory.kalman_posterior(mean, start, x, y, noise)
    assert covariance == pytest.approx(np.linalg.inv(np.linalg.inv(start) + x.T @ x / noise**2), rel=1e-10)
    # the same as one statement after another, in any order
    for i in rng.permutation(n):
        gain = start @ x[i] / (x[i] @ start @ x[i] + noise**2)
        mean, start = mean + gain * (y[i] - x[i] @ mean), start - np.outer(gain, x[i] @ start)
    assert learned == pytest.approx(mean, rel=1e-9)
    assert covariance == pytest.approx(start, rel=1e-9, abs=1e-12)


def test_blind_features_stay_as_they_were():
    x, y = np.random.default_rng(2).standard_normal((20, 3)), np.ones(20)
    mean, covariance = theory.kalman_posterior([1, 2, 3], np.diag([1.0, 0.0, 1.0]), x, y, 1.0)
    assert mean[1] == 2
    assert covariance[1] == pytest.approx([0, 0, 0], abs=1e-15)
    assert np.all(np.diag(covariance)[[0, 2]] < 1)


def test_bias_moves_the_belief_to_what_evidence_shows():
    rng = np.random.default_rng(3)
    values, bias = np.array([1.0, 0, 0]), np.array([0, 0.5, 0])
    x = rng.standard_normal((200_000, 3))
    y = x @ (values + bias) + rng.standard_normal(len(x))
    mean, _ = theory.kalman_posterior(np.zeros(3), np.eye(3), x, y, 1.0)
    assert mean == pytest.approx(values + bias, abs=0.01)


@pytest.mark.parametrize("length", [0.1, 0.3286, 0.3288, 1.0])
def test_preventing_bias_is_where_the_cosine_crosses(length):
    knows = 1 / np.hypot(1, length) >= 0.95
    assert knows == (length <= theory.preventing_bias())


def test_preventing_bias_number():
    assert theory.preventing_bias() == pytest.approx(0.3287, abs=5e-5)
    assert theory.preventing_bias([0, 0.1]) == pytest.approx([0, np.sqrt(1 / 0.81 - 1)])


@pytest.mark.parametrize("answer", [1, -1])
@pytest.mark.parametrize(
    ("mean", "variance", "noise", "x", "slope", "offset"),
    [(0, 1, 1, 1, 1, 0), (1.3, 0.4, 0.5, 1, 1, 0), (-2, 2.5, 0.3, -1.4, 0.8, 0.2), (0.4, 0.01, 2, 2, 0.1, -1)],
)
def test_probit_moments_are_exact(answer, mean, variance, noise, x, slope, offset):
    def density(theta):
        return norm.pdf(theta, mean, np.sqrt(variance)) * norm.cdf(answer * (slope * theta * x + offset) / noise)

    reach = 12 * np.sqrt(variance)
    mass, first, second = (
        quad(lambda t, k=k: t**k * density(t), mean - reach, mean + reach, epsabs=1e-14, limit=400)[0] for k in range(3)
    )
    learned, left = theory.probit_moments(mean, variance, answer, noise, x=x, slope=slope, offset=offset)
    assert learned == pytest.approx(first / mass, rel=1e-9)
    assert left == pytest.approx(second / mass - (first / mass) ** 2, rel=1e-8)


def test_a_matching_belief_is_a_martingale():
    rng = np.random.default_rng(4)
    mean, variance, x = rng.normal(0, 2, 500), rng.uniform(0.01, 4, 500), rng.standard_normal(500)
    noise, slope, offset = 0.5, 0.8, 0.1
    tilted = {"x": x, "slope": slope, "offset": offset}
    omega = np.sqrt(noise**2 + variance * (slope * x) ** 2)
    yes = norm.cdf((slope * mean * x + offset) / omega)
    up, left_up = theory.probit_moments(mean, variance, 1, noise, **tilted)
    down, left_down = theory.probit_moments(mean, variance, -1, noise, **tilted)
    expected = yes * up + (1 - yes) * down
    moved = yes * (up - expected) ** 2 + (1 - yes) * (down - expected) ** 2
    assert np.abs(expected - mean).max() < 1e-12
    assert np.abs(yes * left_up + (1 - yes) * left_down + moved - variance).max() < 1e-12


def test_a_shocking_answer_neither_overflows_nor_turns_certain():
    mean, variance = theory.probit_moments(40.0, 1.0, -1, 0.1)
    assert 0 < mean < 1  # pushed back to about 0
    assert 0 < variance < 1
    unmoved = theory.probit_moments(40.0, 1.0, 1, 0.1)
    assert unmoved[0] == pytest.approx(40) and unmoved[1] == pytest.approx(1)


def test_wrong_assumed_noise_only_rescales():
    assert theory.assumed_noise_limit([1.0, 0.0, -2.0], 0.25, 0.5).tolist() == [0.5, 0, -1]
    # the limit explains every answer exactly as well as the truth does
    x, values = np.linspace(-3, 3, 7), 0.8
    assert norm.cdf(theory.assumed_noise_limit(values, 0.3, 0.6) * x / 0.3) == pytest.approx(norm.cdf(values * x / 0.6))


@pytest.mark.parametrize(("lapse", "expected"), [(0.1, 1.2715), (0.4, 0.6155)])
def test_lapses_move_the_belief_to_the_nearest_model(lapse, expected):
    assert theory.lapse_limit(lapse, 2) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("lapse", "coefficient"), [(0.05, 2.0), (0.3, 0.4), (0.2, 15.0)])
def test_lapse_limit_has_the_least_divergence(lapse, coefficient):
    x = np.linspace(-12, 12, 24_001)
    weight = norm.pdf(x)

    def divergence(learned):
        yes = (1 - lapse) * norm.cdf(coefficient * x) + lapse / 2
        return -weight @ (yes * norm.logcdf(learned * x) + (1 - yes) * norm.logcdf(-learned * x))

    best = theory.lapse_limit(lapse, coefficient)
    assert divergence(best) < min(divergence(best * 1.01), divergence(best * 0.99))


def test_lapse_limit_edges():
    assert theory.lapse_limit([0, 0.5, 1], [2, 0, 2]).tolist() == [2, 0, 0]
    falling = theory.lapse_limit(np.linspace(0, 1, 6), 2)
    assert np.all(np.diff(falling) < 0)
    assert theory.lapse_limit([[0.1], [0.2]], [1, 2, 3]).shape == (2, 3)


@pytest.mark.parametrize(("tilt", "expected"), [(0, 0.0060), (0.5, 0.1383)])
def test_self_confirming_error(tilt, expected):
    assert theory.self_confirming_error(3, 4, tilt, 2000) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("tilt", [0, 0.2, 0.5, 0.9, 1])
@pytest.mark.parametrize("prior_items", [0.01, 4, 250.5])
def test_self_confirming_error_is_its_product(tilt, prior_items):
    s = np.arange(1, 3001)
    product = np.cumprod((prior_items + s - 1 + tilt) / (prior_items + s))
    assert theory.self_confirming_error(1, prior_items, tilt, s) == pytest.approx(product, rel=1e-10)
    assert theory.self_confirming_error(3, prior_items, tilt, 0) == 3


@pytest.mark.parametrize("episodes", [1e5, 1e9, 1e12])
def test_self_confirming_error_after_very_long(episodes):
    with mpmath.workdps(60):
        ratio = mpmath.loggamma(4 + episodes + mpmath.mpf("0.3")) - mpmath.loggamma(5 + mpmath.mpf(episodes))
        expected = float(3 * mpmath.exp(ratio) * mpmath.gamma(5) / mpmath.gamma(mpmath.mpf("4.3")))
    assert theory.self_confirming_error(3, 4, 0.3, episodes) == pytest.approx(expected, rel=1e-10)


def test_coverage_limit():
    assert theory.self_confirming_coverage_limit(2, 0) == pytest.approx(0.9544997)
    assert theory.self_confirming_coverage_limit(1.96, 0.3) == pytest.approx(2 * norm.cdf(1.96 * np.sqrt(0.4)) - 1)
    assert theory.self_confirming_coverage_limit(2, [0.5, 0.7, 1]).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("tilt", "tolerance"), [(0, 1e-5), (0.2, 1e-3), (0.3, 1e-2)])
def test_coverage_approaches_its_limit(tilt, tolerance):
    limit = theory.self_confirming_coverage_limit(2, tilt)
    short = [limit - theory.self_confirming_coverage(2, tilt, 4, 3, episodes) for episodes in (10**3, 10**5, 10**7)]
    assert short[0] > short[1] > short[2] > 0
    assert short[2] < tolerance


@pytest.mark.parametrize("tilt", [0.0, 0.3, 0.6])
def test_self_confirming_learners(tilt):
    rng = np.random.default_rng(5)
    learners, episodes, noise, prior_items, start = 20_000, 60, 0.5, 4.0, 0.8
    belief = np.full(learners, 1.0 + start)
    for s in range(1, episodes + 1):
        statement = (1 - tilt) * 1.0 + tilt * belief + noise * rng.standard_normal(learners)
        belief += (statement - belief) / (prior_items + s)
    error = belief - 1.0
    expected = theory.self_confirming_error(start, prior_items, tilt, episodes)
    assert abs(error.mean() - expected) < 3.5 * error.std() / np.sqrt(learners)
    covered = np.mean(np.abs(error) <= 2 * noise / np.sqrt(prior_items + episodes))
    share = theory.self_confirming_coverage(2, tilt, prior_items, start, episodes, noise)
    assert abs(covered - share) < 3.5 * np.sqrt(share * (1 - share) / learners)


def test_coverage_before_any_evidence_is_all_or_nothing():
    assert theory.self_confirming_coverage(2, 0.3, 4, 0.9, 0) == 1
    assert theory.self_confirming_coverage(2, 0.3, 4, 1.1, 0) == 0


def test_kalman_posterior_against_the_joint_normal():
    """Bayes' rule by conditioning, in one dimension with two statements."""
    noise, x = 0.4, np.array([[1.0], [-2.0]])
    y = np.array([0.3, 0.1])
    mean, covariance = theory.kalman_posterior([0.5], [[2.0]], x, y, noise)

    def joint(theta):
        return norm.pdf(theta, 0.5, np.sqrt(2)) * multivariate_normal.pdf(y, x[:, 0] * theta, noise**2 * np.eye(2))

    mass, first = (quad(lambda t, k=k: t**k * joint(t), -5, 5, points=[0.0])[0] for k in range(2))
    assert mean[0] == pytest.approx(first / mass, rel=1e-8)
    assert covariance[0, 0] == pytest.approx(1 / (1 / 2 + 5 / noise**2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: theory.kalman_posterior([0, 0], np.eye(3), np.ones((1, 2)), [1], 1),
            r"mean \(2,\), covariance \(3, 3\)",
        ),
        (lambda: theory.kalman_posterior([0], [[1]], [[1]], [1], 0), "noise = 0: must be finite and above 0"),
        (lambda: theory.probit_moments(0, 1, 0, 1), "answer = 0: must be 1 or -1"),
        (lambda: theory.probit_moments(0, 0, 1, 0), "must not both be 0"),
        (lambda: theory.probit_moments(0, -1, 1, 1), "variance = -1"),
        (lambda: theory.assumed_noise_limit(1, 0, 1), "assumed_noise = 0"),
        (lambda: theory.preventing_bias(1), "behaves = 1: must be below 1"),
        (lambda: theory.lapse_limit(1.2, 2), "lapse = 1.2: must be between 0 and 1"),
        (lambda: theory.lapse_limit(0.1, -2), "coefficient = -2"),
        (lambda: theory.self_confirming_error(3, 0, 0.5, 10), "prior_items = 0: must be finite and above 0"),
        (lambda: theory.self_confirming_error(3, 4, 1.5, 10), "tilt = 1.5: must be between 0 and 1"),
        (
            lambda: theory.self_confirming_coverage(2, 0.3, 4, 3, 10**9),
            "episodes = 1e[+]09: must be between 0 and 1e[+]07",
        ),
    ],
)
def test_bad_input_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
