"""Edge states: what sits on the boundary between two basins and attracts those who start exactly on it.

Two starts on either side of a boundary are bisected until they nearly touch, both are followed until they have drawn apart,
and the pair is bisected again: it never leaves the boundary's neighbourhood and is drawn along it to the edge state, which is
stable along the boundary and unstable across it.

Source: Skufca, Yorke & Eckhardt 2006, Edge of chaos in a parallel shear flow, Phys. Rev. Lett. 96, 174101.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import root

Numbers = NDArray[np.float64]

CLOSE, APART = 1e-9, 1e-4  # distances between the two: bisected to the first, followed up to the second
PIECES = 17  # a pair is divided into so many parts at a time, since labels come cheaper together
WIDENINGS = 10  # of a pair that no longer straddles the boundary: to 512 times its width
STILL = 1e-2  # of the fastest speed on the way: below it a state is tried as a fixed point
NEAR = 1e-2  # of the way travelled: how far from the end of the track a fixed point may be
TOLERANCE = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-12}


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
    label: Callable[[Numbers], NDArray],
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
    Raises EdgeError if both starts end alike.
    """
    one, other = np.array(one, float), np.array(other, float)
    labels = tuple(int(value) for value in label(np.stack([one, other])))
    if labels[0] == labels[1]:
        raise EdgeError("both starts end in the same way: there need be no boundary between them")
    one, other = bisected(label, one, other)
    labels = tuple(int(value) for value in label(np.stack([one, other])))
    start, now = (one + other) / 2, 0.0
    times, track, growths, fastest = [0.0], [start], [], 0.0
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
        one, other = bisected(label, *_straddling(label, path[-1, 0], path[-1, 1]))
        if moved < APART and len(growths) > 2:
            break
    points = np.array(track)
    state, speed = points[-1], float(np.linalg.norm(rate(points[-1:])[0]))
    size = max(float(np.ptp(points, axis=0).max()), APART / NEAR)
    solved = _fixed_point(rate, state) if speed <= STILL * max(fastest, 1e-300) or speed < APART else None
    fixed = solved is not None and np.linalg.norm(solved - state) < NEAR * size
    if fixed:
        state, speed = solved, float(np.linalg.norm(rate(solved[None])[0]))
    late = growths[-max(1, len(growths) // 3) :]
    spent = sum(part for _, part in late)
    growth = sum(part for part, _ in late) / spent if spent > 0 else np.nan
    values = np.linalg.eigvals(jacobian(rate, state)) if fixed else np.zeros(0, complex)
    values = values[np.argsort(-values.real, kind="stable")]
    return Edge(start, labels, np.array(times), points, state, fixed, speed, 0.0 if fixed else APART / 2, growth, values)


def bisected(
    label: Callable[[Numbers], NDArray], one: Numbers, other: Numbers, close: float = CLOSE
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


def _straddling(label: Callable[[Numbers], NDArray], one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """A pair on either side of the boundary: this one, or one on the same line but wider. Where labels come from another
    integrator than the track, both have drifted by its error, and the boundary is a little beside them."""
    wide = 2.0 ** np.arange(WIDENINGS)[:, None]
    middle, half = (one + other) / 2, (one - other) / 2
    labels = np.asarray(label(np.concatenate([middle + wide * half, middle - wide * half]))).reshape(2, -1)
    differ = np.flatnonzero(labels[0] != labels[1])
    if not len(differ):
        raise EdgeError("the boundary was lost on the way; labels may be too inexact, or depend on more than the state")
    return middle + wide[differ[0]] * half, middle - wide[differ[0]] * half


def _followed(rate: Callable[[Numbers], Numbers], one: Numbers, other: Numbers, longest: float) -> tuple[Numbers, Numbers]:
    """Both, until they are APART: (m,) times and (m, 2, d) states."""
    d = len(one)

    def both(_: float, state: Numbers) -> Numbers:
        return rate(state.reshape(2, d)).ravel()

    def gap(_: float, state: Numbers) -> float:
        return float(np.linalg.norm(state[:d] - state[d:])) - APART

    gap.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(both, (0, longest), np.concatenate([one, other]), events=gap, **TOLERANCE)
    return run.t, run.y.T.reshape(-1, 2, d)


def _fixed_point(rate: Callable[[Numbers], Numbers], near: Numbers) -> Numbers | None:
    """Where nothing moves, near a state; None if nowhere."""
    found = root(lambda state: rate(state[None])[0], near, tol=1e-13)
    return found.x if np.linalg.norm(rate(found.x[None])[0]) < 1e-9 else None


def jacobian(rate: Callable[[Numbers], Numbers], state: Numbers) -> Numbers:
    """(d, d) derivatives of the rate, by central differences."""
    size = 1e-6 * np.maximum(1.0, np.abs(state))
    steps = np.diag(size)
    return ((rate(state + steps) - rate(state - steps)) / (2 * size)[:, None]).T
