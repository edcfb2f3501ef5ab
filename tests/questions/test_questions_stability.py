"""Stability, size and time of scenarios and systems: from a name to a Dataset that can be reproduced."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

import basin
from basin import datasets, theory
from basin.analysis.sampling import Cosine, Ellipsoid, Given, SamplingError, Window
from basin.questions.starts import described, starts
from basin.questions.subject import subject
from basin.simulate import mapper

SHORT = {"outcome.horizon": 60, "values.features": 4}


@pytest.fixture(scope="module")
def scenario():
    return basin.load("near-aligned-llm").with_(SHORT)


@pytest.fixture(scope="module")
def results(scenario):
    return {
        "stability": basin.stability(scenario, samples=300, seed=2),
        "size": basin.size(scenario, "sphere", [3, 5], samples=1024, seed=2),
        "time": basin.time(scenario, samples=300, seed=2),
    }


@pytest.mark.parametrize("kind", ["stability", "size", "time"])
def test_every_variable_says_what_it_is_and_the_call_gives_it_again(results, scenario, kind, tmp_path):
    found = results[kind]
    assert found.attrs[datasets.KIND] == kind and found.attrs["scenario"] == "near-aligned-llm"
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in found.variables.values())
    xr.testing.assert_identical(eval(found.attrs["call"], {"basin": basin, "scenario": scenario}), found)
    datasets.save(found, tmp_path / "kept.nc")
    xr.testing.assert_allclose(datasets.open(tmp_path / "kept.nc"), found)


def test_stability_is_what_the_mapper_says(scenario):
    found = basin.stability(scenario, [("motives.care", 0.1, 0.9)], samples=200, seed=5)
    care = 0.1 + 0.8 * np.random.default_rng((5, 0x57A7)).random((200, 1))
    label = mapper(scenario, ["motives.care"])(care, 5).label
    assert int(found["count"].sel(outcome="aligned")) == (label == 1).sum()
    assert found.attrs["paths"] == ["motives.care"] and found.attrs["starts"] == 200


def test_roots_of_unity_share_a_square():
    """The basins of the two complex roots are mirror images, so are their shares."""
    found = basin.stability("newton", method="sobol", samples=16_384)
    second, third = (float(found["share"].sel(outcome=f"root_{k}")) for k in (2, 3))
    assert second == pytest.approx(third, abs=4 * np.sqrt(2 * found.attrs["variance"]))
    assert float(found["share"].sum()) == pytest.approx(1)


def test_kuramoto_is_irwin_halls():
    found = basin.stability("kuramoto-ring", outcome="1", half_width=0.02, seed=1)
    one = found.sel(outcome="1")
    assert float(one["low"]) < 0.243149 < float(one["high"]) and found.attrs["reached"] == 1
    assert found.attrs["half_width"] <= 0.02 and found.attrs["target"] == "1"


def test_several_runs_from_each_start():
    found = basin.stability("double-well", samples=100, runs=7)
    assert int(found["count"].sum()) == 700 and found.attrs["starts"] == 100


def test_the_skeleton_and_threads(scenario):
    one, two = (basin.stability(scenario, samples=64, expected=True, threads=threads) for threads in (1, 2))
    xr.testing.assert_identical(one.drop_attrs(), two.drop_attrs())


def test_starts_over_what_they_are_asked_over(scenario, tmp_path):
    learner, newton = subject(scenario), subject("newton")
    assert starts(learner, "sphere") == Cosine("belief.knowledge", 4)
    assert isinstance(starts(newton, "sphere"), Ellipsoid)
    assert starts(newton) == Window(newton.axes)
    table = pd.DataFrame({"x": [0.5, 1.0], "y": [0.0, 0.0], "weight": [1.0, 3.0]})
    for name, write in (("starts.csv", table.to_csv), ("starts.parquet", table.to_parquet)):
        write(tmp_path / name, index=False)
        given = starts(newton, tmp_path / name)
        assert isinstance(given, Given) and given.paths == ("x", "y") and given.weights.tolist() == [1, 3]
    assert float(basin.stability("newton", over=tmp_path / "starts.csv", samples=50)["share"][0]) == 1.0
    spread = starts(newton, {"x": stats.norm(1, 0.01), "y": stats.norm(0, 0.01)})
    assert float(basin.stability("newton", over={"x": [1.0, 1.01], "y": [0.0, 0.1]}, samples=50)["share"][0]) == 1.0
    for one in (starts(learner, "sphere"), starts(newton, "sphere"), starts(newton), given, spread):
        assert described(one)


def test_sizes_are_caps_for_those_who_never_learn():
    scenario = basin.load("value-learner").with_(
        {"outcome.horizon": 1, "outcome.dwell": 1, "outcome.behaves": 0.5, "motives.own": [], "motives.care": 1.0,
         "belief.spread": 1e-9, "gate.ask_cost": 1e6, "evidence.comparisons": 0.0, "oversight.audit": 0.0}
    )  # fmt: skip
    found = basin.size(scenario, "sphere", [8, 16, 64], samples=4096)
    known = theory.cap_bits(60, np.array([8, 16, 64]))
    assert known[:2] == pytest.approx([3.552, 5.609], abs=1e-3)
    assert ((found["low"] <= known) & (known <= found["high"])).all()
    assert found["angle"].values == pytest.approx(60, abs=1)
    assert (found["surely"] <= found["low"] + 1e-12).all()


def test_size_of_a_system_against_its_dimension():
    found = basin.size("kuramoto-ring", dimensions=[4, 8], outcome="0", samples=2000)
    assert found["dimension"].values.tolist() == [4, 8] and found["dimension"].attrs["long_name"] == "oscillators"
    share = basin.stability(subject("kuramoto-ring").with_({"oscillators": 4}), outcome="0", samples=2000).sel(outcome="0")
    assert float(found["bits"][0]) == pytest.approx(-np.log2(float(share["share"])))
    assert basin.size("newton", samples=500, method="sobol")["dimension"].values.tolist() == [2]


def test_time_is_what_runs_say(scenario):
    found = basin.time(scenario, [("motives.care", 0.5, 0.5 + 1e-9)], samples=200, seed=3, harm=1.0)
    runs = basin.run(scenario.with_({"motives.care": 0.5}), runs=200, seed=3)  # the same chances: run r of the seed
    aligned = runs["label"].values == 1
    assert float(found["share"].sel(outcome="aligned")[-1]) == pytest.approx(aligned.mean())
    assert float(found["time"].sel(statistic="conditional_mean")) == pytest.approx(float(runs["time"][aligned].mean()))
    assert float(found["fraction"].sel(event="harmless")) == pytest.approx(float((runs["harm"] <= 1.0).mean()))
    both = float(found["fraction"].sel(event="harmless_and_target"))
    assert both == pytest.approx(float(((runs["harm"] <= 1.0) & aligned).mean()))
    assert float(found["fraction"].sel(event="harmless_if_target")) == pytest.approx(both / aligned.mean())


def test_time_of_a_system():
    found = basin.time("newton", samples=400)
    assert "event" not in found.dims and found["moment"].attrs["units"] == "steps"
    ended = found["share"].isel(moment=-1).sum()
    assert float(ended) == pytest.approx(1 - float(found["going"][-1]))
    assert (np.diff(found["share"].values, axis=1) >= 0).all() and (np.diff(found["going"].values) <= 0).all()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: basin.stability("newton", outcome="root_4"), "did you mean root_"),
        (lambda: basin.stability("newton", method="grid"), "random or sobol"),
        (lambda: basin.stability("newton", method="sobol", half_width=0.1), "half-width"),
        (lambda: basin.stability("newton", half_width=0.7), "below 0.5"),
        (lambda: basin.stability("newton", samples=0), "samples = 0"),
        (lambda: basin.stability("newton", seed=-1), "seed = -1"),
        (lambda: basin.stability("newton", runs=0), "runs = 0"),
        (lambda: basin.stability("newton", over="spheres"), "uniform, sphere, or a .csv"),
        (lambda: basin.stability("newton", over="missing.csv"), "no such file"),
        (lambda: basin.stability("newton", [("z", 0, 1)]), "'z'"),
        (lambda: basin.stability("newton", [("x", 0, 1), ("x", 0, 1)]), "same path"),
        (lambda: basin.stability("newton", over={"x": [1.0], "y": stats.norm()}), "every path"),
        (lambda: basin.stability("newton", over={"x": [1.0], "y": [1.0, 2.0]}), "as many"),
        (lambda: basin.stability("value-learner", [("motives.care", 0, 1)], over="sphere"), "axes"),
        (lambda: basin.size("newton", dimensions=[3]), "no parameter changes that"),
        (lambda: basin.size("kuramoto-ring", dimensions=[4, 4]), "each once"),
        (lambda: basin.size("kuramoto-ring", dimensions=[2.5]), "2.5 is not a whole number"),
        (lambda: basin.size("travel-choices", "sphere", [4]), "table of recorded choices"),
        (lambda: basin.size("value-learner", "sphere", samples=10), "samples = 10"),
        (lambda: basin.size(basin.load("value-learner").with_({"belief.blind": 0.5}), "sphere"), "belief.blind"),
        (lambda: basin.time("value-learner", [("outcome.horizon", 10, 20)]), "outcome.horizon"),
        (lambda: basin.time("value-learner", harm=-1.0), "harm = -1"),
        (lambda: basin.time("value-learner", outcome="undecided"), "no ending"),
    ],
)
def test_what_cannot_be_asked_is_one_line(ask, says):
    with pytest.raises(ValueError, match=says) as error:
        ask()
    assert type(error.value).__module__.startswith("basin.") and "\n" not in str(error.value)


def test_tables_that_hold_no_starts(tmp_path):
    (tmp_path / "words.csv").write_text("x,y\n1,here\n")
    with pytest.raises(SamplingError, match="column y"):
        basin.stability("newton", over=tmp_path / "words.csv")
    (tmp_path / "broken.parquet").write_text("x,y\n1,here\n")
    with pytest.raises(SamplingError, match="cannot be read"):
        basin.stability("newton", over=tmp_path / "broken.parquet")
