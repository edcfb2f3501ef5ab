"""Maps of the basin, which several pages show: coarse at first, then fine; each is computed and drawn once for all."""

from __future__ import annotations

from typing import Any

import parts
import plotly.graph_objects as go
import streamlit as st
import work
from sidebar import Chosen

import basin

COARSE, FINE, CELL_RUNS = 16, 64, 4  # starts along an axis, and runs from each
COARSE_CROWD, FINE_CROWD, CELL_RUNS_CROWD = 4, 12, 2  # where each run is a whole population


def sizes(*sides: Chosen) -> tuple[int, list[int]]:
    """Runs from each start, and starts along an axis at first and then, of maps side by side; if known, the last alone."""
    crowd = any(side.crowd for side in sides)
    each, *both = (CELL_RUNS_CROWD, COARSE_CROWD, FINE_CROWD) if crowd else (CELL_RUNS, COARSE, FINE)
    known = all(work.known(*key(side, both[-1], each)) is not None for side in sides)
    return each, both[-1:] if known else both


def key(chosen: Chosen, n: int, runs: int) -> tuple[Any, ...]:
    return ("map", chosen.key, chosen.x, chosen.y, n, runs, chosen.seed)


def mapped(chosen: Chosen, n: int, runs: int, words: str = "") -> Any:
    """The map with n starts a side, or None where it is not computed. words: which of several it is."""
    return parts.computed(
        key(chosen, n, runs),
        lambda progress: basin.map(chosen.scenario, chosen.x, chosen.y, n, runs, chosen.seed, progress=progress),
        f"Simulating {n} × {n} starts {words}".strip(),
        brief=n in (COARSE, COARSE_CROWD),
    )


@st.cache_resource(max_entries=work.KEPT, show_spinner=False)
def drawn(key: tuple[Any, ...], shown: str, _field: Any) -> go.Figure:
    """The figure of a map with this key, as `basin.figures.map` shows it."""
    return basin.figures.map(_field, shown)
