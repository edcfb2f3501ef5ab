"""Personas as named starts, and the cloud of starts around each. All numbers here are this project's modelling choices."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.corpus.mix import CorpusError

Numbers = NDArray[np.float64]

ALIGNED, MISALIGNED = "aligned", "misaligned"
SPREAD = 0.5  # half a unit of log odds: two thirds of those around a care of .8 lie within .71 and .87
MOST_SPREAD = 10.0


@dataclass(frozen=True)
class Persona:
    """A named start. care: p₀. overlap: cos(v₁, θ) of its first own motive. knowledge: cos(m₀, θ); None: the scenario's."""

    name: str
    care: float
    overlap: float
    knowledge: float | None = None

    def with_(self, **changes: float) -> Persona:
        """Raises CorpusError for a field that there is not, or a value out of its bounds."""
        bounds = {"care": (0, 1), "overlap": (-1, 1), "knowledge": (-1, 1)}
        for name, value in changes.items():
            if name not in bounds:
                known = ", ".join(field.name for field in fields(self) if field.name != "name")
                raise CorpusError(f"{self.name}.{name}: a persona has {known}")
            lo, hi = bounds[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not lo <= value <= hi:
                raise CorpusError(f"{self.name}.{name} = {value}: must be a number from {lo} to {hi}")
        changed: dict[str, Any] = {name: float(value) for name, value in changes.items()}
        return replace(self, **changed)


# Both have read the same text, so both know what people value as well as the scenario says: what differs is what they want.
# The aligned one mostly cares, as `value-learner` does, and its own interest goes half along with what people value. The
# misaligned one hardly cares, and its interest leans against them. Chosen before any result was seen.
PERSONAS = {
    ALIGNED: Persona(ALIGNED, care=0.8, overlap=0.5),
    MISALIGNED: Persona(MISALIGNED, care=0.1, overlap=-0.3),
}


def cloud(persona: Persona, knowledge: float, uniforms: Numbers, spread: float = SPREAD) -> Numbers:
    """(n, 3) starts around a persona, (care, overlap, knowledge), from uniform numbers (n, 3).

    Normal with standard deviation `spread` on the scales on which forces on shares add up and on which cosines have no
    bounds: care in log odds, cosines as atanh (half the log odds of (1 + cos)/2). The same for every persona, and independent:
    a corpus moves weight between the clouds and not the clouds. What is certain (0, 1 or −1) stays so.
    """
    from scipy.special import expit, logit, ndtri

    if isinstance(spread, bool) or not isinstance(spread, int | float) or not 0 <= spread <= MOST_SPREAD:
        raise CorpusError(f"spread = {spread}: must be a number from 0 to {MOST_SPREAD:g}")
    known = persona.knowledge if persona.knowledge is not None else knowledge
    away = spread * ndtri(np.clip(uniforms, 1e-300, 1 - 2**-53))
    with np.errstate(divide="ignore"):
        middle = np.array([logit(persona.care), np.arctanh(persona.overlap), np.arctanh(known)])
    moved = middle + away
    return np.column_stack([expit(moved[:, 0]), np.tanh(moved[:, 1]), np.tanh(moved[:, 2])])
