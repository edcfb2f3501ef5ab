"""Geometry: how small a target is in high dimension, in bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, count, real


def cap_bits(half_angle: ArrayLike, features: ArrayLike) -> Values:
    """−log₂ of the share of goals, uniform on S^{d−1}, within `half_angle` degrees of a given one.

    The share is ½ I_{sin²}((d − 1)/2, ½) up to 90° and one minus the opposite cap's above. Worked in logarithms: bits
    stay finite where the share underflows. ∞ at angle 0 for d ≥ 2.
    Errors: half_angle outside [0, 180], features below 1 or not whole. Source: Li 2011 (hyperspherical caps) and DLMF
    8.17.
    """
    half_angle, features = real("half_angle", half_angle, 0, 180), count("features", features)
    half_angle, features = broadcast(half_angle=half_angle, features=features)
    narrow = _log_cap(np.minimum(half_angle, 180 - half_angle), features)
    with np.errstate(divide="ignore"):
        share = np.where(half_angle > 90, np.log1p(-np.exp(narrow)), narrow)
    # On S⁰, two opposite points, a cap holds one of them until it holds both.
    share = np.where(features == 1, np.where(half_angle < 180, -np.log(2), 0.0), share)
    bits: Values = (-share / np.log(2) + 0.0)[()]  # no −0
    return bits


def cap_fraction(half_angle: ArrayLike, features: ArrayLike) -> Values:
    """The share of S^{d−1} within `half_angle` degrees of a point, 0 where it underflows. Arguments: `cap_bits`."""
    return np.exp2(-cap_bits(half_angle, features))


def least_bits(runs: ArrayLike) -> Values:
    """log₂(n/3), the bits that a basin has at least (95% confidence) when none of n runs ended in it, never below 0.

    Errors: runs below 1 or not whole. Source: the rule of three (Hanley & Lippman-Hand 1983).
    """
    return np.maximum(np.log2(count("runs", runs) / 3), 0.0)


def _log_cap(half_angle: Values, features: Values) -> Values:
    """ln of the share of a cap of at most 90°."""
    from scipy.special import betainc, betaincc, poch, roots_laguerre

    angle = np.radians(half_angle)
    square = np.sin(angle) ** 2
    a = np.maximum(features - 1, 1) / 2  # d = 1 is set apart below
    # Each form keeps the digits of the smaller of sin² and cos².
    beta = np.where(half_angle < 45, betainc(a, 0.5, square), betaincc(0.5, a, np.cos(angle) ** 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where the share would underflow, t = sin² e^{−y/a} in the beta integral leaves a Laguerre integral of a flat
        # function: I = sin^{2a}/(a B(a, ½)) ∫₀^∞ e^{−y} (1 − sin² e^{−y/a})^{−½} dy, 1/(a B) = (a)_½/(a √π).
        y, weight = roots_laguerre(24)
        log_square = np.where(half_angle < 45, 2 * np.log(np.sin(angle)), np.log1p(-(np.cos(angle) ** 2)))
        flat = (-np.expm1(log_square[..., None] - y / a[..., None])) ** -0.5 @ weight
        tail = a * log_square + np.log(poch(a, 0.5) / a * flat) - np.log(np.pi) / 2
        logarithm: Values = np.where(beta > 1e-200, np.log(beta), tail) - np.log(2)
        return logarithm
