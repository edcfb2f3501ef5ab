"""The same scenario and seed give the same bits, however the work is arranged and on whatever processor."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from basin.scenario import Scenario, load
from basin.simulate import execute as executing
from basin.simulate import mapper, simulate, trajectory
from tests.engine.cases import CASES, EVERYTHING, PLEASE, SKELETON, TABLE, scenario

# Scenarios that between them use every stage, small enough for plain Python
SMALL = {"outcome.dwell": 3, "values.features": 5}

STAGED = {
    "personas.cast": [{"name": "a", "care": 1.0, "gain": 2.0}, {"name": "b", "please": 1.0}],
    "personas.switch": 0.4,
    "phases": [
        {"name": "early", "episodes": 2, "reflection.rule": "logit"},
        {"name": "late", "motives.weighing": "direction"},
    ],
}

PRINT = """
from tests.engine.test_bits import small_digests
print(small_digests(), end="")
"""


def small_scenarios() -> list[tuple[str, Scenario]]:
    return [
        ("default", scenario(SMALL, 6)),
        ("everything", scenario(EVERYTHING | SMALL, 6)),
        ("choices", scenario(SMALL | TABLE | {"evidence.choices": 1.0}, 6)),
        ("logit", scenario(SMALL | {"reflection.rule": "logit", "motives.own": [PLEASE], "evidence.design": "axes"}, 6)),
        ("people", scenario(CASES["extrapolated values"] | SMALL, 6)),
        ("culture on a stage in phases", scenario(CASES["evolved values"] | STAGED | SMALL, 6)),
    ]


def small_skeletons() -> list[tuple[str, Scenario]]:
    """With one feature more than the skeleton's directions take."""
    small = SMALL | {"values.features": 9}
    names = ("soft gate, tilted people", "motives", "blind", "personas")
    return [(name, scenario(SKELETON[name] | small, 4)) for name in names]


def small_exits() -> tuple[bytes, bytes, int]:
    """Labels and times of runs that lock in or whose ends are certified, and the number of episodes that took."""
    changes = {"outcome.exit": "certified", "reflection.strength": 2.0, "belief.knowledge": -0.5, "world.tolerance": 0.0}
    ends = mapper(scenario(SMALL | changes, 40), ["motives.care", "world.hazard"], 5)
    labels = ends(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.5]]), seed=3)
    return labels.label.tobytes(), labels.time.tobytes(), ends.episodes


def digest_of(columns: dict[str, np.ndarray]) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(column).tobytes() for column in columns.values())).hexdigest()


def digest(s: Scenario, runs: int, **options) -> str:
    return digest_of(simulate(s, runs, 7, **options).columns)


def small_digests() -> str:
    lines = [f"{name} {digest(s, 5)}" for name, s in small_scenarios()]
    lines += [f"{name}, the skeleton {digest(s, 1, expected=True)}" for name, s in small_skeletons()]
    lines.append(f"exits {small_exits()}")
    lines += [f"{name}, episode by episode {digest_of(trajectory(s, 2, 7).columns)}" for name, s in small_scenarios()[:2]]
    return "\n".join([*lines, ""])


def elsewhere(**environment: str) -> str:
    """What another interpreter prints, under other settings."""
    settings = {**os.environ, "PYTHONPATH": os.getcwd(), **environment}
    done = subprocess.run([sys.executable, "-c", PRINT], env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_plain_python_gives_the_same_bits() -> None:
    assert elsewhere(NUMBA_DISABLE_JIT="1", BASIN_LANES="16") == small_digests()


@pytest.mark.slow
@pytest.mark.parametrize("lanes", ["16", "32", "128"])
def test_lane_width(lanes: str) -> None:
    assert elsewhere(BASIN_LANES=lanes) == small_digests()


@pytest.mark.slow
def test_generic_processor() -> None:
    assert elsewhere(NUMBA_CPU_NAME="generic") == small_digests()


@pytest.mark.parametrize("name", ["value-learner", "near-aligned-llm"])
def test_threads(name: str) -> None:
    s = load(name).with_({"outcome.horizon": 50})
    assert digest(s, 5000, threads=1) == digest(s, 5000, threads=2)


def test_chunks_and_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    s = load("near-aligned-llm").with_({"outcome.horizon": 60, "world.hazard": 0.05})
    whole = digest(s, 700)
    monkeypatch.setattr(executing, "CHUNK", 100)
    monkeypatch.setattr(executing, "SLICE", 7)
    assert digest(s, 700) == whole


def test_cells_are_runs_of_their_own_scenario() -> None:
    """Run r of cell c is run number c·runs + r of the scenario with the cell's parameters: neighbours do not matter."""
    s = load("near-aligned-llm").with_({"outcome.exit": "none", "outcome.horizon": 80})
    points = np.array([[0.1, 5.0, 0.9], [0.9, 64.0, 0.2], [0.5, 1.0, 0.5], [0.5, 8.0, 0.0]])
    paths = ["motives.care", "planning.candidates", "evidence.comparisons"]
    labels = mapper(s, paths, 6)(points, seed=3)
    for cell, point in enumerate(points):
        alone = s.with_({path: int(v) if "candidates" in path else float(v) for path, v in zip(paths, point, strict=True)})
        runs = simulate(alone, 24, 3)
        assert np.array_equal(labels.label[cell], runs.label[6 * cell : 6 * cell + 6])
        assert np.array_equal(labels.time[cell], runs.columns["time"][6 * cell : 6 * cell + 6])


def test_refilled_lanes_are_as_good_as_new() -> None:
    """Unequal horizons: lanes end at different times and take up other runs."""
    s = load("value-learner").with_({"outcome.dwell": 5})
    horizons = np.linspace(5, 120, 90).round()
    labels = mapper(s, ["outcome.horizon"], 3)(horizons[:, None], seed=1)
    for cell in (0, 17, 40, 89):
        runs = simulate(s.with_({"outcome.horizon": int(horizons[cell])}), 3 * cell + 3, 1)
        assert np.array_equal(labels.time[cell], runs.columns["time"][3 * cell :])


def test_features_may_differ_between_cells() -> None:
    s = load("value-learner").with_({"outcome.horizon": 40})
    labels = mapper(s, ["values.features", "motives.care"], 2)(np.array([[4, 0.3], [9, 0.9], [4, 0.6]]), seed=2)
    for cell, (d, care) in enumerate([(4, 0.3), (9, 0.9), (4, 0.6)]):
        runs = simulate(s.with_({"values.features": d, "motives.care": care}), 6, 2)
        assert np.array_equal(labels.time[cell], runs.columns["time"][2 * cell : 2 * cell + 2])


def test_a_trajectory_is_the_same_run() -> None:
    s = scenario(EVERYTHING, 40)
    paths, runs = trajectory(s, 70, 5), simulate(s, 70, 5)
    assert np.array_equal(paths.label, runs.label)
    assert np.array_equal(paths.time, runs.columns["time"])
    for name in ("harm", "welfare"):
        last = np.array([column[~np.isnan(column)][-1] for column in paths.columns[name]])
        assert np.array_equal(last, runs.columns[name])


def test_more_runs_do_not_change_the_first() -> None:
    s = load("near-aligned-llm").with_({"outcome.horizon": 30})
    few, many = simulate(s, 10, 4), simulate(s, 3000, 4)
    assert all(np.array_equal(few.columns[name], many.columns[name][:10]) for name in few.columns)


def test_seeds_differ_and_zero_is_one_of_them() -> None:
    s = load("value-learner").with_({"outcome.horizon": 30})
    assert digest(s, 20) == digest(s, 20)
    first, second = (simulate(s, 20, seed).columns["welfare"] for seed in (0, 2**63))
    assert not np.isclose(first, second).any()


def test_one_machine_code_serves_every_scenario() -> None:
    """Warming the kernels once is enough: no scenario brings array types of its own."""
    from basin.engine.block import advance

    for _, s in small_scenarios():
        simulate(s, 2, 0)
        trajectory(s, 2, 0)
    simulate(scenario(EVERYTHING | SMALL, 6), 2, 0)
    assert len(advance.signatures) == 1
