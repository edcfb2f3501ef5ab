"""The bundled scenarios: each runs, opens as a stranger can read it, and ends as was expected before it was run."""

from __future__ import annotations

import numpy as np
import pytest

from basin.corpus import Mix
from basin.labels import ALIGNED
from basin.scenario import load, names
from basin.scenario.files import LIBRARY
from basin.simulate import simulate

ESSAYS = [name for name in names() if name not in ("near-aligned-llm", "travel-choices")]
RUNS = 100


def aligned(name: str) -> float:
    return float((simulate(load(name), RUNS, seed=1).label == ALIGNED).mean())


@pytest.mark.parametrize("name", names())
def test_every_scenario_runs(name):
    runs = simulate(load(name).with_({"outcome.horizon": 30, "phases": ()}), 8)
    assert len(runs) == 8 and np.isfinite(runs.columns["harm"]).all()


def test_endings_that_were_expected_before_any_run():
    assert aligned("value-learner") > 0.9
    assert aligned("orthogonal") < 0.1
    assert aligned("near-aligned-llm") > aligned("distilled-human")


@pytest.mark.parametrize("name", ESSAYS)
def test_files_open_with_three_lines_their_source_and_why(name):
    lines = (LIBRARY / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    blank = lines.index("#")
    assert blank == 3 and all(line.startswith("# ") for line in lines[:3])
    assert lines[4].startswith("# Source: ")
    about = " ".join(line.removeprefix("# ") for line in lines[4 : lines.index("format = 1")])
    assert "this project's" in about and "chosen before any result was seen" in about


@pytest.mark.parametrize("name", ["alignment-pretraining", "bitter-lesson", "safety-pretraining"])
def test_casts_repeat_what_the_corpus_gives(name):
    scenario = load(name)
    weights = {persona.name: persona.weight for persona in scenario.personas.cast}
    assert weights["misaligned"] / sum(weights.values()) == pytest.approx(
        Mix(**scenario.corpus.model_dump()).misaligned, rel=0.05
    )


def test_pretraining_draws_the_character_and_does_nothing():
    runs = simulate(load("alignment-pretraining").with_({"outcome.horizon": 100, "outcome.dwell": 1}), 2000, seed=2)
    share = float((runs.columns["cares"] > 0.5).mean())
    assert abs(share - 0.91) < 0.025  # four standard errors
    assert (runs.columns["harm"] == 0).all() and (runs.columns["asked"] == 0).all()
