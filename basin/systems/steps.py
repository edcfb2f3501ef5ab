"""One step of an ordinary differential equation in one lane: the classical Runge–Kutta method, and Dormand–Prince's.

A vector field is a lane function `rate(t, x, p) -> dx/dt`: time, then tuples of state and parameters. The factories below
put it into a step; LLVM keeps the tuples in registers, and a loop over lanes becomes SIMD code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from basin.systems.compile import lane

State = tuple[float, ...]
Rate = Callable[[float, State, State], State]

ROUND = 1.5 * 2.0**52  # adding it rounds to an integer, which the low bits of the sum hold
TO_SIGN = np.int64(63)
ONE_OVER_PI = 1.0 / np.pi
SINE = (  # sin(r)/r of r², |r| <= π/2: relative error 2.2e-11
    0.9999999999788495,
    -0.16666666608826694,
    0.008333330720577535,
    -0.0001984083282564145,
    2.7523971192109704e-06,
    -2.3868348524857515e-08,
)

# The tableau of Dormand & Prince 1980, RK5(4)7M: nodes, stages, and fifth- less fourth-order weights.
DP_NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
DP_2 = (1 / 5,)
DP_3 = (3 / 40, 9 / 40)
DP_4 = (44 / 45, -56 / 15, 32 / 9)
DP_5 = (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729)
DP_6 = (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656)
DP_7 = (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84)
DP_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


@lane
def sine(x: float) -> float:
    """sin x to 3e-11 for |x| < 1e5: half the price of the engine's, and enough beside the error of a step."""
    rounded = x * ONE_OVER_PI + ROUND
    r = x - (rounded - ROUND) * np.pi
    z = r * r
    value = r * (((((SINE[5] * z + SINE[4]) * z + SINE[3]) * z + SINE[2]) * z + SINE[1]) * z + SINE[0])
    odd = np.float64(rounded).view(np.int64) << TO_SIGN
    return np.int64(np.float64(value).view(np.int64) ^ odd).view(np.float64)


def _replaced(values: State, at: int, value: float) -> State:
    return (*values[:at], value, *values[at + 1 :])


# A tuple with one entry replaced; without compiling, the same in plain Python.
replaced: Any = _replaced if numba.config.DISABLE_JIT else tuple_setitem


@lane
def ahead(x: State, h: float, k: State) -> State:
    """x + h k."""
    for i in range(len(x)):
        x = replaced(x, i, x[i] + h * k[i])
    return x


def classical(rate: Rate) -> Callable[[float, float, State, State], State]:
    """`step(t, h, x, p)`: the state after a time h, by the Runge–Kutta method of order 4 (Kutta 1901)."""

    @lane
    def step(t: float, h: float, x: State, p: State) -> State:
        k1 = rate(t, x, p)
        k2 = rate(t + 0.5 * h, ahead(x, 0.5 * h, k1), p)
        k3 = rate(t + 0.5 * h, ahead(x, 0.5 * h, k2), p)
        k4 = rate(t + h, ahead(x, h, k3), p)
        for i in range(len(x)):
            x = replaced(x, i, x[i] + (h / 6.0) * ((k1[i] + k4[i]) + 2.0 * (k2[i] + k3[i])))
        return x

    return step


def embedded(rate: Rate) -> Callable[[float, float, State, State, float], tuple[State, float]]:
    """`step(t, h, x, p, tolerance)`: the state after a time h, of order 5, and how many times too large its error is.

    The error is estimated against the embedded method of order 4 (Dormand & Prince 1980), as a root mean square in units
    of tolerance·(1 + |x|).
    """

    @lane
    def step(t: float, h: float, x: State, p: State, tolerance: float) -> tuple[State, float]:
        k1 = rate(t, x, p)
        y = ahead(x, h * DP_2[0], k1)
        k2 = rate(t + DP_NODES[1] * h, y, p)
        y = ahead(ahead(x, h * DP_3[0], k1), h * DP_3[1], k2)
        k3 = rate(t + DP_NODES[2] * h, y, p)
        y = ahead(ahead(ahead(x, h * DP_4[0], k1), h * DP_4[1], k2), h * DP_4[2], k3)
        k4 = rate(t + DP_NODES[3] * h, y, p)
        y = ahead(ahead(x, h * DP_5[0], k1), h * DP_5[1], k2)
        y = ahead(ahead(y, h * DP_5[2], k3), h * DP_5[3], k4)
        k5 = rate(t + DP_NODES[4] * h, y, p)
        y = ahead(ahead(ahead(x, h * DP_6[0], k1), h * DP_6[1], k2), h * DP_6[2], k3)
        y = ahead(ahead(y, h * DP_6[3], k4), h * DP_6[4], k5)
        k6 = rate(t + DP_NODES[5] * h, y, p)
        y = ahead(ahead(ahead(x, h * DP_7[0], k1), h * DP_7[2], k3), h * DP_7[3], k4)
        y = ahead(ahead(y, h * DP_7[4], k5), h * DP_7[5], k6)
        k7 = rate(t + DP_NODES[6] * h, y, p)
        square = 0.0
        for i in range(len(x)):
            error = DP_ERROR[0] * k1[i] + DP_ERROR[2] * k3[i] + DP_ERROR[3] * k4[i]
            error = h * (error + DP_ERROR[4] * k5[i] + DP_ERROR[5] * k6[i] + DP_ERROR[6] * k7[i])
            square += (error / (tolerance * (1.0 + abs(x[i])))) ** 2
        return y, np.sqrt(square / len(x))

    return step
