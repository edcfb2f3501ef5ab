"""Means, medians and times, and what is told of a table of choices."""

import numpy as np

from basin.analysis import mean, median
from basin.analysis.intervals import mean_share
from basin.analysis.time import kaplan_meier, times
from basin.choices.likelihood import maximum_likelihood
from basin.labels import Labels
from tests.choices.choice_tables import luce
from tests.trust.cases import interval, within


@interval(
    "mean",
    "analysis.intervals.mean",
    ("12 even numbers", 12, "uniform", 0.5),
    ("30 normal ones", 30, "normal", 0.0),
    ("200 exponential ones", 200, "exponential", 1.0),
)
def means(repeats, total, draw, truth):
    return within([mean(one) for one in getattr(np.random.default_rng(21), draw)(size=(repeats, total))], truth)


@interval("mean of shares", "analysis.intervals.mean_share", ("40 populations", 40, (2, 2)), ("20 mostly at 1", 20, (8, 1)))
def means_of_shares(repeats, total, shape):
    drawn = np.random.default_rng(22).beta(*shape, (repeats, total))
    return within([mean_share(one) for one in drawn], shape[0] / sum(shape))


@interval("median", "analysis.intervals.median", ("80 exponential numbers", 80))
def medians(repeats, total):
    return within([median(one) for one in np.random.default_rng(23).exponential(size=(repeats, total))], np.log(2))


@interval(
    "time to an ending",
    "analysis.time.times",
    ("mean of those that get there", 0),
    ("mean, 0 elsewhere", 1),
    ("median of those that get there", 2),
    ("median of all", 3),
    ("share there by then", 4),
)
def times_to_an_ending(repeats, which):
    """Times are exponential, 60% get there, and runs are followed to 3."""
    rng, inside = np.random.default_rng(24), 1 - np.exp(-3)
    truth = (
        (1 - 4 * np.exp(-3)) / inside,
        0.6 * (1 - 4 * np.exp(-3)),
        -np.log(1 - inside / 2),
        -np.log(1 - 0.5 / 0.6),
        0.6 * (1 - np.exp(-1)),
    )[which]
    told = []
    for _ in range(repeats):
        time = rng.exponential(1.0, 300)
        label = np.where(time > 3, -1, np.where(rng.random(300) < 0.6, 1, 3)).astype(np.int8)
        one = times(Labels(label[:, None], np.where(label < 0, np.inf, time)[:, None]), 1, horizon=3.0, moments=4)
        told.append((one.conditional, one.joint, one.middle, one.overall, (0, *(part[1] for part in one.by[1:])))[which])
    return within(told, truth)


@interval("runs still going", "analysis.time.kaplan_meier", ("early", 0.2), ("late", 1.5), ("median", None))
def still_going(repeats, moment):
    """Exponential times, censored at exponential times."""
    rng = np.random.default_rng(25)
    happens, ends = rng.exponential(1.0, (repeats, 150)), rng.exponential(2.0, (repeats, 150))
    curves = [kaplan_meier(np.minimum(h, e), h <= e) for h, e in zip(happens, ends, strict=True)]
    if moment is None:
        return within([one.median for one in curves], np.log(2))
    return within([one.at(moment) for one in curves], np.exp(-moment))


@interval(
    "values learned from choices, ± 1.96 standard errors",
    "choices.likelihood.maximum_likelihood",
    ("300 choices among 2 to 5", 300),
)
def learned_values(repeats, choices):
    sizes, values = np.random.default_rng(26).integers(2, 6, choices), np.array([1.0, -0.5, 0.2])
    held = []
    for seed in range(repeats):
        told = maximum_likelihood(luce(sizes, values, seed))
        half = 1.959964 * told.standard_errors
        held.append(within(np.transpose([told.values - half, told.values + half]), values).mean())
    return held
