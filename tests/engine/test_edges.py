"""Cases at the edge of the model are defined behaviour: each is pinned here (model, section 1)."""

from __future__ import annotations

import numpy as np
import pytest

from basin import theory
from basin.engine.layout import BEHAVES_NOW, KNOWS_NOW, MU, U_NORM
from basin.labels import ALIGNED, ALLIED, CAPTURED, LOCKED_IN, MISLED, UNDECIDED
from basin.scenario import load
from basin.simulate import SimulationError, mapper, simulate, trajectory
from basin.simulate.tables import tabulate
from tests.engine.cases import OWN, RIVAL, scenario
from tests.engine.drive import Drive

NO_FORCES = {"reflection.rule": "none", "training.strength": 0.0}


def drive(changes: dict, episodes: int = 20, runs: int = 16, expected: bool = False) -> Drive:
    (tables,) = tabulate(scenario(changes, episodes), expected=expected)
    return Drive(tables.without_exits(), range(runs), 5)


def test_one_feature_has_cosines_of_one_and_no_bias() -> None:
    changes = {"values.features": 1, "belief.knowledge": -0.3, "motives.self_interest.overlap": 0.2, "humans.bias": 0.5}
    d = drive(changes)
    assert np.allclose(np.abs(d.theta), 1.0)
    assert np.allclose(d.m, -d.theta)
    assert np.allclose(d.block.own[0, : d.n], d.theta[:, 0])
    assert not d.block.bias.any()
    assert not d.block.offset.any()


def test_no_direction_leaves_the_plan_unselected() -> None:
    """u = 0: with no belief and all care, û = 0 and its cosines are 0."""
    d = drive({"belief.strength": 0.0, "motives.own": [], "motives.care": 1.0, "evidence.comparisons": 0.0,
               "gate.ask_cost": 100.0, "gate.resist_cost": 0.0, "oversight.audit": 0.0})  # fmt: skip
    assert not d.block.steer.any()
    d.advance(3)
    assert not d.row(d.block.s, U_NORM).any()
    assert not d.row(d.block.w, KNOWS_NOW).any()
    assert not d.row(d.block.w, BEHAVES_NOW).any()
    assert not d.row(d.block.w, MU).any()
    phi = d.block.phi[: d.tables.rules.features, : d.n]
    assert abs(float((phi**2).mean()) - 1) < 0.5


def test_no_belief_has_cosine_zero() -> None:
    s = scenario({"belief.strength": 0.0, "belief.spread": 0.0, "evidence.comparisons": 0.0, **NO_FORCES}, 10)
    assert not simulate(s, 20).columns["knows"].any()


@pytest.mark.parametrize("care", [0.0, 1.0])
def test_shares_stop_at_the_floor(care: float) -> None:
    """Care 1 means 1 − (K − 1)·floor, care 0 the floor; shares sum to 1 for good."""
    floor = 0.01
    d = drive({"motives.care": care, "motives.floor": floor, "motives.own": [OWN, RIVAL]})
    assert np.allclose(d.block.shares[0, : d.n], floor if care == 0 else 1 - 2 * floor, rtol=1e-15)
    for _ in range(19):
        d.advance()
        shares = d.block.shares[:, : d.n]
        assert np.allclose(shares.sum(0), 1.0, atol=1e-14)
        assert shares.min() >= floor


def test_blind_features_stay_out_of_the_belief() -> None:
    """A mask: V and m stay 0 there; knowledge is the cosine within what it can see."""
    d = drive({"belief.blind": 0.5, "belief.knowledge": 0.6, "belief.drift": 0.1, "evidence.statements": 1.0})
    for at_start in (True, False):
        seen, theta = d.m[:, :4], d.theta[:, :4]
        if at_start:
            cosine = (seen * theta).sum(1) / np.linalg.norm(seen, axis=1) / np.linalg.norm(theta, axis=1)
            assert np.allclose(cosine, 0.6)
        assert not d.m[:, 4:].any()
        assert not d.V[:, 4:].any()
        d.advance(15)


@pytest.mark.parametrize("knowledge", [-1.0, -0.4, 0.0, 0.7, 1.0])
@pytest.mark.parametrize("features", [2, 8, 64])
def test_starts_have_the_angles_asked_for(knowledge: float, features: int) -> None:
    changes = {"values.features": features, "belief.knowledge": knowledge, "belief.strength": 2.5, "belief.spread": 0.8}
    d = drive({**changes, "motives.self_interest.overlap": -knowledge})
    assert np.allclose(np.linalg.norm(d.theta, axis=1), 1.0)
    assert np.allclose(np.linalg.norm(d.m, axis=1), 2.5)
    assert np.allclose((d.m * d.theta).sum(1), 2.5 * knowledge, atol=1e-12)
    own = d.block.own[:features, : d.n].T
    assert np.allclose((own * d.theta).sum(1), -knowledge, atol=1e-12)
    assert np.allclose(np.trace(d.V, axis1=1, axis2=2), 0.64)


def test_mutual_cosines_are_met() -> None:
    three = [OWN, RIVAL, {**OWN, "name": "third", "overlap": 0.5}]
    d = drive({"motives.own": three, "motives.mutual": -0.2})
    own = d.block.own[:, : d.n].reshape(3, 8, d.n)
    for j, k in ((0, 1), (0, 2), (1, 2)):
        assert np.allclose((own[j] * own[k]).sum(0), -0.2, atol=1e-12)


def test_mutual_and_overlaps_may_vary_together() -> None:
    a, b = {**OWN, "name": "a"}, {**OWN, "name": "b"}
    s = scenario({"motives.own": [a, b], "motives.mutual": 0.0}, 10)
    points = np.array([[0.9, 0.9, 0.9], [-0.9, 0.9, -0.9]])
    labels = mapper(s, ["motives.a.overlap", "motives.b.overlap", "motives.mutual"], 2)(points)
    assert labels.label.shape == (2, 2)


def test_without_noise_people_answer_in_steps() -> None:
    """τ = 0: approved iff it looks good; what looks neither good nor bad is approved half the time."""
    changes = {"humans.noise": 0.0, "belief.assumed_noise": 0.5, "motives.care": 1.0, "belief.spread": 3.0, **NO_FORCES}
    paths = trajectory(scenario(changes, 60), 40, 1)
    gained = np.diff(paths.columns["welfare"], axis=1)
    asked = paths.columns["asked"][:, 1:] == 1
    assert asked.any()
    assert (gained[asked] >= 0).all()
    # All tilt and no direction: what people see is 0, whatever the plan.
    level = {"belief.strength": 0.0, "belief.assumed_noise": 0.5, "motives.own": [], "motives.care": 1.0, "humans.noise": 0.0,
             "oversight.tilt": 1.0, "evidence.comparisons": 0.0}  # fmt: skip
    first = trajectory(scenario({**level, **NO_FORCES}, 1), 4000, 2)
    assert (first.columns["asked"][:, 1] == 1).all()
    assert abs(first.columns["executed"][:, 1].mean() - 0.5) < 4 * 0.5 / np.sqrt(4000)


@pytest.mark.parametrize("candidates", [1, 2, 256, 1_000_000])
def test_the_best_of_n_follows_its_law(candidates: int) -> None:
    """E[û·φ] = e_N for the plan of the first episode."""
    d = drive({"planning.candidates": candidates, **NO_FORCES}, runs=64)
    found = []
    for _ in range(19):
        steer = d.block.steer[:8, :].copy()
        d.advance()
        found.append((steer * d.block.phi[:8]).sum(0))
    found = np.concatenate(found)
    error = np.sqrt(theory.best_of_variance(candidates) / len(found))
    assert abs(found.mean() - theory.best_of(candidates)) < 4 * error


def test_extremes_end_in_ordinary_numbers() -> None:
    for changes in (
        {"planning.candidates": 256, "planning.caution": "look-elsewhere"},
        {"belief.spread": 1e4, "belief.assumed_noise": 1.0},
        {"gate.temperature": 1e-9, "gate.foresight": 1e6},
        {"belief.strength": 1e4, "humans.noise": 0.0, "belief.spread": 0.0},
        {"motives.floor": 0.0, "motives.care": 0.0},
        {"world.hazard": 1e3, "world.tolerance": 0.0},
        {"motives.own": [OWN, RIVAL, {**OWN, "name": "a"}, {**OWN, "name": "b"}, {**OWN, "name": "c"}]},
        {"values.features": 64, "evidence.comparisons": 1.0},
        {"humans.bias": 0.5, "humans.bias_direction": "self_interest", "motives.self_interest.overlap": 1.0},
        {"outcome.dwell": 500},
    ):
        columns = simulate(scenario(changes, 30), 40, 1).columns
        for name, column in columns.items():
            assert not np.isnan(column).any(), (changes, name)


def test_a_horizon_of_one_episode() -> None:
    columns = simulate(load("value-learner").with_({"outcome.horizon": 1}), 50).columns
    assert (columns["episodes"] == 1).all()


def test_the_skeleton_needs_room_for_its_directions() -> None:
    with pytest.raises(SimulationError, match=r"values\.features = 2: the deterministic skeleton needs 3 directions"):
        simulate(scenario({"values.features": 2}, 10), 1, expected=True)
    changes = {"values.features": 5, "humans.bias": 0.3, "motives.own": [OWN, RIVAL]}
    d = drive(changes, expected=True)
    assert np.allclose(np.abs((d.block.own[:5, 0] * d.block.bias[:5, 0]).sum()), 0, atol=1e-15)
    assert abs((d.block.bias[:5, 0] * d.theta[0]).sum()) < 1e-15
    records = simulate(scenario(changes, 30), 6, expected=True).columns
    assert all((column == column[0]).all() for column in records.values())


def test_demonstrations_have_no_skeleton() -> None:
    with pytest.raises(SimulationError, match=r"evidence\.demonstrations"):
        simulate(scenario({"evidence.demonstrations": 0.1}, 10), 1, expected=True)


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        ({"belief.knowledge": 1.0, "motives.care": 1.0, "belief.spread": 0.0, **NO_FORCES}, ALIGNED),
        ({"belief.knowledge": 1.0, "motives.care": 0.5, "motives.self_interest.overlap": 1.0, **NO_FORCES}, ALLIED),
        ({"motives.care": 0.0, **NO_FORCES}, CAPTURED),
        ({"belief.knowledge": 0.0, "motives.care": 1.0, "belief.spread": 0.0, **NO_FORCES}, MISLED),
        ({"motives.care": 0.5, "belief.knowledge": 0.5, **NO_FORCES}, UNDECIDED),
        ({"motives.care": 0.0, "world.hazard": 1e3, "motives.self_interest.overlap": -1.0, **NO_FORCES}, LOCKED_IN),
    ],
)
def test_each_ending(changes: dict, ending: int) -> None:
    runs = simulate(scenario({**changes, "evidence.comparisons": 0.0} if ending != ALIGNED else changes, 100), 20, 2)
    assert (runs.label == ending).mean() > 0.9
    assert np.isinf(runs.columns["time"][runs.label == UNDECIDED]).all()
    assert np.isfinite(runs.columns["time"][runs.label != UNDECIDED]).all()


def test_behaving_may_be_all_that_is_asked() -> None:
    changes = {"belief.knowledge": 1.0, "motives.care": 0.5, "motives.self_interest.overlap": 1.0, **NO_FORCES}
    assert (simulate(scenario({**changes, "outcome.criterion": "behaves"}, 50), 10).label == ALIGNED).all()


def test_allies_are_judged_by_what_they_would_do() -> None:
    """It does as people want while it is weak; its own direction, which is the opposite, counts."""
    ally = {**OWN, "name": "schemer", "kind": "ally", "overlap": -1.0, "reveals_at": 0.9}
    changes = {"motives.own": [ally], "motives.care": 0.0, "capability.start": 0.1, "belief.knowledge": 1.0, **NO_FORCES}
    runs = simulate(scenario(changes, 40), 10)
    assert (runs.label == CAPTURED).all()
    assert (runs.columns["behaves"] < -0.9).all()


def test_certified_exits_change_no_label() -> None:
    grid = np.array([[overlap, care] for overlap in np.linspace(-1, 1, 24) for care in np.linspace(0.02, 0.98, 24)])
    paths, s = ["motives.self_interest.overlap", "motives.care"], load("near-aligned-llm")
    early, late = mapper(s, paths, 2), mapper(s.with_({"outcome.exit": "none"}), paths, 2)
    a, b = early(grid), late(grid)
    assert np.array_equal(a.label, b.label)
    assert early.episodes < late.episodes
    assert early.audited > 0
    assert early.changed == 0
    assert late.audited == 0


@pytest.mark.parametrize("changes", [
    {"values.features": 32, "humans.noise": 0.125, "planning.candidates": 256},  # sure of the wrong thing, then surprised
    {"humans.noise": 0.95, "evidence.comparisons": 0.02, "oversight.manipulation": 0.06, "belief.awareness": 0.99},
    {"belief.spread": 3.6, "humans.bias": 0.62, "planning.candidates": 462, "belief.awareness": 0.56},
    {"belief.strength": 1.8, "humans.noise": 0.056, "humans.bias": 0.44, "planning.candidates": 235},  # drawn away
])  # fmt: skip
def test_who_cares_and_is_misled_may_come_round(changes) -> None:
    s = load("value-learner").with_(changes)
    starts = np.array([[overlap, care] for overlap in np.linspace(-1, 1, 10) for care in np.linspace(0.02, 0.98, 20)])
    paths = ["motives.self_interest.overlap", "motives.care"]
    a, b = (mapper(each, paths, 2)(starts) for each in (s, s.with_({"outcome.exit": "none"})))
    assert np.array_equal(a.label, b.label)


def test_what_is_asked_of_lone_agents_refuses_many() -> None:
    with pytest.raises(SimulationError, match=r"population\.agents"):
        trajectory(scenario({"population.agents": 10}, 5), 1)
