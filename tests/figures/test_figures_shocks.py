"""Pictures of shocks, continuations, tipping, edges and attractors: what they say and draw."""

import numpy as np
import pytest

import basin
from basin import figures
from basin.figures import FigureError
from basin.figures.theme import NARROW
from basin.scenario import load


@pytest.fixture(scope="module")
def results():
    short = load("near-aligned-llm").with_({"outcome.horizon": 60, "values.features": 4})
    root = {"x": 1.0, "y": 0.0}
    return {
        "plane": basin.shock("newton", at=root, samples=300),
        "one": basin.shock("double-well", at={"x": 0.6}, runs=300, samples=50),
        "many": basin.shock("kuramoto-ring", samples=300),
        "nothing": basin.shock("newton", [("x", 0.9, 1.1)], at=root, samples=50),
        "nothing in a plane": basin.shock("newton", [("x", 0.9, 1.1), ("y", -0.1, 0.1)], at=root, samples=50),
        "continue": basin.continuation("henon", ("a", 1.0, 1.5), n=5, samples=200),
        "log": basin.continuation("pendulum", ("damping", 0.05, 0.5, "log"), n=3, samples=150),
        "scenario": basin.continuation(
            short, ("motives.self_interest.overlap", -0.5, 0.9), [("motives.care", 0.1, 0.9)], n=3, samples=120
        ),
        "tipping": basin.tipping("henon", {"a": 1.2}, samples=300),
        "edge": basin.edge("fitzhugh-nagumo"),
        "edge of a scenario": basin.edge("near-aligned-llm"),
        "attractors": basin.attractors("pendulum", samples=100),
        "learner": basin.attractors(short, samples=200),
        "loose": basin.attractors("lorenz-butterfly", samples=60),
    }


DRAWN = {
    "plane": "shock", "one": "shock", "many": "shock", "nothing": "shock", "nothing in a plane": "shock",
    "continue": "continuation", "log": "continuation", "scenario": "continuation", "tipping": "tipping",
    "edge": "edge", "edge of a scenario": "edge", "attractors": "attractors", "learner": "attractors", "loose": "attractors",
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_says_what_it_shows(results, name):
    fig = getattr(figures, DRAWN[name])(results[name], width=NARROW)
    about = fig.layout.meta
    assert all(about[part] for part in ("title", "caption", "alt", "call")) and about["title"] in about["caption"]
    assert "nan" not in str(about["caption"]) + str(about["alt"]) + str(about["title"])
    texts = [note.text for note in fig.layout.annotations] + [about["title"], about["caption"], about["alt"]]
    assert not any("$" in text or "_" in text.replace("self_interest", "") for text in texts)
    assert fig.to_json()


def test_a_plane_shows_start_ball_and_witness(results):
    found = results["plane"]
    fig = figures.shock(found)
    traces = {trace.name.split(":")[0].split(",")[0]: trace for trace in fig.data if trace.name}
    ball, witness, start = traces["audited ball"], traces["witness"], traces["start"]
    assert np.hypot(np.array(ball.x) - 1, np.array(ball.y)) == pytest.approx(np.full(len(ball.x), found.attrs["radius"]))
    assert (witness.x[0], witness.y[0]) == pytest.approx(tuple(found["witness"].values))
    assert (start.x[0], start.y[0]) == (1.0, 0.0)
    assert "0.622" in fig.layout.meta["title"]


def test_intervals_of_shocks_are_drawn(results):
    found = results["one"]
    fig = figures.shock(found)
    (ends,) = [trace.x for trace in fig.data if trace.name and trace.name.startswith("P = ½")]
    assert sorted(np.abs(ends)) == pytest.approx([found.attrs["distance_low"], found.attrs["distance_high"]])
    assert "95% interval" in fig.layout.meta["detail"]


def test_bands_add_up_and_tips_stand_where_they_are(results):
    found = results["continue"]
    fig = figures.continuation(found)
    bands = [trace for trace in fig.data if trace.stackgroup]
    assert np.sum([trace.y for trace in bands], axis=0) == pytest.approx(np.ones(5))
    lines = sorted(shape.x0 for shape in fig.layout.shapes if shape.type == "line")
    assert lines == pytest.approx(sorted(found["tip_value"].values))
    shades = sorted((shape.x0, shape.x1) for shape in fig.layout.shapes if shape.type == "rect")
    assert shades == sorted(zip(found["tip_low"].values, found["tip_high"].values, strict=True))
    for side in ("low", "high"):
        (line,) = [trace for trace in fig.data if trace.name == side]
        assert np.array_equal(line.y, found[side].sel(outcome="bounded").values)


def test_bars_of_tipping_are_whole(results):
    fig = figures.tipping(results["tipping"])
    assert np.sum([trace.x for trace in fig.data], axis=0) == pytest.approx([1, 1])
    assert "more of the starts end bounded" in fig.layout.meta["title"]


def test_the_edge_state_is_marked(results):
    fig = figures.edge(results["edge"])
    (state,) = [trace for trace in fig.data if trace.name.startswith("edge state")]
    assert (state.x[0], state.y[0]) == pytest.approx((0, 0), abs=1e-9)
    assert (
        "sits a saddle" in fig.layout.meta["title"]
        and "linger" in figures.edge(results["edge of a scenario"]).layout.meta["title"]
    )


def test_clusters_have_their_runs(results):
    found = results["attractors"]
    fig = figures.attractors(found)
    sizes = [len(trace.x) for trace in fig.data if trace.name.startswith("cluster")]
    assert sizes == found["count"].values.tolist() and "agree with the named outcomes" in fig.layout.meta["title"]
    colours = [trace.marker.color for trace in fig.data]
    assert len(set(colours)) == len(colours)
    assert any(trace.name.startswith("in no cluster") for trace in figures.attractors(results["loose"]).data)


@pytest.mark.parametrize("draw", ["shock", "continuation", "tipping", "edge", "attractors"])
def test_other_datasets_are_refused(results, draw):
    other = results["tipping"] if draw != "tipping" else results["edge"]
    with pytest.raises(FigureError, match=f"make one with basin.{draw}"):
        getattr(figures, draw)(other)
