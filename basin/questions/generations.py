"""If each generation of agents writes part of what the next is trained on, do they drift away or converge?"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis.intervals import Mean, mean
from basin.analysis.paired import mixture
from basin.corpus import Mix
from basin.questions.corpus import SAMPLES, corpus
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

GENERATIONS, AGENTS, DOSE, LINEAGES = 30, 1000, 0.01, 100
GRID = 201  # points of the map from one generation's share to the next's


def generations(
    asked: SubjectLike,
    *,
    dose: float = DOSE,
    first: float = 0.5,
    count: int = GENERATIONS,
    agents: int = AGENTS,
    lineages: int = LINEAGES,
    samples: int = SAMPLES,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The share of agents that end aligned, generation after generation.

    Of the text of each generation's corpus beside what people wrote, `dose` is written by the agents before: aligned ones
    write documents about AIs that behave well (`corpus.ai_good`), the others about AIs that behave badly (`corpus.ai_bad`), on
    top of what the scenario's [corpus] has of both. The corpus gives the odds of two personas, personas give starts, and the
    share of starts around each that ends aligned is measured once (`questions.corpus`):

        x' = F(x) = P(aligned persona | x) p_aligned + P(misaligned persona | x) p_misaligned

    first: the share aligned before the first generation. agents: whose ends are drawn anew in each generation of each of some
    lineages. What essays call a corpus that writes itself is rendered so by us.

    Returns a Dataset. Dims (generation): `share`, the mean over lineages, with `low` and `high`, between which 95% of the
    lineages lie, and `expected`, F iterated. Dims (now): `next` = F with `next_low`, `next_high`, 95%, of the runs around
    both personas. Dims (rest): `rest`, where F(x) = x, and whether it `attracts`.
    Raises ScenarioError or another ValueError of ours, one line each.

    >>> found = basin.generations("alignment-pretraining", samples=32, lineages=5)
    >>> found["rest"].values.round(2)
    array([0.96])
    """
    found = subject(asked, threads=threads)
    for name, value, least, most in (("dose", dose, 0, 1e6), ("first", first, 0, 1)):
        if not least <= value <= most:
            raise ScenarioError(f"{name} = {value}: must be between {least:g} and {most:g}")
    for name, number in (("count", count), ("agents", agents), ("lineages", lineages)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 1 <= number <= 10_000_000:
            raise ScenarioError(f"{name} = {number}: must be a whole number from 1 to 10000000")
    if isinstance(found, ScenarioSubject):  # of each generation, agents live and end alone
        found = found.with_({"population.agents": 1, "population.humans": 0, "population.misled": 0})
    cloud = corpus(found, samples=samples, n=2, seed=seed, progress=progress, cancel=cancel)
    ends = cloud["ends_aligned"].values
    assert isinstance(found, ScenarioSubject)  # a system has no corpus
    base = found.scenario.corpus
    mix = Mix(**base.model_dump()) if base is not None else Mix()

    def after(share: float) -> Mean:
        misaligned = _misaligned(mix, dose, share)
        return mixture(np.rint(ends * samples), [samples, samples], [1 - misaligned, misaligned])

    now = np.linspace(0, 1, GRID)
    told = [after(float(share)) for share in now]
    following = np.array([one.mean for one in told])
    rests = _rests(now, following)
    expected = [first]
    for _ in range(count):
        expected.append(after(expected[-1]).mean)
    drawn = _lineages(now, following, first, count, agents, lineages, seed)
    dims, at = ("generation",), ("now",)
    middle = [mean(column).mean for column in drawn.T]
    band = np.quantile(drawn, [0.025, 0.975], axis=0)
    call = (
        f"basin.generations(scenario, dose={dose!r}, first={first!r}, count={count}, agents={agents}, lineages={lineages}, "
        f"samples={samples}, seed={seed})"
    )
    return datasets.measured(
        "generations",
        {
            "share": (dims, middle, "share", "agents of the generation that end aligned, mean over lineages"),
            "low": (dims, band[0], "share", "below which 2.5% of the lineages lie"),
            "high": (dims, band[1], "share", "above which 2.5% of the lineages lie"),
            "expected": (dims, expected, "share", "F, applied again and again"),
            "next": (at, following, "share", "agents of the next generation that end aligned"),
            "next_low": (at, [one.low for one in told], "share", "lower end of its 95% interval"),
            "next_high": (at, [one.high for one in told], "share", "upper end of its 95% interval"),
            "rest": (("rest",), rests[0], "share", "shares that follow themselves"),
            "attracts": (("rest",), rests[1].astype(np.int8), "1", "1 if shares near it come nearer"),
        },
        {
            "generation": (dims, np.arange(count + 1), "generations", "since the first"),
            "now": (at, now, "share", "agents of a generation that end aligned"),
        },
        found.attributes(seed, samples, call)
        | {"title": found.title, "dose": float(dose), "first": float(first), "agents": int(agents), "lineages": int(lineages)}
        | {"p_aligned": float(ends[0]), "p_misaligned": float(ends[1])},
    )  # fmt: skip


def _misaligned(mix: Mix, dose: float, share: float) -> float:
    """P(misaligned persona) after a generation of which this share ended aligned."""
    written = dose * mix.human
    return mix.with_(ai_good=mix.ai_good + written * share, ai_bad=mix.ai_bad + written * (1 - share)).misaligned


def _rests(now: Numbers, following: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Where the map crosses or touches the diagonal, on the grid or between; it attracts where it is not too steep there."""
    gap, step = following - now, np.diff(now)
    crossed, touched = np.flatnonzero(gap[:-1] * gap[1:] < 0), np.flatnonzero(gap == 0)
    between = now[crossed] - gap[crossed] * step[crossed] / np.diff(gap)[crossed]
    slope = np.concatenate([(np.diff(following) / step)[crossed], np.gradient(following, now)[touched]])
    rests = np.concatenate([between, now[touched]])
    order = np.argsort(rests)
    return rests[order], np.abs(slope[order]) < 1


def _lineages(now: Numbers, following: Numbers, first: float, count: int, agents: int, lineages: int, seed: int) -> Numbers:
    """(lineages, generations + 1) shares: in each generation as many agents are drawn as there are."""
    chance = np.random.default_rng((seed, 0x6E))
    shares = np.full((lineages, count + 1), first)
    for at in range(count):
        shares[:, at + 1] = chance.binomial(agents, np.interp(shares[:, at], now, following)) / agents
    return shares
