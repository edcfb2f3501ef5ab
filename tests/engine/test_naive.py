"""The engine against its obvious twin: every episode of every run, given the same random numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basin.engine.layout import ARGUMENT, HISTORY, R_LABEL, RECORD
from basin.scenario import Scenario
from basin.simulate import simulate, trajectory
from basin.simulate.tables import tabulate
from tests.engine.cases import CASES, SKELETON, TABLE, scenario
from tests.engine.drive import Drive, with_parameters
from tests.naive import Twin
from tests.strategies import scenarios

EPISODES = 200
CLOSE = 1e-12  # relative to 1, or to the number itself where that is larger
SEED = 2**40 + 3
EXACT = {"asked", "acted", "executed", "label", "time", "episodes", "motive", "closed"}
UNJUDGED = {"knows", "cares", "behaves", "closed"}  # what a window before a lock-in would hold is not a finding

Tolerance = Callable[[int, str], float]


def engine(s: Scenario, runs: int, *, expected: bool = False, **parameters: float) -> Drive:
    (tables,) = tabulate(s, expected=expected)
    return Drive(with_parameters(tables.without_exits(), **parameters), range(runs), SEED)


def seen_in(drive: Drive, run: int, episode: int) -> dict[str, np.ndarray]:
    """What the engine holds of a run after an episode."""
    history = drive.history[run, episode]
    columns = {name: history[at] for at, name in enumerate(HISTORY)} | {"shares": history[len(HISTORY) :]}
    return columns | {"m": drive.m[run], "V": drive.V[run], "theta": drive.theta[run]}


def seen_by(twin: Twin) -> dict[str, np.ndarray]:
    return {name: value for name, value in twin.rows[-1].items() if name not in ("moved", "items")} | {
        "m": twin.m, "V": twin.V, "theta": twin.theta,
    }  # fmt: skip


def scale(value: np.ndarray) -> float:
    return max(1.0, float(np.max(np.abs(value), initial=0.0)))


def assert_close(name: str, ours: np.ndarray, theirs: np.ndarray, close: float, where: str, exact: bool) -> None:
    if exact and name in EXACT:
        assert np.array_equal(ours, theirs), f"{name} {where}: {ours} in the engine, {theirs} in its twin"
    else:
        apart = float(np.max(np.abs(np.asarray(ours, float) - theirs), initial=0.0))
        assert apart <= close * scale(theirs), f"{name} {where}: {ours} in the engine, {theirs} in its twin"


def compare(s: Scenario, runs: int, *, expected: bool = False, known: float = 1.0, steps: int = 0) -> Drive:
    """Histories, beliefs, values and endings agree in every episode of every run."""
    drive = engine(s, runs, expected=expected, requirements_known=known, requirements_steps=steps)
    twins = [Twin(s, run, SEED, expected=expected, known=known, steps=steps) for run in range(runs)]
    with np.errstate(all="ignore"):
        for episode in drive.episodes():
            for run, twin in enumerate(twins):
                if twin.locked:
                    continue
                if episode > 0:
                    twin.episode()
                history = drive.history[run, episode]
                ours = seen_in(drive, run, episode)
                if twin.locked:  # the lane of a run that is done holds the next run, or none
                    ours = {name: ours[name] for name in (*HISTORY, "shares")}
                theirs = seen_by(twin)
                for name in ours:
                    assert_close(name, ours[name], theirs[name], CLOSE, f"of run {run} at {episode}", not expected)
                assert not np.isnan(history).any()
    for run, twin in enumerate(twins):
        assert np.isnan(drive.history[run, len(twin.rows) :]).all()
        ending = twin.record()
        for name, value in ending.items():
            ours = drive.records[run, RECORD.index(name)]
            if ours != value and not (twin.locked and name in UNJUDGED):  # infinite times are equal
                assert_close(name, ours, value, CLOSE, f"of run {run}", not expected)
    return drive


# ---- Episode by episode --------------------------------------------------------------------------------------------


def test_64_runs_of_the_default_scenario():
    compare(scenario({}, EPISODES), 64)


@pytest.mark.parametrize("name", list(CASES))
def test_every_mechanism(name):
    compare(scenario(CASES[name], EPISODES), 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_64_runs_of_every_mechanism(name):
    compare(scenario(CASES[name], EPISODES), 64)


@pytest.mark.parametrize("name", list(SKELETON))
def test_the_deterministic_skeleton(name):
    compare(scenario(SKELETON[name], EPISODES), 2, expected=True)


def test_the_skeleton_of_recorded_choices():
    compare(scenario(TABLE | {"evidence.choices": 0.5}, 12), 1, expected=True)


def test_the_argument_for_value_learning():
    """α(c) = [all facts known] · (1 − fragility (1 − c))ⁿ."""
    changes = {
        "requirements.fragility": 0.3, "capability.start": 0.2, "capability.growth": 0.02,
        "reflection.guarding_information": 0.7, "motives.care": 0.6, "reflection.strength": 0.3,
    }  # fmt: skip
    drive = compare(scenario(changes, 100), 16, known=0.6, steps=4)
    assert 0 < drive.row(drive.block.s, ARGUMENT).sum() < 16  # some know all facts, some do not


def test_cases_move_every_number():
    """Together the cases change every number of the sections that a lone agent uses."""
    default = Scenario()
    unused = ("population.", "requirements.", "corpus.", "format", "outcome.horizon")  # fmt: skip
    moved = {path for changes in CASES.values() for path in changes}
    for entry in default.numeric_paths():
        if not entry.path.startswith(unused):
            own = entry.path.startswith("motives.self_interest.")
            assert entry.path in moved or (own and "motives.own" in moved), entry.path


def test_cases_end_in_every_way():
    labels = [simulate(scenario(changes, EPISODES), 64, SEED).label for changes in CASES.values()]
    assert set(np.concatenate(labels).tolist()) == {-1, 0, 1, 2, 3, 4}


# ---- Through the public interface ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["default", "three kinds of motive", "harm and lock-in", "everything"])
def test_trajectory_and_simulate_are_what_the_driven_block_did(name):
    s = scenario(CASES[name], 60)
    drive = engine(s, 8)
    while drive.advance(7):
        pass
    history, runs = trajectory(s, 8, SEED), simulate(s, 8, SEED)
    for at, column in enumerate(HISTORY):
        assert np.array_equal(history.columns[column], drive.history[:, :, at], equal_nan=True)
    assert np.array_equal(history.shares, drive.history[:, :, len(HISTORY) :], equal_nan=True)
    assert np.array_equal(history.label, drive.records[:, R_LABEL])
    for at, column in enumerate(RECORD):
        assert np.array_equal(runs.columns[column], drive.records[:, at])


# ---- Any scenario --------------------------------------------------------------------------------------------------


class Shaken(Twin):
    """A twin whose numbers are all off by some roundings: how far it strays is what rounding does to a scenario."""

    def __init__(self, s: Scenario, run: int, seed: int, *, expected: bool) -> None:
        self.rng = np.random.default_rng(run)
        super().__init__(s, run, seed, expected=expected)
        self.own = self.shaken(self.own)
        self.shake()
        self.rows = [self.row(0, 0, 0)]

    def shaken(self, x: np.ndarray) -> np.ndarray:
        return x * (1 + 1e-14 * self.rng.standard_normal(np.shape(x)))

    def shake(self) -> None:
        V = self.shaken(self.V)
        self.V = (V + V.T) / 2
        self.m, self.theta, self.shares = self.shaken(self.m), self.shaken(self.theta), self.shaken(self.shares)

    def learn(self, *changes) -> None:
        super().learn(*((self.shaken(weight), change) for weight, change in changes))

    def episode(self) -> None:
        self.shake()
        super().episode()


def compare_where_arithmetic_allows(s: Scenario, runs: int, *, expected: bool) -> None:
    """As `compare`, but within a hundred times what roundings do to the twin, and no longer once they do much."""
    drive = engine(s, runs, expected=expected)
    twins = [[kind(s, run, SEED, expected=expected) for kind in (Twin, Shaken)] for run in range(runs)]
    pairs = dict(enumerate(twins))
    room = dict.fromkeys(pairs, 0.0)
    with np.errstate(all="ignore"):
        for episode in drive.episodes():
            for run, pair in list(pairs.items()):
                if episode > 0:
                    for each in pair:
                        each.episode()
                theirs, others = map(seen_by, pair)
                strayed = [np.max(np.abs(others[name] - theirs[name]), initial=0) / scale(theirs[name]) for name in theirs]
                room[run] = max(room[run], *strayed)
                if not room[run] < 1e-7 or pair[0].locked:
                    del pairs[run]
                    continue
                ours = seen_in(drive, run, episode)
                for name in ours:
                    close = CLOSE + 100 * room[run]
                    assert_close(name, ours[name], theirs[name], close, f"of run {run} at {episode}", False)


def milder(s: Scenario, episodes: int) -> Scenario:
    """Without evidence so decisive beside the belief's doubt that differences of large numbers are all that is left."""
    spread = min(s.belief.spread, 10.0)
    assumed = s.humans.noise if s.belief.assumed_noise is None else s.belief.assumed_noise
    return s.with_(
        {
            "belief.spread": spread,
            "belief.drift": min(s.belief.drift, 1.0),
            "belief.assumed_noise": max(assumed, 0.01 * spread),
            "evidence.statement_noise": max(s.evidence.statement_noise, 0.01 * spread),
            "evidence.demonstration_rationality": min(s.evidence.demonstration_rationality, 2.0),
            "humans.bias": min(s.humans.bias, 2.0),
            "outcome.horizon": episodes,
        }
    )


def with_skeleton(s: Scenario) -> Scenario:
    """With room for directions at right angles, and only evidence that the skeleton has a rule for."""
    room = len(s.motives.own) + 5
    target = "mean" if s.values.target == "extrapolated" else s.values.target
    return s.with_({"values.features": max(s.values.features, room), "evidence.demonstrations": 0.0, "values.target": target})


ANY = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@settings(ANY, max_examples=25, derandomize=True)
@given(scenarios(runnable=True))
def test_any_scenario(s):
    compare_where_arithmetic_allows(milder(s, 30), 4, expected=False)


@pytest.mark.slow
@settings(ANY, max_examples=15, derandomize=True)
@given(scenarios(runnable=True))
def test_any_skeleton(s):
    compare_where_arithmetic_allows(with_skeleton(milder(s, 30)), 2, expected=True)


@pytest.mark.slow
@settings(ANY, max_examples=1000)
@given(scenarios(runnable=True), st.integers(1, 60), st.booleans())
def test_any_scenario_at_length(s, episodes, expected):
    s = milder(s, episodes)
    compare_where_arithmetic_allows(with_skeleton(s) if expected else s, 4, expected=expected)
