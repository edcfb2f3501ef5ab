"""Tables have one row per cell, and only for cells that are valid scenarios."""

import numpy as np
import pytest

from basin.scenario import ScenarioError, load
from basin.simulate.tables import tabulate

SCENARIO = load("value-learner")


def test_a_cell_is_checked_itself_where_the_box_around_the_cells_has_invalid_corners():
    """Spread may be 1e4 times the noise allowed for: so it is in each cell, but not in the corner of most and least."""
    noise = np.logspace(-6, 0, 50)
    (tables,) = tabulate(SCENARIO, {"belief.spread": 1e3 * noise, "belief.assumed_noise": noise})
    assert np.array_equal(tables.column("belief_spread"), 1e3 * noise)
    spread = 1e3 * noise
    spread[17] *= 100.0
    with pytest.raises(ScenarioError, match=r"belief\.spread"):
        tabulate(SCENARIO, {"belief.spread": spread, "belief.assumed_noise": noise})


def test_an_invalid_cell_is_refused_whether_corners_or_cells_are_checked():
    for cells in (1, 2, 100):
        care = np.full(cells, 0.5)
        care[-1] = 1.5
        with pytest.raises(ScenarioError, match=r"motives\.care = 1\.5"):
            tabulate(SCENARIO, {"motives.care": care})


def test_many_varied_paths_are_no_harder_than_their_cells():
    sections = {"values", "humans", "belief", "motives", "gate", "oversight", "evidence", "training"}
    paths = [entry.path for entry in SCENARIO.numeric_paths() if entry.path.partition(".")[0] in sections]
    paths = [path for path in paths if isinstance(SCENARIO.get(path), float)]
    assert len(paths) > 24
    (tables,) = tabulate(SCENARIO, {path: np.full(3, SCENARIO.get(path)) for path in paths})
    (plain,) = tabulate(SCENARIO)
    assert np.array_equal(tables.parameters, np.repeat(plain.parameters, 3, axis=0))


def test_groups_of_cells_are_checked_each():
    """Many paths that differ between groups, few within: an invalid cell is found wherever it is."""
    scenario = load("near-aligned-llm")
    paths = ["planning.candidates", "planning.caution", "humans.noise", "motives.care"]
    between = np.repeat(np.array([[8, 0.5], [400, 0.0], [16, 0.1]]), 6, axis=0)
    within = np.tile(np.column_stack([np.linspace(0.1, 1, 6), np.linspace(0, 1, 6)]), (3, 1))
    cells = np.hstack([between, within])
    (one,) = tabulate(scenario, dict(zip(paths, cells.T, strict=True)), alike=6)
    (other,) = tabulate(scenario, dict(zip(paths, cells.T, strict=True)))
    np.testing.assert_array_equal(one.parameters, other.parameters)
    for bad in (6, 9, 11):  # at a corner of its group, and inside it
        wrong = cells.copy()
        wrong[bad, 1] = 0.5
        with pytest.raises(ScenarioError, match=r"planning\.candidates = 400: must be at most 256"):
            tabulate(scenario, dict(zip(paths, wrong.T, strict=True)), alike=6)
