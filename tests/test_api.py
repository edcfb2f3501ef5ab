"""What people call from Python."""

import subprocess
import sys
import threading

import numpy as np
import pytest

import basin
from basin import simulate
from basin.analysis import AxisError

SHORT = {"outcome.horizon": 40, "values.features": 3}


@pytest.fixture(scope="module")
def scenario():
    return basin.load("near-aligned-llm").with_(SHORT)


def test_importing_basin_is_free():
    script = """
import sys, time
begun = time.perf_counter()
import basin
print(time.perf_counter() - begun, "numpy" in sys.modules, "xarray" in sys.modules)
"""
    best = min(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.split() for _ in range(3))
    assert float(best[0]) < 0.05 and best[1:] == ["False", "False"]


def test_everything_that_is_offered_exists():
    for name in basin.__all__:
        assert getattr(basin, name) is getattr(basin, name)
        assert name in dir(basin)
    with pytest.raises(AttributeError, match="sizes"):
        basin.sizes  # noqa: B018


def test_scenarios_by_name_path_and_object_are_the_same(scenario, tmp_path):
    basin.scenario.save(scenario, tmp_path / "mine.toml")
    one, other = basin.run(scenario, runs=3), basin.run(tmp_path / "mine.toml", runs=3)
    assert one.identical(other)
    assert basin.run("value-learner", runs=1, expected=True).attrs["scenario"] == "value-learner"


def test_runs_are_those_of_the_engine(scenario):
    found, known = basin.run(scenario, runs=7, seed=3), simulate.simulate(scenario, 7, 3)
    assert np.array_equal(found["label"], known.label)
    assert np.array_equal(found["welfare"], known.columns["welfare"])


def test_trajectories_are_of_the_same_runs(scenario):
    runs, path = basin.run(scenario, runs=4, seed=5), basin.trajectory(scenario, runs=4, seed=5)
    assert np.array_equal(runs["label"], path["label"])
    assert np.array_equal(runs["harm"], path["harm"].isel(episode=-1))
    np.testing.assert_allclose(path["share"].sum("motive"), 1)


def test_results_do_not_depend_on_threads(scenario):
    one, two = (basin.map(scenario, n=24, runs=4, seed=1, threads=threads) for threads in (1, 2))
    assert one.identical(two)


def test_a_map_runs_over_what_is_asked_for(scenario):
    field = basin.map(scenario, x=("values.features", 1, 4), y=("oversight.audit", 0.01, 1, "log"), n=6, runs=1)
    assert field["x"].values.tolist() == [1, 2, 3, 4]
    assert field["x"].attrs == {
        "path": "values.features", "scale": "linear", "units": "features", "long_name": "d, the number of value features",
    }  # fmt: skip
    assert field["y"].attrs["scale"] == "log" and field["y"].values[[0, -1]].tolist() == [0.01, 1]
    long = basin.map(scenario, x=("motives.own.self_interest.overlap", -1, 1), n=2, runs=1)
    assert long["x"].attrs["path"] == "motives.self_interest.overlap"


def axes(scenario, **given):
    field = basin.map(scenario, n=2, runs=1, **given)
    return field["x"].attrs["path"], field["y"].attrs["path"]


def test_axes_that_nobody_chose(scenario):
    overlap = "motives.self_interest.overlap"
    assert axes(scenario) == (overlap, "motives.care")
    assert axes(scenario, y=("humans.bias", 0, 1)) == (overlap, "humans.bias")
    assert axes(scenario, x=("motives.care", 0.1, 0.9)) == ("motives.care", overlap)
    assert axes(scenario, y=(overlap, -1, 1)) == ("motives.care", overlap)
    choices = basin.load("travel-choices").with_({"outcome.horizon": 5})
    assert axes(choices) == ("belief.knowledge", "belief.spread")
    selfless = scenario.with_({"motives.own": [], "motives.care": 1.0})
    assert axes(selfless) == ("belief.knowledge", "belief.spread")
    sycophant = scenario.with_({"motives.self_interest.kind": "approval"})
    assert axes(sycophant) == ("belief.knowledge", "belief.spread")


@pytest.mark.parametrize(
    "spec",
    [
        ("motives.care", 0.1),
        "motives.care",
        ("motives.care", 0.1, 0.9, "cube"),
        ("motives.care", "a", 0.9),
        ("motives.care", None, 1),
        ("motives.care", 0.9, 0.1),
    ],
)
def test_axes_that_are_none(scenario, spec):
    with pytest.raises(AxisError):
        basin.map(scenario, x=spec, n=2)


def test_axes_that_leave_the_bounds(scenario):
    with pytest.raises(basin.ScenarioError, match=r"motives\.care"):
        basin.map(scenario, y=("motives.care", 0, 1.5), n=2)
    with pytest.raises(basin.ScenarioError, match="not a number"):
        basin.map(scenario, y=("reflection.rule", 0, 1), n=2)


def test_the_skeleton_needs_one_run_only(scenario):
    skeleton = scenario.with_({"values.features": 8})
    assert basin.run(skeleton, expected=True).sizes["run"] == 1
    assert basin.map(skeleton, n=3, expected=True).attrs["runs"] == 1
    assert basin.trajectory(skeleton, expected=True).sizes["run"] == 1


def test_progress_and_cancel(scenario):
    seen = []
    basin.run(scenario, runs=5000, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5000, 5000)
    assert all(done <= total for done, total in seen)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(simulate.Cancelled):
        basin.map(scenario, n=8, cancel=cancel)
