"""Ctrl-C and SIGTERM: the exit code says so, one line says what was kept, and no file is half-written."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import xarray as xr

from basin import datasets, simulate
from basin.cli import stopping
from tests.cli.calling import SHORT, call

# A map that never ends, in a process that says when it has begun to simulate
ENDLESS = """
import sys
from contextlib import contextmanager
from basin.cli import main, map

@contextmanager
def progress(quiet):
    yield lambda done, total: print("simulating", flush=True)

map.progress = progress
endless = ["--set", "outcome.horizon=1000000", "--set", "outcome.exit=none"]
sys.exit(main(["map", "value-learner", *endless, "--out", sys.argv[1]]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_map_leaves_the_old_result(number, code, tmp_path):
    path = tmp_path / "map.nc"
    assert call("map", "value-learner", "--n", 3, "--quiet", "--out", path, *SHORT).code == 0
    before = path.read_bytes()
    command = [sys.executable, "-c", ENDLESS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "simulating\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
    assert process.returncode == code
    assert err.count("\n") == 1 and "nothing was written" in err and "run it again" in err
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.nc"]


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_stopped_while_writing(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"runs{suffix}"
    assert call("run", "value-learner", "--runs", 2, "--quiet", "--out", path, *SHORT).code == 0
    old = datasets.open(path)

    def write(self, partial, **_):
        os.mkdir(partial) if suffix == ".zarr" else open(partial, "w").close()
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(xr.Dataset, "to_netcdf" if suffix == ".nc" else "to_zarr", write)
    code, out, err = call("run", "value-learner", "--runs", 3, "--json", "--out", path, *SHORT)
    assert code == 130 and out == "" and err.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    xr.testing.assert_identical(datasets.open(path), old)


def test_stopped_in_the_middle_of_a_simulation(monkeypatch):
    execute = simulate.runs.execute

    def interrupted(*arguments, **options):
        for chunk in execute(*arguments, **options):
            os.kill(os.getpid(), signal.SIGTERM)
            yield chunk

    monkeypatch.setattr(simulate.runs, "execute", interrupted)
    assert call("run", "value-learner", "--runs", 5000, *SHORT).code == 143
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("basin")]
    monkeypatch.undo()
    assert call("run", "value-learner", "--runs", 3, *SHORT).code == 0  # the next command starts afresh


def test_asked_twice_it_does_not_wait():
    script = """
import os, signal, time
from basin import api
from basin.cli import main, stopping

def busy(*_, **__):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    except stopping.Stopped:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

api.map = busy
main(["map", "value-learner"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50)
    assert done.returncode == 130 and "nothing was written" in done.stderr and done.stderr.count("\n") == 1


def test_what_was_kept_is_said(monkeypatch):
    from basin.cli import run

    def stopped(*_):
        stopping.kept.append("demo/one.html")
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run, "check_out", stopped)
    code, _, err = call("run", "value-learner")
    assert code == 130 and "kept demo/one.html" in err


def test_a_stop_that_only_the_simulation_noticed(monkeypatch):
    """A signal can arrive where Python ignores exceptions, in a destructor: the simulation's flag is then what stops it."""
    from basin import api

    def swallowed(*_, **options):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        except stopping.Stopped:
            pass
        assert options["cancel"].is_set()
        raise simulate.Cancelled

    monkeypatch.setattr(api, "map", swallowed)
    code, _, err = call("map", "value-learner")
    assert code == 130 and "stopped" in err


def test_signals_that_are_ignored_stay_ignored(monkeypatch):
    from basin.cli import run

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        monkeypatch.setattr(run, "check_out", lambda _: os.kill(os.getpid(), signal.SIGINT))
        assert call("run", "value-learner", "--runs", 2, *SHORT).code == 0
    finally:
        signal.signal(signal.SIGINT, before)


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    call("scenarios")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
