"""Basins along a path and after a change, of systems and scenarios whose answers are known."""

import numpy as np
import pytest

import basin
from basin.analysis import wilson
from basin.checks.systems_ode import homoclinic_torque
from basin.scenario import load


def test_where_the_limit_cycle_is_born():
    """The homoclinic bifurcation of the pendulum with damping 0.1, by shooting from the saddle."""
    found = basin.continuation("pendulum", ("torque", 0.1, 0.16), n=4, samples=400)
    assert found["share"].dims == ("value", "outcome") and found.sizes["value"] == 4
    tips = {
        (str(o), str(e)): at for at, (o, e) in enumerate(zip(found["tip_outcome"].values, found["event"].values, strict=True))
    }
    at = tips["limit_cycle", "appears"]
    assert abs(float(found["tip_value"][at]) - homoclinic_torque(0.1)) < 2e-5 and str(found["kind"].values[at]) == "jump"
    low, high = wilson(found["count"].values, 400)
    assert np.array_equal(found["low"].values, low) and np.array_equal(found["high"].values, high)
    assert all({"units", "long_name"} <= found[name].attrs.keys() for name in found.variables)


def test_a_path_that_tips_nothing(tmp_path):
    from basin import datasets

    found = basin.continuation("newton", ("x", 1.5, 2.0), [("y", -0.1, 0.1)], n=3, samples=200)
    assert found.sizes["tip"] == 0 and (found["share"].sel(outcome="root_1") > 0.9).all()
    datasets.save(found, tmp_path / "found.nc")
    assert datasets.open(tmp_path / "found.nc").sizes["tip"] == 0


def test_the_same_starts_whatever_the_grid():
    coarse = basin.continuation("henon", ("a", 1.0, 1.4), n=2, samples=300, seed=4)
    fine = basin.continuation("henon", ("a", 1.0, 1.4), n=5, samples=300, seed=4)
    assert np.array_equal(coarse["count"].values[[0, 1]], fine["count"].values[[0, 4]])


def test_scenarios():
    scenario = load("near-aligned-llm").with_({"outcome.horizon": 100, "values.features": 4})
    axes = [("motives.care", 0.02, 0.98)]
    found = basin.continuation(scenario, ("motives.self_interest.overlap", -0.5, 0.9), axes, n=3, samples=120)
    assert found.attrs["target"] == "aligned" and (found["count"].sum("outcome") == 120).all()
    share = found["share"].sel(outcome="aligned").values
    assert share[0] < share[2]


def test_tipping():
    found = basin.tipping("henon", {"a": 1.2}, samples=1000)
    assert found["count"].sum() == 1000 and found["probability"].dims == ("before", "after")
    before = int(found["count"].sel(before="bounded").sum())
    assert (
        float(found["probability"].sel(before="bounded", after="bounded"))
        == int(found["count"].sel(before="bounded", after="bounded")) / before
    )
    assert found.attrs["change_low"] < found.attrs["change"] < found.attrs["change_high"] and found.attrs["change"] > 0
    nothing = basin.tipping("henon", {"a": 1.4}, samples=200)
    assert nothing.attrs["change"] == 0 and np.trace(nothing["count"].values) == 200


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: basin.continuation("henon", ("x", 0, 1)), "x: the starts differ along it already"),
        (lambda: basin.continuation("henon", ("a", 1, 2), n=1), "n = 1: must be a whole number from 2 to 10000"),
        (lambda: basin.continuation("henon", ("a", 1, 2), samples=50), "rare = 0.01: must be below 0.5 and at least 1/50"),
        (lambda: basin.continuation("henon", ("a", 1, 2), samples=0), "samples = 0: must be a whole number"),
        (lambda: basin.continuation("henon", ("c", 1, 2)), "henon: no parameter 'c'"),
        (lambda: basin.tipping("henon", {}), "nothing is changed"),
        (lambda: basin.tipping("henon", {"a": 100.0}), "henon: a = 100: must be from 0.01 to 10"),
        (lambda: basin.tipping("near-aligned-llm", {"motives.care": 0.9}), "motives.care: the starts differ along it"),
    ],
)
def test_bad_requests_get_one_line(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
    assert type(error.value).__module__.startswith("basin.")


def test_attractors_are_followed_without_names():
    """At rest and rotation: the second appears at the homoclinic bifurcation, between two values; both are known again."""
    options = {"n": 4, "samples": 150, "seed": 2}
    found = basin.continuation("pendulum", ("torque", 0.05, 0.8), discover=True, **options)
    named = basin.continuation("pendulum", ("torque", 0.05, 0.8), **options)
    assert found["outcome"].values.tolist() == ["attractor 1", "attractor 2", "none"] and found.attrs["discover"] == 1
    for one, other in (("attractor 1", "fixed_point"), ("attractor 2", "limit_cycle")):
        assert np.array_equal(found["count"].sel(outcome=one).values, named["count"].sel(outcome=other).values)
    appears = [at for at in range(found.sizes["tip"]) if str(found["event"].values[at]) == "appears"]
    assert [str(found["tip_outcome"].values[at]) for at in appears] == ["attractor 2"]
    assert found["tip_low"].values[appears[0]] < homoclinic_torque(0.1) < found["tip_high"].values[appears[0]]


def test_the_learners_clusters_are_followed():
    scenario = load("near-aligned-llm").with_({"outcome.horizon": 300, "values.features": 4})
    axes = [("motives.self_interest.overlap", -1, 0.5)]
    found = basin.continuation(scenario, ("motives.care", 0.1, 0.9), axes, n=3, samples=100, discover=True)
    shares = found["share"].sel(outcome="attractor 1").values
    assert found.attrs["target"] == "attractor 1" and shares[0] > 0.5 and shares[2] == 0
    assert (found["count"].sum("outcome") == 100).all()
    with pytest.raises(ValueError, match="attractors that are discovered have no names"):
        basin.continuation(scenario, ("motives.care", 0.1, 0.9), axes, outcome="aligned", discover=True)
