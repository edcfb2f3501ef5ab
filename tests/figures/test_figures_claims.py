"""Pictures of claims: every claim with its verdict, every part with its interval."""

from __future__ import annotations

from itertools import pairwise

import pytest

import basin
from basin import figures
from basin.claims import collected, judge
from basin.figures import FigureError
from basin.figures.theme import GAP, HEAD, LETTER, NARROW
from tests.figures.made import field

SHORT = [basin.load("near-aligned-llm").with_({"outcome.horizon": 20, "outcome.dwell": 5, "values.features": 4})]


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


@pytest.mark.parametrize("name", ["claims", "objections"])
def test_rows_fit_a_telephone_whatever_width_they_were_drawn_for(findings, name):
    made = {"claims": lambda: collected(findings[1:], quick=True), "objections": lambda: basin.objections(*SHORT, samples=20)}
    fig = getattr(figures, name)(made[name](), width=1600)
    notes = [note for note in fig.layout.annotations if note.name not in HEAD]
    beside = fig.layout.margin.l + fig.layout.margin.r
    for note in notes:
        room = NARROW - 2 * GAP - beside - (note.xshift or 0)
        assert all(len(line) * LETTER * note.font.size <= room for line in note.text.split("<br>"))
    tops = sorted((note.y, note.text.count("<br>") + 1, note.font.size) for note in notes)
    assert all(low + lines * size < high for (low, lines, size), (high, *_) in pairwise(tops))
    plain = figures.bare(fig)
    plot = fig.layout.height - fig.layout.margin.t
    assert plain.layout.margin.t < fig.layout.margin.t and plain.layout.height - plain.layout.margin.t == plot


def test_what_is_typed_judges_the_same_claims(findings):
    one, every = (figures.claims(collected(found, quick=True, seed=3)) for found in (findings, [*findings[1:], *findings[:1]]))
    assert one.layout.meta["command"] == "basin claims high-dimension fast-takeoff --quick --seed 3"
    assert every.layout.meta["command"] == "basin claims fast-takeoff high-dimension --quick --seed 3"
    again = eval(collected(findings, quick=True).attrs["call"], {"basin": basin})
    assert again.drop_attrs().equals(collected(findings, quick=True).drop_attrs())


def test_other_datasets_are_refused():
    with pytest.raises(FigureError, match="no claims"):
        figures.claims(field([["aligned"]]))
