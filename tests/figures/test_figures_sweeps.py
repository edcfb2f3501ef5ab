"""Pictures of sweeps: what is drawn where, with which intervals, and what is said of what is missing."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import xarray as xr

from basin import datasets, figures, sweep
from basin.figures import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import NARROW
from basin.labels import OUTCOMES

GROWTH, CARE, SCENARIO = "capability.growth", "motives.care", "scenario"
ALONG = {
    GROWTH: (np.geomspace(0.001, 1, 5), {"units": "per episode", "long_name": "logistic growth", "scale": "log"}),
    CARE: (np.linspace(0, 1, 6), {"units": "share", "long_name": "p₀, share that cares", "scale": "linear"}),
    SCENARIO: (np.array(["slow", "fast"]), {"units": "name", "long_name": "scenario"}),
    "objection": (np.array(["none", "motives-erode", "fast-takeoff"]), {"units": "name", "long_name": "objection"}),
    "reflection.rule": (np.array(["endorsement", "logit"]), {"units": "1", "long_name": "reflection.rule"}),
    "replicate": (np.arange(4), {"units": "1", "long_name": "number of the whole repeat"}),
}
UNITS = {"aligned": "probability", "harm": "utility", "bits": "bits", "knows": "probability"}


def made(*dims, name="aligned", values=None, ends=0.1, state=None, runs=20, coords=None, **more):
    """A sweep's Dataset over some dimensions; its variable rises along them from 0 to 1, unless given."""
    along = {**ALONG, **(coords or {})}
    shape = tuple(len(along[dim][0]) for dim in dims)
    values = np.linspace(0, 1, int(np.prod(shape))).reshape(shape) if values is None else np.asarray(values, float)
    state = np.ones(shape, np.int8) if state is None else np.asarray(state, np.int8)
    values = np.where(state == 1, values, np.nan)
    parts = {name: values}
    if ends is not None:
        low, high = ("low", "high") if name == "bits" else (f"{name}_low", f"{name}_high")
        parts |= {low: values - ends, high: values + ends}
    data = {key: (dims, part, {"units": UNITS.get(name, "1"), "long_name": f"what {key} is"}) for key, part in parts.items()}
    data["done"] = (dims, state, {"units": "1"})
    if runs:
        count = np.zeros((*shape, len(OUTCOMES)))
        count[..., list(OUTCOMES).index("captured")] = np.where(state == 1, runs, np.nan)
        data["count"] = ((*dims, "outcome"), count, {"units": "runs", "long_name": "runs that ended so"})
    coordinates = {dim: (dim, *along[dim]) for dim in dims} | ({"outcome": list(OUTCOMES)} if runs else {})
    about = {"basin": "sweep", "title": "a sweep", "question": "", "compute": "run", "call": "basin sweep a.toml", "seed": 0}
    return xr.Dataset(data, coordinates, {**about, "basin_version": "1", **more})


def sampled(count=16, **options):
    found = made("sample", coords={"sample": (np.arange(count), {"units": "1"})}, values=np.linspace(0, 1, count), **options)
    found.attrs["sweep"] = json.dumps({"dimensions": [{"name": "sample", "settings": {CARE: [], GROWTH: []}}]})
    along = np.linspace(0.01, 1, count)
    return found.assign_coords({CARE: ("sample", along[::-1]), GROWTH: ("sample", np.geomspace(0.001, 1, count))})


def named(fig, name):
    return [trace for trace in fig.data if trace.name == name and trace.x[0] is not None]


def ends(trace, side="error_y"):
    bar = getattr(trace, side)
    at = np.asarray(trace.y if side == "error_y" else trace.x)
    return at - bar.arrayminus, at + bar.array


PICTURES = {
    "line": lambda: made(GROWTH),
    "lines": lambda: made(SCENARIO, GROWTH),
    "panels of lines": lambda: made("objection", "reflection.rule", CARE),
    "map": lambda: made(CARE, GROWTH),
    "maps": lambda: made("objection", CARE, GROWTH),
    "partly": lambda: made(SCENARIO, CARE, GROWTH, state=np.arange(60).reshape(2, 6, 5) % 3),
    "rows": lambda: made(SCENARIO),
    "rows in panels": lambda: made(SCENARIO, "objection", "reflection.rule"),
    "point": lambda: made(values=0.5),
    "samples": sampled,
    "replicates": lambda: made(CARE, "replicate"),
    "bits": lambda: made(CARE, name="bits", values=[1, 2, 3, 4, 5, np.inf], runs=0),
    "harm": lambda: made(CARE, GROWTH, name="harm", ends=None),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_every_picture_says_what_it_shows(name, width):
    fig = figures.sweep(PICTURES[name](), width=width)
    meta = fig.layout.meta
    assert all(meta[part] for part in ("title", "detail", "caption", "alt", "call", "command"))
    assert meta["caption"].startswith("A sweep: ") and meta["title"] in meta["caption"]
    texts = [note.text for note in fig.layout.annotations] + [meta[part] for part in ("title", "detail", "caption", "alt")]
    texts += [axis.title.text or "" for axis in [*fig.select_xaxes(), *fig.select_yaxes()]]
    assert not any(re.search(r"\$|_|\bnan\b|\binf\b| -\d", text) for text in texts)
    json.loads(fig.to_json(), parse_constant=lambda word: pytest.fail(f"{word} in the figure's JSON"))


@pytest.mark.parametrize("name", PICTURES)
def test_results_from_disk_are_drawn_alike(name, tmp_path):
    found = PICTURES[name]()
    datasets.save(found, tmp_path / "result.zarr")
    assert figures.sweep(datasets.open(tmp_path / "result.zarr")).to_json() == figures.sweep(found).to_json()


# ---- One axis ------------------------------------------------------------------------------------------------------


def test_a_line_for_each_word_in_its_band():
    found = made(SCENARIO, GROWTH)
    fig = figures.sweep(found)
    bands = [trace for trace in fig.data if trace.name == "band"]
    for scenario, band in zip(("slow", "fast"), bands, strict=True):
        (line,) = named(fig, scenario)
        one = found.sel(scenario=scenario)
        assert np.array_equal(line.x, found[GROWTH]) and np.array_equal(line.y, one["aligned"])
        high, low = np.split(np.asarray(band.y), 2)
        np.testing.assert_allclose(high, one["aligned_high"])
        np.testing.assert_allclose(low[::-1], one["aligned_low"])
    assert len({line.line.color for line in fig.data if line.mode == "lines+markers"}) == 2
    assert len({line.line.dash for line in fig.data if line.mode == "lines+markers"}) == 2
    assert fig.layout.xaxis.type == "log" and fig.layout.xaxis.title.text == "Growth: logistic growth (per episode) →"
    assert fig.layout.meta["title"] == "P(aligned) goes from 0% to 100%; highest at scenario fast, growth 1"
    assert named(fig, "slow")[0].customdata[1].startswith("Scenario slow, growth 0.00562<br>P(aligned) 11% (1.1–21%)")


def test_lines_that_could_not_be_told_apart_have_panels():
    coords = {"objection": (np.array(list("abcde")), {})}
    fig = figures.sweep(made("objection", CARE, coords=coords))
    assert [note.text for note in fig.layout.annotations if note.name == "panel"] == [f"Objection {word}" for word in "abcde"]
    lines = [trace for trace in fig.data if trace.mode == "lines+markers"]
    assert len(lines) == 5 and len({line.xaxis for line in lines}) == 5


def test_a_point_without_neighbours_has_its_own_interval():
    found = made(CARE, state=[1, 0, 1, 1, 2, 1])
    fig = figures.sweep(found)
    (line,) = named(fig, "aligned")
    low, high = ends(line)
    assert np.isnan(line.y[[1, 4]]).all()
    np.testing.assert_allclose(high[[0, 5]] - low[[0, 5]], 0.2)
    assert high[2] == low[2]  # which stands in the band
    assert fig.layout.meta["caption"].endswith("Of 6 points, 1 is not computed and 1 failed: they are blank.")


def test_what_is_infinite_is_marked_where_it_is_known_to_be_above():
    fig = figures.sweep(PICTURES["bits"]())
    (mark,) = named(fig, "at least")
    assert mark.marker.symbol == "triangle-up" and list(mark.x) == [1]
    assert named(fig, "aligned")[0].y[-1] != np.inf and "∞" in fig.layout.meta["title"]


def test_values_in_any_order_are_drawn_in_theirs():
    coords = {CARE: (np.array([0.5, 0.1, 0.9]), {"scale": "linear"})}
    (line,) = named(figures.sweep(made(CARE, coords=coords, values=[5, 1, 9], name="harm")), "aligned")
    assert list(line.x) == [0.1, 0.5, 0.9] and list(line.y) == [1, 5, 9]


def test_decades_in_a_list_are_logarithmic():
    for values, scale in (([0.001, 0.01, 0.1, 1], "log"), (np.linspace(0.001, 1, 4), "linear"), ([4, 8, 16], "linear")):
        coords = {CARE: (np.asarray(values, float), {"scale": "linear"})}
        fig = figures.sweep(made(CARE, coords=coords))
        assert fig.layout.xaxis.type == scale


def test_paths_that_are_set_together_are_drawn_against_the_first_that_tells():
    found = made("placebo", coords={"placebo": (np.arange(3), {})})
    found = found.assign_coords({"reflection.rule": ("placebo", ["a", "b", "c"]), CARE: ("placebo", [0.1, 0.2, 0.4])})
    assert list(named(figures.sweep(found), "aligned")[0].x) == [0.1, 0.2, 0.4]
    words = found.drop_vars(CARE)
    assert [note.text for note in figures.sweep(words).layout.annotations if note.name == "row"] == ["a", "b", "c"]


# ---- Two axes ------------------------------------------------------------------------------------------------------


def test_two_axes_make_a_map_with_one_half():
    found = made(CARE, GROWTH)
    fig = figures.sweep(found)
    (heat,) = named(fig, "map")
    assert np.array_equal(heat.z, found["aligned"].values.T) and (heat.zmin, heat.zmax) == (0, 1)
    assert heat.colorscale[1][1] == LOOKS["aligned"].colour
    assert fig.layout.yaxis.type == "log" and fig.layout.xaxis.title.text.startswith("Care: p₀")
    assert [trace.contours.start for trace in fig.data if trace.type == "contour"] == [0.5]
    assert heat.text[0][0] == "Care 0, growth 0.001<br>P(aligned) 0% (0–10%)"
    turned = figures.sweep(found, x=GROWTH, y=CARE)
    assert np.array_equal(named(turned, "map")[0].z, found["aligned"].values)
    assert np.array_equal(named(figures.sweep(found, x=GROWTH), "map")[0].z, found["aligned"].values)


def test_other_values_have_a_scale_of_their_own_and_no_half():
    fig = figures.sweep(PICTURES["harm"](), "harm")
    (heat,) = named(fig, "map")
    assert (heat.zmin, heat.zmax) == (0, 1) and not [trace for trace in fig.data if trace.type == "contour"]
    assert "no intervals" in fig.layout.meta["detail"]


def test_blank_cells_are_marked_and_counted():
    found = PICTURES["partly"]()
    fig = figures.sweep(found)
    assert len(named(fig, "map")) == 2
    for name, state in (("not computed", 0), ("failed", 2)):
        assert sum(len(trace.x) for trace in named(fig, name)) == int((found["done"] == state).sum()) == 20
    assert "Of 60 points, 20 are not computed and 20 failed: they are blank." in fig.layout.meta["caption"]
    assert "Of 60 points" in fig.layout.meta["alt"]
    assert "not computed" in named(fig, "map")[0].text[0][0]


def test_at_holds_a_dimension_and_says_so():
    found = made("objection", CARE, GROWTH)
    fig = figures.sweep(found, at={"objection": "motives-erode"})
    np.testing.assert_array_equal(named(fig, "map")[0].z, found["aligned"].sel(objection="motives-erode").values.T)
    assert "held at objection motives-erode" in fig.layout.meta["caption"]
    line = figures.sweep(found, at={"objection": "none", GROWTH: 0.03})
    np.testing.assert_array_equal(named(line, "aligned")[0].y, found["aligned"].isel(objection=0)[{GROWTH: 2}].values)
    assert "growth 0.0316" in line.layout.meta["detail"]


def test_what_no_panel_has_room_for_is_held_at_its_middle():
    coords = {"objection": (np.array(list("abcdefg")), {})}
    fig = figures.sweep(made("objection", CARE, GROWTH, coords=coords))
    assert "held at objection d" in fig.layout.meta["caption"] and len(named(fig, "map")) == 1


def test_a_short_axis_beside_a_long_one_is_lines():
    coords = {"reflection.strength": (np.array([0.1, 0.2]), {"scale": "linear"})}
    found = made("reflection.strength", CARE, coords=coords)
    fig = figures.sweep(found)
    assert [trace.name for trace in fig.data if trace.mode == "lines+markers"] == ["0.1", "0.2"]
    assert named(figures.sweep(found, y="reflection.strength"), "map")


# ---- Words, samples, replicates ------------------------------------------------------------------------------------


def test_words_make_rows_of_dots_with_intervals():
    found = made(SCENARIO, "objection")
    fig = figures.sweep(found)
    assert [note.text for note in fig.layout.annotations if note.name == "row"] == ["none", "motives-erode", "fast-takeoff"]
    for scenario in ("slow", "fast"):
        (dots,) = named(fig, scenario)
        one = found.sel(scenario=scenario)
        np.testing.assert_array_equal(dots.x, one["aligned"])
        low, high = ends(dots, "error_x")
        np.testing.assert_allclose(low, one["aligned_low"])
        np.testing.assert_allclose(high, one["aligned_high"])
    slow, fast = (np.asarray(named(fig, name)[0].y) for name in ("slow", "fast"))
    assert (np.abs(slow - fast) > 0.1).all()


def test_samples_are_dots_against_one_path_or_over_two():
    found = sampled()
    against = figures.sweep(found, x=GROWTH)
    (dots,) = named(against, "P(aligned)")
    np.testing.assert_array_equal(dots.x, found[GROWTH])
    np.testing.assert_array_equal(dots.y, found["aligned"])
    np.testing.assert_allclose(ends(dots)[1], found["aligned_high"])
    assert against.layout.xaxis.type == "log"
    (over,) = named(figures.sweep(found, x=CARE, y=GROWTH), "P(aligned)")
    np.testing.assert_array_equal(over.marker.color, found["aligned"])
    np.testing.assert_array_equal(over.y, found[GROWTH])


def test_replicates_are_averaged_with_their_spread_where_there_is_no_interval():
    values = np.arange(24.0).reshape(6, 4)
    bare = figures.sweep(made(CARE, "replicate", name="harm", values=values, ends=None))
    (line,) = named(bare, "aligned")
    np.testing.assert_allclose(line.y, values.mean(1))
    (band,) = named(bare, "band")
    np.testing.assert_allclose(np.split(np.asarray(band.y), 2), [values.max(1), values.min(1)[::-1]])
    assert "means over 4 repeats; intervals go from the lowest to the highest repeat" in bare.layout.meta["detail"]
    told = figures.sweep(made(CARE, "replicate", name="harm", values=values, ends=0.5))
    (band,) = named(told, "band")
    np.testing.assert_allclose(np.split(np.asarray(band.y), 2)[0], values.mean(1) + 0.5)
    assert "95% intervals of one repeat" in told.layout.meta["detail"]


def test_dimensions_of_the_measure_are_drawn_or_left_out_where_they_have_one_position():
    fig = figures.sweep(made(CARE), "count")
    assert next(note.text for note in fig.layout.annotations if note.name == "panel") == "locked in"
    found = made(CARE, name="bits", runs=0).expand_dims({"dimension": [4]}, axis=1)
    found["done"] = found["done"].isel(dimension=0)
    assert len(named(figures.sweep(found), "aligned")) == 1


# ---- What cannot be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"value": "alinged"}, "did you mean aligned?"),
        ({"x": "motives.car"}, "did you mean motives.care?"),
        ({"x": SCENARIO}, "is a dimension of words"),
        ({"x": CARE, "y": CARE}, "give two axes"),
        ({"at": {"scenari": "slow"}}, "did you mean scenario?"),
        ({"at": {SCENARIO: "slo"}}, "did you mean slow?"),
        ({"at": {CARE: "much"}}, "must be a number"),
        ({"at": {CARE: float("nan")}}, "must be a finite number"),
        ({"at": {CARE: 0}, "x": CARE}, "is held by at"),
        ({"at": {CARE: 0}, "y": GROWTH}, "there is no other axis of numbers for x"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(options, line):
    with pytest.raises(FigureError) as caught:
        figures.sweep(made(SCENARIO, CARE, GROWTH), **options)
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_nothing_to_draw_is_said():
    with pytest.raises(FigureError, match="nothing to draw: no aligned of 6 points is computed yet"):
        figures.sweep(made(CARE, state=np.zeros(6)))
    with pytest.raises(FigureError, match="could be computed"):
        figures.sweep(made(CARE, state=np.full(6, 2)))
    with pytest.raises(FigureError, match=r"make one with basin\.sweep"):
        figures.sweep(xr.Dataset(attrs={"basin": "map"}))


def test_a_real_store_is_drawn(tmp_path):
    text = """
    scenarios = ["near-aligned-llm", "fast-takeoff"]
    runs = 4
    [set]
    outcome.horizon = 20
    [axes]
    "capability.growth" = { lo = 0.001, hi = 1, n = 4, log = true }
    [sobol]
    n = 8
    "motives.care" = { lo = 0, hi = 1 }
    """
    sweep.run(sweep.parse(text), tmp_path / "a.zarr", points_per_task=64, threads=1)
    found = datasets.open(tmp_path / "a.zarr")
    fig = figures.sweep(found, at={GROWTH: 0.1})
    assert fig.layout.xaxis.title.text == "Care →" and len(named(fig, "P(aligned)")) == 2
    assert "p₀" in next(note.text for note in fig.layout.annotations if note.name == "upwards")


def test_a_message_of_ones_own_replaces_the_extremes():
    fig = figures.sweep(made(GROWTH), message="It hardly matters < at all")
    assert fig.layout.meta["title"] == "It hardly matters < at all" and "hardly matters" in fig.layout.meta["alt"]
    assert "It hardly matters &lt; at all" in fig.to_json().encode().decode("unicode_escape")


def test_a_share_is_called_one():
    found = made(GROWTH, name="share")
    for part in found.data_vars.values():
        part.attrs |= {"units": "probability", "long_name": "share of the starts that ends aligned"}
    fig = figures.sweep(found, "share")
    assert "P(share)" not in fig.to_json() and "Share of the starts that ends aligned" in fig.to_json().replace("<br>", " ")


def test_corpus_paths_are_read_as_people_say_them():
    found = made("corpus.ai_good", coords={"corpus.ai_good": (np.linspace(0, 1, 4), {"units": "weight"})})
    assert "AI good" in figures.sweep(found).to_json()
