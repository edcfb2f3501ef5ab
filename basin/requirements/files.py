"""Arguments as TOML: bundled ones by name, others by path."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from basin.requirements.argument import Argument, Fact, RequirementsError, Step, meant
from basin.scenario.toml import LARGEST, TomlError, parsed

LIBRARY = Path(__file__).parent / "library"
MOST = 1000  # steps, and facts
LONGEST = 1000  # characters of a text
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

TEXTS = ("name", "title", "summary", "source", "conclusion")
FIELDS = ("format", *TEXTS, "steps", "facts")
STEP_FIELDS, FACT_FIELDS = ("name", "says", "follows", "needs", "motive"), ("name", "says", "bits")


def names() -> list[str]:
    """The bundled arguments."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def load(name_or_path: str | os.PathLike[str], without: str = "") -> Argument:
    """A bundled argument by its name, or one from a TOML file. Raises RequirementsError where there is none.

    without: facts and steps that the agent lacks, as a scenario's `requirements.without` names them.
    """
    path = _path(name_or_path)
    try:
        if not str(name_or_path):
            raise FileNotFoundError
        status = path.stat()
    except (OSError, ValueError):
        known = ", ".join([*names(), "none"])
        raise RequirementsError(
            f"{_called(name_or_path)}: no such graph; must be {known}, or the path of a TOML file"
        ) from None
    argument = _load(str(path), _called(name_or_path), (status.st_mtime_ns, status.st_size))
    return argument.without(name.strip() for name in without.split(",")) if without else argument


def is_argument(name_or_path: str | os.PathLike[str]) -> bool:
    """Whether this is a bundled argument, or a TOML file that says what it concludes (a scenario does not)."""
    if str(name_or_path) in names():
        return True
    try:
        with open(name_or_path, "rb") as file:
            return "conclusion" in parsed(file.read(LARGEST + 1))
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=32)
def _load(path: str, called: str, version: tuple[int, int]) -> Argument:
    """Read anew when the file has changed."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
        return _parsed(parsed(content), Path(path).stem)
    except OSError as error:
        raise RequirementsError(f"{called}: cannot be read: {error.strerror}") from None
    except (RequirementsError, TomlError) as error:
        raise RequirementsError(f"{called}: {error}") from None


def _parsed(data: Mapping[str, Any], stem: str) -> Argument:
    _known("", data, FIELDS)
    if data.get("format", 1) != 1 or isinstance(data.get("format"), bool):
        raise RequirementsError(f"format = {data['format']}: this version of basin reads format 1")
    if "conclusion" not in data:
        raise RequirementsError('says nowhere what it concludes; write conclusion = "NAME" with the name of a step')
    texts: dict[str, Any] = {name: _text(name, data[name]) for name in TEXTS if name in data}
    steps = tuple(_step(f"steps[{at}]", table) for at, table in enumerate(_tables("steps", data), start=1))
    facts = tuple(_fact(f"facts[{at}]", table) for at, table in enumerate(_tables("facts", data), start=1))
    return Argument(**{"name": stem, **texts}, steps=steps, facts=facts)


def _step(where: str, table: Mapping[str, Any]) -> Step:
    where = _named(where, table)
    _known(where, table, STEP_FIELDS)
    motive = table.get("motive", False)
    if not isinstance(motive, bool):
        raise RequirementsError(f"{where}.motive = {motive}: must be true or false")
    follows, needs = (_names(f"{where}.{field}", table.get(field, [])) for field in ("follows", "needs"))
    return Step(table["name"], _text(f"{where}.says", table.get("says", table["name"])), follows, needs, motive)


def _fact(where: str, table: Mapping[str, Any]) -> Fact:
    where = _named(where, table)
    _known(where, table, FACT_FIELDS)
    bits = table.get("bits")
    if isinstance(bits, bool) or not isinstance(bits, int | float):
        shown = "is missing" if bits is None else f"= {bits!r}"
        raise RequirementsError(f"{where}.bits {shown}: must be a number above 0")
    return Fact(table["name"], _text(f"{where}.says", table.get("says", table["name"])), float(bits))


def _tables(field: str, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tables = data.get(field, [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise RequirementsError(f"{field}: write each as a table of its own, under [[{field}]]")
    if len(tables) > MOST:
        raise RequirementsError(f"{len(tables)} {field}: at most {MOST}")
    return tables


def _named(where: str, table: Mapping[str, Any]) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        shown = "is missing" if name is None else f"= {str(name)[:80]!r}"
        raise RequirementsError(f"{where}.name {shown}: must be letters, digits, - and _, at most 64")
    return name


def _known(where: str, table: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    for name in table:
        if name not in fields:
            raise RequirementsError(f"{where + '.' if where else ''}{str(name)[:80]}: unknown{meant(str(name), fields)}")


def _names(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise RequirementsError(f'{where}: must be a list of names, as in ["evolution"]')
    return tuple(value)


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST:
        raise RequirementsError(f"{where}: must be one line of text, at most {LONGEST} characters")
    return value


def _path(name_or_path: str | os.PathLike[str]) -> Path:
    return LIBRARY / f"{name_or_path}.toml" if str(name_or_path) in names() else Path(name_or_path)


def _called(name_or_path: str | os.PathLike[str]) -> str:
    text = "".join(letter if letter.isprintable() else "�" for letter in str(name_or_path))
    return (text if len(text) <= 80 else text[:79] + "…") or '""'
