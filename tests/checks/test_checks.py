"""Every known answer holds, elsewhere too; what is expected is what is published; and a check can fail."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from basin import theory
from basin.checks import CheckError, CheckResult, catalogue, run
from basin.checks.row import Finding, mean, share

NAMES = [row.name for row in catalogue()]


@pytest.fixture(scope="module")
def measured() -> dict[str, CheckResult]:
    """All fast cases, by name."""
    return {result.name: result for result in run()}


def test_every_known_answer_holds(measured):
    assert {name.split(" (")[0] for name in measured} == {row.name for row in catalogue() if not row.long}
    assert [result for result in measured.values() if not result.passed] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # the off-switch game: probit, rational and logistic humans
        ("off-switch-gate (mu=0)", 0.28209479),
        ("off-switch-gate", 0.08408513),
        ("off-switch-game (mu=0)", 0.28209479),
        ("off-switch-game", 0.08408513),
        ("off-switch-game (tau=0)", 0.197797),
        ("off-switch-logistic (beta=0)", 0.197797),
        ("off-switch-logistic (beta=0.5)", 0.104860),
        ("off-switch-logistic", 0.0),
        ("off-switch-logistic (beta=2)", -0.104154),
        ("off-switch-learner", 0.5),
        ("off-switch-critical-variance", 0.0958),
        # motives
        ("separatrix (overlap=-0.5)", 4 / 9),
        ("separatrix", 1 / 3),
        ("separatrix (strength=2)", 0.2),
        ("separatrix (guarding=0.1, guarding_information=1)", 0.5),
        ("separatrix-skeleton", 1 / 3),
        ("no-cycles", 0.0),
        ("corners", 0.0),
        # learning
        ("self-confirming-error (tilt=0)", 0.0060),
        ("self-confirming-error", 0.1383),
        ("preventing-bias", 0.3287),
        ("lapse", 1.2715),
        ("lapse (lapse=0.4)", 0.6155),
        # search
        ("best-of (candidates=2)", 0.56419),
        ("best-of (candidates=4)", 1.02938),
        ("best-of", 1.76599),
        ("best-of (candidates=64)", 2.34373),
        # size
        ("cap-bits", 3.552),
        ("cap-bits (features=16)", 5.609),
        ("cap-bits (half_angle=85, features=1024)", 8.578),
        ("cap-measured", 5.609),
        ("cap-measured (features=8)", 3.552),
        # statistics
        ("coverage (Wald)", 0.18),
        ("peeking (Wilson)", 0.48),
        ("kaplan-meier (23 weeks)", 0.4482),
    ],
)
def test_what_is_expected_is_what_is_published(measured, name, expected):
    """The numbers of the model's table of known answers, to the digits stated there."""
    digits = len(f"{expected:.12g}".partition(".")[2])
    assert measured[name].expected == pytest.approx(expected, abs=0.51 * 10.0**-digits if digits < 9 else 1e-9)


def test_critical_variance_of_a_longer_life():
    assert theory.critical_variance(0.25, 1000) == pytest.approx(0.0759, abs=5e-5)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("off-switch-gate", {"mu": 3, "sigma": 0.5, "tau": 0.2}),
        ("off-switch-game", {"mu": -2, "sigma": 0.7, "tau": 0.3}),
        ("off-switch-logistic", {"mu": 0.2, "sigma": 2, "beta": 0.1}),
        ("off-switch-approved", {"tau": 3, "features": 2}),
        ("off-switch-learner", {"tau": 0.25, "episodes": 300}),
        ("off-switch-learner", {"tau": 2, "episodes": 50}),
        ("off-switch-critical-variance", {"tau": 1, "episodes": 30}),
        ("separatrix", {"overlap": 0.3, "reflection": 0.2, "guarding": 0.15, "strength": 3}),
        ("separatrix", {"overlap": 0.6, "reflection": 0.05, "guarding": 0.1}),  # nothing converges: 1
        ("separatrix-skeleton", {"overlap": 0.5, "reflection": 1, "guarding": 0.5}),  # the very edge of full convergence: 0
        ("logit-temperature", {"overlap": 0.5, "cares": 0.2}),
        ("corners", {"motives": 5, "games": 100}),
        ("no-cycles", {"motives": 8, "games": 300}),
        ("self-confirming-error", {"tilt": 0.2, "prior_items": 1, "start_error": -2, "episodes": 50}),
        ("self-confirming-coverage", {"k": 2, "tilt": 0.45, "start_error": 0, "episodes": 200}),
        ("kalman-covariance", {"features": 20, "spread": 10, "noise": 0.1, "items": 50}),
        ("kalman-mean", {"features": 12, "spread": 5, "noise": 0.1, "items": 5}),
        ("assumed-noise", {"tau": 1, "assumed": 0.5, "features": 3}),
        ("bias", {"bias": 2, "awareness": 1, "features": 3}),
        ("preventing-bias", {"behaves": 0.2, "features": 3}),
        ("lapse", {"lapse": 0.2, "coefficient": 1}),
        ("luce-consistency", {"rationality": 1, "options": 2, "features": 3}),
        ("martingale-probit", {"noise": 0.01}),
        ("martingale-kalman", {"noise": 10}),
        ("luce-drift", {"variance": 0.001, "rationality": 5}),
        ("best-of", {"candidates": 1000}),
        ("proxy-search", {"utility_sd": 2, "error_sd": 0.5, "candidates": 100}),
        ("winners-curse", {"knowledge": -0.5, "strength": 2}),
        ("winners-curse-caution", {"knowledge": 0.2, "strength": 0.5, "features": 3, "candidates": 64}),
        ("capability", {"start": 0.5, "growth": 0.3, "episodes": 7}),
        ("capability-logistic", {"start": 0.9, "growth": 0.01}),
        ("lock-in", {"knowledge": -0.5, "candidates": 1, "hazard": 3, "tolerance": 1.5, "episodes": 20}),
        ("cap-bits", {"half_angle": 120, "features": 3}),
        ("cap-bits-engine", {"half_angle": 80, "features": 64}),
    ],
)
def test_the_formulas_hold_elsewhere(name, settings):
    results = run([name], settings)
    assert [result.name for result in results] == [name]
    assert results[0].passed, results[0]


@pytest.mark.parametrize(
    ("name", "formula", "wrong"),
    [
        ("off-switch-gate", "incentive", lambda right, *a: 1.001 * right(*a)),
        ("off-switch-game", "incentive", lambda right, mu, sigma, tau: right(mu, sigma, 1.1 * tau)),
        ("off-switch-logistic", "incentive_logistic", lambda right, mu, sigma, beta: right(mu, sigma, 1.1 * beta)),
        ("off-switch-approved", "approved_utility", lambda right, mu, sigma, tau: right(mu, sigma, 1.1 * tau)),
        ("off-switch-learner", "critical_variance", lambda right, tau, episodes: right(tau, 2 * episodes)),
        ("off-switch-critical-variance", "critical_variance", lambda right, tau, episodes: right(1.05 * tau, episodes)),
        ("separatrix", "separatrix", lambda right, k, g, o, s: right(k, g, o + 0.01, s)),
        ("separatrix-skeleton", "separatrix", lambda right, k, g, o, s: right(k, g, o, 1.01 * s)),
        ("logit-temperature", "logit_temperature_bound", lambda right, k, g, o, c: 1.01 * right(k, g, o, c)),
        ("corners", "attracting_corners", lambda right, s, c: right(s * [1.1, 1.0, 1.0], c)),
        ("no-cycles", "potential", lambda right, p, s, c, n: right(p, s, c, np.ones_like(n))),
        ("self-confirming-error", "self_confirming_error", lambda right, e, n, k, t: right(e, n, 0.95 * k, t)),
        ("self-confirming-coverage", "self_confirming_coverage", lambda right, k, *a: right(1.3 * k, *a)),
        ("assumed-noise", "assumed_noise_limit", lambda right, m, assumed, tau: right(m, 1.02 * assumed, tau)),
        ("preventing-bias", "preventing_bias", lambda right, e: right(1.01 * e)),
        ("lapse", "lapse_limit", lambda right, e, c: right(0.95 * e, c)),
        ("best-of", "best_of", lambda right, n: right(n - 1)),
        ("proxy-search", "proxy_search", lambda right, u, e, n: right(u, 1.1 * e, n)),
        ("winners-curse", "best_of", lambda right, n: right(0.8 * n)),
        ("capability", "capability_path", lambda right, c, g, t: right(c, 1.0001 * g, t)),
        ("capability-logistic", "capability_logistic", lambda right, c, g, t: right(1.05 * c, g, t)),
        ("lock-in", "lock_in_hazard", lambda right, a, h, c, m, s, t: right(a, h, c, m, s, 0.8 * t)),
        ("cap-bits", "cap_bits", lambda right, angle, d: right(angle, d + 1)),
    ],
)
def test_a_wrong_formula_fails(monkeypatch, name, formula, wrong):
    """Every check would notice a closed form that is slightly off."""
    right = getattr(theory, formula)
    monkeypatch.setattr(theory, formula, lambda *arguments: wrong(right, *arguments))
    (result,) = run([name], _all_defaults(name))
    assert not result.passed, result


def _all_defaults(name: str) -> dict[str, float]:
    """Settings that keep a row to its first case."""
    (row,) = [row for row in catalogue() if row.name == name]
    return {parameter.name: parameter.default for parameter in row.parameters}


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("kalman", "martingale", "bias", "luce"))])
def test_learning_without_a_formula_of_its_own_can_fail(monkeypatch, name):
    """These compare the engine with identities: an engine that learns a little too much breaks them."""
    from basin.checks import learning, moments
    from basin.engine import belief

    for step in ("probit_step", "kalman_step"):
        exact = getattr(belief, step)
        monkeypatch.setattr(belief, step, lambda *a, exact=exact: tuple(1.001 * part for part in exact(*a)))
    modes = moments.modes
    monkeypatch.setattr(moments, "modes", lambda mean, *a: mean + 1.1 * (modes(mean, *a) - mean) + 1e-4)
    final = learning.final_beliefs

    def off(*a, **k):
        beliefs = final(*a, **k)
        return dataclasses.replace(beliefs, mean=1.05 * beliefs.mean, covariance=1.05 * beliefs.covariance)

    monkeypatch.setattr(learning, "final_beliefs", off)
    (result,) = run([name], _all_defaults(name))
    assert not result.passed, result


def test_a_search_without_caution_is_found_out(monkeypatch):
    from basin.checks import search

    gaps = search.engine_gaps
    monkeypatch.setattr(search, "engine_gaps", lambda *a: gaps(*a[:-2], 0.9 * a[-2], a[-1]))
    (result,) = run(["winners-curse-caution"], {"candidates": 16})
    assert not result.passed


def test_findings():
    assert mean(1.0, [0.0, 1.0, 2.0]).z == 0.0
    assert mean(0.0, [1.0, 1.0]).z == math.inf and not mean(0.0, [1.0, 1.0]).passed
    assert mean(1.0, [1.0, 1.0]).passed
    assert share(0.5, np.arange(100) < 70).z == pytest.approx(4.0)
    assert share(1.0, [True, True]).passed and not share(1.0, [True, False]).passed
    assert not Finding(0.0, math.nan, 1.0).passed and not Finding(0.0, math.nan, tolerance=1.0).passed
    assert Finding(1.0, 1.5, tolerance=0.5).passed and not Finding(1.0, 1.6, tolerance=0.5).passed


def test_catalogue_says_what_every_row_is():
    assert len(set(NAMES)) == len(NAMES)
    for row in catalogue():
        assert row.description.endswith((".", "?")) and "\n" not in row.description and row.source
        for parameter in row.parameters:
            assert parameter.low <= parameter.default <= parameter.high and parameter.unit and parameter.meaning
        for case in row.cases + row.long_cases:
            assert case.keys() <= {parameter.name for parameter in row.parameters}


@pytest.mark.parametrize(
    ("names", "settings", "message"),
    [
        (["off-switch-lerner"], {}, "off-switch-lerner: no such check; did you mean off-switch-learner?"),
        (["off-switch-learner"], {"taau": 1}, "off-switch-learner: no setting taau; did you mean tau?"),
        (["best-of"], {"candidates": 0}, "best-of: candidates = 0: must be a whole number from 1 to 1e+06"),
        (["best-of"], {"candidates": 2.5}, "best-of: candidates = 2.5: must be a whole number from 1 to 1e+06"),
        (["best-of"], {"candidates": "many"}, "best-of: candidates = many: must be a whole number"),
        (["separatrix"], {"overlap": math.nan}, "separatrix: overlap = nan: must be a number from -1 to 1"),
        (["greene"], {"air": 1}, "greene: has no settings"),
        (["best-of", "greene"], {"candidates": 4}, "candidates: settings belong to one check; name it"),
        (None, {"candidates": 4}, "candidates: settings belong to one check; name it"),
        (["cap-bits"], {"half_angle": 10, "features": 64}, "cap-bits: half_angle = 10.0: 1000000 chances are too few"),
        (["off-switch-gate"], {"sigma": 1, "tau": 1e-6}, "off-switch-gate: belief.spread = "),
        (["winners-curse-caution"], {"strength": 0.1}, "winners-curse-caution: strength = 0.1: must be above knowledge"),
        (["separatrix"], {"overlap": 1, "reflection": 0.05}, "separatrix: overlap = 1.0: starts take too long"),
    ],
)
def test_bad_requests_get_one_line(names, settings, message):
    with pytest.raises(CheckError) as error:
        run(names, settings)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_settings_may_be_text():
    (result,) = run(["capability"], {"growth": "0.1", "episodes": "20"})
    assert result.expected == pytest.approx(theory.capability_path(0.05, 0.1, 20)[-1])


def test_the_same_on_any_number_of_threads_and_by_seed():
    settings = {"episodes": 50, "runs": 5000}
    one = run(["off-switch-learner"], settings, threads=1)
    assert run(["off-switch-learner"], settings, threads=2) == one
    assert run(["off-switch-learner"], settings, seed=1)[0].measured != one[0].measured


def test_progress_counts_rows():
    seen: list[tuple[int, int]] = []
    run(["capability", "greene"], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_results_are_json():
    result = CheckResult("x", 0.0, math.inf, math.inf, 0.0, None, False, "nobody", "")
    shown = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert shown["measured"] is None and shown["pass"] is False and shown["error"] == 0.0


@pytest.mark.slow
def test_every_long_answer_holds():
    assert [result for result in run(all=True, seed=1) if not result.passed] == []
