"""What follows: the essays' claims and their critics', each stated with what would refute it before it was run.

    >>> [finding] = basin.claims.judge(["waiting"], quick=True)
    >>> print(finding.claim.statement)
    Waiting does not rescue an overconfident agent that learns only by asking.
    >>> finding.verdict, finding.depends_on
    ('depends', ('resist_cost = 0: holds',))

One file per claim. A claim that fails stays, and its parts say why.
"""

from basin.claims.claim import Claim, ClaimError, Part
from basin.claims.registry import CLAIMS, MORE_RUNS, Finding, collected, judge
from basin.claims.study import SETTINGS, Setting

__all__ = ["CLAIMS", "MORE_RUNS", "SETTINGS", "Claim", "ClaimError", "Finding", "Part", "Setting", "collected", "judge"]
