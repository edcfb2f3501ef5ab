"""The map says what its Dataset says."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.figures import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import HEAD, LETTER, fit
from tests.figures.made import OVERLAP, field


def colour(heat, z: float) -> str:
    """The colour that a heat map gives a value at one of its scale's stops, or just beside it."""
    at = (z - heat.zmin) / (heat.zmax - heat.zmin)
    return min(heat.colorscale, key=lambda stop: abs(stop[0] - at))[1]


def trace(figure, name):
    return next(part for part in figure.data if part.name == name)


def texts(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


@pytest.mark.parametrize("name", LOOKS)
def test_unanimous_cells_have_the_full_colour_of_their_outcome(name):
    figure = basin.figures.map(field([[name, "aligned"], ["captured", name]]))
    heat = trace(figure, "map")
    # a stop of the next outcome's palest tint lies at the same place, so look just below it
    assert colour(heat, heat.z[0][0] - 0.01) == LOOKS[name].colour
    assert heat.z[0][0] == heat.z[1][1]


def test_divided_cells_are_paler_and_the_most_frequent_outcome_decides():
    figure = basin.figures.map(field([[{"aligned": 8}, {"aligned": 6, "captured": 2}, {"aligned": 3, "captured": 5}]]))
    sure, fair, other = trace(figure, "map").z[0]
    index = list(LOOKS).index
    assert index("aligned") < fair < sure < index("aligned") + 1
    assert index("captured") < other < index("captured") + 1


def test_headline_pools_all_runs_and_carries_the_datasets_interval():
    dataset = field([[{"aligned": 30, "misled": 70}, {"aligned": 90, "captured": 10}]])
    figure = basin.figures.map(dataset)
    assert texts(figure, "message") == ["60% of these starts end fully aligned"]
    assert texts(figure, "detail") == ["95% interval 53–67%, from 200 runs"]
    low, high = dataset.attrs["aligned_low"], dataset.attrs["aligned_high"]
    assert (round(low, 2), round(high, 2)) == (0.53, 0.67)


def test_skeleton_maps_claim_no_interval():
    figure = basin.figures.map(field([["aligned", "captured"]], runs=1, expected=1))
    assert texts(figure, "detail") == ["nothing left to chance, 2 runs"]


def test_hover_explains_a_cell_in_words():
    cells = [[{"aligned": 46, "captured": 18}, {"aligned": 32, "captured": 16, "undecided": 16}, "captured", "aligned"]]
    said = trace(basin.figures.map(field(cells, runs=64, x=[-1, 0, 0.5, 1])), "map").text[0]
    assert said[0] == (
        "Self interest overlap −1<br>care 0<br>72% of 64 runs end aligned<br>95% interval 60–81%"
        "<br>The rest: captured by self interest"
    )
    assert said[1].endswith("<br>The rest: 25% captured by self interest and 25% undecided")
    assert said[2].endswith("<br>0% of 64 runs end aligned<br>95% interval 0–6%<br>All: captured by self interest")
    assert said[3].endswith("<br>100% of 64 runs end aligned<br>95% interval 94–100%")


def test_hover_of_a_cell_that_was_not_run():
    empty = field([["aligned", "captured"]], runs=4)
    empty["count"].values[0, 0] = 0
    assert "0% of 0 runs end aligned" in trace(basin.figures.map(empty), "map").text[0][0]


def test_legend_names_the_outcomes_drawn_with_their_share_and_marker():
    figure = basin.figures.map(field([["aligned"] * 2 + ["misled"] * 2, ["locked_in"] * 4]))
    entries = {part.name: part.marker for part in figure.data if part.showlegend}
    assert list(entries) == ["aligned 25%", "misled 25%", "locked in 50%"]
    for label, marker in entries.items():
        look = next(look for look in LOOKS.values() if label.startswith(look.name))
        assert (marker.color, marker.symbol) == (look.colour, look.marker)


def test_large_regions_bear_their_name_and_small_ones_do_not():
    cells = [["captured"] * 20 for _ in range(10)] + [["aligned"] * 20 for _ in range(10)]
    cells[19][19] = "misled"
    figure = basin.figures.map(field(cells))
    named = {note.text: note for note in figure.layout.annotations if note.name is None}
    assert set(named) == {"■ captured", "● aligned"}
    assert named["■ captured"].y < 0.5 < named["● aligned"].y


def test_axes_are_named_in_words_with_units():
    figure = basin.figures.map(field([["aligned"] * 2] * 2), width=2000)
    across = figure.layout.xaxis.title.text.replace("\N{NO-BREAK SPACE}", " ")
    assert across == "Self interest overlap: how far the motive agrees with human values, cos(v, θ) (cosine) →"
    assert texts(figure, "upwards") == ["↑ Care: p₀, share of the motive that wants what humans value (share)"]


def test_logarithmic_axes_have_cells_of_equal_ratio():
    dataset = field([["aligned"] * 2] * 3, y=[0.1, 1, 10], paths=(OVERLAP, "belief.spread"), logs=(False, True))
    figure = basin.figures.map(dataset)
    assert figure.layout.yaxis.type == "log"
    np.testing.assert_allclose(trace(figure, "map").y, 10.0 ** np.array([-1.5, -0.5, 0.5, 1.5]))
    np.testing.assert_allclose(figure.layout.yaxis.range, [-1.5, 1.5])
    np.testing.assert_allclose(figure.layout.yaxis.tickvals, [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    (label,) = [note for note in figure.layout.annotations if note.text == "● aligned"]
    assert label.y == pytest.approx(0)  # plotly takes places on a logarithmic axis in powers of ten


@pytest.mark.parametrize("show", ["outcome", "aligned"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1)])
@pytest.mark.parametrize("log", [False, True])
def test_grids_of_one_row_or_column_are_drawn(shape, show, log):
    side = [0.5] if shape[0] == 1 else None
    dataset = field([["aligned"] * shape[1]] * shape[0], y=side, paths=(OVERLAP, "belief.spread"), logs=(False, log))
    figure = basin.figures.map(dataset, show)
    heat = trace(figure, "map")
    assert len(heat.y) == shape[0] + 1 and len(heat.x) == shape[1] + 1
    assert np.all(np.diff(heat.y) > 0) and np.all(np.diff(heat.x) > 0)
    if shape[0] == 1:
        assert figure.layout.yaxis.ticktext == ("0.5",)


@pytest.mark.parametrize("name", LOOKS)
def test_maps_of_one_outcome_have_no_edge(name):
    dataset = field([[name] * 6] * 6)
    assert not [part for part in basin.figures.map(dataset, "aligned").data if part.type == "contour"]
    share = "100%" if name == "aligned" else "0%"
    assert texts(basin.figures.map(dataset), "message") == [f"{share} of these starts end fully aligned"]


def test_edge_runs_where_one_half_of_the_runs_align():
    share = [[{"aligned": 100 * column, "captured": 1000 - 100 * column} for column in range(11)] for _ in range(4)]
    figure = basin.figures.map(field(share), "aligned")
    (edge,) = [part for part in figure.data if part.type == "contour"]
    assert (edge.contours.start, edge.contours.end) == (0.5, 0.5)
    np.testing.assert_allclose(edge.z, np.tile(np.linspace(0, 1, 11), (4, 1)))  # enough runs: nothing is pooled
    assert "pooled" not in figure.layout.meta["caption"]


def test_edge_of_few_runs_is_pooled_over_neighbours_and_says_so():
    rng = np.random.default_rng(1)
    cells = [[{"aligned": int(k), "captured": 4 - int(k)} for k in rng.binomial(4, np.linspace(0, 1, 40))] for _ in range(40)]
    figure = basin.figures.map(field(cells), "aligned")
    (edge,) = [part for part in figure.data if part.type == "contour"]
    assert np.abs(edge.z - np.linspace(0, 1, 40)).mean() < 0.05
    assert "pooled over about 3 × 3 neighbouring cells" in figure.layout.meta["caption"]


def test_edge_of_a_skeleton_map_is_not_pooled():
    figure = basin.figures.map(field([["captured"] * 3 + ["aligned"] * 3] * 3, runs=1, expected=1), "aligned")
    (edge,) = [part for part in figure.data if part.type == "contour"]
    assert [list(row) for row in edge.z] == [[0, 0, 0, 1, 1, 1]] * 3


def test_caption_and_alt_text_say_what_is_seen():
    meta = basin.figures.map(field([["captured", "captured"], ["captured", "aligned"]], x=[-1, 1])).layout.meta
    assert meta["caption"].startswith(
        "An approximately aligned assistant: 25% of these starts end fully aligned (95% interval"
    )
    assert "2 × 2 starts, 8 runs each: 25% aligned and 75% captured." in meta["caption"]
    assert meta["alt"].startswith("Map of starting points, self interest overlap from −1 to 1 across and care from 0 to 1")
    assert "50% at the top, 0% at the bottom, 0% at the left and 50% at the right edge" in meta["alt"]


@pytest.mark.parametrize("width", [390, 700, 1200])
def test_texts_fit_their_width_and_can_be_fitted_again(width):
    figure = basin.figures.map(field([["aligned"] * 3] * 3))
    fit(figure, width)
    for note in figure.layout.annotations:
        if note.name in HEAD:
            assert max(len(line) for line in note.text.split("<br>")) * LETTER * note.font.size <= width
    before = figure.to_json()
    assert fit(figure, width).to_json() == before
    shifts = [note.yshift for note in figure.layout.annotations if note.name in HEAD]
    assert figure.layout.margin.t > max(shifts)


def test_bare_figures_leave_the_message_to_the_page():
    figure = basin.figures.map(field([["aligned"] * 3] * 3))
    bare = basin.figures.bare(figure)
    assert not texts(bare, "message") and not texts(bare, "detail") and texts(bare, "upwards")
    assert texts(figure, "message")  # the figure itself keeps it


def test_other_datasets_and_unknown_pictures_are_refused():
    dataset = field([["aligned"]])
    with pytest.raises(FigureError, match="'outcome' or 'aligned'"):
        basin.figures.map(dataset, "captured")
    with pytest.raises(FigureError, match=r"not a map: it has no .*count"):
        basin.figures.map(dataset.drop_vars("count"))


def test_maps_of_other_systems_need_no_scenario():
    dataset = field([["aligned", "captured"]] * 2)
    for name in ("scenario", "scenario_toml", "scenario_hash"):
        del dataset.attrs[name]
    meta = basin.figures.map(dataset).layout.meta
    assert meta["caption"].startswith("50% of these starts")
    assert meta["command"] == ""
