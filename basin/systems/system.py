"""What a textbook or rival system is: parameters, start coordinates with their window, and a kernel that labels starts.

To add a system, write one file `basin/systems/NAME.py` that ends in

    SYSTEM = System(name=..., parameters=(Parameter(...),), coordinates=..., outcomes=..., target=..., label=...)

and add its name to `NAMES` in `basin/systems/__init__.py`. Then `basin system NAME`, maps, boundaries and every other
measure work on it. `label` gets all runs at once, one row each, and must not depend on which rows come together. For an
ordinary differential equation `integrate.Flow` makes it, from a vector field and a judge of states: see `pendulum.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.labels import Labels

Numbers = NDArray[np.float64]
Values = Mapping[str, float]  # parameters by name


class SystemError(ValueError):
    """A system that does not exist, or that cannot be run as asked; one line."""


@dataclass(frozen=True)
class Parameter:
    """A number that a system depends on, from `lo` to `hi`, both included."""

    name: str
    default: float
    lo: float
    hi: float
    units: str
    description: str
    integer: bool = False


@dataclass(frozen=True)
class Coordinate:
    """One number of a start, and the window from which starts are drawn evenly; whole numbers only, if `integer`."""

    name: str
    lo: float
    hi: float
    units: str
    description: str
    integer: bool = False


@dataclass(frozen=True)
class Starts:
    """The runs that a kernel is to label, one row each; row by row independent of one another.

    start: (n, coordinates). parameters: (n, parameters), in the order of `System.parameters`. run: (n,) uint64, numbers
    that random numbers are addressed by, together with the seed.
    """

    start: Numbers
    parameters: Numbers
    run: NDArray[np.uint64]
    seed: int

    def first(self, n: int) -> Starts:
        """The first n runs, or all if there are fewer."""
        return Starts(self.start[:n], self.parameters[:n], self.run[:n], self.seed)


Region = Mapping[str, tuple[float, float]]  # bounds by coordinate; one that it does not name may be anything
Label = Callable[[Starts], tuple[NDArray[np.int8], Numbers]]


@dataclass(frozen=True)
class System:
    """A dynamical system with known answers.

    coordinates: of a start, for given parameters. outcomes: words to codes, for given parameters; a run that has none
    of them is `labels.UNDECIDED`. target: the outcome whose basin is asked for where nobody says otherwise.
    label: (n,) codes and (n,) times to them, of n runs. source: where its equations and known numbers come from.
    rate: dx/dt of states (n, d) at a time, for parameters by name, where there is such a thing; noise: the standard
    deviation of its white noise. stochastic: whether `label` draws random numbers. extras: what else `basin system` prints.
    trust: what it prints on how far the labels of some starts can be trusted, by name; see `integrate.Flow.trust`.
    state: the states (n, d) of `rate` in which runs begin, where a start says less than its whole state.
    regions: where a run has arrived at an outcome, as bounds of some of its coordinates, for those whose `label` says so.
    draw: starts (n, coordinates) from as many numbers spread evenly over [0, 1), where they do not fill their window.
    """

    name: str
    title: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...]
    coordinates: Callable[[Values], tuple[Coordinate, ...]]
    outcomes: Callable[[Values], dict[str, int]]
    target: str
    label: Label
    stochastic: bool = False
    rate: Callable[[Numbers, float, Values], Numbers] | None = None
    state: Callable[[Starts], Numbers] | None = None
    noise: Callable[[Values], float] | None = None
    extras: Callable[[Labels, Values], dict[str, Any]] | None = None
    trust: Callable[[Starts], dict[str, Any]] | None = None
    regions: Callable[[Values], dict[str, Region]] | None = None
    draw: Callable[[Numbers], Numbers] | None = None
    time_units: str = "time"

    def values(self, changes: Mapping[str, float] | None = None) -> dict[str, float]:
        """Every parameter by name, with some changed. Raises SystemError for an unknown name or a value out of bounds."""
        values = {entry.name: entry.default for entry in self.parameters}
        for name, value in (changes or {}).items():
            values[name] = self._checked(name, value)
        return values

    def parameter(self, name: str) -> Parameter:
        """Raises SystemError for an unknown name."""
        for entry in self.parameters:
            if entry.name == name:
                return entry
        raise SystemError(f"{self.name}: no parameter {name!r}{_meant(name, [entry.name for entry in self.parameters])}")

    def _checked(self, name: str, value: float) -> float:
        entry = self.parameter(name)
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise SystemError(f"{self.name}: {name} = {value!r}: must be a number")
        whole = "a whole number " if entry.integer else ""
        if not entry.lo <= value <= entry.hi or (entry.integer and value != round(value)):
            raise SystemError(f"{self.name}: {name} = {value:g}: must be {whole}from {entry.lo:g} to {entry.hi:g}")
        return float(value)


@dataclass
class SystemMapper:
    """Points along some start coordinates and parameters to labels: `mapper(points (n, k), seed) -> Labels (n, runs)`.

    paths: names of coordinates and parameters, one per column of the points. changes: of the other parameters. Start
    coordinates that are not among the paths are drawn evenly from their window, the same for each call with one seed.
    """

    system: System
    paths: tuple[str, ...]
    runs: int = 1
    changes: Values = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = self.system.values(self.changes)
        self.coordinates = self.system.coordinates(self.values)
        starts = [entry.name for entry in self.coordinates]
        known = starts + [entry.name for entry in self.system.parameters]
        for path in self.paths:
            if path not in known:
                raise SystemError(f"{self.system.name}: nothing is called {path!r}{_meant(path, known)}")
        if isinstance(self.runs, bool) or not isinstance(self.runs, int | np.integer) or self.runs < 1:
            raise SystemError(f"runs = {self.runs}: must be a whole number from 1")

    def __call__(self, points: Numbers, seed: int = 0) -> Labels:
        """Raises SystemError for a parameter out of its bounds."""
        points = np.asarray(points, dtype=float).reshape(-1 if self.paths else len(points), len(self.paths))
        starts = self.starts(points, seed)
        label, time = self.system.label(starts)
        shape = (len(points), self.runs)
        return Labels(np.asarray(label, np.int8).reshape(shape), np.asarray(time, float).reshape(shape))

    def starts(self, points: Numbers, seed: int) -> Starts:
        """The runs of some points (n, k), n·runs rows, those of a point together."""
        rows = len(points) * self.runs
        each = np.repeat(points, self.runs, axis=0)
        drawn = np.random.default_rng((seed, 1)).random((rows, len(self.coordinates)))
        start = np.empty((rows, len(self.coordinates)))
        for at, entry in enumerate(self.coordinates):
            if entry.name in self.paths:
                start[:, at] = each[:, self.paths.index(entry.name)]
            elif entry.integer:
                start[:, at] = np.floor(entry.lo + drawn[:, at] * (entry.hi - entry.lo + 1))
            else:
                start[:, at] = entry.lo + drawn[:, at] * (entry.hi - entry.lo)
        if self.system.draw is not None and not any(entry.name in self.paths for entry in self.coordinates):
            start = self.system.draw(drawn)
        parameters = np.empty((rows, len(self.system.parameters)))
        for at, parameter in enumerate(self.system.parameters):
            parameters[:, at] = self.values[parameter.name]
            if parameter.name in self.paths:
                parameters[:, at] = self._column(parameter, each[:, self.paths.index(parameter.name)])
        return Starts(start, parameters, np.arange(rows, dtype=np.uint64), seed)

    def _column(self, parameter: Parameter, column: Numbers) -> Numbers:
        column = np.rint(column) if parameter.integer else column
        for value in (column.min(), column.max()) if len(column) else ():
            coordinates = self.system.coordinates(self.system.values({**self.changes, parameter.name: float(value)}))
            if [entry.name for entry in coordinates] != [entry.name for entry in self.coordinates]:
                raise SystemError(f"{self.system.name}: starts of different {parameter.name} differ in kind; set one value")
        return column


def _meant(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1, 0.0)
    return f"; did you mean {close[0]}?" if close else ""
