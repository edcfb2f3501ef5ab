"""Pictures of stability, sizes and times: what they say and draw."""

import numpy as np
import pytest

import basin
from basin import figures, theory
from basin.figures import FigureError
from basin.figures.theme import NARROW
from basin.scenario import load


@pytest.fixture(scope="module")
def results():
    short = load("near-aligned-llm").with_({"outcome.horizon": 60, "values.features": 4})
    return {
        "stability": basin.stability(short, samples=200),
        "stability of a system": basin.stability("kuramoto-ring", outcome="0", samples=500),
        "size": basin.size(short, "sphere", [4, 8, 16], samples=1024),
        "size of a system": basin.size("newton", samples=200),
        "size of nothing": basin.size("kuramoto-ring", dimensions=[8, 10], outcome="3", samples=20),
        "time": basin.time(short, samples=200),
        "time of a system": basin.time("newton", samples=200),
        "time of nothing": basin.time(short, samples=50, outcome="misled"),
    }


NAMES = ("stability", "stability of a system", "size", "size of a system", "size of nothing", "time", "time of a system",
         "time of nothing")  # fmt: skip


def drawn(results, name, **options):
    return getattr(figures, name.split()[0])(results[name], **options)


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_says_what_it_shows(results, name):
    about = drawn(results, name, width=NARROW).layout.meta
    assert all(about[part] for part in ("title", "caption", "alt", "call")) and about["title"] in about["caption"]
    assert "nan" not in about["caption"] + about["alt"] + about["title"]
    assert "inf" not in about["caption"] + about["alt"] + about["title"]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_of_its_own_kind(results, name):
    other = "size" if name.startswith("time") else "time"
    with pytest.raises(FigureError, match="this Dataset holds no"):
        getattr(figures, other)(results[name])


def test_bars_and_both_intervals(results):
    fig, found = drawn(results, "stability"), results["stability"]
    bars = {bar.name: bar.x[0] for bar in fig.data if bar.type == "bar"}
    assert bars["locked in"] == float(found["share"].sel(outcome="locked_in")) and len(bars) == 6
    assert bars["aligned"] == float(found["share"].sel(outcome="aligned"))
    lines = [trace.error_x for trace in fig.data if trace.type == "scatter" and trace.x[0] == bars["aligned"]]
    ends = {(bars["aligned"] - line.arrayminus[0], bars["aligned"] + line.array[0]) for line in lines}
    one = found.sel(outcome="aligned")
    for low, high in (("low", "high"), ("together_low", "together_high")):
        assert any(np.allclose(end, (float(one[low]), float(one[high]))) for end in ends)


def test_outcomes_that_no_run_had_are_left_out_where_there_are_many(results):
    fig, found = drawn(results, "stability of a system"), results["stability of a system"]
    assert sum(bar.type == "bar" for bar in fig.data) == int((found["count"] > 0).sum())
    assert "end in 0" in fig.layout.meta["title"]


def test_sizes_stand_beside_the_caps(results):
    fig, found = drawn(results, "size"), results["size"]
    wide, known, bits = fig.data
    assert wide.y[list(wide.x).index(8)] == pytest.approx(theory.cap_bits(60, 8))
    assert known.y[list(known.x).index(16)] == pytest.approx(theory.cap_bits(found.attrs["known_angle"], 16))
    np.testing.assert_allclose(bits.y, found["bits"])
    np.testing.assert_allclose(bits.y + bits.error_y.array, found["high"])
    np.testing.assert_allclose(bits.y - bits.error_y.arrayminus, found["low"])


def test_a_basin_that_nobody_saw_is_an_arrow_from_its_lower_end(results):
    fig, found = drawn(results, "size of nothing"), results["size of nothing"]
    none = ~np.isfinite(found["bits"].values)
    assert none.any()
    arrow = next(trace for trace in fig.data if trace.marker.symbol == "arrow-up")
    np.testing.assert_allclose(arrow.y, found["low"].values[none])
    assert "at least" in fig.layout.meta["alt"]


def test_curves_and_their_bands(results):
    fig, found = drawn(results, "time"), results["time"]
    line = next(trace for trace in fig.data if trace.name == "aligned for good" and trace.mode == "lines")
    np.testing.assert_allclose(line.y, found["share"].sel(outcome="aligned"))
    band = next(trace for trace in fig.data if trace.name == "aligned for good" and trace.mode == "none")
    high, low = np.split(np.asarray(band.y), 2)
    np.testing.assert_allclose(high, found["high"].sel(outcome="aligned"))
    np.testing.assert_allclose(low[::-1], found["low"].sel(outcome="aligned"))
    going = next(trace for trace in fig.data if trace.name == "no ending yet" and trace.mode == "lines")
    np.testing.assert_allclose(going.y, found["going"])
    point = next(trace for trace in fig.data if trace.mode == "markers")
    assert point.y[0] == float(found["fraction"].sel(event="harmless_and_target"))
