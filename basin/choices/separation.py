"""When choices have no maximum-likelihood values: some combination of features is never contradicted.

If a combination of the features is never smaller for the option taken than for another option of the same choice, and
sometimes larger, the likelihood grows for ever along it (Albert & Anderson 1984, "On the existence of maximum
likelihood estimates in logistic regression models"). Whether there is one is a linear program.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.choices.errors import ChoiceError, listed
from basin.choices.features import leads
from basin.choices.table import ChoiceTable


def refuse_separation(table: ChoiceTable) -> None:
    """Raise ChoiceError, naming the features, if there is such a combination; otherwise do nothing."""
    lead = leads(table)
    lead /= np.abs(lead).max(axis=0)
    for name, column in zip(table.features, lead.T, strict=True):
        if (column >= 0).all() or (column <= 0).all():
            raise _separated(table, [name])
    direction = _uncontradicted(lead / np.sqrt(np.mean(lead**2, axis=0)))
    if direction is not None:
        raise _separated(table, [table.features[j] for j in np.flatnonzero(direction)])


def _uncontradicted(lead: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """A direction (F,) along which no lead (n, F) is negative and some are positive, or None."""
    from scipy.optimize import linprog

    result = linprog(-lead.mean(axis=0), A_ub=-lead, b_ub=np.zeros(len(lead)), bounds=(-1, 1), method="highs")
    if result.status != 0 or result.x is None or np.abs(result.x).max() < 1e-3:
        return None
    direction: NDArray[np.float64] = np.where(np.abs(result.x) > 1e-9, result.x, 0.0)
    # The solver keeps constraints to an absolute tolerance, which outliers make meaningless: check every lead again,
    # by what rounding could do to it.
    contradicted = lead @ direction < -1e-8 * (np.abs(lead) @ np.abs(direction))
    return None if contradicted.any() else direction


def _separated(table: ChoiceTable, features: list[str]) -> ChoiceError:
    what = f"feature {listed(features)}" if len(features) == 1 else f"a combination of {listed(features)}"
    return ChoiceError(f"{table.name}: perfect separation: no choice speaks against {what}, so its value would be infinite")
