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
from basin.analysis.intervals import clustered
from basin.engine.crowd import ROLES
from basin.labels import ALIGNED, OUTCOMES, UNDECIDED
from basin.simulate import populations, whole
from tests.questions.companies import ASKED, KINDS, QUICK

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


def test_shares_of_every_ending(results):
    found = results["population"]
    for name, code in OUTCOMES.items():
        here = found.sel(outcome=name)
        assert float(here["end"]) == pytest.approx(float((found["label"] == code).mean()))
        hits = int((found["whole"] == code).sum())
        assert float(here["whole_end"]) == pytest.approx(hits / found.sizes["population"])
        ends = [float(here[f"whole_end_{end}"]) for end in ("low", "high")]
        np.testing.assert_allclose(ends, wilson(hits, found.sizes["population"]))
        assert here["end_low"] <= here["end"] <= here["end_high"]
    aligned = found.sel(outcome="aligned")
    for end in ("", "_low", "_high"):
        assert float(aligned[f"end{end}"]) == found.attrs[f"aligned{end}"]


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
        (lambda s: basin.population(s.with_({"population.degree": 16}), 2), "population.degree = 16: must be below"),
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
