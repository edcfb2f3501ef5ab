"""Where noise carries a system: the committor with times and quasi-potential, and how near rare paths come to a goal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import HEIGHT, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import MINUS, number, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

BLUE = LOOKS["aligned"].colour
BAND = "rgba(0, 114, 178, 0.25)"
NONE = "#F3F5F7"
PANELS = {
    "committor": "Chance to reach the goal before the origin",
    "time": "Mean {units} until it reaches the goal",
    "quasi_potential": "Quasi-potential: how improbable a place is",
}
CONTOURS = 8


def committor(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.committor` returns; texts are broken to fit `width` px.

    One coordinate: a panel each for committor, mean first passage time and quasi-potential, with their intervals. Two: the
    committor in shades, its ½ as a line, the quasi-potential as contours; three: the same in the middle of the third.
    Raises FigureError for another Dataset.

    >>> fig = basin.figures.committor(basin.committor("double-well"))
    >>> print(fig.layout.meta["title"])
    Starts in 50.0% of the space more likely reach x ≥ 1 than x ≤ −1 first
    """
    if dataset.attrs.get("basin") != "committor":
        raise FigureError("this Dataset holds no committor")
    shown, sliced = dataset, ""
    coordinates = [str(dim) for dim in dataset["committor"].dims]
    if len(coordinates) == 3:
        third = dataset[coordinates[2]].values
        shown = dataset.isel({coordinates[2]: len(third) // 2})
        sliced = f", at {_name(dataset, coordinates[2])} = {number(third[len(third) // 2])}"
    fig = _lines(shown, coordinates[0]) if len(coordinates) == 1 else _shades(shown, coordinates[0], coordinates[1])
    about = dataset.attrs
    part = percent(float(about["share"]), 1)
    origin, goal = (str(about[name]).replace("-", MINUS) for name in ("origin", "goal"))
    message = f"Starts in {part} of the space more likely reach {goal} than {origin} first"
    detail = f"{about['title']}{_given(dataset)}{sliced}; solved on a grid, its error is drawn where it can be seen"
    upwards = PANELS["committor"] if len(coordinates) == 1 else f"↑ {_name(dataset, coordinates[1])}"
    head(fig, message=message, detail=detail, upwards=upwards)
    reading = (
        "Panels from top to bottom: committor, mean first passage time, quasi-potential."
        if len(coordinates) == 1
        else "The darker, the likelier the goal comes first; the thick line is one half, thin lines are levels of the "
        "quasi-potential."
    )
    meta = {
        "title": message, "detail": detail, "caption": f"{message} ({detail}). {reading}",
        "alt": f"Committor of {about['title']} over {' and '.join(coordinates)}. {message}.", **provenance(dataset),
    }  # fmt: skip
    fig.update_layout(template=TEMPLATE, height=HEIGHT if len(coordinates) > 1 else 900, meta=meta)
    return fit(fig, width)


def rare(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.rare` returns: the chance to come nearer to the goal than each distance, with its 95% interval.

    Raises FigureError for another Dataset.

    >>> fig = basin.figures.rare(basin.rare("double-well", {"x": -0.5}, clones=10, repeats=4))
    >>> print(fig.layout.meta["title"])
    From x = −0.5, it reaches x ≥ 1 before x ≤ −1 with probability 0.128
    """
    if dataset.attrs.get("basin") != "rare":
        raise FigureError("this Dataset holds no rare outcome")
    about = dataset.attrs
    level = dataset["level"].values
    fig = go.Figure()
    kept = dataset["reached"].values > 0
    value, low, high = (dataset[name].values[kept] for name in ("reached", "reached_low", "reached_high"))
    _band(fig, level[kept], value, low, high, {})
    if about["probability"] > 0:
        ends = {"array": [about["high"] - about["probability"]], "arrayminus": [about["probability"] - about["low"]]}
        fig.add_scatter(
            x=[0], y=[about["probability"]], mode="markers", showlegend=False, cliponaxis=False, hoverinfo="skip",
            marker={"color": INK, "size": 10}, error_y={**ends, "type": "data", "symmetric": False, "color": INK},
        )  # fmt: skip
        fig.add_annotation(
            x=0, y=float(np.log10(about["high"])), text=f"arrives: {number(about['probability'])}", showarrow=False,
            xanchor="right", yanchor="bottom", yshift=TEXT / 2,
        )  # fmt: skip
    fig.update_xaxes(
        title={"text": "Distance from the goal that is still left →"}, range=[float(level[0]), -0.02 * float(level[0])]
    )
    fig.update_yaxes(type="log", exponentformat="power", dtick=1)
    start, origin, goal = (str(about[name]).replace("-", MINUS) for name in ("start", "origin", "goal"))
    message = f"From {start}, it reaches {goal} before {origin} with probability {number(about['probability'])}"
    detail = (
        f"{about['title']}{_given(dataset)}; 95% interval {number(about['low'])} to {number(about['high'])}; "
        f"{about['repeats']} repetitions of {about['clones']} clones"
    )
    head(fig, message=message, detail=detail, upwards="↑ Chance to come nearer than this before it falls back")
    meta = {
        "title": message, "detail": detail,
        "caption": f"{message} ({detail}). The line is the chance to come nearer to the goal than a distance before "
        "falling back; the band is its 95% interval.",
        "alt": f"A falling curve from {number(float(dataset['reached'][0]))} at distance {number(float(level[0]))} to "
        f"{number(about['probability'])} at the goal, on a logarithmic scale.",
        **provenance(dataset),
    }  # fmt: skip
    fig.update_layout(template=TEMPLATE, height=HEIGHT, meta=meta)
    return fit(fig, width)


def _lines(dataset: xr.Dataset, coordinate: str) -> go.Figure:
    """One panel below the other, over the same coordinate."""
    units = dataset["time"].attrs["units"]
    fig = make_subplots(rows=len(PANELS), shared_xaxes=True, vertical_spacing=0.08)
    for row, (name, title) in enumerate(PANELS.items(), start=1):
        value, low, high = (dataset[part].values for part in (name, f"{name}_low", f"{name}_high"))
        _band(fig, dataset[coordinate].values, value, low, high, {"row": row, "col": 1})
        fig.update_yaxes(row=row, col=1, nticks=5, rangemode="tozero")
        if row > 1:
            fig.add_annotation(
                text=title.format(units=units), x=0, xref="paper", xanchor="left", yref="paper", yanchor="bottom",
                y=fig.get_subplot(row, 1).yaxis.domain[1], showarrow=False, font={"size": TEXT},
            )  # fmt: skip
    fig.update_yaxes(row=1, col=1, range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    fig.add_hline(0.5, row=1, col=1, line={"color": QUIET, "width": 1, "dash": "dot"})
    fig.update_xaxes(row=len(PANELS), col=1, title={"text": f"{_name(dataset, coordinate)} →"})
    return fig


def _band(fig: go.Figure, x: Numbers, value: Numbers, low: Numbers, high: Numbers, place: dict[str, int]) -> None:
    """A line within its interval."""
    known = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
    x, value, low, high = x[known], value[known], low[known], high[known]
    fig.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), mode="none", fill="toself", fillcolor=BAND,
        hoverinfo="skip", showlegend=False, **place,
    )  # fmt: skip
    said = "%{x:.3f}: %{y:.4g}<extra></extra>"
    fig.add_scatter(
        x=x,
        y=value,
        mode="lines",
        line={"color": BLUE, "width": 2, "simplify": False},
        hovertemplate=said,
        showlegend=False,
        **place,
    )


def _shades(dataset: xr.Dataset, x: str, y: str) -> go.Figure:
    along = {"x": dataset[x].values, "y": dataset[y].values}
    share = dataset["committor"].values.T
    fig = go.Figure(
        go.Heatmap(
            **along, z=share, zmin=0, zmax=1, colorscale=[[0, NONE], [1, BLUE]], zsmooth="best",
            hovertemplate="%{x:.3f}, %{y:.3f}: %{z:.3f}<extra></extra>",
            colorbar={"title": {"text": "Goal first", "font": {"size": TEXT}}, "tickformat": ".0%", "thickness": TEXT},
        )
    )  # fmt: skip
    potential = dataset["quasi_potential"].values.T
    if np.isfinite(potential).any():
        most = float(np.quantile(potential[np.isfinite(potential)], 0.8))
        levels = {"start": most / CONTOURS, "end": most, "size": most / CONTOURS, "coloring": "none"}
        fig.add_contour(
            **along, z=potential, contours=levels, line={"color": QUIET, "width": 1}, showscale=False, hoverinfo="skip",
            name="quasi-potential", showlegend=True,
        )  # fmt: skip
    half = {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"}
    fig.add_contour(
        **along, z=share, contours=half, line={"color": INK, "width": 3}, showscale=False, hoverinfo="skip",
        name="one half", showlegend=True,
    )  # fmt: skip
    fig.update_xaxes(title={"text": f"{_name(dataset, x)} →"})
    return fig


def _given(dataset: xr.Dataset) -> str:
    values = {"noise": float(dataset.attrs["noise"])} | json.loads(dataset.attrs["parameters"])
    return "".join(f", {name.replace('_', ' ')} {number(value)}" for name, value in values.items())


def _name(dataset: xr.Dataset, coordinate: str) -> str:
    units = dataset[coordinate].attrs.get("units", "1")
    return coordinate.replace("_", " ") + ("" if units == "1" else f" ({units})")
