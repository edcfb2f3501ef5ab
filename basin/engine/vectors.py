"""Vectors of one run at its start: random ones, lengths and angles under an inner product, and axes."""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import allocating
from basin.engine.random import START_WARP, Word, normal_pair, philox
from basin.engine.special import exp, log


@allocating
def gaussian(out: Numbers, use: int, run_low: Word, run_high: Word, key_low: Word, key_high: Word) -> None:
    """Fill a vector with standard normals of one use."""
    d = out.shape[0]
    zero = np.uint64(0)
    for i in range((d + 1) // 2):
        a, b, c, e = philox(run_low, run_high, zero, np.uint64(use * 65536 + i), key_low, key_high)
        first, second = normal_pair(a, b, c, e)
        out[2 * i] = first
        if 2 * i + 1 < d:
            out[2 * i + 1] = second


@allocating
def measure(frame: Numbers, scale: Numbers, x: Numbers, out: Numbers) -> None:
    """M x, with M = Q diag(scale)² Qᵀ and the rows of `frame` the columns of Q; the identity for an empty frame."""
    d = x.shape[0]
    if frame.shape[0] == 0:
        for i in range(d):
            out[i] = x[i]
        return
    for i in range(d):
        out[i] = 0.0
    for k in range(d):
        along = 0.0
        for i in range(d):
            along += frame[k, i] * x[i]
        along = along * scale[k] * scale[k]
        for i in range(d):
            out[i] += frame[k, i] * along


@allocating
def dot(x: Numbers, y: Numbers) -> float:
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@allocating
def normalise(x: Numbers, measured: Numbers) -> None:
    """Scale x, and M x with it, to unit length in that inner product; a vector of no length becomes 0."""
    square = dot(x, measured)
    inverse = 1.0 / math.sqrt(square) if square > 1e-28 else 0.0
    for i in range(x.shape[0]):
        x[i] *= inverse
        measured[i] *= inverse


@allocating
def remove(x: Numbers, unit: Numbers, measured_unit: Numbers) -> None:
    """Take from x its part along a unit vector."""
    along = dot(x, measured_unit)
    for i in range(x.shape[0]):
        x[i] -= along * unit[i]


@allocating
def warp_frame(
    condition: float, run_low: Word, run_high: Word, key_low: Word, key_high: Word, frame: Numbers, scale: Numbers
) -> None:
    """A random orthonormal frame, and scales from 1 down to 1/condition, evenly in the logarithm."""
    d = frame.shape[0]
    gaussian(frame.reshape(d * d), START_WARP, run_low, run_high, key_low, key_high)
    for k in range(d):
        for j in range(k):
            remove(frame[k], frame[j], frame[j])
        for j in range(k):  # twice: the first pass leaves rounding errors of the size of the last row's shrinkage
            remove(frame[k], frame[j], frame[j])
        normalise(frame[k], frame[k].copy())
        scale[k] = exp(-log(condition) * k / (d - 1.0)) if d > 1 else 1.0


@allocating
def mirror_to(theta: Numbers, mirror: Numbers) -> None:
    """The unit vector whose reflection takes the first axis to θ, so that it takes the other axes to directions ⊥ θ."""
    for i in range(theta.shape[0]):
        mirror[i] = -theta[i]
    mirror[0] += 1.0
    normalise(mirror, mirror.copy())


@allocating
def mirrored_axis(mirror: Numbers, axis: int, out: Numbers) -> None:
    """The reflection of an axis: in the skeleton, the direction number `axis`, where θ is number 0."""
    for i in range(out.shape[0]):
        out[i] = (1.0 if i == axis else 0.0) - 2.0 * mirror[axis] * mirror[i]


@allocating
def place(cosine: float, reference: Numbers, residual: Numbers, out: Numbers) -> None:
    """The unit vector at a given cosine from `reference`, toward `residual`; ± the reference where there is no residual."""
    length = 0.0
    for i in range(out.shape[0]):
        length += abs(residual[i])
    if length == 0.0:
        cosine = 1.0 if cosine >= 0.0 else -1.0
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    for i in range(out.shape[0]):
        out[i] = cosine * reference[i] + sine * residual[i]


@allocating
def store(rows: Numbers, first: int, lane: int, x: Numbers) -> None:
    for i in range(x.shape[0]):
        rows[first + i, lane] = x[i]
