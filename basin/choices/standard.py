"""Standardised features, in which a value vector has a direction and a length: what people want, and how firmly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.choices.errors import ChoiceError
from basin.choices.likelihood import Estimate, maximum_likelihood
from basin.choices.table import ChoiceTable


@dataclass(frozen=True, eq=False)
class Standardised:
    """The options of a table with mean 0 and standard deviation 1 of every feature over all rows.

    The choice probabilities of the maximum-likelihood values, softmax(values · file features), are those of a person
    with unit value vector θ who chooses by Luce's rule with rationality β: softmax(β θ · options). Centring adds the
    same to every option of a choice and so changes none.
    """

    options: NDArray[np.float64]
    """(rows, F) standardised features, in the row order of the table."""
    scale: NDArray[np.float64]
    """(F,) standard deviation of every feature, in the file's units."""
    centre: NDArray[np.float64]
    """(F,) mean of every feature, in the file's units."""
    theta: NDArray[np.float64]
    """(F,) θ, the direction of the maximum-likelihood values, of unit length."""
    rationality: float
    """β, the length of the maximum-likelihood values on standardised features."""

    def to_units(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """A belief (..., F) about θ as coefficients in the file's units: β m / scale. θ itself gives the estimate."""
        return self.rationality * np.asarray(vector) / self.scale


def standardise(table: ChoiceTable, estimate: Estimate | None = None) -> Standardised:
    """Standardise a table; its maximum-likelihood values are computed unless given.

    Raises ChoiceError if there is no maximum, or if it lies at 0: choices that show no preference have no direction.
    """
    estimate = estimate or maximum_likelihood(table)
    centre = table.values.mean(axis=0)
    options = table.values - centre
    scale = np.sqrt(np.mean(options**2, axis=0))
    values = estimate.values * scale
    rationality = float(np.linalg.norm(values))
    if rationality < 1e-9:
        raise ChoiceError(f"{table.name}: the choices show no preference: their maximum-likelihood values are 0")
    return Standardised(options / scale, scale, centre, values / rationality, rationality)
