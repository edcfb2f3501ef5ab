"""Stores: the same bits however they are computed, and whatever comes between."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import basin
from basin import sweep
from basin.sweep import running
from basin.sweep.store import COMPUTED, FAILED, TO_DO
from tests.sweep.small import TEXT, compute, contents, same, small


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return compute(tmp_path_factory.mktemp("whole"), threads=1)


@pytest.mark.parametrize(("points", "threads"), [(1, 4), (3, 2), (5, 1), (84, 2), (1000, None)])
def test_the_same_bits_however_it_is_cut(reference, tmp_path, points, threads):
    same(compute(tmp_path, points_per_task=points, threads=threads), reference)


def test_what_a_store_holds(reference):
    with xr.open_zarr(reference) as found:
        assert found["aligned"].dims == ("objection", "capability.growth", "motives.care")
        assert found["count"].dims == (*found["aligned"].dims, "outcome")
        assert list(found["outcome"].values) == ["locked_in", "aligned", "allied", "captured", "misled", "undecided"]
        assert (found["done"] == COMPUTED).all() and found["done"].dtype == np.int8
        assert (found["count"].sum("outcome") == 4).all()
        assert all(found[name].attrs["units"] and found[name].attrs["long_name"] for name in found.data_vars)
        assert found["capability.growth"].attrs["scale"] == "log"
        assert {"sweep", "sweep_hash", "basin_version", "seed", "call"} <= set(found.attrs)
    assert basin.datasets.open(reference).attrs["basin"] == "sweep"
    again = sweep.open_store(reference).sweep
    assert again.hash == small().hash and again.title == "Small"


def test_chunks_are_boxes_of_about_so_many_points():
    for shape in ((5,), (3, 4), (2, 7, 9), (1, 1, 6)):
        for points in (1, 2, 5, 10, 100):
            chunk = running.chunked(shape, points)
            size = np.prod(chunk)
            assert all(1 <= part <= whole for part, whole in zip(chunk, shape, strict=True))
            assert size >= min(points, np.prod(shape)) and size < max(2 * points + 1, 2) * 2


def test_tasks_take_about_a_second(monkeypatch, tmp_path):
    asked = sweep.parse(TEXT.replace("n = 6", "n = 60").replace("n = 7", "n = 70"))
    assert running._points_in(asked, 1.0) > 20
    monkeypatch.setattr(running, "SECONDS", 0.0)
    assert sweep.run(small(), tmp_path / "x.zarr").tasks == 84


def test_a_finished_store_is_left_alone(reference, tmp_path):
    store = tmp_path / "x.zarr"
    shutil.copytree(reference, store)
    before = {path: path.stat().st_mtime_ns for path in (store / "aligned").rglob("*")}
    report = sweep.run(small(), store)
    assert (report.done, report.computing) == (84, 0.0)
    assert before == {path: path.stat().st_mtime_ns for path in (store / "aligned").rglob("*")}


def test_what_was_half_done_is_computed_anew(reference, tmp_path):
    store = compute(tmp_path, points_per_task=7)
    opened = sweep.open_store(store)
    for task in (1, 4):  # killed after some data, before `done`
        opened.array("done")[opened.box(task)] = TO_DO
        opened.array("harm")[opened.box(task)] = np.nan
    (store / "aligned" / "0.0.0.abc.partial").write_text("half a chunk")
    assert opened.remaining() == [1, 4]
    report = sweep.run(small(), store)
    assert report.done == 84
    same(store, reference)
    assert not list(store.rglob("*.partial"))


@pytest.mark.parametrize(("change", "said"), [
    ({"seed": 5}, "seed is 5 here and 0 in the store"),
    ({"runs": 9}, "runs is 9 here and 4 in the store"),
    ({"changes": {"outcome.horizon": 61, "values.features": 3}}, "changes.outcome.horizon is 61 here and 60 in the store"),
    ({"scenarios": {"near-aligned-llm": basin.load("near-aligned-llm").with_({"motives.honesty": 0.25})}},
     "scenarios.near-aligned-llm.motives.honesty is 0.25 here and"),
])  # fmt: skip
def test_a_store_of_another_sweep_is_refused(reference, tmp_path, change, said):
    with pytest.raises(sweep.SweepError) as error:
        sweep.run(replace(small(), **change), reference)
    assert said in str(error.value) and "holds another sweep" in str(error.value)
    assert contents(reference)["done"].values.all()


def test_other_axes_first_is_another_sweep(reference):
    asked = small()
    turned = replace(asked, dimensions=asked.dimensions[::-1])
    with pytest.raises(sweep.SweepError, match=r"the order of axes is .* here"):
        sweep.run(turned, reference)


def test_another_version_is_refused(reference, tmp_path):
    store = tmp_path / "x.zarr"
    shutil.copytree(reference, store)
    attributes = json.loads((store / ".zattrs").read_text())
    (store / ".zattrs").write_text(json.dumps(attributes | {"basin_version": "0.0.1"}))
    with pytest.raises(sweep.SweepError, match=r"basin is .* here and 0\.0\.1 in the store"):
        sweep.run(small(), store)


def test_words_change_no_store(reference, tmp_path):
    store = tmp_path / "x.zarr"
    shutil.copytree(reference, store)
    assert sweep.run(replace(small(), title="Other words", budget=3.0), store).done == 84


@pytest.mark.parametrize("what", ["a file", "a folder", "a result"])
def test_what_is_no_store_is_left_alone(tmp_path, what):
    store = tmp_path / "x.zarr"
    if what == "a file":
        store.write_text("mine")
    elif what == "a folder":
        (store / "mine").mkdir(parents=True)
    else:
        basin.datasets.save(basin.run("value-learner", runs=2), store)
    with pytest.raises(sweep.SweepError, match="is no store of a sweep"):
        sweep.run(small(), store)
    assert store.exists()


@pytest.mark.parametrize(("name", "said"), [("x.nc", "ends in .zarr"), ("nowhere/x.zarr", "there is no folder")])
def test_names_that_no_store_has(tmp_path, name, said):
    with pytest.raises(ValueError, match=said):
        sweep.run(small(), tmp_path / name)


def test_two_processes_on_one_store(reference, tmp_path):
    store = tmp_path / "x.zarr"
    shutil.copytree(reference, store)
    opened = sweep.open_store(store)
    opened.array("done")[opened.box(0)] = TO_DO
    with opened.locked():
        code = "import sys, basin.sweep as s; from tests.sweep.small import small; s.run(small(), sys.argv[1])"
        second = subprocess.run([sys.executable, "-c", code, store], capture_output=True, text=True)
    assert f"process {os.getpid()} on " in second.stderr and "is working on it" in second.stderr
    assert sweep.run(small(), store).done == 84


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more(reference, tmp_path, monkeypatch, number):
    store, written, put = tmp_path / "x.zarr", [], running.Store.write

    def write(self, task, variables, done):
        written.append(task)
        if len(written) > 4:
            with running_writing(self.path):
                raise OSError(number, os.strerror(number))
        put(self, task, variables, done)

    from basin.sweep.store import writing as running_writing

    monkeypatch.setattr(running.Store, "write", write)
    with pytest.raises(sweep.StoreError, match="cannot be written") as error:
        sweep.run(small(), store, points_per_task=7, threads=1)
    assert "\n" not in str(error.value) and "the same command goes on" in str(error.value)
    monkeypatch.undo()
    assert 0 < (sweep.open_store(store).state() == COMPUTED).sum() < 84
    assert sweep.run(small(), store).done == 84
    same(store, reference)


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, and what changes it: needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options):
        return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True).returncode == 0

    if sys.platform != "linux" or not shutil.which("mount") or not mount("size=300k"):
        pytest.skip("mounting a disk needs Linux and root: run it as root, or in a container with --privileged")
    yield place, lambda options: mount(f"remount,{options}")
    subprocess.run(["umount", place], check=True)


def test_a_real_disk_that_is_full_and_then_only_read(reference, disk):
    place, change = disk
    with pytest.raises(sweep.StoreError, match="no space left on the disk; what is computed is kept"):
        sweep.run(small(), place / "x.zarr", points_per_task=1)
    assert change("size=9m") and sweep.run(small(), place / "x.zarr").done == 84
    same(place / "x.zarr", reference)
    assert change("ro") and sweep.run(small(), place / "x.zarr").done == 84
    with pytest.raises(sweep.StoreError, match="the disk can only be read"):
        sweep.run(small(), place / "y.zarr")


def test_a_folder_that_can_only_be_read(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(sweep.StoreError, match=r"x\.zarr: cannot be written"):
        sweep.run(small(), tmp_path / "x.zarr")
    assert list(tmp_path.iterdir()) == []


def test_points_that_fail_are_told_apart_and_tried_again(tmp_path):
    calls, real = [], running.compute

    def compute_some(meant, points):
        calls.append(list(points))
        if 5 in points or 40 in points:
            raise ZeroDivisionError("by chance")
        return real(meant, points)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "compute", compute_some)
        report = sweep.run(small(), tmp_path / "x.zarr", points_per_task=7)
    assert (report.done, report.failed, len(report.failures)) == (82, 2, 2)
    assert all(why == "ZeroDivisionError: by chance" for why in report.failures.values())
    assert any("motives.care = " in point and "objection = " in point for point in report.failures)
    opened = sweep.open_store(tmp_path / "x.zarr")
    assert set(np.flatnonzero(opened.state() == FAILED)) == {5, 40} == set(opened.failures())
    assert sum(5 in points for points in calls) == 4  # twice with its task, and twice alone
    report = sweep.run(small(), tmp_path / "x.zarr")
    assert (report.done, report.failed, report.failures) == (84, 0, {})
    assert opened.failures() == {}


def test_a_point_that_is_no_scenario(tmp_path):
    asked = sweep.parse("""
        scenario = "near-aligned-llm"
        runs = 2
        [set]
        outcome.horizon = 30
        [axes]
        "belief.spread" = [1.0, 1e3]
        "belief.assumed_noise" = [1.0, 1e-2]
    """)
    report = sweep.run(asked, tmp_path / "x.zarr")
    assert (report.done, report.failed) == (3, 1)
    ((point, why),) = report.failures.items()
    assert (point == "belief.spread = 1000, belief.assumed_noise = 0.01" and "1e4" in why) or "10000" in why


@pytest.mark.parametrize("name", ["aligned", "done"])
def test_an_axis_that_is_called_as_results_are(tmp_path, name):
    asked = sweep.parse(f"""
        scenario = "value-learner"
        runs = 1
        [set]
        outcome.horizon = 20
        [axes]
        {name} = {{ "motives.care" = [0.1, 0.2], "belief.spread" = [1.0, 2.0] }}
    """)
    with pytest.raises(sweep.SweepError, match="an axis cannot be called so"):
        sweep.run(asked, tmp_path / "x.zarr")
    assert list(tmp_path.iterdir()) == []


def test_no_point_is_a_scenario(tmp_path):
    asked = sweep.parse("""
        scenario = "near-aligned-llm"
        [axes]
        "belief.spread" = [1e3, 2e3]
        "belief.assumed_noise" = [1e-2, 1e-3]
    """)
    with pytest.raises(sweep.SweepError, match=r"no point can be computed: belief.spread = 1000\.0: must be"):
        sweep.run(asked, tmp_path / "x.zarr")
    assert list(tmp_path.iterdir()) == []


def test_a_budget_and_a_cancel(reference, tmp_path):
    store, stop = tmp_path / "x.zarr", threading.Event()
    report = sweep.run(replace(small(), budget=1e-6), store, points_per_task=7)
    assert (report.done, report.stopped) == (0, "the budget is spent")
    report = sweep.run(small(), store, threads=1, cancel=stop, progress=lambda done, total: stop.set() if done >= 14 else None)
    assert 14 <= report.done < 84 and report.stopped == "stopped"
    assert sweep.run(small(), store).done == 84
    same(store, reference)


def test_progress_counts_points(tmp_path):
    heard = []
    sweep.run(small(), tmp_path / "x.zarr", points_per_task=7, threads=1, progress=lambda *seen: heard.append(seen))
    assert heard == sorted(heard) and heard[-1] == (84, 84) and len(heard) == 12
