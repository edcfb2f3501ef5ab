"""The map: a grid of starting points, and how the runs from each of them end.

    field = map(mapper, x=Axis("motives.self_interest.overlap", -1, 1), y=Axis("motives.care", 0.02, 0.98), n=64)

The basin of attraction to full alignment is the part of the map where P(aligned) > ½.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis.intervals import wilson
from basin.labels import ALIGNED, OUTCOMES, UNDECIDED, Labels
from basin.refusal import Refusal

if TYPE_CHECKING:
    import xarray as xr

MOST_VALUES = 2048  # along an axis
MOST_RUNS = 200_000_000  # of all cells together: labels and times of that many take 1.8 GB


class AxisError(Refusal):
    """Axes that make no map; one line that says why."""


@dataclass(frozen=True)
class Axis:
    """A numeric path from `lo` to `hi`, both included; evenly spaced, or by equal ratios if `log`.

    integer: only whole values are meant. units and label are for people.
    """

    path: str
    lo: float
    hi: float
    log: bool = False
    integer: bool = False
    units: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.lo) and np.isfinite(self.hi) and self.lo < self.hi):
            raise AxisError(f"{self.path} = {self.lo:g}:{self.hi:g}: an axis runs from a lower to a higher number")
        if self.log and self.lo <= 0:
            raise AxisError(f"{self.path} = {self.lo:g}:{self.hi:g}:log: a logarithmic axis starts above 0")

    @property
    def spec(self) -> tuple[Any, ...]:
        """As it is typed: the path, its ends, and "log" where it is one."""
        return (self.path, self.lo, self.hi, *(("log",) * self.log))

    def values(self, n: int) -> NDArray[np.float64]:
        """(n,) values, the ends exact. Whole ones are rounded and not repeated, so there may be fewer."""
        values = np.geomspace(self.lo, self.hi, n) if self.log else np.linspace(self.lo, self.hi, n)
        return np.unique(np.rint(values)) if self.integer else values

    def attributes(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "scale": "log" if self.log else "linear",
            "units": self.units or "1",
            "long_name": self.label or self.path,
        }


def map(mapper: Callable[[NDArray[np.float64], int], Labels], *, x: Axis, y: Axis, n: int = 64, seed: int = 0) -> xr.Dataset:
    """Label every cell of a grid of n by n starting points, dims (y, x, outcome).

    mapper: `mapper(points (cells, 2), seed) -> Labels (cells, runs)`; the points are (x, y), row by row of y.
    Attributes pool all cells: `aligned` and `resolved` (one minus undecided) as fractions of all runs with 95% Wilson
    intervals, and what the mapper counted: `episodes`, exits `audited` and `changed`, and whether exits are off.
    Raises AxisError for axes that make no map, and whatever the mapper raises.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 2 <= n <= MOST_VALUES:
        raise AxisError(f"n = {n}: must be a whole number from 2 to {MOST_VALUES}")
    if x.path == y.path:
        raise AxisError(f"{x.path}: both axes are the same path")
    along_x, along_y = x.values(n), y.values(n)
    cells = len(along_x) * len(along_y)
    runs = getattr(mapper, "runs", 1)
    if cells * runs > MOST_RUNS:
        raise AxisError(f"n = {n}: {cells} cells of {runs} runs are more than {MOST_RUNS} runs")
    points = np.stack([np.tile(along_x, len(along_y)), np.repeat(along_y, len(along_x))], axis=1)
    labels = mapper(points, seed)
    counts = count_outcomes(labels).reshape(len(along_y), len(along_x), len(OUTCOMES))
    runs = labels.label.shape[1]
    aligned = counts[..., list(OUTCOMES).index("aligned")]
    low, high = wilson(aligned, runs)
    variables = {
        "probability": counts / runs,
        "aligned": aligned / runs,
        "aligned_low": low,
        "aligned_high": high,
        "time": mean_time(labels).reshape(aligned.shape),
    }
    attributes = _pooled(labels) | {
        name: int(getattr(mapper, name)) for name in ("episodes", "audited", "changed", "exits_off") if hasattr(mapper, name)
    }
    return datasets.grid((along_x, x.attributes()), (along_y, y.attributes()), counts, variables, attributes)


def count_outcomes(labels: Labels) -> NDArray[np.int64]:
    """(points, outcomes): how many runs of each point ended in each way, in the order of `labels.OUTCOMES`."""
    return np.stack([(labels.label == code).sum(axis=1) for code in OUTCOMES.values()], axis=1)


def mean_time(labels: Labels) -> NDArray[np.float64]:
    """(points,): mean time to the ending among the runs of a point that had one; infinite where none had."""
    resolved = labels.label != UNDECIDED
    ended = resolved.sum(axis=1)
    total = np.where(resolved, labels.time, 0.0).sum(axis=1)
    mean: NDArray[np.float64] = np.divide(total, ended, out=np.full(len(ended), np.inf), where=ended > 0)
    return mean


def _pooled(labels: Labels) -> dict[str, float]:
    """Fractions of all runs of all points, with intervals."""
    total = labels.label.size
    pooled: dict[str, float] = {}
    for name, seen in (("aligned", labels.label == ALIGNED), ("resolved", labels.label != UNDECIDED)):
        low, high = wilson(seen.sum(), total)
        pooled |= {name: float(seen.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
    return pooled
