"""Populations against their obvious twin: every agent after every episode, given the same random numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from basin.engine.layout import RECORD
from basin.scenario import Scenario
from basin.scenario.files import save
from basin.simulate.populations import populations
from tests.engine.cases import OWN, PLEASE
from tests.engine.drive_crowd import CrowdDrive
from tests.naive_population import Crowd

SEED = 2**40 + 3
EPISODES = 60
CLOSE = 1e-12  # relative to 1, or to the number itself where that is larger
EXACT = {"asked", "status", "life", "label", "time", "episodes", "motive", "closed"}

# Eventful: agents ask, act unasked and drop plans, some are caught, and endings of all kinds are near
LIVELY: dict[str, Any] = {
    "values.features": 4,
    "belief.spread": 1.0,
    "belief.attention": 0.6,
    "belief.knowledge": 0.5,
    "motives.care": 0.3,
    "motives.floor": 0.001,
    "gate.ask_cost": 0.2,
    "oversight.audit": 0.3,
    "evidence.comparisons": 0.4,
    "outcome.horizon": EPISODES,
    "outcome.dwell": 7,
    "outcome.behaves": 0.2,
    "outcome.cares": 0.2,
    "requirements.graph": "none",
    "population.agents": 9,
    "population.humans": 2,
    "population.aligned": 0.3,
    "population.misled": 1,
    "population.misled_knowledge": -0.2,
}
BAYES = {"population.testimony": 0.5, "population.testimony_noise": 0.7, "population.trust_bound": 1.5}
AVERAGE = {"population.testimony": 0.2, "population.testimony_rule": "average", "population.trust_bound": 1.3}
MEET = {"population.testimony": 0.8, "population.testimony_rule": "meet", "population.trust_bound": 1.4}
IMITATION = {"population.imitation": 0.4, "population.imitation_temperature": 0.2}
AUDITS = {"population.peer_audit": 0.15, "population.overseen": 0.5}
GENERATIONS = {"population.generation_every": 6, "population.generation_replaced": 0.3, "population.generation_mutation": 0.2}
FOUND_OUT = {"population.generation_every": 4, "population.generation_replaced": 0.0, "population.found_out": 0.9}
INFLUENCE = {"values.influence": 0.05, "population.testimony": 0.2}
TOGETHER = BAYES | IMITATION | AUDITS | GENERATIONS | {"population.found_out": 0.3}

COUPLINGS: dict[str, dict[str, Any]] = {
    "none": {},
    "bayes": BAYES,
    "bayes, everyone near enough": BAYES | {"population.trust_bound": 2.0, "evidence.design": "axes"},
    "bayes, sharp statements": BAYES | {"population.testimony_noise": 0.05, "humans.bias": 0.4, "humans.spread": 0.3},
    "average": AVERAGE,
    "average of everyone": AVERAGE | {"population.trust_bound": 2.0},
    "meet": MEET,
    "meet everyone": MEET | {"population.trust_bound": 2.0},
    "imitation": IMITATION,
    "audits by peers": {"population.peer_audit": 0.2},
    "some overseen": {"population.overseen": 0.4},
    "audits": AUDITS | {"oversight.evasion": 0.5, "capability.start": 0.4, "capability.growth": 0.03},
    "generations": GENERATIONS,
    "half replaced, unchanged": GENERATIONS | {"population.generation_replaced": 0.5, "population.generation_mutation": 0.0},
    "found out": FOUND_OUT,
    "influence": INFLUENCE | {"values.drift": 0.02},
    "together": TOGETHER,
    "together, averaging": TOGETHER | AVERAGE,
    "together, meeting": TOGETHER | MEET,
}

# A listens to B, C more than B, ...; I listens to no one, and no one listens to A
LINKS = """from,to,trust
A,B,1
A,C,2.5
B,C,1
B,D,0.2
B,I,3
C,D,1
C,E,4
D,B,0.5
D,F,0.5
E,F,1
E,G,1
E,H,6
F,G,1
G,H,2
G,B,1
H,I,1
H,C,0.1
H,D,2
"""
GRAPHS = ("complete", "ring", "file")
MANY = pytest.mark.parametrize("count", [1, pytest.param(4, marks=pytest.mark.slow)])  # populations at once


@pytest.fixture
def listening(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The changes that set each graph."""
    file = tmp_path / "listening.csv"
    file.write_text(LINKS)
    return {
        "complete": {"population.graph": "complete"},
        "ring": {"population.graph": "ring", "population.degree": 4},
        "file": {"population.graph": str(file)},
    }


def lively(*changes: dict[str, Any]) -> Scenario:
    together = dict(LIVELY)
    for change in changes:
        together |= change
    return Scenario().with_(together)


def twin_state(crowd: Crowd, node: int) -> dict[str, Any]:
    agent = crowd.agents[node]
    return {
        "m": agent.m, "V": agent.V, "theta": agent.theta, "shares": agent.shares, "capability": agent.c, "harm": agent.harm,
        "welfare": agent.welfare, "asked": agent.asked, "status": crowd.status[node], "approval": crowd.approval[node],
        "life": crowd.life[node], "policed": crowd.policed[node],
    }  # fmt: skip


def assert_close(name: str, ours: Any, theirs: Any, where: str) -> None:
    if name in EXACT:
        assert np.array_equal(ours, theirs), f"{name} {where}: {ours} in the engine, {theirs} in its twin"
    else:
        apart = float(np.max(np.abs(np.asarray(ours, float) - theirs), initial=0.0))
        scale = max(1.0, float(np.max(np.abs(theirs), initial=0.0)))
        assert apart <= CLOSE * scale, f"{name} {where}: {ours} in the engine, {theirs} in its twin"


def compare(s: Scenario, count: int = 2, *, members=(), starts=None, first: int = 0) -> list[Crowd]:
    """Every agent of every population agrees after every episode, and in the end; so does what is kept of the way."""
    drive, nodes = CrowdDrive(s, count, SEED, starts, first), s.population.agents
    twins = [Crowd(s, drive.crew.graphs[at], first + at, SEED, members=members, starts=starts) for at in range(count)]
    with np.errstate(all="ignore"):
        for when in drive.episodes():
            for at, twin in enumerate(twins):
                if when > 0:
                    twin.episode()
                for node, _ in twin.present():
                    ours, theirs = drive.of(at * nodes + node), twin_state(twin, node)
                    for name in ours:
                        if ours[name] is not None:  # who found it acting unasked is counted only where that may vary
                            assert_close(name, ours[name], theirs[name], f"of {at}:{node} at {when}")
                counts, means = twin.look()
                assert np.array_equal(drive.seen.count[at, when], counts)
                assert_close("means", drive.seen.mean[at, when], means, f"of {at} at {when}")
    if first == 0:
        compare_endings(s, drive, twins, starts)
    return twins


def compare_endings(s: Scenario, drive: CrowdDrive, twins: list[Crowd], starts: Any) -> None:
    """The records agree, and the public results are what the driven crowd did, bit for bit."""
    whole = populations(s, len(twins), SEED, starts=starts, moments=s.outcome.horizon, watch=len(twins), threads=1)
    for at, (twin, found) in enumerate(zip(twins, whole, strict=True)):
        nodes = slice(at * twin.n, (at + 1) * twin.n)
        assert found.number == at and found.agents.tolist() == [role != "human" for role in twin.role]
        for place, name in enumerate(RECORD):
            assert np.array_equal(found.columns[name], drive.records[nodes, place], equal_nan=True)
        for node, agent in twin.present():
            ending = twin.endings[node]
            for name, value in ending.items():
                ours = found.columns[name][node]
                if ours != value and not (agent.locked and name in ("knows", "cares", "behaves", "closed")):
                    assert_close(name, ours, value, f"of {at}:{node}")
            assert_close("belief", found.belief[node], agent.m, f"of {at}:{node}")
            assert_close("approval", found.approval[node], twin.approval[node], f"of {at}:{node}")
        assert np.array_equal(found.life, twin.life)
        if len(drive.crowd.policed):
            assert_close("policed", found.policed, twin.policed, f"of {at}")
        assert np.array_equal(found.moments, np.arange(s.outcome.horizon + 1))
        assert np.array_equal(found.count, [counts for counts, _ in twin.seen])
        assert_close("means", found.mean, [means for _, means in twin.seen], f"of {at}")
        assert np.array_equal(found.status[-1], twin.status)
        living = next(agent for _, agent in twin.present())
        assert_close("target", found.target, living.theta, f"of {at}")


# ---- One coupling at a time, and all together ----------------------------------------------------------------------


@MANY
@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("name", list(COUPLINGS))
def test_every_coupling(name, graph, count, listening):
    compare(lively(COUPLINGS[name], listening[graph]), count)


def test_couplings_happen(listening):
    """The comparisons above are of something: every coupling changes endings, and agents end and are watched in many ways."""
    found = {}
    for name, changes in COUPLINGS.items():
        (population,) = populations(lively(changes, listening["complete"]), 1, SEED, watch=1, moments=EPISODES)
        found[name] = population
    alone = found["none"]
    for name, population in found.items():
        same = np.array_equal(population.columns["welfare"], alone.columns["welfare"], equal_nan=True)
        assert same == (name == "none"), name
    assert {-1, 1, 2, 3, 4} <= {int(status) for population in found.values() for status in population.status.ravel()}
    assert found["found out"].life.sum() > 2 and found["together"].life.sum() > 1
    assert (found["audits"].policed.sum(axis=0) > 1).all()


# ---- Other agents and people ---------------------------------------------------------------------------------------

ANOTHER: dict[str, Any] = {
    "motives.own": [PLEASE, OWN],
    "motives.care": 0.3,
    "planning.candidates": 20,
    "belief.knowledge": 0.2,
    "belief.spread": 0.6,
    "evidence.statements": 0.3,
    "oversight.audit": 0.6,
    "capability.start": 0.5,
    "capability.growth": 0.05,
    "motives.floor": 0.002,
    "requirements.graph": "none",
}
PHASES = [
    {"name": "early", "episodes": 17, "oversight.audit": 0.8, "belief.attention": 0.3, "motives.floor": 0.003},
    {"name": "late", "episodes": 20, "evidence.statements": 0.5, "belief.attention": 0.9},
    {"name": "last", "training.strength": 0.3, "oversight.audit": 0.1},
]
AMONG: dict[str, dict[str, Any]] = {
    "phases": TOGETHER | {"phases": PHASES},
    "phases, averaging": TOGETHER | AVERAGE | {"phases": PHASES},
    "characters": TOGETHER
    | {"motives.own": [OWN, PLEASE], "personas.cast": [{"name": "a", "care": 1.0, "gain": 2.0}, {"name": "b", "please": 1.0}]}
    | {"personas.switch": 0.1},
    "everything an agent does": TOGETHER
    | {
        "belief.awareness": 0.5,
        "belief.blind": 0.2,
        "belief.drift": 0.003,
        "evidence.demonstrations": 0.3,
        "evidence.statements": 0.3,
        "gate.foresight": 4.0,
        "gate.temperature": 0.1,
        "humans.bias": 0.3,
        "humans.lapse": 0.05,
        "humans.overseer_offset": 0.2,
        "humans.spread": 0.2,
        "motives.elasticity": 0.01,
        "motives.erosion": 0.002,
        "motives.honesty": 0.8,
        "motives.mutual": 0.2,
        "motives.noise": 0.03,
        "motives.own": [OWN, PLEASE],
        "oversight.manipulation": 0.3,
        "planning.caution": 0.5,
        "values.warp": 3.0,
    },
    "bias toward a motive": TOGETHER | {"humans.bias": 0.4, "humans.bias_direction": "self_interest"},
    "extrapolated values": TOGETHER | {"values.target": "extrapolated", "values.people": 6, "population.humans": 0},
    "evolved values": TOGETHER
    | {"values.target": "evolved", "values.people": 5, "values.evolved.culture_drift": 0.05, "humans.bias": 0.2},
    "evolved values, each with people of its own": AUDITS
    | IMITATION
    | {"values.target": "evolved", "values.people": 5, "values.evolved.culture_drift": 0.05, "humans.bias": 0.2},
    "recorded choices": TOGETHER | {"evidence.choices_table": "travel-mode", "evidence.choices": 0.3},
    "values that drift": BAYES | IMITATION | GENERATIONS | {"values.drift": 0.05},
    "values that drift, and agents found out": FOUND_OUT | {"values.drift": 0.05, "values.influence": 0.02},
    "care alone": TOGETHER | {"motives.own": [], "motives.care": 1.0},
}


@MANY
@pytest.mark.parametrize("graph", ["ring", "complete"])
@pytest.mark.parametrize("name", list(AMONG))
def test_among_other_agents_and_people(name, graph, count, listening):
    compare(lively(AMONG[name], listening[graph]), count)


def lock_ins() -> dict[str, Any]:
    return {"world.hazard": 0.1, "world.tolerance": 0.1, "oversight.audit": 0.1, "belief.knowledge": 0.3, "gate.ask_cost": 0.4}


@pytest.mark.parametrize("coupling", ["none", "bayes", "average", "meet", "imitation", "together"])
def test_agents_that_lock_in_stay_as_they_were(coupling, listening):
    twins = compare(lively(lock_ins(), COUPLINGS[coupling], listening["ring"]), 4)
    locked = sum(agent.locked for twin in twins for _, agent in twin.present())
    assert 0 < locked < sum(len(twin.present()) for twin in twins)


def test_values_move_on_where_nothing_passes(listening):
    """Then every agent has people of its own, whom it moves by itself."""
    compare(lively({"values.drift": 0.02, "values.influence": 0.05}, AUDITS, IMITATION, listening["ring"]))


def test_people_whom_a_file_marks(tmp_path):
    nodes = "".join(f'<node id="n{at}"><data key="k">{str(at in (1, 4)).lower()}</data></node>' for at in range(9))
    links = "".join(f'<edge source="n{at}" target="n{(at + step) % 9}"/>' for at in range(9) for step in (1, 2))
    file = tmp_path / "marked.graphml"
    file.write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="k" for="node" attr.name="human" attr.type="boolean"/>'
        f'<graph edgedefault="undirected">{nodes}{links}</graph></graphml>'
    )
    (twin,) = compare(lively(TOGETHER, {"population.graph": str(file), "population.humans": 0}), 1)
    assert [node for node, role in enumerate(twin.role) if role == "human"] == [1, 4]


# ---- Mixes and starts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coupling", ["none", "influence", "together", "together, averaging"])
def test_a_mix_of_scenarios(coupling, listening, tmp_path):
    another = Scenario().with_(ANOTHER)
    save(another, tmp_path / "another.toml")
    mix = [{"scenario": str(tmp_path / "another.toml"), "share": 0.4}]
    compare(lively(COUPLINGS[coupling], listening["file"], {"population.mix": mix}), members=[(another, 0.4)])


def test_a_mix_of_phases_and_characters(listening, tmp_path):
    another = Scenario().with_(ANOTHER | {"phases": PHASES[:2]})
    third = (
        Scenario()
        .with_(
            {
                "motives.own": [OWN],
                "personas.cast": [{"name": "a", "gain": 1.0}],
                "personas.switch": 0.2,
                "motives.floor": 0.001,
            }
        )
        .with_({"requirements.graph": "none"})
    )
    parts = [(another, 0.3), (third, 0.5)]
    mix = []
    for at, (part, share) in enumerate(parts):
        save(part, tmp_path / f"{at}.toml")
        mix.append({"scenario": str(tmp_path / f"{at}.toml"), "share": share})
    compare(lively(TOGETHER, listening["complete"], {"population.mix": mix, "phases": PHASES}), members=parts)


def starts(nodes: int) -> dict[str, np.ndarray]:
    spread = np.linspace(0.0, 1.0, nodes)
    return {"motives.care": spread[::-1], "belief.knowledge": spread, "planning.candidates": 1.0 + np.arange(nodes) % 5}


@pytest.mark.parametrize("coupling", ["none", "generations", "found out", "together"])
def test_agents_that_differ_one_by_one(coupling, listening):
    compare(lively(COUPLINGS[coupling], listening["ring"]), starts=starts(9))


@pytest.mark.parametrize("coupling", ["none", "found out", "together"])
def test_agents_that_differ_by_a_law(coupling, listening):
    characters = {"motives.own": [OWN, PLEASE], "personas.cast": [{"name": "a", "care": 1.0}, {"name": "b", "gain": 1.0}]}
    law = stats.beta(0.2, 1)
    compare(lively(COUPLINGS[coupling], characters, listening["ring"]), starts={"personas.switch": law})


def test_agents_that_differ_one_by_one_in_phases(listening):
    compare(lively(TOGETHER, {"phases": PHASES}, listening["ring"]), starts=starts(9))


@pytest.mark.parametrize("first", [2**29, 2**36])
@pytest.mark.parametrize("coupling", ["found out", "together, meeting"])
def test_numbers_of_runs_far_on(coupling, first, listening):
    """Those of agents that replace others are the population's own all the same."""
    compare(lively(COUPLINGS[coupling], listening["ring"]), 1, first=first)


# ---- At length -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [{}, AVERAGE, MEET])
def test_more_agents_than_a_block(rule):
    compare(lively(TOGETHER, rule, {"population.agents": 150, "population.misled": 9, "outcome.horizon": 13}), 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(COUPLINGS))
def test_a_hundred_agents(name):
    changes = {"population.agents": 100, "population.humans": 7, "population.misled": 5}
    compare(lively(COUPLINGS[name], changes, {"population.graph": "watts-strogatz", "population.degree": 6}), 1)
