"""Files of figures: whole, the same every time, and never a page that asks the network for anything."""

from __future__ import annotations

import json
import re
import struct
import sys

import plotly.graph_objects as go
import plotly.io
import pytest

import basin
from basin.figures import FigureError
from tests.browsers import ARGUMENTS, BROWSER, browser
from tests.figures.made import field, paths

EVERYWHERE = ("html", "json", "md")  # what needs no browser


def figure():
    return basin.figures.map(field([["aligned", "captured"], ["aligned", "aligned"]]))


def test_files_are_named_after_the_stem(tmp_path):
    written = basin.figures.export(figure(), tmp_path / "new" / "overlap.v1", EVERYWHERE)
    assert written == [tmp_path / "new" / f"overlap.v1.{name}" for name in EVERYWHERE]
    assert written.note == ""
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in written)


@pytest.mark.parametrize("make", [figure, lambda: basin.figures.trajectory(paths())], ids=["map", "trajectory"])
def test_same_figure_same_bytes(tmp_path, make):
    first = basin.figures.export(make(), tmp_path / "one" / "figure", EVERYWHERE)
    second = basin.figures.export(make(), tmp_path / "two" / "figure", EVERYWHERE)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_exporting_leaves_the_figure_alone(tmp_path):
    fig = figure()
    before = fig.to_json()
    basin.figures.export(fig, tmp_path / "figure", EVERYWHERE, width=390)
    assert fig.to_json() == before


def test_json_is_the_figure(tmp_path):
    (path,) = basin.figures.export(figure(), tmp_path / "figure", "json")
    assert plotly.io.from_json(path.read_text()) == figure()


def test_page_holds_all_it_needs_and_loads_nothing(tmp_path):
    (path,) = basin.figures.export(figure(), tmp_path / "figure", ("html",))
    text = path.read_text()
    tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", re.sub(r"(<script[^>]*>).*?</script>", r"\1", text, flags=re.S))
    assert not [tag for tag in tags if re.search(r"(src|href)\s*=\s*[\"']?(?!data:)\w", tag)]
    assert "plotly.js v" in text and "MathJax.js" not in text
    config = json.loads(re.search(r'({"displaylogo".*?})', text)[1])
    assert config["showSendToCloud"] is False and config["displaylogo"] is False
    assert "<h1>75% of these starts end fully aligned</h1>" in text
    assert 'name="viewport"' in text and 'lang="en"' in text


def test_markdown_says_what_reproduces_the_picture(tmp_path):
    fig = figure()
    (path,) = basin.figures.export(fig, tmp_path / "figure", ("md",))
    text = path.read_text()
    meta = fig.layout.meta
    for words in (
        meta["caption"],
        meta["alt"],
        meta["scenario_hash"],
        "Seed: 3",
        "Scenario: near-aligned-llm",
        meta["scenario_toml"].strip(),
    ):
        assert words in text
    assert (
        "- Command: `basin map near-aligned-llm --x motives.self_interest.overlap=0.0:1.0 --y motives.care=0.0:1.0 "
        "--n 2 --runs 8 --seed 3`" in text
    )


def test_commands_name_what_was_changed():
    scenario = basin.load("value-learner").with_(
        {"motives.self_interest.guarding": 0.1, "humans.bias_direction": "self_interest", "planning.candidates": 16}
    )
    command = basin.figures.trajectory(paths(scenario=scenario)).layout.meta["command"]
    assert command == (
        "basin trajectory value-learner --set 'humans.bias_direction=\"self_interest\"' "
        "--set motives.self_interest.guarding=0.1 --set planning.candidates=16 --runs 4 --seed 3"
    )


def test_commands_of_unbundled_scenarios_name_their_file():
    for changed in (
        basin.load("value-learner").with_({"name": "mine"}),
        basin.load("value-learner").with_({"motives.own": [{"name": "other"}]}),
    ):
        path = "belief.spread"
        command = basin.figures.map(field([["aligned"]], paths=(path, "motives.care"), scenario=changed)).layout.meta[
            "command"
        ]
        assert command.startswith(f"basin map {changed.name}.toml --x belief.spread=0.0:0.0")


def test_typed_commands_are_kept():
    assert (
        basin.figures.map(field([["aligned"]], command="basin map here.toml")).layout.meta["command"] == "basin map here.toml"
    )


@pytest.mark.parametrize("formats", [("gif",), "jpeg", ("html", "PNG"), ("",)])
def test_unknown_formats_are_refused_before_anything_is_written(tmp_path, formats):
    with pytest.raises(FigureError, match="is no format of a figure; known are html, svg, pdf, png, json and md"):
        basin.figures.export(figure(), tmp_path / "figure", formats)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("width", "height"), [(0, None), (-5, 100), (1200, 20_000)])
def test_sizes_that_are_none_are_refused(tmp_path, width, height):
    with pytest.raises(FigureError, match="sides go from 50 to 10000 px"):
        basin.figures.export(figure(), tmp_path / "figure", ("html",), width=width, height=height)


def test_a_file_that_cannot_be_written_harms_nothing(tmp_path):
    (tmp_path / "figure.html").mkdir()
    with pytest.raises(FigureError, match=r"figure\.html: cannot be written"):
        basin.figures.export(figure(), tmp_path / "figure", ("html",))
    (tmp_path / "file").write_text("kept")
    with pytest.raises(FigureError, match="cannot be written"):
        basin.figures.export(figure(), tmp_path / "file" / "figure", ("json",))
    with pytest.raises(FigureError, match="cannot be written"):
        basin.figures.export(figure(), tmp_path / "nul\0l", ("json",))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure.html", "file"]
    assert (tmp_path / "file").read_text() == "kept"


def test_without_a_browser_the_rest_is_written(tmp_path, monkeypatch):
    from choreographer.browsers.chromium import Chromium

    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(Chromium, "find_browser", lambda **_: None)
    written = basin.figures.export(figure(), tmp_path / "figure")
    assert [path.suffix for path in written] == [".html", ".json", ".md"]
    assert written.note.startswith("No SVG, PDF and PNG: install Chromium or Chrome") and "\n" not in written.note


def test_without_kaleido_the_rest_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    written = basin.figures.export(figure(), tmp_path / "figure", ("png", "json"))
    assert [path.suffix for path in written] == [".json"]
    assert written.note == "No PNG: install kaleido (pip install 'basin[papers]')"


def test_a_browser_that_does_not_work_is_reported(tmp_path, monkeypatch):
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    written = basin.figures.export(figure(), tmp_path / "figure", ("svg",))
    assert written == [] and written.note.startswith("No SVG: the browser failed")


def test_figures_of_others_can_be_exported(tmp_path):
    fig = go.Figure(go.Scatter(y=[1, 2]), layout={"meta": ["theirs"], "margin": {"t": 7}})
    paths_written = basin.figures.export(fig, tmp_path / "figure", EVERYWHERE)
    assert [path.suffix for path in paths_written] == [".html", ".json", ".md"]


@browser
def test_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", BROWSER)
    svg, pdf, png = basin.figures.export(figure(), tmp_path / "figure", ("svg", "pdf", "png"), width=600, height=400)
    assert "75% of these starts end fully aligned" in re.sub(r"<[^>]*>", "", svg.read_text())
    assert "http://" not in svg.read_text().replace("http://www.w3.org/", "")
    assert pdf.read_bytes().startswith(b"%PDF-")
    content = png.read_bytes()
    assert content.startswith(b"\x89PNG") and struct.unpack(">II", content[16:24]) == (1200, 800)


@browser
@pytest.mark.parametrize("width", [390, 1200])
def test_page_in_a_browser(tmp_path, width):
    from playwright.sync_api import sync_playwright

    (path,) = basin.figures.export(figure(), tmp_path / "figure", ("html",))
    asked, said = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": width, "height": 844})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".heatmaplayer image")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = page.locator(".nsewdrag").bounding_box()
        page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.75 * box["height"])
        page.wait_for_selector(".hoverlayer .hovertext")
        assert "0% of 8 runs end aligned" in page.locator(".hoverlayer").text_content()
        chromium.close()
    assert asked == [path.as_uri()] and said == []
