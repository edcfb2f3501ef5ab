"""The known answers of crowds hold elsewhere, and can fail."""

from __future__ import annotations

import pytest

from basin import systems, theory
from basin.checks import CheckError, systems_crowds
from basin.checks.row import Run

ROW = systems_crowds.lock_in


@pytest.mark.parametrize("case", ROW.cases)
def test_it_holds(case):
    (finding,) = ROW.findings(Run(), case)
    agents, trust = case.get("agents", 10), case.get("trust_in_people", 0.2)
    assert finding.passed and finding.error is None
    assert finding.expected == pytest.approx(1 / ((agents - 1) * trust))
    assert finding.tolerance < 0.001 * finding.expected


@pytest.mark.parametrize(
    "settings",
    [
        {"agents": 3, "steps": 50},
        {"agents": 3, "trust_in_people": 10, "steps": 51},
        {"agents": 1000, "trust_in_people": 0.001},
        {"agents": 1000, "trust_in_people": 10, "steps": 101},
        {"agents": 2, "trust_in_people": 0.11, "steps": 100},
        {"agents": 20, "steps": 20_000},
    ],
)
def test_it_holds_elsewhere(settings):
    (finding,) = ROW.findings(Run(), settings)
    assert finding.passed, finding


def test_a_wrong_formula_fails(monkeypatch):
    right = theory.lock_in_spectral
    monkeypatch.setattr(theory, "lock_in_spectral", lambda agents, ai, humans: right(agents, ai, 1.001 * humans))
    assert not ROW.findings(Run(), {})[0].passed


@pytest.mark.parametrize("changed", [{"trust_in_people": 0.2002}, {"agents": 11}])
def test_another_system_fails(monkeypatch, changed):
    def made(system, paths, changes):
        return systems.mapper(system, paths, {**changes, **changed})

    monkeypatch.setattr(systems_crowds, "mapper", made)
    assert not ROW.findings(Run(), {})[0].passed


def test_a_trust_that_the_system_does_not_know():
    with pytest.raises(CheckError, match=r"^trust_in_people = 0\.01: trust in the AI would have to be 11\.1111, above 10$"):
        ROW.findings(Run(), {"trust_in_people": 0.01})
