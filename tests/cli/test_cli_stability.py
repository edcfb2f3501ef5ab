"""`stability`, `size` and `time` as scripts and people see them."""

import math

import pytest

from basin import datasets
from tests.cli.calling import call

SHORT = ("--set", "outcome.horizon=60", "--set", "values.features=4")


def holds(part, name="fraction"):
    return part["low"] <= part[name] <= part["high"]


def test_stability(tmp_path):
    path = tmp_path / "stability.nc"
    found = call("stability", "near-aligned-llm", *SHORT, "--samples", 300, "--seed", 4, "--json", "--out", path).json
    assert (found["scenario"], found["seed"], found["samples"], found["target"]) == ("near-aligned-llm", 4, 300, "aligned")
    assert sum(part["count"] for part in found["outcomes"].values()) == 300
    assert all(holds(part) and part["together"]["low"] <= part["low"] for part in found["outcomes"].values())
    assert found["stability"]["fraction"] == found["outcomes"]["aligned"]["fraction"]
    assert found["unresolved"] == found["outcomes"]["undecided"]
    bounds = found["bounds"]
    assert bounds["low"] <= bounds["least"] <= bounds["most"] <= bounds["high"]
    assert found["unseen"]["fraction"] <= found["unseen"]["high"]
    kept = datasets.open(path)
    assert int(kept["count"].sel(outcome="aligned")) == found["stability"]["count"]
    assert kept.attrs["command"].startswith("basin stability near-aligned-llm")


def test_stability_of_a_system_to_a_half_width():
    found = call("stability", "newton", "--outcome", "root_2", "--half-width", 0.05, "--axis", "x=-1:1", "--json").json
    assert found["system"] == "newton" and found["target"] == "root_2" and found["reached"] is True
    assert found["half_width"] == pytest.approx((found["stability"]["high"] - found["stability"]["low"]) / 2)
    assert found["half_width"] <= 0.05
    short = call("stability", "newton", "--half-width", 0.01, "--samples", 100, "--json").json
    assert short["reached"] is False and short["samples"] == 100


def test_stability_over_spheres_and_files(tmp_path):
    (tmp_path / "starts.csv").write_text("x,y\n1,0\n0.9,0.1\n")
    assert call("stability", "newton", "--over", tmp_path / "starts.csv", "--json").json["stability"]["fraction"] == 1
    assert "direction" in call("stability", "newton", "--over", "sphere", "--json").json["starts"]
    box = call("stability", "newton", "--over", "x=0.9:1.1", "--over", "y=-0.1:0.1", "--method", "sobol", "--json").json
    assert box["stability"]["fraction"] == 1 and box["method"] == "sobol"


def test_size():
    found = call("size", "value-learner", "--over", "sphere", "--dimensions", "3,4", "--samples", 1024, "--json",
                 "--set", "outcome.horizon=30").json  # fmt: skip
    assert [part["dimension"] for part in found["sizes"]] == [3, 4] and found["over"] == "sphere"
    for part in found["sizes"]:
        assert holds(part, "bits") and holds(part["share"]) and part["surely"] <= part["low"]
        assert part["bits"] == pytest.approx(-math.log2(part["share"]["fraction"]))
        assert part["angle"]["low"] <= part["angle"]["degrees"] <= part["angle"]["high"]


def test_size_of_what_nobody_saw():
    found = call("size", "kuramoto-ring", "--outcome", "4", "--samples", 200, "--json").json["sizes"][0]
    assert found["bits"] is None and found["high"] is None and found["low"] > 5


def test_time():
    found = call("time", "near-aligned-llm", *SHORT, "--samples", 300, "--harm", 2, "--json").json
    assert holds(found["conditional_mean"], "time") and holds(found["joint_mean"], "time")
    assert found["moment"][0] == 0 and found["moment"][-1] == 60 and found["units"] == "episodes"
    for part in (found["by"], found["no_ending"]):
        ends = zip(part["low"], part["fraction"], part["high"], strict=True)
        assert all(low <= share <= high for low, share, high in ends)
    survived = found["survivability"]
    assert survived["harm"] == 2 and holds(survived["harmless"])
    assert survived["harmless_and_target"]["fraction"] <= survived["harmless"]["fraction"]
    assert "survivability" not in call("time", "newton", "--samples", 50, "--json").json


def test_in_words():
    said = call("stability", "near-aligned-llm", *SHORT, "--samples", 64).out
    assert "of the starts end aligned" in said and "95%, all at once" in said
    said = call("size", "near-aligned-llm", "--over", "sphere", *SHORT, "--samples", 1024).out
    assert "95% interval" in said and "°" in said
    said = call("time", "newton", "--samples", 64).out
    assert "mean of those that get there" in said and "Survivability" not in said
    assert "no run got there" in call("time", "near-aligned-llm", *SHORT, "--outcome", "misled", "--samples", 9).out
    assert call("stability", "newton", "--samples", 16, "--quiet") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("stability", "newtom"), "newtom"),
        (("stability", "newton", "--outcome", "root"), "did you mean root_1"),
        (("stability", "newton", "--method", "grid"), "random or sobol"),
        (("stability", "newton", "--half-width", "2"), "half_width = 2"),
        (("stability", "newton", "--half-width", "x"), "--half-width"),
        (("stability", "newton", "--samples", "0"), "from 1"),
        (("stability", "newton", "--axis", "x"), "--axis"),
        (("stability", "newton", "--over", "sphere", "--over", "uniform"), "--over"),
        (("stability", "newton", "--over", "nowhere.csv"), "no such file"),
        (("stability", "newton", "--out", "x.csv"), ".nc"),
        (("size", "newton", "--dimensions", "3"), "no parameter changes that"),
        (("size", "newton", "--dimensions", "a,b"), "commas"),
        (("size", "value-learner", "--over", "sphere", "--samples", "10"), "samples = 10"),
        (("time", "value-learner", "--harm", "-1"), "harm = -1"),
        (("time", "newton", "--outcome", "unresolved"), "no ending"),
    ],
)
def test_bad_input_is_one_clear_line(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments)
    assert (code, out) == (2, "") and says in err and err.startswith("basin: ") and err.count("\n") == 1
