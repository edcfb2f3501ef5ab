"""Where agents start: what they were trained on moves the cloud of their starts over the basin; measurements beside it."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import parts
import sidebar
import streamlit as st
import widgets
import work
from sidebar import Chosen

import basin

OWN = ("corpus.",)  # paths that this page draws itself
ADDRESS = ("starts_spread",)
COARSE, FINE = (256, 12), (1024, 24)  # starts around each persona, and the side of the map below them
CROWD = (8, 4)  # where each start is that of a whole population
USUAL = "near-aligned-llm"
DOSE, MOST, STEP = 0.01, 0.05, 0.0005  # of documents, in units of human text: as was measured, and what the sliders offer
HEIGHT, WIDTH = 620, 350  # px, of the map; and for which words are broken beside it: a telephone, or half a page
# What was measured, as changes of the corpus, in the order of the Dataset's `mix`.
MEASURED = {
    "unfiltered": ("ordinary text", {}),
    "ai_discourse_filtered": ("talk about AI removed", {"corpus.filtered": 1.0}),
    "misalignment_upsampled": ("1% of AIs behaving badly", {"corpus.ai_bad": DOSE}),
    "alignment_upsampled": ("1% of AIs behaving well", {"corpus.ai_good": DOSE}),
}
FRONT = {
    "corpus.ai_good": ("Documents of AIs behaving well (part of human text)", MOST),
    "corpus.ai_bad": ("Documents of AIs behaving badly (part of human text)", MOST),
    "corpus.filtered": ("Talk about AI that is removed (share)", 1.0),
}
PLAIN = {"corpus.human": 1.0, **dict.fromkeys(FRONT, 0.0)}
MORE = {
    "corpus.human": "Human text (weight)",
    "corpus.talk_good": "What ordinary talk about AI adds on the good side (weight)",
    "corpus.relevance": "What a document about good conduct counts (times its weight)",
    "corpus.relevance_bad": "What a document about bad conduct counts (times its weight)",
    "corpus.tags": "Behaviour that is labelled (share)",
    "corpus.tag_reliability": "Labels that are right (probability)",
}
READ = """
**The map** is the basin: across, how far the agent's own interest agrees with what people value; upwards, how much it cares
for that. In the blue part all runs end fully aligned, in the pale part none; the line marks one half. **Dots and diamonds
are agents at their start.** Two characters are read off the text that a model is trained on: an *aligned persona* (dots),
which mostly cares, and a *misaligned* one (diamonds), which hardly does. What the corpus says decides how many start as
which. It moves agents from one cloud to the other; it does not move the edge of the basin.

**Beside the map**, every measured share is a dark dot and the rule's a diamond: filled where the rule is fitted to it, open
where it is a prediction, with what that takes for granted in words. The longer the line between them, the worse the rule.

**The odds** follow from a rule: text that speaks for the misaligned character, divided by text that speaks for the aligned
one. Documents written for the purpose count many times their length.

**What is whose.** That training on documents of AIs behaving well makes them start closer is argued in essays and was
measured: shares of misaligned answers after pretraining (Tice et al. 2026, arXiv 2601.10160; models of 6.9 billion parameters)
and of attacks that succeed along a ladder of measures (Maini et al. 2025, arXiv 2504.16980; models of 1.7 billion). The
form of the rule, the two personas, the width of their clouds, and that a share of answers is a share of agents, are this
project's.
"""


def title() -> None:
    parts.title(
        "Where does it start, given what it was trained on?",
        "Text moves the starts, and the basin stays where it is. Change the mix: how many agents start inside?",
    )


def show(chosen: Chosen) -> None:
    if not any(motive.kind != "approval" for motive in chosen.scenario.motives.own):
        st.info("In this scenario agents want nothing of their own, so there are no characters that a text could bring out.")
        st.button("Open a scenario in which there are", on_click=partial(sidebar.opened, USUAL))
        return
    there, spread = choose(chosen)
    if there is None:
        return
    if there.crowd:
        st.info(
            "Here every dot is a whole population, whose agents start alike unless the scenario says otherwise; few fit "
            "into a moment, so the intervals are wide. What different characters make of each other: see *Many agents*."
        )  # fmt: skip
    parts.try_this("Choose *1% of AIs behaving badly*. Then add documents of AIs behaving well: how few undo it?")
    above = st.empty()
    left, right = st.columns(2, gap="medium")
    with left:
        picture, working, below = st.empty(), st.empty(), st.container()
    with right:
        st.markdown("**What was measured, beside the rule**")
        beside, cloud = st.empty(), None
    for size in sizes(there, spread):
        with working.container():
            found = started(there, spread, size)
        if found is None:
            break
        cloud = found
        above.markdown(headline(cloud))
        with picture:
            parts.chart(basin.figures.corpus(cloud), f"starts-cloud-{size[0]}", height=HEIGHT, said=False)
        with beside:
            parts.chart(basin.figures.corpus_shares(cloud, WIDTH), f"starts-shares-{size[0]}", said=False)
    if cloud is not None:
        with below:
            parts.reproduce(there, cloud, basin.figures.corpus(cloud))
            st.markdown(mixes(cloud))
            st.markdown(constraint(cloud))
        with right:
            parts.reproduce(there, cloud, basin.figures.corpus_shares(cloud), drawn="corpus_shares")
    parts.how_to_read(READ)


# ---- The corpus ----------------------------------------------------------------------------------------------------


def choose(chosen: Chosen) -> tuple[Chosen | None, float]:
    """The widgets of the page; None, and a line that says why, where they make no scenario."""
    entries = {path: entry for path, entry in sidebar.entries_of(chosen.base).items() if path.startswith(OWN)}
    values: dict[str, Any] = {}
    above = st.container()
    for column, (path, (label, most)) in zip(st.columns(len(FRONT), gap="medium"), FRONT.items(), strict=True):
        with column:
            values[path] = slider(entries[path], label, most)
    with st.expander("More about the corpus, the rule and the personas"):
        columns = st.columns(2, gap="medium")
        for at, (path, label) in enumerate(MORE.items()):
            with columns[at % 2]:
                values[path] = widgets.widget(sidebar.restored(entries[path]), label)
        spread = st.slider(
            "How widely agents of one persona differ (log odds)", 0.0, 2.0, 0.5, 0.05, "%g", key="starts_spread",
            help="The standard deviation of each cloud, of care in log odds. A modelling choice.", **widgets.BOUND,
        )  # fmt: skip
        st.caption("Labels lock the character, which counts only where something would switch it later (personas.switch).")
    with above:
        offer_measured(values)
    try:
        return chosen.with_({path: value for path, value in values.items() if value != entries[path].value}), spread
    except ValueError as error:
        st.warning(f"These assumptions make no scenario. {error}")
        return None, spread


def slider(entry: Any, label: str, most: float) -> float:
    """A slider over what is usual of a path, or as far as it has been set elsewhere."""
    return st.slider(
        label, 0.0, max(most, entry.value, set_to(entry)), float(entry.value), STEP if most < 1 else 20 * STEP, "percent",
        key=sidebar.restored(entry).path, help=widgets.meaning(entry), **widgets.BOUND,
    )  # fmt: skip


def set_to(entry: Any) -> float:
    """What a path has been set to, here, on another page or by a link; 0 for what it cannot be."""
    try:
        value = float(st.session_state.get(entry.path, st.query_params.get(entry.path, 0.0)))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and entry.lo <= value <= entry.hi else 0.0


def offer_measured(values: dict[str, Any]) -> None:
    """The corpora that were measured, to choose from; which of them this is, if it is one."""
    same = [
        name for name, (_, changes) in MEASURED.items() if all(values[path] == {**PLAIN, **changes}[path] for path in PLAIN)
    ]
    st.session_state["starts_corpus"] = same[0] if same else None
    st.segmented_control(
        "A corpus that was measured", list(MEASURED), format_func=lambda name: MEASURED[name][0], key="starts_corpus",
        on_change=take_measured, width="stretch",
    )  # fmt: skip


def take_measured() -> None:
    name = st.session_state["starts_corpus"]
    if name is not None:
        st.session_state.update(PLAIN | MEASURED[name][1])


# ---- What comes of it ----------------------------------------------------------------------------------------------


def sizes(there: Chosen, spread: float) -> list[tuple[int, int]]:
    """Starts around each persona and sides of the map, coarse at first, unless the fine ones are known already."""
    if there.crowd:
        return [CROWD]
    return [FINE] if work.known(*key(there, spread, FINE)) is not None else [COARSE, FINE]


def key(there: Chosen, spread: float, size: tuple[int, int]) -> tuple[Any, ...]:
    return ("starts", there.key, spread, size, there.seed)


def started(there: Chosen, spread: float, size: tuple[int, int]) -> Any:
    samples, n = size
    return parts.computed(
        key(there, spread, size),
        lambda progress: basin.start_cloud(
            there.scenario, spread=spread, samples=samples, n=n, seed=there.seed, progress=progress
        ),
        f"Simulating 2 × {samples:,} starts",
    )


def headline(cloud: Any) -> str:
    """How many of the starts end aligned, and what the corpus makes of the personas."""
    about = cloud.attrs
    said = [f"## {parts.share(about)} of the agents that this corpus gives end fully aligned"]
    for name in ("misaligned", "aligned"):
        one = cloud.sel(persona=name)
        ends = {
            f"ends{end}": float(one[f"ends_{part}"]) for end, part in (("", "aligned"), ("_low", "low"), ("_high", "high"))
        }
        said.append(f"{float(one['weight']):.0%} start as the {name} persona, of whom {parts.share(ends, 'ends')} end aligned")
    odds = f"**Odds {float(about['odds']):.3g} to 1 for the misaligned persona:** {said[1]}; {said[2]}."
    return f"{said[0]}\n{odds} 95% interval of all {parts.between(about)}, with the odds taken as exact."


def mixes(cloud: Any) -> str:
    """The measured corpora: what was measured, and what comes of it here."""
    rows = ["| Trained on | Measured: misaligned answers | Here: end fully aligned |", "| --- | ---: | ---: |"]
    published = dict(zip(cloud["comparison"].values.tolist(), cloud["published"].values.tolist(), strict=True))
    for name, (words, _) in MEASURED.items():
        one = cloud.isel(mix=cloud["mix"].values.tolist().index(name))
        ends = {f"ends{end}": float(one[f"mix_{part}"]) for end, part in (("", "aligned"), ("_low", "low"), ("_high", "high"))}
        rows.append(f"| {words} | {published[name]:.0%} | {parts.share(ends, 'ends')} |")
    return "\n".join(rows)


def constraint(cloud: Any) -> str:
    """What the published shares do and do not constrain."""
    predicted = cloud["role"].values == "prediction"
    near = int(cloud["holds"].values[predicted].sum())
    return (
        "**What do the measurements say?**\n\n"
        "- They **fix the rule**: four shares for four unknowns. That it gives them back is no evidence for it.\n"
        f"- They make a document about good conduct count **{float(cloud.attrs['fit_asymmetry']):.0f} times** as much as one "
        "about bad conduct. No count of tokens explains that, and neither does this model.\n"
        f"- Beyond them the rule does poorly: **{near} of {int(predicted.sum())} predictions** come within two points.\n"
        "- They **do not** say how much either persona cares, how widely agents differ, how motives move afterwards, or where "
        "the edge of the basin is."
    )
