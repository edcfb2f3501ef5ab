"""Continuation: how the basins grow and shrink as something changes, and where they tip.

    S_i(v) = P(a start ends in outcome i | the path is at v),   estimated from the same starts and chances at every v

Common random numbers make S_i a function whose changes are due to v alone. Tipping points are where it passes a level:
P(target) = ½, and for every outcome P = `rare`, from where on it counts as there. Each is bisected and has an interval
(`crossing`).

Source: Datseris, Rossi & Wagemakers 2023, Framework for global stability analysis of dynamical systems (basin fractions
continuation); common random numbers, Glasserman & Yao 1992.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.crossing import HALVINGS, Crossing, crossing
from basin.labels import Labels

Numbers = NDArray[np.float64]

HALF, RARE = 0.5, 0.01  # shares that matter: the target's, and the one from which on an outcome counts as there
MOST_HALVINGS = 40
JUMP = 0.05  # of all starts: a share that changes by more within 1/4096 of a step jumps


class ContinuationError(ValueError):
    """A path that cannot be followed; one line."""


@dataclass(frozen=True)
class Tip:
    """A tipping point: `event` is "rises" or "falls" (P(target) through ½), "appears" or "vanishes" (P(outcome) through
    `level`); `kind` is "jump" if the share changes by more than 0.05 there at once, else "smooth"; "unknown" where it
    changes by as much, and was not looked at closely."""

    outcome: int
    event: str
    kind: str
    level: float
    at: Crossing


@dataclass(frozen=True)
class Continuation:
    """counts: (m, c) of `total` starts that end in each of the c `codes`, at each of m `values`; the tips in order."""

    values: Numbers
    codes: tuple[int, ...]
    counts: NDArray[np.int64]
    total: int
    tips: tuple[Tip, ...]


def continuation(
    mapper: Callable[[Numbers, int], Labels],
    values: ArrayLike,
    starts: Numbers,
    codes: Sequence[int],
    target: int,
    *,
    seed: int = 0,
    rare: float = RARE,
    halvings: int = HALVINGS,
    progress: Callable[[int, int], None] | None = None,
) -> Continuation:
    """Follow the basins along values of a path.

    mapper: labels of points (n, 1 + k), the path first, one run each. starts: (n, k), independent ones. codes: outcomes to
    follow; the undecided (−1) are counted but do not tip. target: whose ½ matters. halvings: of a step between two values,
    to place what tips in it. Raises ContinuationError for a `rare` of which so few starts cannot tell, or no halvings.
    """
    values, starts = np.asarray(values, float), np.asarray(starts, float)
    total = len(starts)
    if len(values) < 2:
        raise ContinuationError(f"n = {len(values)}: following a path takes at least 2 values")
    if not 0 < rare < HALF or total * rare < 1:
        raise ContinuationError(f"rare = {rare:g}: must be below 0.5 and at least 1/{total}, one of the starts")
    if isinstance(halvings, bool) or not isinstance(halvings, int | np.integer) or not 1 <= halvings <= MOST_HALVINGS:
        raise ContinuationError(f"halvings = {halvings}: must be a whole number from 1 to {MOST_HALVINGS}")
    kept: dict[float, dict[int, int]] = {}

    def counts_at(value: float) -> dict[int, int]:
        if value not in kept:
            label = mapper(np.column_stack([np.full(total, value), starts]), seed).label[:, 0]
            kept[value] = {code: int((label == code).sum()) for code in codes}
        return kept[value]

    rows = []
    for done, value in enumerate(values):
        rows.append([counts_at(float(value))[code] for code in codes])
        if progress is not None:
            progress(done + 1, len(values))
    counts = np.array(rows)

    def tips(code: int, level: float, events: tuple[str, str]) -> list[Tip]:
        above = counts[:, list(codes).index(code)] > level * total
        found = []
        for step in np.flatnonzero(above[1:] != above[:-1]):
            at = crossing(lambda value: counts_at(value)[code], total, values, int(step), level, halvings=halvings)
            leaps = abs(at.after - at.before) > JUMP * total
            kind = "smooth" if not leaps else "jump" if halvings >= HALVINGS else "unknown"
            found.append(Tip(code, events[0] if above[step + 1] else events[1], kind, level, at))
        return found

    found = tips(target, HALF, ("rises", "falls")) if target in codes else []
    for code in codes:
        if code >= 0:
            found += tips(code, rare, ("appears", "vanishes"))
    found.sort(key=lambda tip: tip.at.value)
    return Continuation(values, tuple(codes), counts, total, tuple(found))
