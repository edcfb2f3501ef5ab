"""What was learned from choices, beside the best fit."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import basin
from tests.cli.calling import call


def made() -> xr.Dataset:
    """Two features and three starts: the first feature is learned exactly, the second half a standard error too high."""
    best, error = np.array([2.0, -1.0]), np.array([0.5, 0.2])
    ends = best + error * np.array([[0.0, 0.4], [0.0, 0.5], [0.0, 0.6]])
    return xr.Dataset(
        {
            "maximum_likelihood": ("feature", best), "standard_errors": ("feature", error),
            "learned": ("feature", ends.mean(axis=0)), "learned_from": (("start", "feature"), ends),
            "distance": ("start", np.sqrt(np.array([0.16, 0.25, 0.36]) / 2)),
            **{name: ("start", np.arange(3.0)) for name in ("knowledge", "strength", "spread")},
        },
        coords={"feature": ["cost", "<b>time</b>"]},
        attrs={"basin": "learned", "choices": 1210, "people": 40, "draws": 5000, "call": "basin.learn('x')"},
    )  # fmt: skip


def test_points_are_standard_errors_from_the_best_fit():
    fig = basin.figures.learned(made())
    best, ends = fig.data
    assert best.error_x.value == pytest.approx(1.96, abs=1e-3) and list(best.x) == [0, 0]
    np.testing.assert_allclose(ends.x, [0, 0.4, 0, 0.5, 0, 0.6], atol=1e-12)
    assert fig.layout.meta["title"] == "Learners end 0.354 standard errors from the values that fit 1,210 choices best"
    assert "0.424 from the worst start" in fig.layout.meta["detail"]
    assert list(fig.layout.yaxis.ticktext) == ["cost", "&lt;b&gt;time&lt;/b&gt;"]


def test_the_command_draws_what_learn_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made().to_netcdf("learned.nc")
    drawn = call("figure", "learned", "--from", "learned.nc", "--out", "it", "--format", "json", "--quiet")
    assert drawn.code == 0 and "1,210 choices" in (tmp_path / "it.json").read_text(encoding="utf-8")
