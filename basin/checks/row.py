"""One known answer: what it says, where it comes from, with which parameters, and how it is measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike

MOST_SIGMAS = 3.5  # a measurement farther than this from what is known fails


class CheckError(ValueError):
    """A check that does not exist, or settings that it cannot be run with: one line."""


@dataclass(frozen=True)
class Parameter:
    """A number that a known answer depends on, within [low, high]."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    whole: bool = False


@dataclass(frozen=True)
class Run:
    """How to measure: chances and threads."""

    seed: int = 0
    threads: int | None = None

    @property
    def chance(self) -> np.random.Generator:
        """Random numbers that are not the engine's: what they show does not depend on it."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True)
class Finding:
    """What was expected and what was measured, with the standard error that chance leaves, or the tolerance of an exact
    comparison. `label` tells the findings of one row apart."""

    expected: float
    measured: float
    error: float | None = None
    tolerance: float | None = None
    detail: str = ""
    label: str = ""

    @property
    def z(self) -> float:
        """Distance in standard errors; where no chance enters, in parts of the tolerance, so that one gate holds for both."""
        unit = self.error if self.error is not None else (self.tolerance or 0.0) / (MOST_SIGMAS * (1 - 1e-12))
        difference = self.measured - self.expected
        return math.copysign(math.inf, difference) if unit == 0 and difference else difference / (unit or 1.0)

    @property
    def passed(self) -> bool:
        """Whether the measurement is near enough. Not a number is not near."""
        return abs(self.z) < MOST_SIGMAS


def mean(expected: SupportsFloat, samples: ArrayLike, detail: str = "") -> Finding:
    """The mean of independent samples."""
    samples = np.asarray(samples, dtype=float)
    return Finding(float(expected), float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size)), detail=detail)


def share(expected: float, happened: ArrayLike, detail: str = "") -> Finding:
    """How often something happened, with the standard error that it has if what is expected is true."""
    happened = np.asarray(happened, dtype=bool)
    error = math.sqrt(expected * (1 - expected) / happened.size)
    return Finding(float(expected), float(happened.mean()), error, detail=detail)


def exact(expected: SupportsFloat, measured: float, tolerance: float, detail: str = "", label: str = "") -> Finding:
    """A number that no chance enters."""
    return Finding(float(expected), float(measured), tolerance=float(tolerance), detail=detail, label=label)


Measure = Callable[..., Finding | list[Finding]]


@dataclass(frozen=True)
class Row:
    """A row of the table of known answers, with the settings at which it is measured unless others are asked for.

    `long_cases` are measured only on request. A row that has no others takes long altogether.
    """

    name: str
    source: str
    parameters: tuple[Parameter, ...]
    measure: Measure
    cases: tuple[Mapping[str, float], ...]
    long_cases: tuple[Mapping[str, float], ...]

    @property
    def long(self) -> bool:
        """Whether it runs only on request."""
        return not self.cases

    @property
    def description(self) -> str:
        """The first line of what its function says."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]

    def findings(self, run: Run, settings: Mapping[str, float]) -> list[Finding]:
        """Measure at these settings; what they leave out has its default."""
        values: dict[str, Any] = {p.name: int(p.default) if p.whole else p.default for p in self.parameters}
        found = self.measure(run, **(values | dict(settings)))
        return [found] if isinstance(found, Finding) else found


def row(
    name: str,
    *,
    source: str,
    parameters: Sequence[Parameter] = (),
    cases: Sequence[Mapping[str, float]] = ({},),
    long_cases: Sequence[Mapping[str, float]] = (),
) -> Callable[[Measure], Row]:
    """Make a row of a function `measure(run, **parameters) -> Finding`, whose docstring begins with what it checks."""
    return lambda measure: Row(name, source, tuple(parameters), measure, tuple(cases), tuple(long_cases))
