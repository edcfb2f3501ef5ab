"""The rule that turns a corpus into persona odds, what it is fitted to, what it predicts, and the clouds of starts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import kstest, norm

from basin.corpus import (
    PERSONAS,
    CorpusError,
    Mix,
    Persona,
    alignment_pretraining,
    cloud,
    conditions,
    fit,
    fitted,
    implied_weight,
    predictions,
    safety_pretraining,
)
from basin.scenario import load
from basin.scenario.course import Corpus


def by_name(rows):
    return {row.name: row for row in rows}


def test_published_numbers_are_those_of_their_papers():
    published = alignment_pretraining()
    assert published["misaligned"] == {
        "unfiltered": 0.45, "ai_discourse_filtered": 0.31, "misalignment_upsampled": 0.51, "alignment_upsampled": 0.09,
    }  # fmt: skip
    assert published["after_post_training"] == {"unfiltered": 0.34, "alignment_upsampled": 0.09}
    assert "2601.10160" in published["source"] and "2504.16980" in safety_pretraining()["source"]
    assert list(safety_pretraining()["attack_success"].values()) == [0.388, 0.438, 0.336, 0.251, 0.23, 0.083]


@pytest.mark.parametrize("talk_good", [0.0, 0.05, 0.3, 2.0])
def test_the_fit_gives_the_four_shares_exactly_whatever_talk_says(talk_good):
    found = fit(talk_good)
    mix = Mix(talk_good=talk_good, relevance=found.relevance, relevance_bad=found.relevance_bad)
    for row in fitted(mix):
        assert row.model == pytest.approx(row.published, abs=1e-12) and row.role == "fit"
    # the model's own statement of the fit
    assert found.human_bad == pytest.approx(0.449, abs=5e-4)
    assert found.talk_bad == pytest.approx(0.818 * (1 + talk_good) - 0.449, abs=1e-3)
    assert found.relevance * 0.01 == pytest.approx(7.27 * (1 + talk_good), rel=1e-3)
    assert found.relevance_bad * 0.01 == pytest.approx(0.223 * (1 + talk_good), rel=2e-3)
    assert found.asymmetry == pytest.approx(33, abs=0.5)


def test_the_defaults_of_a_scenario_are_such_a_fit():
    defaults = Mix(**Corpus().model_dump())
    assert defaults == Mix()
    assert all(row.holds and abs(row.difference) < 0.001 for row in fitted(defaults))
    assert Mix(**load("near-aligned-llm").corpus.model_dump()) == defaults


def test_each_weight_moves_the_odds_the_right_way():
    base = Mix()
    assert base.misaligned == pytest.approx(0.45)
    assert base.with_(human=2.0).odds == pytest.approx((2 * 31 / 69 + 0.409816) / 2.05, rel=1e-5)
    more = ({"ai_bad": 0.01}, {"talk_good": 0.5})  # talk_good moves a_b along: the unfiltered share stays
    assert base.with_(**more[0]).odds > base.odds and base.with_(**more[1]).odds == pytest.approx(base.odds)
    for change in ({"ai_good": 0.01}, {"filtered": 1.0}):
        assert base.with_(**change).odds < base.odds


def test_the_ends_of_the_rule():
    assert Mix(human=0.0, filtered=1.0, ai_good=0.1).misaligned == 0.0
    bad = Mix(human=0.0, filtered=1.0, ai_bad=0.1)
    assert bad.misaligned == 1.0 and bad.odds == np.inf
    with pytest.raises(CorpusError, match="nothing is left to train on"):
        _ = Mix(human=0.0, filtered=1.0).misaligned


def test_tags_lock_by_how_reliable_they_are():
    assert Mix().lock == 0.0
    assert Mix(tags=1.0).lock == pytest.approx(0.9)
    assert Mix(tags=0.5, tag_reliability=1.0).lock == 0.5
    assert Mix(tags=1.0, tag_reliability=0.5).lock == Mix(tags=1.0, tag_reliability=0.2).lock == 0.0


def test_predictions_are_told_from_what_they_are_set_by():
    rows = by_name(predictions(Mix()))
    assert {row.role for row in rows.values()} == {"set", "prediction"}
    assert all(row.model == row.published and row.assumes for row in rows.values() if row.role == "set")
    counted = rows["token_count"]
    assert counted.model == pytest.approx(0.4477, abs=5e-4) and not counted.holds  # far less than a dose of 1% did
    assert rows["post_training_nothing_unfiltered"].model == pytest.approx(0.45)


def test_post_training_by_its_three_rules():
    rows = by_name(predictions(Mix()))
    found = fit()
    bad, good, after = found.human_bad + found.talk_bad, 1.05, 0.34 / 0.66
    odds = bad / (bad / after + 7.64)  # as many documents more on either side
    assert rows["post_training_documents_alignment_upsampled"].model == pytest.approx(odds / (1 + odds), rel=1e-6)
    odds = after / (bad / good) * bad / (good + 7.64)  # the same factor on both
    assert rows["post_training_factor_alignment_upsampled"].model == pytest.approx(odds / (1 + odds), rel=1e-6)
    for name in ("documents", "factor"):
        assert rows[f"post_training_{name}_unfiltered"].role == "set"


def test_the_ladder_says_where_it_does_not_even_fall():
    rows = [row for row in predictions(Mix()) if row.name.startswith("ladder")]
    assert [row.falls for row in rows] == [None, False, True, True, True, True]
    assert [row.published for row in rows] == list(safety_pretraining()["attack_success"].values())
    assert rows[-1].model == pytest.approx(0.23 * 0.1)
    assert rows[2].model < rows[2].published / 4  # the fitted relevance does not carry over
    assert implied_weight(0.388, Mix()) == pytest.approx(0) and implied_weight(0.438, Mix()) < 0
    assert implied_weight(0.23, Mix()) == pytest.approx(1.18, abs=0.005)


def test_conditions_keep_the_numbers_of_the_rule():
    mixes = conditions(Mix(ai_good=0.3, human=2.0, relevance=100.0, filtered=0.5))
    assert list(mixes) == list(alignment_pretraining()["misaligned"])
    assert mixes["alignment_upsampled"] == Mix(ai_good=0.01, relevance=100.0)


@pytest.mark.parametrize("name", PERSONAS)
def test_a_cloud_is_normal_around_its_persona(name):
    persona = PERSONAS[name]
    starts = cloud(persona, 0.7, np.random.default_rng(4).random((4000, 3)), spread=0.4)
    scales = (logit(starts[:, 0]) - logit(persona.care), np.arctanh(starts[:, 1]) - np.arctanh(persona.overlap),
              np.arctanh(starts[:, 2]) - np.arctanh(0.7))  # fmt: skip
    for away in scales:
        assert kstest(away, norm(scale=0.4).cdf).pvalue > 0.001
    assert abs(np.corrcoef(scales)[np.triu_indices(3, 1)]).max() < 0.06


def test_clouds_without_spread_and_certain_personas_stay_where_they_are():
    uniforms = np.random.default_rng(1).random((50, 3))
    uniforms[0], uniforms[1] = 0.0, 1.0
    starts = cloud(Persona("x", 0.3, -0.2, 0.5), 0.9, uniforms, spread=0)
    np.testing.assert_allclose(starts, np.tile([0.3, -0.2, 0.5], (50, 1)), atol=1e-12)
    starts = cloud(Persona("x", 1.0, -1.0), 1.0, uniforms, spread=3)
    assert (starts == [1, -1, 1]).all()
    starts = cloud(PERSONAS["aligned"], 0.7, uniforms, spread=10)
    assert np.isfinite(starts).all() and (abs(starts) <= 1).all() and (starts[:, 0] >= 0).all()


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (lambda: PERSONAS["aligned"].with_(cares=0.5), "aligned.cares: a persona has care, overlap, knowledge"),
        (lambda: PERSONAS["aligned"].with_(care=1.5), "aligned.care = 1.5: must be a number from 0 to 1"),
        (lambda: PERSONAS["aligned"].with_(overlap=float("nan")), "aligned.overlap = nan: must be a number from -1 to 1"),
        (lambda: PERSONAS["aligned"].with_(care=True), "aligned.care = True"),
        (lambda: cloud(PERSONAS["aligned"], 0.7, np.zeros((1, 3)), -1), "spread = -1: must be a number from 0 to 10"),
    ],
)
def test_what_is_no_persona_is_one_line(ask, line):
    with pytest.raises(CorpusError) as raised:
        ask()
    assert line in str(raised.value)
