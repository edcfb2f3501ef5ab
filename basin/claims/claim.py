"""A claim: what is stated, by whom, what would refute it, and the parts of an experiment that say whether it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from basin.analysis import Mean

if TYPE_CHECKING:
    from basin.claims.study import Study

LEAST = 0.05  # the least difference of shares that counts as one: smaller ones are "no difference"

Decision = Literal["holds", "fails", "open"]


class ClaimError(ValueError):
    """A claim that there is not; one line."""


@dataclass(frozen=True)
class Part:
    """One number that a claim stands or falls with.

    value: the estimate with its 95% interval. wants: on which side of `bound` the claim needs it.
    """

    words: str
    value: Mean
    wants: Literal["above", "below"]
    bound: float
    units: str = "probability"

    @property
    def decision(self) -> Decision:
        """holds: the whole interval is where the claim needs it. fails: none of it is. open: the bound lies inside."""
        side = 1.0 if self.wants == "above" else -1.0
        least, most = sorted((side * (self.value.low - self.bound), side * (self.value.high - self.bound)))
        return "holds" if least > 0 else "fails" if most <= 0 else "open"


@dataclass(frozen=True)
class Claim:
    """One claim. statement, source, refuted_by: in words. figure: commands that draw what it is about.

    experiment: measures the parts under one setting of the model; the claim holds there if all of them do. seen: where
    that is not all there is to say, what the runs showed and why; the only words here that were written after them.
    """

    name: str
    statement: str
    source: str
    refuted_by: str
    experiment: Callable[[Study], Sequence[Part]]
    figure: tuple[str, ...]
    seen: str = ""


def decided(parts: Sequence[Part]) -> Decision:
    """One part that fails refutes; all parts have to hold."""
    decisions = [part.decision for part in parts]
    if "fails" in decisions:
        return "fails"
    return "open" if "open" in decisions else "holds"
