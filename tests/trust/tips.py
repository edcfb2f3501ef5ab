"""Where a share passes a level: tipping points, critical masses, shocks, and the witnesses that are found there."""

import numpy as np
from scipy.special import ndtr, ndtri

from basin.analysis.continuation import continuation
from basin.analysis.crossing import crossing
from basin.analysis.shock import share_bound, shock
from basin.questions.critical import _critical
from tests.analysis.analytic import free, sharp, soft
from tests.trust.cases import AT_LEAST, interval

MASSES = "averaged over masses from 0.1 to 0.9"
OWN = "the ends are the outermost of several places that may be it, which lots of their own set apart"


def lots(probability, total, seed, again=False):
    """How many of `total` runs count at x: by the same lots at every x, or by lots of their own."""
    drawn = np.random.default_rng(seed).random(total)

    def count(x):
        here = np.random.default_rng((seed, 1, int(np.float64(x).view(np.uint64)))).random(total) if again else drawn
        return int((here < probability(x)).sum())

    return count


@interval(
    "where a share passes a level",
    "analysis.crossing.crossing",
    ("a half, 400 runs", 0.5, 400, False),
    ("a half, 40 runs", 0.5, 40, False),
    ("one in 100, 4,000 runs", 0.01, 4000, False),
)
@interval(
    "where a share passes a level",
    "analysis.crossing.crossing",
    ("a half, 400 runs of their own at every place", 0.5, 400, True),
    ("a half, 40 of their own", 0.5, 40, True),
    band=AT_LEAST,
    why=OWN,
)
def crossings(repeats, level, total, again):
    grid, held = np.linspace(-0.5, 1.5, 9), []
    places = np.random.default_rng(41).uniform(0.2, 0.8, repeats)
    for seed, place in enumerate(places):
        count = lots(lambda x, place=place: ndtr((x - place) / 0.2 + ndtri(level)), total, seed, again)
        above = np.array([count(x) for x in grid]) > level * total
        step = int(np.argmax(above)) - 1
        found = crossing(count, total, grid, step, level, halvings=9)
        held.append(found.low <= place <= found.high)
    return held


@interval("tipping point", "analysis.continuation.continuation", ("300 starts", 300))
def tipping_points(repeats, total):
    law, held = sharp(lambda points: points[:, 1] > points[:, 0]), []
    for seed in range(repeats):
        starts = np.random.default_rng(seed).standard_normal((total, 1))
        found = continuation(law, np.linspace(-1, 1, 5), starts, (0, 1), 1, halvings=9)
        (tip,) = [tip for tip in found.tips if tip.event == "falls"]
        held.append(tip.at.low <= 0 <= tip.at.high)
    return held


class Ask:
    """Populations that end aligned, as `questions.critical` asks."""

    def __init__(self, count):
        self.count = count

    def __call__(self, shares):
        return np.array([self.count(float(share)) for share in shares])


@interval("critical mass", "questions.critical._critical", ("40 populations", 40, False), why=MASSES)
@interval("critical mass", "questions.critical._critical", ("40, chaotic", 40, True), band=AT_LEAST, why=OWN)
def critical_masses(repeats, populations, again):
    grid, held = np.linspace(0, 1, 9), []
    for seed, mass in enumerate(np.random.default_rng(42).uniform(0.1, 0.9, repeats)):
        ask = Ask(lots(lambda x, mass=mass: ndtr((x - mass) / 0.1), populations, seed, again))
        _, low, high = _critical(ask, grid, ask(grid), populations)
        held.append(low <= mass <= high)
    return held


def shocks(repeats):
    law = soft(lambda p: ndtr((1.0 - np.abs(p[:, 0] + 0.5)) / 0.3), 16)
    judge = soft(lambda p: ndtr((1.0 - np.abs(p[:, 0] + 0.5)) / 0.3), 400)
    for seed in range(repeats):
        yield shock(law, free(1), 1, judge=judge, reach=3, directions=1, rounds=0, samples=8, seed=seed)


@interval("distance of a minimal shock", "analysis.shock.shock", ("along one axis",))
def distances(repeats):
    """½ is at −1.5 and at 0.5; the nearer or the farther, where chance has it."""
    held = []
    for one in shocks(repeats):
        if one.distance is not None:
            held.append(one.low <= (0.5 if one.change[0] > 0 else 1.5) <= one.high)
    return held


@interval(
    "witness of a minimal shock is outside",
    "analysis.shock.shock",
    ("along one axis",),
    band=AT_LEAST,
    why="every rung of the ladder has its part of the error",
)
def witnesses(repeats):
    return [one.witness >= (0.5 if one.change[0] > 0 else 1.5) for one in shocks(repeats) if one.witness is not None]


@interval(
    "share of a ball that leaves",
    "analysis.shock.share_bound",
    ("one in 50, 500 samples", 0.02),
    band=AT_LEAST,
    why="an exact upper bound",
)
def leaving(repeats, share):
    return [share_bound(int(seen), 500) >= share for seen in np.random.default_rng(43).binomial(500, share, repeats)]
