"""The command that computes a Dataset again."""

from __future__ import annotations

import ast
import json
import shlex
from typing import TYPE_CHECKING, Any

from basin.scenario import Scenario, ScenarioError, load, loads, names

if TYPE_CHECKING:
    import xarray as xr

# Results of other calls, by kind: what is typed after `basin`, and for each argument its option, or the only value that the
# command knows.
CROWD = {"count": "--populations"}
TYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "population": ("population", CROWD),
    "critical": (
        "population --ask critical",
        {
            "along": "--along", "n": "--n", "shares": "--shares", "halvings": "--halvings", "populations": "--populations",
        },
    ),
    "misled": ("population --ask misled", {"number": "--number", **CROWD}),
    "policing": ("population --ask policing", CROWD),
    "echo": ("population --ask echo", {"rates": "--rates", **CROWD}),
    "generations": (
        "population --ask generations",
        {"dose": "--dose", "first": "--first", "lineages": "--populations", "count": 30, "agents": 1000, "samples": 2048},
    ),
}  # fmt: skip


def command(dataset: xr.Dataset) -> str:
    """What to type for a result: the command that was typed, if a command made it, or one that would.

    A scenario that is no bundled one with other values is meant by its file, `NAME.toml`. Empty if there is none, and for
    results made in Python as no command makes them: the attribute `call` makes those again.
    """
    about = dataset.attrs
    if "command" in about or "scenario_toml" not in about or about["basin"] not in ("map", "trajectory", *TYPED):
        return str(about.get("command", ""))
    scenario = _scenario(loads(str(about["scenario_toml"])))
    if about["basin"] in TYPED:
        verb, known = TYPED[about["basin"]]
        options = _options(str(about["call"]), known)
        return "" if options is None else shlex.join(["basin", *verb.split(), *scenario, *options])
    words = ["basin", str(about["basin"]), *scenario]
    if about["basin"] == "map":
        words += [*_axis("--x", dataset["x"]), *_axis("--y", dataset["y"])]
        words += ["--n", str(max(dataset.sizes[side] for side in "xy"))]
    words += ["--runs", str(about["runs"]), "--seed", str(about["seed"])]
    return shlex.join(words + ["--expected"] * bool(about.get("expected")))


def _options(call: str, known: dict[str, Any]) -> list[str] | None:
    """The options that say the arguments of a call; None where one has no option, or holds what cannot be typed."""
    words = []
    given = {part.arg: part.value for part in ast.parse(call, mode="eval").body.keywords}
    try:
        values = {name: ast.literal_eval(value) for name, value in given.items()}
    except ValueError:  # a name: an object of the caller's
        return None
    for name, value in values.items():
        option = {"seed": "--seed", **known}.get(name)
        if option is None or (not isinstance(option, str) and option != value):
            return None
        if isinstance(option, str) and value is not None and not (name == "n" and values.get("along") is None):
            words += [option, _word(value)]
    return words


def _word(value: Any) -> str:
    """A number, several, or an axis, as options take them."""
    if isinstance(value, tuple):
        path, *rest = value
        return f"{path}={':'.join(map(_word, rest))}"
    if isinstance(value, list):
        return ",".join(map(_word, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


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
