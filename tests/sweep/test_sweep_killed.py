"""Nothing is lost: whatever is killed, and when, the same call goes on to the same bits."""

from __future__ import annotations

import multiprocessing
import random
import time

import pytest

from basin import sweep
from tests.sweep.killed import POINTS, begin
from tests.sweep.small import compute, contents, same


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return compute(tmp_path_factory.mktemp("whole"), points_per_task=POINTS)


@pytest.fixture(scope="module")
def processes():
    """Processes that begin at once: they are copies of one that has loaded everything."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("needs forkserver processes: run it on Linux or macOS")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.sweep.killed"])
    return context


@pytest.mark.parametrize("trials", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_a_process_that_is_killed_at_any_moment(processes, reference, tmp_path, trials):
    span = min(_seconds(processes, tmp_path / f"whole-{trial}.zarr") for trial in range(3))
    chance, killed, cut = random.Random(trials), 0, 0
    for trial in range(trials):
        store = tmp_path / f"{trial}.zarr"
        while True:
            process = processes.Process(target=begin, args=(store,))
            process.start()
            process.join(chance.uniform(0, 1.2 * span))
            if not process.is_alive():
                assert process.exitcode == 0
                break
            process.kill()
            process.join()
            killed += 1
            if store.exists():
                done = sweep.open_store(store).state()
                cut += bool(0 < (done == 1).sum() < len(done))
                # what says that it is done is done: after the data, never before
                found, whole = contents(store), contents(reference)
                ready = found["done"] == 1
                for name in found.data_vars:
                    assert found[name].where(ready).equals(whole[name].where(ready)), name
        same(store, reference)
    assert killed >= trials / 2 and cut >= trials / 8  # it was killed, and in the middle


def _seconds(processes, store):
    process = processes.Process(target=begin, args=(store,))
    begun = time.monotonic()
    process.start()
    process.join()
    return time.monotonic() - begun
