"""The obvious twin's learning and search: the exact formulas of sections 2 and 3 for one agent, in NumPy.

Updates return the changes (dm, dV) of a belief N(m, V). Vectors are (d,), V is (d, d).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from mpmath import mp
from scipy import integrate, special, stats

LEAST_NOISE = 1e-12  # what a noise of 0 counts as


def hazard(z: float) -> tuple[float, float]:
    """r = ϕ(z)/Φ(z), and r (z + r) = 1 − Var of a normal cut off there; in many digits where they cancel."""
    if z > -5:
        r = np.sqrt(2 / np.pi) / special.erfcx(-z / np.sqrt(2))
        return r, r * (z + r)
    with mp.workdps(60):
        r = mp.npdf(z) / (mp.erfc(-mp.mpf(z) / mp.sqrt(2)) / 2)
        return float(r), float(r * (z + r))


def probit(m, V, x, a, o, noise, answer):
    """A binary answer ±1, expected as Φ((a θ·x + o)/noise): moments of the exact posterior."""
    Vx = V @ x
    omega = max(np.sqrt(noise**2 + a**2 * max(x @ Vx, 0)), LEAST_NOISE)
    r, curvature = hazard(answer * (a * m @ x + o) / omega)
    return Vx * (a * answer * r / omega), -np.outer(Vx, Vx) * (a**2 * curvature / omega**2)


def kalman(m, V, x, a, o, noise, stated):
    """A stated number a θ·x + o + noise: the exact posterior."""
    Vx = V @ x
    variance = a**2 * max(x @ Vx, 0) + noise**2
    return Vx * (a * (stated - a * m @ x - o) / variance), -np.outer(Vx, Vx) * (a**2 / variance)


def luce(m, V, options, a, o, beta, picked):
    """Of the options (J, d) one was picked, expected as softmax(β (a θ·x_j + o_j)): the posterior's mode, (V⁻¹ + F)⁻¹.

    In coordinates y, θ = m + root y with root rootᵀ = V, whose prior is N(0, I): V may be singular.
    """
    values, vectors = np.linalg.eigh(V)
    root = vectors * np.sqrt(np.maximum(values, 0))
    base, X = beta * (a * options @ m + o), beta * a * options @ root

    def objective(y):
        return special.log_softmax(base + X @ y)[picked] - y @ y / 2

    y = np.zeros(len(m))
    for _ in range(100):
        chance = special.softmax(base + X @ y)
        away = X - chance @ X
        gradient, precision = away[picked] - y, np.eye(len(m)) + away.T @ (chance[:, None] * away)
        step = np.linalg.solve(precision, gradient)
        size = 1.0
        while gradient @ step > 1e-8 and objective(y + size * step) < objective(y) + 1e-4 * size * (gradient @ step):
            size /= 2
        y = y + size * step
        if gradient @ step < 1e-28:
            break
    information = precision - np.eye(len(m))
    return root @ y, -root @ np.linalg.solve(precision, information) @ root.T


@cache
def expected_maximum(n: int) -> float:
    """e_N, the expectation of the largest of N normals."""

    def integrand(x: float) -> float:  # a maximum of N has distribution Φᴺ; both tails together
        up, down = (n - 1) * special.log_ndtr(x), (n - 1) * special.log_ndtr(-x)
        return n * x * stats.norm.pdf(x) * (np.exp(up) - np.exp(down))

    return integrate.quad(integrand, 0, 12, epsabs=0, epsrel=1e-13, limit=500)[0] if n > 1 else 0.0
