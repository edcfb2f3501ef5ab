"""The off-switch game, and the learner that asks too rarely to learn."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from basin import theory

GRID = [(mu, sigma) for mu in (-2.0, -0.3, 0.0, 0.7, 3.0) for sigma in (0.2, 1.0, 2.5)]


@pytest.mark.parametrize(
    ("mu", "sigma", "tau", "expected"),
    [(0, 1, 1, 0.28209479), (0.5, 1, 1, 0.08408513), (0.5, 1, 0, 0.197797), (0, 2, 0, 2 * 0.3989422804)],
)
def test_incentive_of_a_probit_human(mu, sigma, tau, expected):
    assert theory.incentive(mu, sigma, tau) == pytest.approx(expected, abs=6e-9 if tau else 6e-7)


@pytest.mark.parametrize(("mu", "sigma"), GRID)
def test_gate_values_are_the_integrals_they_name(mu, sigma):
    tau, slope, offset = 0.6, 0.7, 0.2

    def expectation(value):
        return quad(lambda u: value(u) * norm.pdf(u, mu, sigma), mu - 12 * sigma, mu + 12 * sigma, epsabs=1e-13)[0]

    def approves(u):
        return norm.cdf((slope * u + offset) / tau)

    tilted = {"slope": slope, "offset": offset}
    assert theory.approval_probability(mu, sigma, tau, **tilted) == pytest.approx(expectation(approves), abs=1e-11)
    asked = expectation(lambda u: u * approves(u))
    assert theory.approved_utility(mu, sigma, tau, **tilted) == pytest.approx(asked, abs=1e-11)


@pytest.mark.parametrize(("mu", "sigma"), GRID)
def test_incentive_is_what_asking_adds(mu, sigma):
    tau = 0.8
    added = theory.approved_utility(mu, sigma, tau) - max(mu, 0)
    assert theory.incentive(mu, sigma, tau) == pytest.approx(added, abs=1e-12)


def test_incentive_falls_with_noise_and_is_never_negative_for_a_rational_human():
    mu, sigma = np.array([-2, -0.5, 0.5, 2]), 0.7
    values = theory.incentive(mu, sigma, np.linspace(0, 4, 30)[:, None])
    assert values.shape == (30, 4)
    assert np.all(np.diff(values, axis=0) < 0)
    assert np.all(values[0] > 0)
    assert np.all(values[-1] < 0)


def test_no_uncertainty_leaves_a_step_and_half_at_zero():
    assert theory.approval_probability([-1, 0, 1], 0, 0).tolist() == [0, 0.5, 1]
    assert theory.approved_utility([-1, 0, 1], 0, 0).tolist() == [0, 0, 1]
    assert np.all(theory.incentive([-1, 0, 1], 0, 0) == 0)


@pytest.mark.parametrize(("beta", "expected"), [(0, 0.197797), (0.5, 0.104860), (2, -0.104154)])
def test_incentive_of_a_logistic_human(beta, expected):
    assert theory.incentive_logistic(0.5, 1, beta) == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize(("mu", "beta"), [(0.5, 1.0), (-0.5, 1.0), (2.0, 0.25), (0.125, 8.0), (1e-3, 500.0)])
def test_logistic_incentive_changes_sign_exactly_at_twice_beta_mu(mu, beta):
    edge = np.sqrt(2 * beta * abs(mu))
    assert theory.incentive_logistic(mu, edge, beta) == pytest.approx(0, abs=1e-15)
    assert theory.incentive_logistic(mu, edge * (1 + 1e-9), beta) > 0
    assert theory.incentive_logistic(mu, edge * (1 - 1e-9), beta) < 0


@pytest.mark.parametrize(
    ("mu", "sigma", "beta"),
    [
        (0.5, 1, 1e-6),
        (3, 0.5, 0.04),
        (-3, 0.5, 0.04),
        (1e-3, 1, 50),
        (0.5, 1, 1e4),
        (4, 0.3, 1.5),
        (0, 1, 0.3),
        (6, 1, 3),
    ],
)
def test_logistic_incentive_against_direct_integration(mu, sigma, beta):
    with mpmath.workdps(30):

        def asked(u):
            return u * mpmath.npdf(u, mu, sigma) / (1 + mpmath.exp(-u / beta))

        near, far = sorted({0, mu}), 14 * sigma
        nodes = sorted({mu - far, -30 * beta, -beta, *near, beta, 30 * beta, mu + far})
        nodes = [node for node in nodes if mu - far <= node <= mu + far]
        expected = float(mpmath.quad(asked, nodes) - max(mu, 0))
    assert theory.incentive_logistic(mu, sigma, beta) == pytest.approx(expected, rel=1e-9)


def test_a_logistic_human_tends_to_a_rational_one_and_to_a_coin():
    assert theory.incentive_logistic(0.5, 1, 1e-5) == pytest.approx(theory.incentive(0.5, 1, 0), rel=1e-9)
    assert theory.incentive_logistic(-0.5, 1, 1e7) == pytest.approx(-0.25, abs=1e-6)
    assert theory.incentive_logistic(2, 0, 1) == pytest.approx(-2 / (1 + np.exp(2)))
    assert theory.incentive_logistic([0.5, 1.0], [[1.0], [2.0], [3.0]], 1).shape == (3, 2)


@pytest.mark.parametrize(("episodes", "expected"), [(100, 0.0958), (1000, 0.0759)])
def test_critical_variance_of_the_lone_learner(episodes, expected):
    variance = theory.critical_variance(0.25, episodes)
    assert variance == pytest.approx(expected, abs=6e-5)
    plan = norm.ppf(1 - (1 - 2 ** (-1 / episodes)) / 2)
    assert theory.incentive(plan, np.sqrt(variance) * plan, 0.25) == pytest.approx(0, abs=1e-14)
    assert theory.ever_asks(np.sqrt(variance), 0.25, episodes) == pytest.approx(0.5, abs=1e-9)


def test_asking_starts_where_the_incentive_turns_positive():
    spread = np.array([0.15, 0.3, 0.6, 1.0, 3.0])
    tau, belief = 0.4, 1.7
    plan = theory.smallest_asked(spread, tau, belief)
    assert np.all(np.diff(plan) < 0)
    for step, sign in ((1 - 1e-6, -1), (1 + 1e-6, 1)):
        assert np.all(np.sign(theory.incentive(belief * plan * step, spread * plan * step, tau)) == sign)


def test_ever_asking_against_random_plans():
    rng = np.random.default_rng(1)
    spread, tau, episodes, learners = 0.3, 0.25, 50, 4000
    plans = rng.standard_normal((learners, episodes))
    asked = (theory.incentive(-plans, spread * np.abs(plans), tau) >= 0).any(axis=1).mean()
    expected = theory.ever_asks(spread, tau, episodes)
    assert 0.1 < expected < 0.9
    assert abs(asked - expected) < 3.5 * np.sqrt(expected * (1 - expected) / learners)


def test_waiting_hardly_helps():
    episodes = np.array([1e2, 1e4, 1e8, 1e12])
    variance = theory.critical_variance(0.25, episodes)
    assert np.all(np.diff(variance) < 0)
    # like 1/√ln T: ten billion times the patience still asks for a third of the uncertainty
    assert variance[-1] / variance[0] > 1 / 3
    far = theory.critical_variance(1e-6, [1e6, 1e12])
    assert far[1] / far[0] == pytest.approx(np.sqrt(np.log(1e6) / np.log(1e12)), rel=0.05)


def test_a_belief_twice_as_strong_needs_four_times_the_variance_of_half_the_noise():
    assert theory.critical_variance(0.5, 100, 2) == pytest.approx(4 * theory.critical_variance(0.25, 100, 1), rel=1e-12)


def test_edges_of_asking():
    assert theory.critical_variance(0, 100) == 0
    assert theory.smallest_asked([0, 0.1], [0.25, 0]).tolist() == [np.inf, 0]
    assert theory.ever_asks([0, 0.1], [0.25, 0], 10).tolist() == [0, 1]
    assert theory.critical_variance([0.1, 0.2], [[10], [100], [1000]]).shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.incentive(0, -1, 1), "sigma = -1: must be finite and at least 0"),
        (lambda: theory.incentive(0, 1, np.nan), "tau = nan: must be finite and at least 0"),
        (lambda: theory.incentive("much", 1, 1), "mu = 'much': must be a number or an array of numbers"),
        (lambda: theory.incentive([0, 1], [1, 1, 1], 1), r"shapes do not fit together: mu \(2,\), sigma \(3,\)"),
        (lambda: theory.incentive_logistic(0, 1, -1), "beta = -1"),
        (lambda: theory.critical_variance(0.25, 0), "episodes = 0: must be finite and at least 1"),
        (lambda: theory.critical_variance(0.25, 1.5), "episodes = 1.5: must be a whole number"),
        (lambda: theory.ever_asks(0.1, 0.25, 10, 0), "belief = 0: must be finite and above 0"),
        (lambda: theory.approval_probability(np.inf, 1, 1), "mu = inf: must be finite"),
    ],
)
def test_bad_input_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
