"""The first page, without a browser: scenario, assumptions, address, map and trajectories."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import basin

APP = Path(__file__).parent.parent.parent / "app"


@pytest.fixture
def open_page(monkeypatch):
    """Opens the page at an address, with small maps."""
    monkeypatch.syspath_prepend(str(APP))
    import results

    results._shelf.clear()
    for name, value in {"COARSE": 4, "FINE": 8, "CELL_RUNS": 2, "RUNS": 5}.items():
        monkeypatch.setattr(results, name, value)

    def opened(**query):
        page = AppTest.from_file(str(APP / "main.py"), default_timeout=300)
        page.query_params.update({key.replace("__", "."): value for key, value in query.items()})
        return settled(page.run())

    return opened


def settled(page):
    assert not page.exception
    return page


def headline(page) -> str:
    return next(text.value for text in page.markdown if text.value.startswith("## "))


def charts(page) -> list:
    return page.get("plotly_chart")


def test_the_map_appears_with_its_number_in_words(open_page):
    page = open_page()
    field = basin.map("near-aligned-llm", n=8, runs=2)
    assert page.title[0].value == "From which starting points does it end fully aligned?"
    assert f"{field.attrs['aligned']:.0%} ± " in headline(page)
    assert "95% interval" in headline(page) and "from 8 × 8 starts with 2 runs each" in headline(page)
    assert len(charts(page)) == 1
    assert not page.warning and page.info[0].value.startswith("Click near the edge")


LONE = [name for name in basin.names() if basin.load(name).population.agents == 1]


def test_every_scenario_of_lone_agents_opens_and_says_where_it_is_from(open_page):
    page = open_page()
    picker = page.selectbox(key="scenario")
    assert sorted(picker.options) == sorted(basin.load(name).title for name in LONE)
    assert picker.options[0] == basin.load("near-aligned-llm").title
    for name in LONE:
        settled(page.selectbox(key="scenario").set_value(name).run())
        assert basin.load(name).summary in page.main.markdown[0].value
        assert any(basin.load(name).source in caption.value for caption in page.sidebar.caption)
        assert not page.warning


def test_at_most_six_sliders_are_in_view_and_all_numbers_are_somewhere(open_page):
    for name in LONE:
        page = open_page(scenario=name)
        assert 4 <= len(page.slider) <= 6
        scenario = basin.load(name)
        axes = {axis[0] for axis in basin.default_axes(scenario)}
        keys = {widget.key for widget in (*page.slider, *page.number_input)}
        assert {entry.path for entry in scenario.numeric_paths()} - axes <= keys


def test_a_changed_assumption_moves_the_basin(open_page):
    page = open_page()
    before = headline(page)
    settled(page.slider(key="belief.knowledge").set_value(-0.5).run())
    assert headline(page) != before
    settled(page.slider(key="belief.knowledge").set_value(0.7).run())
    assert headline(page) == before


def test_an_address_is_a_result(open_page):
    page = open_page(scenario="value-learner", oversight__audit="0.4", planning__candidates="3", show="aligned", seed="7")
    changes = {"oversight.audit": 0.4, "planning.candidates": 3}
    field = basin.map(basin.load("value-learner").with_(changes), n=8, runs=2, seed=7)
    assert f"{field.attrs['aligned']:.0%} ± " in headline(page)
    assert page.selectbox(key="scenario").value == "value-learner"
    code = [block.value for block in page.code]
    assert "basin.load('value-learner').with_({'oversight.audit': 0.4, 'planning.candidates': 3})" in code[0]
    assert "--set planning.candidates=3 --set oversight.audit=0.4" in code[1] and "--seed 7" in code[1]
    assert "audit = 0.4" in code[2]


def test_the_python_that_reproduces_a_result_does(open_page):
    page = open_page(belief__knowledge="0.2")
    source = page.code[0].value.replace(".show()", "")
    names: dict = {}
    exec(source, names)
    assert f"{names['field'].attrs['aligned']:.0%} ± " in headline(page)


def test_a_start_shows_its_trajectories(open_page):
    page = open_page(start_x="-0.8", start_y="0.05")
    assert len(charts(page)) == 2
    assert any("runs from this start end fully aligned" in text.value for text in page.markdown)
    settled(page.number_input(key="start_y").set_value(0.97).run())
    assert any(text.value == "**5 of 5 runs from this start end fully aligned**" for text in page.markdown)


def test_another_scenario_forgets_changes_and_start(open_page):
    page = open_page(belief__knowledge="0.2", start_x="0.5", start_y="0.5")
    settled(page.selectbox(key="scenario").set_value("travel-choices").run())
    assert page.query_params == {"scenario": "travel-choices"}
    assert len(charts(page)) == 1
    settled(page.selectbox(key="scenario").set_value("near-aligned-llm").run())
    assert page.slider(key="belief.knowledge").value == 0.7
    assert page.query_params == {}


def test_other_axes(open_page):
    page = open_page(x="belief.knowledge", start_x="0.5", start_y="0.5")
    assert "motives.self_interest.overlap" in {widget.key for widget in page.number_input}
    assert "x=('belief.knowledge', -1.0, 1.0)" in page.code[0].value
    settled(page.selectbox(key="y").set_value("belief.spread").run())
    assert "y=('belief.spread', 0.0, 2.0)" in page.code[0].value
    assert page.number_input(key="start_x").value is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"scenario": "near-alinged-llm"}, "`near-alinged-llm`, which is not here; perhaps near-aligned-llm was meant"),
        ({"belief.knowledge": "7"}, "sets belief.knowledge to `7`; it takes a number from -1 to 1 here"),
        ({"belief.knowledge": "much"}, "sets belief.knowledge to `much`"),
        ({"belief.knowledge": "nan"}, "sets belief.knowledge to `nan`"),
        ({"humans.lapse": "2"}, "sets humans.lapse to `2`; it takes a number from 0 to 1 here"),
        ({"motives.caer": "0.5"}, "`motives.caer`, which is no assumption of this scenario; perhaps motives.care was meant"),
        ({"x": "belief.colour"}, "asks for the axis `belief.colour`"),
        ({"seed": "first"}, "sets seed to `first`, which is not a number"),
        ({"`![x](https://a.example/y.png)`": "1"}, "`'![x](https://a.example/y.png)'`, which is no assumption"),
    ],
)
def test_bad_links_say_what_is_wrong_and_show_the_rest(open_page, query, said):
    page = open_page(**query)
    assert [said in warning.value for warning in page.warning] == [True]
    assert len(charts(page)) == 1
    assert page.selectbox(key="scenario").value == "near-aligned-llm"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"evidence.choices": "1"}, "needs a table of choices"),
        ({"x": "motives.care", "y": "motives.care"}, "both axes are the same path"),
    ],
)
def test_assumptions_that_make_no_map_are_explained(open_page, query, said):
    page = open_page(**query)
    assert [said in warning.value for warning in page.warning] == [True]
    assert not charts(page)


def test_results_are_shared_and_cannot_be_written_to(open_page):
    import results

    page = open_page()
    shelf = results._shelf(
        "map", basin.load("near-aligned-llm").model_dump_json(), *basin.default_axes("near-aligned-llm"), 8, 0
    )
    kept = shelf["result"]
    with pytest.raises(ValueError, match="read-only"):
        kept["count"].values[0, 0, 0] = 1
    settled(page.run())
    assert shelf["result"] is kept


def test_downloads_are_whole(open_page, tmp_path):
    open_page()
    import results

    field = basin.map("near-aligned-llm", n=4, runs=1)
    page = results.page(basin.figures.map(field))
    assert page.startswith(b"<!DOCTYPE html>") and page.rstrip().endswith(b"</html>")
    (tmp_path / "data.nc").write_bytes(results.data(field))
    assert basin.datasets.open(tmp_path / "data.nc").equals(field)
