"""The argument's and the corpus' checks hold elsewhere, and notice formulas that are slightly off."""

from __future__ import annotations

import pytest

from basin import theory
from basin.checks import run
from basin.corpus import mix


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("argument-known", {"information": 196, "runs": 2000}),
        ("argument-known", {"information": 100, "runs": 200}),
        ("argument-alpha", {"capability": 0.8, "fragility": 0.3, "overlap": 0.2}),
        ("argument-alpha", {"capability": 0.1, "fragility": 0.2}),  # α is so small that nobody converges
        ("corpus-cloud", {"ai_good": 0.002, "spread": 0.2, "samples": 500}),
    ],
)
def test_the_formulas_hold_elsewhere(name, settings):
    (result,) = run([name], settings)
    assert result.passed, result


@pytest.mark.parametrize(
    ("name", "settings", "formula", "wrong"),
    [
        ("argument-known", {"information": 198}, "all_known", lambda right, i, total, last: right(i, total, 2 * last)),
        ("argument-alpha", {"capability": 0.5}, "followed", lambda right, c, f, n: right(c, f, n + 1)),
        ("corpus-cloud", {"samples": 1000}, "separatrix", lambda right, k, g, o: right(k, 1.5 * g, o)),
    ],
)
def test_a_wrong_formula_fails(monkeypatch, name, settings, formula, wrong):
    right = getattr(theory, formula)
    monkeypatch.setattr(theory, formula, lambda *arguments: wrong(right, *arguments))
    assert not run([name], settings)[0].passed


def test_a_corpus_that_is_not_fitted_fails(monkeypatch):
    monkeypatch.setattr(mix, "background", lambda talk_good: (0.6, 0.3))
    assert not all(result.passed for result in run(["corpus-shares"]))
