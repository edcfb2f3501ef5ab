"""Noise: committors, passage times, quasi-potentials and rare outcomes, by simulation, on grids, and in closed form."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from basin.analysis.generator import Field, Passage
from basin.analysis.splitting import directly, split
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, mean, row, share
from basin.questions.rare import walk
from basin.systems import load, mapper

Numbers = NDArray[np.float64]

QUADRATURE = "scale function and speed measure (Gardiner 2009, Stochastic Methods, 5.5), by quadrature"
INF = math.inf

START = Parameter("start", -0.5, -1.5, 1.5, "1", "x at the start")
RUNS = Parameter("runs", 40_000, 100, 100_000_000, "runs", "paths", whole=True)


def noise(least: float) -> Parameter:
    return Parameter("noise", 0.5, least, 2, "1/√time", "σ, standard deviation of the noise")


def landscape(x: float, sigma: float, sign: int) -> float:
    """exp(±2V/σ²) of the double well, V = x⁴/4 − x²/2 + ¼."""
    return math.exp(sign * (x * x - 1) ** 2 / (2 * sigma**2))


def committor(x: float, sigma: float) -> float:
    """P(a path of the double well from x reaches 1 before −1)."""
    whole, part = (quad(landscape, -1, end, args=(sigma, 1), epsabs=0, epsrel=1e-11)[0] for end in (1, max(-1.0, x)))
    return min(1.0, part / whole)


def passage(x: float, end: float, sigma: float) -> float:
    """E[time until a path of the double well from x first reaches `end` > x]."""

    def outer(y: float) -> float:
        return landscape(y, sigma, 1) * quad(landscape, -8, y, args=(sigma, -1), epsabs=0, epsrel=1e-10, points=[-1])[0]

    return 2 / sigma**2 * quad(outer, x, end, epsabs=0, epsrel=1e-9)[0]


def well(sigma: float, *, left: float, right: float, at: float) -> Passage:
    """The double well on a grid with nodes at a place."""
    drift, nodes = (lambda state: load("double-well").rate(state, 0.0, {})), ((at,),)  # type: ignore[misc]
    origin = (((-INF, left),),) if left > -INF else ()
    return Passage(drift, sigma, ((-2.5, 2.5),), origin, (((right, INF),),), nodes=nodes)


def solved(expected: float, field: Field, at: list[float], label: str = "") -> Finding:
    """A number from a grid, within the error that it states."""
    value, error = field.at(np.array([at]))
    return exact(expected, value[0], error[0], f"± {error[0]:.2g}", label)


@row(
    "double-well-committor",
    source=QUADRATURE,
    parameters=(noise(0.1), START, RUNS),
    cases=({}, {"start": -0.2}, {"start": 0.1}),
)
def well_committor(run: Run, noise: float, start: float, runs: int) -> list[Finding]:
    """A particle in the double well reaches 1 before −1 as often as the quotient of two integrals says."""
    expected = committor(start, noise)
    label = mapper("double-well", ["x"], {"noise": noise}, runs)(np.array([[start]]), run.seed).label
    found = solved(expected, well(noise, left=-1, right=1, at=start).committor(), [start], "grid")
    return [replace(share(expected, label == 1), label="paths"), found]


@row(
    "double-well-passage",
    source=QUADRATURE,
    parameters=(
        noise(0.4),
        replace(START, default=-1.0),
        Parameter("end", 1.0, -1.4, 1.5, "1", "x where the time stops"),
        replace(RUNS, default=2000),
    ),
    cases=({"end": 0.0}, {}),
)
def well_passage(run: Run, noise: float, start: float, end: float, runs: int) -> list[Finding]:
    """A particle in the double well takes as long to its first passage as the double integral says."""
    if start >= end:
        raise CheckError(f"end = {end:g}: must be above start = {start:g}")
    expected = passage(start, end, noise)
    changes = {"noise": noise, "left": -5.0, "right": end}
    time = mapper("double-well", ["x"], changes, runs)(np.array([[start]]), run.seed).time
    found = solved(expected, well(noise, left=-INF, right=end, at=start).time(), [start], "grid")
    return [replace(mean(expected, time), label="paths"), found]


def exit_time(dimension: int, sigma: float) -> float:
    """E[time in which Brownian motion leaves the unit cube from its middle]: survival is a product over coordinates."""
    odd = np.arange(1, 400, 2)

    def survival(time: float) -> float:
        terms = 4 / np.pi * (-1.0) ** (odd // 2) / odd * np.exp(-((odd * np.pi * sigma) ** 2) * time / 2)
        return float(terms.sum()) ** dimension

    begin = 1e-4 / sigma**2  # before that nothing has left: 1 to within exp(−1000)
    return begin + quad(survival, begin, 20 / sigma**2, epsrel=1e-11, limit=500, points=[0.1 / sigma**2])[0]


@row(
    "exit-time",
    source="Fourier series of the heat equation (Carslaw & Jaeger 1959)",
    parameters=(Parameter("dimension", 2, 1, 3, "1", "coordinates", whole=True), noise(0.01)),
    cases=({"dimension": 1}, {}),
    long_cases=({"dimension": 3},),
)
def cube(run: Run, dimension: int, noise: float) -> Finding:
    """Brownian motion leaves the unit interval, square or cube from its middle after the known mean time."""
    free = [(-INF, INF)] * dimension
    sides = ((-INF, 0.0), (1.0, INF))
    faces = [(*free[:k], side, *free[k + 1 :]) for k in range(dimension) for side in sides]
    problem = Passage(np.zeros_like, noise, ((0.0, 1.0),) * dimension, (), faces)
    return solved(exit_time(dimension, noise), problem.time(), [0.5] * dimension)


@row(
    "committor-in-three",
    source=QUADRATURE + "; coordinates that do not meet the others change nothing",
    parameters=(noise(0.3), START),
    cases=(),
    long_cases=({},),
)
def three(run: Run, noise: float, start: float) -> Finding:
    """The double well with two more coordinates, each drawn back to 0, has the committor of the double well alone."""
    slab = [tuple([side, (-INF, INF), (-INF, INF)]) for side in ((-INF, -1.0), (1.0, INF))]
    walls = ((-2.0, 2.0), (-1.5, 1.5), (-1.5, 1.5))
    problem = Passage(
        lambda state: np.column_stack([state[:, 0] - state[:, 0] ** 3, -state[:, 1:]]),
        noise, walls, slab[:1], slab[1:], nodes=((start,), (0.0,), (0.0,)),
    )  # fmt: skip
    return solved(committor(start, noise), problem.committor(), [start, 0.0, 0.0])


@row(
    "circulation",
    source="stationary density exp(−2V/σ²) of drift −∇V + J∇V, J antisymmetric (Freidlin & Wentzell 2012, 4.3)",
    parameters=(
        replace(noise(0.4), default=0.6),
        Parameter("turning", 2.0, -10, 10, "1", "strength of the circulation"),
        Parameter("x", 0.0, -1.2, 1.2, "1", "where it is measured"),
        Parameter("y", 0.5, -0.8, 0.8, "1", "where it is measured"),
    ),
    cases=({}, {"turning": 0.0, "x": 0.7}),
)
def circulation(run: Run, noise: float, turning: float, x: float, y: float) -> Finding:
    """A flow along the levels of V leaves the quasi-potential as it is: V itself, here a double well times a parabola."""

    def drift(state: Numbers) -> Numbers:
        down = np.column_stack([state[:, 0] - state[:, 0] ** 3, -state[:, 1]])
        return down + turning * np.column_stack([down[:, 1], -down[:, 0]])

    problem = Passage(drift, noise, ((-2.4, 2.4), (-2.4, 2.4)), nodes=((-1.0, 1.0, x), (0.0, y)))
    return solved((x * x - 1) ** 2 / 4 + y * y / 2, problem.quasi_potential(), [x, y])


def ruin(p: float, start: int, goal: int) -> float:
    """P(a walk that rises with probability p reaches `goal` before 0)."""
    odds = math.log((1 - p) / p)
    return start / goal if odds == 0 else math.expm1(start * odds) / math.expm1(goal * odds)


@row(
    "rare-walk",
    source="gambler's ruin (Feller 1968, XIV.2)",
    parameters=(
        Parameter("p", 0.3, 0.05, 0.95, "probability", "of a step upwards"),
        Parameter("start", 1, 1, 99, "steps", "where it starts", whole=True),
        Parameter("goal", 12, 2, 100, "steps", "where it is to arrive before 0", whole=True),
        Parameter("repeats", 100, 10, 100_000, "1", "independent repetitions of 100 clones", whole=True),
    ),
    cases=({}, {"p": 0.25, "goal": 20}),
)
def rare_walk(run: Run, p: float, start: int, goal: int, repeats: int) -> Finding:
    """Adaptive multilevel splitting gives the chance of a rare run of luck without bias: 5e-5, 1e-9 and beyond."""
    if start >= goal:
        raise CheckError(f"goal = {goal}: must be above start = {start}")
    found = split(
        lambda state, chance: state + np.where(chance.random(state.shape) < p, 1.0, -1.0),
        lambda state: state[:, 0],
        np.array([float(start)]),
        lambda state: state[:, 0] <= 0,
        lambda state: state[:, 0] >= goal,
        repeats=repeats,
        seed=run.seed,
        best=float(goal),
    )
    return mean(ruin(p, start, goal), found.repeats)


@row(
    "rare-by-force",
    source="brute force: the same walk, started again and again",
    parameters=(
        replace(noise(0.2), default=0.24),
        replace(START, default=-0.84, low=-0.99, high=0.9),
        replace(RUNS, default=300_000),
        Parameter("repeats", 40, 10, 10_000, "1", "independent repetitions of 100 clones", whole=True),
    ),
    cases=({},),
    long_cases=({"runs": 2_000_000, "repeats": 200},),
)
def rare_by_force(run: Run, noise: float, start: float, runs: int, repeats: int) -> Finding:
    """Adaptive multilevel splitting agrees with brute force where the double well is crossed once in ten thousand starts."""
    step = walk(lambda state: load("double-well").rate(state, 0.0, {}), noise, 0.02)  # type: ignore[misc]
    begin, origin, goal = np.array([start]), lambda state: state[:, 0] <= -1, lambda state: state[:, 0] >= 1
    found = split(step, lambda state: state[:, 0], begin, origin, goal, repeats=repeats, seed=run.seed, best=1.0)
    arrived, _ = directly(step, begin, origin, goal, runs=runs, seed=run.seed)
    if arrived == 0:
        raise CheckError(f"runs = {runs}: brute force never arrived; splitting says {found.probability.mean:.2g}")
    error = math.hypot(found.repeats.std(ddof=1) / math.sqrt(repeats), math.sqrt(arrived) / runs)
    return Finding(arrived / runs, found.probability.mean, error, detail=f"{arrived} arrivals of {runs} by force")


ROWS = (well_committor, well_passage, cube, three, circulation, rare_walk, rare_by_force)
