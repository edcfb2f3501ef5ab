"""The first page, without a browser: scenario, assumptions, address, map and trajectories."""

from __future__ import annotations

import pytest

import basin
from tests.app.conftest import settled


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
    assert len(charts(page)) == 2 and not page.warning


def test_every_scenario_opens_and_says_what_it_is_and_where_it_is_from(open_page):
    page = open_page()
    picker = page.selectbox(key="scenario")
    assert sorted(picker.options) == sorted(basin.load(name).title for name in basin.names())
    assert picker.options[0] == basin.load("near-aligned-llm").title
    for name in basin.names():
        settled(page.selectbox(key="scenario").set_value(name).run())
        said = " ".join(caption.value for caption in page.sidebar.caption)
        assert basin.load(name).summary in said and basin.load(name).source in said
        assert not page.warning
        assert len(charts(page)) == 2


@pytest.mark.parametrize("name", ["shoggoth", "critical-mass"])
def test_at_most_six_sliders_are_in_view_and_every_assumption_is_somewhere(open_page, name):
    page = open_page(scenario=name)
    assert 4 <= len(page.slider) <= 6
    scenario = basin.load(name)
    groups = page.selectbox(key="group").options
    keys = set()
    for group in groups:
        settled(page.selectbox(key="group").set_value(group.lower()).run())
        keys |= {widget.key for widget in (*page.slider, *page.number_input, *page.selectbox)}
    axes = {axis[0] for axis in basin.default_axes(scenario)}
    paths = {entry.path for entry in (*scenario.numeric_paths(), *scenario.word_paths())}
    assert paths - axes - {"evidence.choices"} <= keys


def test_all_scenarios_side_by_side(open_page):
    page = open_page()
    compare = next(button for button in page.sidebar.button if button.label == "Compare all scenarios")
    settled(compare.click().run())
    assert sum(button.label == "Open" for button in page.button) == len(basin.names())
    settled(page.button(key="open-shoggoth").click().run())
    assert page.selectbox(key="scenario").value == "shoggoth"


def test_what_critics_say_changes_what_is_assumed(open_page):
    page = open_page(objections="placebo,no-such-thing")
    field = basin.map(basin.load("near-aligned-llm").objected("placebo"), n=8, runs=2)
    assert f"{field.attrs['aligned']:.0%} ± " in headline(page)
    assert ".objected('placebo')" in page.code[0].value
    assert [text.value for text in page.warning] == ["This link asks for the objection `no-such-thing`, which is not here."]
    settled(page.multiselect(key="objections").set_value([]).run())
    assert "objections" not in page.query_params


def test_words_can_be_changed_too(open_page):
    page = open_page(reflection__rule="none")
    assert page.selectbox(key="reflection.rule").value == "none"
    assert ".with_({'reflection.rule': 'none'})" in page.code[0].value
    assert "--set 'reflection.rule=\"none\"'" in page.code[1].value


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
    assert f"{names['result'].attrs['aligned']:.0%} ± " in headline(page)


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
    assert len(charts(page)) == 2
    settled(page.selectbox(key="scenario").set_value("near-aligned-llm").run())
    assert page.slider(key="belief.knowledge").value == 0.7
    assert page.query_params == {}


def test_assumptions_that_the_next_scenario_does_not_have_leave_the_address(open_page):
    page = open_page(scenario="shoggoth", motives__puppeteer__overlap="0.5", population__graph="ring", objections="placebo")
    assert not page.warning and page.number_input(key="motives.puppeteer.overlap").value == 0.5
    settled(page.selectbox(key="scenario").set_value("near-aligned-llm").run())
    settled(page.run())
    assert page.query_params == {} and not page.warning


def test_other_axes(open_page):
    page = open_page(x="belief.knowledge", start_x="0.5", start_y="0.5")
    settled(page.selectbox(key="group").set_value("motives").run())
    assert "motives.self_interest.overlap" in {widget.key for widget in page.number_input}
    assert "belief.knowledge" not in {widget.key for widget in (*page.number_input, *page.slider)}
    assert "x=('belief.knowledge', -1.0, 1.0)" in page.code[0].value
    settled(page.selectbox(key="y").set_value("belief.spread").run())
    assert "y=('belief.spread', 0.0, 2.0)" in page.code[0].value
    assert page.number_input(key="start_x").value == 0.7 and page.number_input(key="start_y").value == 0.5


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
    assert len(charts(page)) == 2
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


def test_results_are_shared_and_cannot_be_written_to(open_page, app):
    page = open_page()
    kept = list(app.desk().known.values())
    with pytest.raises(ValueError, match="read-only"):
        kept[0]["count"].values[0, 0, 0] = 1
    open_page()
    settled(page.run())
    assert {id(one) for one in app.desk().known.values()} == {id(one) for one in kept}


def test_a_link_of_a_hundred_thousand_letters_is_explained_in_one_line(open_page):
    page = open_page(**{f"a{k}": "x" * 100 for k in range(1000)})
    assert [warning.value for warning in page.warning] == [
        "This link is too long to be one of ours. What could be read of it counts."
    ]
    page = open_page(**{f"a{k}": "1" for k in range(20)})
    assert len(page.warning) == 6 and page.warning[5].value == "15 more parts of this link say nothing here."


def test_downloads_are_whole(app, tmp_path):
    import parts

    field = basin.map("near-aligned-llm", n=4, runs=1)
    figure = basin.figures.map(field)
    page = parts.picture(figure, "html")
    assert page.startswith(b"<!DOCTYPE html>") and page.rstrip().endswith(b"</html>")
    assert parts.picture(figure, "svg").startswith((b"<svg", b"No "))
    (tmp_path / "data.nc").write_bytes(parts.data(field))
    assert basin.datasets.open(tmp_path / "data.nc").equals(field)
