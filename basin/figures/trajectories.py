"""Trajectories: what runs from one start believe, want, do, ask and harm, episode by episode, each in its own panel."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from basin.figures.about import about_trajectory
from basin.figures.outcomes import LOOKS
from basin.figures.paths import held, panels, sample
from basin.figures.theme import INK, QUIET, TEMPLATE, TEXT, WIDTH, fitted, notes
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL = 900  # px: five panels need more than a map
MOMENTS = 201  # episodes that are drawn, at most
GREYS = {"90% of runs": (0.05, 0.95, "#E4E9EE"), "half of the runs": (0.25, 0.75, "#C3CBD4")}
DASHES = ("dash", "dot", "dashdot", "longdash")


def trajectory(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw a trajectory's Dataset, as `basin.trajectory` returns it; texts are broken to fit `width` px.

    A panel each for what the runs believe, want, do, ask and harm: the median of all runs, the bands that hold half and
    90% of them, and about twelve single runs in the colour and with the marker of their outcome.
    Raises FigureError for a Dataset that holds no trajectories.

    >>> fig = basin.figures.trajectory(basin.trajectory("value-learner", runs=4))
    >>> print(fig.layout.meta["title"])
    4 of 4 runs from this start end fully aligned
    """
    asked = panels(dataset)
    episode = dataset["episode"].values
    shown = np.unique(np.linspace(0, len(episode) - 1, min(MOMENTS, len(episode))).round().astype(int))
    drawn = sample(dataset["label"].values)
    layout = deepcopy(_stacked(len(asked)))
    traces: list[
        dict[str, Any]
    ] = []  # plain until all are there: plotly checks a whole figure ten times faster than its parts
    titles, limits = [], []
    for row, panel in enumerate(asked, start=1):
        side = "" if row == 1 else str(row)
        values = panel.values[:, shown]
        parts = _bands(episode[shown], values) + _runs(episode[shown], values[drawn], dataset["label"].values[drawn])
        for dash, (name, line) in zip(cycle(DASHES), panel.medians, strict=False):
            style = {"color": QUIET, "width": 2, "dash": dash}
            parts.append({"x": episode[shown], "y": line[shown], "mode": "lines", "line": style, "name": name})
        first = {"showlegend": False} if row > 1 else {}  # the other panels' entries of the legend would be the same
        traces += [
            {**(first if "legendgroup" in part else {}), **part, "xaxis": f"x{side}", "yaxis": f"y{side}"} for part in parts
        ]
        if panel.reached is not None:
            ends = {"x0": 0, "x1": 1, "xref": f"x{side} domain", "y0": panel.reached, "y1": panel.reached, "yref": f"y{side}"}
            limits.append({"type": "line", "line": {"color": QUIET, "width": 1, "dash": "dot"}, **ends})
        axis = layout[f"yaxis{side}"]
        axis |= {"range": panel.range, "nticks": 4, "rangemode": "tozero"}
        if row > 1:
            place = {"x": 0, "xref": "paper", "xanchor": "left", "y": axis["domain"][1], "yref": "paper", "yanchor": "bottom"}
            titles.append({"text": panel.title, "showarrow": False, "font": {"size": TEXT}, **place})
    layout[f"xaxis{len(asked)}"]["title"] = {"text": "Episode →"}
    about = about_trajectory(dataset)
    titles += notes(message=about["title"], detail=about["detail"], upwards=asked[0].title)
    layout |= {"annotations": titles, "shapes": limits, "height": TALL, "meta": about, "hovermode": "x", "template": TEMPLATE}
    return go.Figure({"data": [{"type": "scatter", **trace} for trace in traces], "layout": fitted(layout, width)})


@lru_cache
def _stacked(rows: int) -> dict[str, Any]:
    """The axes of panels one below the other."""
    layout: dict[str, Any] = make_subplots(rows=rows, shared_xaxes=True, vertical_spacing=0.055).layout.to_plotly_json()
    return layout


def _bands(episode: Numbers, values: Numbers) -> list[dict[str, Any]]:
    """Median and bands over all runs; one that has ended stays where it was, or the rest would seem to improve."""
    values = held(values)
    known = ~np.isnan(values).any(axis=0)
    episode, values = episode[known], values[:, known]
    traces: list[dict[str, Any]] = []
    quantiles = {}
    for name, (low, high, grey) in GREYS.items():
        lower, upper = quantiles[name] = np.quantile(values, (low, high), axis=0)
        traces.append({
            "x": np.concatenate([episode, episode[::-1]]), "y": np.concatenate([upper, lower[::-1]]), "mode": "none",
            "fill": "toself", "fillcolor": grey, "hoverinfo": "skip", "name": name, "legendgroup": name,
        })  # fmt: skip
    said = "median %{y:.2f}<br>half of the runs %{customdata[0]:.2f} to %{customdata[1]:.2f}<extra></extra>"
    traces.append({
        "x": episode, "y": np.median(values, axis=0), "customdata": quantiles["half of the runs"].T, "hovertemplate": said,
        "mode": "lines", "line": {"color": INK, "width": 2}, "name": "median", "legendgroup": "median",
    })  # fmt: skip
    return traces


def _runs(episode: Numbers, values: Numbers, label: NDArray[np.int8]) -> list[dict[str, Any]]:
    """Single runs as thin lines in their outcome's colour, with its marker where they end."""
    traces: list[dict[str, Any]] = []
    for name, look in LOOKS.items():
        own = values[label == OUTCOMES[name]]
        if not len(own):
            continue
        ends = [int(np.flatnonzero(~np.isnan(line))[-1]) for line in own]
        gap = np.full((len(own), 1), np.nan)
        marker = {"symbol": look.marker, "color": look.colour, "size": TEXT * 0.6, "line": {"width": 1, "color": look.colour}}
        style = {"legendgroup": name, "name": look.name, "hoverinfo": "skip", "cliponaxis": False}
        traces.append({
            "x": np.tile(np.append(episode, np.nan), len(own)), "y": np.concatenate([own, gap], axis=1).ravel(),
            "mode": "lines", "line": {"color": look.colour, "width": 1}, "opacity": 0.7, "showlegend": False, **style,
        })  # fmt: skip
        traces.append({"x": episode[ends], "y": own[np.arange(len(own)), ends], "mode": "markers", "marker": marker, **style})
    return traces
