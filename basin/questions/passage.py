"""What passage questions share: a system's drift and noise as functions of states, and sets of states by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from basin.analysis.generator import Box
from basin.questions.subject import SubjectLike, SystemSubject, subject
from basin.systems import NAMES, SystemError
from basin.systems import load as load_system
from basin.systems.system import Region

Numbers = NDArray[np.float64]


def noisy(asked: SubjectLike, changes: Mapping[str, float] | None = None) -> SystemSubject:
    """A system with equations and noise. Raises SystemError for anything else."""
    found = subject(asked)
    if not isinstance(found, SystemSubject) or found.system.rate is None or found.system.noise is None:
        fit = [name for name in NAMES if load_system(name).rate is not None and load_system(name).noise is not None]
        raise SystemError(f"{found.name}: has no equations with noise; {', '.join(fit)} do")
    found = found.with_(changes or {})
    if not found.system.noise(found.values) > 0:  # type: ignore[misc]
        raise SystemError(f"{found.name}: noise = 0: must be above 0, or nothing is left to chance")
    return found


def drift(found: SystemSubject) -> Callable[[Numbers], Numbers]:
    values = found.values
    return lambda state: found.system.rate(state, 0.0, values)  # type: ignore[misc]


def walls(found: SystemSubject, sides: Region | None) -> Region:
    """Where states are looked for: the window of the starts, unless other sides are given for some coordinates."""
    window = {entry.name: (entry.lo, entry.hi) for entry in found.system.coordinates(found.values)}
    for name in sides or {}:
        _known(found, name, window)
    return {**window, **(sides or {})}


def sets(
    found: SystemSubject, origin: Sequence[Region] | None, goal: Sequence[Region] | None
) -> tuple[list[Region], list[Region]]:
    """Origin and goal: as given, or the region of the system's target and those of its other outcomes."""
    regions = found.system.regions(found.values) if found.system.regions else {}
    if not (origin and goal) and found.target not in regions:
        raise SystemError(f"{found.name}: has no regions of its own; say from where (origin) and to where (goal)")
    starts = list(origin) if origin else [region for name, region in regions.items() if name != found.target]
    ends = list(goal) if goal else [regions[found.target]]
    for region in (*starts, *ends):
        for name in region:
            _known(found, name, [entry.name for entry in found.system.coordinates(found.values)])
    return starts, ends


def boxes(names: Sequence[str], regions: Sequence[Region], grown: float = 0.0) -> tuple[Box, ...]:
    """Regions with bounds for every coordinate, each grown by as much."""
    free = (-np.inf, np.inf)
    return tuple(
        tuple((lo - grown, hi + grown) for lo, hi in (region.get(name, free) for name in names)) for region in regions
    )


def said(regions: Sequence[Region]) -> str:
    """Regions in words: `x <= -1`."""
    return " or ".join(" and ".join(_bounds(name, *ends) for name, ends in region.items()) or "anywhere" for region in regions)


def _bounds(name: str, lo: float, hi: float) -> str:
    if np.isinf(lo):
        return f"{name} ≤ {hi:g}"
    return f"{name} ≥ {lo:g}" if np.isinf(hi) else f"{lo:g} ≤ {name} ≤ {hi:g}"


def _known(found: SystemSubject, name: str, known: Sequence[str] | Mapping[str, object]) -> None:
    if name not in known:
        raise SystemError(f"{found.name}: no coordinate {name!r}; there are {', '.join(known)}")
