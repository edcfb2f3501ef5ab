"""The critical share: where half of the same populations end aligned."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.analysis import wilson
from basin.labels import ALIGNED
from basin.questions.critical import HALVINGS, _critical
from basin.simulate import mapper


def test_the_critical_mass_of_the_bundled_scenario():
    scenario = basin.load("critical-mass")
    found = basin.critical(scenario, shares=3, populations=8)
    assert 0.2 < float(found["critical"][0]) < 0.6
    blind = basin.critical(scenario.with_({"oversight.evasion": 1.0}), shares=3, populations=8)
    assert float(blind["critical"][0]) > 0.9  # neighbours who do not see cannot police
    for one in (found, blind):
        assert float(one["critical_low"][0]) <= float(one["critical"][0]) <= float(one["critical_high"][0])
        assert (np.diff(one["count"].values) >= 0).all() and one["count"].values[0, [0, -1]].tolist() == [0, 8]


def test_the_critical_share_is_where_half_of_the_same_populations_end_aligned(results, police):
    found = results["critical"]
    assert dict(found.sizes) == {"value": 2, "start": 4} and found.attrs["path"] == "population.peer_audit"
    assert found.attrs["scale"] == "log" and found["value"].values == pytest.approx([0.02, 0.2])
    low, high = wilson(found["count"].values, 10)
    np.testing.assert_array_equal(found["share"], found["count"] / 10)
    np.testing.assert_array_equal(found["low"], low)
    np.testing.assert_array_equal(found["high"], high)
    at = found["critical"].values
    assert at[1] < at[0]  # the more neighbours look, the fewer need to be aligned
    assert ((found["critical_low"] <= at) & (at <= found["critical_high"])).all()
    width = 1 / 3 / 2**5  # a step between shares, halved five times
    for value, critical in zip(found["value"].values, at, strict=True):
        scenario = police.with_({"population.peer_audit": float(value)})
        counts = [
            int((mapper(scenario, ["population.aligned"], 10)(np.array([[share]]), 3).label == ALIGNED).sum())
            for share in (critical - width / 2, critical + width / 2)
        ]
        assert counts[0] <= 5 < counts[1]


@pytest.mark.parametrize(
    ("chance", "value"),
    [
        (lambda share: share, 0.5),
        (lambda share: share**2, np.sqrt(0.5)),
        (lambda share: 0.3 + 0.4 * (share > 0.8), 0.8),  # likely before, but not likelier than not
        (lambda share: 0.5 * (share > 0) + 0.5 * (share > 0.3), 0.3),  # exactly half is not enough
    ],
)
def test_a_share_is_critical_where_chances_pass_one_half(chance, value):
    asked = []

    class Ask:
        def count(self, share):
            asked.append(share)
            return round(1000 * chance(share))

    grid = np.linspace(0, 1, 5)
    count = np.array([Ask().count(share) for share in grid])
    at, low, high = _critical(Ask(), grid, count, 1000)
    assert at == pytest.approx(value, abs=0.25 / 2**5) and low <= at <= high
    assert len(set(asked)) <= 5 + 3 * HALVINGS


def test_no_agent_needs_to_start_aligned_or_none_suffices(police):
    caring = police.with_({"motives.care": 0.99, "motives.self_interest.overlap": 0.9})
    found = basin.critical(caring, shares=3, populations=5)
    assert [float(found[name][0]) for name in ("critical", "critical_low", "critical_high")] == [0, 0, 0]
    assert found["count"].values.tolist() == [[5, 5, 5]] and found.attrs["path"] == ""
    hopeless = police.with_({"population.misled": 4, "population.imitation": 0.0})
    found = basin.critical(hopeless, shares=3, populations=5)
    assert all(np.isnan(float(found[name][0])) for name in ("critical", "critical_low", "critical_high"))
    assert found["count"].values.tolist() == [[0, 0, 0]]


def test_along_whole_numbers_and_numbers_of_agents(police, lone):
    found = basin.critical(
        police.with_({"population.graph": "barabasi-albert"}), ("population.degree", 2, 4), n=5, shares=3, populations=4
    )
    assert found["value"].values.tolist() == [2, 3, 4] and found["value"].attrs["units"] == "neighbours"
    found = basin.critical(
        lone.with_({"motives.care": 0.02, "outcome.horizon": 20}), ("population.agents", 2, 4), n=2, shares=3, populations=4
    )
    assert found["value"].values.tolist() == [2, 4] and found["count"].values[:, -1].tolist() == [4, 4]
