"""What misled agents do to others, and who polices whom."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import basin
from basin.analysis.intervals import mean, mean_difference, mean_share
from basin.engine.crowd import ROLES
from basin.labels import ALIGNED
from basin.questions.misled import FARTHEST, distances
from basin.simulate import populations

# ---- misled --------------------------------------------------------------------------------------------------------


def test_who_hears_nobody_is_not_misled(talkers):
    for silent in ({"population.testimony": 0.0}, {"population.trust_bound": 0.0}):
        found = basin.misled(talkers.with_(silent), 3, count=3)
        for name in ("knows", "low", "high", "aligned", "aligned_low", "aligned_high"):
            assert (found[name] == 0).all(), name
        assert [found.attrs[name] for name in ("change", "change_low", "change_high")] == [0, 0, 0]
        assert found.attrs["without"] == found.attrs["with_them"]


LINE = {
    "population.graph": "ring",
    "population.degree": 2,
    "population.agents": 24,
    "population.testimony": 0.5,
    "population.misled_knowledge": -1.0,
    "belief.knowledge": 0.95,
    "belief.spread": 0.5,
}


def test_the_farther_the_less(talkers):
    found = basin.misled(talkers.with_(LINE), count=12, seed=2)
    assert found["distance"].values.tolist() == list(range(1, 13)) and found["agents"].values.tolist() == [*(2,) * 11, 1]
    knows = found["knows"].values
    assert knows[0] < -0.05 and knows[0] < knows[1] < knows[2] and (abs(knows[5:]) < 0.1 * abs(knows[0])).all()
    assert found["high"].values[0] < 0 and ((found["low"] <= found["knows"]) & (found["knows"] <= found["high"])).all()
    assert found.attrs["change"] == pytest.approx(found.attrs["with_them"] - found.attrs["without"])
    assert found.attrs["change"] < 0


def test_a_trust_bound_keeps_the_misled_out(talkers):
    """Beliefs of opposite directions are 2 apart; a bound below that leaves honest neighbours to be heard."""
    scenario = talkers.with_(LINE)
    heard, kept_out = (
        basin.misled(scenario.with_({"population.trust_bound": bound}), count=12, seed=2) for bound in (2.0, 1.0)
    )
    assert abs(float(kept_out["knows"][0])) < 0.1 * abs(float(heard["knows"][0]))


def test_effects_are_of_the_same_agents_without_and_with(talkers, results):
    found = results["misled"]
    sides = [list(populations(talkers.with_({"population.misled": number}), 4, 3, moments=1)) for number in (0, 2)]
    near, change = [], []
    for before, after in zip(*sides, strict=True):
        ordinary = after.role == ROLES.index("ordinary")
        assert ordinary.sum() == 14
        gain = after.columns["knows"] - before.columns["knows"]
        near.append(gain[ordinary & (distances(after) == 1)].mean())
        ends = [(one.columns["label"][ordinary] == ALIGNED).mean() for one in (before, after)]
        change.append(ends[1] - ends[0])
    assert [float(found[name][0]) for name in ("knows", "low", "high")] == pytest.approx(list(mean(near)))
    assert [found.attrs[name] for name in ("change", "change_low", "change_high")] == pytest.approx(
        list(mean_difference(change))
    )
    assert float(found["agents"].sum()) == 14


def test_distances_are_of_what_is_said(talkers, tmp_path):
    """An agent is reached along links to those that it listens to."""
    file = tmp_path / "chain.csv"
    file.write_text("from,to,trust\na,b,1\nb,c,1\nc,d,1\nd,e,1\n")  # a listens to b, b to c, ...
    chain = talkers.with_({"population.agents": 5, "population.graph": str(file), "population.misled": 1})
    for one in populations(chain, 6, moments=1):
        source = int(np.flatnonzero(one.role == ROLES.index("misled"))[0])
        expected = [source - at if at <= source else FARTHEST for at in range(5)]
        assert distances(one).tolist() == expected
    (one,) = populations(chain.with_({"population.graph": "complete"}), 1, moments=1)
    assert sorted(distances(one).tolist()) == [0, 1, 1, 1, 1]


# ---- policing ------------------------------------------------------------------------------------------------------


def test_who_looks_sees(results, police):
    found = results["policing"]
    assert found["watch"].values.tolist() == ["nobody", "overseers", "peers", "both"]
    seen = {who: np.nan_to_num(found["seen"].sel(auditor=who)) for who in ("overseers", "peers")}
    assert (seen["overseers"][[0, 2]] == 0).all() and (seen["peers"][[0, 1]] == 0).all()
    assert seen["overseers"][1].max() > 0 and seen["peers"][2].max() > 1 and seen["peers"][3].max() > 1
    nobody = found.sel(watch="nobody")
    assert [float(nobody[name]) for name in ("gain", "gain_low", "gain_high")] == [0, 0, 0]
    np.testing.assert_allclose(found["gain"], found["aligned"] - found["aligned"][0], atol=1e-15)
    assert float(found["gain"].sel(watch="both")) > 0.2 and float(found["harm"].sel(watch="both")) < float(nobody["harm"])
    as_it_is = [(one.columns["label"] == ALIGNED).mean() for one in populations(police, 4, 3, moments=1)]
    both = found.sel(watch="both")
    assert tuple(float(both[name]) for name in ("aligned", "aligned_low", "aligned_high")) == tuple(mean_share(as_it_is))
    assert found.attrs["peer_audit"] == 0.05 and found.attrs["audit"] == 0.02


def test_overseers_who_do_not_look_are_nobody(police):
    found = basin.policing(police.with_({"oversight.audit": 0.0, "population.peer_audit": 0.0}), count=3)
    xr.testing.assert_equal(found.sel(watch="overseers", drop=True), found.sel(watch="nobody", drop=True))
    xr.testing.assert_equal(found.sel(watch="both", drop=True), found.sel(watch="peers", drop=True))
    assert found.attrs["peer_audit"] == 0.05  # where the scenario has none of its own


def test_peers_police_as_far_as_they_are_aligned(police):
    found = basin.policing(police.with_({"population.aligned": 0.0, "population.imitation": 0.0}), count=3)
    assert np.nan_to_num(found["seen"].sel(auditor="peers")).max() == 0
    assert (found["gain"].sel(watch="peers") == 0).all()
