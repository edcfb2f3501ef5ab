"""What a sweep is: scenarios, dimensions, and what is computed at every point of their grid."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.analysis.sampling import child
from basin.scenario import Scenario, dumps, loads
from basin.simulate.runs import check_seed
from basin.sweep.dimension import NO_OBJECTION, OBJECTION, OPTION, REPLICATE, SCENARIO, Dimension
from basin.sweep.errors import SweepError

MOST_POINTS = 100_000_000
WORDS_ONLY = ("title", "question", "budget")  # which change nothing that is computed
FILES = ("evidence.choices_table", "population.graph", "requirements.graph")  # paths that may name a file


class Part(NamedTuple):
    """Points of a sweep that differ in numbers only: (n,) of each path, and their places in what was asked for.

    Points that differ along numeric dimensions take chances of their own, by `numbers`; those that differ in scenario,
    objection, word or option share theirs, so that differences between them are paired. `seed` is that of the replicate.
    """

    scenario: Scenario
    options: Mapping[str, Any]
    seed: int
    columns: Mapping[str, np.ndarray]
    numbers: np.ndarray
    places: np.ndarray

    def each(self) -> Iterator[tuple[int, Scenario, int]]:
        """(place, scenario, seed) of every point, for measures that number their runs themselves."""
        for at, place in enumerate(self.places):
            changes = {path: column[at].item() for path, column in self.columns.items()}
            number = int(self.numbers[at])
            yield int(place), self.scenario.with_(changes), child(self.seed, number) if number else self.seed


@dataclass(frozen=True)
class Sweep:
    """Everything that decides what a sweep computes.

    scenarios: by the names that the dimension `scenario` has. dimensions: the points are their product, the last one
    running fastest. changes: to every scenario, after its objections. compute: the measure (`sweep.compute`). runs: at each
    point; the measure's own, unless given. options: of the measure. keep: which of its variables; the measure's own choice,
    unless given. budget: seconds, or none.
    """

    scenarios: Mapping[str, Scenario]
    dimensions: tuple[Dimension, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    compute: str = "run"
    runs: int | None = None
    seed: int = 0
    expected: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    title: str = ""
    question: str = ""
    budget: float | None = None

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension) for dimension in self.dimensions)

    @property
    def points(self) -> int:
        return math.prod(self.shape)

    def position(self, point: int) -> tuple[int, ...]:
        """Where a point, counted with the last dimension running fastest, is along each dimension."""
        return tuple(int(at) for at in np.unravel_index(point, self.shape))

    def where(self, point: int) -> str:
        """A point in words."""
        said = []
        for dimension, at in zip(self.dimensions, self.position(point), strict=True):
            said += [f"{target} = {_shown(value)}" for target, value in dimension.at(at).items() if len(dimension) > 1]
        return ", ".join(said) or "the only point"

    def settings(self, point: int) -> dict[str, Any]:
        """What is set at a point, by target."""
        found: dict[str, Any] = {}
        for dimension, at in zip(self.dimensions, self.position(point), strict=True):
            found |= dimension.at(at)
        return found

    def parts(self, points: Sequence[int] | NDArray[np.int64]) -> Iterator[Part]:
        """The points, taken together where they differ in numbers only. Raises ScenarioError for what cannot be."""
        at = np.array(np.unravel_index(np.asarray(points, dtype=np.int64), self.shape), dtype=np.int64)
        at = at.reshape(len(self.shape), len(points))
        fixed = [k for k, one in enumerate(self.dimensions) if not one.numeric]
        free = [k for k, one in enumerate(self.dimensions) if one.numeric]
        numbers = np.zeros(len(points), np.int64)
        for k in free:
            numbers = numbers * self.shape[k] + at[k]
        kinds, of = np.zeros((0, 1), np.int64), np.zeros(len(points), np.int64)
        if fixed:
            kinds, of = np.unique(at[fixed], axis=1, return_inverse=True)
        for kind in range(kinds.shape[1]):
            places = np.flatnonzero(of.reshape(-1) == kind)
            settings: dict[str, Any] = {}
            for row, k in enumerate(fixed):
                settings |= self.dimensions[k].at(int(kinds[row, kind]))
            columns = {
                path: np.array(values)[at[k, places]] for k in free for path, values in self.dimensions[k].settings.items()
            }
            yield Part(*self._frame(settings), columns, numbers[places], places)

    def _frame(self, settings: dict[str, Any]) -> tuple[Scenario, dict[str, Any], int]:
        """The scenario, the options and the seed that settings other than numbers make."""
        name, objection, replicate = (settings.pop(what, None) for what in (SCENARIO, OBJECTION, REPLICATE))
        options = {key.removeprefix(OPTION): settings.pop(key) for key in list(settings) if key.startswith(OPTION)}
        scenario = next(iter(self.scenarios.values())) if name is None else self.scenarios[name]
        if objection not in (None, NO_OBJECTION):
            scenario = scenario.objected(*objection.split("+"))
        seed = child(self.seed, 1, replicate) if replicate else self.seed
        return scenario.with_({**self.changes, **settings}), {**self.options, **options}, seed

    def identity(self) -> dict[str, Any]:
        """All that decides the numbers, as JSON holds it; files that scenarios name count by what is in them."""
        about = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in WORDS_ONLY}
        about["scenarios"] = {name: dumps(scenario) for name, scenario in self.scenarios.items()}
        about["dimensions"] = [{"name": one.name, "settings": dict(one.settings)} for one in self.dimensions]
        about["files"] = {name: _digest(Path(name)) for name in self._files()}
        plain: dict[str, Any] = json.loads(json.dumps(about))
        return plain

    def _files(self) -> list[str]:
        """Those that scenarios, changes or dimensions name."""
        named = {str(one.get(path) or "") for one in self.scenarios.values() for path in FILES}
        named |= {str(self.changes.get(path, "")) for path in FILES}
        named |= {str(value) for one in self.dimensions for path in FILES for value in one.settings.get(path, ())}
        return sorted(name for name in named if name and Path(name).is_file())

    def as_json(self, **other: Any) -> str:
        """The whole sweep, scenarios included: `Sweep.from_json` reads it. other: in place of parts of its identity."""
        words = {name: getattr(self, name) for name in WORDS_ONLY}
        return json.dumps(self.identity() | {"dimensions": [asdict(one) for one in self.dimensions]} | words | other)

    @classmethod
    def from_json(cls, text: str) -> Sweep:
        about = json.loads(text)
        about.pop("files", None)
        about["scenarios"] = {name: loads(toml) for name, toml in about["scenarios"].items()}
        about["dimensions"] = tuple(
            Dimension(**(one | {"settings": {to: tuple(values) for to, values in one["settings"].items()}}))
            for one in about["dimensions"]
        )
        return cls(**(about | {"keep": tuple(about["keep"])}))

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal digits that are the same for sweeps that compute the same."""
        return hashed(self.identity())

    def check(self) -> None:
        """Raises SweepError, or ScenarioError, for a sweep that cannot be run: before hours are spent, not after."""
        check_seed(self.seed)
        if self.points > MOST_POINTS:
            raise SweepError(f"{self.points:,} points are more than {MOST_POINTS:,}: give fewer along some axis")
        for at, dimension in enumerate(self.dimensions):
            sure = dimension.numeric and len(dimension.settings) == 1  # bounds: where both ends are valid, so is the rest
            positions = {0, len(dimension) - 1} if sure else range(min(len(dimension), 1000))
            for position in positions:
                self._check_alone(at, position)

    def _check_alone(self, at: int, position: int) -> None:
        """A position along one dimension, what the scenario says along other numeric ones.

        Invalid combinations are found at their points, and are failures of these."""
        used = [each for each, one in enumerate(self.dimensions) if each == at or not one.numeric]
        alone = replace(self, dimensions=tuple(self.dimensions[each] for each in used))
        first = int(np.ravel_multi_index([position * (each == at) for each in used], alone.shape))
        for part in alone.parts([first]):
            list(part.each())


def hashed(identity: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """What differs between two identities, each a short text: `what: here, there`."""
    return [
        f"{path} is {_shown(here)} here and {_shown(there)} in the store"
        for path, here, there in _differing(_readable(ours), _readable(theirs))
    ]


def _readable(identity: Mapping[str, Any]) -> dict[str, Any]:
    """With scenarios as tables, and dimensions by name."""
    found = dict(identity)
    found["scenarios"] = {name: tomllib.loads(text) for name, text in identity["scenarios"].items()}
    found["axes"] = {one["name"]: one["settings"] for one in identity["dimensions"]}
    found["the order of axes"] = ", ".join(one["name"] for one in identity["dimensions"])
    del found["dimensions"]
    return found


def _differing(here: Any, there: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for key in [*here, *(key for key in there if key not in here)]:
            yield from _differing(here.get(key), there.get(key), f"{path}.{key}" if path else str(key))
    elif here != there:
        yield path, here, there


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    text = f"{value:g}" if isinstance(value, float) else str(value) if not isinstance(value, list | tuple) else (
        f"{len(value)} values from {_shown(value[0])} to {_shown(value[-1])}" if value else "empty"
    )  # fmt: skip
    return text if len(text) <= 60 else text[:57] + "..."


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
