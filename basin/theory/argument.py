"""How much of an argument is known and followed: α(c) = [all facts are known] · (1 − fragility·(1 − c))ⁿ."""

from __future__ import annotations

from numpy.typing import ArrayLike

from basin.theory.inputs import Values, broadcast, real


def followed(capability: ArrayLike, fragility: ArrayLike, steps: ArrayLike) -> Values:
    """(1 − fragility·(1 − c))ⁿ, the part of an argument of n steps that is followed: each step fails with its own chance.

    Errors: capability or fragility outside [0, 1], steps negative.
    """
    capability, fragility, steps = broadcast(
        capability=real("capability", capability, 0, 1),
        fragility=real("fragility", fragility, 0, 1),
        steps=real("steps", steps, 0),
    )
    return (1 - fragility * (1 - capability)) ** steps


def all_known(information: ArrayLike, total: ArrayLike, last: ArrayLike) -> Values:
    """P(all facts are known) with I bits, where facts take `total` bits, acquired one after the other, the last one `last`.

    Bits go to one fact after the other, so all but the last are known before it lacks none: clip((I − (total − last))/last,
    0, 1). Errors: information or total negative, last not positive.
    """
    information, total, last = broadcast(
        information=real("information", information, 0), total=real("total", total, 0), last=real("last", last, 0, above=True)
    )
    return ((information - (total - last)) / last).clip(0, 1)
