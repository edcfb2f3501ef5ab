"""The boundary of a basin in two or three axes, found by refinement, and the basin's area, audited.

    found = boundary(mapper, [x, y], target=1, resolution=1024)
    found.area                      # Mean(mean=.1526, low=.1509, high=.1541): parts of the window
    found.line                      # points and pieces of the line where P(target | start) = ½

The basin is {start : P(target | start) > ½}. Its boundary is followed by a `Tree` that refines where labels disagree; the
area comes from an audit that the tree had no part in, so that it is unbiased whatever the tree has missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.analysis import band as bands
from basin.analysis.audit import Strata, combined, majority
from basin.analysis.contour import LevelSet, chains, level_set
from basin.analysis.intervals import Mean, wilson
from basin.analysis.map import Axis, AxisError
from basin.analysis.sampling import Window
from basin.analysis.tree import IN, OUT, UNSURE, Tree
from basin.labels import Labels

Numbers = NDArray[np.float64]
Mapper = Callable[..., Labels]

FINEST = {2: 8192, 3: 256}  # cells along an axis
FIRST = {2: 4, 3: 3}  # level at which every cell is asked about, at least
ROUNDS = 8  # of looking for what the tree has missed
LEAST_PROBES, LEAST_AUDIT = 256, 2000  # points


class BoundaryError(ValueError):
    """A boundary that cannot be looked for as asked; one line."""


class Cost(NamedTuple):
    """Runs labelled: by the tree, by rounds that looked for what it missed, by more runs at the boundary, by the audit."""

    tree: int
    probes: int
    polish: int
    audit: int


@dataclass(frozen=True)
class Boundary:
    """Where P(target | start) = ½.

    area: of the basin, as part of the window, which is even along each axis (in the logarithm of a logarithmic one).
    line: points (p, k) in the axes' units and the pieces between them, segments (k = 2) or triangles (k = 3). error: (p,),
    how far from there the boundary may be, in parts of the window: for certain labels as far as the edge between two
    neighbours that differ goes, so that it is within; else as far as the farther edge of the band. band: its inner and
    outer edge, if chance plays a part. cells: (resolution,)·k, of every finest cell how many corners are in the basin.
    leaves: the level of its leaf. missed: part of the window that the tree took for wholly in or out, and is otherwise.
    reopened: points that contradicted the tree, in rounds before the audit. dense: runs that labelling all resolution^k
    cells would take.
    """

    axes: tuple[Axis, ...]
    target: int
    resolution: int
    area: Mean
    line: LevelSet
    error: Numbers
    band: tuple[LevelSet, ...]
    cells: NDArray[np.int8]
    leaves: NDArray[np.int8]
    missed: Mean
    reopened: int
    cost: Cost
    dense: int

    @property
    def lines(self) -> list[NDArray[np.intp]]:
        """The points of each line in order, rings ending with their first point; for two axes."""
        return chains(self.line.pieces, len(self.line.points))

    @property
    def evaluations(self) -> int:
        return sum(self.cost)


def boundary(
    mapper: Mapper,
    axes: Sequence[Axis],
    target: int,
    *,
    resolution: int,
    runs: int = 1,
    certain: bool = True,
    audit: int | None = None,
    seed: int = 0,
) -> Boundary:
    """Follow the boundary of the basin of `target` and audit its area.

    mapper: `mapper(points (n, k), seed) -> Labels (n, runs)`. axes: two or three, not integer. resolution: finest cells
    along an axis, a power of two. runs: per point, odd unless certain. certain: whether all runs from a start end alike;
    if not, cells are halved only where corners are surely (95%) on different sides, and P = ½ is interpolated between
    corners that get more runs. audit: points of the audit, a tenth of the tree's unless given. Raises BoundaryError or
    AxisError.
    """
    axes = _checked(axes, resolution, runs, certain)
    window, depth = Window(axes), resolution.bit_length() - 1
    labels = _Labelled(mapper, window, target, runs, certain, seed)
    first = FIRST[len(axes)] if not certain else max(FIRST[len(axes)], depth // 2 + 1)
    tree = Tree(labels, len(axes), min(first, depth), depth)
    tree.grow()
    grown, begun = tree.asked, labels.asked
    reopened = _probed(tree, labels)
    probed = labels.asked
    batches = bands.polished(tree, labels) if not certain else None
    polish = labels.asked
    area, missed = _audited(tree, labels, audit if audit is not None else max(LEAST_AUDIT, grown // 10))
    line = level_set(tree.field())
    edges: tuple[LevelSet, ...] = ()
    error = line.reach
    if batches is not None:
        edges = bands.band(tree, bands.standard_errors(tree, batches, runs))
        error = bands.reach(line.points, edges)
    return Boundary(
        axes=axes,
        target=target,
        resolution=resolution,
        area=area,
        line=_placed(line, window, resolution),
        error=error / resolution,
        band=tuple(_placed(edge, window, resolution) for edge in edges),
        cells=tree.corners_in(),
        leaves=tree.leaf_level(),
        missed=missed,
        reopened=reopened,
        cost=Cost(*(runs * count for count in (begun, probed - begun, polish - probed, labels.asked - polish))),
        dense=resolution ** len(axes) * runs,
    )


def _placed(found: LevelSet, window: Window, resolution: int) -> LevelSet:
    """A level set in the axes' units."""
    return found._replace(points=window.points(found.points / resolution))


class _Labelled:
    """A mapper as a tree asks: points of the unit cube to shares and sides, each batch with random numbers of its own."""

    def __init__(self, mapper: Mapper, window: Window, target: int, runs: int, certain: bool, seed: int) -> None:
        self.mapper, self.window, self.target = mapper, window, target
        self.runs, self.certain, self.seed = runs, certain, seed
        self.batches = self.asked = 0
        self.chance = np.random.default_rng((seed, 1))

    def successes(self, points: Numbers) -> NDArray[np.intp]:
        """(n,): how many runs from each point end in the target."""
        self.batches += 1
        self.asked += len(points)
        seed = int(np.random.SeedSequence((self.seed, self.batches)).generate_state(1, np.uint64)[0])
        right: NDArray[np.intp] = (self.mapper(self.window.points(points), seed).label == self.target).sum(axis=1)
        return right

    def __call__(self, points: Numbers) -> tuple[Numbers, NDArray[np.int8]]:
        count = self.successes(points)
        return count / self.runs, self.sides(count)

    def sides(self, count: NDArray[np.intp]) -> NDArray[np.int8]:
        if self.certain:
            return np.where(count > 0, IN, OUT).astype(np.int8)
        low, high = wilson(count, self.runs)
        return np.where(low > 0.5, IN, np.where(high < 0.5, OUT, UNSURE)).astype(np.int8)


def _probed(tree: Tree, labels: _Labelled) -> int:
    """Look for what the tree has missed with random points, until a round finds nothing; how many points did."""
    found = 0
    for _ in range(ROUNDS):
        points = labels.chance.random((max(LEAST_PROBES, tree.asked // 32), tree.dimensions))
        against = tree.reopen(points, labels(points)[1])
        found += against
        if not against:
            break
    return found


def _audited(tree: Tree, labels: _Labelled, points: int) -> tuple[Mean, Mean]:
    """(area, part of the window that sure leaves have wrong)."""
    corners, full = tree.corners_in(), 2**tree.dimensions
    leaf = tree.leaf_side()
    if labels.certain:
        of = corners
    else:
        of = np.where(leaf == IN, full, np.where(leaf == OUT, 0, np.where(2 * corners > full, 2, 1)))
    strata = Strata(of.astype(np.int8), (0, full))
    weights, values, wrong = [], [], []
    for stratum, count in strata.counts(points).items():
        inside = majority(labels.successes(strata.draw(stratum, count, labels.chance)), labels.runs)
        weights.append(strata.weight(stratum))
        values.append(inside)
        wrong.append(np.abs(inside - (stratum == full)) if stratum in strata.sure else np.zeros(0))
    sure = [(weight, off) for weight, off in zip(weights, wrong, strict=True) if len(off)]
    missed = combined([weight for weight, _ in sure], [off for _, off in sure])
    return combined(weights, values), missed


def _checked(axes: Sequence[Axis], resolution: int, runs: int, certain: bool) -> tuple[Axis, ...]:
    if len(axes) not in FINEST:
        raise BoundaryError(f"{len(axes)} axes: a boundary takes two or three")
    if len({axis.path for axis in axes}) < len(axes):
        raise AxisError(f"{axes[0].path}: two axes are the same path")
    for axis in axes:
        if axis.integer:
            raise AxisError(f"{axis.path}: has whole values only; a boundary takes axes that have all")
    most = FINEST[len(axes)]
    if not 8 <= resolution <= most or resolution & (resolution - 1):
        raise BoundaryError(f"resolution = {resolution}: must be a power of two from 8 to {most}")
    if runs < 1 or (not certain and (runs % 2 == 0 or runs < 5)):
        raise BoundaryError(f"runs = {runs}: must be 1 or more, and an odd number from 5 where chance plays a part")
    return tuple(axes)
