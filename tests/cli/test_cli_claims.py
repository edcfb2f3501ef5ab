"""`basin claims`: in words, in JSON, kept and drawn; and the commands that claims name."""

from __future__ import annotations

import shlex

import pytest

from basin.claims import CLAIMS
from tests.cli.calling import call

WORDS = {"holds", "fails", "depends"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    path = tmp_path_factory.mktemp("claims") / "claims.nc"
    return path, call("claims", "fast-takeoff", "high-dimension", "--quick", "--json", "--out", path)


def test_json(kept):
    told = kept[1].json["claims"]
    assert [one["name"] for one in told] == ["fast-takeoff", "high-dimension"]
    for one in told:
        assert {"name", "statement", "source", "verdict", "depends_on", "evidence"} <= one.keys()
        assert one["verdict"] in WORDS and (one["verdict"] == "depends") == bool(one["depends_on"])
        assert all(part["low"] <= part["value"] <= part["high"] for part in one["evidence"])


def test_words():
    said = call("claims", "high-dimension", "--quick")
    assert said.code == 0
    assert CLAIMS["high-dimension"].statement in said.out and "1 holds, 0 fails, 0 depends; seed 0." in said.out


def test_listing_runs_nothing_and_says_what_refutes():
    listed = call("claims", "--list", "--json").json["claims"]
    assert [one["name"] for one in listed] == list(CLAIMS)
    assert all(one["refuted_by"] for one in listed)
    assert "Refuted if: " in call("claims", "--list").out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("claims", "fast-takeof"), "did you mean fast-takeoff?"),
        (("claims", "--seed", "-1"), "seed = -1"),
        (("claims", "--out", "x.doc"), "x.doc"),
        (("claims", "--threads", "0"), "--threads"),
    ],
)
def test_bad_input_is_one_line(arguments, line):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "") and line in err and err.count("\n") == 1


def test_drawn_from_what_is_kept(kept, tmp_path):
    assert call("figure", "claims", "--from", kept[0], "--out", tmp_path / "claims", "--format", "json").code == 0
    assert (tmp_path / "claims.json").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_commands_that_draw_a_claim_work(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in CLAIMS[name].figure:
        for command in line.split(" && "):
            words = shlex.split(command)[1:]
            small = {
                ("figure", "map"): ["--n", "2", "--runs", "1"],
                "trajectory": ["--runs", "2"],
                "size": ["--samples", "1024"],
            }
            more = small.get(tuple(words[:2]), small.get(words[0], []))
            drawing = ["--format", "json", "--out", "drawn"] if words[0] == "figure" else []
            told = call(*words, *more, *drawing, "--quiet")
            assert told.code == 0, told.err
