"""`basin runs`: which stores there are, what is in them, and how they are handed on, drawn and deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from basin import datasets, sweep
from basin.sweep import catalogue
from tests.cli.calling import call

TEXT = """
title = "Small"
question = "Does it help?"
scenario = "near-aligned-llm"
runs = 4
[set]
outcome.horizon = 20
[axes]
"motives.care" = { lo = 0.02, hi = 0.98, n = 3 }
"reflection.rule" = ["endorsement", "logit"]
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Each test has a folder and a catalogue of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BASIN_CATALOGUE", str(tmp_path / "kept" / "catalogue.sqlite"))
    Path("small.toml").write_text(TEXT)


def made(name="small.zarr"):
    """A store that the command line wrote."""
    called = call("sweep", "small.toml", "--out", name, "--threads", 1, "--json")
    assert called.code == 0, called.err
    return name


def listed():
    return call("runs", "list", "--json").json["stores"]


def test_what_is_swept_is_listed_until_it_is_removed():
    assert listed() == [] and "No stores are known" in call("runs", "list").out
    made()
    (one,) = listed()
    assert one["path"] == str(Path("small.zarr").resolve()) and one["exists"]
    assert (one["title"], one["compute"], one["points"], one["done"], one["failed"]) == ("Small", "run", 6, 6, 0)
    words = call("runs", "list").out
    assert "Small" in words and "small.zarr" in words
    refused = call("runs", "rm", "small.zarr")
    assert refused.code == 2 and "--yes deletes without asking" in refused.err and Path("small.zarr").is_dir()
    assert call("runs", "rm", "small.zarr", "--yes").code == 0
    assert listed() == [] and not Path("small.zarr").exists()


def test_stores_have_names_that_say_nothing_of_where_they_are():
    assert sweep.stores() == {}
    made()
    Path("copies").mkdir()
    made("copies/small.zarr")
    (name,) = sweep.stores()
    assert name == f"small-{sweep.read('small.toml').hash[:6]}"
    assert {Path(one).parent.name for one in (entry["path"] for entry in listed())} >= {"copies"}
    call("runs", "rm", sweep.stores()[name].path, "--yes")
    assert list(sweep.stores()) == [name]  # the copy
    call("runs", "rm", sweep.stores()[name].path, "--yes")
    assert sweep.stores() == {}


def test_show_says_what_a_store_holds_and_what_failed():
    store = sweep.open_store(Path(made()).resolve())
    store.keep_failures({2: "it cannot be"})
    shown = call("runs", "show", "small.zarr", "--json").json
    assert shown["question"] == "Does it help?" and shown["scenarios"] == ["near-aligned-llm"]
    assert [(one["name"], one["size"]) for one in shown["dimensions"]] == [("motives.care", 3), ("reflection.rule", 2)]
    assert shown["call"].startswith("basin sweep small.toml") and shown["hash"] == store.sweep.hash
    assert [one["why"] for one in shown["failures"]] == ["it cannot be"]
    words = call("runs", "show", "small.zarr").out
    assert "6 of 6 points" in words and "endorsement, logit" in words and "failed: it cannot be" in words


@pytest.mark.parametrize("name", ["a.nc", "a.parquet", "a.zip", "a"])
def test_export_writes_what_the_name_says(name, monkeypatch):
    from basin.figures import browser

    def draw(*_):
        raise browser.NoBrowser("none here")

    monkeypatch.setattr(browser, "draw", draw)
    made()
    called = call("runs", "export", "small.zarr", "--out", name)
    assert (called.code, called.out, called.err) == (0, f"Written to {name}\n", "")
    assert Path(name).exists()
    assert call("runs", "export", "small.zarr", "--out", f"b{name}", "--quiet").out == ""
    if name == "a":
        assert sweep.read("a/sweep.toml").hash == datasets.open("a/data.nc").attrs["sweep_hash"]
        assert call("sweep", "a/sweep.toml", "--out", "again.zarr", "--threads", 1, "--json").json["done"] == 6
        again, first = (datasets.open(one).drop_attrs() for one in ("again.zarr", "small.zarr"))
        assert again.identical(first)


def test_what_is_missing_is_said_on_a_line_of_its_own():
    store = sweep.open_store(Path(made()).resolve())
    store.group["done"][0, 0] = 0
    called = call("runs", "export", "small.zarr", "--out", "a.nc")
    assert called.code == 0 and called.err == "basin: small.zarr: 1 of 6 points is missing\n"


def test_rebuild_finds_stores_and_forgets_those_that_are_gone():
    Path("deep/er").mkdir(parents=True)
    made("deep/er/one.zarr")
    made("two.zarr")
    Path("kept/catalogue.sqlite").write_bytes(b"spoilt")
    assert call("runs", "list").code == 2
    assert {Path(one["path"]).name for one in call("runs", "rebuild", ".", "--json").json["stores"]} == {
        "one.zarr",
        "two.zarr",
    }
    Path("two.zarr").rename("away.zarr")
    assert [one["exists"] for one in sorted(listed(), key=lambda one: one["path"])] == [True, False]
    assert "(gone)" in call("runs", "list").out
    assert [Path(one["path"]).name for one in call("runs", "rebuild", "--json").json["stores"]] == ["one.zarr"]
    assert catalogue.place() == Path("kept/catalogue.sqlite").resolve()


def test_a_sweep_is_drawn_from_its_store():
    made()
    stem = ("--out", "a", "--format", "html", "--format", "md", "--format", "json")
    called = call("figure", "sweep", "--from", "small.zarr", "--json", *stem)
    assert called.json["files"] == ["a.html", "a.md", "a.json"]
    about = json.loads(Path("a.json").read_text())["layout"]["meta"]
    assert about["command"].startswith("basin sweep small.toml") and about["caption"].startswith("Small: P(aligned)")
    options = ("--value", "harm", "--x", "motives.care", "--at", "reflection.rule=logit", "--out", "b.json")
    assert call("figure", "sweep", "--from", "small.zarr", *options).code == 0
    about = json.loads(Path("b.json").read_text())["layout"]["meta"]
    assert about["title"].startswith("Harm ") and "held at rule logit" in about["caption"]
    call("runs", "export", "small.zarr", "--out", "a.nc")
    assert call("figure", "sweep", "--from", "a.nc", "--out", "c.html").code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("runs", "show", "nothing.zarr"), "nothing.zarr: no such store"),
        (("runs", "show", "small.toml"), "is no store of a sweep"),
        (("runs", "rm", "nothing.zarr", "--yes"), "no such store"),
        (("runs", "rm", "small.toml", "--yes"), "is no store of a sweep"),
        (("runs", "rebuild", "nowhere"), "no such folder"),
        (("runs", "export", "nothing.zarr", "--out", "a.nc"), "nothing.zarr: no such store"),
        (("runs", "export", "s.zarr", "--out", "a.csv"), "give the name of a file for netCDF"),
        (("runs", "export", "s.zarr", "--out", "nowhere/a.zip"), "there is no folder nowhere"),
        (("runs", "export", "s.zarr", "--out", "small.toml"), "give the name of a file for netCDF"),
        (("runs", "export", "s.zarr"), "Missing option '--out'"),
        (("runs", "nothing"), "No such command 'nothing'"),
        (("figure", "sweep"), "Missing option '--from'"),
        (("figure", "sweep", "--from", "nothing.zarr"), "no such file"),
        (("figure", "sweep", "--from", "s.zarr", "--value", "alinged"), "did you mean aligned?"),
        (("figure", "sweep", "--from", "s.zarr", "--x", "motives.car"), "did you mean motives.care?"),
        (("figure", "sweep", "--from", "s.zarr", "--at", "motives.care"), "write DIM=VALUE"),
        (("figure", "sweep", "--from", "s.zarr", "--at", "reflection.rule=logik"), "did you mean logit?"),
        (("figure", "map", "--from", "s.zarr"), "this Dataset is not a map"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, line):
    if "s.zarr" in words:
        sweep.run(sweep.parse(TEXT), "s.zarr", threads=1, points_per_task=6)
    called = call(*words)
    assert (called.code, called.out) == (2, "") and len(called.err.splitlines()) == 1
    assert called.err.startswith("basin: ") and line in called.err
    assert Path("small.toml").read_text() == TEXT
