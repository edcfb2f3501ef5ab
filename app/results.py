"""Results that pages draw: computed once, kept for everyone, at most so many of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

import basin

KEPT = 24  # maps and trajectories; one of either takes a few MB at most
COARSE, FINE, CELL_RUNS = 16, 64, 4  # starts along an axis of a map, and runs from each
RUNS = 50  # of a trajectory


@st.cache_resource(show_spinner="Getting the simulator ready …")
def warm() -> None:
    """Load the compiled kernels, or compile them where that has never been done (it takes a minute)."""
    basin.run("value-learner", runs=1)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _shelf(*key: Any) -> dict[str, Any]:
    """Where one result is kept: empty at first, since what is computed in here could not draw a progress bar."""
    return {}


def maps(scenario: Any, x: Any, y: Any, seed: int, place: Any) -> Iterator[tuple[Any, bool]]:
    """A map's Dataset, coarse and then fine, and whether it is the last; the fine one at once if it is known already.

    Progress is shown at `place`. A change of any widget ends the script there, and the computation with it.
    """
    for n, words in ((COARSE, "A first look …"), (FINE, "A finer map …")):
        keys = {side: ("map", scenario.model_dump_json(), x, y, side, seed) for side in (n, FINE)}
        if n != FINE and "result" in _shelf(*keys[FINE]):
            continue
        compute = partial(basin.map, scenario, x, y, n, CELL_RUNS, seed)
        yield _kept(_shelf(*keys[n]), compute, words, place), n == FINE


def path(scenario: Any, seed: int, place: Any) -> Any:
    """Trajectories of a scenario."""
    shelf = _shelf("path", scenario.model_dump_json(), seed)
    return _kept(shelf, partial(basin.trajectory, scenario, RUNS, seed), "Following the runs …", place)


def _kept(shelf: dict[str, Any], compute: Callable[..., Any], words: str, place: Any) -> Any:
    """The result on a shelf, computed if there is none. Everyone gets the same one, so nobody may write to it."""
    if "result" not in shelf:
        result = compute(progress=lambda done, total: place.progress(min(1.0, done / total), words))
        for variable in result.variables.values():
            variable.values.flags.writeable = False
        shelf["result"] = result
        place.empty()
    return shelf["result"]


def page(figure: Any) -> bytes:
    """A figure as a page that needs no network."""
    with tempfile.TemporaryDirectory() as folder:
        return basin.figures.export(figure, Path(folder) / "figure", ("html",))[0].read_bytes()


def data(dataset: Any) -> bytes:
    """A Dataset as netCDF."""
    with tempfile.TemporaryDirectory() as folder:
        return basin.datasets.save(dataset, Path(folder) / "data.nc").read_bytes()
