"""`basin system`, `basin committor` and `basin rare`: the JSON that scripts rely on, words, files and pictures."""

from __future__ import annotations

import pytest

from basin import datasets
from basin.systems import NAMES
from tests.cli.calling import call


def fraction(part):
    return part["low"] <= part["fraction"] <= part["high"]


def test_system(tmp_path):
    path = tmp_path / "newton.nc"
    found = call("system", "newton", "--samples", 300, "--seed", 2, "--json", "--out", path).json
    assert (found["system"], found["samples"], found["seed"]) == ("newton", 300, 2)
    assert list(found["fractions"]) == ["root_1", "root_2", "root_3"]
    assert all(fraction(part) for part in [*found["fractions"].values(), found["unresolved"]])
    assert sum(part["count"] for part in found["fractions"].values()) + found["unresolved"]["count"] == 300
    kept = datasets.open(path)
    assert kept.attrs["command"].startswith("basin system newton")
    assert float(kept["fraction"].sel(outcome="root_2")) == found["fractions"]["root_2"]["fraction"]


def test_system_with_settings_and_extras():
    found = call("system", "deffuant", "--samples", 10, "--set", "bound=0.4", "--json").json
    assert found["parameters"]["bound"] == 0.4 and found["clusters"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert found["fractions"]["1_cluster"]["fraction"] == 1.0
    found = call("system", "degroot", "--samples", 10, "--json").json
    assert 0 < found["rate"] < 1 and sum(found["influence"]) == pytest.approx(1)


def test_one_run_has_no_interval_of_its_mean():
    assert call("system", "deffuant", "--samples", 1, "--json").json["clusters"]["low"] is None
    assert call("system", "deffuant", "--samples", 1).code == 0


def test_systems_are_listed():
    listed = call("system", "--json").json["systems"]
    assert [entry["name"] for entry in listed] == list(NAMES)
    for entry in listed:
        assert {"title", "summary", "source", "parameters", "coordinates", "outcomes", "stochastic"} <= entry.keys()
    moran = next(entry for entry in listed if entry["name"] == "moran")
    assert [parameter["name"] for parameter in moran["parameters"]] == ["agents", "fitness", "start"]
    words = call("system").out
    assert "fitness = 1.1 (0.01 to 100)" in words and "The Moran process (moran)" in words


def test_system_in_words():
    words = call("system", "moran", "--samples", 50).out
    assert "50 starts, agents = 50, fitness = 1.1, start = 1, seed 0" in words and "95% interval" in words
    assert "Clusters: 1 (95% interval 1 to 1)" in call("system", "deffuant", "--samples", 5, "--set", "bound=0.5").out
    assert call("system", "moran", "--samples", 5, "--quiet") == (0, "", "")


def test_committor(tmp_path):
    path = tmp_path / "well.nc"
    found = call("committor", "double-well", "--at", "x=-0.5", "--at", "x=0.1", "--json", "--out", path).json
    assert (found["system"], found["origin"], found["goal"], found["noise"]) == ("double-well", "x ≤ -1", "x ≥ 1", 0.5)
    first, second = found["at"]
    assert first["x"] == -0.5 and first["committor"]["value"] == pytest.approx(0.11395, abs=5e-6)
    assert second["committor"]["low"] < 0.60029051 < second["committor"]["high"]
    assert {"value", "low", "high"} == first["time"].keys() == first["quasi_potential"].keys()
    assert fraction(found["basin"]) and found["grid"][0] > 1000
    assert datasets.open(path).attrs["basin"] == "committor"


def test_committor_between_other_sets():
    options = ("--from", "x=-inf:-2", "--to", "x=0:inf", "--at", "x=-1", "--axis", "x=-2.5:2.5", "--n", "4000")
    found = call("committor", "double-well", *options, "--json").json
    assert found["at"][0]["time"]["value"] == pytest.approx(18.4262, abs=1e-3)
    found = call("committor", "fitzhugh-nagumo", "--noise", 0.5, "--from", "u=-2:-0.8,v=-1:1", "--to", "u=0.8:2", "--n", 48,
                 "--json").json  # fmt: skip
    assert found["at"][0] | {} and found["at"][0]["committor"]["value"] == pytest.approx(0.5, abs=0.01)


def test_committor_in_words():
    words = call("committor", "double-well").out
    assert "From x ≤ -1 to x ≥ 1, noise = 0.5" in words and "0.113947" in words
    assert "nothing here is left to chance" in words and "Paths meet the walls" not in words
    assert "Paths meet the walls" in call("committor", "double-well", "--set", "noise=1.5").out


def test_rare(tmp_path):
    path = tmp_path / "rare.nc"
    options = ("--at", "x=-0.8", "--set", "noise=0.3", "--repeats", 10, "--clones", 20, "--step", 0.02)
    found = call("rare", "double-well", *options, "--json", "--out", path).json
    assert fraction(found["probability"]) and 1e-4 < found["probability"]["fraction"] < 1e-2
    assert (found["clones"], found["repeats"], found["step"], found["start"]) == (20, 10, 0.02, "x = -0.8")
    assert datasets.open(path).attrs["probability"] == found["probability"]["fraction"]
    assert found == call("rare", "double-well", *options, "--json").json
    assert "with probability" in call("rare", "double-well", "--repeats", 3, "--clones", 5, "--step", 0.02).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("system", "moran", "--samples", 0), "0 must be a whole number from 1"),
        (("system", "moran", "--set", "fitness"), "--set 'fitness': write NAME=VALUE, as in noise=0.25"),
        (("system", "moran", "--set", "fitness=high"), "--set 'fitness=high': 'high' is not a number"),
        (("system", "morran"), "no system 'morran'; did you mean moran?"),
        (("system", "--samples", 5), "--samples: name a system"),
        (("committor", "double-well", "--from", "x=1"), "--from 'x=1': write PATH=LO:HI"),
        (("committor", "double-well", "--from", "x=1:0"), "--from 'x=1:0': 1 is above 0"),
        (("committor", "double-well", "--at", "x"), "--at 'x': write NAME=VALUE, as in x=-0.5"),
        (("committor", "double-well", "--n", 1), "cells = 1: must be a whole number from 8"),
        (("rare", "double-well", "--at", "x=5"), "start = 5: lies in the goal already"),
    ],
)
def test_bad_input_gets_one_line(arguments, message):
    found = call(*arguments)
    assert found.code == 2 and found.out == "" and message in found.err and len(found.err.splitlines()) == 1


def test_pictures_of_results(tmp_path):
    for verb, options in (
        ("system", ("newton", "--samples", 50)),
        ("committor", ("double-well",)),
        ("rare", ("double-well", "--repeats", 3, "--clones", 10)),
    ):
        kept = tmp_path / f"{verb}.nc"
        assert call(verb, *options, "--out", kept, "--quiet").code == 0
        drawn = call("figure", verb, "--from", kept, "--out", tmp_path / verb, "--format", "json")
        assert drawn.code == 0 and (tmp_path / f"{verb}.json").exists()
