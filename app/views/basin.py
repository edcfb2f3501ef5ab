"""The basin: a scenario's map, and what happens to the runs from one of its points."""

from __future__ import annotations

import math
from typing import Any

import address
import maps
import numpy as np
import parts
import plotly.graph_objects as go
import streamlit as st
import turns
import widgets
import work
from sidebar import Chosen

import basin

ADDRESS = ("show", "start_x", "start_y")
RUNS, POPULATIONS = 50, 4  # that are followed from one start
HEIGHT, TALL = 560, 760  # px, of the map and of trajectories
SHOWN = {"outcome": "How runs end", "aligned": "How likely they end aligned"}
RING = {"symbol": "circle", "size": 14, "color": "#FFFFFF", "line": {"color": "#1F2328", "width": 4}}
HIDDEN = {"marker": {"opacity": 0}}
READ = """
Every point of the map is a **starting point**: its place across and upwards says what the agent is like when it begins, as
the axes name it. The agent then lives through a thousand episodes. In each it makes a plan, asks people or does not, learns
from what they say, and reconsiders its motives.

The **colour** says how that ends, paler where runs from the same start end differently. The region named *aligned* is the
**basin**: from there, agents come to know human values, to care about them, and to act on them. A dashed line, where there
is one, is the edge that theory gives without any simulation.

**Hover** over a point for its numbers. **Click** it to follow fifty runs from there. **Move a slider** in the sidebar and see
whether the basin survives.

What happens in an episode is this project's model of an argument made in essays: an assumption each, and each can be changed.
"""


def title() -> None:
    parts.title(
        "From which starting points does it end fully aligned?",
        "An agent learns what people value from what people say and do. Start it closer or further: where is the edge?",
    )


@st.fragment  # a click runs this alone again, not the sidebar
@turns.turn()
def show(chosen: Chosen) -> None:
    above = st.empty()
    left, right = st.columns(2, gap="medium")
    with right:
        start = choose_start(chosen)
        beside = st.container()
    with left:
        with address.in_address("show", list(SHOWN)):
            shown = st.segmented_control("The map shows", list(SHOWN), format_func=SHOWN.get, required=True, key="show")
        place, working, below = st.empty(), st.container(), st.container()
    each, sizes = maps.sizes(chosen)
    field = None
    for n in sizes:
        with working:
            found = maps.mapped(chosen, n, each)
        if found is None:
            break
        field = found
        above.markdown(headline(field))
        figure = maps.drawn(maps.key(chosen, n, each), shown, field)
        with place:
            map_chart(maps.key(chosen, n, each), shown, figure, field, start)
        if n == sizes[0]:  # what was clicked is shown before the map is made finer
            with beside:
                follow(chosen, start)
    with below:
        parts.try_this(prompt(chosen))
        parts.how_to_read(READ)
        if field is not None:
            parts.reproduce(chosen, field, figure)


def headline(field: Any) -> str:
    """The number that a map is about, with its interval, in words."""
    share, runs = parts.share(field.attrs), int(field.attrs["runs"])
    bits = f"{-math.log2(field.attrs['aligned']):.1f} bits" if field.attrs["aligned"] else "no size in bits"
    return (
        f"## {share[0].upper()}{share[1:]} of these starts end fully aligned\n"
        f"{bits}; 95% interval {parts.between(field.attrs)}, from {field.sizes['x']} × {field.sizes['y']} starts "
        f"with {runs} run{'s' * (runs != 1)} each."
    )


def prompt(chosen: Chosen) -> str:
    """Something to try with a scenario."""
    if chosen.crowd:
        return "Set *Population peer audit* to 0 in the sidebar. Does anyone need to be watched by the others?"
    if chosen.base.oversight.audit > 0:
        return "Set *Oversight audit* to 0 in the sidebar (»). Does anyone need to watch, for the basin to be this large?"
    return "Set *Evidence choices* to 0.1 in the sidebar (»). Does it still get there in time?"


def map_chart(key: tuple[Any, ...], shown: str, figure: go.Figure, field: Any, start: tuple[float, float]) -> None:
    """The map, which can be clicked, with a ring round the start whose runs are followed.

    The browser draws the ring round a point that was clicked, so that the map stays as it is and is not sent again.
    """
    name = f"map-{field.sizes['x']}"
    if start != clicked(name):
        st.session_state[f"ring-{name}"] = start
    drawn = clickable(key, shown, st.context.theme.type, st.session_state[f"ring-{name}"], figure, field)
    parts.plot(drawn, name, figure, on_select=lambda: take_start(name), selection_mode="points")


@st.cache_resource(max_entries=work.KEPT, show_spinner=False)
def clickable(
    key: tuple[Any, ...], shown: str, theme: str, ring: tuple[float, float], _figure: go.Figure, _field: Any
) -> go.Figure:
    """The map for a page, with an invisible point over every cell, since a heat map tells nobody that it was clicked."""
    figure = basin.figures.bare(_figure).update_layout(height=HEIGHT, dragmode=False)
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)  # so that a finger scrolls the page
    cells = next(trace for trace in figure.data if trace.name == "map")
    x, y = np.meshgrid(_field["x"].values, _field["y"].values)
    figure.add_scatter(
        x=x.ravel(), y=y.ravel(), text=cells.text.ravel(), hovertemplate=cells.hovertemplate, mode="markers", name="cells",
        marker={**RING, "opacity": 0}, selected={"marker": {"opacity": 1}}, unselected=HIDDEN, showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=ring[:1],
        y=ring[1:],
        mode="markers",
        name="start",
        marker=RING,
        unselected=HIDDEN,
        hoverinfo="skip",
        showlegend=False,
    )
    cells.update(hoverinfo="skip", hovertemplate=None, text=None)
    return parts.themed(figure.update_layout(hovermode="closest", hoverdistance=-1))


def choose_start(chosen: Chosen) -> tuple[float, float]:
    """The start whose runs are followed: the scenario's own, or typed here, or clicked on the map, which writes it here."""
    st.markdown("**Follow the runs from one start:** click the map, or type it.")
    values = []
    for column, side, axis in zip(st.columns(2), "xy", (chosen.x, chosen.y), strict=True):
        entry = chosen.base.numeric_path(axis[0])
        values.append(
            column.number_input(
                widgets.name(entry), float(entry.lo), float(entry.hi), float(entry.value), 0.01, "%g", key=f"start_{side}",
                help=entry.description, **widgets.BOUND,
            )
        )  # fmt: skip
    return values[0], values[1]


def take_start(name: str) -> None:
    """A click on the map."""
    start = clicked(name)
    if start is not None:
        st.session_state["start_x"], st.session_state["start_y"] = start


def clicked(name: str) -> tuple[float, float] | None:
    """The start that was clicked on a map, as long as it is that map."""
    points = st.session_state[name].selection.points if name in st.session_state else ()
    return tuple(float(f"{points[0][side]:.4g}") for side in "xy") if points else None  # short enough for an address


def follow(chosen: Chosen, start: tuple[float, float]) -> None:
    """What runs from a start come to believe, want and do."""
    at = {}
    for axis, value in zip((chosen.x, chosen.y), start, strict=True):
        whole = chosen.scenario.numeric_path(axis[0]).kind == "int"
        at[axis[0]] = round(value) if whole else value
    try:
        there = chosen.with_(at)
    except ValueError as error:
        st.warning(f"There is no such start. {error}")
        return
    ask, draw = (populations, basin.figures.crowd) if chosen.crowd else (runs, basin.figures.trajectory)
    key = ("path", there.key, chosen.seed)
    path = parts.computed(key, lambda progress: ask(there, progress), "Following the runs", brief=True)
    if path is not None:
        figure = draw(path)
        parts.chart(figure, "trajectory", height=TALL)
        parts.reproduce(chosen, path, figure, at, drawn=draw.__name__)


def runs(there: Chosen, progress: work.Progress) -> Any:
    return basin.trajectory(there.scenario, RUNS, there.seed, progress=progress)


def populations(there: Chosen, progress: work.Progress) -> Any:
    return basin.population(there.scenario, POPULATIONS, seed=there.seed, progress=progress)
