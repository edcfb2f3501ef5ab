"""The systems of differential equations, and an independent integrator for many starts at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from basin.systems import NAMES, SystemMapper, load
from basin.systems.integrate import Flow
from basin.systems.system import Starts

Numbers = NDArray[np.float64]
TOGETHER = 400  # starts that SciPy integrates as one problem


def flow(name: str) -> Flow:
    return import_module(f"basin.systems.{name.replace('-', '_')}").FLOW


FLOWS = [name for name in NAMES if hasattr(import_module(f"basin.systems.{name.replace('-', '_')}"), "FLOW")]


def drawn(name: str, n: int, seed: int = 3, **changes: float) -> Starts:
    return SystemMapper(load(name), (), 1, changes).starts(np.empty((n, 0)), seed)


def dop853(rate: Callable[[Numbers, float], Numbers], start: Numbers, times: Numbers) -> Numbers:
    """(times, n, d): SciPy's DOP853 at a relative tolerance of 1e-10."""
    parts = []
    for begin in range(0, len(start), TOGETHER):
        part = start[begin : begin + TOGETHER]
        path = solve_ivp(
            lambda t, y, shape=part.shape: rate(y.reshape(shape), t).ravel(), (0.0, times[-1]), part.ravel(),
            method="DOP853", rtol=1e-10, atol=1e-10, t_eval=times,
        )  # fmt: skip
        parts.append(path.y.T.reshape(len(times), *part.shape))
    return np.concatenate(parts, axis=1)
