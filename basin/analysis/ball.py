"""Changes of a start, in units in which changes along different axes compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

THROWS = 1000  # how often a ball is filled anew to find samples between the walls


class ShockError(ValueError):
    """A start that cannot be shocked as asked; one line."""


@dataclass(frozen=True)
class Around:
    """The surroundings of a start: points are start + scale·y, along a logarithmic axis start·exp(scale·y).

    start, scale: (k,). log: (k,) booleans. lo, hi: (k,) walls that no point passes, ±∞ where there are none.
    """

    start: Numbers
    scale: Numbers
    log: NDArray[np.bool_]
    lo: Numbers
    hi: Numbers

    @property
    def walls(self) -> tuple[Numbers, Numbers]:
        """(k,) each: the walls as changes y."""
        with np.errstate(divide="ignore", invalid="ignore"):
            low = np.where(self.log, np.log(np.maximum(self.lo, 0) / self.start), self.lo - self.start)
            high = np.where(self.log, np.log(self.hi / self.start), self.hi - self.start)
        return low / self.scale, high / self.scale

    def points(self, changes: Numbers) -> Numbers:
        """(n, k) points of (n, k) changes, rounding kept behind the walls."""
        moved = self.scale * changes
        shifted = np.where(self.log, self.start * np.exp(np.where(self.log, moved, 0.0)), self.start + moved)
        return np.clip(shifted, self.lo, self.hi)

    def room(self, directions: Numbers) -> Numbers:
        """(n,) how far one can go along (n, k) directions of unit length: to the first wall."""
        low, high = self.walls
        with np.errstate(divide="ignore", invalid="ignore"):
            to_wall = np.where(directions > 0, high / directions, np.where(directions < 0, low / directions, np.inf))
        space: Numbers = np.maximum(to_wall.min(axis=1), 0.0)
        return space

    def sample(self, radius: float, n: int, chance: np.random.Generator) -> Numbers:
        """(n, k) changes, uniform on the part of the ball of this radius that lies between the walls."""
        low, high = self.walls
        found: list[Numbers] = []
        missing = n
        for _ in range(THROWS):
            thrown = radius * ball(max(missing, 64), len(self.start), chance)
            kept = thrown[((thrown >= low) & (thrown <= high)).all(axis=1)][:missing]
            found.append(kept)
            missing -= len(kept)
            if not missing:
                return np.concatenate(found)
        raise ShockError(f"radius = {radius:g}: hardly any of this ball lies within the bounds of its axes; take fewer axes")


def sphere(n: int, k: int, chance: np.random.Generator) -> Numbers:
    """(n, k) directions, uniform on the unit sphere."""
    return unit(chance.standard_normal((n, k)))


def ball(n: int, k: int, chance: np.random.Generator) -> Numbers:
    """(n, k) points, uniform in the unit ball."""
    return sphere(n, k, chance) * chance.random((n, 1)) ** (1 / k)


def unit(vectors: Numbers) -> Numbers:
    """Each row divided by its length."""
    directions: Numbers = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return directions
