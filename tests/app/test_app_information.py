"""The page of the argument, without a browser: what is switched off is off in the graph, in α and in the basin."""

from __future__ import annotations

import shlex

import pytest

import basin
from tests.app.conftest import settled
from tests.cli.calling import call

SMALL = {"COARSE": 3, "FINE": 5, "CELL_RUNS": 2, "COARSE_CROWD": 2, "FINE_CROWD": 2, "CELL_RUNS_CROWD": 1, "SAMPLES": 16}
SHORT = {"outcome__horizon": "150", "values__features": "3"}
QUICK = {"outcome.horizon": 150, "values.features": 3}
SCENARIO = basin.load("near-aligned-llm").with_(QUICK)


@pytest.fixture
def open_information(open_page, monkeypatch):
    import maps
    from views import information

    for name, value in SMALL.items():
        monkeypatch.setattr(maps if hasattr(maps, name) else information, name, value)
    return lambda **query: open_page("information", **{**SHORT, **query})


def said(page) -> str:
    return " ".join(text.value for text in (*page.main.markdown, *page.main.caption, *page.main.info))


def headline(page) -> str:
    return next(text.value for text in page.main.markdown if text.value.startswith("## "))


def share(changes, **axes) -> str:
    import parts

    return parts.share(basin.map(SCENARIO.with_(changes), n=5, runs=2, **axes).attrs)


def test_it_opens_with_the_whole_argument_and_one_map(open_information):
    page = open_information()
    assert headline(page).startswith(f"## {share({})} of these starts end fully aligned")
    assert len(page.get("plotly_chart")) == 3  # the graph, the map, α
    assert "12 steps and 200 bits" in said(page) and "Bits are placeholders." in said(page)
    assert "This agent follows 100% of the argument" in said(page)
    assert page.slider(key="information_bits").value == 200
    assert len(page.main.slider) + len(page.main.toggle) + len(page.main.multiselect) <= 6


@pytest.mark.parametrize(
    ("query", "changes", "missed"),
    [
        ({"information_lacks": "selection"}, {"requirements.without": "selection"}, 9),
        ({"information_cannot": "fallible"}, {"requirements.without": "fallible"}, 5),
        ({"information_bits": "150"}, {"requirements.information": 150.0}, 3),
        (
            {"information_bits": "150", "information_lacks": "selection", "information_cannot": "fallible"},
            {"requirements.information": 150.0, "requirements.without": "selection, fallible"},
            9,
        ),
    ],
)
def test_what_is_switched_off_moves_the_basin(open_information, query, changes, missed):
    page = open_information(**query)
    assert headline(page).startswith(f"## {share(changes)} of these starts end fully aligned with the switches")
    assert f"Before: {share({})}" in headline(page)
    assert f"Grey: {missed} step" in said(page) and "follows none of the argument" in said(page)
    assert len(page.get("plotly_chart")) == 4 and not page.warning


def test_switches_write_the_address(open_information):
    page = open_information()
    settled(page.multiselect(key="information_lacks").set_value(["tools", "selection"]).run())
    settled(page.multiselect(key="information_cannot").set_value(["built"]).run())
    assert page.query_params["information_lacks"] == "tools,selection"
    assert page.query_params["information_cannot"] == "built"
    assert "As switched" in said(page)
    settled(page.multiselect(key="information_lacks").set_value([]).run())
    settled(page.multiselect(key="information_cannot").set_value([]).run())
    assert "As switched" not in said(page) and "information_lacks" not in page.query_params


def test_without_good_intentions_no_information_helps(open_information):
    page = open_information(information_cares="false")
    plane = {"x": ("motives.self_interest.overlap", -1.0, 0.0), "y": ("requirements.information", 0.0, 220.0)}
    assert headline(page).startswith(f"## {share({'motives.care': 0.01}, **plane)} of these starts end fully aligned")
    assert f"Before: {share({}, **plane)}" in headline(page) and "whatever the information" in headline(page)
    assert "Grey: 4 steps not reached." in said(page) and "This agent follows 100% of the argument" in said(page)


@pytest.mark.parametrize("query", [{"information_lacks": "tools"}, {"information_bits": "195", "seed": "3"}])
def test_what_reproduces_a_result_does(open_information, query):
    page = open_information(**query)
    python = [block.value for block in page.code if block.language == "python"]
    typed = [block.value for block in page.code if block.language == "bash"]
    for source, command in zip(python, typed, strict=True):
        names: dict = {}
        exec(source.replace(".show()", ""), names)
        again = call(*shlex.split(command)[1:], "--json", "--quiet").json
        if names["result"].attrs["basin"] == "argument":
            reached = [fact["known"] for fact in again["facts"]]
            assert reached == names["result"]["known"].values.tolist()
        else:
            assert again["aligned"]["fraction"] == names["result"].attrs["aligned"]
    assert str(names["result"].attrs["aligned"])[:3] and len(typed) == 3


def test_what_each_missing_fact_is_worth_is_measured_when_asked_for(open_information):
    page = open_information(information_bits="195", information_worth="true")
    found = basin.information(SCENARIO.with_({"requirements.information": 195.0}), samples=16)
    assert f"- *a correction is evidence of what people want of me*: {100 * found.attrs['worth']:+.0f} points" in said(page)
    many = open_information(information_bits="20", information_worth="true")
    assert "no single one of them helps" in said(many)
    assert "no fact is missing" in said(open_information(requirements__information="900", information_worth="true"))


@pytest.mark.parametrize("name", ["shoggoth", "travel-choices", "alignment-pretraining", "critical-mass", "echo-chamber"])
def test_other_scenarios_open(open_information, name):
    page = open_information(scenario=name, information_lacks="tools", information_cares="false")
    assert not page.warning
    rules = {
        basin.load(name).reflection.rule,
        *(dict(phase.changes).get("reflection.rule") for phase in basin.load(name).phases),
    }
    if "endorsement" in rules:
        assert "whatever the information" in headline(page)
    else:
        assert "no argument moves them" in page.main.info[0].value
        (button,) = [button for button in page.main.button if button.label.startswith("Open a scenario")]
        settled(button.click().run())
        assert page.selectbox(key="scenario").value == "near-aligned-llm"


def test_a_scenario_of_ones_own_may_have_no_argument_or_another(open_information, monkeypatch, tmp_path):
    import uploads

    page = open_information(information_bits="150", information_lacks="tools")
    path = tmp_path / "mine.toml"
    path.write_text(
        'conclusion = "end"\n[[steps]]\nname = "end"\nneeds = ["only"]\n[[facts]]\nname = "only"\nbits = 4\n', encoding="utf-8"
    )
    monkeypatch.setattr(uploads, "scenario", lambda: SCENARIO.with_({"requirements.graph": str(path)}))
    settled(page.run())
    settled(page.selectbox(key="scenario").set_value("yours").run())
    assert page.slider(key="information_bits").value == 4 and not page.multiselect(key="information_lacks").value
    monkeypatch.setattr(uploads, "scenario", lambda: SCENARIO.with_({"requirements.graph": "none"}))
    settled(page.run())
    assert "an agent needs no argument to care" in page.main.info[0].value and not page.get("plotly_chart")
