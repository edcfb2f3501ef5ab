"""Trajectories are drawn as they were, and none is left out of the bands because it ended."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.figures import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.paths import ASKED_OVER, SAMPLES, held, recent, sample
from tests.figures.made import field, paths

TITLES = [
    "Motives: share that cares",
    "Behaviour: cosine with human values",
    "Deference: how often it asks first",
    "Harm done so far (utility)",
]


def panel(figure, row):
    """The traces of a panel, by name; lines and markers of an outcome share theirs."""
    axis = "y" if row == 1 else f"y{row}"
    return [part for part in figure.data if (part.yaxis or "y") == axis]


def one(figure, row, name, mode=None):
    return next(part for part in panel(figure, row) if part.name == name and mode in (None, part.mode))


def test_five_panels_in_order():
    figure = basin.figures.trajectory(paths())
    assert [note.text for note in figure.layout.annotations if note.name == "upwards"] == ["Belief: cosine with human values"]
    assert [note.text for note in figure.layout.annotations if note.name is None] == TITLES
    assert figure.layout.xaxis5.title.text == "Episode →"


def test_medians_and_bands_are_those_of_all_runs():
    label = np.ones(9, int)
    knows = np.linspace(0, 0.8, 9)[:, None] + np.linspace(0, 0.1, 41)
    figure = basin.figures.trajectory(paths(label, knows=knows))
    np.testing.assert_allclose(one(figure, 1, "median").y, np.median(knows, axis=0))
    half = one(figure, 1, "half of the runs")
    upper, lower = half.y[:41], half.y[41:][::-1]
    np.testing.assert_allclose(upper, np.quantile(knows, 0.75, axis=0))
    np.testing.assert_allclose(lower, np.quantile(knows, 0.25, axis=0))


def test_runs_that_ended_stay_in_the_median():
    figure = basin.figures.trajectory(paths(label=[0, 0, 0, 1]))
    harm = one(figure, 5, "median").y
    assert harm[-1] == harm[25] > 0  # three of four were locked in half-way, and what they did is not undone


def test_single_runs_end_with_the_marker_of_their_outcome():
    figure = basin.figures.trajectory(paths(label=[1, 3, 0]))
    for name, end in (("aligned", 40), ("captured", 40), ("locked_in", 19)):
        look = LOOKS[name]
        marker = one(figure, 1, look.name, "markers")
        assert (marker.marker.symbol, marker.marker.color) == (look.marker, look.colour)
        assert list(marker.x) == [end]
        assert one(figure, 1, look.name, "lines").line.color == look.colour


def test_lines_mark_where_aligned_begins():
    figure = basin.figures.trajectory(paths())
    reached = {shape.yref: shape.y0 for shape in figure.layout.shapes}
    assert reached == {"y": 0.95, "y2": 0.95, "y3": 0.95}


def test_several_own_motives_are_drawn_beside_care():
    scenario = basin.load("near-aligned-llm")
    dataset = paths(scenario=scenario, motives=("care", "self_interest", "approval"))
    names = {part.name for part in panel(basin.figures.trajectory(dataset), 2)}
    assert {"self interest, median", "approval, median"} <= names
    alone = {part.name for part in panel(basin.figures.trajectory(paths()), 2)}
    assert "self interest, median" not in alone


def test_message_counts_the_runs():
    meta = basin.figures.trajectory(paths(label=[1, 1, 3])).layout.meta
    assert meta["title"] == "2 of 3 runs from this start end fully aligned"
    assert basin.figures.trajectory(paths(label=[3])).layout.meta["title"] == "0 of 1 run from this start ends fully aligned"
    assert "harm done from 0 to 0" in meta["alt"] and "Endings: 2 aligned and 1 captured." in meta["alt"]


def test_long_runs_are_thinned():
    figure = basin.figures.trajectory(paths(episodes=5000))
    episodes = one(figure, 1, "median").x
    assert len(episodes) == 201 and (episodes[0], episodes[-1]) == (0, 5000)


@pytest.mark.parametrize("episodes", [1, 2, 19])
def test_short_runs_are_drawn(episodes):
    figure = basin.figures.trajectory(paths(label=[1, 3], episodes=episodes))
    assert len(one(figure, 1, "median").x) == episodes + 1


def test_asking_is_averaged_over_the_last_episodes():
    asked = (np.random.default_rng(0).random((3, 101)) < 0.4).astype(float)
    asked[2, 60:] = np.nan
    expected = np.full(asked.shape, np.nan)
    for run in range(3):
        for at in range(1, 101):
            if not np.isnan(asked[run, at]):
                expected[run, at] = asked[run, max(1, at - ASKED_OVER + 1) : at + 1].mean()
    np.testing.assert_allclose(recent(asked), expected, atol=1e-12)


def test_held_values():
    values = np.array([[np.nan, 1, np.nan, 3, np.nan], [1, 2, 3, np.nan, np.nan]])
    np.testing.assert_array_equal(held(values), [[np.nan, 1, 1, 3, 3], [1, 2, 3, 3, 3]])


def test_the_sample_holds_every_outcome():
    label = np.array([1] * 40 + [3, -1, 0], dtype=np.int8)
    drawn = sample(label)
    assert len(drawn) == SAMPLES and set(label[drawn]) == {1, 3, -1, 0}
    assert list(sample(label[:3])) == [0, 1, 2]


def test_maps_hold_no_trajectories():
    with pytest.raises(FigureError, match="holds no trajectories: it has no asked"):
        basin.figures.trajectory(field([["aligned"]]))
