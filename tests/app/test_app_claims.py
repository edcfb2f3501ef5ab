"""The page of claims, without a browser: statements at once, verdicts when asked."""

from __future__ import annotations

import shlex

import pytest

import basin
from basin.claims import CLAIMS, judge
from tests.app.conftest import settled
from tests.cli.calling import call

CHEAP = ("high-dimension", "success-starves-corrigibility", "uncertainty-floor")


@pytest.fixture
def page(app, open_page, monkeypatch):
    """Opens the page at an address, with nothing remembered and no claim that takes long."""
    from views import claims as view

    view.record().clear()
    monkeypatch.setattr(view, "CLAIMS", {name: CLAIMS[name] for name in CHEAP})
    return lambda **query: open_page("claims", **query)


@pytest.fixture(scope="module")
def findings():
    return {name: judge([name], quick=True)[0] for name in CHEAP}


def rows(opened) -> list[str]:
    statements = [claim.statement for claim in CLAIMS.values()]
    return [one.label for one in opened.expander if any(one.label.endswith(statement) for statement in statements)]


def test_statements_are_there_at_once_and_nothing_is_run(page):
    from views import claims as view

    opened = page()
    assert [label.partition("] ")[2] for label in rows(opened)] == [CLAIMS[name].statement for name in CHEAP]
    assert all("not run yet" in label for label in rows(opened)) and not view.record()
    assert not opened.get("plotly_chart") and not opened.warning


def test_a_claim_in_the_address_is_judged_and_shows_its_evidence(page, findings):
    name = "success-starves-corrigibility"
    opened, found = page(claim=name), findings[name]
    assert rows(opened)[0].startswith(":orange-badge") and "depends" in rows(opened)[0]  # a link's claim comes first
    assert found.verdict == "depends" and found.depends_on == ("resist_cost = 0: holds",)
    said = [text.value for text in opened.main.markdown]
    assert "### It fails, but holds where acting unasked costs the agent nothing" in said
    assert any(found.claim.refuted_by in text for text in said) and any(found.claim.seen in text for text in said)
    part = found.parts["as it is"][0]
    assert any(part.words in text and f"**{part.value.mean:.1%}**".replace("-", "−") in text for text in said)
    assert any(found.claim.source in text.value for text in opened.caption)
    assert len(opened.get("plotly_chart")) == 1


def test_what_reproduces_a_verdict_does(page, findings):
    opened = page(claim="uncertainty-floor", seed="2")
    python, typed, pictures = [block.value for block in opened.code]
    names: dict = {}
    exec(python.replace(".show()", ""), names)
    assert str(names["result"]["verdict"].values[0]) in rows(opened)[0]
    assert typed == "basin claims uncertainty-floor --quick --seed 2"
    said = call(*shlex.split(typed)[1:], "--json").json["claims"][0]
    assert said["verdict"] == str(names["result"]["verdict"].values[0])
    assert [part["value"] for part in said["evidence"]] == names["result"]["value"].values.tolist()
    assert pictures == CLAIMS["uncertainty-floor"].figure[0]


def test_all_are_judged_one_after_the_other_and_remembered(page, findings):
    from views import claims as view

    opened = page()
    settled(opened.button(key="claims_every").click().run())
    for label, name in zip(rows(opened), CHEAP, strict=True):
        assert f" {findings[name].verdict}]" in label
    verdicts = [findings[name].verdict for name in CHEAP]
    hold, depend, fail = (verdicts.count(word) for word in ("holds", "depends", "fails"))
    said = opened.main.markdown[1].value
    assert said.startswith(f"## Of 3 claims, {hold} hold, {depend} depend, and {fail} fail\n") and "more runs" not in said
    assert "claims_judging" not in opened.session_state
    kept = dict(view.record())
    again = page(claim="high-dimension")
    assert all("not run yet" not in label for label in rows(again)) and dict(view.record()) == kept
    other = page(seed="5")
    assert all("not run yet" in label for label in rows(other))


def test_stop_ends_the_judging_of_all_even_if_it_comes_late(page):
    from views import claims as view

    opened = page()
    opened.session_state["claims_judging"] = (True, 0)
    opened.session_state["stopped"] = {str(hash(view.key("high-dimension", True, 0)))}
    settled(opened.run())
    assert "claims_judging" not in opened.session_state and all("not run yet" in label for label in rows(opened))
    settled(opened.button(key="claims_every").click().run())
    assert all("not run yet" not in label for label in rows(opened))


def test_opening_a_row_closes_the_other_and_is_in_the_address(page):
    opened = page(claim="high-dimension")
    opened.session_state["claims_row_uncertainty-floor"] = True
    from views import claims as view

    for name, row, claim in (("uncertainty-floor", True, "uncertainty-floor"), ("uncertainty-floor", False, None)):
        state = {f"claims_row_{name}": row}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(view.st, "session_state", state)
            view.toggled(name)
        assert state["claim"] == claim
    opened.session_state["claim"] = None
    settled(opened.run())
    assert "claim" not in opened.query_params and not opened.get("plotly_chart")


def test_more_runs_are_other_verdicts(page, monkeypatch):
    asked = []
    monkeypatch.setattr(basin.claims, "judge", lambda names, quick, **more: asked.append(quick) or judge(names, quick=True))
    opened = page(claim="high-dimension", claims_full="true")
    assert asked == [False] and "holds" in rows(opened)[0]


def test_a_link_to_no_claim_says_so(page):
    opened = page(claim="high-dimensions")
    assert any(
        "`high-dimensions`, which is not here; perhaps high-dimension was meant" in text.value for text in opened.warning
    )
    assert len(rows(opened)) == 3


def test_evidence_is_in_words_of_its_units(app):
    from views import claims as view

    assert view.amount(-0.1234, "probability") == "−12.3%" and view.amount(16.45, "bits") == "16.4 bits"
