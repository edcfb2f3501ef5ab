"""The least change of several inputs that takes a share below one half.

    least = min { ‖y‖ : share(s + y) < ½, s + y in the unit cube }

in words: how far, in widths of their ranges, must assumptions be moved before most runs end otherwise. Nobody can look
everywhere, so this is an upper bound with a witness. It is sought in three steps:

1. every input alone, to either side, on a grid and then by halving: all at once, so that a step is one call;
2. directions of several inputs, each followed to its edge: the one in which single inputs do most per width; then those that a
   tree-structured Parzen estimator proposes (optuna) among the inputs that do most; then the normal of the edge at the best
   point, from differences there, as often as that shortens the way (the first-order reliability method's iteration); and
   at last directions about the best one;
3. inputs that are not needed are put back, and the edge is found again.

Sources: Hasofer & Lind 1974 and Rackwitz & Fiessler 1978 (the nearest point of a failure surface); Bergstra et al. 2011 (the
estimator); Akiba et al. 2019 (optuna).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.analysis.extras import needed
from basin.analysis.sampling import child

Numbers = NDArray[np.float64]
Share = Callable[[Numbers], Numbers]  # (n, k) points of the unit cube to (n,) shares, NaN where a point is not allowed

HALF = 0.5
VERB = "basin worst"
COARSE = 8  # halvings on the way to an edge that may not be the nearest
GRID, STEPS = 4, 8  # points along an input alone, and along a direction, before halving
MOST = 8  # inputs that the estimator combines
BATCH = 16  # directions that it proposes at once
STEP = 0.1  # of a width: differences at the edge
NORMALS = 4  # iterations towards the normal
NEARER = (0.4, 0.2, 0.1, 0.05)  # how far from the best direction others are tried
FAINT = 0.05  # of the largest part of a direction: less is left out
GAIN = 0.01  # part of the way that a step must save to be taken


class WorstError(ValueError):
    """A search for the worst case that cannot be made; one line."""


@dataclass(frozen=True)
class Worst:
    """change: (k,) the least found, in widths, or None; share below ½ there. alone: (k,) the least change of each input
    alone, signed, NaN where none does it. lowest: the least share seen, at `lowest_at` (k,). evaluations: points looked at."""

    change: Numbers | None
    alone: Numbers
    lowest: float
    lowest_at: Numbers
    evaluations: int

    @property
    def distance(self) -> float:
        """Its length; infinite where there is none."""
        return float(np.linalg.norm(self.change)) if self.change is not None else float("inf")


def worst(
    share: Share,
    start: Numbers,
    *,
    trials: int = 64,
    halvings: int = 12,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Worst:
    """The least change of `start` (k,), a point of the unit cube, that takes the share below one half (see the module).

    trials: directions of several inputs that optuna proposes. halvings: of the way to an edge. progress: called with steps
    done and in all. The same seed gives the same. Raises WorstError, or MissingError without optuna.
    """
    start = np.asarray(start, float)
    if start.ndim != 1 or not len(start) or not ((start >= 0) & (start <= 1)).all():
        raise WorstError("the start must lie within the ranges")
    if isinstance(trials, bool) or not isinstance(trials, int | np.integer) or not 0 <= trials <= 100_000:
        raise WorstError(f"trials = {trials}: must be a whole number from 0 to 100000")
    if trials:
        needed("optuna", VERB)
    search = _Search(share, start, halvings)
    steps = 5 + -(-trials // BATCH)
    tell = progress if progress is not None else lambda done, total: None
    tell(0, steps)
    slopes = search.singles()
    tell(1, steps)
    if len(start) > 1:
        _together(search, slopes, trials, seed, lambda done: tell(done, steps))
    tell(steps, steps)
    return Worst(search.best, search.alone, search.lowest, search.lowest_at, search.evaluations)


def _together(search: _Search, slopes: Numbers, trials: int, seed: int, tell: Callable[[int], None]) -> None:
    """Steps 2 and 3 of the module: several inputs at once."""
    slopes = np.maximum(slopes, search.near_edge())
    search.rays(_first_directions(slopes, search))
    tell(2)
    for done in _proposed(search, slopes, trials, seed):
        tell(2 + done)
    batches = -(-trials // BATCH)
    search.towards_normal(slopes)
    tell(3 + batches)
    search.about(slopes, np.random.default_rng(child(seed, 0xAB0)))
    tell(4 + batches)
    search.sparser()
    search.exactly()


class _Search:
    """The best change so far, and what was seen on the way to it."""

    def __init__(self, share: Share, start: Numbers, halvings: int) -> None:
        self.share, self.start, self.halvings = share, start, halvings
        self.best: Numbers | None = None
        self.alone = np.full(len(start), np.nan)
        self.lowest, self.lowest_at, self.evaluations = 1.0, start, 0

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.best)) if self.best is not None else np.inf

    def at(self, points: Numbers) -> Numbers:
        """(n,) shares; 1 at points that are not allowed, which is not below ½."""
        if not len(points):
            return np.empty(0)
        shares = np.nan_to_num(self.share(points), nan=1.0)
        self.evaluations += len(points)
        if shares.min() < self.lowest:
            self.lowest, self.lowest_at = float(shares.min()), points[int(np.argmin(shares))]
        return shares

    def offer(self, changes: Numbers) -> None:
        """Keep the shortest of changes that do it."""
        for change in changes:
            if np.linalg.norm(change) < self.length:
                self.best = change

    def singles(self) -> Numbers:
        """Every input alone. Returns (k, 2) by how much the share falls per width, going down and up, at the worst of each
        grid, and at least 0."""
        rooms = np.stack([self.start, 1 - self.start], axis=1)
        ways = [(at, side) for at in range(len(self.start)) for side in (0, 1) if rooms[at, side] > 0]
        parts = np.arange(1, GRID + 1) / GRID
        full = np.zeros((len(ways), len(self.start)))
        for row, (at, side) in enumerate(ways):
            full[row, at] = rooms[at, side] * (2 * side - 1)
        points = (self.start + full[:, None, :] * parts[:, None]).reshape(-1, len(self.start))
        shares = self.at(np.vstack([self.start[None], points]))
        base, grid = shares[0], shares[1:].reshape(len(ways), GRID)
        slopes = np.zeros_like(rooms)
        for (at, side), along in zip(ways, grid, strict=True):
            slopes[at, side] = max(0.0, float(np.max((base - along) / (parts * rooms[at, side]))))
        if base < HALF:
            self.best = np.zeros(len(self.start))
            return slopes
        edges = self.halved(full, grid, parts, self.halvings)
        for (at, _), change in zip(ways, edges, strict=True):
            if change is not None and not abs(change[at]) >= abs(self.alone[at]):
                self.alone[at] = change[at]
        self.offer(np.array([change for change in edges if change is not None]).reshape(-1, len(self.start)))
        return slopes

    def near_edge(self) -> Numbers:
        """(k, 2) the same falls per width shortly before the edge of the best change, or from the lowest point seen: there
        inputs show that do nothing as long as the share is far from ½."""
        here = self.start + 0.8 * self.best if self.best is not None else self.lowest_at
        rooms = np.stack([here, 1 - here], axis=1)
        points = np.tile(here, (2 * len(here), 1))
        for at in range(len(here)):
            points[2 * at, at], points[2 * at + 1, at] = 0.0, 1.0
        shares = self.at(np.vstack([here[None], points]))
        falls = np.maximum(0.0, shares[0] - shares[1:].reshape(-1, 2))
        slopes: Numbers = np.divide(falls, rooms, out=np.zeros_like(falls), where=rooms > 0)
        return slopes

    def about(self, slopes: Numbers, rng: np.random.Generator) -> None:
        """Try directions nearer and nearer about the best one, for edges so sharp that they show no normal."""
        some = np.flatnonzero(slopes.max(axis=1) > 0)
        for spread in NEARER:
            if self.best is None or self.length == 0:
                return
            some = np.union1d(some, np.flatnonzero(self.best))
            directions = np.tile(self.best / self.length, (BATCH, 1))
            directions[:, some] += spread * rng.standard_normal((BATCH, len(some))) / np.sqrt(len(some))
            self.rays(directions)

    def exactly(self) -> None:
        """The edge on the way to the best change, by as many halvings as were asked for."""
        if self.best is not None and self.length > 0:
            shares = self.at((self.start + self.best)[None])
            (change,) = self.halved(self.best[None], shares[None], np.ones(1), self.halvings)
            self.offer(np.array([change]) if change is not None else np.empty((0, len(self.start))))

    def halved(self, full: Numbers, grid: Numbers, parts: Numbers, halvings: int) -> list[Numbers | None]:
        """Where each of several ways first has a share below ½, on its far side; None for a way that has not.

        full: (m, k) changes at the ends of the ways; grid: (m, g) shares at `parts` of them.
        """
        below = grid < HALF
        found = np.flatnonzero(below.any(axis=1))
        first = below[found].argmax(axis=1)
        high, low = parts[first], np.where(first > 0, parts[np.maximum(first - 1, 0)], 0.0)
        for _ in range(halvings):
            middle = (low + high) / 2
            there = self.at(np.clip(self.start + full[found] * middle[:, None], 0, 1)) < HALF
            high, low = np.where(there, middle, high), np.where(there, low, middle)
        edges: list[Numbers | None] = [None] * len(full)
        for at, part in zip(found, high, strict=True):
            edges[at] = np.clip(self.start + full[at] * part, 0, 1) - self.start
        return edges

    def rays(self, directions: Numbers) -> Numbers:
        """Follow directions (m, k) to their edges, no farther than the best change reaches, and keep what is shorter.

        Where a wall of the cube is met, the way goes on along it. Returns (m,) what the estimator is to make small: the
        length of the way to the edge, or more than any length, the more the higher the share stays.
        """
        directions = np.where(np.abs(directions) >= FAINT * np.abs(directions).max(axis=1, keepdims=True), directions, 0.0)
        ends = [self._end(direction) for direction in directions]
        full = np.array(ends).reshape(-1, len(self.start))
        at_end = self.at(np.clip(self.start + full, 0, 1))
        worth: Numbers = np.sqrt(len(self.start)) + at_end
        going = np.flatnonzero((at_end < HALF) & (np.abs(full) > 0).any(axis=1))
        parts = np.arange(1, STEPS + 1) / STEPS
        points = np.clip(self.start + full[going][:, None, :] * parts[:-1, None], 0, 1).reshape(-1, len(self.start))
        grid = np.column_stack([self.at(points).reshape(len(going), STEPS - 1), at_end[going]])
        for row, change in zip(going, self.halved(full[going], grid, parts, min(COARSE, self.halvings)), strict=True):
            if change is not None:
                worth[row] = np.linalg.norm(change)
                self.offer(change[None])
        return worth

    def _end(self, direction: Numbers) -> Numbers:
        """How far a direction is followed: until it is stuck in a corner, or is as long as the best change."""
        size = np.linalg.norm(direction)
        if size == 0:
            return np.zeros(len(self.start))
        unit = direction / size
        room = np.where(unit > 0, 1 - self.start, self.start)
        moving = unit != 0
        farthest = float(np.max(room[moving] / np.abs(unit[moving])))
        reach = self.length
        if not np.isfinite(reach) or np.linalg.norm(self._clipped(unit * farthest)) <= reach:
            return unit * farthest
        low, high = 0.0, farthest
        for _ in range(60):
            middle = (low + high) / 2
            shorter = np.linalg.norm(self._clipped(unit * middle)) < reach
            low, high = (middle, high) if shorter else (low, middle)
        return unit * low

    def _clipped(self, change: Numbers) -> Numbers:
        return np.clip(self.start + change, 0, 1) - self.start

    def towards_normal(self, slopes: Numbers) -> None:
        """Turn the best change towards the normal of the edge, as long as that shortens it."""
        some = np.argsort(-slopes.max(axis=1), kind="stable")[: 2 * MOST]
        some = some[slopes[some].max(axis=1) > 0]
        for _ in range(NORMALS):
            if self.best is None or self.length == 0:
                return
            here = self.start + self.best
            among = np.union1d(some, np.flatnonzero(self.best))
            up, down = (np.tile(here, (len(among), 1)) for _ in range(2))
            up[np.arange(len(among)), among] = np.minimum(1, here[among] + STEP)
            down[np.arange(len(among)), among] = np.maximum(0, here[among] - STEP)
            shares = self.at(np.vstack([up, down]))
            width = (up - down)[np.arange(len(among)), among]
            fall = np.zeros(len(here))
            fall[among] = (shares[len(among) :] - shares[: len(among)]) / width
            before = self.length
            if np.any(fall):
                # the normal itself, and halfway to it: differences are as coarse as chance makes them
                now = self.best / before
                self.rays(np.stack([fall / np.linalg.norm(fall), now + fall / np.linalg.norm(fall)]))
            if self.length > (1 - GAIN) * before:
                return

    def sparser(self) -> None:
        """Put inputs back that are not needed, the least first; a few hundredths of the way are not worth one more."""
        while self.best is not None and np.count_nonzero(self.best) > 1:
            before = self.best
            size, order = self.length, [at for at in np.argsort(np.abs(before), kind="stable") if before[at] != 0]
            fewer = np.tile(before, (len(order), 1))
            fewer[np.arange(len(order)), order] = 0.0
            self.best = None  # so that ways may be a little longer than before
            kept: list[Numbers] = []
            for change in fewer:
                self.best = None
                self.rays((change / np.linalg.norm(change))[None])
                if self.best is not None and self.length <= (1 + GAIN) * size:
                    kept.append(self.best)
                    break
            self.best = kept[0] if kept else before
            if not kept:
                return


def _first_directions(slopes: Numbers, search: _Search) -> Numbers:
    """What single inputs suggest: each by what it does per width; only the few that do most; and all to their worse ends."""
    steep = slopes.max(axis=1) * np.where(slopes[:, 1] >= slopes[:, 0], 1.0, -1.0)
    order = np.argsort(-np.abs(steep), kind="stable")
    rooms = np.where(steep > 0, 1 - search.start, search.start)
    told = [steep, np.sign(steep) * rooms]
    for many in (2, 3, 5):
        some = np.zeros_like(steep)
        some[order[:many]] = steep[order[:many]]
        told += [some]
    return np.array([one for one in told if np.any(one)]).reshape(-1, len(steep))


def _proposed(search: _Search, slopes: Numbers, trials: int, seed: int) -> Iterator[int]:
    """Directions among the inputs that do most, by a tree-structured Parzen estimator; yields batches done."""
    order = np.argsort(-slopes.max(axis=1), kind="stable")[:MOST]
    order = order[slopes[order].max(axis=1) > 0]
    if not trials or len(order) < 2 or search.length == 0:
        return
    optuna = needed("optuna", VERB)
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it calls drawing several inputs together an experiment
            sampler = optuna.samplers.TPESampler(
                seed=child(seed, 0x0B7) % 2**32, multivariate=True, n_startup_trials=min(BATCH, trials)
            )
            study = optuna.create_study(sampler=sampler)
            steep = slopes.max(axis=1) * np.where(slopes[:, 1] >= slopes[:, 0], 1.0, -1.0)
            first = steep[order] / np.abs(steep[order]).max()
            study.enqueue_trial({f"x{at}": float(value) for at, value in zip(order, first, strict=True)})
            done = 0
            while trials > 0:
                asked = [study.ask() for _ in range(min(BATCH, trials))]
                directions = np.zeros((len(asked), len(search.start)))
                for row, trial in enumerate(asked):
                    for at in order:
                        directions[row, at] = trial.suggest_float(f"x{at}", -1.0, 1.0)
                for trial, value in zip(asked, search.rays(directions), strict=True):
                    study.tell(trial, float(value))
                trials -= len(asked)
                done += 1
                yield done
    finally:
        optuna.logging.set_verbosity(before)
