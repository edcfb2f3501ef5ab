"""The Luce update: which of several options was chosen (model, section 3).

π_j ∝ exp(β (a m·x_j + o_j)). The new mean is the maximum of prior × likelihood, found by damped Newton steps; the new
precision is V⁻¹ + F there, F = (β a)² Σ π_j (x_j − x̄)(x_j − x̄)ᵀ. A single undamped step diverges from far priors. No matrix
is inverted: with `dual` = V⁻¹ (mode − m) carried along, a step needs only W = (V⁻¹ + F)⁻¹, which is V after one rank-one
downdate per option.
"""

from __future__ import annotations

import math

from basin.engine.arrays import Numbers
from basin.engine.belief import times_covariance_batch
from basin.engine.compile import BATCH, entry, kernel
from basin.engine.layout import (
    B_BEST, B_DECREMENT, B_DONE, B_LOG_PICK, B_MOVED, B_OPTIONS, B_PICK, B_PREVIOUS, B_RATIONALITY, B_SIZE, B_SLOPE,
    B_TEMP, B_VARIANCE, Batch, Rules,
)  # fmt: skip
from basin.engine.special import exp, log

MOST_STEPS = 100
CONVERGED = 1e-26  # squared Newton step, in units of the posterior's own spread
CLOSE = 1e-8  # squared step below which a full step is safe, and the objective's rise is lost in rounding
SHORTEST = 1e-9  # step sizes below this no longer improve the objective: rounding is all that is left


@entry
def learn_luce(rules: Rules, e: Batch) -> None:
    """Move every agent of the batch to its posterior mode and spread."""
    d = rules.features
    w = e.w
    most = 0
    for n in range(BATCH):
        most = max(most, int(w[B_OPTIONS + n]))
        w[B_DONE + n] = 0.0
        w[B_PREVIOUS + n] = math.inf
    for i in range(d):
        for n in range(BATCH):
            e.mode[i, n] = e.m[i, n]
            e.dual[i, n] = 0.0
    for _ in range(MOST_STEPS):
        choose(d, most, e, e.mode)
        for n in range(BATCH):
            w[B_BEST + n] = w[B_LOG_PICK + n]
        for i in range(d):
            for n in range(BATCH):
                w[B_BEST + n] -= 0.5 * e.dual[i, n] * (e.mode[i, n] - e.m[i, n])
        newton_step(d, most, e)
        remaining = 0.0
        for n in range(BATCH):
            square = w[B_DECREMENT + n]
            stalled = (square < 1e-3 * CLOSE) & (square >= 0.25 * w[B_PREVIOUS + n])
            # a first step is taken however short: from m = 0 it decides where m points
            near = (square <= CONVERGED) & ((w[B_PREVIOUS + n] < math.inf) | (square == 0.0))
            done = (w[B_DONE + n] != 0.0) | near | stalled
            w[B_PREVIOUS + n] = square
            w[B_DONE + n] = 1.0 if done else 0.0
            remaining += 0.0 if done else 1.0
        if remaining == 0.0:
            break
        take_step(d, most, e)
    for n in range(BATCH):
        before = 0.0
        after = 0.0
        for i in range(d):
            at = i * (i + 1) // 2 + i
            before += e.V[at, n]
            after += e.W[at, n]
        w[B_MOVED + n] += before - after
    for i in range(d):
        for n in range(BATCH):
            e.m[i, n] = e.mode[i, n]
    for at in range(d * (d + 1) // 2):
        for n in range(BATCH):
            e.V[at, n] = e.W[at, n]


@kernel
def choose(d: int, most: int, e: Batch, belief: Numbers) -> None:
    """π_j into `score`, and the logarithm of the picked option's into the row B_LOG_PICK."""
    w = e.w
    for n in range(BATCH):
        w[B_TEMP + n] = -math.inf
    for j in range(most):
        for n in range(BATCH):
            e.score[j, n] = e.tilt[j, n]
        for i in range(d):
            for n in range(BATCH):
                e.score[j, n] += w[B_SLOPE + n] * belief[i, n] * e.options[j * d + i, n]
        for n in range(BATCH):
            e.score[j, n] *= w[B_RATIONALITY + n]
            offered = j < w[B_OPTIONS + n]
            w[B_TEMP + n] = max(w[B_TEMP + n], e.score[j, n]) if offered else w[B_TEMP + n]
            w[B_LOG_PICK + n] = e.score[j, n] if j == w[B_PICK + n] else w[B_LOG_PICK + n]
    for n in range(BATCH):
        w[B_LOG_PICK + n] -= w[B_TEMP + n]
        w[B_VARIANCE + n] = 0.0
    for j in range(most):
        for n in range(BATCH):
            e.score[j, n] = exp(e.score[j, n] - w[B_TEMP + n]) if j < w[B_OPTIONS + n] else 0.0
            w[B_VARIANCE + n] += e.score[j, n]
    for n in range(BATCH):
        w[B_LOG_PICK + n] -= log(w[B_VARIANCE + n])
    for j in range(most):
        for n in range(BATCH):
            e.score[j, n] /= w[B_VARIANCE + n]


@kernel
def newton_step(d: int, most: int, e: Batch) -> None:
    """W at the mode, the Newton step W·gradient, and its squared length in the row B_DECREMENT."""
    w = e.w
    for i in range(d):
        for n in range(BATCH):
            e.centre[i, n] = 0.0
    for j in range(most):
        for i in range(d):
            for n in range(BATCH):
                offered = e.options[j * d + i, n] if j < w[B_OPTIONS + n] else 0.0
                e.centre[i, n] += e.score[j, n] * offered
    for at in range(d * (d + 1) // 2):
        for n in range(BATCH):
            e.W[at, n] = e.V[at, n]
    for i in range(d):
        for n in range(BATCH):
            e.grad[i, n] = -e.dual[i, n]
    for j in range(most):
        option_direction(d, j, e)
        times_covariance_batch(d, e.W, e.x, e.Vx, w[B_TEMP : B_TEMP + BATCH])
        for n in range(BATCH):
            w[B_VARIANCE + n] = 1.0
        for i in range(d):
            for n in range(BATCH):
                w[B_VARIANCE + n] += e.x[i, n] * e.Vx[i, n]
                picked = w[B_SLOPE + n] * w[B_RATIONALITY + n] * (e.options[j * d + i, n] - e.centre[i, n])
                e.grad[i, n] += picked if j == w[B_PICK + n] else 0.0
        for i in range(d):
            first = i * (i + 1) // 2
            for n in range(BATCH):
                w[B_TEMP + n] = e.Vx[i, n] / w[B_VARIANCE + n]
            for k in range(i + 1):
                for n in range(BATCH):
                    e.W[first + k, n] -= w[B_TEMP + n] * e.Vx[k, n]
    times_covariance_batch(d, e.W, e.grad, e.step, w[B_TEMP : B_TEMP + BATCH])
    for n in range(BATCH):
        w[B_DECREMENT + n] = 0.0
    for i in range(d):
        for n in range(BATCH):
            w[B_DECREMENT + n] += e.grad[i, n] * e.step[i, n]


@kernel
def option_direction(d: int, j: int, e: Batch) -> None:
    """β a √π_j (x_j − x̄) into x: F is the sum of the outer squares of these."""
    w = e.w
    for n in range(BATCH):
        w[B_SIZE + n] = w[B_SLOPE + n] * w[B_RATIONALITY + n] * math.sqrt(e.score[j, n])
    for i in range(d):
        for n in range(BATCH):
            away = e.options[j * d + i, n] - e.centre[i, n]
            e.x[i, n] = w[B_SIZE + n] * away if j < w[B_OPTIONS + n] else 0.0


@kernel
def take_step(d: int, most: int, e: Batch) -> None:
    """Halve the step until the objective rises, then move the mode and, by V⁻¹ W = I − F W, its dual."""
    w = e.w
    for i in range(d):
        for n in range(BATCH):
            e.g[i, n] = e.grad[i, n]
    for j in range(most):
        option_direction(d, j, e)
        for n in range(BATCH):
            w[B_TEMP + n] = 0.0
        for i in range(d):
            for n in range(BATCH):
                w[B_TEMP + n] += e.x[i, n] * e.step[i, n]
        for i in range(d):
            for n in range(BATCH):
                e.g[i, n] -= w[B_TEMP + n] * e.x[i, n]
    for n in range(BATCH):
        w[B_SIZE + n] = 1.0 if w[B_DONE + n] == 0.0 else 0.0
    seeking = 1.0
    while seeking > 0.0:
        for i in range(d):
            for n in range(BATCH):
                e.trial[i, n] = e.mode[i, n] + w[B_SIZE + n] * e.step[i, n]
        choose(d, most, e, e.trial)
        for i in range(d):
            for n in range(BATCH):
                dual = e.dual[i, n] + w[B_SIZE + n] * e.g[i, n]
                w[B_LOG_PICK + n] -= 0.5 * dual * (e.trial[i, n] - e.m[i, n])
        seeking = 0.0
        for n in range(BATCH):
            size = w[B_SIZE + n]
            square = w[B_DECREMENT + n]
            rises = (w[B_LOG_PICK + n] >= w[B_BEST + n] + 1e-4 * size * square) | (square < CLOSE)
            again = (size > 0.0) & (not rises)
            stuck = again & (size < SHORTEST)
            w[B_SIZE + n] = 0.0 if stuck else (0.5 * size if again else size)
            w[B_DONE + n] = 1.0 if stuck else w[B_DONE + n]
            seeking += 1.0 if again & (not stuck) else 0.0
    for i in range(d):
        for n in range(BATCH):
            e.mode[i, n] += w[B_SIZE + n] * e.step[i, n]
            e.dual[i, n] += w[B_SIZE + n] * e.g[i, n]
