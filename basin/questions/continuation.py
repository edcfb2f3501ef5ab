"""How do the basins change along a path, where do they tip; and who would end elsewhere if things were changed?"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from basin import datasets
from basin.analysis import Axis
from basin.analysis.continuation import RARE, ContinuationError
from basin.analysis.continuation import continuation as follow
from basin.analysis.crossing import HALVINGS
from basin.analysis.intervals import wilson
from basin.analysis.sampling import draw
from basin.analysis.tipping import tipping as compare
from basin.questions.discovery import found_along
from basin.questions.stability import call_of, target_of
from basin.questions.starts import Over, described, starts
from basin.questions.subject import AxisLike, Progress, SubjectLike, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

VALUES, SAMPLES = 21, 1000
MOST_SAMPLES = 10_000_000


def continuation(
    asked: SubjectLike,
    along: AxisLike | Axis,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    over: Over = "uniform",
    n: int = VALUES,
    samples: int = SAMPLES,
    outcome: str | None = None,
    rare: float = RARE,
    halvings: int = HALVINGS,
    discover: bool = False,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Basin fractions along a path, from the same starts and chances at each of its values (`analysis.continuation`).

    asked: a scenario or a system, or its name. along: `(path, lo, hi)` or `(path, lo, hi, "log")` of any number in it. axes,
    over: which starts. n: values along the path, both ends included. samples: starts. outcome: the target. rare: the share
    from which on an outcome counts as there. halvings: how often the step in which something tips is halved: twelve place
    it to 1/4096 of the step and tell a jump from a slope; fewer take fewer runs. discover: follow attractors that are
    found at each value (`attractors`) and matched from one to the next by optimal assignment (`analysis.matching`), instead
    of named outcomes; tipping points are then only placed between two values, and the target is the largest attractor at
    the first.

    Returns a Dataset. Dims (value, outcome): `count`, `share`, `low`, `high` (95% Wilson). Dims (tip): where P(target)
    passes ½ (`event` "rises", "falls") and outcomes appear and vanish: `tip_value`, `tip_low`, `tip_high` (95%, by inversion),
    `tip_outcome`, `event`, `kind` ("jump" where the share changes by more than 0.05 at once, else "smooth"), `level`.
    Raises ContinuationError, or what an axis or the subject raises, one line each.

    >>> found = basin.continuation("pendulum", ("torque", 0.1, 0.5), n=3, samples=100)
    >>> found["share"].sel(outcome="fixed_point").values
    array([1.  , 0.31, 0.18])
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    path = found.axis(along)
    drawn = starts(found, over, axes)
    if path.path in drawn.paths:
        raise ContinuationError(f"{path.path}: the starts differ along it already; follow another path")
    if isinstance(n, bool) or not 2 <= n <= 10_000:
        raise ContinuationError(f"n = {n}: must be a whole number from 2 to 10000")
    checked(samples)
    if discover:
        if outcome is not None:
            raise ContinuationError(f"outcome = {outcome!r}: attractors that are discovered have no names")
        told, words = found_along(found, path, axes, over, n, samples, rare, seed, progress, cancel)
        target = next(iter(words))
    else:
        words = dict(found.outcomes)
        mapper = found.mapper((path.path, *drawn.paths), 1, cancel=cancel)
        points = draw(drawn, samples, seed)
        codes = tuple(words.values())
        told = follow(
            mapper, path.values(n), points, codes, words[target], seed=seed, rare=rare, halvings=halvings, progress=progress
        )
    low, high = wilson(told.counts, told.total)
    call = call_of(
        "continuation", axes, over, along=path.spec, n=n, samples=samples, outcome=outcome, rare=rare, halvings=halvings,
        discover=discover, seed=seed, expected=expected,
    )  # fmt: skip
    grid, tip, units = ("value", "outcome"), ("tip",), path.units or "1"
    names = {code: word for word, code in words.items()}
    tips = told.tips

    def text(values: list[str]) -> np.ndarray:
        return np.array(values, dtype="U16" if not values else None)

    return datasets.measured(
        "continue",
        {
            "count": (grid, told.counts, "runs", "runs that ended so"),
            "share": (grid, told.counts / told.total, "probability", "share of the starts that ends so"),
            "low": (grid, low, "probability", "lower end of its 95% interval"),
            "high": (grid, high, "probability", "upper end of its 95% interval"),
            "tip_value": (tip, np.array([one.at.value for one in tips], float), units, "where it tips"),
            "tip_low": (tip, np.array([one.at.low for one in tips], float), units, "lower end of its 95% interval"),
            "tip_high": (tip, np.array([one.at.high for one in tips], float), units, "upper end of its 95% interval"),
            "tip_outcome": (tip, text([names[one.outcome] for one in tips]), "name", "what it is about"),
            "event": (tip, text([one.event for one in tips]), "name", "what happens as the path rises"),
            "kind": (tip, text([one.kind for one in tips]), "name", "jump, smooth or unknown"),
            "level": (tip, np.array([one.level for one in tips], float), "probability", "the share that is passed"),
        },
        {
            "value": (("value",), told.values, units, path.label or path.path),
            "outcome": (("outcome",), np.array(list(words)), "name", "how a run ends"),
        },
        found.attributes(seed, 1, call)
        | {
            "title": found.title,
            "target": target,
            "path": path.path,
            "scale": "log" if path.log else "linear",
            "starts": told.total,
            "starts_from": described(drawn),
            "rare": rare,
            "discover": int(discover),
        },
    )


def tipping(
    asked: SubjectLike,
    to: Mapping[str, Any],
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    over: Over = "uniform",
    samples: int = 4 * SAMPLES,
    outcome: str | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Tipping probabilities: of the starts that end in i now, the share that ends in j after some paths are set to other
    values (`analysis.tipping`); the same starts, with the same random numbers.

    to: paths and their new values. Returns a Dataset, dims (before, after): `count`; `probability` with `low`, `high`, of
    those that end in `before` now; attributes `change` with `change_low`, `change_high`: how much the target gains, by pairs.

    >>> found = basin.tipping("pendulum", {"torque": 0.7}, samples=100)
    >>> round(found.attrs["change"], 2)
    -0.09
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    if not to:
        raise ContinuationError("nothing is changed: give a path and its new value")
    changed = found.with_(to)
    drawn = starts(found, over, axes)
    for path in to:
        if path in drawn.paths:
            raise ContinuationError(f"{path}: the starts differ along it; change another path")
    points = draw(drawn, checked(samples), seed)
    before, after = dict(found.outcomes), dict(changed.outcomes)
    first, second = (one.mapper(drawn.paths, 1, progress=progress, cancel=cancel) for one in (found, changed))
    told = compare(first, second, points, tuple(before.values()), tuple(after.values()), seed)
    change = told.change(before[target])
    grid = ("before", "after")
    call = call_of(
        "tipping", axes, over, to=dict(to), samples=samples, outcome=outcome, seed=seed, expected=expected
    )  # fmt: skip
    return datasets.measured(
        "tipping",
        {
            "count": (grid, told.count, "starts", "starts that end in the one before and in the other after"),
            "probability": (grid, told.probability, "probability", "share of those that ended in the one before"),
            "low": (grid, told.low, "probability", "lower end of its 95% interval"),
            "high": (grid, told.high, "probability", "upper end of its 95% interval"),
        },
        {
            "before": (("before",), np.array(list(before)), "name", "how a run ends as things are"),
            "after": (("after",), np.array(list(after)), "name", "how it ends once they have changed"),
        },
        found.attributes(seed, 1, call)
        | {
            "title": found.title,
            "target": target,
            "to": [f"{path} = {value}" for path, value in to.items()],
            "starts": len(points),
            "starts_from": described(drawn),
            "change": change.mean,
            "change_low": change.low,
            "change_high": change.high,
        },
    )


def checked(samples: int) -> int:
    """A number of starts that can be meant."""
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not 1 <= samples <= MOST_SAMPLES:
        raise ContinuationError(f"samples = {samples}: must be a whole number from 1 to {MOST_SAMPLES}")
    return int(samples)
