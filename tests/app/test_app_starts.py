"""The page of the corpus, without a browser: sliders move odds and starts, and keep their values from page to page."""

from __future__ import annotations

import shlex

import pytest
from streamlit.util import calc_hash

import basin
from basin import corpus
from tests.app.conftest import settled
from tests.cli.calling import call

SMALL = {"COARSE": (8, 3), "FINE": (16, 4), "CROWD": (2, 2)}
SHORT = {"outcome__horizon": "150", "values__features": "3"}
SCENARIO = basin.load("near-aligned-llm").with_({"outcome.horizon": 150, "values.features": 3})


@pytest.fixture
def open_starts(open_page, monkeypatch):
    from views import starts

    for name, value in SMALL.items():
        monkeypatch.setattr(starts, name, value)
    return lambda **query: open_page("starts", **{**SHORT, **query})


def said(page) -> str:
    return " ".join(text.value for text in (*page.main.markdown, *page.main.caption))


def headline(page) -> str:
    return next(text.value for text in page.main.markdown if text.value.startswith("## "))


def share(changes, spread=0.5) -> str:
    import parts

    return parts.share(basin.start_cloud(SCENARIO.with_(changes), spread=spread, samples=16, n=4).attrs)


def test_it_opens_with_the_cloud_the_odds_and_what_was_measured(open_starts):
    page = open_starts()
    assert headline(page).startswith(f"## {share({})} of the agents that this corpus gives end fully aligned")
    assert "Odds 0.818 to 1 for the misaligned persona:** 45% start as the misaligned persona" in headline(page)
    assert len(page.get("plotly_chart")) == 2 and not page.warning
    assert "**33 times**" in said(page) and "**2 of 10 predictions** come within two points" in said(page)
    assert "| ordinary text | 45% |" in said(page) and "| 1% of AIs behaving well | 9% |" in said(page)
    assert not [
        widget.key for widget in (*page.sidebar.slider, *page.sidebar.number_input) if widget.key.startswith("corpus.")
    ]


def test_sliders_move_odds_and_starts(open_starts):
    page = open_starts()
    settled(page.slider(key="corpus.ai_good").set_value(0.01).run())
    assert headline(page).startswith(f"## {share({'corpus.ai_good': 0.01})} ") and "9% start as the mis" in headline(page)
    settled(page.slider(key="starts_spread").set_value(1.5).run())
    assert headline(page).startswith(f"## {share({'corpus.ai_good': 0.01}, 1.5)} ")
    settled(page.number_input(key="corpus.relevance").set_value(1.0).run())
    assert "45% start as the misaligned persona" in headline(page)


def test_the_corpora_that_were_measured_are_those_of_the_package(open_starts):
    from views import starts

    mixes = corpus.conditions(corpus.Mix())
    assert list(starts.MEASURED) == list(mixes)
    page = open_starts(corpus__human="1.5", corpus__ai_bad="0.02")
    assert page.button_group(key="starts_corpus").value in (None, [])
    for name, mix in mixes.items():
        settled(page.button_group(key="starts_corpus").set_value(name).run())
        assert f"{mix.misaligned:.0%} start as the misaligned persona" in headline(page)
        assert page.button_group(key="starts_corpus").value == name


def test_an_address_is_a_result_and_a_link_beyond_the_slider_counts(open_starts):
    page = open_starts(corpus__ai_good="0.2", corpus__filtered="1", starts_spread="1", seed="4")
    found = basin.start_cloud(
        SCENARIO.with_({"corpus.ai_good": 0.2, "corpus.filtered": 1.0}), spread=1.0, samples=16, n=4, seed=4
    )
    import parts

    assert headline(page).startswith(f"## {parts.share(found.attrs)} ") and not page.warning
    assert page.slider(key="corpus.ai_good").value == 0.2
    bad = open_starts(corpus__ai_good="nan")
    assert "it takes a number from 0" in bad.warning[0].value and bad.slider(key="corpus.ai_good").value == 0


def test_a_corpus_keeps_its_value_on_other_pages_and_back(open_starts):
    page = open_starts()

    def choose(widget, value):
        settled(widget.set_value(value).run())
        page.query_params.update({"corpus.ai_good": str(value)})  # as the browser does
        if not value:
            del page.query_params["corpus.ai_good"]

    def go(name):
        page._page_hash = calc_hash(name)
        settled(page.run())

    choose(page.slider(key="corpus.ai_good"), 0.01)
    go("claims")
    assert page.sidebar.number_input(key="corpus.ai_good").value == 0.01
    choose(page.sidebar.number_input(key="corpus.ai_good"), 0.02)
    go("starts")
    assert page.slider(key="corpus.ai_good").value == 0.02 and "start as the misaligned persona" in headline(page)
    choose(page.slider(key="corpus.ai_good"), 0.0)
    go("claims")
    assert "corpus.ai_good" not in {widget.key for widget in page.sidebar.number_input}


@pytest.mark.parametrize("query", [{"corpus__ai_bad": "0.01"}, {"scenario": "value-learner", "corpus__ai_good": "0.005"}])
def test_what_reproduces_a_result_does(open_starts, query):
    page = open_starts(**query)
    python = [block.value for block in page.code if block.language == "python"]
    typed = [block.value for block in page.code if block.language == "bash"]
    assert len(python) == 2 and typed[0] == typed[1]
    names: dict = {}
    for source in python:
        exec(source.replace(".show()", ""), names)
    assert call(*shlex.split(typed[0])[1:], "--json").json["aligned"]["fraction"] == names["result"].attrs["aligned"]


@pytest.mark.parametrize("name", ["bitter-lesson", "shoggoth", "allied-not-aligned", "critical-mass", "echo-chamber"])
def test_other_scenarios_open(open_starts, name):
    page = open_starts(scenario=name, outcome__horizon="40")
    assert not page.warning
    if name == "echo-chamber":
        assert "agents want nothing of their own" in page.main.info[0].value
        (button,) = [button for button in page.main.button if button.label.startswith("Open a scenario")]
        settled(button.click().run())
    assert "start as the misaligned persona" in headline(page)
    if name == "critical-mass":
        assert "every dot is a whole population" in page.main.info[0].value


def test_nothing_to_train_on_is_explained(open_starts):
    page = open_starts(corpus__human="0", corpus__filtered="1", corpus__talk_good="0")
    assert "nothing is left to train on" in page.main.warning[0].value and not page.get("plotly_chart")
