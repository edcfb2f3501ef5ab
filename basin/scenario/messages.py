"""What pydantic found wrong, said in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from basin.scenario.errors import ScenarioError, setting
from basin.scenario.fields import Section, member_of, section_of
from basin.scenario.paths import unknown

_TABLE = "must be a table of settings"
_WORDING = {
    "missing": "is missing",
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "tuple_type": "must be a list",
}


def explained(data: Mapping[str, Any], error: ValidationError, scenario: type[Section], options: list[str]) -> ScenarioError:
    """The first of pydantic's complaints about a scenario's data, and how many more there are.

    options: the paths that an unknown one is compared with, besides its neighbours.
    """
    complaints = error.errors(include_url=False)
    first = complaints[0]
    parent, path = _named(scenario, data, first["loc"][:-1]), _named(scenario, data, first["loc"])
    if first["type"] == "extra_forbidden":
        neighbours = [f"{parent}.{name}" if parent else name for name in _class_at(scenario, first["loc"][:-1]).model_fields]
        text = str(unknown(path, first["input"], options + neighbours))
    elif first["type"] == "missing":
        text = f"{path}: is missing"
    else:
        reason = first.get("ctx", {}).get("error") if first["type"] == "value_error" else _WORDING.get(first["type"])
        text = f"{setting(path, first['input'])}: {reason or first['msg']}"
    return ScenarioError(text + more(len(complaints) - 1))


def more(others: int) -> str:
    """How many problems a message leaves out."""
    return f" (and {others} more)" if others else ""


def _named(scenario: type[Section], data: Any, location: tuple[int | str, ...]) -> str:
    """A place in nested data as a path: members of a list by name where they have one, else by number."""
    parts: list[str] = []
    section: type[Section] | None = scenario
    label = "name"
    for step in location:
        data = _inside(data, step)
        if isinstance(step, int):
            name = _inside(data, label)
            if isinstance(name, str) and name:
                parts[-1:] = [name] if len(parts) > 1 else [parts[-1], name]
            else:
                parts[-1] = f"{parts[-1]}[{step}]"
            continue
        parts.append(step)
        field = section.model_fields.get(step) if section is not None else None
        section = (section_of(field) or member_of(field)) if field is not None else None
        label = section.label if section is not None else label
    return ".".join(parts)


def _inside(data: Any, step: int | str) -> Any:
    if isinstance(data, BaseModel):
        return getattr(data, str(step), None)
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _class_at(scenario: type[Section], location: tuple[int | str, ...]) -> type[Section]:
    section = scenario
    for step in location:
        if isinstance(step, str):
            field = section.model_fields[step]
            section = section_of(field) or member_of(field) or section
    return section
