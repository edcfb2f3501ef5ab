"""The best of N plans, the size of a target in bits, and the world around the learner."""

import subprocess
import sys
import time

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from basin import theory


@pytest.mark.parametrize(("candidates", "expected"), [(1, 0), (2, 0.56419), (4, 1.02938), (16, 1.76599), (64, 2.34373)])
def test_best_of(candidates, expected):
    assert theory.best_of(candidates) == pytest.approx(expected, abs=5.1e-6)


def test_best_of_small_numbers_in_closed_form():
    assert theory.best_of(2) == pytest.approx(1 / np.sqrt(np.pi), rel=1e-13)
    assert theory.best_of(3) == pytest.approx(1.5 / np.sqrt(np.pi), rel=1e-13)
    assert theory.best_of_variance([1, 2]) == pytest.approx([1, 1 - 1 / np.pi], rel=1e-12)


@pytest.mark.parametrize("candidates", [7, 100, 10**4, 10**6, 10**9])
def test_best_of_against_another_integral(candidates):
    """E[max] = ∫₀^∞ 1 − Φ(x)^N − Φ(−x)^N dx, to thirty digits."""
    with mpmath.workdps(30):

        def above(x):
            tail = mpmath.ncdf(-x)
            return -mpmath.expm1(candidates * mpmath.log1p(-tail)), tail**candidates

        knots = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 14]
        mean = mpmath.quad(lambda x: above(x)[0] - above(x)[1], knots)
        square = mpmath.quad(lambda x: 2 * x * (above(x)[0] + above(x)[1]), knots)
    assert theory.best_of(candidates) == pytest.approx(float(mean), rel=1e-12)
    assert theory.best_of_variance(candidates) == pytest.approx(float(square - mean**2), rel=1e-10)


def test_best_of_many_at_once():
    counts = np.array([[8, 1, 8], [64, 1000, 8]])
    together = theory.best_of(counts)
    assert together.shape == counts.shape
    assert together.ravel().tolist() == [theory.best_of(n) for n in counts.ravel()]
    assert theory.best_of([]).shape == (0,)
    assert np.all(np.diff(theory.best_of(np.arange(1, 3000))) > 0)
    assert np.all(np.diff(theory.best_of_variance(np.arange(1, 300))) < 0)


@pytest.mark.slow
def test_best_of_takes_less_than_a_millisecond():
    theory.best_of(8)
    start = time.perf_counter()
    for _ in range(100):
        theory.best_of(8)
    assert time.perf_counter() - start < 0.1


def test_searching_on_a_proxy():
    rng = np.random.default_rng(1)
    utility_sd, error_sd, n = 0.8, 0.5, 16
    utility = utility_sd * rng.standard_normal((50_000, n))
    proxy = utility + error_sd * rng.standard_normal(utility.shape)
    bought = np.take_along_axis(utility, proxy.argmax(axis=1)[:, None], 1)
    expected = theory.proxy_search(utility_sd, error_sd, n)
    assert abs(bought.mean() - expected) < 3.5 * bought.std() / np.sqrt(len(bought))
    assert theory.proxy_search(1, 0, [4, 64]) == pytest.approx(theory.best_of([4, 64]))
    assert np.all(np.diff(theory.proxy_search(1, [0, 0.5, 1, 4], 8)) < 0)


def test_the_chosen_plan():
    rng = np.random.default_rng(2)
    n, overlap = 8, 0.6
    plans = rng.standard_normal((50_000, n, 2))
    best = plans[np.arange(len(plans)), plans[..., 0].argmax(axis=1)]
    utility = best @ [overlap, np.sqrt(1 - overlap**2)]
    mean, sd = theory.chosen_plan(overlap, n)
    assert abs(utility.mean() - mean) < 3.5 * sd / np.sqrt(len(plans))
    assert utility.std() == pytest.approx(sd, rel=0.012)
    assert theory.chosen_plan([-1, 0, 1 + 1e-15], 1)[1] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    ("half_angle", "features", "expected", "digits"),
    [(60, 8, 3.552, 3), (60, 16, 5.609, 3), (60, 64, 16.45, 2), (85, 1024, 8.578, 3), (90, 37, 1, 12), (180, 5, 0, 12)],
)
def test_size_of_a_cap_in_bits(half_angle, features, expected, digits):
    assert theory.cap_bits(half_angle, features) == pytest.approx(expected, abs=0.51 * 10.0**-digits)


def test_caps_in_few_dimensions():
    angle = np.array([1.0, 30, 45, 77, 90, 91, 120, 179, 180])
    assert theory.cap_fraction(angle, 2) == pytest.approx(angle / 180, rel=1e-13)
    assert theory.cap_fraction(angle, 3) == pytest.approx((1 - np.cos(np.radians(angle))) / 2, rel=1e-12)
    assert theory.cap_fraction([0, 60, 120, 180], 1).tolist() == [0.5, 0.5, 0.5, 1]
    assert theory.cap_bits(0, [1, 2, 9]).tolist() == [1, np.inf, np.inf]


@pytest.mark.parametrize(
    ("half_angle", "features"),
    [(60, 100_000), (85, 100_000), (89.9, 100_000), (30, 5000), (1, 1000), (44.9, 1200), (0.5, 64)],
)
def test_bits_stay_finite_where_shares_underflow(half_angle, features):
    with mpmath.workdps(40):
        square, a = mpmath.sin(mpmath.radians(mpmath.mpf(half_angle))) ** 2, mpmath.mpf(features - 1) / 2
        lead = square**a * mpmath.sqrt(1 - square) / (2 * a * mpmath.beta(a, 0.5))
        expected = float(-mpmath.log(lead * mpmath.hyp2f1(a + 0.5, 1, a + 1, square), 2))
    assert theory.cap_bits(half_angle, features) == pytest.approx(expected, rel=1e-12)


def test_bits_are_smooth_where_the_method_changes():
    features = np.arange(2, 40_000)
    for angle in (44.999, 45.001, 60, 80):
        bits = theory.cap_bits(angle, features)
        steps = np.diff(bits)
        assert np.all(steps > 0)
        assert np.abs(np.diff(steps[500:])).max() < 1e-5
    assert theory.cap_bits(44.9999999, 500) == pytest.approx(theory.cap_bits(45.0000001, 500), rel=1e-7)


def test_caps_and_their_complements_fill_the_sphere():
    assert theory.cap_fraction(70, [3, 8, 60]) + theory.cap_fraction(110, [3, 8, 60]) == pytest.approx([1, 1, 1])
    rng = np.random.default_rng(3)
    goals = rng.standard_normal((100_000, 5))
    near = np.mean(goals[:, 0] / np.linalg.norm(goals, axis=1) >= np.cos(np.radians(50)))
    share = theory.cap_fraction(50, 5)
    assert abs(near - share) < 3.5 * np.sqrt(share / len(goals))


def test_least_bits():
    assert theory.least_bits([1, 3, 3 * 2**10]).tolist() == [0, 0, 10]
    # with that share, none of n runs hits one time in twenty
    assert (1 - 2.0 ** -theory.least_bits(10**6)) ** 10**6 == pytest.approx(0.05, abs=0.001)


def test_capability_path():
    path = theory.capability_path([0.02, 0.5, 1], 0.1, 200)
    assert path.shape == (3, 201)
    assert path[:, 0].tolist() == [0.02, 0.5, 1]
    assert path[:, 1] == pytest.approx([0.02 + 0.1 * 0.02 * 0.98, 0.525, 1])
    assert np.all(np.diff(path[:2, :100]) > 0) and np.all(path[2] == 1) and np.all(path <= 1)
    assert theory.capability_path(0.3, 0, 5).tolist() == [0.3] * 6


def test_slow_growth_is_logistic():
    start, growth, episodes = 0.02, 1e-3, 8000
    path = theory.capability_path(start, growth, episodes)
    smooth = theory.capability_logistic(start, growth, np.arange(episodes + 1))
    assert np.abs(path - smooth).max() < growth
    assert theory.capability_logistic(0.02, 0.1, np.log(49) / 0.1) == pytest.approx(0.5)
    assert theory.capability_logistic([0.1, 0.2], [[0.0], [0.1]], 3).shape == (2, 2)


@pytest.mark.parametrize(
    ("hazard", "capability", "mean", "sd", "tolerance"),
    [(1, 1, 0, 1, 0.5), (0.3, 0.5, -1, 0.7, 0), (50, 1, 1, 2, 0.2), (2, 0.1, 0.4, 1, 3)],
)
def test_lock_in_hazard_is_its_integral(hazard, capability, mean, sd, tolerance):
    def locked(utility):
        return min(1, max(hazard * capability * (-utility - tolerance), 0)) * norm.pdf(utility, mean, sd)

    kinks = [-tolerance - 1 / (hazard * capability), -tolerance]
    low, high = min(mean - 12 * sd, kinks[0] - 1), -tolerance
    expected = 0.6 * quad(locked, low, high, points=kinks[:1], epsabs=1e-13, limit=400)[0]
    chance = theory.lock_in_hazard(0.6, hazard, capability, mean, sd, tolerance)
    assert chance == pytest.approx(expected, rel=1e-8)


def test_lock_in_limits():
    assert theory.lock_in_hazard(1, [0, 1e6], 1, 0, 1, 0.5) == pytest.approx([0, norm.cdf(-0.5)], rel=1e-5)
    assert theory.lock_in_hazard(0.5, 1, 1, [-0.75, -9, 2], 0, 0.5) == pytest.approx([0.125, 0.5, 0])
    assert theory.lock_in_survival(0.01, [0, 1, 100]) == pytest.approx([1, 0.99, 0.99**100])
    assert theory.lock_in_survival([0, 1], [[0], [5]]).tolist() == [[1, 1], [1, 0]]


def test_frozen_agents_survive_as_computed():
    rng = np.random.default_rng(4)
    agents, episodes, acts, hazard, tolerance = 4000, 40, 0.7, 0.1, 0.5
    utility = rng.normal(0, 1, (agents, episodes))
    chance = np.minimum(1, hazard * np.maximum(-utility - tolerance, 0))
    locked = (rng.random(chance.shape) < acts) & (rng.random(chance.shape) < chance)
    expected = theory.lock_in_survival(theory.lock_in_hazard(acts, hazard, 1, 0, 1, tolerance), episodes)
    survived = np.mean(~locked.any(axis=1))
    assert abs(survived - expected) < 3.5 * np.sqrt(expected * (1 - expected) / agents)


def test_personas_are_a_markov_chain():
    weights, switch, lock = np.array([3.0, 1.0, 1.0]), 0.2, 0.5
    redraw = switch * (1 - lock)
    chain = (1 - redraw) * np.eye(3) + redraw * np.tile(weights / weights.sum(), (3, 1))
    start = np.array([0.0, 0.0, 1.0])
    expected = start @ np.linalg.matrix_power(chain, 7)
    assert theory.persona_shares(start, weights, switch, lock, 7) == pytest.approx(expected, rel=1e-12)
    stationary = theory.persona_shares(start, weights, switch, lock)
    assert stationary == pytest.approx([0.6, 0.2, 0.2])
    assert stationary @ chain == pytest.approx(stationary)
    assert theory.persona_sojourn(weights, switch, lock) == pytest.approx(1 / (1 - np.diag(chain)))


def test_a_lock_stops_switching():
    assert theory.persona_shares([1, 0], [1, 1], 0.3, 1.0).tolist() == [1, 0]
    assert theory.persona_sojourn([1, 1], 0.3, 1.0).tolist() == [np.inf, np.inf]
    assert theory.persona_sojourn([1, 0], 0.5).tolist() == [np.inf, 2]


def test_importing_the_theory_is_cheap():
    """SciPy and Numba are far above the price of a closed form that is not asked for."""
    code = "import sys, basin.theory; print('scipy' in sys.modules, 'numba' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.best_of(0), "candidates = 0: must be between 1 and 1e[+]09"),
        (lambda: theory.best_of([2, np.nan]), "candidates = nan"),
        (lambda: theory.proxy_search(0, 1, 8), "utility_sd = 0: must be finite and above 0"),
        (lambda: theory.chosen_plan(1.1, 8), "overlap = 1.1: must be between -1 and 1"),
        (lambda: theory.cap_bits(200, 8), "half_angle = 200: must be between 0 and 180"),
        (lambda: theory.cap_bits(60, 0), "features = 0: must be finite and at least 1"),
        (lambda: theory.cap_bits(60, 2.5), "features = 2.5: must be a whole number"),
        (lambda: theory.cap_bits([60, 70], [2, 3, 4]), "shapes do not fit together"),
        (lambda: theory.least_bits(0), "runs = 0"),
        (lambda: theory.capability_path(0, 0.1, 10), "start = 0: must be above 0 and at most 1"),
        (lambda: theory.capability_path(0.1, 2, 10), "growth = 2: must be between 0 and 1"),
        (lambda: theory.capability_logistic(0.1, 0.1, -1), "time = -1"),
        (lambda: theory.lock_in_hazard(1.5, 1, 1, 0, 1, 0), "acts = 1.5"),
        (lambda: theory.lock_in_hazard(1, 1, 1, 0, -1, 0), "sd = -1"),
        (lambda: theory.lock_in_survival(0.1, -1), "episodes = -1"),
        (
            lambda: theory.persona_shares([1, 0], [1, 1, 1], 0.1),
            r"start \(2,\) and weights \(3,\): must have one shape",
        ),
        (lambda: theory.persona_shares([1, 0], [0, 0], 0.1), "with a positive sum"),
        (lambda: theory.persona_shares([1, 0], [1, 1], 0.1, episodes=-1), "episodes = -1: must be at least 0"),
        (lambda: theory.persona_sojourn([1, 1], 2), "switch = 2: must be between 0 and 1"),
    ],
)
def test_bad_input_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
