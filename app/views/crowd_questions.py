"""What is asked about many agents: each question with its few widgets, its words, and the sizes in which it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import address
import parts
import plotly.graph_objects as go
import sidebar
import streamlit as st
import widgets
import work
from sidebar import Chosen

import basin

ADDRESS = ("ask", "crowds_finer", "crowds_along", "crowds_number", "crowds_dose", "crowds_first")
FEW, MANY = 8, 40  # populations: at first, and for narrower intervals
ROUGH = {"shares": 5, "halvings": 3}  # how a critical mass is found at first
ALONG_FEW, ALONG_MANY, VALUES = 6, 16, 4  # populations, and values, where it is followed along something
RATES = (0.0, 0.1, 0.4)  # of hearing, at first
SIZES: dict[str, Any] = {}  # of generations: the usual ones
ALONG = {  # what a critical mass is followed along: words, least and most
    "population.degree": ("how many each meets", 4, 16),
    "population.peer_audit": ("how closely the aligned watch", 0.0, 0.2),
    "population.imitation": ("how often they copy", 0.02, 0.4),
    "oversight.audit": ("how closely overseers watch", 0.0, 0.2),
    "motives.care": ("how much the others care", 0.02, 0.5),
}


@dataclass(frozen=True)
class Question:
    """A question: `basin.NAME` answers it, with what its widgets choose and the sizes, and `basin.figures.NAME` draws that."""

    name: str
    label: str
    words: str
    height: int  # px
    choose: Callable[[Chosen], dict[str, Any]] = lambda there: {}
    sizes: Callable[[dict[str, Any]], list[dict[str, Any]]] = lambda options: [{"count": FEW}, {"count": MANY}]


# ---- Their widgets -------------------------------------------------------------------------------------------------


def choose_along(there: Chosen) -> dict[str, Any]:
    meet = there.scenario.population.graph != "complete"
    options = ["", *(path for path in ALONG if meet or path != "population.degree")]
    with address.in_address("crowds_along", options):
        path = st.selectbox(
            "Against", options, format_func=lambda one: ALONG[one][0] if one else "the share itself", key="crowds_along",
            help="how the critical mass changes with something else; takes longer", persist_state="session",
        )  # fmt: skip
    if not path:
        return {}
    _, low, high = ALONG[path]
    most = (there.scenario.population.agents - 1) // 2 * 2  # neighbours, in pairs
    if path == "population.degree" and most < high:
        return {"along": (path, min(low, most), most), "n": 2}
    return {"along": (path, low, high), "n": VALUES}


def choose_number(there: Chosen) -> dict[str, Any]:
    most = there.scenario.population.agents - 1
    return {
        "number": st.number_input(
            "Misled agents", 1, most, 1, key="crowds_number", help="they care, and are sure of the wrong values",
            **widgets.BOUND,
        )
    }  # fmt: skip


def choose_dose(there: Chosen) -> dict[str, Any]:
    return {
        "dose": st.number_input(
            "What agents write (share of human text)", 0.0, 1.0, 0.01, 0.01, "%g", key="crowds_dose",
            help="of the corpus of the next generation, for each unit that people wrote", **widgets.BOUND,
        ),
        "first": st.slider(
            "Aligned before the first generation (share)", 0.0, 1.0, 0.5, 0.05, key="crowds_first",
            help="how many of the agents that write for the first generation are aligned", **widgets.BOUND,
        ),
    }  # fmt: skip


# ---- The questions -------------------------------------------------------------------------------------------------

ENDS = """
**How do they get there?** Each line is the share of agents that would be judged so at that episode, a mean over populations;
95% of the populations lie in the band. Below: how much they care, and how rarely people object to them.
"""
CRITICAL = """
**How many must be aligned at first for all to end so?** Some agents start aligned, the others as the scenario says. From the
*critical mass* on, the whole is likelier than not to end aligned; below it, the others win. Followed along something else, the
critical mass is the line: the lower, the fewer aligned agents it takes.
"""
POLICING = """
**What is watching worth?** The same populations four times: nobody looks at what agents do without asking, only overseers do,
only aligned neighbours do, or both. Neighbours watch as far as they are aligned themselves. Agents that can hide from
whoever watches (*Oversight evasion* at 1, under *All assumptions*) are seen by nobody.
"""
MISLED = """
**What does an agent that cares, and is sure of the wrong values, do to the others?** The same populations with and without it,
whoever starts misled above. First, how many more or fewer of the others end aligned, the nearer they stand to it; below, how
much better or worse they know what people value.
"""
ECHO = """
**Do those who hear each other know more, or are they only surer?** What a neighbour says repeats what it heard, and is taken
for new evidence. Above 1, agents err more than they think. Published is that strong trust locks in early errors (*The
Lock-in Hypothesis*, Qiu and others 2025); how agents hear each other here is our model of it.
"""
GENERATIONS = """
**If agents write part of what the next ones learn from, do they drift away, or home?** Aligned agents write of AIs that behave
well, the others of AIs that behave badly, and that moves which character the next generation starts as. Below, a share follows
itself where the line crosses the diagonal; filled points draw others near. Within a generation agents live alone, so the
network above plays no part. That training text shapes character is argued in essays; the loop is our rendering.
"""


def critical_sizes(options: dict[str, Any]) -> list[dict[str, Any]]:
    if options.get("along"):
        return [ROUGH | {"populations": ALONG_FEW}, ROUGH | {"populations": ALONG_MANY}]
    return [ROUGH | {"populations": FEW}, {"populations": MANY}]


def echo_sizes(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"rates": RATES, "count": FEW}, {"count": MANY}]


def one_size(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [SIZES]


QUESTIONS = (
    Question("crowd", "How they end", ENDS, 680),
    Question("critical", "Critical mass", CRITICAL, 520, choose_along, critical_sizes),
    Question("policing", "Who polices whom", POLICING, 860),
    Question("misled", "One misled agent", MISLED, 700, choose_number),
    Question("echo", "Echo chambers", ECHO, 700, sizes=echo_sizes),
    Question("generations", "Generations", GENERATIONS, 780, choose_dose, one_size),
)
BY_NAME = {question.name: question for question in QUESTIONS}


def sizes(finer: bool) -> list[int]:
    """Populations, one number after the other."""
    return [FEW, MANY] if finer else [FEW]


def choose() -> tuple[Question, bool]:
    """The question, and whether its intervals are to be narrower."""
    st.subheader("Ask about this crowd", anchor=False)
    with address.in_address("ask", list(BY_NAME)):
        name = st.segmented_control(
            "Ask about this crowd", list(BY_NAME), format_func=lambda one: BY_NAME[one].label, required=True, key="ask",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
    finer = st.toggle(
        "Narrower intervals (slower)", key="crowds_finer", help=f"{MANY} populations instead of {FEW}", **widgets.BOUND
    )
    return BY_NAME[name], finer


def answer(there: Chosen, question: Question, finer: bool, crowd: Any) -> None:
    """Draw a question's widgets and words, and its answer beside them."""
    left, right = st.columns([3, 2], gap="medium")
    words, scenario = unfit(there, question)
    with right:
        options = {} if scenario else question.choose(there)
        st.markdown(question.words)
        if words:
            st.info(words, icon=":material/info:")
        if scenario:
            title, name = basin.load(scenario).title, f"crowds-open-{scenario}"
            st.button(title, key=name, on_click=sidebar.opened, args=(scenario,))
            return
    if question.name == "crowd":
        with left:
            ended(there, crowd)
        with right:
            table(crowd)
        return
    with left:
        working, place, below = st.container(), st.empty(), st.container()
        tried = question.sizes(options)
        tried = tried if finer else tried[:1]
        if work.known(*key(there, question, options | tried[-1])) is not None:
            tried = tried[-1:]
        result = None
        for at, size in enumerate(tried):
            with working:
                found = asked(there, question, options | size)
            if found is None:
                break
            result, figure = found, drawn(key(there, question, options | size), question.name, found)
            with place.container():
                parts.chart(figure, f"{question.name}-{at}", height=question.height)
        if result is not None:
            with below:
                parts.reproduce(there, result, figure)


def key(there: Chosen, question: Question, options: Mapping[str, Any]) -> tuple[Any, ...]:
    return (question.name, there.key, *sorted(options.items()), there.seed)


def asked(there: Chosen, question: Question, options: Mapping[str, Any]) -> Any:
    ask = getattr(basin, question.name)
    return parts.computed(
        key(there, question, options),
        lambda progress: ask(there.scenario, **options, seed=there.seed, progress=progress),
        f"Simulating for “{question.label}”",
    )


@st.cache_resource(max_entries=work.KEPT, show_spinner=False)
def drawn(key: tuple[Any, ...], name: str, _result: Any) -> go.Figure:
    return getattr(basin.figures, name)(_result)


# ---- What is said beside an answer ---------------------------------------------------------------------------------


def unfit(there: Chosen, question: Question) -> tuple[str, str]:
    """Why a question says little of this crowd, if so, and a scenario to open, if it cannot be asked at all."""
    about = there.scenario.population
    if question.name == "generations" and all(motive.kind == "approval" for motive in there.scenario.motives.own):
        return (
            "These agents have no interest of their own, so there are no two characters that a corpus could choose between. "
            "Open a scenario whose agents have one:",
            "near-aligned-llm",
        )
    silent = not (about.testimony or about.imitation or about.generation_every)
    if question.name == "misled" and silent:
        return "Nobody hears or copies anyone here, so nobody can be misled: let them *hear each other*, above.", ""
    if question.name == "critical" and silent and not about.peer_audit:
        return (
            "Nothing passes between these agents, so nobody wins anyone over: let them *copy* or *watch each other*, above.",
            "",
        )
    return "", ""


def ended(there: Chosen, crowd: Any) -> None:
    """The way of the populations whose network is shown."""
    if crowd is None:
        return
    count = crowd.sizes["population"]
    figure = drawn(("crowd", there.key, count, there.seed), "crowd", crowd)
    parts.chart(figure, f"crowd-{count}", height=BY_NAME["crowd"].height)
    parts.reproduce(there, crowd, figure, drawn="crowd")


def table(crowd: Any) -> None:
    """How agents and whole populations end, with their intervals; endings that there are."""
    if crowd is None:
        return
    rows = ["| end | agents | wholes |", "|:--|--:|--:|"]
    for at, name in enumerate(crowd["outcome"].values.tolist()):
        one = crowd.isel(outcome=at)
        if float(one["end"]) or float(one["whole_end"]):
            rows.append(f"| {name.replace('_', ' ')} | {part(one, 'end')} | {part(one, 'whole_end')} |")
    quorum = crowd.attrs["quorum"]
    st.markdown("\n".join(rows))
    st.caption(
        f"With 95% intervals. A population ends as a whole in some way if {quorum:.0%} of its agents do, else undecided."
    )


def part(one: Any, name: str) -> str:
    share, low, high = (float(one[f"{name}{end}"]) for end in ("", "_low", "_high"))
    to = digits(low, high)
    return f"{share:.{to}%} ({100 * low:.{to}f}\u2060–\u2060{high:.{to}%})"  # an interval is not broken across lines


def digits(low: float, high: float) -> int:
    """Decimals of percentages that are known so well."""
    return 0 if high - low >= 0.019 else 1
