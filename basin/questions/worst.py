"""The worst case nearby: the least change of assumptions that takes P(aligned) below one half."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis, shared, wilson
from basin.analysis.intervals import CONFIDENCE
from basin.analysis.sampling import child
from basin.analysis.worst import HALF
from basin.analysis.worst import worst as search
from basin.questions.assumed import Assumed
from basin.questions.ranges import RangeError, RangeLike, Ranges
from basin.questions.ranges import ranges as varied_over
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError, dumps
from basin.simulate.runs import check_seed
from basin.simulate.whole import has_many

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TRIALS, FEW_TRIALS = 64, 16  # of lone agents, of populations
RUNS, FEW_RUNS = 64, 8  # at each point of the search
FINAL, FEW_FINAL = 64, 16  # times as many judge the scenario and the witness
LADDER = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # widths beyond the edge at which a witness is judged
HALVINGS, FEW_HALVINGS, EXACT_HALVINGS = 10, 6, 40  # of the way to an edge; of populations; where it is sharp
DIGITS, EXACT = 4, 12  # of a witness's values, where chance blurs the edge, and where it is sharp


class Judged(NamedTuple):
    """P(aligned) from fresh runs with its 95% interval; `surely` is the upper end that holds for all looks at once."""

    mean: float
    low: float
    high: float
    surely: float


def worst(
    asked: SubjectLike,
    paths: Sequence[str] | None = None,
    *,
    ranges: Mapping[str, RangeLike] | None = None,
    trials: int | None = None,
    runs: int | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The least change of a scenario's assumptions, within their ranges, that takes P(aligned) below ½, with a witness.

    asked: a scenario, or its name. paths: what may change; all numeric paths, unless given. ranges: `(lo, hi)` or
    `(lo, hi, "log")` by path, instead of those of the rule in `questions.ranges`; the scenario's own value must lie within.
    A change is measured in widths of its range (of logarithms where it varies by ratios), several by Euclid's length. What is
    no valid scenario is not allowed. trials: combinations that optuna proposes (`analysis.worst`). runs: at each point of
    the search, the same runs at every point. All assumptions of a population take some minutes; of lone agents one or two.

    The scenario and the witness are judged by fresh runs, 64 times as many (of populations 16 times). The witness is the first
    point at or a little beyond the edge, on the way through it, whose P(aligned) is below ½ with 95% confidence for all looks
    at once; what is told of it is from yet other runs, since those were chosen for being below. That it is the least change is
    not proven: the search sees what it sees, and `change` is an upper bound.

    Returns a Dataset, dims (path), what is changed first: `from`, `to`, `scaled` (0 where nothing is changed); `alone_to`,
    `alone_scaled`: the least change of this path alone, by the runs of the search; `lo`, `hi`. Attributes: `found`; `already`
    (the scenario itself is below ½: the change is 0); `change` (NaN if none was found); `aligned` and `witness_aligned`, each
    with `_low` and `_high`; `least_seen`, the lowest P(aligned) of the search; `witness`, the changed scenario as TOML.
    Raises WorstError, RangeError, MissingError (without optuna) or ScenarioError, one line each.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> found = basin.worst(short, ["motives.care"], trials=10, runs=20)
    >>> found.attrs["already"], found.attrs["change"]
    (1, 0.0)
    """
    found = subject(asked, expected=expected, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, and this is asked of the assumptions of scenarios")
    check_seed(seed)
    varied = varied_over(found, paths, ranges)
    start = _start(found, varied)
    many = has_many(found.scenario, varied.paths)
    trials = trials if trials is not None else FEW_TRIALS if many else TRIALS
    assumed = Assumed(found, varied.paths, runs if runs is not None else FEW_RUNS if many else RUNS, seed, cancel=cancel)
    final = 1 if assumed.certain else (FEW_FINAL if many else FINAL) * assumed.runs
    base = _judged(found, varied, varied.base, final, child(seed, 0xBA5E), cancel)
    already = base.high < HALF
    change, alone = np.zeros(len(start)), np.full(len(start), np.nan)
    least, judged, evaluations = base.mean, base if already else None, 0
    values = varied.base.copy()
    if not already:
        told = search(
            lambda points: assumed.shares(_values(varied, points)), start, trials=trials,
            halvings=EXACT_HALVINGS if assumed.certain else FEW_HALVINGS if many else HALVINGS, seed=seed, progress=progress,
        )  # fmt: skip
        least, alone, evaluations = told.lowest, told.alone, told.evaluations
        if told.change is not None:
            values, judged = _witness(found, varied, start, told.change, final, seed, assumed.certain, cancel)
            change = _positions(varied, values) - start
    ok = judged is not None
    if not ok:
        change, values = np.zeros(len(start)), varied.base.copy()
    changed = found.with_(_plain(varied, values, change)) if ok else found
    order = np.lexsort([np.where(np.isnan(alone), np.inf, np.abs(alone)), -np.abs(change)])
    dims, units = ("path",), "units of the path"
    alone_to = _values(varied, np.clip(start + np.nan_to_num(alone), 0, 1)[None])[0]
    numbers = {
        "from": (varied.base, units, "the scenario's own value"),
        "to": (values, units, "its value at the witness"),
        "scaled": (change, "widths of the range", "how far that is"),
        "alone_to": (
            np.where(np.isnan(alone), np.nan, alone_to),
            units,
            "where it alone takes P(aligned) below 1/2; NaN: nowhere",
        ),
        "alone_scaled": (alone, "widths of the range", "how far that is"),
        "lo": (np.array([axis.lo for axis in varied.axes]), units, "lower end of its range"),
        "hi": (np.array([axis.hi for axis in varied.axes]), units, "upper end of its range"),
    }
    words = {
        "path": ([axis.path for axis in varied.axes], "assumption"),
        "unit": ([axis.units or "1" for axis in varied.axes], "its unit"),
        "meaning": ([axis.label or axis.path for axis in varied.axes], "what it is"),
    }
    call = (
        f"basin.worst(scenario, {f'{list(paths)!r}, ' if paths is not None else ''}"
        f"{f'ranges={dict(ranges)!r}, ' if ranges else ''}trials={trials}, runs={assumed.runs}, seed={seed}"
        f"{', expected=True' * expected})"
    )
    at_witness = judged if judged is not None else Judged(np.nan, np.nan, np.nan, np.nan)
    return datasets.measured(
        "worst",
        {name: (dims, column[order], unit, text) for name, (column, unit, text) in numbers.items()},
        {
            **{name: (dims, np.array(column)[order], "name", text) for name, (column, text) in words.items()},
            "log": (
                dims,
                np.array([axis.log for axis in varied.axes], np.int8)[order],
                "1",
                "1 if changes are of its logarithm",
            ),
        },
        found.attributes(seed, assumed.runs, call)
        | {
            "title": found.title,
            "target": found.target,
            "found": int(ok),
            "already": int(already),
            "change": float(np.linalg.norm(change)) if ok else np.nan,
            "aligned": base.mean,
            "aligned_low": base.low,
            "aligned_high": base.high,
            "witness_aligned": at_witness.mean,
            "witness_aligned_low": at_witness.low,
            "witness_aligned_high": at_witness.high,
            "least_seen": least,
            "trials": int(trials),
            "judged_runs": final,
            "evaluations": evaluations,
            "witness": dumps(changed.scenario) if ok else "",
            "left_out": "; ".join(f"{path}: {why}" for path, why in varied.left_out.items()),
            "idle": ", ".join(varied.idle),
        },
    )


def _start(found: ScenarioSubject, varied: Ranges) -> Numbers:
    """(k,) where in its range each assumption is. Raises RangeError where it is in none."""
    if not varied.axes:
        raise RangeError(f"{found.name}: none of its assumptions can vary; give one with a range")
    for axis, value in zip(varied.axes, varied.base, strict=True):
        if not np.isfinite(value):
            raise RangeError(f"{axis.path}: the scenario holds no number there to change; set one")
        if not axis.lo <= value <= axis.hi:
            raise RangeError(f"{axis.path} = {value:g}: is outside its range, from {axis.lo:g} to {axis.hi:g}")
    return _positions(varied, varied.base)


def _positions(varied: Ranges, values: Numbers) -> Numbers:
    """(k,) values as parts of the way along their ranges, 0 to 1."""
    return np.array([_part(axis, value) for axis, value in zip(varied.axes, values, strict=True)])


def _part(axis: Axis, value: float) -> float:
    if axis.log:
        return float(np.log(value / axis.lo) / np.log(axis.hi / axis.lo))
    return float((value - axis.lo) / (axis.hi - axis.lo))


def _values(varied: Ranges, parts: Numbers) -> Numbers:
    """(n, k) values at parts of the way; numbers that must be whole are rounded, those at the start are as they were."""
    columns = []
    for axis, column, base in zip(varied.axes, parts.T, varied.base, strict=True):
        along = axis.lo * (axis.hi / axis.lo) ** column if axis.log else axis.lo + (axis.hi - axis.lo) * column
        along = np.clip(np.rint(along) if axis.integer else along, axis.lo, axis.hi)
        columns.append(np.where(column == _part(axis, base), base, along))
    return np.stack(columns, axis=1)


def _plain(varied: Ranges, values: Numbers, change: Numbers) -> dict[str, Any]:
    """What is changed, as `with_` takes it."""
    return {
        axis.path: int(value) if axis.integer else float(value)
        for axis, value, moved in zip(varied.axes, values, change, strict=True)
        if moved != 0
    }


def _judged(
    found: ScenarioSubject, varied: Ranges, values: Numbers, runs: int, seed: int, cancel: threading.Event | None
) -> Judged:
    """P(aligned) at some values, from runs of their own."""
    count = int(Assumed(found, varied.paths, runs, seed, cancel=cancel).aligned(values[None]).sum())
    if not found.stochastic:
        return Judged(float(count), float(count), float(count), float(count))
    low, high = (float(end) for end in wilson(count, runs))
    return Judged(count / runs, low, high, float(wilson(count, runs, shared(CONFIDENCE, len(LADDER)))[1]))


def _witness(
    found: ScenarioSubject, varied: Ranges, start: Numbers, change: Numbers, runs: int, seed: int, certain: bool,
    cancel: threading.Event | None,
) -> tuple[Numbers, Judged | None]:  # fmt: skip
    """Values at or a little beyond the edge at which P(aligned) is surely below ½; None where there are none."""
    length = float(np.linalg.norm(change))
    unit = change / length if length > 0 else change
    values, before = varied.base, None
    for look, beyond in enumerate(LADDER):
        parts = np.clip(start + change + unit * beyond, 0, 1)
        parts = np.where(change == 0, start, parts)
        values = np.array(
            [
                value if moved == 0 else _rounded(axis, value, EXACT if certain else DIGITS)
                for axis, value, moved in zip(varied.axes, _values(varied, parts[None])[0], change, strict=True)
            ]
        )
        if before is not None and np.array_equal(values, before):
            break
        before = values
        if _judged(found, varied, values, runs, child(seed, 0xF1A1, look), cancel).surely < HALF:
            # those runs are below ½ because they were chosen for it: what is reported is told by others
            return values, _judged(found, varied, values, runs, child(seed, 0xF1A2), cancel)
    return values, None


def _rounded(axis: Axis, value: float, digits: int) -> float:
    """A value that people can read, within its range."""
    return float(np.clip(float(f"{value:.{digits}g}"), axis.lo, axis.hi))
