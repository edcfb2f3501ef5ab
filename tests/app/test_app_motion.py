"""Motion: the portrait appears for every kind of scenario, and answers to what is assumed."""

from __future__ import annotations

import pytest

import basin
from tests.app.conftest import settled


@pytest.fixture
def motion(app, monkeypatch):
    from views import motion

    monkeypatch.setattr(motion, "COARSE", (8, 4))
    monkeypatch.setattr(motion, "FINE", (10, 4))


def said(page) -> str:
    return " ".join(text.value for text in page.main.markdown)


@pytest.mark.parametrize("name", ["near-aligned-llm", "shoggoth", "critical-mass"])
def test_every_kind_of_scenario_moves(open_page, motion, name):
    page = open_page("motion", scenario=name)
    assert not page.warning and len(page.get("plotly_chart")) == 1
    scenario = basin.load(name).with_({"population.agents": 1})
    assert basin.figures.portrait(basin.portrait(scenario, n=10, paths=4)).layout.meta["title"] in said(page)


def test_what_is_reproduced_is_what_is_seen(open_page, motion):
    page = open_page("motion", reflection__strength="0", seed="3")
    names: dict = {}
    exec(page.code[0].value.replace(".show()", ""), names)
    figure = basin.figures.portrait(names["result"])
    assert figure.layout.meta["title"] in said(page)
    assert page.code[1].value.startswith("basin portrait near-aligned-llm --set reflection.strength=0")
    assert "Raise *Reflection strength*" in said(page)


def test_an_agent_that_only_cares_is_explained(open_page, motion):
    page = open_page("motion", scenario="echo-chamber")
    assert "no motive but care" in page.info[0].value
    settled(page.main.button[0].click().run())
    assert len(page.get("plotly_chart")) == 1
