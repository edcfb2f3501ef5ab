"""Shares of starts, sizes in bits, areas, bands, surfaces and fractal boundaries."""

import numpy as np
from scipy.special import entr, expit

from basin.analysis import Axis, missing_mass
from basin.analysis.boundary import boundary
from basin.analysis.entropy import entropy, gibbs
from basin.analysis.map import map as map_of
from basin.analysis.sampling import Window
from basin.analysis.size import size
from basin.analysis.soft import smoothed, validated
from basin.analysis.stability import at_random, evenly, until
from basin.analysis.uncertainty import SIZES, fit, uncertainty
from basin.labels import Labels
from tests.analysis.analytic import sharp
from tests.analysis.test_analysis_boundary import DISC, SQUARE, chancy, strip
from tests.analysis.test_analysis_fractality import MIXED
from tests.analysis.test_analysis_size import cap, measured, sigmoid, true_bits
from tests.analysis.test_analysis_soft import surface
from tests.trust.cases import AT_LEAST, interval, within

CODES = {"out": 0, "in": 1, "unresolved": -1}
STRATA = "taken as starts drawn at random, which vary more than those of a grid"
UNIT = (Axis("x", 0, 1), Axis("y", 0, 1))


def disc(radius):
    """Ends "in" within a radius of the middle of a square of side 2, of which that is π r²/4."""
    return sharp(lambda points: np.hypot(points[:, 0], points[:, 1]) < radius)


def shares(repeats, how, radius, **options):
    return [how(disc(radius), Window(SQUARE), CODES, "in", seed=seed, **options) for seed in range(repeats)]


def held(repeats, how, radius, **options):
    """Whether the interval of the share that ends "in" holds it."""
    return within([one.outcomes["in"] for one in shares(repeats, how, radius, **options)], np.pi * radius**2 / 4)


@interval("basin stability, random starts", "analysis.stability.at_random", ("an eighth", 0.4), ("half", 0.8))
def random_starts(repeats, radius):
    return held(repeats, at_random, radius, samples=400)


@interval(
    "basin stability, Sobol' starts",
    "analysis.stability.evenly",
    ("half", 0.8, 1024),
    ("one in 20", 0.25, 1024),
    ("one in 500", 0.05, 4096),
)
def even_starts(repeats, radius, samples):
    return held(repeats, evenly, radius, samples=samples)


@interval(
    "basin stability, to a half-width",
    "analysis.stability.until",
    ("an eighth", 0.4),
    ("half", 0.8),
    band=AT_LEAST,
    why="a confidence sequence: holds whenever one stops",
)
def stopped_starts(repeats, radius):
    return held(repeats, until, radius, half_width=0.08)


@interval(
    "basin stability, all outcomes at once",
    "analysis.stability._told",
    ("Sobol' starts", evenly),
    ("random starts", at_random),
    band=AT_LEAST,
    why="Bonferroni",
)
def shares_at_once(repeats, how):
    truth, told = np.pi * 0.5**2 / 4, shares(repeats, how, 0.5, samples=512)
    inside = within([one.together["in"] for one in told], truth)
    return inside * within([one.together["out"] for one in told], 1 - truth)


@interval(
    "basin stability, whatever the unresolved become",
    "analysis.stability.at_random",
    ("a tenth unresolved",),
    band=AT_LEAST,
    why="holds for both extremes at once",
)
def bounds(repeats):
    def mapper(points, seed):
        away = np.hypot(points[:, 0], points[:, 1])
        label = np.where(away < 0.5, 1, np.where(away < 0.6, -1, 0)).astype(np.int8)
        return Labels(label[:, None], np.zeros((len(points), 1)))

    told = [at_random(mapper, Window(SQUARE), CODES, "in", samples=400, seed=seed).bounds for seed in range(repeats)]
    return within(told, np.pi * 0.5**2 / 4) * within(told, np.pi * 0.6**2 / 4)


@interval(
    "probability of what was never seen",
    "analysis.missing.missing_mass",
    ("40 possible", 40),
    ("any", None),
    band=AT_LEAST,
    why="an upper bound, distribution-free",
)
def unseen(repeats, possible):
    rng = np.random.default_rng(31)
    law = rng.dirichlet(np.full(40, 0.3))
    counts = rng.multinomial(200, law, repeats)
    return [missing_mass(one, possible).high >= law[one == 0].sum() for one in counts]


@interval("size in bits", "analysis.size.size", ("Sobol' starts, 4.3 bits", 0.25))
def plain_bits(repeats, radius):
    told = [size(one.outcomes["in"], one.starts).bits for one in shares(repeats, evenly, radius, samples=1024)]
    return within(told, -np.log2(np.pi * radius**2 / 4))


@interval(
    "size in bits, by strata",
    "analysis.size.stratified",
    ("cap, 64 features", cap(45), 64),
    ("soft edge, 16 features", sigmoid(0.5, 0.2), 16),
    ("soft edge, 64 features", sigmoid(0.8, 0.2), 64),
    band=AT_LEAST,
    why="gamma and exact ends, each made to hold at least so often",
)
def deep_bits(repeats, probability, d):
    from basin import theory

    truth = float(theory.cap_bits(45, d)) if probability(np.array([0.0]))[0] == 0 else true_bits(probability, d)
    return within([measured(probability, d, seed).bits for seed in range(repeats)], truth)


def hills(points):
    return expit(12 * (0.6 - np.linalg.norm(points, axis=1)))


@interval("map, one cell", "analysis.map.map", ("16 runs", "cells"), why="averaged over the cells of a map")
@interval("map, all cells", "analysis.map.map", ("16 runs", "all"), band=AT_LEAST, why=STRATA)
def map_shares(repeats, which):
    held, axes = [], dict(zip("xy", SQUARE, strict=True))
    along = np.linspace(-1, 1, 16)
    truth = hills(np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)).reshape(16, 16)
    for seed in range(repeats):
        told = map_of(chancy_of(hills, 16), n=16, seed=seed, **axes)
        if which == "all":
            held.append(told.attrs["aligned_low"] <= truth.mean() <= told.attrs["aligned_high"])
        else:
            held.append(((told["aligned_low"].values <= truth) & (truth <= told["aligned_high"].values)).mean())
    return held


def chancy_of(probability, runs):
    def mapper(points, seed):
        label = (np.random.default_rng((seed, 7)).random((len(points), runs)) < probability(points)[:, None]).astype(np.int8)
        return Labels(label, np.ones(label.shape))

    return mapper


def bounded(repeats, mapper, **how):
    return [boundary(mapper, SQUARE, 1, seed=seed, **how) for seed in range(repeats)]


@interval("area within a boundary", "analysis.audit.combined", ("a strip the tree misses", strip, 16, 0.008 / 2))
def audited_area(repeats, inside, resolution, truth):
    return within([one.area for one in bounded(repeats, sharp(inside), resolution=resolution, audit=4000)], truth)


@interval("area within a boundary that chance blurs", "analysis.audit.combined", ("15 runs", 15))
def blurred_area(repeats, runs):
    return within([one.area for one in bounded(repeats, chancy(10, runs), resolution=32, runs=runs, certain=False)], DISC)


@interval(
    "area that a boundary has missed",
    "analysis.boundary.boundary",
    ("a strip", strip),
    band=AT_LEAST,
    why="few or none are seen",
)
def missed_area(repeats, inside):
    """What sure leaves have wrong: told by many points, in each repeat for the tree of that repeat."""
    at = (np.arange(512) + 0.5) / 512
    grid = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
    true, held = inside(2 * grid - 1).reshape(16, 32, 16, 32), []
    for one in bounded(repeats, sharp(inside), resolution=16, audit=1000):
        of = one.cells[:, None, :, None]
        wrong = np.where(of == 4, ~true, np.where(of == 0, true, False)).mean()
        held.append(wrong <= one.missed.high)
    return held


@interval("band of a boundary", "analysis.band.band", ("33 runs", 33), why="share of the line's length, on average")
def band_of_a_boundary(repeats, runs):
    """A point of the circle is within the band if the edges' points nearest to it are on both sides of the circle."""
    from scipy.spatial import cKDTree

    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = 0.6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    held = []
    for one in bounded(repeats, chancy(10, runs), resolution=64, runs=runs, certain=False):
        nearest = [edge.points[cKDTree(edge.points).query(circle)[1]] for edge in one.band]
        away = np.array([np.linalg.norm(points, axis=1) for points in nearest]) - 0.6
        held.append(((away.min(axis=0) <= 0) & (away.max(axis=0) >= 0)).mean())
    return held


@interval(
    "soft boundary, point by point",
    "analysis.soft.smoothed",
    ("ridge", "ridge", 0),
    ("gentle", "gentle", 0),
    why="share of the surface, on average",
)
@interval(
    "soft boundary, everywhere at once",
    "analysis.soft.smoothed",
    ("ridge", "ridge", 1),
    ("gentle", "gentle", 1),
    band=AT_LEAST,
    why="Bonferroni",
)
@interval(
    "mean of a soft boundary",
    "analysis.soft.smoothed",
    ("ridge", "ridge", 2),
    ("gentle", "gentle", 2),
    band=AT_LEAST,
    why=STRATA,
)
@interval(
    "entropy of a soft boundary",
    "analysis.soft.smoothed",
    ("ridge", "ridge", 3),
    ("gentle", "gentle", 3),
    band=AT_LEAST,
    why="widened for the bias of smoothing",
)
def soft_surfaces(repeats, kind, which):
    n, runs = 20, 8
    true, chance = surface(n, kind), np.random.default_rng(32)
    held = []
    for at in range(repeats):
        count = chance.binomial(runs, true).reshape(-1)
        found = smoothed(count, runs, n, validated(count / runs, n), at)
        held.append(
            (
                ((found.low <= true) & (true <= found.high)).mean(),
                ((found.all_low <= true) & (true <= found.all_high)).all(),
                found.whole.low <= true.mean() <= found.whole.high,
                found.entropy.low <= (entr(true) + entr(1 - true)).mean() <= found.entropy.high,
            )[which]
        )
    return held


def mixed_entropy():
    """Mean of S over balls of radius .2 with centres in [.2, .8] and ten starts each, of a plane at ½."""
    from scipy.stats import binom

    r = np.linspace(-1, 1, 20_001)
    part = (np.arccos(r) - r * np.sqrt(1 - r**2)) / np.pi
    k = np.arange(11)
    each = gibbs(np.stack([k, 10 - k], axis=1))
    return np.trapezoid(binom.pmf(k, 10, part[:, None]) @ each, r) * 0.2 / 0.6


@interval(
    "basin entropy", "analysis.entropy.entropy", ("whole", "whole"), ("of the boundary", "edge"), ("mixed balls", "mixed")
)
def entropies(repeats, which):
    half = sharp(lambda points: points[:, 0] > 0.5)
    told = [entropy(half, UNIT, size=0.2, balls=150, samples=10, seed=seed) for seed in range(repeats)]
    truth = {"whole": mixed_entropy(), "edge": told[0].smooth, "mixed": MIXED}[which]
    return within([getattr(one, which) for one in told], truth)


@interval("uncertainty exponent", "analysis.uncertainty.fit", ("fractal, 0.4", 0.4), ("smooth, 1", 1.0))
def exponents(repeats, exponent):
    chance, sizes = np.random.default_rng(33), np.array(SIZES)
    counts = chance.binomial(4096, sizes**exponent, (repeats, len(sizes)))
    return within([fit(sizes, count, 4096, at)[0] for at, count in enumerate(counts)], exponent)


@interval("uncertain pairs", "analysis.uncertainty.uncertainty", ("a line", 512), why="averaged over distances above 1/50")
def uncertain_pairs(repeats, pairs):
    """On both sides of a line through the middle of a square; the truth is that of two million pairs."""
    half, sizes = sharp(lambda points: points[:, 0] > 0.5), (0.02, 0.05, 0.1, 0.2)
    truth = uncertainty(half, UNIT, sizes=sizes, pairs=2_000_000, seed=1_000_000).uncertain
    told = [uncertainty(half, UNIT, sizes=sizes, pairs=pairs, seed=seed) for seed in range(repeats)]
    return np.mean([(one.low <= truth) & (truth <= one.high) for one in told], axis=1)
