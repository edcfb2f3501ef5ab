"""What passage questions share: a system's equations with noise, and sets of states by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.analysis.generator import Box
from basin.questions.subject import SubjectLike, SystemSubject, subject
from basin.systems import NAMES, SystemError
from basin.systems import load as load_system
from basin.systems.system import Region

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Noisy:
    """A system of equations dx = b(x) dt + σ dW."""

    found: SystemSubject
    noise: float

    def drift(self, state: Numbers) -> Numbers:
        """b of states (n, d)."""
        return self.found.system.rate(state, 0.0, self.found.values)  # type: ignore[misc]


def noisy(asked: SubjectLike, changes: Mapping[str, float] | None = None, noise: float | None = None) -> Noisy:
    """A system with its noise, or with some added to its equations. Raises SystemError where there is none of either."""
    found = subject(asked)
    if not isinstance(found, SystemSubject) or found.system.rate is None:
        fit = [name for name in NAMES if load_system(name).rate is not None]
        raise SystemError(f"{found.name}: has no equations to add noise to; these have: {', '.join(fit)}")
    found = found.with_(changes or {})
    if found.system.noise is not None and noise is not None:
        raise SystemError(f"noise = {noise:g}: {found.name} has a noise of its own; set that parameter")
    if found.system.noise is None and noise is None:
        raise SystemError(f"{found.name}: has no noise of its own; give some")
    sigma = found.system.noise(found.values) if found.system.noise is not None else float(noise or 0.0)
    if not (np.isfinite(sigma) and sigma > 0):
        raise SystemError(f"noise = {sigma:g}: must be above 0, or nothing is left to chance")
    window = found.system.coordinates(found.values)
    middle = np.array([[(entry.lo + entry.hi) / 2 for entry in window]])
    rate = found.system.rate
    assert rate is not None
    try:
        now, later = (np.asarray(rate(middle, time, found.values)) for time in (0.0, 1.0))
    except (IndexError, ValueError):
        now = later = np.empty(0)
    if now.shape != middle.shape:
        raise SystemError(f"{found.name}: has more coordinates than its starts, which this cannot use")
    if not np.array_equal(now, later):
        raise SystemError(f"{found.name}: its equations change in time, which this cannot use")
    return Noisy(found, sigma)


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
