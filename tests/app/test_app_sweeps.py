"""The page on sweeps: stores by name, pictures of them, and which assumptions matter."""

from __future__ import annotations

import os
import shlex
import sys
import threading
from pathlib import Path

import pytest
import xarray as xr

import basin
from basin.sweep import catalogue
from tests.app.conftest import settled
from tests.cli.calling import call

SWEEP = """
title = "How fast"
question = "Does it help to grow slowly?"
scenario = "near-aligned-llm"
runs = 6
[set]
outcome.horizon = 20
outcome.dwell = 5
[axes]
"world.hazard" = [0, 1]
"capability.growth" = { lo = 0.001, hi = 1, n = 6, log = true }
"motives.care" = { lo = 0.02, hi = 0.98, n = 5 }
[quick]
n = 4
runs = 3
"""
HAZARD, GROWTH, CARE = "world.hazard", "capability.growth", "motives.care"
SHORT = {"outcome__horizon": "60", "outcome__dwell": "5", "values__features": "3", "reflection__strength": "0.3"}


@pytest.fixture
def page(app, monkeypatch, tmp_path):
    """The page's modules, with a sweep of ours and no store, and small sizes."""
    from views import sweeps, what_matters

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BASIN_CATALOGUE", str(tmp_path / "catalogue.sqlite"))
    Path("sims").mkdir()
    Path("sims/takeoff.toml").write_text(SWEEP)
    monkeypatch.setattr(sweeps, "SIMS", tmp_path / "sims")
    for kept in (sweeps.meant, sweeps.read, sweeps.drawn):
        kept.clear()
    for name, size in (("SCREENED", {"samples": 2, "runs": 4}), ("SEARCHED", {"trials": 2, "runs": 8})):
        monkeypatch.setattr(what_matters, name, dict.fromkeys(getattr(what_matters, name), size))
    return sweeps


@pytest.fixture
def open_sweeps(page, open_page):
    return lambda **query: open_page("sweeps", **query)


def stored(name: str, points: int | None = None) -> str:
    """A store of the whole sweep, or of some of its points, in the catalogue; what the page calls it."""
    enough = threading.Event()

    def progress(done: int, _: int) -> None:
        if points is not None and done >= points:
            enough.set()

    sweep = basin.sweep.read("sims/takeoff.toml")
    basin.sweep.run(sweep, name, threads=1, points_per_task=5, progress=progress, cancel=enough)
    catalogue.note(catalogue.entry_of(basin.sweep.open_store(Path(os.path.realpath(name)))))
    return f"{Path(name).stem}-{sweep.hash[:6]}"


def words(shown) -> list[str]:
    return [text.value for text in (*shown.markdown, *shown.caption, *shown.info, *shown.warning, *shown.code)]


def said(shown, part: str) -> bool:
    return any(part in text for text in words(shown))


def charts(shown) -> list:
    return shown.get("plotly_chart")


def quick() -> xr.Dataset:
    basin.sweep.run(basin.sweep.read("sims/takeoff.toml", quick=True), "mine.zarr")
    return basin.datasets.open("mine.zarr")


def test_a_fresh_machine_shows_a_sweep_of_ours(open_sweeps):
    shown = open_sweeps()
    assert shown.title[0].value == "Which settings does the basin hang on?"
    assert said(shown, "## Does it help to grow slowly?") and len(charts(shown)) == 1
    assert f"**{basin.figures.sweep(quick()).layout.meta['title']}**" in words(shown)
    assert said(shown, "A trial with 32 points. `basin sweep sims/takeoff.toml` computes all 60")
    assert [shown.selectbox(key=f"sweeps_{side}").value for side in "xy"] == [GROWTH, CARE]
    assert shown.query_params == {} and not shown.warning


def test_what_is_chosen_is_drawn_and_in_the_address(open_sweeps):
    shown = open_sweeps()
    settled(shown.selectbox(key="sweeps_value").set_value("harm").run())
    settled(shown.selectbox(key="sweeps_y").set_value("nothing").run())
    settled(shown.select_slider(key="sweeps_at2").set_value("0.98").run())
    settled(shown.selectbox(key="sweeps_at0").set_value("1").run())
    figure = basin.figures.sweep(quick(), "harm", x=GROWTH, at={HAZARD: 1, CARE: 0.98})
    assert f"**{figure.layout.meta['title']}**" in words(shown) and figure.layout.meta["detail"] in words(shown)
    asked = {"sweeps_value": "harm", "sweeps_y": "nothing", "sweeps_at2": "0.98", "sweeps_at0": "1"}
    assert shown.query_params == asked
    again = open_sweeps(**asked)
    assert f"**{figure.layout.meta['title']}**" in words(again)
    settled(again.selectbox(key="sweeps_x").set_value(CARE).run())
    assert [again.selectbox(key=f"sweeps_{side}").value for side in "xy"] == [CARE, "nothing"]
    assert said(again, "growth 0.1")


@pytest.mark.parametrize(
    "asked",
    [{}, {"sweeps_value": "knows", "sweeps_y": "nothing"}, {"sweeps_x": CARE, "sweeps_y": HAZARD, "sweeps_at1": "0.001"}],
)
def test_what_is_said_to_reproduce_it_does(open_sweeps, asked):
    shown = open_sweeps(**asked)
    python, typed, toml = (block.value for block in shown.code[:3])
    assert toml.strip() == SWEEP.strip()
    names: dict = {}
    exec(
        python.replace(".show()", ".layout.meta['title']").replace("basin.figures.sweep(", "title = basin.figures.sweep("),
        names,
    )
    assert f"**{names['title']}**" in words(shown)
    compute, draw = (shlex.split(line)[1:] for line in typed.splitlines())
    compute[compute.index("takeoff.zarr")] = draw[draw.index("takeoff.zarr")] = "typed.zarr"
    assert call(*compute, "--quiet").code == 0
    drawn = call(*draw, "--out", "typed.json", "--quiet")
    assert drawn.code == 0 and names["title"] in Path("typed.json").read_text()
    xr.testing.assert_equal(basin.datasets.open("typed.zarr"), names["result"])


def test_stores_of_this_machine_are_opened_by_name_and_say_what_is_done(open_sweeps, tmp_path):
    name = stored("partly.zarr", 20)
    shown = open_sweeps(sweeps_store=name)
    assert shown.selectbox(key="sweeps_store").value == name
    bar = shown.get("progress")[0].proto
    done = int((basin.datasets.open("partly.zarr")["done"] == 1).sum())
    assert 20 <= done < 60 and bar.text == f"{done} of 60 points are computed." and bar.value == done * 100 // 60
    assert len(charts(shown)) == 1 and not shown.warning
    python, typed, toml = (block.value for block in shown.code[:3])
    assert "basin.sweep.read('partly.toml')" in python and "basin sweep partly.toml --out partly.zarr" in typed
    assert basin.sweep.parse(toml).hash == basin.sweep.read("sims/takeoff.toml").hash
    assert str(tmp_path) not in "".join(map(str, words(shown))) + str(shown.selectbox(key="sweeps_store").options)
    settled(shown.selectbox(key="sweeps_store").set_value("takeoff").run())
    assert shown.query_params == {} and not shown.get("progress")


def test_what_cannot_be_shown_is_said(open_sweeps, page, monkeypatch):
    stored("mine.zarr")
    asked = open_sweeps(sweeps_store=os.path.abspath("mine.zarr"))
    assert [("which is not on this machine" in one.value) for one in asked.warning] == [True]
    assert asked.selectbox(key="sweeps_store").value == "takeoff"
    name = stored("spoilt.zarr", 5)
    monkeypatch.setattr(basin.sweep, "handed_on", lambda _: (_ for _ in ()).throw(basin.sweep.SweepError("/a/b: spoilt")))
    assert [one.value for one in open_sweeps(sweeps_store=name).warning] == [
        "This store cannot be read here, or no more. `basin runs rebuild` makes the list anew."
    ]
    monkeypatch.setattr(page, "LARGEST", 10)
    assert "60 points are too many to be drawn here" in open_sweeps(sweeps_store=name).info[0].value


def test_a_file_of_ours_that_has_been_spoilt_is_not_offered(open_sweeps):
    Path("sims/information.toml").write_text("axes = 3")
    shown = open_sweeps()
    assert shown.selectbox(key="sweeps_store").options == ["How fast"]


def test_a_machine_without_sweeps_says_how_to_get_one(open_sweeps, page, monkeypatch):
    monkeypatch.setattr(page, "SIMS", Path("nowhere"))
    shown = open_sweeps()
    assert "There is no sweep on this machine yet" in shown.info[0].value and not charts(shown)
    assert shown.button(key="sweeps_matters").label == "Find out"


def test_what_matters_most_is_asked_by_a_button(open_sweeps):
    shown = open_sweeps(**SHORT)
    assert said(shown, "The usual suspects: belief knowledge, belief spread")
    settled(shown.button(key="sweeps_matters").click().run())
    assert len(charts(shown)) == 2
    names: dict = {}
    python = shown.code[3].value
    exec(python.replace(".show()", "").replace("basin.figures.tornado", "figure = basin.figures.tornado"), names)
    assert f"**{names['figure'].layout.meta['title']}**" in words(shown)
    assert names["result"].sizes["path"] == 9 and "evidence.choices" not in names["result"]["path"]
    _, *typed = shlex.split(shown.code[4].value)
    assert call(*typed, "--quiet", "--out", "typed.nc").code == 0
    xr.testing.assert_equal(basin.datasets.open("typed.nc"), names["result"])
    settled(shown.segmented_control(key="sweeps_which").set_value("every").run())
    assert len(charts(shown)) == 1 and shown.button(key="sweeps_matters")
    assert shown.query_params["sweeps_which"] == "every"


def test_the_least_change_is_a_table_with_its_witness(open_sweeps, monkeypatch):
    import widgets

    monkeypatch.setattr(widgets, "ASKED", ("reflection.strength", "motives.care", "training.strength"))
    shown = open_sweeps(**SHORT)
    settled(shown.button(key="sweeps_worst").click().run())
    names: dict = {}
    exec(shown.code[3].value.replace("print(", "str("), names)
    found = names["result"]
    assert shown.code[4].value == basin.figures.what_to_type(found) != ""
    if found.attrs["found"]:
        assert found.attrs["already"] or said(shown, f"by {found.attrs['change']:.2f} widths of a range in all loses it")
        assert shown.code[5].value.strip() == found.attrs["witness"].strip()
    else:
        assert said(shown, "None was found within these ranges")


def test_the_answers_of_a_search_in_words(page):
    from views import what_matters

    about = {f"{name}{end}": value for name, mean in (("aligned", 0.9), ("witness_aligned", 0.4))
             for end, value in (("", mean), ("_low", mean - 0.02), ("_high", mean + 0.02))}  # fmt: skip
    about |= {"already": 0, "found": 1, "change": 0.512, "least_seen": 0.2}
    found = xr.Dataset({"scaled": ("path", [0.3, -0.4, 0.0])}, attrs=about)
    assert what_matters.answer(found) == (
        "Moving 2 assumptions by 0.51 widths of a range in all loses it: 40% ± 2% of runs end aligned then, and 90% ± 2% now."
    )
    found.attrs["found"] = 0
    assert what_matters.answer(found).startswith("None was found within these ranges that surely loses it: 90% ± 2%")
    found.attrs["already"] = 1
    assert what_matters.answer(found) == "It takes no change: 90% ± 2% of runs end aligned as it is."


def test_without_the_libraries_it_says_how_to_get_them(open_sweeps, monkeypatch):
    for library in ("SALib", "optuna"):
        monkeypatch.setitem(sys.modules, library, None)
    shown = open_sweeps()
    assert [one.value.partition(",")[0] for one in shown.info] == ["This needs SALib", "This needs optuna"]
    assert all("pip install 'basin[search]'" in one.value for one in shown.info)
    assert len(charts(shown)) == 1 and not [one for one in shown.button if one.key in ("sweeps_matters", "sweeps_worst")]


def test_every_scenario_can_be_asked(open_sweeps):
    from views import what_matters

    seen = []
    shown = open_sweeps()
    for name in basin.names():
        settled(shown.selectbox(key="scenario").set_value(name).run())
        assert not shown.warning and said(shown, f"*{basin.load(name).title}*, as it is set in the sidebar")
        assert said(shown, "The usual suspects: ")
        seen.append(name)
    assert len(seen) == len(basin.names()) and what_matters.SUSPECTS == 8


@pytest.mark.parametrize("name", ["echo-chamber", "critical-mass", "travel-choices"])
def test_suspects_can_all_be_varied(page, name):
    import sidebar
    from views import what_matters

    base = basin.load(name)
    axes = basin.default_axes(base)
    paths = what_matters.usual(sidebar.Chosen(base, (), {}, base, *axes, 0))
    small = base.with_({"outcome.horizon": 20, "outcome.dwell": 5})
    found = basin.sensitivity(small, paths, samples=2, runs=1)
    assert set(map(str, found["path"].values)) == set(paths)


def test_a_search_looks_up_whether_it_is_still_wanted(page):
    from views import what_matters
    from work import Stopped

    def progress(done: int, total: int) -> None:
        if done:
            raise Stopped

    asking = what_matters.Asking(progress)
    assert not asking.is_set()
    with pytest.raises(Stopped):
        asking.step(1, 4)
    with pytest.raises(Stopped):
        basin.worst("near-aligned-llm", ["motives.care"], trials=0, runs=4, cancel=asking)
    asking.set()
    assert asking.is_set()
