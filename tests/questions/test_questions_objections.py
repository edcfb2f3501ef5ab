"""Objections measured: paired differences against the scenario itself, sorted, and honest about what does not apply."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.analysis import wilson
from basin.analysis.paired import paired
from basin.figures import FigureError
from basin.questions.subject import subject
from basin.scenario import ScenarioError, objections

SHORT = {"outcome.horizon": 120, "outcome.dwell": 5, "values.features": 4}
SOME = ["resisting-is-free", "knows-but-does-not-care", "people-do-it", "sycophancy", "which-space"]


@pytest.fixture(scope="module")
def scenario():
    return basin.load("near-aligned-llm").with_(SHORT)


@pytest.fixture(scope="module")
def found(scenario):
    return basin.objections(scenario, SOME, samples=200, seed=5)


def test_differences_are_paired_with_the_same_starts_and_chances(scenario, found):
    from basin.analysis.sampling import Window, draw

    one = subject(scenario)
    points = draw(Window(one.axes), 200, 5)
    base, after = (
        asked.mapper(tuple(axis.path for axis in one.axes))(points, 5).label[:, 0] == one.outcomes["aligned"]
        for asked in (one, one.objected("people-do-it"))
    )
    row = found.sel(objection="people-do-it")
    assert found.attrs["base_share"] == base.mean() and float(row["share"]) == after.mean()
    assert [float(row[name]) for name in ("difference", "difference_low", "difference_high")] == list(paired(base, after))
    low, high = wilson(int(after.sum()), 200)
    assert (float(row["low"]), float(row["high"])) == (float(low), float(high))


def test_an_objection_that_sets_an_axis_puts_all_starts_there(scenario, found):
    plain = basin.stability(
        scenario.objected("knows-but-does-not-care"), [("motives.self_interest.overlap", -1.0, 1.0)], samples=2000
    )
    share = float(plain["share"].sel(outcome="aligned"))
    row = found.sel(objection="knows-but-does-not-care")
    assert float(row["low"]) - 0.03 < share < float(row["high"]) + 0.03
    assert float(row["share"]) < found.attrs["base_share"] - 0.1


def test_the_largest_loss_comes_first(found):
    change = found["difference"].values
    assert (np.diff(change) >= 0).all() and set(map(str, found["objection"].values)) == set(SOME)
    assert (found["together_low"] <= found["difference_low"] + 1e-12).all()
    assert (found["together_high"] >= found["difference_high"] - 1e-12).all()


def test_bits_and_shares_agree(found):
    some = found["share"].values > 0
    np.testing.assert_allclose(found["bits"].values[some], -np.log2(found["share"].values[some]))
    lost = found["bits"].values[some] - found.attrs["base_bits"]
    np.testing.assert_allclose(found["lost"].values[some], lost, atol=1e-12)


def test_what_a_scenario_has_already_changes_nothing(scenario):
    row = basin.objections(scenario.objected("resisting-is-free"), ["resisting-is-free"], samples=50).isel(objection=0)
    assert (float(row["difference"]), float(row["difference_low"]), float(row["lost"])) == (0, 0, 0)
    assert "already" in str(row["note"].values) and int(row["applies"]) == 1


def test_a_phase_that_goes_its_own_way_is_named(scenario):
    phased = scenario.with_({"phases": [{"name": "late", "episodes": 50, "training.strength": 0.2}]})
    found = basin.objections(phased, ["agent-must", "values-drift"], samples=20)
    assert str(found["note"].sel(objection="agent-must").values) == "phase late has its own training.strength"
    assert str(found["note"].sel(objection="values-drift").values) == ""


def test_what_cannot_apply_comes_last_and_says_why():
    alone = basin.Scenario(motives={"care": 1.0, "own": []}, outcome={"horizon": 30, "dwell": 5}, values={"features": 3})
    found = basin.objections(alone, ["placebo", "sycophancy", "values-drift"], samples=30)
    assert str(found["objection"].values[0]) == "values-drift" and found["applies"].values.tolist() == [1, 0, 0]
    assert "no motive of its own" in str(found["note"].values[1]) and np.isnan(found["difference"].values[1:]).all()
    figure = basin.figures.objections(found)
    assert sum("does not apply" in str(note.text) for note in figure.layout.annotations) == 2


def test_all_of_them_are_measured_unless_named(scenario):
    found = basin.objections(scenario.with_({"outcome.horizon": 10}), samples=4)
    assert sorted(map(str, found["objection"].values)) == sorted(objections())
    for name in found.variables:
        assert found[name].attrs["units"] and found[name].attrs["long_name"]


def test_they_are_kept_and_drawn(found, tmp_path):
    basin.datasets.save(found, tmp_path / "o.nc")
    figure = basin.figures.objections(basin.datasets.open(tmp_path / "o.nc"))
    texts = [str(note.text).replace("<br>", " ") for note in figure.layout.annotations]
    for title in found["title"].values:
        assert str(title) in texts
    assert "95%" in " ".join(texts) and "points" in figure.layout.meta["alt"]
    with pytest.raises(FigureError, match=r"basin\.objections"):
        basin.figures.objections(basin.stability("newton", samples=20))


def test_bad_input_is_one_line(scenario):
    with pytest.raises(ScenarioError, match="newton: is a system"):
        basin.objections("newton")
    with pytest.raises(ScenarioError, match="did you mean schemer"):
        basin.objections(scenario, ["shemer"])
    with pytest.raises(ValueError, match="samples = 1: must be"):
        basin.objections(scenario, samples=1)
