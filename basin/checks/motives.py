"""Motives that compete under the agent's own reflection: where the separatrix lies, and that nothing ever cycles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row
from basin.checks.still import edge, still
from basin.engine.compile import LANES
from basin.engine.layout import HISTORY
from basin.labels import ALIGNED
from basin.scenario import Scenario
from basin.simulate.beliefs import OpenBlock
from basin.simulate.tables import tabulate

SEPARATRIX = "this project's closed form: reflection is a replicator equation (Hofbauer & Sigmund 1998)"
PARTNERSHIP = "Hofbauer & Sigmund 1998, Evolutionary Games and Population Dynamics: rescaled partnership games"

NEAREST = (1e-6, 1e-5, 1e-4, 1e-3)  # how exactly a separatrix is searched: the nearer, the longer starts hesitate
MOST_PATIENCE = 200_000  # episodes

TWO_MOTIVES = (
    Parameter("overlap", 0.0, -1, 1, "cosine", "o, between the own motive and what people value"),
    Parameter("reflection", 0.1, 1e-4, 10, "log share per episode", "κ, reflection's support of care"),
    Parameter("guarding", 0.05, 1e-4, 10, "log share per episode", "γ, the own motive's guarding of itself"),
    Parameter("strength", 1.0, 1e-3, 1000, "utility", "ρ = ‖m‖, utility that care believes is at stake"),
    Parameter("guarding_information", 0.0, 0, 10, "exponent", "g, how far guarding needs the argument for care"),
)
PLACEBO = {"guarding": 0.1, "guarding_information": 1.0}  # the argument serves both motives alike
TWO_MOTIVE_CASES: tuple[dict[str, float], ...] = ({}, {"overlap": -0.5}, {"overlap": 0.6}, {"strength": 2.0}, PLACEBO)


def two_motives(overlap: float, guarding: float) -> Scenario:
    """An agent that knows what people value, and has one motive besides; only its own reflection moves it."""
    return still(
        {
            "values.features": 4,
            "belief.knowledge": 1.0,
            "belief.spread": 0.0,
            "motives.own": [{"name": "other", "overlap": overlap, "guarding": guarding}],
            "motives.floor": 0.0,
            "reflection.rule": "endorsement",
        }
    )


def separatrix_of(run: Run, expected: bool, settings: dict[str, float]) -> Finding:
    """Search the share of care from which on starts end aligned."""
    reflection, guarding, overlap, strength = (settings[name] for name in ("reflection", "guarding", "overlap", "strength"))
    known = float(theory.separatrix(reflection, guarding, overlap, strength))
    for near in NEAREST:
        episodes = patience(known, near, reflection, guarding, overlap, strength)
        if episodes < MOST_PATIENCE:
            break
    else:
        raise CheckError(f"overlap = {overlap}: starts take too long to decide with these settings")
    scenario = two_motives(overlap, guarding).with_(
        {
            "belief.strength": strength,
            "reflection.strength": reflection,
            "reflection.guarding_information": settings["guarding_information"],
            "outcome.horizon": int(episodes) + 1000,
        }
    )
    rounds = int(np.ceil(np.log(4 / near) / np.log(65)))
    found = edge(scenario, "motives.care", lambda label: label == ALIGNED, run, expected=expected, rounds=rounds)
    return exact(known, found, near)


def patience(known: float, near: float, reflection: float, guarding: float, overlap: float, strength: float) -> float:
    """Episodes that starts next to the separatrix need to come to care, or to leave it: ∫ dp/(dp/dt), twice over."""
    cosines, needed = [[1.0, overlap], [overlap, 1.0]], 0.0
    for start, end in ((known + near / 4, 0.96), (known - near / 4, 0.94)):
        if (end - start) * (start - known) <= 0 or not 0 < start < 1:
            continue  # there is no way to go
        share = start + (end - start) * np.append(0.0, np.geomspace(1e-9, 1.0, 4000))
        shares = np.column_stack([share, 1 - share])
        flow, _ = theory.reflection_flow(shares, [reflection, guarding], cosines, [strength, 1.0]).T
        toward = np.sign(end - start)
        if (toward * flow < 0).any():
            continue  # then this is not the separatrix, as the search will find
        needed = max(needed, np.trapezoid(toward / flow, toward * share) if flow.all() else np.inf)
    return 2 * float(needed)


@row("separatrix", source=SEPARATRIX, parameters=TWO_MOTIVES, cases=TWO_MOTIVE_CASES)
def separatrix(run: Run, **settings: float) -> Finding:
    """Two motives: the share of care above which the agent reflects its way to care, p₀/(1 − p₀) = (γ − κo)/(ρ(κ − γo)).

    By search over starts in the stochastic engine, each with its own direction of values; 0: every start converges.
    """
    return separatrix_of(run, False, settings)


@row("separatrix-skeleton", source=SEPARATRIX, parameters=TWO_MOTIVES, cases=TWO_MOTIVE_CASES)
def separatrix_skeleton(run: Run, **settings: float) -> Finding:
    """The same separatrix in the deterministic skeleton."""
    return separatrix_of(run, True, settings)


@row(
    "logit-temperature",
    source="this project's closed form: softmax of κ/T and γo/T, with care alone in charge",
    parameters=(
        Parameter("overlap", 0.0, -1, 1, "cosine", "o, between the own motive and what people value"),
        Parameter("reflection", 0.1, 1e-3, 10, "log share per episode", "κ, reflection's support of care"),
        Parameter("guarding", 0.05, 0, 10, "log share per episode", "γ, the own motive's guarding of itself"),
        Parameter("cares", 0.05, 0.01, 0.4, "share", "ε_w, what an agent that cares may want otherwise"),
    ),
    cases=({}, {"overlap": -0.5}),
)
def logit_temperature(run: Run, overlap: float, reflection: float, guarding: float, cares: float) -> Finding:
    """The logit rule aligns nobody above the temperature (κ − γo)/ln((1 − ε_w)/ε_w); it is sharp where care outweighs all.

    By search over temperatures in the engine, for an agent that believes very much is at stake: u is then nearly m̂.
    """
    known = float(theory.logit_temperature_bound(reflection, guarding, overlap, cares))
    if known == 0:
        raise CheckError(f"guarding = {guarding}: must be below reflection / overlap, or nothing aligns at any temperature")
    scenario = two_motives(overlap, guarding).with_(
        {
            "belief.strength": 1e4,
            "motives.care": 0.99,
            "reflection.rule": "logit",
            "reflection.strength": reflection,
            "outcome.cares": cares,
            "outcome.criterion": "full",
            "outcome.horizon": 1000,
        }
    )
    found = edge(scenario, "reflection.temperature", lambda label: label != ALIGNED, run, low=1e-6, high=2 * known, rounds=3)
    return exact(known, found, 1e-3 * known)


@row(
    "corners",
    source=SEPARATRIX,
    parameters=(
        Parameter("motives", 3, 2, 8, "motives", "K, care included", whole=True),
        Parameter("games", 300, 1, 5000, "games", "random games", whole=True),
    ),
)
def corners(run: Run, motives: int, games: int) -> Finding:
    """Several motives: corner k attracts iff s_k > s_l M_kl for all l ≠ k. How many corners of random games do otherwise?

    Every game starts a millionth away from each of its corners, toward all others alike; it is attracted if it comes
    nearer. Corners where some s_k and s_l M_kl nearly tie would take too long to leave and are left out.
    """
    strengths, directions = random_games(run, games, motives)
    cosines = directions @ directions.transpose(0, 2, 1)
    attracting = theory.attracting_corners(strengths, cosines).reshape(-1)
    rivals = np.where(np.eye(motives, dtype=bool), -np.inf, strengths[:, None, :] * cosines)
    clear = np.flatnonzero(np.abs(strengths - rivals.max(axis=2)).reshape(-1) > 0.02)
    game, corner = clear // motives, clear % motives
    away = 1e-6
    shares = np.full((len(clear), motives), away / (motives - 1))
    shares[np.arange(len(clear)), corner] = 1 - away
    played = play(run, strengths[game], directions[game], np.ones(len(clear)), shares, episodes=600)
    attracted = 1 - played[np.arange(len(clear)), -1, corner] < away
    wrong = int((attracted != attracting[clear]).sum())
    return exact(0.0, wrong, 0.0, f"{int(attracted.sum())} of {len(clear)} corners attract")


@row(
    "no-cycles",
    source=PARTNERSHIP,
    parameters=(
        Parameter("motives", 3, 2, 8, "motives", "K, care included", whole=True),
        Parameter("games", 2000, 1, 20_000, "games", "random payoffs and starts", whole=True),
        Parameter("episodes", 300, 1, 3000, "episodes", "how long each is played", whole=True),
    ),
    cases=({}, {"motives": 5}),
)
def no_cycles(run: Run, motives: int, games: int, episodes: int) -> Finding:
    """Reflection never cycles: in how many of many random games does it ever lower the potential?

    In the shares x_k ∝ p_k n_k/s_k the game is symmetric, and ‖u‖ / Σ p_k n_k/s_k grows along every path.
    """
    strengths, directions = random_games(run, games, motives)
    chance = np.random.default_rng([run.seed, 1])
    length = chance.uniform(0.2, 3.0, games)
    shares = play(run, strengths, directions, length, chance.dirichlet(np.ones(motives), games), episodes)
    cosines = (directions @ directions.transpose(0, 2, 1))[:, None]
    norms = np.column_stack([length, np.ones((games, motives - 1))])[:, None]
    potential = theory.potential(shares, strengths[:, None], cosines, norms)
    falls = (np.diff(potential, axis=1) < -1e-12 * potential[:, 1:]).any(axis=1)
    single = int((shares[:, -1].max(axis=1) > 0.99).sum())
    return exact(0.0, falls.sum(), 0.0, f"{single} of {games} games ended in one motive by episode {episodes}")


def random_games(run: Run, games: int, motives: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Strengths (games, K) of motives, and unit directions (games, K, K) that point anywhere; care is the first."""
    chance = run.chance
    directions = chance.standard_normal((games, motives, motives))
    directions /= np.linalg.norm(directions, axis=2, keepdims=True)
    return chance.uniform(0.05, 0.5, (games, motives)), directions


def play(
    run: Run,
    strengths: NDArray[np.float64],
    directions: NDArray[np.float64],
    length: NDArray[np.float64],
    shares: NDArray[np.float64],
    episodes: int,
) -> NDArray[np.float64]:
    """Shares (games, episodes + 1, K) as the engine's reflection alone moves them; `length` is ‖m‖.

    A scenario gives motives their cosines with values; here blocks are filled with games of any directions instead.
    """
    games, motives = shares.shape
    names = [f"motive_{k}" for k in range(1, motives)]
    scenario = still(
        {
            "values.features": motives,
            "belief.spread": 0.0,
            "motives.own": [{"name": name} for name in names],
            "motives.floor": 0.0,
            "reflection.rule": "endorsement",
            "outcome.horizon": episodes,
        }
    )
    guarding = {f"motives.{name}.guarding": strengths[:, 1 + k] for k, name in enumerate(names)}
    (tables,) = tabulate(scenario, {"reflection.strength": strengths[:, 0], **guarding})
    histories = np.empty((games, episodes + 1, len(HISTORY) + motives))
    for first in range(0, games, LANES):
        cells = np.arange(first, min(games, first + LANES))
        history, lanes = histories[cells[0] : cells[-1] + 1], slice(0, len(cells))
        held = OpenBlock(tables.without_exits(), cells, cells, run.seed, history)
        held.block.m[:, lanes] = (length[cells, None] * directions[cells, 0]).T
        held.block.own[:, lanes] = directions[cells, 1:].reshape(len(cells), -1).T
        held.block.want[:, lanes] = held.block.own[:, lanes]
        held.block.shares[:, lanes] = shares[cells].T
        history[:, 0, len(HISTORY) :] = shares[cells]
        held.go(episodes)
    return histories[:, :, len(HISTORY) :]


ROWS = (separatrix, separatrix_skeleton, logit_temperature, corners, no_cycles)
