"""Is the boundary of a basin fractal: basin entropy, the uncertainty exponent, and whether basins are Wada."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis import Axis, AxisError
from basin.analysis.entropy import Entropy, entropy
from basin.analysis.uncertainty import SIZES, Uncertainty, uncertainty
from basin.analysis.wada import GRIDS, Wada, wada
from basin.questions.boundary import certain_over
from basin.questions.subject import AxisLike, Progress, SubjectLike, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SIZE, BALLS, SAMPLES, PAIRS = 1 / 32, 2048, 32, 4096
PARTS = "parts of the window"


class FractalityError(ValueError):
    """A measurement that cannot be made as asked; one line."""


def fractality(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    size: float = SIZE,
    balls: int = BALLS,
    samples: int = SAMPLES,
    sizes: Sequence[float] = SIZES,
    pairs: int = PAIRS,
    grids: Sequence[int] = GRIDS,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Basin entropy, boundary basin entropy, uncertainty exponent, and with two axes and three basins the Wada property.

    asked: a scenario or a system, or its name. axes: over which starts differ, the subject's own unless given; at most two
    of a scenario's suffice. size: radius of the balls of the entropies, parts of the window; balls, samples: how many, and
    starts in each. sizes: distances of the pairs of the exponent, at least two; pairs: at each. grids: cells along an axis,
    each twice as many as before, on which merged boundaries are compared. One run from each start: where chance plays a
    part, chance alone makes neighbours differ, and no boundary is meant (attribute `certain` = 0).

    Returns a Dataset, dims (size, grid): `entropy`, `edge_entropy` (S_bb), `mixed`, `exponent`, each with `_low` and
    `_high`, 95%; `dimension` = axes − exponent; `uncertain` against `size`, with `fitted`; `radius` and `typical` against
    `grid`. Attributes: `smooth_entropy`, what S_bb is for a smooth boundary at as many starts per ball; `fractal_entropy`
    (S_bb surely above ln 2), `fractal_exponent` (α surely below 1), `wada`, 1 or 0. Raises ValueErrors of ours.

    >>> found = basin.fractality("newton", sizes=(1 / 16, 1 / 64), balls=64, pairs=999, grids=(16, 32))
    >>> round(float(found["exponent"]), 2), found.attrs["wada"]
    (0.58, 1)
    """
    found = subject(asked, expected=expected, threads=threads)
    check_seed(seed)
    along = tuple(found.axis(axis) for axis in axes) if axes else found.axes
    _check(along, size, balls, samples, sizes, pairs, grids)
    mapper = found.mapper([axis.path for axis in along], 1, progress=progress, cancel=cancel)
    told = entropy(mapper, along, size=size, balls=balls, samples=samples, seed=seed)
    pairwise = uncertainty(mapper, along, sizes=sizes, pairs=pairs, seed=seed)
    merged = wada(mapper, along, grids=grids, seed=seed) if len(along) == 2 else None
    call = (
        f"basin.fractality(scenario, axes={[axis.spec for axis in along]}, size={size}, balls={balls}, samples={samples}, "
        f"sizes={[float(one) for one in sizes]}, pairs={pairs}, grids={list(grids)}, seed={seed}"
        f"{', expected=True' * expected})"
    )
    about = found.attributes(seed, 1, call) | {
        "title": found.title,
        "paths": [axis.path for axis in along],
        "axes": len(along),
        "certain": int(certain_over(found, along)),
        "radius": size,
        "balls": balls,
        "samples": samples,
        "pairs": pairs,
        "smooth_entropy": told.smooth,
        "fractal_entropy": int(told.fractal),
        "fractal_exponent": int(pairwise.fractal),
        "misfit": pairwise.misfit,
        "basins": merged.basins if merged else -1,
        "wada": int(merged.wada) if merged else 0,
    }
    variables, coordinates = _variables(told, pairwise, merged, len(along))
    return datasets.measured("fractality", variables, coordinates, about)


def _variables(
    told: Entropy, pairwise: Uncertainty, merged: Wada | None, axes: int
) -> tuple[dict[str, datasets.Described], dict[str, datasets.Described]]:
    means = {
        "entropy": (told.whole, "nats", "basin entropy: mean over balls of −Σ p ln p of the endings in them"),
        "edge_entropy": (told.edge, "nats", "boundary basin entropy: mean over the balls with more than one ending"),
        "mixed": (told.mixed, "probability", "share of the balls with more than one ending"),
        "exponent": (pairwise.exponent, "1", "uncertainty exponent: f(ε) ∝ ε^α"),
    }
    variables: dict[str, datasets.Described] = {}
    for name, (value, units, words) in means.items():
        variables |= {
            name: ((), value.mean, units, words),
            f"{name}_low": ((), value.low, units, "lower end of its 95% interval"),
            f"{name}_high": ((), value.high, units, "upper end of its 95% interval"),
        }
    variables["dimension"] = ((), axes - pairwise.exponent.mean, "1", "dimension of the boundary, axes − α")
    variables |= {
        "uncertain": (("size",), pairwise.uncertain, "probability", "share of the pairs that end differently"),
        "uncertain_low": (("size",), pairwise.low, "probability", "lower end of its 95% interval"),
        "uncertain_high": (("size",), pairwise.high, "probability", "upper end of its 95% interval"),
        "fitted": (("size",), pairwise.fitted, "probability", "the fitted power law, where pairs are near enough for it"),
    }
    coordinates: dict[str, datasets.Described] = {"size": (("size",), pairwise.sizes, PARTS, "distance of the pairs")}
    if merged is not None:
        variables |= {
            "wada_radius": (("grid",), merged.radius, PARTS, "radius within which every boundary cell has every boundary"),
            "wada_typical": (("grid",), merged.typical, PARTS, "the same for 95% of the boundary cells"),
        }
        coordinates["grid"] = (("grid",), merged.cells, "cells", "cells along an axis")
    return variables, coordinates


def _check(
    axes: Sequence[Axis], size: float, balls: int, samples: int, sizes: Sequence[float], pairs: int, grids: Sequence[int]
) -> None:
    for axis in axes:
        if axis.integer:
            raise AxisError(f"{axis.path}: has whole values only; fractality takes axes that have all")
    if len({axis.path for axis in axes}) < len(axes):
        raise AxisError(f"{axes[0].path}: two axes are the same path")
    if not 0 < size < 0.5:
        raise FractalityError(f"size = {size}: must be above 0 and below 0.5, in parts of the window")
    for name, value, least in (("balls", balls, 2), ("samples", samples, 2), ("pairs", pairs, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise FractalityError(f"{name} = {value}: must be a whole number from {least}")
    if len(set(sizes)) < 2 or not all(0 < one <= 0.5 for one in sizes):
        raise FractalityError(f"sizes = {list(sizes)}: must be two or more distances above 0, up to 0.5")
    if not grids or not all(8 <= n <= 4096 for n in grids):
        raise FractalityError(f"grids = {list(grids)}: must be numbers of cells from 8 to 4096")
