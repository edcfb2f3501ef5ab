"""Boundaries, followed and on a dense lattice: see `answers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.spatial import cKDTree

import basin
from basin.analysis.band import MORE, Z, reach
from basin.analysis.contour import LevelSet, chains, level_set
from basin.analysis.sampling import Window
from basin.questions.boundary import RUNS, certain_over
from basin.questions.subject import Subject
from tests.bench.answers import Case, Duel, Size, answered, counted
from tests.bench.answers_share import OTHER, SEED

ALIKE = 0.95  # of either line must lie within the stated errors of the other

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """points (p, 2) in parts of the window, and how far off each may be, (p,)."""

    points: Numbers
    error: Numbers


def duel(case: Case, size: Size) -> Duel:
    about = counted(case)[0]
    certain = certain_over(about, about.axes)
    grid = answered(case, lattice_named(size, certain), lambda about: on_lattice(about, size, certain))
    why = "the boundary is nearly everywhere" if certain else f"{RUNS} runs from each start, and an audit besides"
    ours = answered(case, "boundary", lambda about: followed(about, size), why)
    each = (size.resolution + 1) ** 2 * RUNS * MORE
    note = "" if certain else f"a grid whose cells are judged one by one: {RUNS * MORE} runs in each, {each:,} evaluations"
    question = f"the boundary to 1/{size.resolution}"
    return Duel(question, case.title, (ours,), grid, (alike(ours.found, grid.found),), note)


def lattice_named(size: Size, certain: bool) -> str:
    pooled = "" if certain else f", pooled in blocks of {size.block} × {size.block}"
    return f"a lattice of {size.resolution + 1} × {size.resolution + 1}{pooled}"


def shown(line: Line, resolution: int) -> str:
    return f"within {np.median(line.error) * resolution:.2g} cells (median), {len(line.points):,} vertices"


def followed(about: Subject, size: Size) -> tuple[str, Line]:
    found = basin.boundary(about, resolution=size.resolution, seed=SEED)
    line = Line(
        np.stack([unit(axis, found[name].values) for axis, name in zip(about.axes, "xy", strict=True)], axis=1),
        found["error"].values,
    )
    return shown(line, size.resolution), line


def unit(axis: Any, values: Numbers) -> Numbers:
    """Values of an axis as parts of the window."""
    if axis.log:
        return np.log(values / axis.lo) / np.log(axis.hi / axis.lo)
    return (values - axis.lo) / (axis.hi - axis.lo)


def on_lattice(about: Subject, size: Size, certain: bool) -> tuple[str, Line]:
    """A run at every vertex; where chance plays a part, shares of the runs in the block around each."""
    side = np.linspace(0.0, 1.0, size.resolution + 1)
    points = Window(about.axes).points(np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2))
    label = about.mapper([axis.path for axis in about.axes], 1)(points, OTHER).label[:, 0]
    inside = (label == about.outcomes[about.target]).reshape(len(side), len(side)).astype(np.float32)
    if certain:
        line = level_set(inside)
        found = Line(line.points / size.resolution, line.reach / size.resolution)
    else:
        found = pooled(inside, size)
    return shown(found, size.resolution), found


def pooled(inside: NDArray[np.float32], size: Size) -> Line:
    """Where the shares of blocks pass ½, without rings that are no larger than a block: chance makes those."""
    share = uniform_filter(inside, size.block, mode="nearest")
    error = np.sqrt(np.maximum(share * (1 - share), 1 / size.block**2) / size.block**2)
    line = level_set(share)
    edges: tuple[LevelSet, LevelSet] = (level_set(share - Z * error), level_set(share + Z * error))
    long = [at for at in chains(line.pieces, len(line.points)) if len(at) > 4 * size.block]
    kept = line.points[np.concatenate(long)] if long else line.points
    return Line(kept / size.resolution, reach(kept, edges) / size.resolution)


def alike(one: Line, other: Line) -> bool:
    """Whether nearly all of either lies within both errors of the other."""
    return min(near(one, other), near(other, one)) >= ALIKE


def near(one: Line, other: Line) -> float:
    """The share of a line's points that lie within their own error and that of the other's nearest point."""
    away, which = cKDTree(other.points).query(one.points)
    return float((away <= one.error + other.error[which] + 1e-9).mean())
