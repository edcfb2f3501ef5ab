"""What choices say about features: only the lead of the option taken over the others counts.

A feature that never differs between the options of a choice, or that always differs as a combination of others does,
has no value of its own. For the rest there are coordinates in which leads are uncorrelated and of unit size, so that no
later step depends on the units or on the correlations of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin.choices.errors import ChoiceError, listed, shown

if TYPE_CHECKING:
    from basin.choices.table import ChoiceTable

EPSILON = float(np.finfo(np.float64).eps)
LARGEST = 1e100  # beyond it variances would overflow
COLLINEAR = 1e-9  # relative size of what is left of a feature after the ones before it


def leads(table: ChoiceTable) -> NDArray[np.float64]:
    """The features of the option taken minus those of each option rejected, (rows − C, F), in the file's units."""
    taken = table.offsets[:-1] + table.chosen
    with np.errstate(over="ignore"):  # an infinite lead is refused below
        lead = np.repeat(table.values[taken], np.diff(table.offsets), axis=0) - table.values
    return np.delete(lead, taken, axis=0)


def whiten(table: ChoiceTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates Z (n, F) of the n leads L, and the map T (F, F), upper triangular, with Z = L T and ZᵀZ = n · I.

    Coefficients g on Z are coefficients T g on the features of the file. Raises ChoiceError if a feature is constant
    within every choice, out of range, or collinear with others.
    """
    lead = leads(table)
    largest = np.abs(table.values).max(axis=0)
    spread = np.abs(lead).max(axis=0)
    for j, name in enumerate(table.features):
        feature = f"{table.name}: feature {shown(name)}"
        if spread[j] <= 4 * EPSILON * largest[j]:
            raise ChoiceError(f"{feature} is constant within every choice, so it affects none")
        if largest[j] > LARGEST or spread[j] < 1 / LARGEST:
            raise ChoiceError(f"{feature} has values too large or too small to compute with: use other units")
    lead /= spread
    scale = np.sqrt(np.mean(lead**2, axis=0))
    lead /= scale
    triangle = np.linalg.qr(lead, mode="r") / np.sqrt(len(lead))
    left = np.abs(np.diag(triangle))
    # Rounding of large values can hide a collinearity: a file knows 1e9 + x only to 1e-7.
    allowed = max(COLLINEAR, 8 * EPSILON * float(np.max(largest / (spread * scale))))
    for j in np.flatnonzero(left <= allowed)[:1]:
        parts = np.linalg.solve(triangle[:j, :j], triangle[:j, j])
        others = listed([table.features[i] for i in np.flatnonzero(np.abs(parts) > 1e-6)])
        raise ChoiceError(
            f"{table.name}: feature {shown(table.features[j])} is collinear with {others}: "
            "within every choice it differs only as they do"
        )
    to_coordinates = np.linalg.inv(triangle)
    return lead @ to_coordinates, to_coordinates / (spread * scale)[:, None]
