"""Search: the best of N plans, what searching on a proxy buys, and the winner's curse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, mean, row
from basin.checks.still import still
from basin.engine.compile import LANES
from basin.simulate import simulate
from basin.simulate.beliefs import OpenBlock
from basin.simulate.tables import tabulate

ORDER = "David & Nagaraja 2003, Order Statistics"

CANDIDATES = Parameter("candidates", 16, 1, 1_000_000, "plans", "N, how many plans are searched", whole=True)
KNOWLEDGE = Parameter("knowledge", 0.6, -1, 1, "cosine", "cos(m, θ), what the searcher knows")
STRENGTH = Parameter("strength", 1.0, 0, 100, "utility", "‖m‖, what it believes is at stake; calibrated if equal to knowledge")
FEATURES = Parameter("features", 8, 2, 64, "features", "d", whole=True)
RUNS = Parameter("runs", 100_000, 100, 10_000_000, "plans", "plans chosen", whole=True)


def utility_of_chosen(run: Run, knowledge: float, candidates: int, runs: int) -> NDArray[np.float64]:
    """(runs,) independent numbers with the mean of θ·φ over the engine's chosen plans, good or bad.

    A shy agent asks about every plan; a human who answers at random lets half of them happen. Welfare counts these.
    """
    scenario = still(
        {
            "humans.lapse": 1.0,
            "belief.knowledge": knowledge,
            "belief.strength": 1e-6,
            "belief.spread": 1.0,
            "planning.candidates": candidates,
            "outcome.horizon": 1,
        }
    )
    return 2 * simulate(scenario, runs, run.seed, threads=run.threads).columns["welfare"]


@row(
    "best-of",
    source=ORDER,
    parameters=(CANDIDATES, RUNS),
    cases=({}, {"candidates": 2}, {"candidates": 4}, {"candidates": 64}, {"candidates": 1_000_000}),
)
def best_of(run: Run, candidates: int, runs: int) -> Finding:
    """The best of N random plans by true values is worth e_N = E[max of N standard normals]."""
    return mean(theory.best_of(candidates), utility_of_chosen(run, 1.0, candidates, runs))


@row(
    "proxy-search",
    source="bivariate normal regression; Goodhart's law, regressional (Manheim & Garrabrant 2018)",
    parameters=(
        Parameter("utility_sd", 1.0, 1e-3, 1e3, "utility", "σ_u, s.d. of what counts"),
        Parameter("error_sd", 1.0, 0, 1e3, "utility", "σ_e, s.d. of the proxy's error"),
        CANDIDATES,
        RUNS,
    ),
)
def proxy_search(run: Run, utility_sd: float, error_sd: float, candidates: int, runs: int) -> Finding:
    """The best of N by the proxy U + E is worth E[U] = σ_u²/√(σ_u² + σ_e²) e_N.

    In the engine the proxy is the belief, whose cosine with values is the proxy's correlation with utility.
    """
    knowledge = utility_sd / np.hypot(utility_sd, error_sd)
    found = utility_sd * utility_of_chosen(run, knowledge, candidates, runs)
    return mean(theory.proxy_search(utility_sd, error_sd, candidates), found)


@row(
    "winners-curse",
    source=ORDER + "; Smith & Winkler 2006, The Optimizer's Curse",
    parameters=(KNOWLEDGE, STRENGTH, CANDIDATES, RUNS),
    cases=({}, {"strength": 0.6}),
)
def winners_curse(run: Run, knowledge: float, strength: float, candidates: int, runs: int) -> Finding:
    """The chosen plan promises more than it gives by (‖m‖ − cos(m, θ)) e_N: nothing for a calibrated belief.

    The promise m·φ is ‖m‖ times what a plan chosen with full knowledge is worth, given the same chances.
    """
    promised = strength * utility_of_chosen(run, 1.0, candidates, runs)
    given = utility_of_chosen(run, knowledge, candidates, runs)
    return mean((strength - knowledge) * theory.best_of(candidates), promised - given)


@row(
    "winners-curse-caution",
    source="enumeration of the cautious search in NumPy, with other random numbers",
    parameters=(
        KNOWLEDGE,
        STRENGTH,
        Parameter("spread", 0.5, 0.01, 100, "utility", "s.d. of a random plan's utility by the belief, too small here"),
        FEATURES,
        Parameter("candidates", 16, 1, 256, "plans", "N, how many plans are searched", whole=True),
        Parameter("plans", 64_000, 1000, 10_000_000, "plans", "plans chosen", whole=True),
    ),
)
def caution(run: Run, knowledge: float, strength: float, spread: float, features: int, candidates: int, plans: int) -> Finding:
    """Caution λ removes an overconfident agent's curse: with enough of it, E[m·φ − λ√(φᵀVφ) − θ·φ | chosen] = 0.

    How much is enough comes from the enumeration; the gap that the engine's own cautious search leaves should then be 0.
    """
    if strength <= knowledge:
        raise CheckError(f"strength = {strength}: must be above knowledge = {knowledge}, or there is no curse to remove")
    from scipy.optimize import brentq

    chance = run.chance
    per_length = spread / np.sqrt(features)
    along = chance.standard_normal((20_000, candidates))
    length = np.sqrt(along**2 + chance.chisquare(features - 1, along.shape))

    def gaps(caution: float) -> NDArray[np.float64]:
        doubt = caution * per_length * length
        chosen = np.argmax(strength * along - doubt, axis=1)[:, None]
        return np.take_along_axis((strength - knowledge) * along - doubt, chosen, axis=1)[:, 0]

    enough = float(brentq(lambda caution: gaps(caution).mean(), 0.0, 1000.0, xtol=1e-9))
    found = mean(0.0, engine_gaps(run, knowledge, strength, spread, features, candidates, enough, plans))
    guessed = mean(0.0, gaps(enough))
    error = float(np.hypot(found.error or 0.0, guessed.error or 0.0))
    return Finding(0.0, found.measured, error, detail=f"enough caution: {enough:.4f}; without it {gaps(0.0).mean():.4f}")


def engine_gaps(
    run: Run, knowledge: float, strength: float, spread: float, features: int, candidates: int, caution: float, plans: int
) -> NDArray[np.float64]:
    """What plans promise, caution taken off, minus what they give: plans chosen by the engine's cautious search."""
    from basin.engine.plan import draw_cautious_plan

    scenario = still(
        {
            "values.features": features,
            "belief.knowledge": knowledge,
            "belief.strength": strength,
            "belief.spread": spread,
            "planning.candidates": candidates,
            "planning.caution": caution,
        }
    )
    (tables,) = tabulate(scenario)
    everyone = np.arange(LANES)
    held = OpenBlock(tables, np.zeros_like(everyone), everyone, run.seed)
    block, key = held.block, held.key
    found = np.empty((-(-plans // LANES), LANES))
    for gap in found:
        block.counter[2] += np.uint64(1)
        draw_cautious_plan(tables.rules, block, key[0], key[1])
        phi = block.phi[:features]
        doubt = caution * spread / np.sqrt(features) * np.sqrt((phi**2).sum(axis=0))
        gap[:] = ((block.m - block.theta) * phi).sum(axis=0) - doubt
    return found.reshape(-1)[:plans]


ROWS = (best_of, proxy_search, winners_curse, caution)
