"""The stage: characters that are brought on, and what keeps them off."""

from __future__ import annotations

import numpy as np
import pytest

from basin.scenario import Scenario
from basin.simulate import mapper, simulate, trajectory
from basin.simulate.tables import tabulate

HELPER = {"name": "helper", "weight": 3.0, "care": 9.0, "self_interest": 1.0}
SCHEMER = {"name": "schemer", "weight": 1.0, "self_interest": 1.0}
PLAIN = Scenario().with_({"outcome.horizon": 60, "outcome.dwell": 5})
STAGE = PLAIN.with_({"personas.cast": [HELPER, SCHEMER], "personas.switch": 0.1})


def same(a: Scenario, b: Scenario) -> bool:
    ours, theirs = (simulate(s, 100, 3).columns for s in (a, b))
    return all(np.array_equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(
    "changes",
    [
        {"personas.switch": 0.0},
        {"personas.lock": 1.0},
        {"personas.cast": ()},
        {"corpus.tags": 1.0, "corpus.tag_reliability": 1.0},
    ],
)
def test_without_switching_there_is_no_stage(changes):
    assert not same(STAGE, PLAIN)
    assert same(STAGE.with_(changes), PLAIN)


def test_locks_stop_switching_each_by_itself():
    (tables,) = tabulate(STAGE.with_({"personas.lock": 0.5, "corpus.tags": 0.5, "corpus.tag_reliability": 0.9}))
    assert tables.column("personas_redraw") == pytest.approx(0.1 * 0.5 * (1 - 0.5 * 0.8))
    (tables,) = tabulate(STAGE, {"corpus.tags": [0.0, 1.0], "personas.lock": [0.2, 0.2]})
    assert tables.column("personas_redraw") == pytest.approx([0.08, 0.008])


def test_a_persona_replaces_motives_and_nothing_else():
    """Switching in every episode: shares are always a persona's, and beliefs those of a run without forces on motives."""
    still = {"reflection.rule": "none", "training.strength": 0.0, "motives.floor": 0.0, "oversight.audit": 0.0}
    never_asks = {"gate.ask_cost": 1e6, "evidence.comparisons": 0.5}
    s = STAGE.with_({"personas.switch": 1.0, **still, **never_asks})
    found, plain = trajectory(s, 40, 1), trajectory(PLAIN.with_(still | never_asks), 40, 1)
    care = found.shares[:, 1:, 0]
    assert set(np.unique(care)) == {0.0, 0.9} and (found.shares[:, 0, 0] == 0.5).all()
    assert np.array_equal(found.columns["knows"], plain.columns["knows"])
    assert (care == 0.9).mean() == pytest.approx(0.75, abs=3.5 * np.sqrt(0.75 * 0.25 / care.size))


def test_the_skeleton_takes_the_mean_of_what_may_come():
    s = STAGE.with_({"reflection.rule": "none", "training.strength": 0.0, "motives.floor": 0.0})
    care = trajectory(s, 1, expected=True).shares[0, :, 0]
    mean = 0.75 * 0.9
    assert care == pytest.approx(mean + (0.5 - mean) * 0.9 ** np.arange(61), abs=1e-12)


def test_cells_may_differ_in_their_cast():
    paths = ("personas.helper.weight", "personas.schemer.care", "personas.switch")
    points = np.array([[1.0, 0.5, 0.2], [5.0, 0.0, 0.01], [0.0, 2.0, 0.0], [3.0, 1.0, 0.9]])
    s = STAGE.with_({"personas.cast": [HELPER, {**SCHEMER, "care": 0.1}]})
    labels = mapper(s, paths, 20)(points, seed=2)
    for cell, point in enumerate(points):
        alone = simulate(s.with_(dict(zip(paths, map(float, point), strict=True))), 20 * cell + 20, 2)
        assert np.array_equal(labels.label[cell], alone.label[20 * cell :])


def test_no_exit_is_certain_on_a_stage():
    (tables,) = tabulate(STAGE)
    (locked,) = tabulate(STAGE.with_({"personas.lock": 1.0}))
    assert tables.column("outcome_exits") == 0 and locked.column("outcome_exits") == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [("personas.{}.weight", r"personas\.helper\.weight.*positive sum"), ("personas.{}.self_interest", "positive share")],
)
def test_a_cell_without_a_cast_is_refused(path, message):
    cells = {path.format(name): [1.0, 0.0] for name in ("helper", "schemer")} | {"personas.helper.care": [1.0, 0.0]}
    with pytest.raises(ValueError, match=message):
        tabulate(STAGE, cells)


def test_a_draw_is_of_the_last_persona_at_most():
    """Weights whose shares do not add up to 1 in floating point."""
    cast = [{"name": f"p{k}", "weight": 0.1, "care": 0.1 * k + 0.05, "self_interest": 0.5} for k in range(7)]
    (tables,) = tabulate(STAGE.with_({"personas.cast": cast}))
    assert (
        tables.own[0, -3] == 1.0 and not np.isnan(simulate(STAGE.with_({"personas.cast": cast}), 200).columns["cares"]).any()
    )


def test_a_mutual_cosine_has_its_place_beside_the_cast():
    own = [{"name": name, "overlap": 0.2} for name in ("fame", "power")]
    cast = [{"name": "a", "fame": 1.0}, {"name": "b", "care": 1.0, "power": 1.0}]
    changes = {"motives.own": own, "personas.cast": cast, "motives.mutual": 0.3}
    with_mutual = tabulate(STAGE.with_(changes), {"motives.mutual": [0.1, 0.3]})[0]
    assert with_mutual.own[1, -8:].tolist() == [0.5, 0, 1, 0, 1.0, 0.5, 0, 0.5]
