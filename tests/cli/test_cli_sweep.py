"""`basin sweep`: its words and JSON, how it stops, and what it says of what cannot be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from basin import sweep
from basin.sweep import catalogue
from tests.cli.calling import call
from tests.sweep.small import TEXT, same, small

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_catalogue(tmp_path, monkeypatch):
    monkeypatch.setenv(catalogue.ELSEWHERE, str(tmp_path / "catalogue.sqlite"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(TEXT + "[quick]\nn = 2\n")
    return path


def test_json_and_words(file, tmp_path):
    store = tmp_path / "x.zarr"
    first = json.loads(call("sweep", file, "--out", store, "--json").out)
    assert {"points": 84, "done": 84, "failed": 0}.items() <= first.items() and first["seconds"] > 0
    again = call("sweep", file, "--out", store)
    assert again.code == 0 and "84 of 84 points are computed: 2 objection × 6 capability.growth × 7 motives.care" in again.out
    assert [Path(entry.path) for entry in catalogue.entries()] == [store.resolve()]
    assert catalogue.entries()[0].done == 84
    quick = json.loads(call("sweep", file, "--out", tmp_path / "quick.zarr", "--quick", "--json").out)
    assert quick["points"] == 8


def test_what_the_command_line_changes(file, tmp_path):
    told = call("sweep", file, "--out", tmp_path / "x.zarr", "--set", "motives.honesty=0.5", "--seed", 3, "--quick", "--quiet")
    assert told == (0, "", "")
    meant = sweep.open_store(tmp_path / "x.zarr").sweep
    assert meant.changes["motives.honesty"] == 0.5 and meant.seed == 3
    refused = call("sweep", file, "--out", tmp_path / "x.zarr", "--quick")
    assert (
        refused.code == 2
        and "holds another sweep: changes.motives.honesty is not set here and 0.5 in the store" in refused.err
    )
    assert "a dimension of objections already" in call("sweep", file, "--objection", "motives-erode").err
    plain = tmp_path / "plain.toml"
    plain.write_text('scenarios = ["value-learner"]\nruns = 1\n[set]\noutcome.horizon = 20\n')
    assert call("sweep", plain, "--out", tmp_path / "y.zarr", "--objection", "motives-erode", "--quiet").code == 0
    (part,) = sweep.open_store(tmp_path / "y.zarr").sweep.parts([0])
    assert part.scenario.motives.erosion > 0


def test_without_a_name_the_store_is_called_as_the_file(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Kept in small.zarr" in call("sweep", file, "--quick").out


@pytest.mark.parametrize(("words", "said"), [
    (["nowhere.toml"], "nowhere.toml: no such file; give a sweep's TOML file"),
    (["{file}", "--out", "x.nc"], "x.nc: give a name that ends in .zarr"),
    (["{file}", "--set", "motives.care=3"], "motives.care = 3: must be between 0 and 1"),
    (["{file}", "--local-cluster", "0"], "must be a whole number from 1"),
    (["{file}", "--seed", "-1"], "seed = -1: must be a whole number from 0"),
    (["{file}", "--budget", "-1"], "must be above 0 seconds"),
    (["{file}", "--scheduler", "tcp://127.0.0.1:9", "--local-cluster", "2"], "not both"),
])  # fmt: skip
def test_bad_input_gets_one_line(file, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("sweep", *(word.format(file=file) for word in words))
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1
    assert not list(tmp_path.glob("*.zarr"))


def test_points_that_fail(tmp_path):
    file = tmp_path / "some.toml"
    file.write_text("""
        scenario = "near-aligned-llm"
        runs = 2
        [set]
        outcome.horizon = 20
        [axes]
        "belief.spread" = [1.0, 1e3]
        "belief.assumed_noise" = [1.0, 1e-2]
    """)
    told = call("sweep", file, "--out", tmp_path / "x.zarr")
    assert told.code == 1 and "1 point failed:" in told.out
    assert "(first at belief.spread = 1000, belief.assumed_noise = 0.01)" in told.out
    shown = json.loads(call("sweep", file, "--out", tmp_path / "x.zarr", "--json").out)
    assert shown["failed"] == 1 and shown["failures"][0]["point"].startswith("belief.spread = 1000")


def test_a_budget(file, tmp_path):
    told = call("sweep", file, "--out", tmp_path / "x.zarr", "--budget", 1e-9)
    assert told.code == 0 and "the budget is spent: the same command goes on from here" in told.out


@pytest.mark.parametrize(("number", "code", "options"), [
    (signal.SIGINT, 130, []),
    pytest.param(signal.SIGTERM, 143, [], marks=pytest.mark.slow),
    pytest.param(signal.SIGINT, 130, ["--local-cluster", "1"], marks=pytest.mark.slow),
])  # fmt: skip
def test_stopped_it_finishes_its_tasks_and_says_how_to_go_on(tmp_path, number, code, options):
    file, store = tmp_path / "long.toml", tmp_path / "x.zarr"
    file.write_text(TEXT.replace("outcome.horizon = 60", "outcome.horizon = 3000").replace("runs = 4", "runs = 400"))
    words = ["sweep", str(file), "--out", str(store), *options]
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from basin.cli import main; sys.exit(main(sys.argv[1:]))", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    until = time.monotonic() + 120
    while not list((store / "done").glob("[0-9]*")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, number)  # as a terminal does: to all processes of the command
    out, err = process.communicate(timeout=120)
    assert process.returncode == code and out == ""
    assert "points in" in err and "run it again" in err and err.count("\n") == 1, err
    state = sweep.open_store(store).state()
    assert 0 < (state == 1).sum() < 84
    assert f"{(state == 1).sum()} of 84 points" in err


def test_stopped_and_gone_on_it_has_the_same_bits(file, tmp_path):
    reference, store = tmp_path / "reference.zarr", tmp_path / "x.zarr"
    sweep.run(small(), reference)
    call("sweep", file, "--out", store, "--budget", 1e-9, "--quiet")
    call("sweep", file, "--out", store, "--quiet")
    same(store, reference)
