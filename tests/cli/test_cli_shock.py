"""`shock`, `continue`, `tipping`, `edge` and `attractors` as scripts and people see them."""

import math

import numpy as np
import pytest

from basin import datasets
from basin.labels import OUTCOMES
from tests.cli.calling import call

ROOT = ("newton", "--at", "x=1", "--at", "y=0", "--samples", 500)
SHORT = ("--set", "outcome.horizon=60", "--set", "values.features=4")


def test_shock(tmp_path):
    path = tmp_path / "shock.nc"
    found = call("shock", *ROOT, "--json", "--out", path).json
    assert (found["system"], found["seed"], found["target"], found["certain"]) == ("newton", 0, "root_1", True)
    assert (
        found["distance"]["low"] == found["distance"]["value"] == found["distance"]["high"] == pytest.approx(0.622, abs=1e-3)
    )
    assert found["witness"]["outcome"] in ("root_2", "root_3")
    assert math.hypot(found["witness"]["point"]["x"] - 1, found["witness"]["point"]["y"]) == pytest.approx(
        found["distance"]["value"]
    )
    ball = found["ball"]
    assert (ball["samples"], ball["exits"], ball["confidence"]) == (500, 0, 0.95) and 0.005 < ball["leaving_at_most"] < 0.02
    kept = datasets.open(path)
    assert kept.attrs["distance"] == found["distance"]["value"] and kept.attrs["command"].startswith("basin shock newton")


def test_shock_by_chance():
    found = call("shock", "double-well", "--at", "x=0.6", "--runs", 300, "--samples", 50, "--json").json
    distance = found["distance"]
    assert not found["certain"] and distance["low"] < distance["value"] < distance["high"]
    edge = found["edge"]["x"]
    assert edge["low"] <= edge["value"] <= edge["high"] and found["witness"]["distance"] >= distance["value"]


def test_shock_of_a_parameter_and_of_nothing():
    arguments = ("--at", "angle=0.5236", "--at", "velocity=0", "--parameter", "torque=0.1:1.5", "--samples", 50, "--json")
    assert list(call("shock", "pendulum", *arguments).json["edge"]) == ["torque"]
    nothing = call("shock", *ROOT, "--axis", "x=0.9:1.1", "--json").json
    assert nothing["distance"] is None and nothing["witness"] is None and nothing["edge"] is None


def test_shock_in_words():
    said = call("shock", *ROOT).out
    assert "A shock of 0.622 takes this start out of the basin of root 1" in said and "0 of 500 changes" in said
    assert "No change of up to" in call("shock", *ROOT, "--axis", "x=0.9:1.1").out


def test_continue(tmp_path):
    path = tmp_path / "path.zarr"
    found = call("continue", "henon", "--along", "a=1:1.5", "--n", 5, "--samples", 300, "--json", "--out", path).json
    assert found["values"] == pytest.approx([1, 1.125, 1.25, 1.375, 1.5]) and found["path"] == "a"
    bounded = found["fractions"]["bounded"]
    assert all(
        low <= share <= high for low, share, high in zip(bounded["low"], bounded["fraction"], bounded["high"], strict=True)
    )
    events = {(tip["outcome"], tip["event"]): tip for tip in found["tips"]}
    gone = events["bounded", "vanishes"]
    assert gone["low"] <= gone["value"] <= gone["high"] and gone["kind"] in ("smooth", "jump") and gone["level"] == 0.01
    assert datasets.open(path).attrs["basin"] == "continue"
    said = call("continue", "henon", "--along", "a=1:1.5", "--n", 5, "--samples", 300).out
    assert "bounded vanishes" in said and "P(bounded) falls through one half" in said


def test_continue_a_scenario():
    found = call(
        "continue", "near-aligned-llm", "--along", "motives.self_interest.overlap=-0.5:0.9", "--axis", "motives.care=0.1:0.9",
        "--n", 3, "--samples", 100, "--json", *SHORT,
    ).json  # fmt: skip
    assert set(found["fractions"]) == set(OUTCOMES) and found["scenario"] == "near-aligned-llm"


def test_tipping():
    found = call("tipping", "henon", "--to", "a=1.2", "--samples", 400, "--json").json
    assert found["to"] == ["a = 1.2"] and found["change"]["low"] < found["change"]["value"] < found["change"]["high"]
    rows = found["tipping"]
    assert sum(part["count"] for row in rows.values() for part in row.values()) == 400
    assert rows["bounded"]["bounded"]["fraction"] > 0.9 and rows["unresolved"]["bounded"]["fraction"] is None
    assert "percentage points bounded" in call("tipping", "henon", "--to", "a=1.2", "--samples", 400).out


def test_edge():
    found = call("edge", "fitzhugh-nagumo", "--json").json
    assert found["fixed"] and found["unstable_directions"] == 1
    assert list(found["edge_state"].values()) == pytest.approx([0, 0], abs=1e-9)
    assert found["eigenvalues"][0]["real"] == pytest.approx((7 + np.sqrt(129)) / 2, rel=1e-5)
    assert "the edge state is a fixed point" in call("edge", "fitzhugh-nagumo").out


def test_edge_of_a_scenario():
    found = call("edge", "near-aligned-llm", "--json").json
    assert not found["fixed"] and found["slow"]["from"] < found["slow"]["to"] and found["unstable_directions"] is None
    assert {"knows", "behaves", "share of care"} <= found["edge_state"].keys()


def test_attractors(tmp_path):
    path = tmp_path / "attractors.nc"
    found = call("attractors", "pendulum", "--samples", 100, "--json", "--out", path).json
    assert found["agreement"] == 1 and len(found["clusters"]) == 2 and found["unnamed"] == []
    assert {cluster["named"] for cluster in found["clusters"]} == {"fixed_point", "limit_cycle"}
    assert sum(cluster["count"] for cluster in found["clusters"]) == 100 and found["silhouette"] is None
    assert datasets.open(path).sizes["group"] == 2
    said = call("attractors", "pendulum", "--samples", 100).out
    assert "2 attractors found by recurrences" in said and "Clusters that have no name: none." in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("shock", "newton", "--at", "x"), "--at 'x': write PATH=VALUE with a number"),
        (("shock", "newton", "--at", "x=1", "--at", "y=0", "--scale", "x=-1"), "x: scale = -1: must be above 0"),
        (("shock", "newton", "--at", "x=1", "--at", "z=0"), "newton: no parameter 'z'"),
        (("shock", "neuton"), "neuton: no such scenario, system or file; did you mean newton?"),
        (("shock", "newton", "--parameter", "x=2"), "--parameter 'x=2': write PATH=LO:HI"),
        (("continue", "henon"), "give a path to follow: --along PATH=LO:HI"),
        (("continue", "henon", "--along", "a=2:1"), "a = 2:1: an axis runs from a lower to a higher number"),
        (("continue", "henon", "--along", "a=1:2", "--rare", "0.7"), "rare = 0.7: must be below 0.5"),
        (("continue", "henon", "--along", "a=1:2", "--halvings", "99"), "halvings = 99: must be a whole number from 1 to 40"),
        (("tipping", "henon"), "give what is changed: --to PATH=VALUE"),
        (("edge", "pendulum", "--at", "angle=1"), "give two starts, one with --at and one with --to, or neither"),
        (("edge", "henon"), "henon: has no equations of motion"),
        (("attractors", "pendulum", "--method", "magic"), "method = 'magic': must be recurrences or clusters"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(arguments, message):
    called = call(*arguments)
    assert called.code == 2 and called.out == ""
    assert called.err.startswith(f"basin: {message}") and called.err.count("\n") == 1


@pytest.mark.parametrize("verb", ["shock", "continue", "tipping", "edge", "attractors"])
def test_help_and_version(verb):
    assert call(verb, "--help").code == 0
    assert call(verb, "newton", "--version").out.startswith("basin ")


def test_quiet_says_nothing():
    called = call("shock", *ROOT, "--quiet")
    assert (called.code, called.out, called.err) == (0, "", "")


def test_continue_discovers():
    found = call("continue", "pendulum", "--along", "torque=0.05:0.5", "--n", 2, "--samples", 100, "--discover", "--json").json
    assert set(found["fractions"]) == {"attractor 1", "attractor 2", "none"}
    assert {tip["event"] for tip in found["tips"]} == {"falls", "appears"}
