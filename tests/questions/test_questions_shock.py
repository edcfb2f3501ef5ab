"""Minimal shocks of systems and scenarios; what may be asked, and what is said where it may not."""

import numpy as np
import pytest

import basin
from basin.analysis.ball import ShockError
from basin.questions.subject import subject
from basin.scenario import load
from basin.systems import load as load_system

LLM = "near-aligned-llm"
STILL = {"outcome.horizon": 200, "values.features": 4}


def test_newton_from_a_root():
    found = basin.shock("newton", at={"x": 1.0, "y": 0.0}, samples=2000)
    assert found.attrs["basin"] == "shock" and found.attrs["target"] == "root_1"
    assert found.attrs["distance"] == pytest.approx(0.6220, abs=2e-4)
    assert np.hypot(found["witness"][0] - 1, found["witness"][1]) == pytest.approx(found.attrs["distance"])
    label = subject("newton").mapper(["x", "y"])(found["witness"].values[None], 0).label[0, 0]
    assert label == subject("newton").outcomes[found.attrs["witness_outcome"]] != 0
    assert all({"units", "long_name"} <= found[name].attrs.keys() for name in found.variables)


def test_other_roots_are_as_far_from_their_basins():
    found = basin.shock("newton", at={"x": -0.5, "y": np.sqrt(0.75)}, samples=2000)
    assert found.attrs["target"] == "root_2" and found.attrs["distance"] == pytest.approx(0.6220, abs=2e-4)


@pytest.mark.parametrize("oscillators", [6, 10])
def test_the_ring(oscillators):
    ring = subject("kuramoto-ring").with_({"oscillators": oscillators})
    found = basin.shock(ring, samples=1000)
    assert found.attrs["target"] == "0" and found.sizes["path"] == oscillators
    assert found.attrs["distance"] == pytest.approx(np.pi / np.sqrt(2), rel=1e-4)


def test_a_parameter_of_a_system_alone():
    """At rest with a torque of ½ the pendulum stays at rest, though another torque moves where that is, until none is left."""
    found = basin.shock("pendulum", at={"angle": np.pi / 6, "velocity": 0.0}, parameters=[("torque", 0.1, 1.5)], samples=300)
    assert found["path"].values.tolist() == ["torque"] and found.attrs["certain"] == 1
    assert 0.5 < found["edge"].item() < 1.0 and found.attrs["witness_outcome"] == "limit_cycle"
    assert found.attrs["distance"] == pytest.approx((found["edge"].item() - 0.5) / 1.4)


def test_scales_and_axes():
    """On the real line nearly every start ends at the real root; upwards from it the next basin is not far."""
    fine = basin.shock("newton", [("y", -2, 2)], at={"x": 1.0, "y": 0.0}, scales={"y": 0.1}, samples=300)
    assert fine["scale"].item() == 0.1 and fine.attrs["distance"] == pytest.approx(10 * abs(fine["edge"].item()))
    assert 6.2 < fine.attrs["distance"] < 20


def test_where_chance_plays_a_part():
    """By symmetry the particle in two wells reaches either side alike from the middle."""
    found = basin.shock("double-well", at={"x": 0.5}, runs=1000, samples=100)
    assert found.attrs["certain"] == 0 and found.attrs["target"] == "right"
    assert found.attrs["distance_low"] < 0.5 < found.attrs["distance_high"]
    assert found["edge_high"].item() < 0 < found["edge_low"].item()
    assert found["witness"].item() < 0 and found.attrs["witness_outcome"] == "left"


def test_a_scenario_from_where_it_stands():
    scenario = load(LLM).with_(STILL)
    found = basin.shock(scenario, [("motives.care", 0.02, 0.98)], runs=100, samples=20, seed=3)
    assert found["start"].item() == scenario.get("motives.care")
    low, high = sorted((found["edge_low"].item(), found["edge_high"].item()))
    assert 0.02 < low < high < scenario.get("motives.care") and found["scale"].item() == pytest.approx(0.96)
    assert "scenario_toml" in found.attrs and found.attrs["call"].startswith("basin.shock(scenario, axes=[('motives.care'")


def test_the_skeleton_has_no_interval():
    found = basin.shock(load(LLM).with_(STILL), [("motives.care", 0.02, 0.98)], expected=True, samples=50)
    assert found.attrs["certain"] == 1 and found.attrs["distance_low"] == found.attrs["distance_high"]


def test_no_shock_within_reach():
    found = basin.shock("newton", [("x", 0.9, 1.1)], at={"x": 1.0, "y": 0.0}, samples=300)
    assert np.isnan(found.attrs["distance"]) and np.isnan(found["witness"]).all() and found.attrs["exits"] == 0


@pytest.mark.parametrize(
    ("asked", "options", "message"),
    [
        ("double-well", {"at": {"x": -0.9}, "runs": 50}, "double-well: 2% of the runs from x = -0.9 end right"),
        ("newton", {"at": {"x": 1.0, "y": 0.0}, "outcome": "root_2"}, "newton: 0% of the runs from x = 1, y = 0 end root_2"),
        ("newton", {"at": {"x": 1.0, "z": 0.0}}, "newton: no parameter 'z'"),
        ("newton", {"axes": [("x", 0, 1), ("x", 0, 2)]}, "x: two axes are the same path"),
        ("newton", {"axes": [("x", 2, 3)], "at": {"x": 1.0, "y": 0.0}}, "x = 1: the start must be from 2 to 3"),
        ("newton", {"at": {"x": 1.0, "y": 0.0}, "scales": {"x": 0.0}}, "x: scale = 0: must be above 0"),
        (LLM, {"axes": [("motives.mutual", 0.1, 0.9)]}, "motives.mutual: the scenario holds no number there"),
    ],
)
def test_bad_requests_get_one_line(asked, options, message):
    with pytest.raises(ValueError) as error:
        basin.shock(asked, **options)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
    assert type(error.value).__module__.startswith("basin.")


def test_subjects_as_they_come():
    assert basin.shock(load_system("newton"), at={"x": 1.0, "y": 0.0}, samples=50).attrs["system"] == "newton"
    assert issubclass(ShockError, ValueError)
