"""The minimal shock: the smallest change of a start that leaves its basin.

    distance(s) = min { ‖y‖ : s + y ∉ basin },    basin = { s : P(target | s) > ½ }

in words: how hard the start must be hit before it ends elsewhere. Nobody can look everywhere, so there are two answers:

- a **witness** y, found by search, verified by the mapper: the distance is at most ‖y‖;
- an **audit** of the ball around the start within that radius: of n uniform samples in it none leaves, so that with 95%
  confidence at most the share 1 − 0.05^(1/n) ≈ 3/n of the ball does. If one leaves it is the new witness, and the next
  audit, of a smaller ball, takes half the error that is left (0.05/2, 0.05/4, ...), so that all of them together keep 95%.

Sources: Halekotte & Feudel 2020 and Kerswell 2018, minimal (fatal) shocks; Brendel et al. 2018 and Chen et al. 2020,
walks along a boundary that only labels show; Clopper & Pearson 1934 for the shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from basin.analysis.ball import Around, ShockError, sphere, unit
from basin.analysis.crossing import Crossing, crossing
from basin.analysis.intervals import CONFIDENCE
from basin.labels import Labels

Numbers = NDArray[np.float64]
Mapper = Callable[[Numbers, int], Labels]

RADII, FEW_RADII = 32, 12  # along each first ray: where labels are certain, and where chance blurs them
PRECISE, COARSE = 45, 8  # halvings of a ray: where labels are certain, and where chance blurs them
PATIENCE = 8  # rounds of the walk without progress before it ends
LADDER = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # how far beyond the estimated edge a witness is looked for


@dataclass(frozen=True)
class Audit:
    """n uniform samples of the ball of a radius, of which `exits` left: of the ball at most `share` leaves (95%)."""

    radius: float
    samples: int
    exits: int
    share: float


@dataclass(frozen=True)
class Shock:
    """The smallest change found. All are None where no change within reach leaves the basin, `audit` excepted.

    change, point: (k,) of the witness, as a scaled change and as a start. distance: its length; where chance blurs labels
    the distance along its direction at which P(target) = ½, with the interval from `low` to `high`; `witness` is then the
    distance at which P(target) < ½ has been tested, and the point is the one there. label: where the witness ends.
    """

    change: Numbers | None
    point: Numbers | None
    distance: float | None
    low: float | None
    high: float | None
    witness: float | None
    label: int | None
    audit: Audit
    evaluations: int


def shock(
    mapper: Mapper,
    around: Around,
    target: int,
    *,
    judge: Mapper | None = None,
    reach: float = np.inf,
    directions: int = 256,
    rounds: int = 60,
    samples: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Shock:
    """The minimal shock of a start (see the module).

    mapper: labels of points along the axes of `around`; the majority of a point's runs decides which side it is on. judge:
    the same with many runs, where labels are left to chance; then distances are judged by it, by fresh random numbers at
    every stage, and an audit counts the samples whose majority has left: an outside point is seen as such with probability
    ½ at least, so the share that leaves is at most twice the bound on what is counted. reach: the longest change that is
    tried. progress: called with rounds of the walk, done and at most. Raises ShockError for a start that is not in the basin.
    """
    search = _Search(mapper, around, target, judge, reach, seed, progress)
    if search.leaves(np.zeros((1, len(around.start))), by=judge)[0]:
        raise ShockError("the start is not in the basin that it is to leave")
    best = search.first_rays(directions)
    best = search.walk(best, directions, rounds)
    if judge is not None:
        return _judged(search, best, samples)
    return _certain(search, best, directions, rounds, samples)


def _certain(search: _Search, best: Numbers | None, directions: int, rounds: int, samples: int) -> Shock:
    """Audit the ball within the witness; walk on from whatever leaves; until nothing does."""
    error, reach = 1 - CONFIDENCE, search.reach
    while True:
        error /= 2
        radius = float(np.linalg.norm(best)) if best is not None else reach
        inside = search.around.sample(radius, samples, search.chance)
        gone = inside[search.leaves(inside)]
        if not len(gone):
            audit = Audit(radius, samples, 0, share_bound(0, samples, 1 - error))
            break
        found = gone[np.argmin(np.linalg.norm(gone, axis=1))]
        best = search.walk(search.shortened(found), directions, rounds)
    if best is None:
        return Shock(None, None, None, None, None, None, None, audit, search.evaluations)
    point = search.around.points(best[None])
    label = int(search.mapper(point, search.seed).label[0, 0])
    return Shock(best, point[0], radius, radius, radius, radius, label, audit, search.evaluations)


def _judged(search: _Search, best: Numbers | None, samples: int) -> Shock:
    """Place the edge along the direction found, find a witness beyond it by a test, audit the ball within."""
    place = search.placed(best) if best is not None else None
    radius = search.reach if place is None else max(place.low, 0.5 * place.value)
    inside = search.around.sample(radius, samples, search.chance)
    exits = int(search.leaves(inside).sum())
    audit = Audit(radius, samples, exits, min(1.0, 2 * share_bound(exits, samples)))
    if best is None or place is None:
        return Shock(None, None, None, None, None, None, None, audit, search.evaluations)
    along = best / np.linalg.norm(best)
    witness, label = search.tested(along, place)
    change = along * (witness if witness is not None else place.value)
    point = search.around.points(change[None])[0]
    return Shock(change, point, place.value, place.low, place.high, witness, label, audit, search.evaluations)


def share_bound(exits: int, samples: int, confidence: float = CONFIDENCE) -> float:
    """The share p of a population of which, with this confidence, at most so many are of a kind that `exits` of `samples`
    random members were: P(Binomial(samples, p) ≤ exits) = 1 − confidence; 1 − 0.05^(1/n) for none (Clopper & Pearson)."""
    return 1.0 if exits >= samples else float(betaincinv(exits + 1, samples - exits, confidence))


@dataclass
class _Search:
    mapper: Mapper
    around: Around
    target: int
    judge: Mapper | None
    reach: float
    seed: int
    progress: Callable[[int, int], None] | None = None
    evaluations: int = 0

    def __post_init__(self) -> None:
        self.chance = np.random.default_rng((self.seed, 7))
        self.halvings = PRECISE if self.judge is None else COARSE
        low, high = self.around.walls
        farthest = float(np.linalg.norm(np.maximum(-low, high)))
        self.reach = min(self.reach, farthest)
        if not np.isfinite(self.reach):
            raise ShockError(f"reach = {self.reach:g}: must be finite where the axes have no bounds")

    def leaves(self, changes: Numbers, by: Mapper | None = None) -> NDArray[np.bool_]:
        """(n,) whether the majority of the runs from these (n, k) changes ends elsewhere; fresh numbers at every call."""
        label = (by or self.mapper)(self.around.points(changes), self.fresh()).label
        self.evaluations += label.size
        left: NDArray[np.bool_] = (label == self.target).mean(axis=1) <= 0.5
        return left

    def fresh(self) -> int:
        """A new seed where chance plays a part: what was found by luck does not stand the next test."""
        return self.seed if self.judge is None else int(self.chance.integers(2**63))

    def first_rays(self, n: int) -> Numbers | None:
        """The shortest change out of the basin along the axes and n random directions; None if none leads out."""
        k = len(self.around.start)
        axes = np.concatenate([np.eye(k), -np.eye(k)])
        rays = axes if k == 1 else np.concatenate([axes, sphere(n, k, self.chance)])
        room = np.minimum(self.around.room(rays), self.reach)
        steps = RADII if self.judge is None else FEW_RADII
        radii = room[:, None] * np.arange(1, steps + 1) / steps
        out = self.leaves((rays[:, None] * radii[..., None]).reshape(-1, k)).reshape(radii.shape)
        leaving = out.any(axis=1) & (room > 0)
        if not leaving.any():
            return None
        first = np.argmax(out[leaving], axis=1)
        outer = np.take_along_axis(radii[leaving], first[:, None], axis=1)[:, 0]
        return self._shortest(rays[leaving], outer - room[leaving] / steps, outer)

    def shortened(self, change: Numbers) -> Numbers:
        """Where the way to a change that leaves passes the edge."""
        length = np.linalg.norm(change)
        return self._shortest(change[None] / length, np.zeros(1), np.array([length]))

    def walk(self, best: Numbers | None, proposals: int, rounds: int) -> Numbers | None:
        """Walk along the edge of the basin to where it is nearest.

        Every round proposes directions: turned at random, by angles of all magnitudes, and turned towards the normal of
        the edge, which is felt out by labels round the nearest point. Whoever is out at less than the least length so far
        is shortened to the edge, and the shortest is kept.
        """
        if best is None or len(best) == 1:
            return best
        k, idle = len(best), 0
        for turn in range(rounds):
            if self.progress is not None:
                self.progress(turn, rounds)
            length = float(np.linalg.norm(best))
            along = best / length
            angles = 10.0 ** -self.chance.uniform(0, 8 if self.judge is None else 2, (proposals, 1))
            rays = unit(along + angles * sphere(proposals, k, self.chance))
            normal = self._normal(best, 10.0 ** -(1 + turn % (5 if self.judge is None else 1)), 16 * k)
            if normal is not None:
                part = 2.0 ** -np.arange(16.0)[:, None]
                rays = np.concatenate([unit((1 - part) * along + part * normal), rays])
            limit = length * (1 - (1e-10 if self.judge is None else 1e-2))
            rays = rays[self.around.room(rays) >= limit]
            rays = rays[self.leaves(rays * limit)] if len(rays) else rays
            found = self._shortest(rays, np.zeros(len(rays)), np.full(len(rays), limit)) if len(rays) else None
            if found is not None and self.judge is not None:
                ahead = found * min(1.0, limit / float(np.linalg.norm(found)))
                found = found if self.leaves(ahead[None], self.judge)[0] else None
            if found is not None and np.linalg.norm(found) < length * (1 - 1e-9):
                best = found
            idle = 0 if found is not None and np.linalg.norm(found) < length * (1 - 1e-5) else idle + 1
            if idle >= PATIENCE:
                break
        return best

    def _normal(self, edge: Numbers, size: float, n: int) -> Numbers | None:
        """The direction that leads out of the basin at its edge: mean of small changes, outward ones minus inward ones."""
        around = sphere(n, len(edge), self.chance)
        out = self.leaves(edge + size * np.linalg.norm(edge) * around)
        if out.all() or not out.any():
            return None
        normal = around[out].mean(axis=0) - around[~out].mean(axis=0)
        length = np.linalg.norm(normal)
        return normal / length if length > 0 else None

    def _shortest(self, rays: Numbers, inner: Numbers, outer: Numbers) -> Numbers:
        """Bisect (n, k) rays between lengths that are in and out; the shortest change that is out."""
        for _ in range(self.halvings):
            middle = (inner + outer) / 2
            out = self.leaves(rays * middle[:, None])
            inner, outer = np.where(out, inner, middle), np.where(out, middle, outer)
        nearest = int(np.argmin(outer))
        shortest: Numbers = rays[nearest] * outer[nearest]
        return shortest

    def placed(self, change: Numbers) -> Crossing | None:
        """Where along this direction P(target) = ½, with its interval, by fresh runs; None if nowhere within reach."""
        length = float(np.linalg.norm(change))
        along = change / length
        farthest = min(float(self.around.room(along[None])[0]), self.reach)
        grid = np.unique(np.clip(length * np.array([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5]), 0, farthest))
        seed, kept = self.fresh(), {}

        def count(radius: float) -> int:
            if radius not in kept:
                label = self.judge(self.around.points(radius * along[None]), seed).label  # type: ignore[misc]
                self.evaluations += label.size
                self.total = label.shape[1]
                kept[radius] = int((label == self.target).sum())
            return kept[radius]

        counts = np.array([count(float(radius)) for radius in grid])
        leaving = np.flatnonzero((counts[:-1] > self.total / 2) & (counts[1:] <= self.total / 2))
        return crossing(count, self.total, grid, int(leaving[0])) if len(leaving) else None

    def tested(self, along: Numbers, place: Crossing) -> tuple[float | None, int | None]:
        """A distance at which P(target) < ½ by a test, and where most runs from there end; (None, None) if none is found.

        Every rung of a ladder beyond the edge is tested once, by fresh runs, at an error of 5% over the number of rungs:
        in 95% of repeats no rung at which P(target) ≥ ½ is taken.
        """
        farthest = min(float(self.around.room(along[None])[0]), self.reach)
        rungs = np.unique(np.minimum(place.value + np.array(LADDER) * place.value + (place.high - place.value), farthest))
        for rung in rungs:
            label = self.judge(self.around.points(rung * along[None]), self.fresh()).label[0]  # type: ignore[misc]
            self.evaluations += label.size
            if share_bound(int((label == self.target).sum()), label.size, 1 - (1 - CONFIDENCE) / len(rungs)) < 0.5:
                codes, seen = np.unique(label[label != self.target], return_counts=True)
                return float(rung), int(codes[np.argmax(seen)])
        return None, None
