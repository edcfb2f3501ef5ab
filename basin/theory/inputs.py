"""Checked arguments: every closed form states its domain, and says so in one line when it is left."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]


def real(name: str, value: ArrayLike, low: float = -np.inf, high: float = np.inf, *, above: bool = False) -> Values:
    """`value` as finite floats in [low, high], or (low, high] with `above`; a ValueError that names it otherwise."""
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {value!r}: must be a number or an array of numbers") from None
    inside = np.isfinite(numbers) & (numbers > low if above else numbers >= low) & (numbers <= high)
    if not inside.all():
        raise ValueError(f"{name} = {numbers[~inside][0]:g}: must be {_range(low, high, above)}")
    return numbers


def cosine(name: str, value: ArrayLike) -> Values:
    """`value` as cosines in [−1, 1]; computed ones may stray by rounding and are clipped. A ValueError otherwise."""
    numbers = real(name, value)
    if np.any(np.abs(numbers) > 1 + 1e-9):
        real(name, numbers, -1, 1)
    return np.clip(numbers, -1.0, 1.0)


def count(name: str, value: ArrayLike, low: int = 1, high: float = np.inf) -> Values:
    """`value` as whole numbers in [low, high] (kept as floats: 1e12 episodes are welcome); a ValueError otherwise."""
    numbers = real(name, value, low, high)
    broken = numbers != np.floor(numbers)
    if broken.any():
        raise ValueError(f"{name} = {numbers[broken][0]:g}: must be a whole number")
    return numbers


def broadcast(**arrays: Values) -> list[Values]:
    """The arrays with one common shape; a ValueError that names their shapes if there is none."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes do not fit together: {shapes}") from None


def _range(low: float, high: float, above: bool) -> str:
    if np.isinf(low) and np.isinf(high):
        return "finite"
    if np.isinf(high):
        return f"finite and {'above' if above else 'at least'} {low:g}"
    if np.isinf(low):
        return f"finite and at most {high:g}"
    return f"above {low:g} and at most {high:g}" if above else f"between {low:g} and {high:g}"
