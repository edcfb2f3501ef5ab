"""Assumptions as widgets: a scenario's numeric paths to widgets and back, every one of them in the page's address."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import streamlit as st

import basin

FIRST = 6  # sliders in view; the rest stands behind "All assumptions"
# What people ask about first, in this order; the axes of the map are passed over, and what a scenario does not have.
ASKED = (
    "belief.knowledge", "belief.spread", "evidence.choices", "evidence.comparisons", "oversight.audit", "humans.bias",
    "reflection.strength", "training.strength", "oversight.manipulation", "motives.care",
)  # fmt: skip
OTHERS = ("scenario", "x", "y", "start_x", "start_y", "show", "seed")  # what an address holds beside paths
BOUND: dict[str, Any] = {"bind": "query-params"}

Axis = tuple[Any, ...]  # (path, lo, hi) or (path, lo, hi, "log"), as `basin.map` takes it


def number(value: Any) -> bool:
    """Whether a path holds a number just now, and not a word or nothing."""
    return isinstance(value, int | float)


def span(entry: Any) -> tuple[Any, Any]:
    """The stretch of a path's range that a slider or an axis covers: all of it if short, else four times its value."""
    if entry.hi - entry.lo <= 2:
        return entry.lo, entry.hi
    far = 4 * entry.value if number(entry.value) and entry.value > 0 else 1
    return max(entry.lo, 0), min(entry.hi, far)


def name(entry: Any) -> str:
    """What a path is called on a widget: `Oversight audit`, `Self interest overlap`."""
    return entry.path.removeprefix("motives.").replace(".", " ").replace("_", " ").capitalize()


def in_view(scenario: basin.Scenario, axes: Sequence[str]) -> list[Any]:
    """The paths that get a slider."""
    entries = {entry.path: entry for entry in scenario.numeric_paths() if number(entry.value)}
    if not scenario.get("evidence.choices_table"):
        del entries["evidence.choices"]  # there is none to draw from
    return [entries[path] for path in ASKED if path in entries and path not in axes][:FIRST]


def slider(entry: Any) -> Any:
    lo, hi = span(entry)
    whole = entry.kind == "int"
    step = 1 if whole else 10.0 ** math.floor(math.log10((hi - lo) / 20))
    cast = int if whole else float
    return st.slider(
        f"{name(entry)} ({entry.unit})", cast(lo), cast(hi), cast(entry.value), step, "%d" if whole else "%g",
        key=entry.path, help=entry.description, **BOUND,
    )  # fmt: skip


def typed(entry: Any) -> Any:
    """A number to type. Left empty, the path keeps the word or the nothing that stands in the number's place."""
    whole = entry.kind == "int"
    cast = int if whole else float
    value = cast(entry.value) if number(entry.value) else None
    given = st.number_input(
        f"{entry.path} ({entry.unit})", cast(entry.lo), cast(entry.hi), value, cast(1 if whole else 0.01),
        "%d" if whole else "%g", key=entry.path, help=entry.description, placeholder=str(entry.value or "not set"), **BOUND,
    )  # fmt: skip
    return entry.value if given is None else given


def assumptions(base: basin.Scenario, axes: Sequence[str]) -> dict[str, Any]:
    """Draw all widgets; the paths whose values are not the scenario's own."""
    shown = in_view(base, axes)
    values = {entry.path: (entry, slider(entry)) for entry in shown}
    with st.expander("All assumptions"):
        for entry in base.numeric_paths():
            if entry.path not in values and entry.path not in axes:
                values[entry.path] = (entry, typed(entry))
    return {path: value for path, (entry, value) in values.items() if value != entry.value}


def axis(base: basin.Scenario, path: str) -> Axis:
    """A path as an axis of the map: as the scenario's own map has it, or else over its span."""
    for default in basin.default_axes(base):
        if default[0] == path:
            return default
    entry = base.numeric_path(path)
    lo, hi = span(entry)
    inset = (hi - lo) / 50 if entry.kind == "float" else 0
    return (path, lo + inset * entry.lo_open, hi - inset * entry.hi_open)


def to_scenario(base: basin.Scenario) -> None:
    """Set every widget to a scenario's own values, and forget the axes and the start that were chosen."""
    for entry in base.numeric_paths():
        cast = int if entry.kind == "int" else float
        st.session_state[entry.path] = cast(entry.value) if number(entry.value) else None
    for side, default in zip("xy", basin.default_axes(base), strict=True):
        st.session_state[side] = default[0]
    st.session_state["complaints"] = []
    forget_start()


def forget_start() -> None:
    st.session_state["start_x"] = st.session_state["start_y"] = None


@contextmanager
def in_address(key: str, options: Sequence[str]) -> Iterator[None]:
    """Keep the choice of the widget within in the address by its name; Streamlit's own binding would write its label."""
    if key not in st.session_state:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else options[0]
    yield
    if st.session_state[key] != options[0]:
        st.query_params[key] = st.session_state[key]
    elif key in st.query_params:
        del st.query_params[key]


def scenarios() -> list[str]:
    """The bundled scenarios of lone agents, the one that opens first and whose values are the defaults before the others."""
    first = basin.Scenario().name
    return [first, *(name for name in basin.names() if name != first and basin.load(name).population.agents == 1)]


def complaints(query: Mapping[str, str]) -> list[str]:
    """What is wrong with an address, in one line each. What is wrong is left out; the rest counts."""
    return list(_complaints(query))


def _complaints(query: Mapping[str, str]) -> Iterator[str]:
    names = scenarios()
    chosen = query.get("scenario", names[0])
    if chosen not in names:
        yield f"This link asks for the scenario {_quoted(chosen)}, which is not here{_meant(chosen, names)}."
        chosen = names[0]
    base = basin.load(chosen)
    entries = {entry.path: entry for entry in base.numeric_paths()}
    axes = [query.get(side, default[0]) for side, default in zip("xy", basin.default_axes(base), strict=True)]
    for path in axes:
        if path not in entries:
            yield f"This link asks for the axis {_quoted(path)}, no number of this scenario{_meant(path, entries)}."
    sliders = {entry.path for entry in in_view(base, axes)}
    for key, text in query.items():
        if key in entries:
            lo, hi = span(entries[key]) if key in sliders else (entries[key].lo, entries[key].hi)
            if not _within(text, lo, hi):
                yield f"This link sets {key} to {_quoted(text)}; it takes a number from {lo:g} to {hi:g} here."
        elif key in ("start_x", "start_y", "seed"):
            if not _within(text, -math.inf, math.inf):
                yield f"This link sets {key} to {_quoted(text)}, which is not a number."
        elif key not in OTHERS:
            yield f"This link sets {_quoted(key)}, which is no assumption of this scenario{_meant(key, entries)}."


def _within(text: str, lo: float, hi: float) -> bool:
    try:
        return lo <= float(text) <= hi
    except ValueError:
        return False


def _meant(name: str, options: Iterable[str]) -> str:
    close = get_close_matches(name, options, 1)
    return f"; perhaps {close[0]} was meant" if close else ""


def _quoted(text: str) -> str:
    """A text of a stranger's, as code, so that nothing in it is drawn or loaded."""
    text = text.replace("`", "'")
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"
