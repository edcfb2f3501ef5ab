"""The Gaussian belief N(m, V) about what humans value, and its updates (model, section 3).

Every update that is not Luce's changes the belief along one direction: m += Vx·gain, V −= (Vx)(Vx)ᵀ·drop. The probit
update is the exact moment match (assumed-density filtering; Minka 2001), the Kalman update is exact.
"""

from __future__ import annotations

from collections.abc import Callable

from basin.engine.compile import BATCH, LANES, kernel, lane
from basin.engine.layout import DRIFT_BELIEF, VISIBLE_FEATURES, Block, Rules
from basin.engine.special import probit_curvature


def _times_covariance(lanes: int) -> Callable[..., None]:
    @kernel
    def times_covariance(d, V, x, Vx, total):
        """Vx, from the packed lower triangle. `total` is scratch, one number per lane."""
        for i in range(d):
            first = i * (i + 1) // 2
            for l in range(lanes):
                total[l] = 0.0
            for j in range(i + 1):
                for l in range(lanes):
                    total[l] += V[first + j, l] * x[j, l]
            for j in range(i + 1, d):
                at = j * (j + 1) // 2 + i
                for l in range(lanes):
                    total[l] += V[at, l] * x[j, l]
            for l in range(lanes):
                Vx[i, l] = total[l]

    return times_covariance


def _learn_along(lanes: int) -> Callable[..., None]:
    @kernel
    def learn_along(d, m, V, Vx, gain, drop, moved, total):
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


# The width of a loop is a constant of the compiled code: one version for blocks, one for batches.
times_covariance, times_covariance_batch = _times_covariance(LANES), _times_covariance(BATCH)
learn_along, learn_along_batch = _learn_along(LANES), _learn_along(BATCH)


@lane
def probit_step(answer, slope, omega, z, r):
    """Gain and drop of a binary answer ±1 under the probit model Φ(y z), z = (a m·x + o)/ω; r = ϕ(yz)/Φ(yz)."""
    scale = slope / omega
    return answer * r * scale, probit_curvature(answer * z, r) * scale * scale


@lane
def kalman_step(innovation, slope, variance):
    """Gain and drop of a stated number y = a U + o + noise, with innovation y − (a m·x + o) of the given variance."""
    return slope * innovation / variance, slope * slope / variance


@kernel
def forget(rules: Rules, b: Block):
    """V += (q/d) I on the features within the agent's hypotheses: "my model of values may be stale"."""
    d = rules.features
    for i in range(d):
        at = i * (i + 1) // 2 + i
        for l in range(LANES):
            b.V[at, l] += b.p[DRIFT_BELIEF + l] / d if i < b.p[VISIBLE_FEATURES + l] else 0.0
