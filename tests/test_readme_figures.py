"""The README's snippets for texts: the page that each makes shows the figure and says what it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import basin
from tests.browsers import browser

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## In a text")[2].partition("\n## ")[0]
MARKDOWN = re.search(r"In plain Markdown:\n\n```markdown\n(.*?)```\n", SECTION, re.DOTALL)[1]
MYST = re.search(r"In MyST:\n\n````markdown\n(.*?)````\n", SECTION, re.DOTALL)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the figure that the snippets show."""
    home = tmp_path_factory.mktemp("text")
    basin.figures.export(
        basin.figures.map(basin.map("value-learner", n=3, runs=1)), home / "figures" / "basin", ("html", "png")
    )
    return home


def shows_the_figure(page: str, folder: Path) -> None:
    sources = re.findall(r'<(?:img|iframe)[^>]* src="([^"]+)"', page)
    assert {"figures/basin.png"} <= set(sources) <= {"figures/basin.png", "figures/basin.html"}
    assert all((folder / source).is_file() for source in sources)
    assert 'alt="Map of starting points' in page and "Every point is a starting point" in page


@browser
def test_plain_markdown(folder):
    import pypandoc

    shows_the_figure(pypandoc.convert_text(MARKDOWN, "html", format="gfm", extra_args=["--wrap=none"]), folder)


@browser
def test_myst(folder):
    from docutils.core import publish_string
    from myst_parser.parsers.docutils_ import Parser

    settings = {"report_level": 2, "halt_level": 2, "embed_stylesheet": False}
    page = publish_string(MYST, parser=Parser(), writer="html5", settings_overrides=settings).decode()
    shows_the_figure(page, folder)
    assert 'src="figures/basin.html"' in page


@browser
def test_a_shared_library_serves_a_page_that_asks_nobody_else(folder, tmp_path):
    from playwright.sync_api import sync_playwright

    from tests.browsers import ARGUMENTS, BROWSER

    fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    page_file, library = basin.figures.export(fig, tmp_path / "map", "html", shared=True)
    assert library.name == "plotly.min.js" and page_file.stat().st_size < 200_000
    shutil.copytree(tmp_path, tmp_path / "moved", ignore=shutil.ignore_patterns("moved"))
    with sync_playwright() as playwright:
        tab = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS).new_page()
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto((tmp_path / "moved" / "map.html").as_uri())
        tab.wait_for_selector(".nsewdrag")
        assert {url.rpartition("/")[2] for url in asked if not url.startswith("data:")} == {"map.html", "plotly.min.js"}
