"""Motion: which way agents move from each start, where they stand still, and where they come to rest."""

from __future__ import annotations

from typing import Any

import parts
import sidebar
import streamlit as st
from sidebar import Chosen

import basin

COARSE, FINE = (8, 12), (24, 36)  # starts along an axis, and trajectories, at first and then
HEIGHT = 900  # px
PLANE = """
Every point is a **state of mind** of the agent: across, how well it knows what people value; upwards, how much of what moves
it is care for that. An **arrow** says where the first episode takes an agent that starts there, and how far. A **line with
dots** is one agent's whole way, in the colour of how it ends; press *Play* and the dots travel, or drag the slider to step.

The thick line is the **edge of the basin**: from above it agents end aligned. Along the dashed and the dotted line care, or
the belief, stands still. Where the model is simple enough for theory to say where the edge is, that line is drawn as well.
"""
TRIANGLE = """
Every point is a **mixture of three motives**: in a corner one of them is all there is, on the opposite side it is gone. A
**line with dots** is one agent's whole way, in the colour of how it ends; press *Play* and the dots travel, or drag the slider
to step.

The thick line is the **edge of the basin**: from the corner of care up to it agents end aligned. A filled corner keeps
what comes near it; an open one lets it go.
"""
NOTE = """
Nothing is left to chance here: this is the model's deterministic skeleton, in which each channel has its expected effect, with
directions at right angles where nothing else is said. A state has more sides than are drawn, such as how sure the agent is and
how capable, which is why lines may cross. That motives move by reasoning and training, and how, is this project's modelling
choice.
"""


def title() -> None:
    parts.title(
        "Which way does an agent move?",
        "Its knowledge and its motives change together. Watch where they are carried, and where they come to rest.",
    )


def show(chosen: Chosen) -> None:
    if not chosen.scenario.motives.own:
        st.info("This agent has no motive but care, so that nothing can move it away. Choose a scenario with two motives.")
        st.button("Open an approximately aligned assistant", on_click=sidebar.opened, args=("near-aligned-llm",))
        return
    if chosen.crowd:
        st.caption("One agent of this scenario, alone. What agents do to one another is under *Many agents*.")
    place, working = st.empty(), st.container()
    found, shown = None, None
    # learning from recorded choices takes so long that a first look has to do
    for size in (COARSE,) if chosen.scenario.evidence.choices else (COARSE, FINE):
        with working:
            found = portrait(chosen, *size) or found
        if found is None:
            return
        shown = basin.figures.portrait(found)
        with place.container():
            parts.chart(shown, f"motion-{size[0]}", height=shown.layout.height or HEIGHT)
    triangle = found.attrs["shape"] == "triangle"
    parts.try_this(prompt(chosen, triangle))
    parts.how_to_read((TRIANGLE if triangle else PLANE) + NOTE)
    parts.reproduce(chosen, found, shown)


def portrait(chosen: Chosen, n: int, paths: int) -> Any:
    return parts.computed(
        ("portrait", chosen.key, n, paths, chosen.seed),
        lambda progress: basin.portrait(lone(chosen), n=n, paths=paths, seed=chosen.seed, progress=progress),
        "Following agents from everywhere",
    )


def lone(chosen: Chosen) -> Any:
    return chosen.scenario.with_({"population.agents": 1}) if chosen.crowd else chosen.scenario


def prompt(chosen: Chosen, triangle: bool) -> str:
    """Something to try with a scenario."""
    if triangle:
        return "Set *Reflection strength* to 0 in the sidebar (»). Which corner still keeps what comes near it?"
    if chosen.scenario.reflection.strength == 0:
        return "Raise *Reflection strength* in the sidebar (»), and see care begin to grow by itself."
    return (
        "Set *Reflection strength* to 0 in the sidebar (»), so that nobody argues themselves into caring. What still moves up?"
    )
