"""The triangle of three motives' shares: where trajectories go in it, and which corners they end in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.about import provenance
from basin.figures.courses import Courses, draw_courses
from basin.figures.outcomes import LOOKS
from basin.figures.player import ROW, controls_height, rows
from basin.figures.theme import GAP, INK, LINE, QUIET, SMALL, TEMPLATE, TEXT, head
from basin.figures.words import capital, listed, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL = 900  # px: the triangle, and below it what moves it
CORNERS = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])  # care on top, the own motives left and right
TICKS = (0.25, 0.5, 0.75)
OUTWARDS = np.array([[-0.015, 0.0], [0.0, -0.015], [0.015, 0.0]])  # how far ticks' labels stand from the sides
ARROW = 0.45  # of the way along a trajectory


def triangle(dataset: xr.Dataset) -> go.Figure:
    """Draw the portrait of three motives; it is fitted to no width yet."""
    names = [str(name).replace("_", " ") for name in dataset["motive"].values]
    fig = go.Figure()
    _sides(fig)
    edge = dataset["edge_share"].values
    if len(edge):
        x, y = _place(edge).round(4).T
        fig.add_scatter(x=x, y=y, mode="lines", line={"color": INK, "width": 3}, name="basin's edge", hoverinfo="skip")
    x, y = np.moveaxis(_place(dataset["share"].values), -1, 0)
    courses = Courses.of(dataset, x, y, lambda found: _said(found, names))
    _heads(fig, courses)
    titles = draw_courses(fig, courses)
    _name_corners(fig, names, dataset["attracts"].values)
    about = _about(dataset, courses, names)
    head(fig, message=about["title"], detail=about["detail"], upwards="Shares of the motives (%): the nearer to a corner, "
         "the larger that motive's share")  # fmt: skip
    shown = [trace.name for trace in fig.data if trace.showlegend is not False]
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        hovermode="closest",
        xaxis=hidden | {"range": [-0.08, 1.08], "constrain": "domain"},
        yaxis=hidden | {"range": [-0.12, 0.96], "scaleanchor": "x", "scaleratio": 1, "constrain": "domain"},
        margin={"l": 2 * GAP, "r": 2 * GAP, "b": rows(shown) * ROW + controls_height(titles) + 3 * GAP},
        meta=about,
    )
    return fig


def _place(shares: Numbers) -> Numbers:
    """(..., 3) shares to (..., 2) places: the mean of the corners, weighed by the shares."""
    places: Numbers = shares @ CORNERS
    return places


def _sides(fig: go.Figure) -> None:
    """The triangle, lines of equal shares, and how large these are: care on the left side, the others as one goes round."""
    outline = CORNERS[[0, 1, 2, 0]]
    lines, labels, texts = [], [], []
    for k in range(3):
        one, other = (k + 1) % 3, (k + 2) % 3
        for share in TICKS:
            ends = np.zeros((2, 3))
            ends[:, k] = share
            ends[0, one] = ends[1, other] = 1 - share
            lines += [*_place(ends), [np.nan, np.nan]]
            labels.append(_place(ends[0]) + OUTWARDS[k])
            texts.append(f"{share:.0%}")
    style = {"hoverinfo": "skip", "showlegend": False}
    x, y = np.array(lines).T
    fig.add_scatter(x=x, y=y, mode="lines", line={"color": LINE, "width": 1}, name="lines of equal shares", **style)
    fig.add_scatter(x=outline[:, 0], y=outline[:, 1], mode="lines", line={"color": QUIET, "width": 1.5}, name="sides", **style)
    x, y = np.array(labels).T
    places = [{0: "middle left", 1: "bottom center", 2: "middle right"}[at // len(TICKS)] for at in range(len(texts))]
    fig.add_scatter(
        x=x, y=y, mode="text", text=texts, textposition=places, textfont={"size": SMALL, "color": QUIET}, name="ticks", **style
    )


def _heads(fig: go.Figure, courses: Courses) -> None:
    """A head on each trajectory, so that it can be seen which way it goes."""
    for name in courses.counts:
        own = courses.ending == OUTCOMES[name]
        x, y = courses.x[own], courses.y[own]
        gone = np.cumsum(np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)), axis=1)
        at = (gone < ARROW * gone[:, -1:]).sum(axis=1)
        row = np.arange(len(x))
        ends = np.stack([np.stack([side[row, at], side[row, at + 1], np.full(len(x), np.nan)], axis=1) for side in (x, y)])
        fig.add_scatter(
            x=ends[0].ravel(), y=ends[1].ravel(), mode="markers", hoverinfo="skip", showlegend=False,
            marker={"symbol": "arrow", "angleref": "previous", "color": LOOKS[name].colour, "size": [0, 10, 0] * len(x),
                    "line": {"width": 0}}, name=f"heads, {LOOKS[name].name}",
        )  # fmt: skip


def _name_corners(fig: go.Figure, names: list[str], attracts: Numbers) -> None:
    for (x, y), name, holds, anchor in zip(CORNERS, names, attracts, ("center", "left", "right"), strict=True):
        fig.add_annotation(
            text=f"<b>{capital(name)}</b><br>{'attracts' if holds else 'does not attract'}", showarrow=False, align=anchor,
            x={"center": x, "left": x - 0.06, "right": x + 0.06}[anchor], xanchor=anchor, y=y, yshift=GAP if y else -2.5 * GAP,
            yanchor="bottom" if y else "top", font={"size": TEXT, "color": INK},
        )  # fmt: skip


def _said(dataset: xr.Dataset, names: list[str]) -> list[str]:
    """Of each trajectory, where it begins and ends."""
    share = dataset["share"].values
    return [
        "<br>to ".join(
            listed([f"{percent(float(part.round(3)))} {name}" for name, part in zip(names, at, strict=True)])
            for at in (share[k, 0], share[k, -1])
        )
        for k in range(len(share))
    ]


def _about(dataset: xr.Dataset, courses: Courses, names: list[str]) -> dict[str, str]:
    """Title, caption and alt text, and what computes it again."""
    about = dataset.attrs
    title, starts = str(about["title"]), int(about["starts"])
    message = f"{percent(float(about['aligned']))} of these starts end fully aligned"
    detail = f"{title}: nothing left to chance, {starts:,} starts over {int(about['horizon']):,} episodes"
    holds = dataset["attracts"].values.astype(bool)
    stay, leave = ([name for name, there in zip(names, holds, strict=True) if there == kind] for kind in (True, False))
    corners = [f"Starts beside the corner{'s' * (len(stay) > 1)} of {listed(stay)} end there."] * bool(stay)
    corners += [f"Starts beside the corner{'s' * (len(leave) > 1)} of {listed(leave)} leave."] * bool(leave)
    edge = "There is no edge of the basin here."
    if dataset.sizes["edge"]:
        edge = "The thick line is the basin's edge, between starts that end aligned and starts that do not."
    return {
        "title": message,
        "detail": detail,
        "caption": f"{title}: {message} (nothing left to chance, {starts:,} starts). Each point of the triangle is a mix of "
        f"three motives, {listed(names)}; lines are whole trajectories from a grid of starts, {courses.ends}. {edge} "
        f"{' '.join(corners)} An agent is more than these shares (what it believes and how unsure it is, say), which move as "
        "well, so trajectories may cross. The slider's steps are short at first and grow.",
        "alt": f"Triangle of the shares of three motives: {names[0]} on top, {names[1]} on the left and {names[2]} on the "
        f"right. Of all starts {percent(float(about['aligned']))} end aligned. {' '.join(corners)} Of the trajectories drawn, "
        f"{courses.ends}.",
        **provenance(dataset),
    }
