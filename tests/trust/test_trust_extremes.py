"""Parameters at the ends of their bounds: numbers stay finite and sound, and what is known in closed form is met there.

The gate of the closed forms is |z| < 3.5 with fixed seeds: a correct engine would fail an assertion for one seed in 2,000.
What single numbers do at their ends is tested in tests/engine/test_edges.py and test_limits.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from basin import theory
from basin.checks import run
from basin.checks.row import mean, share
from basin.checks.still import SHUT, still
from basin.simulate import simulate, trajectory
from basin.simulate.beliefs import final_beliefs
from basin.simulate.tables import tabulate
from tests.engine.cases import ALLY, OWN, PLEASE, RIVAL, scenario
from tests.engine.drive import Drive
from tests.sound import assert_sound_beliefs, assert_sound_episodes, assert_sound_runs

MOST = 1_000_000  # candidates, and episodes

# ---- Sound ---------------------------------------------------------------------------------------------------------

LISTENING = {
    "evidence.statements": 1.0, "evidence.comparisons": 1.0, "evidence.demonstrations": 1.0, "oversight.audit": 1.0,
    "evidence.demonstration_options": 16, "evidence.demonstration_rationality": 1000.0, "humans.bias": 100.0,
}  # fmt: skip
PUSHED = {
    "motives.noise": 100.0, "training.strength": 100.0, "reflection.strength": 100.0, "motives.erosion": 1.0,
    "motives.own": [OWN, RIVAL, PLEASE, ALLY], "world.hazard": 1e4, "gate.foresight": 1e6,
}  # fmt: skip
EXTREMES: dict[str, dict[str, Any]] = {
    "unsure, and nearly certain of its evidence": {"belief.spread": 1e4, "belief.assumed_noise": 1.0, "humans.noise": 0.0},
    "unsure, and deaf": {"belief.spread": 1e4, "belief.assumed_noise": 1e4, "humans.noise": 1e4, "humans.spread": 1e4},
    "sure, and nearly certain": {"belief.spread": 1e-8, "belief.assumed_noise": 0.0, "humans.noise": 0.0},
    "tiny noise": {
        "belief.spread": 1.0,
        "belief.assumed_noise": 1e-4,
        "humans.noise": 1e-300,
        "evidence.statement_noise": 0.0,
    },
    "everything at stake": {"belief.strength": 1e4, "belief.knowledge": -1.0, "belief.drift": 100.0, "values.drift": 10.0},
    "sure at first, adrift, and told exactly": {"belief.spread": 0.0, "belief.drift": 1.0, "evidence.statement_noise": 0.0},
    "adrift, and told exactly when it no longer is": {
        "belief.spread": 0.0,
        "phases": [{"name": "adrift", "episodes": 3, "belief.drift": 1.0}, {"name": "told", "evidence.statement_noise": 0.0}],
    },
    "a wide search": {"planning.candidates": MOST, "belief.knowledge": 1.0, "world.tolerance": 0.0},
    "no care, no floor": {"motives.care": 0.0, "motives.floor": 0.0, "motives.elasticity": 0.0},
    "all care": {"motives.care": 1.0, "motives.floor": 0.01},
}


@pytest.mark.parametrize("features", [1, 64])
@pytest.mark.parametrize("name", list(EXTREMES))
def test_numbers_are_sound_at_the_ends(name, features):
    s = scenario(LISTENING | PUSHED | {"values.features": features} | EXTREMES[name], 30 if features == 1 else 5)
    assert_sound_runs(s, simulate(s, 8, 3).columns)
    assert_sound_episodes(s, trajectory(s, 8, 3))
    beliefs = final_beliefs(s, 8, 3)
    assert_sound_beliefs(s, beliefs.mean, beliefs.covariance)
    assert np.allclose(np.linalg.norm(beliefs.values, axis=-1), 1.0)


# ---- Right: the answers that `basin check` knows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("off-switch-gate", {"mu": 1000, "sigma": 1000, "tau": 1000}),
        ("off-switch-gate", {"mu": 0, "sigma": 1000, "tau": 0.5}),
        ("off-switch-gate", {"mu": 0, "sigma": 1e-3, "tau": 1000}),
        ("off-switch-gate", {"mu": 1000, "sigma": 0.1, "tau": 1e-4}),
        ("off-switch-approved", {"tau": 1000, "features": 64, "runs": 10_000}),
        ("off-switch-approved", {"tau": 1e-6, "features": 1, "runs": 10_000}),
        ("kalman-covariance", {"features": 16, "spread": 100, "noise": 0.01}),
        ("kalman-covariance", {"features": 1, "spread": 100, "noise": 0.01}),
        ("kalman-mean", {"features": 64, "spread": 100, "noise": 0.01, "items": 70, "runs": 64}),
        ("kalman-mean", {"features": 1, "spread": 0.001, "noise": 100}),
        ("bias", {"bias": 10, "features": 16, "runs": 64}),
        ("best-of", {"candidates": 1}),
        ("proxy-search", {"utility_sd": 1e-3, "error_sd": 1e3, "candidates": MOST}),
        ("winners-curse", {"knowledge": 1, "strength": 100, "candidates": MOST}),
        ("winners-curse", {"knowledge": -1, "strength": 0, "candidates": MOST}),
        ("capability", {"start": 1e-6, "growth": 1}),
        ("lock-in", {"knowledge": -1, "candidates": 10_000, "hazard": 0.01, "tolerance": 0, "episodes": 20}),
        ("lock-in", {"knowledge": 0, "candidates": 1, "hazard": 100, "tolerance": 3, "capability": 1e-3}),
        ("cap-bits-engine", {"half_angle": 60, "features": 2}),
    ],
)
def test_known_answers_at_the_ends(name, settings):
    (found,) = run([name], settings)
    assert found.passed, found


# ---- Right: others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("candidates", [1, 2, 1000, MOST])
def test_the_best_of_any_number_of_plans_has_the_law_of_a_maximum(candidates):
    """θ·φ of an agent that knows θ is the largest of N normals, of law Φ^N; across θ the plan is normal."""
    (tables,) = tabulate(still({"belief.knowledge": 1.0, "belief.spread": 0.0, "planning.candidates": candidates}))
    drive, along, across = Drive(tables, range(64), 6), [], []
    theta = drive.theta
    for _ in range(100):
        drive.advance()
        phi = drive.block.phi[: tables.rules.features, :64].T
        along.append((phi * theta).sum(axis=1))
        across.append(phi - along[-1][:, None] * theta)
    best, rest = np.concatenate(along), np.concatenate(across)
    assert stats.kstest(best, lambda x: np.exp(candidates * stats.norm.logcdf(x))).pvalue > 1e-4
    assert abs(mean(theory.best_of(candidates), best).z) < 3.5
    squares = (best - theory.best_of(candidates)) ** 2
    assert abs(mean(theory.best_of_variance(candidates), squares).z) < 3.5
    length = (rest**2).sum(axis=1)  # χ² with d − 1 degrees of freedom
    assert stats.kstest(length, stats.chi2(tables.rules.features - 1).cdf).pvalue > 1e-4


@pytest.mark.parametrize("candidates", [1, MOST])
@pytest.mark.parametrize("noise", [0.0, 1e-9, 1.0, 1e4])
def test_people_approve_as_often_as_their_noise_says(candidates, noise):
    """P(yes) = E[Φ(e/τ)], e the largest of N normals: an agent that wants θ, and is too shy to act, asks about every plan."""
    shy = {"belief.knowledge": 1.0, "belief.strength": 1e-6, "belief.spread": 1.0, "belief.assumed_noise": 1.0}
    s = still(shy | {"humans.noise": noise, "planning.candidates": candidates, "outcome.horizon": 1})
    path = trajectory(s, 20_000, 9)
    assert (path.columns["asked"][:, 1] == 1).all()

    def weighed(x: float) -> float:
        says_yes = stats.norm.cdf(x / noise) if noise > 1e-6 else float(x > 0)
        return candidates * stats.norm.pdf(x) * np.exp((candidates - 1) * stats.norm.logcdf(x)) * says_yes

    known = min(1.0, quad(weighed, -9, 9, points=[0.0, 4.8], limit=400)[0])
    executed = path.columns["executed"][:, 1]
    assert executed.all() if known > 1 - 1e-9 else abs(share(known, executed).z) < 3.5


@pytest.mark.parametrize(("spread", "noise"), [(1e4, 1.0), (1e4, 1e4), (1e-4, 1e4), (1.0, 1e-4)])
def test_one_answer_moves_a_belief_as_bayes_says(spread, noise):
    """One feature: the moments of N(m, V) after a comparison, by the closed form of a probit answer, at any ratio."""
    s = still(SHUT | {
        "values.features": 1, "belief.knowledge": 1.0, "belief.strength": 0.5 * spread, "belief.spread": spread,
        "humans.noise": noise, "belief.assumed_noise": noise, "evidence.comparisons": 1.0, "outcome.horizon": 1,
    })  # fmt: skip
    (tables,) = tabulate(s)
    drive = Drive(tables.without_exits(), range(64), 2)
    before, sign = drive.m[:, 0], np.sign(drive.theta[:, 0])
    drive.advance()
    after, variance = drive.m[:, 0], drive.V[:, 0, 0]
    x = drive.batch.x[0]  # the last batch: 16 of the lanes
    lanes = drive.batch.lanes
    assert len(set(lanes.tolist())) == len(lanes)
    for l, along in zip(lanes.tolist(), x.tolist(), strict=True):
        answer = 1 if (after[l] - before[l]) * along > 0 else -1
        m, V = theory.probit_moments(before[l] * along, (spread * along) ** 2, answer, noise)
        assert after[l] * along == pytest.approx(m, rel=1e-9, abs=1e-12 * spread)
        assert variance[l] * along**2 == pytest.approx(V, rel=1e-6)
    assert (np.sign(before) == sign).all()


# ---- A million episodes --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_million_episodes_are_counted_and_shares_stay_shares():
    """Where nothing can be certain early: motives wander for good, and people's values too."""
    changes = {"motives.noise": 0.3, "values.drift": 0.01, "belief.drift": 0.01, "motives.own": [OWN, PLEASE, ALLY]}
    s = scenario(
        changes | {"values.features": 2, "capability.start": 1e-6, "capability.growth": 1e-5, "outcome.dwell": MOST}, MOST
    )
    beliefs = final_beliefs(s, 64, 5)
    assert_sound_beliefs(s, beliefs.mean, beliefs.covariance)
    assert np.allclose(np.linalg.norm(beliefs.values, axis=-1), 1.0, atol=1e-9)
    once = trajectory(s, 1, 5)
    assert_sound_episodes(s, once)
    assert once.shares.shape[1] == MOST + 1 and np.isfinite(once.shares[0, -1]).all()
    growth = theory.capability_path(1e-6, 1e-5, MOST)
    assert np.allclose(once.columns["capability"][0], growth, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("kalman-covariance", {"features": 2, "items": MOST}),
        ("kalman-mean", {"features": 2, "items": MOST, "runs": 64}),
        ("self-confirming-error", {"episodes": MOST, "runs": 128}),
        ("off-switch-learner", {"tau": 0.25, "episodes": MOST, "runs": 256}),
    ],
)
def test_known_answers_after_a_million_episodes(name, settings):
    (found,) = run([name], settings)
    assert found.passed, found
