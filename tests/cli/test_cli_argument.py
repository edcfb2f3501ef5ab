"""`basin requirements` and `basin corpus`: JSON, words, files, and what they refuse."""

from __future__ import annotations

import shlex

import pytest
import xarray as xr

import basin
from basin import datasets
from tests.cli.calling import SHORT, call

QUICK = (*SHORT, "--samples", 32)
FRACTION = {"fraction", "low", "high"}


def test_requirements_as_json(tmp_path):
    path = tmp_path / "argument.nc"
    called = call("requirements", "near-aligned-llm", "--json", "--out", path, "--seed", 2, *QUICK)
    assert called.code == 0 and called.err == ""
    found = called.json
    assert (found["scenario"], found["graph"], found["seed"]) == ("near-aligned-llm", "full", 2)
    assert (found["bits"], found["inferences"], found["conclusion"]) == (200, 12, "learn_values")
    assert [step["name"] for step in found["steps"] if step["motive"]] == ["care"]
    (last,) = [step for step in found["steps"] if step["name"] == "learn_values"]
    assert last["needs"] == ["correction"] and last["follows"] == ["biased_evidence", "no_irreversible_acts"]
    assert sum(fact["bits"] for fact in found["facts"]) == 200
    assert found["alpha"][0]["alpha"] == pytest.approx(0.9**12) and found["alpha"][-1]["alpha"] == 1
    assert all(row["low"] <= row["fraction"] <= row["high"] for row in found["size"])
    assert found["information"] == 160 and found["information_assumed"] and len(found["missing"]) == 4
    assert found["argument"].keys() == {"difference", "low", "high"}
    assert found["most_valuable"] in ("human_record", None)
    kept = datasets.open(path)
    assert kept.attrs["command"].startswith("basin requirements") and kept.attrs["basin"] == "requirements"


def test_requirements_in_words():
    called = call("requirements", *QUICK)
    assert called.code == 0
    for words in ("12 steps to infer, 14 facts, 200 bits", "placeholders", "no information replaces it", "one large fact",
                  "needs 40 bits", "points (95% interval"):  # fmt: skip
        assert words in called.out
    assert call("requirements", "--quiet", *QUICK).out == ""
    known = call("requirements", "--set", "requirements.information=200", *QUICK)
    assert "no fact is missing" in known.out
    short = call("requirements", "--set", "requirements.information=20", *QUICK)
    assert "No single fact helps" in short.out


def test_requirements_of_a_graph_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'conclusion = "end"\n[[steps]]\nname = "end"\nneeds = ["only"]\n[[facts]]\nname = "only"\nbits = 4\n', encoding="utf-8"
    )
    found = call("requirements", path, "--json", *QUICK).json
    assert (found["graph"], found["bits"], found["scenario"]) == ("mine", 4, "near-aligned-llm")
    assert found["information"] == 0  # one fact short: it has none


def test_corpus_as_json(tmp_path):
    path = tmp_path / "corpus.nc"
    called = call("corpus", "near-aligned-llm", "--set", "corpus.ai_good=0.01", "--json", "--n", 4, "--out", path, *QUICK)
    assert called.code == 0 and called.err == ""
    found = called.json
    assert found["misaligned"] == pytest.approx(0.09, abs=1e-4) and found["odds"] == pytest.approx(0.0989, abs=1e-3)
    assert found["corpus"]["ai_good"] == 0.01 and found["lock"] == 0
    assert found["aligned"].keys() == FRACTION and found["aligned"]["low"] <= found["aligned"]["fraction"]
    assert [kind["name"] for kind in found["personas"]] == ["aligned", "misaligned"]
    assert sum(kind["weight"] for kind in found["personas"]) == pytest.approx(1)
    assert len(found["measured"]) == 4 and all(row["within_two_points"] for row in found["measured"])
    assert {row["role"] for row in found["predictions"]} == {"set", "prediction"}
    assert found["fit"]["asymmetry"] == pytest.approx(32.67, abs=0.01)
    assert found["mixes"][0]["name"] == "unfiltered"
    assert datasets.open(path).attrs["command"].startswith("basin corpus")


def test_corpus_in_words():
    called = call("corpus", "--n", 8, "--set", "corpus.tags=0.5", *QUICK)
    assert called.code == 0
    for words in ("45.0% of the starts are a misaligned persona's", "odds 0.818 to 1", "Tags lock the character with 0.45",
                  "h_b = 0.449, a_b = 0.410, relevance = 763.6", "does not even fall", "33 times"):  # fmt: skip
        assert words in called.out
    drawn = [line for line in called.out.splitlines() if line.startswith("  │")]
    assert len(drawn) == 8 and "a" in "".join(drawn[:4]) and "m" in "".join(drawn[4:])
    assert call("corpus", "--quiet", "--n", 2, *QUICK).out == ""


def test_personas_are_set_on_the_command_line():
    found = call("corpus", "--json", "--n", 2, "--persona", "misaligned.care=0.03", "--persona", "aligned.overlap=.1",
                 "--spread", 0.2, *QUICK).json  # fmt: skip
    good, bad = found["personas"]
    assert (good["care"], good["overlap"], bad["care"]) == (0.8, 0.1, 0.03) and found["spread"] == 0.2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("requirements", "fulll"), "fulll: no such scenario, graph or file; did you mean full?"),
        (("requirements", "newton"), "is a system, which follows no argument"),
        (("requirements", "--set", "requirements.graph=none"), "no argument to look at"),
        (("requirements", "--set", "requirements.graph=nil"), "nil: no such graph; must be full, none, or the path"),
        (("requirements", "--set", "requirements.information=-3"), "requirements.information = -3: must be between 0"),
        (("requirements", "--axis", "requirements.information=0:9"), "no axis of the starts"),
        (("requirements", "--samples", "1"), "samples = 1"),
        (("requirements", "--out", "x.csv"), ".nc"),
        (("run", "near-aligned-llm", "--set", "requirements.graph=nil", "--runs", "1"), "nil: no such graph"),
        (("corpus", "nowhere"), "no such scenario"),
        (("corpus", "--set", "corpus.human=0", "--set", "corpus.filtered=1"), "nothing is left to train on"),
        (("corpus", "--set", "corpus.ai_god=1"), "did you mean corpus.ai_good"),
        (("corpus", "--persona", "misaligned"), "write NAME.FIELD=VALUE with NAME aligned or misaligned"),
        (("corpus", "--persona", "evil.care=0.1"), "write NAME.FIELD=VALUE"),
        (("corpus", "--persona", "misaligned.care=low"), "write NAME.FIELD=VALUE"),
        (("corpus", "--persona", "misaligned.care=2"), "misaligned.care = 2.0: must be a number from 0 to 1"),
        (("corpus", "--persona", "misaligned.love=1"), "a persona has care, overlap, knowledge"),
        (("corpus", "--persona", "misaligned.with_=1"), "a persona has care, overlap, knowledge"),
        (("corpus", "--spread", "-1"), "spread = -1"),
        (("corpus", "--n", "1"), "n = 1"),
    ],
)
def test_bad_input_is_one_line(arguments, line):
    called = call(*arguments)
    assert called.code == 2 and called.out == ""
    assert line in called.err and called.err.count("\n") == 1


TINY = basin.load("value-learner").with_({"outcome.horizon": 40, "values.features": 3})


@pytest.mark.parametrize(
    "made",
    [
        lambda: basin.information(TINY.with_({"requirements.without": "tools, built"}), samples=16, seed=3),
        lambda: basin.information(TINY, [("motives.care", 0.1, 0.9)], samples=16),
        lambda: basin.start_cloud(TINY, samples=16, n=3),
        lambda: basin.start_cloud(TINY.with_({"corpus.filtered": 1.0}), samples=16, n=3, spread=0.2, expected=True),
    ],
)
def test_what_is_typed_for_a_result_made_in_python_gives_the_same(made, tmp_path):
    result = made()
    draw = basin.figures.corpus if result.attrs["basin"] == "corpus" else basin.figures.information
    verb, *words = shlex.split(draw(result).layout.meta["command"])
    path = tmp_path / "again.nc"
    assert verb == "basin" and call(*words, "--quiet", "--out", path) == (0, "", "")
    xr.testing.assert_equal(datasets.open(path), result)


def test_the_argument_alone_is_typed_as_requirements():
    command = basin.figures.alpha(basin.argument(TINY.with_({"requirements.without": "tools"}))).layout.meta["command"]
    found = call(*shlex.split(command)[1:], "--samples", 8, "--json").json
    assert found["alpha"][-1]["with_information"] == 0
    assert basin.figures.alpha(basin.argument(TINY, wanted=False)).layout.meta["command"] == ""
