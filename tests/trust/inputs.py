"""Indices of sensitivity, early signs, rare events."""

import numpy as np
from scipy.stats import norm

from basin.analysis import shared
from basin.analysis.discrimination import auc, held_out_score
from basin.analysis.sensitivity import morris, sobol
from basin.analysis.splitting import likely
from tests.analysis.test_analysis_discrimination import _held
from tests.analysis.test_analysis_sensitivity import g_function, g_indices, ishigami, ishigami_indices
from tests.analysis.test_analysis_splitting import luck, walk
from tests.trust.cases import AT_LEAST, interval, within


def bent(parts):
    """x₀ + 2 x₁² + 3 x₀ x₂ − 3 x₂³."""
    return parts[:, 0] + 2 * parts[:, 1] ** 2 + 3 * parts[:, 0] * parts[:, 2] - 3 * parts[:, 2] ** 3


def bent_effects():
    """μ* of it: over all steps by 2/3 on a grid of 0, 1/3, 2/3, 1."""
    low, grid, step = np.array([0.0, 1 / 3]), np.arange(4) / 3, 2 / 3
    cubes = ((low + step) ** 3 - low**3) / step
    third = 3 * grid[:, None] - 3 * cubes
    return np.array([np.mean(1 + 3 * grid), np.mean(2 * (2 * low + step)), np.abs(third).mean()])


@interval("Morris' μ*", "analysis.sensitivity.morris", ("16 walks", 16))
@interval(
    "Morris' μ*",
    "analysis.sensitivity.morris",
    ("4 walks", 4),
    band=(0.85, 0.97),
    why="four effects of few possible sizes: no interval holds so often",
)
def elementary_effects(repeats, walks):
    truth = bent_effects()
    told = [morris(bent, 3, samples=walks, seed=seed) for seed in range(repeats)]
    return np.mean([(one.low <= truth) & (truth <= one.high) for one in told], axis=1)


@interval(
    "Sobol' index",
    "analysis.sensitivity.sobol",
    ("Ishigami, 64 samples, first", "first", 64, "i"),
    ("Ishigami, 64 samples, total", "total", 64, "i"),
    ("Ishigami, 256 samples, total", "total", 256, "i"),
    ("G, 64 samples, first", "first", 64, "g"),
    ("G, 64 samples, total", "total", 64, "g"),
)
@interval(
    "Sobol' index",
    "analysis.sensitivity.sobol",
    ("G, 8 samples, first", "first", 8, "g"),
    ("G, 8 samples, total", "total", 8, "g"),
    ("Ishigami, 8 samples, total", "total", 8, "i"),
    band=(0.85, 0.97),
    why="eight samples are too few for a share",
)
def sobol_indices(repeats, which, samples, function):
    """Of the inputs that do something."""
    function, known = (ishigami, ishigami_indices()) if function == "i" else (g_function, g_indices())
    truth = known[which == "total"]
    used = known[1] > 0.01
    told = [sobol(function, len(truth), samples=samples, seed=seed) for seed in range(repeats)]
    ends = [(getattr(one, f"{which}_low"), getattr(one, f"{which}_high")) for one in told]
    return np.mean([((low <= truth) & (truth <= high))[used] for low, high in ends], axis=1)


@interval(
    "area under a sign's curve",
    "analysis.discrimination.auc",
    ("ten of a kind, nearly all told", 2.5, 10, 90),
    band=AT_LEAST,
    why="of few runs near an end: rather too wide than too narrow",
)
@interval(
    "area under a sign's curve",
    "analysis.discrimination.auc",
    ("nothing told", 0.0, 40, 60),
    ("much told", 1.5, 40, 60),
    ("ten of a kind", 0.8, 10, 90),
)
def areas(repeats, apart, positives, others):
    rng, positive = np.random.default_rng(51), np.arange(positives + others) < positives
    return within(
        [auc(rng.normal(size=len(positive)) + apart * positive, positive) for _ in range(repeats)],
        norm.cdf(apart / np.sqrt(2)),
    )


@interval(
    "areas of all episodes at once",
    "questions.signs._tell",
    ("100 episodes, nothing told", 0.0, 150),
    ("100 episodes, much told", 1.5, 150),
    ("100 episodes, ten of a kind", 0.8, 10),
    band=AT_LEAST,
    why="Bonferroni",
)
def areas_at_once(repeats, apart, positives):
    """A sign that wanders: what a run shows now it mostly showed before."""
    rng, episodes, level = np.random.default_rng(52), 100, shared(0.95, 100)
    positive, held = np.arange(300) < positives, []
    for _ in range(repeats):
        moves = rng.normal(size=(300, episodes))
        values = np.empty_like(moves)
        values[:, 0] = moves[:, 0]
        for at in range(1, episodes):
            values[:, at] = 0.9 * values[:, at - 1] + np.sqrt(0.19) * moves[:, at]
        told = [auc(column + apart * positive, positive, level) for column in values.T]
        held.append(within(told, norm.cdf(apart / np.sqrt(2))).all())
    return held


@interval(
    "area of several signs together", "analysis.discrimination.held_out_score", ("nothing told", 0.0), ("much told", 1.0)
)
def scores(repeats, apart):
    """Of six normals one differs by δ: a score with coefficients b has the area Φ(b₁δ/(|b|√2))."""
    rng, held = np.random.default_rng(53), []
    for seed in range(repeats):
        positive = rng.random(200) < 0.4
        values = rng.normal(size=(200, 6))
        values[positive, 0] += apart
        score, kinds = held_out_score(values, positive, seed)
        others = _held(values, positive, seed)
        b = np.linalg.lstsq(np.column_stack([others, np.ones(len(score))]), score, rcond=None)[0][:6]
        told = auc(score, kinds)
        held.append(told.low <= norm.cdf(b[0] * apart / np.linalg.norm(b) / np.sqrt(2)) <= told.high)
    return held


@interval(
    "chance of a rare event", "analysis.splitting.likely", ("one in 1,530", 9, 40), ("one in 1,530, 10 repetitions", 9, 10)
)
def rare_events(repeats, goal, each):
    some = max(1, repeats // 20)
    drawn = np.concatenate([walk(goal, clones=100, repeats=20 * each, seed=seed).repeats for seed in range(some)])
    return within([likely(one) for one in drawn.reshape(-1, each)], luck(goal))


@interval("chance to come so near", "analysis.splitting.likely", ("half way", 5), ("all the way but one step", 8))
def near_events(repeats, level):
    """A walk from 1 that comes beyond a level before 0: it comes to the level and one step more."""
    some = max(1, repeats // 20)
    drawn = []
    for seed in range(some):
        told = walk(9, clones=100, repeats=20 * 40, seed=seed)
        at = int(np.argmin(np.abs(told.level - level)))
        beyond = int(np.floor(told.level[at])) + 1
        drawn.append(told.reached[:, at])
    return within([likely(one) for one in np.concatenate(drawn).reshape(-1, 40)], luck(beyond))
