"""Histories of runs that begin apart: those of a mapper at these points."""

import numpy as np
import pytest

import basin
from basin.simulate import SimulationError, mapper, trajectory

SCENARIO = basin.load("near-aligned-llm").with_({"outcome.horizon": 60, "outcome.dwell": 5, "outcome.exit": "none"})


def test_runs_begin_where_they_are_told_and_end_as_a_mapper_says():
    care = np.array([0.1, 0.5, 0.9, 0.3])
    overlap = np.array([0.9, -0.5, 0.0, 0.2])
    path = trajectory(SCENARIO, 4, 7, starts={"motives.care": care, "motives.self_interest.overlap": overlap})
    np.testing.assert_allclose(path.shares[:, 0, 0], care)
    paths = ("motives.care", "motives.self_interest.overlap")
    labels = mapper(SCENARIO, paths)(np.stack([care, overlap], axis=1), 7)
    assert path.label.tolist() == labels.label[:, 0].tolist() and path.time.tolist() == labels.time[:, 0].tolist()


@pytest.mark.parametrize("starts", [{"motives.care": np.array([0.5, 0.6])}, {"values.features": np.array([3.0, 4.0, 3.0])}])
def test_starts_that_are_none_are_refused(starts):
    with pytest.raises(SimulationError, match="starts: "):
        trajectory(SCENARIO, 3, 0, starts=starts)
