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
# command knows. An option in a tuple is typed once for each of several.
CROWD = {"count": "--populations"}
ASSUMED = {"paths": ("--path",), "ranges": ("--range",), "runs": "--runs", "expected": "--expected"}
DRAWS = {
    "axes": ("--axis",), "over": "--over", "samples": "--samples", "outcome": "--outcome", "expected": "--expected",
}  # fmt: skip
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
    "stability": ("stability", {"method": "--method", "half_width": "--half-width", "runs": "--runs", **DRAWS}),
    "size": ("size", {"dimensions": "--dimensions", "method": "--method", **DRAWS}),
    "continue": (
        "continue",
        {"along": "--along", "n": "--n", "rare": "--rare", "halvings": "--halvings", "discover": "--discover", **DRAWS},
    ),
    "argument": ("requirements", {}),
    "requirements": ("requirements", {"axes": ("--axis",), "samples": "--samples", "expected": "--expected"}),
    "corpus": ("corpus", {"spread": "--spread", "samples": "--samples", "n": "--n", "expected": "--expected"}),
    "portrait": ("portrait", {"x": "--x", "y": "--y", "n": "--n", "paths": "--paths"}),
    "sensitivity": ("sensitivity", {"method": "--method", "of": "--of", "samples": "--samples", **ASSUMED}),
    "worst": ("worst", {"trials": "--trials", **ASSUMED}),
    "objections": (
        "objections", {"names": ("--only",), "axes": ("--axis",), "samples": "--samples", "expected": "--expected"}
    ),
}  # fmt: skip

VERBS = {"runs": "run", "map": "map", "trajectory": "trajectory"}  # those whose options are not all in the call


def command(dataset: xr.Dataset) -> str:
    """What to type for a result: the command that was typed, if a command made it, or one that would.

    A scenario that is no bundled one with other values is meant by its file, `NAME.toml`. Empty if there is none, and for
    results made in Python as no command makes them: the attribute `call` makes those again.
    """
    about = dataset.attrs
    if "command" not in about and about["basin"] == "claims":
        return shlex.join(["basin", "claims", *_claims(str(about["call"]))])
    if "command" in about or "scenario_toml" not in about or about["basin"] not in (*VERBS, *TYPED):
        return str(about.get("command", ""))
    scenario = _scenario(loads(str(about["scenario_toml"])))
    if about["basin"] in TYPED:
        verb, known = TYPED[about["basin"]]
        options = _options(str(about["call"]), known)
        return "" if options is None else shlex.join(["basin", *verb.split(), *scenario, *options])
    words = ["basin", VERBS[about["basin"]], *scenario]
    if about["basin"] == "map":
        words += [*_axis("--x", dataset["x"]), *_axis("--y", dataset["y"])]
        words += ["--n", str(max(dataset.sizes[side] for side in "xy"))]
    words += ["--runs", str(about["runs"]), "--seed", str(about["seed"])]
    return shlex.join(words + ["--expected"] * bool(about.get("expected")))


def _options(call: str, known: dict[str, Any]) -> list[str] | None:
    """The options that say the arguments of a call; None where one has no option, or holds what cannot be typed."""
    words = []
    typed = ast.parse(call, mode="eval").body
    assert isinstance(typed, ast.Call)
    given = {str(part.arg): part.value for part in typed.keywords}
    if isinstance(known.get("paths"), tuple) and len(typed.args) > 1:
        given = {"paths": typed.args[1], **given}
    try:
        values = {name: ast.literal_eval(value) for name, value in given.items()}
    except ValueError:  # a name: an object of the caller's
        return None
    for name, value in values.items():
        option = {"seed": "--seed", **known}.get(name)
        if option is None or (not isinstance(option, str | tuple) and option != value):
            return None
        if isinstance(value, dict):
            value = [(path, *ends) for path, ends in value.items()]
        if isinstance(option, tuple):
            words += [word for one in value for word in (*option, _word(one))]
        elif value is True:
            words.append(option)
        elif (
            isinstance(option, str)
            and value is not None
            and not (name == "n" and "along" in known and values.get("along") is None)
        ):
            words += [option, _word(value)]
    return words


def _claims(call: str) -> list[str]:
    """The names and options of claims that were judged: `basin.claims.collected(basin.claims.judge(NAMES, ...), ...)`."""
    collected = ast.parse(call, mode="eval").body
    assert isinstance(collected, ast.Call) and isinstance(collected.args[0], ast.Call)
    judged = collected.args[0]
    names = ast.literal_eval(judged.args[0]) if judged.args else []
    given = {part.arg: ast.literal_eval(part.value) for part in judged.keywords}
    return [*names, *["--quick"] * given["quick"], "--seed", str(given["seed"])]


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
        bundled = load(scenario.name)
        changes = _changes(_filled(bundled, scenario), scenario.model_dump(exclude_none=True))
        try:
            if bundled.with_(changes) == scenario:
                sets = [("--set", f"{path}={json.dumps(value)}") for path, value in changes.items()]
                return [scenario.name, *(word for pair in sets for word in pair)]
        except ScenarioError:
            pass  # it differs in more than values: its motives have other names, say
    return [f"{scenario.name}.toml"]


def _filled(bundled: Scenario, scenario: Scenario) -> dict[str, Any]:
    """A bundled scenario's data; where only the other has a corpus, with the usual one, of which one path is to be set."""
    old = bundled.model_dump(exclude_none=True)
    if scenario.corpus is not None and bundled.corpus is None:
        old["corpus"] = {**type(scenario.corpus)().model_dump(), "human": None}
    return old


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
