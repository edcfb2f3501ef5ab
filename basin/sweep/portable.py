"""A sweep as it can be handed on: files that it names stand beside it, and no folder of this machine is said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from basin.scenario import Scenario, ScenarioError, load, names
from basin.sweep.dimension import SCENARIO, Dimension
from basin.sweep.errors import SweepError
from basin.sweep.plan import FILES, Sweep, hashed
from basin.sweep.store import Store
from basin.sweep.written import is_the_same, written

OUR_NAMES = ("sweep.toml", "data.nc", "failures.json", "ro-crate-metadata.json", "figures", "scenarios")  # of files beside


@dataclass(frozen=True)
class Portable:
    """A sweep to hand on. toml: its file. scenarios: where each one's TOML belongs beside that file, by its name in `sweep`.

    files: what else it names, by where it belongs. renamed: scenarios, from what they are called in the store. json, hash:
    what the attributes of a Dataset say. notes: what does not work elsewhere, a line each.
    """

    sweep: Sweep
    toml: str
    scenarios: Mapping[str, str]
    files: Mapping[str, Path]
    renamed: Mapping[str, str]
    json: str
    hash: str
    notes: list[str]


def portable(store: Store) -> Portable:
    """The sweep of a store. What names nothing of this machine stays as it is, and keeps its hash."""
    sweep, kept = store.sweep, store.group.attrs
    digests = json.loads(str(kept["sweep"])).get("files", {})
    files, moved, notes = _files(sweep, digests)
    renamed = {name: new for name, new in _names(sweep) if name != new}
    meant, known, text = sweep, str(kept["sweep_hash"]), str(kept["sweep"])
    if renamed or moved:
        meant = _moved(sweep, renamed, moved)
        identity = meant.identity() | {"files": {moved.get(name, name): digest for name, digest in digests.items()}}
        known, text = hashed(identity), meant.as_json(files=identity["files"])
    toml = written(meant)
    if not _read_again(meant, toml):
        toml = written(meant, as_said=False)
    if not _read_again(meant, toml):
        notes.append("the sweep was not made from its file alone: sweep.toml may lay the same points out otherwise")
    beside = {name: name if name not in names() else f"scenarios/{name}.toml" for name in meant.scenarios}
    return Portable(meant, toml, beside, files, renamed, text, known, notes)


def _read_again(sweep: Sweep, toml: str) -> bool:
    """Whether the file gives the same sweep, where its scenarios are found."""
    from tempfile import TemporaryDirectory

    from basin.scenario import save
    from basin.sweep.file import parse

    with TemporaryDirectory() as folder:
        for name, scenario in sweep.scenarios.items():
            if name not in names():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                save(scenario, path)
        try:
            return is_the_same(sweep, parse(toml, folder=Path(folder)))
        except (SweepError, ScenarioError):
            return False


def _names(sweep: Sweep) -> Iterator[tuple[str, str]]:
    """What each scenario is called, and what it can be called anywhere: a bundled name, or a file beside the sweep's."""
    taken: set[str] = set(OUR_NAMES)
    for name, scenario in sweep.scenarios.items():
        new = name
        if name in names():
            new = name if load(name) == scenario else f"{name}.toml"  # another version's
        elif not _beside(name) or PurePath(name).parts[0] in OUR_NAMES:
            new = f"{PurePath(name.replace(chr(92), '/')).stem or 'scenario'}.toml"
        while new in taken:
            new = f"scenario-{new}"
        taken.add(new)
        yield name, new


def _beside(name: str) -> bool:
    """Whether a path leads to somewhere below the folder that it is said in."""
    path = PurePath(name)
    return not (path.is_absolute() or ".." in path.parts or "\\" in name or name.startswith("~") or not path.parts)


def _files(sweep: Sweep, digests: Mapping[str, str]) -> tuple[dict[str, Path], dict[str, str], list[str]]:
    """Files that scenarios name: where each belongs, what absolute paths become, and what is said of those not handed on."""
    files: dict[str, Path] = {}
    moved: dict[str, str] = {}
    notes: list[str] = []
    for name in dict.fromkeys([*digests, *_named(sweep)]):
        if not _beside(name):
            new = moved[name] = PurePath(name).name
        elif name in digests or Path(name).is_file():
            new = name
        else:
            continue  # a bundled one
        if not Path(name).is_file():
            notes.append(f"{new}, which a scenario names, is not here: it is not handed on")
        elif digests.get(name) != hashlib.sha256(Path(name).read_bytes()).hexdigest()[:16]:
            notes.append(f"{new}, which a scenario names, is not known to be what was computed with: it is not handed on")
        else:
            files[new] = Path(name)
    return files, moved, notes


def _named(sweep: Sweep) -> Iterator[str]:
    """Whatever stands where a file may be named."""
    for scenario in sweep.scenarios.values():
        yield from (str(scenario.get(path)) for path in FILES if scenario.get(path))
    for where in (sweep.changes, *({k: v for k, v in one.settings.items()} for one in sweep.dimensions)):
        for path in FILES:
            given = where.get(path, ())
            yield from (str(value) for value in ([given] if isinstance(given, str) else given) if value)


def _moved(sweep: Sweep, renamed: Mapping[str, str], moved: Mapping[str, str]) -> Sweep:
    scenarios = {renamed.get(name, name): _with(scenario, moved) for name, scenario in sweep.scenarios.items()}
    return replace(
        sweep,
        scenarios=scenarios,
        dimensions=tuple(_dimension(one, renamed, moved) for one in sweep.dimensions),
        changes={path: _put(path, value, moved) for path, value in sweep.changes.items()},
    )


def _with(scenario: Scenario, moved: Mapping[str, str]) -> Scenario:
    changes = {path: moved[str(scenario.get(path))] for path in FILES if str(scenario.get(path)) in moved}
    return scenario.with_(changes) if changes else scenario


def _dimension(one: Dimension, renamed: Mapping[str, str], moved: Mapping[str, str]) -> Dimension:
    if one.name == SCENARIO:
        return replace(one, settings={SCENARIO: tuple(renamed.get(name, name) for name in one.settings[SCENARIO])})
    settings = {path: tuple(_put(path, value, moved) for value in values) for path, values in one.settings.items()}
    return replace(one, settings=settings)


def _put(path: str, value: Any, moved: Mapping[str, str]) -> Any:
    return moved.get(value, value) if path in FILES and isinstance(value, str) else value
