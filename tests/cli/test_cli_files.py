"""Commands that write pictures, the demo, and the app."""

import os
import re
import signal
import subprocess
import sys
import types

import pytest

import basin
from basin.cli import app, demo, figure, stopping
from basin.figures.files import FORMATS
from tests.cli.calling import SHORT, call


def test_a_figure_of_a_map(tmp_path):
    found = call("figure", "map", "value-learner", "--n", 4, "--runs", 1, "--json", "--out", tmp_path / "basin.html", *SHORT)
    assert found.code == 0
    assert found.json["files"] == [str(tmp_path / "basin.html")]
    page = (tmp_path / "basin.html").read_text()
    assert "of these starts end fully aligned" in page and "basin figure map value-learner" in page


def test_figures_of_stored_results(tmp_path):
    for command in ("map", "trajectory"):
        more = ("--n", 4) if command == "map" else ("--runs", 3)
        assert call(command, "value-learner", *more, "--quiet", "--out", tmp_path / f"{command}.nc", *SHORT).code == 0
        stem = tmp_path / "figures" / command
        kept = ("--from", tmp_path / f"{command}.nc")
        found = call("figure", command, *kept, "--out", stem, "--format", "json", "--format", "md", "--json")
        assert found.json["files"] == [f"{stem}.json", f"{stem}.md"]
    code, _, err = call("figure", "map", "--from", tmp_path / "trajectory.nc", "--out", tmp_path / "wrong")
    assert code == 2 and err.count("\n") == 1


def test_figures_go_where_one_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = call("figure", "trajectory", "value-learner", "--runs", 3, "--format", "html", *SHORT)
    assert code == 0 and out == "Written to value-learner-trajectory.html\n"
    assert (tmp_path / "value-learner-trajectory.html").exists()


def test_without_a_browser_there_are_no_pictures(tmp_path, monkeypatch):
    from basin.figures import browser

    def none(*_):
        raise browser.NoBrowser("there is none")

    monkeypatch.setattr(browser, "draw", none)
    arguments = ("figure", "map", "value-learner", "--n", 3, *SHORT)
    code, out, err = call(*arguments, "--out", tmp_path / "all")
    assert code == 0 and err.startswith("basin: No SVG") and err.count("\n") == 1
    assert [f"all.{name}" in out for name in FORMATS] == [True, False, False, False, True, True]
    assert call(*arguments, "--out", tmp_path / "picture.png") == (2, "", "basin: No PNG: there is none\n")


def test_formats_are_those_of_figures():
    assert figure.FORMATS == FORMATS


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(demo, "POINTS", 3)
    load = basin.scenario.load
    monkeypatch.setattr(basin.scenario, "load", lambda name: load(name).with_({"outcome.horizon": 20}))


def test_the_demo_says_what_it_shows(quick, tmp_path):
    code, out, err = call("demo", "--out", tmp_path / "demo")
    assert code == 0 and err == ""
    assert len(re.findall(r"% of these starts end fully aligned \(95% interval", out)) == 2
    for name in ("value-learner", "travel-choices"):
        page = (tmp_path / "demo" / f"{name}.html").read_text()
        assert f"basin map {name}" in page
        assert not re.search(r"<(script|link|img)[^>]*(src|href)=.https?:", page)  # asks nothing of the network
        assert f"{name}.html" in out
    for advice in ("make app", "basin app", "basin --help"):
        assert advice in out


def test_commands_that_the_demo_suggests_exist():
    for _, _, advice in demo.STORIES.values():
        words = advice.split("  ")[0].split()
        more = ["--n", "2", "--runs", "1"] if "map" in words else ["--draws", "20"]
        assert words[0] == "basin" and call(*words[1:], *more).code == 0


def test_the_demo_as_json(quick, tmp_path):
    maps = call("demo", "--out", tmp_path / "demo", "--json").json["maps"]
    assert [found["scenario"] for found in maps] == ["value-learner", "travel-choices"]
    assert all(0 <= found["aligned"]["low"] <= found["aligned"]["high"] <= 1 for found in maps)


def test_a_stopped_demo_says_what_it_kept(quick, tmp_path, monkeypatch):
    mapped = demo.mapped

    def stopped(*arguments):
        if stopping.kept:
            os.kill(os.getpid(), signal.SIGINT)
        return mapped(*arguments)

    monkeypatch.setattr(demo, "mapped", stopped)
    code, _, err = call("demo", "--out", tmp_path, "--quiet")
    assert code == 130 and f"kept {tmp_path / 'value-learner.html'}" in err
    assert [entry.name for entry in tmp_path.iterdir()] == ["value-learner.html"]


def test_the_app_is_streamlits(monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "call", lambda command, **_: started.append(command) or 0)
    monkeypatch.setattr(app, "find_spec", lambda _: types.SimpleNamespace())
    assert call("app", "--port", 8600, "--no-browser").code == 0
    (command,) = started
    assert command[:4] == [sys.executable, "-m", "streamlit", "run"] and command[4].endswith(os.path.join("app", "main.py"))
    assert "8600" in command and "true" in command


def test_the_app_is_closed_by_ctrl_c(monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    monkeypatch.setattr(app, "find_spec", lambda _: types.SimpleNamespace())
    assert call("app") == (130, "", "basin: the app is closed\n")


def test_the_app_says_what_it_needs(monkeypatch, tmp_path):
    monkeypatch.setattr(app, "find_spec", lambda _: None)
    code, _, err = call("app")
    assert code == 2 and 'pip install "basin[app]"' in err
    monkeypatch.setattr(basin, "__file__", str(tmp_path / "site" / "basin" / "__init__.py"))
    monkeypatch.chdir(tmp_path)
    code, _, err = call("app")
    assert code == 2 and "checkout" in err
