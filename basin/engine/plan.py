"""The plan: the best of N random plans by what the agent steers toward (model, section 2)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from basin.engine.belief import times_covariance
from basin.engine.arrays import Numbers, Words
from basin.engine.compile import BATCH, LANES, entry, kernel, stage
from basin.engine.layout import (
    ALONG, ANSWER, BEST, CANDIDATES_N, CARE_WEIGHT, CAUTION, E_N, LOOK_SEEN, ON_CAUTION, TEMP, TEMP2, Block, Rules,
)  # fmt: skip
from basin.engine.random import CANDIDATES, PLAN, SEARCH, Word, normal_pair, philox, uniform32, uniform52
from basin.engine.special import expm1, log, normal_quantile


def _normals(lanes: int) -> Callable[..., None]:
    @kernel
    def normals(counter: Words, slot: int, d: int, key_low: Word, key_high: Word, out: Numbers) -> None:
        """Standard normals into the first d rows of `out` (and one spare row where d is odd)."""
        for i in range((d + 1) // 2):
            at = np.uint64(slot + i)
            for l in range(lanes):
                a, b, c, e = philox(counter[0, l], counter[1, l], counter[2, l], at, key_low, key_high)
                first, second = normal_pair(a, b, c, e)
                out[2 * i, l] = first
                out[2 * i + 1, l] = second

    return normals


normals, normals_batch = _normals(LANES), _normals(BATCH)


@stage
def draw_plan(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """φ = z + (e − û·z) û with e the maximum of N normals: the exact law of the best of N, at a cost that ignores N."""
    d = rules.features
    p, w, phi, steer = b.p, b.w, b.phi, b.steer
    normals(b.counter, PLAN * 65536, d, key_low, key_high, phi)
    for l in range(LANES):
        w[ALONG + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            w[ALONG + l] += steer[i, l] * phi[i, l]
    slot = np.uint64(SEARCH * 65536)
    for l in range(LANES):
        word_0, word_1, word_2, word_3 = philox(b.counter[0, l], b.counter[1, l], b.counter[2, l], slot, key_low, key_high)
        w[TEMP + l] = uniform52(word_0, word_1)
        w[ANSWER + l] = uniform32(word_2)
        w[LOOK_SEEN + l] = uniform32(word_3)
    for l in range(LANES):  # e = −Φ⁻¹(1 − Υ^(1/N)), the maximum of N normals
        tail = -expm1(log(w[TEMP + l]) / p[CANDIDATES_N + l])
        w[ALONG + l] = -normal_quantile(tail) - w[ALONG + l]
    for i in range(d):
        for l in range(LANES):
            phi[i, l] += w[ALONG + l] * steer[i, l]
    if b.on[ON_CAUTION] != 0:
        draw_cautious_plan(rules, b, key_low, key_high)


@entry
def draw_cautious_plan(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """Where caution is on, enumerate the N plans and keep the best by u·φ − λ w₀ √(φᵀVφ)."""
    d = rules.features
    p, s, w, x, Vx = b.p, b.s, b.w, b.x, b.Vx
    most = 0.0
    for l in range(LANES):
        w[BEST + l] = -np.inf
        most = max(most, p[CANDIDATES_N + l] if p[CAUTION + l] > 0.0 else 0.0)
    for candidate in range(int(most)):
        normals(b.counter, CANDIDATES * 65536 + 32 * candidate, d, key_low, key_high, x)
        times_covariance(d, b.V, x, Vx, w[TEMP : TEMP + LANES])
        for l in range(LANES):
            w[TEMP + l] = 0.0
            w[TEMP2 + l] = 0.0
        for i in range(d):
            for l in range(LANES):
                w[TEMP + l] += x[i, l] * Vx[i, l]
                w[TEMP2 + l] += x[i, l] * b.u[i, l]
        for l in range(LANES):
            spread = math.sqrt(max(w[TEMP + l], 0.0))
            score = w[TEMP2 + l] - p[CAUTION + l] * s[CARE_WEIGHT + l] * spread
            considered = (p[CAUTION + l] > 0.0) & (candidate < p[CANDIDATES_N + l]) & (score > w[BEST + l])
            w[BEST + l] = score if considered else w[BEST + l]
            w[TEMP + l] = 1.0 if considered else 0.0
        for i in range(d):
            for l in range(LANES):
                b.phi[i, l] = x[i, l] if w[TEMP + l] != 0.0 else b.phi[i, l]


@kernel
def expected_plan(rules: Rules, b: Block) -> None:
    """The skeleton's plan: e_N û."""
    for i in range(rules.features):
        for l in range(LANES):
            b.phi[i, l] = b.p[E_N + l] * b.steer[i, l]
