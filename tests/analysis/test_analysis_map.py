"""Maps of mappers whose answer is known: any mapper will do, so these have nothing to do with value learning."""

import numpy as np
import pytest
import xarray as xr

from basin.analysis import Axis, AxisError, map, wilson
from basin.labels import ALIGNED, CAPTURED, OUTCOMES, UNDECIDED, Labels

X, Y = Axis("a.width", -1, 1), Axis("b.height", 0.02, 0.98)


class Disc:
    """Aligned within a radius of the origin, else captured; its time is the distance. The first run is undecided."""

    def __init__(self, radius: float, runs: int = 3) -> None:
        self.radius, self.runs, self.episodes, self.audited, self.changed, self.exits_off = radius, runs, 7, 5, 1, False

    def __call__(self, points, seed):
        self.points = points
        distance = np.hypot(points[:, 0], points[:, 1])
        label = np.where(distance < self.radius, ALIGNED, CAPTURED)
        labels = np.tile(label[:, None], (1, self.runs)).astype(np.int8)
        times = np.tile(distance[:, None], (1, self.runs)) + np.arange(self.runs)
        labels[:, 0], times[:, 0] = UNDECIDED, np.inf
        return Labels(labels, times)


def test_points_are_the_grid_row_by_row_with_both_ends():
    disc = Disc(0.5)
    field = map(disc, x=X, y=Y, n=5)
    assert field["x"].values.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert field["y"].values[[0, -1]].tolist() == [0.02, 0.98]
    assert np.array_equal(disc.points[:5, 0], field["x"].values)
    assert (disc.points[:5, 1] == 0.02).all()
    assert len(disc.points) == 25


def test_a_map_counts_what_the_mapper_says():
    field = map(Disc(0.6), x=X, y=Y, n=21)
    inside = np.hypot(field["x"], field["y"]).transpose("y", "x") < 0.6
    assert field["count"].dims == ("y", "x", "outcome")
    assert list(field["outcome"].values) == list(OUTCOMES)
    assert (field["count"].sum("outcome") == 3).all()
    assert np.array_equal(field["count"].sel(outcome="aligned"), np.where(inside, 2, 0))
    assert np.array_equal(field["count"].sel(outcome="captured"), np.where(inside, 0, 2))
    assert (field["count"].sel(outcome="undecided") == 1).all()
    assert np.array_equal(field["aligned"], np.where(inside, 2 / 3, 0))
    low, high = wilson(np.where(inside, 2, 0), 3)
    assert np.array_equal(field["aligned_low"], low) and np.array_equal(field["aligned_high"], high)
    xr.testing.assert_allclose(field["probability"].sum("outcome"), xr.ones_like(field["aligned"]))


def test_times_are_means_over_runs_that_ended():
    field = map(Disc(0.6), x=X, y=Y, n=4)
    distance = np.hypot(field["x"], field["y"]).transpose("y", "x")
    np.testing.assert_allclose(field["time"], distance + 1.5)
    alone = map(Disc(0.6, runs=1), x=X, y=Y, n=4)
    assert np.isinf(alone["time"]).all()


def test_attributes_pool_all_cells():
    about = map(Disc(0.6), x=X, y=Y, n=21).attrs
    field = map(Disc(0.6), x=X, y=Y, n=21)
    aligned, total = int(field["count"].sel(outcome="aligned").sum()), 21 * 21 * 3
    low, high = wilson(aligned, total)
    assert (about["aligned"], about["aligned_low"], about["aligned_high"]) == (aligned / total, low, high)
    assert about["resolved"] == pytest.approx(2 / 3)
    assert {name: about[name] for name in ("episodes", "audited", "changed", "exits_off")} == {
        "episodes": 7,
        "audited": 5,
        "changed": 1,
        "exits_off": 0,
    }


def test_logarithmic_axes_have_equal_ratios_and_exact_ends():
    values = Axis("a.b", 0.05, 5, log=True).values(9)
    assert values[[0, -1]].tolist() == [0.05, 5]
    np.testing.assert_allclose(np.diff(np.log(values)), np.log(100) / 8)


def test_whole_axes_are_rounded_and_not_repeated():
    assert Axis("n", 1, 4, integer=True).values(10).tolist() == [1, 2, 3, 4]
    assert Axis("n", 1, 64, log=True, integer=True).values(7).tolist() == [1, 2, 4, 8, 16, 32, 64]
    field = map(Disc(0.5), x=Axis("n", 1, 3, integer=True), y=Y, n=8)
    assert field.sizes["x"] == 3 and field.sizes["y"] == 8


@pytest.mark.parametrize(
    ("lo", "hi", "log", "says"),
    [(1, 0, False, "lower"), (1, 1, False, "lower"), (0, float("inf"), False, "lower"), (float("nan"), 1, False, "lower"),
     (0, 1, True, "above 0"), (-1, 1, True, "above 0")],
)  # fmt: skip
def test_axes_that_lead_nowhere(lo, hi, log, says):
    with pytest.raises(AxisError, match=says) as error:
        Axis("a.b", lo, hi, log)
    assert "a.b" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("n", [1, 0, -3, 2.5, True, 5000])
def test_grids_that_are_none(n):
    with pytest.raises(AxisError, match="whole number from 2"):
        map(Disc(0.5), x=X, y=Y, n=n)


def test_one_path_on_both_axes_is_no_map():
    with pytest.raises(AxisError, match="same path"):
        map(Disc(0.5), x=X, y=Axis("a.width", 0, 1), n=4)


def test_more_runs_than_fit_are_refused_before_they_are_made():
    with pytest.raises(AxisError, match="more than"):
        map(Disc(0.5, runs=10_000_000), x=X, y=Y, n=64)
