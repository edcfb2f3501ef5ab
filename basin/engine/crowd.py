"""The agents of populations: what each keeps between its turns, and who stands where.

A lone run stays in one block until it ends. The agents of a population all wait for each other in every episode, so what an
agent carries on is kept apart from what an episode only computes: for each block of LANES agents the rows of its beliefs,
directions, motives and state, and one scratch `Block` per thread for the rest. `block_at` puts the two together, so that an
agent in a population has the very same episode as a lone one.

Agents and people are *nodes*: populations come one after the other, and within a population nodes are numbered as in its
graph. People have no lane. Nodes with the same parameters share blocks, so that blocks share rows of parameters.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from basin.engine.compile import LANES, spliced
from basin.engine.layout import FLAGS, PARAMETERS, STATE_ROWS, Block, Rules, motive_parameters, triangle, zeros

Kind = TypeVar("Kind", bound=np.generic)

# What passes between agents, a number for each population: columns of `Crowd.coupling`.
COUPLINGS = (
    "testimony",
    "testimony_noise",
    "trust_bound",
    "imitation",
    "imitation_temperature",
    "peer_audit",
    "overseen",  # share of the agents whose unasked acts overseers look at
    "generation_every",
    "generation_replaced",
    "generation_mutation",
    "found_out",
    "influence",  # where a population's people are the same for all of its agents
    "misled_knowledge",
    "dwell",
)
(
    C_TESTIMONY, C_TESTIMONY_NOISE, C_TRUST_BOUND, C_IMITATION, C_TEMPERATURE, C_PEER_AUDIT, C_OVERSEEN, C_EVERY, C_REPLACED,
    C_MUTATION, C_FOUND_OUT, C_INFLUENCE, C_MISLED_KNOWLEDGE, C_DWELL,
) = range(len(COUPLINGS))  # fmt: skip

BAYES, AVERAGE, MEET = range(3)
RULES = ("bayes", "average", "meet")

NOBODY, ALIKE, DIFFERS = range(3)

# Who a node is at first. An ordinary one starts as its scenario says.
ORDINARY, ALIGNED_FIRST, MISLED_FIRST, HUMAN = range(4)
ROLES = ("ordinary", "aligned", "misled", "human")


class Ties(NamedTuple):
    """How a crowd's nodes hang together, the same for every episode."""

    complete: int  # 1: everyone hears everyone else alike, and the arrays of the graph are empty
    rule: int  # BAYES, AVERAGE or MEET
    hears: int  # whether anyone in the crowd does any of these
    imitates: int
    audits: int  # NOBODY looks at unasked acts, overseers look at all agents ALIKE, or who is looked at DIFFERS
    renews: int
    varied: int  # 1: agents differ one by one in their parameters, of which every block then has its own
    influences: int
    populations: NDArray[np.int64]  # (populations + 1,) where each one's nodes begin
    first: NDArray[np.int64]  # (nodes + 1,) where each node's neighbours begin
    neighbour: NDArray[np.int32]  # (links,) whom it listens to
    trust: NDArray[np.float64]  # (links,) running sums of relative trust; empty where all are trusted alike
    coupling: NDArray[np.float64]  # (populations, COUPLINGS)


class Crowd(NamedTuple):
    """What agents keep. Arrays of rows are (blocks, rows, LANES), or (1, rows, LANES) where nobody looks at them again."""

    m: NDArray[np.float64]
    V: NDArray[np.float64]
    theta: NDArray[np.float64]
    theta0: NDArray[np.float64]
    own: NDArray[np.float64]
    want: NDArray[np.float64]
    bias: NDArray[np.float64]
    offset: NDArray[np.float64]
    culture: NDArray[np.float64]
    people: NDArray[np.float64]
    shares: NDArray[np.float64]
    shares0: NDArray[np.float64]
    s: NDArray[np.float64]  # (blocks, STATE_ROWS LANES)
    counter: NDArray[np.uint64]
    run: NDArray[np.int64]  # (blocks, LANES) the node whose record is still to be written, or −1
    p: NDArray[np.float64]  # (sets of parameters, PARAMETERS LANES)
    q: NDArray[np.float64]
    audit: NDArray[np.float64]  # (sets, LANES) overseers' part of the audit rate, which peers raise
    bias0: NDArray[np.float64]  # (sets, LANES) the bias before culture became part of it
    on: NDArray[np.int64]  # (sets, FLAGS)
    set_of: NDArray[np.int64]  # (blocks,) which set of parameters a block has
    cell0: NDArray[np.int64]  # (nodes,) the cell of each agent's parameters at first, where agents differ one by one
    cell: NDArray[np.int64]  # (sets, LANES) the cell of each lane's parameters
    phase: NDArray[np.int64]  # (sets, LANES)
    node: NDArray[np.int64]  # (blocks LANES,) who is in a lane, −1: an idle copy
    lane: NDArray[np.int64]  # (nodes,) and where a node is, −1: one of the people
    population: NDArray[np.int64]  # (nodes,)
    agent: NDArray[np.int64]  # (agents,) the nodes that are agents, population by population
    agents: NDArray[np.int64]  # (populations + 1,) where each population's begin in `agent`
    role: NDArray[np.int8]  # (nodes,) at first
    index: NDArray[np.int64]  # type: ignore[assignment]  # (nodes,) the random-number index of its run
    life: NDArray[np.int64]  # (nodes,) how often it was replaced
    overseen: NDArray[np.int8]  # (nodes,) whether overseers look at it
    status: NDArray[np.int8]  # (2, nodes) how each would be judged now: after the last episode and the one before, in turn
    approval: NDArray[np.float64]  # (nodes,) share of recent episodes to which nobody objected
    voice: NDArray[np.float64]  # (2, nodes, d) what each believes, likewise; empty if nobody hears
    heard: NDArray[np.float64]  # (populations, d) the sum of its voices, under the rule of averages in a complete graph
    pull: NDArray[np.float64]  # (nodes, d) how each moves the people's values; empty if nobody does
    policed: NDArray[np.float64]  # (nodes, 2) how often overseers and peers found it acting unasked; empty if nobody audits
    aligned: NDArray[np.int64]  # (populations,) how many count as aligned peers


@spliced
def at(rows: NDArray[Kind], i: int) -> NDArray[Kind]:
    """The rows of block i, or those that all blocks share."""
    own: NDArray[Kind] = rows[min(i, rows.shape[0] - 1)]
    return own


@spliced
def block_at(crowd: Crowd, b: Block, i: int) -> Block:
    """Block i of a crowd: what its agents keep, and the scratch rows of b."""
    k = crowd.set_of[i]
    return Block(
        at(crowd.m, i), at(crowd.V, i), at(crowd.theta, i), at(crowd.theta0, i), at(crowd.own, i), at(crowd.want, i),
        at(crowd.bias, i), at(crowd.offset, i), at(crowd.culture, i), at(crowd.people, i), b.person, b.u, b.steer, b.acted,
        at(crowd.shares, i), at(crowd.shares0, i), crowd.p[k], crowd.q[k], at(crowd.s, i), b.w, b.phi, b.Vphi, b.x, b.Vx, b.f,
        b.endorsed, b.aim, b.start, at(crowd.counter, i), at(crowd.run, i), crowd.on[k], b.kinds,
    )  # fmt: skip


def new_crowd(
    rules: Rules, ties: Ties, lane: NDArray[np.int64], sets: NDArray[np.int64], set_of: NDArray[np.int64],
    *, biased: bool, settled: bool, remembered: bool,
) -> Crowd:  # fmt: skip
    """Room for a crowd. lane: (nodes,) where each node is, −1 for people. sets: (sets, LANES) cells. set_of: (blocks,).

    What does not differ between blocks, or is never looked at, is kept once: more would only pass through the processor's
    caches. biased: whether evidence has a bias, or verdicts an offset, anywhere. settled: all agents live among the same
    people, whose values stay as they are. remembered: the shares of the start are needed later.
    """
    d, K, nodes, blocks = rules.features, rules.motives, len(lane), len(set_of)
    own = max(1, (K - 1) * d)
    crowded = rules.most_people * d if rules.most_people > 1 else 1

    def rows(count: int, kept: bool = True) -> NDArray[np.float64]:
        return zeros(blocks if kept else 1, count, LANES)

    # Numba must see one kind of array: kept for every block or once, each is (n, rows, LANES)
    directions = rows(own)
    theta = rows(d, not settled)
    node = np.full(blocks * LANES, -1, np.int64)
    node[lane[lane >= 0]] = np.flatnonzero(lane >= 0)
    populations = len(ties.coupling)
    population = np.repeat(np.arange(populations), np.diff(ties.populations))
    agent = np.flatnonzero(lane >= 0)
    return Crowd(
        m=rows(d), V=rows(triangle(d)), theta=theta, theta0=rows(d) if rules.initial and not settled else theta,
        own=directions, want=rows(own) if rules.moving else directions, bias=rows(d, biased), offset=rows(d, biased),
        culture=rows(d, biased), people=rows(crowded, crowded > 1), shares=rows(K), shares0=rows(K, remembered),
        s=zeros(blocks, STATE_ROWS * LANES), counter=zeros(blocks, 6, LANES, dtype=np.uint64),
        run=np.full((blocks, LANES), -1, np.int64), p=zeros(len(sets), len(PARAMETERS) * LANES),
        q=zeros(len(sets), max(1, motive_parameters(K, bool(rules.mutual), rules.cast)), LANES),
        audit=zeros(len(sets), LANES), bias0=zeros(len(sets), LANES), on=zeros(len(sets), FLAGS, dtype=np.int64),
        set_of=set_of, cell0=np.zeros(nodes, np.int64), cell=sets, phase=np.zeros_like(sets), node=node, lane=lane,
        population=population, agent=agent, agents=np.searchsorted(population[agent], np.arange(populations + 1)),
        role=np.zeros(nodes, np.int8),
        index=np.zeros(nodes, np.int64), life=np.zeros(nodes, np.int64), overseen=np.ones(nodes, np.int8),
        status=np.full((2, nodes), -1, np.int8), approval=np.ones(nodes),
        voice=np.zeros((2, nodes if ties.hears else 0, d)), heard=np.zeros((populations, d)),
        pull=np.zeros((nodes if ties.influences else 0, d)), policed=np.zeros((nodes if ties.audits else 0, 2)),
        aligned=np.zeros(populations, np.int64),
    )  # fmt: skip
