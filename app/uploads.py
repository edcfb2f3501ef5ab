"""What readers bring: a scenario of their own, a table of choices. Limited in size, checked, forgotten with the session."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import library
import streamlit as st
import widgets

import basin
from basin.scenario import loads

YOURS = "yours"  # what the reader's own scenario is called in the address
SCENARIO_LIMIT, TABLE_LIMIT = 100, 2000  # kB
FILES = ("requirements.graph", "evidence.choices_table", "population.graph")  # paths that may name a file


class UploadError(ValueError):
    """What was brought cannot be used; one line says why."""


def offer() -> None:
    """Draw where a reader may hand over files."""
    with st.expander("Your own scenario or choices"):
        st.file_uploader(
            "A scenario file (TOML)", "toml", key="scenario_file", on_change=_take_scenario,
            max_upload_size=1, help=f"As under “Reproduce”, changed as you like; up to {SCENARIO_LIMIT} kB.",
        )  # fmt: skip
        st.file_uploader(
            "A table of choices (CSV)", "csv", key="choices_file", on_change=_take_choices, max_upload_size=2,
            help=f"One row per option: choice_id, option, chosen, and numeric features; up to {TABLE_LIMIT} kB.",
        )  # fmt: skip
        if st.session_state.get("upload_error"):
            st.warning(st.session_state["upload_error"])
        st.caption("Files are checked, never run, and forgotten when you leave. Links cannot hold them.")


def scenario() -> basin.Scenario | None:
    """The reader's own scenario, if there is one."""
    return st.session_state.get("own_scenario")


def named(text: str) -> str:
    """A text with the reader's table as the reader calls it, and not as it is kept here."""
    folder = st.session_state.get("folder")
    return text.replace(folder.name + "/", "") if folder is not None else text


def check(scenario: basin.Scenario) -> None:
    """Raises UploadError where computing this scenario is more than one copy of the app does for everyone."""
    bundled = library.scenarios().get(scenario.name)
    for path, most in widgets.MOST.items():
        value = scenario.get(path)
        if value > max(most, bundled.get(path) if bundled is not None else 0):
            raise UploadError(f"{path} = {value}: at most {most} here; the command line takes more")


def _take_scenario() -> None:
    _take("scenario_file", SCENARIO_LIMIT, _read_scenario)


def _take_choices() -> None:
    _take("choices_file", TABLE_LIMIT, _read_choices)


def _take(key: str, limit: int, read: Any) -> None:
    """A callback: what was handed over becomes the scenario, or a line says why it does not."""
    file = st.session_state.get(key)
    st.session_state["upload_error"] = ""
    if file is None:
        return
    try:
        if file.size > 1000 * limit:
            raise UploadError(f"{file.name}: {file.size // 1000} kB; at most {limit} kB are read here")
        own = read(file.getvalue())
        check(own)
    except ValueError as error:
        st.session_state["upload_error"] = f"This file cannot be used. {error}"
        return
    import sidebar  # which draws this module's offer

    st.session_state["own_scenario"] = own
    sidebar.opened(YOURS)


def _read_scenario(content: bytes) -> basin.Scenario:
    try:
        own = loads(content.decode())
    except UnicodeDecodeError:
        raise UploadError("it is no text in UTF-8") from None
    named = [path for path in FILES if any(sign in str(own.get(path)) for sign in "./\\")]
    named += [f"population.mix: {one.scenario}" for one in own.population.mix if one.scenario not in basin.names()]
    if named:
        raise UploadError(f"{named[0]} names a file, and files of this machine are not read for a reader's scenario")
    return own


def _read_choices(content: bytes) -> basin.Scenario:
    """The scenario of travellers' choices with the reader's table instead, which is checked as it is read."""
    folder = st.session_state.setdefault("folder", tempfile.TemporaryDirectory(prefix="basin-"))
    table = Path(folder.name) / "choices.csv"
    table.write_bytes(content)
    try:
        own = basin.load("travel-choices").with_({"evidence.choices_table": str(table), "name": YOURS})
        basin.learn(str(table))
    except ValueError as error:
        raise UploadError(str(error).replace(str(table), "the table")) from None
    return own.with_({"title": "Learning from your table of choices", "source": "a table of yours"})
