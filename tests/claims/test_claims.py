"""Claims are stated with what would refute them, and judged by rules that cut both ways."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from basin.analysis import Mean
from basin.claims import CLAIMS, ClaimError, Finding, Part, collected, judge
from basin.claims.claim import decided
from basin.claims.study import SETTINGS, Setting, Study, average, hardly_more, more, runs_for, share, told_apart

AN_ANSWER = next(iter(CLAIMS.values()))


def part(low: float, high: float, wants: str, bound: float) -> Part:
    return Part("", Mean((low + high) / 2, low, high), wants, bound)


@pytest.mark.parametrize(
    ("low", "high", "wants", "decision"),
    [
        (0.2, 0.3, "above", "holds"),
        (0.2, 0.3, "below", "fails"),
        (0.0, 0.09, "above", "fails"),
        (0.0, 0.09, "below", "holds"),
        (0.0, 0.3, "above", "open"),
        (0.0, 0.3, "below", "open"),
        (0.1, 0.1, "above", "fails"),  # exactly the bound is not beyond it
    ],
)
def test_a_part_holds_fails_or_is_open(low, high, wants, decision):
    assert part(low, high, wants, 0.1).decision == decision


def test_one_part_that_fails_refutes_and_all_have_to_hold():
    yes, no, open_ = (part(*ends, "above", 0.1) for ends in ((0.2, 0.3), (0.0, 0.05), (0.0, 0.3)))
    assert decided([yes, yes]) == "holds"
    assert decided([yes, no, open_]) == "fails"
    assert decided([yes, open_]) == "open"


def finding(*decisions: str) -> Finding:
    ends = {"holds": (0.2, 0.3), "fails": (0.0, 0.05), "open": (0.0, 0.3)}
    parts = {f"setting {at}": (part(*ends[word], "above", 0.1),) for at, word in enumerate(decisions)}
    return Finding(AN_ANSWER, parts)


def test_verdicts():
    assert finding("holds", "holds").verdict == "holds" and finding("holds", "holds").depends_on == ()
    assert finding("holds", "open").verdict == "holds"  # nothing shows that it is another
    assert finding("fails", "fails").verdict == "fails"
    changed = finding("holds", "fails", "holds")
    assert changed.verdict == "depends" and changed.depends_on == ("setting 1: fails",)
    assert finding("fails", "holds").verdict == "depends"
    unsure = finding("open", "holds")
    assert unsure.verdict == "depends" and "more runs" in unsure.depends_on[0]


def test_every_claim_is_whole():
    assert len(CLAIMS) == 16
    for name, claim in CLAIMS.items():
        assert claim.name == name
        assert claim.statement.endswith(".") and claim.source and claim.refuted_by.endswith((".", ".)"))
        assert claim.figure and all(command.startswith("basin ") for command in claim.figure)


def test_runs_follow_from_the_least_effect():
    # 2 · ¼ · (1.9600 + 0.8416)² / effect²
    assert runs_for(0.05) == 1570 and runs_for(0.2) == 99


def test_parts_measure_what_they_say():
    before, after = np.zeros(1000, bool), np.arange(1000) < 200
    assert more("", before, after).value.mean == pytest.approx(0.2) and more("", before, after).decision == "holds"
    assert hardly_more("", before, after).decision == "fails"
    assert hardly_more("", before, before).decision == "holds"
    assert share("", after, "above", 0.1).value.mean == 0.2
    assert average("", np.arange(5.0), "below", 9.0).value.mean == 2.0
    apart = told_apart("", np.arange(50.0), np.arange(50.0) + 100, 0.6)
    assert apart.value.mean == 1.0 and apart.decision == "fails"
    assert told_apart("", np.ones(400), np.ones(400), 0.6).value.mean == 0.5


def test_intervals_of_auc_cover():
    generator, shift, hits = np.random.default_rng(5), 0.5, 0
    true = NormalDist().cdf(shift / np.sqrt(2))
    for _ in range(2000):
        found = told_apart("", generator.normal(shift, size=100), generator.normal(size=100), 0.6).value
        hits += found.low <= true <= found.high
    assert 0.93 <= hits / 2000 <= 0.97


def test_settings_change_what_they_name_and_claims_have_the_last_word():
    logit = Study(SETTINGS[1], 10, 0)
    assert logit.scenario("value-learner").reflection.rule == "logit"
    wide = Study(Setting("d = 32", "", {"values.features": 32}), 10, 0)
    assert wide.scenario("value-learner", {"values.features": 2}).values.features == 2
    assert SETTINGS[0].changes == {}


def test_claims_repeat_and_do_not_depend_on_threads():
    first, second = (judge(["fast-takeoff"], quick=True, seed=3, threads=threads)[0] for threads in (1, 2))
    assert first.parts == second.parts
    assert judge(["fast-takeoff"], quick=True, seed=4)[0].parts != first.parts


def test_a_claim_that_must_fail_does():
    """Knowing everything, an agent that cares with 2% in place of 80% is no carer: care taken away is seen."""
    study = Study(SETTINGS[0], 100, 0)
    caring = study.aligned("value-learner", {"motives.care": 0.9}, [("belief.knowledge", 0.5, 1.0)])
    uncaring = study.aligned("value-learner", {"motives.care": 0.02}, [("belief.knowledge", 0.5, 1.0)])
    assert hardly_more("", uncaring, caring).decision == "fails"


def test_unknown_names_are_one_line():
    with pytest.raises(ClaimError, match="did you mean fast-takeoff"):
        judge(["fast-takeof"])


def test_collected_holds_everything():
    findings = judge(["high-dimension", "fast-takeoff"], quick=True)
    found = collected(findings, quick=True)
    assert found.attrs["basin"] == "claims" and found.attrs["runs"] == 99
    assert found["claim"].values.tolist() == ["high-dimension", "fast-takeoff"]
    assert found.sizes["part"] == 2 * 2 * len(SETTINGS)
    for variable in (*found.data_vars.values(), *found.coords.values()):
        assert variable.attrs["units"] and variable.attrs["long_name"]
    assert found["verdict"].values.tolist() == [one.verdict for one in findings]


def test_sixty_degrees_are_the_published_bits():
    exact = {part.words: part.value.mean for part in judge(["high-dimension"], quick=True)[0].parts["as it is"]}
    assert exact["bits of the cap of 60° in 64 features"] == pytest.approx(16.45, abs=0.005)


@pytest.mark.slow
def test_all_claims_are_judged_quickly():
    findings = judge(quick=True)
    assert len(findings) == 16 and all(list(one.parts) == [setting.name for setting in SETTINGS] for one in findings)
    verdicts = {one.claim.name: one.verdict for one in findings}
    assert verdicts["biased-evidence"] == "holds" and verdicts["nearest-edge-self-interest"] == "fails"


def test_whatever_listens_can_end_a_long_experiment():
    told = []

    def listen(done: int, every: int) -> None:
        told.append((done, every))
        if len(told) > 3:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        judge(["fast-takeoff"], quick=True, progress=listen)
    assert len(told) == 4 and set(told) == {(0, len(SETTINGS))}
