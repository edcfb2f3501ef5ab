"""The normal law: density, distribution, Mills ratio, and the one root finder that closed forms need.

SciPy is imported inside the functions, so that importing the theory costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from basin.theory.inputs import Values

ROOT_TWO_PI = np.sqrt(2 * np.pi)


def density(z: Values) -> Values:
    """ϕ(z)."""
    height: Values = np.exp(-z * z / 2) / ROOT_TWO_PI
    return height


def cdf(z: Values) -> Values:
    """Φ(z)."""
    from scipy.special import ndtr

    return ndtr(z)


def quantile(p: Values) -> Values:
    """Φ⁻¹(p)."""
    from scipy.special import ndtri

    return ndtri(p)


def mills(z: Values) -> Values:
    """The Mills ratio R(z) = Φ(−z)/ϕ(z), which falls from ∞ to 0 and never underflows."""
    from scipy.special import erfcx

    ratio: Values = np.sqrt(np.pi / 2) * erfcx(z / np.sqrt(2))
    return ratio


def mills_gap(z: Values) -> Values:
    """1 − z R(z) for z ≥ 0, which falls from 1 to 0 like 1/z²; a series where the difference would lose its digits."""
    inverse = 1 / np.maximum(z, 200.0) ** 2
    return np.where(z < 200, 1 - z * mills(z), inverse * (1 - 3 * inverse * (1 - 5 * inverse * (1 - 7 * inverse))))


def bisect(function: Callable[[Values], Values], low: Values, high: Values) -> Values:
    """The root of an increasing function in [low, high], elementwise, to the last bits of a float."""
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    for _ in range(200):
        middle = low + (high - low) / 2
        below = function(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low + (high - low) / 2
