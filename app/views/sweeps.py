"""Sweeps: many scenarios at once, from a store or computed here; and which assumptions matter (`what_matters`)."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import address
import parts
import plotly.graph_objects as go
import streamlit as st
import work
from sidebar import Chosen
from views import what_matters

import basin

HELD = tuple(f"sweeps_at{number}" for number in range(12))  # where each dimension is held, in the order of the sweep's
ADDRESS = ("sweeps_store", "sweeps_value", "sweeps_x", "sweeps_y", *HELD, *what_matters.ADDRESS)
SIMS = Path(__file__).parents[2] / "sims"  # not everywhere: the package can do without
HERE = ("takeoff", "information", "search")  # sweeps of sims/ whose trial size takes a few seconds
LARGEST = 1_000_000  # points of a store that are drawn here
KEPT, FRESH = 4, 10.0  # stores that are kept in memory, and seconds until one is looked at again: it may be being filled
FRONT = 2  # dimensions that are held, in view; more stand behind an expander
CURVES, EACH = "nothing", "each"
READ = """
A **sweep** asks one question of a scenario at many settings: every combination of the values along its dimensions, each a
**point** with simulated runs of its own. A sweep is of the scenario that it names, with its own settings; the sidebar changes
nothing in it.

With two numbers, across and upwards, you see a **map**: the darker a cell, the higher the value, and the line marks one half.
With *nothing* upwards you see **curves**; the shaded bands hold the 95% intervals, which are of chance only. Other dimensions
are drawn beside one another as far as there is room, or are **held** at one value, as the line above the figure says.
**Hover** for the numbers of a point. A cell with a mark instead of a colour is not computed, failed, or has no finite value.

*Claimed in essays, or by their critics:* what a sweep puts to the test; its file says which. *Ours:* which values are tried,
and everything that is held. Where a basin shrinks along an axis, an assumption of the argument shows; that real systems are
like this, it does not say.
"""


@dataclass(frozen=True)
class Opened:
    """A sweep to look at. version: tells its state from an earlier one. read, typed: what reads, and what types it."""

    name: str
    found: Any
    toml: str
    read: str
    typed: str
    version: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()


def title() -> None:
    parts.title(
        "Which settings does the basin hang on?",
        "One question, asked at many settings at once: see where the basin opens and closes, and which assumption decides it.",
    )


def show(chosen: Chosen) -> None:
    beside = st.columns(2)
    sweep = opened(beside[0])
    if sweep is not None:
        draw(sweep, beside[1])
    st.divider()
    what_matters.show(chosen)


# ---- Which sweep ---------------------------------------------------------------------------------------------------


def opened(place: Any) -> Opened | None:
    """The sweep that is chosen, by its name; None, and a line that says why, where there is none to see."""
    stores = known_stores()
    names = {**ours(), **{name: called(name, entry) for name, entry in stores.items()}}
    if not names:
        st.info("There is no sweep on this machine yet: `basin sweep FILE.toml` makes one, and it is then listed here.")
        return None
    asked = st.query_params.get("sweeps_store")
    if asked is not None and asked not in names:
        st.warning(f"This link asks for the sweep {address.quoted(asked)}, which is not on this machine.")
    with address.in_address("sweeps_store", list(names)):
        name = place.selectbox(
            "Sweep", list(names), format_func=names.get, key="sweeps_store", on_change=forget,
            help="Those that come with the source, and the stores that `basin runs list` shows on this machine.",
        )  # fmt: skip
    return from_store(name, stores[name]) if name in stores else swept(name)


def ours() -> dict[str, str]:
    """Those of sims/ that are there, with their titles."""
    found = {}
    for name in HERE:
        with suppress(ValueError):  # somebody has edited it
            found[name] = meant(name, True).title
    return found


def known_stores() -> Mapping[str, Any]:
    try:
        return basin.sweep.stores()
    except ValueError:  # no catalogue can be read or made here
        return {}


def called(name: str, entry: Any) -> str:
    """A store on the list: how much of it is done is said where it is not all."""
    part = f", {entry.done:,} of {entry.points:,} points" if entry.done < entry.points else ""
    return f"{entry.title or entry.compute} ({name}{part})"


def forget() -> None:
    """Another sweep has other variables and dimensions."""
    for key in ("sweeps_value", "sweeps_x", "sweeps_y", *HELD):
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)


@st.cache_resource(show_spinner=False)
def meant(name: str, quick: bool) -> Any:
    return basin.sweep.read(SIMS / f"{name}.toml", quick)


def swept(name: str) -> Opened | None:
    """One of ours at its trial size, computed into a folder that does not stay."""
    file = f"sims/{name}.toml"
    typed = f"basin sweep {file} --quick --out {name}.zarr"

    def compute(progress: work.Progress) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / f"{name}.zarr"
            basin.sweep.run(meant(name, True), store, call=typed, progress=progress)
            return basin.datasets.open(store)

    small, large = meant(name, True).points, meant(name, False).points
    found = parts.computed(("sweep", name), compute, f"Computing {small:,} points")
    if found is None:
        return None
    notes = (f"A trial with {small:,} points. `basin sweep {file}` computes all {large:,}; the list above then has them too.",)
    read = f"sweep = basin.sweep.read({file!r}, quick=True)"
    return Opened(name, found, (SIMS / f"{name}.toml").read_text(encoding="utf-8"), read, typed, notes=notes)


def from_store(name: str, entry: Any) -> Opened | None:
    """A store of this machine's catalogue, as others may see it: nothing tells where it is."""
    if entry.points > LARGEST:
        st.info(f"{entry.points:,} points are too many to be drawn here; `basin figure sweep --from STORE` draws them.")
        return None
    try:
        found, toml, notes = read(entry.path)
    except (ValueError, OSError):  # the package's message would say where it is
        st.warning("This store cannot be read here, or no more. `basin runs rebuild` makes the list anew.")
        return None
    done = found["done"].values
    stem = Path(entry.path).stem
    typed = f"basin sweep {stem}.toml --out {stem}.zarr"
    version = (int((done == 1).sum()), int((done == 2).sum()), entry.changed)
    return Opened(stem, found, toml, f"sweep = basin.sweep.read({stem + '.toml'!r})", typed, (name, *version), notes)


@st.cache_resource(max_entries=KEPT, ttl=FRESH, show_spinner=False)
def read(path: str) -> tuple[Any, str, tuple[str, ...]]:
    found, handed = basin.sweep.handed_on(basin.sweep.open_store(Path(path)))
    return work.frozen(found), handed.toml, tuple(handed.notes)


# ---- What is shown of it -------------------------------------------------------------------------------------------


def draw(sweep: Opened, place: Any) -> None:
    about = sweep.found.attrs
    st.markdown(f"## {about['question'] or about['title'] or 'A sweep'}")
    say_done(sweep)
    left, right = st.columns([5, 2], gap="medium")
    with right:
        try:
            options = choose(sweep.found, place)
        except ValueError as error:
            st.info(f"There is nothing to choose. {error}")
            return
        parts.try_this(prompt(sweep, options))
        parts.how_to_read(READ)
    with left:
        try:
            figure = drawn((sweep.name, *sweep.version), repr(options), sweep.found, options)
        except ValueError as error:
            st.info(f"There is no picture of this. {error}")
            return
        parts.chart(figure, "sweeps_chart")
        st.caption(" ".join((f"*{about['title']}*, of {listed(sweep.found)}.", *sweep.notes)))
        parts.again(f"{sweep.name}-sweep", python(sweep, options), typed(sweep, options), sweep.toml, sweep.found, figure,
                    "Sweep file")  # fmt: skip


def say_done(sweep: Opened) -> None:
    """How much of a sweep is computed, where it is not all."""
    done = sweep.found["done"].values
    computed, failed = int((done == 1).sum()), int((done == 2).sum())
    if computed < done.size:
        why = f"; {failed:,} failed, and `basin runs show` says why" if failed else ""
        st.progress(computed / done.size, f"{computed:,} of {done.size:,} points are computed{why}.")


def choose(found: Any, place: Any) -> dict[str, Any]:
    """Draw the widgets, the first at a place of its own; what `basin.figures.sweep` is to be given."""
    choices = basin.figures.sweep_choices(found)
    with address.in_address("sweeps_value", list(choices.values)):
        value = place.selectbox("Shown", list(choices.values), format_func=choices.values.get, key="sweeps_value")
    choices = basin.figures.sweep_choices(found, value)
    if choices.x is not None:
        with address.in_address("sweeps_x", [choices.x, *choices.numbers]):
            x = st.selectbox("Across", choices.numbers, format_func=choices.words.get, key="sweeps_x")
        choices = basin.figures.sweep_choices(found, value, x)
        others = [path for path in choices.numbers if path != x]
        with address.in_address("sweeps_y", [choices.y or CURVES, CURVES, *others]):
            words = {CURVES: "nothing", **choices.words}
            y = st.selectbox("Upwards", [CURVES, *others], format_func=words.get, key="sweeps_y")
        choices = basin.figures.sweep_choices(found, value, x, None if y == CURVES else y, curves=y == CURVES)
    order = [dim for dim in map(str, found.sizes) if dim in choices.held]
    at = {dim: hold(choices, dim, list(map(str, found.sizes)).index(dim)) for dim in order[:FRONT]}
    if len(order) > FRONT:
        with st.expander("More dimensions"):
            at |= {dim: hold(choices, dim, list(map(str, found.sizes)).index(dim)) for dim in order[FRONT:]}
    return {"value": value, "x": choices.x, "y": choices.y, "at": {dim: place for dim, place in at.items() if place != EACH}}


def hold(choices: Any, dim: str, number: int) -> str:
    """The widget of a dimension that is neither across nor upwards: one of its positions, or each of them."""
    positions, each = choices.held[dim], dim in choices.each
    options = [EACH] * each + list(positions)
    default = EACH if each else list(positions)[len(positions) // 2]
    words = {EACH: "each beside the other", **positions}
    pick = st.selectbox if each or dim not in choices.numbers else st.select_slider
    with address.in_address(key := HELD[number % len(HELD)], [default, *options]):
        return pick(f"{choices.words[dim]} held at", options, format_func=words.get, key=key)


@st.cache_resource(max_entries=work.KEPT, show_spinner=False)
def drawn(version: tuple[Any, ...], asked: str, _found: Any, _options: dict[str, Any]) -> go.Figure:
    return basin.figures.sweep(_found, **_options)


def prompt(sweep: Opened, options: Mapping[str, Any]) -> str:
    """Something to try with what is shown."""
    if options["y"] is not None:
        return "Choose *nothing* under *Upwards*: the map becomes curves with their 95% bands. Then move what is held."
    if options["x"] is not None and options["at"]:
        return "Move what is held, and watch the curve and its band. Or put something *Upwards*, and see all at once."
    return "Choose something else under *Shown*: does it know, does it care, does it do harm on the way?"


def listed(found: Any) -> str:
    """The scenarios of a sweep."""
    return ", ".join(f"`{Path(name).name}`" for name in json.loads(found.attrs["sweep"])["scenarios"])


# ---- The same elsewhere --------------------------------------------------------------------------------------------


def python(sweep: Opened, options: Mapping[str, Any]) -> str:
    drawing = "".join(f", {key}={given!r}" for key, given in options.items() if given)
    store = f"{sweep.name}.zarr"
    lines = ["import basin", "", sweep.read, f"basin.sweep.run(sweep, {store!r})", f"result = basin.datasets.open({store!r})"]
    return "\n".join([*lines, f"basin.figures.sweep(result{drawing}).show()", ""])


def typed(sweep: Opened, options: Mapping[str, Any]) -> str:
    words = ["basin", "figure", "sweep", "--from", f"{sweep.name}.zarr", "--value", options["value"]]
    words += [word for side in "xy" if options[side] for word in (f"--{side}", options[side])]
    words += [word for dim, place in options["at"].items() for word in ("--at", f"{dim}={place}")]
    return f"{sweep.typed}\n{shlex.join(words)}"
