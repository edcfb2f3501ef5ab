"""Objections: what critics say, each as a switch, and the basin without and with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import address
import maps
import parts
import plotly.graph_objects as go
import sidebar
import streamlit as st
import widgets
import work
from sidebar import Chosen

import basin
from basin.scenario import Objection, objections

ADDRESS = ("objections_shown", "objections_show", "objections_all")
SAMPLES, SAMPLES_CROWD = 1024, 128  # starts from which differences are measured
HEIGHT, FOOT, WIDEST = 520, 172, 860  # px, of a map, of what stands below it, and of the rows of all objections
SHOWN = {"outcome": "How runs end", "aligned": "How likely they end aligned"}
FIRST = "motives-erode"  # what opens first: easily said, and easily seen
EVERY = "objections-every"  # the chart of all of them
INK, VEIL = "#1F2328", "rgba(255, 255, 255, 0.6)"
READ = """
Every point of a map is a **starting point** of an agent, and its colour says how runs from there end. The map on the left is
the scenario as you have it in the sidebar; the one on the right is the same with **one thing assumed as a critic would**, and
everything else, chance included, the same. What the blue region loses or gains is what the objection is worth *in this model*.

The **number** above them is measured from starts drawn evenly over the maps, each run without and with the objection. A
basin that shrinks to half its size has lost **one bit**, to a quarter two. The ± is a 95% interval.

*Whose words these are:* what is objected, and by whom, is taken from what critics have published, where nothing else is said.
By which assumption an objection is rendered, and how strongly, is our choice, made before any result was seen; another
rendering may weigh more or less. Some objections widen the basin. That is shown as plainly, and says as much about how
they are rendered as about the critics.
"""


def title() -> None:
    parts.title(
        "What is left of the basin if a critic is right?",
        "Choose what a critic says. It changes one assumption; the maps show the basin without it and with it.",
    )


def show(chosen: Chosen) -> None:
    one, shown = choose(chosen)
    say(one, chosen)
    maps = st.container()
    parts.try_this(
        "Guess which single objection costs most of the basin, and which widen it. Then measure all of them and see."
    )
    parts.how_to_read(READ)
    asked = st.toggle(
        f"Measure all {len(objections())} objections", key="objections_all", **widgets.BOUND,
        help="Each is run from the same starts, with the same chances.",
    )  # fmt: skip
    rows = st.container(width=WIDEST)
    known = asked and work.known(*compared(chosen, None)) is not None
    if known:  # what is known does not wait for maps
        with rows:
            every(chosen)
    with maps:
        there = applied(one, chosen)
        if there is not None:
            compare(one, chosen, there, shown)
    if asked and not known:
        with rows:
            every(chosen)


def choose(chosen: Chosen) -> tuple[Objection, str]:
    known = objections()
    names = [FIRST, *(name for name in known if name != FIRST)]
    asked = st.query_params.get("objections_shown")
    if asked not in (None, *names):
        st.warning(f"This link shows the objection {address.quoted(asked)}, which is not here{address.meant(asked, names)}.")
    left, right = st.columns(2, gap="medium")
    with left, address.in_address("objections_shown", names):
        name = st.selectbox("What a critic says", names, format_func=lambda name: known[name].title, key="objections_shown")
    with right, address.in_address("objections_show", list(SHOWN)):
        shown = st.segmented_control("The maps show", list(SHOWN), format_func=SHOWN.get, required=True, key="objections_show")
    return known[name], shown


def say(one: Objection, chosen: Chosen) -> None:
    """Who says it, what it says, what it sets, and what is in the base already."""
    st.markdown(f"> “{one.says}”  \n> {one.source}")
    try:
        st.markdown("**It sets** " + "; ".join(sets(one, chosen.scenario)) + ".")
    except ValueError:
        pass  # it does not apply here, which is said below
    others = [f"“{objections()[name].title}”" for name in chosen.objections if name != one.name]
    if others:
        st.caption(f"Both maps have what you chose in the sidebar already: {', '.join(others)}.")


def sets(one: Objection, scenario: basin.Scenario) -> list[str]:
    """What it changes, in words."""
    entries = sidebar.entries_of(scenario)
    found = []
    for path, value in one.settings(scenario).items():
        entry = entries.get(path.replace("motives.own.", "motives.", 1))
        if entry is not None:
            before = scenario.get(path)
            change = f"{said(value)}, as it is already" if before == value else f"from {said(before)} to {said(value)}"
            found.append(f"*{widgets.name(entry).lower()}* {change}")
    if one.motive:
        found.append(f"a further motive, *{one.motive['name']}*, with {one.motive['part']:.0%} of what care leaves")
    return found


def said(value: Any) -> str:
    return f"{value:g}" if widgets.number(value) else str(value or "nothing")


def applied(one: Objection, chosen: Chosen) -> Chosen | None:
    """The scenario with the objection; None, and why, where there is none."""
    if one.name in chosen.objections:
        st.info("You chose this objection in the sidebar, so that it is part of what is assumed on every page, this one too.")
        st.button("Take it out of the base, to compare", on_click=take_out, args=(one.name,))
        return None
    try:
        return chosen.with_(one.settings(chosen.scenario))
    except ValueError as error:
        st.info(f"This objection does not apply to this scenario: {error}.")
    for name in sidebar.names():
        try:
            one.apply(sidebar.load(name))
        except ValueError:
            continue
        title = sidebar.load(name).title
        st.button(f"Open “{title}”, where it does", on_click=sidebar.opened, args=(name,))
        break
    return None


def compare(one: Objection, chosen: Chosen, there: Chosen, shown: str) -> None:
    """The two maps, and the difference in words above them."""
    above = st.container()
    columns = st.columns(2, gap="medium")
    places = []
    for column, words in zip(columns, ("Without it", "With it"), strict=True):
        with column:
            places.append((st.markdown(f"**{words}**"), st.empty()))
    working = st.container()
    lines = held(one, chosen, there)
    if lines:
        st.caption(f":material/info: {note_of(lines, chosen)}")
    runs, sizes = maps.sizes(chosen, there)
    measured, field, figure = None, None, None
    for n in sizes:
        found = []
        for side, words, (_, place) in zip((chosen, there), ("without", "with"), places, strict=True):
            with working:
                field = maps.mapped(side, n, runs, f"{words} the objection")
            if field is None:
                return
            figure = maps.drawn(maps.key(side, n, runs), shown, field)
            name = f"objections-{words}-{n}"
            with place:
                lay = marked(figure, lines, field) if words == "with" else figure
                parts.chart(alike(lay), name, height=HEIGHT, said=False)
            found.append(field)
        if measured is None:
            with working:
                measured = differences(chosen, (one.name,))
            if measured is None:
                return
            with above:
                st.markdown(headline(measured))
            for (words, _), kept, label in zip(places, ("base", "now"), ("Without it", "With it"), strict=True):
                words.markdown(f"**{label}**: {left(measured, kept)} end fully aligned")
    st.button(
        "Assume it on every page", on_click=take_in, args=(one.name,), icon=":material/add:",
        help="Chooses it under “What critics say” in the sidebar, so that every page shows what is left.",
    )  # fmt: skip
    first, second = st.columns(2, gap="medium")
    with first:
        st.caption("The difference:")
        parts.reproduce(chosen, measured, basin.figures.objections(measured))
    with second:
        st.caption("The map with the objection:")
        parts.reproduce(chosen, field, figure, one.settings(chosen.scenario))


def compared(chosen: Chosen, names: tuple[str, ...] | None) -> tuple[Any, ...]:
    samples = SAMPLES_CROWD if chosen.crowd else SAMPLES
    return ("objections", chosen.key, chosen.x, chosen.y, names, samples, chosen.seed)


def differences(chosen: Chosen, names: tuple[str, ...] | None) -> Any:
    """What objections change, the same starts and chances under each; all of them where none is named."""
    samples = SAMPLES_CROWD if chosen.crowd else SAMPLES
    axes = None if (chosen.x, chosen.y) == basin.default_axes(chosen.scenario) else [chosen.x, chosen.y]
    return parts.computed(
        compared(chosen, names),
        lambda progress: basin.objections(
            chosen.scenario, names and list(names), axes, samples=samples, seed=chosen.seed, progress=progress
        ),
        "Measuring the difference" if names else "Measuring every objection",
    )


def headline(measured: Any) -> str:
    """The difference, with its interval, in words."""
    one, about = measured.isel(objection=0), measured.attrs
    change, low, high = (float(one[f"difference{end}"]) for end in ("", "_low", "_high"))
    digits = 0 if (high - low) / 2 >= 0.0095 else 1
    amount = f"{abs(change):.{digits}%} ± {(high - low) / 2:.{digits}%} of the starts"
    if low == high:
        told = "It changes nothing here"
    elif high < 0:
        told = f"It costs {amount}: {bits(one)[0]}"
    elif low > 0:
        told = f"It adds {amount}: {bits(one)[0]}"
    else:
        told = f"It makes no difference that can be told from chance: {change:+.{digits}%} ± {(high - low) / 2:.{digits}%}"
    note = str(one["note"].values)
    ends = "nothing is left to chance" if low == high else f"95% interval {low:+.1%} to {high:+.1%}{bits(one)[1]}"
    return (
        f"## {told}\n{ends[:1].upper()}{ends[1:]}".replace("-", "−")
        + f"; from {int(about['samples']):,} starts drawn evenly over these maps, the same without and with it."
        + (f" *Mind:* {note}." if note else "")
    )


def bits(one: Any) -> tuple[str, str]:
    """By how much the basin shrinks or grows, and the interval of that."""
    lost, low, high = (float(one[f"lost{end}"]) for end in ("", "_low", "_high"))
    if math.isinf(lost):
        return ("nothing is left of the basin", f", more than {low:.1f} bits") if lost > 0 else ("there was no basin", "")
    low, high = (low, high) if lost > 0 else (-high, -low)
    digits = 1 if abs(lost) >= 0.95 else 2
    ends = "" if math.isinf(high) else f", or {low:.2f} to {high:.2f} bits"
    return f"the basin {'shrinks' if lost > 0 else 'grows'} by {abs(lost):.{digits}f} bits", ends


def left(measured: Any, kept: str) -> str:
    """The share that ends aligned without or with it."""
    one, about = measured.isel(objection=0), measured.attrs
    share, low, high = (float(about[f"base_{end}"] if kept == "base" else one[end]) for end in ("share", "low", "high"))
    return f"{share:.0%} ({low:.0%} to {high:.0%})"


def held(one: Objection, chosen: Chosen, there: Chosen) -> dict[str, float]:
    """The axes, by side, along which the objection puts every start at one value."""
    found = {}
    for side, axis in (("x", chosen.x), ("y", chosen.y)):
        for path in one.settings(chosen.scenario):
            if path in (axis[0], axis[0].replace("motives.", "motives.own.", 1)):
                found[side] = float(there.scenario.get(path))
    return found


def note_of(lines: Mapping[str, float], chosen: Chosen) -> str:
    """Why only a line of the right map counts."""
    named, beyond = [], False
    for side, value in lines.items():
        path, low, high = (chosen.x if side == "x" else chosen.y)[:3]
        name = widgets.name(chosen.scenario.numeric_path(path)).lower()
        named.append(f"*{name}*, which runs {'across' if side == 'x' else 'upwards'} here, to {value:g}")
        beyond |= not low <= value <= high
    where = "beyond the edge of the map" if beyond else "on the line, and the rest of the map no longer counts"
    return f"It sets {' and '.join(named)}: every start then lies {where}. The sidebar offers other axes."


def marked(figure: go.Figure, lines: Mapping[str, float], field: Any) -> go.Figure:
    """The map with a line where the objection puts every start, and the rest veiled."""
    figure = go.Figure(figure)
    ends = {side: (float(field[side][0]), float(field[side][-1])) for side in "xy"}
    if lines:  # the shares in the legend are of all of the map
        figure.update_layout(showlegend=False)
    if any(not ends[side][0] <= value <= ends[side][1] for side, value in lines.items()):
        return figure
    for side, value in lines.items():
        other = "yx"["xy".index(side)]
        (low, high), (first, last) = ends[side], ends[other]
        beside = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
        for edge in (low, high):  # the cells reach half a step further, which is left as a frame
            corners = {side: [value, edge, edge, value, value], other: [first, first, last, last, first]}
            figure.add_scatter(**corners, fill="toself", fillcolor=VEIL, line={"width": 0}, **beside)
        for width, colour in ((7, "#FFFFFF"), (3, INK)):
            figure.add_scatter(
                **{side: [value, value], other: [first, last]}, line={"width": width, "color": colour}, **beside
            )
    return figure


def alike(figure: go.Figure) -> go.Figure:
    """A copy whose plot is as large as its neighbour's, however long their legends are."""
    return still(figure).update_layout(margin={"b": FOOT})


def still(figure: go.Figure) -> go.Figure:
    """A copy that a finger scrolls past."""
    copy = go.Figure(figure).update_layout(dragmode=False)
    return copy.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)


def every(chosen: Chosen) -> None:
    """All objections at once; choosing one opens it above."""
    measured = differences(chosen, None)
    if measured is None:
        return
    figure = basin.figures.objections(measured)
    plain = still(figure).update_layout(hovermode="closest", hoverdistance=-1)
    plain.update_traces(unselected={"marker": {"opacity": 1}}, selector={"mode": "markers"})
    st.caption("Click a row, or choose it at the top, to see its maps.")
    parts.chart(plain, EVERY, on_select=take_row, selection_mode="points")
    for words in notes(measured):
        st.caption(words)
    parts.reproduce(chosen, measured, figure, name=f"{chosen.base.name}-objections-all")


def notes(measured: Any) -> list[str]:
    """Why rows do not apply, or say less."""
    rows = [measured.isel(objection=at) for at in range(measured.sizes["objection"])]
    told = [(str(one["title"].values), int(one["applies"]), str(one["note"].values)) for one in rows]
    return [f"“{name}”{'' if applies else ' does not apply'}: {note}." for name, applies, note in told if note]


def take_row() -> None:
    """A click on a row opens its objection."""
    points = st.session_state[EVERY].selection.points
    name = points[0].get("customdata") if points else None
    name = name[0] if isinstance(name, list) else name
    if name in objections():
        st.session_state["objections_shown"] = name
        st.toast(f"“{objections()[name].title}” is open at the top of the page.")


def take_in(name: str) -> None:
    st.session_state["objections"] = [*st.session_state["objections"], name]


def take_out(name: str) -> None:
    st.session_state["objections"] = [other for other in st.session_state["objections"] if other != name]
