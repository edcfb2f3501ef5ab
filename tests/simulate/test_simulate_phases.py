"""A run in phases is one run whose parameters change."""

from __future__ import annotations

import numpy as np
import pytest

from basin.engine.layout import PARAMETERS
from basin.scenario import Scenario, ScenarioError, load
from basin.simulate import SimulationError, mapper, simulate, trajectory
from basin.simulate.tables import tabulate

PLAIN = Scenario().with_({"outcome.horizon": 90, "outcome.dwell": 5, "capability.growth": 0.01, "capability.start": 0.3})
QUIET = {"evidence.comparisons": 0.0, "oversight.audit": 0.0}
LOUD = {"evidence.comparisons": 1.0, "training.strength": 0.5, "training.on": "vetoes", "reflection.rule": "logit"}


def phased(*phases: dict, base: Scenario = PLAIN) -> Scenario:
    return base.with_({"phases": [{"name": f"phase{k}", **phase} for k, phase in enumerate(phases)]})


def same(a: Scenario, b: Scenario, runs: int = 150, **options) -> bool:
    ours, theirs = (simulate(s, runs, 3, **options).columns for s in (a, b))
    return all(np.array_equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("expected", [False, True])
def test_equal_phases_are_none(expected):
    in_two = phased({"episodes": 33}, {"episodes": 1, "gate.resist_cost": PLAIN.gate.resist_cost})
    assert same(in_two, PLAIN, expected=expected)
    many = phased(*({"episodes": n} for n in (1, 1, 7, 20, 500)))
    assert same(many, PLAIN, expected=expected)


def test_a_phase_for_all_the_time_is_its_scenario():
    assert same(phased({"episodes": 1, **LOUD}), PLAIN.with_(LOUD))
    assert same(phased({"episodes": 90, **LOUD}, QUIET), PLAIN.with_(LOUD))


def test_until_a_phase_ends_nothing_shows_of_the_next():
    before, after = trajectory(PLAIN.with_(QUIET), 70, 2), trajectory(phased({"episodes": 40, **QUIET}, LOUD), 70, 2)
    for name in before.columns:
        assert np.array_equal(before.columns[name][:, :41], after.columns[name][:, :41])
    assert not np.array_equal(before.shares[:, 41], after.shares[:, 41])


def test_the_state_carries_over():
    """Evidence only in the first phase: from its end on the belief does not move, and is not back at its start."""
    s = phased({"episodes": 30, "evidence.comparisons": 1.0}, {"episodes": 5, **QUIET, "gate.ask_cost": 100.0})
    knows = trajectory(s, 20, 1).columns["knows"]
    assert (knows[:, 30] != knows[:, 0]).all() and np.array_equal(knows[:, 31], knows[:, 90])


def test_the_first_phase_sets_the_start():
    start = {"motives.care": 0.9, "belief.knowledge": 0.2, "motives.own.self_interest.overlap": -0.3}
    s = phased({"episodes": 30, **start}, {"episodes": 1})
    assert same(s, PLAIN.with_(start))


def test_the_longest_of_demonstrations_has_room():
    shown = {"evidence.demonstrations": 0.5, "evidence.demonstration_options": 9}
    s = phased({"episodes": 20}, {"episodes": 20, **shown}, {"episodes": 1, **shown, "evidence.demonstration_options": 2})
    assert same(s, s)
    assert not same(s, PLAIN)


# ---- On a map ------------------------------------------------------------------------------------------------------


def test_lengths_and_changes_of_phases_are_axes():
    """Each cell is its own scenario, to the bit, though cells change phase at different episodes in one block."""
    s = phased({"episodes": 20, "oversight.audit": 0.9}, {"episodes": 20, **LOUD}, {"episodes": 1, "training.strength": 0.1})
    paths = ("phases.phase0.episodes", "phases.phase0.oversight.audit", "phases.phase2.training.strength", "motives.care")
    chance = np.random.default_rng(0)
    points = np.column_stack([chance.integers(1, 60, 40), *chance.uniform(0, 1, (3, 40))])
    labels = mapper(s, paths, 3)(points, seed=5)
    for cell in (0, 7, 21, 39):
        changes = dict(zip(paths, map(float, points[cell]), strict=True)) | {paths[0]: int(points[cell, 0])}
        alone = simulate(s.with_(changes), 3 * cell + 3, 5)
        assert np.array_equal(labels.label[cell], alone.label[3 * cell :])
        assert np.array_equal(labels.time[cell], alone.columns["time"][3 * cell :])


def test_a_varied_path_counts_where_no_phase_sets_it():
    s = phased({"episodes": 20, "oversight.audit": 0.9}, {"episodes": 20})
    (tables,) = tabulate(s, {"oversight.audit": [0.1, 0.2]})
    assert tables.column("oversight_audit").tolist() == [0.9, 0.1, 0.9, 0.2]
    assert tables.column("phases_end").tolist() == [20, np.inf, 20, np.inf]
    assert tables.parameters.shape == (4, len(PARAMETERS))


def test_no_exit_before_the_last_phase_and_none_that_changes_a_label():
    """The first phase has captured everyone for good, if it were the last; the second lets evidence back in."""
    base = load("near-aligned-llm").with_({"outcome.horizon": 600, "outcome.dwell": 20})
    s = phased(
        {"episodes": 105, **QUIET, "gate.ask_cost": 100.0, "training.strength": 0.0},
        {"episodes": 1, "evidence.comparisons": 0.5, "training.strength": 0.02, "reflection.strength": 0.3},
        base=base,
    )
    grid = np.array([[overlap, care] for overlap in np.linspace(-0.9, 0.9, 16) for care in np.linspace(0.05, 0.95, 16)])
    paths = ["motives.self_interest.overlap", "motives.care"]
    early, late = mapper(s, paths, 2), mapper(s.with_({"outcome.exit": "none"}), paths, 2)
    a, b = early(grid, seed=1), late(grid, seed=1)
    assert np.array_equal(a.label, b.label) and early.changed == 0
    assert 125 * a.label.size <= early.episodes < late.episodes


def test_a_window_that_straddles_two_phases_certifies_nothing():
    """A closed belief in one phase says nothing of the next: the first full window there is the first that may."""
    base = load("near-aligned-llm").with_({"outcome.horizon": 400, "outcome.dwell": 100, "gate.ask_cost": 100.0})
    s = phased({"episodes": 199, **QUIET}, {"episodes": 1}, base=base.with_({"belief.spread": 0.0, "oversight.audit": 0.0}))
    points = np.full((64, 1), 0.9)
    found = mapper(s, ["motives.care"], 1)
    found(points)
    assert found.episodes >= 64 * 300  # windows end at 200, 300 and 400


# ---- What a phase cannot change ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("belief.knowledge", 0.9),
        ("motives.care", 0.5),
        ("capability.start", 0.9),
        ("motives.self_interest.overlap", 0.3),
        ("motives.own.self_interest.kind", "ally"),
        ("humans.bias_direction", "self_interest"),
        ("values.people", 4),
        ("values.target", "evolved"),
        ("requirements.information", 3.0),
        ("evidence.choices_table", "travel-mode"),
    ],
)
def test_a_later_phase_has_no_start(path, value):
    with pytest.raises(SimulationError, match=r"phases\.phase1\..*only the first phase sets it") as error:
        simulate(phased({"episodes": 5}, {path: value}), 1)
    assert path.rpartition(".")[2] in str(error.value) and str(value) in str(error.value)


def test_who_people_are_is_of_the_start():
    mean = PLAIN.with_({"values.target": "mean", "values.people": 3, "humans.spread": 0.2})
    with pytest.raises(SimulationError, match=r"phases\.phase1\.humans\.spread = 0\.5"):
        simulate(phased({"episodes": 5}, {"humans.spread": 0.5}, base=mean), 1)
    simulate(phased({"episodes": 5}, {"humans.spread": 0.5}), 1)
    with pytest.raises(SimulationError, match=r"phases\.phase1\.humans\.bias = 0\.5"):
        simulate(phased({"episodes": 5}, {"humans.bias": 0.5}, base=PLAIN.with_({"values.target": "evolved"})), 1)


def test_what_describes_a_whole_run_is_refused_by_the_scenario():
    with pytest.raises(ScenarioError, match=r"phases\.phase0\.outcome\.horizon"):
        phased({"outcome.horizon": 5})
