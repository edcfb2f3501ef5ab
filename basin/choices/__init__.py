"""Real choices: who was offered what, what they took, and the values that make these choices most probable.

A table has one row per option on offer, with the columns `choice_id`, `option`, `chosen` (0 or 1), optionally `person`;
every other column is a numeric feature.

    >>> from basin.choices import maximum_likelihood, read, standardise
    >>> table = read("travel-mode")            # a bundled name, or a path to a CSV or Parquet file
    >>> estimate = maximum_likelihood(table)   # McFadden's conditional logit, in the file's units
    >>> round(estimate.log_likelihood, 2)
    -199.13
    >>> standard = standardise(table)          # θ, a unit vector, and the rationality β, for a learner

Bundled: `travel-mode`, the choices of 210 Australian travellers among air, train, bus and car, collected by D. Hensher
and analysed by W. H. Greene ("Econometric Analysis", data table F18-2); in the public domain according to statsmodels,
whose dataset `modechoice` it comes from. Features: constants for air, train and bus; generalised cost `gc` in dollars;
waiting time at the terminal `ttme` in minutes; household income in $1000 for the option air, `hinc_air`.
"""

from basin.choices.errors import ChoiceError
from basin.choices.likelihood import Estimate, maximum_likelihood
from basin.choices.standard import Standardised, standardise
from basin.choices.table import ChoiceTable, names, read

__all__ = [
    "ChoiceError",
    "ChoiceTable",
    "Estimate",
    "Standardised",
    "maximum_likelihood",
    "names",
    "read",
    "standardise",
]
