"""One name, colour and marker per outcome, wherever it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

from basin.labels import OUTCOMES


class Look(NamedTuple):
    """How an outcome is drawn; `ink` is what reads on its colour, `sign` the marker as a character of text."""

    name: str
    colour: str
    ink: str
    marker: str
    sign: str


# Colours of Okabe and Ito (2008), told apart with any colour vision, and greys; the markers say the same again.
LOOKS: dict[str, Look] = {
    "aligned": Look("aligned", "#0072B2", "white", "circle", "●"),
    "allied": Look("allied", "#009E73", "black", "diamond", "◆"),
    "captured": Look("captured", "#D55E00", "black", "square", "■"),
    "misled": Look("misled", "#E69F00", "black", "triangle-up", "▲"),
    "locked_in": Look("locked in", "#1A1A1A", "white", "x", "✖"),
    "undecided": Look("undecided", "#A9B1B9", "black", "circle-open", "○"),
}
assert LOOKS.keys() == OUTCOMES.keys()

# For the outcomes of textbook systems, one after the other.
_OTHERS = (
    ("#0072B2", "white", "circle", "●"),
    ("#E69F00", "black", "triangle-up", "▲"),
    ("#009E73", "black", "diamond", "◆"),
    ("#D55E00", "black", "square", "■"),
    ("#CC79A7", "black", "star", "★"),
    ("#56B4E9", "black", "pentagon", "⬟"),
)


def looks(words: Sequence[str]) -> dict[str, Look]:
    """How these outcomes are drawn: those of a scenario as always, a textbook system's in the order in which they come."""
    if all(word in LOOKS for word in words):
        return {word: LOOKS[word] for word in words}
    others = cycle(_OTHERS)
    unknown = {"unresolved", "undecided"}
    return {
        word: Look(word.replace("_", " "), *(LOOKS["undecided"][1:] if word in unknown else next(others))) for word in words
    }


def ends(word: str) -> str:
    """What follows `runs end`: aligned, or in root 1."""
    return LOOKS[word].name if word in LOOKS else f"in {word.replace('_', ' ')}"
