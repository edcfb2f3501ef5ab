"""What a run rests on is cited, and nothing else."""

from __future__ import annotations

import json

import pytest

import basin
from basin import citing
from basin.scenario import objections
from tests.cli.calling import call

ALWAYS = {"basin", "hadfieldmenell2017", "salmon2011", "wilson1927", "lam2015", "harris2020"}


def keys(name, *raised):
    return set(citing.cited(basin.load(name), raised))


def test_what_every_run_rests_on_is_always_there():
    assert set(citing.cited()) == ALWAYS
    assert all(keys(name) >= ALWAYS for name in basin.names())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("near-aligned-llm", "dearnaley2024requirements"),
        ("shoggoth", "dearnaley2024shoggoth"),
        ("bitter-lesson", "dearnaley2024bitter"),
        ("distilled-human", "dearnaley2025hard"),
        ("safety-pretraining", "dearnaley2025safety"),
        ("alignment-pretraining", "dearnaley2026pretraining"),
        ("grounded-in-evolution", "dearnaley-evolution"),
        ("echo-chamber", "qiu2025"),
    ],
)
def test_a_scenario_cites_its_essay_and_no_other(name, key):
    essays = {key for key in citing.entries() if key.startswith(("dearnaley", "qiu"))}
    assert keys(name) & essays == {key}


def test_data_and_corpora_are_cited_where_they_are_used():
    assert {"greene2003", "seabold2010"} <= keys("travel-choices")
    assert {"tice2026", "maini2025"} <= keys("alignment-pretraining")
    assert not {"greene2003", "tice2026"} & keys("value-learner")


def test_objections_cite_who_raised_them():
    assert keys("value-learner", "schemer") - keys("value-learner") == {"bostrom2014", "carlsmith2023"}
    named = {use.partition(" ")[2] for _, uses in citing.entries().values() for use in uses if use.startswith("objection ")}
    assert named <= set(objections())
    ours = {"people-do-it", "which-space"}  # asked by this project; and two of the off-switch game, which every run cites
    assert set(objections()) - named == ours | {"overconfident-prior", "resisting-is-free"}


def test_the_bibliography_is_bibtex():
    import pypandoc

    entries = json.loads(pypandoc.convert_file(str(citing.FILE), "csljson", format="bibtex"))
    assert {entry["id"] for entry in entries} == set(citing.entries())
    assert all("usedby" not in text and text.count("{") == text.count("}") for text, _ in citing.entries().values())


def test_the_command(tmp_path):
    said = call("cite", "near-aligned-llm", "--objection", "placebo", "--json")
    assert set(json.loads(said.out)["entries"]) == keys("near-aligned-llm", "placebo")
    kept = tmp_path / "runs.nc"
    basin.datasets.save(basin.run("shoggoth", runs=2), kept)
    assert "dearnaley2024shoggoth" in call("cite", "--from", kept).out
    typed, measured = tmp_path / "typed.nc", tmp_path / "measured.nc"
    assert call("run", "value-learner", "--runs", "2", "--objection", "schemer", "--out", typed, "--quiet").code == 0
    assert "carlsmith2023" in call("cite", "--from", typed).out
    basin.datasets.save(basin.objections("value-learner", ["placebo"], samples=16), measured)
    assert (
        "omohundro2008" in call("cite", "--from", measured).out and "carlsmith2023" not in call("cite", "--from", measured).out
    )
    assert set(json.loads(call("cite", "--all", "--json").out)["entries"]) == set(citing.entries())
    for wrong in ([], ["near-aligned-llm", "--all"], ["nope"]):
        refused = call("cite", *wrong)
        assert refused.code == 2 and refused.err.strip().count("\n") == 0
