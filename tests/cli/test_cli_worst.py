"""`basin worst`, in words, in JSON, and its witness as a file."""

from __future__ import annotations

import sys

import pytest

from basin.scenario import load, loads
from tests.cli.calling import call

QUICK = (
    "--set", "outcome.horizon=120", "--set", "outcome.dwell=5", "--set", "values.features=4",
    "--set", "reflection.strength=0.3", "--set", "motives.self_interest.guarding=0.1", "--runs", 24, "--trials", 4,
)  # fmt: skip
CARE = ("--range", "motives.care=0.05:0.95", "--range", "world.tolerance=0.4:0.6")


def test_a_witness_in_json_and_as_a_file_that_runs(tmp_path):
    witness, out = tmp_path / "w.toml", tmp_path / "w.nc"
    asked = ("worst", "near-aligned-llm", *QUICK, *CARE, "--seed", 2)
    told = call(*asked, "--json", "--witness", witness, "--out", out).json
    assert told["found"] and not told["already"] and out.exists()
    (one,) = told["changes"]
    assert one["path"] == "motives.care" and one["from"] == 0.5 and one["to"] < 0.5 and one["scaled"] < 0
    assert told["change"] == pytest.approx(-one["scaled"]) == pytest.approx((0.5 - one["to"]) / 0.9)
    assert told["single"][0]["path"] == "motives.care"
    assert told["aligned_at_witness"]["high"] < 0.5 < told["aligned"]["low"]
    text = witness.read_text()
    assert f"#   motives.care: 0.5 -> {one['to']:.15g}" in text and "basin worst near-aligned-llm" in text
    assert load(witness) == loads(told["witness"]) and load(witness).get("motives.care") == one["to"]
    ran = call("run", witness, "--runs", 400, "--json").json
    assert ran["outcomes"]["aligned"]["fraction"] == pytest.approx(told["aligned_at_witness"]["fraction"], abs=0.1)
    again = call(*asked, "--witness", witness)
    assert again.code == 2 and "exists; move it away or give another name" in again.err and again.out == ""
    assert witness.read_text() == text


def test_words():
    told = call("worst", "near-aligned-llm", *QUICK, *CARE)
    lines = told.out.splitlines()
    assert told.code == 0 and lines[1].startswith("A change of one assumption, ") and "takes P(aligned) below 50%" in lines[1]
    assert "P(aligned) as it is" in told.out and "95% interval" in told.out and "Each alone" in told.out


def test_no_witness(tmp_path):
    witness = tmp_path / "w.toml"
    none = ("worst", "near-aligned-llm", *QUICK, "--path", "world.tolerance")
    told = call(*none, "--witness", witness)
    assert told.code == 0 and "No change within these ranges was found" in told.out and not witness.exists()
    assert "is not written" in told.out
    told = call(*none, "--json").json
    assert not told["found"] and told["change"] is None and told["changes"] == [] and told["witness"] is None
    assert told["aligned_at_witness"] is None and 0.5 < told["least_seen"] <= 1


def test_it_takes_no_change():
    told = call("worst", "near-aligned-llm", *QUICK, "--set", "motives.care=0.02", "--path", "motives.care")
    assert told.out.splitlines()[1].startswith("It takes no change: P(aligned) is")
    told = call("worst", "near-aligned-llm", *QUICK, "--set", "motives.care=0.02", "--path", "motives.care", "--json").json
    assert told["found"] and told["already"] and told["change"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("newton",), "newton: is a system"),
        (("near-aligned-llm", "--path", "motives.car"), "did you mean motives.care?"),
        (("near-aligned-llm", "--range", "motives.care=0.8:0.9"), "is outside its range, from 0.8 to 0.9"),
        (("near-aligned-llm", "--trials", "-1"), "trials = -1"),
        (("near-aligned-llm", "--witness", "w.txt"), "ends in .toml"),
        (("near-aligned-llm", "--witness", "nowhere/w.toml"), "there is no folder 'nowhere'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(arguments, said):
    told = call("worst", *arguments, *(() if "--trials" in arguments else ("--trials", 0)), "--runs", 2)
    assert told.code == 2 and told.out == "" and said in told.err and len(told.err.splitlines()) == 1


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    told = call("worst", "near-aligned-llm", *QUICK, *CARE)
    assert (told.code, told.err) == (2, "basin: basin worst needs optuna: pip install 'basin[search]'\n")
