"""Small populations that questions are asked about, and the questions."""

from __future__ import annotations

import pytest

import basin

QUICK = {"population.agents": 16, "population.degree": 4, "values.features": 3, "outcome.horizon": 60, "outcome.dwell": 5}
SAMPLES = 200

ASKED = {
    "population": ("police", lambda s, **how: basin.population(s, 4, seed=3, **how)),
    "critical": (
        "police",
        lambda s, **how: basin.critical(
            s, ("population.peer_audit", 0.02, 0.2, "log"), n=2, shares=4, populations=10, seed=3, **how
        ),
    ),
    "misled": ("talkers", lambda s, **how: basin.misled(s, 2, count=4, seed=3, **how)),
    "policing": ("police", lambda s, **how: basin.policing(s, count=4, seed=3, **how)),
    "echo": ("talkers", lambda s, **how: basin.echo(s, (0, 0.2, 0.8), count=4, seed=3, **how)),
    "generations": ("lone", lambda s, **how: basin.generations(s, samples=SAMPLES, count=12, seed=3, **how)),
}
KINDS = pytest.mark.parametrize("kind", list(ASKED))
