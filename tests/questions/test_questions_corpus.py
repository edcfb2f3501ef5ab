"""The starts that a corpus gives, and the share of them that ends aligned."""

from __future__ import annotations

import numpy as np
import pytest

from basin.analysis.sampling import SamplingError
from basin.corpus import PERSONAS, CorpusError, Mix, cloud
from basin.labels import ALIGNED
from basin.questions import corpus
from basin.questions.corpus import personas_of
from basin.questions.subject import subject
from basin.scenario import ScenarioError, load, loads

SCENARIO = load("near-aligned-llm").with_({"outcome.horizon": 150, "values.features": 3})
SAMPLES = 200


@pytest.fixture(scope="module")
def found():
    return corpus(SCENARIO, samples=SAMPLES, n=6, seed=3)


def test_shares_of_the_personas_are_the_rules(found):
    assert found.attrs["misaligned"] == Mix().misaligned == pytest.approx(0.45)
    np.testing.assert_allclose(found["weight"].values, [0.55, 0.45])
    assert found["persona"].values.tolist() == ["aligned", "misaligned"]
    for variable in (*found.data_vars.values(), *found.coords.values()):
        assert variable.attrs["units"] and variable.attrs["long_name"]


def test_starts_are_clouds_around_the_personas(found):
    for k, name in enumerate(("aligned", "misaligned")):
        uniforms = np.random.default_rng((3, 0xC0, k)).random((SAMPLES, 3))
        starts = cloud(PERSONAS[name], SCENARIO.belief.knowledge, uniforms)
        kept = np.stack([found[field].values[k] for field in ("care", "overlap", "knowledge")], axis=1)
        np.testing.assert_array_equal(kept, starts)


def test_the_share_that_ends_aligned_weighs_the_personas(found):
    ends = (found["label"].values == ALIGNED).mean(axis=1)
    np.testing.assert_allclose(found["ends_aligned"].values, ends)
    assert found.attrs["aligned"] == pytest.approx(0.55 * ends[0] + 0.45 * ends[1])
    assert found.attrs["aligned_low"] < found.attrs["aligned"] < found.attrs["aligned_high"]
    assert ends[0] > 0.9 > 0.3 > ends[1]


def test_a_corpus_moves_the_weights_and_neither_clouds_nor_map(found):
    other = corpus(SCENARIO.with_({"corpus.ai_good": 0.01}), samples=SAMPLES, n=6, seed=3)
    for name in ("care", "overlap", "knowledge", "label", "map", "ends_aligned", "mix_aligned"):
        np.testing.assert_array_equal(found[name].values, other[name].values)
    assert other.attrs["misaligned"] == pytest.approx(0.09, abs=1e-4)
    at = other["mix"].values.tolist().index("alignment_upsampled")
    assert other.attrs["aligned"] == pytest.approx(float(other["mix_aligned"][at]))
    assert other.attrs["aligned"] > found.attrs["aligned"] + 0.2


def test_a_scenario_without_a_corpus_read_ordinary_text():
    scenario = SCENARIO.with_({"corpus": None})
    assert scenario.corpus is None
    assert corpus(scenario, samples=8, n=2).attrs["misaligned"] == pytest.approx(0.45)


def test_personas_come_from_the_caller_or_the_cast_or_are_ours():
    cast = [{"name": "misaligned", "care": 1.0, "self_interest": 3.0}, {"name": "poet", "care": 1.0}]
    with_cast = subject(SCENARIO.with_({"personas.cast": cast}))
    kinds = personas_of(with_cast)
    assert kinds["aligned"] == PERSONAS["aligned"] and kinds["misaligned"] == PERSONAS["misaligned"].with_(care=0.25)
    mine = {"misaligned": PERSONAS["misaligned"].with_(care=0.02, knowledge=-0.5)}
    found = corpus(SCENARIO, personas=mine, samples=8, n=2)
    assert found["persona_care"].values.tolist() == [0.8, 0.02] and found["persona_knowledge"].values.tolist() == [0.7, -0.5]
    assert "care=0.02" in found.attrs["call"]


def test_tags_set_the_lock():
    """In the runs themselves, beside `personas.lock`: it is written down, and the scenario stays as it was given."""
    tagged = SCENARIO.with_({"corpus.tags": 1.0})
    found = corpus(tagged, samples=8, n=2)
    assert found.attrs["lock"] == pytest.approx(0.9)
    assert loads(found.attrs["scenario_toml"]) == tagged


def test_every_published_share_stands_beside_the_rules(found):
    roles = found["role"].values.tolist()
    assert roles[:4] == ["fit"] * 4 and set(roles[4:]) == {"set", "prediction"}
    fitted = found.isel(comparison=slice(0, 4))
    assert float(abs(fitted["model"] - fitted["published"]).max()) < 0.02


def test_results_repeat():
    one, other = (corpus(SCENARIO, samples=40, n=3, seed=1, threads=threads) for threads in (1, 2))
    assert one.identical(other)


@pytest.mark.parametrize(
    ("ask", "error", "line"),
    [
        (lambda: corpus("newton"), ScenarioError, "newton: is a system, which was trained on nothing"),
        (lambda: corpus(SCENARIO.with_({"motives.own": [], "motives.care": 1.0})), ScenarioError, "has no motive of kind own"),
        (lambda: corpus(SCENARIO.with_({"corpus.human": 0.0, "corpus.filtered": 1.0})), CorpusError, "nothing is left"),
        (lambda: corpus(SCENARIO, spread=-0.5), CorpusError, "spread = -0.5: must be a number from 0 to 10"),
        (lambda: corpus(SCENARIO, samples=1), SamplingError, "samples = 1: must be a whole number from 2"),
        (lambda: corpus(SCENARIO, n=1), SamplingError, "n = 1: must be a whole number from 2 to 512"),
    ],
)
def test_what_cannot_be_asked_is_one_line(ask, error, line):
    with pytest.raises(error) as raised:
        ask()
    assert line in str(raised.value) and "\n" not in str(raised.value)
