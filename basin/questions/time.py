"""How long it takes to be in the target for good, who gets there by when, and who does no harm on the way."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from basin import datasets
from basin.analysis import Axis, Mean, wilson
from basin.analysis.sampling import Distribution, SamplingError, draw
from basin.analysis.time import Times, times
from basin.labels import UNDECIDED, Labels
from basin.questions.stability import call_of, target_of
from basin.questions.starts import Over, described, starts
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, Subject, SubjectLike, subject
from basin.simulate.runs import check_count, check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES, MOMENTS = 2048, 201
HORIZON = "outcome.horizon"


def time(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    over: Over = "uniform",
    samples: int = SAMPLES,
    outcome: str | None = None,
    harm: float = 0.0,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """How long runs from random starts take to the target, each run from a start of its own.

    asked, axes, over, outcome: as for `stability`. harm: a run of a scenario survives if the harm it does, summed over the
    whole run to the horizon, stays within this (Hellmann et al. 2016: survivability).

    Returns a Dataset. dims (outcome, moment): `share` of all runs that are in that ending by then and stay (finite-time
    basin stability), with `low` and `high`. dims (moment): `going`, no ending so far (Kaplan–Meier, runs without an ending
    being censored at the horizon), with `going_low` and `going_high`. dims (statistic): `time` with `time_low` and
    `time_high` for conditional_mean (of those that end in the target), joint_mean (0 where they do not), conditional_median,
    median (of all runs; infinite if fewer than half get there) and median_to_any (Kaplan–Meier, to any ending). Of a
    scenario also dims (event): `fraction` of runs that are harmless, harmless_and_target, and harmless_if_target.

    >>> found = basin.time("pendulum", samples=100)
    >>> float(found["time"].sel(statistic="conditional_median"))
    5.0
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    check_count("samples", samples)
    if not harm >= 0:
        raise SamplingError(f"harm = {harm:g}: must be a number from 0")
    drawn = starts(found, over, axes)
    if HORIZON in drawn.paths:
        raise SamplingError(f"{HORIZON}: runs must all be followed as long where times are asked for")
    labels, harms = _followed(found, drawn, samples, seed, threads, progress, cancel)
    horizon = float(found.scenario.outcome.horizon) if isinstance(found, ScenarioSubject) else None
    words = [word for word, code in found.outcomes.items() if code != UNDECIDED]
    if target not in words:
        raise SamplingError(f"outcome = {target!r}: a run that has no ending has no time to it")
    every = {word: times(labels, found.outcomes[word], horizon=horizon, moments=MOMENTS) for word in words}
    told = every[target]
    call = call_of("time", axes, over, samples=samples, outcome=outcome, harm=harm or None, seed=seed, expected=expected)
    about = {"title": found.title, "target": target, "starts_from": described(drawn), "starts": samples, "harm": harm}
    units = found.time_units
    variables = _curves(every) | _statistics(told, units)
    coordinates: dict[str, datasets.Described] = {
        "outcome": (("outcome",), np.array(words), "name", "how a run ends"),
        "moment": (("moment",), told.moments, units, "time since the start"),
        "statistic": (("statistic",), np.array(list(_summaries(told))), "name", "what is said of the time to the target"),
    }
    if harms is not None:
        events = _events(harms <= harm, labels.label[:, 0] == found.outcomes[target])
        dims = ("event",)
        coordinates["event"] = (dims, np.array(list(events)), "name", "harmless: harm stays within the bound to the horizon")
        variables |= _with_interval(dims, "fraction", list(events.values()), "probability", "fraction of the runs")
    return datasets.measured("time", variables, coordinates, found.attributes(seed, 1, call) | about)


def _followed(
    found: Subject, drawn: Distribution, samples: int, seed: int, threads: int | None, progress: Progress | None,
    cancel: threading.Event | None,
) -> tuple[Labels, Any]:  # fmt: skip
    """Labels of one run from each of some random starts; and of a scenario the harm that each did, to its horizon."""
    points = draw(drawn, samples, seed)
    if not isinstance(found, ScenarioSubject):
        return found.mapper(drawn.paths, 1)(points, seed), None
    from basin.engine.layout import R_LABEL, R_TIME, RECORD
    from basin.simulate.execute import execute
    from basin.simulate.tables import tabulate

    label, time, harm = np.empty((samples, 1), np.int8), np.empty((samples, 1)), np.empty(samples)
    parts = tabulate(found.scenario, {path: points[:, at] for at, path in enumerate(drawn.paths)}, expected=found.expected)
    for part in parts:
        whole = part.without_exits()  # harm is counted to the horizon
        for chunk, records, _ in execute(whole, 1, seed, threads=threads, progress=progress, cancel=cancel):
            rows = part.cells[chunk]
            label[rows, 0], time[rows, 0] = records[:, R_LABEL], records[:, R_TIME]
            harm[rows] = records[:, RECORD.index("harm")]
    return Labels(label, time), harm


def _events(harmless: np.ndarray, there: np.ndarray) -> dict[str, Mean]:
    def fraction(seen: np.ndarray) -> Mean:
        low, high = wilson(seen.sum(), seen.size)
        return Mean(float(seen.mean()) if seen.size else np.nan, float(low), float(high))

    return {
        "harmless": fraction(harmless),
        "harmless_and_target": fraction(harmless & there),
        "harmless_if_target": fraction(harmless[there]),
    }


def _curves(every: dict[str, Times]) -> dict[str, datasets.Described]:
    dims = ("outcome", "moment")
    first = next(iter(every.values()))
    share, low, high = (np.stack([told.by[part] for told in every.values()]) for part in range(3))
    going, going_low, going_high = first.going.at(first.moments)
    return {
        "share": (dims, share, "probability", "share of all runs that are in that ending by then and stay"),
        "low": (dims, low, "probability", "lower end of its 95% interval"),
        "high": (dims, high, "probability", "upper end of its 95% interval"),
        "going": (dims[1:], going, "probability", "share of all runs that are in no ending so far (Kaplan–Meier)"),
        "going_low": (dims[1:], going_low, "probability", "lower end of its 95% interval"),
        "going_high": (dims[1:], going_high, "probability", "upper end of its 95% interval"),
    }


def _summaries(told: Times) -> dict[str, Mean]:
    return {
        "conditional_mean": told.conditional,
        "joint_mean": told.joint,
        "conditional_median": told.middle,
        "median": told.overall,
        "median_to_any": told.going.median,
    }


def _statistics(told: Times, units: str) -> dict[str, datasets.Described]:
    return _with_interval(("statistic",), "time", list(_summaries(told).values()), units, "time to the target")


def _with_interval(
    dims: tuple[str, ...], name: str, means: list[Mean], units: str, words: str
) -> dict[str, datasets.Described]:
    return {
        name: (dims, [one.mean for one in means], units, words),
        f"{name}_low": (dims, [one.low for one in means], units, "lower end of its 95% interval"),
        f"{name}_high": (dims, [one.high for one in means], units, "upper end of its 95% interval"),
    }
