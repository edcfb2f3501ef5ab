"""Crowds: some populations put together for the engine, with their graphs, and who begins where and as whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import graphs
from basin.engine.compile import LANES
from basin.engine.crowd import (
    ALIGNED_FIRST,
    ALIKE,
    C_INFLUENCE,
    COUPLINGS,
    DIFFERS,
    HUMAN,
    MISLED_FIRST,
    NOBODY,
    RULES,
    Crowd,
    Ties,
    new_crowd,
)
from basin.engine.layout import PARAMETERS
from basin.engine.random import MEMBERS, OVERSEEN, PLACES, STARTS
from basin.scenario import Scenario
from basin.simulate.errors import SimulationError
from basin.simulate.mixing import Mix

Numbers = NDArray[np.float64]
GRAPHS_WITHOUT_CHANCE = ("complete", "ring")


@dataclass(frozen=True)
class Member:
    """One population of a crowd: the caller's cell, the row of its parameters in its Mix, and which of the seed it is."""

    cell: int
    row: int
    number: int


@dataclass(frozen=True)
class Crew:
    """A crowd at its start, ready for the engine."""

    members: tuple[Member, ...]
    ties: Ties
    crowd: Crowd
    people: NDArray[np.int64]
    """(nodes,) the random-number index of the people that each agent lives among."""
    graphs: tuple[graphs.Graph, ...]


def passes_beliefs(value: Callable[[str], Any]) -> bool:
    """Whether agents of a population come to share beliefs, in any cell: then they live among the same people.

    Where nothing passes but motives and audits, every agent has people of its own: it could not tell, and runs are those of
    lone agents, bit for bit, as long as nothing passes at all. value: a path's numbers.
    """
    return bool(
        np.any(np.greater(value("population.testimony"), 0)) or np.any(np.greater(value("population.generation_every"), 0))
    )


def assemble(
    scenario: Scenario,
    mix: Mix,
    value: Callable[[str, int], float],
    members: Sequence[Member],
    widest: int,
    shared: bool,
    seed: int,
    starts: Mapping[str, Any] | None = None,
) -> Crew:
    """Put populations together. value: a path's number in a cell. widest: the most nodes that any population has.

    shared: whether the agents of a population live among the same people. starts: the paths in which agents of one population
    differ, node i having row i; if all are laws, rows are dealt by lot.
    Raises SimulationError or GraphError where a population cannot be.
    """
    from basin.engine.places import draw_lots

    key = np.array([seed & 0xFFFFFFFF, seed >> 32], dtype=np.uint64)
    sizes = [int(value("population.agents", member.cell)) for member in members]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    drawn = [graph_of(scenario, value, member, seed) for member in members]
    index = np.concatenate([member.number * widest + np.arange(size) for member, size in zip(members, sizes, strict=True)])

    def lots(use: int) -> Numbers:
        drawn = np.empty(len(index))
        draw_lots(index, use, key, drawn)
        return drawn

    coupling = np.array([[_coupling(value, name, member.cell) for name in COUPLINGS] for member in members])
    coupling[:, C_INFLUENCE] *= shared
    role, member_of, overseen = np.zeros(len(index), np.int8), np.zeros(len(index), np.int64), np.zeros(len(index), np.int8)
    places, groups, watched = lots(PLACES), lots(MEMBERS), lots(OVERSEEN)
    for at, member in enumerate(members):
        nodes = slice(begins[at], begins[at + 1])
        role[nodes] = _roles(value, member.cell, drawn[at], places[nodes])
        agents = np.flatnonzero(role[nodes] != HUMAN)
        member_of[nodes] = _memberships(mix.shares, agents, groups[nodes])
        watch = round(value("population.overseen", member.cell) * len(agents))
        overseen[begins[at] + agents[np.argsort(watched[nodes][agents], kind="stable")[:watch]]] = 1
    cells = len(mix.parameters) // mix.rules.phases // (1 + len(mix.shares))
    row = np.concatenate([np.full(size, member.row) for member, size in zip(members, sizes, strict=True)])
    if starts:  # agents differ: node i has row i, or of laws alone the row that a lot deals it
        row = np.concatenate([np.arange(size) for size in sizes])
        if all(hasattr(law, "ppf") for law in starts.values()):
            dealt = lots(STARTS)
            row = np.concatenate([np.argsort(dealt[a:b], kind="stable") for a, b in pairwise(begins)])
    cell = member_of * cells + row
    ties = Ties(
        complete=int(drawn[0].complete),
        rule=RULES.index(scenario.population.testimony_rule),
        hears=int((coupling[:, COUPLINGS.index("testimony")] > 0).any()),
        imitates=int((coupling[:, COUPLINGS.index("imitation")] > 0).any()),
        audits=_audits(mix, coupling, overseen[role != HUMAN]),
        renews=int((coupling[:, COUPLINGS.index("generation_every")] > 0).any()),
        varied=int(bool(starts)),
        influences=int((coupling[:, C_INFLUENCE] > 0).any()),
        populations=begins.astype(np.int64),
        first=_joined_rows(drawn),
        neighbour=np.concatenate([graph.neighbour + begin for graph, begin in zip(drawn, begins[:-1], strict=True)]).astype(
            np.int32
        ),
        trust=np.concatenate([graph.trust for graph in drawn]),
        coupling=coupling,
    )
    lane, sets, set_of = _lanes(cell, role, own_sets=bool(starts))
    crowd = new_crowd(
        mix.rules,
        ties,
        lane,
        sets,
        set_of,
        biased=_any(mix, "humans_bias", "humans_overseer_offset", "values_culture"),
        settled=shared and len(members) == 1 and not ties.influences and not _any(mix, "values_drift"),
        remembered=_any(mix, "motives_elasticity", "motives_erosion"),
    )
    crowd.role[:], crowd.overseen[:], crowd.index[:], crowd.cell0[:] = role, overseen, index, cell
    people = np.repeat(index[begins[:-1]], sizes) if shared else index
    return Crew(tuple(members), ties, crowd, people, tuple(drawn))


def _audits(mix: Mix, coupling: Numbers, overseen: NDArray[np.int8]) -> int:
    """Whether unasked acts are looked at, and at all agents alike; whoever is seen, and by whom, is counted."""
    if (coupling[:, COUPLINGS.index("peer_audit")] > 0).any() or (overseen == 0).any():
        return DIFFERS
    return ALIKE if _any(mix, "oversight_audit") else NOBODY


def _any(mix: Mix, *names: str) -> bool:
    """Whether any of these parameters is above 0 anywhere."""
    return bool(np.any(mix.parameters[:, [PARAMETERS.index(name) for name in names]] > 0))


def _coupling(value: Callable[[str, int], float], name: str, cell: int) -> float:
    paths = {"influence": "values.influence", "dwell": "outcome.dwell"}
    return float(value(paths.get(name, f"population.{name}"), cell))


def graph_of(scenario: Scenario, value: Callable[[str, int], float], member: Member, seed: int) -> graphs.Graph:
    """The graph of one population: one of its own where its kind is drawn at random."""
    kind = scenario.population.graph
    chance = 0
    if kind in graphs.KINDS and kind not in GRAPHS_WITHOUT_CHANCE:
        chance = int(np.random.SeedSequence((seed, member.number)).generate_state(1)[0])
    nodes, degree, blocks = (int(value(f"population.{name}", member.cell)) for name in ("agents", "degree", "blocks"))
    if kind not in graphs.KINDS:  # a file, which may have changed since
        return graphs.load(kind, nodes, degree, 0.0, blocks, chance)
    try:
        return _built(kind, nodes, degree, value("population.rewiring", member.cell), blocks, chance)
    except graphs.GraphError as error:
        raise SimulationError(f"population.{error}") from None


@lru_cache(maxsize=4)
def _built(kind: str, nodes: int, degree: int, rewiring: float, blocks: int, chance: int) -> graphs.Graph:
    return graphs.build(kind, nodes, degree, rewiring, blocks, chance)


def _joined_rows(drawn: Sequence[graphs.Graph]) -> NDArray[np.int64]:
    """Where each node's neighbours begin, in the neighbours of all graphs one after the other."""
    if drawn[0].complete:
        return np.zeros(0, np.int64)
    links = np.concatenate([[0], np.cumsum([len(graph.neighbour) for graph in drawn])])
    return np.concatenate([*(graph.first[:-1] + begin for graph, begin in zip(drawn, links[:-1], strict=True)), links[-1:]])


def _roles(value: Callable[[str, int], float], cell: int, graph: graphs.Graph, places: Numbers) -> NDArray[np.int8]:
    """Who begins as what, in an order drawn by lot, the same however many there are of each."""
    humans, misled = (int(value(f"population.{name}", cell)) for name in ("humans", "misled"))
    role = np.zeros(len(places), np.int8)
    order = np.argsort(places, kind="stable")
    if len(graph.human):
        marked = int(graph.human.sum())
        if humans not in (0, marked):
            raise SimulationError(f"population.humans = {humans}: the graph's file marks {marked} people")
        role[graph.human] = HUMAN
        order = order[~graph.human[order]]
    else:
        role[order[:humans]] = HUMAN
        order = order[humans:]
    if not len(order):
        raise SimulationError("population.humans: no agent is left")
    if misled > len(order):
        raise SimulationError(f"population.misled = {misled}: there are {len(order)} agents")
    aligned = min(len(order) - misled, round(value("population.aligned", cell) * len(order)))
    role[order[:misled]] = MISLED_FIRST
    role[order[misled : misled + aligned]] = ALIGNED_FIRST
    return role


def _memberships(shares: Sequence[float], agents: NDArray[np.int64], groups: Numbers) -> NDArray[np.int64]:
    """Whose agents they are: 0 the population's own scenario, then those mixed in, in shares."""
    member = np.zeros(len(groups), np.int64)
    order = agents[np.argsort(groups[agents], kind="stable")]
    ends = np.rint(np.cumsum([0.0, *shares]) * len(agents)).astype(int)
    for at in range(len(shares)):
        member[order[ends[at] : ends[at + 1]]] = 1 + at
    return member


def _lanes(
    cell: NDArray[np.int64], role: NDArray[np.int8], own_sets: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(nodes,) lanes, −1 for people; (sets, LANES) cells; (blocks,) sets. Agents of one cell stand together."""
    agents = np.flatnonzero(role != HUMAN)
    order = agents[np.argsort(cell[agents], kind="stable")]
    lane = np.full(len(cell), -1, np.int64)
    lane[order] = np.arange(len(order))
    blocks = -(-len(order) // LANES)
    cells = cell[order[np.minimum(np.arange(blocks * LANES), len(order) - 1)]].reshape(blocks, LANES)
    idle = np.arange(blocks * LANES).reshape(blocks, LANES) >= len(order)
    cells = np.where(idle, cells[:, :1], cells)  # an idle lane copies the first of its block
    if own_sets:
        return lane, cells, np.arange(blocks)
    sets, set_of = np.unique(cells, axis=0, return_inverse=True)
    return lane, sets, set_of.reshape(-1).astype(np.int64)
