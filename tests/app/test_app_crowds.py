"""Many agents: the network, how they end, and each question, without a browser."""

from __future__ import annotations

import shlex

import pytest

import basin
from tests.app.conftest import settled
from tests.cli.calling import call

PAYLOAD = 1_500_000  # bytes of an animation
TINY = {"outcome__horizon": "40", "outcome__dwell": "5"}
SMALL = {**TINY, "population__agents": "12", "population__degree": "4"}  # of a scenario of many
QUESTIONS = ["crowd", "critical", "policing", "misled", "echo", "generations"]


@pytest.fixture
def page(open_page, monkeypatch):
    """Opens the page at an address, with few populations."""
    from views import crowd_questions, crowds

    for name, value in {"FEW": 2, "MANY": 3, "ALONG_FEW": 2, "VALUES": 2, "SIZES": {"samples": 32}}.items():
        monkeypatch.setattr(crowd_questions, name, value)
    monkeypatch.setattr(crowds, "AGENTS", 12)

    def opened(**query):
        return open_page("crowds", **(TINY if "population__agents" not in query else {}), **query)

    return opened


def crowd(name="critical-mass", **changes):
    return basin.load(name).with_(
        {"population.agents": 12, "population.degree": 4, "outcome.horizon": 40, "outcome.dwell": 5, **changes}
    )


def headline(page) -> str:
    return next(text.value for text in page.markdown if text.value.startswith("## "))


def said(found) -> str:
    low, high = found.attrs["aligned_low"], found.attrs["aligned_high"]
    to = 1 if high - low < 0.019 else 0
    return f"## {found.attrs['aligned']:.{to}%} of these agents end fully aligned ({low:.{to}%} to {high:.{to}%})"


def charts(page) -> list:
    return page.get("plotly_chart")


def code(page, language) -> list[str]:
    return [block.value for block in page.code if block.language == language]


# ---- The network ---------------------------------------------------------------------------------------------------


def test_a_crowd_is_drawn_with_its_numbers(page):
    shown = page(scenario="critical-mass", **SMALL)
    found = basin.population(crowd(), 2)
    assert headline(shown).startswith(said(found))
    whole = found.sel(outcome="aligned")
    assert f"{round(2 * float(whole['whole_end']))} of 2 populations end aligned" in headline(shown)
    assert len(charts(shown)) == 2 and not shown.warning and not shown.info
    table = next(text.value for text in shown.markdown if text.value.startswith("| end "))
    for name in found["outcome"].values[found["end"].values > 0]:
        assert f"| {name} | {float(found.sel(outcome=name)['end']):.0%}" in table


def test_every_key_is_drawn_once_and_here(page):
    shown = page(scenario="critical-mass", **SMALL)
    scenario = basin.load("critical-mass")
    mine = {one.path for one in (*scenario.numeric_paths(), *scenario.word_paths()) if one.path.startswith("population.")}

    def keys(place):
        return [one.key for kind in ("slider", "number_input", "selectbox") for one in getattr(place, kind)]

    assert mine <= set(keys(shown.main)) and not mine & set(keys(shown.sidebar))
    (more,) = [one for one in shown.main.expander if one.label == "More about the crowd"]
    assert len(mine) - len(set(keys(more))) == 6  # in view


def test_moving_what_passes_moves_the_result(page):
    shown = page(scenario="critical-mass", **SMALL)
    before = headline(shown)
    settled(shown.slider(key="population.aligned").set_value(0.1).run())
    assert headline(shown) != before
    assert headline(shown).startswith(said(basin.population(crowd(**{"population.aligned": 0.1}), 2)))
    settled(shown.selectbox(key="population.graph").set_value("ring").run())
    assert shown.query_params["population.graph"] in ("ring", ["ring"])
    changed = crowd(**{"population.aligned": 0.1, "population.graph": "ring"})
    assert headline(shown).startswith(said(basin.population(changed, 2)))


def test_narrower_intervals_take_more_populations(page):
    shown = page(scenario="critical-mass", crowds_finer="true", **SMALL)
    assert headline(shown).startswith(said(basin.population(crowd(), 3)))
    assert "from 3 populations" in headline(shown)


OFTEN = {"near-aligned-llm", "shoggoth", "travel-choices", "echo-chamber"}


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in sorted(basin.names())]
)
def test_every_scenario_opens(page, name):
    shown = page(scenario=name)
    assert headline(shown) and len(charts(shown)) == 2 and not shown.warning
    assert [one.value for one in shown.info] == [] or basin.load(name).population.agents == 1


def test_a_lone_agent_is_looked_at_as_many(page):
    shown = page(scenario="value-learner", crowds_graph="ring")
    assert "This scenario is of a lone agent; here are 12 of it. Nothing passes between them" in shown.info[0].value
    several = {"population.agents": 12, "population.graph": "ring", "outcome.horizon": 40, "outcome.dwell": 5}
    assert headline(shown).startswith(said(basin.population(basin.load("value-learner").with_(several), 2)))
    settled(shown.slider(key="population.imitation").set_value(0.3).run())
    assert "your choice" in shown.info[0].value
    assert shown.query_params["crowds_graph"] in ("ring", ["ring"]) and "population.agents" not in shown.query_params


def test_a_scenario_made_for_many_is_a_click_away(page):
    shown = page(scenario="value-learner")
    settled(shown.button(key="crowds-echo-chamber").click().run())
    assert shown.selectbox(key="scenario").value == "echo-chamber" and not shown.info


def test_many_agents_stay_light():
    found = basin.population(crowd(**{"population.agents": 400, "population.degree": 8}), 1)
    figure = basin.figures.bare(basin.figures.network(found))
    assert len(basin.figures.dark(figure).to_json()) < PAYLOAD and len(figure.frames) > 30


# ---- What is asked -------------------------------------------------------------------------------------------------


ASKED = {
    "critical": lambda one: basin.critical(one, shares=5, halvings=3, populations=2),
    "policing": lambda one: basin.policing(one, count=2),
    "misled": lambda one: basin.misled(one, number=2, count=2),
    "echo": lambda one: basin.echo(one, (0, 0.1, 0.4), count=2),
    "generations": lambda one: basin.generations(one, samples=32, dose=0.03),
}
CHOSEN = {"misled": {"crowds_number": "2"}, "generations": {"crowds_dose": "0.03"}}


@pytest.mark.parametrize("name", ASKED)
def test_questions_are_answered_as_the_package_does(page, name):
    shown = page(scenario="critical-mass", ask=name, **CHOSEN.get(name, {}), **SMALL)
    figure = getattr(basin.figures, name)(ASKED[name](crowd()))
    assert f"**{figure.layout.meta['title']}**" in [text.value for text in shown.markdown]
    assert len(charts(shown)) == 2 and not shown.warning


@pytest.mark.parametrize("along", [("population.peer_audit", 0.0, 0.2), ("population.degree", 4, 10)])
def test_a_critical_mass_is_followed_along(page, along):
    shown = page(scenario="critical-mass", ask="critical", crowds_along=along[0], **SMALL)
    found = basin.critical(crowd(), along, n=2, shares=5, halvings=3, populations=2)
    assert f"**{basin.figures.critical(found).layout.meta['title']}**" in [text.value for text in shown.markdown]


@pytest.mark.parametrize("name", ["crowd", "critical", "policing", "misled", "echo"])
def test_what_is_shown_can_be_had_elsewhere(page, name):
    shown = page(scenario="critical-mass", ask=name, population__imitation="0.2", seed="3", **SMALL)
    network, answer = code(shown, "python")
    names: dict = {}
    exec(network.replace(".show()", ""), names)
    assert headline(shown).startswith(said(names["result"]))
    exec(answer.replace(".show()", ""), names)
    assert names["result"].attrs["seed"] == 3
    title = getattr(basin.figures, name)(names["result"]).layout.meta["title"]
    assert f"**{title}**" in [text.value for text in shown.markdown]
    for typed in code(shown, "bash"):
        assert "population.imitation=0.2" in typed and "--seed 3" in typed
        told = call(*shlex.split(typed)[1:], "--json")
        assert told.code == 0
    if name == "policing":
        both = told.json["arrangements"][-1]["aligned"]["mean"]
        assert both == pytest.approx(float(names["result"]["aligned"].sel(watch="both")))


def test_what_says_little_here_is_said(page):
    shown = page(scenario="echo-chamber", ask="generations")
    assert "no interest of their own" in shown.info[0].value and len(charts(shown)) == 1
    settled(shown.button(key="crowds-open-near-aligned-llm").click().run())
    assert shown.selectbox(key="scenario").value == "near-aligned-llm" and len(charts(shown)) == 2
    assert "Nobody hears or copies" in page(scenario="value-learner", ask="misled").info[1].value
    assert "nobody wins anyone over" in page(scenario="value-learner", ask="critical").info[1].value


# ---- Bad cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"population__agents": "4", "population__degree": "8"}, "population.degree = 8: must be below"),
        ({"population__agents": "1"}, "population.agents = 1"),
        ({"population__misled": "20", "population__agents": "12", "population__degree": "4"}, "population.misled"),
        ({"population__graph": "star", **SMALL}, "population.graph to `star`"),
        ({"ask": "criticl", "crowds_number": "many", "crowds_agents": "0", "crowds_along": "x", **SMALL}, ""),
        ({"ask": "misled", "crowds_number": "400", **SMALL}, ""),
    ],
)
def test_bad_links_are_explained(page, query, says):
    shown = page(scenario="critical-mass", **query)
    assert any(says in one.value for one in shown.warning) if says else not shown.warning


def test_fewer_agents_than_were_to_be_misled(page):
    shown = page(scenario="critical-mass", ask="misled", crowds_number="10", **SMALL)
    settled(shown.number_input(key="population.agents").set_value(8).run())
    assert len(charts(shown)) == 2 and not shown.warning
