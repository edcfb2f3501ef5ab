"""The layout of a block of agents: which row holds what.

State lives as structure of arrays: rows of LANES numbers, so that a line of a kernel works on all lanes at once. Each
numeric parameter is a row too, loaded when a lane is refilled: the cells of a map may differ in every parameter and still
share one call.

Vectors over features or motives are (rows, LANES). Rows with names are kept in flat arrays, and their names are the
positions where they begin, multiples of LANES: in `w[MU + l] * w[Z + l]` the compiler sees how far apart the rows are,
and so that they do not overlap.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.engine.compile import BATCH, LANES

# Parameters of a run, by their path in a scenario (section and field joined by an underscore), in the order of the rows
# of `Block.p`. A table of parameters is (cells, PARAMETERS + those of the motives), one row per cell of a map.
PARAMETERS = (
    "values_people",  # H of those whose values are the target, where they differ from one another; else 1
    "values_personal",  # s.d. of how far a person differs from the others in one feature
    "values_trust_bound",
    "values_culture",
    "values_culture_drift",
    "values_drift",
    "values_influence",
    "values_warp",
    "humans_noise",
    "humans_spread",
    "humans_lapse",
    "humans_bias",
    "humans_overseer_offset",
    "belief_knowledge",
    "belief_strength",
    "belief_spread",
    "belief_assumed_noise",
    "belief_awareness",
    "belief_self_deceived",
    "belief_attention",
    "belief_drift",
    "belief_visible",  # how many features the agent's hypotheses span, from `belief.blind`
    "motives_direction",  # 1: the care motive weighs unit(m)·φ, 0: m·φ
    "motives_care",
    "motives_honesty",
    "motives_floor",
    "motives_erosion",
    "motives_elasticity",
    "motives_noise",
    "planning_candidates",
    "planning_caution",
    "planning_expected_maximum",  # e_N
    "gate_ask_cost",
    "gate_resist_cost",
    "gate_foresight",
    "gate_temperature",
    "oversight_audit",
    "oversight_visible",
    "oversight_evasion",
    "oversight_tilt",
    "oversight_manipulation",
    "evidence_statements",
    "evidence_statement_noise",
    "evidence_comparisons",
    "evidence_demonstrations",
    "evidence_demonstration_options",
    "evidence_demonstration_rationality",
    "evidence_choices",
    "evidence_axes",  # 1: statements, comparisons and demonstrations are about ±√d e_j
    "reflection_endorses",  # 1 under the rule of endorsement
    "reflection_logit",  # 1 under the logit rule
    "reflection_strength",
    "reflection_guarding_information",
    "reflection_rate",
    "reflection_temperature",
    "training_strength",
    "training_stages",
    "training_vetoes",  # 1: only vetoes train
    "requirements_known",  # P(all facts of the argument are known)
    "requirements_steps",  # n, its inference steps
    "requirements_fragility",
    "capability_start",
    "capability_growth",
    "world_tolerance",
    "world_hazard",
    "personas_redraw",  # switch (1 − lock), the chance per episode that another character is brought on
    "phases_end",  # the episode after which the next phase begins, ∞ for the last
    "outcome_horizon",
    "outcome_dwell",
    "outcome_behaves",
    "outcome_cares",
    "outcome_exits",  # 1 where an ending can be certified early
)
(
    PEOPLE, PERSONAL, TRUST_BOUND, CULTURE_LENGTH, CULTURE_DRIFT, DRIFT_THETA, INFLUENCE, WARP, NOISE, DISAGREEMENT, LAPSE,
    BIAS, OFFSET, KNOWLEDGE, STRENGTH, SPREAD, ASSUMED_NOISE, AWARENESS, SELF_DECEIVED, ATTENTION, DRIFT_BELIEF,
    VISIBLE_FEATURES, BY_DIRECTION, CARE, HONESTY, FLOOR, EROSION, ELASTICITY, MOTIVE_NOISE, CANDIDATES_N, CAUTION, E_N,
    ASK_COST, RESIST_COST, FORESIGHT, GATE_TEMPERATURE, AUDIT, VISIBLE_FLAW, EVASION, TILT, MANIPULATION, STATEMENTS,
    STATEMENT_NOISE, COMPARISONS, DEMONSTRATIONS, OPTIONS, RATIONALITY, CHOICES, AXES, ENDORSES, BY_LOGIT, REFLECTION,
    GUARDING_INFORMATION, LOGIT_RATE, LOGIT_TEMPERATURE, TRAINING, STAGES, VETOES, KNOWN_FACTS, STEPS, FRAGILITY,
    CAPABILITY_START, GROWTH, TOLERANCE, HAZARD, REDRAW, PHASE_END, HORIZON, DWELL, BEHAVES, CARES, EXITS,
) = range(0, LANES * len(PARAMETERS), LANES)  # fmt: skip

# The motives' parameters, rows of `Block.q`: OWN_FIELDS k for own motive k, then the factor of `motives.mutual` by rows,
# then for each persona of the cast the summed weights of it and those before it, as a share of all, and its K shares.
OWN_PARAMETERS = ("overlap", "share", "guarding", "reveals_at")
OWN_FIELDS = len(OWN_PARAMETERS)
OVERLAP, SHARE, GUARDING, REVEALS_AT = range(OWN_FIELDS)

# Rows of `Block.s`: what a run carries from one episode to the next.
(
    EPISODE, CAPABILITY, ARGUMENT, M_NORM, U_NORM, CARE_WEIGHT, WELFARE, HARM, ASKED, ENDED, SINCE, CLASS, WINDOW_LEFT,
    SUM_KNOWS, SUM_CARES, SUM_BEHAVES, SUM_MOVED, SUM_ITEMS, CLAIMED, SURVIVAL, LIVE, PHASE, PHASE_BEGAN,
) = range(0, 23 * LANES, LANES)  # fmt: skip
STATE_ROWS = 23

# Rows of `Block.w`: quantities of one episode, computed by one stage and read by a later one.
(
    ALONG, MU, VARIANCE, U_PHI, B_PHI, OFFSET_PHI, THETA_PHI, OWN_GAIN, SLOPE, SHIFT, OMEGA, Z, DENSITY, Q_YES, Q_NO, R_YES,
    R_NO, PERCEIVED, PHI_SQUARED, YES, ANSWER, LOOK_SEEN, LOOK_ATTEND, LOOK_GATE, LOOK_LOCK, ASKS, ACTS, VERDICT, EXECUTED,
    TILTED, TILT_KNOWN, HIDDEN, ATTENTIVE, TRAINED, GAIN, DROP, ITEMS, MOVED, ALPHA, ALPHA_OWN, TEMP, TEMP2, BEST, KNOWS_NOW,
    BEHAVES_NOW, P_ASK, P_DROP, P_ACT, P_VERDICT, OVER_ACT, OVER_DROP, TRUSTED,
) = range(0, 52 * LANES, LANES)  # fmt: skip
WORK_ROWS = 52

# Rows of `Batch.w`.
(
    B_NOISE, B_DISAGREEMENT, B_LAPSE, B_BIAS, B_BIAS_KNOWN, B_ASSUMED, B_STATED, B_TRUSTED, B_TILT, B_TILT_KNOWN,
    B_SLOPE, B_OPTIONS, B_RATIONALITY, B_MOVED, B_TEMP, B_AT, B_SHOWN, B_U, B_ALONG_BIAS, B_MU, B_LENGTH, B_VARIANCE,
    B_GAIN, B_DROP, B_OMEGA, B_Z, B_PICK, B_DONE, B_BEST, B_LOG_PICK, B_DECREMENT, B_PREVIOUS, B_SIZE, B_AXES,
) = range(0, 34 * BATCH, BATCH)  # fmt: skip
BATCH_ROWS = 34

# Columns of a finished run's record.
RECORD = ("label", "time", "knows", "cares", "behaves", "closed", "harm", "welfare", "asked", "episodes", "motive",
          "audited", "survival")  # fmt: skip
(
    R_LABEL, R_TIME, R_KNOWS, R_CARES, R_BEHAVES, R_CLOSED, R_HARM, R_WELFARE, R_ASKED, R_EPISODES, R_MOTIVE, R_AUDITED,
    R_SURVIVAL,
) = range(len(RECORD))  # fmt: skip
NOT_AUDITED, AUDIT_KEPT, AUDIT_CHANGED = 0.0, 1.0, 2.0

# Quantities of a trajectory, per episode; the shares of the K motives follow.
HISTORY = ("knows", "behaves", "uncertainty", "asked", "acted", "executed", "harm", "welfare", "capability")
(
    H_KNOWS, H_BEHAVES, H_UNCERTAINTY, H_ASKED, H_ACTED, H_EXECUTED, H_HARM, H_WELFARE, H_CAPABILITY,
) = range(len(HISTORY))  # fmt: skip

# Rows of `Block.counter`
RUN_EPISODE, PEOPLE_COUNTER, PEOPLE_EPISODE = 2, 3, 5

# Kinds of motive, and the alternatives of the rules.
OWN_KIND, APPROVAL_KIND, ALLY_KIND = range(3)
KINDS = ("own", "approval", "ally")
GIVEN, MEAN, EVOLVED, EXTRAPOLATED = range(4)
TARGETS = ("given", "mean", "evolved", "extrapolated")
RANDOM_DIRECTION = -1

# A channel or mechanism that is off in a whole block is skipped: flags in `Block.on`, set when lanes are refilled.
(
    ON_CAUTION, ON_FORESIGHT, ON_TEMPERATURE, ON_LOOK, ON_STATEMENTS, ON_COMPARISONS, ON_DEMONSTRATIONS, ON_CHOICES,
    ON_BELIEF_DRIFT, ON_ARGUMENT, ON_STAGES, ON_ELASTICITY, ON_EROSION, ON_MOTIVE_NOISE, ON_VALUES_MOVE, ON_TRAINING, ON_BIAS,
    ON_DIRECTION, ON_LOGIT, ON_PEOPLE, ON_CULTURE, ON_PERSONAS,
) = range(22)  # fmt: skip
FLAGS = 22


class Rules(NamedTuple):
    """What is the same for every run of one call: sizes and named alternatives, as integers."""

    features: int  # d
    motives: int  # K, the care motive included
    behaves_only: int  # 1: an allied ending counts as aligned
    initial: int  # 1: endings are judged by the values of the start
    bias_direction: int  # own motive, or RANDOM_DIRECTION
    error_direction: int
    mutual: int  # 1: the parameters hold a factor of the motives' Gram matrix
    moving: int  # 1: some motive's direction moves (approval or ally)
    allies: int
    expected: int  # 1: the deterministic skeleton
    most_options: int  # the largest set a Luce update can meet
    target: int  # whose values count: GIVEN, MEAN, EVOLVED or EXTRAPOLATED
    most_people: int  # the largest number of people in any cell
    cast: int  # the number of personas, or 0 where none is ever brought on
    phases: int  # P: row P c + f of a table of parameters is phase f of cell c


class Choices(NamedTuple):
    """A table of recorded choices in standardised units; empty arrays where none is used."""

    options: NDArray[np.float64]  # (rows, d)
    offsets: NDArray[np.int64]  # (sets + 1,)
    chosen: NDArray[np.int64]  # (sets,), index within the set
    theta: NDArray[np.float64]  # (d,), the maximum-likelihood direction, or (0,)
    rationality: float  # β, the maximum-likelihood length


START_VECTORS = 12  # of d numbers each, which a run is made from


class Block(NamedTuple):
    """LANES agents. Vectors are rows of features; the covariance is packed by rows of its lower triangle."""

    m: NDArray[np.float64]  # (d, LANES) mean of the belief
    V: NDArray[np.float64]  # (d(d+1)/2, LANES) its covariance
    theta: NDArray[np.float64]  # (d, LANES) what humans value now
    theta0: NDArray[np.float64]  # (d, LANES) at the start
    own: NDArray[np.float64]  # ((K-1) d, LANES) fixed directions of the own motives
    want: NDArray[np.float64]  # ((K-1) d, LANES) what they want now (approval and ally move)
    bias: NDArray[np.float64]  # (d, LANES) b; where culture is part of it, all of it, and the parameter BIAS is 1
    offset: NDArray[np.float64]  # (d, LANES) b'
    culture: NDArray[np.float64]  # (d, LANES) the direction of culture, where it is part of the bias
    people: NDArray[np.float64]  # (most_people d, LANES) how each person differs from θ
    person: NDArray[np.int64]  # (4, LANES) who judges the plan, states, compares and demonstrates in this episode
    u: NDArray[np.float64]  # (d, LANES) acting direction
    steer: NDArray[np.float64]  # (d, LANES) unit(u)
    acted: NDArray[np.float64]  # (d, LANES) unit(u) of the episode that just passed
    shares: NDArray[np.float64]  # (K, LANES) p
    shares0: NDArray[np.float64]  # (K, LANES) at the start
    p: NDArray[np.float64]  # (PARAMETERS LANES,)
    q: NDArray[np.float64]  # (parameters of the motives, LANES)
    s: NDArray[np.float64]  # (STATE_ROWS LANES,)
    w: NDArray[np.float64]  # (WORK_ROWS LANES,)
    phi: NDArray[np.float64]  # (d + 1, LANES) the plan; one spare row, since normals come in pairs
    Vphi: NDArray[np.float64]  # (d, LANES)
    x: NDArray[np.float64]  # (d + 1, LANES) scratch: another plan, or how values drift
    Vx: NDArray[np.float64]  # (d, LANES)
    f: NDArray[np.float64]  # (2 K, LANES) forces on the motives, and v_k·φ
    endorsed: NDArray[np.float64]  # (K, LANES) s_k cos(u, v_k)
    aim: NDArray[np.float64]  # (K, LANES) where the logit rule draws the shares
    start: NDArray[np.float64]  # scratch: vectors of a run that is being started; see start.py
    # (6, LANES) random-number counters: the run (low and high word) and episode, then the same of the people it lives among
    counter: NDArray[np.uint64]
    run: NDArray[np.int64]  # (LANES,) position of the run in this call, -1 for an idle lane
    on: NDArray[np.int64]  # (FLAGS,)
    kinds: NDArray[np.int64]  # (K-1,)


class Batch(NamedTuple):
    """The agents of a block that met one kind of evidence this episode, gathered so that rare evidence stays cheap."""

    arrived: NDArray[np.float64]  # (4, LANES) whether a lane met an item of each channel, 0 or 1
    met: NDArray[np.int64]  # (LANES,) the lanes that met an item of the channel at hand
    speaker: NDArray[np.int64]  # (LANES,) and from whom, where agents hear each other
    lanes: NDArray[np.int64]  # (BATCH,) where each agent of the batch came from
    m: NDArray[np.float64]
    V: NDArray[np.float64]
    x: NDArray[np.float64]  # (d + 1, BATCH)
    Vx: NDArray[np.float64]
    theta: NDArray[np.float64]  # (d, BATCH) the values its evidence comes from, θ_ev
    u: NDArray[np.float64]
    bias: NDArray[np.float64]
    w: NDArray[np.float64]  # (BATCH_ROWS BATCH,)
    counter: NDArray[np.uint64]
    options: NDArray[np.float64]  # (most_options d, BATCH) Luce: what could be chosen
    score: NDArray[np.float64]  # (most_options, BATCH)
    tilt: NDArray[np.float64]  # (most_options, BATCH) the known part of the options' appeal that is not about values
    mode: NDArray[np.float64]  # (d, BATCH) Luce: the mean being improved
    trial: NDArray[np.float64]  # (d, BATCH)
    dual: NDArray[np.float64]  # (d, BATCH) V⁻¹ (mode − m)
    step: NDArray[np.float64]  # (d, BATCH)
    grad: NDArray[np.float64]  # (d, BATCH)
    centre: NDArray[np.float64]  # (d, BATCH) the mean option under the chances of being chosen
    W: NDArray[np.float64]  # (d(d+1)/2, BATCH) the covariance there
    g: NDArray[np.float64]  # (d, BATCH) the step of the dual
    dm: NDArray[np.float64]  # (d, LANES) the skeleton: changes of m, summed over channels
    dV: NDArray[np.float64]  # (d(d+1)/2, LANES) and of V
    kept: NDArray[np.float64]  # (K + STATE_ROWS, LANES) what agents that have locked in were


def zeros(*shape: int, dtype: type = np.float64) -> NDArray[Any]:
    """Zeros whose data start on a cache line."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)


def triangle(d: int) -> int:
    """Entries of a packed symmetric d × d matrix."""
    return d * (d + 1) // 2


def motive_parameters(motives: int, mutual: bool, cast: int = 0) -> int:
    """How many parameters the K motives and the cast have in all."""
    own = motives - 1
    return OWN_FIELDS * own + (triangle(own) if mutual else 0) + cast * (1 + motives)


def new_block(rules: Rules, kinds: NDArray[np.int64]) -> Block:
    """An empty block: every lane idle."""
    d, K = rules.features, rules.motives
    own = max(1, (K - 1) * d)
    people = rules.most_people * d if rules.most_people > 1 else 1
    width = LANES
    block = Block(
        m=zeros(d, width), V=zeros(triangle(d), width), theta=zeros(d, width), theta0=zeros(d, width),
        own=zeros(own, width), want=zeros(own, width), bias=zeros(d, width), offset=zeros(d, width),
        culture=zeros(d, width), people=zeros(people, width), person=zeros(4, width, dtype=np.int64), u=zeros(d, width),
        steer=zeros(d, width), acted=zeros(d, width), shares=zeros(K, width), shares0=zeros(K, width),
        p=zeros(len(PARAMETERS) * width), q=zeros(max(1, motive_parameters(K, bool(rules.mutual), rules.cast)), width),
        s=zeros(STATE_ROWS * width), w=zeros(WORK_ROWS * width),
        phi=zeros(d + 1, width), Vphi=zeros(d, width), x=zeros(d + 1, width), Vx=zeros(d, width),
        f=zeros(2 * K, width), endorsed=zeros(K, width), aim=zeros(K, width),
        start=zeros((START_VECTORS + 2 * (K - 1) + d) * d), counter=zeros(6, width, dtype=np.uint64),
        run=zeros(width, dtype=np.int64), on=zeros(FLAGS, dtype=np.int64), kinds=kinds,
    )  # fmt: skip
    block.run[:] = -1
    return block


def new_batch(rules: Rules) -> Batch:
    """Room for the gathered agents of one block."""
    d, width, most = rules.features, BATCH, max(1, rules.most_options)
    return Batch(
        arrived=zeros(4, LANES), met=zeros(LANES, dtype=np.int64),
        speaker=zeros(LANES, dtype=np.int64), lanes=zeros(width, dtype=np.int64), m=zeros(d,
        width), V=zeros(triangle(d), width), x=zeros(d + 1, width), Vx=zeros(d, width), theta=zeros(d, width),
        u=zeros(d, width), bias=zeros(d, width), w=zeros(BATCH_ROWS * width), counter=zeros(3, width, dtype=np.uint64),
        options=zeros(most * d + 1, width), score=zeros(most, width), tilt=zeros(most, width), mode=zeros(d, width),
        trial=zeros(d, width), dual=zeros(d, width), step=zeros(d, width), grad=zeros(d, width), centre=zeros(d, width),
        W=zeros(triangle(d), width), g=zeros(d, width), dm=zeros(d, LANES), dV=zeros(triangle(d), LANES),
        kept=zeros(rules.motives + STATE_ROWS, LANES),
    )  # fmt: skip
