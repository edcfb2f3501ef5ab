"""`--objection` on every verb, `basin objections` and `basin signs`, in words and in JSON."""

from __future__ import annotations

import shlex

import pytest

import basin
from basin.cli.root import command
from tests.cli.calling import SHORT, call

QUICK = (*SHORT, "--set", "outcome.dwell=5")


def test_every_verb_that_changes_a_scenario_takes_objections():
    commands = command().commands
    figure = commands["figure"].commands
    for name, verb in {**commands, **figure}.items():
        options = {option for parameter in verb.params for option in parameter.opts}
        of_systems = name in ("system", "committor", "rare", "check")
        if "--set" in options and not of_systems:
            assert "--objection" in options, name


def test_objections_come_before_set_and_stack():
    shown = call("show", "near-aligned-llm", "--objection", "schemer", "--objection", "fast-takeoff", "--json",
                 "--set", "motives.ally.reveals_at=0.9", "--set", "world.hazard=0.5").json  # fmt: skip
    assert shown["capability"] == {"start": 0.02, "growth": 0.1} and shown["world"]["hazard"] == 0.5
    assert [motive["name"] for motive in shown["motives"]["own"]] == ["self_interest", "ally"]
    assert shown["motives"]["own"][1]["reveals_at"] == 0.9


def test_runs_under_an_objection_differ():
    plain = call("run", "near-aligned-llm", *QUICK, "--runs", 100, "--json").json
    other = call("run", "near-aligned-llm", *QUICK, "--runs", 100, "--objection", "knows-but-does-not-care", "--json").json
    assert other["outcomes"]["captured"]["count"] > plain["outcomes"]["captured"]["count"]


def test_a_subject_and_an_argument_take_objections_too():
    told = call("stability", "near-aligned-llm", *QUICK, "--samples", 20, "--objection", "values-drift", "--json")
    assert told.code == 0 and told.json["samples"] == 20
    told = call("requirements", *QUICK, "--samples", 20, "--objection", "placebo", "--json")
    assert told.code == 0 and told.json["scenario"] == "near-aligned-llm"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "near-aligned-llm", "--objection", "shemer"), "did you mean schemer?"),
        (("stability", "newton", "--objection", "schemer"), "newton is a system"),
        (("run", "near-aligned-llm", "--objection", "schemer", "--objection", "schemer"), "called ally already"),
        (("objections", "newton"), "newton: is a system"),
        (("objections", "near-aligned-llm", "--only", "shemer"), "did you mean schemer?"),
        (("objections", "--set", "motives.care=0.3"), "--set: give a scenario"),
        (("objections", "near-aligned-llm", "--out", "x.doc"), "x.doc"),
        (("signs", "newton"), "newton: is a system"),
        (("signs", "near-aligned-llm", "--samples", "3"), "samples = 3"),
        (("figure", "trajectory", "--from", "x.nc", "--objection", "schemer"), "only a scenario can be changed"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(arguments, said):
    told = call(*arguments)
    assert told.code == 2 and told.out == "" and said in told.err and len(told.err.splitlines()) == 1


def test_the_list_of_objections():
    listed = call("objections", "--json").json["objections"]
    assert listed[0]["name"] == "knows-but-does-not-care" and listed[0]["sets"] == ["motives.care=0.05"]
    assert all(one["source"] and one["says"] and one["sets"] for one in listed)
    words = call("objections").out
    assert all(one["name"] in words for one in listed)


def test_objections_in_json_words_and_on_disk(tmp_path):
    out = tmp_path / "o.nc"
    asked = (
        "objections",
        "near-aligned-llm",
        *QUICK,
        "--samples",
        60,
        "--only",
        "values-drift",
        "--only",
        "evidence-is-not-values",
    )
    told = call(*asked, "--json", "--out", out).json
    assert told["scenario"] == "near-aligned-llm" and told["samples"] == 60 and out.exists()
    assert {one["name"] for one in told["objections"]} == {"values-drift", "evidence-is-not-values"}
    for one in told["objections"]:
        change = one["difference"]
        assert change["low"] <= change["value"] <= change["high"] and one["applies"] and one["note"] is None
        assert change["value"] == pytest.approx(one["aligned"]["fraction"] - told["aligned"]["fraction"])
    assert "95% interval" in call(*asked).out
    assert call("figure", "objections", "--from", out, "--out", tmp_path / "o", "--format", "json").code == 0


def test_signs_in_json_words_and_on_disk(tmp_path):
    out = tmp_path / "s.nc"
    asked = ("signs", "near-aligned-llm", *QUICK, "--samples", 80)
    told = call(*asked, "--json", "--out", out).json
    assert [company["name"] for company in told["companies"]] == ["alone", "allies", "schemers"] and out.exists()
    for company in told["companies"]:
        assert len(company["aligned"]) == len(company["others"]) == len(told["episode"])
        for sign in company["signs"]:
            assert len(sign["area"]) == len(told["episode"])
            assert sign["warned"] is None or sign["warned"] in told["episode"]
    words = call(*asked).out
    assert "asks first" in words and "at 95% for all episodes at once" in words
    assert call("figure", "signs", "--from", out, "--out", tmp_path / "s", "--format", "json").code == 0


def test_what_is_typed_measures_the_same(tmp_path):
    changed = basin.load("near-aligned-llm").with_({"outcome.horizon": 30, "outcome.dwell": 5, "values.features": 4})
    axes = [("belief.knowledge", -1.0, 1.0), ("belief.spread", 0.05, 2.5, "log")]
    for names, along in ((["schemer", "overseers-off"], axes), (None, None)):
        found = basin.objections(changed, names, along, samples=8, seed=4)
        again = eval(found.attrs["call"], {"basin": basin, "scenario": changed})
        typed = basin.figures.objections(found).layout.meta["command"]
        assert typed.count("--only") == len(names or ()) and ("--axis belief.spread=0.05:2.5:log" in typed) == bool(along)
        assert call(*shlex.split(typed)[1:], "--out", tmp_path / "o.nc", "--quiet").code == 0
        for other in (again, basin.datasets.open(tmp_path / "o.nc")):
            assert other.drop_attrs().equals(found.drop_attrs())
        (tmp_path / "o.nc").unlink()
