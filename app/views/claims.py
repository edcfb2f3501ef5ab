"""Claims: what the essays and their critics say, what would refute it, and the verdict once it has been run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import address
import parts
import streamlit as st
import widgets
import work
from sidebar import Chosen

import basin
from basin.claims import CLAIMS, MORE_RUNS, SETTINGS, Claim, Finding, Part

ADDRESS = ("claim", "claims_full")
QUICK = True  # fewer runs, unless more are asked for
KEPT = 640  # verdicts that are remembered for everyone: of every claim at both sizes, for twenty seeds
BADGES = {
    "holds": ":blue-badge[:material/check: holds]",
    "depends": ":orange-badge[:material/call_split: depends]",
    "fails": ":red-badge[:material/close: fails]",
    "": ":gray-badge[not run yet]",
}
DECISIONS = {"holds": "and so it is", "fails": "and it is not", "open": "which these runs leave open"}
READ = """
A **claim** is one sentence, with what would refute it. Both were written down *before* anything was run, so that a claim could
fail; those that do stay where they are. To judge one, agents are simulated in pairs that differ in one thing only, and the
difference is held against a bound that was also set beforehand.

Each is judged with the model as it is, and again with **one choice of ours made otherwise**: another rule of how an agent
reconsiders its motives, fewer and more features that values are made of, and no price on acting unasked.
- **holds**: the whole 95% interval of every number lies where the claim needs it, and no other choice makes it fail;
- **fails**: at least one number lies wholly elsewhere, and no other choice makes the claim hold;
- **depends**: another choice gives the other verdict, or more runs are needed to tell.

*Whose words these are:* the source is named with each claim; where it says “asked by this project”, the sentence is ours. A
verdict is about this model and its scenarios, not about agents that exist.
"""


def title() -> None:
    parts.title(
        "Which claims survive being run?",
        "What the essays and their critics claim, each with what would refute it, written down before anything was run.",
    )


def show(chosen: Chosen) -> None:
    opened, first = choose()
    above = st.container()
    parts.try_this(
        "Say what you expect of a claim, then open it: it is judged in a few seconds. Which choice of ours does it hang on?"
    )
    first_column, second_column = st.columns([1, 2], gap="medium", vertical_alignment="center")
    every = first_column.button("Judge all of them", key="claims_every", icon=":material/gavel:", width="stretch")
    full = second_column.toggle(
        "Sixteen times as many runs", key="claims_full", **widgets.BOUND,
        help="1,570 under every change instead of 99: differences of 5 points are found instead of 20. Half a minute a claim.",
    )  # fmt: skip
    working = st.container()
    quick, seed = QUICK and not full, chosen.seed
    if every:
        st.session_state["claims_judging"] = (quick, seed)
        for name in CLAIMS:
            work.go_on(*key(name, quick, seed))
    known = {name: verdict(name, quick, seed) for name in CLAIMS}
    above.markdown(counted([finding for finding in known.values() if finding is not None]))
    for name in sorted(CLAIMS, key=lambda name: name != first):
        row(CLAIMS[name], known[name], opened == name, quick, seed)
    parts.how_to_read(READ)
    st.caption("Claims are about scenarios of their own: of what stands in the sidebar, only the seed counts on this page.")
    if all(known.values()):
        dataset = basin.claims.collected(list(known.values()), quick=quick, seed=seed)
        reproduce("claims", dataset, basin.figures.claims(dataset))
    left = [name for name in CLAIMS if known[name] is None]
    if not left or any(work.stopped(*key(name, quick, seed)) for name in CLAIMS):
        st.session_state.pop("claims_judging", None)
    if st.session_state.get("claims_judging") == (quick, seed):
        with working:
            judge_next(left, quick, seed)


def choose() -> tuple[str | None, str | None]:
    """The claim that is open, which is in the address; and the one that a link asked for, which comes first."""
    if "claim" not in st.session_state:
        asked = st.query_params.get("claim")
        if asked not in (None, *CLAIMS):
            st.warning(
                f"This link asks for the claim {address.quoted(asked)}, which is not here{address.meant(asked, CLAIMS)}."
            )
        st.session_state["claim"] = st.session_state["claims_first"] = asked if asked in CLAIMS else None
    opened = st.session_state["claim"]
    if opened is not None:
        st.query_params["claim"] = opened
    elif "claim" in st.query_params:
        del st.query_params["claim"]
    return opened, st.session_state["claims_first"]


def toggled(name: str) -> None:
    """A row was opened or closed."""
    st.session_state["claim"] = name if st.session_state[f"claims_row_{name}"] else None


@st.cache_resource(show_spinner=False)
def record() -> OrderedDict[tuple[Any, ...], Finding]:
    """Verdicts that somebody has asked for: they are small, and outlast the results of other pages."""
    return OrderedDict()


def key(name: str, quick: bool, seed: int) -> tuple[Any, ...]:
    return ("claim", name, quick, seed)


def verdict(name: str, quick: bool, seed: int) -> Finding | None:
    return record().get((name, quick, seed))


def judged(name: str, quick: bool, seed: int, words: str) -> Finding | None:
    """The verdict, computed if nobody has asked for it."""
    found = verdict(name, quick, seed) or parts.computed(
        key(name, quick, seed),
        lambda progress: basin.claims.judge([name], quick=quick, seed=seed, progress=progress)[0],
        words,
    )
    if found is not None:
        kept = record()
        kept[name, quick, seed] = found
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return found


def judge_next(names: Sequence[str], quick: bool, seed: int) -> None:
    """Judge one more claim and draw the page again, so that verdicts appear one after the other."""
    done = len(CLAIMS) - len(names)
    if judged(names[0], quick, seed, f"Judging {done + 1} of {len(CLAIMS)}: {CLAIMS[names[0]].statement.rstrip('.')}"):
        st.rerun()


def counted(found: Sequence[Finding]) -> str:
    """How many claims there are, and what has become of those that were judged."""
    count = {word: sum(one.verdict == word for one in found) for word in ("holds", "depends", "fails")}
    if len(found) < len(CLAIMS):
        told = [
            BADGES[word].replace(word, f"{number} {word if number == 1 else word.removesuffix('s')}")
            for word, number in count.items()
            if number
        ]
        return " ".join([f"**{len(CLAIMS)} claims, {len(found)} of them judged.**", *told])
    hangs = "on a choice of ours" + ", or on more runs" * any(MORE_RUNS in one.depends_on for one in found)
    told = f"{count['holds']} hold, {count['depends']} depend, and {count['fails']} fail"
    return f"## Of {len(found)} claims, {told}\nThose that depend do so {hangs}: open one to see."


def row(claim: Claim, known: Finding | None, opened: bool, quick: bool, seed: int) -> None:
    """One claim: its verdict and statement, and its evidence once it is opened."""
    place = f"claims_row_{claim.name}"
    st.session_state[place] = opened
    label = f"{BADGES[known.verdict if known else '']} {claim.statement}"
    with st.expander(label, key=place, on_change=toggled, args=(claim.name,)):
        if not opened:
            return
        st.markdown(f"**Refuted if:** {claim.refuted_by}")
        st.caption(f"Source: {claim.source}")
        found = judged(claim.name, quick, seed, "Judging this claim")
        if found is None:
            return
        if known is None:  # the row's verdict is drawn already, as unknown
            st.rerun()
        evidence(found, quick, seed)


def evidence(found: Finding, quick: bool, seed: int) -> None:
    """The verdict in words, the numbers it rests on, their picture, and how to get them again."""
    st.markdown(f"### {because(found)}")
    first, *_ = found.parts.values()
    st.markdown("\n".join(f"- {part_words(part)}" for part in first))
    dataset = basin.claims.collected([found], quick=quick, seed=seed)
    figure = basin.figures.claims(dataset)
    st.caption(f"{figure.layout.meta['detail']}. " + "; ".join(f"*{one.name}*: {one.words}" for one in SETTINGS[1:]) + ".")
    with st.container(width=820):
        parts.chart(figure, f"claims-{found.claim.name}", said=False)
    if found.claim.seen:
        st.markdown(f"**Seen afterwards:** {found.claim.seen}")
    reproduce(f"claim-{found.claim.name}", dataset, figure, found.claim.figure)


def because(found: Finding) -> str:
    """The verdict, and what it depends on."""
    first, *others = found.decisions.values()
    if found.verdict != "depends":
        return {"holds": "It holds", "fails": "It fails"}[
            found.verdict
        ] + ", with every choice of ours made otherwise, too" * (all(other == first for other in others))
    if MORE_RUNS in found.depends_on:
        return "It depends on more runs: they do not decide yet"
    words = {setting.name: setting.words for setting in SETTINGS}
    changed = [words[name] for name, decision in found.decisions.items() if decision not in ("open", first)]
    verbs = {"holds": "holds", "fails": "fails"}
    return f"It {verbs[first]}, but {verbs['fails' if first == 'holds' else 'holds']} {' and '.join(changed)}"


def part_words(part: Part) -> str:
    """A number that the claim stands or falls with, against its bound."""
    value, low, high, bound = (amount(one, part.units) for one in (*part.value, part.bound))
    ends = f" ({low} to {high})" if part.value.high > part.value.low else ", exactly"
    return f"{part.words}: **{value}**{ends}; needed: {part.wants} {bound}, {DECISIONS[part.decision]}"


def amount(value: float, units: str) -> str:
    told = f"{value:.1%}" if units == "probability" else f"{value:.3g} {units}"
    return told.replace("-", "−")


def reproduce(name: str, dataset: Any, figure: Any, pictures: Sequence[str] = ()) -> None:
    """How to judge the same elsewhere."""
    with st.expander("Reproduce and export"):
        python, typed = st.tabs(["Python", "Command line"])
        python.code(
            f"import basin\n\nresult = {dataset.attrs['call']}\nbasin.figures.claims(result).show()\n",
            "python",
            wrap_lines=True,
        )
        typed.code(figure.layout.meta["command"], "bash", wrap_lines=True)
        if pictures:
            typed.caption("What it is about is drawn by:")
            typed.code("\n".join(pictures), "bash", wrap_lines=True)
        parts.downloads(name, dataset, figure)
