"""The network of a population: who is how, when, and beside whom."""

from __future__ import annotations

import time

import numpy as np
import pytest

from basin import figures
from basin.figures import bare
from basin.figures.layouts import DOTS, LAID_OUT
from basin.figures.networks import FRAMES, HUMAN, MISLED_FIRST, PEOPLE_SYMBOL, SYMBOLS
from basin.figures.outcomes import LOOKS
from basin.figures.theme import NARROW
from basin.labels import OUTCOMES
from tests.browsers import ARGUMENTS, BROWSER, browser
from tests.figures.populations_made import (
    ALIGNED,
    NAMES,
    PAYLOAD,
    PICTURES,
    drawn,
    named,
    population,
)


def seen_in(fig, marker):
    """Colours and markers of nodes, as words."""
    scale = dict(enumerate(colour for _, colour in fig.data[_at(fig)].marker.colorscale[::2]))
    symbols = {number: name for name, number in SYMBOLS.items()} | {PEOPLE_SYMBOL: "square-open"}
    return [(scale[code], symbols[symbol]) for code, symbol in zip(marker["color"], marker["symbol"], strict=True)]


def _at(fig):
    return [trace.name for trace in fig.data].index("nodes")


def test_numbers_of_roles_and_symbols_are_those_of_others():
    import plotly.graph_objects as go

    from basin.engine.crowd import ROLES

    assert (ROLES.index("human"), ROLES.index("misled")) == (HUMAN, MISLED_FIRST)
    known = go.Scatter().marker._get_validator("symbol").values
    for name, number in {**SYMBOLS, "square-open": PEOPLE_SYMBOL}.items():
        assert known[known.index(name) - 2] == number
    assert {look.marker for look in LOOKS.values()} == set(SYMBOLS)


def test_nodes_have_colour_and_marker_of_their_status():
    made = PICTURES["network with people"]()
    fig = figures.network(made)
    nodes = fig.data[_at(fig)]
    looks = {code: (LOOKS[name].colour, LOOKS[name].marker) for name, code in OUTCOMES.items()}

    def expected(status):
        return [("#1F2328", "square-open")] + [looks[int(code)] for code in status[1:]]

    assert seen_in(fig, nodes.marker) == expected(made["label"].values[0])
    for frame, status in zip(fig.frames, made["status"].values, strict=False):
        assert seen_in(fig, frame.data[0].marker) == expected(status)
    assert len(fig.frames) == made.sizes["episode"] + 1
    assert seen_in(fig, fig.frames[-1].data[0].marker) == expected(made["label"].values[0])


def test_frames_send_colours_and_symbols_only():
    fig = drawn("network")
    for frame in fig.frames:
        sent = frame.to_plotly_json()["data"]
        assert list(frame.traces) == [_at(fig)] and len(sent) == 1 and sent[0].keys() == {"marker", "type"}
        assert sent[0]["marker"].keys() == {"color", "symbol"}


def test_the_title_of_the_slider_counts_who_is_how():
    made = PICTURES["network with people"]()
    (slider,) = figures.network(made).layout.sliders
    assert slider.active == len(slider.steps) - 1
    for step, counts in zip(slider.steps, made["count"].values[0], strict=False):
        for name, count in zip(NAMES, counts, strict=True):
            if name in ("aligned", "captured", "undecided"):
                assert f"{LOOKS[name].sign}</span> {count} {LOOKS[name].name}" in step.label
    assert slider.steps[3].label.startswith("Episode 30<br>") and slider.steps[-1].label.startswith("In the end<br>")
    assert "locked in" not in slider.steps[-1].label and len({step.label.count("<br>") for step in slider.steps}) == 1


def test_people_and_misled_ones_can_be_told():
    made = PICTURES["network with people"]()
    fig = figures.network(made)
    nodes, ring = fig.data[_at(fig)], named(fig, "misled at first")
    assert (ring.x[0], ring.y[0]) == (nodes.x[1], nodes.y[1]) and ring.marker.symbol == "circle-open"
    assert named(fig, "people").marker.symbol == "square-open"
    assert nodes.customdata[0] == "person 0" and nodes.customdata[1].startswith("agent 1, misled at first, ends ")
    names = [trace.name for trace in drawn("network").data]
    assert "people" not in names and "misled at first" not in names


def test_links_are_between_the_nodes_that_have_them_and_each_is_drawn_once():
    made = PICTURES["network springs"]()
    fig = figures.network(made)
    nodes, lines = fig.data[_at(fig)], named(fig, "links")
    ends = np.column_stack([lines.x, lines.y]).reshape(-1, 3, 2)
    place = np.column_stack([nodes.x, nodes.y])
    pairs = {tuple(sorted(pair)) for pair in zip(made["link_from"].values, made["link_to"].values, strict=True)}
    assert len(ends) == len(pairs) and np.isnan(ends[:, 2]).all()
    drawn_pairs = [tuple(sorted(int(np.abs(place - end).sum(axis=1).argmin()) for end in both[:2])) for both in ends]
    assert set(drawn_pairs) == pairs


def test_the_same_places_every_time():
    for name in ("network", "network with people", "network springs", "network of many"):
        assert drawn(name).to_json() == drawn(name).to_json()


def test_a_ring_is_round():
    fig = drawn("network")
    nodes = fig.data[_at(fig)]
    assert np.hypot(nodes.x, nodes.y) == pytest.approx(np.ones(12), abs=1e-3) and fig.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: population(graph="complete", links=[]), "everyone hears everyone"),
        (lambda: population(graph="complete", links=[(k, j) for k in range(12) for j in range(k)]), "everyone hears everyone"),
        (lambda: population(graph="friends.csv", links=[(k, j) for k in range(12) for j in range(k)]), "everyone hears"),
        (lambda: population(graph="friends.csv", links=[]), "links are too many"),
        (lambda: population(nodes=LAID_OUT + 1, moments=3), "too many agents"),
        (lambda: population(nodes=200, moments=3, links=[(k, j) for k in range(200) for j in range(0, k, 2)]), "too many"),
    ],
)  # fmt: skip
def test_without_links_there_is_a_disc_that_says_so(made, why):
    fig = figures.network(made())
    nodes = fig.data[_at(fig)]
    assert "links" not in [trace.name for trace in fig.data]
    (note,) = [note.text for note in fig.layout.annotations if note.name == "upwards"]
    assert note.startswith("Places mean nothing") and why in note
    assert np.hypot(nodes.x, nodes.y).max() <= 1 and len({*zip(nodes.x, nodes.y, strict=True)}) == len(nodes.x)


def test_of_very_many_some_are_drawn_and_all_counted():
    made = PICTURES["network of many"]()
    fig = figures.network(made)
    nodes = fig.data[_at(fig)]
    assert (
        len(nodes.x) == DOTS and nodes.customdata[0].startswith("agent 0,") and nodes.customdata[-1].startswith("agent 2499,")
    )
    assert "2,000 of 2,500 nodes are drawn, evenly chosen" in fig.layout.meta["detail"]
    ended = int((made["label"].values[0] == ALIGNED).sum())
    assert f"{ended:,} aligned" in fig.layout.sliders[0].steps[-1].label


@pytest.mark.parametrize("nodes", [1000, LAID_OUT])
def test_payload_and_frames_are_bounded(nodes):
    chance = np.random.default_rng(1)
    links = np.unique(np.sort(chance.integers(0, nodes, (4000, 2)), axis=1), axis=0)
    made = population(
        nodes, 1, 400, end=chance.integers(-1, 5, nodes), graph="barabasi-albert", links=links[links[:, 0] != links[:, 1]]
    )
    started = time.perf_counter()
    fig = figures.network(made)
    assert time.perf_counter() - started < 60
    assert len(fig.frames) == len(fig.layout.sliders[0].steps) == FRAMES
    assert len(fig.to_html(include_plotlyjs=False, full_html=False).encode()) < PAYLOAD
    episodes = [int(step.label.split()[1].split("<")[0].replace(",", "")) for step in fig.layout.sliders[0].steps[:-1]]
    assert episodes[0] == 0 and episodes[-1] == 3990


def test_without_moments_the_end_is_drawn_alone():
    fig = figures.network(population().drop_vars("status"))
    assert not fig.frames and not fig.layout.sliders and not fig.layout.updatemenus
    assert len(fig.data[_at(fig)].marker.color) == 12


def test_one_population_bears_no_interval_unless_its_agents_end_alone():
    meta = drawn("network of one").layout.meta
    assert meta["title"] == "4 of 12 agents (33%) end fully aligned" and "no interval" in meta["detail"]
    alone = population(count=1, coupled=0, aligned_low=0.14, aligned_high=0.61)
    assert figures.network(alone).layout.meta["title"] == "33% (14–61%) of the agents end fully aligned"
    assert "33% (23–43%)" in drawn("network").layout.meta["title"]
    assert "95% interval from 3 populations" in drawn("network").layout.meta["detail"]


def test_where_nobody_is_decided():
    fig = drawn("network undecided")
    assert set(fig.data[_at(fig)].marker.symbol) == {SYMBOLS["circle-open"]}
    assert fig.layout.meta["title"].startswith("0% (0–10%)") and "12 undecided" in fig.layout.meta["alt"]


def test_names_from_files_are_shown_as_they_are():
    names = ["<b>Ann</b>", "a & b", "%{x}", "x" * 500, *(f"n{k}" for k in range(8))]
    made = population(names=names, graph='<a href="x">f</a>.csv', title="A company")
    fig = figures.network(made)
    said = fig.data[_at(fig)].customdata
    assert said[0].startswith("agent “&lt;b&gt;Ann&lt;/b&gt;”") and said[1].startswith("agent “a &amp; b”")
    assert said[2].startswith("agent “%{x}”") and len(said[3]) < 100
    assert fig.data[_at(fig)].hovertemplate == "%{customdata}<extra></extra>"
    shown = " ".join(note.text.replace("<br>", " ") for note in fig.layout.annotations)
    assert "<a" not in shown and "&lt;a" in shown and '<a href="x">' in fig.layout.meta["detail"]


@browser
@pytest.mark.parametrize("width", [NARROW, pytest.param(1200, marks=pytest.mark.slow)])
def test_the_network_plays(width, tmp_path):
    from playwright.sync_api import TimeoutError, sync_playwright

    made = population(nodes=60, count=2, moments=30, role=[HUMAN, MISLED_FIRST] + [0] * 58, graph="watts-strogatz")
    page_file = tmp_path / "page.html"
    drawing = bare(figures.network(made)).to_html(include_plotlyjs=True, full_html=True, div_id="figure", auto_play=False)
    page_file.write_text(drawing, encoding="utf-8")
    said = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_selector(".slider-group")
        title = page.locator(".slider-group text").first
        circles = (
            "document.querySelectorAll('#figure .scatterlayer .trace .points path[style*=\"rgb(169, 177, 185)\"]').length"
        )
        assert title.text_content().startswith("In the end")
        box = page.locator(".slider-rail-touch-rect").bounding_box()
        page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
        page.wait_for_function("document.querySelector('.slider-group text').textContent.startsWith('Episode 0')")
        assert page.evaluate(circles) >= 59
        play, pause = page.locator(".updatemenu-button").all()
        play.click()
        for _ in range(9):
            try:
                page.wait_for_function("document.querySelector('#figure').layout.sliders[0].active > 3", timeout=15_000)
                break
            except TimeoutError:  # a busy browser may lose a click, or hold on to the slider after one
                page.mouse.up()
                play.dispatch_event("click")
        else:
            raise AssertionError("it does not play")
        pause.click()
        page.wait_for_timeout(400)
        stopped = title.text_content()
        page.wait_for_timeout(400)
        assert title.text_content() == stopped and not stopped.startswith("In the end")
        play.click()
        page.wait_for_function("document.querySelector('.slider-group text').textContent.startsWith('In the end')")
        assert page.evaluate(circles) <= 1  # the legend's
        edges = page.evaluate("[...document.querySelectorAll('.slider-group text, .updatemenu-button, .legendtext')]"
                              ".map(e => e.getBoundingClientRect().right)")  # fmt: skip
        assert max(edges) <= width
        chromium.close()
    assert not [text for text in said if "error" in text.lower()]  # a pause drops frames, of which plotly warns
