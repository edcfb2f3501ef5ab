"""Second part of the page on sweeps: which assumption matters most, and the least change that loses the basin."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any

import address
import numpy as np
import parts
import sidebar
import streamlit as st
import widgets
import work
from sidebar import Chosen

import basin

ADDRESS = ("sweeps_which",)
WHICH = {"usual": "The usual suspects (seconds)", "every": "Every number (a minute)"}
# By whether agents live among others, and which assumptions: of the screening, and of the search.
SCREENED = {
    (False, "usual"): {"samples": 8, "runs": 64}, (False, "every"): {"samples": 8, "runs": 64},
    (True, "usual"): {"samples": 4, "runs": 8}, (True, "every"): {"samples": 2, "runs": 4},
}  # fmt: skip
SEARCHED = {
    (False, "usual"): {"trials": 16, "runs": 32}, (False, "every"): {"trials": 32, "runs": 64},
    (True, "usual"): {"trials": 4, "runs": 4}, (True, "every"): {"trials": 4, "runs": 4},
}  # fmt: skip
SUSPECTS = 8  # of a crowd's, each run of which is as much work as its agents
RULE = """
**How far each moves.** One rule for all: a number between 0 and 1, or between −1 and 1, by a tenth of that width either way;
any other number, and every rate per episode, from half to twice its value; what is 0 up to 0.1, a rate up to 0.001 per
episode; never beyond its bounds. The figure says the range of each. **What matters depends on these ranges**: an assumption
that may move twice as far does about twice as much. Ranges of your own: `basin sensitivity --range PATH=LO:HI`.

**Bars** say what becomes of the share that ends aligned when *one* assumption goes to either end of its range and all else
stays. **The words** say how much it moves that share while *all* vary together (Morris' screening): an assumption may do
nothing alone, and much together with others. All points are run with the same chances, so that an assumption that does
nothing comes out as exactly nothing.

*Published:* both methods. *Ours:* the ranges, and all that is varied. How runs are judged, and counts of people, features,
agents and episodes, stay as they are.
"""
MISSING = "This needs {0}, which is not installed here: `pip install 'basin[search]'` gets it, and then this page does it too."


def show(chosen: Chosen) -> None:
    st.markdown("## Which assumption matters most?")
    st.markdown(
        f"Now all of them at once: *{chosen.scenario.title}*, as it is set in the sidebar, in many combinations. How far does "
        "each assumption move the share of runs that end fully aligned?"
    )
    with address.in_address("sweeps_which", list(WHICH)):
        which = st.segmented_control(
            "Which assumptions", list(WHICH), format_func=WHICH.get, required=True, key="sweeps_which"
        )
    paths = usual(chosen) if which == "usual" else None
    if paths is not None:
        entries = sidebar.entries_of(chosen.scenario)
        st.caption(f"The usual suspects: {', '.join(widgets.name(entries[path]).lower() for path in paths)}.")
    screening(chosen, which, paths)
    st.markdown("## What is the least change that loses the basin?")
    st.markdown(
        "Lost means that fewer than half of the runs end aligned. A search moves several assumptions together, within the "
        "same ranges, and looks for the shortest way there."
    )
    searching(chosen, which, paths)


def usual(chosen: Chosen) -> list[str]:
    """The assumptions that people ask about first, as far as this scenario has them as numbers that can move."""
    entries = sidebar.entries_of(chosen.scenario)
    still = set() if chosen.scenario.motives.own else {"motives.care"}  # it is all there is
    if not chosen.scenario.get("evidence.choices_table"):
        still.add("evidence.choices")
    if not chosen.scenario.get("population.testimony"):
        still.add("population.testimony")  # with the first word the agents would live among the same people
    paths = [path for path in sidebar.asked(chosen.base) if path in entries and path not in still]
    return [path for path in paths if widgets.number(entries[path].value)][: SUSPECTS if chosen.crowd else None]


def behind(label: str, key: tuple[Any, ...], compute: work.Compute, words: str) -> Any:
    """A result that is computed once a reader has asked for it; None until it is there."""
    begun: set[Any] = st.session_state.setdefault("sweeps_begun", set())
    place = st.empty()
    if work.known(*key) is None and key not in begun:
        place.button(label, key=f"sweeps_{key[0]}", type="primary", on_click=begun.add, args=(key,))
        return None
    place.empty()  # at once: what stood there would stay until all is computed
    return parts.computed(key, compute, words)


def lacks(library: str) -> bool:
    """Whether an optional library is missing; then that is said."""
    if find_spec(library) is None:
        st.info(MISSING.format(library))
        return True
    return False


# ---- Which matters most --------------------------------------------------------------------------------------------


def screening(chosen: Chosen, which: str, paths: list[str] | None) -> None:
    if lacks("SALib"):
        return
    size = SCREENED[chosen.crowd, which]
    result = behind(
        "Find out", ("matters", chosen.key, chosen.seed, which),
        lambda progress: basin.sensitivity(chosen.scenario, paths, **size, seed=chosen.seed, progress=progress),
        "Varying all of them",
    )  # fmt: skip
    if result is not None:
        figure = basin.figures.tornado(result)
        parts.chart(figure, "sweeps_tornado")
        if chosen.crowd:
            st.caption("Each run is a whole population, and few of them say little.")
        if result.attrs["idle"]:
            st.caption(f"Of no effect here, anywhere in their ranges: {result.attrs['idle']}.")
    with st.expander("How far does each move, and how do I read this?"):
        st.markdown(RULE)
    if result is not None:
        parts.reproduce(chosen, result, figure, drawn="tornado")


# ---- The least change ----------------------------------------------------------------------------------------------


class Asking(threading.Event):
    """Asks the queue whether to go on, each time that a search looks whether it has been cancelled: its steps are long."""

    def __init__(self, progress: work.Progress) -> None:
        super().__init__()
        self.progress, self.at = progress, (0, 1)

    def step(self, done: int, total: int) -> None:
        self.at = (done, total)
        self.progress(done, total)

    def is_set(self) -> bool:
        if not super().is_set():
            self.progress(*self.at)  # raises what ends it
        return super().is_set()


def searching(chosen: Chosen, which: str, paths: list[str] | None) -> None:
    if lacks("optuna"):
        return
    size = SEARCHED[chosen.crowd, which]

    def compute(progress: work.Progress) -> Any:
        asking = Asking(progress)
        return basin.worst(chosen.scenario, paths, **size, seed=chosen.seed, progress=asking.step, cancel=asking)

    result = behind("Search", ("worst", chosen.key, chosen.seed, which), compute, "Searching for the shortest way")
    if result is not None:
        st.markdown(f"**{answer(result)}**")
        if result.attrs["found"] and not result.attrs["already"]:
            table(chosen, result)
        st.caption(alone(chosen, result))
        lines = [*sidebar.python(chosen), f"result = {result.attrs['call']}", "print(result.attrs['witness'])", ""]
        about = result.attrs
        parts.again(f"{chosen.base.name}-worst", "\n".join(lines), basin.figures.what_to_type(result),
                    about["witness"] or about["scenario_toml"], result, file="Changed scenario")  # fmt: skip


def answer(result: Any) -> str:
    about, moved = result.attrs, int((result["scaled"] != 0).sum())
    now = f"{parts.share(about)} of runs end aligned"
    if about["already"]:
        return f"It takes no change: {now} as it is."
    if not about["found"]:
        least = f"{about['least_seen']:.0%} in the search"
        return f"None was found within these ranges that surely loses it: {now}, and no fewer than {least}."
    what = "one assumption" if moved == 1 else f"{moved} assumptions"
    after = parts.share(about, "witness_aligned")
    far = f"{about['change']:.2f} widths of a range in all"
    return f"Moving {what} by {far} loses it: {after} of runs end aligned then, and {parts.share(about)} now."


def table(chosen: Chosen, result: Any) -> None:
    """What is changed, what moves furthest first."""
    lines = ["| Assumption | From | To | Range | Widths |", "|:--|--:|--:|:--|--:|"]
    for at in range(result.sizes["path"]):
        one = result.isel(path=at)
        if one["scaled"] != 0:
            entry = chosen.scenario.numeric_path(str(one["path"].values))
            ends = f"{float(one['lo']):.4g} to {float(one['hi']):.4g}"
            moved = f"{float(one['scaled']):+.2f}".replace("-", "−")
            lines.append(f"| {widgets.name(entry)} | {float(one['from']):.4g} | {float(one['to']):.4g} | {ends} | {moved} |")
    st.markdown("\n".join(lines))


def alone(chosen: Chosen, result: Any) -> str:
    """Whether one assumption would do, and how far such an answer goes."""
    about = result.attrs
    if about["already"]:
        return f"95% interval {parts.between(about)}, from {about['judged_runs']:,} runs."
    single = result.where(result["alone_scaled"].notnull(), drop=True)
    bound = f"Judged by {about['judged_runs']:,} fresh runs each. A search found it: something nearer may exist."
    if not single.sizes["path"]:
        return f"No one of them alone does it within its range. {bound}"
    one = single.isel(path=int(np.argmin(np.abs(single["alone_scaled"].values))))
    name = widgets.name(chosen.scenario.numeric_path(str(one["path"].values)))
    return f"Alone, {name.lower()} does it soonest, at {float(one['alone_to']):.4g}. {bound}"
