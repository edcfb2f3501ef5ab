"""The edge that theory gives is drawn where it is exact, and only there."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.figures.separatrices import SILENT
from tests.figures.made import CARE, OVERLAP, field

EXACT = {
    "belief.knowledge": 1.0, "belief.spread": 0.0, "evidence.comparisons": 0.0, "training.strength": 0.0,
    "requirements.graph": "none",
}  # fmt: skip


def edge(scenario, x=(-1, 1), **options):
    figure = basin.figures.map(field([["aligned", "captured"]] * 2, x=x, scenario=scenario, **options))
    return next((part for part in figure.data if part.name == "edge by theory"), None)


def exact(**changes):
    return basin.load("near-aligned-llm").with_(EXACT | {path.replace("__", "."): value for path, value in changes.items()})


@pytest.mark.parametrize(("strength", "overlap", "share"), [(1.0, -0.5, 0.4444), (1.0, 0.0, 0.3333), (2.0, 0.0, 0.2)])
def test_edge_is_the_separatrix(strength, overlap, share):
    line = edge(exact(belief__strength=strength))
    assert np.interp(overlap, line.x, line.y) == pytest.approx(share, abs=1e-4)


def test_the_simulated_basin_ends_at_it():
    dataset = basin.map(exact(), x=(OVERLAP, -0.9, 0.4), y=(CARE, 0.05, 0.95), n=14, expected=True)
    line = next(part for part in basin.figures.map(dataset).data if part.name == "edge by theory")
    above = dataset["y"].values[:, None] > np.interp(dataset["x"].values, line.x, line.y)
    counts = dataset["count"].sel(outcome=["aligned", "captured"]).values
    assert (counts[..., 0] == 1)[above].all() and (counts[..., 1] == 1)[~above].all()
    assert above.any() and not above.all()


@pytest.mark.parametrize("path", SILENT)
def test_no_edge_where_anything_else_moves(path):
    scenario = exact(evidence__choices_table="travel-mode") if path == "evidence.choices" else exact()
    assert edge(scenario) is not None
    assert edge(scenario.with_({path: 0.01})) is None


@pytest.mark.parametrize(
    "change",
    [
        {"belief.knowledge": 0.99},
        {"reflection.rule": "logit"},
        {"requirements.graph": "full"},
        {"outcome.criterion": "behaves"},
        {"population.agents": 2},
        {"motives.self_interest.kind": "ally"},
        {"belief.strength": 0.0},
    ],
)
def test_no_edge_in_other_worlds(change):
    assert edge(exact().with_(change)) is None


def test_no_edge_on_other_axes():
    assert edge(exact(), paths=(OVERLAP, "belief.strength")) is None


def test_no_edge_where_every_start_converges():
    assert edge(exact(), x=(0.4, 0.9)) is not None
    assert edge(exact(), x=(0.55, 0.9)) is None  # γ/κ′ = ½
