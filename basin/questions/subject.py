"""What is asked about: a scenario or a textbook system. Both give axes, outcomes, and a mapper over any of their paths."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from basin import datasets
from basin.analysis import Axis, AxisError
from basin.labels import OUTCOMES, Labels
from basin.scenario import Scenario, ScenarioError, dumps, load, names, scenario_hash
from basin.scenario.errors import nearest, shortened
from basin.simulate import mapper as scenario_mapper
from basin.systems import NAMES, System
from basin.systems import load as load_system
from basin.systems import mapper as system_mapper

AxisLike = tuple[str, float, float] | tuple[str, float, float, str]
Progress = Callable[[int, int], None]


class Subject(Protocol):
    """What every measure of a basin works on."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Over which starts differ, where nobody says otherwise."""

    @property
    def outcomes(self) -> dict[str, int]:
        """Words to the codes in Labels; the one for −1 last."""

    @property
    def target(self) -> str:
        """The outcome whose basin is measured."""

    @property
    def stochastic(self) -> bool:
        """Whether two runs from one start may end differently."""

    @property
    def time_units(self) -> str: ...

    def with_(self, changes: Mapping[str, Any]) -> Subject: ...

    def axis(self, spec: AxisLike | Axis) -> Axis: ...

    def mapper(
        self, paths: Sequence[str], runs: int = 1, *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Callable[..., Labels]: ...

    def attributes(self, seed: int, runs: int, call: str) -> dict[str, Any]: ...


SubjectLike = Subject | Scenario | System | str | os.PathLike[str]


def subject(asked: SubjectLike, *, expected: bool = False, threads: int | None = None) -> Subject:
    """A scenario, or its name or file, or a system, or its name, as something to ask about.

    expected: the deterministic skeleton of a scenario. Raises ScenarioError for a name that neither has.
    """
    if isinstance(asked, ScenarioSubject | SystemSubject):
        return asked
    if isinstance(asked, Scenario):
        return ScenarioSubject(asked, expected, threads)
    if isinstance(asked, System):
        return SystemSubject(asked)
    if isinstance(asked, str) and asked not in names():
        if asked in NAMES:
            return SystemSubject(load_system(asked))
        if not os.path.exists(asked):
            known = nearest(asked, [*names(), *NAMES])
            raise ScenarioError(f"{shortened(asked)}: no such scenario, system or file; did you mean {known}?")
    return ScenarioSubject(load(asked), expected, threads)  # type: ignore[arg-type]  # which refuses anything else


@dataclass(frozen=True)
class ScenarioSubject:
    """A scenario; its axes are numeric paths."""

    scenario: Scenario
    expected: bool = False
    threads: int | None = None

    target = "aligned"
    outcomes = OUTCOMES
    time_units = "episodes"

    @property
    def name(self) -> str:
        return self.scenario.name

    @property
    def title(self) -> str:
        return self.scenario.title or self.scenario.name

    @property
    def stochastic(self) -> bool:
        return not self.expected

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(self.axis(spec) for spec in default_axes(self.scenario))

    def with_(self, changes: Mapping[str, Any]) -> ScenarioSubject:
        """Raises ScenarioError for a path or value that cannot be."""
        return replace(self, scenario=self.scenario.with_(dict(changes)))

    def objected(self, *names: str) -> ScenarioSubject:
        """With some of the bundled objections. Raises ScenarioError for one that cannot apply."""
        return replace(self, scenario=self.scenario.objected(*names))

    def axis(self, spec: AxisLike | Axis) -> Axis:
        """`(path, lo, hi)` or `(path, lo, hi, "log")` as an Axis with the path's unit and description."""
        if isinstance(spec, Axis):
            return spec
        path, lo, hi, log = axis_parts(spec)
        entry = self.scenario.numeric_path(path)
        return Axis(entry.path, lo, hi, log, entry.kind == "int", entry.unit, entry.description)

    def mapper(
        self, paths: Sequence[str], runs: int = 1, *, progress: Progress | None = None, cancel: threading.Event | None = None,
        alike: int = 0,
    ) -> Callable[..., Labels]:  # fmt: skip
        """alike: points come in groups of so many, and all groups take the same chances; 0: each point has its own.

        Raises ScenarioError for a path that holds no number.
        """
        return scenario_mapper(
            self.scenario, paths, runs, expected=self.expected, threads=self.threads, progress=progress, cancel=cancel,
            alike=alike,
        )  # fmt: skip

    def attributes(self, seed: int, runs: int, call: str) -> dict[str, Any]:
        """What reproduces a result."""
        return datasets.provenance(
            scenario=self.scenario.name,
            scenario_toml=dumps(self.scenario),
            scenario_hash=scenario_hash(self.scenario),
            seed=seed,
            runs=runs,
            expected=self.expected,
            call=call,
        )


@dataclass(frozen=True)
class SystemSubject:
    """A textbook system; its axes are start coordinates and parameters, by name."""

    system: System
    changes: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.system.name

    @property
    def title(self) -> str:
        return self.system.title

    @property
    def target(self) -> str:
        return self.system.target

    @property
    def time_units(self) -> str:
        return self.system.time_units

    @property
    def stochastic(self) -> bool:
        return self.system.stochastic

    @property
    def values(self) -> dict[str, float]:
        return self.system.values(self.changes)

    @property
    def outcomes(self) -> dict[str, int]:
        return {**self.system.outcomes(self.values), "unresolved": -1}

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(
            Axis(entry.name, entry.lo, entry.hi, False, entry.integer, entry.units, entry.description)
            for entry in self.system.coordinates(self.values)
        )

    def with_(self, changes: Mapping[str, Any]) -> SystemSubject:
        """Raises SystemError for a parameter or value that cannot be."""
        merged = {**self.changes, **changes}
        self.system.values(merged)
        return replace(self, changes=merged)

    def axis(self, spec: AxisLike | Axis) -> Axis:
        """`(name, lo, hi)` or `(name, lo, hi, "log")` of a start coordinate or a parameter."""
        if isinstance(spec, Axis):
            return spec
        path, lo, hi, log = axis_parts(spec)
        starts = {entry.name: entry for entry in self.system.coordinates(self.values)}
        entry = starts[path] if path in starts else self.system.parameter(path)
        return Axis(path, lo, hi, log, entry.integer, entry.units, entry.description)

    def mapper(
        self, paths: Sequence[str], runs: int = 1, *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Callable[..., Labels]:
        """Raises SystemError for a path that is neither a start coordinate nor a parameter. Systems take no cancel."""
        return system_mapper(self.system, paths, self.changes, runs)

    def attributes(self, seed: int, runs: int, call: str) -> dict[str, Any]:
        """What reproduces a result."""
        return datasets.system_provenance(system=self.name, parameters=self.values, seed=seed, runs=runs, call=call)


def default_axes(scenario: Scenario) -> tuple[AxisLike, AxisLike]:
    """The two axes over which a scenario is mapped where nobody says otherwise."""
    if scenario.population.agents > 1 and scenario.motives.own:
        return ("population.aligned", 0.0, 1.0), ("motives.care", 0.02, 0.98)
    own = [motive.name for motive in scenario.motives.own if motive.kind != "approval"]
    if scenario.evidence.choices_table or not own:
        return ("belief.knowledge", -1.0, 1.0), ("belief.spread", 0.05, 5.0, "log")
    return (f"motives.{own[0]}.overlap", -1.0, 1.0), ("motives.care", 0.02, 0.98)


def axis_parts(spec: Any) -> tuple[str, float, float, bool]:
    """Path, ends and scale of `(path, lo, hi)` or `(path, lo, hi, "log")`. Raises AxisError for anything else."""
    log = isinstance(spec, tuple | list) and len(spec) == 4
    if not isinstance(spec, tuple | list) or len(spec) not in (3, 4) or (log and spec[3] != "log"):
        raise AxisError(f'{spec!r}: an axis is (path, lo, hi) or (path, lo, hi, "log")')
    try:
        return spec[0], float(spec[1]), float(spec[2]), log
    except (TypeError, ValueError):
        raise AxisError(f"{spec[0]}: the ends of an axis are numbers, not {spec[1]!r} and {spec[2]!r}") from None
