"""Populations, and what is answered about them, once for all tests of questions."""

from __future__ import annotations

import pytest

import basin
from tests.questions.companies import ASKED, QUICK


@pytest.fixture(scope="session")
def police():
    """Agents who copy and police one another, few and for a short time."""
    return basin.load("critical-mass").with_(QUICK)


@pytest.fixture(scope="session")
def talkers():
    """Agents who learn mostly from one another, few and for a short time."""
    return basin.load("echo-chamber").with_(QUICK)


@pytest.fixture(scope="session")
def lone():
    return basin.load("near-aligned-llm").with_(
        {"outcome.horizon": 60, "values.features": 4, "reflection.strength": 0.3, "motives.self_interest.guarding": 0.1}
    )


@pytest.fixture(scope="session")
def scenarios(police, talkers, lone):
    return {"police": police, "talkers": talkers, "lone": lone}


@pytest.fixture(scope="session")
def results(scenarios):
    return {kind: ask(scenarios[which]) for kind, (which, ask) in ASKED.items()}
