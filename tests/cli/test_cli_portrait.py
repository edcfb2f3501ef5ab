"""`basin portrait`: JSON that scripts rely on, words, and files that figures are drawn from."""

from __future__ import annotations

import pytest

from basin import datasets
from basin.labels import OUTCOMES
from tests.cli.calling import call

FEW = ("--n", 8, "--paths", 6)


def test_json_of_a_plane(tmp_path):
    out = tmp_path / "p.nc"
    told = call("portrait", "near-aligned-llm", *FEW, "--json", "--out", out).json
    assert (told["scenario"], told["seed"], told["shape"], told["starts"]) == ("near-aligned-llm", 0, "plane", 64)
    assert told["motives"] == ["care", "self_interest"] and list(told["outcomes"]) == list(OUTCOMES)
    assert sum(part["count"] for part in told["outcomes"].values()) == told["paths"] == 4
    assert told["aligned"]["low"] == told["aligned"]["fraction"] == told["aligned"]["high"] > 0
    assert told["edge"] and told["turns"]["care"]
    kept = datasets.open(out)
    assert kept.attrs["command"].startswith("basin portrait") and kept.attrs["aligned"] == told["aligned"]["fraction"]
    done = call("figure", "portrait", "--from", out, "--out", tmp_path / "p", "--format", "json", "--format", "md")
    assert done.code == 0 and (tmp_path / "p.json").exists() and "Phase portrait" in (tmp_path / "p.md").read_text()


def test_json_of_a_triangle():
    told = call("portrait", "shoggoth", *FEW, "--json", "--set", "personas.switch=0").json
    assert told["shape"] == "triangle" and told["attracts"].keys() == {"care", "self_interest", "puppeteer"}


def test_words():
    done = call("portrait", "value-learner", *FEW, "--set", "outcome.horizon=60", "--x", "belief.knowledge=0:1")
    assert done.code == 0 and "of 64 starts over belief and care end fully aligned" in done.out
    assert "4 trajectories end:" in done.out and "In the first episode care" in done.out
    done = call("portrait", "shoggoth", *FEW)
    assert "the shares of care, self_interest, puppeteer" in done.out and "Starts with nearly all puppeteer" in done.out


def test_objections_change_it_and_quiet_says_nothing():
    def moved(*objection):
        return call("portrait", "near-aligned-llm", *FEW, "--json", *objection).json["aligned"]["fraction"]

    assert moved("--objection", "evidence-is-not-values") != moved()
    done = call("portrait", "near-aligned-llm", *FEW, "--quiet")
    assert done.code == 0 and not done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("echo-chamber",), "no motive but care"),
        (("near-aligned-llm", "--x", "belief.spread=0:1"), "x is belief.knowledge"),
        (("near-aligned-llm", "--n", 2), "n = 2"),
        (("near-aligned-llm", "--set", "values.features=2"), "values.features = 2"),
        (("shoggoth", "--y", "motives.care=0:1"), "takes no axes"),
    ],
)
def test_bad_input_gets_one_line(arguments, message):
    done = call("portrait", *arguments)
    assert done.code == 2 and message in done.err and len(done.err.strip().splitlines()) == 1
