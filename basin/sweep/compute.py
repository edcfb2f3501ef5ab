"""What is computed at the points of a sweep.

`run` counts how runs end: all points of a task go through the engine at once. Every other measure is a function of the
Python interface, called point by point; what it returns, a Dataset, is kept variable by variable.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import wilson
from basin.analysis.summary import ROUNDING
from basin.engine.layout import RECORD
from basin.labels import OUTCOMES, UNDECIDED
from basin.scenario import Scenario
from basin.scenario.errors import nearest
from basin.simulate.execute import execute
from basin.simulate.tables import tabulate
from basin.simulate.whole import has_many
from basin.sweep.dimension import OPTION
from basin.sweep.errors import SweepError
from basin.sweep.plan import Part, Sweep

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]
Variable = tuple[tuple[str, ...], Numbers, dict[str, str]]  # dims, values, attributes

# Variables that are kept where a sweep does not say which; empty: all that hold numbers.
KEPT: dict[str, tuple[str, ...]] = {
    "map": ("count", "aligned"),
    "boundary": ("area", "area_low", "area_high"),
    "size": ("bits", "low", "high", "share", "share_low", "share_high"),
    "critical": ("critical", "critical_low", "critical_high"),
    "start_cloud": ("aligned", "aligned_low", "aligned_high"),
}
RUNS = 64  # of each point where a sweep does not say how many
NO_MEASURES = ("system", "committor", "rare", "extrapolation", "learn")  # not of a scenario, or no Dataset
FRACTIONS = {"knows": "behaves", "cares": "cares", "behaves": "behaves"}  # by the bound of the scenario that judges each
MEANS = {"harm": "utility", "welfare": "utility", "asked": "episodes"}
SHARED = ("seed", "runs", "expected")  # what a sweep says itself, not its options


def check_measure(sweep: Sweep) -> None:
    """Raises SweepError for a measure, an option or a variable to keep that there is not."""
    if sweep.compute == "run":
        if sweep.options or sweep.keep:
            raise SweepError('compute = "run": takes no options, and keeps all that it finds')
        return
    taken = inspect.signature(_measure(sweep.compute)).parameters
    options = {
        *sweep.options,
        *(to.removeprefix(OPTION) for one in sweep.dimensions for to in one.settings if to.startswith(OPTION)),
    }
    possible = [name for name in list(taken)[1:] if name not in (*SHARED, "threads", "progress", "cancel")]
    for name in options:
        if name not in possible:
            raise SweepError(f"options.{name}: {sweep.compute} takes no such option; did you mean {nearest(name, possible)}?")
    for name in possible:
        if taken[name].default is inspect.Parameter.empty and name not in options:
            raise SweepError(f"options.{name}: {sweep.compute} needs it")
    try:
        json.dumps(dict(sweep.options))
    except (TypeError, ValueError):
        raise SweepError("options: must be numbers, words, true and false, or lists and tables of these") from None
    for name in ("runs", "expected"):
        if getattr(sweep, name) and name not in taken:
            raise SweepError(f"{name} = {getattr(sweep, name)}: {sweep.compute} does not take it")


def measures() -> list[str]:
    """What a sweep can compute."""
    from basin import questions

    about_scenarios = [name for name in questions.__all__ if name[0].islower() and name not in NO_MEASURES]
    names = {"corpus": "start_cloud", "requirements": "information"}  # as the Python interface calls them
    return sorted(["run", "map", *(names.get(name, name) for name in about_scenarios)])


def _measure(name: str) -> Callable[..., xr.Dataset]:
    import basin

    if name not in measures():
        raise SweepError(f"compute = {name!r}: unknown; did you mean {nearest(name, measures())}?")
    measure: Callable[..., xr.Dataset] = getattr(basin, name)
    return measure


def compute(sweep: Sweep, points: Sequence[int] | NDArray[np.int64]) -> dict[str, Variable]:
    """What is found at some points of a sweep: variables with a leading dimension of the points.

    Raises what a measure raises where a point is no valid scenario, or cannot be computed.
    """
    if sweep.compute == "run":
        return _runs(sweep, points)
    found: dict[int, dict[str, Variable]] = {}
    for part in sweep.parts(points):
        for place, scenario, seed in part.each():
            found[place] = _kept(sweep, scenario, part.options, seed)
            _check_like(found[place], next(iter(found.values())))
    each = [found[place] for place in range(len(points))]
    return {name: (dims, np.stack([one[name][1] for one in each]), about) for name, (dims, _, about) in each[0].items()}


def own_coordinates(sweep: Sweep, point: int) -> dict[str, Any]:
    """What stands along the dimensions of what a measure finds at a point: as xarray takes it."""
    if sweep.compute == "run":
        return {"outcome": ("outcome", np.array(list(OUTCOMES)), {"units": "name", "long_name": "how runs end"})}
    part = next(sweep.parts([point]))
    _, scenario, seed = next(part.each())
    result = _result(sweep, scenario, part.options, seed)
    dims = {dim for name in _wanted(sweep, result) if name in result.variables for dim in result[name].squeeze().dims}
    return {str(dim): ((dim,), result[dim].values, dict(result[dim].attrs)) for dim in dims if dim in result.coords}


def _result(sweep: Sweep, scenario: Scenario, options: Mapping[str, Any], seed: int) -> xr.Dataset:
    return _remembered(sweep.compute, scenario, json.dumps(dict(options)), sweep.runs, sweep.expected, seed)


@lru_cache(maxsize=4)  # the first point is looked at before all are computed
def _remembered(compute: str, scenario: Scenario, options: str, runs: int | None, expected: bool, seed: int) -> xr.Dataset:
    measure = _measure(compute)
    given = {name: value for name, value in (("runs", runs), ("expected", expected)) if value}
    taken = inspect.signature(measure).parameters
    return measure(scenario, **json.loads(options), **given, seed=seed, **({"threads": 1} if "threads" in taken else {}))


def _numbers(result: xr.Dataset) -> tuple[dict[str, xr.DataArray], dict[str, float]]:
    """Variables that hold numbers, and numbers among the attributes."""
    variables = {str(name): result[name] for name in result.variables if result[name].dtype.kind in "iufb"}
    return variables, {
        name: value for name, value in result.attrs.items() if isinstance(value, int | float) and name not in SHARED
    }


def _wanted(sweep: Sweep, result: xr.Dataset) -> Sequence[str]:
    """Names of what is kept."""
    variables, scalars = _numbers(result)
    wanted = sweep.keep or KEPT.get(sweep.compute, ()) or tuple(name for name in variables if name in result.data_vars)
    for name in wanted:
        if name not in variables and name not in scalars:
            near = nearest(name, [*variables, *scalars])
            raise SweepError(f"keep: {sweep.compute} finds no {name}; did you mean {near}?")
    return wanted


def _kept(sweep: Sweep, scenario: Scenario, options: Mapping[str, Any], seed: int) -> dict[str, Variable]:
    """What is kept of one point of a measure."""
    result = _result(sweep, scenario, options, seed)
    variables, scalars = _numbers(result)
    kept: dict[str, Variable] = {}
    for name in _wanted(sweep, result):
        if name in variables:
            one = variables[name].squeeze()  # a dimension of one position is none
            about = {key: str(one.attrs.get(key, "1")) for key in ("units", "long_name")}
            kept[name] = (tuple(map(str, one.dims)), np.asarray(one.values, float), about)
        else:
            units, long_name = datasets.MAP_VARIABLES.get(name, ("1", name.replace("_", " ")))
            about = {"units": units, "long_name": long_name.replace("of the cell's runs ", "")}
            kept[name] = ((), np.asarray(float(scalars[name])), about)
    return kept


def _check_like(one: Mapping[str, Variable], first: Mapping[str, Variable]) -> None:
    """Raises SweepError where two points have results of different shapes, which no array holds."""
    for name, (_, values, _) in first.items():
        if one[name][1].shape != values.shape:
            raise SweepError(f"{name} is of another size at each point: say with `keep` which variables are meant")


# ---- Runs ----------------------------------------------------------------------------------------------------------


def _runs(sweep: Sweep, points: Sequence[int] | NDArray[np.int64]) -> dict[str, Variable]:
    runs = sweep.runs or (1 if sweep.expected else RUNS)
    found: dict[str, Numbers] = {}
    for part in sweep.parts(points):
        if has_many(part.scenario, tuple(part.columns)):
            for place, scenario, seed in part.each():
                _put(found, _many(scenario, runs, seed, sweep.expected), np.array([place]), len(points))
        else:
            _put(found, _lone(part, runs, sweep.expected), part.places, len(points))
    return {
        name: (("outcome",) if name == "count" else (), found[name], {"units": units, "long_name": long_name})
        for name, (units, long_name) in RUN_VARIABLES.items()
    }


def _put(found: dict[str, Numbers], part: Mapping[str, Numbers], places: NDArray[np.int64], points: int) -> None:
    for name, values in part.items():
        found.setdefault(name, np.full((points, *np.shape(values)[1:]), np.nan))[places] = values


def _lone(part: Part, runs: int, expected: bool) -> dict[str, Numbers]:
    """Lone agents at all points of a part at once, each to its horizon."""
    cells = len(part.places)
    columns = {name: np.empty((cells, runs)) for name in RECORD}
    for table in tabulate(part.scenario, part.columns, expected=expected):
        numbered = replace(table.without_exits(), cells=part.numbers[table.cells])
        for chunk, records, _ in execute(numbered, runs, part.seed, threads=1):
            row, run = np.divmod(np.arange(chunk.start, chunk.stop), runs)
            for at, name in enumerate(RECORD):
                columns[name][table.cells[row], run] = records[:, at]
    judged = part.scenario.outcome
    bounds = {
        name: np.broadcast_to(part.columns.get(f"outcome.{bound}", getattr(judged, bound)), cells)[:, None]
        for name, bound in FRACTIONS.items()
    }
    return (
        _counted(columns["label"], runs, expected)
        | {name: (columns[name] >= 1 - bound - ROUNDING).mean(axis=1) for name, bound in bounds.items()}
        | _means(columns, expected)
    )


def _counted(label: Numbers, runs: int, expected: bool) -> dict[str, Numbers]:
    count = np.stack([(label == code).sum(axis=1) for code in OUTCOMES.values()], axis=1).astype(float)
    aligned = count[:, list(OUTCOMES).index("aligned")]
    low, high = (aligned / runs, aligned / runs) if expected else wilson(aligned, runs)
    return {"count": count, "aligned": aligned / runs, "aligned_low": low, "aligned_high": high}


def _means(columns: Mapping[str, Numbers], expected: bool) -> dict[str, Numbers]:
    """Means over the runs of each point with Student's t intervals, and the mean time among runs that had an ending."""
    from scipy.special import stdtrit

    runs = columns["label"].shape[1]
    found: dict[str, Numbers] = {}
    for name in MEANS:
        middle = columns[name].mean(axis=1)
        if expected:
            half: Any = 0.0
        else:
            half = stdtrit(runs - 1, 0.975) * columns[name].std(axis=1, ddof=1) / np.sqrt(runs) if runs > 1 else np.nan
        found |= {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}
    resolved = columns["label"] != UNDECIDED
    ended = resolved.sum(axis=1)
    total = np.where(resolved, columns["time"], 0.0).sum(axis=1)
    return found | {"time": np.divide(total, ended, out=np.full(len(ended), np.inf), where=ended > 0)}


def _many(scenario: Scenario, runs: int, seed: int, expected: bool) -> dict[str, Numbers]:
    """Agents of populations at one point: intervals say how populations vary."""
    from basin import api
    from basin.simulate import simulate

    said = api.summary(simulate(scenario, runs, seed, expected=expected, threads=1), expected)
    aligned = said["outcomes"]["aligned"]
    found = {"count": [[said["outcomes"][name]["count"] for name in OUTCOMES]], "aligned": [aligned["fraction"]],
             "aligned_low": [aligned["low"]], "aligned_high": [aligned["high"]]}  # fmt: skip
    found |= {name: [said[name]["fraction"]] for name in FRACTIONS}
    for name in MEANS:
        found |= {name: [said[name]["mean"]], f"{name}_low": [said[name]["low"]], f"{name}_high": [said[name]["high"]]}
    time = said["time"]["mean"]
    return {name: np.asarray(values, float) for name, values in found.items()} | {
        "time": np.array([np.inf if np.isnan(time) else time])
    }


def _described() -> dict[str, tuple[str, str]]:
    """Units and long name of every variable of `run`."""
    fraction = {"knows": "knew human values at the end", "cares": "cared about what humans value at the end",
                "behaves": "acted as humans would want at the end"}  # fmt: skip
    about = {name: datasets.MAP_VARIABLES[name] for name in ("count", "aligned", "aligned_low", "aligned_high")}
    about = {name: (units, text.replace("the cell", "the point")) for name, (units, text) in about.items()}
    about |= {name: ("probability", f"fraction of the point's runs that {text}") for name, text in fraction.items()}
    for name, units in MEANS.items():
        about[name] = (units, f"mean: {datasets.RUN_VARIABLES[name][1]}")
        about |= {f"{name}_{end}": (units, f"{word} end of its 95% interval") for end, word in ENDS.items()}
    return about | {"time": datasets.MAP_VARIABLES["time"]}


ENDS = {"low": "lower", "high": "upper"}
RUN_VARIABLES = _described()
