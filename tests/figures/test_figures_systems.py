"""Pictures of systems, committors and rare outcomes show what the results say."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin import figures


def texts(fig) -> str:
    return " ".join(note.text.replace("<br>", " ") for note in fig.layout.annotations)


def test_starts_in_the_plane():
    found = basin.system("newton", 200)
    fig = figures.system(found)
    drawn = [trace for trace in fig.data if trace.type == "scattergl"]
    assert sum(len(trace.x) for trace in drawn) == 200 and len({trace.marker.symbol for trace in drawn}) == 3
    names = [trace.name for trace in fig.data if trace.type == "scatter"]
    assert len(names) == 3 and all(name.startswith("root") and "%" in name for name in names)
    assert "of the starts end as root 1" in texts(fig) and "95% interval" in texts(fig)
    assert fig.layout.meta["alt"] and "Wilson" in fig.layout.meta["caption"]


@pytest.mark.parametrize("name", ["degroot", "moran", "double-well"])
def test_bars_with_intervals(name):
    found = basin.system(name, 100)
    fig = figures.system(found)
    assert all(trace.type == "bar" for trace in fig.data)
    for trace in fig.data:
        word = next(word for word in found["outcome"].values if str(word).replace("_", " ") == trace.y[0])
        part = found.sel(outcome=word)
        assert trace.x[0] == float(part["fraction"])
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(float(part["high"]))


def test_a_committor_of_one_coordinate_has_three_panels():
    fig = figures.committor(basin.committor("double-well", cells=64))
    assert len(list(fig.select_yaxes())) == 3
    assert "more likely reach x ≥ 1 than x ≤ −1 first" in texts(fig)
    lines = [trace for trace in fig.data if trace.mode == "lines"]
    assert max(lines[0].y) == 1 and min(lines[0].y) == 0 and max(lines[1].y) > 40


def test_a_committor_without_times_is_drawn_all_the_same():
    fig = figures.committor(basin.committor("double-well", changes={"noise": 0.08}, cells=512))
    lines = [trace for trace in fig.data if trace.mode == "lines"]
    assert len(lines[0].x) > 500 and len(lines[1].x) == 0


def plane(**more):
    left, right = [{"u": (-np.inf, -0.8)}], [{"u": (0.8, np.inf)}]
    return basin.committor("fitzhugh-nagumo", left, right, noise=0.5, cells=24, **more)


def test_a_committor_in_the_plane():
    fig = figures.committor(plane())
    heat, *lines = fig.data
    assert heat.type == "heatmap" and [line.name for line in lines] == ["quasi-potential", "one half"]
    assert lines[1].contours.start == lines[1].contours.end == 0.5
    assert "noise 0.5" in texts(fig)


def test_a_committor_in_space_is_cut_in_the_middle():
    found = plane()
    deep = found.expand_dims({"w": [0.0, 1.0, 2.0]}, axis=2).copy()
    deep["w"].attrs = {"units": "1", "long_name": "depth"}
    fig = figures.committor(deep)
    np.testing.assert_array_equal(fig.data[0].z, found["committor"].values.T)
    assert "at w = 1" in texts(fig)


def test_a_rare_outcome_falls_to_its_probability():
    found = basin.rare("double-well", {"x": -0.7}, changes={"noise": 0.35}, repeats=10, clones=30)
    fig = figures.rare(found)
    assert fig.layout.yaxis.type == "log"
    end = next(trace for trace in fig.data if trace.mode == "markers")
    assert end.y[0] == found.attrs["probability"]
    assert end.y[0] + end.error_y.array[0] == pytest.approx(found.attrs["high"])
    assert "before x ≤ −1 with probability" in texts(fig)
