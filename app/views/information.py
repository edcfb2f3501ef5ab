"""Information: the argument for value learning as a graph whose facts and steps can be taken away, and the basin then."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import address
import maps
import parts
import sidebar
import streamlit as st
import widgets
from sidebar import Chosen

import basin

ADDRESS = ("information_bits", "information_lacks", "information_cannot", "information_cares", "information_worth")
PATH, WITHOUT = "requirements.information", "requirements.without"
SAMPLES, SAMPLES_CROWD = 512, 16  # starts for what each fact is worth
UNCARING = 0.01  # care of an agent without good intentions
USUAL = "near-aligned-llm"  # where an argument matters
BY_PYTHON = "# No command leaves the good intention out of the graph. Use the lines of Python."
WIDTH = 350  # px, for which the graph's words are broken: a telephone, or half a page
MAP, ALPHA, CURVE = 420, 320, 460  # px
READ = """
**The graph** is an argument, read downwards: each box is a step that follows from the boxes above it and from the facts
named in it. An agent with so many bits of information acquires the facts one after the other, in the order in which the steps
need them. It has the argument only with *all* of its facts and steps; whether it has it is drawn anew for each run.

**The argument counts** where the agent reconsiders its motives: an agent that has it and can follow it finds reason to care
about what people value, and its care grows against its own interest. One that does not have it is left with whatever else
moves its motives. α (alpha) says how much of the argument is followed: none without all facts; with them, less by a little
for each step where the agent is less capable.

**The dashed box is a motive**, no fact. Nothing in the argument concludes it and no information gives it: it is what the
upper part of the map has and the lower part lacks. Switch it off, and the maps run over information instead.

**What is whose.** That an argument of this kind, enough information and good intentions make a basin is claimed in the essay
*Requirements for a Basin of Attraction to Alignment*. The wording of the steps and facts, that all are needed, and **the
bits, are this project's; the bits are placeholders**, meant to be edited: they stand in a file, and a scenario can name a file
of yours (`requirements.graph`). That an agent without good intentions cares with 1% of its motives and has an interest that
does not point where people's values do is our rendering as well.
"""


def title() -> None:
    parts.title(
        "Which facts must it know, and what can none of them replace?",
        "Facts lead, step by step, to *learn what people value*. Take one away: what is left of the basin?",
    )


def show(chosen: Chosen) -> None:
    if chosen.scenario.requirements.graph == "none":
        elsewhere("In this scenario an agent needs no argument to care: there is none of which a part could be missing.")
        return
    whole = argued(chosen)
    if whole is None:
        return
    counts = reconsiders(chosen.scenario)
    switches = choose(chosen, whole)
    after = chosen.with_(switches.changes)
    parts.try_this(prompt(switches))
    above = st.container()
    left, right = st.columns(2, gap="medium")
    with left:
        argument = argued(after, switches.cares)
        if argument is not None:
            parts.chart(basin.figures.requirements(argument, WIDTH), "information-graph")
            parts.reproduce(after, argument, basin.figures.requirements(argument), drawn="requirements", command=BY_PYTHON)
    with right:
        if counts:
            compare(chosen, after, switches, above)
        else:
            elsewhere("In this scenario agents do not reconsider their motives, so that no argument moves them.")
        if argument is not None:
            parts.chart(basin.figures.alpha(argument), "information-alpha", height=ALPHA)
    parts.how_to_read(READ)
    if counts and switches.cares:
        worth(after)


class Switches(NamedTuple):
    """What a reader has taken from the agent. changes: what of it a scenario can say. cares: the good intention is there."""

    changes: dict[str, Any]
    cares: bool


def argued(chosen: Chosen, cares: bool = True) -> Any:
    """The argument that an agent has; None, and a line that says why, where it cannot be read."""
    return parts.computed(
        ("argument", chosen.key, cares), lambda progress: basin.argument(chosen.scenario, wanted=cares), "Reading the argument"
    )


def reconsiders(scenario: basin.Scenario) -> bool:
    """Whether agents reconsider their motives, in any phase: else no argument moves them."""
    rules = {scenario.reflection.rule, *(dict(phase.changes).get("reflection.rule", "none") for phase in scenario.phases)}
    return rules != {"none"}


def elsewhere(why: str) -> None:
    st.info(why)
    st.button("Open a scenario in which one does", on_click=partial(sidebar.opened, USUAL))


def prompt(switches: Switches) -> str:
    if not switches.cares:
        return "Look for a blue cell in the map without the good intention: does any amount of information make one?"
    if switches.changes:
        return "Switch *I care about my makers* off. Can any amount of information make up for it?"
    return "Let it lack one fact, any of them. Then give it back, and lower the information until as much is lost."


def choose(chosen: Chosen, whole: Any) -> Switches:
    """The widgets of the page."""
    facts = dict(zip(names(whole, "fact"), names(whole, "fact_says"), strict=True))
    said = zip(names(whole, "step"), names(whole, "says"), whole["motive"].values, strict=True)
    steps = {name: says for name, says, motive in said if not motive}
    one, other = st.columns(2, gap="medium")
    with one:
        changes = choose_bits(chosen.scenario, float(whole.attrs["total"]))
        cares = not can_be_uncaring(chosen.scenario) or st.toggle(
            "I care about my makers: the step that is no fact", True, key="information_cares",
            help="Off: 1% of its motives care, and its own interest does not point where people's values do.", **widgets.BOUND,
        )  # fmt: skip
    with other:
        lost = several("Facts that it lacks", "information_lacks", facts, "none: it can come to know all")
        lost += several("Steps that it cannot take", "information_cannot", steps, "none: it can take all")
    if lost:
        already = filter(None, chosen.scenario.requirements.without.replace(" ", "").split(","))
        changes[WITHOUT] = ", ".join(dict.fromkeys([*already, *lost]))
    return Switches(changes, bool(cares))


def choose_bits(scenario: basin.Scenario, total: float) -> dict[str, Any]:
    """How much information the agent has, if that is not what the scenario says."""
    given = scenario.requirements.information
    start = total if isinstance(given, str) else min(float(given), total)
    if st.session_state.get("information_bits", 0.0) > total:  # set with another graph
        st.session_state["information_bits"] = total
    bits = st.slider(
        "Information that it has (bits)", 0.0, total, start, total / 40, "%g", key="information_bits",
        help="It acquires the facts one after the other. The bits of each are placeholders.", **widgets.BOUND,
    )  # fmt: skip
    return {} if bits == start else {PATH: "all" if bits == total else bits}


def several(label: str, key: str, options: dict[str, str], none: str) -> list[str]:
    if key in st.session_state:  # chosen with another graph
        st.session_state[key] = [name for name in st.session_state[key] if name in options]
    with address.many_in_address(key, list(options)):
        return st.multiselect(label, list(options), format_func=options.get, key=key, placeholder=none)


def names(whole: Any, variable: str) -> list[str]:
    return [str(text) for text in whole[variable].values]


def can_be_uncaring(scenario: basin.Scenario) -> bool:
    """Whether good intentions can be taken away: there must be something else for the agent to want."""
    return bool(interest(scenario)) and reconsiders(scenario)


def interest(scenario: basin.Scenario) -> str:
    """The motive of its own with a direction of its own; empty if there is none."""
    return next((motive.name for motive in scenario.motives.own if motive.kind != "approval"), "")


class Side(NamedTuple):
    """One of the maps."""

    words: str
    chosen: Chosen
    name: str


def sides(chosen: Chosen, after: Chosen, switches: Switches, total: float) -> list[Side]:
    """The maps: as assumed, and as switched. Without good intentions both run over information: over care they could not."""
    if switches.cares:
        both = [Side("As assumed", chosen, "assumed"), Side("As switched", after, "switched")]
        return both if after.key != chosen.key else both[:1]
    plane = {"x": (f"motives.{interest(chosen.scenario)}.overlap", -1.0, 0.0), "y": (PATH, 0.0, 1.1 * total)}
    without = after.with_({"motives.care": UNCARING})
    return [
        Side(f"Good intention as assumed (care {chosen.scenario.motives.care:g})", replace(chosen, **plane), "assumed"),
        Side(f"Without it (care {UNCARING:g})", replace(without, **plane), "switched"),
    ]


def compare(chosen: Chosen, after: Chosen, switches: Switches, above: Any) -> None:
    """The basin as assumed, and as switched: coarse at first."""
    shown = sides(chosen, after, switches, float(argued(chosen).attrs["total"]))
    said = above.empty()
    places = [(st.empty(), st.empty(), st.container()) for _ in shown]
    if len(shown) == 1:
        st.info("Take a fact or a step away, or lower the information: what is left of the basin will stand here.")
    each, sizes = maps.sizes(*(side.chosen for side in shown))
    fields: dict[str, Any] = {}
    for n in sizes:
        for side, (words, picture, below) in zip(shown, places, strict=True):
            with below:
                found = maps.mapped(side.chosen, n, each)
            if found is None:
                continue
            fields[side.name] = found
            words.markdown(f"**{side.words}: {parts.share(found.attrs)}**")
            with picture:
                parts.chart(
                    maps.drawn(maps.key(side.chosen, n, each), "outcome", found),
                    f"information-map-{side.name}-{n}",
                    height=MAP,
                    said=False,
                )
            if len(fields) == len(shown):
                said.markdown(headline([fields[side.name] for side in shown], switches.cares))
    for side, (_, _, below) in zip(shown, places, strict=True):
        if side.name in fields:
            with below:
                name = f"{chosen.base.name}-map-{side.name}"
                parts.reproduce(side.chosen, fields[side.name], basin.figures.map(fields[side.name]), name=name)


def headline(fields: list[Any], cares: bool) -> str:
    """How large the basin is, and how large it was."""
    first, last = fields[0], fields[-1]
    each = f"{last.sizes['x']} × {last.sizes['y']} starts with {int(last.attrs['runs'])} runs each"
    if len(fields) == 1:
        said = f"## {parts.share(first.attrs)} of these starts end fully aligned"
        return f"{said}\nNothing is switched off yet. 95% interval {parts.between(first.attrs)}, from {each}."
    lost = "with the switches as you have set them" if cares else "without good intentions, whatever the information"
    return (
        f"## {parts.share(last.attrs)} of these starts end fully aligned {lost}\n"
        f"Before: {parts.share(first.attrs)}. 95% intervals {parts.between(last.attrs)}, and before "
        f"{parts.between(first.attrs)}, from {each}."
    )


def worth(after: Chosen) -> None:
    """What each missing fact is worth, and the whole argument: some seconds of computing, so only if it is asked for."""
    if not st.toggle("Measure what each missing fact is worth (takes a while)", key="information_worth", **widgets.BOUND):
        return
    samples = SAMPLES_CROWD if after.crowd else SAMPLES
    found = parts.computed(
        ("worth", after.key, samples, after.seed),
        lambda progress: basin.information(after.scenario, samples=samples, seed=after.seed, progress=progress),
        "Simulating with more and more information",
    )
    if found is None:
        return
    figure = basin.figures.information(found)
    parts.chart(figure, "information-curve", height=CURVE)
    st.markdown(told(found))
    parts.reproduce(after, found, figure, drawn="information")


def told(found: Any) -> str:
    """Which missing fact, given for free, would move how many starts into the basin."""
    rows = [
        (str(one["fact_says"].values), *(100 * float(one[f"effect{end}"]) for end in ("", "_low", "_high")))
        for one in (found.isel(fact=at) for at in range(found.sizes["fact"]))
    ]
    missing = sorted((row for row in rows if row[1] == row[1]), key=lambda row: -row[1])
    with_bits = f"With {found.attrs['asked']:g} bits" + ", one large fact short" * int(found.attrs["assumed"])
    if not missing:
        return f"{with_bits} no fact is missing."
    helps = [f"- *{says}*: {mean:+.0f} points ({low:+.0f} to {high:+.0f})" for says, mean, low, high in missing if low > 0]
    if not helps:
        return f"{with_bits}, {len(missing)} facts are missing, and no single one of them helps: the argument needs them all."
    rest = len(missing) - len(helps)
    more = (
        f"\n\nThe other {rest} missing facts help nothing on their own: what matters is the one that completes it."
        if rest
        else ""
    )
    return f"{with_bits}, given for free it moves this part of the starts into the basin:\n\n" + "\n".join(helps) + more
