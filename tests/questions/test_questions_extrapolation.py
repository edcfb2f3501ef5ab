"""All limits of extrapolated values are reported, and the first is the target."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.scenario import Scenario
from basin.simulate.people import limits_reached, people
from basin.simulate.tables import tabulate
from tests.cli.calling import call

SPLIT = {"values.target": "extrapolated", "values.people": 12, "values.extrapolated.trust_bound": 0.55, "values.features": 4}
SHORT = Scenario().with_({"outcome.horizon": 10, **SPLIT})


def test_the_first_limit_is_the_target():
    reached, crowd = limits_reached(SHORT, 70, 3), people(SHORT, 70, 3)
    assert max(len(each.people) for each in reached) > 2
    for each, target in zip(reached, crowd.target, strict=True):
        assert each.values[0] == pytest.approx(target, abs=1e-12)
        assert each.people.sum() == 12


def test_people_are_given_in_the_units_of_the_target():
    """The same draws without revision have the values of a mean target, of unit length; `length` is what scales them."""
    (tables,) = tabulate(SHORT)
    spread = float(tables.column("values_personal")[0])
    mean = people(SHORT.with_({"values.target": "mean", "humans.spread": spread}), 20, 3)
    crowd = people(SHORT, 20, 3)
    assert crowd.values * crowd.length[:, None, None] == pytest.approx(mean.values, abs=1e-12)
    assert np.linalg.norm(crowd.target, axis=1) == pytest.approx(1) and (mean.length == 1).all()


def test_people_who_do_not_differ_are_one():
    crowd = people(Scenario(), 3)
    assert crowd.values.shape == (3, 1, 8) and np.array_equal(crowd.values[:, 0], crowd.target)


def test_the_dataset():
    found = basin.extrapolation(SHORT, runs=50, seed=1)
    assert found["people"].sum("limit").values == pytest.approx(np.ones(50))
    assert ((found["people"] > 0).sum("limit") == found["limits"]).all()
    assert found["cosine"].values[:, 0] == pytest.approx(1)
    assert np.nanmax(np.abs(found["cosine"].values)) <= 1 + 1e-12 and (found["mean"] > 0.5).all()
    assert found.attrs["limits"] == pytest.approx(found["limits"].values.mean())
    assert found.attrs["limits_low"] < found.attrs["limits"] < found.attrs["limits_high"]
    assert found.attrs["largest"] == pytest.approx(found["people"].values[:, 0].mean())


def test_crowds_that_all_stay_together_are_not_sure_to():
    alone = SHORT.with_({"values.extrapolated.trust_bound": 1.9})
    found = basin.extrapolation(alone, runs=50, seed=1).attrs
    assert (
        found["limits"] == found["limits_low"] == 1 < found["limits_high"]
        and found["largest_low"] < 1 == found["largest_high"]
    )


def test_a_run_says_how_many_limits_there_were():
    sets = [part for path, value in SPLIT.items() for part in ("--set", f"{path}={value}")]
    done = call("run", "near-aligned-llm", "--runs", "40", "--set", "outcome.horizon=10", *sets, "--json")
    found = done.json["limits"]
    assert found["runs"] == 40 and found["number"]["low"] <= found["number"]["mean"] <= found["number"]["high"]
    assert sum(found["people"]) == pytest.approx(1) and found["people"][0] == pytest.approx(found["largest"]["mean"])
    done = call("run", "near-aligned-llm", "--runs", "40", "--set", "outcome.horizon=10", *sets)
    assert "limits on average over 40 runs" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("asked", "message"), [("near-aligned-llm", 'values.target = "given"'), ("newton", "newton: is a system")]
)
def test_what_has_no_limits_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        basin.extrapolation(asked)
