"""Boundaries: where closed forms put them, how large and how fractal known ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from basin import theory
from basin.analysis import Axis
from basin.analysis.band import Z
from basin.analysis.boundary import Boundary, boundary
from basin.analysis.entropy import entropy, smooth
from basin.analysis.uncertainty import uncertainty
from basin.analysis.wada import wada
from basin.checks.motives import two_motives
from basin.checks.off_switch import one_dimensional
from basin.checks.row import MOST_SIGMAS, CheckError, Finding, Parameter, Run, exact, row
from basin.checks.still import still
from basin.engine.layout import R_ASKED
from basin.labels import ALIGNED, Labels
from basin.scenario import Scenario
from basin.simulate import mapper as scenario_mapper
from basin.simulate.execute import execute
from basin.simulate.tables import tabulate
from basin.systems import load, mapper

Numbers = NDArray[np.float64]
PUBLISHED = {2: 0.4395093, 3: 0.3960918}  # boundary basin entropy of smooth boundaries
UNIT = (Axis("first", 0, 1), Axis("second", 0, 1), Axis("third", 0, 1))


@dataclass
class Region:
    """A mapper onto a part of the unit cube that a closed form describes."""

    inside: object

    def __call__(self, points: Numbers, seed: int = 0) -> Labels:
        label = self.inside(points).astype(np.int8)[:, None]  # type: ignore[operator]
        return Labels(label, np.ones(label.shape))


@row(
    "smooth-entropy",
    source="Puy, Daza, Wagemakers & Sanjuán 2021; the integral is this project's",
    parameters=(
        Parameter("dimension", 2, 2, 3, "1", "of the window", whole=True),
        Parameter("samples", 64, 2, 10_000, "starts", "n, in each ball", whole=True),
        Parameter("balls", 4000, 100, 1_000_000, "balls", "thrown", whole=True),
    ),
    cases=({}, {"dimension": 3}),
)
def smooth_entropy(run: Run, dimension: int, samples: int, balls: int) -> list[Finding]:
    """Boundary basin entropy of a smooth boundary: ½ ∫ H(q(r)) dr over balls cut at distance r, .4395093 in the plane.

    With n starts per ball it is E[H of n starts]/P(not all alike), which a plane through the window is measured against.
    """
    told = entropy(Region(lambda x: x[:, 0] > 0.5), UNIT[:dimension], size=0.2, balls=balls, samples=samples, seed=run.seed)
    error = (told.edge.high - told.edge.low) / (2 * Z)
    return [
        exact(PUBLISHED[dimension], smooth(dimension), 1e-7, "quadrature", label="limit"),
        Finding(smooth(dimension, samples), told.edge.mean, error, label="measured"),
    ]


@row(
    "weierstrass-exponent",
    source="Grebogi, McDonald, Ott & Yorke 1983; McDonald et al. 1985: dimension 2 − ln λ/ln 2",
    parameters=(
        Parameter("growth", 1.5, 1.2, 1.7, "1", "λ, by how much z grows in a step"),
        Parameter("pairs", 400_000, 1000, 10_000_000, "pairs", "at each of twelve distances", whole=True),
    ),
)
def weierstrass_exponent(run: Run, growth: float, pairs: int) -> Finding:
    """The uncertainty exponent of the Weierstrass boundary is ln λ/ln 2, for isotropic pairs 2^−13 to 2^−24 apart.

    Larger distances would see the smooth lowest waves, whose part falls like ε^(1 − α); smaller ones the last bits of θ.
    """
    system = load("weierstrass")
    values = system.values({"growth": growth})
    axes = [Axis(entry.name, entry.lo, entry.hi) for entry in system.coordinates(values)]
    found = uncertainty(
        mapper(system, [axis.path for axis in axes], {"growth": growth}), axes,
        sizes=(2.0 ** -np.arange(13, 25)).tolist(), pairs=pairs,
        seed=run.seed,
    ).exponent  # fmt: skip
    return Finding(np.log(growth) / np.log(2), found.mean, (found.high - found.low) / (2 * Z))


@row("newton-wada", source="Daza, Wagemakers & Sanjuán 2018: Newton's three basins share every boundary point")
def newton_wada(run: Run) -> list[Finding]:
    """Newton's basins are Wada by merging; three sectors that meet in one point are not."""
    plane = (Axis("x", -2, 2), Axis("y", -2, 2))
    sectors = Region(lambda x: np.floor((np.arctan2(x[:, 1] - 0.51, x[:, 0] - 0.49) / np.pi + 1) * 1.499999))
    newton, plain = wada(mapper("newton", ["x", "y"]), plane), wada(sectors, UNIT[:2])
    return [
        exact(1.0, float(newton.wada), 0.0, f"radius {newton.radius[-1]:.4f} of the window", label="Newton"),
        exact(0.0, float(plain.wada), 0.0, f"radius {plain.radius[-1]:.4f} of the window", label="sectors"),
    ]


@row(
    "boundary-area",
    source="area of a disc and a strip, π r² + width; random starts for the pendulum",
    parameters=(
        Parameter("resolution", 1024, 64, 4096, "cells", "along an axis; a power of two", whole=True),
        Parameter("width", 0.004, 1e-4, 0.1, "parts of the window", "of a strip that a coarse grid misses"),
    ),
)
def boundary_area(run: Run, resolution: int, width: float) -> list[Finding]:
    """The audited area of a disc with a thin strip, and of the pendulum's basin, with at most a sixth of a grid's runs.

    A sixth at 1024 cells along an axis, and at others in proportion: a line has 1/resolution of a grid's cells.
    """
    shape = Region(lambda x: (np.hypot(x[:, 0] - 0.5, x[:, 1] - 0.7) < 0.2) | (np.abs(x[:, 1] - 0.213) < width / 2))
    thin = boundary(shape, UNIT[:2], 1, resolution=resolution, seed=run.seed)
    system = load("pendulum")
    axes = [Axis(entry.name, entry.lo, entry.hi) for entry in system.coordinates(system.values())]
    labels = mapper(system, [axis.path for axis in axes])
    found = boundary(labels, axes, 0, resolution=resolution, seed=run.seed)
    low, high = np.array([(axis.lo, axis.hi) for axis in axes]).T
    starts = low + (high - low) * run.chance.random((400_000, 2))
    share = float((labels(starts, run.seed).label == 0).mean())
    chance = np.sqrt(share * (1 - share) / len(starts))
    part, most = found.evaluations / found.dense, 1024 / resolution / 6
    return [
        Finding(np.pi * 0.04 + width, thin.area.mean, _error(thin), label="disc and strip"),
        Finding(share, found.area.mean, float(np.hypot(_error(found), chance)), label="pendulum"),
        exact(0.0, max(0.0, part - most), 0.0, f"{part:.4f} of a grid's runs, at most {most:.4f}", label="cost"),
    ]


@row(
    "separatrix-curve",
    source="this project's closed form: reflection is a replicator equation (Hofbauer & Sigmund 1998)",
    parameters=(
        Parameter("reflection", 0.1, 0.01, 1, "log share per episode", "κ, reflection's support of care"),
        Parameter("guarding", 0.05, 0.01, 1, "log share per episode", "γ, the own motive's guarding of itself"),
        Parameter("strength", 1.0, 0.1, 10, "utility", "ρ = ‖m‖"),
        Parameter("resolution", 64, 16, 1024, "cells", "along an axis; a power of two", whole=True),
    ),
    long_cases=({"resolution": 256}, {"strength": 2.0, "resolution": 128}),
)
def separatrix_curve(run: Run, reflection: float, guarding: float, strength: float, resolution: int) -> list[Finding]:
    """The two-motive separatrix over overlap × care: how far the map's boundary is from it, beyond its stated error."""
    scenario = two_motives(0.0, guarding).with_(
        {"belief.strength": strength, "reflection.strength": reflection, "outcome.horizon": HORIZON}
    )
    axes = (Axis("motives.other.overlap", -0.9, 0.9), Axis("motives.care", 0.05, 0.95))
    labels = scenario_mapper(scenario, [axis.path for axis in axes], threads=run.threads)
    found = boundary(labels, axes, ALIGNED, resolution=resolution, seed=run.seed)
    overlap = np.linspace(-0.9, 0.9, 20_001)
    return _apart(found, overlap, theory.separatrix(reflection, guarding, overlap, strength), 1.0)


HORIZON = 5000  # episodes in which starts beside the separatrix decide


@dataclass
class EverAsks:
    """Whether learners ever ask: a mapper over paths of a scenario."""

    scenario: Scenario
    paths: tuple[str, ...]
    runs: int
    threads: int | None

    def __call__(self, points: Numbers, seed: int = 0) -> Labels:
        label = np.zeros((len(points), self.runs), np.int8)
        for table in tabulate(self.scenario, {path: points[:, at] for at, path in enumerate(self.paths)}):
            asked = np.empty(len(table.cells) * self.runs, np.int8)
            for chunk, records, _ in execute(table, self.runs, seed, threads=self.threads):
                asked[chunk] = records[:, R_ASKED] > 0
            label[table.cells] = asked.reshape(-1, self.runs)
        return Labels(label, np.ones(label.shape))


@row(
    "off-switch-curve",
    source="this project's closed form, for the game of Hadfield-Menell et al. 2017",
    parameters=(
        Parameter("episodes", 100, 1, 10_000, "episodes", "T, how long the learner has to ask", whole=True),
        Parameter("resolution", 64, 16, 256, "cells", "along an axis; a power of two", whole=True),
        Parameter("runs", 65, 5, 10_001, "runs", "from each start, odd", whole=True),
    ),
    long_cases=({"episodes": 1000},),
)
def off_switch_curve(run: Run, episodes: int, resolution: int, runs: int) -> list[Finding]:
    """The variance from which on learners ever ask, √v_c over the human's noise τ: how far the map's boundary is from it.

    The boundary is that of P(ever asks) = ½; beyond its stated error, widened from 1.96 to 3.5 standard errors, for it is
    compared along its whole length.
    """
    if runs % 2 == 0:
        raise CheckError(f"runs = {runs}: must be odd")
    noise = np.linspace(0.1, 0.6, 2001)
    known = np.sqrt(theory.critical_variance(noise, episodes))
    axes = (Axis("humans.noise", 0.1, 0.6), Axis("belief.spread", 0.5 * float(known.min()), 1.3 * float(known.max())))
    labels = EverAsks(still(one_dimensional(0.25, episodes, 0.3)), tuple(axis.path for axis in axes), runs, run.threads)
    found = boundary(labels, axes, 1, resolution=resolution, runs=runs, certain=False, audit=200, seed=run.seed)
    return _apart(found, noise, known, MOST_SIGMAS / Z)


def _apart(found: Boundary, x: Numbers, y: Numbers, widened: float) -> list[Finding]:
    """How far a boundary is from a curve y(x), and the curve from it, beyond the stated error: 0 along the whole curve.

    Distances in parts of the window. A point of the curve is judged by the error of the nearest point of the boundary,
    plus a cell, since points of the boundary are that far apart.
    """
    lo, hi = (np.array([getattr(axis, end) for axis in found.axes]) for end in ("lo", "hi"))
    curve, line = ((np.asarray(points) - lo) / (hi - lo) for points in (np.stack([x, y], axis=1), found.line.points))
    curve = curve[(curve >= 0).all(axis=1) & (curve <= 1).all(axis=1)]
    if not len(curve) or not len(line):
        raise CheckError("the curve does not pass through the window with these settings")
    inner = (line > 1 / found.resolution).all(axis=1) & (line < 1 - 1 / found.resolution).all(axis=1)
    away = np.asarray(cKDTree(curve).query(line[inner])[0])
    beyond = away - widened * found.error[inner]
    back, nearest = cKDTree(line).query(curve)
    missing = back - widened * found.error[nearest] - 1 / found.resolution
    said = f"{inner.sum()} points, at most {away.max():.2g} off, error about {np.median(found.error):.2g} of the window"
    return [
        exact(0.0, max(0.0, float(beyond.max())), 1e-9, said, label="boundary"),
        exact(0.0, max(0.0, float(missing.max())), 1e-9, f"{len(curve)} points", label="curve"),
    ]


def _error(found: Boundary) -> float:
    return (found.area.high - found.area.low) / (2 * Z)


ROWS = (
    smooth_entropy, weierstrass_exponent, newton_wada, boundary_area, separatrix_curve, off_switch_curve,
)  # fmt: skip
