"""Scenarios as TOML: bundled ones by name, others by path."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from basin.scenario.errors import ScenarioError, nearest, shortened
from basin.scenario.fields import NAME
from basin.scenario.model import Scenario
from basin.scenario.toml import LARGEST, TomlError, parsed

LIBRARY = Path(__file__).parent / "library"


def names() -> list[str]:
    """The bundled scenarios.

    >>> basin.names()[:3]
    ['alignment-pretraining', 'allied-not-aligned', 'bitter-lesson']
    """
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def load(name_or_path: str | os.PathLike[str]) -> Scenario:
    """A bundled scenario by its name, or one from a TOML file. Raises ScenarioError where there is none.

    >>> basin.load("value-learner").motives.care
    0.8
    """
    bundled = names()
    if isinstance(name_or_path, str) and name_or_path in bundled:
        path = LIBRARY / f"{name_or_path}.toml"
    else:
        path = Path(name_or_path)
    called = shortened(str(name_or_path)) or '""'
    try:
        if path.is_dir() and str(name_or_path):
            raise ScenarioError(f"{called}: is a directory; give a TOML file or one of {', '.join(bundled)}")
        if not path.is_file():
            raise ScenarioError(f"{called}: no such scenario or file; did you mean {nearest(path.stem, bundled)}?")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ScenarioError(f"{called}: cannot be read: {error.strerror}") from None
    try:
        return _read(content, path.stem)
    except ScenarioError as error:
        raise ScenarioError(f"{called}: {error}") from None


def loads(text: str) -> Scenario:
    """A scenario from the text of a TOML file."""
    return _read(text.encode("utf-8", "surrogatepass"), "unnamed")


def dumps(scenario: Scenario) -> str:
    """The scenario as TOML, every path written out: `loads(dumps(scenario)) == scenario`, floats bit for bit."""
    import tomli_w

    return tomli_w.dumps(scenario.model_dump(exclude_none=True))


def save(scenario: Scenario, path: str | os.PathLike[str]) -> None:
    """Writes the scenario to a TOML file, whole or not at all. Raises ScenarioError where it cannot."""
    target = Path(path)
    try:
        partial = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            partial.write_bytes(dumps(scenario).encode())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = error.strerror if isinstance(error, OSError) else "not the name of a file"
        called = shortened(str(path)) or '""'
        raise ScenarioError(f"{called}: cannot be written: {reason}") from None


def scenario_hash(scenario: Scenario) -> str:
    """16 hexadecimal digits that are the same for equal scenarios: SHA-256 of the TOML that `dumps` writes."""
    return hashlib.sha256(dumps(scenario).encode()).hexdigest()[:16]


def _read(content: bytes, stem: str) -> Scenario:
    """The scenario in a file's content. What a file does not say takes its default, but not the default's name."""
    try:
        data = parsed(content)
    except TomlError as error:
        raise ScenarioError(str(error)) from None
    if "format" in data and (type(data["format"]) is not int or data["format"] != 1):
        raise ScenarioError(f"format = {data['format']}: this version of basin reads format 1")
    name = data.get("name", stem if re.fullmatch(NAME[0], stem) else "unnamed")
    return Scenario(**{"name": name, "title": str(name), "summary": "", "source": "", **data})
