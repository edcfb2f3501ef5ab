"""One widget per assumption, made from what the scenario says of it: range, unit, meaning. All are kept in the address."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

BOUND: dict[str, Any] = {"bind": "query-params"}

# Those that people ask about first, in this order. A slider each; everything else is typed.
ASKED = (
    "belief.knowledge", "belief.spread", "evidence.choices", "evidence.comparisons", "oversight.audit", "humans.bias",
    "reflection.strength", "training.strength", "oversight.manipulation", "motives.care",
)  # fmt: skip
ASKED_OF_CROWDS = (
    "population.testimony", "population.trust_bound", "population.imitation", "population.peer_audit",
    "population.misled", "population.degree",
)  # fmt: skip
SLIDERS = {*ASKED, *ASKED_OF_CROWDS}
EVEN = {"population.degree"}  # on rings and graphs made from them, half of it is on either side

# What one copy of the app computes for everyone; scripts and the command line have no such limits.
MOST = {
    "outcome.horizon": 5000, "outcome.dwell": 5000, "planning.candidates": 4096, "evidence.demonstration_options": 16,
    "population.agents": 400, "population.degree": 400, "population.misled": 400, "population.humans": 400,
    "population.blocks": 400, "values.people": 200,
}  # fmt: skip

Axis = tuple[Any, ...]  # (path, lo, hi) or (path, lo, hi, "log"), as `basin.map` takes it


def number(value: Any) -> bool:
    """Whether a path holds a number just now, and not a word or nothing."""
    return isinstance(value, int | float)


def most(entry: Any) -> float:
    """The largest value that is taken here."""
    return max(min(entry.hi, MOST.get(entry.path, entry.hi)), entry.value if number(entry.value) else -math.inf)


def span(entry: Any) -> tuple[Any, Any]:
    """The stretch of a path's range that a slider or an axis covers: all of it if short, else four times its value, or 20
    of what is counted and is none."""
    if entry.hi - entry.lo <= 2:
        return entry.lo, entry.hi
    none = 20 if entry.kind == "int" else 1
    far = 4 * entry.value if number(entry.value) and entry.value > 0 else none
    return max(entry.lo, 2 if entry.path in EVEN else 0), min(most(entry), far)


def limits(entry: Any) -> tuple[Any, Any]:
    """Between which values a widget takes a path."""
    return span(entry) if entry.path in SLIDERS and number(entry.value) else (entry.lo, most(entry))


def name(entry: Any) -> str:
    """What a path is called on a widget: `Oversight audit`, `Self interest overlap`."""
    return entry.path.removeprefix("motives.").replace(".", " ").replace("_", " ").capitalize()


def widget(entry: Any, label: str = "") -> Any:
    """Draw the widget of a path, numeric or of words; the value that it has. label: what it is called, instead of its path."""
    if hasattr(entry, "options"):
        return word(entry, label)
    return (slider if entry.path in SLIDERS and number(entry.value) else typed)(entry, label)


def slider(entry: Any, label: str = "") -> Any:
    lo, hi = span(entry)
    whole = entry.kind == "int"
    step = 2 if entry.path in EVEN and entry.value % 2 == 0 else 1 if whole else 10.0 ** math.floor(math.log10((hi - lo) / 20))
    cast = int if whole else float
    return st.slider(
        label or f"{name(entry)} ({entry.unit})", cast(lo), cast(hi), cast(entry.value), step, "%d" if whole else "%g",
        key=entry.path, help=entry.description, **BOUND,
    )  # fmt: skip


def typed(entry: Any, label: str = "") -> Any:
    """A number to type. Left empty, the path keeps the word or the nothing that stands in the number's place."""
    whole = entry.kind == "int"
    cast = int if whole else float
    value = cast(entry.value) if number(entry.value) else None
    given = st.number_input(
        label or f"{name(entry)} ({entry.unit})", cast(entry.lo), cast(most(entry)), value, cast(1 if whole else 0.01),
        "%d" if whole else "%g", key=entry.path, help=meaning(entry), placeholder=str(entry.value or "not set"), **BOUND,
    )  # fmt: skip
    return entry.value if given is None else given


def word(entry: Any, label: str = "") -> str:
    """One of some words. What a file's name may stand for is not read from a link, so only the words are offered."""
    options = [*entry.options] if entry.value in entry.options else [entry.value, *entry.options]
    return st.selectbox(
        label or name(entry), options, options.index(entry.value), key=entry.path, help=meaning(entry), **BOUND
    )


def meaning(entry: Any) -> str:
    return f"`{entry.path}`: {entry.description}"


def cast(entry: Any, value: Any) -> Any:
    """A value as the widget of its path keeps it."""
    if hasattr(entry, "options"):
        return value
    return (int(value) if entry.kind == "int" else float(value)) if number(value) else None
