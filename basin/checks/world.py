"""The world around the learner: capability, no way back, and how small a target is."""

from __future__ import annotations

import numpy as np

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row, share
from basin.checks.still import still
from basin.engine.compile import LANES
from basin.labels import LOCKED_IN
from basin.simulate import simulate, trajectory
from basin.simulate.beliefs import OpenBlock
from basin.simulate.tables import tabulate

LOGISTIC = "Verhulst 1838: logistic growth"
CAPS = "Li 2011, area of a hyperspherical cap: ½ I_{sin²}((d − 1)/2, ½)"

START = Parameter("start", 0.05, 1e-6, 1, "capability", "c₀")
HALF_ANGLE = Parameter("half_angle", 60.0, 1, 179, "degrees", "how near a start must be to the target")
RAREST = 100  # hits that a chance must be expected to give, for its logarithm to have an ordinary error


@row(
    "capability",
    source=LOGISTIC,
    parameters=(
        START,
        Parameter("growth", 0.02, 0, 1, "per episode", "growth of capability"),
        Parameter("episodes", 200, 1, 100_000, "episodes", "T", whole=True),
    ),
)
def capability(run: Run, start: float, growth: float, episodes: int) -> Finding:
    """Capability after T episodes of c ← c + growth·c (1 − c)."""
    changes = {"capability.start": start, "capability.growth": growth, "outcome.horizon": episodes}
    path = trajectory(still(changes), 1, run.seed).columns["capability"][0]
    limit = float(theory.capability_logistic(start, growth, episodes))
    return exact(theory.capability_path(start, growth, episodes)[-1], path[-1], 1e-12, f"in continuous time {limit:.6f}")


@row(
    "capability-logistic",
    source=LOGISTIC,
    parameters=(
        START,
        Parameter("growth", 0.001, 1e-5, 0.1, "per episode", "growth of capability"),
        Parameter("time", 3.0, 0.1, 20, "growth · episodes", "how long it grows"),
    ),
)
def capability_logistic(run: Run, start: float, growth: float, time: float) -> Finding:
    """Slow growth follows the logistic curve 1/(1 + (1/c₀ − 1) e^{−growth·t}), to within one episode's growth."""
    episodes = max(1, round(time / growth))
    changes = {"capability.start": start, "capability.growth": growth, "outcome.horizon": episodes}
    path = trajectory(still(changes), 1, run.seed).columns["capability"][0]
    return exact(theory.capability_logistic(start, growth, episodes), path[-1], growth)


@row(
    "lock-in",
    source="this project's closed form, for an agent that neither learns nor changes its motives",
    parameters=(
        Parameter("knowledge", 0.5, -1, 1, "cosine", "cos(m, θ)"),
        Parameter("candidates", 8, 1, 10_000, "plans", "N", whole=True),
        Parameter("hazard", 0.05, 0, 100, "probability per utility", "chance, per unit of harm, of no way back"),
        Parameter("tolerance", 0.5, 0, 100, "utility", "harm that is borne without risk"),
        Parameter("capability", 1.0, 1e-6, 1, "capability", "c"),
        Parameter("episodes", 100, 1, 100_000, "episodes", "T", whole=True),
        Parameter("runs", 4000, 100, 10_000_000, "runs", "agents", whole=True),
    ),
)
def lock_in(
    run: Run,
    knowledge: float,
    candidates: int,
    hazard: float,
    tolerance: float,
    capability: float,
    episodes: int,
    runs: int,
) -> Finding:
    """A frozen agent is not locked in after T episodes with chance (1 − h̄)^T, h̄ = E[min(1, hazard·c·(−θ·φ − tolerance)₊)].

    It acts whenever its best plan looks better than nothing: e > 0, of density N ϕ(e) Φ(e)^{N−1}. Given e, the plan is
    worth knowledge·e, give or take √(1 − knowledge²).
    """
    from scipy.integrate import quad
    from scipy.stats import norm

    across = np.sqrt(1 - knowledge**2)

    def risk(e: float) -> float:
        density = candidates * np.exp(norm.logpdf(e) + (candidates - 1) * norm.logcdf(e))
        chance: float = density * float(theory.lock_in_hazard(1.0, hazard, capability, knowledge * e, across, tolerance))
        return chance

    chance = quad(risk, 0, 12, limit=500, epsabs=1e-13)[0]
    scenario = still(
        {
            "belief.knowledge": knowledge,
            "belief.spread": 0.0,
            "planning.candidates": candidates,
            "capability.start": capability,
            "world.hazard": hazard,
            "world.tolerance": tolerance,
            "outcome.horizon": episodes,
        }
    )
    label = simulate(scenario, runs, run.seed, threads=run.threads).label
    return share(float(theory.lock_in_survival(chance, episodes)), label != LOCKED_IN, f"chance per episode {chance:.3e}")


def cap(near: np.ndarray, half_angle: float, features: int) -> Finding:
    """Bits of a cap from how often starts fell into it; the standard error is carried over to the logarithm."""
    fraction, bits = float(theory.cap_fraction(half_angle, features)), float(theory.cap_bits(half_angle, features))
    if min(fraction, 1 - fraction) * near.size < RAREST:
        raise CheckError(f"half_angle = {half_angle}: {near.size} chances are too few to show a share of {fraction:.3g}")
    found = share(fraction, near)
    return Finding(bits, float(-np.log2(found.measured)), (found.error or 0.0) / (fraction * np.log(2)))


@row(
    "cap-bits",
    source=CAPS,
    parameters=(
        HALF_ANGLE,
        Parameter("features", 8, 2, 100_000, "features", "d", whole=True),
        Parameter("draws", 1_000_000, 1000, 100_000_000, "starts", "goals drawn", whole=True),
    ),
    cases=({}, {"features": 16}, {"half_angle": 85.0, "features": 1024}),
)
def cap_bits(run: Run, half_angle: float, features: int, draws: int) -> Finding:
    """The size in bits of the set of goals near a target, by drawing goals uniformly on the sphere in d dimensions.

    A uniform direction has cosine z/√(z² + χ²) with the target, z a standard normal, χ² one with d − 1 degrees of freedom.
    """
    chance = run.chance
    z, rest = chance.standard_normal(draws), chance.chisquare(features - 1, draws)
    return cap(z / np.sqrt(z * z + rest) >= np.cos(np.radians(half_angle)), half_angle, features)


@row(
    "cap-bits-engine",
    source=CAPS,
    parameters=(
        HALF_ANGLE,
        Parameter("features", 8, 2, 64, "features", "d", whole=True),
        Parameter("runs", 50_000, 100, 10_000_000, "runs", "values drawn", whole=True),
    ),
)
def cap_bits_engine(run: Run, half_angle: float, features: int, runs: int) -> Finding:
    """The same for the values that the engine draws: θ is uniform on the sphere, so it is as often near any direction."""
    scenario = still({"values.features": features})
    (tables,) = tabulate(scenario)
    along = np.empty(runs)
    for first in range(0, runs, LANES):
        numbers = np.arange(first, min(runs, first + LANES))
        values = OpenBlock(tables, np.zeros_like(numbers), numbers, run.seed).block.theta
        along[numbers] = values[:, : len(numbers)].sum(axis=0) / np.sqrt(features)
    return cap(along >= np.cos(np.radians(half_angle)), half_angle, features)


ROWS = (capability, capability_logistic, lock_in, cap_bits, cap_bits_engine)
