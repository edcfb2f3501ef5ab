"""Sweeps that are killed again and again: `python -m tests.bench.sweep_soak [--minutes 60] [--seed 0]`.

Rounds of one sweep, each into a store of its own, by threads and by processes of a cluster in turn. `basin sweep` is begun and
killed after a random time, everything it started with it, until one call comes to its end. After every kill: no point that
was done before is lost, and whatever counts as done has the bits of the undisturbed sweep; after the last, so has all of it.
Prints kills, points that were done again, the most memory a call had in the first rounds and in the last, and what was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.sweep.small import contents

ROOT = Path(__file__).parent.parent.parent
TEXT = """
title = "Soak"
scenario = "near-aligned-llm"
objections = ["none", "fast-takeoff"]
runs = 256
[axes]
"capability.growth" = { lo = 0.001, hi = 1, n = 8, log = true }
"motives.care" = { lo = 0.02, hi = 0.98, n = 8 }
"""
EXECUTORS = ((), ("--local-cluster", "2"))
EARLIEST, LATEST = 0.2, 1.2  # when a call is killed, in times that an undisturbed one takes


@dataclass
class Tally:
    """What happened. memory: MiB, the most of each call, of the process that was begun."""

    rounds: int = 0
    calls: int = 0
    killed: int = 0
    midway: int = 0  # with some points done and some not
    lost: int = 0  # points that were done, and then were not
    wrong: int = 0  # points that count as done with other bits
    failed: list[str] = field(default_factory=list)  # calls that ended by themselves with another code than 0
    memory: list[float] = field(default_factory=list)


def begin(file: Path, store: Path, options: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """`basin sweep` in a session of its own, so that all of it can be killed."""
    command = [sys.executable, "-m", "basin", "sweep", str(file), "--out", str(store), "--quiet", *options]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def most_memory(process: subprocess.Popen[bytes]) -> float:
    """Of a living process so far, MiB; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def undisturbed(file: Path, store: Path, options: tuple[str, ...]) -> float:
    """Seconds of a call that nobody kills."""
    begun = time.monotonic()
    process = begin(file, store, options)
    said = process.communicate()[1].decode()
    if process.returncode:
        raise RuntimeError(f"an undisturbed sweep failed: {said.strip()}")
    return time.monotonic() - begun


def one_round(
    file: Path, store: Path, whole: Path, options: tuple[str, ...], span: float, chance: random.Random, tally: Tally
) -> None:
    """Kill until a call ends by itself, and compare after each. span: seconds of an undisturbed call."""
    done = np.zeros(0, dtype=bool)
    while True:
        process = begin(file, store, options)
        tally.calls += 1
        end, memory = time.monotonic() + span * chance.uniform(EARLIEST, LATEST), 0.0
        while process.poll() is None and time.monotonic() < end:
            memory = max(memory, most_memory(process))
            time.sleep(0.05)
        tally.memory.append(memory)
        finished = process.poll() is not None
        if finished:
            said = process.communicate()[1].decode()
            if process.returncode:
                tally.failed.append(said.strip().splitlines()[-1] if said.strip() else f"code {process.returncode}")
        else:
            kill(process)
            tally.killed += 1
        if store.exists():
            done = compare(store, whole, done, tally)
        if finished:
            tally.wrong += int(not done.all())
            return


def compare(store: Path, whole: Path, before: np.ndarray, tally: Tally) -> np.ndarray:
    """Which points are done now."""
    found, right = contents(store), contents(whole)
    ready = found["done"] == 1
    for name in found.data_vars:
        if name != "done" and not found[name].where(ready).equals(right[name].where(ready)):
            tally.wrong += 1
    done = ready.values.ravel()
    if before.size:
        tally.lost += int((before & ~done).sum())
    tally.midway += int(0 < done.sum() < done.size)
    return done


def soak(seconds: float, seed: int, folder: Path) -> Tally:
    file, whole = folder / "soak.toml", folder / "whole-0.zarr"
    file.write_text(TEXT)
    undisturbed(file, folder / "first.zarr", ())  # may have to compile, which would be taken for what a sweep takes
    spans = [undisturbed(file, folder / f"whole-{at}.zarr", options) for at, options in enumerate(EXECUTORS)]
    tally, chance, end = Tally(), random.Random(seed), time.monotonic() + seconds
    while tally.rounds == 0 or time.monotonic() < end:
        store = folder / f"{tally.rounds}.zarr"
        turn = tally.rounds % len(EXECUTORS)
        one_round(file, store, whole, EXECUTORS[turn], spans[turn], chance, tally)
        tally.rounds += 1
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="basin-soak-") as folder:
        tally = soak(60 * asked.minutes, asked.seed, Path(folder))
    part = max(1, len(tally.memory) // 4)
    first, last = (statistics.median(some) for some in (tally.memory[:part], tally.memory[-part:]))
    print(f"{tally.rounds} sweeps in {tally.calls} calls, {tally.killed} killed, {tally.midway} of them midway")
    print(f"points lost: {tally.lost}; with other bits: {tally.wrong}; calls that failed: {len(tally.failed)}")
    print(f"most memory of a call, median: {first:.0f} MiB in the first quarter, {last:.0f} MiB in the last")
    for said in tally.failed:
        print(f"  {said}")
    return int(bool(tally.lost or tally.wrong or tally.failed))


if __name__ == "__main__":
    sys.exit(main())
