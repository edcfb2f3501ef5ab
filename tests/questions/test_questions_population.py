"""What is asked about populations: from a scenario to a Dataset that can be reproduced, by its own conventions."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import basin
from basin import datasets
from basin.analysis import wilson
from basin.analysis.intervals import clustered, mean, mean_share
from basin.corpus import Mix
from basin.engine.crowd import ROLES
from basin.labels import ALIGNED, OUTCOMES, UNDECIDED
from basin.questions.critical import HALVINGS, _critical
from basin.questions.generations import _rests
from basin.questions.misled import FARTHEST, distances
from basin.simulate import mapper, populations, whole

QUICK = {"population.agents": 16, "population.degree": 4, "values.features": 3, "outcome.horizon": 60, "outcome.dwell": 5}
SAMPLES = 200


@pytest.fixture(scope="module")
def police():
    """Agents who copy and police one another, few and for a short time."""
    return basin.load("critical-mass").with_(QUICK)


@pytest.fixture(scope="module")
def talkers():
    """Agents who learn mostly from one another, few and for a short time."""
    return basin.load("echo-chamber").with_(QUICK)


@pytest.fixture(scope="module")
def lone():
    return basin.load("near-aligned-llm").with_(
        {"outcome.horizon": 60, "values.features": 4, "reflection.strength": 0.3, "motives.self_interest.guarding": 0.1}
    )


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


@pytest.fixture(scope="module")
def scenarios(police, talkers, lone):
    return {"police": police, "talkers": talkers, "lone": lone}


@pytest.fixture(scope="module")
def results(scenarios):
    return {kind: ask(scenarios[which]) for kind, (which, ask) in ASKED.items()}


# ---- What all of them give -----------------------------------------------------------------------------------------


@KINDS
def test_every_variable_says_what_it_is_and_the_call_gives_it_again(results, scenarios, kind, tmp_path):
    found = results[kind]
    assert found.attrs[datasets.KIND] == kind and found.attrs["seed"] == 3 and found.attrs["title"]
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in found.variables.values())
    again = eval(found.attrs["call"], {"basin": basin, "scenario": scenarios[ASKED[kind][0]]})
    xr.testing.assert_identical(again, found)
    datasets.save(found, tmp_path / "kept.nc")
    kept = datasets.open(tmp_path / "kept.nc")
    xr.testing.assert_allclose(kept, found)
    assert set(kept.attrs) >= set(found.attrs)


@KINDS
def test_threads_change_nothing_and_seeds_do(results, scenarios, kind):
    which, ask = ASKED[kind]
    xr.testing.assert_identical(ask(scenarios[which], threads=1).drop_attrs(), results[kind].drop_attrs())
    other = eval(results[kind].attrs["call"].replace("seed=3", "seed=4"), {"basin": basin, "scenario": scenarios[which]})
    assert not other.drop_attrs().equals(results[kind].drop_attrs())


@KINDS
def test_progress_goes_forward(scenarios, kind):
    which, ask = ASKED[kind]
    seen: list[tuple[int, int]] = []
    ask(scenarios[which], progress=lambda done, total: seen.append((done, total)))
    assert all(0 <= done <= total for done, total in seen)
    parts = [done / total for done, total in seen]
    if kind != "generations":  # which measures starts and a map, one after the other
        assert parts == sorted(parts)


@KINDS
def test_cancelled_questions_stop(scenarios, kind):
    stop = threading.Event()
    stop.set()
    which, ask = ASKED[kind]
    with pytest.raises(basin.simulate.Cancelled):
        ask(scenarios[which], cancel=stop)


# ---- population ----------------------------------------------------------------------------------------------------


def test_a_population_is_what_the_engine_says(police, results):
    found = results["population"]
    assert dict(found.sizes) | {"link": 0} == {"population": 4, "node": 16, "episode": 61, "outcome": 6, "link": 0}
    for at, one in enumerate(populations(police, 4, 3, watch=1)):
        here = found.isel(population=at)
        np.testing.assert_array_equal(here["label"], one.columns["label"])
        np.testing.assert_array_equal(here["role"], one.role)
        np.testing.assert_array_equal(here["mean_harm"], one.mean[:, 2])
        np.testing.assert_array_equal(here["seen_by_peers"], one.policed[:, 1])
        assert (int(here["whole"]), float(here["whole_time"])) == whole(one, 0.95)
        if at == 0:
            np.testing.assert_array_equal(found["status"], one.status)
            np.testing.assert_array_equal(np.column_stack([found["link_from"], found["link_to"]]), one.graph.links())
    assert (found["count"].sum("outcome") == 16).all()
    first = found["status"].values
    for k, code in enumerate(OUTCOMES.values()):
        np.testing.assert_array_equal(found["count"].values[0, :, k], (first == code).sum(axis=1))


def test_what_populations_pool_depends_on_what_passes(police, results):
    found = results["population"]
    each = (found["label"].values == ALIGNED).astype(float)
    assert found.attrs["coupled"] == 1 and found.attrs["aligned"] == each.mean()
    assert (found.attrs["aligned_low"], found.attrs["aligned_high"]) == tuple(float(end) for end in clustered(each))
    assert (found.attrs["links"], found.attrs["mean_degree"]) == (found.sizes["link"], found.sizes["link"] / 16)
    alone = police.with_({"population.imitation": 0.0, "population.peer_audit": 0.0})
    found = basin.population(alone, 3)
    count = int((found["label"] == ALIGNED).sum())
    assert found.attrs["coupled"] == 0
    assert (found.attrs["aligned_low"], found.attrs["aligned_high"]) == tuple(float(end) for end in wilson(count, 48))
    one = basin.population(police, 1)
    assert (one.attrs["aligned_low"], one.attrs["aligned_high"]) == (0, 1)  # one population says nothing of others
    assert basin.population(alone, 1).attrs["aligned_high"] < 1


@pytest.mark.parametrize(
    "changes",
    [
        {"population.testimony": 0.1},
        {"population.imitation": 0.1},
        {"population.peer_audit": 0.1},
        {"population.generation_every": 5},
    ],
)
def test_whatever_passes_between_agents_couples_them(changes):
    alone = basin.load("near-aligned-llm").with_(QUICK)
    assert basin.population(alone.with_({"outcome.horizon": 5}), 2).attrs["coupled"] == 0
    assert basin.population(alone.with_({"outcome.horizon": 5} | changes), 2).attrs["coupled"] == 1


def test_people_have_no_ending(police):
    found = basin.population(
        police.with_({"population.humans": 5, "population.misled": 2, "population.quorum": 0.6}), 3, seed=1
    )
    human = found["role"].values == ROLES.index("human")
    assert (human.sum(axis=1) == 5).all() and found.attrs["people"] == 5 and found.attrs["agents"] == 11
    assert (found["label"].values[human] == UNDECIDED).all()
    for name in ("knows", "harm", "asked", "approval"):
        np.testing.assert_array_equal(np.isnan(found[name].values), human, err_msg=name)
    assert ((found["role"] == ROLES.index("misled")).sum("node") == 2).all()
    assert ((found["role"] == ROLES.index("aligned")).sum("node") == round(0.5 * 11)).all()
    assert (found["count"].sum("outcome") == 11).all()
    assert found.attrs["aligned"] == (found["label"].values[~human] == ALIGNED).mean()


def test_what_overseers_see_is_counted_whoever_else_looks(police):
    scenario = police.with_({"oversight.audit": 1.0, "population.imitation": 0.0, "population.aligned": 0.0})
    shared, alone = (basin.population(scenario.with_({"population.peer_audit": peers}), 2) for peers in (0.05, 0.0))
    assert (alone["seen_by_peers"] == 0).all() and (alone["seen_by_overseers"] > 1).all()
    np.testing.assert_array_equal(alone["seen_by_overseers"], shared["seen_by_overseers"])
    blind = basin.population(scenario.with_({"oversight.audit": 0.0, "population.peer_audit": 0.0}), 2)
    assert (blind["seen_by_overseers"] == 0).all()
    some = basin.population(scenario.with_({"population.overseen": 0.5, "population.peer_audit": 0.0}), 2)
    assert ((some["seen_by_overseers"] > 0).sum("node") == 8).all()


def test_agents_that_differ_one_by_one(police):
    scenario = police.with_({"population.aligned": 0.0, "population.imitation": 0.0})
    care = np.linspace(0.0, 1.0, 16)
    found = basin.population(scenario, 2, starts={"motives.care": care}, moments=3)
    assert (found["cares"].values[:, -4:] > 0.5).all() and (found["cares"].values[:, :4] < 0.5).all()
    again = eval(found.attrs["call"], {"basin": basin, "scenario": scenario, "starts": {"motives.care": care}})
    xr.testing.assert_identical(again, found)
    law = {"motives.care": stats.beta(0.5, 0.5)}
    drawn = basin.population(scenario, 2, starts=law)
    assert " at 0x" not in drawn.attrs["call"]
    xr.testing.assert_identical(basin.population(scenario, 2, starts=law), drawn)


def test_moments_and_names_and_links(police, tmp_path, monkeypatch):
    file = tmp_path / "friends.csv"
    file.write_text("ann,bob\nbob,cid\ncid,dee\ndee,ann\n")
    scenario = police.with_({"population.agents": 4, "population.graph": str(file)})
    found = basin.population(scenario, 2, moments=4)
    assert found["node"].values.tolist() == ["ann", "bob", "cid", "dee"]
    assert found["episode"].values.tolist() == [0, 15, 30, 45, 60] and found.sizes["link"] == 8
    xr.testing.assert_identical(eval(found.attrs["call"], {"basin": basin, "scenario": scenario}), found)
    monkeypatch.setattr(sys.modules["basin.questions.population"], "MOST_LINKS", 7)
    assert "link_from" not in basin.population(scenario, 2)  # too many to be drawn


# ---- critical ------------------------------------------------------------------------------------------------------


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
    assert [found.attrs[name] for name in ("change", "change_low", "change_high")] == pytest.approx(list(mean(change)))
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


# ---- echo ----------------------------------------------------------------------------------------------------------


def test_agents_who_hear_each_other_grow_too_sure():
    found = basin.echo("echo-chamber", (0, 0.1, 0.8), count=5)
    ratio, unsure, common = (found[name].values for name in ("ratio", "unsure", "common"))
    assert 0.7 < ratio[0] < 1.2 and ratio[2] > 1.5 and ratio[0] < ratio[1] < ratio[2]
    assert (np.diff(unsure) < 0).all() and (np.diff(common) > 0).all() and common[0] < 0.1 and common[2] > 0.7
    for name in ("error", "unsure", "ratio", "aligned", "common"):
        assert ((found[f"{name}_low"] <= found[name]) & (found[name] <= found[f"{name}_high"])).all()
    for name in ("aligned", "common"):
        assert (found[f"{name}_low"] >= 0).all() and (found[f"{name}_high"] <= 1).all()


def test_echoes_are_means_over_populations(results, talkers):
    found, ratio = results["echo"], []
    for one in populations(talkers.with_({"population.testimony": 0.2}), 4, 3, moments=1):
        square = ((one.belief - one.target) ** 2).sum(axis=1).mean()
        ratio.append(np.sqrt(square / (one.unsure**2).mean()))
    assert [float(found[name][1]) for name in ("ratio", "ratio_low", "ratio_high")] == pytest.approx(list(mean(ratio)))
    assert found["rate"].values.tolist() == [0, 0.2, 0.8]


@pytest.mark.parametrize(
    ("changes", "trust"),
    [
        ({"population.graph": "complete"}, 1 / 15),
        ({"population.graph": "ring", "population.degree": 4}, 1 / 4),  # every row of links sums to 4
    ],
)
def test_trust_at_which_a_network_would_lock_in(changes, trust, talkers):
    quick = talkers.with_(changes | {"outcome.horizon": 5})
    assert basin.echo(quick, (0.1,), count=2).attrs["critical_trust"] == pytest.approx(trust, rel=1e-6)


# ---- generations ---------------------------------------------------------------------------------------------------


def test_the_map_from_one_generation_to_the_next(results):
    found, about = results["generations"], results["generations"].attrs
    assert 0 < about["p_misaligned"] < about["p_aligned"] < 1
    now, following = found["now"].values, found["next"].values
    for share in (0.0, 0.3, 1.0):
        written = {"ai_good": about["dose"] * share, "ai_bad": about["dose"] * (1 - share)}
        misaligned = Mix(**written).misaligned
        known = (1 - misaligned) * about["p_aligned"] + misaligned * about["p_misaligned"]
        assert following[np.argmin(abs(now - share))] == pytest.approx(known, rel=1e-12)
    assert (np.diff(following) > 0).all()  # the more end aligned, the more write well
    assert ((found["next_low"] <= following) & (following <= found["next_high"])).all()
    expected = found["expected"].values
    assert expected[0] == 0.5 and expected[1:] == pytest.approx(np.interp(expected[:-1], now, following), abs=1e-4)
    assert expected[-1] == pytest.approx(float(found["rest"][-1]), abs=1e-3)


def test_rests_follow_themselves(results):
    found = results["generations"]
    rests = found["rest"].values
    assert len(rests) > 0
    assert np.interp(rests, found["now"], found["next"]) == pytest.approx(rests, abs=1e-9)  # a chord between grid points
    assert found["attracts"].values.tolist()[-1] == 1


@pytest.mark.parametrize(
    ("follow", "rests", "attracts"),
    [
        (lambda x: 0.3 + 0.4 * x, [0.5], [True]),
        (lambda x: x**2, [0.0, 1.0], [True, False]),  # at both ends, and it repels at 1
        (lambda x: np.sqrt(x), [0.0, 1.0], [False, True]),
        (lambda x: 0 * x, [0.0], [True]),
        (lambda x: 0 * x + 1, [1.0], [True]),
        (lambda x: 1 - x, [0.5], [False]),  # to and fro for ever
        (lambda x: np.clip(0.9 - 1.7 * (x - 0.5), 0, 1), [0.5 + 0.4 / 2.7], [False]),  # crosses downwards, but too steeply
        (lambda x: 3 * x**2 - 2 * x**3, [0.0, 0.5, 1.0], [True, False, True]),
        (lambda x: 0.25 + x**2, [0.5], [False]),  # touches and does not cross
    ],
)
def test_where_a_map_rests(follow, rests, attracts):
    now = np.linspace(0, 1, 201)
    found, near = _rests(now, follow(now))
    assert found == pytest.approx(rests, abs=1e-4) and near.tolist() == attracts


def test_agents_who_write_nothing_leave_the_corpus_as_it_is(lone):
    found = basin.generations(lone, dose=0.0, first=0.9, count=5, samples=SAMPLES, lineages=400, agents=500)
    about = found.attrs
    misaligned = Mix().misaligned
    known = (1 - misaligned) * about["p_aligned"] + misaligned * about["p_misaligned"]
    assert np.ptp(found["next"].values) == 0 and found["next"].values[0] == pytest.approx(known)
    assert found["expected"].values == pytest.approx([0.9, *(known,) * 5])
    assert found["rest"].values == pytest.approx([known]) and found["attracts"].values.tolist() == [1]
    # every generation is drawn anew: a binomial law
    error = np.sqrt(known * (1 - known) / 500)
    assert found["share"].values[1:] == pytest.approx([known] * 5, abs=5 * error / np.sqrt(400))
    width = (found["high"] - found["low"]).values[1:]
    assert width == pytest.approx([2 * 1.96 * error] * 5, rel=0.2)
    assert [float(found[name][0]) for name in ("share", "low", "high")] == pytest.approx([0.9, 0.9, 0.9])


def test_more_agents_stay_closer_to_what_is_expected(lone):
    few, many = (basin.generations(lone, agents=agents, samples=SAMPLES, count=6) for agents in (50, 50_000))
    assert ((many["high"] - many["low"])[1:] < 0.1 * (few["high"] - few["low"])[1:]).all()
    assert many["share"].values == pytest.approx(many["expected"].values, abs=0.005)


def test_a_generation_of_a_population_lives_alone(police):
    found = basin.generations(police.with_({"population.humans": 3}), samples=50, count=2)
    alone = basin.generations(police.with_({"population.agents": 1}), samples=50, count=2)
    xr.testing.assert_equal(found, alone)


# ---- What cannot be asked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        *(
            (lambda s, ask=ask: getattr(basin, ask)("newton"), "newton: is a system")
            for ask in ("population", "critical", "misled", "policing", "echo", "generations")
        ),
        *(
            (lambda s, ask=ask: getattr(basin, ask)("value-learner"), r"population\.agents = 1: many agents are asked about")
            for ask in ("population", "critical", "misled", "policing", "echo")
        ),
        *(
            (lambda s, ask=ask: getattr(basin, ask)(s, count=1), "count = 1: must be at least 2")
            for ask in ("misled", "policing", "echo")
        ),
        *(
            (lambda s, ask=ask: getattr(basin, ask)(s, count=2.5), r"count = 2\.5: must be a whole number")
            for ask in ("misled", "policing", "echo")
        ),
        *(
            (lambda s, ask=ask: getattr(basin, ask)(s, seed=-1), "seed = -1")
            for ask in ("population", "critical", "misled", "policing", "echo", "generations")
        ),
        (lambda s: basin.population("critical-mas"), "did you mean critical-mass"),
        (lambda s: basin.population(s, 0), "populations = 0"),
        (lambda s: basin.population(s, 2, moments=0), "moments = 0"),
        (lambda s: basin.population(s, 2, starts={"motives.care": [0.1]}), "1 numbers; there are 16 agents"),
        (lambda s: basin.population(s, 2, starts={"population.quorum": [0.5] * 16}), "agents cannot differ in it"),
        (lambda s: basin.population(s.with_({"population.humans": 16}), 2), "no agent is left"),
        (lambda s: basin.population(s.with_({"population.degree": 16}), 2), "degree = 16: must be below"),
        (lambda s: basin.critical(s, ("population.aligned", 0, 1)), "is what is asked for"),
        (lambda s: basin.critical(s, ("population.algined", 0, 1)), "did you mean population.aligned"),
        (lambda s: basin.critical(s, ("population.degree", 2, 4), n=1), "n = 1"),
        (lambda s: basin.critical(s, shares=2), "shares = 2"),
        (lambda s: basin.critical(s, populations=0), "populations = 0"),
        (lambda s: basin.critical("value-learner", ("population.agents", 1, 4)), "population.agents = 1"),
        (lambda s: basin.critical(s, ("population.peer_audit", 0, 3), shares=3, populations=2), "population.peer_audit = "),
        (lambda s: basin.misled(s, 0), "number = 0"),
        (lambda s: basin.misled(s, 1.5), r"number = 1\.5"),
        (lambda s: basin.misled(s, 16, count=2), "number = 16: must leave other agents"),
        (lambda s: basin.misled(s, 17), "population.misled = 17"),
        (lambda s: basin.echo(s, ()), "rates: give one or more"),
        (lambda s: basin.echo(s, (2.0,)), r"population\.testimony = 2\.0"),
        (lambda s: basin.echo(s, (float("nan"),)), r"population\.testimony = nan"),
        (lambda s: basin.generations(s, dose=-1), "dose = -1"),
        (lambda s: basin.generations(s, dose=float("nan")), "dose = nan"),
        (lambda s: basin.generations(s, first=1.1), r"first = 1\.1"),
        (lambda s: basin.generations(s, count=0), "count = 0"),
        (lambda s: basin.generations(s, agents=1.5), r"agents = 1\.5"),
        (lambda s: basin.generations(s, lineages=True), "lineages = True"),
        (lambda s: basin.generations(s, samples=1), "samples = 1"),
        (lambda s: basin.generations(s.with_({"motives.own": [], "motives.care": 1.0})), "no motive of kind own"),
    ],
)
def test_what_cannot_be_asked_is_one_line(ask, says, police):
    with pytest.raises(ValueError, match=says) as error:
        ask(police)
    assert type(error.value).__module__.startswith("basin.") and "\n" not in str(error.value)
