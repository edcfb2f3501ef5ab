"""The least change of assumptions that takes P(aligned) below one half: closed forms, and what is said of them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import basin
from basin import theory
from basin.analysis.extras import MissingError
from basin.analysis.worst import WorstError
from basin.checks.motives import two_motives
from basin.questions.ranges import RangeError
from basin.scenario import ScenarioError, loads

SHORT = {"outcome.horizon": 120, "outcome.dwell": 5, "values.features": 4}
CARE = "motives.care"
REFLECTION, GUARDING = 0.1, 0.05


def silent(overlap=-0.5, care=0.7):
    """Only its own reflection moves it."""
    changes = {CARE: care, "reflection.strength": REFLECTION, "outcome.horizon": 2000}
    return two_motives(overlap, GUARDING).with_(changes)


@pytest.fixture(scope="module")
def short():
    return basin.load("near-aligned-llm").with_({**SHORT, "reflection.strength": 0.3, "motives.self_interest.guarding": 0.1})


@pytest.fixture(scope="module")
def found(short):
    wide = {CARE: (0.05, 0.95), "humans.bias": (0, 1), "reflection.strength": (0.1, 0.5, "log")}
    return basin.worst(short.with_({CARE: 0.7}), ranges=wide, runs=40, trials=16, seed=3)


@pytest.mark.parametrize(("overlap", "care"), [(-0.5, 0.7), (0.0, 0.6)])
def test_care_alone_has_as_far_to_go_as_to_the_separatrix(overlap, care):
    known = float(theory.separatrix(REFLECTION, GUARDING, overlap))
    found = basin.worst(silent(overlap, care), ranges={CARE: (0.2, 0.8)}, expected=True)
    assert float(found["alone_to"][0]) == pytest.approx(known, abs=1e-9)
    assert found.attrs["change"] == pytest.approx((care - known) / 0.6, abs=1e-9)
    assert (found.attrs["aligned"], found.attrs["witness_aligned"]) == (1, 0) and found.attrs["found"] == 1
    assert basin.run(loads(found.attrs["witness"]), expected=True)["label"].values[0] != 1


def test_care_and_guarding_together_have_less_far_to_go():
    """The nearest point of the separatrix in the plane of the two, found here by looking everywhere."""
    wide = {CARE: (0.4, 0.75), "motives.other.guarding": (0.0, 0.2)}
    found = basin.worst(silent(), ranges=wide, expected=True, trials=16, seed=1)
    start = np.array([(0.7 - 0.4) / 0.35, GUARDING / 0.2])
    guarding = np.linspace(0.0, 0.2, 20_001)
    care = theory.separatrix(REFLECTION, guarding, -0.5)
    away = np.hypot((care - 0.4) / 0.35 - start[0], guarding / 0.2 - start[1])
    assert away.min() <= found.attrs["change"] + 1e-6 <= 1.02 * away.min()
    assert found.attrs["change"] < 0.95 * np.nanmin(abs(found["alone_scaled"]))
    assert (found["scaled"].values != 0).all()


def test_the_witness_is_below_one_half_in_runs_of_its_own(found, short):
    about = found.attrs
    assert about["found"] == 1 and about["already"] == 0
    assert about["aligned_low"] > 0.5 > about["witness_aligned_high"]
    assert about["witness_aligned_low"] <= about["witness_aligned"] <= about["witness_aligned_high"]
    witness = loads(about["witness"])
    again = basin.run(witness, runs=2000, seed=99)["label"].values == 1
    assert again.mean() == pytest.approx(about["witness_aligned"], abs=0.05)
    for at in range(found.sizes["path"]):
        one = found.isel(path=at)
        path, here = str(one["path"].values), float(one["to"])
        assert witness.get(path) == pytest.approx(here, abs=1e-12)
        assert float(one["lo"]) <= here <= float(one["hi"])
        part = (here - float(one["from"])) / (float(one["hi"]) - float(one["lo"]))
        if one["log"]:
            part = np.log(here / float(one["from"])) / np.log(float(one["hi"]) / float(one["lo"]))
        assert float(one["scaled"]) == pytest.approx(part, abs=1e-9)
    assert about["change"] == pytest.approx(np.linalg.norm(found["scaled"]))
    assert (np.diff(abs(found["scaled"])) <= 0).all()
    alone = abs(found["alone_scaled"].values)
    assert about["change"] <= np.nanmin(alone) + 0.11  # a little beyond the edge, by fewer runs


def test_what_is_not_changed_stays_to_the_bit(short):
    found = basin.worst(short, ranges={CARE: (0.05, 0.95), "world.tolerance": (0.1, 0.9)}, runs=24, trials=4)
    assert float(found.sel(path="world.tolerance")["scaled"]) == 0
    witness = loads(found.attrs["witness"])
    changed = float(found.sel(path=CARE)["to"])
    assert witness == short.with_({CARE: changed})


def test_a_scenario_that_is_below_already(short):
    found = basin.worst(short.with_({CARE: 0.02}), [CARE], runs=16)
    assert found.attrs["already"] == found.attrs["found"] == 1 and found.attrs["change"] == 0
    assert not found["scaled"].any() and loads(found.attrs["witness"]) == short.with_({CARE: 0.02})
    assert found.attrs["witness_aligned"] == found.attrs["aligned"] < 0.5


def test_nothing_within_the_ranges_does_it():
    found = basin.worst(silent(), ranges={"world.tolerance": (0.1, 0.9), CARE: (0.6, 0.8)}, expected=True, trials=4)
    assert found.attrs["found"] == 0 and np.isnan(found.attrs["change"]) and found.attrs["witness"] == ""
    assert found.attrs["least_seen"] == 1 and not found["scaled"].any() and np.isnan(found["alone_to"]).all()


def test_points_that_are_no_scenario_are_not_allowed(short):
    """A cautious search weighs at most 256 candidates: with caution, more of them are no scenario."""
    wide = {"planning.candidates": (1, 600, "log"), "planning.caution": (0, 1), CARE: (0.05, 0.95)}
    found = basin.worst(short, ranges=wide, runs=32, trials=8)
    assert found.attrs["found"] == 1
    loads(found.attrs["witness"])


def test_whole_numbers_stay_whole(short):
    found = basin.worst(short, ranges={"planning.candidates": (2, 200, "log"), CARE: (0.05, 0.95)}, runs=16, trials=4)
    assert float(found.sel(path="planning.candidates")["to"]) % 1 == 0


def test_populations_have_worst_cases_too(police):
    ranges = {"motives.self_interest.guarding": (0.0, 0.5), "population.aligned": (0.1, 1.0)}
    found = basin.worst(police.with_({"population.aligned": 1.0}), ranges=ranges, runs=2, trials=2)
    assert found.sizes["path"] == 2 and np.isfinite(found.attrs["aligned"])


def test_the_same_whatever_the_threads_and_on_disk(short, tmp_path):
    one, two = (basin.worst(short, [CARE, "belief.strength"], runs=8, trials=8, seed=4, threads=threads) for threads in (1, 2))
    assert one.identical(two)
    basin.datasets.save(one, tmp_path / "w.nc")
    assert basin.datasets.open(tmp_path / "w.nc").attrs["witness"] == one.attrs["witness"]
    for name in one.variables:
        assert one[name].attrs["units"] and one[name].attrs["long_name"]


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"paths": ["motives.car"]}, ScenarioError, "did you mean motives.care"),
        ({"ranges": {CARE: (0.8, 0.9)}}, RangeError, "motives.care = 0.5: is outside its range, from 0.8 to 0.9"),
        ({"ranges": {"motives.mutual": (-0.1, 0.1)}}, RangeError, "motives.mutual: the scenario holds no number"),
        ({"paths": [CARE], "trials": -1}, WorstError, "trials = -1"),
        ({"paths": [CARE], "runs": 0}, ValueError, "runs = 0"),
        ({"seed": -1}, ValueError, "seed = -1"),
    ],
)
def test_bad_input_is_one_line(short, given, kind, said):
    with pytest.raises(kind, match=r"^.*$") as error:
        basin.worst(short, **{"runs": 2, "trials": 0, **given})
    assert said in str(error.value) and type(error.value).__module__.startswith("basin.")


def test_systems_and_missing_libraries(monkeypatch, short):
    with pytest.raises(ScenarioError, match="newton: is a system"):
        basin.worst("newton")
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingError, match="needs optuna"):
        basin.worst(short, [CARE], runs=2)
