"""Boundaries, soft basins and fractality of scenarios and systems."""

import numpy as np
import pytest

import basin
from basin import datasets
from basin.scenario import load

SHORT = load("near-aligned-llm").with_({"outcome.horizon": 30, "values.features": 4})
SMALL = {"balls": 20, "samples": 8, "pairs": 50, "sizes": (1 / 4, 1 / 8), "grids": (8, 16)}
CALLS = {
    "boundary": lambda subject, **more: basin.boundary(subject, **{"resolution": 16, "runs": 5, **more}),
    "soft": lambda subject, **more: basin.soft(subject, **{"n": 12, "runs": 3, **more}),
    "fractality": lambda subject, **more: basin.fractality(subject, **{**SMALL, **more}),
}


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("subject", ["newton", SHORT], ids=["system", "scenario"])
def test_results_are_kept_whole_and_come_again(kind, subject, tmp_path):
    told = CALLS[kind](subject, seed=3)
    assert told.attrs["basin"] == kind and told.attrs["seed"] == 3 and told.attrs["call"].startswith(f"basin.{kind}(")
    assert all({"units", "long_name"} <= told[name].attrs.keys() for name in told.variables)
    kept = datasets.open(datasets.save(told, tmp_path / "result.nc"))
    assert kept.equals(told) and kept.attrs["basin"] == kind
    assert CALLS[kind](subject, seed=3).equals(told)
    assert not CALLS[kind](subject, seed=4).equals(told)


def test_the_pendulum_is_known_to_a_cell_with_a_sixth_of_the_runs():
    told = basin.boundary("pendulum", seed=1)
    assert told.attrs["resolution"] == 1024 and told.attrs["evaluations"] <= told.attrs["dense"] / 6
    assert float(told["area_low"]) < 0.1526 < float(told["area_high"])  # 4 million random starts: .1526
    assert float(told["error"].max()) <= np.sqrt(2) / 1024


def test_tolerance_is_resolution_made_finer():
    told = basin.boundary("newton", tolerance=0.02)
    assert told.attrs["resolution"] == 64
    assert told.equals(basin.boundary("newton", resolution=50))


def test_axes_and_outcomes_can_be_chosen():
    told = basin.boundary("newton", ("x", -1, 1), ("y", 0.1, 1.9), resolution=64, outcome="root_2")
    assert told.attrs["target"] == "root_2" and (told.attrs["x_lo"], told.attrs["y_hi"]) == (-1, 1.9)
    assert float(told["y"].min()) >= 0.1 and float(told["x"].max()) <= 1
    third = basin.boundary("pendulum", z=("torque", 0.2, 0.8), resolution=16)
    assert third["facet"].dims == ("facet", "corner") and third["inside"].shape == (16, 16, 16)
    assert int(third["facet"].max()) < third.sizes["vertex"]


def test_free_coordinates_are_left_to_chance():
    told = basin.boundary("pendulum", ("torque", 0.1, 0.9), ("damping", 0.05, 0.3), resolution=16, runs=8)
    assert told.attrs["certain"] == 0 and told.attrs["runs"] == 9 and "band_x" in told
    assert basin.boundary("pendulum", resolution=16).attrs["certain"] == 1
    assert basin.boundary(SHORT, resolution=16, expected=True).attrs["certain"] == 1


def test_systems_of_one_axis_need_another():
    with pytest.raises(ValueError, match="give --x and --y"):
        basin.boundary("double-well", ("x", -1, 1), resolution=16)


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("boundary", {"resolution": 99_999}, "resolution = 99999"),
        ("boundary", {"resolution": None, "tolerance": 2.0}, "tolerance = 2.0"),
        ("boundary", {"tolerance": 0.1}, "give one of them"),
        ("boundary", {"outcome": "root_4"}, "did you mean root_"),
        ("soft", {"n": 3}, "n = 3"),
        ("soft", {"runs": 0}, "runs = 0"),
        ("soft", {"bandwidth": 0.9}, "bandwidth = 0.9"),
        ("soft", {"x": ("y", 0, 1), "y": ("y", 0, 1)}, "same path"),
        ("fractality", {"size": 0.5}, "size = 0.5"),
        ("fractality", {"balls": 1}, "balls = 1"),
        ("fractality", {"sizes": (0.1,)}, "two or more"),
        ("fractality", {"grids": (4,)}, "grids"),
    ],
)
def test_bad_input_is_named(kind, options, said):
    with pytest.raises(ValueError, match=said) as error:
        CALLS[kind]("newton", **options)
    assert type(error.value).__module__.startswith("basin.") and "\n" not in str(error.value)


def test_newton_is_fractal_and_wada():
    told = basin.fractality("newton")
    assert told.attrs["fractal_exponent"] == 1 and told.attrs["wada"] == 1
    assert float(told["dimension"]) == pytest.approx(1.42, abs=0.06)
    assert told.attrs["smooth_entropy"] < float(told["edge_entropy_low"])


def test_smoothing_keeps_the_mean():
    told = basin.soft(SHORT, n=16, runs=4)
    assert float(told["whole_low"]) < float(told["committor"].mean()) < float(told["whole_high"])
    assert (told["low"] <= told["committor"]).all() and (told["committor"] <= told["high"]).all()


def test_certain_runs_are_counted_once():
    assert basin.soft("newton", n=12, runs=8).attrs["runs"] == 1
    assert basin.soft(SHORT, n=8, runs=2).attrs["runs"] == 2
