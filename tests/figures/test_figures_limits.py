"""Where people's values end, as dots."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.scenario import Scenario
from tests.cli.calling import call

SPLIT = {"values.target": "extrapolated", "values.people": 12, "values.extrapolated.trust_bound": 0.55, "values.features": 4}


@pytest.fixture(scope="module")
def found():
    return basin.extrapolation(Scenario().with_({"outcome.horizon": 10, **SPLIT}), runs=40, seed=3)


def test_a_dot_for_every_limit_of_every_run(found):
    fig = basin.figures.extrapolation(found)
    others, first = fig.data
    assert len(first.x) == 40 and np.allclose(first.x, 1)
    assert len(others.x) == int(found["limits"].sum()) - 40
    shares = np.zeros(40)
    for trace in fig.data:
        np.add.at(shares, trace.customdata, trace.y)
    assert np.allclose(shares, 1)
    assert first.y.mean() == pytest.approx(found.attrs["largest"])


def test_words_give_intervals_where_there_are_any(found):
    told = basin.figures.extrapolation(found).layout.meta
    assert f"({found.attrs['limits_low']:.4g} to {found.attrs['limits_high']:.4g})" in told["title"]
    assert "over 40 runs" in told["detail"]
    one = basin.figures.extrapolation(basin.extrapolation("extrapolated-volition", runs=5)).layout.meta
    assert one["title"].startswith("On average people come to 1 (1 to ") and "another agrees" not in one["detail"]


def test_what_was_saved_is_drawn_by_the_command(found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    basin.datasets.save(found, "limits.nc")
    drawn = call("figure", "extrapolation", "--from", "limits.nc", "--out", "it", "--format", "json", "--quiet")
    assert drawn.code == 0 and "people come to" in (tmp_path / "it.json").read_text(encoding="utf-8")
