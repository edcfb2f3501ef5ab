"""The JSON that scripts rely on, and the words beside it."""

import json
import math

import numpy as np
import pytest
import xarray as xr

import basin
from basin import datasets
from basin.analysis import wilson
from basin.labels import OUTCOMES
from tests.cli.calling import SHORT, call


def fraction(part):
    """Whether a part is a fraction with its interval."""
    return {"fraction", "low", "high"} <= part.keys() and 0 <= part["low"] <= part["fraction"] <= part["high"] <= 1


def test_scenarios():
    listed = call("scenarios", "--json").json
    assert [entry["name"] for entry in listed["scenarios"]] == basin.names()
    assert all(entry.keys() == {"name", "title", "summary", "source"} for entry in listed["scenarios"])


def test_run():
    found = call("run", "value-learner", "--runs", 30, "--seed", 4, "--json", *SHORT).json
    assert (found["scenario"], found["seed"], found["runs"]) == ("value-learner", 4, 30)
    assert list(found["outcomes"]) == list(OUTCOMES)
    assert sum(part["count"] for part in found["outcomes"].values()) == 30
    for part in (*found["outcomes"].values(), found["knows"], found["cares"], found["behaves"]):
        assert fraction(part)
        assert (part["low"], part["high"]) == wilson(part["count"], 30)
    assert fraction(found["outcomes"]["captured"]["knows_but_does_not_care"])
    assert fraction(found["outcomes"]["captured"]["by_motive"]["self_interest"])
    assert fraction(found["outcomes"]["undecided"]["still_learning"])
    assert found["harm"].keys() == found["welfare"].keys() == {"mean", "low", "high"}
    assert found["welfare"]["low"] < found["welfare"]["mean"] < found["welfare"]["high"]
    assert found["episodes"]["mean"] == 40 and 0 <= found["asked"]["mean"] <= 40


def test_run_counts_what_the_dataset_holds(tmp_path):
    path = tmp_path / "runs.nc"
    found = call("run", "value-learner", "--runs", 50, "--json", "--out", path, *SHORT).json
    kept = datasets.open(path)
    for name, code in OUTCOMES.items():
        assert found["outcomes"][name]["count"] == int((kept["label"] == code).sum())
    assert found["harm"]["mean"] == pytest.approx(float(kept["harm"].mean()), abs=1e-12)
    assert found["knows"]["count"] == int((kept["knows"] >= 0.95).sum())
    assert kept.attrs["command"].startswith("basin ")


def test_one_run_has_no_interval_of_its_mean():
    found = call("run", "value-learner", "--runs", 1, "--json", *SHORT).json
    assert found["harm"]["low"] is None and found["harm"]["mean"] >= 0


def test_the_skeleton_leaves_nothing_to_chance():
    found = call("run", "value-learner", "--expected", "--json", "--set", "outcome.horizon=40").json
    assert found["runs"] == 1
    assert found["outcomes"]["aligned"]["low"] == found["outcomes"]["aligned"]["fraction"]
    assert found["welfare"]["low"] == found["welfare"]["high"] == found["welfare"]["mean"]


def test_seeds_and_settings_mean_something():
    def welfare(*arguments):
        return call("run", "value-learner", "--runs", 5, "--json", *SHORT, *arguments).json["welfare"]["mean"]

    assert welfare() == welfare("--seed", 0) == welfare("--threads", 1)
    assert len({welfare(), welfare("--seed", 1), welfare("--set", "motives.care=0.3")}) == 3


def test_map(tmp_path):
    path = tmp_path / "map.zarr"
    axes = ("--x", "motives.care=0.1:0.9", "--y", "belief.spread=0.1:10:log")
    found = call("map", "value-learner", *axes, "--n", 6, "--runs", 2, "--json", "--out", path, *SHORT).json
    assert fraction(found["aligned"]) and fraction(found["resolved"])
    assert found["grid"] == [6, 6]
    assert found["seconds"] > 0 and found["episodes"] > 0
    kept = xr.open_zarr(path)
    counts = kept["count"].sum(("y", "x")).values
    assert counts.sum() == 6 * 6 * 2
    assert found["aligned"]["fraction"] == counts[list(OUTCOMES).index("aligned")] / 72
    assert found["resolved"]["count"] == 72 - counts[list(OUTCOMES).index("undecided")]
    assert found["outcomes"]["captured"]["count"] == counts[list(OUTCOMES).index("captured")]
    assert kept["y"].attrs["scale"] == "log" and kept["x"].attrs["path"] == "motives.care"


def test_map_is_what_python_draws():
    found = call("map", "value-learner", "--n", 5, "--runs", 2, "--seed", 3, "--json", *SHORT).json
    field = basin.map(basin.load("value-learner").with_({"outcome.horizon": 40, "values.features": 3}), n=5, runs=2, seed=3)
    assert found["aligned"]["fraction"] == field.attrs["aligned"]
    assert found["x"]["path"] == "motives.self_interest.overlap" and found["y"]["path"] == "motives.care"


def test_map_of_recorded_choices():
    found = call("map", "travel-choices", "--n", 3, "--runs", 1, "--json", "--set", "outcome.horizon=5").json
    assert (found["x"]["path"], found["y"]["path"], found["y"]["scale"]) == ("belief.knowledge", "belief.spread", "log")


def test_a_map_without_aligned_starts_has_no_size():
    hopeless = ("--set", "reflection.rule=none", "--set", "training.strength=0")
    found = call("map", "value-learner", "--y", "motives.care=0.1:0.4", "--n", 3, "--json", *SHORT, *hopeless).json
    assert found["aligned"]["fraction"] == 0 and found["bits"] is None


def test_trajectory(tmp_path):
    path = tmp_path / "path.nc"
    found = call("trajectory", "value-learner", "--runs", 6, "--json", "--out", path, *SHORT).json
    kept = datasets.open(path)
    assert found["runs"] == 6 and found["episode"][0] == 0 and found["episode"][-1] == 40
    np.testing.assert_allclose(found["knows"], kept["knows"].mean("run"))
    np.testing.assert_allclose(found["share"]["self_interest"], kept["share"].sel(motive="self_interest").mean("run"))
    assert sum(part["count"] for part in found["outcomes"].values()) == 6


def test_trajectories_that_end_early_are_means_over_those_that_go_on():
    hazard = ("--set", "world.hazard=1", "--set", "world.tolerance=0", "--set", "motives.care=0.2")
    found = call("trajectory", "value-learner", "--runs", 20, "--json", *SHORT, *hazard).json
    assert found["outcomes"]["locked_in"]["count"] == 20
    assert found["knows"][0] is not None and found["knows"][-1] is None


def test_show_is_the_scenario():
    shown = call("show", "value-learner", "--json", "--set", "motives.care=0.3").json
    assert shown["motives"]["care"] == 0.3
    assert basin.Scenario(**shown) == basin.load("value-learner").with_({"motives.care": 0.3})


def test_show_as_a_file_that_can_be_run(tmp_path):
    (tmp_path / "mine.toml").write_text(call("show", "value-learner", "--toml", "--set", "motives.care=0.3").out)
    assert basin.load(tmp_path / "mine.toml") == basin.load("value-learner").with_({"motives.care": 0.3})


def test_show_prints_every_path(tmp_path):
    scenario = basin.load("near-aligned-llm").with_({"personas.cast": [{"name": "clerk", "care": 0.9}]})
    basin.scenario.save(scenario, tmp_path / "office.toml")
    lines = call("show", tmp_path / "office.toml").out.splitlines()
    for entry in scenario.numeric_paths():
        assert any(line.startswith(f"{entry.path} ") and entry.unit in line for line in lines), entry.path
    assert any(line.startswith("personas.clerk.care ") and " 0.9 " in line for line in lines)


def test_learn(tmp_path):
    path = tmp_path / "learned.nc"
    found = call("learn", "travel-mode", "--draws", 300, "--json", "--out", path).json
    assert found["choices"] == 210 and found["people"] == 210
    assert found["features"] == ["air", "train", "bus", "gc", "ttme", "hinc_air"]
    assert found["maximum_likelihood"] == pytest.approx([5.2074, 3.8690, 3.1632, -0.0155, -0.0961, 0.01329], abs=6e-5)
    assert found["log_likelihood"] == pytest.approx(-199.1284, abs=5e-5)
    assert len(found["standard_errors"]) == len(found["learned"]) == 6 and found["distance"] < 0.5
    np.testing.assert_array_equal(datasets.open(path)["learned"], found["learned"])


def test_check():
    found = call("check", "off-switch-gate", "--set", "tau=0.5", "--json")
    assert found.code == 0
    (row,) = found.json["checks"]
    assert {"name", "expected", "measured", "z", "pass", "source"} <= row.keys()
    assert row["pass"] is True and row["measured"] == pytest.approx(row["expected"], abs=1e-6)
    listed = call("check", "--list", "--json").json["checks"]
    assert "off-switch-gate" in [entry["name"] for entry in listed]


def test_a_check_that_fails_exits_1(monkeypatch):
    from basin import checks

    failed = checks.CheckResult("gate", 0.25, math.inf, math.inf, 0.0, None, False, "nobody", "")
    monkeypatch.setattr(checks, "run", lambda *_, **__: [failed])
    assert call("check").code == 1
    found = call("check", "--json")
    assert found.code == 1 and found.json["checks"][0]["pass"] is False and found.json["checks"][0]["z"] is None


def test_words_are_for_people_and_quiet_is_quiet(tmp_path):
    path = tmp_path / "runs.nc"
    words = call("run", "value-learner", "--runs", 5, *SHORT).out
    assert "aligned" in words and "95% interval" in words and "to " in words
    assert call("run", "value-learner", "--runs", 5, "--quiet", "--out", path, *SHORT) == (0, "", "")
    assert path.exists()
    assert json.loads(call("run", "value-learner", "--runs", 5, "--quiet", "--json", *SHORT).out)["runs"] == 5
    assert "end fully aligned (95% interval" in call("map", "value-learner", "--n", 4, *SHORT).out
    assert "self_interest" in call("trajectory", "value-learner", "--runs", 2, *SHORT).out
    assert "Source:" in call("scenarios").out
    assert "log-likelihood -199.1284" in call("learn", "travel-mode", "--draws", 20).out
