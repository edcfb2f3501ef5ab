"""Dotted paths into a scenario: read one, set some, list those that hold a number.

A member of a list is addressed by its name, with or without the name of the list inside its section:
`motives.self_interest.overlap` is `motives.own.self_interest.overlap`. The short form is the one that is listed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import BaseModel

from basin.scenario.errors import ScenarioError, nearest, setting, shortened
from basin.scenario.fields import OpenSection, Section, interval, member_of, metadata, plain_number, section_of

if TYPE_CHECKING:
    from basin.scenario.model import Scenario

# Numbers that people type and TOML does not know: .5, 1., 007
_LOOSE_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class NumericPath:
    """A path that holds a number, with what a widget, an axis of a map or a help text needs to know about it.

    `default` and `value` are None where nothing is set (`belief.assumed_noise`), and a word where a word may stand in
    the number's place (`motives.mutual`) and does.
    """

    path: str
    kind: str  # "int" or "float"
    lo: float
    hi: float
    lo_open: bool  # lo itself is not allowed
    hi_open: bool
    unit: str
    description: str
    default: float | str | None
    value: float | str | None


@dataclass(frozen=True)
class WordPath:
    """A path that holds one of some words (`reflection.rule`), with what a widget needs to know about it."""

    path: str
    options: tuple[str, ...]
    description: str
    value: str


class _Place(NamedTuple):
    """Where a path leads in a scenario's data: `table[key]`."""

    section: type[Section]
    table: dict[str, Any]
    key: str
    path: str  # in its short form


def get(scenario: Scenario, path: str) -> Any:
    """What a path holds, as a TOML file would: a number, a text, a table, a list, or None where nothing is set."""
    place = _find(scenario, scenario.model_dump(), path)
    if place.key in place.table:
        return place.table[place.key]
    if place.key in place.section.model_fields:
        return place.section.model_fields[place.key].default
    raise unknown(path, None, paths(scenario))


def replaced(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with other values at some paths, validated as a whole after all of them are set."""
    data = scenario.model_dump()
    for path, value in changes.items():
        place = _find(scenario, data, path, value)
        field = place.section.model_fields.get(place.key)
        section = section_of(field) if field is not None else None
        absent = value is None and field is not None and field.default is None  # a section that need not exist
        if section is not None and not absent:
            first = next(iter(section.model_fields))
            raise ScenarioError(f"{place.path} is a section: set one of its paths, such as {place.path}.{first}")
        place.table[place.key] = _plain(value)
    return type(scenario)(**data)


def paths(scenario: Scenario) -> list[str]:
    """Every path that can be set, in the order of the scenario."""
    return [place.path for place in _places(type(scenario), scenario.model_dump())]


def numeric_paths(scenario: Scenario) -> list[NumericPath]:
    """Every path that holds a number (or may hold one), in the order of the scenario; what phases change comes last."""
    data = scenario.model_dump()
    found = [_numeric(place) for place in _places(type(scenario), data) if "." in place.path]
    numeric = [entry for entry in found if entry is not None]
    known = {entry.path: entry for entry in numeric}
    for phase in scenario.phases:  # what a phase changes has the bounds of the path it changes
        for path, value in phase.changes:
            place = _find(scenario, data, path)
            if place.path in known:
                numeric.append(replace(known[place.path], path=f"phases.{phase.name}.{path}", value=value))
    return numeric


def numeric_path(scenario: Scenario, path: str) -> NumericPath:
    """The entry of `numeric_paths` for a path in its short or long form; ScenarioError where it holds no number."""
    place = _find(scenario, scenario.model_dump(), path)
    entries = {entry.path: entry for entry in numeric_paths(scenario)}
    if place.path not in entries:
        raise ScenarioError(f"{shortened(path)} is not a number; the nearest that is: {nearest(path, entries)}")
    return entries[place.path]


def word_paths(scenario: Scenario) -> list[WordPath]:
    """Every path that holds one of some words, in the order of the scenario."""
    found = []
    for place in _places(type(scenario), scenario.model_dump()):
        field = place.section.model_fields.get(place.key)
        if field is None or "." not in place.path:
            continue
        extra = metadata(field)
        options = get_args(field.annotation) if extra["kind"] == "choice" else tuple(extra.get("examples", ()))
        if options:
            value = place.table.get(place.key, field.default)
            found.append(WordPath(place.path, options, str(field.description), value))
    return found


def parse_override(text: str) -> tuple[str, Any]:
    """`PATH=VALUE` as typed on a command line: VALUE is read as TOML, or else taken as the text it is."""
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not path:
        raise ScenarioError(f"{shortened(text)!r}: write PATH=VALUE, as in motives.care=0.5")
    try:
        document = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return path, float(value) if _LOOSE_NUMBER.fullmatch(value) else value
    read = document["value"]
    readable = len(document) == 1 and isinstance(read, bool | int | float | str | list | dict)
    return path, read if readable else value


def unknown(path: str, value: Any, options: list[str]) -> ScenarioError:
    """What is said about a path that does not exist."""
    return ScenarioError(f"{setting(path, value)}: unknown path; did you mean {nearest(path, options)}?")


def _find(scenario: Scenario, data: dict[str, Any], path: str, value: Any = None) -> _Place:
    place = _descend(type(scenario), data, str(path), "")
    if place is None:
        raise unknown(str(path), value, paths(scenario))
    return place


def _descend(section: type[Section], table: dict[str, Any], path: str, prefix: str) -> _Place | None:
    head, dot, tail = path.partition(".")
    field = section.model_fields.get(head)
    if field is not None:
        if not dot:
            return _Place(section, table, head, prefix + head)
        inner = section_of(field)
        if inner is not None:
            if table.get(head) is None:
                table[head] = {}  # an absent section begins to exist
            return _descend(inner, table[head], tail, f"{prefix}{head}.")
        return _member(section, table, head, tail, prefix)
    for name in section.model_fields if prefix else ():  # lists at the root must be named
        place = _member(section, table, name, path, prefix)
        if place is not None:
            return place
    if issubclass(section, OpenSection) and path:
        return _Place(section, table, path, prefix + path)
    return None


def _member(section: type[Section], table: dict[str, Any], name: str, path: str, prefix: str) -> _Place | None:
    """A path that begins with the name of a member of the list `name`."""
    member, items = member_of(section.model_fields[name]), table.get(name)
    if member is None or not isinstance(items, list | tuple):
        return None
    prefix = prefix or f"{name}."
    for item in items:
        label = str(item.get(member.label)) if isinstance(item, dict) else ""
        if label and path.startswith(f"{label}."):
            return _descend(member, item, path[len(label) + 1 :], f"{prefix}{label}.")
    return None


def _places(section: type[Section], table: Mapping[str, Any], prefix: str = "") -> Iterator[_Place]:
    """Every path within a section, in order, those of absent sections and of a member's own keys included."""
    for name, field in section.model_fields.items():
        inner, member = section_of(field), member_of(field)
        if inner is not None:
            yield from _places(inner, table.get(name) or {}, f"{prefix}{name}.")
        elif metadata(field)["kind"] != "entries":
            yield _Place(section, dict(table), name, prefix + name)
        if member is None:
            continue
        for item in table.get(name, ()):
            yield from _places(member, item, f"{prefix or name + '.'}{item[member.label]}.")
    if issubclass(section, OpenSection):
        for name in table:
            if name not in section.model_fields:
                yield _Place(section, dict(table), name, prefix + name)


def _numeric(place: _Place) -> NumericPath | None:
    fields = place.section.model_fields
    if place.key in fields:
        field = fields[place.key]
        extra, default = metadata(field), field.default if not field.is_required() else None
        if extra["kind"] not in ("int", "float"):
            return None
    else:  # a key of a member's own: the bounds of all of them stand with the field that keeps them
        field, default = fields[place.section.entries], None  # type: ignore[attr-defined]
        extra = metadata(field)
        if "minimum" not in extra:
            return None
    kind = "int" if extra["kind"] == "int" else "float"
    value = place.table.get(place.key, default)
    return NumericPath(place.path, kind, *interval(extra), extra["unit"], str(field.description), default, value)


def _plain(value: Any) -> Any:
    """A value as a scenario's data holds it: sections as tables, numbers as Python's own."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return plain_number(value)
