"""Which assumption matters most: known answers, ranges, and every bundled scenario."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import basin
from basin.analysis import AxisError
from basin.analysis.extras import MissingError
from basin.analysis.sampling import SamplingError
from basin.analysis.sensitivity import SensitivityError
from basin.checks.motives import two_motives
from basin.questions.assumed import Assumed
from basin.questions.ranges import RangeError, ranges, usual
from basin.questions.subject import subject
from basin.scenario import ScenarioError
from tests.questions.companies import QUICK

SHORT = {"outcome.horizon": 120, "outcome.dwell": 5, "values.features": 4}
OVERLAP, CARE = "motives.self_interest.overlap", "motives.care"


@pytest.fixture(scope="module")
def scenario():
    return basin.load("near-aligned-llm").with_(SHORT)


@pytest.fixture(scope="module")
def found(scenario):
    return basin.sensitivity(scenario, [CARE, "humans.noise"], ranges={"humans.bias": (0, 1)}, samples=6, runs=20, seed=2)


def row(found, path):
    return found.sel(path=path)


def test_only_one_assumption_matters():
    """Reflection alone moves this agent, so that its care decides, and what people are like does not."""
    silent = two_motives(-0.5, 0.05).with_({"outcome.horizon": 2000})
    wide = {CARE: (0.2, 0.8), "humans.noise": (0.1, 2.0, "log"), "world.tolerance": (0.1, 2.0)}
    shares = basin.sensitivity(silent, method="sobol", ranges=wide, samples=128, expected=True)
    assert str(shares["path"].values[0]) == CARE
    assert float(row(shares, CARE)["total"]) == pytest.approx(1, abs=0.2)
    assert float(row(shares, CARE)["first"]) == pytest.approx(1, abs=0.25)
    assert float(row(shares, CARE)["total_low"]) <= 1 <= float(row(shares, CARE)["total_high"])
    assert not shares["total"].values[1:].any() and not shares["total_high"].values[1:].any()  # exactly
    assert shares.attrs["noise"] == 0 and shares.attrs["runs"] == 1
    screened = basin.sensitivity(silent, ranges=wide, samples=8, expected=True)
    assert screened["mu_star"].values[0] > 0.5 and not screened["mu_star"].values[1:].any()


def test_common_chances_make_an_idle_assumption_exactly_nothing(scenario):
    found = basin.sensitivity(
        scenario, ranges={CARE: (0.1, 0.9), "personas.lock": (0, 1), "corpus.human": (1, 2)}, samples=4, runs=16
    )
    assert found.attrs["noise"] > 0.01 and float(found["mu_star"][0]) > 0
    for path in ("personas.lock", "corpus.human"):
        assert float(row(found, path)["mu_star"]) == float(row(found, path)["sigma"]) == 0
        assert float(row(found, path)["at_lo"]) == float(row(found, path)["at_hi"]) == found.attrs["base_value"]


def test_all_points_take_the_same_chances(scenario):
    one = subject(scenario)
    assumed = Assumed(one, [CARE, "humans.noise"], 30, 5)
    points = np.array([[0.5, 0.5], [0.8, 0.5], [0.5, 0.5], [0.2, 1.0]])
    told = assumed.aligned(points)
    assert np.array_equal(told[0], told[2]) and told[1].sum() >= told[0].sum() >= told[3].sum()
    for at, point in enumerate(points):  # the runs that these points have alone
        alone = one.mapper([CARE, "humans.noise"], 30)(point[None], 5).label[0] == one.outcomes["aligned"]
        assert np.array_equal(told[at], alone)


def test_starts_of_bits_are_the_same_at_every_point(scenario):
    one = subject(scenario)
    from basin.analysis.sampling import Window, draw

    window = Window(one.axes)
    told = Assumed(one, ["humans.noise"], 40, 3, window).aligned(np.array([[0.5], [2.0]]))
    cells = np.column_stack([np.full(40, 2.0), draw(window, 40, 3)])
    alone = one.mapper(["humans.noise", *window.paths], 1)(cells, 3).label[:, 0] == one.outcomes["aligned"]
    assert np.array_equal(told[1], alone)


def test_populations_take_the_same_chances_too(police):
    one = subject(police)
    points = np.array([[0.02], [0.3], [0.02]])
    told = one.mapper(["population.peer_audit"], 4, alike=1)(points, 7)
    alone = one.mapper(["population.peer_audit"], 4)(points[:1], 7)
    assert np.array_equal(told.label[0], told.label[2]) and np.array_equal(told.label[0], alone.label[0])
    assert np.array_equal(told.time[0], alone.time[0])


def test_what_the_dataset_holds(found, scenario):
    assert set(map(str, found["path"].values)) == {CARE, "humans.noise", "humans.bias"}
    assert (np.diff(found["mu_star"]) <= 0).all()
    assert ((found["mu_star_low"] <= found["mu_star"]) & (found["mu_star"] <= found["mu_star_high"])).all()
    assert (found["mu_star"] >= abs(found["mu"]) - 1e-12).all()
    for end in ("at_lo", "at_hi"):
        assert ((found[f"{end}_low"] <= found[end]) & (found[end] <= found[f"{end}_high"])).all()
    care = row(found, CARE)
    assert [float(care[name]) for name in ("lo", "hi", "base", "log")] == pytest.approx([0.4, 0.6, 0.5, 0])
    lower = basin.sensitivity(scenario.with_({CARE: 0.4}), ["humans.noise"], samples=2, runs=20, seed=2)
    assert lower.attrs["base_value"] == float(care["at_lo"])
    assert found.attrs["points"] == 6 * 4 and found.attrs["starts_from"] == "as the scenario says"
    for name in found.variables:
        assert found[name].attrs["units"] and found[name].attrs["long_name"]


def test_the_same_whatever_the_threads_and_on_disk(scenario, tmp_path):
    one, two = (
        basin.sensitivity(scenario, [CARE, "humans.noise"], samples=3, runs=20, seed=9, threads=threads) for threads in (1, 2)
    )
    assert one.identical(two)
    basin.datasets.save(one, tmp_path / "s.nc")
    assert basin.datasets.open(tmp_path / "s.nc").attrs["points"] == one.attrs["points"]


def test_bits_are_of_the_window_less_what_is_an_assumption(scenario):
    bits = basin.sensitivity(scenario, ["humans.noise"], of="bits", samples=2, runs=32)
    assert OVERLAP in bits.attrs["starts_from"] and CARE in bits.attrs["starts_from"]
    assert 0 < bits.attrs["base_low"] < bits.attrs["base_value"] < bits.attrs["base_high"]
    along = basin.sensitivity(scenario, ["humans.noise", CARE], of="bits", samples=2, runs=32)
    assert CARE not in along.attrs["starts_from"] and OVERLAP in along.attrs["starts_from"]
    none = basin.sensitivity(scenario, [OVERLAP, CARE], of="bits", samples=2, runs=8)
    assert none.attrs["starts_from"] == "as the scenario says"
    chosen = ranges(subject(scenario), apart=[OVERLAP, CARE])
    assert CARE not in chosen.paths and chosen.left_out[CARE] == "starts differ along it"


def test_the_rule_of_ranges(scenario):
    entry = scenario.numeric_path
    assert usual(entry(CARE)) == (0.4, 0.6, False)
    assert usual(entry("motives.honesty")) == (0.9, 1.0, False)
    assert usual(entry("belief.knowledge")) == (0.5, 0.9, False)
    assert usual(entry("humans.noise")) == (0.25, 1.0, True)
    assert usual(entry("evidence.comparisons")) == (0.1, 0.4, True)  # a rate
    assert usual(entry("humans.bias")) == (0.0, 0.1, False)
    assert usual(entry("values.drift")) == (0.0, 0.001, False)
    assert usual(entry("training.stages")) == (0.0, 1.0, False)
    assert usual(entry("planning.candidates")) == (4.0, 16.0, True)
    assert usual(entry("motives.mutual")) is None
    near = scenario.with_({"capability.start": 0.05, "belief.blind": 0.95, "planning.candidates": 1})
    assert usual(near.numeric_path("capability.start")) == (0.025, 0.15, False)  # 0 itself is not allowed
    assert usual(near.numeric_path("belief.blind")) == (0.85, 0.975, False)
    assert usual(near.numeric_path("planning.candidates")) == (1.0, 2.0, True)
    assert usual(near.with_({"personas.switch": 1.0}).numeric_path("personas.switch")) == (0.5, 1.0, True)


OFTEN = ("critical-mass", "safety-pretraining", "shoggoth", "travel-choices")  # of each kind one


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in OFTEN else pytest.mark.slow) for name in basin.names()]
)
def test_ranges_of_every_bundled_scenario_are_valid(name):
    one = subject(name)
    chosen = ranges(one)
    assert len(chosen.axes) > 40 and np.isfinite(chosen.base).all()
    lows, highs = (np.array([getattr(axis, end) for axis in chosen.axes]) for end in ("lo", "hi"))
    assert (lows <= chosen.base).all() and (chosen.base <= highs).all()
    rng = np.random.default_rng(1)
    for corner in (lows, highs, np.where(rng.random(len(lows)) < 0.5, lows, highs)):
        whole = [axis.integer for axis in chosen.axes]
        values = (int(value) if count else float(value) for value, count in zip(corner, whole, strict=True))
        one.with_(dict(zip(chosen.paths, values, strict=True)))
    for path in (*chosen.left_out, *chosen.idle):
        assert path not in chosen.paths
    assert "outcome.horizon" in chosen.left_out and "values.features" in chosen.left_out
    assert all(chosen.left_out.values())


def test_an_idle_path_changes_no_run(scenario):
    one = subject(scenario)
    idle = ranges(one).idle
    assert "corpus.human" in idle and "values.evolved.culture" in idle and CARE not in idle
    base = [float(scenario.numeric_path(path).value) for path in idle]
    rows = np.array([base] + [[low if at == k else value for k, value in enumerate(base)] for at, low in
                              enumerate(usual(scenario.numeric_path(path))[1] for path in idle)])  # fmt: skip
    told = Assumed(one, idle, 20, 1).aligned(rows)
    assert (told == told[0]).all()
    cast = basin.load("alignment-pretraining")
    assert "corpus.tags" not in ranges(subject(cast)).idle


def test_two_scenarios_with_all_their_assumptions(scenario, police):
    for one, least in ((scenario, 50), (police.with_({"outcome.horizon": 20}), 60)):
        found = basin.sensitivity(one, samples=2, runs=2)
        assert found.sizes["path"] >= least
        assert np.isfinite(found["mu_star"]).all() and np.isfinite(found["at_hi"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", basin.names())
def test_every_bundled_scenario_is_answered(name):
    many = basin.load(name).population.agents > 1
    changes = {**QUICK} if many else {"outcome.horizon": 60}
    scenario = basin.load(name)
    if not scenario.phases:
        scenario = scenario.with_(changes)
    for method, of in (("morris", "aligned"), ("sobol", "bits")):
        found = basin.sensitivity(scenario, method=method, of=of, samples=2, runs=2)
        star = "mu_star" if method == "morris" else "total"
        assert found.sizes["path"] > 40 and np.isfinite(found[star]).all() and found.attrs["left_out"]


def test_a_path_without_a_number_starts_in_the_middle_of_its_range(scenario):
    found = basin.sensitivity(scenario, ranges={"motives.mutual": (-0.5, 0.5), CARE: (0.3, 0.7)}, samples=2, runs=4)
    assert np.isnan(float(row(found, "motives.mutual")["base"]))


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"paths": ["motives.car"]}, ScenarioError, "did you mean motives.care"),
        ({"paths": ["motives.mutual"]}, RangeError, 'motives.mutual: is "random"'),
        ({"paths": ["reflection.rule"]}, ScenarioError, "not a number"),
        ({"ranges": {CARE: (0, 2)}}, RangeError, "motives.care = 2.0: must be between 0 and 1"),
        ({"ranges": {CARE: (1, 0)}}, AxisError, "motives.care = 1:0: a range runs"),
        ({"ranges": {CARE: (0, 1, "log")}}, AxisError, "logarithmic"),
        ({"ranges": {CARE: 3}}, RangeError, "motives.care: a range is"),
        ({"ranges": {CARE: ("a", 1)}}, AxisError, "motives.care"),
        ({"method": "fast"}, SensitivityError, "method = 'fast': must be morris or sobol"),
        ({"of": "harm"}, SensitivityError, "of = 'harm': must be aligned or bits"),
        ({"paths": [CARE], "runs": 0}, SamplingError, "runs = 0"),
        ({"paths": [CARE], "samples": 3, "method": "sobol"}, SensitivityError, "power of two"),
        ({"ranges": {"planning.caution": (0, 1), "planning.candidates": (1, 1000)}}, SensitivityError, "go together"),
        ({"seed": -1}, ValueError, "seed = -1"),
    ],
)
def test_bad_input_is_one_line(scenario, given, kind, said):
    with pytest.raises(kind, match=r"^.*$") as error:
        basin.sensitivity(scenario, **{"samples": 4, "runs": 2, **given})
    assert said in str(error.value) and type(error.value).__module__.startswith("basin.")


def test_systems_and_missing_libraries(monkeypatch):
    with pytest.raises(ScenarioError, match="newton: is a system"):
        basin.sensitivity("newton")
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(MissingError, match="needs SALib"):
        basin.sensitivity("near-aligned-llm")
