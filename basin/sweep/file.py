"""Sweeps as TOML files.

title = "How fast, and from where"
scenario = "fast-takeoff"        # or scenarios = ["a", "b.toml"]: a dimension of their names
objections = ["none", "motives-erode"]   # a dimension too; "a+b" is both
compute = "run"                  # or map, boundary, size, ...: any measure of the Python interface
runs = 64                        # at every point; where agents live in populations, as many agents
replicates = 3                   # whole repeats, with chances of their own
budget = 600                     # seconds, after which no new task is begun

[set]                            # changes to every scenario
outcome.horizon = 500

[axes]                           # one dimension each
"capability.growth" = { lo = 0.001, hi = 1, n = 16, log = true }
"reflection.rule" = ["endorsement", "logit"]
placebo = { "reflection.strength" = [0.1, 0.2], "motives.self_interest.guarding" = [0.1, 0.2] }   # set together

[sobol]                          # evenly spread points: the dimension `sample`
n = 256
"belief.knowledge" = { lo = 0, hi = 1 }

[options]                        # of the measure
tolerance = 0.01

[quick]                          # what is smaller in a trial run: points along an axis, and samples; runs; replicates
n = 4
runs = 8                         # [quick.set], [quick.axes] and [quick.options] stand in place of what they name
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from basin.analysis import Axis, AxisError
from basin.analysis.sampling import SamplingError, Window, sobol
from basin.scenario import Scenario, ScenarioError, load, names, objections
from basin.scenario.errors import nearest
from basin.scenario.fields import NAME
from basin.scenario.paths import paths as paths_of
from basin.scenario.toml import LARGEST, TomlError, parsed
from basin.simulate.runs import check_count, check_seed
from basin.sweep.compute import check_measure
from basin.sweep.dimension import NO_OBJECTION, OBJECTION, OPTION, REPLICATE, SAMPLE, SCENARIO, Dimension, described, is_number
from basin.sweep.errors import SweepError
from basin.sweep.plan import MOST_POINTS, Sweep

MOST_VALUES = 1_000_000  # along an axis
MOST_DIMENSIONS = 32
MOST_NUMBERS = 2**22  # of evenly spread points together
QUICK = {"n": int, "runs": int, "replicates": int, "set": dict, "axes": dict, "options": dict}
KEYS = {
    "format": int, "title": str, "question": str, "scenario": str, "scenarios": list, "objections": list, "compute": str,
    "runs": int, "replicates": int, "seed": int, "expected": bool, "budget": (int, float), "keep": list, "set": dict,
    "axes": dict, "sobol": dict, "options": dict, "quick": dict,
}  # fmt: skip
KINDS = {int: "a whole number", str: "a text", list: "a list", bool: "true or false", dict: "a table"}
GRID = {"lo": (int, float), "hi": (int, float), "n": int, "log": bool}
POINTS = 16  # along an axis that does not say how many


def read(path: str | os.PathLike[str], quick: bool = False) -> Sweep:
    """The sweep that a file describes; with `quick` its trial size. Raises SweepError or ScenarioError, one line each."""
    name = Path(path)
    try:
        if name.is_dir():
            raise SweepError(f"{path}: is a directory; give a sweep's TOML file")
        with name.open("rb") as file:
            content = file.read(LARGEST + 1)
        return _parsed(content, quick, name.parent)
    except FileNotFoundError:
        raise SweepError(f"{path}: no such file; give a sweep's TOML file") from None
    except OSError as error:
        raise SweepError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        if not type(error).__module__.startswith("basin."):
            raise
        said = str(error)
        raise type(error)(said if said.startswith(f"{path}: ") else f"{path}: {said}") from None


def parse(text: str, quick: bool = False, folder: Path | None = None) -> Sweep:
    """The same from a file's text. folder: where scenarios' files are looked for, beside the names of bundled ones."""
    return _parsed(text.encode("utf-8", "surrogatepass"), quick, folder)


def _parsed(content: bytes, quick: bool, folder: Path | None) -> Sweep:
    try:
        about = parsed(content)
    except TomlError as error:
        raise SweepError(str(error)) from None
    _check_keys(about, KEYS, "")
    if about.get("format", 1) != 1:
        raise SweepError(f"format = {about['format']}: this version reads format 1")
    trial = about.get("quick", {})
    _check_keys(trial, QUICK, "quick.")
    if quick:
        for key in ("runs", "replicates"):
            about[key] = trial.get(key, about.get(key))
        about["set"] = _flat(about.get("set", {})) | _flat(trial.get("set", {}))
        about["axes"] = about.get("axes", {}) | trial.get("axes", {})
        about["options"] = about.get("options", {}) | trial.get("options", {})
    scenarios = dict(_scenarios(about, folder or Path()))
    changes = _flat(about.get("set", {}))
    for scenario in scenarios.values():
        scenario.with_(changes)
    most = trial.get("n") if quick else None
    if most is not None:
        _count("quick.n", most)
    check_seed(about.get("seed", 0))  # before evenly spread points are drawn with it
    for key in ("runs", "replicates"):
        if about.get(key) is not None:
            _count(key, about[key])
    dimensions = tuple(_few(_dimensions(about, scenarios, most)))
    if not dimensions:
        raise SweepError("give [axes], [sobol], objections, scenarios or replicates; `basin run` is for one point")
    _check_once(dimensions)
    sweep = Sweep(
        scenarios, dimensions, changes, about.get("compute", "run"), about.get("runs"), about.get("seed", 0),
        about.get("expected", False), about.get("options", {}), tuple(map(str, about.get("keep", []))),
        about.get("title", ""), about.get("question", ""), about.get("budget"),
    )  # fmt: skip
    if sweep.budget is not None and not sweep.budget > 0:
        raise SweepError(f"budget = {sweep.budget:g}: must be above 0 seconds")
    check_measure(sweep)
    sweep.check()
    return sweep


def _few(dimensions: Iterator[Dimension]) -> Iterator[Dimension]:
    """The same. Raises SweepError as soon as they are too many, or their points: before memory is full of them."""
    points = 1
    for at, one in enumerate(dimensions, start=1):
        points *= len(one)
        if at > MOST_DIMENSIONS:
            raise SweepError(f"more than {MOST_DIMENSIONS} dimensions")
        if points > MOST_POINTS:
            raise SweepError(f"{points:,} points are more than {MOST_POINTS:,}: give fewer along some axis")
        yield one


def _check_once(dimensions: tuple[Dimension, ...]) -> None:
    """Every dimension is called, and everything is set, once."""
    called = [name for one in dimensions for name in dict.fromkeys([one.name, *one.settings])]
    for name in called:
        if called.count(name) > 1:
            twice = sum(name in one.settings for one in dimensions) > 1
            raise SweepError(f"{name}: two axes set it" if twice else f"{name}: two dimensions of that name")


def _check_keys(table: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> None:
    for key, value in table.items():
        if key not in known:
            raise SweepError(f"{prefix}{key}: unknown; did you mean {prefix}{nearest(key, list(known))}?")
        kind = known[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise SweepError(f"{prefix}{key} = {value!r}: must be {KINDS.get(kind, 'a number')}")


def _count(key: str, value: Any) -> None:
    try:
        check_count(key, value)
    except ValueError as error:
        raise SweepError(str(error)) from None


def _scenarios(about: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Scenario]]:
    if ("scenario" in about) == ("scenarios" in about):
        raise SweepError('give one scenario = "NAME", or scenarios = ["NAME", ...]')
    listed = about["scenarios"] if "scenarios" in about else [about["scenario"]]
    if not listed or not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed):
        raise SweepError("scenarios: give names or TOML files, each once")
    for name in listed:
        beside = folder / name
        yield name, load(name if name in names() or not beside.is_file() else beside)


def _dimensions(about: Mapping[str, Any], scenarios: Mapping[str, Scenario], most: int | None) -> Iterator[Dimension]:
    if "scenarios" in about:
        yield Dimension(SCENARIO, {SCENARIO: tuple(scenarios)}, {SCENARIO: described(SCENARIO, "name")})
    if "objections" in about:
        yield _objections(about["objections"])
    for name, values in _axes(about.get("axes", {}), scenarios):
        yield _axis(name, values, scenarios, most)
    if "sobol" in about:
        yield _sobol(about["sobol"], about.get("seed", 0), scenarios, most)
    if (about.get("replicates") or 1) > MOST_VALUES:
        raise SweepError(f"replicates = {about['replicates']}: at most {MOST_VALUES}")
    if (about.get("replicates") or 1) > 1:
        about_it = described(REPLICATE, long_name="number of the whole repeat")
        yield Dimension(REPLICATE, {REPLICATE: tuple(range(about["replicates"]))}, {REPLICATE: about_it})


def _axes(table: Mapping[str, Any], scenarios: Mapping[str, Scenario], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Axes by name. A path without quotation marks is read by TOML as a table within a section's table."""
    paths = paths_of(next(iter(scenarios.values())))
    for name, values in table.items():
        path = f"{prefix}{name}"
        if isinstance(values, Mapping) and any(one.startswith(f"{path}.") for one in [*paths, f"{OPTION}x"]):
            yield from _axes(values, scenarios, f"{path}.")
        else:
            yield path, values


def _objections(listed: list[Any]) -> Dimension:
    known = [NO_OBJECTION, *objections()]
    if not listed or not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed):
        raise SweepError(f'objections: give names, each once, and "{NO_OBJECTION}" for none')
    for name in listed:
        for part in name.split("+"):
            if part not in known:
                raise SweepError(f"objections: {part}: no such objection; did you mean {nearest(part, known)}?")
    return Dimension(OBJECTION, {OBJECTION: tuple(listed)}, {OBJECTION: described(OBJECTION, "name")})


def _axis(name: str, values: Any, scenarios: Mapping[str, Scenario], most: int | None) -> Dimension:
    """An axis: a list, a grid, or several lists set together."""
    if isinstance(values, list):
        _check_list(name, values)
        return Dimension(name, {_target(name, scenarios): _thinned(values, most)}, {name: _about(name, scenarios)})
    if not isinstance(values, Mapping):
        raise SweepError(f'axes."{name}" = {values!r}: give a list of values, or {{ lo = ..., hi = ..., n = ... }}')
    if set(values) & {"lo", "hi"}:
        path = _target(name, scenarios)
        axis, points = _grid(f'axes."{name}"', path, values, scenarios)
        points = min(points, most or points)
        said = {**values, "n": points}
        return Dimension(name, {path: _plain(axis, axis.values(points))}, {path: _of_axis(axis)}, said)
    lists = _flat(values)
    for path, column in lists.items():
        _check_list(f"{name}.{path}", column)
    if len({len(column) for column in lists.values()}) != 1:
        raise SweepError(f'axes."{name}": lists that are set together must have as many values each')
    if not re.fullmatch(NAME[0], name):
        raise SweepError(f'axes."{name}": an axis that sets several paths is called by {NAME[1]}')
    settings = {_target(path, scenarios): _thinned(column, most) for path, column in lists.items()}
    return Dimension(name, settings, {path: _about(path, scenarios) for path in settings})


def _check_list(name: str, values: Any) -> None:
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
        raise SweepError(f'axes."{name}" = {values!r}: give a list of one or more values')
    if any(isinstance(value, list | dict) for value in values) and not name.startswith(OPTION):
        raise SweepError(f'axes."{name}": values are numbers, words or true and false')
    if len({repr(value) for value in values}) < len(values):
        raise SweepError(f'axes."{name}": each value once')


def _thinned(values: list[Any], most: int | None) -> tuple[Any, ...]:
    """At most so many of a list, spread over it, both ends included; words are not thinned."""
    if most is None or len(values) <= most or not all(is_number(value) for value in values):
        return tuple(values)
    return tuple(values[at] for at in np.unique(np.rint(np.linspace(0, len(values) - 1, most)).astype(int)))


def _sobol(table: Mapping[str, Any], seed: int, scenarios: Mapping[str, Scenario], most: int | None) -> Dimension:
    ranges = dict(_axes({path: ends for path, ends in table.items() if path != "n"}, scenarios))
    count = table.get("n", 256)
    _count("sobol.n", count)
    if most is not None:  # about as many as a grid of two axes; even points come in powers of two
        count = min(count, 1 << (most * most).bit_length() - 1)
    if not ranges:
        raise SweepError('sobol: give ranges, such as "motives.care" = { lo = 0, hi = 1 }')
    if count * len(ranges) > MOST_NUMBERS:
        raise SweepError(f"sobol: {count} points of {len(ranges)} numbers each are more than {MOST_NUMBERS} numbers")
    axes = []
    for path, ends in ranges.items():
        if not isinstance(ends, Mapping):
            raise SweepError(f'sobol."{path}" = {ends!r}: give {{ lo = ..., hi = ... }}')
        if "n" in ends:
            raise SweepError(f'sobol."{path}".n: the number of points is that of all, sobol.n')
        axes.append(_grid(f'sobol."{path}"', _target(path, scenarios), ends, scenarios)[0])
    try:
        points = sobol(Window(tuple(axes)), 1, count, seed)[0]
    except SamplingError as error:
        raise SweepError(f"sobol: {error}") from None
    columns = {axis.path: _plain(axis, points[:, at]) for at, axis in enumerate(axes)}
    about = {SAMPLE: described(SAMPLE, long_name="number of the point, evenly spread")}
    return Dimension(SAMPLE, columns, about | {axis.path: _of_axis(axis) for axis in axes}, {"n": count, **ranges})


def _grid(called: str, path: str, values: Mapping[str, Any], scenarios: Mapping[str, Scenario]) -> tuple[Axis, int]:
    _check_keys(values, GRID, f"{called}.")
    for end in ("lo", "hi"):
        if end not in values:
            raise SweepError(f"{called}: {end} is missing")
    count = values.get("n", POINTS)
    if not 2 <= count <= MOST_VALUES:
        raise SweepError(f"{called}.n = {count}: must be a whole number from 2 to {MOST_VALUES}")
    try:
        entry = next(iter(scenarios.values())).numeric_path(path)
        axis = Axis(path, float(values["lo"]), float(values["hi"]), values.get("log", False), entry.kind == "int", entry.unit,
                    entry.description)  # fmt: skip
    except (AxisError, ScenarioError) as error:
        raise SweepError(f"{called}: {error}") from None
    return axis, count


def _plain(axis: Axis, values: np.ndarray) -> tuple[Any, ...]:
    return tuple(int(value) if axis.integer else float(value) for value in values)


def _target(name: str, scenarios: Mapping[str, Scenario]) -> str:
    """What an axis sets: an option of the measure, or a path that every scenario has."""
    if name.startswith(OPTION):
        return name
    for label, scenario in scenarios.items():
        try:
            scenario.get(name)
        except ScenarioError as error:
            at = f" (in {label})" if len(scenarios) > 1 else ""
            raise SweepError(f'axes."{name}": {error}{at}') from None
    return name


def _about(name: str, scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """What is said of a path: units and description, where it is one of numbers."""
    try:
        entry = next(iter(scenarios.values())).numeric_path(name)
        return described(name, entry.unit, entry.description)
    except ScenarioError:
        return described(name)


def _of_axis(axis: Axis) -> dict[str, str]:
    return described(axis.path, axis.units, axis.label, axis.log)


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """TOML reads `outcome.horizon = 5` as a table within a table."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat
