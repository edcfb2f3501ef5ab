"""A sweep as TOML again: what `basin.sweep.read` makes the same sweep of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from basin.sweep.dimension import OBJECTION, REPLICATE, SAMPLE, SCENARIO, Dimension
from basin.sweep.plan import Sweep


def written(sweep: Sweep, as_said: bool = True) -> str:
    """The sweep as the text of a TOML file, its scenarios by their names: files beside it, or bundled ones.

    as_said: ranges as the file that it was read from has them; else every value. What has been changed since, such as the
    seed of evenly spread points, may be no file's any more but by its values.
    `basin.sweep.parse` of it has the same hash; `is_the_same` says whether that succeeded: what Python made may say more than
    a file can."""
    said = {key: value for key, value in _tables(sweep, as_said) if value not in (None, "", (), [], {})}
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if not isinstance(value, Mapping)]
    for key, value in said.items():
        if isinstance(value, Mapping):  # a line for each axis: tables of their own would change their order
            lines += ["", f"[{key}]", *(f"{_key(name)} = {_toml(one)}" for name, one in value.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML has it within a line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_the_same(sweep: Sweep, again: Sweep) -> bool:
    """Whether two sweeps compute the same; the contents of files that scenarios name aside."""
    one, other = (meant.identity() | {"files": {}} for meant in (sweep, again))
    return one == other


def _tables(sweep: Sweep, as_said: bool) -> Iterator[tuple[str, Any]]:
    dimensions = {one.name: one for one in sweep.dimensions}
    names = list(sweep.scenarios)
    yield "format", 1
    yield "title", sweep.title
    yield "question", sweep.question
    yield ("scenarios", names) if SCENARIO in dimensions else ("scenario", names[0])
    if OBJECTION in dimensions:
        yield "objections", list(dimensions[OBJECTION].settings[OBJECTION])
    yield "compute", sweep.compute
    yield "runs", sweep.runs
    if REPLICATE in dimensions:
        yield "replicates", len(dimensions[REPLICATE])
    yield "seed", sweep.seed
    yield "expected", sweep.expected or None
    yield "budget", sweep.budget
    yield "keep", list(sweep.keep)
    yield "set", dict(sweep.changes)
    own = (SCENARIO, OBJECTION, REPLICATE)
    axes = {one.name: _axis(one, as_said) for one in sweep.dimensions if one.name not in own}
    evenly = axes.pop(SAMPLE, None) if as_said and SAMPLE in dimensions and dimensions[SAMPLE].said else None
    yield "axes", axes
    yield "sobol", evenly
    yield "options", dict(sweep.options)


def _axis(one: Dimension, as_said: bool) -> Any:
    """As its file said it, else the list of values, or several lists where several paths are set."""
    if as_said and one.said:
        return dict(one.said)
    if list(one.settings) == [one.name]:
        return list(one.settings[one.name])
    return {path: list(values) for path, values in one.settings.items()}
