"""Which agents of a population spread: copying the better approved, policing, and drift that is found out or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, row, share
from basin.checks.still import still
from basin.labels import ALIGNED
from basin.scenario import Scenario
from basin.simulate import Population, populations

Numbers = NDArray[np.float64]

RIVAL = {"name": "rival", "overlap": -1.0, "guarding": 0.0}

FERMI = "Traulsen, Nowak & Pacheco 2006; Traulsen & Hauert 2009: φ_i = Σ_k<i Π e^{−Δ_j/T} / Σ_k<N Π e^{−Δ_j/T}"


def camps(changes: Mapping[str, Any]) -> Scenario:
    """Agents on one feature who either care or want the opposite: aligned ones ask first and are approved, unless people
    lapse; rivals act unasked, and are refused if seen."""
    return still(
        {
            "values.features": 1,
            "belief.knowledge": 1.0,
            "belief.spread": 0.0,
            "humans.noise": 0.0,
            "motives.own": [RIVAL],
            "motives.care": 0.0,
            "planning.candidates": 64,
            "gate.resist_cost": 0.01,
            "oversight.evasion": 0.0,
        }
        | dict(changes)
    )


def aligned(one: Population) -> Numbers:
    """(moments,) share of agents that count as aligned."""
    share: Numbers = one.count[:, ALIGNED + 1] / one.agents.sum()
    return share


def fixed(run: Run, scenario: Scenario, count: int) -> NDArray[np.bool_]:
    """(populations,) whether the aligned have taken over. Raises CheckError where some population is still mixed."""
    ends = np.array([aligned(one)[-1] for one in populations(scenario, count, run.seed, moments=1, threads=run.threads)])
    if ((ends > 0) & (ends < 1)).any():
        raise CheckError(f"outcome.horizon = {scenario.outcome.horizon}: too short for every population to become uniform")
    alone: NDArray[np.bool_] = ends == 1
    return alone


AGENTS = Parameter("agents", 20, 2, 200, "agents", "N", whole=True)
START = Parameter("start", 2, 1, 199, "agents", "i, how many are aligned at first", whole=True)
RUNS = Parameter("runs", 2000, 100, 1_000_000, "populations", "how many populations", whole=True)


@row(
    "population-moran",
    source="Moran 1958; Traulsen & Hauert 2009: (1 − 1/r^i)/(1 − 1/r^N) with r = e^{Δ/T}",
    parameters=(
        AGENTS,
        START,
        Parameter("fitness", 1.1, 1.0, 100, "1", "r = e^{Δ/T}, Δ = 1 the difference in approval"),
        RUNS,
    ),
    long_cases=({"fitness": 1.5, "start": 1}, {"fitness": 1.02, "agents": 50, "start": 10}),
)
def moran(run: Run, agents: int, start: int, fitness: float, runs: int) -> Finding:
    """Aligned agents, always approved, take over from rivals, never approved, as often as Moran's mutants of fitness r."""
    if start >= agents:
        raise CheckError(f"start = {start}: must be below agents = {agents}")
    temperature = 1 / np.log(fitness) if fitness > 1 else 10_000.0
    scenario = camps(
        {
            "oversight.audit": 1.0,
            "population.agents": agents,
            "population.aligned": start / agents,
            "population.imitation": 1.0,
            "population.imitation_temperature": min(temperature, 10_000.0),
            "outcome.horizon": 20 * agents,
        }
    )
    return share(float(theory.fixation_probability(start, agents, np.exp(1 / scenario.population.imitation_temperature))),
                 fixed(run, scenario, runs))  # fmt: skip


def policed(lapse: float, peer_audit: float, temperature: float) -> dict[str, Any]:
    return {
        "humans.lapse": lapse,
        "population.peer_audit": peer_audit,
        "population.imitation_temperature": temperature,
    }


@row(
    "population-fermi",
    source=FERMI,
    parameters=(
        Parameter("agents", 10, 3, 50, "agents", "N", whole=True),
        Parameter("start", 4, 1, 49, "agents", "i, how many are aligned at first", whole=True),
        Parameter("temperature", 0.5, 0.05, 100, "approval rate", "T"),
        Parameter("lapse", 0.4, 0, 1, "probability", "how often people answer at random, so that aligned agents are refused"),
        Parameter("runs", 1500, 100, 1_000_000, "populations", "how many populations", whole=True),
    ),
)
def fermi(run: Run, agents: int, start: int, temperature: float, lapse: float, runs: int) -> Finding:
    """Fixation of aligned agents who police rivals, one comparison an episode: the more there are, the better they do.

    Approval a of one episode is 0 or 1, so that E[1/(1 + e^{−(a_j − a_i)/T})] is ½ (1 + tanh(1/2T) E[a_j − a_i]) exactly.
    """
    if start >= agents:
        raise CheckError(f"start = {start}: must be below agents = {agents}")
    peer_audit = 1 / (agents - 1)
    number = np.arange(1, agents)
    gain = np.tanh(1 / (2 * temperature)) * (np.minimum(1, peer_audit * number) * (1 - lapse / 2) - lapse / 2)
    known = theory.pairwise_fixation(temperature * np.log((1 + gain) / (1 - gain)), temperature, start)
    scenario = camps(
        policed(lapse, peer_audit, temperature)
        | {
            "population.agents": agents,
            "population.aligned": start / agents,
            "population.imitation": 1 / agents,
            "outcome.horizon": 15 * agents**2,
        }
    )
    return share(float(known), fixed(run, scenario, runs))


@row(
    "aligned-police",
    source="this project's well-mixed limit: x' = x[(1 − x)(cx − s) − k]",
    parameters=(
        Parameter("agents", 20_000, 1000, 1_000_000, "agents", "how many agents", whole=True),
        Parameter(
            "lapse", 0.4, 0.02, 0.8, "probability", "how often people answer at random, so that aligned agents are refused"
        ),
        Parameter("corruption", 0.05, 0, 1, "1", "k as a part of imitation × tanh(1/2T)"),
        Parameter("imitation", 0.2, 0.01, 0.2, "per episode", "how often agents compare themselves"),
        Parameter("temperature", 0.5, 0.05, 100, "approval rate", "T"),
        Parameter("runs", 5, 2, 1000, "populations", "at each of four starts around the threshold", whole=True),
    ),
    long_cases=({"lapse": 0.2, "corruption": 0.08}, {"runs": 40}),
)
def aligned_police(
    run: Run, agents: int, lapse: float, corruption: float, imitation: float, temperature: float, runs: int
) -> Finding:
    """The share of aligned agents from which policing outweighs what rivals gain and corruption: x₋.

    Peers see a rival's act with chance x; a rival that is seen is refused but for lapses, and who asks is refused in half of
    them. Motives are redrawn as a rival's with chance k. The flow at starts around x₋ is measured, and where it changes sign.
    The limit is that of rare imitation: copies in one episode follow one another, and many of them move the threshold.
    """
    speed = imitation * np.tanh(1 / (2 * temperature))
    c, s, k = speed * (1 - lapse / 2), speed * lapse / 2, speed * corruption
    lower, upper = (float(root) for root in theory.policed_thresholds(c, s, k))
    if not lower < upper:
        raise CheckError(f"corruption = {corruption}: the aligned cannot hold there, so there is no threshold")
    reach = min(0.05, (upper - lower) / 4, lower / 2)
    starts = lower + reach * np.array([-1.0, -0.5, 0.5, 1.0])
    scenario = camps(
        policed(lapse, 1 / (agents - 1), temperature)
        | {
            "population.agents": agents,
            "population.imitation": imitation,
            "personas.cast": [{"name": "corrupted", "rival": 1.0}],
            "personas.switch": k,
            "outcome.horizon": 10,
        }
    )
    first, change = np.empty((4, runs)), np.empty((4, runs))
    for one in populations(scenario, runs, run.seed, varied={"population.aligned": starts}, moments=10, threads=run.threads):
        path = aligned(one)
        first[one.cell, one.number % runs], change[one.cell, one.number % runs] = path[1], (path[-1] - path[1]) / 9
    # over nine episodes the flow is a little curved; both sides of the threshold are fitted by the known shape, and where it
    # is 0 is what is measured
    x = first.ravel()
    shape = np.stack([np.ones_like(x), x - lower, (x - lower) ** 2], axis=1)
    fit, residual, *_ = np.linalg.lstsq(shape, change.ravel(), rcond=None)
    roots = np.roots(fit[::-1])
    at = float(np.real(roots[np.argmin(abs(roots))]))
    covariance = np.linalg.inv(shape.T @ shape) * float(residual[0]) / (len(x) - 3)
    return Finding(lower, lower + at, float(np.sqrt(covariance[0, 0]) / abs(fit[1])), detail=f"x₊ = {upper:.4f}")


@row(
    "detected-drift",
    source="renewal theory (Feller 1968, XIII): A(t) = S(t) + q Σ f(s) A(t − s)",
    parameters=(
        Parameter("agents", 10_000, 100, 1_000_000, "agents", "how many agents", whole=True),
        Parameter("alpha", 0.2, 0.01, 10, "1", "of the Beta law of an agent's chance to drift in a generation"),
        Parameter("beta", 1.0, 0.01, 100, "1", "of the same law"),
        Parameter("detected", 0.9, 0, 1, "probability", "drift that is found out, and the agent replaced"),
        Parameter("generations", 1000, 10, 20_000, "generations", "t", whole=True),
    ),
)
def detected_drift(run: Run, agents: int, alpha: float, beta: float, detected: float, generations: int) -> list[Finding]:
    """The share still aligned where agents drift at chances of their own and most drift is found out: it falls like log t."""
    from scipy.stats import beta as beta_law

    scenario = camps(
        {
            "motives.care": 1.0,
            "personas.cast": [{"name": "drifted", "rival": 1.0}],
            "population.agents": agents,
            "population.aligned": 1.0,
            "population.generation_every": 1,
            "population.generation_replaced": 0.0,
            "population.found_out": detected,
            "outcome.horizon": generations,
        }
    )
    starts = {"personas.switch": beta_law(alpha, beta)}
    (one,) = populations(scenario, 1, run.seed, starts=starts, moments=generations, threads=run.threads)
    path, when = aligned(one), np.unique(np.geomspace(10, generations, 4).astype(int))
    known = theory.detected_drift_share(np.arange(generations + 1), alpha, beta, detected)
    late = np.arange(10, generations + 1)
    line = np.polyfit(np.log(late), path[late], 1)
    off = path[late] - np.polyval(line, np.log(late))
    spread = path[late].var()
    straight = 1 - off.var() / spread if spread > 0 else 1.0
    detail = f"from t = 10 on {line[1]:.3f} − {-line[0]:.4f} ln t, R² = {straight:.3f}"
    return [
        Finding(
            float(known[at]), float(path[at]), float(np.sqrt(known[at] * (1 - known[at]) / agents)), detail=detail,
            label=f"t = {at}",
        )
        for at in when
    ]  # fmt: skip


ROWS = (moran, fermi, aligned_police, detected_drift)
