"""`basin sensitivity`, in words and in JSON."""

from __future__ import annotations

import shlex
import sys

import pytest
import xarray as xr

import basin
from tests.cli.calling import SHORT, call

QUICK = (*SHORT, "--set", "outcome.dwell=5", "--runs", 8)
FEW = ("--path", "motives.care", "--range", "humans.bias=0:1", "--range", "humans.noise=0.1:1:log")


def test_screening_in_json_on_disk_and_drawn(tmp_path):
    out = tmp_path / "s.nc"
    told = call("sensitivity", "near-aligned-llm", *QUICK, *FEW, "--samples", 4, "--seed", 3, "--json", "--out", out).json
    assert (told["scenario"], told["method"], told["of"], told["samples"], told["runs"]) == (
        "near-aligned-llm", "morris", "aligned", 4, 8,
    )  # fmt: skip
    assert told["points"] == 16 and told["most"] == told["paths"][0]["path"] and told["seed"] == 3
    assert {row["path"] for row in told["paths"]} == {"motives.care", "humans.bias", "humans.noise"}
    for row in told["paths"]:
        assert {"lo", "hi", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"} <= row.keys()
        assert row["mu_star_low"] <= row["mu_star"] <= row["mu_star_high"]
        for end in ("at_lo", "at_hi"):
            assert row[end]["low"] <= row[end]["value"] <= row[end]["high"]
    noise = next(row for row in told["paths"] if row["path"] == "humans.noise")
    assert (noise["lo"], noise["hi"], noise["log"], noise["base"]) == (0.1, 1, True, 0.5)
    assert call("figure", "tornado", "--from", out, "--out", tmp_path / "t", "--format", "json").code == 0


RANGES = {"humans.bias": (0, 0.5), "humans.noise": (0.1, 1, "log")}
TINY = {"outcome.horizon": 30, "outcome.dwell": 5, "values.features": 3}


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: basin.sensitivity(one, ["motives.care"], samples=2, runs=4, seed=3),
        lambda one: basin.sensitivity(one, ["motives.care"], ranges=RANGES, method="sobol", of="bits", samples=2, runs=4),
        lambda one: basin.worst(one, ["motives.care"], ranges=RANGES, trials=2, runs=4, seed=3),
        lambda one: basin.worst(one, ranges={"motives.care": (0.2, 0.8)}, trials=0, expected=True),
    ],
)
def test_what_is_said_to_be_typed_gives_the_same(ask, tmp_path):
    made, path = ask(basin.load("near-aligned-llm").with_(TINY)), tmp_path / "again.nc"
    verb, *words = shlex.split(basin.figures.what_to_type(made))
    assert verb == "basin" and words[0] == made.attrs["basin"]
    assert call(*words, "--quiet", "--out", path).code == 0
    xr.testing.assert_equal(basin.datasets.open(path), made)


def test_shares_of_the_variance_of_bits():
    told = call(
        "sensitivity", "near-aligned-llm", *QUICK, *FEW, "--samples", 4, "--method", "sobol", "--of", "bits", "--json"
    ).json
    assert told["method"] == "sobol" and told["of"] == "bits" and "motives.self_interest.overlap" in told["starts"]
    for row in told["paths"]:
        assert {"first", "first_low", "first_high", "total", "total_low", "total_high"} <= row.keys() and "mu" not in row


def test_all_assumptions_in_words():
    told = call("sensitivity", "near-aligned-llm", *QUICK, "--samples", 2)
    assert told.code == 0 and "P(aligned) as it is" in told.out and "95% interval" in told.out
    assert "motives." in told.out and "more, none above" in told.out
    assert "No effect here, anywhere in their ranges: values.evolved.culture" in told.out
    listed = call("sensitivity", "near-aligned-llm", *QUICK, "--samples", 2, "--json").json
    assert len(listed["paths"]) > 50 and "corpus.human" in listed["idle"]
    assert listed["left_out"]["outcome.horizon"] == "how runs are judged"


def test_one_line_answers_the_question():
    some = ("--range", "motives.care=0.02:0.98", "--range", "world.tolerance=0.4:0.6", "--samples", 8)
    told = call("sensitivity", "near-aligned-llm", *QUICK, *some, "--set", "reflection.strength=1").out.splitlines()
    assert told[1].startswith("What matters most is motives.care: P(aligned) moves by")
    none = call("sensitivity", "near-aligned-llm", *QUICK, "--path", "corpus.human", "--samples", 2)
    assert "None of these assumptions changes P(aligned) within its range." in none.out
    assert (
        call("sensitivity", "near-aligned-llm", *QUICK, "--path", "corpus.human", "--samples", 2, "--json").json["most"]
        is None
    )
    quiet = call("sensitivity", "near-aligned-llm", *QUICK, "--path", "corpus.human", "--samples", 2, "--quiet")
    assert quiet == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("newton",), "newton: is a system"),
        (("near-aligned-llm", "--path", "motives.car"), "did you mean motives.care?"),
        (("near-aligned-llm", "--path", "motives.mutual"), 'motives.mutual: is "random"'),
        (("near-aligned-llm", "--range", "motives.care=0:2"), "motives.care = 2.0: must be between 0 and 1"),
        (("near-aligned-llm", "--range", "motives.care=0.5"), "--range 'motives.care=0.5': write PATH=LO:HI"),
        (("near-aligned-llm", "--range", "motives.care=0:1", "--range", "motives.care=0:1"), "has a range already"),
        (("near-aligned-llm", "--method", "mor"), "method = 'mor': must be morris or sobol"),
        (("near-aligned-llm", "--of", "harm"), "of = 'harm': must be aligned or bits"),
        (("near-aligned-llm", "--method", "sobol", "--samples", "12"), "samples = 12: Sobol' indices take a power of two"),
        (("near-aligned-llm", "--samples", "1"), "samples = 1"),
        (("near-aligned-llm", "--out", "x.csv"), "x.csv"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(arguments, said):
    told = call("sensitivity", *arguments)
    assert told.code == 2 and told.out == "" and said in told.err and len(told.err.splitlines()) == 1


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    told = call("sensitivity", "near-aligned-llm")
    assert (told.code, told.err) == (2, "basin: basin sensitivity needs SALib: pip install 'basin[search]'\n")
