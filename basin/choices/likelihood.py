"""Maximum-likelihood values of recorded choices: McFadden's conditional logit.

Option j of a choice is taken with probability π_j ∝ exp(w · x_j) (McFadden 1974, "Conditional logit analysis of
qualitative choice behavior"). The log-likelihood is concave in w, with a unique maximum unless some combination of
features is never smaller for the option taken than for another.

Why SciPy's trust region with an exact gradient and Hessian, and not statsmodels' ConditionalLogit: the latter loops
over choices in Python, differentiates its gradient numerically, and overflows for features in large units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basin.choices.errors import ChoiceError
from basin.choices.features import whiten
from basin.choices.separation import refuse_separation
from basin.choices.table import ChoiceTable

PRECISION = 1e-10  # of the last Newton step, in standard errors and relative to the largest lead in utility
STEPS = 50
SINGULAR = 1e-13  # an eigenvalue of the information, as a correlation matrix, that may be mere rounding


@dataclass(frozen=True, eq=False)
class Estimate:
    """Maximum-likelihood values of F features, in the units and the column order of the file."""

    values: NDArray[np.float64]
    """(F,) w: utility per unit of the feature; one more unit of utility multiplies an option's odds by e."""
    standard_errors: NDArray[np.float64]
    """(F,) square roots of the covariance's diagonal."""
    log_likelihood: float
    """ln of the probability of all recorded choices together."""
    covariance: NDArray[np.float64]
    """(F, F) inverse of the observed information."""


def maximum_likelihood(table: ChoiceTable) -> Estimate:
    """Fit the values that make the recorded choices most probable.

    Raises ChoiceError if the maximum does not exist (perfect separation) or cannot be computed.
    """
    lead, to_file = whiten(table)
    fit = _Fit(lead, table.offsets)
    found = fit.maximum()
    if found is None:
        refuse_separation(table)
        raise ChoiceError(f"{table.name}: the likelihood has no clear maximum: look for outliers among the features")
    values, covariance = found
    covariance = to_file @ covariance @ to_file.T
    return Estimate(
        values=to_file @ values,
        standard_errors=np.sqrt(np.diag(covariance)),
        log_likelihood=-table.choices * fit.surprise(values)[0],
        covariance=covariance,
    )


class _Fit:
    """The mean surprise of a choice, −ln π(taken) = ln(1 + Σ exp(−w · lead)) over the options rejected.

    Only rejected options have rows. Where choices are almost certain, all that is summed is small: nothing cancels.
    """

    def __init__(self, lead: NDArray[np.float64], offsets: NDArray[np.int64]) -> None:
        self.lead = lead
        self.starts = offsets[:-1] - np.arange(len(offsets) - 1)
        self.sizes = np.diff(offsets) - 1

    def _rejected(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The probabilities (n,) of the options rejected, and the surprise (C,) of each choice."""
        utility = -(self.lead @ values)  # relative to the option taken
        best = np.maximum(np.maximum.reduceat(utility, self.starts), 0.0)
        weight = np.exp(utility - np.repeat(best, self.sizes))  # at most 1: never overflows
        total = np.add.reduceat(weight, self.starts)
        surprise = best + np.log1p(total + np.expm1(-best))
        return weight / np.repeat(total + np.exp(-best), self.sizes), surprise

    def surprise(self, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The mean surprise and its gradient (F,)."""
        probability, surprise = self._rejected(values)
        return float(surprise.mean()), -(probability @ self.lead) / len(self.sizes)

    def information(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its Hessian (F, F): the mean covariance of the features of the option taken."""
        probability, _ = self._rejected(values)
        weighted = probability[:, None] * self.lead
        expected = np.add.reduceat(weighted, self.starts, axis=0)
        hessian: NDArray[np.float64] = (self.lead.T @ weighted - expected.T @ expected) / len(self.sizes)
        return hessian

    def maximum(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """The most probable values (F,) and their covariance (F, F), or None if Newton's method does not settle."""
        from scipy.optimize import minimize

        values: NDArray[np.float64] = minimize(
            self.surprise,
            np.zeros(self.lead.shape[1]),
            jac=True,
            hess=self.information,
            method="trust-exact",
            options={"gtol": 1e-7, "max_trust_radius": 1e4},
        ).x
        # The search compares surprises and so knows the values only to √ε. Newton steps need but the gradient: near a
        # maximum they vanish at once; where there is none, every one of them moves some lead by about 1, for ever.
        for _ in range(STEPS):
            covariance = self._covariance(values)
            if covariance is None:
                return None
            gradient = self.surprise(values)[1]
            step = covariance @ gradient
            values = values - step
            moved = np.abs(self.lead @ step).max() / max(1.0, np.abs(self.lead @ values).max())
            errors = np.sqrt(len(self.sizes) * abs(step @ gradient))  # the step's length in standard errors
            if moved < PRECISION and errors < PRECISION:
                return values, covariance / len(self.sizes)
        return None

    def _covariance(self, values: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """The inverse information (F, F), or None where rounding hides some direction of it."""
        information = self.information(values)
        size = np.sqrt(np.maximum(np.diag(information), 0.0))
        if not (np.isfinite(information).all() and size.all()):
            return None
        correlation = information / np.outer(size, size)
        if np.linalg.eigvalsh(correlation)[0] < SINGULAR:
            return None
        inverse: NDArray[np.float64] = np.linalg.inv(correlation) / np.outer(size, size)
        return inverse
