"""Where is the boundary of a basin, and how large is what it encloses."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis
from basin.analysis.boundary import FINEST, Boundary, BoundaryError
from basin.analysis.boundary import boundary as followed
from basin.analysis.contour import LevelSet, chains
from basin.questions.stability import target_of
from basin.questions.subject import AxisLike, Progress, Subject, SubjectLike, SystemSubject, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

RESOLUTION = {(2, True): 1024, (3, True): 64, (2, False): 256, (3, False): 32}  # by axes, and whether labels are certain
RUNS = 33  # per start where chance plays a part
DRAWN = 256  # cells along an axis that a Dataset keeps for drawing
NAMES = "xyz"


def boundary(
    asked: SubjectLike,
    x: AxisLike | Axis | None = None,
    y: AxisLike | Axis | None = None,
    z: AxisLike | Axis | None = None,
    *,
    tolerance: float | None = None,
    resolution: int | None = None,
    runs: int | None = None,
    audit: int | None = None,
    outcome: str | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The boundary of a basin in two axes, or with `z` in three: where P(outcome | start) = ½, and the basin's area.

    asked: a scenario or a system, or its name. x, y, z: `(path, lo, hi)` or `(path, lo, hi, "log")`; x and y are the
    subject's own unless given. tolerance: parts of the window to which the boundary is followed; resolution: the same as
    cells along an axis; either is made finer to the next power of two. 1024 cells unless given (64 in three axes); where
    chance plays a part 256 (32), and halving stops earlier where the ending changes gradually. runs: per start, made odd;
    33 unless given where chance plays a part, else 1. audit: random starts that the area rests on. outcome: its word.

    Returns a Dataset. `area` with `area_low` and `area_high`, 95%, as part of the window (even along each axis, in the
    logarithm of a logarithmic one), unbiased whatever refinement has missed. `x`, `y` (and `z`), dims (vertex): the boundary,
    and `error`, how far off it may be, in parts of the window. With two axes `line` says which vertices belong together, in
    order; `band_x`, `band_y`, `band_line` are the edges of the band that it lies in, if chance plays a part. With three,
    `facet`, dims (facet, corner), are triangles. `inside`: part of the cells of a coarse grid that is in the basin, for
    drawing. Attributes: `evaluations`, of which for what; `dense`, what a grid of the same resolution takes; `missed`.
    Raises ValueErrors of ours, one line each. Sources: see `basin.analysis.boundary`.

    >>> found = basin.boundary("newton", resolution=64)
    >>> [round(float(found[end]), 2) for end in ("area_low", "area", "area_high")]
    [0.35, 0.36, 0.36]
    """
    found = subject(asked, expected=expected, threads=threads)
    target = target_of(found, outcome)
    check_seed(seed)
    axes = _axes(found, x, y, z)
    certain = certain_over(found, axes)
    cells = _resolution(len(axes), certain, tolerance, resolution)
    runs = (1 if certain else RUNS) if runs is None else runs
    runs += not certain and runs % 2 == 0
    mapper = found.mapper([axis.path for axis in axes], runs, progress=progress, cancel=cancel)
    told = followed(mapper, axes, found.outcomes[target], resolution=cells, runs=runs, certain=certain, audit=audit, seed=seed)
    sides = ", ".join(f"{name}={axis.spec}" for name, axis in zip(NAMES, axes, strict=False))
    said = f"resolution={cells}, runs={runs}{chosen(audit=audit, outcome=outcome)}, seed={seed}{', expected=True' * expected}"
    call = f"basin.boundary(scenario, {sides}, {said})"
    about = found.attributes(seed, runs, call) | {
        "title": found.title,
        "target": target,
        "certain": int(certain),
        "resolution": cells,
        "evaluations": told.evaluations,
        **{f"evaluations_{name}": count for name, count in told.cost._asdict().items()},
        "dense": told.dense,
        "reopened": told.reopened,
        "missed": told.missed.mean,
        "missed_high": told.missed.high,
        **{
            f"{name}_{key}": value
            for name, axis in zip(NAMES, axes, strict=False)
            for key, value in {**axis.attributes(), "lo": axis.lo, "hi": axis.hi}.items()
        },
    }
    return datasets.measured("boundary", _variables(told), None, about)


def certain_over(found: Subject, axes: Sequence[Axis]) -> bool:
    """Whether all runs from a start end alike: nothing is left to chance, other coordinates of a start among it."""
    free = isinstance(found, SystemSubject) and {axis.path for axis in found.axes} - {axis.path for axis in axes}
    return not found.stochastic and not free


def chosen(**options: object) -> str:
    """Options as they are typed, those that were not given left out."""
    return "".join(f", {name}={value!r}" for name, value in options.items() if value is not None)


def pair(found: Subject, x: AxisLike | Axis | None, y: AxisLike | Axis | None) -> tuple[Axis, Axis]:
    """Both axes; where one is not given, the subject's own that differs from the other. Raises BoundaryError."""
    own = list(found.axes)
    given = [found.axis(side) if side is not None else None for side in (x, y)]
    taken = {side.path for side in given if side is not None}
    rest = [axis for axis in own if axis.path not in taken]
    if len(rest) < given.count(None):
        raise BoundaryError(f"{found.name}: has {len(own)} axis of its own; give --x and --y")
    first, second = (side if side is not None else rest.pop(0) for side in given)
    return first, second


def _axes(found: Subject, x: AxisLike | Axis | None, y: AxisLike | Axis | None, z: AxisLike | Axis | None) -> tuple[Axis, ...]:
    return (*pair(found, x, y), *((found.axis(z),) if z is not None else ()))


def _resolution(axes: int, certain: bool, tolerance: float | None, resolution: int | None) -> int:
    if tolerance is not None and resolution is not None:
        raise BoundaryError("tolerance and resolution: give one of them")
    if tolerance is not None and not 0 < tolerance < 1:
        raise BoundaryError(f"tolerance = {tolerance}: must be above 0 and below 1, in parts of the window")
    if resolution is not None and (isinstance(resolution, bool) or not 2 <= resolution <= FINEST[axes]):
        raise BoundaryError(f"resolution = {resolution}: must be a whole number from 2 to {FINEST[axes]}")
    asked = 1 / tolerance if tolerance is not None else resolution or RESOLUTION[axes, certain]
    if asked > FINEST[axes]:
        raise BoundaryError(f"tolerance = {tolerance}: must be at least 1/{FINEST[axes]} with {axes} axes")
    finest: int = max(8, 2 ** int(np.ceil(np.log2(asked))))
    return finest


def _variables(told: Boundary) -> dict[str, datasets.Described]:
    names = NAMES[: len(told.axes)]
    found: dict[str, datasets.Described] = {
        "area": ((), told.area.mean, "parts of the window", "area of the basin (volume with three axes)"),
        "area_low": ((), told.area.low, "parts of the window", "lower end of its 95% interval"),
        "area_high": ((), told.area.high, "parts of the window", "upper end of its 95% interval"),
    }
    cells = tuple(f"{name}_cell" for name in reversed(names))
    found["inside"] = (cells, _coarse(told), "1", "part of the cell that is in the basin")
    if len(names) == 2:
        lines = told.lines
        order = np.concatenate(lines) if lines else np.empty(0, np.intp)
        found |= _placed("", ("vertex",), told.axes, told.line.points[order], "boundary")
        found["line"] = (("vertex",), _numbers(lines), "1", "number of the line that the vertex belongs to")
        found["error"] = (("vertex",), told.error[order], "parts of the window", ERROR)
        if told.band:
            points, number = _joined(told.band)
            found |= _placed("band_", ("band_vertex",), told.axes, points, "edge of the band")
            found["band_line"] = (("band_vertex",), number, "1", "number of the line that the vertex belongs to")
        return found
    found |= _placed("", ("vertex",), told.axes, told.line.points, "boundary")
    found["facet"] = (("facet", "corner"), told.line.pieces.astype(np.int32), "vertex", "vertices of each triangle")
    found["error"] = (("vertex",), told.error, "parts of the window", ERROR)
    return found


ERROR = "how far from there the boundary may be: a bound, or a 95% interval where chance plays a part"


def _placed(
    prefix: str, dims: tuple[str, ...], axes: Sequence[Axis], points: NDArray[Any], what: str
) -> dict[str, datasets.Described]:
    return {
        f"{prefix}{name}": (dims, points[:, at], axis.units or "1", f"{what}: {axis.label or axis.path}")
        for at, (name, axis) in enumerate(zip(NAMES, axes, strict=False))
    }


def _numbers(lines: list[NDArray[np.intp]]) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(lines), dtype=np.int32), [len(line) for line in lines])


def _joined(edges: Sequence[LevelSet]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Points of several edges in the order of their lines, and the number of the line of each."""
    points, numbers, so_far = [], [], 0
    for edge in edges:
        lines = chains(edge.pieces, len(edge.points))
        points += [edge.points[line] for line in lines]
        numbers.append(_numbers(lines) + so_far)
        so_far += len(lines)
    return np.concatenate([np.empty((0, 2)), *points]), np.concatenate(numbers).astype(np.int32)


def _coarse(told: Boundary) -> NDArray[np.float32]:
    """Cells averaged until there are at most DRAWN (64 in three axes) along an axis; the first axis last."""
    dimensions = told.cells.ndim
    size = min(told.resolution, DRAWN if dimensions == 2 else 64)
    step = told.resolution // size
    share = told.cells.reshape([size, step] * dimensions).mean(axis=tuple(range(1, 2 * dimensions, 2)))
    averaged: NDArray[np.float32] = (share / 2**dimensions).astype(np.float32).transpose()
    return averaged
