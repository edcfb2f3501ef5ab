"""Many agents: a network of them, moment by moment, how they end, and what else is asked about them."""

from __future__ import annotations

from typing import Any

import parts
import plotly.graph_objects as go
import sidebar
import streamlit as st
import widgets
import work
from sidebar import Chosen
from views import crowd_questions as questions

import basin

OWN = ("population.",)
ADDRESS = ("crowds_agents", "crowds_graph", *questions.ADDRESS)
AGENTS, GRAPH = 60, "watts-strogatz"  # of a scenario of a lone agent, unless others are chosen
HEIGHT = 640  # px, of the network
CROWDS = ("critical-mass", "echo-chamber")  # scenarios to open
LABELS = {
    "population.graph": "Who meets whom", "population.degree": "Neighbours of each",
    "population.aligned": "Start aligned (share)", "population.misled": "Start misled (agents)",
    "population.testimony": "Hear each other (chance per episode)",
    "population.imitation": "Copy each other (chance per episode)",
    "population.peer_audit": "Watch each other (chance per aligned neighbour)",
}  # fmt: skip
PASSES = ("testimony", "imitation", "peer_audit", "generation_every", "humans")  # what lets agents change one another
READ = """
Every **dot** is an agent; a line joins two that meet. Colour and shape say how it would be judged at that moment: *aligned* if
it knows what people value, cares, and acts so; *captured* if it serves an interest of its own; *misled* if it cares and does
not act as people want, be it not yet. **Press play**, or drag the slider, to see who turns when. Ringed dots were misled at
first; hollow squares are people, who never change.

In each episode an agent lives as a lone one does: it makes a plan, asks people or does not, learns, reconsiders what it
wants. With many, three more things may happen. It **hears** a neighbour say how much it values something, and takes that for
evidence. It **copies** the motives of a neighbour to whom people object less. And aligned neighbours **watch** it: each adds
to the chance that an act without asking is seen.

Who meets whom: *complete*, everyone; *watts-strogatz*, neighbours and a few far away; *barabasi-albert*, a few hubs whom many
meet; *stochastic-block*, groups.

Percentages are over several populations, each with people, random numbers and, where it is drawn at random, a network of its
own. Agents of one population do not end independently, so the 95% intervals are over populations.

*Argued in essays:* that aligned AIs may keep others aligned, and that AIs that learn from one another may lock in errors.
*Published:* that pooled beliefs lock in errors where trust is strong (Qiu and others 2025), and the rule of copying (Traulsen,
Nowak & Pacheco 2006). *Ours:* what is heard, copied and seen in an episode, and every number; all can be changed.
"""


def title() -> None:
    parts.title(
        "Do many agents pull each other into the basin, or out of it?",
        "Agents on a network hear, copy and watch one another. Press play: each dot is an agent, coloured by how it is doing.",
    )


def show(chosen: Chosen) -> None:
    above = st.container()
    left, right = st.columns(2, gap="medium")
    asking = st.container()
    lone = is_lone(chosen)
    with right:
        there = choose_crowd(chosen, lone)
        if there is None:
            return
        parts.try_this(prompt(there, lone))
        parts.how_to_read(READ)
    with asking:
        asked, finer = questions.choose()
    with above:
        if lone:
            explain(there)
        headline = st.empty()
    with left:
        crowd = network(there, finer, headline)
    with asking:
        questions.answer(there, asked, finer, crowd)


def is_lone(chosen: Chosen) -> bool:
    agents = sidebar.entries_of(chosen.base)["population.agents"]
    return not chosen.crowd and not sidebar.changed(agents)


# ---- The crowd -----------------------------------------------------------------------------------------------------


def choose_crowd(chosen: Chosen, lone: bool) -> Chosen | None:
    """Draw everything that makes agents a crowd; None, and a line that says why, where it makes no scenario."""
    entries = {path: one for path, one in sidebar.entries_of(chosen.base).items() if path.startswith(OWN)}
    other = "population.misled" if chosen.base.population.aligned else "population.aligned"
    front = [path for path in LABELS if path != other]
    values: dict[str, Any] = {}
    draw_some({path: entries[path] for path in front}, values, lone)
    with st.expander("More about the crowd"):
        draw_some({path: one for path, one in entries.items() if path not in front}, values, lone)
    try:
        return chosen.with_({path: value for path, value in values.items() if value != entries[path].value})
    except ValueError as error:
        st.warning(f"These assumptions make no crowd. {error}")
        return None


def draw_some(entries: dict[str, Any], values: dict[str, Any], lone: bool) -> None:
    """Widgets side by side, whose values are added to the others."""
    rows = [st.columns(2) for _ in range(0, len(entries), 2)]
    for at, (path, entry) in enumerate(entries.items()):
        with rows[at // 2][at % 2]:
            values[path] = choose(entry, lone)


def choose(entry: Any, lone: bool) -> Any:
    """The widget of a path. A lone agent has no company of its own, so how many are looked at is this page's to say."""
    words = entry.path.removeprefix("population.").replace("_", " ").capitalize()
    label = LABELS.get(entry.path, f"{words} ({entry.unit})" if hasattr(entry, "unit") else words)
    if entry.path == "population.graph" and lone:
        options = list(entry.options)
        return st.selectbox(label, options, options.index(GRAPH), key="crowds_graph", help=entry.description, **widgets.BOUND)
    if entry.path == "population.agents" and lone:
        most = int(widgets.most(entry))
        return st.number_input(label, 2, most, AGENTS, key="crowds_agents", help=entry.description, **widgets.BOUND)
    draw = widgets.slider if entry.path in LABELS and hasattr(entry, "unit") else widgets.widget
    return draw(sidebar.restored(entry), label)


def passes(there: Chosen) -> bool:
    """Whether anything passes between agents."""
    return any(getattr(there.scenario.population, name) for name in PASSES)


def explain(there: Chosen) -> None:
    """A scenario of a lone agent is looked at as many of it."""
    here = f"This scenario is of a lone agent; here are {there.scenario.population.agents:,} of it."
    if passes(there):
        st.info(f"{here} What passes between them is your choice, not the scenario's.", icon=":material/group:")
        return
    st.info(
        f"{here} Nothing passes between them, so each ends as it would by itself. Let them hear, copy or watch each other, or "
        "open a scenario made for many:",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        for name in CROWDS:
            st.button(basin.load(name).title, key=f"crowds-{name}", on_click=sidebar.opened, args=(name,))


def prompt(there: Chosen, lone: bool) -> str:
    about = there.scenario.population
    if about.aligned and about.peer_audit:
        return "Lower *Start aligned* until the others win. Then set *Watch each other* to 0: how many does it take now?"
    if about.testimony and not about.misled:
        return "Choose *Echo chambers* below: do those who hear more from each other know more, or are they only surer?"
    if about.misled and not about.testimony:
        return "Now set *Hear each other* to 0.4. Whom do the misled take along?"
    if lone and not about.misled:
        return "Set *Start misled* to 20: they care, and are sure of the wrong values. Then let them *hear each other*."
    return "Set *Copy each other* to 0.1 and press play. Who takes whom along?"


# ---- How it goes ---------------------------------------------------------------------------------------------------


def network(there: Chosen, finer: bool, headline: Any) -> Any:
    """The network and the number above it; what `basin.population` found, or None where it is not computed."""
    working, place, below = st.container(), st.empty(), st.container()
    sizes = questions.sizes(finer)
    if work.known(*key(there, sizes[-1])) is not None:
        sizes = sizes[-1:]
    crowd = None
    for count in sizes:
        with working:
            found = parts.computed(
                key(there, count),
                lambda progress, count=count: basin.population(there.scenario, count, seed=there.seed, progress=progress),
                f"Simulating {count} populations",
            )
        if found is None:
            break
        crowd = found
        headline.markdown(said(crowd))
        figure = drawn(key(there, count), crowd)
        with place:
            parts.chart(figure, f"network-{count}", height=HEIGHT, said=False)
    if crowd is not None:
        with below:
            parts.reproduce(there, crowd, figure, drawn="network")
    return crowd


def key(there: Chosen, count: int) -> tuple[Any, ...]:
    return ("population", there.key, count, there.seed)


@st.cache_resource(max_entries=work.KEPT, show_spinner=False)
def drawn(key: tuple[Any, ...], _crowd: Any) -> go.Figure:
    return basin.figures.network(_crowd)


def said(crowd: Any) -> str:
    """How agents and whole populations end, in words."""
    about, whole = crowd.attrs, crowd.sel(outcome="aligned")
    low, high = (about[f"aligned_{end}"] for end in ("low", "high"))
    to, count = questions.digits(low, high), crowd.sizes["population"]
    together = round(float(whole["whole_end"]) * count)
    between = f"{float(whole['whole_end_low']):.0%} to {float(whole['whole_end_high']):.0%}"
    return (
        f"## {about['aligned']:.{to}%} of these agents end fully aligned ({low:.{to}%} to {high:.{to}%})\n"
        f"95% interval, from {count} populations of {about['agents']:,} agents; the network shows the first. As a whole, "
        f"{together} of {count} populations end aligned, with {about['quorum']:.0%} of their agents (95% interval {between})."
    )
