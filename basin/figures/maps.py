"""The map: how the runs from every starting point end, or how likely they end fully aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter

from basin.figures.about import about_map
from basin.figures.cells import Cells
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.separatrices import closed_form
from basin.figures.theme import HEIGHT, INK, PAPER, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import percent

if TYPE_CHECKING:
    import xarray as xr

PALEST = 0.55  # how much of an outcome's colour is left where hardly more runs of a cell have it than another
NONE, ALL = "#F3F5F7", LOOKS["aligned"].colour  # P(aligned) = 0 and 1
NAMED = (0.1, 0.28)  # height and width of a region, as parts of the map, from which on it bears its name
SURE = 0.9  # how much of a name's room must be of its outcome
WORTH_NAMING = 0.005  # of all runs: rarer outcomes that no cell is coloured by stand in the caption only
STEADY = 1600  # runs that an estimate of P for the contour is pooled from, neighbouring cells included
WIDEST = 1 / 12  # of the map, that it is pooled over at most


def map(dataset: xr.Dataset, show: Literal["outcome", "aligned"] = "outcome", width: int = WIDTH) -> go.Figure:
    """Draw a map's Dataset, as `basin.map` returns it; texts are broken to fit `width` px.

    show: "outcome" colours each cell by its most frequent outcome, paler where its runs disagree; "aligned" shades it by
    P(aligned) and draws P = ½, the edge of the basin. Where theory knows the edge exactly it is drawn as well.
    Raises FigureError for another `show`, or for a Dataset that is no map.

    >>> fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    >>> print(fig.layout.meta["title"])
    78% of these starts end fully aligned
    """
    cells = Cells.of(dataset)
    if show not in ("outcome", "aligned"):
        raise FigureError(f"show = {show!r}: must be 'outcome' or 'aligned'")
    fig, reading = _outcomes(cells) if show == "outcome" else _aligned(cells)
    edge = closed_form(cells)
    if edge is not None:
        line = {"color": INK, "width": 2, "dash": "dash"}
        fig.add_scatter(x=edge[0], y=edge[1], mode="lines", line=line, hoverinfo="skip", name="edge by theory")
        reading += " The dashed line is the edge that theory gives."
    head(fig, message=cells.headline, detail=cells.confidence, upwards=f"↑ {cells.y.title}")
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{cells.x.title} →"}, **cells.x.axis},
        yaxis=cells.y.axis,
        meta=about_map(cells, dataset, reading),
    )
    return fit(fig, width)


def _outcomes(cells: Cells) -> tuple[go.Figure, str]:
    most = np.argmax(cells.share, axis=-1)
    ahead = np.clip(2 * np.max(cells.share, axis=-1) - 1, 0, 1)
    fig = _heat(cells, most + 0.001 + 0.998 * ahead, len(LOOKS), _bands())
    for k, (name, look) in enumerate(LOOKS.items()):
        if not (most == k).any() and cells.pooled[name] < WORTH_NAMING:
            continue
        marker = {"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"width": 2, "color": look.colour}}
        _entry(fig, f"{look.name} {percent(cells.pooled[name])}", marker)
        place = _room(most == k)
        if place is not None:
            x, y = (side.on_axis(side.values[at]) for side, at in ((cells.x, place[1]), (cells.y, place[0])))
            font = {"color": look.ink, "size": TEXT}
            fig.add_annotation(x=x, y=y, text=f"{look.sign} {look.name}", font=font, showarrow=False)
    return fig, "Each cell has the colour of its most frequent outcome, paler where its runs disagree."


def _aligned(cells: Cells) -> tuple[go.Figure, str]:
    fig = _heat(cells, cells.aligned, 1, [[0, NONE], [1, ALL]])
    for share in (0, 0.25, 0.5, 0.75, 1):
        marker = {"symbol": "square", "color": _mixed(ALL, NONE, share), "size": TEXT, "line": {"width": 1, "color": INK}}
        _entry(fig, percent(share), marker)
    fig.update_layout(legend_title={"text": "Runs that end fully aligned", "side": "top", "font_size": TEXT})
    reading = "The darker a cell, the more of its runs end fully aligned."
    exact = bool(cells.attributes.get("expected"))  # nothing to pool where nothing is left to chance
    across = min(np.sqrt(STEADY / max(1, int(cells.runs.min()))), WIDEST * min(cells.aligned.shape))
    reach = 1 if exact else max(1, round(across))  # cells
    steady = gaussian_filter(cells.aligned, (reach - 1) / 2, mode="nearest") if reach > 1 else cells.aligned
    if min(steady.shape) > 1 and steady.min() < 0.5 < steady.max():
        level = {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"}
        fig.add_contour(
            x=cells.x.values, y=cells.y.values, z=steady, contours=level, line={"color": INK, "width": 2},
            showscale=False, hoverinfo="skip", name="one half", showlegend=True,
        )  # fmt: skip
        reading += " The line marks one half, the edge of the basin"
        reading += f", pooled over about {reach} × {reach} neighbouring cells." if reach > 1 else "."
    return fig, reading


def _heat(cells: Cells, z: NDArray[np.float64], most: float, scale: list[list[Any]]) -> go.Figure:
    return go.Figure(
        go.Heatmap(
            x=cells.x.edges, y=cells.y.edges, z=z, zmin=0, zmax=most, colorscale=scale, showscale=False,
            text=cells.words, hovertemplate="%{text}<extra></extra>", name="map",
        )
    )  # fmt: skip


def _entry(fig: go.Figure, name: str, marker: dict[str, Any]) -> None:
    """An entry of the legend, without data of its own."""
    fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, showlegend=True, hoverinfo="skip")


def _bands() -> list[list[Any]]:
    """One band of the colour scale per outcome, from its palest tint to its full colour."""
    looks = list(LOOKS.values())
    return [
        [(k + end) / len(looks), _mixed(look.colour, PAPER, PALEST + end * (1 - PALEST))]
        for k, look in enumerate(looks)
        for end in (0, 1)
    ]


def _mixed(colour: str, other: str, strength: float) -> str:
    """`strength` of a colour in another, mixed as plotly's colour scales do."""
    parts = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(strength * one + (1 - strength) * two):02X}" for one, two in parts)


def _room(region: NDArray[np.bool_]) -> tuple[int, int] | None:
    """The cell round which a name fits into a region: of all such the one nearest to their middle; None if there is none."""
    if min(region.shape) < 2:
        return None
    size = [max(1, round(part * length)) for part, length in zip(NAMED, region.shape, strict=True)]
    fits = np.argwhere(uniform_filter(region.astype(float), size, mode="constant") >= SURE)
    if not len(fits):
        return None
    y, x = fits[np.argmin(((fits - fits.mean(axis=0)) ** 2).sum(axis=1))]
    return int(y), int(x)
