"""Pictures of claims: every claim with its verdict, every part with its interval."""

from __future__ import annotations

import pytest

from basin import figures
from basin.claims import collected, judge
from basin.figures import FigureError
from basin.figures.theme import NARROW
from tests.figures.made import field


@pytest.fixture(scope="module")
def findings():
    return judge(["high-dimension", "fast-takeoff"], quick=True)


def texts(fig) -> str:
    return " ".join(str(note.text).replace("<br>", " ") for note in fig.layout.annotations)


@pytest.mark.parametrize("width", [1200, NARROW])
def test_all_claims_have_a_row_and_a_verdict(findings, width):
    fig = figures.claims(collected(findings, quick=True), width=width)
    for one in findings:
        assert one.claim.statement in texts(fig)
    assert texts(fig).count("<b>") == 2
    assert sum(len(trace.x) for trace in fig.data) == 2 * 5
    assert fig.layout.meta["title"].startswith("Of 2 claims")


def test_one_claim_has_its_parts(findings):
    fig = figures.claims(collected(findings[1:], quick=True))
    lines = [trace for trace in fig.data if trace.mode == "lines"]
    parts = [part for parts in findings[1].parts.values() for part in parts]
    assert sorted(tuple(trace.x) for trace in lines) == sorted((part.value.low, part.value.high) for part in parts)
    assert findings[1].verdict in fig.layout.meta["title"]
    assert all(one.words in fig.layout.meta["alt"] for one in parts)


def test_other_datasets_are_refused():
    with pytest.raises(FigureError, match="no claims"):
        figures.claims(field([["aligned"]]))
