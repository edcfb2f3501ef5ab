"""Wada basins: three or more basins of which every boundary point borders on all of them at once.

Of N basins merge all but one: two colours are left, and a boundary ∂_i between basin i and the rest. The basins are Wada
iff all N boundaries are the same set. On a grid they are the same up to a radius r: every cell of ∂_i has a cell of every
∂_j within r. When the grid is refined r shrinks with the cells if the basins are Wada, and stays where a boundary parts
two basins far from the third otherwise. Source: Daza, Wagemakers & Sanjuán 2018, "Ascertaining when a basin is Wada: the
merging method".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from basin.analysis.map import Axis
from basin.analysis.sampling import Window
from basin.labels import UNDECIDED, Labels

GRIDS = (128, 256, 512)  # cells along an axis
SHRINKS = 0.75  # per halving of the cells, at most: Wada's is ½


@dataclass(frozen=True)
class Wada:
    """basins: how many have a boundary. cells: (m,) grid sizes. radius: (m,) at which all boundaries are one, in parts of
    the window; NaN with fewer than three basins. typical: the radius within which 95% of boundary cells have them all."""

    basins: int
    cells: NDArray[np.intp]
    radius: NDArray[np.float64]
    typical: NDArray[np.float64]

    @property
    def wada(self) -> bool:
        """Whether there are three basins and the radius shrinks with the cells from the first grid to the last."""
        halvings = np.log2(self.cells[-1] / self.cells[0])
        return self.basins > 2 and bool(self.radius[-1] <= self.radius[0] * SHRINKS**halvings)


def wada(mapper: Callable[..., Labels], axes: Sequence[Axis], *, grids: Sequence[int] = GRIDS, seed: int = 0) -> Wada:
    """Compare the merged boundaries on grids of cell centres over two axes, of which the first run counts."""
    window = Window(tuple(axes))
    radius, typical, basins = [], [], 0
    for n in grids:
        middle = (np.arange(n) + 0.5) / n
        points = np.stack(np.meshgrid(middle, middle, indexing="ij"), axis=-1).reshape(-1, 2)
        label = mapper(window.points(points), seed).label[:, 0].reshape(n, n)
        basins, away = merged(label)
        radius.append(float(away.max()) / n if len(away) else np.nan)
        typical.append(float(np.quantile(away, 0.95)) / n if len(away) else np.nan)
    return Wada(basins, np.array(grids), np.array(radius), np.array(typical))


def merged(label: NDArray[np.int8]) -> tuple[int, NDArray[np.float64]]:
    """(basins with a boundary, how far every cell of every merged boundary is from the farthest of the others, in cells)."""
    edges = [edge for code in np.unique(label) if code != UNDECIDED and (edge := _edge(label == code)).any()]
    if len(edges) < 3:
        return len(edges), np.empty(0)
    far = np.max([distance_transform_edt(~edge) for edge in edges], axis=0)
    return len(edges), np.concatenate([far[edge] for edge in edges])


def _edge(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells with a neighbour across a side on which `inside` differs."""
    edge = np.zeros_like(inside)
    for axis in (0, 1):
        at = np.moveaxis(inside, axis, 0)
        differ = at[1:] != at[:-1]
        moved = np.moveaxis(edge, axis, 0)
        moved[1:] |= differ
        moved[:-1] |= differ
    return edge
