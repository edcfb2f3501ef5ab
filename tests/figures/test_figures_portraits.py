"""Phase portraits: what they show and say, that dots move along trajectories, and that nothing overlaps."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin import figures
from basin.figures import bare
from basin.figures.outcomes import LOOKS
from basin.figures.portraits import ARROWS
from basin.figures.theme import NARROW
from basin.labels import OUTCOMES
from tests.browsers import ARGUMENTS, BROWSER, browser
from tests.questions.test_questions_portrait import BELIEF, STILL, three


@pytest.fixture(scope="module")
def results():
    alone = basin.load("near-aligned-llm").with_({**STILL, "motives.self_interest.guarding": 0.06})
    helpless = alone.with_({"motives.self_interest.overlap": 0.9, "motives.self_interest.guarding": 0.2})
    return {
        "plane": basin.portrait("near-aligned-llm", n=16, paths=16),
        "theory": basin.portrait(alone, n=8, paths=9),
        "no basin": basin.portrait(helpless, x=(BELIEF, 0.96, 0.999), n=8, paths=4),
        "triangle": basin.portrait("shoggoth", n=8, paths=10),
        "a corner that does not hold": basin.portrait(three(0.98, (0.8, 0.1), (0.05, 0.06)), n=8, paths=10),
    }


NAMES = ("plane", "theory", "no basin", "triangle", "a corner that does not hold")


def named(fig, name):
    (trace,) = [trace for trace in fig.data if trace.name == name]
    return trace


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_says_what_it_shows(results, name):
    for width in (NARROW, 1200):
        fig = figures.portrait(results[name], width=width)
        meta = fig.layout.meta
        assert {"title", "detail", "caption", "alt", "command", "call", "scenario_toml"} <= meta.keys()
        assert meta["title"].endswith("of these starts end fully aligned") and "nothing left to chance" in meta["detail"]
        assert "trajectories may cross" in meta["caption"] and " end " in meta["alt"]
        assert "nan" not in str(meta["caption"] + meta["alt"])


def test_a_portrait_is_drawn_by_its_kind():
    assert figures.KINDS["portrait"] == "portrait" and "portrait" in figures.__all__
    with pytest.raises(figures.FigureError, match="no phase portrait"):
        figures.portrait(basin.run("near-aligned-llm", runs=2))


def test_arrows_point_where_the_first_episode_goes(results):
    made = results["plane"]
    fig = figures.portrait(made)
    drawn = 0
    for name, look in LOOKS.items():
        for trace in (trace for trace in fig.data if trace.name == f"arrows, {look.name}"):
            assert trace.line.color == look.colour and trace.marker.angleref == "previous"
            tails, heads = (np.column_stack([trace.x, trace.y]).reshape(-1, 3, 2)[:, at] for at in (0, 1))
            drawn += len(tails)
            for middle, way in zip((tails + heads) / 2, heads - tails, strict=True):
                cell = made.sel(x=middle[0], y=middle[1], method="nearest")
                assert int(cell["label"]) == OUTCOMES[name]
                move = np.array([float(cell["move_x"]), float(cell["move_y"])])
                assert way[0] * move[1] == pytest.approx(way[1] * move[0], abs=1e-4 * np.abs(move).sum() + 1e-9)
                assert way @ move > 0
    assert drawn == 8 * 8 and ARROWS >= 8


@pytest.mark.parametrize("name", ["plane", "triangle"])
def test_dots_move_along_their_trajectories_and_stand_at_the_ends(results, name):
    made = results[name]
    fig = figures.portrait(made)
    slider = fig.layout.sliders[0]
    assert len(fig.frames) == len(slider.steps) == made.sizes["frame"] and slider.active == len(slider.steps) - 1
    assert slider.steps[0].label == "Episode 0" and slider.steps[-1].label.startswith("In the end")
    for at, dots in enumerate(fig.frames[-1].data):
        shown = fig.data[fig.frames[-1].traces[at]]
        assert list(dots.x) == list(shown.x) and list(dots.y) == list(shown.y)
        look = next(look for look in LOOKS.values() if shown.name.startswith(look.name))
        assert (shown.marker.symbol, shown.marker.color) == (look.marker, look.colour)
        line = named(fig, f"trajectories, {look.name}")
        along = {*zip(line.x, line.y, strict=True)}
        for frame in fig.frames:
            assert {*zip(frame.data[at].x, frame.data[at].y, strict=True)} <= along
    assert sum(len(dots.x) for dots in fig.frames[0].data) == made.sizes["path"]
    plays, pauses = fig.layout.updatemenus[0].buttons
    assert "Play" in plays.label and "Pause" in pauses.label


def test_lines_are_drawn_where_there_are_any(results):
    names = [trace.name for trace in figures.portrait(results["plane"]).data]
    assert {"basin's edge", "care at rest"} <= {*names} and "edge by theory" not in names
    names = [trace.name for trace in figures.portrait(results["no basin"]).data]
    assert not {"basin's edge", "care at rest", "belief at rest", "edge by theory"} & {*names}
    assert "There is no edge of the basin here" in figures.portrait(results["no basin"]).layout.meta["caption"]


def test_theory_lies_where_care_is_at_rest(results):
    fig = figures.portrait(results["theory"])
    theory, rest = named(fig, "edge by theory"), named(fig, "care at rest")
    assert np.interp(rest.x, theory.x, theory.y) == pytest.approx(np.asarray(rest.y), abs=0.01)  # linear between starts
    assert "theory" in fig.layout.meta["caption"]


def test_corners_are_named_and_said_to_attract_or_not(results):
    fig = figures.portrait(results["a corner that does not hold"])
    corners = {note.text for note in fig.layout.annotations if note.text.startswith("<b>")}
    holds = results["a corner that does not hold"]["attracts"].values
    assert 0 < holds.sum() < 3
    assert corners == {
        f"<b>{name}</b><br>{'attracts' if there else 'does not attract'}"
        for name, there in zip(("Care", "First", "Second"), holds, strict=True)
    }
    assert "leave." in fig.layout.meta["alt"]


@browser
@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("plane", 1200),
        ("triangle", NARROW),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in (("plane", NARROW), ("triangle", 1200))),
    ],
)
def test_nothing_overlaps_and_it_plays(results, name, width, tmp_path):
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "page.html"
    drawing = bare(figures.portrait(results[name])).to_html(
        include_plotlyjs=True, full_html=True, div_id="figure", auto_play=False
    )
    page_file.write_text(drawing, encoding="utf-8")
    said = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_selector(".slider-group")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.xtick text, .ytick text, .xtitle, .annotation-text, .slider-group text,"
            " .updatemenu-button, .legendtext')].map(e => { const b = e.getBoundingClientRect();"
            " return [e.textContent, b.left, b.right, b.top, b.bottom] }).filter(b => b[2] > b[1])"
        )
        for at, (one, left, right, top, bottom) in enumerate(boxes):
            assert left >= 0 and right <= width, one
            for other, begin, end, above, below in boxes[:at]:
                assert right <= begin + 1 or end <= left + 1 or bottom <= above + 1 or below <= top + 1, (one, other)
        box = page.locator(".slider-rail-touch-rect").bounding_box()
        page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
        page.wait_for_function("document.querySelector('.slider-group text').textContent.startsWith('Episode 0')")
        page.locator(".updatemenu-button").first.click()
        page.wait_for_function("document.querySelector('#figure').layout.sliders[0].active > 3")
        chromium.close()
    assert not said
