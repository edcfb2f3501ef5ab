"""What is verified: every known answer, with its source.

A result counts when something that no one here wrote says the same. Every row measures, in the engine or by playing the
game out, a number that a closed form or a publication states:

    >>> from basin.checks import catalogue, run
    >>> rows = catalogue()                              # name, description, parameters, source, long
    >>> [result] = run(["best-of"], {"candidates": 8})  # one row at other values of the same formula
    >>> result.passed
    True

Without names it is every fast row. A row passes within 3.5 standard errors, or where no chance enters within its tolerance.
"""

from basin.checks.registry import CheckResult, catalogue, run
from basin.checks.row import CheckError, Parameter, Row

__all__ = ["CheckError", "CheckResult", "Parameter", "Row", "catalogue", "run"]
