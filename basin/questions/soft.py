"""How likely is each start to end in the target: the soft basin."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis import Axis, AxisError
from basin.analysis.soft import soft as smooth
from basin.questions.boundary import certain_over, chosen, pair
from basin.questions.stability import target_of
from basin.questions.subject import AxisLike, Progress, SubjectLike, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

GRID, RUNS = 32, 8  # cells along an axis, runs in each
LEAST, MOST = 8, 64  # cells along an axis
NARROWEST, WIDEST = 2.5, 0.5  # bandwidth: in cells, in parts of the window


class SoftError(ValueError):
    """A surface that cannot be smoothed as asked; one line."""


def soft(
    asked: SubjectLike,
    x: AxisLike | Axis | None = None,
    y: AxisLike | Axis | None = None,
    *,
    n: int = GRID,
    runs: int | None = None,
    bandwidth: float | None = None,
    outcome: str | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The committor P(outcome | start) over two axes, smoothed, with intervals, and the basin entropy of it.

    asked: a scenario or a system, or its name. x, y: `(path, lo, hi)` or `(path, lo, hi, "log")`, the subject's own unless
    given. n: cells along an axis; runs: in the middle of each, 8 unless given, 1 where nothing is left to chance. bandwidth:
    over which the smoothing reaches, parts of the window; by cross-validation unless given. outcome: its word. Where nothing
    is left to chance P is 0 or 1, and the surface says instead which part of the neighbouring starts ends so.

    Returns a Dataset, dims (y, x): `share` of each cell's runs, `committor`, its `low` and `high`, 95% point by point, and
    `all_low`, `all_high`, which hold everywhere at once. Scalars `whole`, the mean of P over the window, and `entropy`, that
    of −P ln P − (1 − P) ln(1 − P), each with `_low` and `_high`. Method and sources: `basin.analysis.soft`.
    Raises ValueErrors of ours, one line each.

    >>> found = basin.soft("henon", n=8)
    >>> round(float(found["whole"]), 2)
    0.42
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    across, upwards = pair(found, x, y)
    certain = certain_over(found, (across, upwards))
    runs = RUNS if runs is None else runs
    _check(across, upwards, n, runs, bandwidth)
    runs = 1 if certain else runs  # all runs from a start would be the same
    mapper = found.mapper([across.path, upwards.path], runs, progress=progress, cancel=cancel)
    told = smooth(mapper, (across, upwards), found.outcomes[target], n=n, runs=runs, bandwidth=bandwidth, seed=seed)
    call = (
        f"basin.soft(scenario, x={across.spec}, y={upwards.spec}, n={n}, runs={runs}, "
        f"bandwidth={told.bandwidth}{chosen(outcome=outcome)}, seed={seed}{', expected=True' * expected})"
    )
    about = found.attributes(seed, runs, call) | {
        "title": found.title,
        "target": target,
        "certain": int(certain),
        "bandwidth": told.bandwidth,
    }
    dims = ("y", "x")
    words = {
        "share": (told.share, "fraction of the cell's runs that ended in the target"),
        "committor": (told.committor, "P(target | start), smoothed"),
        "low": (told.low, "lower end of its 95% interval, point by point"),
        "high": (told.high, "upper end of its 95% interval, point by point"),
        "all_low": (told.all_low, "lower end of the 95% interval that holds everywhere at once"),
        "all_high": (told.all_high, "upper end of the 95% interval that holds everywhere at once"),
    }
    variables: dict[str, datasets.Described] = {
        name: (dims, values.T, "probability", text) for name, (values, text) in words.items()
    }
    for name, value, units, text in (
        ("whole", told.whole, "probability", "mean of P(target | start) over the window"),
        ("entropy", told.entropy, "nats", "basin entropy of the committor: mean of −P ln P − (1 − P) ln(1 − P)"),
    ):
        variables |= {
            name: ((), value.mean, units, text),
            f"{name}_low": ((), value.low, units, "lower end of its 95% interval"),
            f"{name}_high": ((), value.high, units, "upper end of its 95% interval"),
        }
    result = datasets.measured("soft", variables, {}, about)
    for name, axis in (("x", across), ("y", upwards)):
        middle = (np.arange(n) + 0.5) / n
        ends = (np.log(axis.lo), np.log(axis.hi)) if axis.log else (axis.lo, axis.hi)
        values = ends[0] + (ends[1] - ends[0]) * middle
        result = result.assign_coords({name: (name, np.exp(values) if axis.log else values, axis.attributes())})
    return result


def _check(x: Axis, y: Axis, n: int, runs: int, bandwidth: float | None) -> None:
    for axis in (x, y):
        if axis.integer:
            raise AxisError(f"{axis.path}: has whole values only; a smooth surface takes axes that have all")
    if x.path == y.path:
        raise AxisError(f"{x.path}: both axes are the same path")
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not LEAST <= n <= MOST:
        raise SoftError(f"n = {n}: must be a whole number from {LEAST} to {MOST}")
    if isinstance(runs, bool) or not isinstance(runs, int | np.integer) or runs < 1:
        raise SoftError(f"runs = {runs}: must be a whole number from 1")
    if bandwidth is not None and not NARROWEST / n <= bandwidth <= WIDEST:
        raise SoftError(f"bandwidth = {bandwidth}: must be from {NARROWEST / n:g} to {WIDEST:g}, in parts of the window")
