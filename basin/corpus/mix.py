"""From what was trained on to the odds of the persona that an agent starts as, and the lock that tags set.

    odds(misaligned : aligned) = (h_b·human + (1 − filtered)·a_b + relevance_bad·ai_bad)
                                 / (h_g·human + (1 − filtered)·a_g + relevance·ai_good)        h_g = 1

h is what ordinary human text says for a misaligned (b) and an aligned (g) character, a what ordinary talk about AI does. The
form of the rule is this project's; its numbers are fitted to four published shares (`fit`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from basin import theory
from basin.corpus.published import alignment_pretraining


class CorpusError(ValueError):
    """A corpus or a persona that gives no starts; one line that says why."""


@dataclass(frozen=True)
class Mix:
    """What was trained on, by the names of a scenario's [corpus]; weights are relative to human text.

    human, ai_good, ai_bad: weights. filtered: share of the talk about AI that is removed. talk_good: a_g. relevance,
    relevance_bad: odds weight of a unit of synthetic documents. tags: share of the behaviour that is labelled;
    tag_reliability: how often a label is right.
    """

    human: float = 1.0
    ai_good: float = 0.0
    ai_bad: float = 0.0
    filtered: float = 0.0
    talk_good: float = 0.05
    relevance: float = 764.0
    relevance_bad: float = 23.4
    tags: float = 0.0
    tag_reliability: float = 0.95

    def with_(self, **changes: Any) -> Mix:
        return replace(self, **changes)

    @property
    def weights(self) -> tuple[float, float]:
        """(misaligned, aligned): both sides of the odds. Raises CorpusError where both are 0."""
        human_bad, talk_bad = background(self.talk_good)
        talk = 1 - self.filtered
        bad = human_bad * self.human + talk * talk_bad + self.relevance_bad * self.ai_bad
        good = self.human + talk * self.talk_good + self.relevance * self.ai_good
        if bad == good == 0:
            raise CorpusError("corpus.human = 0: nothing is left to train on; give human text, talk about AI or documents")
        return bad, good

    @property
    def misaligned(self) -> float:
        """Share of the misaligned persona: odds/(1 + odds)."""
        bad, good = self.weights
        return bad / (bad + good)

    @property
    def odds(self) -> float:
        """Misaligned to aligned; infinite where nothing speaks for the aligned persona."""
        bad, good = self.weights
        return bad / good if good > 0 else float("inf")

    @property
    def lock(self) -> float:
        """How much of the switching between characters conditional training stops: tags · (2·reliability − 1), at least 0.

        Right labels bind, wrong ones loosen as much: labels no better than a coin lock nothing. Our modelling choice.
        """
        return float(theory.lock_by_tags(self.tags, self.tag_reliability))


@dataclass(frozen=True)
class Fit:
    """The rule's numbers as the four published shares fix them, given a_g = `talk_good`: four equations, four unknowns.

    Nothing is left over to test the rule with, and a_g is free: only what lies beyond these shares is a prediction.
    """

    talk_good: float
    human_bad: float
    """h_b"""
    talk_bad: float
    """a_b"""
    relevance: float
    """Odds weight of documents about good conduct, per unit of human text."""
    relevance_bad: float

    @property
    def asymmetry(self) -> float:
        """How many times more a document about good conduct counts than one about bad: no count of tokens explains it."""
        return self.relevance / self.relevance_bad


def background(talk_good: float) -> tuple[float, float]:
    """(h_b, a_b): what human text, and talk about AI, say for a misaligned character; from two of the published shares."""
    shares = alignment_pretraining()["misaligned"]
    human_bad = odds_of(shares["ai_discourse_filtered"])
    return human_bad, odds_of(shares["unfiltered"]) * (1 + talk_good) - human_bad


def fit(talk_good: float = 0.05) -> Fit:
    """Solve the rule for the four published shares of alignment pretraining (Tice et al. 2026)."""
    published = alignment_pretraining()
    shares, dose = published["misaligned"], published["synthetic_share"]
    human_bad, talk_bad = background(talk_good)
    bad, good = human_bad + talk_bad, 1 + talk_good
    relevance = (bad / odds_of(shares["alignment_upsampled"]) - good) / dose
    relevance_bad = (odds_of(shares["misalignment_upsampled"]) * good - bad) / dose
    return Fit(talk_good, human_bad, talk_bad, relevance, relevance_bad)


def odds_of(share: float) -> float:
    return share / (1 - share)


def share_of(odds: float) -> float:
    return odds / (1 + odds)
