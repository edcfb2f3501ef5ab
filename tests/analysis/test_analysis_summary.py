"""How runs ended, in numbers."""

import numpy as np
import pytest

from basin.analysis import summarise, wilson
from basin.labels import ALIGNED, CAPTURED, LOCKED_IN, MISLED, OUTCOMES, UNDECIDED

MOTIVES = ("care", "greed", "pride")


def columns(**changes):
    base = {
        "label": [ALIGNED, ALIGNED, CAPTURED, CAPTURED, CAPTURED, MISLED, UNDECIDED, UNDECIDED],
        "time": [10, 30, 5, 5, 5, 5, np.inf, np.inf],
        "knows": [1, 0.96, 0.95, 0.2, 0.95 - 1e-13, 0.1, 0.5, 0.5],
        "cares": [1, 0.95, 0, 0, 0, 1, 0.5, 0.5],
        "behaves": [1, 0.99, 0, 0, 0, 0.1, 0.5, 0.5],
        "closed": [0, 0, 0, 0, 0, 1, 0, 1],
        "harm": [0, 0, 1, 2, 3, 0, 1, 1],
        "welfare": [8, 7, 0, 0, 0, 0, 1, 1],
        "asked": [10, 9, 0, 0, 0, 0, 3, 3],
        "episodes": [100] * 8,
        "motive": [1, 1, 1, 2, 2, 1, 1, 1],
    }
    return {name: np.array(values, float) for name, values in (base | changes).items()}


def summary(**changes):
    return summarise(columns(**changes), MOTIVES, behaves=0.05, cares=0.05)


def test_every_outcome_is_there_and_they_add_up():
    outcomes = summary()["outcomes"]
    assert list(outcomes) == list(OUTCOMES)
    assert {name: part["count"] for name, part in outcomes.items()} == {
        "locked_in": 0, "aligned": 2, "allied": 0, "captured": 3, "misled": 1, "undecided": 2,
    }  # fmt: skip
    assert sum(part["fraction"] for part in outcomes.values()) == pytest.approx(1)
    for part in outcomes.values():
        assert (part["low"], part["high"]) == wilson(part["count"], 8)


def test_sub_outcomes_sit_inside_theirs():
    outcomes = summary()["outcomes"]
    captured, undecided = outcomes["captured"], outcomes["undecided"]
    assert captured["knows_but_does_not_care"]["count"] == 2
    assert {name: part["count"] for name, part in captured["by_motive"].items()} == {"greed": 1, "pride": 2}
    assert undecided["still_learning"]["count"] == 1 and undecided["mixed_motives"]["count"] == 1


def test_bounds_count_as_reached_up_to_rounding():
    found = summary()
    assert found["knows"]["count"] == 4 and found["cares"]["count"] == 3 and found["behaves"]["count"] == 2
    assert found["knows"]["mean"] == pytest.approx(columns()["knows"].mean())


def test_times_are_of_runs_that_ended():
    assert summary()["time"]["mean"] == pytest.approx(10)
    nobody = summary(label=[UNDECIDED] * 8)
    assert np.isnan(nobody["time"]["mean"]) and nobody["resolved"]["count"] == 0


def test_means_have_students_interval():
    harm = summary()["harm"]
    assert harm["mean"] == 1 and harm["low"] < 1 < harm["high"]
    assert harm["high"] - 1 == pytest.approx(1 - harm["low"])


def test_what_chance_has_no_part_in_has_no_interval():
    found = summarise(columns(label=[LOCKED_IN] * 8), MOTIVES, behaves=0.05, cares=0.05, certain=True)
    assert found["outcomes"]["locked_in"] == {"count": 8, "fraction": 1.0, "low": 1.0, "high": 1.0}
    assert found["harm"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
