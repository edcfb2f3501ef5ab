"""Passage problems of noisy systems in up to three coordinates, by one sparse solve each: no path is simulated.

    problem = Passage(drift, noise=0.5, sides=((-2, 2),), origin=(((-inf, -1),),), goal=(((1, inf),),))
    field = problem.committor()     # P(goal before origin | start) at every node of a grid, with its error

For dx = b(x) dt + σ dW the generator is L f = b·∇f + (σ²/2) Δf. On a grid it is the rate matrix Q of a chain that jumps
between neighbouring nodes, with the rates of Scharfetter and Gummel (1969): second order in the spacing, positive at any
spacing, and exact in one dimension where b is constant between nodes. Walls reflect. The committor solves Q q = 0, the mean
first passage time Q T = −1, the stationary density Qᵀp = 0.

Each is solved twice, the second time on every other node. The error at a node is the whole difference of the two: for a
method of second order that is three times what is left (the grid convergence index of Roache 1994, factor of safety 3),
and still enough next to corners, where the order falls to 4/3. What the linear solver leaves is bounded and added: the
inverse of −Q is positive, so that its norm is the longest mean passage time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import maximum_filter
from scipy.sparse import linalg

Numbers = NDArray[np.float64]
Box = tuple[tuple[float, float], ...]  # (lo, hi) for every coordinate, infinite where there is no bound
Drift = Callable[[Numbers], Numbers]  # (n, d) states to (n, d) rates of change

CELLS = {1: 2048, 2: 192, 3: 32}  # along an axis, by the number of coordinates
MOST_NODES = 300_000  # beyond it a solve takes minutes
SHIFT = 1e-13  # of the stationary solve, in units of the fastest rate
WORST = 0.1  # relative error of the linear solver beyond which a solution is none


class GeneratorError(ValueError):
    """A passage problem that cannot be solved as asked; one line."""


@dataclass(frozen=True)
class Field:
    """A function on a grid. axes: (n_k,) nodes of each coordinate. value, error: (n_1, ..., n_d), true value ± error."""

    axes: tuple[Numbers, ...]
    value: Numbers
    error: Numbers

    def at(self, points: Numbers) -> tuple[Numbers, Numbers]:
        """Value and error at points (n, d) within the grid, by linear interpolation; exact at nodes."""
        from scipy.interpolate import RegularGridInterpolator

        points = np.asarray(points, float).reshape(-1, len(self.axes))
        value, error = (RegularGridInterpolator(self.axes, part)(points) for part in (self.value, self.error))
        return value, error


@dataclass(frozen=True)
class Passage:
    """A noisy system in a box with reflecting walls, and two sets, each a union of boxes, where its paths may arrive.

    drift: b. noise: σ > 0, the same in every coordinate. sides: (lo, hi) of the box. cells: along each axis, about (by
    default `CELLS`). nodes: further places, by coordinate, that are to be nodes of the grid; edges of sets always are.
    """

    drift: Drift
    noise: float
    sides: Box
    origin: Sequence[Box] = ()
    goal: Sequence[Box] = ()
    cells: int | None = None
    nodes: Sequence[Sequence[float]] = ()

    def __post_init__(self) -> None:
        dimension = len(self.sides)
        if dimension not in CELLS:
            raise GeneratorError(f"{dimension} coordinates: the generator is solved in one, two or three")
        if not (np.isfinite(self.noise) and self.noise > 0):
            raise GeneratorError(f"noise = {self.noise:g}: must be above 0; without noise nothing is left to chance")
        for lo, hi in self.sides:
            if not (np.isfinite(lo) and np.isfinite(hi) and lo < hi):
                raise GeneratorError(f"{lo:g}:{hi:g}: the walls stand at a lower and a higher number")
        for box in (*self.origin, *self.goal):
            if len(box) != dimension or any(not lo <= hi for lo, hi in box):
                raise GeneratorError(f"{box}: a set has a lower and a higher bound for each of {dimension} coordinates")
        if self.cells is not None and not 8 <= self.cells <= MOST_NODES:
            raise GeneratorError(f"cells = {self.cells}: must be a whole number from 8 to {MOST_NODES}")
        if np.prod([float(len(axis)) for axis in self.axes]) > MOST_NODES:
            raise GeneratorError(f"cells = {self.cells}: a grid of more than {MOST_NODES} nodes takes too long")

    @cached_property
    def axes(self) -> tuple[Numbers, ...]:
        """Nodes of each coordinate: evenly spaced between walls, edges of sets, and other places that were asked for."""
        cells = self.cells or CELLS[len(self.sides)]
        given = [list(places) for places in self.nodes] or [[] for _ in self.sides]
        for box in (*self.origin, *self.goal):
            for places, ends in zip(given, box, strict=True):
                places.extend(ends)
        return tuple(_nodes(lo, hi, places, cells) for (lo, hi), places in zip(self.sides, given, strict=True))

    def committor(self) -> Field:
        """q(x) = P(a path from x reaches the goal before the origin). 0 in the origin, 1 in the goal."""
        self._needs("committor", origin=self.origin, goal=self.goal)
        if (_within(self.origin, self.axes) & _within(self.goal, self.axes)).any():
            raise GeneratorError("committor: origin and goal overlap")
        return self._twice(lambda grid: grid.committor(self.origin, self.goal))

    def time(self) -> Field:
        """T(x) = E[time until a path from x first reaches the goal], whatever else it visits before."""
        self._needs("mean first passage time", goal=self.goal)
        return self._twice(lambda grid: grid.time(self.goal))

    def quasi_potential(self) -> Field:
        """Φ(x) = −(σ²/2) ln(p(x)/max p), p being the stationary density: how improbable a place is, at this noise.

        Where b = −∇V it is V − min V, at any noise. It is half of Freidlin and Wentzell's quasi-potential in the limit of
        no noise.
        """
        return self._twice(lambda grid: grid.quasi_potential())

    def _needs(self, what: str, **sets: Sequence[Box]) -> None:
        for name, boxes in sets.items():
            if not _within(boxes, self.axes).any():
                where = "does not reach between the walls" if boxes else "is not given"
                raise GeneratorError(f"{what}: the {name} {where}")

    def _twice(self, solve: Callable[[_Grid], tuple[Numbers, float]]) -> Field:
        """On the grid and on every other node of it."""
        from scipy.interpolate import RegularGridInterpolator

        fine, left = solve(_Grid(self.drift, self.noise, self.axes))
        thinned = tuple(axis[::2] for axis in self.axes)
        coarse, _ = solve(_Grid(self.drift, self.noise, thinned))
        with np.errstate(invalid="ignore"):
            apart = abs(fine[(slice(None, None, 2),) * fine.ndim] - coarse)
        apart = maximum_filter(apart, size=3, mode="nearest")  # where the two cross, neighbours tell
        points = np.stack(np.meshgrid(*self.axes, indexing="ij"), axis=-1)
        return Field(self.axes, fine, RegularGridInterpolator(thinned, apart)(points) + left)


@dataclass(frozen=True)
class _Grid:
    """The chain on a grid."""

    drift: Drift
    noise: float
    axes: tuple[Numbers, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(axis) for axis in self.axes)

    @cached_property
    def rates(self) -> sparse.csc_array:
        """Q, rows and columns in C order of the nodes; rows sum to 0."""
        number = np.arange(np.prod(self.shape)).reshape(self.shape)
        rows, columns, values = [], [], []
        for k, axis in enumerate(self.axes):
            gap = np.diff(axis)
            width = _widths(axis)
            middles = [*self.axes[:k], axis[:-1] + gap / 2, *self.axes[k + 1 :]]
            points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1)
            along = [1] * len(self.axes)
            along[k] = -1
            spread = self.noise**2 / 2
            slope = self.drift(points.reshape(-1, len(self.axes)))[:, k].reshape(points.shape[:-1])
            if not np.isfinite(slope).all():
                raise GeneratorError("the drift is not finite everywhere within the walls")
            pull = slope * gap.reshape(along) / spread
            conductance = (spread / gap).reshape(along)
            left, right = np.take(number, range(len(gap)), k), np.take(number, range(1, len(axis)), k)
            up = conductance * _bernoulli(-pull) / width[:-1].reshape(along)
            down = conductance * _bernoulli(pull) / width[1:].reshape(along)
            rows += [left.ravel(), right.ravel()]
            columns += [right.ravel(), left.ravel()]
            values += [up.ravel(), down.ravel()]
        size = number.size
        jumps = sparse.csc_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (size, size))
        return (jumps - sparse.diags_array(jumps.sum(axis=1))).tocsc()

    def committor(self, origin: Sequence[Box], goal: Sequence[Box]) -> tuple[Numbers, float]:
        arrived = _within(goal, self.axes).ravel()
        given = arrived | _within(origin, self.axes).ravel()
        into = np.asarray(self.rates[:, np.flatnonzero(arrived)].sum(axis=1), float).ravel()[~given]
        value, left = self._solve(~given, into)
        whole = arrived.astype(float)
        whole[~given] = np.clip(value, 0, 1)
        return whole.reshape(self.shape), left

    def time(self, goal: Sequence[Box]) -> tuple[Numbers, float]:
        free = ~_within(goal, self.axes).ravel()
        whole = np.zeros(len(free))
        whole[free], left = self._solve(free, np.ones(int(free.sum())))
        return whole.reshape(self.shape), left

    def _solve(self, free: NDArray[np.bool_], right: Numbers) -> tuple[Numbers, float]:
        """x with −Q x = right on the free nodes, and a bound of its error: ‖Q⁻¹‖ = max T, times what the solver left."""
        kept = np.flatnonzero(free)
        if not len(kept):
            return np.zeros(0), 0.0
        matrix = -self.rates[:, kept][kept, :]
        solve = _solver(matrix, len(self.axes))
        longest = solve(np.ones(len(kept)))
        found = longest if (right == 1).all() else solve(right)
        rounding = np.finfo(float).eps * abs(matrix).sum(axis=1).max() * abs(found).max()
        left = float(abs(longest).max() * (abs(matrix @ found - right).max() + rounding))
        if not np.isfinite(found).all() or longest.min() < 0 or not left <= WORST * max(abs(found).max(), 1e-300):
            raise GeneratorError(
                f"noise = {self.noise:g}: passages are too rare for this solve; more noise, nearer walls, or `basin rare`"
            )
        return found, left

    def quasi_potential(self) -> tuple[Numbers, float]:
        """Inverse iteration with a shift below all other rates: each turn shrinks what is not stationary."""
        transposed = self.rates.T.tocsc()
        scale = abs(transposed.diagonal()).max()
        solve = _solver(
            SHIFT * scale * sparse.eye_array(len(transposed.diagonal()), format="csc") - transposed, len(self.axes)
        )
        mass = _volumes(self.axes).ravel()
        for _ in range(50):
            before, mass = mass / mass.sum(), solve(mass / mass.sum())
            mass /= mass.sum()
            if abs(mass - before).max() <= 1e-12 * mass.max():
                break
        else:
            raise GeneratorError(f"noise = {self.noise:g}: crossings are too rare for a stationary density; more noise")
        density = mass.reshape(self.shape) / _volumes(self.axes)
        with np.errstate(divide="ignore", invalid="ignore"):
            potential = -(self.noise**2) / 2 * np.log(np.maximum(density, 0) / density.max())
        return potential + 0.0, 0.0  # no −0


def _nodes(lo: float, hi: float, places: Sequence[float], cells: int) -> Numbers:
    """Ends, places between them, and even spacing in between, an even number of cells each: every other node is a grid."""
    span = hi - lo
    inner = sorted({float(place) for place in places if lo + 1e-9 * span < place < hi - 1e-9 * span})
    cuts = [lo, *inner, hi]
    parts = [lo]
    for first, last in pairwise(cuts):
        count = 2 * max(2, round(cells * (last - first) / span / 2))
        parts.extend(np.linspace(first, last, count + 1)[1:])
    return np.array(parts)


def _widths(axis: Numbers) -> Numbers:
    """Of the cells around the nodes, which end half-way to the next ones and at the walls."""
    gap = np.diff(axis)
    widths: Numbers = (np.append(gap, 0.0) + np.append(0.0, gap)) / 2
    return widths


def _volumes(axes: tuple[Numbers, ...]) -> Numbers:
    volume = np.ones(())
    for axis in axes:
        volume = np.multiply.outer(volume, _widths(axis))
    return volume


def _within(boxes: Sequence[Box], axes: tuple[Numbers, ...]) -> NDArray[np.bool_]:
    """Which nodes lie in one of the boxes, edges included."""
    inside = np.zeros([len(axis) for axis in axes], bool)
    for box in boxes:
        part = np.ones((), bool)
        for axis, (lo, hi) in zip(axes, box, strict=True):
            slack = 1e-9 * (axis[-1] - axis[0])
            part = np.logical_and.outer(part, (axis >= lo - slack) & (axis <= hi + slack))
        inside |= part
    return inside


def _bernoulli(z: Numbers) -> Numbers:
    """z/(exp z − 1), which is 1 at 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(abs(z) < 1e-12, 1 - z / 2, z / np.expm1(z))


def _solver(rates: sparse.csc_array, dimension: int) -> Callable[[Numbers], Numbers]:
    """Solves with an M-matrix, which needs no pivots: directly, in three dimensions iteratively."""
    how: dict[str, Any] = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
    matrix = sparse.csc_matrix(rates)
    if dimension < 3:
        return linalg.splu(matrix, **how).solve
    rough = linalg.spilu(matrix, drop_tol=0.03, fill_factor=3, **how)
    nearly = linalg.LinearOperator(matrix.shape, rough.solve)

    def solve(right: Numbers) -> Numbers:
        found, _ = linalg.bicgstab(matrix, right, M=nearly, rtol=1e-11, atol=0.0, maxiter=500)
        return found

    return solve
