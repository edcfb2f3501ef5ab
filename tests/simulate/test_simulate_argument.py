"""Information decides whether the argument is known: per cell, in the tables that the engine reads and in what it does."""

from __future__ import annotations

import numpy as np
import pytest

from basin.labels import ALIGNED
from basin.requirements import RequirementsError, load
from basin.scenario import ScenarioError
from basin.scenario import load as load_scenario
from basin.simulate import SimulationError, mapper, simulate
from basin.simulate.tables import tabulate

SCENARIO = load_scenario("near-aligned-llm")
PATH = "requirements.information"


@pytest.mark.parametrize("name", ["near-aligned-llm", "value-learner"])
def test_an_agent_of_full_capability_that_knows_all_is_as_without_a_graph(name):
    scenario = load_scenario(name).with_({"outcome.horizon": 120, "values.features": 4})
    full, none = (simulate(scenario.with_({"requirements.graph": graph}), 200, seed=5).columns for graph in ("full", "none"))
    for column in full:
        assert np.array_equal(full[column], none[column])


def test_information_is_a_path_that_varies_per_cell():
    information = np.array([0.0, 150.0, 196.0, 198.0, 200.0, 1e6])
    (tables,) = tabulate(SCENARIO, {PATH: information})
    np.testing.assert_allclose(tables.column("requirements_known"), load("full").known(information))
    assert (tables.column("requirements_steps") == 0).all()  # at full capability no step fails
    (plain,) = tabulate(SCENARIO)
    assert plain.column("requirements_known") == [1.0]
    (weak,) = tabulate(SCENARIO, {"capability.start": [0.3, 1.0, 0.3], "requirements.fragility": [0.1, 0.1, 0.0]})
    assert weak.column("requirements_steps").tolist() == [12, 0, 0]
    (none,) = tabulate(SCENARIO.with_({"requirements.graph": "none"}), {PATH: information})
    assert (none.column("requirements_known") == 1).all() and (none.column("requirements_steps") == 0).all()


def test_the_skeleton_leaves_nothing_to_chance():
    (tables,) = tabulate(SCENARIO, {PATH: [195.0, 197.4, 197.5, 200.0]}, expected=True)
    assert tables.column("requirements_known").tolist() == [0, 0, 1, 1]


def test_those_who_know_all_facts_are_as_many_as_the_information_says():
    runs = mapper(SCENARIO, [PATH], runs=1500)
    share = (runs(np.array([[195.0], [198.0], [200.0]]), seed=2).label == ALIGNED).mean(axis=1)
    assert share[0] < 0.02 and share[2] > 0.98
    assert abs(share[1] - 0.6) < 4 * np.sqrt(0.24 / 1500)


@pytest.mark.parametrize("lost", ["probability", "correction", "fallible", "learn_values, tools"])
def test_an_agent_that_lacks_a_part_is_as_one_that_knows_nothing(lost):
    scenario = SCENARIO.with_({"outcome.horizon": 120, "values.features": 4})
    lacks, ignorant = (scenario.with_(changes) for changes in ({"requirements.without": lost}, {PATH: 0.0}))
    (tables,) = tabulate(lacks, {PATH: [0.0, 200.0, 1e6]})
    assert (tables.column("requirements_known") == 0).all()
    one, other = (simulate(which, 200, seed=5).columns for which in (lacks, ignorant))
    for column in one:
        assert np.array_equal(one[column], other[column])


def test_what_it_lacks_belongs_to_the_start():
    phases = [{"name": "a", "episodes": 5}, {"name": "b", "episodes": 5, "requirements.without": "tools"}]
    with pytest.raises(SimulationError, match="belongs to the start of a run"):
        tabulate(SCENARIO.with_({"phases": phases}))
    with pytest.raises(RequirementsError, match="no fact or inferred step 'tolls'; did you mean 'tools'"):
        tabulate(SCENARIO.with_({"requirements.without": "tolls"}))


def test_a_file_of_ones_own_counts(tmp_path):
    path = tmp_path / "argument.toml"
    path.write_text(
        'conclusion = "end"\n[[steps]]\nname = "end"\nneeds = ["only"]\n[[facts]]\nname = "only"\nbits = 4\n', encoding="utf-8"
    )
    (tables,) = tabulate(SCENARIO.with_({"requirements.graph": str(path), PATH: 1.0, "capability.start": 0.5}))
    assert (tables.column("requirements_known"), tables.column("requirements_steps")) == ([0.25], [1.0])


def test_a_graph_that_does_not_exist_and_information_out_of_bounds_are_one_line():
    with pytest.raises(RequirementsError, match="fulll: no such graph"):
        tabulate(SCENARIO.with_({"requirements.graph": "fulll"}))
    with pytest.raises(ScenarioError, match=r"requirements\.information = -1"):
        tabulate(SCENARIO, {PATH: [-1.0, 3.0]})
