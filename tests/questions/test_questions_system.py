"""How the starts of a system end, counted."""

from __future__ import annotations

import json
from importlib import import_module

import numpy as np
import pytest

import basin
from basin.analysis import wilson
from basin.systems import SystemError


@pytest.mark.parametrize("name", ["newton", "henon", "weierstrass", "riddled", "double-well", "degroot", "moran"])
def test_shares_are_counted_from_labels(name):
    found = basin.system(name, 300, seed=4)
    label = found["label"].values
    for word in found["outcome"].values:
        one = found.sel(outcome=word)
        assert int(one["count"]) == (label == int(one["code"])).sum()
        assert (float(one["low"]), float(one["high"])) == tuple(float(end) for end in wilson(int(one["count"]), 300))
    assert int(found["count"].sum()) == 300
    assert found.attrs["basin"] == "system" and found.attrs["system"] == name and found.attrs["seed"] == 4
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in found.variables.values())


def test_starts_lie_in_their_window():
    found = basin.system("newton", 500)
    assert (np.hypot(*found["start"].values.T) <= 2).all()
    found = basin.system("weierstrass", 500, {"growth": 1.25})
    assert abs(found["start"].values[:, 1]).max() <= 4 and found["start"].values[:, 1].max() > 3.9


def test_parameters_and_extras_are_kept():
    found = basin.system("deffuant", 20, {"bound": 0.4})
    assert json.loads(found.attrs["parameters"])["bound"] == 0.4
    assert json.loads(found.attrs["extras"])["clusters"]["mean"] == 1.0
    assert found.sizes["coordinate"] == 0


def test_unresolved_starts_are_a_class_of_their_own():
    found = basin.system("riddled", 50, {"p": 0.5, "start": -1000})
    unresolved = found.sel(outcome="unresolved")
    assert int(unresolved["count"]) > 0 and np.isinf(found["time"].values[found["label"].values == -1]).all()


def test_the_same_by_seed():
    one, again, other = (basin.system("moran", 200, seed=seed)["label"].values for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


@pytest.mark.parametrize(
    ("name", "changes", "samples", "seed", "message"),
    [
        ("newtn", {}, 5, 0, "no system 'newtn'; did you mean newton?"),
        ("moran", {"fitnes": 1}, 5, 0, "moran: no parameter 'fitnes'; did you mean fitness?"),
        ("moran", {"fitness": 0}, 5, 0, "moran: fitness = 0: must be from 0.01 to 100"),
        ("moran", {"agents": 2.5}, 5, 0, "moran: agents = 2.5: must be a whole number from 2 to 10000"),
        ("moran", {}, 0, 0, "samples = 0: must be a whole number from 1"),
        ("moran", {}, True, 0, "samples = True: must be a whole number from 1"),
        ("moran", {}, 5, -1, "seed = -1: must be a whole number from 0 to 2^64 - 1"),
    ],
)
def test_bad_requests_get_one_line(name, changes, samples, seed, message):
    with pytest.raises(ValueError) as error:
        basin.system(name, samples, changes, seed)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_a_scenario_is_no_system():
    from basin.questions.subject import subject

    with pytest.raises(SystemError, match="value-learner: is a scenario, not a system"):
        basin.system(subject("value-learner"))


def test_slices_change_nothing(monkeypatch):
    seen = []
    whole = basin.system("double-well", 1000, seed=3, progress=lambda done, total: seen.append((done, total)))
    monkeypatch.setattr(import_module("basin.questions.system"), "FIRST", 7)
    sliced = basin.system("double-well", 1000, seed=3)
    assert whole.drop_attrs().equals(sliced.drop_attrs())
    assert seen[-1] == (1000, 1000) and len(seen) > 1
