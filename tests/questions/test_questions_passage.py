"""Committors and rare outcomes of systems: two ways to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.questions.passage import boxes, said

LEFT, RIGHT = [{"u": (-np.inf, -0.8)}], [{"u": (0.8, np.inf)}]


def value(found, name, **at):
    here = found.sel(at, method="nearest")
    return tuple(float(here[part]) for part in (name, f"{name}_low", f"{name}_high"))


def test_the_double_wells_own_regions():
    found = basin.committor("double-well", at=[{"x": -0.5}, {"x": -1.0}])
    middle, low, high = value(found, "committor", x=-0.5)
    assert low < middle < high and middle == pytest.approx(0.11395, abs=5e-6)
    assert value(found, "time", x=-1.0)[0] == pytest.approx(41.0343, abs=5e-4)
    assert value(found, "quasi_potential", x=-0.5)[0] == pytest.approx(0.140625, abs=1e-5)
    assert (found.attrs["origin"], found.attrs["goal"]) == ("x ≤ -1", "x ≥ 1")
    assert found.attrs["share_low"] <= 0.5 <= found.attrs["share_high"]
    assert found.attrs["share_high"] - found.attrs["share_low"] < 0.01
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in found.variables.values())


def test_rare_is_what_the_committor_says():
    """One is a grid without chance, the other clones of a walk."""
    at = {"x": -0.8}
    told = basin.rare("double-well", at, changes={"noise": 0.3}, repeats=20, seed=1)
    expected = value(basin.committor("double-well", changes={"noise": 0.3}, at=[at]), "committor", x=-0.8)[0]
    spread = told["estimate"].values.std(ddof=1) / np.sqrt(20)
    assert abs(told.attrs["probability"] - expected) < 3.5 * spread + 0.02 * expected
    assert told.attrs["low"] < told.attrs["probability"] < told.attrs["high"] < 0.01


def test_noise_for_a_system_that_has_none():
    at = {"u": -0.3, "v": -0.2}
    found = basin.committor("fitzhugh-nagumo", LEFT, RIGHT, noise=0.5, at=[at, {"u": 0.0, "v": 0.0}], cells=96)
    _, low, high = value(found, "committor", u=0.0, v=0.0)
    assert low <= 0.5 <= high and high - low < 0.01  # by symmetry
    told = basin.rare("fitzhugh-nagumo", at, LEFT, RIGHT, noise=0.5, step=0.004, repeats=20, clones=50)
    assert told.attrs["low"] * 0.95 < value(found, "committor", **at)[0] < told.attrs["high"] * 1.05


def test_levels_fall_to_the_probability():
    told = basin.rare("double-well", {"x": -0.5}, repeats=10, clones=50)
    reached = told["reached"].values
    assert (np.diff(reached) <= 1e-12).all() and reached[-1] >= told.attrs["probability"] - 1e-12
    assert told["level"].values[0] == pytest.approx(1.5, abs=0.1) and told["level"].values[-1] == 0
    assert (told["reached_low"] <= told["reached"]).all() and (told["reached"] <= told["reached_high"]).all()


def test_times_that_are_too_long_are_not_numbers():
    found = basin.committor("double-well", changes={"noise": 0.08})
    assert np.isnan(found["time"]).all() and np.isfinite(found["committor"]).all()


def test_density_at_the_walls():
    """exp(−2V/σ²) at x = ±2, V being 0 in the wells."""
    assert basin.committor("double-well", changes={"noise": 1.0}).attrs["at_walls"] == pytest.approx(np.exp(-4.5), rel=1e-4)


def test_regions():
    assert boxes(["u", "v"], [{"v": (0, 1)}], 0.5) == (((-np.inf, np.inf), (-0.5, 1.5)),)
    assert said([{"u": (-np.inf, 1), "v": (0, 2)}, {"u": (3, np.inf)}]) == "u ≤ 1 and 0 ≤ v ≤ 2 or u ≥ 3"


@pytest.mark.parametrize("ask", [basin.committor, basin.rare])
@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("value-learner", {}, "value-learner: has no equations to add noise to; these have: double-well, "),
        ("newton", {}, "newton: has no equations to add noise to"),
        ("fitzhugh-nagumo", {}, "fitzhugh-nagumo: has no noise of its own; give some"),
        ("fitzhugh-nagumo", {"noise": 0.5}, "fitzhugh-nagumo: has no regions of its own; say from where"),
        ("fitzhugh-nagumo", {"noise": -1.0}, "noise = -1: must be above 0"),
        ("double-well", {"noise": 1.0}, "noise = 1: double-well has a noise of its own; set that parameter"),
        ("double-well", {"goal": [{"y": (0, 1)}]}, "double-well: no coordinate 'y'; there are x"),
        ("duffing", {"noise": 0.1}, "duffing: its equations change in time"),
        ("magnetic-pendulum", {"noise": 0.1}, "magnetic-pendulum: has more coordinates than its starts"),
    ],
)
def test_bad_requests_get_one_line(ask, name, options, message):
    with pytest.raises(ValueError) as error:
        ask(name, **options)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: basin.committor("double-well", at=[{"x": 9.0}]), "at {'x': 9.0}: needs x from -2 to 2"),
        (lambda: basin.committor("double-well", at=[{}]), "at {}: needs x from -2 to 2"),
        (lambda: basin.committor("double-well", sides={"y": (0, 1)}), "double-well: no coordinate 'y'"),
        (lambda: basin.rare("double-well", {"y": 1.0}), "double-well: no coordinate 'y'"),
        (lambda: basin.rare("double-well", {"x": 3.0}), "start = 3: lies in the goal already"),
        (lambda: basin.rare("double-well", step=0), "step = 0: must be above 0 and at most 1"),
        (lambda: basin.rare("double-well", seed=-1), "seed = -1: must be a whole number"),
    ],
)
def test_bad_places_get_one_line(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message)
