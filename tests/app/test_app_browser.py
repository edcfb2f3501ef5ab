"""The first page in a browser: what is clicked, what the address keeps, and that nothing is asked of the network."""

from __future__ import annotations

import re

import pytest
import xarray as xr

from tests.app.conftest import whole
from tests.browsers import browser

FINE = "text=from 64 × 64 starts"
REFINED = """before => {
    const headline = document.querySelector("h2");
    return headline && headline.innerText !== before && document.body.innerText.includes("from 64 × 64 starts");
}"""
FOLLOWED = "text=runs from this start end fully aligned"


def headline(page) -> str:
    page.wait_for_selector(FINE)
    return page.locator("h2").first.inner_text()


# The map's place on the screen once it has not been drawn anew for a while; false until then.
STEADY = """() => {
    const map = document.querySelector(".nsewdrag");
    if (!map) return false;
    if (window.steadyMap !== map) {
        window.steadyMap = map;
        window.steadySince = performance.now();
        map.scrollIntoView({block: "center"});
    }
    if (performance.now() - window.steadySince < 1000) return false;
    const box = map.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
}"""


def over(page, across: float, upwards: float) -> tuple[float, float]:
    """The point of the screen at parts of the map's width and height."""
    page.wait_for_selector(FINE)
    x, y, width, height = page.wait_for_function(STEADY).json_value()
    return x + across * width, y + (1 - upwards) * height


def click(page, across: float, upwards: float) -> None:
    """Click the map at parts of its width and height."""
    page.mouse.click(*over(page, across, upwards))


# Whether rings are seen at these places of the map and nowhere else: it holds one for a start that was typed, and one for
# each cell.
RINGED = """places => {
    const rings = (document.querySelector(".js-plotly-plot")?._fullData ?? [])
        .filter(trace => trace.name === "start" || trace.name === "cells")
        .flatMap(trace => {
            const seen = trace.selectedpoints ?? (trace.name === "start" ? [0] : []);
            return [...seen].map(at => [trace.x[at], trace.y[at]].map(value => Number(value.toPrecision(4))));
        });
    return JSON.stringify(rings) === JSON.stringify(places);
}"""


@browser
def test_a_click_shows_the_trajectories_and_the_address_brings_them_back(tab):
    page = tab()
    assert re.fullmatch(r"\d+(\.\d+)?% ± \d+(\.\d+)?% of these starts end fully aligned", headline(page))
    before = page.locator(FOLLOWED).inner_text()
    click(page, 0.5, 0.3)
    page.wait_for_url(re.compile(r"start_x=0\.0\d+&start_y=0\.3\d+"))
    whole(page)
    for words in ("Belief: cosine with human values", "Motives: share that cares", "Harm done so far (utility)"):
        page.wait_for_selector(f"text={words}")
    said = page.locator(FOLLOWED).inner_text()
    assert said != before
    start = [float(value) for value in re.findall(r"start_.=([-\d.]+)", page.url)]
    page.wait_for_function(RINGED, arg=[start])

    other = tab(page.url.split("/")[-1])
    whole(other)
    assert other.locator(FOLLOWED).inner_text() == said
    assert headline(other) == headline(page)
    other.wait_for_function(RINGED, arg=[start])
    typed = other.locator("[data-testid=stMain] input[type=number]").first
    typed.fill("-0.5")
    typed.press("Enter")
    other.wait_for_url(re.compile(r"start_x=-0\.5"))
    whole(other)
    other.wait_for_function(RINGED, arg=[[-0.5, start[1]]])


@pytest.mark.slow  # a click's way to the address and back is tested above
@browser
def test_a_moved_slider_is_in_the_address_and_back(tab):
    page = tab()
    before = headline(page)
    page.get_by_role("slider", name="Belief knowledge").press("Home")
    page.wait_for_url(re.compile(r"belief\.knowledge=-1"))
    page.wait_for_function(REFINED, arg=before)
    after = headline(page)
    again = tab(page.url.split("/")[-1])
    assert headline(again) == after
    assert again.get_by_role("slider", name="Belief knowledge").input_value() == "-1"


@browser
@pytest.mark.slow
def test_hover_explains_a_cell(tab):
    page = tab()
    headline(page)
    page.mouse.move(*over(page, 0.9, 0.1))
    page.wait_for_selector(".hoverlayer .hovertext")
    assert "100% of 4 runs end aligned" in page.locator(".hoverlayer").first.text_content()


@browser
def test_what_reproduces_a_map_is_opened_and_taken_along(tab, tmp_path):
    page = tab()
    said = headline(page)
    whole(page)
    assert not page.get_by_text("import basin").count()  # made when it is asked for
    page.get_by_text("Reproduce and export").first.click()
    page.get_by_text("import basin").wait_for()
    assert headline(page) == said
    for button, name in (("Data (netCDF)", "near-aligned-llm-map.nc"), ("Figure (HTML)", "near-aligned-llm-map.html")):
        with page.expect_download() as waited:
            page.get_by_role("button", name=button).click()
        assert waited.value.suggested_filename == name
        waited.value.save_as(tmp_path / name)
    assert xr.load_dataset(tmp_path / "near-aligned-llm-map.nc").sizes["x"] == 64
    assert "end fully aligned" in (tmp_path / "near-aligned-llm-map.html").read_text()


@browser
def test_a_telephone_can_click(tab):
    page = tab(width=390, height=844)
    click(page, 0.1, 0.1)
    page.wait_for_selector("text=0 of 50 runs from this start end fully aligned")


@pytest.mark.slow  # tests.bench.app_load does the same with twenty
@browser
def test_two_people_at_once(tab):
    one, other = tab("?seed=11"), tab("?scenario=value-learner&seed=12")
    assert headline(one) != headline(other)
    one.get_by_role("slider", name="Oversight audit").press("ArrowRight")
    other.get_by_role("slider", name="Oversight audit").press("ArrowLeft")
    one.wait_for_url(re.compile(r"audit=0\.11"))
    other.wait_for_url(re.compile(r"audit=0\.09"))
    assert headline(one) != headline(other)


@browser
def test_bad_links_are_explained(tab):
    page = tab("?scenario=nope&belief.knowledge=7")
    headline(page)
    page.wait_for_selector("text=which is not here")
    page.wait_for_selector("text=it takes a number from -1 to 1 here")
    assert not page.get_by_test_id("stException").count()
