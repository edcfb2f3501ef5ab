"""Where starts are drawn from: a window, a sphere, given starts; and how: at random, or evenly by scrambled Sobol' points.

A distribution turns uniform numbers into points: `distribution.points(uniforms (n, u)) -> (n, k)`, its `paths` being what
the k columns are. So any way of drawing uniform numbers, random or even, draws starts from any distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from basin.analysis.map import Axis
from basin.refusal import Refusal

Numbers = NDArray[np.float64]


class SamplingError(Refusal):
    """Starts that cannot be drawn; one line that says why."""


class Distribution(Protocol):
    """Of starts."""

    @property
    def paths(self) -> tuple[str, ...]: ...

    @property
    def uniforms(self) -> int:
        """How many uniform numbers a start takes."""

    def points(self, uniforms: Numbers) -> Numbers: ...


@dataclass(frozen=True)
class Window:
    """Uniform over a box of axes: evenly along each, by equal ratios where it is logarithmic."""

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        _named_once(self.paths)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(axis.path for axis in self.axes)

    @property
    def uniforms(self) -> int:
        return len(self.axes)

    def points(self, uniforms: Numbers) -> Numbers:
        return np.stack([_along(axis, uniforms[:, at]) for at, axis in enumerate(self.axes)], axis=1)


@dataclass(frozen=True)
class Ellipsoid:
    """Uniform directions from the middle of a window: points of the sphere that, stretched with it, touches its sides."""

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        _named_once(self.paths)
        if len(self.axes) < 2:
            raise SamplingError("a sphere of starts takes two axes or more")

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(axis.path for axis in self.axes)

    @property
    def uniforms(self) -> int:
        return len(self.axes)

    def points(self, uniforms: Numbers) -> Numbers:
        from scipy.special import ndtri

        direction = ndtri(np.clip(uniforms, 1e-300, 1 - 1e-16))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return np.stack([_along(axis, (1 + direction[:, at]) / 2) for at, axis in enumerate(self.axes)], axis=1)


@dataclass(frozen=True)
class Cosine:
    """The cosine between a direction uniform on the sphere S^{d−1} and a fixed one; density ∝ (1 − c²)^((d−3)/2).

    `tail` is P(cosine ≥ c): a start takes one uniform number, its tail. For d = 1 the cosine is ±1.
    """

    path: str
    dimension: int

    uniforms = 1

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def points(self, uniforms: Numbers) -> Numbers:
        return self.at_tail(uniforms[:, 0])[:, None]

    def at_tail(self, tail: Numbers) -> Numbers:
        """The cosine that a share `tail` of all directions reaches: (1 − c)/2 ~ Beta((d − 1)/2, (d − 1)/2)."""
        from scipy.special import betaincinv

        if self.dimension == 1:
            return np.where(np.asarray(tail) < 0.5, 1.0, -1.0)
        a = (self.dimension - 1) / 2
        return 1.0 - 2.0 * betaincinv(a, a, tail)


@dataclass(frozen=True)
class Given:
    """Starts that are given, rows (m, k), drawn with probabilities in proportion to `weights` (m,), evenly if None."""

    paths: tuple[str, ...]
    rows: Numbers
    weights: Numbers | None = None

    uniforms = 1

    def __post_init__(self) -> None:
        _named_once(self.paths)
        if np.ndim(self.rows) != 2 or self.rows.shape[1] != len(self.paths) or not len(self.rows):
            raise SamplingError(f"given starts: {np.shape(self.rows)} numbers are no rows of {len(self.paths)}")
        if not np.isfinite(self.rows).all():
            raise SamplingError("given starts: every number must be finite")
        if self.weights is not None:
            ok = np.shape(self.weights) == (len(self.rows),) and np.isfinite(self.weights).all()
            if not ok or np.min(self.weights) < 0 or np.sum(self.weights) <= 0:
                raise SamplingError("given starts: weights must be one number from 0 per start, not all of them 0")

    def points(self, uniforms: Numbers) -> Numbers:
        weights = np.ones(len(self.rows)) if self.weights is None else self.weights
        edges = np.cumsum(weights) / np.sum(weights)
        return self.rows[np.minimum(np.searchsorted(edges, uniforms[:, 0], side="right"), len(self.rows) - 1)]


@dataclass(frozen=True)
class Independent:
    """Every path by itself, from a distribution with a quantile function `ppf`, such as those of scipy.stats."""

    paths: tuple[str, ...]
    laws: tuple[Any, ...]

    def __post_init__(self) -> None:
        _named_once(self.paths)
        for path, law in zip(self.paths, self.laws, strict=True):
            if not callable(getattr(law, "ppf", None)):
                raise SamplingError(f"{path}: {law!r} is no distribution with a quantile function, ppf")

    @property
    def uniforms(self) -> int:
        return len(self.paths)

    def points(self, uniforms: Numbers) -> Numbers:
        return np.stack([np.asarray(law.ppf(uniforms[:, at]), float) for at, law in enumerate(self.laws)], axis=1)


def draw(distribution: Distribution, count: int, seed: int) -> Numbers:
    """(count, k) independent starts."""
    return distribution.points(np.random.default_rng((seed, 0x57A7)).random((count, distribution.uniforms)))


def sobol(distribution: Distribution, replicates: int, count: int, seed: int) -> Numbers:
    """(replicates, count, k) starts: independently scrambled Sobol' points, each replicate even, `count` a power of two.

    Source: Sobol' 1967; scrambling by Matoušek 1998 (after Owen 1995), which leaves every point uniform.
    """
    from scipy.stats import qmc

    if count < 1 or count & (count - 1):
        raise SamplingError(f"samples: {count} for each scrambling; must be a power of two")
    parts = []
    for replicate in range(replicates):
        rng = np.random.default_rng((seed, 0x50B0, replicate))
        points = qmc.Sobol(distribution.uniforms, scramble=True, rng=rng).random_base2(count.bit_length() - 1)
        parts.append(distribution.points(points))
    return np.stack(parts)


def child(seed: int, *numbers: int) -> int:
    """A seed of its own for each tuple of numbers, unlike `seed` and independent of the others."""
    return int(np.random.SeedSequence(seed, spawn_key=numbers).generate_state(1, np.uint64)[0])


def _along(axis: Axis, part: Numbers) -> Numbers:
    """The value at a part, 0 to 1, of the way along an axis. A whole number n has as much of it as n to n + 1 would."""
    if axis.integer:
        first, beyond = np.ceil(axis.lo), np.floor(axis.hi) + 1
        at = first * (beyond / first) ** part if axis.log else first + (beyond - first) * part
        whole: Numbers = np.clip(np.floor(at), first, beyond - 1)
        return whole
    if axis.log:
        return np.clip(axis.lo * (axis.hi / axis.lo) ** part, axis.lo, axis.hi)
    return axis.lo + (axis.hi - axis.lo) * part


def _named_once(paths: Sequence[str]) -> None:
    if not paths:
        raise SamplingError("starts differ along no path; name one")
    for path in paths:
        if list(paths).count(path) > 1:
            raise SamplingError(f"{path}: two axes are the same path")
