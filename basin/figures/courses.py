"""Trajectories through a plane, drawn whole, and dots that move along them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.outcomes import LOOKS
from basin.figures.player import controls
from basin.figures.theme import PAPER, TEXT
from basin.figures.words import listed
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

BEAT = 60  # ms for one moment: up to 120 of them
DIGITS = 4  # of places in the picture


@dataclass(frozen=True)
class Courses:
    """x, y: (paths, frames) places. ending: (paths,) labels. episode: (frames,). said: of each path, in words."""

    x: Numbers
    y: Numbers
    ending: NDArray[np.int8]
    episode: NDArray[np.int64]
    said: list[str]

    @classmethod
    def of(cls, dataset: xr.Dataset, x: Numbers, y: Numbers, say: Callable[[xr.Dataset], list[str]]) -> Courses:
        ending, episode = dataset["ending"].values, dataset["frame"].values.astype(int)
        return cls(x.round(DIGITS), y.round(DIGITS), ending, episode, say(dataset))

    @property
    def counts(self) -> dict[str, int]:
        """How many end in each way, those that none does left out."""
        counts = {name: int((self.ending == OUTCOMES[name]).sum()) for name in LOOKS}
        return {name: count for name, count in counts.items() if count}

    @property
    def ends(self) -> str:
        """`23 end aligned and 13 captured`."""
        first, *rest = [f"{count} {LOOKS[name].name}" for name, count in self.counts.items()]
        return listed([first.replace(" ", " end ", 1), *rest])


def draw_courses(fig: go.Figure, courses: Courses, axis: int = 0) -> list[str]:
    """Draw them, with a marker of the outcome at the end of each, frames in which the markers move there from the start, and
    what plays these, `axis` px below the plot. Returns the titles of the slider."""
    moving = []
    for name, count in courses.counts.items():
        look, own = LOOKS[name], courses.ending == OUTCOMES[name]
        x, y = courses.x[own], courses.y[own]
        gap = np.full((count, 1), np.nan)
        fig.add_scatter(
            x=np.hstack([x, gap]).ravel(), y=np.hstack([y, gap]).ravel(), mode="lines", opacity=0.9, hoverinfo="skip",
            line={"color": look.colour, "width": 1.5}, name=f"trajectories, {look.name}", showlegend=False,
        )  # fmt: skip
    for name, count in courses.counts.items():  # above all lines
        look, own = LOOKS[name], courses.ending == OUTCOMES[name]
        moving.append(len(fig.data))
        hollow = look.marker.endswith("-open")
        fig.add_scatter(
            x=courses.x[own, -1], y=courses.y[own, -1], mode="markers", name=f"{look.name} {count}", cliponaxis=False,
            marker={"symbol": look.marker, "color": look.colour, "size": TEXT * 0.75, "opacity": 1,
                    "line": {"width": 2 if hollow else 1, "color": look.colour if hollow else PAPER}},
            text=[f"{words}<br>ends {look.name}" for words, mine in zip(courses.said, own, strict=True) if mine],
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    owns = [courses.ending == OUTCOMES[name] for name in courses.counts]
    fig.frames = [
        {"name": str(k), "traces": moving,
         "data": [{"type": "scatter", "x": courses.x[own, k], "y": courses.y[own, k]} for own in owns]}
        for k in range(len(courses.episode))
    ]  # fmt: skip
    titles = [f"Episode {episode:,}" for episode in courses.episode]
    titles[-1] = f"In the end, after {courses.episode[-1]:,} episodes"
    controls(fig, titles, BEAT, axis, redraw=False)
    return titles
