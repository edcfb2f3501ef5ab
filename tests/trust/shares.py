"""Shares of independent runs, of runs from one start, of populations, and their differences and mixtures."""

import numpy as np

from basin.analysis import anytime, exact, fraction, shared, wilson
from basin.analysis.paired import mixture, paired, paired_bits
from basin.analysis.tipping import paired as paired_change
from basin.analysis.tipping import table
from basin.questions.population import share_ending
from tests.trust.cases import AT_LEAST, interval, within


@interval(
    "share of runs",
    "analysis.intervals.wilson",
    ("16 runs", 16),
    ("100 runs", 100),
    ("1,000 runs", 1000),
    why="averaged over shares from 0 to 1; at a given one the count's steps move it, and below about 5/runs more so",
)
def share_of_runs(repeats, runs):
    rng = np.random.default_rng(1)
    truth = rng.random(repeats)
    return within(np.transpose(wilson(rng.binomial(runs, truth), runs)), truth)


@interval(
    "exact share", "analysis.intervals.exact", ("300 runs, one in 20", 300, 0.05), band=AT_LEAST, why="exact: never less"
)
def exact_share(repeats, runs, truth):
    return within(np.transpose(exact(np.random.default_rng(2).binomial(runs, truth, repeats), runs)), truth)


@interval(
    "all outcomes at once",
    "analysis.intervals.shared",
    ("four, two of them rare", (0.7, 0.2, 0.06, 0.04)),
    ("three alike", (0.4, 0.3, 0.3)),
    band=AT_LEAST,
    why="Bonferroni",
)
def all_at_once(repeats, shares):
    counts = np.random.default_rng(3).multinomial(1000, shares, repeats)
    low, high = wilson(counts, 1000, shared(0.95, len(shares)))
    return ((low <= shares) & (shares <= high)).all(axis=1)


@interval(
    "share, looked at all the time",
    "analysis.sequence.anytime",
    ("0.02", 0.02),
    ("0.3", 0.3),
    band=AT_LEAST,
    why="holds at all times at once",
)
def sequence(repeats, truth):
    counts = np.cumsum(np.random.default_rng(4).random((repeats, 1000)) < truth, axis=1)
    looks = np.arange(1, 1001, 3)
    low, high = anytime(counts[:, looks - 1], looks)
    return ((low <= truth) & (truth <= high)).all(axis=1)


def ends(repeats, populations, agents, shape, seed):
    """(repeats, populations, agents) labels 1 and 3; every population has a chance of its own."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(*shape, (repeats, populations, 1))
    return np.where(rng.random((repeats, populations, agents)) < chance, 1, 3).astype(np.int8)


@interval(
    "agents of populations",
    "questions.population.share_ending",
    ("20 populations that differ", 20, (2, 2)),
    ("40 that end as one nearly", 40, (0.3, 0.3)),
    ("40 mostly aligned", 40, (9, 1)),
)
def agents_of_populations(repeats, populations, shape):
    labels = ends(repeats, populations, 12, shape, 5)
    role = np.zeros(labels.shape[1:], np.int8)
    told = [share_ending(label, role, 1, True) for label in labels]
    return within([(one["low"], one["high"]) for one in told], shape[0] / sum(shape))


@interval("runs in groups", "analysis.summary.fraction", ("30 groups of 8", 30, (2, 3)))
def runs_in_groups(repeats, groups, shape):
    of = np.repeat(np.arange(groups), 8)
    told = [fraction(label.reshape(-1) == 1, False, of) for label in ends(repeats, groups, 8, shape, 6)]
    return within([(one["low"], one["high"]) for one in told], shape[0] / sum(shape))


def pairs(repeats, runs, gained, lost, seed):
    """(before, after) truth values of pairs of which some gain and some lose; half of the others are both true."""
    draws = np.random.default_rng(seed).random((repeats, runs))
    same = draws >= gained + lost
    both = same & (draws < gained + lost + (1 - gained - lost) / 2)
    return zip(both | ((draws >= gained) & ~same), both | (draws < gained), strict=True)


DIFFERENCES = (("many lost", 0.02, 0.2), ("none on balance", 0.1, 0.1))
FEW, CAUTIOUS = ("hardly any pair differs", 0.01, 0.02), "where few pairs differ, the pairs that are added make it wider"


@interval("difference of paired runs", "analysis.paired.paired", *DIFFERENCES)
@interval("difference of paired runs", "analysis.paired.paired", FEW, band=AT_LEAST, why=CAUTIOUS)
def paired_difference(repeats, gained, lost):
    return within([paired(*both) for both in pairs(repeats, 400, gained, lost, 7)], gained - lost)


@interval(
    "differences of 25 objections at once", "analysis.paired.paired", ("2,000 starts each",), band=AT_LEAST, why="Bonferroni"
)
def paired_at_once(repeats):
    rng, level = np.random.default_rng(8), shared(0.95, 25)
    lost = np.linspace(0.0, 0.4, 25)
    held = np.ones(repeats, bool)
    for part in lost:
        counts = rng.multinomial(2000, [0.01, part, 0.99 - part], repeats)
        told = [paired(np.repeat([False, True, True], n), np.repeat([True, False, True], n), level) for n in counts]
        held &= within(told, 0.01 - part) > 0
    return held


@interval("change of a share of paired starts", "analysis.tipping.paired", *DIFFERENCES)
@interval("change of a share of paired starts", "analysis.tipping.paired", FEW, band=AT_LEAST, why=CAUTIOUS)
def change_of_share(repeats, gained, lost):
    counts = np.random.default_rng(9).multinomial(400, [gained, lost, 1 - gained - lost], repeats)
    return within([paired_change(int(up), int(down), 400) for up, down, _ in counts], gained - lost)


@interval(
    "tipping probability",
    "analysis.tipping.table",
    ("of 300 starts", 300),
    why="averaged over probabilities from 0.02 to 0.98",
)
def tipping_probability(repeats, starts):
    rng = np.random.default_rng(10)
    held = []
    for truth in rng.uniform(0.02, 0.98, repeats):
        before = rng.random(starts) < 0.6
        after = np.where(before, rng.random(starts) < truth, rng.random(starts) < 0.1)
        told = table(before.astype(int), after.astype(int), (0, 1), (0, 1))
        held.append(told.low[1, 1] <= truth <= told.high[1, 1])
    return held


@interval("bits that a basin loses", "analysis.paired.paired_bits", ("to a half", 0.0, 0.2), ("to a hundredth", 0.0, 0.396))
def bits_lost(repeats, gained, lost):
    truth = np.log2(0.4 / (0.4 + gained - lost))
    draws = np.random.default_rng(11).multinomial(4000, [gained, lost, 0.4 - lost, 0.6 - gained], repeats)
    told = [paired_bits(np.repeat([False, True, True, False], n), np.repeat([True, False, True, False], n)) for n in draws]
    return within(told, truth)


@interval(
    "share of a mixture",
    "analysis.paired.mixture",
    ("3 to 1, 400 runs of each", (0.95, 0.07), (0.75, 0.25)),
    ("one kind only", (0.8, 0.3), (1.0, 0.0)),
)
def share_of_mixture(repeats, shares, weights):
    counts = np.random.default_rng(12).binomial(400, shares, (repeats, 2))
    return within([mixture(one, [400, 400], weights) for one in counts], np.dot(shares, weights))
