"""Every page in a browser: at three widths, in both themes, for all readers, and without a word to anyone else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.conftest import whole
from tests.browsers import browser

PAGES = ("", "motion", "information", "starts", "crowds", "objections", "claims", "sweeps")
WIDTHS = (390, 1200, 1600)
PICTURES = Path(__file__).parent.parent.parent / "build" / "screenshots"
TALLEST = 6000  # px, of a screenshot


def serious(page) -> list[str]:
    """What keeps people from using the page, in one line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['impact']}: {one['help']}: {node['html'][:200]}"
        for one in found if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]  # fmt: skip


@browser
@pytest.mark.parametrize("name", ["", *(pytest.param(name, marks=pytest.mark.slow) for name in PAGES if name)])
def test_a_page_fits_every_screen_and_is_open_to_all(tab, name):
    page = tab(name, width=WIDTHS[-1])
    whole(page)
    assert not page.get_by_test_id("stException").count()
    problems = serious(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(1000)
        main = page.get_by_test_id("stMain")
        assert main.evaluate("element => element.scrollWidth") <= width
        for plot in page.locator(".js-plotly-plot:visible").all():
            box = plot.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
        tall = min(TALLEST, main.evaluate("element => element.scrollHeight") + 40)
        page.set_viewport_size({"width": width, "height": tall})
        page.wait_for_timeout(500)
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name or 'basin'}-{width}.png")
    assert problems == []


@browser
@pytest.mark.parametrize("name", ["", pytest.param("motion", marks=pytest.mark.slow)])
def test_a_dark_page_is_dark_and_readable(tab, name):
    page = tab(name, scheme="dark")
    whole(page)
    paper = page.locator(".js-plotly-plot .main-svg").first.evaluate("element => getComputedStyle(element).background")
    assert "rgb(20, 24, 29)" in paper
    page.screenshot(path=PICTURES / f"{name or 'basin'}-dark.png")
    assert serious(page) == []


@pytest.mark.slow
@browser
def test_what_is_assumed_goes_along_to_other_pages(tab):
    page = tab("?scenario=value-learner&oversight.audit=0.4&objections=placebo")
    whole(page)
    page.get_by_role("link", name="Motion").click()
    page.wait_for_url("**/motion?*")
    whole(page)
    for part in ("scenario=value-learner", "oversight.audit=0.4", "objections=placebo"):
        assert part in page.url
    assert page.get_by_role("slider", name="Oversight audit").input_value() == "0.4"
    page.get_by_role("link", name="Basin").click()
    whole(page)
    assert page.get_by_role("slider", name="Oversight audit").input_value() == "0.4"
    assert "oversight.audit=0.4" in page.url
