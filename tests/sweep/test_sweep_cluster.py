"""Sweeps on dask.distributed: the same bits as here, whoever dies."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from basin import sweep
from tests.sweep.small import compute, same, small

pytest.importorskip("distributed", reason="needs dask: pip install distributed")
ROOT = Path(__file__).resolve().parents[2]
SEEN = os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return compute(tmp_path_factory.mktemp("here"))


class Cluster:
    """A scheduler and workers as people start them: processes of their own."""

    def __init__(self, folder, workers=1):
        from distributed.utils import open_port

        self.address = f"tcp://127.0.0.1:{open_port('127.0.0.1')}"
        self.folder = folder
        self.server = self.start("scheduler", "--host", self.address, "--no-dashboard")
        self.workers = [self.worker() for _ in range(workers)]

    def start(self, *words):
        call = [sys.executable, "-m", "dask", *words]
        return subprocess.Popen(
            call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=SEEN, cwd=self.folder, start_new_session=True
        )

    def worker(self):
        return self.start("worker", self.address, "--nthreads", "1", "--no-dashboard", "--death-timeout", "10", "--no-nanny")

    def stop(self):
        for one in [*self.workers, self.server]:
            one.kill()
            one.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.stop()


def test_processes_of_this_machine(reference, tmp_path):
    store = compute(tmp_path, points_per_task=10, local_cluster=2)
    same(store, reference)


def begun(store, tasks, timeout=60):
    """Waits until so many tasks of a store are done."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if len(list((store / "done").glob("*.*.*"))) >= tasks:
            return
        time.sleep(0.005)
    raise TimeoutError


@pytest.mark.slow
def test_a_scheduler_that_dies_leaves_a_store_that_goes_on(cluster, reference, tmp_path):
    store = tmp_path / "x.zarr"
    killer = threading.Thread(target=lambda: (begun(store, 3), cluster.server.kill()))
    killer.start()
    try:
        report = sweep.run(small(), store, scheduler=cluster.address, points_per_task=1)
        assert report.failed or report.done == report.points  # the last tasks may have been under way
    except sweep.SweepError as error:
        assert "the scheduler is gone; the same command goes on" in str(error)
    killer.join()
    assert sweep.run(small(), store).done == 84
    same(store, reference)


def test_without_the_library_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"a cluster needs distributed: pip install 'basin\[cluster\]'"):
        sweep.run(small(), tmp_path / "x.zarr", local_cluster=1)


def test_no_scheduler_there(tmp_path, monkeypatch):
    monkeypatch.setattr("basin.sweep.cluster.PATIENCE", 1)
    with pytest.raises(sweep.SweepError, match="no scheduler with workers answers there"):
        sweep.run(small(), tmp_path / "x.zarr", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(sweep.SweepError, match="not both"):
        sweep.run(small(), tmp_path / "x.zarr", scheduler="tcp://127.0.0.1:9", local_cluster=1)


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(5))
def test_a_worker_that_is_killed(cluster, reference, tmp_path, trial):
    store = tmp_path / "x.zarr"
    cluster.workers.append(cluster.worker())

    def kill():
        begun(store, random.Random(trial).randint(1, 40))
        cluster.workers[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    report = sweep.run(small(), store, scheduler=cluster.address, points_per_task=1)
    killer.join()
    assert (report.done, report.failed) == (84, 0)
    same(store, reference)


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(5))
def test_a_scheduler_that_is_killed(cluster, reference, tmp_path, trial):
    store = tmp_path / "x.zarr"

    def kill():
        begun(store, random.Random(trial).randint(1, 40))
        cluster.server.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        sweep.run(small(), store, scheduler=cluster.address, points_per_task=1)
    except sweep.SweepError:
        pass
    killer.join()
    assert sweep.run(small(), store).done == 84
    same(store, reference)


@pytest.mark.slow
def test_a_worker_of_a_local_cluster_that_is_killed(reference, tmp_path):
    store = tmp_path / "x.zarr"

    def kill():
        begun(store, 5)
        workers = [one for one in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(one.cmdline())]
        workers[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    report = sweep.run(small(), store, local_cluster=2, points_per_task=1)
    killer.join()
    assert report.done == 84
    same(store, reference)
