"""What is assumed: the scenario, what critics say, every number, the seed. Drawn on every page, and the same on all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import address
import cards
import library
import streamlit as st
import uploads
import widgets
from widgets import Axis

import basin
from basin.scenario import objections

FIRST = 6  # widgets in view; the rest stands behind "All assumptions"


@dataclass(frozen=True)
class Chosen:
    """What a reader assumes. `scenario` is `base` with the objections and then the changes."""

    base: basin.Scenario
    objections: tuple[str, ...]
    changes: Mapping[str, Any]
    scenario: basin.Scenario
    x: Axis
    y: Axis
    seed: int

    @property
    def key(self) -> str:
        """What results are kept by: everything but the seed and the axes."""
        return self.scenario.model_dump_json()

    @property
    def crowd(self) -> bool:
        return self.scenario.population.agents > 1

    def with_(self, changes: Mapping[str, Any]) -> Chosen:
        """The same with more changes."""
        every = {**self.changes, **changes}
        return Chosen(self.base, self.objections, every, self.scenario.with_(changes), self.x, self.y, self.seed)


def draw(own: tuple[str, ...] = ()) -> Chosen | None:
    """Draw the sidebar; None, and a line that says why, where what is assumed makes no scenario.

    own: beginnings of paths that the page draws itself, and adds to what is chosen.
    """
    with st.sidebar:
        base = choose_scenario()
        raised = choose_objections(base)
        changes, x, y = assumptions(base, own)
        seed = st.number_input("Seed", 0, 2**53 - 1, 0, key="seed", help="where the random numbers start", **widgets.BOUND)
        uploads.offer()
    try:
        scenario = base.objected(*raised).with_(changes)
        uploads.check(scenario)
    except ValueError as error:  # the package's own errors: one line that says what is wrong
        st.warning(f"These assumptions make no scenario. {error}")
        return None
    return Chosen(base, raised, changes, scenario, x, y, seed)


def names() -> list[str]:
    """The scenarios: the one that opens first, the others, and the reader's own if there is one."""
    yours = [uploads.YOURS] if uploads.scenario() is not None else []
    return [*library.scenarios(), *yours]


def load(name: str) -> basin.Scenario:
    return uploads.scenario() if name == uploads.YOURS else library.scenarios()[name]


def entries_of(scenario: basin.Scenario) -> dict[str, Any]:
    """Every assumption that has a widget, by its path."""
    return {entry.path: entry for entry in (*scenario.numeric_paths(), *scenario.word_paths())}


def choose_scenario() -> basin.Scenario:
    scenarios = {name: load(name) for name in names()}
    with address.in_address("scenario", list(scenarios)):
        chosen = st.selectbox(
            "Scenario", list(scenarios), format_func=lambda name: scenarios[name].title, key="scenario", on_change=opened
        )
    st.caption(f"{scenarios[chosen].summary} *{scenarios[chosen].source}*")
    if st.button("Compare all scenarios", width="stretch"):
        cards.gallery(scenarios, opened)
    return scenarios[chosen]


def choose_objections(base: basin.Scenario) -> tuple[str, ...]:
    known = objections()
    with address.many_in_address("objections", list(known)):
        raised = st.multiselect(
            "What critics say", list(known), format_func=lambda name: known[name].title, key="objections",
            placeholder="no objection", help="Each changes what is assumed as that critic would, before your own changes.",
        )  # fmt: skip
    return tuple(raised)


def assumptions(base: basin.Scenario, own: tuple[str, ...] = ()) -> tuple[dict[str, Any], Axis, Axis]:
    """Draw the widgets of a scenario: the paths whose values are not its own, and the axes of the map."""
    entries = entries_of(base)
    across, upwards = chosen_axes(base, entries)
    usual = {
        path: entry for path, entry in entries.items()
        if path not in (across, upwards) and used(base, path) and not path.startswith(own)
    }  # fmt: skip
    first = [path for path in asked(base) if path in usual and usable(usual[path])][:FIRST]
    values = {path: widgets.widget(usual[path]) for path in first}
    with st.expander("All assumptions"):
        groups = list(dict.fromkeys(path.partition(".")[0] for path in usual))
        group = st.selectbox("Group", groups, None, format_func=str.capitalize, key="group", placeholder="choose a group")
        for path, entry in usual.items():
            if path not in first and (path.partition(".")[0] == group or changed(entry)):
                values[path] = widgets.widget(restored(entry))
        st.caption("What you change stays in view, and in the address.")
    axes = choose_axes(base, entries, (across, upwards))
    changes = {path: value for path, value in values.items() if value != entries[path].value}
    return changes, *axes


def changed(entry: Any) -> bool:
    """Whether a path has another value than the scenario's: the address says so, or a page that draws the path itself."""
    value = widgets.cast(entry, entry.value)
    return entry.path in st.query_params or st.session_state.get(entry.path, value) != value


def restored(entry: Any) -> Any:
    """The entry; its value outlives the widget that set it, since another page draws another widget for the same path."""
    if entry.path in st.session_state and entry.path not in st.query_params:
        st.session_state[entry.path] = st.session_state[entry.path]
    return entry


def asked(base: basin.Scenario) -> tuple[str, ...]:
    return (*widgets.ASKED_OF_CROWDS, *widgets.ASKED) if base.population.agents > 1 else widgets.ASKED


def used(base: basin.Scenario, path: str) -> bool:
    """Whether anything comes of a path: none does of drawing from a table of choices where there is no table."""
    return path != "evidence.choices" or bool(base.get("evidence.choices_table")) or path in st.query_params


def usable(entry: Any) -> bool:
    return widgets.number(entry.value)


def numbers(entries: Mapping[str, Any]) -> list[str]:
    return [path for path, entry in entries.items() if not hasattr(entry, "options") and widgets.number(entry.value)]


def chosen_axes(base: basin.Scenario, entries: Mapping[str, Any]) -> tuple[str, str]:
    """The paths of the map's axes, which have no widgets of their own; known before the axes are drawn."""
    paths = []
    for side, default in zip("xy", basin.default_axes(base), strict=True):
        asked = st.session_state.get(side) or st.query_params.get(side)
        paths.append(asked if asked in numbers(entries) else default[0])
    return paths[0], paths[1]


def choose_axes(base: basin.Scenario, entries: Mapping[str, Any], chosen: tuple[str, str]) -> tuple[Axis, Axis]:
    """Two numeric paths; the scenario's own unless others are chosen."""
    paths, defaults = numbers(entries), [axis[0] for axis in basin.default_axes(base)]
    with st.expander("Axes of the map"):
        for label, side, default, path in zip(("Across", "Upwards"), "xy", defaults, chosen, strict=True):
            if st.session_state.get(side) not in (None, *paths):
                st.session_state[side] = path
            st.selectbox(
                label, paths, paths.index(default), key=side, on_change=forget_start, help="any number of the scenario",
                **widgets.BOUND,
            )  # fmt: skip
    return axis(base, chosen[0]), axis(base, chosen[1])


def axis(base: basin.Scenario, path: str) -> Axis:
    """A path as an axis of the map: as the scenario's own map has it, or else over its span."""
    for default in basin.default_axes(base):
        if default[0] == path:
            return default
    entry = base.numeric_path(path)
    lo, hi = widgets.span(entry)
    inset = (hi - lo) / 50 if entry.kind == "float" else 0
    return (path, lo + inset * entry.lo_open, hi - inset * entry.hi_open)


def opened(name: str | None = None) -> None:
    """Set every widget to a scenario's own values, and forget objections, axes and the start that were chosen."""
    if name is not None:
        st.session_state["scenario"] = name
    base = load(st.session_state["scenario"])
    for path, entry in entries_of(base).items():
        if path in st.session_state:
            st.session_state[path] = widgets.cast(entry, entry.value)
    for side, default in zip("xy", basin.default_axes(base), strict=True):
        st.session_state[side] = default[0]
    st.session_state["objections"], st.session_state["complaints"] = [], []
    forget_start()


def forget_start() -> None:
    """Put the start that is followed back to the scenario's own."""
    base = load(st.session_state["scenario"])
    for side, path in zip("xy", chosen_axes(base, entries_of(base)), strict=True):
        st.session_state[f"start_{side}"] = float(base.get(path))


def read_link() -> None:
    """Find what is wrong with the link that was followed, before the widgets put it right."""
    if "complaints" not in st.session_state:
        st.session_state["complaints"] = address.complaints(st.query_params, names(), entries_of)


def complain() -> None:
    """Say what was wrong with the link, until another scenario is opened."""
    for complaint in st.session_state["complaints"]:
        st.warning(complaint)


def python(chosen: Chosen, extra: Mapping[str, Any] | None = None) -> Sequence[str]:
    """The lines of Python that make the scenario."""
    bundled = library.scenarios().get(chosen.base.name) == chosen.base  # a reader's own may bear the same name
    name = chosen.base.name if bundled else f"{chosen.base.name}.toml"
    raised = f".objected({', '.join(map(repr, chosen.objections))})" if chosen.objections else ""
    changes = {**chosen.changes, **(extra or {})}
    return ["import basin", "", f"scenario = basin.load({name!r}){raised}" + (f".with_({changes!r})" if changes else "")]
