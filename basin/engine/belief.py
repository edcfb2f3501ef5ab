"""The Gaussian belief N(m, V) about what humans value, and its updates (model, section 3).

Every update that is not Luce's changes the belief along one direction: m += Vx·gain, V −= (Vx)(Vx)ᵀ·drop. The probit
update is the exact moment match (assumed-density filtering; Minka 2001), the Kalman update is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from basin.engine.arrays import Numbers
from basin.engine.compile import BATCH, LANES, kernel, lane
from basin.engine.layout import ASSUMED_NOISE, DRIFT_BELIEF, TEMP, VISIBLE_FEATURES, Block, Rules
from basin.engine.special import probit_curvature

LEAST_NOISE = 1e-12  # ω and τ_h are floored here: a noise of 0 is a step, ½ at 0
STIFFEST = 1e4  # the largest ratio of a belief's spread to the noise it allows for that keeps V positive


@lane
def packed(i: int, j: int) -> int:
    """Where entry (i, j) of a symmetric matrix is kept."""
    return i * (i + 1) // 2 + j if i >= j else j * (j + 1) // 2 + i


def _times_covariance(lanes: int) -> Callable[..., None]:
    @kernel
    def times_covariance(d: int, V: Numbers, x: Numbers, Vx: Numbers, total: Numbers) -> None:
        """Vx, from the packed lower triangle. `total` is scratch, one number per lane."""
        for i in range(d):
            row, count = i * (i + 1) // 2, i + 1
            for l in range(lanes):
                total[l] = 0.0
            for j in range(0, count - 3, 4):  # four at a time: the running sums stay in registers for longer
                for l in range(lanes):
                    sum_ = total[l] + V[row + j, l] * x[j, l]
                    sum_ += V[row + j + 1, l] * x[j + 1, l]
                    sum_ += V[row + j + 2, l] * x[j + 2, l]
                    total[l] = sum_ + V[row + j + 3, l] * x[j + 3, l]
            for j in range(count - count % 4, count):
                for l in range(lanes):
                    total[l] += V[row + j, l] * x[j, l]
            for j in range(i):  # the column, while its numbers are still near
                for l in range(lanes):
                    Vx[j, l] += V[row + j, l] * x[i, l]
            for l in range(lanes):
                Vx[i, l] = total[l]

    return times_covariance


def _learn_along(lanes: int) -> Callable[..., None]:
    @kernel
    def learn_along(
        d: int, m: Numbers, V: Numbers, Vx: Numbers, gain: Numbers, drop: Numbers, moved: Numbers, total: Numbers
    ) -> None:
        """m += Vx·gain, V −= (Vx)(Vx)ᵀ·drop; adds the fall of tr V, which is E‖Δm‖² by its own lights, to `moved`."""
        for i in range(d):
            first = i * (i + 1) // 2
            for l in range(lanes):
                total[l] = Vx[i, l] * drop[l]
                m[i, l] += Vx[i, l] * gain[l]
                moved[l] += total[l] * Vx[i, l]
            for j in range(i + 1):
                for l in range(lanes):
                    V[first + j, l] -= total[l] * Vx[j, l]

    return learn_along


def _trust(lanes: int) -> Callable[..., None]:
    @kernel
    def trust(d: int, V: Numbers, noise: Numbers, trusted: Numbers) -> None:
        """The noise a belief allows for in stated numbers: never so little beside √tr V that V would lose positivity."""
        for l in range(lanes):
            trusted[l] = 0.0
        for i in range(d):
            for l in range(lanes):
                trusted[l] += V[i * (i + 1) // 2 + i, l]
        for l in range(lanes):
            trusted[l] = max(max(noise[l], math.sqrt(max(trusted[l], 0.0)) / STIFFEST), LEAST_NOISE)

    return trust


# The width of a loop is a constant of the compiled code: one version for blocks, one for batches.
times_covariance, times_covariance_batch = _times_covariance(LANES), _times_covariance(BATCH)
learn_along, learn_along_batch = _learn_along(LANES), _learn_along(BATCH)
trust, trust_batch = _trust(LANES), _trust(BATCH)


@lane
def probit_step(answer: float, slope: float, omega: float, z: float, r: float) -> tuple[float, float]:
    """Gain and drop of a binary answer ±1 under the probit model Φ(y z), z = (a m·x + o)/ω; r = ϕ(yz)/Φ(yz)."""
    scale = slope / omega
    return answer * r * scale, probit_curvature(answer * z, r) * scale * scale


@lane
def kalman_step(innovation: float, slope: float, variance: float) -> tuple[float, float]:
    """Gain and drop of a stated number y = a U + o + noise, with innovation y − (a m·x + o) of the given variance."""
    return slope * innovation / variance, slope * slope / variance


@kernel
def forget(rules: Rules, b: Block) -> None:
    """V += (q/d) I on the features within the agent's hypotheses: "my model of values may be stale".

    It stops where the belief is as good as ignorant, its spread STIFFEST times the noise it allows for in answers.
    """
    d = rules.features
    p, w = b.p, b.w
    for l in range(LANES):
        stiffest = STIFFEST * max(p[ASSUMED_NOISE + l], LEAST_NOISE)
        w[TEMP + l] = stiffest * stiffest / d
    for i in range(d):
        at = i * (i + 1) // 2 + i
        for l in range(LANES):
            grown = min(b.V[at, l] + p[DRIFT_BELIEF + l] / d, w[TEMP + l])
            b.V[at, l] = max(b.V[at, l], grown) if i < p[VISIBLE_FEATURES + l] else b.V[at, l]
