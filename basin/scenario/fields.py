"""What every field of a scenario carries: its bounds, its unit and one line that says what it is.

The metadata is JSON schema's own vocabulary (`minimum`, `exclusiveMaximum`, `maxLength`, ...) plus `kind` and `unit`.
It is the only place where a field's bounds stand: validation, widgets, command-line help and documentation all read it.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Mapping
from typing import Any, ClassVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.fields import FieldInfo

from basin.scenario.errors import nearest

# Forms that a text can have: a pattern, and what a message calls it.
LINE = (r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*", "one line of text")
NAME = (r"[A-Za-z0-9_][A-Za-z0-9_-]*", "a name of letters, digits, - and _")
IDENTIFIER = (r"[A-Za-z_][A-Za-z0-9_]*", "a name of letters, digits and _ that starts with no digit")
NAMES = (r"([A-Za-z0-9_-]+( *, *[A-Za-z0-9_-]+)*)?", "names with commas between them, or nothing")
PATH_LIKE = re.compile(r"[./\\]")


def number(
    default: float | str | None,
    lo: float,
    hi: float,
    unit: str,
    text: str,
    ends: str = "[]",
    *,
    word: str | None = None,
) -> Any:
    """A real number between lo and hi; `ends` as in interval notation. A word, if given, may stand in its place."""
    return _numeric("float", default, lo, hi, unit, text, ends, word)


def whole(default: int, lo: int, hi: int, unit: str, text: str) -> Any:
    """A whole number from lo to hi."""
    return _numeric("int", default, lo, hi, unit, text, "[]", None)


def choice(default: str, text: str) -> Any:
    """One of the words in the field's `Literal` annotation."""
    return Field(default, description=text, json_schema_extra={"kind": "choice", "unit": "name"})


def words(
    default: str, unit: str, text: str, form: tuple[str, str] = LINE, limit: int = 1000, options: tuple[str, ...] = ()
) -> Any:
    """A text of a form, at most `limit` characters. With options: one of them, or the path of a file."""
    pattern, called = form
    extra: dict[str, Any] = {
        "kind": "text",
        "unit": unit,
        "maxLength": limit,
        "pattern": f"^{pattern}$",
        "form": called,
    }
    return Field(default, description=text, json_schema_extra={**extra, "examples": list(options)})


def members(default: Any, limit: int, text: str) -> Any:
    """A list of named members, each a section of its own."""
    return Field(default, description=text, json_schema_extra={"kind": "list", "unit": "members", "maxItems": limit})


def _numeric(kind: str, default: Any, lo: float, hi: float, unit: str, text: str, ends: str, word: str | None) -> Any:
    extra: dict[str, Any] = {"kind": kind, "unit": unit}
    extra["minimum" if ends[0] == "[" else "exclusiveMinimum"] = lo
    extra["maximum" if ends[1] == "]" else "exclusiveMaximum"] = hi
    if word is not None:
        extra["word"] = word
    return Field(default, description=text, json_schema_extra=extra)


def metadata(field: FieldInfo) -> dict[str, Any]:
    """A field's `kind`, `unit` and bounds; empty for a section."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def interval(extra: Mapping[str, Any]) -> tuple[float, float, bool, bool]:
    """(lo, hi, whether lo itself is excluded, whether hi itself is)."""
    lo_open, hi_open = "exclusiveMinimum" in extra, "exclusiveMaximum" in extra
    lo = extra["exclusiveMinimum" if lo_open else "minimum"]
    hi = extra["exclusiveMaximum" if hi_open else "maximum"]
    return (lo, hi, lo_open, hi_open) if extra["kind"] == "int" else (float(lo), float(hi), lo_open, hi_open)


def section_of(field: FieldInfo) -> type[Section] | None:
    """The class of a field that is a section (or a section that may be absent)."""
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Section):
            return candidate if get_origin(field.annotation) is not tuple else None
    return None


def member_of(field: FieldInfo) -> type[Section] | None:
    """The class of the members of a field that is a list of named members."""
    return get_args(field.annotation)[0] if metadata(field).get("kind") == "list" else None


def allowed(field: FieldInfo, value: Any) -> Any:
    """The value as the field keeps it, or ValueError with what is allowed instead."""
    extra = metadata(field)
    kind = extra.get("kind")
    if kind in ("float", "int"):
        if value is None and field.default is None:
            return None
        return value if isinstance(value, str) and value == extra.get("word") else allowed_number(extra, value)
    if kind == "choice":
        options = get_args(field.annotation)
        if not isinstance(value, str) or value not in options:
            raise ValueError(f"must be one of {', '.join(options)}{_suggestion(value, options)}")
    elif kind == "text":
        _check_text(extra, value)
    elif kind == "list" and isinstance(value, list | tuple) and len(value) > extra["maxItems"]:
        raise ValueError(f"must have at most {extra['maxItems']} members")
    return value


def allowed_number(extra: Mapping[str, Any], value: Any) -> float | int:
    """The value as a Python float or int within the bounds, or ValueError. Truth values and texts are not numbers."""
    lo, hi, lo_open, hi_open = interval(extra)
    integer = extra["kind"] == "int"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"must be {'a whole number' if integer else 'a number'} {_bounds(extra)}")
    given: Any = value
    # Python compares whole numbers of any size; a NaN fails every comparison
    inside = (lo < given if lo_open else lo <= given) and (given < hi if hi_open else given <= hi)
    if not inside or (integer and given != int(given)):
        raise ValueError(f"must be {'a whole number ' if integer else ''}{_bounds(extra)}")
    return int(given) if integer else float(given)


def _bounds(extra: Mapping[str, Any]) -> str:
    lo, hi, lo_open, hi_open = interval(extra)
    word = f', or "{extra["word"]}"' if "word" in extra else ""
    if lo_open or hi_open:
        return f"{'above' if lo_open else 'at least'} {lo:.15g} and {'below' if hi_open else 'at most'} {hi:.15g}{word}"
    return f"between {lo:.15g} and {hi:.15g}{word}"


def _check_text(extra: Mapping[str, Any], value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError(f"must be {extra['form']}")
    if len(value) > extra["maxLength"]:
        raise ValueError(f"must be at most {extra['maxLength']} characters")
    if not re.fullmatch(extra["pattern"], value):
        raise ValueError(f"must be {extra['form']}")
    options = extra["examples"]
    if options and value not in options and not PATH_LIKE.search(value):
        raise ValueError(f"must be one of {', '.join(options)}, or the path of a file{_suggestion(value, options)}")


def _suggestion(value: Any, options: tuple[str, ...] | list[str]) -> str:
    return f"; did you mean {nearest(value, options)}?" if isinstance(value, str) and value else ""


class Section(BaseModel):
    """A frozen group of fields. Unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: ClassVar[str] = "name"  # the field by which a member of a list is addressed

    @field_validator("*", mode="before")
    @classmethod
    def _allowed(cls, value: Any, info: ValidationInfo) -> Any:
        return allowed(cls.model_fields[str(info.field_name)], value)


class OpenSection(Section):
    """A member of a list that holds fixed fields and, beside them in the file, entries under keys of the user's own.

    The entries are kept in the field that `entries` names, as a tuple of (key, value) sorted by key.
    """

    entries: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        fixed = {key: value for key, value in data.items() if key in cls.model_fields}
        beside = {key: value for key, value in data.items() if key not in cls.model_fields}
        try:
            given = dict(fixed.get(cls.entries, ()))
        except (TypeError, ValueError):
            return data
        fixed[cls.entries] = tuple(sorted(_dotted(given | beside).items()))
        return fixed

    @model_serializer(mode="wrap")
    def _spread(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        return data | dict(data.pop(self.entries))


def _dotted(table: Mapping[Any, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as one table with dotted keys: TOML reads `a.b = 1` as a table within a table."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _dotted(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = plain_number(value)
    return flat


def plain_number(value: Any) -> Any:
    """A number of another library as Python's own, so that it is written as a number; anything else unchanged."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return value
    return int(value) if isinstance(value, numbers.Integral) else float(value)
