"""Oversight: who looks, what they answer, and what happens to the plan (model, section 2)."""

from __future__ import annotations

import math

import numpy as np

from basin.engine.belief import LEAST_NOISE, learn_along, probit_step
from basin.engine.compile import LANES, kernel, lane, stage
from basin.engine.layout import (
    ACTS, ANSWER, ASKED, ASKS, ATTENTION, ATTENTIVE, AUDIT, CAPABILITY, DISAGREEMENT, DROP, ENDED, EVASION, EXECUTED,
    GAIN, HARM, HAZARD, HIDDEN, ITEMS, LAPSE, LOOK_ATTEND, LOOK_GATE, LOOK_LOCK, LOOK_SEEN, MOVED, NOISE, OMEGA,
    ON_LOOK, PERCEIVED, PHI_SQUARED, P_ACT, P_ASK, P_VERDICT, R_NO, R_YES, SLOPE, SURVIVAL, TEMP, THETA_PHI, TOLERANCE,
    TRAINED, VERDICT, VETOES, VISIBLE_FLAW, WELFARE, YES, Z, Block, Rules,
)  # fmt: skip
from basin.engine.random import LOOK, Word, philox, uniform32
from basin.engine.special import normal_cdf, probit_curvature


@lane
def chance_of_yes(perceived: float, noise: float, disagreement: float, squared_length: float, lapse: float) -> float:
    """A human's binary answer: probit noise τ_h, τ_h² = τ² + σ_h²‖x‖², and an answer at random now and then."""
    human = max(math.sqrt(noise * noise + disagreement * disagreement * squared_length), LEAST_NOISE)
    return (1.0 - lapse) * normal_cdf(perceived / human) + 0.5 * lapse


@lane
def chance_of_audit(audit: float, evasion: float, hidden: float, visible: float, perceived: float) -> float:
    """An act unasked is seen with this chance; with `visible` > 0 only acts that look worse than −visible are looked at."""
    looked_at = (visible <= 0.0) | (perceived < -visible)
    return audit * (1.0 - evasion * hidden) if looked_at else 0.0


@stage
def look(b: Block, key_low: Word, key_high: Word) -> None:
    """Random numbers that only some scenarios use: attention to a verdict, a soft gate, lock-in."""
    w = b.w
    if b.on[ON_LOOK] != 0:
        slot = np.uint64(LOOK * 65536)
        for l in range(LANES):
            attend, gate, lock, _ = philox(b.counter[0, l], b.counter[1, l], b.counter[2, l], slot, key_low, key_high)
            w[LOOK_ATTEND + l] = uniform32(attend)
            w[LOOK_GATE + l] = uniform32(gate)
            w[LOOK_LOCK + l] = uniform32(lock)
    else:
        for l in range(LANES):
            w[LOOK_ATTEND + l] = 0.5
            w[LOOK_GATE + l] = 0.5
            w[LOOK_LOCK + l] = 0.5


@stage
def judge_plan(b: Block) -> None:
    """The chance that people would approve, whether they get to say so, and how attentive the agent is to them."""
    p, w = b.p, b.w
    for l in range(LANES):
        w[YES + l] = chance_of_yes(w[PERCEIVED + l], p[NOISE + l], p[DISAGREEMENT + l], w[PHI_SQUARED + l], p[LAPSE + l])
        w[P_VERDICT + l] = chance_of_audit(p[AUDIT + l], p[EVASION + l], w[HIDDEN + l], p[VISIBLE_FLAW + l], w[PERCEIVED + l])
        w[ATTENTIVE + l] = p[ATTENTION + l] + (1.0 - p[ATTENTION + l]) * b.shares[0, l]


@stage
def act(b: Block) -> None:
    """The verdict R, when asked or seen; the act, when unseen or approved; its harm, and whether it locks in."""
    p, s, w = b.p, b.s, b.w
    for l in range(LANES):
        asks, acts = w[ASKS + l] != 0.0, w[ACTS + l] != 0.0
        seen = acts & (w[LOOK_SEEN + l] < w[P_VERDICT + l])
        yes = w[ANSWER + l] < w[YES + l]
        verdict = asks | seen
        executed = (acts & (not seen)) | (verdict & yes)
        w[VERDICT + l] = (1.0 if yes else -1.0) if verdict else 0.0
        w[TRAINED + l] = min(w[VERDICT + l], 0.0) if p[VETOES + l] != 0.0 else w[VERDICT + l]
        w[EXECUTED + l] = 1.0 if executed else 0.0
        capability, good = s[CAPABILITY + l], w[THETA_PHI + l]
        excess = -good - p[TOLERANCE + l]
        harmful = executed & (excess > 0.0)
        s[WELFARE + l] += capability * good if executed else 0.0
        s[HARM + l] -= capability * good if harmful else 0.0
        locks = harmful & (w[LOOK_LOCK + l] < p[HAZARD + l] * capability * excess)
        s[ENDED + l] = 1.0 if locks else s[ENDED + l]


@stage
def learn_from_verdict(rules: Rules, b: Block) -> None:
    """The probit update on the plan itself, where there was a verdict and the agent attended to it."""
    w = b.w
    for l in range(LANES):
        heard = (w[VERDICT + l] != 0.0) & (w[LOOK_ATTEND + l] < w[ATTENTIVE + l])
        r_yes, r_no = w[R_YES + l], w[R_NO + l]
        r = r_yes if w[VERDICT + l] > 0.0 else r_no
        gain, drop = probit_step(w[VERDICT + l], w[SLOPE + l], w[OMEGA + l], w[Z + l], r)
        w[GAIN + l] = gain if heard else 0.0
        w[DROP + l] = drop if heard else 0.0
        w[ITEMS + l] = 1.0 if heard else 0.0
        w[MOVED + l] = 0.0
    met = 0
    for l in range(LANES):
        met += 1 if w[ITEMS + l] != 0.0 else 0
    if met > 0:
        learn_along(
            rules.features, b.m, b.V, b.Vphi, w[GAIN : GAIN + LANES], w[DROP : DROP + LANES], w[MOVED : MOVED + LANES],
            w[TEMP : TEMP + LANES],
        )  # fmt: skip


@kernel
def act_expected(b: Block) -> None:
    """The skeleton: E[R] of the training signal, expected welfare and harm, and lock-in as a survival weight."""
    p, s, w = b.p, b.s, b.w
    for l in range(LANES):
        verdict = w[P_ASK + l] + w[P_ACT + l] * w[P_VERDICT + l]
        executed = w[P_ACT + l] * (1.0 - w[P_VERDICT + l]) + verdict * w[YES + l]
        w[P_VERDICT + l] = verdict
        w[EXECUTED + l] = executed
        w[TRAINED + l] = verdict * ((w[YES + l] - 1.0) if p[VETOES + l] != 0.0 else (2.0 * w[YES + l] - 1.0))
        w[ASKS + l] = w[P_ASK + l]
        w[ACTS + l] = w[P_ACT + l]
        s[ASKED + l] += w[P_ASK + l]
        capability, good = s[CAPABILITY + l], w[THETA_PHI + l]
        excess = -good - p[TOLERANCE + l]
        s[WELFARE + l] += executed * capability * good
        s[HARM + l] -= executed * capability * good if excess > 0.0 else 0.0
        lock = min(1.0, p[HAZARD + l] * capability * excess) if excess > 0.0 else 0.0
        s[SURVIVAL + l] *= 1.0 - executed * lock


@kernel
def learn_from_verdict_expected(rules: Rules, b: Block) -> None:
    """The skeleton: the mean of the verdict's two branches."""
    w = b.w
    for l in range(LANES):
        heard = w[P_VERDICT + l] * w[ATTENTIVE + l]
        scale, yes = w[SLOPE + l] / w[OMEGA + l], w[YES + l]
        drop = yes * probit_curvature(w[Z + l], w[R_YES + l]) + (1.0 - yes) * probit_curvature(-w[Z + l], w[R_NO + l])
        w[GAIN + l] = heard * scale * (yes * w[R_YES + l] - (1.0 - yes) * w[R_NO + l])
        w[DROP + l] = heard * scale * scale * drop
        w[ITEMS + l] = heard
        w[MOVED + l] = 0.0
    learn_along(
        rules.features, b.m, b.V, b.Vphi, w[GAIN : GAIN + LANES], w[DROP : DROP + LANES], w[MOVED : MOVED + LANES],
        w[TEMP : TEMP + LANES],
    )  # fmt: skip
