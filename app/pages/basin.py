"""The basin: a scenario's map, and what happens to the runs from one of its points."""

from __future__ import annotations

from typing import Any

import picture
import results
import streamlit as st
import view

import basin

TALL = 760  # px, of trajectories
SHOWN = {"outcome": "How runs end", "aligned": "How likely they end aligned"}
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False}


def main() -> None:
    st.title("From which starting points does it end fully aligned?", anchor=False)
    results.warm()
    if "complaints" not in st.session_state:
        st.session_state["complaints"] = view.complaints(st.query_params)
    for complaint in st.session_state["complaints"]:
        st.warning(complaint)
    with st.sidebar:
        base = choose_scenario()
        x, y = choose_axes(base)
        changes = view.assumptions(base, (x[0], y[0]))
        seed = st.number_input("Seed", 0, 2**53 - 1, 0, key="seed", help="where the random numbers start", **view.BOUND)
    st.markdown(f"**{base.title}.** {base.summary}")
    try:
        scenario = base.with_(changes)
        show_map(scenario, base, changes, x, y, seed)
    except ValueError as error:  # the package's own errors: one line that says what is wrong
        st.warning(f"These assumptions make no map. {error}")


def choose_scenario() -> Any:
    scenarios = {name: basin.load(name) for name in view.scenarios()}
    with view.in_address("scenario", list(scenarios)):
        chosen = st.selectbox(
            "Scenario", list(scenarios), format_func=lambda name: scenarios[name].title, key="scenario",
            on_change=lambda: view.to_scenario(scenarios[st.session_state["scenario"]]),
        )  # fmt: skip
    st.caption(f"{scenarios[chosen].summary} *{scenarios[chosen].source}*")
    return scenarios[chosen]


def choose_axes(base: Any) -> tuple[view.Axis, view.Axis]:
    """Two numeric paths; the scenario's own unless others are chosen."""
    entries = {entry.path: entry for entry in base.numeric_paths() if view.number(entry.value)}
    defaults = [axis[0] for axis in basin.default_axes(base)]
    with st.expander("Axes of the map"):
        across, upwards = (
            st.selectbox(
                label, list(entries), list(entries).index(default), key=key, on_change=view.forget_start,
                help="any number of the scenario", **view.BOUND,
            )
            for label, key, default in zip(("Across", "Upwards"), "xy", defaults, strict=True)
        )  # fmt: skip
    return view.axis(base, across), view.axis(base, upwards)


def show_map(scenario: Any, base: Any, changes: dict[str, Any], x: view.Axis, y: view.Axis, seed: int) -> None:
    above = st.container()
    left, right = st.columns(2, gap="medium")
    with right:
        start = choose_start(scenario, x, y)
    with left:
        with view.in_address("show", list(SHOWN)):
            show = st.segmented_control("The map shows", list(SHOWN), format_func=SHOWN.get, required=True, key="show")
        working = st.empty()
        headline = place = None  # until there is something new to show, what was shown before stays
        for field, last in results.maps(scenario, x, y, seed, working):
            headline, place = headline or above.empty(), place or st.empty()
            headline.container().markdown(picture.headline(field))
            figure = basin.figures.map(field, show)
            drawn = picture.of_map(figure, start)
            if not last:
                place.plotly_chart(drawn, theme=None, config=CONFIG)
        place.plotly_chart(
            picture.clickable(drawn, field), theme=None, config=CONFIG, key="map", alt=figure.layout.meta["alt"],
            on_select=take_start, selection_mode="points",
        )  # fmt: skip
        st.caption(f"Try this: among the assumptions (» where they are hidden), {picture.prompt(base)}")
        reproduce(base, changes, field, figure)
    with right:
        if start is None:
            st.info("Click near the edge of the basin, and see what runs from there come to believe, want and do.")
            return
        at = {x[0]: start[0], y[0]: start[1]}
        path = results.path(scenario.with_(at), seed, st.empty())
        figure = basin.figures.trajectory(path)
        st.markdown(f"**{figure.layout.meta['title']}**")
        drawn = basin.figures.bare(figure).update_layout(height=TALL)
        st.plotly_chart(drawn, theme=None, config=CONFIG, key="trajectory", alt=figure.layout.meta["alt"])
        reproduce(base, changes | at, path, figure)


def choose_start(scenario: Any, x: view.Axis, y: view.Axis) -> tuple[float, float] | None:
    """The start whose runs are followed: typed here, or clicked on the map, which writes it here."""
    st.markdown("**Follow the runs from one start:** click the map, or type it.")
    values = []
    for column, side, axis in zip(st.columns(2), "xy", (x, y), strict=True):
        entry = scenario.numeric_path(axis[0])
        values.append(
            column.number_input(
                view.name(entry), float(entry.lo), float(entry.hi), None, 0.01, "%g", key=f"start_{side}",
                help=entry.description, **view.BOUND,
            )
        )  # fmt: skip
    return None if None in values else (values[0], values[1])


def take_start() -> None:
    """A click on the map."""
    points = st.session_state["map"].selection.points
    if points:
        for side in "xy":
            st.session_state[f"start_{side}"] = float(f"{points[0][side]:.4g}")  # short enough for an address


def reproduce(base: Any, changes: dict[str, Any], dataset: Any, figure: Any) -> None:
    """How to get the same result elsewhere, and files to take along."""
    kind, about = dataset.attrs["basin"], figure.layout.meta
    with st.expander("Reproduce and export"):
        python, command, toml = st.tabs(["Python", "Command line", "Scenario file"])
        python.code(picture.python(base, changes, about["call"], kind), "python", wrap_lines=True)
        command.code(about["command"], "bash", wrap_lines=True)
        toml.code(about["scenario_toml"], "toml", height=240)
        with st.container(horizontal=True):
            name = f"{base.name}-{kind}"
            for label, file, make in (
                ("Figure (HTML)", f"{name}.html", lambda: results.page(figure)),
                ("Data (netCDF)", f"{name}.nc", lambda: results.data(dataset)),
            ):
                st.download_button(label, make, file, key=f"{kind}-{label}", on_click="ignore")


main()
