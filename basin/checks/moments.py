"""What a single update owes to probability: no evidence can be expected to move a belief that models it."""

from __future__ import annotations

import numpy as np

from basin.checks.row import Finding, Parameter, Run, exact, row

MARTINGALE = "law of total expectation and variance; Armstrong et al. 2020, Pitfalls of Learning a Reward Function Online"
PARAMETERS = (
    Parameter("beliefs", 1000, 1, 100_000, "beliefs", "random beliefs and questions", whole=True),
    Parameter("noise", 0.5, 1e-3, 100, "utility", "noise that the learner assumes in answers"),
)


def questions(run: Run, beliefs: int) -> np.ndarray:
    """(beliefs, 4) random mean and variance of a plan's utility, and slope and offset of people's view of it."""
    chance = run.chance
    columns = chance.normal(0, 2, beliefs), chance.exponential(1, beliefs), chance.uniform(0, 1, beliefs)
    return np.column_stack([*columns, chance.normal(0, 1, beliefs)])


def worst(variance: float, mean_change: float, variance_kept: float) -> float:
    """How far E[m'] is from m, or E[V'] + Var(m') from V, in units of the belief's spread."""
    error: float = max(abs(mean_change) / np.sqrt(variance), abs(variance_kept - variance) / variance)
    return error


@row("martingale-probit", source=MARTINGALE, parameters=PARAMETERS)
def probit(run: Run, beliefs: int, noise: float) -> Finding:
    """By its own lights an answer cannot be expected to move the belief: E[m'] = m and E[V'] + Var(m') = V exactly."""
    from basin.engine.belief import probit_step
    from basin.engine.special import normal_parts

    largest = 0.0
    for mu, variance, slope, offset in questions(run, beliefs):
        omega = np.sqrt(noise**2 + slope**2 * variance)
        z = (slope * mu + offset) / omega
        _, yes, no, r_yes, r_no = normal_parts(z)
        gain_yes, drop_yes = probit_step(1.0, slope, omega, z, r_yes)
        gain_no, drop_no = probit_step(-1.0, slope, omega, z, r_no)
        change = variance * (yes * gain_yes + no * gain_no)
        kept = variance - variance**2 * (yes * drop_yes + no * drop_no)
        moved = variance**2 * (yes * gain_yes**2 + no * gain_no**2)
        largest = max(largest, worst(variance, change, kept + moved))
    return exact(0.0, largest, 1e-12)


@row("martingale-kalman", source=MARTINGALE, parameters=PARAMETERS)
def kalman(run: Run, beliefs: int, noise: float) -> Finding:
    """The same for a statement, whose surprise has mean 0 and variance a²V + σ²."""
    from basin.engine.belief import kalman_step

    largest = 0.0
    for _, variance, slope, _ in questions(run, beliefs):
        expected = slope**2 * variance + noise**2
        up, drop = kalman_step(np.sqrt(expected), slope, expected)
        down, _ = kalman_step(-np.sqrt(expected), slope, expected)
        change = variance * (up + down) / 2
        moved = variance**2 * (up**2 + down**2) / 2
        largest = max(largest, worst(variance, change, variance - variance**2 * drop + moved))
    return exact(0.0, largest, 1e-12)


@row(
    "luce-drift",
    source="Laplace's approximation: its mode misses the posterior mean by a term of the order of the variance",
    parameters=(
        Parameter("variance", 0.01, 1e-4, 0.1, "utility²", "V, and V/2 for comparison"),
        Parameter("rationality", 2.0, 0.1, 10, "per utility", "β"),
    ),
)
def luce_drift(run: Run, variance: float, rationality: float) -> Finding:
    """A Luce update is no exact martingale: by its own lights the mean drifts, but only like V^2. The exponent of V.

    One feature and three options. The agent's predictive averages its Luce chances over the belief (Gauss-Hermite).
    """
    options, mean = np.array([1.0, -0.3, 0.4]), 0.7
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)

    def drift(v: float) -> float:
        values = mean + np.sqrt(v) * nodes
        score = rationality * values[:, None] * options
        chances = np.exp(score - score.max(axis=1, keepdims=True))
        predictive = weights @ (chances / chances.sum(axis=1, keepdims=True)) / weights.sum()
        return float(predictive @ (modes(mean, v, options, rationality) - mean))

    order = np.log2(drift(variance) / drift(variance / 2))
    return exact(2.0, order, 2 * variance * rationality**2)


def modes(mean: float, variance: float, options: np.ndarray, rationality: float) -> np.ndarray:
    """(J,) the engine's mean after each of the options is picked, from a belief N(mean, variance) of one feature."""
    from basin.engine.compile import BATCH
    from basin.engine.layout import B_MOVED, B_OPTIONS, B_PICK, B_RATIONALITY, B_SLOPE, Rules, new_batch
    from basin.engine.luce import learn_luce

    count = len(options)
    rules = Rules(*(0 for _ in Rules._fields))._replace(features=1, motives=1, most_options=count)
    batch = new_batch(rules)
    batch.m[0], batch.V[0] = mean, variance
    batch.options[:count] = options[:, None]
    picks = np.arange(BATCH) % count  # every lane of a batch is at work
    for row_, values in ((B_OPTIONS, count), (B_PICK, picks), (B_RATIONALITY, rationality), (B_SLOPE, 1.0), (B_MOVED, 0.0)):
        batch.w[row_ : row_ + BATCH] = values
    learn_luce(rules, batch)
    return batch.m[0, :count].copy()


ROWS = (probit, kalman, luce_drift)
