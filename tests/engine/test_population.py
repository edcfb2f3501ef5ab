"""Populations: lone agents where nothing passes, the same bits however they are simulated, and numbers that make sense."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basin.scenario import Scenario
from basin.simulate import Cancelled, simulate
from basin.simulate.populations import Population, populations
from tests.engine.cases import CASES, EVERYTHING, PHASES, PLEASE, STAGE, TABLE, scenario
from tests.sound import assert_sound_population
from tests.strategies import passing, scenarios

module = sys.modules["basin.simulate.populations"]
SEED = 2**40 + 3

BAYES = {"population.testimony": 0.5, "population.trust_bound": 1.5}
AVERAGE = {"population.testimony": 0.2, "population.testimony_rule": "average", "population.trust_bound": 1.3}
MEET = {"population.testimony": 0.8, "population.testimony_rule": "meet"}
ALL: dict[str, Any] = BAYES | {
    "population.misled": 1,
    "population.aligned": 0.2,
    "population.humans": 1,
    "population.imitation": 0.3,
    "population.peer_audit": 0.02,
    "population.overseen": 0.7,
    "population.generation_every": 3,
    "population.generation_replaced": 0.3,
    "population.found_out": 0.3,
    "values.influence": 0.02,
}
STILL: dict[str, Any] = {  # how things would pass if they did
    "population.testimony_rule": "meet",
    "population.testimony_noise": 0.1,
    "population.trust_bound": 0.3,
    "population.imitation_temperature": 0.01,
    "population.generation_replaced": 0.5,
    "population.generation_mutation": 1.0,
    "population.misled_knowledge": 0.5,
    "population.quorum": 0.6,
}


def crowd(changes: dict[str, Any], episodes: int, agents: int, *couplings: dict[str, Any]) -> Scenario:
    """The default scenario with these changes, so many agents, and what passes between them."""
    together = {"population.agents": agents, "requirements.graph": "none", **changes}
    for coupling in couplings:
        together |= coupling
    return scenario(together, episodes)


# ---- Where nothing passes ------------------------------------------------------------------------------------------


def assert_lone(s: Scenario, count: int) -> None:
    """Agent i of population r is run r·agents + i, in every column."""
    found = list(populations(s, count, SEED))
    runs = simulate(s.with_({"population.agents": 1}), count * s.population.agents, SEED)
    assert [population.number for population in found] == list(range(count))
    for name, column in runs.columns.items():
        ours = np.concatenate([population.columns[name] for population in found])
        assert np.array_equal(ours, column), name


@pytest.mark.parametrize("name", list(CASES))
def test_where_nothing_passes_agents_are_lone(name):
    assert_lone(scenario(CASES[name] | {"population.agents": 5}, 40), 3)


@pytest.mark.parametrize("graph", ["complete", "watts-strogatz"])
@pytest.mark.parametrize("changes", [{}, EVERYTHING, TABLE | {"evidence.choices": 0.4}, STAGE | {"phases": PHASES}])
def test_graphs_and_rules_of_passing_do_not_matter_where_nothing_passes(changes, graph):
    s = scenario(changes | STILL | {"population.agents": 70, "population.graph": graph}, 90)
    assert_lone(s, 3)


def test_a_population_may_be_of_one():
    assert_lone(scenario({"population.agents": 1}, 30), 4)


def test_a_ring_of_agents_who_are_alone():
    assert_lone(scenario({"population.agents": 3, "population.graph": "ring", "population.degree": 2}, 30), 2)


# ---- The same bits -------------------------------------------------------------------------------------------------


def digest(found: list[Population]) -> str:
    parts = hashlib.sha256()
    for p in found:
        for column in (*p.columns.values(), p.role, p.approval, p.policed, p.life, p.count, p.mean, p.belief, p.target):
            parts.update(np.ascontiguousarray(column).tobytes())
    return parts.hexdigest()


def crowds() -> dict[str, Scenario]:
    """Populations in which everything passes, in more than one block of agents."""
    spread = {"population.agents": 300, "population.misled": 40, "population.humans": 11}
    phased = STAGE | {"phases": PHASES[:2], "population.graph": "ring", "population.degree": 6}
    return {
        "bayes": crowd({}, 30, 300, ALL, spread),
        "average": crowd({}, 30, 300, ALL, AVERAGE, spread, {"population.graph": "watts-strogatz"}),
        "meet, in phases": crowd(phased, 40, 300, ALL, MEET, spread),
        "everything": crowd(EVERYTHING, 20, 300, ALL, spread),
    }


@pytest.mark.parametrize("name", list(crowds()))
def test_threads_do_not_matter(name, monkeypatch):
    s = crowds()[name]
    alone = digest(list(populations(s, 2, SEED, threads=1)))
    assert digest(list(populations(s, 2, SEED, threads=2))) == alone
    monkeypatch.setattr(module, "WORTH_A_THREAD", 1)  # blocks of one crowd on several threads
    for threads in (2, 3, 5):
        assert digest(list(populations(s, 2, SEED, threads=threads))) == alone


@pytest.mark.parametrize("starts", [None, {"motives.care": np.linspace(0, 1, 300)}])
def test_slices_do_not_matter(starts, monkeypatch):
    s = crowds()["bayes"]
    whole = digest(list(populations(s, 1, SEED, starts=starts, threads=1)))
    monkeypatch.setattr(module, "SLICE", 1000)
    assert digest(list(populations(s, 1, SEED, starts=starts, threads=1))) == whole
    monkeypatch.setattr(module, "WORTH_A_THREAD", 1)
    assert digest(list(populations(s, 1, SEED, starts=starts, threads=2))) == whole


@pytest.mark.parametrize("coupling", [BAYES, AVERAGE, MEET])
def test_the_company_of_other_populations_does_not_matter(coupling, monkeypatch):
    s = crowd({}, 25, 13, ALL, coupling, {"population.graph": "watts-strogatz", "population.degree": 4})
    whole = list(populations(s, 7, SEED))
    assert digest(list(populations(s, 3, SEED))) == digest(whole[:3])
    for size in (1, 30, 60):
        monkeypatch.setattr(module, "CROWD", size)
        for threads in (1, 2):
            assert digest(list(populations(s, 7, SEED, threads=threads))) == digest(whole)


def test_cells_are_populations_of_their_own_scenario(monkeypatch):
    s = crowd({}, 25, 12, ALL)
    varied: dict[str, Any] = {
        "population.agents": [12, 7, 12, 9],
        "population.testimony": [0.0, 0.5, 0.9, 0.3],
        "population.generation_every": [3, 0, 5, 4],
        "population.humans": [0, 2, 1, 0],
        "motives.care": [0.2, 0.5, 0.9, 0.5],
        "outcome.horizon": [25, 25, 10, 25],
        "population.found_out": [0.2, 0.0, 0.4, 0.0],
    }
    found = list(populations(s, 2, SEED, varied=varied, watch=2))
    assert [(p.cell, p.number) for p in found] == [(cell, 2 * cell + run) for cell in range(4) for run in range(2)]
    monkeypatch.setattr(module, "CROWD", 1)
    assert digest(list(populations(s, 2, SEED, varied=varied))) == digest(found)
    for cell in (0, 2):  # as many nodes as the widest, so that runs have the same numbers
        own = s.with_({path: values[cell] for path, values in varied.items()})
        assert digest(list(populations(own, 2 * cell + 2, SEED))[2 * cell :]) == digest(found[2 * cell : 2 * cell + 2])


def test_cells_may_have_graphs_of_different_sizes(monkeypatch):
    s = crowd({}, 15, 12, ALL, {"population.graph": "watts-strogatz"})
    varied = {"population.agents": [9, 14, 6], "population.degree": [4, 6, 2], "population.rewiring": [0.0, 0.5, 1.0]}
    found = list(populations(s, 2, SEED, varied=varied))
    assert [p.graph.nodes for p in found] == [9, 9, 14, 14, 6, 6]
    monkeypatch.setattr(module, "CROWD", 1)
    assert digest(list(populations(s, 2, SEED, varied=varied))) == digest(found)


def test_the_first_populations_of_every_cell_are_watched(monkeypatch):
    s, varied = crowd({}, 6, 5), {"motives.care": [0.2, 0.8]}
    for size in (1, 1024):
        monkeypatch.setattr(module, "CROWD", size)
        shapes = [p.status.shape for p in populations(s, 3, SEED, varied=varied, watch=2, moments=3)]
        assert shapes == 2 * [(4, 5), (4, 5), (4, 0)], size


def test_cells_come_in_order_whatever_their_features():
    s = crowd({}, 5, 4)
    found = populations(s, 2, SEED, varied={"values.features": [6, 3, 6]})
    assert [(p.number, len(p.target)) for p in found] == [(0, 6), (1, 6), (2, 3), (3, 3), (4, 6), (5, 6)]


def test_whole_numbers_are_rounded_as_for_lone_agents():
    s = crowd({}, 6, 5, ALL)
    varied = {"outcome.horizon": [6.4, 7.6], "population.agents": [4.6, 5.4], "population.generation_every": [2.7, 3.2]}
    rounded = {path: np.rint(values) for path, values in varied.items()}
    assert digest(list(populations(s, 1, SEED, varied=varied))) == digest(list(populations(s, 1, SEED, varied=rounded)))


@pytest.mark.parametrize("changes", [{}, {"values.influence": 0.2, "motives.care": 0.2, "values.drift": 0.01}])
def test_along_an_axis_of_testimony_people_are_the_same(changes):
    """Agents who hear nobody, next to populations where they do, live as those who all but never hear."""
    s = crowd(changes, 20, 6)
    (hardly,) = populations(s.with_({"population.testimony": 1e-300}), 1, SEED)
    first = next(iter(populations(s, 1, SEED, varied={"population.testimony": [0.0, 0.5]})))
    assert digest([first]) == digest([hardly])


def test_roles_are_those_at_first_whoever_comes_later():
    s = crowd({}, 12, 9, ALL)
    (found,) = populations(s, 1, SEED)
    (before,) = populations(s.with_({"population.found_out": 0.0}), 1, SEED)
    assert found.life.sum() > 0
    assert np.array_equal(found.role, before.role)


def test_values_that_are_pulled_onto_nothing_stay():
    """As those of the people around a lone agent do."""
    nowhere = {"belief.strength": 0.0, "belief.spread": 0.0, "motives.care": 1.0, "motives.floor": 0.0, "motives.honesty": 0.0}
    s = crowd(nowhere | {"values.influence": 1.0}, 8, 3, BAYES)
    (found,) = populations(s, 1, SEED)
    (still,) = populations(s.with_({"values.influence": 0.0}), 1, SEED)
    assert np.array_equal(found.target, still.target)


def test_progress_and_cancel():
    s, seen, cancel = crowd({}, 30, 8, ALL), [], threading.Event()
    list(populations(s, 5, SEED, progress=lambda done, total: seen.append((done, total))))
    assert all(0 <= done <= total == 5 * 30 * 8 for done, total in seen)
    cancel.set()
    with pytest.raises(Cancelled):
        list(populations(s, 5, SEED, cancel=cancel))


# ---- In plain Python -----------------------------------------------------------------------------------------------

PRINT = """
from tests.engine.test_population import small_digests
print(small_digests(), end="")
"""


HARM = {"world.hazard": 0.5, "world.tolerance": 0.0, "belief.knowledge": -0.9, "oversight.audit": 0.0}
TRUSTED = "from,to,trust\na,b,1\na,c,3\nb,c,1\nc,d,2\nd,a,1\nd,e,0.5\ne,a,1\n"


def small_crowds(folder: Path) -> dict[str, Scenario]:
    """Populations that between them use every way in which something passes, small enough for plain Python."""
    links = folder / "links.csv"
    links.write_text(TRUSTED)
    ring, trusted = {"population.graph": "ring", "population.degree": 2}, {"population.graph": str(links)}
    phases = {"phases": [{"name": "a", "episodes": 3}, {"name": "b"}], "world.hazard": 0.2}
    return {
        "bayes": crowd({}, 7, 5, ALL, {"outcome.dwell": 3}),
        "average": crowd({"motives.own": [PLEASE]}, 7, 5, ALL, AVERAGE, ring),
        "meet": crowd(phases, 7, 5, ALL, MEET),
        "average of all": crowd(HARM, 5, 5, ALL, AVERAGE, {"population.trust_bound": 2.0}),
        "average of the near": crowd(HARM, 5, 5, ALL, AVERAGE),
        "average by trust": crowd({}, 4, 5, ALL, AVERAGE, trusted, {"population.humans": 0}),
        "bayes by trust": crowd({}, 4, 5, ALL, trusted, {"population.humans": 0}),
        "bayes on a ring": crowd(HARM, 4, 5, ALL, ring),
    }


def small_digests() -> str:
    with tempfile.TemporaryDirectory() as folder:
        crowds = small_crowds(Path(folder))
        lines = [f"{name} {digest(list(populations(s, 2, 7, threads=1)))}\n" for name, s in crowds.items()]
    starts = {"motives.care": np.linspace(0, 1, 18)}  # as many as take more than one of the smallest blocks
    s = crowd({}, 4, 18, ALL)
    lines.append(f"one by one {digest(list(populations(s, 1, 7, starts=starts, watch=1, threads=1)))}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WORTH_A_THREAD", 1)
        lines.append(f"shared out {digest(list(populations(s, 1, 7, starts=starts, threads=2)))}\n")
    return "".join(lines)


def elsewhere(**environment: str) -> str:
    """What another interpreter prints, under other settings."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT], env={**os.environ, "PYTHONPATH": os.getcwd(), **environment}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_plain_python_gives_the_same_bits():
    assert elsewhere(NUMBA_DISABLE_JIT="1", BASIN_LANES="16") == small_digests()


# ---- Numbers that make sense ---------------------------------------------------------------------------------------


ANY = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def check_sound(s: Scenario, moments: int) -> None:
    for found in populations(s, 2, 5, watch=2, moments=moments):
        assert_sound_population(s, found)
        assert len(found.moments) <= moments + 1


@settings(ANY, max_examples=150, derandomize=True)
@given(passing(), st.integers(1, 30))
def test_any_population(changes, moments):
    check_sound(Scenario().with_(changes), moments)


@pytest.mark.slow
@settings(ANY, max_examples=100)
@given(scenarios(runnable=True), passing(100))
def test_any_population_of_any_scenario(s, changes):
    check_sound(s.with_(changes), 25)
