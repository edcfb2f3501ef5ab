"""Stores as files for others: nothing is lost, nothing of this machine is told, nothing else is overwritten."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest
from rocrate.rocrate import ROCrate

from basin import datasets, sweep
from basin.analysis.extras import MissingError
from basin.datasets import DataError
from basin.figures import browser
from basin.scenario import load, loads, save
from basin.sweep import SweepError, export
from basin.sweep.written import is_the_same, written

HEAD = """
title = "Small"
question = "Does it help?"
scenario = "near-aligned-llm"
runs = 4
[set]
outcome.horizon = 20
"""
AXES = """[axes]
"capability.growth" = { lo = 0.001, hi = 1, n = 3, log = true }
"motives.care" = [0.1, 0.9]
"""


@pytest.fixture(autouse=True)
def no_browser(monkeypatch):
    def draw(*_):
        raise browser.NoBrowser("none here")

    monkeypatch.setattr(browser, "draw", draw)


def stored(folder, text=HEAD + AXES, name="small.zarr", base=None, **options):
    store = Path(folder, name)
    sweep.run(sweep.parse(text, folder=base), store, threads=1, points_per_task=2, **options)
    return sweep.open_store(store)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("stores"), call="basin sweep /home/somebody/x.toml --out /tmp/y/small.zarr")


def partly(folder):
    """A store of which a point is to do and one has failed."""
    made = stored(folder)
    state = made.state()
    state[[0, 5]] = 0, 2
    made.group["done"][...] = state.reshape(made.sweep.shape)
    made.keep_failures({5: f"KeyError: '{folder}/x.csv'"})
    return made


def left(folder):
    return sorted(path.name for path in Path(folder).iterdir())


# ---- One file ------------------------------------------------------------------------------------------------------


def test_netcdf_holds_all_that_the_store_does(store, tmp_path):
    out = export.export(store, tmp_path / "a.nc")
    found, kept = datasets.open(out), datasets.open(store.path)
    assert found.drop_attrs().identical(kept.drop_attrs())
    assert found.attrs["call"] == "basin sweep x.toml --out small.zarr"
    assert {key: found.attrs[key] for key in kept.attrs if key != "call"} == {
        k: v for k, v in kept.attrs.items() if k != "call"
    }
    assert left(tmp_path) == ["a.nc"]


def test_parquet_has_a_row_for_each_point(store, tmp_path):
    out = export.export(store, tmp_path / "a.parquet")
    rows, found = parquet.read_table(out), datasets.open(store.path)
    assert rows.num_rows == 6 and rows.column_names[:2] == ["capability.growth", "motives.care"]
    for at, (i, j) in enumerate(np.ndindex(3, 2)):
        row = {name: rows[name][at].as_py() for name in rows.column_names}
        one = found.isel({"capability.growth": i, "motives.care": j})
        assert (row["capability.growth"], row["motives.care"]) == (one["capability.growth"], one["motives.care"])
        assert row["harm_low"] == one["harm_low"] and row["done"] == 1
        assert row["count_locked_in"] == one["count"].sel(outcome="locked_in")
    assert rows.schema.metadata[b"basin"] == b"sweep" and rows.schema.field("harm").metadata[b"units"] == b"utility"


def test_samples_and_measures_with_dimensions_of_their_own_are_tidy_too(tmp_path):
    text = HEAD.replace("runs = 4", 'compute = "size"\nkeep = ["bits"]')
    text += '[sobol]\nn = 2\n"motives.care" = { lo = 0, hi = 1 }\n[options]\nsamples = 16\n'
    one = export.table(datasets.open(stored(tmp_path, text).path))
    assert one.column_names == ["sample", "motives.care", "bits", "done"] and one.num_rows == 2
    two = export.table(datasets.open(stored(tmp_path, text + "dimensions = [4, 8]\n", "b.zarr").path))
    assert two.column_names == ["sample", "motives.care", "bits_4", "bits_8", "done"]


@pytest.mark.parametrize("name", ["a.nc", "a.parquet", "a.zip"])
def test_ours_is_replaced_and_nothing_else_is(store, tmp_path, name):
    export.export(store, tmp_path / name)
    export.export(store, tmp_path / name)
    (tmp_path / name).write_text("somebody's")
    with pytest.raises(DataError, match=r"exists and is no result of basin's"):
        export.export(store, tmp_path / name)
    assert (tmp_path / name).read_text() == "somebody's" and left(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.csv", "give the name of a file for netCDF"),
        ("", "give the name of a file for netCDF"),
        ("a\nb.nc", "give the name of a file for netCDF"),
        ("nowhere/a.nc", "there is no folder"),
        ("nowhere/a.parquet", "there is no folder"),
        ("there", "exists; give the name of a new folder"),
    ],
)
def test_names_that_cannot_be_written_to_are_said_in_one_line(store, tmp_path, monkeypatch, name, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(DataError) as caught:
        export.export(store, name)
    assert line in str(caught.value) and "\n" not in str(caught.value) and left(tmp_path) == ["there"]


def test_a_store_is_not_exported_into_itself(store):
    with pytest.raises(DataError, match="is in the store itself"):
        export.export(store, store.path / "a.nc")


@pytest.mark.parametrize("name", ["a.parquet", "a.zip", "a"])
def test_a_full_disk_is_one_line_and_leaves_nothing(store, tmp_path, monkeypatch, name):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ValueError, match="cannot be written: ") as caught:
        export.export(store, tmp_path / name)
    assert isinstance(caught.value, SweepError | DataError) and left(tmp_path) == []


def test_what_is_missing_is_noted(store, tmp_path):
    assert export.notes(store) == []
    assert export.notes(partly(tmp_path)) == ["2 of 6 points are missing (1 failed)"]


# ---- The crate -----------------------------------------------------------------------------------------------------


def by_type(crate, kind):
    return [one for one in crate.get_entities() if one.type == kind]


def test_a_crate_says_what_made_what(store, tmp_path):
    crate = ROCrate(export.export(store, tmp_path / "crate"))
    root, told = crate.root_dataset, json.loads((tmp_path / "crate/ro-crate-metadata.json").read_text())
    assert told["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert root["name"] == "Small" and root["description"].startswith("Does it help? `run` at 6 of 6 points")
    assert root["datePublished"] and root["license"].id == "https://spdx.org/licenses/MIT"
    assert root["identifier"] == store.sweep.hash
    variables = {one["name"]: one["unitText"] for one in root["variableMeasured"]}
    assert variables["aligned"] == "probability" and variables["harm"] == "utility" and "done" not in variables
    (software,) = by_type(crate, "SoftwareApplication")
    assert software["name"] == "basin" and software["version"] == datasets.open(store.path).attrs["basin_version"]
    commit = datasets.open(store.path).attrs.get("git_commit")  # none outside a checkout
    assert commit is None or software["identifier"]["value"] == commit
    computing, drawing = by_type(crate, "CreateAction")
    assert computing["instrument"].id == drawing["instrument"].id == software.id and not computing.get("agent")
    assert [one.id for one in computing["object"]] == ["sweep.toml", "scenarios/near-aligned-llm.toml"]
    assert [one.id for one in computing["result"]] == ["data.nc"] and computing["endTime"]
    assert [one.id for one in drawing["result"]] == ["figures/sweep.html"]
    files = {one.id for one in crate.data_entities}
    assert files == {"data.nc", "sweep.toml", "scenarios/near-aligned-llm.toml", "figures/sweep.html"}
    assert all((tmp_path / "crate" / name).is_file() for name in files)
    assert {one.id for one in root["hasPart"]} == files
    assert loads((tmp_path / "crate/scenarios/near-aligned-llm.toml").read_text()) == load("near-aligned-llm")
    assert datasets.open(tmp_path / "crate/data.nc").drop_attrs().identical(datasets.open(store.path).drop_attrs())


def test_zip_and_folder_hold_the_same(store, tmp_path):
    export.export(store, tmp_path / "a")
    with zipfile.ZipFile(export.export(store, tmp_path / "a.zip")) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == {path.relative_to(tmp_path / "a").as_posix() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert ROCrate(tmp_path / "a.zip").name == "Small" and left(tmp_path) == ["a", "a.zip"]


def test_the_sweep_of_a_crate_is_the_sweep(store, tmp_path):
    again = sweep.read(export.export(store, tmp_path / "a") / "sweep.toml")
    assert again.hash == store.sweep.hash and again.question == "Does it help?"


def test_scenarios_from_files_stand_beside_the_sweep(tmp_path):
    save(load("near-aligned-llm").with_({"motives.care": 0.3}), tmp_path / "mine.toml")
    text = HEAD.replace('scenario = "near-aligned-llm"', 'scenarios = ["mine.toml", "fast-takeoff"]')
    made = stored(tmp_path, text, base=tmp_path)
    again = sweep.read(export.export(made, tmp_path / "a") / "sweep.toml")
    assert again.hash == made.sweep.hash and list(again.scenarios) == ["mine.toml", "fast-takeoff"]


def test_no_folder_of_this_machine_is_told(tmp_path):
    secret = tmp_path / "somebodys"
    secret.mkdir()
    save(load("near-aligned-llm").with_({"motives.care": 0.3}), secret / "mine.toml")
    text = HEAD.replace('scenario = "near-aligned-llm"', f'scenarios = ["{secret}/mine.toml", "fast-takeoff"]')
    made = stored(tmp_path, text, call=f"basin sweep {secret}/x.toml --out={secret}/y.zarr")
    made.keep_failures({0: f"KeyError: '{secret}/x.csv'"})
    out = export.export(made, tmp_path / "a")
    told = [path for path in out.rglob("*") if path.is_file() and b"somebodys" in path.read_bytes()]
    assert not told and not re.search("somebodys", str(datasets.open(out / "data.nc").attrs))
    found = datasets.open(out / "data.nc")
    assert list(found["scenario"].values) == ["mine.toml", "fast-takeoff"]
    assert found["scenario"].attrs == datasets.open(made.path)["scenario"].attrs
    again = sweep.read(out / "sweep.toml")
    assert again.hash == found.attrs["sweep_hash"] == sweep.Sweep.from_json(found.attrs["sweep"]).hash
    assert "x.csv" in (out / "failures.json").read_text()


def test_what_is_handed_on_is_the_store_and_a_file_that_gives_it(store):
    found, meant = sweep.handed_on(store)
    assert found.equals(datasets.open(store.path)) and str(store.path.parent) not in found.attrs["call"]
    assert sweep.parse(meant.toml).hash == store.hash


def test_files_that_scenarios_name_are_handed_on_if_they_are_what_was_computed_with(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ring = tmp_path / "ring.txt"
    ring.write_text("\n".join(f"{k} {(k + 1) % 6}" for k in range(6)))
    save(load("near-aligned-llm").with_({"population.agents": 6, "population.graph": str(ring)}), tmp_path / "mine.toml")
    text = HEAD.replace('"near-aligned-llm"', '"mine.toml"') + '[axes]\n"motives.care" = [0.1, 0.9]\n'
    made = stored(tmp_path, text, base=tmp_path)
    out = export.export(made, tmp_path / "a")
    assert (out / "ring.txt").read_text() == ring.read_text() and str(tmp_path) not in (out / "sweep.toml").read_text()
    monkeypatch.chdir(out)
    assert sweep.read("sweep.toml").hash == datasets.open("data.nc").attrs["sweep_hash"]
    ring.write_text("0 1")
    out = export.export(made, tmp_path / "b")
    assert not (out / "ring.txt").exists() and "ring.txt" in ROCrate(out).description


def test_a_partly_computed_store_says_so_in_its_crate(tmp_path):
    out = export.export(partly(tmp_path), tmp_path / "a")
    crate = ROCrate(out)
    assert "at 4 of 6 points" in crate.description and "Note: 2 of 6 points are missing (1 failed)." in crate.description
    assert json.loads((out / "failures.json").read_text()) == {
        "capability.growth = 1, motives.care = 0.9": "KeyError: 'x.csv'"
    }
    assert "failures.json" in [one.id for one in by_type(crate, "CreateAction")[0]["result"]]
    assert (out / "figures/sweep.html").is_file()


def test_a_store_that_cannot_be_drawn_has_no_figures(tmp_path):
    made = stored(tmp_path)
    made.group["done"][...] = 0
    made.group["aligned"][...] = np.nan
    out = export.export(made, tmp_path / "a")
    assert not (out / "figures").exists() and len(by_type(ROCrate(out), "CreateAction")) == 1


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_without_the_library_one_line_says_how_to_get_it(store, tmp_path, monkeypatch, name):
    monkeypatch.setitem(__import__("sys").modules, "rocrate.rocrate", None)
    with pytest.raises(MissingError, match=r"an RO-Crate needs rocrate: pip install 'basin\[publish\]'"):
        export.export(store, tmp_path / name)
    assert left(tmp_path) == []


# ---- Sweeps as TOML again ------------------------------------------------------------------------------------------

SWEEPS = {
    "axes of all kinds": HEAD
    + """[axes]
"values.features" = { lo = 2, hi = 64, n = 9, log = true }
"reflection.rule" = ["endorsement", "logit"]
placebo = { "belief.spread" = [0.1, 0.2], "motives.self_interest.guarding" = [0.1, 0.2] }
"motives.care" = [0.3, 0.1]
"evidence.comparisons" = { lo = 0, hi = 1, n = 11 }
""",
    "objections and replicates": 'objections = ["none", "fast-takeoff+motives-erode"]\nreplicates = 3\nseed = 9\nbudget = 7.5'
    + HEAD
    + AXES,
    "evenly spread": HEAD
    + """[sobol]
n = 64
"belief.knowledge" = { lo = -0.25, hi = 0.9 }
"capability.growth" = { lo = 0.00123, hi = 0.75, log = true }
"motives.care" = { lo = 0, hi = 1 }
""",
    "a measure": HEAD.replace("runs = 4", 'compute = "size"\nkeep = ["bits"]')
    + '[axes]\n"options.samples" = [16, 32]\n[options]\ndimensions = [4, 8]\n',
    "words that TOML must quote": HEAD.replace("Small", "“Sm\\\\all” \\\"or\\\" so\\u007f") + AXES,
}  # fmt: skip


@pytest.mark.parametrize("name", SWEEPS)
def test_what_is_written_is_read_as_the_same(name):
    meant = sweep.parse(SWEEPS[name])
    again = sweep.parse(written(meant))
    assert again.hash == meant.hash and is_the_same(again, meant)
    assert (again.title, again.question, again.budget) == (meant.title, meant.question, meant.budget)
    assert written(again) == written(meant)


def test_people_can_read_what_is_written():
    assert '"capability.growth" = { lo = 0.001, hi = 1, n = 3, log = true }' in written(sweep.parse(HEAD + AXES))
    assert '"motives.care" = { lo = 0, hi = 1 }' in written(sweep.parse(SWEEPS["evenly spread"]))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("basin sweep /home/me/x.toml --out /tmp/a/x.zarr", "basin sweep x.toml --out x.zarr"),
        ("basin sweep x.toml --out=/tmp/x.zarr", "basin sweep x.toml --out=x.zarr"),
        ("basin.sweep.run(sweep, '/tmp/x.zarr')", "basin.sweep.run(sweep, 'x.zarr')"),
        ("basin sweep ../a/x.toml --set a.b=1/2", "basin sweep ../a/x.toml --set a.b=1/2"),
        ("C:\\Users\\me\\x.toml and ~/a/b.toml", "x.toml and b.toml"),
        ("https://example.org/a/b", "https://example.org/a/b"),
    ],
)
def test_paths_from_the_root_are_names_alone(text, kept):
    assert export.unplaced(text) == kept
