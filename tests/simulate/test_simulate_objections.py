"""Every bundled scenario can be run, and under every objection that can be raised against it."""

import pytest

from basin.labels import NAMES
from basin.scenario import ScenarioError, load, names, objections
from basin.simulate import simulate

RUNS, EPISODES = 2, 30


@pytest.mark.parametrize("name", names())
def test_every_objection_to_a_scenario_runs_or_says_in_a_line_why_not(name):
    scenario = load(name)
    raised = 0
    for objection in [None, *objections()]:
        try:
            objected = scenario if objection is None else scenario.objected(objection)
        except ScenarioError as error:
            assert "\n" not in str(error)
            continue
        last = {"outcome.horizon": EPISODES + sum(phase.episodes for phase in objected.phases), "outcome.dwell": 10}
        found = simulate(objected.with_(last), RUNS, 1)
        assert set(found.columns["label"]) <= set(NAMES)
        raised += objection is not None
    assert raised >= len(objections()) - 4
