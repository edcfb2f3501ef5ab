"""Every interval that is reported is measured, and holds as often as its band says."""

import re
from pathlib import Path

import pytest

import basin
from tests.trust import cases
from tests.trust.intervals import CASES, REPEATS, main
from tests.trust.reported import NOT_CHANCE, REPORTED

ENDS = re.compile(r'"low"|_low"|_low\'|\{?name\}?_low')


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} ({case.made})")
def test_intervals_hold(case):
    held = case.held(REPEATS)
    assert len(held) >= REPEATS / 2  # some repeats find nothing to have an interval of
    assert case.band[0] <= held.mean() <= case.band[1]


def test_whatever_reports_an_interval_is_known_and_whatever_makes_one_is_measured():
    home = Path(basin.__file__).parent
    files = [file for part in ("analysis", "claims", "questions", "sweep") for file in (home / part).glob("*.py")]
    found = {f"{file.parent.name}.{file.stem}" for file in files if ENDS.search(file.read_text(encoding="utf-8"))}
    assert found <= set(REPORTED)
    assert {maker for makers in REPORTED.values() for maker in makers} <= {case.made for case in CASES} | {NOT_CHANCE}


def test_a_band_that_is_not_the_usual_has_a_reason():
    assert all(case.why for case in CASES if case.band != cases.USUAL)
    assert len({(case.name, case.made) for case in CASES}) == len(CASES)


def test_the_table_tells_what_leaves_its_band(monkeypatch, capsys):
    right = next(case for case in CASES if case.name == "share of runs: 1,000 runs")
    wrong = cases.Case("wrong", "nowhere", (0.99, 1.0), "", right.held)
    for case, code in ((right, 0), (wrong, 1)):
        monkeypatch.setattr("tests.trust.intervals.CASES", [case])
        assert main([]) == code
    first, second = capsys.readouterr().out.splitlines()[2::3]
    assert first.startswith("| share of runs: 1,000 runs | `analysis.intervals.wilson` | 2,000 | 9") and "left" not in first
    assert "**left its band**" in second
