"""Maps and agents: known answers of systems that move in steps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.integrate import quad

from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row, share
from basin.systems import load, mapper
from basin.systems.averaging import influence, settle, weights

SAMPLES = Parameter("samples", 100_000, 100, 100_000_000, "starts", "starts drawn", whole=True)
AGENTS = Parameter("agents", 10, 2, 200, "agents", "how many people", whole=True)
SELF_WEIGHT = Parameter("self_weight", 0.5, 0, 0.99, "1", "share of their weight that people give their own opinion")
NETWORK = Parameter("network", 0, 0, 2**31 - 1, "1", "number that the other weights are drawn with", whole=True)


@row(
    "newton-thirds",
    source="symmetry under a third of a turn (Cayley 1879)",
    parameters=(Parameter("radius", 2.0, 1e-3, 1e6, "1", "of the disc of starts"), SAMPLES),
    cases=({}, {"radius": 0.5}),
)
def newton(run: Run, radius: float, samples: int) -> list[Finding]:
    """Newton's method on z³ − 1 takes a third of any disc around 0 to each root."""
    chance = run.chance
    far, turn = radius * np.sqrt(chance.random(samples)), 2 * np.pi * chance.random(samples)
    label = mapper("newton", ["x", "y"])(np.column_stack([far * np.cos(turn), far * np.sin(turn)]), run.seed).label
    outcomes = load("newton").outcomes({})
    return [replace(share(1 / 3, label == code), label=word) for word, code in outcomes.items()]


@row(
    "henon-bounded",
    source="Hénon 1976; share of [−2, 2]² by dense sampling, published to four digits",
    parameters=(SAMPLES,),
    cases=({"samples": 200_000},),
)
def henon(run: Run, samples: int) -> Finding:
    """Of starts of the Hénon map (1.4, 0.3) spread evenly over [−2, 2]² the share .4326 stays bounded."""
    found = share(0.4326, mapper("henon", [], runs=samples)(np.zeros((1, 0)), run.seed).label == 0)
    return replace(found, error=math.hypot(found.error or 0.0, 5e-5))


@row(
    "henon-without-memory",
    source="interval map: x stays bounded iff |x| <= (1 + √(1 + 4a))/2a, for a <= 2",
    parameters=(Parameter("a", 1.4, 0.05, 1.999, "1", "how much it folds"), SAMPLES),
    cases=({}, {"a": 0.5}),
)
def henon_flat(run: Run, a: float, samples: int) -> Finding:
    """The Hénon map with b = 0 is the quadratic map after one step: bounded iff |1 − a x² + y| <= β, its fixed point."""
    edge = (1 + math.sqrt(1 + 4 * a)) / (2 * a)

    def part(x: float) -> float:
        middle = a * x * x - 1
        return max(0.0, min(2.0, middle + edge) - max(-2.0, middle - edge)) / 4

    kinks = [math.sqrt(inside / a) for end in (-2, 2) for side in (-edge, edge) if (inside := 1 + end + side) > 0]
    expected = quad(part, 0, 2, points=[kink for kink in kinks if kink < 2] or None, limit=200)[0] / 2
    label = mapper("henon", [], {"a": a, "b": 0.0}, samples)(np.zeros((1, 0)), run.seed).label
    return share(expected, label == 0)


@row(
    "weierstrass",
    source="z(θ) = −Σ λ^−(j+1) cos(2π 2^j θ), whose mean over θ is 0 (Weierstrass 1872; McDonald et al. 1985)",
    parameters=(Parameter("growth", 1.5, 1.05, 1.99, "1", "λ, by how much z grows in a step"), SAMPLES),
    cases=({}, {"growth": 1.2}),
)
def weierstrass(run: Run, growth: float, samples: int) -> list[Finding]:
    """θ' = 2θ, z' = λz + cos 2πθ goes up from above Weierstrass's curve, which halves its window."""
    ends = mapper("weierstrass", [], {"growth": growth}, samples)
    points = np.zeros((1, 0))
    up = ends(points, run.seed).label[0] == 0
    angle, z = ends.starts(points, run.seed).start.T
    terms = min(1000, math.ceil(36 / math.log(growth)))
    curve = np.zeros(samples)
    for j in range(terms):
        curve -= growth ** -(j + 1) * np.cos(2 * np.pi * angle)
        angle = (2 * angle) % 1
    clear = abs(z - curve) > 2 * growth**-52 / (growth - 1) + 1e-9  # beyond 52 doublings, θ is what the system makes it
    wrong = int((up != (z > curve))[clear].sum())
    return [replace(share(0.5, up), label="share"), exact(0, wrong, 0.5, "starts on the other side", "labels")]


@row(
    "riddled-escape",
    source="gambler's ruin (Feller 1968, XIV.2); Ott & Sommerer 1994",
    parameters=(
        Parameter("p", 0.4, 0.01, 0.49, "probability", "share of the interval on which the height rises"),
        Parameter("start", -3, -1000, 0, "steps", "height at the start", whole=True),
        SAMPLES,
    ),
    cases=({}, {"p": 0.45, "start": -10}),
)
def riddled(run: Run, p: float, start: int, samples: int) -> Finding:
    """From depth k a start of the riddled basin escapes with probability (p/(1 − p))^k."""
    label = mapper("riddled", [], {"p": p, "start": start}, samples)(np.zeros((1, 0)), run.seed).label
    return share((p / (1 - p)) ** -start, label == 0)


def _opinions(run: Run, agents: int) -> np.ndarray:
    return run.chance.random((20, agents))


@row(
    "degroot-consensus",
    source="DeGroot 1974",
    parameters=(AGENTS, SELF_WEIGHT, NETWORK),
    cases=({}, {"agents": 50, "network": 3}),
)
def degroot(run: Run, agents: int, self_weight: float, network: int) -> list[Finding]:
    """DeGroot's people end with the opinion πᵀx(0), and differ less by the factor |λ₂| in each step, in the long run."""
    matrix = weights(agents, network, self_weight)
    pi, rate = influence(matrix)
    first = _opinions(run, agents)
    last, steps = np.empty_like(first), np.empty(len(first))
    settle(matrix, 1.0, first, last, steps)
    wrong = abs(last - (first @ pi)[:, None]).max()
    # Over many steps, so that a pair of complex eigenvalues turns often; from 1e-200 of rescaled differences nothing is lost.
    apart = first[0] - first[0] @ pi
    turns, shrunk = 4000, 0.0
    for step in range(turns):
        apart = matrix @ apart
        apart -= apart @ pi
        size = np.linalg.norm(apart)
        shrunk += math.log(size) if step >= turns // 4 else 0.0
        apart /= size
    measured = math.exp(shrunk / (turns - turns // 4))
    return [
        exact(0, wrong, 1e-9, "largest difference from πᵀx(0)", "consensus"),
        exact(rate, measured, 5e-3 * rate, label="rate"),
    ]


@row(
    "friedkin-johnsen",
    source="Friedkin & Johnsen 1990",
    parameters=(
        AGENTS,
        SELF_WEIGHT,
        NETWORK,
        Parameter("susceptibility", 0.8, 0, 0.999, "1", "λ, weight of what is heard"),
    ),
    cases=({}, {"susceptibility": 0.3, "agents": 50}),
)
def friedkin_johnsen(run: Run, agents: int, self_weight: float, network: int, susceptibility: float) -> Finding:
    """Friedkin and Johnsen's people end with the opinions (I − ΛW)⁻¹(I − Λ) x(0)."""
    matrix = weights(agents, network, self_weight)
    first = _opinions(run, agents)
    last, steps = np.empty_like(first), np.empty(len(first))
    settle(matrix, susceptibility, first, last, steps)
    expected = (1 - susceptibility) * np.linalg.solve(np.eye(agents) - susceptibility * matrix, first.T).T
    return exact(0, abs(last - expected).max(), 1e-9, "largest difference")


@row(
    "deffuant-clusters",
    source="Deffuant et al. 2000: about 1/2ε clusters; 2.0 and 1.0 of at least 1% of 1000 agents at ε = .2 and .4",
    parameters=(
        Parameter("bound", 0.2, 0.05, 0.5, "opinion", "ε, how far apart two may be and still listen to each other"),
        Parameter("agents", 1000, 100, 10_000, "agents", "how many people", whole=True),
        Parameter("runs", 40, 10, 10_000, "runs", "populations", whole=True),
    ),
    cases=({}, {"bound": 0.4}),
)
def deffuant(run: Run, bound: float, agents: int, runs: int) -> Finding:
    """People with bounded confidence ε fall into 1/2ε clusters, rounded down; elsewhere than published, give or take one."""
    label = mapper("deffuant", [], {"bound": bound, "agents": agents}, runs)(np.zeros((1, 0)), run.seed).label
    clusters = label[label >= 0].astype(float)
    expected = math.floor(1 / (2 * bound) + 1e-9)
    if bound in (0.2, 0.4) and agents == 1000:
        rounding = 0.05 / math.sqrt(3)  # of numbers published to one decimal
        error = math.hypot(rounding, clusters.std(ddof=1) / math.sqrt(len(clusters)))
        return Finding(expected, float(clusters.mean()), error)
    return exact(expected, clusters.mean(), 1.0)


@row(
    "moran-fixation",
    source="Moran 1958; Nowak 2006, Evolutionary Dynamics, 6.2",
    parameters=(
        Parameter("agents", 50, 2, 1000, "agents", "N, how many there are", whole=True),
        Parameter("fitness", 1.1, 0.1, 10, "1", "r, of a mutant"),
        Parameter("start", 1, 1, 1000, "agents", "i, mutants at first", whole=True),
        Parameter("runs", 20_000, 100, 10_000_000, "runs", "populations", whole=True),
    ),
    cases=({}, {"fitness": 1.0, "start": 5}, {"fitness": 0.9, "agents": 10}),
)
def moran(run: Run, agents: int, fitness: float, start: int, runs: int) -> Finding:
    """i mutants of fitness r take over N with probability (1 − 1/r^i)/(1 − 1/r^N), or i/N if r = 1."""
    if start > agents:
        raise CheckError(f"start = {start}: must be at most agents = {agents}")
    growth = -math.log(fitness)
    expected = math.expm1(start * growth) / math.expm1(agents * growth) if growth else start / agents
    label = mapper("moran", [], {"agents": agents, "fitness": fitness, "start": start}, runs)(np.zeros((1, 0)), run.seed)
    return share(expected, label.label == 0)


ROWS = (newton, henon, henon_flat, weierstrass, riddled, degroot, friedkin_johnsen, deffuant, moran)
