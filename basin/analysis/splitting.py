"""Adaptive multilevel splitting: probabilities of outcomes too rare to be met by chance, without bias.

    found = split(step, score, start, origin, goal, clones=100, repeats=40, seed=1)

Of N clones that run until they reach the origin or the goal, those that came least near are killed, and each is replaced by
a copy of another one's path up to where it first came nearer, that goes on by itself. After rounds that killed K_1, K_2, ...
of N, the fraction of clones in the goal times Π (1 − K_i/N) estimates P(goal before origin). In discrete time this is
exactly unbiased, whatever the score and however many are killed, as long as all clones at the level are killed together and
a copy begins strictly above it (Bréhier, Gazeau, Goudenège, Lelièvre & Rousset 2016, Ann. Appl. Probab. 26, 3559–3601;
method: Cérou & Guyader 2007). The interval comes from independent repetitions of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from basin.analysis.intervals import Mean, mean

Numbers = NDArray[np.float64]
Step = Callable[[Numbers, Generator], Numbers]  # (n, d) states to the next, independently of one another
Score = Callable[[Numbers], Numbers]  # (n, d) states to how near they are to the goal: the higher, the nearer
Within = Callable[[Numbers], NDArray[np.bool_]]

LEVELS = 50  # at which the chance to come so far is recorded
MOST_PATHS = 2_000_000  # of all repetitions together: with what they remember, some gigabytes
KILLED = 0.25  # part of the clones that a round kills: quick for arrays, and hardly noisier than killing one at a time


class SplittingError(ValueError):
    """A rare outcome that cannot be estimated as asked; one line."""


@dataclass(frozen=True)
class Rare:
    """probability: with its 95% interval. repeats: (repeats,) estimates it is the mean of. level: (levels,) scores from
    the start's to the best; reached: (repeats, levels) estimates of the chance to come beyond each. rounds: mean number of
    killings. steps: taken by all clones together."""

    probability: Mean
    repeats: Numbers
    level: Numbers
    reached: Numbers
    rounds: float
    steps: int


def split(
    step: Step,
    score: Score,
    start: Numbers,
    origin: Within,
    goal: Within,
    *,
    clones: int = 100,
    repeats: int = 40,
    seed: int = 0,
    most_steps: int = 1_000_000,
    best: float = 0.0,
) -> Rare:
    """P(a path from `start` (d,) reaches the goal before the origin), by adaptive multilevel splitting.

    best: score up to which chances to come so far are recorded. Raises SplittingError where the start has already
    arrived, or a path is still on its way after `most_steps`.
    """
    start = np.asarray(start, float).reshape(1, -1)
    _check(start, origin, goal, clones, repeats)
    chance = np.random.default_rng((seed, 2))
    paths = _Paths(clones * repeats, start.shape[1])
    paths.begin(start, score)
    steps = paths.run(np.arange(clones * repeats), step, score, origin, goal, chance, most_steps)
    level = np.linspace(float(score(start)[0]), best, LEVELS)
    reached, weight, below = np.zeros((repeats, LEVELS)), np.ones(repeats), np.full(repeats, -np.inf)
    rounds = np.zeros(repeats, int)
    least = max(1, round(KILLED * clones)) - 1
    going = np.ones(repeats, bool)
    while going.any():
        top = paths.top.reshape(repeats, clones)
        edge = np.partition(top, least, axis=1)[:, least]
        going &= np.isfinite(edge) & (weight > 0)
        beyond = (top[:, :, None] > level).mean(axis=1) * weight[:, None]
        now = (level >= below[:, None]) & ((level < edge[:, None]) | ~going[:, None])
        reached = np.where(now, beyond, reached)
        below = np.where(going, edge, np.inf)
        killed = (top <= edge[:, None]) & going[:, None]
        weight = np.where(going, weight * (1 - killed.mean(axis=1)), weight)
        rounds += going
        alive = going & (weight > 0)
        heirs = np.flatnonzero((killed & alive[:, None]).ravel())
        if len(heirs):
            repeat = heirs // clones
            parent = repeat * clones + _others(~killed, repeat, chance)
            paths.copy(heirs, parent, edge[repeat])
            steps += paths.run(heirs, step, score, origin, goal, chance, most_steps)
    arrived = np.isinf(paths.top.reshape(repeats, clones)).mean(axis=1)
    estimates = weight * arrived
    return Rare(likely(estimates), estimates, level, reached, float(rounds.mean()), steps)


def directly(
    step: Step, start: Numbers, origin: Within, goal: Within, *, runs: int, seed: int = 0, most_steps: int = 1_000_000
) -> tuple[int, int]:
    """By brute force: how many of `runs` paths reached the goal first, and steps taken."""
    start = np.asarray(start, float).reshape(1, -1)
    _check(start, origin, goal, 2, 2)
    chance = np.random.default_rng((seed, 3))
    state, arrived, steps = np.repeat(start, runs, axis=0), 0, 0
    for _ in range(most_steps):
        state = step(state, chance)
        steps += len(state)
        there = goal(state)
        arrived += int(there.sum())
        state = state[~(there | origin(state))]
        if not len(state):
            return arrived, steps
    raise SplittingError(f"a path is still on its way after {most_steps} steps")


def likely(estimates: Numbers) -> Mean:
    """A chance from independent estimates of it, with Student's t interval of the logarithm of their mean (delta method).

    Estimates are skewed to the right, and an interval even about the mean would lie too low. If none of the repetitions
    arrived, all that is known is 0 to 1.
    """
    told = mean(estimates)
    if told.mean == 0:
        return Mean(0.0, 0.0, 1.0)
    ratio = np.exp((told.high - told.mean) / told.mean)
    return Mean(told.mean, told.mean / ratio, min(1.0, told.mean * ratio))


def _check(start: Numbers, origin: Within, goal: Within, clones: int, repeats: int) -> None:
    for name, value in (("clones", clones), ("repeats", repeats)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 2 <= value <= 1_000_000:
            raise SplittingError(f"{name} = {value}: must be a whole number from 2 to 1000000")
    if clones * repeats > MOST_PATHS:
        raise SplittingError(f"clones = {clones}: {repeats} repeats of them are more than {MOST_PATHS} paths")
    for name, within in (("origin", origin), ("goal", goal)):
        if within(start)[0]:
            raise SplittingError(f"start = {', '.join(f'{x:g}' for x in start[0])}: lies in the {name} already")


def _others(alive: NDArray[np.bool_], repeat: NDArray[np.intp], chance: Generator) -> NDArray[np.intp]:
    """For each of some clones another one of its repetition that is alive, all of them alike."""
    order = np.argsort(~alive, axis=1, kind="stable")  # the living first
    copied: NDArray[np.intp] = order[repeat, chance.integers(alive.sum(axis=1)[repeat])]
    return copied


class _Paths:
    """What is remembered of many paths: where each has been whenever it came nearer to the goal than ever before.

    top: the best score of each, infinite if it reached the goal. Path i's records are the first `count[i]` of its row.
    """

    def __init__(self, paths: int, dimension: int) -> None:
        self.count = np.zeros(paths, np.intp)
        self.score = np.empty((paths, 16))
        self.state = np.empty((paths, 16, dimension))
        self.top = np.full(paths, -np.inf)

    def begin(self, start: Numbers, score: Score) -> None:
        self._record(np.arange(len(self.top)), np.repeat(start, len(self.top), axis=0), np.repeat(score(start), len(self.top)))

    def run(
        self, which: NDArray[np.intp], step: Step, score: Score, origin: Within, goal: Within, chance: Generator, most: int
    ) -> int:
        """Go on from the last record until the origin or the goal; returns the steps that took."""
        last = self.count[which] - 1
        which, state = which[np.isfinite(self.top[which])], self.state[which, last][np.isfinite(self.top[which])]
        taken = 0
        for _ in range(most):
            if not len(which):
                return taken
            state = step(state, chance)
            taken += len(which)
            near = np.where(goal(state), np.inf, score(state))
            better = near > self.top[which]
            self._record(which[better], state[better], near[better])
            going = np.isfinite(near) & ~origin(state)
            which, state = which[going], state[going]
        raise SplittingError(f"a path is still on its way after {most} steps")

    def copy(self, heirs: NDArray[np.intp], parents: NDArray[np.intp], edge: Numbers) -> None:
        """Give heirs their parent's path up to its first record above a level, itself included."""
        known = np.arange(self.score.shape[1]) < self.count[parents, None]
        kept = np.argmax(known & (self.score[parents] > edge[:, None]), axis=1) + 1
        self.score[heirs], self.state[heirs] = self.score[parents], self.state[parents]
        self.count[heirs] = kept
        self.top[heirs] = self.score[heirs, kept - 1]

    def _record(self, which: NDArray[np.intp], state: Numbers, score: Numbers) -> None:
        if len(which) and self.count[which].max() >= self.score.shape[1]:
            self.score = np.concatenate([self.score, np.empty_like(self.score)], axis=1)
            self.state = np.concatenate([self.state, np.empty_like(self.state)], axis=1)
        at = self.count[which]
        self.score[which, at], self.state[which, at] = score, state
        self.count[which] += 1
        self.top[which] = score
