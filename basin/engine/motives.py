"""Motives: what each wants, what the agent steers toward, and the forces that move their shares (model, section 4)."""

from __future__ import annotations

import math

import numpy as np

from basin.engine.compile import LANES, kernel, stage
from basin.engine.layout import (
    ALLY_KIND, ALONG, ALPHA, ALPHA_OWN, APPROVAL_KIND, ARGUMENT, AWARENESS, BIAS, BY_DIRECTION, BY_LOGIT, CAPABILITY,
    CARE_WEIGHT, ELASTICITY, ENDORSES, EROSION, FLOOR, FRAGILITY, GUARDING, GUARDING_INFORMATION, LOGIT_RATE,
    LOGIT_TEMPERATURE, MOTIVE_NOISE, M_NORM, ON_ARGUMENT, ON_DIRECTION, ON_ELASTICITY, ON_EROSION, ON_LOGIT,
    ON_MOTIVE_NOISE, ON_STAGES, ON_TRAINING, OWN_FIELDS, PHI_SQUARED, REFLECTION, REVEALS_AT, STAGES, STEPS, TEMP,
    TEMP2, TRAINED, TRAINING, U_NORM, Block, Rules,
)  # fmt: skip
from basin.engine.random import MOTIVES, Word, normal_pair, philox
from basin.engine.special import exp, log

LEAST_SHARE = 1e-300  # where the floor is 0, logarithms of shares stop here


@stage
def steer(rules: Rules, b: Block) -> None:
    """The acting direction, and its unit vector: what the next plan is chosen by."""
    settle_on(rules, b)
    for l in range(LANES):
        b.w[TEMP + l] = 1.0 / b.s[U_NORM + l] if b.s[U_NORM + l] > 0.0 else 0.0
    for i in range(rules.features):
        for l in range(LANES):
            b.steer[i, l] = b.u[i, l] * b.w[TEMP + l]


@stage
def settle_on(rules: Rules, b: Block) -> None:
    """What the motives want now, and the acting direction u = w₀ m + Σ p_k v_k, where w₀ is p₀, or p₀/‖m‖."""
    d, K = rules.features, rules.motives
    s, u = b.s, b.u
    for l in range(LANES):
        s[M_NORM + l] = 0.0
        s[U_NORM + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            s[M_NORM + l] += b.m[i, l] * b.m[i, l]
    for l in range(LANES):
        s[M_NORM + l] = math.sqrt(s[M_NORM + l])
        s[CARE_WEIGHT + l] = b.shares[0, l]
    if b.on[ON_DIRECTION] != 0:
        for l in range(LANES):
            per_length = 1.0 / s[M_NORM + l] if s[M_NORM + l] > 0.0 else 0.0
            s[CARE_WEIGHT + l] = b.shares[0, l] * per_length if b.p[BY_DIRECTION + l] != 0.0 else b.shares[0, l]
    if rules.moving == 1:
        for k in range(K - 1):
            if b.kinds[k] == APPROVAL_KIND:
                want_approval(d, k, b)
            elif b.kinds[k] == ALLY_KIND:
                want_as_ally(d, k, b)
    for i in range(d):
        if K == 2:  # the same, in one pass
            for l in range(LANES):
                along = s[CARE_WEIGHT + l] * b.m[i, l] + b.shares[1, l] * b.want[i, l]
                u[i, l] = along
                s[U_NORM + l] += along * along
            continue
        for l in range(LANES):
            u[i, l] = s[CARE_WEIGHT + l] * b.m[i, l]
        for k in range(1, K):
            for l in range(LANES):
                u[i, l] += b.shares[k, l] * b.want[(k - 1) * d + i, l]
        for l in range(LANES):
            s[U_NORM + l] += u[i, l] * u[i, l]
    for l in range(LANES):
        s[U_NORM + l] = math.sqrt(s[U_NORM + l])


@kernel
def want_approval(d: int, k: int, b: Block) -> None:
    """The sycophant: unit(m + awareness·bias·b), what it believes is approved."""
    w, p = b.w, b.p
    for l in range(LANES):
        w[TEMP + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            approved = b.m[i, l] + p[AWARENESS + l] * p[BIAS + l] * b.bias[i, l]
            b.want[k * d + i, l] = approved
            w[TEMP + l] += approved * approved
    for l in range(LANES):
        w[TEMP + l] = 1.0 / math.sqrt(w[TEMP + l]) if w[TEMP + l] > 0.0 else 0.0
    for i in range(d):
        for l in range(LANES):
            b.want[k * d + i, l] *= w[TEMP + l]


@kernel
def want_as_ally(d: int, k: int, b: Block) -> None:
    """The ally: what people are believed to want while capability is below `reveals_at`, its own direction after."""
    for i in range(d):
        for l in range(LANES):
            length = b.s[M_NORM + l]
            shown = b.m[i, l] / length if length > 0.0 else 0.0
            hides = b.s[CAPABILITY + l] < b.q[OWN_FIELDS * k + REVEALS_AT, l]
            b.want[k * d + i, l] = shown if hides else b.own[k * d + i, l]


@stage
def argument(b: Block) -> None:
    """α(c): how much of the argument for value learning it has and can follow; and α^g, its part in goal-guarding."""
    p, s, w = b.p, b.s, b.w
    if b.on[ON_ARGUMENT] == 0:
        for l in range(LANES):
            w[ALPHA + l] = 1.0
            w[ALPHA_OWN + l] = 1.0
        return
    for l in range(LANES):
        step = 1.0 - p[FRAGILITY + l] * (1.0 - s[CAPABILITY + l])
        followed = exp(p[STEPS + l] * log(max(step, LEAST_SHARE)))
        followed = 1.0 if p[STEPS + l] == 0.0 else followed
        alpha = s[ARGUMENT + l] * followed
        g = p[GUARDING_INFORMATION + l]
        power = exp(g * log(max(alpha, LEAST_SHARE)))
        w[ALPHA + l] = alpha
        w[ALPHA_OWN + l] = 1.0 if g == 0.0 else (power if alpha > 0.0 else 0.0)


@stage
def reconsider(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """Move the shares by their forces. `settle_on` has been called since the belief last changed."""
    K = rules.motives
    p, w, f = b.p, b.w, b.f
    argument(b)
    endorse(rules, b)
    if b.on[ON_LOGIT] != 0:
        soften(rules, b)
    for k in range(K):
        for l in range(LANES):
            f[k, l] = b.endorsed[k, l] if p[ENDORSES + l] != 0.0 else 0.0
    if b.on[ON_TRAINING] != 0:
        train(rules, b)
    if b.on[ON_ELASTICITY] != 0:
        for k in range(K):
            for l in range(LANES):
                away = log(max(b.shares[k, l], LEAST_SHARE)) - log(max(b.shares0[k, l], LEAST_SHARE))
                f[k, l] -= p[ELASTICITY + l] * away
    if b.on[ON_MOTIVE_NOISE] != 0 and rules.expected == 0:
        c = b.counter
        for k in range(0, K, 2):
            slot = np.uint64(MOTIVES * 65536 + k // 2)
            for l in range(LANES):
                word_0, word_1, word_2, word_3 = philox(c[0, l], c[1, l], c[2, l], slot, key_low, key_high)
                w[TEMP + l], w[TEMP2 + l] = normal_pair(word_0, word_1, word_2, word_3)
            for l in range(LANES):
                f[k, l] += p[MOTIVE_NOISE + l] * w[TEMP + l]
            if k + 1 < K:
                for l in range(LANES):
                    f[k + 1, l] += p[MOTIVE_NOISE + l] * w[TEMP2 + l]
    exponentiate(rules, b)
    if b.on[ON_LOGIT] != 0:
        for k in range(K):
            for l in range(LANES):
                drawn = b.shares[k, l] + p[LOGIT_RATE + l] * (b.aim[k, l] - b.shares[k, l])
                b.shares[k, l] = drawn if p[BY_LOGIT + l] != 0.0 else b.shares[k, l]
    if b.on[ON_EROSION] != 0 and K > 1:
        erode(rules, b)
    keep_floor(rules, b)


@stage
def endorse(rules: Rules, b: Block) -> None:
    """s_k cos(u, v_k): how far what the agent does serves each motive, by that motive's own lights."""
    d, K = rules.features, rules.motives
    p, s, w = b.p, b.s, b.w
    for l in range(LANES):
        w[ALONG + l] = 0.0
        w[TEMP + l] = 1.0 / s[U_NORM + l] if s[U_NORM + l] > 0.0 else 0.0
    for i in range(d):
        for l in range(LANES):
            w[ALONG + l] += b.m[i, l] * b.u[i, l]
    for l in range(LANES):
        cosine = w[ALONG + l] * w[TEMP + l] / s[M_NORM + l] if s[M_NORM + l] > 0.0 else 0.0
        b.endorsed[0, l] = p[REFLECTION + l] * w[ALPHA + l] * cosine
    for k in range(1, K):
        for l in range(LANES):
            w[ALONG + l] = 0.0
        for i in range(d):
            for l in range(LANES):
                w[ALONG + l] += b.want[(k - 1) * d + i, l] * b.u[i, l]
        for l in range(LANES):
            cosine = w[ALONG + l] * w[TEMP + l]
            b.endorsed[k, l] = b.q[OWN_FIELDS * (k - 1) + GUARDING, l] * w[ALPHA_OWN + l] * cosine


@stage
def train(rules: Rules, b: Block) -> None:
    """Overseers' pressure: η R (v_k·φ)/‖φ‖ p₀^stages on each motive whose direction the judged plan served, care by m̂."""
    d, K = rules.features, rules.motives
    p, s, w, phi = b.p, b.s, b.w, b.phi
    for l in range(LANES):
        signal = w[TRAINED + l]
        length = math.sqrt(w[PHI_SQUARED + l])
        w[TEMP + l] = p[TRAINING + l] * signal / length if length > 0.0 else 0.0
    if b.on[ON_STAGES] != 0:
        for l in range(LANES):
            stages = p[STAGES + l]
            cooperation = exp(stages * log(max(b.shares[0, l], LEAST_SHARE)))
            w[TEMP + l] *= 1.0 if stages == 0.0 else cooperation
    for l in range(LANES):
        w[ALONG + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            w[ALONG + l] += b.m[i, l] * phi[i, l]
    for l in range(LANES):
        length = s[M_NORM + l]
        b.f[0, l] += w[TEMP + l] * (w[ALONG + l] / length) if length > 0.0 else 0.0
    for k in range(1, K):
        if rules.moving == 1:  # it may have moved since the plan was weighed
            for l in range(LANES):
                w[ALONG + l] = 0.0
            for i in range(d):
                for l in range(LANES):
                    w[ALONG + l] += b.want[(k - 1) * d + i, l] * phi[i, l]
            for l in range(LANES):
                b.f[K + k, l] = w[ALONG + l]
        for l in range(LANES):
            b.f[k, l] += w[TEMP + l] * b.f[K + k, l]


@kernel
def soften(rules: Rules, b: Block) -> None:
    """The logit rule's aim, softmax(s_k cos(u, v_k)/T)."""
    K, w = rules.motives, b.w
    for l in range(LANES):
        w[TEMP + l] = b.endorsed[0, l]
        w[TEMP2 + l] = 0.0
    for k in range(1, K):
        for l in range(LANES):
            w[TEMP + l] = max(w[TEMP + l], b.endorsed[k, l])
    for k in range(K):
        for l in range(LANES):
            b.aim[k, l] = exp((b.endorsed[k, l] - w[TEMP + l]) / b.p[LOGIT_TEMPERATURE + l])
            w[TEMP2 + l] += b.aim[k, l]
    for k in range(K):
        for l in range(LANES):
            b.aim[k, l] /= w[TEMP2 + l]


@stage
def exponentiate(rules: Rules, b: Block) -> None:
    """p_k ∝ p_k exp(f_k)."""
    K, w = rules.motives, b.w
    for l in range(LANES):
        w[TEMP + l] = b.f[0, l]
        w[TEMP2 + l] = 0.0
    for k in range(1, K):
        for l in range(LANES):
            w[TEMP + l] = max(w[TEMP + l], b.f[k, l])
    for k in range(K):
        for l in range(LANES):
            b.shares[k, l] *= exp(b.f[k, l] - w[TEMP + l])
            w[TEMP2 + l] += b.shares[k, l]
    for k in range(K):
        for l in range(LANES):
            b.shares[k, l] /= w[TEMP2 + l]


@kernel
def erode(rules: Rules, b: Block) -> None:
    """Motives leak: care loses the share δ of itself to the others, in their starting proportions, if there are others."""
    w = b.w
    for l in range(LANES):
        w[TEMP2 + l] = 0.0
    for k in range(1, rules.motives):  # summed, since 1 − p₀ has few digits left where care is all but everything
        for l in range(LANES):
            w[TEMP2 + l] += b.shares0[k, l]
    for l in range(LANES):
        w[TEMP + l] = b.p[EROSION + l] * b.shares[0, l] if w[TEMP2 + l] > 0.0 else 0.0
        b.shares[0, l] -= w[TEMP + l]
    for k in range(1, rules.motives):
        for l in range(LANES):
            part = b.shares0[k, l] / w[TEMP2 + l] if w[TEMP2 + l] > 0.0 else 0.0
            b.shares[k, l] += w[TEMP + l] * part


@stage
def keep_floor(rules: Rules, b: Block) -> None:
    """p_k ≥ floor: what each share has above the floor is scaled so that the shares sum to 1."""
    K, w = rules.motives, b.w
    for l in range(LANES):
        w[TEMP + l] = 0.0
    for k in range(K):
        for l in range(LANES):
            b.shares[k, l] = max(b.shares[k, l] - b.p[FLOOR + l], 0.0)
            w[TEMP + l] += b.shares[k, l]
    for l in range(LANES):
        w[TEMP + l] = (1.0 - K * b.p[FLOOR + l]) / w[TEMP + l]
    for k in range(K):
        for l in range(LANES):
            b.shares[k, l] = b.p[FLOOR + l] + b.shares[k, l] * w[TEMP + l]
