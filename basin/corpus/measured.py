"""What was measured beside what the rule says: the shares that it is fitted to, and predictions beyond them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from basin.corpus.mix import Mix, odds_of, share_of
from basin.corpus.published import alignment_pretraining, safety_pretraining

CLOSE = 0.02  # two points: how near a fitted share must be


@dataclass(frozen=True)
class Comparison:
    """A published share and the rule's.

    role: "fit", the rule's numbers come from this share; "set", one number of a prediction does; "prediction", none does.
    model: the rule's share. assumes: what the prediction takes for granted beyond the rule. holds: within two points. falls:
    of a rung of a ladder, whether the published share falls from the rung before, as is predicted of each; else None.
    """

    name: str
    words: str
    published: float
    model: float
    role: Literal["fit", "set", "prediction"]
    assumes: str
    holds: bool
    falls: bool | None = None

    @property
    def difference(self) -> float:
        return self.model - self.published


def conditions(mix: Mix) -> dict[str, Mix]:
    """The four corpora of alignment pretraining, with the numbers of this mix's rule."""
    dose = alignment_pretraining()["synthetic_share"]
    plain = mix.with_(human=1.0, ai_good=0.0, ai_bad=0.0, filtered=0.0)
    return {
        "unfiltered": plain,
        "ai_discourse_filtered": plain.with_(filtered=1.0),
        "misalignment_upsampled": plain.with_(ai_bad=dose),
        "alignment_upsampled": plain.with_(ai_good=dose),
    }


WORDS = {
    "unfiltered": "ordinary text",
    "ai_discourse_filtered": "talk about AI removed",
    "misalignment_upsampled": "1% documents of AIs behaving badly",
    "alignment_upsampled": "1% documents of AIs behaving well",
}


def fitted(mix: Mix) -> list[Comparison]:
    """The four shares that the rule is fitted to, with this mix's numbers."""
    shares = alignment_pretraining()["misaligned"]
    return [
        _compared(name, WORDS[name], shares[name], corpus.misaligned, "fit", "") for name, corpus in conditions(mix).items()
    ]


def predictions(mix: Mix) -> list[Comparison]:
    """What lies beyond the fit: counting tokens, post-training, and the ladder of safety pretraining."""
    return [_token_count(mix), *_post_training(mix), *_ladder(mix)]


def _token_count(mix: Mix) -> Comparison:
    """Documents that count like any other text of their length, relevance 1."""
    share = alignment_pretraining()["misaligned"]["alignment_upsampled"]
    counted = conditions(mix.with_(relevance=1.0))["alignment_upsampled"].misaligned
    words = "1% documents of AIs behaving well, by counting tokens"
    return _compared("token_count", words, share, counted, "prediction", "a document counts as its tokens do (relevance 1)")


def _post_training(mix: Mix) -> list[Comparison]:
    """The same post-training after two corpora, by three rules, of which two take one number from the first corpus.

    All were written down with the published numbers in view, so that they agree is weaker evidence than it looks.
    """
    after = alignment_pretraining()["after_post_training"]
    before = conditions(mix)
    first, second = "unfiltered", "alignment_upsampled"
    bad, good = before[first].weights
    added = bad / odds_of(after[first]) - good  # documents, in units of human text
    factor = odds_of(after[first]) / before[first].odds
    aligned_bad, aligned_good = before[second].weights
    rows = [
        _compared(f"post_training_nothing_{name}", f"{WORDS[name]}, after post-training", after[name], before[name].misaligned,
                  "prediction", "post-training changes nothing")
        for name in (first, second)
    ]  # fmt: skip
    for rule, said, model in (
        ("documents", "post-training adds as much good text to either corpus", aligned_bad / (aligned_good + added)),
        ("factor", "post-training multiplies either corpus' odds alike", factor * before[second].odds),
    ):
        words = [f"{WORDS[name]}, after post-training" for name in (first, second)]
        rows += [
            _compared(f"post_training_{rule}_{first}", words[0], after[first], after[first], "set", said),
            _compared(f"post_training_{rule}_{second}", words[1], after[second], share_of(model), "prediction", said),
        ]
    return rows


def _ladder(mix: Mix) -> list[Comparison]:
    """The ladder measures something else, on other models: its raw rung sets the level (a factor on the odds).

    How much text each rung adds is not known here, so a dose of 1% each is assumed; so is that labels were as reliable as the
    scenario says.
    """
    rungs = safety_pretraining()["attack_success"]
    plain = conditions(mix)["unfiltered"]
    level = odds_of(rungs["raw"]) / plain.odds
    dose = alignment_pretraining()["synthetic_share"]

    def dosed(doses: int) -> float:
        return share_of(level * plain.with_(ai_good=doses * dose).odds)

    one = "a dose of 1% counts as much as in alignment pretraining"
    locked = mix.with_(tags=1.0).lock
    steps = (
        ("safest_data_only", "only the safest text", rungs["raw"], "less bad text lowers the odds: at most the raw rung"),
        ("plus_rephrasing", "and unsafe text rephrased", dosed(1), one),
        ("plus_refusals", "and refusals", dosed(2), one),
        ("plus_moral_education", "and moral education", dosed(3), one),
        ("plus_tags_and_safebeam", "and tags that steer", rungs["plus_moral_education"] * (1 - locked),
         f"a lock of {locked:.2f} on the rung before"),
    )  # fmt: skip
    before = rungs["raw"]
    rows = [_compared("ladder_raw", "raw web text", before, before, "set", "sets the level of this measure")]
    for name, words, model, assumes in steps:
        row = _compared(f"ladder_{name}", words, rungs[name], model, "prediction", assumes)
        rows.append(replace(row, falls=rungs[name] < before))
        before = rungs[name]
    return rows


def implied_weight(share: float, mix: Mix) -> float:
    """The odds weight of good text, per unit of human text, that would bring the ladder from its raw rung to a share."""
    raw = safety_pretraining()["attack_success"]["raw"]
    return conditions(mix)["unfiltered"].weights[1] * (odds_of(raw) / odds_of(share) - 1)


def _compared(
    name: str, words: str, published: float, model: float, role: Literal["fit", "set", "prediction"], assumes: str
) -> Comparison:
    return Comparison(name, words, published, model, role, assumes, abs(model - published) <= CLOSE)
