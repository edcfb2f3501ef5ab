"""One update at a time: what each owes to probability theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from basin import theory
from basin.engine.belief import kalman_step, probit_step
from basin.engine.compile import BATCH
from basin.engine.layout import B_MOVED, B_OPTIONS, B_PICK, B_RATIONALITY, B_SLOPE, Rules, new_batch
from basin.engine.luce import learn_luce
from basin.engine.special import normal_parts
from basin.simulate.tables import tabulate
from tests.engine.cases import scenario
from tests.engine.drive import Drive, unpacked

CHANCE = np.random.default_rng(20240607)


def spd(d: int, scale: float = 1.0) -> np.ndarray:
    root = CHANCE.standard_normal((d, d))
    return scale * (root @ root.T / d + 0.1 * np.eye(d))


def luce(m: np.ndarray, V: np.ndarray, X: np.ndarray, beta: float, picked: int) -> tuple[np.ndarray, np.ndarray]:
    """The engine's posterior mean and covariance after option `picked` of the rows of X."""
    count, d = X.shape
    rules = Rules(*(0 for _ in Rules._fields))._replace(features=d, motives=1, most_options=count)
    e = new_batch(rules)
    e.m[:], e.V[:] = m[:, None], V[np.tril_indices(d)][:, None]
    e.options[: count * d] = X.reshape(-1, 1)
    for row, value in ((B_OPTIONS, count), (B_PICK, picked), (B_RATIONALITY, beta), (B_SLOPE, 1.0), (B_MOVED, 0.0)):
        e.w[row : row + BATCH] = value
    learn_luce(rules, e)
    return e.m[:, 0].copy(), unpacked(e.V, d)[0]


@pytest.mark.parametrize("noise", [1e-3, 0.5, 20.0])
def test_probit_is_a_martingale(noise: float) -> None:
    """E[m'] = m and E[V'] + Cov(m') = V, by the agent's own predictive, in any direction."""
    for _ in range(50):
        V, x, m = spd(4), CHANCE.standard_normal(4), CHANCE.standard_normal(4)
        slope, offset, Vx = CHANCE.uniform(0, 1), CHANCE.normal(), V @ x
        omega = np.sqrt(noise**2 + slope**2 * x @ Vx)
        z = (slope * m @ x + offset) / omega
        _, yes, no, r_yes, r_no = normal_parts(z)
        mean, kept = np.zeros(4), np.zeros((4, 4))
        for p, answer, r in ((yes, 1.0, r_yes), (no, -1.0, r_no)):
            gain, drop = probit_step(answer, slope, omega, z, r)
            mean += p * gain * Vx
            kept += p * (V - drop * np.outer(Vx, Vx) + gain**2 * np.outer(Vx, Vx))
        assert np.abs(mean).max() < 1e-12
        assert np.abs(kept - V).max() < 1e-12 * np.abs(V).max()


def test_probit_matches_moments_by_quadrature() -> None:
    for mean, variance, answer, noise in [(0.3, 0.5, 1, 0.4), (-2.0, 1.5, 1, 0.2), (1.0, 0.01, -1, 1.0)]:
        z = mean / (omega := np.sqrt(noise**2 + variance))
        _, _, _, r_yes, r_no = normal_parts(z)
        gain, drop = probit_step(float(answer), 1.0, omega, z, r_yes if answer > 0 else r_no)
        expected = theory.probit_moments(mean, variance, answer, noise)
        assert mean + variance * gain == pytest.approx(expected[0], rel=1e-10)
        assert variance - variance**2 * drop == pytest.approx(expected[1], rel=1e-10)


def test_kalman_is_a_martingale() -> None:
    variance, slope, noise = 0.7, 0.6, 0.3
    surprise = slope**2 * variance + noise**2
    gain, drop = kalman_step(np.sqrt(surprise), slope, surprise)
    assert variance - variance**2 * drop + (variance * gain) ** 2 == pytest.approx(variance, rel=1e-13)


def test_statements_give_the_exact_posterior_covariance() -> None:
    """V_n = (V₀⁻¹ + Σ xxᵀ/σ²)⁻¹; with evidence on axes, n hearings of an axis each count d/σ²."""
    changes = {"evidence.design": "axes", "evidence.statements": 1.0, "evidence.comparisons": 0.0, "oversight.audit": 0.0,
               "gate.ask_cost": 1e6, "values.features": 3, "motives.care": 1.0}  # fmt: skip
    (tables,) = tabulate(scenario(changes, 40))
    drive = Drive(tables.without_exits(), range(20), 3)
    start = drive.V[0, 0, 0]
    drive.advance(39)  # the last episode retires the runs
    for V in drive.V:
        assert np.abs(V - np.diag(np.diag(V))).max() == 0.0
        heard = (1 / np.diag(V) - 1 / start) / 3
        assert np.allclose(heard, np.rint(heard), atol=1e-9)
        assert np.rint(heard).sum() == 39


@pytest.mark.parametrize(("d", "options", "scale"), [(2, 2, 0.1), (6, 4, 1.0), (3, 12, 30.0), (8, 5, 1e-6)])
def test_luce_finds_the_maximum_and_the_curvature(d: int, options: int, scale: float) -> None:
    for _ in range(5):
        m, V, X, beta = CHANCE.normal(0, 2, d), spd(d, scale), CHANCE.standard_normal((options, d)), 2.5
        picked = int(CHANCE.integers(options))
        mean, covariance = luce(m, V, X, beta, picked)
        precision = np.linalg.inv(V)

        def objective(u: np.ndarray, m=m, P=precision, X=X, beta=beta, picked=picked) -> float:
            return 0.5 * (u - m) @ P @ (u - m) - beta * X[picked] @ u + special.logsumexp(beta * X @ u)

        found = optimize.minimize(objective, m, method="BFGS", options={"gtol": 1e-10})
        assert objective(mean) <= found.fun + 1e-9 * max(1.0, abs(found.fun))
        p = special.softmax(beta * X @ mean)
        gradient = precision @ (mean - m) - beta * (X[picked] - p @ X)
        assert np.sqrt(gradient @ covariance @ gradient) < 1e-9
        F = beta**2 * (X.T * p @ X - np.outer(p @ X, p @ X))
        assert np.allclose(np.linalg.inv(covariance), precision + F, rtol=1e-6, atol=1e-6 * np.abs(precision).max())


@pytest.mark.parametrize("distance", [1e1, 1e3, 1e5])
def test_luce_converges_from_far_priors(distance: float) -> None:
    """A single undamped step would overshoot by orders of magnitude and draw a false basin."""
    X = np.array([[1.0, 0.2], [-1.0, 0.1], [0.3, -1.0]])
    m, V = np.array([-distance, distance]), distance**2 * np.eye(2)
    mean, covariance = luce(m, V, X, 2.0, 0)
    p = special.softmax(2.0 * X @ mean)
    gradient = (mean - m) / distance**2 - 2.0 * (X[0] - p @ X)
    assert np.abs(gradient).max() < 1e-6
    assert np.linalg.eigvalsh(covariance)[0] > 0


def test_the_stiffest_belief_stays_positive() -> None:
    """At the bound of spread / assumed noise, V keeps positive eigenvalues through sharp answers."""
    changes = {"belief.spread": 1e4, "belief.assumed_noise": 1.0, "evidence.comparisons": 1.0, "evidence.statements": 1.0,
               "evidence.demonstrations": 0.5, "values.features": 6}  # fmt: skip
    (tables,) = tabulate(scenario(changes, 400))
    drive = Drive(tables.without_exits(), range(16), 1)
    for _ in range(8):
        drive.advance(49)
        values = np.linalg.eigvalsh(drive.V)
        assert np.isfinite(values).all()
        assert values.min() > 0


def test_exact_statements_are_learnt_exactly_and_for_good() -> None:
    changes = {"evidence.statements": 1.0, "evidence.statement_noise": 0.0, "values.features": 4, "humans.bias": 0.0}
    (tables,) = tabulate(scenario(changes, 3001))
    drive = Drive(tables.without_exits(), range(16), 1)
    drive.advance(3000)
    assert np.abs(drive.m - drive.theta).max() < 1e-4
    assert np.linalg.eigvalsh(drive.V).min() > -1e-12
