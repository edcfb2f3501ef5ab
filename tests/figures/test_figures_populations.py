"""Pictures of populations: who is how on the graph, crowds, critical mass, misled agents, policing, echoes, generations."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest

from basin import datasets, figures
from basin.figures import FigureError, bare
from basin.figures.layouts import DOTS, LAID_OUT
from basin.figures.networks import FRAMES, HUMAN, MISLED_FIRST, PEOPLE_SYMBOL, SYMBOLS
from basin.figures.outcomes import LOOKS
from basin.figures.theme import NARROW
from basin.labels import OUTCOMES
from tests.browsers import ARGUMENTS, BROWSER, browser
from tests.figures.made import about

UNDECIDED, ALIGNED, CAPTURED, MISLED = (OUTCOMES[name] for name in ("undecided", "aligned", "captured", "misled"))
NAMES = list(OUTCOMES)
PAYLOAD = 1_500_000  # bytes of a figure with 1000 nodes and 60 moments


def attributes(**more):
    from basin.scenario import load

    return about(load("near-aligned-llm"), call="basin.population(scenario)", title="A company") | more


def population(nodes=12, count=3, moments=11, *, role=None, end=None, graph="ring", links=None, names=None, **more):
    """A population's Dataset: agents are undecided, and become how they end one after the other."""
    role = np.zeros(nodes, int) if role is None else np.asarray(role)
    end = np.where(np.arange(nodes) % 3 == 0, ALIGNED, CAPTURED) if end is None else np.asarray(end)
    people, episode = role == HUMAN, np.arange(moments) * 10
    label = np.stack([np.where(people, UNDECIDED, np.roll(end, 3 * k)) for k in range(count)])
    turned = np.linspace(0, 1, moments)[:, None] > np.arange(nodes) / nodes
    status = np.where(turned[None], label[:, None], UNDECIDED)
    counts = np.stack([((status == code) & ~people).sum(axis=-1) for code in OUTCOMES.values()], axis=-1)
    means = np.linspace(0.5, 0.9, moments) + 0.01 * np.arange(count)[:, None]
    links = np.array([(k, (k + 1) % nodes) for k in range(nodes)]) if links is None else np.asarray(links)
    both = np.concatenate([links, links[:, ::-1]]) if len(links) else links
    dims = ("population", "node")
    variables = {
        "label": (dims, label.astype(np.int8), "1", "how it ended"),
        "role": (dims, np.tile(role, (count, 1)).astype(np.int8), "1", "what it was at first"),
        "count": (("population", "episode", "outcome"), counts, "agents", "agents by how they would have been judged then"),
        **{f"mean_{name}": ((*dims[:1], "episode"), means, "share", name) for name in ("care", "approval")},
        "status": (("episode", "node"), status[0].astype(np.int8), "1", "how agents were judged then"),
    }
    if len(links):
        variables |= {"link_from": (("link",), both[:, 0], "1", "who"), "link_to": (("link",), both[:, 1], "1", "whom")}
    coordinates = {
        "episode": (("episode",), episode, "episodes", "since"),
        "outcome": (("outcome",), np.array(NAMES), "name", ""),
    }
    if names is not None:
        coordinates["node"] = (("node",), np.array(names), "name", "of a file")
    agents = int((~people).sum())
    share = float((label == ALIGNED).sum() / (agents * count))
    ends = {"aligned": share, "aligned_low": max(0.0, share - 0.1), "aligned_high": min(1.0, share + 0.1)}
    if count == 1:
        ends |= {"aligned_low": 0.0, "aligned_high": 1.0}
    kept = {"agents": agents, "people": int(people.sum()), "graph": graph, "mean_degree": 2.0, "coupled": 1} | ends
    return datasets.measured("population", variables, coordinates, attributes(**kept) | more)


def mass(critical=(0.2, 0.4, 0.7), low=None, high=None, path="population.degree", scale="linear", value=(2.0, 4.0, 8.0)):
    critical = np.asarray(critical, float)
    low, high = (critical + step if end is None else np.asarray(end, float) for end, step in ((low, -0.1), (high, 0.1)))
    start = np.linspace(0, 1, 5)
    share = np.nan_to_num((start > np.nan_to_num(critical, nan=2)[:, None]).astype(float))
    dims = ("value", "start")
    return datasets.measured(
        "critical",
        {
            "count": (dims, (20 * share).astype(int), "populations", ""),
            "share": (dims, share, "probability", ""),
            "low": (dims, np.clip(share - 0.1, 0, 1), "probability", ""),
            "high": (dims, np.clip(share + 0.1, 0, 1), "probability", ""),
            **{name: (("value",), of, "share", "")
               for name, of in (("critical", critical), ("critical_low", low), ("critical_high", high))},
        },
        {"value": (("value",), np.asarray(value[: len(critical)], float), "neighbours", "how many neighbours"),
         "start": (("start",), start, "share", "")},
        attributes(populations=20, path=path, scale=scale, quorum=0.95),
    )  # fmt: skip


def change(aligned=(-0.2, -0.05, 0.0), half=(0.1, 0.04, 0.01), number=2):
    aligned, half = np.asarray(aligned, float), np.asarray(half, float)
    dims = ("distance",)
    return datasets.measured(
        "misled",
        {
            "agents": (dims, np.full(len(aligned), 4.0), "agents", ""),
            "knows": (dims, aligned / 10, "cosine", ""),
            "low": (dims, (aligned - half) / 10, "cosine", ""),
            "high": (dims, (aligned + half) / 10, "cosine", ""),
            "aligned": (dims, aligned, "share", ""),
            "aligned_low": (dims, aligned - half, "share", ""),
            "aligned_high": (dims, aligned + half, "share", ""),
        },
        {"distance": (dims, np.arange(1, len(aligned) + 1), "links", "")},
        attributes(number=number, populations=20, farthest=12, misled_knowledge=-0.5, without=0.8, with_them=0.7)
        | {"change": -0.1, "change_low": -0.15, "change_high": -0.05},
    )


def watched():
    watches = ["nobody", "overseers", "peers", "both"]
    aligned, harm, gain = np.array([0.5, 0.55, 0.6, 0.7]), np.array([4.0, 3.0, 2.0, 1.0]), np.array([0.0, 0.05, 0.1, 0.2])
    seen = np.full((4, len(NAMES), 2), np.nan)
    seen[:, NAMES.index("aligned")] = [(0, 0), (1, 0), (0, 2), (1, 2)]
    seen[:, NAMES.index("captured")] = [(0, 0), (3, 0), (0, 4), (3, 4)]
    dims = ("watch",)
    variables = {}
    for name, values, half in (("aligned", aligned, 0.1), ("harm", harm, 0.5), ("gain", gain, 0.04)):
        variables |= {name: (dims, values, "1", ""), f"{name}_low": (dims, values - half, "1", ""),
                      f"{name}_high": (dims, values + half, "1", "")}  # fmt: skip
    return datasets.measured(
        "policing",
        variables | {"seen": ((*dims, "outcome", "auditor"), seen, "acts", "")},
        {"watch": (dims, np.array(watches), "name", ""), "outcome": (("outcome",), np.array(NAMES), "name", ""),
         "auditor": (("auditor",), np.array(["overseers", "peers"]), "name", "")},
        attributes(populations=10, peer_audit=0.05, audit=0.1, overseen=0.5),
    )  # fmt: skip


def heard(ratio=(1.0, 2.0, 8.0), low=(0.9, 1.8, 7.0), high=(1.1, 2.2, 9.0), rate=(0.0, 0.1, 0.4)):
    dims = ("rate",)
    aligned = np.linspace(0.9, 0.5, len(rate))
    return datasets.measured(
        "echo",
        {"ratio": (dims, np.array(ratio), "1", ""), "ratio_low": (dims, np.array(low), "1", ""),
         "ratio_high": (dims, np.array(high), "1", ""), "aligned": (dims, aligned, "share", ""),
         "aligned_low": (dims, aligned - 0.05, "share", ""), "aligned_high": (dims, aligned + 0.05, "share", "")},
        {"rate": (dims, np.array(rate), "probability per episode", "")},
        attributes(populations=10),
    )  # fmt: skip


def lineages(rest=(0.1, 0.5, 0.9), attracts=(1, 0, 1)):
    when, now = np.arange(6), np.linspace(0, 1, 21)
    share, after = np.linspace(0.5, 0.9, 6), 0.1 + 0.8 * (now > 0.5)
    dims, at = ("generation",), ("now",)
    return datasets.measured(
        "generations",
        {"share": (dims, share, "share", ""), "expected": (dims, share, "share", ""),
         "low": (dims, share - 0.05, "share", ""), "high": (dims, share + 0.05, "share", ""),
         "next": (at, after, "share", ""), "next_low": (at, after - 0.02, "share", ""),
         "next_high": (at, after + 0.03, "share", ""), "rest": (("rest",), np.array(rest, float), "share", ""),
         "attracts": (("rest",), np.array(attracts, np.int8), "1", "")},
        {"generation": (dims, when, "generations", ""), "now": (at, now, "share", "")},
        attributes(dose=0.01, first=0.5, agents=1000, lineages=100, p_aligned=0.9, p_misaligned=0.1),
    )  # fmt: skip


LINKED = [(k, j) for k in range(40) for j in range(k + 1, 40) if (k * j) % 7 == 1]
PICTURES = {
    "network": population,
    "network with people": lambda: population(role=[HUMAN, MISLED_FIRST] + [0] * 10, graph="watts-strogatz"),
    "network of one": lambda: population(count=1, graph="friends.csv", links=[(0, k) for k in range(1, 12)]),
    "network undecided": lambda: population(end=np.full(12, UNDECIDED)),
    "network complete": lambda: population(graph="complete", links=[]),
    "network of many": lambda: population(nodes=2500, moments=3, links=[], graph="barabasi-albert"),
    "network springs": lambda: population(
        nodes=80, graph="stochastic-block", links=[*LINKED, *((k, 0) for k in range(40, 80))]
    ),
    "crowd": population,
    "crowd of one": lambda: population(count=1),
    "crowd undecided": lambda: population(end=np.full(12, UNDECIDED)),
    "critical": mass,
    "critical log": lambda: mass(scale="log"),
    "critical nowhere": lambda: mass([np.nan] * 3),
    "critical in places": lambda: mass([np.nan, 0.5, 0.25]),
    "critical everywhere": lambda: mass([0.0] * 3, [0.0] * 3, [0.0] * 3),
    "critical alone": lambda: mass([0.6], path=""),
    "critical alone nowhere": lambda: mass([np.nan], path=""),
    "critical alone everywhere": lambda: mass([0.0], [0.0], [0.0], path=""),
    "misled": change,
    "misled by few": lambda: change([-0.2, -0.5, -1.0], [0.1, 3.0, np.nan], 1),
    "misled unsure": lambda: change([-0.2], [np.nan]),
    "policing": watched,
    "echo": heard,
    "echo of certainty": lambda: heard((1.0, np.inf, np.inf), (0.9, np.nan, np.nan), (1.1, np.nan, np.nan)),
    "echo wide": lambda: heard(low=(-0.5, 1.8, 7.0)),
    "generations": lineages,
    "generations restless": lambda: lineages((), ()),
}


def drawn(name, **options):
    return getattr(figures, name.split()[0])(PICTURES[name](), **options)


def named(fig, name):
    (found,) = [trace for trace in fig.data if trace.name == name]
    return found


def error_ends(trace):
    """(low, high) of a trace's intervals."""
    return (np.asarray(trace.y, float) - trace.error_y.arrayminus, np.asarray(trace.y, float) + trace.error_y.array)


# ---- All of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_every_picture_says_what_it_shows(name, width):
    fig = drawn(name, width=width)
    meta = fig.layout.meta
    assert all(meta[part] for part in ("title", "detail", "caption", "alt", "call", "scenario_hash"))
    assert meta["title"] in meta["caption"] and meta["caption"].startswith("A company: ")
    texts = [note.text for note in fig.layout.annotations] + [meta[part] for part in ("title", "detail", "caption", "alt")]
    texts += [axis.title.text or "" for axis in [*fig.select_xaxes(), *fig.select_yaxes()]]
    assert not any(re.search(r"\$|_|\bnan\b|\binf\b| -\d", text) for text in texts)
    assert [note.text for note in fig.layout.annotations if note.name == "message"]
    assert fig.to_json()


@pytest.mark.parametrize("name", PICTURES)
def test_results_from_disk_are_drawn_alike(name, tmp_path):
    made = PICTURES[name]()
    datasets.save(made, tmp_path / "result.nc")
    draw = getattr(figures, name.split()[0])
    assert draw(datasets.open(tmp_path / "result.nc")).to_json() == draw(made).to_json()


@pytest.mark.parametrize("kind", ["network", "crowd", "critical", "misled", "policing", "echo", "generations"])
def test_kinds_are_known_and_others_refused(kind):
    from basin.cli.figure import figures as family

    assert figures.KINDS[kind] == kind and kind in figures.__all__
    kept = "population" if kind in ("network", "crowd") else f"population --ask {kind}"
    told = {command.name: command.help for command in family().registered_commands}
    assert told[kind] == f"Draw what `basin {kept} --out` kept."
    with pytest.raises(FigureError, match=r"make one with basin\."):
        getattr(figures, kind)(mass() if kind != "critical" else change())


# ---- Networks ------------------------------------------------------------------------------------------------------


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
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_the_network_plays(width, tmp_path):
    from playwright.sync_api import sync_playwright

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
        page.wait_for_function("document.querySelector('#figure').layout.sliders[0].active > 3", timeout=90_000)
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


# ---- Crowds --------------------------------------------------------------------------------------------------------


def test_lines_are_means_and_bands_hold_the_populations():
    end = np.array([ALIGNED] * 5 + [CAPTURED] * 7)
    made = population(count=5, end=end)
    fig = figures.crowd(made)
    share = made["count"].sel(outcome="captured").values / 12
    line = named(fig, "captured")
    assert line.y == pytest.approx(share.mean(axis=0)) and line.line.color == LOOKS["captured"].colour
    assert line.marker.symbol == LOOKS["captured"].marker
    assert line.customdata.T == pytest.approx(np.quantile(share, [0.025, 0.975], axis=0))
    bands = [trace for trace in fig.data if trace.name == "band"]
    assert len(bands) == 5  # aligned, captured, undecided; care and approval
    assert any(np.array_equal(trace.y, np.concatenate([line.customdata[:, 1], line.customdata[::-1, 0]])) for trace in bands)
    assert "allied" not in [trace.name for trace in fig.data]
    assert named(fig, "care").y == pytest.approx(made["mean_care"].values.mean(axis=0)) and named(fig, "care").yaxis == "y2"


def test_the_end_has_its_interval():
    made = population()
    end = named(figures.crowd(made), "ends aligned")
    low, high = error_ends(end)
    assert (low[0], high[0]) == pytest.approx((made.attrs["aligned_low"], made.attrs["aligned_high"]))
    assert "33% (23–43%) of the agents end fully aligned; 0% were so at first" in figures.crowd(made).layout.meta["title"]


def test_rare_outcomes_are_not_drawn():
    end = np.full(1000, CAPTURED)
    end[:3] = MISLED  # 0.3%
    end[3:10] = ALIGNED  # 0.7%
    names = [trace.name for trace in figures.crowd(population(1000, 1, end=end, links=[])).data]
    assert "misled" not in names and "aligned" in names and "captured" in names


def test_one_population_has_thin_lines_and_no_bands():
    fig = drawn("crowd of one")
    assert "band" not in [trace.name for trace in fig.data] and named(fig, "captured").line.width == 1
    assert named(fig, "ends aligned").error_y.array is None and "no interval" in fig.layout.meta["detail"]


# ---- Critical mass -------------------------------------------------------------------------------------------------


def test_the_curve_stands_over_the_chances_with_its_interval():
    made = mass()
    fig = figures.critical(made)
    heat, curve = named(fig, "whole aligned"), named(fig, "critical share")
    assert np.array_equal(heat.z, made["share"].values.T) and len(heat.x) == 4 and len(heat.y) == 6
    assert list(curve.x) == [2, 4, 8] and list(curve.y) == [0.2, 0.4, 0.7]
    low, high = error_ends(curve)
    assert low == pytest.approx(made["critical_low"].values) and high == pytest.approx(made["critical_high"].values)
    (band,) = [trace for trace in fig.data if trace.name == "band"]
    assert sorted(band.y) == pytest.approx(sorted([*low, *high]))
    assert fig.layout.meta["title"] == "20% (10–30%) must start aligned at degree 2, 70% (60–80%) at 8"
    assert fig.layout.xaxis.title.text == "Degree: how many neighbours (neighbours) →"


def test_values_at_which_not_even_all_suffice_are_marked_at_the_top():
    fig = drawn("critical in places")
    never = named(fig, "not even all suffice")
    assert list(never.x) == [2] and 1 < never.y[0] < fig.layout.yaxis.range[1]
    (note,) = [note.text for note in fig.layout.annotations if note.name == "upwards"]
    assert "not even all suffice" in note
    assert fig.layout.meta["title"] == "Not even all suffices at degree 2, 25% (15–35%) must start aligned at 8"
    nowhere = drawn("critical nowhere")
    assert len(named(nowhere, "not even all suffice").x) == 3
    assert nowhere.layout.meta["title"].startswith("Not even all agents starting aligned suffices, at any degree")
    assert "not even all suffice" not in [trace.name for trace in drawn("critical").data]


def test_at_one_value_the_chance_is_drawn_against_the_start():
    made = mass([0.6], path="")
    fig = figures.critical(made)
    line = named(fig, "the whole ends aligned")
    assert np.array_equal(line.x, made["start"].values) and np.array_equal(line.y, made["share"].values[0])
    low, high = error_ends(line)
    assert low == pytest.approx(made["low"].values[0]) and high == pytest.approx(made["high"].values[0])
    rects = [shape for shape in fig.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in rects] == [pytest.approx((0.5, 0.7))]
    assert 0.6 in [shape.x0 for shape in fig.layout.shapes if shape.type == "line"]
    assert "60% (50–70%)" in fig.layout.meta["title"]
    assert any("not even all suffice" in note.text for note in drawn("critical alone nowhere").layout.annotations)
    assert drawn("critical alone everywhere").layout.meta["title"].startswith("No agent needs to start aligned")


# ---- Companies -----------------------------------------------------------------------------------------------------


def test_changes_by_distance_have_intervals_and_a_line_at_nothing():
    made = change()
    fig = figures.misled(made)
    for name, low, high in (("aligned", "aligned_low", "aligned_high"), ("knows", "low", "high")):
        trace = named(fig, name)
        assert np.array_equal(trace.y, made[name].values) and list(trace.x) == [1, 2, 3]
        ends = error_ends(trace)
        assert ends[0] == pytest.approx(made[low].values) and ends[1] == pytest.approx(made[high].values)
    assert [(shape.y0, shape.y1, shape.yref) for shape in fig.layout.shapes] == [(0, 0, "y"), (0, 0, "y2")]
    title = "2 misled agents change the share of the others that ends aligned by −10 points (−15 to −5.0)"
    assert fig.layout.meta["title"] == title and "from 80% to 70%" in fig.layout.meta["detail"]


def test_distances_with_too_few_agents_are_named_not_drawn():
    fig = drawn("misled by few")
    assert list(named(fig, "aligned").x) == [1] and "too few agents to say at 2 and 3 links" in fig.layout.meta["detail"]
    assert fig.layout.meta["title"].startswith("1 misled agent changes")
    unsure = drawn("misled unsure")
    assert list(named(unsure, "aligned").x) == [1] and "too few agents" in unsure.layout.meta["detail"]
    assert named(unsure, "aligned").error_y.visible is False  # an interval of no length would be a lie


def test_policing_draws_shares_harm_and_who_saw_whom():
    made = watched()
    fig = figures.policing(made)
    for name in ("aligned", "harm"):
        (points,) = [trace for trace in fig.data if trace.name == name and trace.error_y.array is not None]
        low, high = error_ends(points)
        assert low == pytest.approx(made[f"{name}_low"].values) and high == pytest.approx(made[f"{name}_high"].values)
    blue = [trace for trace in fig.data if trace.type == "bar" and trace.name == "aligned"]
    assert [trace.marker.pattern.shape for trace in blue] == ["", "/"]
    assert np.nan_to_num(blue[0].y).tolist() == [0, 1, 0, 1] and np.nan_to_num(blue[1].y).tolist() == [0, 0, 2, 2]
    assert list(blue[1].base) == [0, 1, 0, 1]  # peers stand on overseers
    assert not [trace for trace in fig.data if trace.type == "bar" and trace.name == "misled"]
    xs = np.concatenate([trace.x for trace in fig.data if trace.type == "bar" and trace.x[0] is not None])
    assert np.abs(xs - np.rint(xs)).max() < 0.5
    assert (
        "overseers +5.0 points (1.0 to 9.0), peers +10 points (6.0 to 14), both +20 points (16 to 24)"
        in fig.layout.meta["title"]
    )


# ---- Echoes and generations ----------------------------------------------------------------------------------------


def test_the_echo_is_logarithmic_with_a_line_where_agents_are_right():
    made = heard()
    fig = figures.echo(made)
    line = named(fig, "error over claim")
    low, high = error_ends(line)
    assert low == pytest.approx(made["ratio_low"].values) and high == pytest.approx(made["ratio_high"].values)
    assert fig.layout.yaxis.type == "log" and [(shape.y0, shape.yref) for shape in fig.layout.shapes] == [(1, "y")]
    floor, top = 10 ** np.array(fig.layout.yaxis.range)
    assert floor < 0.9 and top > 9
    low, high = error_ends(named(fig, "aligned"))
    assert low == pytest.approx(made["aligned_low"].values) and high == pytest.approx(made["aligned_high"].values)
    assert "in 40% of the episodes, agents err 8.00 (7.00 to 9.00) times" in fig.layout.meta["title"]


def test_ratios_and_intervals_that_no_logarithm_holds():
    sure = drawn("echo of certainty")
    assert list(named(sure, "error over claim").x) == [0] and "in 0% of the episodes" in sure.layout.meta["title"]
    wide = drawn("echo wide")
    low, _ = error_ends(named(wide, "error over claim"))
    assert 0 < low[0] <= 1 and "(−0.50 to 1.10)" in wide.layout.meta["title"]
    assert "nothing to compare" in figures.echo(heard((np.inf,) * 3, (np.nan,) * 3, (np.nan,) * 3)).layout.meta["title"]


def test_generations_have_their_band_the_map_and_where_it_rests():
    made = lineages()
    fig = figures.generations(made)
    bands = [trace for trace in fig.data if trace.name == "band"]
    for trace, (low, high) in zip(bands, (("low", "high"), ("next_low", "next_high")), strict=True):
        half = len(trace.y) // 2
        assert trace.y[:half] == pytest.approx(made[high].values) and trace.y[half:][::-1] == pytest.approx(made[low].values)
    assert named(fig, "mean share").y == pytest.approx(made["share"].values)
    assert list(named(fig, "the same again").x) == list(named(fig, "the same again").y) == [0, 1]
    assert list(named(fig, "attracts").x) == [0.1, 0.9] and named(fig, "attracts").marker.symbol == "circle"
    assert list(named(fig, "drives away").y) == [0.5] and named(fig, "drives away").marker.symbol == "circle-open"
    assert fig.layout.meta["title"].endswith("from 50%; drawn to 10% and 90%, away from 50%")
    assert drawn("generations restless").layout.meta["title"].endswith("no share follows itself")


def test_the_json_of_pictures_is_small():
    for name in PICTURES:
        assert len(json.dumps(json.loads(drawn(name).to_json()))) < PAYLOAD
