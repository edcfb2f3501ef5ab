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
