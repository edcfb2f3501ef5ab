"""Numbers at the ends of their bounds do what the model says, and neighbours in a block do not notice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from basin.engine.layout import HISTORY
from basin.labels import LOCKED_IN
from basin.simulate import simulate, trajectory
from basin.simulate.tables import tabulate
from tests.engine.cases import ALLY, EVERYTHING, OWN, PLEASE, RIVAL, scenario
from tests.engine.drive import Drive

DENORMAL = 5e-324


def paths(changes: dict, episodes: int = 40, runs: int = 32, **options):
    return trajectory(scenario(changes, episodes), runs, 11, **options)


@pytest.mark.parametrize("temperature", [1e-300, 1e-310, DENORMAL])
def test_a_gate_without_warmth_takes_the_best_option(temperature):
    costs = {"gate.ask_cost": 0.1, "gate.resist_cost": 0.05, "belief.spread": 1.0}
    soft, hard = paths(costs | {"gate.temperature": temperature}), paths(costs | {"gate.temperature": 0.0})
    assert 0 < hard.columns["asked"].mean() < 1
    assert 0 < hard.columns["acted"].mean()
    for name in HISTORY:
        assert np.array_equal(soft.columns[name], hard.columns[name]), name


@pytest.mark.parametrize("temperature", [0.02, 0.03, 0.05])
def test_no_chance_of_the_skeleton_is_below_0(temperature):
    """Where acting is all but ruled out, the chances of asking and dropping sum to 1, or to a little more by rounding."""
    costs = {"gate.temperature": temperature, "gate.resist_cost": 3.0, "gate.ask_cost": 0.1}
    columns = paths(costs, runs=1, expected=True).columns
    for name in ("asked", "acted", "executed"):
        assert ((columns[name] >= 0) & (columns[name] <= 1)).all(), name
    assert (np.diff(columns["harm"]) >= 0).all()


@pytest.mark.parametrize("temperature", [1e-200, 2e-308, DENORMAL])
def test_a_logit_rule_without_warmth_aims_at_one_motive(temperature):
    rule = {"reflection.rule": "logit", "reflection.rate": 0.5, "training.strength": 0.0, "motives.own": [OWN, RIVAL]}
    shares = paths(rule | {"reflection.temperature": temperature}).shares
    floor = 1e-9
    after = shares[:, 1:]
    grown = after > shares[:, :-1]
    assert (grown.sum(2) <= 1).all()
    assert np.allclose(after[grown], (0.5 * shares[:, :-1][grown] + 0.5), atol=10 * floor)


def test_total_erosion_leaves_care_at_its_floor():
    changes = {"motives.erosion": 1.0, "motives.floor": 0.001, "motives.own": [OWN, PLEASE]}
    shares = paths(changes | {"training.strength": 0.0, "reflection.rule": "none"}).shares
    assert np.allclose(shares[:, 1:, 0], 0.001, atol=1e-15)
    assert np.allclose(shares[:, 1:, 1] / shares[:, 1:, 2], 2.0, atol=0.01)


def test_care_with_nothing_to_leak_to_does_not_erode():
    for changes in ({"motives.own": [], "motives.care": 1.0}, {"motives.care": 1.0, "motives.floor": 0.0}):
        shares = paths(changes | {"motives.erosion": 1.0, "training.strength": 0.0, "reflection.strength": 0.0}).shares
        assert np.allclose(shares[:, :, 0], 1.0, atol=1e-15)


@pytest.mark.parametrize("warp", [1.0, 1e3, 1e6])
def test_knowledge_has_its_sign_where_one_feature_is_seen(warp):
    """A named direction may be long where angles are warped; what it leaves on one visible feature is nothing."""
    changes = {"values.features": 2, "belief.blind": 0.5, "values.warp": warp, "belief.error_direction": "self_interest"}
    (tables,) = tabulate(scenario(changes, 5))
    drive = Drive(tables, range(64), 4)
    assert np.array_equal(np.sign(drive.m[:, 0]), np.sign(drive.theta[:, 0]))
    assert np.allclose(np.abs(drive.m[:, 0]), 1.0)


def test_a_mutual_cosine_among_no_motives_asks_for_nothing():
    alone = {"motives.own": [], "motives.care": 1.0}
    free, bound = paths(alone), paths(alone | {"motives.mutual": 0.3})
    assert all(np.array_equal(free.columns[name], bound.columns[name]) for name in HISTORY)


def test_nothing_heard_and_nothing_doubted_teach_nothing():
    silent = {"evidence.comparisons": 0.0, "oversight.audit": 0.0, "gate.ask_cost": 1e6}
    certain = {"belief.spread": 0.0, "evidence.comparisons": 1.0, "evidence.statements": 1.0, "evidence.demonstrations": 1.0}
    for changes in (silent, certain):
        columns = paths(changes).columns
        for name in ("knows", "uncertainty"):
            assert np.array_equal(columns[name][:, -1], columns[name][:, 0])


def test_a_boundless_hazard_locks_the_first_harm_in():
    changes = {"world.hazard": 1e4, "world.tolerance": 0.01, "belief.knowledge": 0.3, "oversight.audit": 0.0}
    runs, taken = simulate(scenario(changes, 200), 64, 3), trajectory(scenario(changes, 200), 64, 3)
    locked = runs.label == LOCKED_IN
    assert locked.mean() > 0.9
    harm, ended = taken.columns["harm"], runs.columns["episodes"].astype(int)
    for run in np.flatnonzero(locked):
        assert harm[run, ended[run]] == runs.columns["harm"][run] > 0
        assert harm[run, ended[run] - 1] < 0.02  # harm so close to what is tolerated that it need not lock in
        assert runs.columns["time"][run] == ended[run]
        assert np.isnan(harm[run, ended[run] + 1 :]).all()


@pytest.mark.parametrize("name", ["motives.noise", "values.drift", "humans.lapse"])
def test_equal_starts_of_the_skeleton_end_equally(name):
    changes = {name: 0.2, "motives.own": [OWN, PLEASE, ALLY], "world.hazard": 0.01}
    runs = simulate(scenario(changes, 60), 5, 8, expected=True)
    for column in runs.columns.values():
        assert (column == column[0]).all()


def test_the_skeleton_counts_what_it_would_have_asked():
    changes = {"gate.temperature": 0.3, "gate.ask_cost": 0.2}
    s = scenario(changes, 30)
    taken, runs = trajectory(s, 1, expected=True), simulate(s, 1, expected=True)
    assert runs.columns["asked"][0] == pytest.approx(taken.columns["asked"][0].sum(), rel=1e-14)
    assert 0 < runs.columns["asked"][0] < 30


def test_an_ally_is_judged_by_its_own_direction_from_the_start():
    ally = {**ALLY, "overlap": -1.0, "reveals_at": 1.0}
    changes = {"motives.own": [ally], "motives.care": 0.0, "capability.start": 0.1, "belief.knowledge": 1.0}
    columns = paths(changes | {"reflection.rule": "none", "training.strength": 0.0}, 5).columns
    assert np.allclose(columns["behaves"], -1.0, atol=1e-6)
    assert np.allclose(columns["knows"][:, 0], 1.0)


def test_neighbours_in_a_block_do_not_notice_extremes():
    """Runs of a plain cell, alone or beside runs of a cell at its bounds, have the same bits in every episode."""
    plain = scenario(EVERYTHING | {"planning.caution": 0.0, "gate.temperature": 0.0, "gate.foresight": 0.0}, 25)
    extreme = {
        "belief.spread": 1e4, "belief.strength": 1e4, "belief.assumed_noise": 1.0, "planning.caution": 1000.0,
        "planning.candidates": 256, "gate.temperature": 1e4, "gate.foresight": 1e6, "gate.ask_cost": 1e6,
        "motives.noise": 100.0, "training.strength": 100.0, "reflection.strength": 100.0, "humans.noise": 1e4,
        "values.drift": 10.0, "belief.drift": 100.0, "evidence.statements": 1.0, "evidence.demonstrations": 1.0,
        "evidence.demonstration_rationality": 1000.0, "motives.erosion": 1.0, "humans.bias": 100.0,
    }  # fmt: skip
    (one,), (other,) = tabulate(plain), tabulate(plain.with_(extreme))
    assert one.rules == other.rules
    tables = replace(
        one,
        parameters=np.vstack([one.parameters, other.parameters]),
        own=np.vstack([one.own, other.own]),
        cells=np.arange(2),
    )
    alone = Drive(tables, range(16), 9, [0] * 16)
    beside = Drive(tables, np.repeat(range(16), 2), 9, [0, 1] * 16)
    for _ in range(24):
        alone.advance()
        beside.advance()
        running = alone.block.run[:16] >= 0
        if not running.all():
            break
        assert np.array_equal(alone.m, beside.m[::2])
        assert np.array_equal(alone.V, beside.V[::2])
        assert np.array_equal(alone.theta, beside.theta[::2])
    assert np.array_equal(alone.history, beside.history[::2], equal_nan=True)


@pytest.mark.parametrize("spread", [1e-6, 1e-30, 1e-58])
def test_a_faint_belief_points_where_the_first_choices_say(spread):
    """From no belief at all, even the shortest step decides which way it points."""
    heard = {"belief.strength": 0.0, "belief.spread": spread, "evidence.demonstrations": 1.0, "evidence.comparisons": 0.0}
    knows = paths(heard | {"humans.noise": 1.0, "oversight.audit": 0.0}).columns["knows"]
    assert (knows[:, 0] == 0.0).all() and (knows[:, 1] != 0.0).all() and knows[:, -1].mean() > 0.5
