"""Scenarios and systems answer the same questions."""

import numpy as np
import pytest

from basin.analysis import Axis, AxisError
from basin.questions.subject import subject
from basin.scenario import ScenarioError, load
from basin.systems import SystemError
from basin.systems import load as load_system


@pytest.mark.parametrize("name", ["near-aligned-llm", "newton"])
def test_a_subject_gives_axes_outcomes_and_a_mapper(name):
    asked = subject(name)
    assert asked.name == name and asked.title and asked.time_units
    assert asked.target in asked.outcomes and list(asked.outcomes.values())[-1] == -1
    paths = [axis.path for axis in asked.axes]
    middle = np.array([[(axis.lo + axis.hi) / 2 for axis in asked.axes]] * 3)
    labels = asked.mapper(paths, runs=2)(middle, seed=1)
    assert labels.label.shape == labels.time.shape == (3, 2)
    assert set(np.unique(labels.label)) <= set(asked.outcomes.values())
    about = asked.attributes(seed=1, runs=2, call="call")
    assert about["seed"] == 1 and about["call"] == "call" and about["runs"] == 2


def test_what_is_already_a_scenario_a_system_or_a_subject_is_taken_as_it_is():
    scenario, system = load("value-learner"), load_system("newton")
    assert subject(scenario).scenario is scenario and subject(system).system is system
    asked = subject(scenario, expected=True)
    assert subject(asked) is asked and not asked.stochastic and subject(scenario).stochastic


def test_changes_and_axes():
    asked = subject("value-learner").with_({"motives.care": 0.25})
    assert asked.scenario.motives.care == 0.25
    axis = asked.axis(("humans.noise", 0.1, 1, "log"))
    assert (axis.path, axis.lo, axis.hi, axis.log, axis.units) == ("humans.noise", 0.1, 1.0, True, "utility")
    assert asked.axis(axis) is axis
    assert subject("newton").axis(("y", -1, 1)) == Axis("y", -1.0, 1.0, units="1", label="imaginary part of the start")


@pytest.mark.parametrize(
    ("ask", "error", "line"),
    [
        (lambda: subject("newtonn"), ScenarioError, "newtonn: no such scenario, system or file; did you mean newton?"),
        (lambda: subject("a\0b"), ScenarioError, "no such scenario"),
        (lambda: subject("newton").with_({"z": 1.0}), SystemError, "newton: no parameter 'z'"),
        (lambda: subject("newton").axis(("z", 0, 1)), SystemError, "newton: no parameter 'z'"),
        (lambda: subject("newton").axis(("x", "a", 1)), AxisError, "x: the ends of an axis are numbers"),
        (lambda: subject("newton").axis("x"), AxisError, "an axis is (path, lo, hi)"),
        (lambda: subject("value-learner").axis(("motives.cares", 0, 1)), ScenarioError, "motives.care"),
    ],
)
def test_what_cannot_be_is_one_line(ask, error, line):
    with pytest.raises(error) as raised:
        ask()
    assert line in str(raised.value) and "\n" not in str(raised.value)
