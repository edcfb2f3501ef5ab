"""Edge states with closed forms, and attractors that are known to be there."""

import numpy as np
import pytest

import basin
from basin.checks.motives import two_motives
from basin.questions.flows import flow
from basin.questions.subject import subject
from basin.scenario import load
from basin.theory import reflection_flow, separatrix

SHORT = {"outcome.horizon": 300, "values.features": 5}


def test_the_edge_of_the_excitable_pair():
    found = basin.edge("fitzhugh-nagumo")
    assert found["state"].values == pytest.approx([0, 0], abs=1e-9)
    assert found.attrs["fixed"] == 1 and found.attrs["unstable"] == 1
    assert found["rates"].values == pytest.approx([(7 + np.sqrt(129)) / 2, (7 - np.sqrt(129)) / 2], rel=1e-5)
    assert all({"units", "long_name"} <= found[name].attrs.keys() for name in found.variables)


@pytest.mark.parametrize("torque", [0.3, 0.5, 0.8])
def test_the_saddle_of_the_pendulum(torque):
    found = basin.edge(subject("pendulum").with_({"torque": torque}))
    angle, velocity = found["state"].values
    assert angle % (2 * np.pi) == pytest.approx(np.pi - np.arcsin(torque), abs=1e-8) and abs(velocity) < 1e-8
    assert set(found.attrs["sides"]) == {"fixed_point", "limit_cycle"}


def test_the_saddle_of_governability():
    found = basin.edge("governability")
    assert found["state"].values[0] == pytest.approx(0.9345, abs=5e-5) and found.attrs["unstable"] == 1
    assert found["path"].values.tolist() == ["uncooperative", "observed"] and found.sizes["coordinate"] == 5


def test_two_starts_of_ones_own():
    found = basin.edge("fitzhugh-nagumo", {"u": 1.0, "v": 0.2}, {"u": -1.0, "v": 0.1})
    assert found["state"].values == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(("overlap", "strength"), [(0.0, 1.0), (-0.5, 1.0), (0.0, 2.0)])
def test_the_edge_of_the_skeleton_is_the_separatrix(overlap, strength):
    """Only reflection moves the agent, so that a run that begins on the separatrix stays there until it parts."""
    changes = {"belief.strength": strength, "reflection.strength": 0.1, "outcome.horizon": 2000}
    found = basin.edge(two_motives(overlap, 0.05).with_(changes), axes=[("motives.care", 0.05, 0.95)])
    known = float(separatrix(0.1, 0.05, overlap, strength))
    assert found["boundary"].values == pytest.approx([known], abs=1e-6)
    state = dict(zip(map(str, found["coordinate"].values), found["state"].values, strict=True))
    assert state["share of care"] == pytest.approx(known, abs=1e-4)
    assert state["share of care"] + state["share of other"] == pytest.approx(1)
    # p/(1 - p) grows by exp f(p) in an episode, so that a small distance grows by 1 + p(1 - p) f'(p)
    near = known + np.array([-1e-6, 1e-6])
    flow_, _ = reflection_flow(np.column_stack([near, 1 - near]), [0.1, 0.05], [[1, overlap], [overlap, 1]], [strength, 1]).T
    assert found.attrs["growth"] == pytest.approx(np.log1p(np.diff(flow_)[0] / 2e-6), rel=1e-3)
    assert found.attrs["slow_from"] < found.attrs["slow_to"] and found.attrs["fixed"] == 0


def test_attractors_of_flows_match_their_names():
    pendulum = basin.attractors("pendulum", samples=200)
    assert pendulum.attrs["method"] == "recurrences" and pendulum.attrs["agreement"] == 1
    assert pendulum["count"].sum() == 200 and pendulum["table"].sum() == 200
    assert (pendulum["low"] < pendulum["share"]).all() and (pendulum["share"] < pendulum["high"]).all()
    rest = pendulum["centre"].values[int(np.argmin(pendulum["count"].values))]
    assert rest == pytest.approx([np.pi / 6, 0], abs=0.05)
    assert basin.attractors("pendulum", samples=150, method="clusters").attrs["agreement"] == 1


def test_five_attractors_of_the_forced_oscillator():
    found = basin.attractors("duffing", samples=400)
    assert found.attrs["method"] == "clusters" and found.sizes["group"] == 5 and found.attrs["agreement"] > 0.97


def test_runs_that_leave_end_in_none():
    found = basin.attractors("lorenz-butterfly", samples=100)
    loose = found["cluster"].values < 0
    codes = dict(zip(map(str, found["outcome"].values), found.attrs["codes"], strict=True))
    assert np.array_equal(loose, found["label"].values == codes["unbounded"]) and found.attrs["agreement"] == 1


def test_the_learner_ends_as_named():
    found = basin.attractors(load("near-aligned-llm").with_(SHORT), samples=300)
    assert found["feature"].values.tolist() == ["knows", "cares", "behaves", "harm"]
    assert found.attrs["agreement"] > 0.9 and found.sizes["group"] >= 2
    named = [str(found["outcome"].values[row.argmax()]) for row in found["table"].values]
    assert {"aligned", "captured"} <= set(named)


def test_flows():
    moves = flow(subject("pendulum"))
    assert moves.whole and moves.steady and [part.angle for part in moves.coordinates] == [True, False]
    whole = flow(subject("magnetic-pendulum"))
    assert not whole.whole and whole.states(np.ones((3, 2))).tolist() == [[1, 1, 0, 0]] * 3
    assert not flow(subject("duffing")).steady


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: basin.edge("newton"), "newton: has no equations of motion"),
        (lambda: basin.edge("double-well"), "double-well: chance plays a part"),
        (lambda: basin.edge("duffing"), "duffing: its equations of motion depend on time"),
        (lambda: basin.edge("pendulum", axes=[("angle", 0, 1)]), "pendulum: the edge of a system is tracked in all its"),
        (lambda: basin.edge("pendulum", {"angel": 1.0}, {"angle": 2.0}), "angel: is none of what the starts differ along"),
        (lambda: basin.edge("pendulum", {"angle": 0.5}, {"angle": 0.6}), "both starts end in the same way"),
        (lambda: basin.edge("deference-flow"), "the two part at once wherever they are bisected"),
        (lambda: basin.attractors("henon"), "henon: has no equations of motion"),
        (lambda: basin.attractors("pendulum", [("angle", 0, 1)]), "pendulum: attractors are looked for from starts in all"),
        (lambda: basin.attractors("pendulum", method="guess"), "method = 'guess': must be recurrences or clusters"),
        (lambda: basin.attractors("duffing", method="recurrences"), "duffing: its equations of motion depend on time"),
        (lambda: basin.attractors("near-aligned-llm", method="recurrences"), "near-aligned-llm: recurrences take a system"),
        (lambda: basin.attractors("pendulum", samples=3), "samples = 3: must be a whole number from 10"),
    ],
)
def test_bad_requests_get_one_line(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
    assert type(error.value).__module__.startswith("basin.")
