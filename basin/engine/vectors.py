"""Vectors of one run at its start: random ones, lengths and angles under an inner product, and axes."""

from __future__ import annotations

import math

import numpy as np

from basin.engine.arrays import Numbers
from basin.engine.compile import kernel
from basin.engine.random import START_WARP, Word, normal_pair, philox
from basin.engine.special import exp, log


@kernel
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


@kernel
def clear(x: Numbers) -> None:
    for i in range(x.shape[0]):
        x[i] = 0.0


@kernel
def copy_to(x: Numbers, out: Numbers) -> None:
    for i in range(x.shape[0]):
        out[i] = x[i]


@kernel
def measure(frame: Numbers, scale: Numbers, x: Numbers, out: Numbers) -> None:
    """M x, with M = Q diag(scale)² Qᵀ and the rows of `frame` (d d,) the columns of Q; the identity for an empty frame."""
    d = x.shape[0]
    if frame.shape[0] == 0:
        copy_to(x, out)
        return
    for i in range(d):
        out[i] = 0.0
    for k in range(d):
        along = 0.0
        for i in range(d):
            along += frame[k * d + i] * x[i]
        along = along * scale[k] * scale[k]
        for i in range(d):
            out[i] += frame[k * d + i] * along


@kernel
def dot(x: Numbers, y: Numbers) -> float:
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@kernel
def normalise(x: Numbers, measured: Numbers) -> None:
    """Scale x, and M x with it, to unit length in that inner product; a vector of no length becomes 0."""
    square = dot(x, measured)
    inverse = 1.0 / math.sqrt(square) if square > 1e-28 else 0.0
    for i in range(x.shape[0]):
        x[i] *= inverse
        measured[i] *= inverse


@kernel
def shorten(x: Numbers) -> None:
    """Scale x to the usual unit length; a vector of no length becomes 0."""
    square = dot(x, x)
    inverse = 1.0 / math.sqrt(square) if square > 1e-28 else 0.0
    for i in range(x.shape[0]):
        x[i] *= inverse


@kernel
def remove(x: Numbers, unit: Numbers, measured_unit: Numbers) -> None:
    """Take from x its part along a unit vector."""
    along = dot(x, measured_unit)
    for i in range(x.shape[0]):
        x[i] -= along * unit[i]


@kernel
def warp_frame(
    condition: float, d: int, run_low: Word, run_high: Word, key_low: Word, key_high: Word, frame: Numbers, scale: Numbers
) -> None:
    """A random orthonormal frame (d d,), row by row, and scales from 1 down to 1/condition, evenly in the logarithm."""
    gaussian(frame, START_WARP, run_low, run_high, key_low, key_high)
    for k in range(d):
        row = frame[k * d : (k + 1) * d]
        for _ in range(2):  # the first pass leaves rounding errors of the size of the last row's shrinkage
            for j in range(k):
                other = frame[j * d : (j + 1) * d]
                remove(row, other, other)
        shorten(row)
        scale[k] = exp(-log(condition) * k / (d - 1.0)) if d > 1 else 1.0


@kernel
def mirror_to(theta: Numbers, mirror: Numbers) -> None:
    """The unit vector whose reflection takes the first axis to θ, so that it takes the other axes to directions ⊥ θ."""
    for i in range(theta.shape[0]):
        mirror[i] = -theta[i]
    mirror[0] += 1.0
    shorten(mirror)


@kernel
def mirrored_axis(mirror: Numbers, axis: int, out: Numbers) -> None:
    """The reflection of an axis: in the skeleton, the direction number `axis`, where θ is number 0."""
    for i in range(out.shape[0]):
        out[i] = (1.0 if i == axis else 0.0) - 2.0 * mirror[axis] * mirror[i]


@kernel
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


@kernel
def store(rows: Numbers, first: int, lane: int, x: Numbers) -> None:
    for i in range(x.shape[0]):
        rows[first + i, lane] = x[i]
