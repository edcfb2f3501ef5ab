"""How a run ends (model, section 8): records of windows made by hand, and windows of runs."""

from __future__ import annotations

import numpy as np
import pytest

from basin.engine import layout as at
from basin.engine.compile import entry
from basin.engine.layout import RECORD, Block, Rules, new_block
from basin.engine.outcome import write_record
from basin.labels import ALIGNED, ALLIED, CAPTURED, LOCKED_IN, MISLED, UNDECIDED
from basin.simulate import simulate, trajectory
from tests.engine.cases import EVERYTHING, scenario

EPISODES, WINDOW = 100.0, 20.0
OPEN = {"items": 20.0, "moved": 1.0}  # a belief that still moves


@entry
def end(rules: Rules, b: Block, out):
    write_record(rules, b, 0, out)


def record(*, knows=0.0, cares=0.5, behaves=0.0, items=0.0, moved=0.0, length=1.0, ended=0.0, survival=1.0, since=37.0,
           last=UNDECIDED, shares=(0.5, 0.5), behaves_only=0) -> np.ndarray:  # fmt: skip
    """What is written of a run of 100 episodes whose last 20 had these means. since, last: its last class and since when."""
    rules = Rules(*(0 for _ in Rules._fields))._replace(features=2, motives=len(shares), behaves_only=behaves_only)
    block = new_block(rules, np.zeros(1, np.int64))
    p, s = {at.DWELL: WINDOW, at.BEHAVES: 0.05, at.CARES: 0.05}, {at.EPISODE: EPISODES, at.CLAIMED: -2.0, at.M_NORM: length}
    s |= {at.SUM_KNOWS: WINDOW * knows, at.SUM_CARES: WINDOW * cares, at.SUM_BEHAVES: WINDOW * behaves, at.SUM_ITEMS: items}
    s |= {at.SUM_MOVED: WINDOW * moved, at.ENDED: ended, at.SURVIVAL: survival, at.SINCE: since, at.CLASS: float(last)}
    for row, value in p.items():
        block.p[row] = value
    for row, value in s.items():
        block.s[row] = value
    block.shares[:, 0] = shares
    out = np.full(len(RECORD), np.nan)
    end(rules, block, out)
    assert not np.isnan(out).any()
    return out


@pytest.mark.parametrize(
    ("window", "label"),
    [  # in the order of precedence: each holds though the later ones would hold too
        ({"ended": 1.0, "behaves": 1.0, "cares": 1.0}, LOCKED_IN),
        ({"survival": 0.49, "behaves": 1.0, "cares": 1.0}, LOCKED_IN),
        ({"survival": 0.51, "behaves": 1.0, "cares": 1.0}, ALIGNED),
        ({"behaves": 0.96, "cares": 0.96}, ALIGNED),
        ({"behaves": 0.96, "cares": 0.96, **OPEN}, ALIGNED),
        ({"behaves": 0.96, "cares": 0.94}, ALLIED),
        ({"behaves": 0.96, "cares": 0.01}, ALLIED),
        ({"behaves": 0.96, "cares": 0.01, "behaves_only": 1}, ALIGNED),
        ({"behaves": 0.94, "cares": 0.04}, CAPTURED),
        ({"behaves": 0.94, "cares": 0.04, **OPEN}, CAPTURED),
        ({"behaves": 0.94, "cares": 0.04, "behaves_only": 1}, CAPTURED),
        ({"behaves": 0.94, "cares": 0.96}, MISLED),
        ({"behaves": 0.94, "cares": 0.96, **OPEN}, UNDECIDED),
        ({"behaves": 0.94, "cares": 0.94}, UNDECIDED),
        ({"behaves": 0.94, "cares": 0.06}, UNDECIDED),
    ],
)
def test_the_first_outcome_that_holds(window, label):
    assert record(**window)[at.R_LABEL] == label


@pytest.mark.parametrize(("reached", "short"), [(0.95, 0.95 - 1e-9)])
def test_a_bound_is_reached_at_the_bound(reached, short):
    assert record(behaves=reached, cares=reached)[at.R_LABEL] == ALIGNED
    assert record(behaves=short, cares=reached)[at.R_LABEL] == MISLED
    assert record(behaves=reached, cares=short)[at.R_LABEL] == ALLIED
    assert record(behaves=0.0, cares=1 - reached)[at.R_LABEL] == CAPTURED
    assert record(behaves=0.0, cares=1 - short)[at.R_LABEL] == UNDECIDED


def test_when_a_belief_is_closed():
    """No item attended, or an expected movement ½ · 100 · moved/‖m‖² below ε/10 in 100 episodes."""
    edge = 0.005 / 50
    assert record()[at.R_CLOSED] == 1
    assert record(length=0.0)[at.R_CLOSED] == 1
    assert record(items=1.0, moved=0.99 * edge)[at.R_CLOSED] == 1
    assert record(items=1.0, moved=1.01 * edge)[at.R_CLOSED] == 0
    assert record(items=1.0, moved=3.9 * edge, length=2.0)[at.R_CLOSED] == 1
    assert record(items=1.0, moved=0.0, length=0.0)[at.R_CLOSED] == 0


def test_when_an_ending_began():
    aligned = {"behaves": 1.0, "cares": 1.0}
    assert record(**aligned, last=ALIGNED, since=37.0)[at.R_TIME] == 37
    assert record(**aligned, last=ALIGNED, since=95.0)[at.R_TIME] == 95
    assert record(**aligned, last=ALLIED, since=95.0)[at.R_TIME] == EPISODES - WINDOW  # the means say so, the last does not
    assert record(**aligned, ended=1.0)[at.R_TIME] == EPISODES
    assert record(last=UNDECIDED)[at.R_TIME] == np.inf


@pytest.mark.parametrize(("shares", "motive"), [((0.2, 0.5, 0.3), 1), ((0.9, 0.02, 0.08), 2), ((0.4, 0.3, 0.3), 1)])
def test_the_largest_own_motive_is_named(shares, motive):
    assert record(shares=shares)[at.R_MOTIVE] == motive


@pytest.mark.parametrize(("dwell", "episodes"), [(7, 30), (20, 60), (60, 60), (500, 30), (1, 30), (1, 1)])
def test_runs_are_judged_on_their_last_episodes(dwell, episodes):
    """Means over the last `dwell` episodes before the horizon, or over all where there are fewer."""
    s = scenario(EVERYTHING | {"outcome.dwell": dwell, "world.hazard": 0.0}, episodes)
    runs, paths = simulate(s, 24, 6), trajectory(s, 24, 6)
    seen = slice(-min(dwell, episodes), None)
    assert np.allclose(runs.columns["knows"], paths.columns["knows"][:, seen].mean(1), atol=1e-13)
    assert np.allclose(runs.columns["behaves"], paths.columns["behaves"][:, seen].mean(1), atol=1e-13)
    assert np.allclose(runs.columns["cares"], paths.shares[:, seen, 0].mean(1), atol=1e-13)
    assert (runs.columns["episodes"] == episodes).all()
