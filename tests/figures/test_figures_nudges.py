"""The least change that loses a basin, as bars."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import basin
from tests.cli.calling import call
from tests.figures.made import about


def made(**more) -> xr.Dataset:
    """Three assumptions: one moves up, one down and could do it alone, one stays."""
    paths = ["motives.care", "humans.bias", "oversight.audit"]
    values = {"from": [0.5, 0.1, 0.2], "to": [0.4, 0.3, 0.2], "scaled": [-0.3, 0.4, 0.0], "alone_to": [0.2, np.nan, np.nan],
              "alone_scaled": [-0.9, np.nan, np.nan], "lo": [0.0] * 3, "hi": [1.0] * 3}  # fmt: skip
    told = {
        "basin": "worst", "title": "A scenario", "found": 1, "already": 0, "change": 0.5, "aligned": 0.9, "aligned_low": 0.88,
        "aligned_high": 0.92, "witness_aligned": 0.4, "witness_aligned_low": 0.38, "witness_aligned_high": 0.42,
        "least_seen": 0.1, "call": "basin.worst(scenario, trials=8, seed=0)",
    }  # fmt: skip
    attributes = about(basin.load("value-learner")) | told | more
    return xr.Dataset({name: ("path", value) for name, value in values.items()}, {"path": paths}, attributes)


def test_bars_are_what_moves_the_furthest_first():
    fig = basin.figures.worst(made())
    together, alone = fig.data
    assert list(together.x) == [0.4, -0.3] and list(alone.x)[1] == -0.9 and np.isnan(alone.x[0])
    words = [note.text for note in fig.layout.annotations if "→" in note.text]
    assert words == ["humans.bias: 0.1 → 0.3", "motives.care: 0.5 → 0.4"]
    assert fig.layout.meta["title"] == "A change of 0.5 widths of a range in all loses it"
    assert "90% (88–92%) as it is, 40% (38–42%) then" in fig.layout.meta["detail"]
    assert fig.layout.meta["command"] == "basin worst value-learner --trials 8 --seed 0"
    low, high = fig.layout.xaxis.range
    assert low < -0.9 and high > 0.4


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"found": 0}, "No change was found that loses it; the least P(aligned) seen is 10%"),
        ({"already": 1}, "It takes no change"),
    ],
)
def test_what_was_not_found_is_said(told, said):
    assert basin.figures.worst(made(**told)).layout.meta["title"].startswith(said)


def test_the_command_draws_what_worst_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made().to_netcdf("worst.nc")
    drawn = call("figure", "worst", "--from", "worst.nc", "--out", "it", "--format", "json", "--quiet")
    assert drawn.code == 0 and "widths of a range" in (tmp_path / "it.json").read_text(encoding="utf-8")
