"""The phase portrait: which way agents move, where they stand still, and where they come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.about import provenance
from basin.figures.courses import Courses, draw_courses
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.paths import scenario
from basin.figures.player import ROW, controls_height
from basin.figures.separatrices import parting_beliefs
from basin.figures.theme import GAP, INK, QUIET, TEMPLATE, WIDTH, fit, head
from basin.figures.triangles import triangle
from basin.figures.words import MINUS, capital, number, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL = 900  # px: the plane, and below it what moves it
AXIS = 6 * GAP  # px of the horizontal axis
ENTRY = 104  # px of a text of the legend: two stand side by side on a telephone
ARROWS = 12  # along an axis
LENGTHS = (0.25, 0.85)  # of an arrow, from the slowest to the fastest, in parts of the room it has
FASTEST = 0.9  # of all arrows; beyond, they are no longer
THEORY = "#CC79A7"  # Okabe and Ito's, of no outcome
BELIEF, CARE = "Belief: cosine with human values", "Motives: share that cares"
LINES = {  # name in the Dataset: (words, colour, width, dash)
    "edge": ("basin's edge", INK, 3, "solid"),
    "care_still": ("care at rest", QUIET, 2, "dash"),
    "belief_still": ("belief at rest", QUIET, 2, "dot"),
}


def portrait(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw a portrait's Dataset, as `basin.portrait` returns it; texts are broken to fit `width` px.

    The plane of belief and care: an arrow for what the first episode does, longer where it does more; whole trajectories in
    the colour of how they end, with its marker there; the edge of the basin, where theory knows it that line as well; and
    where care and belief stand still. Of three motives, the triangle of their shares. A slider goes through the episodes.
    Raises FigureError for another Dataset.

    >>> quick = basin.load("near-aligned-llm").with_({"outcome.horizon": 100})
    >>> fig = basin.figures.portrait(basin.portrait(quick, n=8, paths=4))
    >>> print(fig.layout.meta["title"])
    9% of these starts end fully aligned
    """
    if dataset.attrs.get("basin") != "portrait":
        raise FigureError("this Dataset holds no phase portrait; make one with basin.portrait")
    return fit(triangle(dataset) if dataset.attrs["shape"] == "triangle" else _plane(dataset), width)


def _plane(dataset: xr.Dataset) -> go.Figure:
    fig = go.Figure()
    _arrows(fig, dataset)
    drawn = [name for name in LINES if dataset.sizes[name]]
    for name in drawn:
        words, colour, thick, dash = LINES[name]
        line = {"color": colour, "width": thick, "dash": dash}
        places = {side: dataset[f"{name}_{side}"].values.round(4) for side in "xy"}
        fig.add_scatter(**places, mode="lines", line=line, name=words, hoverinfo="skip")
    across, upwards = dataset["x"].values, dataset["y"].values
    theory = parting_beliefs(scenario(dataset), np.linspace(across[0], across[-1], 201), upwards[0], upwards[-1])
    if theory is not None:
        line = {"color": THEORY, "width": 2, "dash": "longdash"}
        fig.add_scatter(x=theory[0], y=theory[1], mode="lines", line=line, name="edge by theory", hoverinfo="skip")
    courses = Courses.of(dataset, dataset["knows"].values, dataset["share"].values[..., 0], _said)
    titles = draw_courses(fig, courses, AXIS)
    about = _about(dataset, courses, drawn, theory is not None)
    head(fig, message=about["title"], detail=about["detail"], upwards=f"↑ {CARE}")
    entries = sum(trace.showlegend is not False for trace in fig.data)
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        hovermode="closest",
        xaxis={"title": {"text": f"{BELIEF} →"}, "range": _range(across, courses.x)},
        yaxis={"range": _range(upwards, courses.y)},
        legend={"entrywidth": ENTRY},
        margin={"b": AXIS + controls_height(titles) + -(-entries // 2) * ROW + 2 * GAP},
        meta=about,
    )
    return fig


def _arrows(fig: go.Figure, dataset: xr.Dataset) -> None:
    """A line and a head for each, centred on the start, in the colour of how the start ends."""
    n = dataset.sizes["x"]
    step = -(-n // ARROWS)
    at = slice((step - 1) // 2, None, step)
    x, y = np.meshgrid(dataset["x"].values[at], dataset["y"].values[at])
    move = np.stack([dataset[f"move_{side}"].transpose("y", "x").values[at, at] for side in "xy"])
    cell = np.array([step * (np.ptp(dataset[side].values) / (n - 1)) for side in "xy"])[:, None, None]
    speed = np.hypot(*(move / cell))
    fast = np.quantile(speed, FASTEST) or 1.0
    length = LENGTHS[0] + (LENGTHS[1] - LENGTHS[0]) * np.sqrt(np.minimum(speed / fast, 1.0))
    half = move / np.where(speed > 0, speed, 1.0) * length / 2
    label = dataset["label"].transpose("y", "x").values[at, at]
    ends = np.stack([np.stack([x, y]) - half, np.stack([x, y]) + half, np.full((2, *x.shape), np.nan)], axis=-1)
    fig.add_scatter(
        x=[None], y=[None], mode="markers", marker={"symbol": "arrow", "angle": 90, "color": QUIET, "size": 12},
        name="first move", hoverinfo="skip",
    )  # fmt: skip
    for name, look in LOOKS.items():
        here = (label == OUTCOMES[name]) & (speed > 0)
        if not here.any():
            continue
        said = [
            f"belief {number(a)}, care {number(b)}<br>"
            f"first episode: belief {_signed(c)}, care {_signed(d)}<br>ends {look.name}"
            for a, b, c, d in zip(x[here], y[here], *move[:, here], strict=True)
        ]
        fig.add_scatter(
            x=ends[0][here].ravel().round(4), y=ends[1][here].ravel().round(4), mode="lines+markers", opacity=0.55,
            line={"color": look.colour, "width": 1.5}, name=f"arrows, {look.name}", showlegend=False,
            marker={"symbol": "arrow", "angleref": "previous", "color": look.colour, "size": [0, 9, 0] * int(here.sum()),
                    "line": {"width": 0}},
            text=[text for one in said for text in (one, one, "")], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(value)}"


def _said(dataset: xr.Dataset) -> list[str]:
    """Of each trajectory, where it begins and ends."""
    knows, share = dataset["knows"].values, dataset["share"].values[..., 0]
    return [
        f"from belief {number(knows[k, 0])}, care {number(share[k, 0])}<br>to belief {number(knows[k, -1])}, "
        f"care {number(share[k, -1])}"
        for k in range(len(knows))
    ]


def _range(starts: Numbers, courses: Numbers) -> list[float]:
    """All starts with their cells, all trajectories, and room for markers."""
    half = np.ptp(starts) / (len(starts) - 1) / 2
    low, high = min(starts[0] - half, courses.min()), max(starts[-1] + half, courses.max())
    room = 0.03 * (high - low)
    return [float(low - room), float(high + room)]


def _about(dataset: xr.Dataset, courses: Courses, drawn: list[str], theory: bool) -> dict[str, str]:
    """Title, caption and alt text, and what computes it again."""
    about = dataset.attrs
    title, starts = str(about["title"]), int(about["starts"])
    message = f"{percent(float(about['aligned']))} of these starts end fully aligned"
    detail = f"{title}: nothing left to chance, {starts:,} starts over {int(about['horizon']):,} episodes"
    lines = {
        "edge": "the thick line is the basin's edge, between starts that end aligned and starts that do not",
        "care_still": "the dashed line (care at rest) is where the first episode leaves care as it is",
        "belief_still": "the dotted line (belief at rest) is where it leaves the belief as it is",
    }
    none = {
        "edge": "there is no edge of the basin here",
        "care_still": "no line parts starts at which care first grows from starts at which it first shrinks",
        "belief_still": "the belief's first step is nowhere reversed",
    }
    said = "; ".join(lines[name] if name in drawn else none[name] for name in LINES)
    theory_said = " The long dashes are the edge between care and the agent's own motive that theory gives." * theory
    where = [f"{words} from {side[0]:.2f} to {side[-1]:.2f}".replace("-", MINUS) for words, side in
             (("belief", dataset["x"].values), ("care", dataset["y"].values))]  # fmt: skip
    return {
        "title": message,
        "detail": detail,
        "caption": f"{title}: {message} (nothing left to chance, {starts:,} starts). Arrows are what the first episode does "
        "at a start, longer where it does more, in the colour of how the start ends; lines are whole trajectories, "
        f"{courses.ends}. {capital(said)}.{theory_said} An agent is more than the two numbers shown (how unsure and how "
        "capable it is, say), and arrows take the rest as the scenario has it at the start, so later parts of a trajectory "
        "need not follow them, and trajectories may cross. The slider's steps are short at first and grow.",
        "alt": f"Phase portrait: {where[0]} across, {where[1]} upwards. Of all starts {percent(float(about['aligned']))} end "
        f"aligned. {_lie(dataset)} Of the trajectories drawn, {courses.ends}.",
        **provenance(dataset),
    }


def _lie(dataset: xr.Dataset) -> str:
    """Where the edge is, for those who cannot see it."""
    if not dataset.sizes["edge"]:
        return "No edge of the basin is in sight."
    x, y = dataset["edge_x"].values, dataset["edge_y"].values
    left, right = np.nanargmin(x), np.nanargmax(x)
    return (
        f"The edge of the basin goes from belief {number(x[left].round(2))}, care {number(y[left].round(2))} to belief "
        f"{number(x[right].round(2))}, care {number(y[right].round(2))}."
    )
