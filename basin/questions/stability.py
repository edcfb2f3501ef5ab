"""How stable is a basin: which share of the starts ends in each way, with intervals that can be relied on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis import Axis
from basin.analysis.sampling import SamplingError
from basin.analysis.stability import at_random, evenly, until
from basin.questions.starts import Over, described, starts
from basin.questions.subject import AxisLike, Progress, Subject, SubjectLike, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 4096  # starts, unless said otherwise
MOST = 1_000_000  # starts that a half-width may take, unless said otherwise
METHODS = ("random", "sobol")


def stability(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    over: Over = "uniform",
    samples: int | None = None,
    method: str = "random",
    half_width: float | None = None,
    outcome: str | None = None,
    runs: int = 1,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Basin stability: the share of starts that ends in each way, S = ∫ P(outcome | start) dρ(start).

    asked: a scenario or a system, or its name. axes, over: which starts (`questions.starts.starts`). samples: starts,
    4096 unless said otherwise, or with `half_width` at most a million. method: "random", or "sobol", which spreads starts
    evenly and says more with as many. half_width: draw as many as it takes until the target's interval is at most that
    far to either side; only with "random". outcome: the target, its word. runs: from each start.

    Returns a Dataset, dims (outcome): `share` with `low` and `high`, each a 95% interval by itself, and `together_low`,
    `together_high`, 95% for all at once. Attributes: target; starts; half_width, and whether it was reached; `bounds_low`
    and `bounds_high`, which hold whatever unresolved runs would become; `unseen` and `unseen_high`, the probability of
    outcomes that no run had. Raises ValueErrors of ours, one line each.

    >>> found = basin.stability("pendulum", samples=100)
    >>> float(found["share"].sel(outcome="fixed_point"))
    0.18
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    drawn = starts(found, over, axes)
    if method not in METHODS:
        raise SamplingError(f"method = {method!r}: must be {' or '.join(METHODS)}")
    if half_width is not None and method != "random":
        raise SamplingError(f"method = {method!r}: stopping at a half-width takes random starts")
    mapper = found.mapper(drawn.paths, runs, progress=progress, cancel=cancel)
    if half_width is not None:
        most = MOST if samples is None else samples
        told = until(mapper, drawn, found.outcomes, target, half_width=half_width, most=most, seed=seed)
    else:
        way = at_random if method == "random" else evenly
        told = way(mapper, drawn, found.outcomes, target, samples=SAMPLES if samples is None else samples, seed=seed)
    call = call_of(
        "stability", axes, over, samples=samples, method=method, half_width=half_width, outcome=outcome, runs=runs, seed=seed,
        expected=expected,
    )  # fmt: skip
    dims = ("outcome",)
    every = [(told.outcomes[word], told.together[word]) for word in found.outcomes]
    return datasets.measured(
        "stability",
        {
            "count": (dims, list(told.counts.values()), "runs", "runs that ended so"),
            "share": (dims, [one.mean for one, _ in every], "probability", "share of the starts that ends so"),
            "low": (dims, [one.low for one, _ in every], "probability", "lower end of its 95% interval"),
            "high": (dims, [one.high for one, _ in every], "probability", "upper end of its 95% interval"),
            "together_low": (dims, [all.low for _, all in every], "probability", "lower end, 95% for all outcomes at once"),
            "together_high": (dims, [all.high for _, all in every], "probability", "upper end, 95% for all outcomes at once"),
        },
        {"outcome": (dims, np.array(list(found.outcomes)), "name", "how a run ends")},
        found.attributes(seed, runs, call)
        | {
            "title": found.title,
            "starts_from": described(drawn),
            "paths": list(drawn.paths),
            "target": target,
            "method": method,
            "starts": told.starts,
            "half_width": told.half_width,
            "reached": int(told.reached),
            "variance": told.variance,
            "bounds_low": told.bounds.low,
            "bounds_high": told.bounds.high,
            "unseen": told.unseen.mean,
            "unseen_high": told.unseen.high,
        },
    )


def target_of(found: Subject, outcome: str | None) -> str:
    """The outcome that is meant. Raises SamplingError for one that the subject does not have."""
    from basin.scenario.errors import nearest

    if outcome is None:
        return found.target
    if outcome not in found.outcomes:
        raise SamplingError(f"outcome = {outcome!r}: {found.name} has no such outcome; did you mean "
                            f"{nearest(outcome, list(found.outcomes))}?")  # fmt: skip
    return outcome


def call_of(name: str, axes: Sequence[AxisLike | Axis] | None, over: Over, **options: object) -> str:
    """What to type for the same again: options that differ from nothing, and starts that can be written down."""
    said = [f"axes={[axis.spec if isinstance(axis, Axis) else tuple(axis) for axis in axes]}"] if axes else []
    if over != "uniform":
        said.append(f"over={str(over)!r}" if not hasattr(over, "items") else "over=starts")
    said += [f"{key}={value!r}" for key, value in options.items() if value is not None and value is not False]
    return f"basin.{name}(scenario, {', '.join(said)})"
