"""The takeoff race: who is ahead when, and what is lost meanwhile, as the Dataset says."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.figures import race
from basin.labels import OUTCOMES


@pytest.fixture(scope="module")
def runs():
    """Four runs of twenty episodes: capability passes one half at the tenth, knowledge 0.95 at the fifth; two are locked."""
    short = {"outcome.horizon": 20, "outcome.dwell": 5}
    found = basin.trajectory(basin.load("fast-takeoff").with_(short), 4, seed=3).copy(deep=True)
    count, episodes = found["knows"].transpose("run", "episode").shape
    at = np.arange(episodes)
    found["capability"] = (("run", "episode"), np.tile(np.where(at >= 10, 0.9, 0.1), (count, 1)))
    found["knows"] = (("run", "episode"), np.tile(np.where(at >= 5, 0.97, 0.2), (count, 1)))
    found["label"].values[:] = [OUTCOMES["locked_in"], OUTCOMES["aligned"], OUTCOMES["locked_in"], OUTCOMES["aligned"]]
    found["time"].values[:] = [3, 20, 12, 20]
    return found


def line(fig, name):
    (trace,) = [trace for trace in fig.data if (trace.name or "").startswith(name)]
    return dict(zip(trace.x, trace.y, strict=True))


def test_the_headline_says_who_is_first_and_what_is_lost(runs):
    fig = race(runs)
    assert fig.layout.meta["title"] == (
        "Capability passes one half after 10 episodes, knowledge passes 0.95 after 5 episodes; 50% of runs are locked in"
    )
    assert fig.layout.meta["alt"].startswith("Curves over 20 episodes") and "basin trajectory" in fig.layout.meta["command"]


def test_lines_are_medians_and_the_locked_in_add_up(runs):
    fig = race(runs)
    locked = line(fig, "locked in")
    assert [locked[at] for at in (2, 3, 11, 12, 20)] == [0, 0.25, 0.25, 0.5, 0.5]
    assert line(fig, "capability")[9] == 0.1 and line(fig, "capability")[10] == 0.9
    assert line(fig, "knows")[4] == 0.2 and line(fig, "knows")[5] == 0.97


def test_what_never_happens_or_is_so_at_once_is_said(runs):
    never = runs.copy(deep=True)
    never["capability"].values[:] = 0.2
    never["knows"].values[:] = 0.99
    assert race(never).layout.meta["title"].startswith("Capability passes one half never, knowledge passes 0.95 at once")
