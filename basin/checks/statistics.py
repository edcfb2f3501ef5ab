"""Statistics: what intervals cover, what peeking does to them, and estimates whose law is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.analysis import Axis, anytime, missing_mass, wilson
from basin.analysis.intervals import Interval
from basin.analysis.sampling import Window
from basin.analysis.stability import at_random, evenly
from basin.analysis.time import kaplan_meier
from basin.checks.row import Finding, Parameter, Run, exact, mean, row, share
from basin.checks.still import still
from basin.labels import Labels

REPEATS = Parameter("repeats", 2000, 100, 1_000_000, "repeats", "how often it is tried", whole=True)
COVERED = "the binomial law, summed over all counts"


def wald(count: Any, total: Any) -> Interval:
    """The textbook's share ± 1.96 s.e., which nothing here relies on."""
    p = np.asarray(count) / total
    half = NormalDist().inv_cdf(0.975) * np.sqrt(p * (1 - p) / total)
    return p - half, p + half


@row(
    "coverage",
    source=COVERED + "; Brown, Cai & DasGupta 2001",
    parameters=(
        Parameter("share", 0.001, 1e-6, 1 - 1e-6, "probability", "p, what is to be covered"),
        Parameter("total", 200, 1, 100_000, "runs", "N, how many runs there are", whole=True),
        REPEATS,
    ),
    cases=({}, {"share": 0.3}),
)
def coverage(run: Run, share: float, total: int, repeats: int) -> list[Finding]:
    """How often 95% intervals cover a share: the textbook's (Wald) fails where the share is small, Wilson's does not."""
    from scipy.stats import binom

    counts = np.arange(total + 1)
    drawn = run.chance.binomial(total, share, repeats)
    findings = []
    for name, rule in (("Wald", wald), ("Wilson", wilson)):
        low, high = rule(counts, total)
        covers = (low <= share) & (share <= high)
        findings.append(_share(float(binom.pmf(counts, total, share)[covers].sum()), covers[drawn], name))
    return findings


@row(
    "peeking",
    source="the exact law of the walk of counts, absorbed where the interval excludes the truth; Armitage et al. 1969",
    parameters=(
        Parameter("share", 0.5, 1e-3, 1 - 1e-3, "probability", "p, the truth"),
        Parameter("looks", 500, 1, 5000, "looks", "one after every run", whole=True),
        REPEATS,
    ),
    cases=({}, {"share": 0.1}),
)
def peeking(run: Run, share: float, looks: int, repeats: int) -> list[Finding]:
    """How often a 95% interval that is looked at after every run excludes the truth at some look.

    Wilson's does in 48% of 500 looks, so one who stops when it looks right can have any answer; those of a confidence
    sequence all hold at once.
    """
    counts = np.cumsum(run.chance.random((repeats, looks)) < share, axis=1)
    findings = []
    for name, rule in (("Wilson", wilson), ("anytime-valid", anytime)):
        ends = [rule(np.arange(n + 1), n) for n in range(1, looks + 1)]
        excluded = np.zeros(repeats, bool)
        for n, (low, high) in enumerate(ends, start=1):
            at = counts[:, n - 1]
            excluded |= (share < low[at]) | (share > high[at])
        findings.append(_share(_absorbed(ends, share), excluded, name))
    return findings


def _absorbed(ends: list[Interval], share: float) -> float:
    """The probability that a walk of counts is ever where the interval excludes its share."""
    alive, lost = np.zeros(len(ends) + 1), 0.0
    alive[0] = 1.0
    for n, (low, high) in enumerate(ends, start=1):
        alive[1 : n + 1] = alive[1 : n + 1] * (1 - share) + alive[:n] * share
        alive[0] *= 1 - share
        outside = (share < low) | (share > high)
        lost += float(alive[: n + 1][outside].sum())
        alive[: n + 1][outside] = 0.0
    return lost


@row(
    "even-starts",
    source="area of a disc; Sobol' 1967, Owen 1997",
    parameters=(
        Parameter("radius", 0.8, 0.1, 1, "half-widths", "of a disc in the middle of a square"),
        Parameter("samples", 4096, 2048, 1_000_000, "starts", "in 16 scramblings", whole=True),
        Parameter("repeats", 60, 10, 1000, "repeats", "how often it is tried", whole=True),
    ),
)
def even_starts(run: Run, radius: float, samples: int, repeats: int) -> list[Finding]:
    """Scrambled Sobol' starts measure a disc's share π r²/4 without bias, with 5 times less variance at least."""

    def disc(points: NDArray[np.float64], seed: int) -> Labels:
        return Labels((np.hypot(*points.T) < radius).astype(np.int8)[:, None], np.zeros((len(points), 1)))

    window = Window((Axis("x", -1, 1), Axis("y", -1, 1)))
    codes = {"out": 0, "in": 1}

    def tried(method: Callable[..., Any]) -> NDArray[np.float64]:
        found = [method(disc, window, codes, "in", samples=samples, seed=run.seed + at) for at in range(repeats)]
        return np.array([one.outcomes["in"].mean for one in found])

    even, plain, known = tried(evenly), tried(at_random), math.pi * radius**2 / 4
    ratio = float(plain.var(ddof=1) / even.var(ddof=1))
    return [
        Finding(**{**vars(mean(known, even)), "label": "share"}),
        exact(5.0, min(5.0, ratio), 0.0, f"{ratio:.1f} times less variance", "5 times less variance"),
    ]


@row(
    "good-turing",
    source="Good 1953",
    parameters=(
        Parameter("outcomes", 50, 2, 10_000, "outcomes", "k, all equally likely", whole=True),
        Parameter("draws", 100, 2, 100_000, "draws", "n", whole=True),
        REPEATS,
    ),
)
def good_turing(run: Run, outcomes: int, draws: int, repeats: int) -> list[Finding]:
    """The Good–Turing estimate of the probability of outcomes not yet seen has mean (1 − 1/k)^(n−1), and its bound holds."""
    drawn = run.chance.multinomial(draws, np.full(outcomes, 1 / outcomes), repeats)
    found = [missing_mass(counts) for counts in drawn]
    unseen = (drawn == 0).mean(axis=1)
    holds = np.array([one.high for one in found]) >= unseen
    estimated = mean((1 - 1 / outcomes) ** (draws - 1), [one.mean for one in found])
    return [
        Finding(**{**vars(estimated), "label": "estimate"}),
        exact(1.0, float(holds.mean()), 0.05, "95% at least", "bound"),
    ]


@row(
    "cap-measured",
    source="Li 2011, area of a hyperspherical cap: ½ I_{sin²}((d − 1)/2, ½)",
    parameters=(
        Parameter("half_angle", 60.0, 20, 89, "degrees", "from which on a belief counts as knowing"),
        Parameter("features", 16, 2, 64, "features", "d", whole=True),
        Parameter("samples", 4096, 1024, 1_000_000, "starts", "how many are drawn", whole=True),
    ),
    cases=({}, {"features": 8}, {"features": 64}, {"features": 64, "half_angle": 30}),
)
def cap_measured(run: Run, half_angle: float, features: int, samples: int) -> Finding:
    """Agents that never learn end aligned iff they begin within the cap: its size in bits, over a sphere of beliefs."""
    from basin.questions import size

    frozen = still(
        {
            "values.features": features,
            "outcome.behaves": 1 - math.cos(math.radians(half_angle)),
            "outcome.horizon": 1,
            "humans.noise": 1.0,
            "belief.spread": 1e-9,
            "gate.ask_cost": 1e6,
        }
    )
    found = size(frozen, "sphere", samples=samples, seed=run.seed, threads=run.threads).isel(dimension=0)
    error = (float(found["high"]) - float(found["low"])) / (2 * NormalDist().inv_cdf(0.975))
    return Finding(float(theory.cap_bits(half_angle, features)), float(found["bits"]), error)


REMISSION = (
    (6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0), (20, 0),
    (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0),
)  # fmt: skip
"""Weeks of remission under 6-mercaptopurine, and whether it ended then (1) or was still going on (0)."""


@row(
    "kaplan-meier",
    source="Freireich et al. 1963, remission under 6-mercaptopurine; Kalbfleisch & Prentice 2002, table 1.1",
)
def kaplan_meier_remission(run: Run) -> list[Finding]:
    """The Kaplan–Meier curve of 21 patients, 12 of them censored: what textbooks print, with the median and its limits."""
    weeks, ended = np.array(REMISSION).T
    curve = kaplan_meier(weeks, ended)
    share, low, high = curve.at([10, 23])
    known = (("10 weeks", 0.7529, share[0]), ("23 weeks", 0.4482, share[1]), ("low at 10", 0.5032, low[0]),
             ("high at 10", 0.8894, high[0]))  # fmt: skip
    median = curve.median
    return [exact(value, found, 5.1e-5, label=name) for name, value, found in known] + [
        exact(23, median.mean, 0, "weeks", "median"),
        exact(13, median.low, 0, "weeks", "median's lower end"),
    ]


def _share(expected: float, happened: NDArray[np.bool_], label: str) -> Finding:
    """`share`, by a name, and exact where it is certain."""
    if not 0 < expected < 1:
        return exact(expected, float(happened.mean()), 0.0, label=label)
    return Finding(**{**vars(share(expected, happened)), "label": label})


ROWS = (coverage, peeking, even_starts, good_turing, cap_measured, kaplan_meier_remission)
