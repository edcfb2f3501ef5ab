"""A block of lanes: finished runs are retired, and their lanes refilled from the queue.

`advance` runs a block for a bounded number of episodes and returns, so that its caller can report progress or cancel.
"""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers, Whole, Words
from basin.engine.compile import LANES, entry, kernel
from basin.engine.episode import episode, expected_episode
from basin.engine.layout import (
    ACTS, ALLY_KIND, ASKS, ATTENTION, BEHAVES_NOW, BIAS, BY_DIRECTION, BY_LOGIT, CAPABILITY, CARE_WEIGHT, CAUTION,
    CHOICES, CLAIMED, COMPARISONS, CULTURE_DRIFT, CULTURE_LENGTH, DEMONSTRATIONS, DRIFT_BELIEF, DRIFT_THETA, ELASTICITY,
    ENDED, EPISODE, EROSION, EXECUTED, EXITS, FORESIGHT, GATE_TEMPERATURE, HARM, HAZARD, HISTORY, HORIZON, H_ACTED,
    H_ASKED, H_BEHAVES, H_CAPABILITY, H_EXECUTED, H_HARM, H_KNOWS, H_UNCERTAINTY, H_WELFARE, INFLUENCE, KNOWN_FACTS,
    KNOWS_NOW, LIVE, MOTIVE_NOISE, M_NORM, OFFSET, ON_ARGUMENT, ON_BELIEF_DRIFT, ON_BIAS, ON_CAUTION, ON_CHOICES,
    ON_COMPARISONS, ON_CULTURE, ON_DEMONSTRATIONS, ON_DIRECTION, ON_ELASTICITY, ON_EROSION, ON_FORESIGHT, ON_LOGIT,
    ON_LOOK, ON_MOTIVE_NOISE, ON_PEOPLE, ON_PERSONAS, ON_STAGES, ON_STATEMENTS, ON_TEMPERATURE, ON_TRAINING,
    ON_VALUES_MOVE, PARAMETERS, PEOPLE, PHASE, PHASE_BEGAN, PHASE_END, REDRAW, STAGES, STATEMENTS, STEPS, TRAINING,
    PEOPLE_COUNTER, PEOPLE_EPISODE, RUN_EPISODE, WELFARE, WINDOW_LEFT, Batch, Block, Choices, Rules,
)  # fmt: skip
from basin.engine.motives import steer
from basin.engine.outcome import clear_window, is_settled, window_label, window_length, write_record
from basin.engine.people import weigh_culture_as_bias
from basin.engine.random import AUDIT_EXIT, Word, philox, uniform32
from basin.engine.start import start_lane

AUDITED_SHARE = 0.01  # of certified exits, run on to the horizon all the same
PARAMETER_COUNT = len(PARAMETERS)
HISTORY_COLUMNS = len(HISTORY)
ONE = np.uint64(1)
LONGEST = 2.0**62  # episodes


@entry
def advance(
    rules: Rules, choices: Choices, table: Numbers, own_table: Numbers, runs: Whole, next_run: int, episodes: int, b: Block,
    e: Batch, key: Words, records: Numbers, history: Numbers,
) -> tuple[int, int]:  # fmt: skip
    """Run a block for at most `episodes` episodes.

    table, own_table: parameters of the cells, (cells P, PARAMETERS) and (cells P, motives' parameters), row P c + f for phase
    f of cell c. runs: (n, 2) int64, the cell and the random-number index of each run of this call. next_run: where the
    queue stands. key: (2,) uint64, the seed. records: (n, RECORD), history: (n, horizon + 1, HISTORY + K) or (0, 0, 0).
    Returns (next_run, runs unfinished).
    """
    key_low, key_high = key[0], key[1]
    next_run, live = refill(rules, choices, table, own_table, runs, next_run, b, key_low, key_high, history)
    while live > 0 and episodes > 0:
        episodes -= play(rules, choices, b, e, key_low, key_high, min(episodes, until_a_phase_ends(rules, b)), history)
        retired = retire(rules, b, key_low, key_high, records)
        if rules.phases > 1:
            begin_phases(rules, table, own_table, runs, b)
        if retired > 0:
            next_run, live = refill(rules, choices, table, own_table, runs, next_run, b, key_low, key_high, history)
    return next_run, live


@kernel
def play(
    rules: Rules, choices: Choices, b: Block, e: Batch, key_low: Word, key_high: Word, episodes: int, history: Numbers
) -> int:
    """Episodes until some lane has something to report, a complete window or an end. Returns how many."""
    for done in range(episodes):
        for l in range(LANES):
            b.counter[RUN_EPISODE, l] += ONE
            b.counter[PEOPLE_EPISODE, l] += ONE
        if rules.expected == 1:
            expected_episode(rules, choices, b, e, key_low, key_high)
        else:
            episode(rules, choices, b, e, key_low, key_high)
        if history.shape[0] > 0:
            for l in range(LANES):
                if b.run[l] >= 0:
                    write_history(rules, b, l, history[b.run[l], int(b.s[EPISODE + l])])
        due = 0
        for l in range(LANES):
            due += 1 if (b.s[WINDOW_LEFT + l] <= 0.0) | (b.s[ENDED + l] != 0.0) else 0
        if due > 0:
            return done + 1
    return episodes


@kernel
def retire(rules: Rules, b: Block, key_low: Word, key_high: Word, records: Numbers) -> int:
    """Look at lanes whose window is complete; write the records of those that are done. Returns how many."""
    retired = 0
    for l in range(LANES):
        ended = b.s[ENDED + l] != 0.0 or b.s[EPISODE + l] >= b.p[HORIZON + l]
        if b.s[WINDOW_LEFT + l] > 0.0 and not ended:
            continue
        if b.run[l] < 0:
            clear_window(b, l)  # an idle lane goes on unseen
            b.s[ENDED + l] = 0.0
            b.s[EPISODE + l] = 0.0
            continue
        if not ended and b.p[EXITS + l] != 0.0 and b.s[CLAIMED + l] < -1.5 and is_settled(rules, b, l):
            word, _, _, _ = philox(
                b.counter[0, l], b.counter[1, l], b.counter[2, l], np.uint64(AUDIT_EXIT * 65536), key_low, key_high
            )
            if uniform32(word) < AUDITED_SHARE:
                b.s[CLAIMED + l] = window_label(rules, b, l, window_length(b, l))
            else:
                ended = True
        if ended:
            write_record(rules, b, l, records[b.run[l]])
            b.run[l] = -1
            retired += 1
        else:
            clear_window(b, l)
    return retired


@kernel
def refill(
    rules: Rules, choices: Choices, table: Numbers, own_table: Numbers, runs: Whole, next_run: int, b: Block, key_low: Word,
    key_high: Word, history: Numbers,
) -> tuple[int, int]:  # fmt: skip
    """Fill idle lanes from the queue. Returns where the queue stands now, and how many lanes are live."""
    changed = False
    for l in range(LANES):
        if b.run[l] < 0 and next_run < runs.shape[0]:
            load(rules, choices, table, own_table, runs[next_run], b, l, key_low, key_high)
            b.run[l] = next_run
            next_run += 1
            changed = True
        elif b.s[LIVE + l] == 0.0:  # more lanes than runs: an idle copy, so that its numbers are ordinary ones
            load(rules, choices, table, own_table, runs[0], b, l, key_low, key_high)
    live = 0
    for l in range(LANES):
        live += 1 if b.run[l] >= 0 else 0
    if changed:
        set_flags(b.p, b.on)
        steer(rules, b)
        if history.shape[0] > 0:
            for l in range(LANES):
                if b.run[l] >= 0 and b.s[EPISODE + l] == 0.0:
                    write_start(rules, b, l, history[b.run[l], 0])
    return next_run, live


@kernel
def load(
    rules: Rules, choices: Choices, table: Numbers, own_table: Numbers, run: Whole, b: Block, l: int, key_low: Word,
    key_high: Word,
) -> None:  # fmt: skip
    """Put a run's parameters and random-number counter into a lane, and the run at its start."""
    row, index = rules.phases * run[0], run[1]
    set_parameters(table[row], own_table[row], b, l)
    b.s[PHASE + l] = 0.0
    b.s[PHASE_BEGAN + l] = 0.0
    for first in (0, PEOPLE_COUNTER):  # a lone agent's people are its own
        b.counter[first, l] = np.uint64(index & 0xFFFFFFFF)
        b.counter[first + 1, l] = np.uint64(index >> 32)
        b.counter[first + 2, l] = np.uint64(0)
    start_lane(rules, choices, b, l, 0, key_low, key_high)


@kernel
def set_parameters(row: Numbers, own_row: Numbers, b: Block, l: int) -> None:
    for at in range(PARAMETER_COUNT):
        b.p[at * LANES + l] = row[at]
    for at in range(own_row.shape[0]):
        b.q[at, l] = own_row[at]


@kernel
def until_a_phase_ends(rules: Rules, b: Block) -> int:
    """Episodes until some run is due for its next phase."""
    left = math.inf
    if rules.phases > 1:
        for l in range(LANES):
            if b.run[l] >= 0:
                left = min(left, b.p[PHASE_END + l] - b.s[EPISODE + l])
    return int(min(left, LONGEST))


@kernel
def begin_phases(rules: Rules, table: Numbers, own_table: Numbers, runs: Whole, b: Block) -> None:
    """Give the runs whose phase is over the parameters of their next one. All else about them stays as it is."""
    changed = False
    for l in range(LANES):
        if b.run[l] >= 0 and b.s[EPISODE + l] >= b.p[PHASE_END + l]:
            b.s[PHASE + l] += 1.0
            b.s[PHASE_BEGAN + l] = b.s[EPISODE + l]
            row = rules.phases * runs[b.run[l], 0] + int(b.s[PHASE + l])
            set_parameters(table[row], own_table[row], b, l)
            weigh_culture_as_bias(rules, b.p, l)
            changed = True
    if changed:
        set_flags(b.p, b.on)
        steer(rules, b)


@kernel
def set_flags(p: Numbers, on: Whole) -> None:
    """Which mechanisms any lane of a block with these parameters uses."""
    on[:] = 0
    for l in range(LANES):
        on[ON_CAUTION] |= p[CAUTION + l] > 0.0
        on[ON_FORESIGHT] |= p[FORESIGHT + l] > 0.0
        on[ON_TEMPERATURE] |= p[GATE_TEMPERATURE + l] > 0.0
        on[ON_LOOK] |= (p[ATTENTION + l] < 1.0) | (p[GATE_TEMPERATURE + l] > 0.0) | (p[HAZARD + l] > 0.0)
        on[ON_STATEMENTS] |= p[STATEMENTS + l] > 0.0
        on[ON_COMPARISONS] |= p[COMPARISONS + l] > 0.0
        on[ON_DEMONSTRATIONS] |= p[DEMONSTRATIONS + l] > 0.0
        on[ON_CHOICES] |= p[CHOICES + l] > 0.0
        on[ON_BELIEF_DRIFT] |= p[DRIFT_BELIEF + l] > 0.0
        on[ON_ARGUMENT] |= (p[KNOWN_FACTS + l] < 1.0) | (p[STEPS + l] > 0.0)
        on[ON_STAGES] |= p[STAGES + l] > 0.0
        on[ON_ELASTICITY] |= p[ELASTICITY + l] > 0.0
        on[ON_EROSION] |= p[EROSION + l] > 0.0
        on[ON_MOTIVE_NOISE] |= p[MOTIVE_NOISE + l] > 0.0
        on[ON_VALUES_MOVE] |= (p[DRIFT_THETA + l] > 0.0) | (p[INFLUENCE + l] > 0.0)
        on[ON_TRAINING] |= p[TRAINING + l] > 0.0
        on[ON_BIAS] |= (p[BIAS + l] > 0.0) | (p[OFFSET + l] > 0.0)
        on[ON_DIRECTION] |= p[BY_DIRECTION + l] != 0.0
        on[ON_LOGIT] |= p[BY_LOGIT + l] != 0.0
        on[ON_PEOPLE] |= p[PEOPLE + l] > 1.0
        on[ON_CULTURE] |= (p[CULTURE_LENGTH + l] > 0.0) & (p[CULTURE_DRIFT + l] > 0.0)
        on[ON_PERSONAS] |= p[REDRAW + l] > 0.0


@kernel
def write_start(rules: Rules, b: Block, l: int, out: Numbers) -> None:
    """The start of a trajectory: episode 0, before anything has happened."""
    d = rules.features
    along_m, along_u, square = 0.0, 0.0, 0.0
    for i in range(d):
        along_m += b.m[i, l] * b.theta[i, l]
        u = b.s[CARE_WEIGHT + l] * b.m[i, l]
        for k in range(rules.motives - 1):  # allies by what they would do at c = 1
            want = b.own[k * d + i, l] if b.kinds[k] == ALLY_KIND else b.want[k * d + i, l]
            u += b.shares[1 + k, l] * want
        along_u += u * b.theta[i, l]
        square += u * u
    write_history(rules, b, l, out)
    out[H_KNOWS] = along_m / b.s[M_NORM + l] if b.s[M_NORM + l] > 0.0 else 0.0
    out[H_BEHAVES] = along_u / math.sqrt(square) if square > 0.0 else 0.0
    out[H_ASKED] = 0.0
    out[H_ACTED] = 0.0
    out[H_EXECUTED] = 0.0


@kernel
def write_history(rules: Rules, b: Block, l: int, out: Numbers) -> None:
    """One episode of a trajectory, by the columns of layout.HISTORY, then the shares."""
    s, w = b.s, b.w
    out[H_KNOWS] = w[KNOWS_NOW + l]
    out[H_BEHAVES] = w[BEHAVES_NOW + l]
    trace = 0.0
    for i in range(rules.features):
        trace += b.V[i * (i + 1) // 2 + i, l]
    out[H_UNCERTAINTY] = math.sqrt(max(trace, 0.0))
    out[H_ASKED] = w[ASKS + l]
    out[H_ACTED] = w[ACTS + l]
    out[H_EXECUTED] = w[EXECUTED + l]
    out[H_HARM] = s[HARM + l]
    out[H_WELFARE] = s[WELFARE + l]
    out[H_CAPABILITY] = s[CAPABILITY + l]
    for k in range(rules.motives):
        out[HISTORY_COLUMNS + k] = b.shares[k, l]
