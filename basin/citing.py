"""What a run rests on, as BibTeX: `references.bib`, whose entries say what uses them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from basin.scenario import Scenario, ScenarioError

FILE = Path(__file__).parent / "references.bib"
USED = re.compile(r",\s*usedby = \{([^}]*)\}")


@lru_cache(maxsize=1)
def entries() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every entry by its key: its BibTeX, and what uses it."""
    found = {}
    for entry in re.split(r"\n(?=@)", FILE.read_text(encoding="utf-8"))[1:]:
        used = USED.search(entry)
        key = entry[entry.index("{") + 1 : entry.index(",")]
        found[key] = (USED.sub("", entry).strip(), tuple(part.strip() for part in used[1].split(";")) if used else ())
    return found


def cited(scenario: Scenario | None = None, objections: Sequence[str] = ()) -> dict[str, str]:
    """BibTeX by key: what every run rests on, the scenario's sources, the objections', and the data it uses."""
    return {
        key: text
        for key, (text, uses) in entries().items()
        if any(_used(*use.partition(" ")[::2], scenario, objections) for use in uses)
    }


def _used(kind: str, what: str, scenario: Scenario | None, objections: Sequence[str]) -> bool:
    if kind == "run":
        return True
    if kind == "objection":
        return what in objections
    if scenario is None:
        return False
    return what.lower() in scenario.source.lower() if kind == "source" else _set(scenario, what)


def _set(scenario: Scenario, path: str) -> bool:
    """Whether a scenario sets a path, or holds a whole table of that name."""
    try:
        return bool(scenario.get(path))
    except ScenarioError:
        return getattr(scenario, path, None) is not None and path in scenario.model_fields_set
