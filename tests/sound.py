"""What numbers must be, whatever the scenario: shares, probabilities, covariances, counts of endings, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from basin.engine.crowd import HUMAN, ROLES
from basin.labels import LOCKED_IN, OUTCOMES, UNDECIDED
from basin.scenario import Scenario
from basin.simulate import Population
from basin.simulate.trajectory import Trajectories

Columns = Mapping[str, NDArray[np.float64]]

ROUNDING = 1e-12
NOT_POSITIVE = 1e-12  # of the largest variance that a belief has had: how far below 0 rounding may take an eigenvalue


def between(low: float, values: Any, high: float, rounding: float = 0.0) -> bool:
    """Whether all of them are numbers within these bounds."""
    return bool(((values >= low - rounding) & (values <= high + rounding)).all())


def assert_sound_runs(s: Scenario, columns: Columns) -> None:
    """Records of runs that went on to the horizon."""
    horizon = s.outcome.horizon
    assert not any(np.isnan(column).any() for column in columns.values())
    label, time, episodes = columns["label"], columns["time"], columns["episodes"]
    assert np.isin(label, list(OUTCOMES.values())).all()
    assert np.array_equal(np.isinf(time), label == UNDECIDED) and between(0, time[label != UNDECIDED], horizon)
    assert (episodes[label != LOCKED_IN] == horizon).all() and between(0, episodes, horizon)
    for cosine in ("knows", "behaves"):
        assert between(-1, columns[cosine], 1, 1e-9), cosine
    assert between(0, columns["cares"], 1, ROUNDING) and between(0, columns["survival"], 1)
    assert between(0, columns["asked"], horizon, 1e-9 * horizon)
    assert (columns["harm"] >= 0).all() and np.isfinite(columns["harm"]).all() and np.isfinite(columns["welfare"]).all()
    assert np.isin(columns["closed"], (0, 1)).all() and between(1, columns["motive"], max(1, len(s.motives.own)))


def assert_sound_episodes(s: Scenario, path: Trajectories) -> None:
    """Every episode of runs: numbers as long as a run goes on, and none afterwards."""
    columns, shares = path.columns, path.shares
    going = np.isfinite(shares[:, :, 0])
    assert (going[:, 1:] <= going[:, :-1]).all() and going[path.label != LOCKED_IN].all()
    for name, column in columns.items():
        assert np.array_equal(np.isfinite(column), going), name
    assert np.isfinite(shares[going]).all()
    assert between(0, shares[going], 1, ROUNDING) and np.allclose(shares[going].sum(axis=1), 1, rtol=0, atol=ROUNDING)
    for cosine in ("knows", "behaves"):
        assert between(-1, columns[cosine][going], 1, 1e-9), cosine
    for chance in ("asked", "acted", "executed"):
        assert between(0, columns[chance][going], 1), chance
    assert between(0, columns["capability"][going], 1) and (columns["uncertainty"][going] >= 0).all()
    assert all((np.diff(row[own]) >= 0).all() for row, own in zip(columns["harm"], going, strict=True))
    assert (columns["harm"][:, 0] == 0).all()


def assert_sound_beliefs(s: Scenario, mean: NDArray, covariance: NDArray) -> None:
    """Beliefs (..., d) and (..., d, d): finite, symmetric, and with no variance below 0 but for rounding."""
    assert np.isfinite(mean).all() and np.isfinite(covariance).all()
    assert np.array_equal(covariance, np.swapaxes(covariance, -1, -2))
    eigenvalues = np.linalg.eigvalsh(covariance)
    scale = np.maximum(s.belief.spread**2, np.abs(eigenvalues).max(axis=-1))
    assert (eigenvalues.min(axis=-1) >= -NOT_POSITIVE * scale).all(), (eigenvalues / scale[..., None]).min()


def assert_sound_summary(summary: Mapping[str, Any], runs: int) -> None:
    """Fractions and means with intervals that contain them. Only the time to an ending may be unknown."""
    assert sum(part["count"] for part in summary["outcomes"].values()) == runs
    _assert_sound_parts(summary, runs, "")


def _assert_sound_parts(part: Mapping[str, Any], runs: int, at: str) -> None:
    if "fraction" in part:
        assert between(0, np.array([part[name] for name in ("fraction", "low", "high")]), 1, ROUNDING), at
        assert part["count"] == pytest.approx(part["fraction"] * runs, abs=1e-6), at
    if "low" in part:
        middle = part["fraction"] if "fraction" in part else part["mean"]
        room = ROUNDING * max(1.0, abs(middle))
        known = part["low"] - room <= middle <= part["high"] + room
        assert known or (at == "time" and np.isnan(part["low"])), (at, part)
    for name, inner in part.items():
        if isinstance(inner, Mapping):
            _assert_sound_parts(inner, runs, name)


def assert_sound_population(s: Scenario, found: Population) -> None:
    """One population, every node of which was watched."""
    agents, nodes = found.agents, s.population.agents
    assert len(found.role) == nodes and (found.role[~agents] == ROLES.index("human")).all()
    assert int((found.role == HUMAN).sum()) == s.population.humans
    for name, column in found.columns.items():
        assert not np.isnan(column[agents]).any() and np.isnan(column[~agents]).all(), name
    assert_sound_runs(s, {name: column[agents] for name, column in found.columns.items()})
    assert between(0, found.approval[agents], 1) and np.isnan(found.approval[~agents]).all()
    assert (found.policed >= 0).all() and (found.policed.sum(axis=1) <= s.outcome.horizon + 1e-9).all()
    assert (found.policed[~agents] == 0).all() and (found.life >= 0).all()
    assert (found.moments[[0, -1]] == [0, s.outcome.horizon]).all() and (np.diff(found.moments) > 0).all()
    assert (found.count.sum(axis=1) == agents.sum()).all() and (found.count >= 0).all()
    assert np.isin(found.status, np.arange(UNDECIDED, 5)).all()
    for moment, status in enumerate(found.status):
        assert np.array_equal(np.bincount(status[agents] + 1, minlength=6), found.count[moment])
    care, approval, harm = found.mean.T
    assert between(0, care, 1, ROUNDING) and between(0, approval, 1) and (harm >= 0).all()
    locked = found.status == LOCKED_IN
    assert (locked[1:] >= locked[:-1]).all()  # nobody comes back
    assert np.isfinite(found.belief[agents]).all() and np.isfinite(found.unsure[agents]).all()
    assert (np.isfinite(found.belief[~agents]) == (s.population.testimony > 0)).all()  # what people say, where it is heard
    assert np.linalg.norm(found.target) == pytest.approx(1, abs=1e-9)
