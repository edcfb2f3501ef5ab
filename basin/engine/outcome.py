"""How a run ends (model, section 8): what holds now, windows of `dwell` episodes, certified exits, and the record."""

from __future__ import annotations

import math

from basin.engine.arrays import Numbers
from basin.engine.compile import LANES, kernel, stage
from basin.engine.layout import (
    ALLY_KIND, ALONG, ASKED, AUDIT_CHANGED, AUDIT_KEPT, AWARENESS, BEHAVES, BEHAVES_NOW, BIAS, CARES, CARE_WEIGHT, CLAIMED,
    CLASS, DWELL, ENDED, EPISODE, EXITS, FLOOR, HARM, HORIZON, ITEMS, KNOWS_NOW, MOVED, M_NORM, NOT_AUDITED, OFFSET,
    PHASE_BEGAN, R_ASKED, R_AUDITED, R_BEHAVES, R_CARES, R_CLOSED, R_EPISODES, R_HARM, R_KNOWS, R_LABEL, R_MOTIVE,
    R_SURVIVAL, R_TIME, R_WELFARE, SINCE, SUM_BEHAVES, SUM_CARES, SUM_ITEMS, SUM_KNOWS, SUM_MOVED, SURVIVAL, TEMP, TRAINING,
    U_NORM, WELFARE, WINDOW_LEFT, Block, Rules,
)  # fmt: skip
from basin.labels import ALIGNED, ALLIED, CAPTURED, LOCKED_IN, MISLED, UNDECIDED

CLOSED_EPISODES = 100.0  # the belief is closed if it is expected to move by less than ε/10 in this many episodes
CLOSED_SHARE = 0.1
WELL_WITHIN = 0.6  # of the angle that still counts as behaving; our choice, after comparing exits with runs to the horizon
ROUNDING = 1e-12  # cosines this close below a bound count as reaching it: 1 − ε is itself rounded


@stage
def judge(rules: Rules, b: Block) -> None:
    """What holds after this episode, and the window's sums. `steer` has been called since anything last changed."""
    d, K = rules.features, rules.motives
    p, s, w = b.p, b.s, b.w
    target = b.theta0 if rules.initial == 1 else b.theta
    for l in range(LANES):
        w[KNOWS_NOW + l] = 0.0
        w[BEHAVES_NOW + l] = 0.0
        w[TEMP + l] = 0.0
    for i in range(d):
        for l in range(LANES):
            w[KNOWS_NOW + l] += b.m[i, l] * target[i, l]
            w[BEHAVES_NOW + l] += b.u[i, l] * target[i, l]
    if rules.allies == 0:
        for l in range(LANES):
            w[TEMP + l] = s[U_NORM + l]
    else:  # allies are judged by what they would do at c = 1
        for l in range(LANES):
            w[BEHAVES_NOW + l] = 0.0
        for i in range(d):
            for l in range(LANES):
                w[ALONG + l] = s[CARE_WEIGHT + l] * b.m[i, l]
            for k in range(1, K):
                if b.kinds[k - 1] == ALLY_KIND:
                    for l in range(LANES):
                        w[ALONG + l] += b.shares[k, l] * b.own[(k - 1) * d + i, l]
                else:
                    for l in range(LANES):
                        w[ALONG + l] += b.shares[k, l] * b.want[(k - 1) * d + i, l]
            for l in range(LANES):
                w[TEMP + l] += w[ALONG + l] * w[ALONG + l]
                w[BEHAVES_NOW + l] += w[ALONG + l] * target[i, l]
        for l in range(LANES):
            w[TEMP + l] = math.sqrt(w[TEMP + l])
    for l in range(LANES):
        w[KNOWS_NOW + l] = w[KNOWS_NOW + l] / s[M_NORM + l] if s[M_NORM + l] > 0.0 else 0.0
        w[BEHAVES_NOW + l] = w[BEHAVES_NOW + l] / w[TEMP + l] if w[TEMP + l] > 0.0 else 0.0
        care = b.shares[0, l]
        behaves = w[BEHAVES_NOW + l] >= 1.0 - p[BEHAVES + l] - ROUNDING
        cares = care >= 1.0 - p[CARES + l] - ROUNDING
        owned = care <= p[CARES + l] + ROUNDING
        behaving = ALIGNED if cares | (rules.behaves_only == 1) else ALLIED
        other = CAPTURED if owned else (MISLED if cares else UNDECIDED)
        now = float(behaving if behaves else other)
        episode, since = s[EPISODE + l], s[SINCE + l]
        s[SINCE + l] = episode if now != s[CLASS + l] else since
        s[CLASS + l] = now
        s[SUM_KNOWS + l] += w[KNOWS_NOW + l]
        s[SUM_CARES + l] += care
        s[SUM_BEHAVES + l] += w[BEHAVES_NOW + l]
        s[SUM_MOVED + l] += w[MOVED + l]
        s[SUM_ITEMS + l] += w[ITEMS + l]
        s[EPISODE + l] += 1.0
        s[WINDOW_LEFT + l] -= 1.0


@kernel
def window_length(b: Block, l: int) -> float:
    """Episodes in the window so far; the first window of a run may be short."""
    episodes: float = min(b.p[DWELL + l] - b.s[WINDOW_LEFT + l], b.s[EPISODE + l])
    return episodes


@kernel
def movement(b: Block, l: int, length: float) -> float:
    """How far the belief's direction is expected to move in 100 episodes: 1 − cos, by the agent's own lights."""
    if b.s[SUM_ITEMS + l] == 0.0:
        return 0.0
    square = b.s[M_NORM + l] * b.s[M_NORM + l]
    moved = 0.5 * CLOSED_EPISODES * b.s[SUM_MOVED + l] / length
    return moved / square if square > 0.0 else math.inf


@kernel
def window_label(rules: Rules, b: Block, l: int, length: float) -> int:
    """The outcome that the window's means amount to: exactly one, the first that holds."""
    p, s = b.p, b.s
    behaves = s[SUM_BEHAVES + l] / length >= 1.0 - p[BEHAVES + l] - ROUNDING
    care = s[SUM_CARES + l] / length
    cares = care >= 1.0 - p[CARES + l] - ROUNDING
    if s[ENDED + l] != 0.0 or s[SURVIVAL + l] < 0.5:
        return LOCKED_IN
    if behaves and (cares or rules.behaves_only == 1):
        return ALIGNED
    if behaves:
        return ALLIED
    if care <= p[CARES + l] + ROUNDING:
        return CAPTURED
    if cares and movement(b, l, length) < CLOSED_SHARE * p[BEHAVES + l]:
        return MISLED
    return UNDECIDED


@kernel
def is_settled(rules: Rules, b: Block, l: int) -> bool:
    """Certified: one motive holds all but the floors, reflection outweighs any training against it, the belief is closed,
    and neither what it knows nor how it behaves is near enough to its bound to cross it by the horizon.

    How far a belief moves is judged by its own lights, which are wrong for one that is sure of the wrong thing: evidence
    surprises it, and it comes round later than it would have thought. So an agent that cares is certified only while it is
    well within the bound, and only where what biases its evidence is too little to draw it away.
    """
    p, s = b.p, b.s
    K, d = rules.motives, rules.features
    length = window_length(b, l)
    if p[EXITS + l] == 0.0 or length < p[DWELL + l] or s[EPISODE + l] - s[PHASE_BEGAN + l] < length:
        return False
    top = 0
    for k in range(1, K):
        top = k if b.shares[k, l] > b.shares[top, l] else top
    for k in range(K):
        if k != top and b.shares[k, l] > p[FLOOR + l]:
            return False
    for k in range(K):
        if k != top:
            apart = 0.0
            for i in range(d):
                difference = motive_direction(b, top, i, d, l) - motive_direction(b, k, i, d, l)
                apart += difference * difference
            if b.endorsed[top, l] - b.endorsed[k, l] <= p[TRAINING + l] * math.sqrt(apart):
                return False
    rate = movement(b, l, length)
    if rate >= CLOSED_SHARE * p[BEHAVES + l]:
        return False
    reach = 4.0 * math.sqrt(2.0 * rate * (p[HORIZON + l] - s[EPISODE + l]) / CLOSED_EPISODES)
    edge = math.sqrt(2.0 * p[BEHAVES + l])
    knows = math.sqrt(max(0.0, 2.0 - 2.0 * s[SUM_KNOWS + l] / length))
    behaves = math.sqrt(max(0.0, 2.0 - 2.0 * s[SUM_BEHAVES + l] / length))
    drawn = p[BIAS + l] * (1.0 - p[AWARENESS + l]) + p[OFFSET + l]
    if top == 0 and (behaves > WELL_WITHIN * edge or (1.0 - p[BEHAVES + l]) * math.sqrt(1.0 + drawn * drawn) > 1.0):
        return False
    return abs(knows - edge) > reach and abs(behaves - edge) > reach


@kernel
def motive_direction(b: Block, k: int, i: int, d: int, l: int) -> float:
    if k == 0:
        return b.m[i, l] / b.s[M_NORM + l] if b.s[M_NORM + l] > 0.0 else 0.0
    wanted: float = b.want[(k - 1) * d + i, l]
    return wanted


@kernel
def clear_window(b: Block, l: int) -> None:
    for row in (SUM_KNOWS, SUM_CARES, SUM_BEHAVES, SUM_MOVED, SUM_ITEMS):
        b.s[row + l] = 0.0
    b.s[WINDOW_LEFT + l] = b.p[DWELL + l]


@kernel
def write_record(rules: Rules, b: Block, l: int, out: Numbers) -> None:
    """The finished run's record, by the columns of layout.RECORD."""
    s, K = b.s, rules.motives
    length = window_length(b, l)
    label = window_label(rules, b, l, length)
    out[R_LABEL] = label
    since = s[SINCE + l] if s[CLASS + l] == label else s[EPISODE + l] - length
    since = s[EPISODE + l] if s[ENDED + l] != 0.0 else since
    out[R_TIME] = math.inf if label == UNDECIDED else since
    out[R_KNOWS] = s[SUM_KNOWS + l] / length
    out[R_CARES] = s[SUM_CARES + l] / length
    out[R_BEHAVES] = s[SUM_BEHAVES + l] / length
    out[R_CLOSED] = 1.0 if movement(b, l, length) < CLOSED_SHARE * b.p[BEHAVES + l] else 0.0
    out[R_HARM] = s[HARM + l]
    out[R_WELFARE] = s[WELFARE + l]
    out[R_ASKED] = s[ASKED + l]
    out[R_EPISODES] = s[EPISODE + l]
    largest = 1
    for k in range(2, K):
        largest = k if b.shares[k, l] > b.shares[largest, l] else largest
    out[R_MOTIVE] = largest
    claimed = s[CLAIMED + l]
    out[R_AUDITED] = NOT_AUDITED if claimed < -1.5 else (AUDIT_KEPT if claimed == label else AUDIT_CHANGED)
    out[R_SURVIVAL] = s[SURVIVAL + l]
