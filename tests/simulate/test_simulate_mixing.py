"""Populations of several scenarios, and of agents that differ one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from basin.engine.layout import PARAMETERS
from basin.scenario import Scenario, ScenarioError
from basin.scenario.files import save
from basin.simulate import SimulationError, simulate
from basin.simulate.crowds import Member, assemble
from basin.simulate.mixing import mixed
from basin.simulate.populations import Population, _laid_out, populations

SEED = 9

HOST = Scenario().with_({"outcome.horizon": 40, "outcome.dwell": 6, "population.agents": 20})
GUEST: dict[str, Any] = {
    "motives.care": 0.2,
    "belief.knowledge": 0.3,
    "planning.candidates": 30,
    "oversight.audit": 0.4,
    "evidence.statements": 0.3,
    "capability.start": 0.4,
    "capability.growth": 0.05,
    "motives.self_interest.overlap": -0.3,
}


@pytest.fixture
def kept(tmp_path: Path):
    """Keeps a scenario in a file. Returns its path."""

    def keep(scenario: Scenario, name: str = "guest") -> str:
        save(scenario, tmp_path / f"{name}.toml")
        return str(tmp_path / f"{name}.toml")

    return keep


def mix(scenario: Scenario, *parts: tuple[str, float]) -> Scenario:
    return scenario.with_({"population.mix": [{"scenario": path, "share": share} for path, share in parts]})


def assert_runs(found: list[Population], runs, nodes: slice | np.ndarray = slice(None)) -> None:
    for name, column in runs.columns.items():
        ours = np.concatenate([population.columns[name] for population in found])
        assert np.array_equal(ours[nodes], column[nodes]), name


# ---- Mixes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"phases": [{"name": "a", "episodes": 9, "oversight.audit": 0.9}, {"name": "b"}]}])
def test_where_all_are_of_another_scenario_they_are_its_lone_runs(more, kept):
    guest = HOST.with_(GUEST | more | {"population.agents": 1})
    found = list(populations(mix(HOST, (kept(guest), 1.0)), 3, SEED))
    assert_runs(found, simulate(guest, 60, SEED))


def test_people_and_endings_are_the_populations_own(kept):
    theirs = {"humans.noise": 3.0, "humans.bias": 0.7, "values.drift": 0.1, "outcome.dwell": 30, "outcome.horizon": 7}
    away = HOST.with_(GUEST | theirs | {"population.agents": 1})
    home = HOST.with_(GUEST | {"population.agents": 1})
    assert_runs(list(populations(mix(HOST, (kept(away), 1.0)), 2, SEED)), simulate(home, 40, SEED))


def members_of(scenario: Scenario, number: int = 0) -> np.ndarray:
    """Which of its scenarios each node's agent is of: 0 the population's own, −1 for people."""
    (joined,) = mixed(scenario, {}, False)
    agents = scenario.population.agents
    crew = assemble(scenario, joined, lambda path, _: scenario.get(path), [Member(0, 0, number)], agents, False, SEED)
    return np.where(crew.crowd.lane < 0, -1, crew.crowd.cell0)


@pytest.mark.parametrize(("shares", "counts"), [((0.5,), [10, 10]), ((0.25, 0.6), [3, 5, 12]), ((0.0, 0.15), [17, 0, 3])])
def test_shares_are_as_asked_and_the_rest_is_the_populations_own(shares, counts, kept):
    others = [kept(HOST.with_(GUEST | {"population.agents": 1, "motives.care": 0.1 * at}), str(at)) for at in range(2)]
    scenario = mix(HOST, *zip(others, shares, strict=False))
    members = members_of(scenario)
    assert np.bincount(members, minlength=len(counts)).tolist() == counts
    assert not np.array_equal(members, members_of(scenario, 1))  # by lot


def test_each_agent_is_a_lone_run_of_its_own_scenario(kept):
    guest = HOST.with_(GUEST | {"population.agents": 1})
    scenario = mix(HOST, (kept(guest), 0.4))
    found, members = list(populations(scenario, 1, SEED)), members_of(scenario)
    assert 0 < members.sum() < len(members)
    assert_runs(found, simulate(HOST.with_({"population.agents": 1}), 20, SEED), np.flatnonzero(members == 0))
    assert_runs(found, simulate(guest, 20, SEED), np.flatnonzero(members == 1))


def test_shares_are_of_the_agents_not_of_people(kept):
    scenario = mix(HOST.with_({"population.humans": 10}), (kept(HOST.with_(GUEST | {"population.agents": 1})), 0.5))
    members = members_of(scenario)
    assert [int((members == which).sum()) for which in (-1, 0, 1)] == [10, 5, 5]


def test_motives_that_a_scenario_lacks_are_at_the_floor(kept):
    fame = {"name": "fame", "overlap": 0.1, "share": 3.0, "guarding": 0.2}
    guest = HOST.with_({"motives.own": [fame], "motives.floor": 0.002, "population.agents": 1})
    (joined,) = mixed(mix(HOST.with_({"motives.floor": 0.001}), (kept(guest), 0.5)), {}, False)
    assert joined.rules.motives == 3
    overlap, share, guarding, _ = joined.own.reshape(2, 2, 4).transpose(2, 0, 1)
    assert share.tolist() == [[1, 0], [0, 3]] and guarding.tolist() == [[0.05, 0], [0, 0.2]]
    assert overlap.tolist() == [[0.2, 0.1], [0.2, 0.1]]
    (found,) = populations(mix(HOST, (kept(guest), 1.0)), 1, SEED)
    assert not np.isnan(found.columns["label"]).any()


def test_agents_who_only_care_can_be_mixed_in(kept):
    saint = HOST.with_({"motives.own": [], "motives.care": 1.0, "population.agents": 1})
    (found,) = populations(mix(HOST, (kept(saint), 1.0)), 1, SEED)
    assert (found.columns["cares"] > 0.999).all()
    (found,) = populations(mix(HOST.with_({"motives.own": [], "motives.care": 1.0}), (kept(HOST), 0.5)), 1, SEED)
    assert found.columns["cares"].min() < 0.999


def test_bundled_scenarios_live_together():
    scenario = mix(HOST.with_({"population.testimony": 0.3}), ("value-learner", 0.3), ("orthogonal", 0.3))
    (found,) = populations(scenario, 1, SEED)
    assert found.agents.all()


def test_cells_of_the_population_are_not_the_guests_unless_they_are_of_its_people(kept):
    guest = HOST.with_(GUEST | {"population.agents": 1})
    scenario = mix(HOST, (kept(guest), 1.0))
    same, noisy = populations(scenario, 1, SEED, varied={"motives.care": [0.5, 0.9]}), [0.2, 1.5]
    first, second = same
    lone = simulate(guest, 40, SEED)
    assert_runs([first, second], lone)
    cells = list(populations(scenario, 1, SEED, varied={"humans.noise": noisy}))
    for cell, noise in enumerate(noisy):
        runs = simulate(guest.with_({"humans.noise": noise}), 40, SEED)
        here = slice(20 * cell, 20 * cell + 20)
        assert all(np.array_equal(cells[cell].columns[name], runs.columns[name][here]) for name in runs.columns)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"motives.self_interest.kind": "ally"}, "motive self_interest is of kind"),
        ({"evidence.choices_table": "travel-mode"}, "features"),
        ({"motives.mutual": 0.1}, "mutual"),
        ({"belief.error_direction": "self_interest"}, "error_direction"),
    ],
)
def test_scenarios_that_cannot_live_together(changes, message, kept):
    path = kept(HOST.with_(changes | {"population.agents": 1}))
    with pytest.raises(SimulationError) as caught:
        list(populations(mix(HOST, (path, 0.5)), 1, SEED))
    assert str(caught.value).startswith("population.mix") and message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tables_of_choices_must_be_the_same(kept):
    table = {"evidence.choices_table": "travel-mode", "evidence.choices": 0.3}
    guest = kept(HOST.with_(GUEST | table | {"population.agents": 1}))
    (found,) = populations(mix(HOST.with_(table), (guest, 0.5)), 1, SEED)
    assert found.agents.all()
    with pytest.raises(SimulationError, match=r"^population\.mix.*"):
        list(populations(mix(HOST.with_({"values.features": 4}), (guest, 0.5)), 1, SEED))


@pytest.mark.parametrize("name", ["nobody", "no/such/file.toml"])
def test_scenarios_that_are_not_there(name):
    with pytest.raises(SimulationError, match=rf"^population\.mix\S* = .*{name}.*no such scenario") as caught:
        list(populations(mix(HOST, (name, 0.5)), 1, SEED))
    assert "\n" not in str(caught.value)


def test_a_guest_whose_motives_the_people_do_not_know(kept):
    """A bias toward a motive of the population's own cannot be had by agents who are asked about another."""
    host = HOST.with_({"humans.bias": 0.3, "humans.bias_direction": "self_interest"})
    guest = HOST.with_({"motives.own": [{"name": "fame"}], "population.agents": 1})
    with pytest.raises(SimulationError, match=r"^population\.mix.*bias_direction") as caught:
        list(populations(mix(host, (kept(guest), 0.5)), 1, SEED))
    assert "\n" not in str(caught.value)


# ---- Starts --------------------------------------------------------------------------------------------------------


def numbers(scenario: Scenario, starts: dict[str, Any], path: str, number: int = 0) -> np.ndarray:
    """What each agent has for a path."""
    laid = _laid_out(scenario, starts, {}, 20, SEED)
    (joined,) = mixed(scenario, laid, False)
    crew = assemble(scenario, joined, lambda name, _: scenario.get(name), [Member(0, 0, number)], 20, False, SEED, starts)
    return joined.parameters[crew.crowd.cell0, PARAMETERS.index(path.replace(".", "_"))]


def test_numbers_are_those_of_the_nodes_in_order():
    care = np.linspace(0, 1, 20)
    found = list(populations(HOST, 1, SEED, starts={"motives.care": care}))
    for node in (0, 7, 19):
        alone = simulate(HOST.with_({"motives.care": care[node], "population.agents": 1}), 20, SEED)
        assert_runs(found, alone, np.array([node]))


def test_laws_are_spread_evenly_and_dealt_by_lot():
    law = stats.beta(0.2, 1)
    dealt = numbers(HOST, {"motives.care": law}, "motives.care")
    assert np.array_equal(np.sort(dealt), np.sort(law.ppf((np.arange(20) + 0.5) / 20)))
    assert not np.array_equal(dealt, np.sort(dealt))
    assert not np.array_equal(dealt, numbers(HOST, {"motives.care": law}, "motives.care", 1))


def test_two_laws_are_dealt_apart():
    starts = {"motives.care": stats.uniform(0, 1), "belief.knowledge": stats.uniform(0, 1)}
    care, knowledge = (numbers(HOST, starts, path) for path in starts)
    assert abs(stats.spearmanr(care, knowledge).statistic) < 0.9


def test_a_law_beside_numbers_is_dealt_by_lot_too():
    starts = {"motives.care": np.linspace(0, 1, 20), "belief.knowledge": stats.uniform(0, 1)}
    assert np.array_equal(numbers(HOST, starts, "motives.care"), starts["motives.care"])
    knowledge = numbers(HOST, starts, "belief.knowledge")
    assert not np.array_equal(knowledge, np.sort(knowledge))


def test_agents_differ_in_how_often_their_character_changes():
    cast = [{"name": "kind", "care": 1.0}, {"name": "cold", "self_interest": 1.0}]
    scenario = HOST.with_({"personas.cast": cast, "personas.switch": 0.0, "reflection.rule": "none", "training.strength": 0.0})
    (still,) = populations(scenario, 1, SEED)
    assert np.ptp(still.columns["cares"]) < 1e-9
    (found,) = populations(scenario, 1, SEED, starts={"personas.switch": stats.beta(0.2, 1)})
    moved = np.abs(found.columns["cares"] - 0.5) > 0.01
    assert 3 < moved.sum() < 17  # a law with most of its weight near 0


def test_starts_go_with_a_mix_and_with_couplings(kept):
    guest = kept(HOST.with_(GUEST | {"population.agents": 1}))
    couplings = {"population.testimony": 0.3, "population.generation_every": 4, "population.found_out": 0.3}
    scenario = mix(HOST.with_(couplings), (guest, 0.5))
    found = list(populations(scenario, 2, SEED, starts={"motives.care": np.linspace(0, 1, 20)}))
    assert sum(int(population.life.sum()) for population in found) > 0


@pytest.mark.parametrize(
    ("starts", "varied", "message"),
    [
        ({"motives.care": np.zeros(3)}, None, "starts: motives.care has 3 numbers; there are 20 agents"),
        ({"population.testimony": np.zeros(20)}, None, "starts: population.testimony is the population's"),
        ({"values.drift": np.zeros(20)}, None, "starts: values.drift is the population's"),
        ({"outcome.dwell": np.ones(20)}, None, "starts: outcome.dwell is the population's"),
        ({"motives.care": np.zeros(20)}, {"oversight.audit": [0.1, 0.2]}, "starts: agents differ one by one"),
    ],
)
def test_starts_that_cannot_be(starts, varied, message):
    with pytest.raises(SimulationError) as caught:
        list(populations(HOST, 1, SEED, starts=starts, varied=varied))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


@pytest.mark.parametrize(("path", "value"), [("motives.care", 1.5), ("planning.candidates", 0), ("belief.knowledge", np.nan)])
def test_starts_out_of_bounds(path, value):
    numbers = np.full(20, HOST.get(path), float)
    numbers[4] = value
    with pytest.raises(ScenarioError) as caught:
        list(populations(HOST, 1, SEED, starts={path: numbers}))
    assert path in str(caught.value) and "\n" not in str(caught.value)


def test_starts_of_what_is_no_number():
    with pytest.raises(ScenarioError):
        list(populations(HOST, 1, SEED, starts={"motives.weighing": np.zeros(20)}))
