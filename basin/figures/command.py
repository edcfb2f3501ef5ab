"""The command that computes a Dataset again."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from basin.scenario import Scenario, ScenarioError, load, loads, names

if TYPE_CHECKING:
    import xarray as xr


def command(dataset: xr.Dataset) -> str:
    """What to type for a map or trajectories: the command that was typed, if a command made them, or one that would.

    A scenario that is no bundled one with other values is meant by its file, `NAME.toml`. Empty if there is none, and for
    other results made in Python: the attribute `call` makes those again.
    """
    about = dataset.attrs
    if "command" in about or "scenario_toml" not in about or about["basin"] not in ("map", "trajectory"):
        return str(about.get("command", ""))
    words = ["basin", str(about["basin"]), *_scenario(loads(str(about["scenario_toml"])))]
    if about["basin"] == "map":
        words += [*_axis("--x", dataset["x"]), *_axis("--y", dataset["y"])]
        words += ["--n", str(max(dataset.sizes[side] for side in "xy"))]
    words += ["--runs", str(about["runs"]), "--seed", str(about["seed"])]
    return shlex.join(words + ["--expected"] * bool(about.get("expected")))


def _axis(option: str, side: xr.DataArray) -> list[str]:
    about = side.attrs
    return [option, f"{about['path']}={float(side[0])!r}:{float(side[-1])!r}" + ":log" * (about.get("scale") == "log")]


def _scenario(scenario: Scenario) -> list[str]:
    """The bundled scenario's name, with `--set` for whatever differs from it."""
    if scenario.name in names():
        changes = _changes(load(scenario.name).model_dump(exclude_none=True), scenario.model_dump(exclude_none=True))
        try:
            if load(scenario.name).with_(changes) == scenario:
                sets = [("--set", f"{path}={json.dumps(value)}") for path, value in changes.items()]
                return [scenario.name, *(word for pair in sets for word in pair)]
        except ScenarioError:
            pass  # it differs in more than values: its motives have other names, say
    return [f"{scenario.name}.toml"]


def _changes(old: Any, new: Any, prefix: str = "") -> dict[str, Any]:
    """Paths whose values differ; members of lists by their names."""
    changes: dict[str, Any] = {}
    for key, value in new.items():
        before, path = old.get(key), f"{prefix}{key}"
        if isinstance(value, dict) and isinstance(before, dict):
            changes |= _changes(before, value, f"{path}.")
        elif isinstance(value, tuple | list) and isinstance(before, tuple | list) and len(value) == len(before):
            for one, other in zip(before, value, strict=True):
                if isinstance(one, dict) and isinstance(other, dict) and "name" in other:
                    changes |= _changes(one, other, f"{prefix or path + '.'}{other['name']}.")
                elif one != other:
                    changes[path] = value
        elif value != before:
            changes[path] = value
    return changes
