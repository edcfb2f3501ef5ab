"""The page of objections, without a browser: each a switch, two maps, and the difference."""

from __future__ import annotations

import shlex

import pytest

import basin
from basin.scenario import objections
from tests.app.conftest import settled
from tests.cli.calling import call

SMALL = {"COARSE": 3, "FINE": 4, "CELL_RUNS": 2, "SAMPLES": 60}
SMALL_CROWD = {"COARSE_CROWD": 2, "FINE_CROWD": 3, "CELL_RUNS_CROWD": 1, "SAMPLES_CROWD": 4}
SHORT = {"outcome__horizon": "120", "outcome__dwell": "20"}
CHANGES = {"outcome.horizon": 120, "outcome.dwell": 20}


@pytest.fixture
def page(app, open_page, monkeypatch):
    """Opens the page at an address."""
    import maps
    from views import objections as view

    for name, value in (SMALL | SMALL_CROWD).items():
        monkeypatch.setattr(maps if hasattr(maps, name) else view, name, value)
    return lambda **query: open_page("objections", **query)


def headline(opened) -> str:
    return next((text.value for text in opened.main.markdown if text.value.startswith("## ")), "")


def charts(opened) -> list:
    return opened.get("plotly_chart")


def test_it_says_who_says_it_what_it_sets_and_what_is_left(page):
    opened = page(**SHORT)
    one = objections()["motives-erode"]
    scenario = basin.load("near-aligned-llm").with_(CHANGES)
    found = basin.objections(scenario, ["motives-erode"], samples=60).isel(objection=0)
    assert f"> “{one.says}”  \n> {one.source}" in [text.value for text in opened.main.markdown]
    assert any(text.value == "**It sets** *erosion* from 0 to 0.005." for text in opened.main.markdown)
    assert f"It costs {-float(found['difference']):.0%} ± " in headline(opened) and "shrinks by" in headline(opened)
    assert len(charts(opened)) == 2 and not opened.warning
    said = [text.value for text in opened.main.markdown]
    for words, share in (("Without it", found.attrs["base_share"]), ("With it", float(found["share"]))):
        assert any(text.startswith(f"**{words}**: {share:.0%} (") for text in said)


def test_gains_are_said_as_plainly_and_another_objection_is_another_result(page):
    opened = page(**SHORT)
    before = headline(opened)
    settled(opened.selectbox(key="objections_shown").set_value("sycophancy").run())
    assert headline(opened) != before and "It adds " in headline(opened) and "grows by" in headline(opened)
    assert any("a further motive, *approval*, with 50% of what care leaves" in text.value for text in opened.main.markdown)
    assert opened.query_params["objections_shown"] == "sycophancy"
    again = page(objections_shown="sycophancy", **SHORT)
    assert headline(again) == headline(opened)


def test_an_objection_along_an_axis_is_a_line_on_the_map(page):
    from views import objections as view

    opened = page(objections_shown="knows-but-does-not-care", **SHORT)
    assert any(
        "*care*, which runs upwards here, to 0.05: every start then lies on the line" in text.value for text in opened.caption
    )
    field = basin.map("near-aligned-llm", n=3, runs=1)
    drawn = view.marked(basin.figures.map(field), {"y": 0.05}, field)
    assert any(tuple(trace.y) == (0.05, 0.05) for trace in drawn.data if trace.type == "scatter" and trace.y is not None)
    assert len(view.marked(basin.figures.map(field), {"y": 7.0}, field).data) == len(basin.figures.map(field).data)


def test_one_that_is_in_the_base_is_said_and_taken_out(page):
    opened = page(objections="motives-erode,overseers-off", **SHORT)
    assert any("part of what is assumed on every page" in text.value for text in opened.info) and not charts(opened)
    button = next(one for one in opened.main.button if one.label.startswith("Take it out"))
    settled(button.click().run())
    assert opened.multiselect(key="objections").value == ["overseers-off"]
    assert len(charts(opened)) == 2
    assert any("The overseers' own values are off" in text.value for text in opened.caption)
    button = next(one for one in opened.main.button if one.label == "Assume it on every page")
    settled(button.click().run())
    assert opened.multiselect(key="objections").value == ["overseers-off", "motives-erode"]


def test_one_that_does_not_apply_says_why_and_where_it_does(page):
    opened = page(scenario="echo-chamber", objections_shown="placebo")
    assert "does not apply to this scenario" in opened.info[0].value and "no motive of its own" in opened.info[0].value
    button = next(one for one in opened.main.button if one.label.startswith("Open “"))
    settled(button.click().run())
    assert opened.selectbox(key="scenario").value == "near-aligned-llm" and len(charts(opened)) == 2
    assert opened.selectbox(key="objections_shown").value == "placebo"


@pytest.mark.parametrize("name", ["critical-mass", "travel-choices", "fast-takeoff", "safety-pretraining"])
def test_it_opens_for_every_kind_of_scenario(page, name):
    opened = page(scenario=name, objections_shown="agent-must" if name != "fast-takeoff" else "fast-takeoff", **SHORT)
    assert len(charts(opened)) == 2 and not opened.warning and headline(opened)
    if name in ("travel-choices", "fast-takeoff"):
        assert "It changes nothing here" in headline(opened) and "has it already" in headline(opened)
    if name == "safety-pretraining":
        assert "has its own training.strength" in headline(opened)


def test_all_of_them_are_measured_when_asked(page, monkeypatch):
    from views import objections as view

    few = {name: objections()[name] for name in ("motives-erode", "sycophancy", "placebo")}
    monkeypatch.setattr(view, "objections", lambda: few)
    measured = view.basin.objections
    monkeypatch.setattr(
        view.basin, "objections", lambda scenario, names, *more, **rest: measured(scenario, names or [*few], *more, **rest)
    )
    opened = page(scenario="near-aligned-llm", objections_all="true", **SHORT)
    assert len(charts(opened)) == 3
    figure = basin.figures.objections(basin.objections(basin.load("near-aligned-llm").with_(CHANGES), [*few], samples=60))
    assert any(text.value == f"**{figure.layout.meta['title']}**" for text in opened.main.markdown)


def test_a_click_on_a_row_opens_it(page, monkeypatch):
    from types import SimpleNamespace

    from views import objections as view

    state = {view.EVERY: SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": "schemer"}]))}
    monkeypatch.setattr(view.st, "session_state", state)
    monkeypatch.setattr(view.st, "toast", lambda words: None)
    view.take_row()
    assert state["objections_shown"] == "schemer"


def test_what_reproduces_it_does(page):
    opened = page(objections_shown="schemer", seed="3", x="belief.knowledge", **SHORT)
    python, typed, _, there, *_ = [block.value for block in opened.code]
    names: dict = {}
    exec(python.replace(".show()", ""), names)
    assert f"It costs {-float(names['result']['difference'][0]):.0%} ± " in headline(opened)
    said = call(*shlex.split(typed)[1:], "--json")
    assert said.code == 0, said.err
    assert said.json["objections"][0]["difference"]["value"] == float(names["result"]["difference"][0])
    exec(there.replace(".show()", ""), names)
    assert names["scenario"] == basin.load("near-aligned-llm").with_(CHANGES).objected("schemer")
    assert names["result"].sizes["x"] == 4


def test_a_link_to_no_objection_says_so(page):
    opened = page(objections_shown="shemer", **SHORT)
    assert any("`shemer`, which is not here; perhaps schemer was meant" in text.value for text in opened.warning)
    assert len(charts(opened)) == 2
