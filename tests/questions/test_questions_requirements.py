"""What an argument takes, and what it is worth."""

from __future__ import annotations

import numpy as np
import pytest

from basin.analysis.sampling import SamplingError
from basin.questions import argument, requirements
from basin.requirements import RequirementsError, load
from basin.scenario import ScenarioError
from basin.scenario import load as load_scenario

SMALL = {"outcome.horizon": 150, "values.features": 3}
SCENARIO = load_scenario("near-aligned-llm").with_(SMALL)
SAMPLES = 256


@pytest.fixture(scope="module")
def found():
    return requirements(SCENARIO, samples=SAMPLES, seed=3)


def test_the_graph_is_kept_whole(found):
    argument = load("full")
    assert found["step"].values.tolist() == [step.name for step in argument.ordered_steps]
    assert found["fact"].values.tolist() == [fact.name for fact in argument.order]
    assert found["bits"].values.sum() == found.attrs["total"] == 200
    edges = set(zip(found["edge_from"].values.tolist(), found["edge_to"].values.tolist(), strict=True))
    assert edges == set(argument.graph.edges)
    assert found["step"].values[found["motive"].values == 1].tolist() == ["care"]
    for variable in (*found.data_vars.values(), *found.coords.values()):
        assert variable.attrs["units"] and variable.attrs["long_name"]


def test_alpha_is_that_of_the_argument(found):
    np.testing.assert_allclose(found["alpha"].values, (1 - 0.1 * (1 - found["capability"].values)) ** 12)


def test_size_grows_only_while_the_last_fact_is_acquired(found):
    bits, share, known = (found[name].values for name in ("information", "share", "all_known"))
    assert bits[0] == 0 and bits[-1] == pytest.approx(220) and 200.0 in bits
    assert len(set(share[known == 0])) == len(set(share[known == 1])) == 1
    assert (np.diff(share) >= 0).all() and share[-1] > share[0] + 0.2
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()


def test_the_share_is_a_mixture_of_those_who_know_and_those_who_do_not(found):
    known, share = found["all_known"].values, found["share"].values
    expected = known * share[-1] + (1 - known) * share[0]
    assert np.abs(share - expected).max() < 4 * np.sqrt(0.25 / SAMPLES)


def test_the_one_fact_that_completes_the_argument_is_the_most_valuable(found):
    """One large fact short, the record of what people do is half known: given for free it frees bits enough for the rest."""
    assert found.attrs["asked"] == 160 and found.attrs["assumed"] == 1
    assert found.attrs["most_valuable"] == "human_record"
    effect = dict(zip(found["fact"].values.tolist(), found["effect"].values.tolist(), strict=True))
    assert np.isnan(effect["probability"]) and effect["correction"] == 0.0
    assert effect["human_record"] == found.attrs["worth"] == pytest.approx(float(found["share"][-1] - found["share"][0]))
    assert found.attrs["worth_low"] < found.attrs["worth"] < found.attrs["worth_high"]


def test_far_from_complete_no_single_fact_helps():
    found = requirements(SCENARIO.with_({"requirements.information": 60.0}), samples=64)
    assert found.attrs["most_valuable"] == "" and found.attrs["assumed"] == 0
    assert np.nanmax(np.abs(found["effect"].values)) == 0
    assert np.isfinite(found["effect"].values).sum() == 10  # of fourteen facts four are known with 60 bits


def test_nothing_is_missing_for_those_who_know_enough():
    found = requirements(SCENARIO.with_({"requirements.information": 500.0}), samples=16)
    assert np.isnan(found["effect"].values).all() and found.attrs["most_valuable"] == ""
    assert 500.0 in found["information"].values


def test_a_partly_known_last_fact_is_worth_what_is_left_of_it():
    found = requirements(SCENARIO.with_({"requirements.information": 198.0}), samples=SAMPLES, seed=3)
    effect = dict(zip(found["fact"].values.tolist(), found["effect"].values.tolist(), strict=True))
    at = found["information"].values.tolist().index(198.0)
    assert effect["correction"] == pytest.approx(float(found["share"][-1] - found["share"][at]))
    assert found.attrs["most_valuable"] == "correction"


def test_the_argument_alone_is_what_the_whole_question_says_of_it(found):
    known = argument(SCENARIO.with_({"requirements.information": 160.0}))
    assert known.attrs["basin"] == "argument" and known.attrs["call"] == "basin.argument(scenario)"
    for name, variable in known.variables.items():
        assert variable.equals(found[name].variable) and variable.attrs["units"], name
    assert {name: known.attrs[name] for name in ("asked", "total", "inferences", "conclusion")} == {
        name: found.attrs[name] for name in ("asked", "total", "inferences", "conclusion")
    }
    everything = argument(SCENARIO)
    assert everything.attrs["asked"] == 200 and (everything["reached"] == 1).all() and (everything["known"] == 1).all()
    np.testing.assert_array_equal(everything["alpha"], everything["alpha_asked"])


def test_who_lacks_a_fact_is_asked_about_with_all_the_rest():
    lacking = SCENARIO.with_({"requirements.without": "selection, makers_interest"})
    known = argument(lacking)
    assert known["fact"].values[known["fact_lacking"] == 1].tolist() == ["selection"]
    assert known["step"].values[known["step_lacking"] == 1].tolist() == ["makers_interest"]
    reached = dict(zip(known["step"].values.tolist(), known["reached"].values.tolist(), strict=True))
    assert [name for name, there in reached.items() if there] == ["reason", "origins", "built", "care"]
    assert (known["alpha_asked"] == 0).all() and known["alpha"][-1] == 1


def test_what_rests_on_a_motive_is_not_reached_without_it_whatever_is_known():
    known, without = argument(SCENARIO), argument(SCENARIO, wanted=False)
    lost = [str(name) for name in known["step"].values[known["reached"].values != without["reached"].values]]
    assert lost == ["care", "uncertain_target", "biased_evidence", "no_irreversible_acts", "learn_values"]
    assert without["step"].values[without["step_lacking"] == 1].tolist() == ["care"]
    assert without["alpha_asked"].equals(known["alpha_asked"]) and without.attrs["call"].endswith("(scenario, wanted=False)")


def test_a_lacking_fact_is_worth_the_whole_argument_to_who_knows_the_rest(found):
    less = requirements(SCENARIO.with_({"requirements.without": "selection"}), samples=SAMPLES, seed=3)
    assert less.attrs["most_valuable"] == "selection" and less.attrs["assumed"] == 0 and less.attrs["asked"] == 200
    assert less.attrs["worth"] == found.attrs["worth"]
    assert float(less["effect"].sel(fact="selection")) == less.attrs["worth"]
    assert len(set(less["share"].values)) == 1 and less["share"].values[0] == found["share"].values[0]
    two = requirements(SCENARIO.with_({"requirements.without": "selection, tools"}), samples=32)
    assert two.attrs["most_valuable"] == "" and np.nanmax(two["effect"]) == 0


def test_graphs_are_asked_about_by_name_or_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'conclusion = "end"\n[[steps]]\nname = "end"\nneeds = ["only"]\n[[facts]]\nname = "only"\nbits = 4\n', encoding="utf-8"
    )
    found = requirements(path, samples=8)
    assert found.attrs["scenario"] == "near-aligned-llm" and found.attrs["graph"] == "mine" and found.attrs["total"] == 4
    assert requirements("full", samples=8).attrs["graph"] == "full"


def test_results_repeat():
    one, other = (requirements(SCENARIO, samples=64, seed=9, threads=threads) for threads in (1, 2))
    assert one.identical(other)


@pytest.mark.parametrize(
    ("ask", "error", "line"),
    [
        (lambda: argument("newton"), ScenarioError, "newton: is a system, which follows no argument"),
        (lambda: requirements("newton"), ScenarioError, "newton: is a system, which follows no argument"),
        (lambda: requirements(SCENARIO.with_({"requirements.graph": "none"})), RequirementsError, "there is no argument"),
        (lambda: requirements(SCENARIO.with_({"requirements.graph": "nil"})), RequirementsError, "nil: no such graph"),
        (lambda: requirements(SCENARIO, samples=1), SamplingError, "samples = 1: must be a whole number from 2"),
        (lambda: requirements(SCENARIO, samples=True), SamplingError, "samples = True"),
        (lambda: requirements(SCENARIO, [("requirements.information", 0, 9)]), SamplingError, "no axis of the starts"),
        (lambda: requirements("no-such"), ScenarioError, "no such scenario"),
    ],
)
def test_what_cannot_be_asked_is_one_line(ask, error, line):
    with pytest.raises(error) as raised:
        ask()
    assert line in str(raised.value) and "\n" not in str(raised.value)
