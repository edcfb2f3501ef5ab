"""Edge states: what sits on the boundary between two basins and attracts those who start exactly on it.

Two starts on either side of a boundary are bisected until they nearly touch, both are followed until they have drawn apart,
and the pair is bisected again: it never leaves the boundary's neighbourhood and is drawn along it to the edge state, which is
stable along the boundary and unstable across it.

Source: Skufca, Yorke & Eckhardt 2006, Edge of chaos in a parallel shear flow, Phys. Rev. Lett. 96, 174101.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import root

Numbers = NDArray[np.float64]

CLOSEST, CLOSE, APART = 1e-12, 1e-6, 1e-4  # distances between the two: of the first pair; of later ones, bisected to CLOSE
# and followed up to APART: labels of another integrator than the track's place the boundary a little elsewhere
PIECES = 17  # a pair is divided into so many parts at a time, since labels come cheaper together
WIDENINGS = 10  # of a pair that no longer straddles the boundary: to 512 times its width
STILL = 1e-2  # of the fastest speed on the way: below it a state is tried as a fixed point
BEGUN = 10.0 ** np.arange(-8, -2)  # distances at which two are begun that are followed once
PARTED = 1e-2  # of its size: two that begin near the boundary once have parted
NEAR = 5e-2  # of the way travelled: how far from the end of the track a fixed point may be
TOLERANCE: dict[str, Any] = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-12}


class EdgeError(ValueError):
    """Two starts that have no boundary between them, or one that cannot be followed; one line."""


@dataclass(frozen=True)
class Edge:
    """The edge between two basins.

    start: (d,) the first point of the boundary. labels: the two. time, track: (m,), (m, d) along the boundary. state: (d,)
    the edge state: the fixed point that the track approaches, else its last point. fixed: whether it is one. speed: of the
    state. error: how far at most the boundary is from the track's points (half of APART), 0 for a fixed point solved for.
    growth: the rate at which the two drew apart in the last third of the track, the largest Lyapunov exponent across the
    boundary. eigenvalues: (d,) complex, of the linearised flow at a fixed point, largest real part first; none elsewhere.
    """

    start: Numbers
    labels: tuple[int, int]
    time: Numbers
    track: Numbers
    state: Numbers
    fixed: bool
    speed: float
    error: float
    growth: float
    eigenvalues: NDArray[np.complex128]

    @property
    def unstable(self) -> int:
        """How many directions lead away; an edge state that is a fixed point has exactly one."""
        return int((self.eigenvalues.real > 1e-9).sum())


def edge(
    label: Callable[[Numbers], NDArray[Any]],
    rate: Callable[[Numbers], Numbers],
    one: ArrayLike,
    other: ArrayLike,
    *,
    rounds: int = 40,
    longest: float = 200.0,
) -> Edge:
    """Track the boundary between two starts (d,).

    label: (n, d) states to (n,) labels. rate: (n, d) states to dx/dt, which may not depend on time. rounds: how often the pair
    is bisected anew; fewer if it comes to rest. longest: for how long a pair is followed at most before it is bisected again.
    Raises EdgeError if both starts end alike, or where the boundary cannot be followed.
    """
    one, other = np.array(one, float), np.array(other, float)
    labels = _ends(label, one, other)
    if labels[0] == labels[1]:
        raise EdgeError("both starts end in the same way: there need be no boundary between them")
    one, other = bisected(label, one, other)
    start, now = (one + other) / 2, 0.0
    one, other = _straddling(label, *_widened(one, other))
    labels = _ends(label, one, other)
    times, track, growths, fastest, rests = [0.0], [start], [], 0.0, False
    for _ in range(rounds):
        apart = float(np.linalg.norm(one - other))
        time, path = _followed(rate, one, other, longest)
        times += list(now + time[1:])
        track += list(path.mean(axis=1)[1:])
        now += float(time[-1])
        speeds = np.linalg.norm(rate(path.mean(axis=1)), axis=1)
        fastest = max(fastest, float(speeds.max()))
        moved = float(np.linalg.norm(path[-1].mean(axis=0) - path[0].mean(axis=0)))
        growths.append((float(np.log(np.linalg.norm(path[-1, 0] - path[-1, 1]) / apart)), float(time[-1])))
        one, other = bisected(label, *_straddling(label, path[-1, 0], path[-1, 1]), CLOSE)
        rests = moved < APART
        if rests and len(growths) > 2:
            break
    points = np.array(track)
    late = growths[-max(1, len(growths) // 3) :]
    spent = sum(part for _, part in late)
    growth = sum(part for part, _ in late) / spent if spent > 0 else np.nan
    found = _ended(rate, start, labels, np.array(times), points, points[-1], fastest, APART / 2, growth)
    if rests and not found.fixed:
        raise EdgeError("the two part at once wherever they are bisected: the motion jumps at this boundary")
    return found


def _ends(label: Callable[[Numbers], NDArray[Any]], one: Numbers, other: Numbers) -> tuple[int, int]:
    first, second = label(np.stack([one, other]))
    return int(first), int(second)


def passed(
    rate: Callable[[Numbers], Numbers], start: Numbers, labels: tuple[int, int], one: Numbers, other: Numbers, longest: float
) -> Edge:
    """The same where a state cannot be labelled, but only a start: the two states (d,) in which the starts nearest to the
    boundary begin are followed once, until they have parted by PARTED of their size. Two that do not part, because both begin
    on one side by the track's integrator, are begun farther from each other. The edge state is where they were slowest, or
    the fixed point beside it; the nearer the two begin, the nearer they come to it.
    """
    middle, half = (one + other) / 2, (one - other) / 2
    apart = PARTED * max(1.0, float(np.abs(one).max()))
    for width in BEGUN:
        wide = half * (width / (2 * float(np.linalg.norm(half))))
        time, path = _followed(rate, middle + wide, middle - wide, longest, apart)
        if time[-1] < longest:
            break
    else:
        raise EdgeError("the two starts nearest to the boundary do not part; labels may be too inexact")
    track = path.mean(axis=1)
    speeds = np.linalg.norm(rate(track), axis=1)
    travelled = np.linalg.norm(track - track[0], axis=1)
    slowest = int(np.argmin(np.where(travelled >= travelled.max() / 2, speeds, np.inf)))
    gap = np.linalg.norm(path[:, 0] - path[:, 1], axis=1)
    late = np.flatnonzero(gap >= np.sqrt(max(gap[0], 1e-300) * gap[-1]))
    growth = np.nan
    if len(late) > 2:
        growth = float(np.log(gap[late[-1]] / gap[late[0]]) / (time[late[-1]] - time[late[0]]))
    error = float(gap[slowest]) / 2
    return _ended(rate, start, labels, time, track, track[slowest], float(speeds.max()), error, growth)


def _ended(
    rate: Callable[[Numbers], Numbers], start: Numbers, labels: tuple[int, int], time: Numbers, track: Numbers,
    state: Numbers, fastest: float, error: float, growth: float,
) -> Edge:  # fmt: skip
    """With the fixed point beside the state, if there is one."""
    speed = float(np.linalg.norm(rate(state[None])[0]))
    size = max(float(np.ptp(track, axis=0).max()), APART / NEAR)
    solved = _fixed_point(rate, state) if speed <= STILL * max(fastest, 1e-300) or speed < APART else None
    values, fixed = np.zeros(0, complex), False
    if solved is not None and np.linalg.norm(solved - state) < NEAR * size:
        found = np.linalg.eigvals(jacobian(rate, solved))
        if found.real.max() > 0:  # else it is an attractor
            values, fixed = found[np.argsort(-found.real, kind="stable")], True
            state, speed, error = solved, float(np.linalg.norm(rate(solved[None])[0])), 0.0
    return Edge(start, labels, time, track, state, fixed, speed, error, growth, values)


def bisected(
    label: Callable[[Numbers], NDArray[Any]], one: Numbers, other: Numbers, close: float = CLOSEST
) -> tuple[Numbers, Numbers]:
    """Two points at most `close` apart (or as near as numbers allow) on the way between two, with different labels."""
    while np.linalg.norm(one - other) > close * max(1.0, float(np.abs(one).max())):
        part = np.linspace(0, 1, PIECES + 1)[:, None]
        points = (1 - part) * one + part * other
        labels = np.asarray(label(points))
        change = np.flatnonzero(labels[1:] != labels[:-1])
        if not len(change):
            raise EdgeError("both starts end in the same way: there need be no boundary between them")
        one, other = points[change[0]], points[change[0] + 1]
    return one, other


def _widened(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """The pair, CLOSE apart if it was nearer."""
    middle, half = (one + other) / 2, (one - other) / 2
    half = half * max(1.0, CLOSE / (2 * float(np.linalg.norm(half))))
    return middle + half, middle - half


def _straddling(label: Callable[[Numbers], NDArray[Any]], one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """A pair on either side of the boundary: this one, or one on the same line but wider. Where labels come from another
    integrator than the track, both have drifted by its error, and the boundary is a little beside them."""
    wide = 2.0 ** np.arange(WIDENINGS)[:, None]
    middle, half = (one + other) / 2, (one - other) / 2
    labels = np.asarray(label(np.concatenate([middle + wide * half, middle - wide * half]))).reshape(2, -1)
    differ = np.flatnonzero(labels[0] != labels[1])
    if not len(differ):
        raise EdgeError("the boundary was lost on the way; labels may be too inexact, or depend on more than the state")
    return middle + wide[differ[0]] * half, middle - wide[differ[0]] * half


def _followed(
    rate: Callable[[Numbers], Numbers], one: Numbers, other: Numbers, longest: float, apart: float = APART
) -> tuple[Numbers, Numbers]:
    """Both, until they are this far apart: (m,) times and (m, 2, d) states."""
    d = len(one)

    def both(_: float, state: Numbers) -> Numbers:
        return rate(state.reshape(2, d)).ravel()

    def gap(_: float, state: Numbers) -> float:
        return float(np.linalg.norm(state[:d] - state[d:])) - apart

    gap.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(both, (0, longest), np.concatenate([one, other]), events=gap, **TOLERANCE)
    return run.t, run.y.T.reshape(-1, 2, d)


def _fixed_point(rate: Callable[[Numbers], Numbers], near: Numbers) -> Numbers | None:
    """Where nothing moves, near a state; None if nowhere."""

    def moved(state: Numbers) -> Numbers:
        motion: Numbers = rate(state[None])[0]
        return motion

    found = root(moved, near, tol=1e-13)
    return found.x if np.linalg.norm(rate(found.x[None])[0]) < 1e-9 else None


def jacobian(rate: Callable[[Numbers], Numbers], state: Numbers) -> Numbers:
    """(d, d) derivatives of the rate, by central differences."""
    size = 1e-6 * np.maximum(1.0, np.abs(state))
    steps = np.diag(size)
    return ((rate(state + steps) - rate(state - steps)) / (2 * size)[:, None]).T
