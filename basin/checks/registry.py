"""All known answers: what there is, and how to run them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from basin.checks import (
    argument,
    boundaries,
    choices,
    crowd_opinions,
    crowd_selection,
    discrimination,
    learning,
    moments,
    motives,
    off_switch,
    passages,
    people,
    personas,
    search,
    self_confirming,
    shocks,
    statistics,
    systems_crowds,
    systems_maps,
    systems_ode,
    systems_rival,
    world,
)
from basin.checks.row import CheckError, Finding, Parameter, Row, Run
from basin.scenario.errors import nearest

ROWS: dict[str, Row] = {
    row.name: row
    for module in (
        off_switch,
        motives,
        self_confirming,
        learning,
        moments,
        search,
        world,
        choices,
        argument,
        statistics,
        discrimination,
        systems_ode,
        systems_rival,
        systems_maps,
        passages,
        shocks,
        boundaries,
        personas,
        people,
        systems_crowds,
        crowd_opinions,
        crowd_selection,
    )
    for row in module.ROWS
}


@dataclass(frozen=True)
class CheckResult:
    """One known answer, measured. Where chance plays no part `error` is None and `tolerance` is not."""

    name: str
    expected: float
    measured: float
    z: float
    error: float | None
    tolerance: float | None
    passed: bool
    source: str
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON, where infinity and what is no number are null."""
        numbers = {name: getattr(self, name) for name in ("expected", "measured", "z", "error", "tolerance")}
        plain = {name: value if value is not None and math.isfinite(value) else None for name, value in numbers.items()}
        return {"name": self.name, **plain, "pass": self.passed, "source": self.source, "detail": self.detail}


def catalogue() -> list[Row]:
    """Every row: its name, description, parameters, source, and whether it takes long."""
    return list(ROWS.values())


def run(
    names: Sequence[str] | None = None,
    settings: Mapping[str, float | str] | None = None,
    all: bool = False,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[CheckResult]:
    """Measure known answers, those named or every one: the fast cases, or with `all` the long ones too.

    settings: parameters of a single named row, at which it is measured instead of at its own cases. progress: called with
    rows done and rows in all. Raises CheckError for an unknown name, an unknown setting or one out of bounds.

    >>> [result] = basin.check(["capability"])
    >>> result.passed
    True
    """
    if names:
        rows = [_find(name) for name in dict.fromkeys(names)]
    else:
        rows = list(ROWS.values())
    if settings and len(names or ()) != 1:
        raise CheckError(f"{next(iter(settings))}: settings belong to one check; name it")
    chosen = _checked(rows[0], settings) if settings else None
    results: list[CheckResult] = []
    how = Run(seed, threads)
    for done, row in enumerate(rows):
        if progress is not None:
            progress(done, len(rows))
        cases = row.cases + (row.long_cases if all or (names and row.long) else ())
        results += _measure(row, how, cases if chosen is None else (chosen,))
    if progress is not None:
        progress(len(rows), len(rows))
    return results


def _measure(row: Row, how: Run, cases: Sequence[Mapping[str, float]]) -> list[CheckResult]:
    results = []
    for at, case in enumerate(cases):
        try:
            findings = row.findings(how, case)
        except ValueError as error:
            raise CheckError(f"{row.name}: {error}") from error
        results += [_result(row, finding, case if at > 0 else {}) for finding in findings]
    return results


def _result(row: Row, finding: Finding, case: Mapping[str, float]) -> CheckResult:
    apart = [finding.label, *(f"{name}={value:g}" for name, value in case.items())]
    label = ", ".join(part for part in apart if part)
    return CheckResult(
        name=f"{row.name} ({label})" if label else row.name,
        expected=finding.expected,
        measured=finding.measured,
        z=finding.z,
        error=finding.error,
        tolerance=finding.tolerance,
        passed=finding.passed,
        source=row.source,
        detail=finding.detail,
    )


def _find(name: str) -> Row:
    if name not in ROWS:
        raise CheckError(f"{name}: no such check; did you mean {nearest(name, ROWS)}?")
    return ROWS[name]


def _checked(row: Row, settings: Mapping[str, Any]) -> dict[str, float]:
    parameters = {parameter.name: parameter for parameter in row.parameters}
    if not parameters:
        raise CheckError(f"{row.name}: has no settings")
    checked = {}
    for name, value in settings.items():
        if name not in parameters:
            raise CheckError(f"{row.name}: no setting {name}; did you mean {nearest(name, parameters)}?")
        checked[name] = _number(row, parameters[name], value)
    return checked


def _number(row: Row, parameter: Parameter, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    kind = "a whole number" if parameter.whole else "a number"
    if isinstance(value, bool) or not parameter.low <= number <= parameter.high or (parameter.whole and number % 1):
        allowed = f"must be {kind} from {parameter.low:g} to {parameter.high:g}"
        raise CheckError(f"{row.name}: {parameter.name} = {value}: {allowed}")
    return int(number) if parameter.whole else number
