"""The page's address: every widget is in it, so that a link is a result, and a bad link is explained."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import streamlit as st
import widgets

import basin
from basin.scenario import objections

LONGEST = 20_000  # characters; the longest link of ours has a few thousand
SHOWN = 5  # complaints; a link with more is no link of ours
ELSEWHERE: dict[str, Sequence[str]] = {}  # what pages keep in the address beside assumptions, filled by main.py


@contextmanager
def in_address(key: str, options: Sequence[str]) -> Iterator[None]:
    """Keep the choice of the widget within in the address by its name; Streamlit's own binding would write its label."""
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else options[0]
    yield
    _write(key, st.session_state[key], options[0])


@contextmanager
def many_in_address(key: str, options: Sequence[str]) -> Iterator[None]:
    """The same where any number of options may be chosen."""
    if key not in st.session_state:
        st.session_state[key] = [name for name in st.query_params.get(key, "").split(",") if name in options]
    yield
    _write(key, ",".join(st.session_state[key]), "")


def _write(key: str, value: str, default: str) -> None:
    if value != default:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def complaints(query: Mapping[str, str], names: Sequence[str], entries_of: Any) -> list[str]:
    """What is wrong with an address, in one line each. What is wrong is left out; the rest counts.

    names: the scenarios there are. entries_of: gives a scenario's assumptions by their paths.
    """
    if sum(len(key) + len(value) for key, value in query.items()) > LONGEST:
        return ["This link is too long to be one of ours. What could be read of it counts."]
    found = list(_complaints(query, names, entries_of))
    more = len(found) - SHOWN
    return found if more <= 0 else [*found[:SHOWN], f"{more} more parts of this link say nothing here."]


def _complaints(query: Mapping[str, str], names: Sequence[str], entries_of: Any) -> Iterator[str]:
    chosen = query.get("scenario", names[0])
    if chosen not in names:
        hint = " Scenarios of your own are not kept: open its file again." if chosen == "yours" else meant(chosen, names) + "."
        yield f"This link asks for the scenario {quoted(chosen)}, which is not here{hint}"
        chosen = names[0]
    base = basin.load(chosen)
    entries = entries_of(base)
    for side in "xy":
        path = query.get(side)
        if path is not None and (path not in entries or hasattr(entries[path], "options")):
            yield f"This link asks for the axis {quoted(path)}, no number of this scenario{meant(path, entries)}."
    for name in filter(None, query.get("objections", "").split(",")):
        if name not in objections():
            yield f"This link asks for the objection {quoted(name)}, which is not here{meant(name, objections())}."
    ours = {"scenario", "x", "y", "seed", "objections", *(key for keys in ELSEWHERE.values() for key in keys)}
    for key, text in query.items():
        if key in entries:
            yield from _wrong(key, text, entries[key])
        elif key in ("start_x", "start_y", "seed"):
            if not _within(text, -math.inf, math.inf):
                yield f"This link sets {key} to {quoted(text)}, which is not a number."
        elif key not in ours:
            yield f"This link sets {quoted(key)}, which is no assumption of this scenario{meant(key, entries)}."


def _wrong(key: str, text: str, entry: Any) -> Iterator[str]:
    if hasattr(entry, "options"):
        if text not in entry.options:
            yield f"This link sets {key} to {quoted(text)}; it takes {', '.join(entry.options)}."
        return
    lo, hi = widgets.limits(entry)
    if not _within(text, lo, hi):
        yield f"This link sets {key} to {quoted(text)}; it takes a number from {lo:g} to {hi:g} here."


def _within(text: str, lo: float, hi: float) -> bool:
    try:
        return lo <= float(text) <= hi
    except ValueError:
        return False


def meant(name: str, options: Iterable[str]) -> str:
    close = get_close_matches(name[:60], options, 1)
    return f"; perhaps {close[0]} was meant" if close else ""


def quoted(text: str) -> str:
    """A text of a stranger's, as code, so that nothing in it is drawn or loaded."""
    text = " ".join(text[:61].replace("`", "'").split())
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"
