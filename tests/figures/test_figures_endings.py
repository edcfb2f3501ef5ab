"""How runs end, as bars."""

from __future__ import annotations

import pytest

import basin
from basin.analysis import wilson
from tests.cli.calling import call


@pytest.fixture(scope="module")
def ended():
    """Forty runs: thirty aligned, ten captured."""
    found = basin.run(basin.load("near-aligned-llm").with_({"outcome.horizon": 20, "outcome.dwell": 5}), runs=40, seed=7)
    found = found.copy(deep=True)
    found["label"].values[:] = [1] * 30 + [3] * 10
    return found


def test_bars_are_shares_with_wilsons_interval(ended):
    fig = basin.figures.runs(ended)
    bars = {trace.name: trace.x[0] for trace in fig.data if trace.type == "bar"}
    assert bars["aligned"] == 0.75 and bars["captured"] == 0.25 and bars["misled"] == 0
    low, high = wilson(30, 40)
    (lines,) = [trace.error_x for trace in fig.data if trace.type == "scatter" and trace.y[0].startswith("aligned")]
    assert lines.array[0] == pytest.approx(float(high) - 0.75, abs=1e-9)
    assert lines.arrayminus[0] == pytest.approx(0.75 - float(low), abs=1e-9)
    assert fig.layout.meta["title"] == "75% of 40 runs end fully aligned"
    assert fig.layout.meta["alt"] == "Bars: 75% aligned and 25% captured."
    assert fig.layout.meta["command"] == (
        "basin run near-aligned-llm --set outcome.horizon=20 --set outcome.dwell=5 --runs 40 --seed 7"
    )


def test_there_is_no_interval_where_there_is_none():
    exact = basin.figures.runs(basin.run("value-learner", runs=1, expected=True))
    assert "nothing left to chance" in exact.layout.meta["detail"]
    short = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 10, "outcome.dwell": 5})
    crowd = basin.figures.runs(basin.run(short, runs=12))
    assert "do not end independently" in crowd.layout.meta["detail"] and "agents end" in crowd.layout.meta["title"]
    assert not any(trace.type == "scatter" for fig in (exact, crowd) for trace in fig.data)


def test_the_command_draws_what_run_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("run", "value-learner", "--runs", "20", "--out", "runs.nc", "--quiet").code == 0
    drawn = call("figure", "runs", "--from", "runs.nc", "--out", "ends", "--format", "json", "--quiet")
    assert drawn.code == 0 and "of 20 runs end" in (tmp_path / "ends.json").read_text(encoding="utf-8")
