"""Pictures of populations: crowds, critical mass, misled agents, policing, echoes, generations."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from basin import datasets, figures
from basin.figures import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import NARROW
from tests.figures.populations_made import (
    ALIGNED,
    CAPTURED,
    MISLED,
    PAYLOAD,
    PICTURES,
    change,
    drawn,
    error_ends,
    heard,
    lineages,
    mass,
    named,
    population,
    watched,
)

# ---- All of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_every_picture_says_what_it_shows(name, width):
    fig = drawn(name, width=width)
    meta = fig.layout.meta
    assert all(meta[part] for part in ("title", "detail", "caption", "alt", "call", "scenario_hash"))
    assert meta["title"] in meta["caption"] and meta["caption"].startswith("A company: ")
    texts = [note.text for note in fig.layout.annotations] + [meta[part] for part in ("title", "detail", "caption", "alt")]
    texts += [axis.title.text or "" for axis in [*fig.select_xaxes(), *fig.select_yaxes()]]
    assert not any(re.search(r"\$|_|\bnan\b|\binf\b| -\d", text) for text in texts)
    assert [note.text for note in fig.layout.annotations if note.name == "message"]
    assert fig.to_json()


@pytest.mark.parametrize("name", PICTURES)
def test_results_from_disk_are_drawn_alike(name, tmp_path):
    made = PICTURES[name]()
    datasets.save(made, tmp_path / "result.nc")
    draw = getattr(figures, name.split()[0])
    assert draw(datasets.open(tmp_path / "result.nc")).to_json() == draw(made).to_json()


@pytest.mark.parametrize("kind", ["network", "crowd", "critical", "misled", "policing", "echo", "generations"])
def test_kinds_are_known_and_others_refused(kind):
    from basin.cli.figure import figures as family

    assert figures.KINDS[kind] == kind and kind in figures.__all__
    kept = "population" if kind in ("network", "crowd") else f"population --ask {kind}"
    told = {command.name: command.help for command in family().registered_commands}
    assert told[kind] == f"Draw what `basin {kept} --out` kept."
    with pytest.raises(FigureError, match=r"make one with basin\."):
        getattr(figures, kind)(mass() if kind != "critical" else change())


# ---- Crowds --------------------------------------------------------------------------------------------------------


def test_lines_are_means_and_bands_hold_the_populations():
    end = np.array([ALIGNED] * 5 + [CAPTURED] * 7)
    made = population(count=5, end=end)
    fig = figures.crowd(made)
    share = made["count"].sel(outcome="captured").values / 12
    line = named(fig, "captured")
    assert line.y == pytest.approx(share.mean(axis=0)) and line.line.color == LOOKS["captured"].colour
    assert line.marker.symbol == LOOKS["captured"].marker
    assert line.customdata.T == pytest.approx(np.quantile(share, [0.025, 0.975], axis=0))
    bands = [trace for trace in fig.data if trace.name == "band"]
    assert len(bands) == 5  # aligned, captured, undecided; care and approval
    assert any(np.array_equal(trace.y, np.concatenate([line.customdata[:, 1], line.customdata[::-1, 0]])) for trace in bands)
    assert "allied" not in [trace.name for trace in fig.data]
    assert named(fig, "care").y == pytest.approx(made["mean_care"].values.mean(axis=0)) and named(fig, "care").yaxis == "y2"


def test_the_end_has_its_interval():
    made = population()
    end = named(figures.crowd(made), "ends aligned")
    low, high = error_ends(end)
    assert (low[0], high[0]) == pytest.approx((made.attrs["aligned_low"], made.attrs["aligned_high"]))
    assert "33% (23–43%) of the agents end fully aligned; 0% were so at first" in figures.crowd(made).layout.meta["title"]


def test_rare_outcomes_are_not_drawn():
    end = np.full(1000, CAPTURED)
    end[:3] = MISLED  # 0.3%
    end[3:10] = ALIGNED  # 0.7%
    names = [trace.name for trace in figures.crowd(population(1000, 1, end=end, links=[])).data]
    assert "misled" not in names and "aligned" in names and "captured" in names


def test_one_population_has_thin_lines_and_no_bands():
    fig = drawn("crowd of one")
    assert "band" not in [trace.name for trace in fig.data] and named(fig, "captured").line.width == 1
    assert named(fig, "ends aligned").error_y.array is None and "no interval" in fig.layout.meta["detail"]


# ---- Critical mass -------------------------------------------------------------------------------------------------


def test_the_curve_stands_over_the_chances_with_its_interval():
    made = mass()
    fig = figures.critical(made)
    heat, curve = named(fig, "whole aligned"), named(fig, "critical share")
    assert np.array_equal(heat.z, made["share"].values.T) and len(heat.x) == 4 and len(heat.y) == 6
    assert list(curve.x) == [2, 4, 8] and list(curve.y) == [0.2, 0.4, 0.7]
    low, high = error_ends(curve)
    assert low == pytest.approx(made["critical_low"].values) and high == pytest.approx(made["critical_high"].values)
    (band,) = [trace for trace in fig.data if trace.name == "band"]
    assert sorted(band.y) == pytest.approx(sorted([*low, *high]))
    assert fig.layout.meta["title"] == "20% (10–30%) must start aligned at degree 2, 70% (60–80%) at 8"
    assert fig.layout.xaxis.title.text == "Degree: how many neighbours (neighbours) →"


def test_values_at_which_not_even_all_suffice_are_marked_at_the_top():
    fig = drawn("critical in places")
    never = named(fig, "not even all suffice")
    assert list(never.x) == [2] and 1 < never.y[0] < fig.layout.yaxis.range[1]
    (note,) = [note.text for note in fig.layout.annotations if note.name == "upwards"]
    assert "not even all suffice" in note
    assert fig.layout.meta["title"] == "Not even all suffices at degree 2, 25% (15–35%) must start aligned at 8"
    nowhere = drawn("critical nowhere")
    assert len(named(nowhere, "not even all suffice").x) == 3
    assert nowhere.layout.meta["title"].startswith("Not even all agents starting aligned suffices, at any degree")
    assert "not even all suffice" not in [trace.name for trace in drawn("critical").data]


def test_at_one_value_the_chance_is_drawn_against_the_start():
    made = mass([0.6], path="")
    fig = figures.critical(made)
    line = named(fig, "the whole ends aligned")
    assert np.array_equal(line.x, made["start"].values) and np.array_equal(line.y, made["share"].values[0])
    low, high = error_ends(line)
    assert low == pytest.approx(made["low"].values[0]) and high == pytest.approx(made["high"].values[0])
    rects = [shape for shape in fig.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in rects] == [pytest.approx((0.5, 0.7))]
    assert 0.6 in [shape.x0 for shape in fig.layout.shapes if shape.type == "line"]
    assert "60% (50–70%)" in fig.layout.meta["title"]
    assert any("not even all suffice" in note.text for note in drawn("critical alone nowhere").layout.annotations)
    assert drawn("critical alone everywhere").layout.meta["title"].startswith("No agent needs to start aligned")


# ---- Companies -----------------------------------------------------------------------------------------------------


def test_changes_by_distance_have_intervals_and_a_line_at_nothing():
    made = change()
    fig = figures.misled(made)
    for name, low, high in (("aligned", "aligned_low", "aligned_high"), ("knows", "low", "high")):
        trace = named(fig, name)
        assert np.array_equal(trace.y, made[name].values) and list(trace.x) == [1, 2, 3]
        ends = error_ends(trace)
        assert ends[0] == pytest.approx(made[low].values) and ends[1] == pytest.approx(made[high].values)
    assert [(shape.y0, shape.y1, shape.yref) for shape in fig.layout.shapes] == [(0, 0, "y"), (0, 0, "y2")]
    title = "2 misled agents change the share of the others that ends aligned by −10 points (−15 to −5.0)"
    assert fig.layout.meta["title"] == title and "from 80% to 70%" in fig.layout.meta["detail"]


def test_distances_with_too_few_agents_are_named_not_drawn():
    fig = drawn("misled by few")
    assert list(named(fig, "aligned").x) == [1] and "too few agents to say at 2 and 3 links" in fig.layout.meta["detail"]
    assert fig.layout.meta["title"].startswith("1 misled agent changes")
    unsure = drawn("misled unsure")
    assert list(named(unsure, "aligned").x) == [1] and "too few agents" in unsure.layout.meta["detail"]
    assert named(unsure, "aligned").error_y.visible is False  # an interval of no length would be a lie


def test_policing_draws_shares_harm_and_who_saw_whom():
    made = watched()
    fig = figures.policing(made)
    for name in ("aligned", "harm"):
        (points,) = [trace for trace in fig.data if trace.name == name and trace.error_y.array is not None]
        low, high = error_ends(points)
        assert low == pytest.approx(made[f"{name}_low"].values) and high == pytest.approx(made[f"{name}_high"].values)
    blue = [trace for trace in fig.data if trace.type == "bar" and trace.name == "aligned"]
    assert [trace.marker.pattern.shape for trace in blue] == ["", "/"]
    assert np.nan_to_num(blue[0].y).tolist() == [0, 1, 0, 1] and np.nan_to_num(blue[1].y).tolist() == [0, 0, 2, 2]
    assert list(blue[1].base) == [0, 1, 0, 1]  # peers stand on overseers
    assert not [trace for trace in fig.data if trace.type == "bar" and trace.name == "misled"]
    xs = np.concatenate([trace.x for trace in fig.data if trace.type == "bar" and trace.x[0] is not None])
    assert np.abs(xs - np.rint(xs)).max() < 0.5
    assert (
        "overseers +5.0 points (1.0 to 9.0), peers +10 points (6.0 to 14), both +20 points (16 to 24)"
        in fig.layout.meta["title"]
    )


# ---- Echoes and generations ----------------------------------------------------------------------------------------


def test_the_echo_is_logarithmic_with_a_line_where_agents_are_right():
    made = heard()
    fig = figures.echo(made)
    line = named(fig, "error over claim")
    low, high = error_ends(line)
    assert low == pytest.approx(made["ratio_low"].values) and high == pytest.approx(made["ratio_high"].values)
    assert fig.layout.yaxis.type == "log" and [(shape.y0, shape.yref) for shape in fig.layout.shapes] == [(1, "y")]
    floor, top = 10 ** np.array(fig.layout.yaxis.range)
    assert floor < 0.9 and top > 9
    low, high = error_ends(named(fig, "aligned"))
    assert low == pytest.approx(made["aligned_low"].values) and high == pytest.approx(made["aligned_high"].values)
    assert "in 40% of the episodes, agents err 8.00 (7.00 to 9.00) times" in fig.layout.meta["title"]


def test_ratios_and_intervals_that_no_logarithm_holds():
    sure = drawn("echo of certainty")
    assert list(named(sure, "error over claim").x) == [0] and "in 0% of the episodes" in sure.layout.meta["title"]
    wide = drawn("echo wide")
    low, _ = error_ends(named(wide, "error over claim"))
    assert 0 < low[0] <= 1 and "(−0.50 to 1.10)" in wide.layout.meta["title"]
    assert "nothing to compare" in figures.echo(heard((np.inf,) * 3, (np.nan,) * 3, (np.nan,) * 3)).layout.meta["title"]


def test_generations_have_their_band_the_map_and_where_it_rests():
    made = lineages()
    fig = figures.generations(made)
    bands = [trace for trace in fig.data if trace.name == "band"]
    for trace, (low, high) in zip(bands, (("low", "high"), ("next_low", "next_high")), strict=True):
        half = len(trace.y) // 2
        assert trace.y[:half] == pytest.approx(made[high].values) and trace.y[half:][::-1] == pytest.approx(made[low].values)
    assert named(fig, "mean share").y == pytest.approx(made["share"].values)
    assert list(named(fig, "the same again").x) == list(named(fig, "the same again").y) == [0, 1]
    assert list(named(fig, "attracts").x) == [0.1, 0.9] and named(fig, "attracts").marker.symbol == "circle"
    assert list(named(fig, "drives away").y) == [0.5] and named(fig, "drives away").marker.symbol == "circle-open"
    assert fig.layout.meta["title"].endswith("from 50%; drawn to 10% and 90%, away from 50%")
    assert drawn("generations restless").layout.meta["title"].endswith("no share follows itself")


def test_the_json_of_pictures_is_small():
    for name in PICTURES:
        assert len(json.dumps(json.loads(drawn(name).to_json()))) < PAYLOAD
