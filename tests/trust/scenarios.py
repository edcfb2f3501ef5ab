"""Any scenario that can be run gives numbers that make sense; anything else gets one clear line.

    python -m tests.trust.scenarios --examples 10000          # all of them
    python -m tests.trust.scenarios --examples 500 --part 3   # the fourth 500

A part is a seed of hypothesis: the same scenarios every time, others in every part.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from basin import api
from basin.choices import ChoiceError
from basin.engine.compile import LANES
from basin.graphs import GraphError
from basin.requirements import RequirementsError
from basin.scenario import Scenario, ScenarioError, load
from basin.simulate import SimulationError, execute, populations, simulate, trajectory
from basin.simulate.beliefs import final_beliefs
from tests.cli.calling import call
from tests.engine.drive import unpacked
from tests.engine.drive_crowd import CrowdDrive
from tests.sound import (
    assert_sound_beliefs,
    assert_sound_episodes,
    assert_sound_population,
    assert_sound_runs,
    assert_sound_summary,
)
from tests.strategies import as_text
from tests.trust.drawn import Broken, broken, lay_out, runnable

REFUSALS = (ScenarioError, SimulationError, GraphError, ChoiceError, RequirementsError)
RUNS, SEED = 6, 2**33 + 5
# A part, by kinds, each drawn by itself: hypothesis goes on with what it had, and would come to prefer some of them
KINDS = {"lone": 160, "many": 160, "change": 120, "no TOML": 30, "bytes": 10, "section": 20}
PART = sum(KINDS.values())
populating = sys.modules["basin.simulate.populations"]  # where a function of the same name hides it


# ---- What can be run -----------------------------------------------------------------------------------------------


def check_runnable(s: Scenario) -> str:
    """Run it in every way there is, and look at every number. Returns of what shape it was."""
    if s.population.agents > 1:
        check_population(s)
        return "population"
    runs = simulate(s, RUNS, SEED, threads=1)
    assert_sound_runs(s, runs.columns)
    assert_sound_summary(api.summary(runs, expected=False), RUNS)
    with patch.object(execute, "CHUNK", 2):
        again = simulate(s, RUNS, SEED, threads=3)
    assert_same(runs.columns, again.columns)
    path = trajectory(s, RUNS, SEED, threads=1)
    assert_sound_episodes(s, path)
    assert np.array_equal(path.label, runs.label) and np.array_equal(path.time, runs.columns["time"])
    beliefs = final_beliefs(s, RUNS, SEED, threads=1)
    assert_sound_beliefs(s, beliefs.mean, beliefs.covariance)
    assert np.allclose(np.linalg.norm(beliefs.values, axis=-1), 1, rtol=0, atol=1e-9)
    return "skeleton too" if check_skeleton(s) else "lone agent"


def check_skeleton(s: Scenario) -> bool:
    """The same without chance. Returns whether there is a rule for it."""
    try:
        runs = simulate(s, 1, expected=True)
    except SimulationError as refusal:
        assert "skeleton" in str(refusal) and "\n" not in str(refusal)
        return False
    assert_sound_runs(s, runs.columns)
    assert_sound_summary(api.summary(runs, expected=True), 1)
    assert_sound_episodes(s, trajectory(s, 1, expected=True))
    return True


def check_population(s: Scenario) -> None:
    found = list(populations(s, 2, SEED, watch=2, moments=7, threads=1))
    for population in found:
        assert_sound_population(s, population)
    with patch.object(populating, "WORTH_A_THREAD", 1), patch.object(populating, "CROWD", 1):
        again = list(populations(s, 2, SEED, watch=2, moments=7, threads=3))
    for one, other in zip(found, again, strict=True):
        assert_same(one.columns, other.columns)
        assert np.array_equal(one.belief, other.belief, equal_nan=True) and np.array_equal(one.mean, other.mean)
    count = 2 * int(found[0].agents.sum())  # two populations: one alone has no intervals
    runs = simulate(s, count, SEED, threads=1)
    assert_sound_runs(s, runs.columns)
    assert_sound_summary(api.summary(runs, expected=False), count)
    drive = CrowdDrive(s, 1, SEED)
    for _ in drive.episodes():
        pass
    agents = drive.crowd.lane[drive.crowd.lane >= 0]
    block, lane = agents // LANES, agents % LANES
    shares = drive.crowd.shares[block, :, lane]
    assert (shares >= 0).all() and np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-12)
    V = unpacked(drive.crowd.V[block, :, lane].T, drive.mix.rules.features)
    assert_sound_beliefs(s, drive.crowd.m[block, :, lane], V)


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    for name in one:
        assert np.array_equal(one[name], other[name], equal_nan=True), name


# ---- What cannot ---------------------------------------------------------------------------------------------------


def check_refused(asked: Broken, folder: Path) -> str:
    """One line from Python, and the same, with exit code 2, from the command line."""
    path = folder / "asked.toml"
    path.write_bytes(asked.text if isinstance(asked.text, bytes) else asked.text.encode())
    line = refusal(path, asked)
    assert "\n" not in line and len(line) < 1000, line
    assert any(name in line for name in asked.names), (line, asked.names)
    overrides = [word for change in asked.changes.items() for word in ("--set", as_text(*change))]
    code, out, err = call("run", path, "--runs", 2, "--json", *overrides)
    assert (code, out) == (2, "") and err.startswith("basin: ") and err.count("\n") == 1, (code, out, err)
    return "refused"


def refusal(path: Path, asked: Broken) -> str:
    """What is said. Raises AssertionError where nothing is; any other kind of error comes through."""
    try:
        s = load(path).with_(asked.changes)
    except ScenarioError as error:
        assert not asked.runs, error
        return str(error)
    assert asked.runs, s
    try:
        simulate(s, 2)
    except REFUSALS as error:
        return str(error)
    raise AssertionError(f"it ran: {asked.changes}")


# ---- Many ----------------------------------------------------------------------------------------------------------


def check(part: int, examples: int = PART) -> Counter[str]:
    """Draw and check about so many, by kinds as in KINDS. Returns how many there were of each shape."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder)
        for kind, count in KINDS.items():
            valid = kind in ("lone", "many")
            drawn = runnable(folder, many=kind == "many") if valid else broken(kind)
            _check(drawn, part, max(1, round(examples * count / PART)), folder, counts)
    return counts


def _check(strategy: st.SearchStrategy, part: int, examples: int, folder: Path, counts: Counter[str]) -> None:
    @seed(part)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(drawn: Scenario | Broken) -> None:
        shape = check_refused(drawn, folder) if isinstance(drawn, Broken) else check_runnable(drawn)
        counts[shape] += 1

    one()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.trust.scenarios", description="Check scenarios that nobody chose.")
    parser.add_argument("--examples", type=int, default=PART)
    parser.add_argument("--part", type=int, default=0, help=f"begin with this part; a part is {PART} examples")
    asked = parser.parse_args()
    began, counts = time.monotonic(), Counter()
    for first in range(0, asked.examples, PART):
        part = asked.part + first // PART
        counts += check(part, min(PART, asked.examples - first))
        invalid = counts["refused"]
        said = ", ".join(f"{count} {shape}" for shape, count in sorted(counts.items()))
        taken = time.monotonic() - began
        print(f"to part {part}: {counts.total() - invalid} valid, {invalid} invalid ({said}); {taken:.0f} s", flush=True)


if __name__ == "__main__":
    main()
