"""How the starts of a textbook system end: each start in its place, or the shares with their intervals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import Look, looks
from basin.figures.theme import HEIGHT, INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

MOST = 20_000  # starts that are drawn


def system(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.system` returns; texts are broken to fit `width` px.

    Starts that differ in two coordinates stand at their place in the colour of their outcome; otherwise bars are the
    shares of the outcomes, with 95% intervals. Raises FigureError for another Dataset.

    >>> fig = basin.figures.system(basin.system("newton", samples=300))
    >>> print(fig.layout.meta["title"])
    33% of the starts end as root 1
    """
    if dataset.attrs.get("basin") != "system":
        raise FigureError("this Dataset holds no runs of a system")
    words = [str(word) for word in dataset["outcome"].values]
    looked = looks(words)
    varying = [at for at in range(dataset.sizes["coordinate"]) if np.ptp(dataset["start"].values[:, at]) > 0]
    shown = [word for word in words if dataset["count"].sel(outcome=word) > 0]
    fig = _plane(dataset, looked, shown, varying) if len(varying) == 2 else _bars(dataset, looked, shown)
    parts = [f"{looked[word].name} {_share(dataset, word)}" for word in shown]
    most = max(shown, key=lambda word: int(dataset["count"].sel(outcome=word)))
    first = str(dataset.attrs["target"]) if str(dataset.attrs["target"]) in shown else most
    message = f"{percent(_part(dataset, first)['fraction'])} of the starts end as {looked[first].name}"
    detail = (
        f"{dataset.attrs['title']}{_given(dataset)}; {dataset.sizes['run']:,} starts; 95% interval {_interval(dataset, first)}"
    )
    upwards = f"↑ {_name(dataset, varying[1])}" if len(varying) == 2 else ""
    head(fig, message=message, detail=detail, upwards=upwards)
    about = {
        "title": message,
        "detail": detail,
        "caption": f"{message} ({detail}). Shares with 95% Wilson intervals: {listed(parts)}.",
        "alt": f"How the starts of {dataset.attrs['title']} end: {listed(parts)}.",
        **provenance(dataset),
    }
    fig.update_layout(template=TEMPLATE, height=HEIGHT, meta=about)
    return fit(fig, width)


def _plane(dataset: xr.Dataset, looked: dict[str, Look], shown: list[str], varying: list[int]) -> go.Figure:
    fig = go.Figure()
    start = dataset["start"].values[:MOST, varying]
    label = dataset["label"].values[:MOST]
    size = float(np.clip(600 / np.sqrt(len(start)), 3, 10))
    for word in shown:
        own, look = label == int(dataset["code"].sel(outcome=word)), looked[word]
        marker = {"symbol": look.marker, "color": look.colour, "size": size, "opacity": 0.8}
        fig.add_scattergl(x=start[own, 0], y=start[own, 1], mode="markers", marker=marker, showlegend=False, hoverinfo="skip")
        entry = {"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"width": 1, "color": look.colour}}
        fig.add_scatter(x=[None], y=[None], mode="markers", marker=entry, name=f"{look.name} {_share(dataset, word)}")
    fig.update_xaxes(title={"text": f"{_name(dataset, varying[0])} →"})
    across, upwards = np.ptp(start, axis=0)
    if 0.8 <= across / upwards <= 1.25:
        fig.update_yaxes(scaleanchor="x")
    return fig


def _bars(dataset: xr.Dataset, looked: dict[str, Look], shown: list[str]) -> go.Figure:
    fig = go.Figure()
    for at, word in enumerate(shown):
        part, look = _part(dataset, word), looked[word]
        error = {"array": [part["high"] - part["fraction"]], "arrayminus": [part["fraction"] - part["low"]], "color": INK}
        fig.add_bar(
            x=[part["fraction"]], y=[look.name], orientation="h", marker={"color": look.colour}, showlegend=False,
            error_x=error | {"type": "data", "symmetric": False}, hovertemplate=_share(dataset, word) + "<extra></extra>",
        )  # fmt: skip
        fig.add_annotation(x=part["high"], y=at, text=_share(dataset, word), xanchor="left", xshift=TEXT / 2, showarrow=False)
    most = max(_part(dataset, word)["high"] for word in shown)
    fig.update_xaxes(title={"text": "Share of the starts →"}, tickformat=".0%", range=[0, 1.25 * most])
    fig.update_yaxes(autorange="reversed", ticks="", type="category")
    fig.update_layout(bargap=0.5)
    return fig


def _part(dataset: xr.Dataset, word: str) -> dict[str, float]:
    return {key: float(dataset[key].sel(outcome=word)) for key in ("fraction", "low", "high")}


def _share(dataset: xr.Dataset, word: str) -> str:
    return f"{percent(_part(dataset, word)['fraction'], 1)} ({_interval(dataset, word)})"


def _interval(dataset: xr.Dataset, word: str) -> str:
    part = _part(dataset, word)
    return interval(part["low"], part["high"])


def _given(dataset: xr.Dataset) -> str:
    parameters: dict[str, Any] = json.loads(dataset.attrs["parameters"])
    return "".join(f", {name.replace('_', ' ')} {number(value)}" for name, value in parameters.items())


def _name(dataset: xr.Dataset, at: int) -> str:
    name = str(dataset["coordinate"].values[at])
    units = json.loads(dataset.attrs["units"]).get(name, "1")
    return name.replace("_", " ") + ("" if units == "1" else f" ({units})")
