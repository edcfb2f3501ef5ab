"""Populations as wholes: what one ends as, the mapper over them, and the analyses that work on it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import basin
from basin import datasets
from basin.labels import ALIGNED, CAPTURED, LOCKED_IN, MISLED, OUTCOMES, UNDECIDED
from basin.questions.subject import subject
from basin.simulate import Cancelled, Population, SimulationError, mapper, populations, simulate, whole
from basin.simulate.mapper import Mapper
from basin.simulate.whole import MOMENTS, PopulationMapper

TINY: dict[str, Any] = {
    "population.agents": 8,
    "population.degree": 4,
    "values.features": 3,
    "outcome.horizon": 30,
    "outcome.dwell": 5,
}
LONE = {"outcome.horizon": 30, "outcome.dwell": 5, "values.features": 3}


@pytest.fixture(scope="module")
def tiny():
    """Agents who copy and police one another, few and for a short time."""
    return basin.load("critical-mass").with_(TINY)


@pytest.fixture(scope="module")
def lone():
    return basin.load("near-aligned-llm").with_(LONE)


# ---- How a whole ends ----------------------------------------------------------------------------------------------


def made(label, counts=(), moments=(0,), people=0) -> Population:
    """A population that ended so. counts: at each moment, agents by how they would have been judged then."""
    count = np.zeros((len(moments), 6), int)
    for at, judged in enumerate(counts):
        for code, number in judged.items():
            count[at, code + 1] = number
    label = np.array([*label, *[np.nan] * people], float)
    nothing: Any = None
    return Population(
        cell=0, number=0, columns={"label": label}, role=nothing, approval=nothing, policed=nothing, life=nothing,
        moments=np.array(moments), count=count, mean=nothing, status=nothing, belief=nothing, unsure=nothing, target=nothing,
        graph=nothing,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("label", "quorum", "code"),
    [
        (20 * [ALIGNED], 1.0, ALIGNED),
        (19 * [ALIGNED] + [CAPTURED], 0.95, ALIGNED),  # exactly as many as asked are enough
        (18 * [ALIGNED] + 2 * [CAPTURED], 0.95, UNDECIDED),
        (18 * [ALIGNED] + 2 * [CAPTURED], 0.9, ALIGNED),
        (9 * [CAPTURED] + [MISLED], 0.9, CAPTURED),
        (10 * [UNDECIDED], 0.1, UNDECIDED),  # undecided agents make no whole that is anything else
        (9 * [UNDECIDED] + [MISLED], 0.1, MISLED),
        (5 * [MISLED] + 5 * [ALIGNED], 0.5, ALIGNED),  # of several, the first in the order in which endings are judged
        (3 * [ALIGNED] + 3 * [LOCKED_IN] + 4 * [MISLED], 0.3, LOCKED_IN),
        (3 * [ALIGNED] + 3 * [LOCKED_IN] + 4 * [MISLED], 0.4, MISLED),
    ],
)
def test_a_whole_ends_as_enough_of_its_agents_do(label, quorum, code):
    found, since = whole(made(label, [{ALIGNED: 0}]), quorum)
    assert found == code and np.isfinite(since) == (code != UNDECIDED)


def test_people_do_not_count():
    assert whole(made(9 * [ALIGNED] + [CAPTURED], [{ALIGNED: 9}], people=90), 0.9)[0] == ALIGNED
    assert whole(made(8 * [ALIGNED] + 2 * [CAPTURED], [{ALIGNED: 8}], people=90), 0.9)[0] == UNDECIDED


@pytest.mark.parametrize(
    ("aligned", "since"),
    [
        ((10, 10, 10, 10), 0),
        ((0, 9, 10, 10), 20),
        ((0, 8, 9, 10), 25),
        ((9, 9, 8, 9), 40),  # only the last stretch counts
        ((0, 0, 0, 0), 40),  # judged so at the end alone
    ],
)
def test_a_whole_has_ended_so_since_enough_have_been_judged_so(aligned, since):
    counts = [{ALIGNED: number, UNDECIDED: 10 - number} for number in aligned]
    found = made(9 * [ALIGNED] + [CAPTURED], counts, moments=(0, 20, 25, 40))
    assert whole(found, 0.9) == (ALIGNED, since)


# ---- The mapper ----------------------------------------------------------------------------------------------------


def test_shapes_and_times(tiny):
    found = mapper(tiny, ["population.aligned", "motives.care"], 3)
    assert isinstance(found, PopulationMapper) and found.paths == ("population.aligned", "motives.care")
    labels = found(np.array([[0.0, 0.02], [0.5, 0.5], [1.0, 0.98], [1.0, 0.02]]), 5)
    assert labels.label.shape == labels.time.shape == (4, 3) and labels.label.dtype == np.int8
    assert set(labels.label.ravel().tolist()) <= set(OUTCOMES.values())
    np.testing.assert_array_equal(np.isinf(labels.time), labels.label == UNDECIDED)
    assert (labels.label[2:] == ALIGNED).all() and not (labels.label[0] == ALIGNED).any()
    decided = labels.time[np.isfinite(labels.time)]
    assert (decided >= 0).all() and (decided <= 30).all()
    assert found.episodes == 4 * 3 * 8 * 30


def test_every_label_is_how_that_population_ends_as_a_whole(tiny):
    shares = np.array([0.3, 0.6, 1.0])
    labels = mapper(tiny, ["population.aligned"], 4)(shares[:, None], 9)
    for one in populations(tiny, 4, 9, varied={"population.aligned": shares}, moments=MOMENTS):
        at = one.cell, one.number % 4
        assert one.number == 4 * one.cell + at[1]
        assert (labels.label[at], labels.time[at]) == whole(one, 0.95)


def test_a_population_is_the_same_alone_and_among_others(tiny):
    """Its number is that of its point times the runs of each, as for lone agents: what counts is where its point stands."""
    ask = mapper(tiny, ["population.aligned"], 3)
    together = ask(np.array([[0.4], [0.7], [0.4]]), 1)
    alone = ask(np.array([[0.4]]), 1)
    elsewhere = ask(np.array([[0.9], [0.7], [0.0]]), 1)
    for part in ("label", "time"):
        np.testing.assert_array_equal(getattr(together, part)[:1], getattr(alone, part))
        np.testing.assert_array_equal(getattr(together, part)[1], getattr(elsewhere, part)[1])


def test_points_side_by_side_have_chances_of_their_own(tiny):
    found = mapper(tiny.with_({"population.quorum": 0.6}), ["population.aligned"], 1)(np.full((60, 1), 0.4), 2)
    assert len(np.unique(found.label)) > 1


def test_a_population_of_one_agent_is_a_lone_agent(lone):
    care = np.linspace(0.05, 0.95, 12)
    points = np.column_stack([np.ones(12), care])
    whole_ones = mapper(lone, ["population.agents", "motives.care"], 4)
    assert isinstance(whole_ones, PopulationMapper)
    alone = mapper(lone, ["motives.care"], 4)
    assert isinstance(alone, Mapper)
    np.testing.assert_array_equal(whole_ones(points, 3).label, alone(care[:, None], 3).label)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("population.degree", (2, 4, 6)),
        ("population.humans", (0, 2, 4)),
        ("population.misled", (0, 1, 8)),
        ("population.peer_audit", (0, 0.1, 0.5)),
        ("values.features", (5, 2, 3)),
        ("population.quorum", (0.2, 0.6, 1.0)),
        ("outcome.horizon", (10, 30, 20)),
        ("motives.care", (0.1, 0.6, 0.9)),
    ],
)
def test_along_any_path_a_point_is_the_scenario_with_that_value(tiny, path, values):
    """Whatever tables and crowds its neighbours are in."""
    scenario = tiny.with_({"population.degree": 2, "population.graph": "ring", "population.aligned": 0.6})
    found = mapper(scenario, [path], 3)(np.array(values, float)[:, None], 4)
    for at, value in enumerate(values):
        expected = mapper(scenario.with_({path: value}), ["population.aligned"], 3)(np.full((len(values), 1), 0.6), 4)
        np.testing.assert_array_equal(found.label[at], expected.label[at])
        np.testing.assert_array_equal(found.time[at], expected.time[at])


def test_populations_of_different_sizes(tiny):
    """Their agents' numbers lie as far apart as those of the largest do, so only the first has the same alone."""
    ask = mapper(tiny.with_({"population.graph": "complete"}), ["population.agents"], 3)
    together, alone = ask(np.array([[4.0], [8.0]]), 4), ask(np.array([[4.0]]), 4)
    assert together.label[0, 0] == alone.label[0, 0]
    largest = mapper(tiny.with_({"population.graph": "complete"}), ["population.aligned"], 3)(np.full((2, 1), 0.5), 4)
    np.testing.assert_array_equal(together.label[1], largest.label[1])
    np.testing.assert_array_equal(together.time[1], largest.time[1])


def test_a_stricter_quorum_is_reached_by_fewer(tiny):
    found = [
        mapper(tiny.with_({"population.quorum": quorum}), ["population.aligned"], 30)(np.array([[0.7]]), 1)
        for quorum in (0.6, 0.8, 1.0)
    ]
    reached = [(one.label == ALIGNED).ravel() for one in found]
    assert (reached[0] >= reached[1]).all() and (reached[1] >= reached[2]).all() and reached[0].sum() > reached[2].sum()
    for loose, strict in ((0, 1), (1, 2)):
        both = reached[strict]
        assert (found[loose].time.ravel()[both] <= found[strict].time.ravel()[both]).all()


@pytest.mark.parametrize(("path", "between", "whole_one"), [("population.misled", 1.6, 2), ("outcome.horizon", 19.6, 20)])
def test_what_must_be_whole_is_rounded(tiny, path, between, whole_one):
    ask = mapper(tiny, [path], 4)
    np.testing.assert_array_equal(ask(np.array([[between]])).label, ask(np.array([[float(whole_one)]])).label)
    (rounded,) = populations(tiny, 1, varied={path: [between]})
    (exact,) = populations(tiny, 1, varied={path: [whole_one]})
    np.testing.assert_array_equal(rounded.role, exact.role)
    np.testing.assert_array_equal(rounded.moments, exact.moments)


def test_threads_change_nothing(tiny):
    points = np.linspace(0, 1, 30)[:, None]
    one, two = (mapper(tiny, ["population.aligned"], 2, threads=threads)(points, 8) for threads in (1, 2))
    np.testing.assert_array_equal(one.label, two.label)
    np.testing.assert_array_equal(one.time, two.time)


def test_progress_and_cancel(tiny):
    seen: list[tuple[int, int]] = []
    mapper(tiny, ["population.aligned"], 2, progress=lambda *at: seen.append(at))(np.array([[0.2], [0.8]]))
    assert all(done <= total == 2 * 2 * 8 * 30 for done, total in seen)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        mapper(tiny, ["population.aligned"], 2, cancel=stop)(np.array([[0.2], [0.8]]))


def test_no_points_are_no_populations(tiny):
    for path in ("population.aligned", "population.agents"):
        assert mapper(tiny, [path], 2)(np.zeros((0, 1))).label.shape == (0, 2)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda s: mapper(s, ["population.aligned"], expected=True), "population.agents: the deterministic skeleton"),
        (lambda s: mapper(s, ["population.algined"]), "did you mean population.aligned"),
        (lambda s: mapper(s, ["population.graph"]), "population.graph is not a number"),
        (lambda s: mapper(s, ["population.aligned"], 0)(np.array([[0.5]])), "runs = 0"),
        (lambda s: mapper(s, ["population.aligned"])(np.array([[0.5]]), -1), "seed = -1"),
        (lambda s: mapper(s, ["population.aligned"])(np.array([[1.5]])), "population.aligned = 1.5"),
        (lambda s: mapper(s, ["population.quorum"])(np.array([[0.0]])), "population.quorum = 0.0"),
        (lambda s: mapper(s, ["population.humans"])(np.array([[0.0], [8.0]])), "no agent is left"),
        (lambda s: mapper(s, ["population.humans"])(np.array([[9.0]])), "at most population.agents = 8"),
        (lambda s: mapper(s, ["population.degree"])(np.array([[8.0]])), "population.degree = 8: must be below"),
        (lambda s: mapper(s, ["population.agents"])(np.array([[4.0], [8.0]])), "population.degree = 4: must be below"),
        (lambda s: mapper(s, ["population.agents"], 10**7)(np.array([[1e6]])), "at most 1099511627776 agents"),
        (lambda s: mapper(s.with_({"population.graph": "ring"}), ["population.degree"])(np.array([[3.0]])), "must be even"),
    ],
)
def test_what_cannot_be_asked_is_one_line(tiny, ask, says):
    with pytest.raises(ValueError, match=says) as error:
        ask(tiny)
    assert type(error.value).__module__.startswith("basin.") and "\n" not in str(error.value)


# ---- Runs ----------------------------------------------------------------------------------------------------------


def test_runs_are_the_agents_of_populations(tiny):
    scenario = tiny.with_({"population.humans": 2})
    runs = simulate(scenario, 15, 3)
    assert len(runs) == 15 and runs.population.tolist() == [0] * 6 + [1] * 6 + [2] * 3
    found = list(populations(scenario, 3, 3, moments=1))
    for name, column in runs.columns.items():
        expected = np.concatenate([one.columns[name][one.agents] for one in found])[:15]
        np.testing.assert_array_equal(column, expected, err_msg=name)


def test_agents_with_nothing_between_them_are_lone_runs(lone):
    """The very same, to the bit; they are grouped even so, which is honest and makes intervals wider."""
    alone, together = simulate(lone, 20, 5), simulate(lone.with_({"population.agents": 6}), 20, 5)
    assert alone.population is None and together.population.max() == 3
    for name, column in alone.columns.items():
        np.testing.assert_array_equal(column, together.columns[name], err_msg=name)


def test_runs_of_populations_need_chance_and_no_history(tiny):
    with pytest.raises(SimulationError, match=r"population\.agents: the deterministic skeleton"):
        simulate(tiny, 10, expected=True)
    with pytest.raises(SimulationError, match=r"population\.agents = 8: this is asked of lone agents, 1"):
        basin.trajectory(tiny, 2)


# ---- What is asked about scenarios works on populations ------------------------------------------------------------


def described(found):
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in found.variables.values())
    return found


def test_a_map_of_populations(tiny, tmp_path):
    found = described(basin.map(tiny, n=4, runs=2, seed=3))
    assert (found["x"].attrs["path"], found["y"].attrs["path"]) == ("population.aligned", "motives.care")
    assert found["count"].sum() == 4 * 4 * 2 and (found["count"].sum("outcome") == 2).all()
    aligned = found["count"].sel(outcome="aligned")
    assert (aligned.isel(x=-1) == 2).all()  # all begin aligned
    assert int(aligned.isel(x=0, y=0)) == 0  # nobody is, and nobody cares
    again = basin.map(tiny, ("population.aligned", 0.0, 1.0), ("motives.care", 0.02, 0.98), n=4, runs=2, seed=3)
    np.testing.assert_array_equal(again["count"], found["count"])
    points = np.array([(x, y) for y in found["y"].values for x in found["x"].values])
    labels = mapper(tiny, ["population.aligned", "motives.care"], 2)(points, 3).label
    assert int((labels == ALIGNED).sum()) == int(aligned.sum())
    assert found.attrs["episodes"] == 4 * 4 * 2 * 8 * 30
    assert found.attrs["audited"] == found.attrs["changed"] == found.attrs["exits_off"] == 0  # all go on to the horizon
    datasets.save(found, tmp_path / "map.nc")
    np.testing.assert_array_equal(datasets.open(tmp_path / "map.nc")["count"], found["count"])


def test_stability_of_populations(tiny):
    found = described(basin.stability(tiny, samples=150, seed=2))
    assert found.attrs["paths"] == ["population.aligned", "motives.care"]
    assert int(found["count"].sum()) == 150
    label = mapper(tiny, ["motives.care"])(0.1 + 0.8 * np.random.default_rng((5, 0x57A7)).random((60, 1)), 5).label
    one = basin.stability(tiny, [("motives.care", 0.1, 0.9)], samples=60, seed=5).sel(outcome="aligned")
    assert int(one["count"]) == (label == ALIGNED).sum() and float(one["low"]) <= float(one["share"]) <= float(one["high"])


def test_continuation_of_populations(tiny):
    scenario = tiny.with_({"population.graph": "complete", "population.quorum": 0.7, "population.imitation": 0.3})
    along, over = ("population.peer_audit", 0.0, 0.4), [("population.aligned", 0.0, 1.0)]
    found = described(basin.continuation(scenario, along, over, n=2, samples=50, rare=0.02))
    share = found["share"].sel(outcome="aligned").values
    assert share[1] > share[0] + 0.1  # neighbours who look are worth something
    assert (found["count"].sum("outcome") == 50).all() and found["value"].values.tolist() == [0.0, 0.4]
    low, tip, high = (found[name].values for name in ("tip_low", "tip_value", "tip_high"))
    assert ((low <= tip) & (tip <= high)).all() and ((tip > 0) & (tip < 0.4)).all()


def test_the_same_populations_judged_more_strictly(tiny):
    found = basin.continuation(tiny, ("population.quorum", 0.5, 1.0), n=3, samples=30, rare=0.45)
    share = found["share"].sel(outcome="aligned").values
    assert (np.diff(share) <= 0).all() and share[2] < share[0]


def test_a_lone_scenario_followed_into_populations(lone):
    found = basin.continuation(lone, ("population.agents", 1, 5), [("motives.care", 0.1, 0.9)], n=3, samples=100, rare=0.45)
    assert found["value"].values.tolist() == [1, 3, 5]
    share = found["share"].sel(outcome="aligned").values
    assert 0 < share[2] < share[0]  # it takes all of three or five for the whole to end aligned


def test_objections_to_populations(tiny):
    from basin.analysis.sampling import Window, draw

    names = ["overseers-off", "knows-but-does-not-care"]
    found = described(basin.objections(tiny, names, samples=80, seed=5))
    assert sorted(map(str, found["objection"].values)) == sorted(names) and (found["applies"] == 1).all()
    one = subject(tiny)
    points = draw(Window(one.axes), 80, 5)
    base, after = (
        asked.mapper(("population.aligned", "motives.care"))(points, 5).label[:, 0] == ALIGNED
        for asked in (one, one.objected("overseers-off"))
    )
    assert found.attrs["base_share"] == base.mean()
    assert float(found["share"].sel(objection="overseers-off")) == after.mean()
    assert ((found["difference_low"] <= found["difference"]) & (found["difference"] <= found["difference_high"])).all()


def test_what_needs_lone_agents_says_so_in_one_line(tiny):
    for ask in (lambda: basin.time(tiny, samples=20), lambda: basin.size(tiny, "sphere", [3, 4], samples=100)):
        with pytest.raises(SimulationError, match=r"population\.agents = 8") as error:
            ask()
        assert "\n" not in str(error.value)
