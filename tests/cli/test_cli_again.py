"""The commands that stand in figures of results made in Python: typed, they give the same results."""

from __future__ import annotations

import shlex

import pytest
import xarray as xr

import basin
from tests.cli.calling import call

TINY = {
    "population.agents": 10, "population.degree": 4, "values.features": 3, "outcome.horizon": 30, "outcome.dwell": 5,
}  # fmt: skip
DRAWN = {"population": "network"}
CALLS = {
    "population": lambda one: basin.population(one, 2, seed=3),
    "critical": lambda one: basin.critical(one, shares=4, halvings=2, populations=2),
    "critical along": lambda one: basin.critical(one, ("population.degree", 2, 6), n=2, populations=2, seed=1),
    "critical along a log": lambda one: basin.critical(one, ("population.peer_audit", 0.01, 0.3, "log"), n=2, populations=2),
    "policing": lambda one: basin.policing(one, count=2),
    "misled": lambda one: basin.misled(one, 2, count=2),
    "echo": lambda one: basin.echo(one, [0, 0.5], count=2, seed=2),
    "generations": lambda one: basin.generations(one, dose=0.02, first=0.25, lineages=5),
}


def command(result) -> str:
    kind = result.attrs["basin"]
    return getattr(basin.figures, DRAWN.get(kind, kind))(result).layout.meta["command"]


@pytest.mark.parametrize("name", CALLS)
def test_what_is_typed_gives_the_same(name, tmp_path):
    made = CALLS[name](basin.load("critical-mass").with_(TINY))
    verb, *words = shlex.split(command(made))
    assert verb == "basin" and words[0] == "population"
    path = tmp_path / "again.nc"
    assert call(*words, "--quiet", "--out", path) == (0, "", "")
    xr.testing.assert_equal(basin.datasets.open(path), made)


def test_what_no_command_makes_has_none():
    one = basin.load("critical-mass").with_(TINY)
    assert command(basin.population(one, 2, starts={"motives.care": [0.1] * 10})) == ""
    assert command(basin.generations(one, samples=8, lineages=2)) == ""


SHORT = {"values.features": 3, "outcome.horizon": 30, "outcome.dwell": 5, "motives.care": 0.4}
CARE = ("motives.care", 0.1, 0.9)
MEASURES = {
    "runs": lambda one: basin.run(one, runs=20, seed=5),
    "stability": lambda one: basin.stability(one, [CARE], samples=64, method="sobol", seed=1),
    "stability of two runs": lambda one: basin.stability(one, [CARE], samples=32, runs=2, outcome="captured"),
    "size": lambda one: basin.size(one, dimensions=[2, 4], samples=64, seed=2),
    "size over the sphere": lambda one: basin.size(one, over="sphere", dimensions=[3], samples=1024),
    "continue": lambda one: basin.continuation(
        one, CARE, [("belief.knowledge", -1, 1)], n=3, samples=128, rare=0.02, halvings=3, seed=4
    ),
    "continue along a log": lambda one: basin.continuation(one, ("belief.spread", 0.1, 2, "log"), n=2, samples=128),
}


@pytest.mark.parametrize("name", MEASURES)
def test_what_is_typed_measures_the_same(name, tmp_path):
    made = MEASURES[name](basin.load("near-aligned-llm").with_(SHORT))
    draw = basin.figures.KINDS[made.attrs["basin"]]
    verb, *words = shlex.split(getattr(basin.figures, draw)(made).layout.meta["command"])
    assert verb == "basin" and "--set" in words
    path = tmp_path / "again.nc"
    assert call(*words, "--quiet", "--out", path) == (0, "", "")
    xr.testing.assert_equal(basin.datasets.open(path), made)
