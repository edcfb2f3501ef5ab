"""Fractality: how the uncertainty of an ending falls with that of the start, and the entropies, beside a smooth boundary's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import INK, QUIET, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, number

if TYPE_CHECKING:
    import xarray as xr

BLUE = LOOKS["aligned"].colour
HEIGHT = 640


def fractality(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.fractality` found: f(ε) on logarithmic axes with its fit, and the two entropies, all with 95%
    intervals. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.fractality(basin.fractality("newton", sizes=(1 / 16, 1 / 64), balls=64, pairs=999, grids=(16, 32)))
    >>> print(fig.layout.meta["title"])
    The boundary is fractal: uncertainty exponent 0.578 (0.390 to 0.777)
    """
    if dataset.attrs.get("basin") != "fractality":
        raise FigureError("this Dataset holds no fractality; make one with basin.fractality")
    about = dataset.attrs
    fig = make_subplots(rows=1, cols=2, column_widths=[0.68, 0.32], horizontal_spacing=0.12)
    _pairs(fig, dataset)
    _entropies(fig, dataset)
    alpha = _said(dataset, "exponent")
    fractal = bool(about["fractal_exponent"] or about["fractal_entropy"])
    known = np.isfinite(float(dataset["exponent"]))
    message = f"The boundary is {'' if fractal else 'not seen to be '}fractal: uncertainty exponent {alpha}"
    if not known:
        message = "No boundary was met: all neighbouring starts end alike"
    wada = int(about.get("basins", 0)) > 2
    detail = f"95% intervals; {int(about['pairs']):,} pairs of starts at each distance, {int(about['balls']):,} balls of "
    detail += f"{about['samples']} starts"
    detail += f"; the {about['basins']} basins are {'' if about['wada'] else 'not '}Wada" if wada else ""
    head(fig, message=message, detail=detail, upwards="Share of pairs that end differently")
    fig.update_xaxes(title={"text": "Distance of the pair, parts of the window →"}, type="log", row=1, col=1)
    fig.update_yaxes(type="log", row=1, col=1)
    power = {"exponentformat": "power", "dtick": 1}
    fig.update_xaxes(**power, row=1, col=1)
    fig.update_yaxes(**power, row=1, col=1)
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. Left: how often two starts some distance apart end "
            "differently, with the power law fitted to near pairs; the dashed line is as steep as for a smooth boundary. "
            f"Right: basin entropy {_said(dataset, 'entropy')} and boundary basin entropy {_said(dataset, 'edge_entropy')} "
            f"for balls of radius {number(float(about['radius']))} of the window, against that of a smooth boundary and ln 2, "
            "which only a fractal one exceeds.",
            "alt": f"Two panels. Uncertainty exponent {alpha}. Boundary basin entropy {_said(dataset, 'edge_entropy')}, "
            f"smooth boundary {number(float(about['smooth_entropy']))}, ln 2 {number(np.log(2))}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _pairs(fig: go.Figure, dataset: xr.Dataset) -> None:
    size, share = dataset["size"].values, dataset["uncertain"].values
    seen = share > 0
    bar = {
        "type": "data", "symmetric": False, "color": INK, "thickness": 1.5, "width": 4,
        "array": (dataset["uncertain_high"].values - share)[seen],
        "arrayminus": (share - dataset["uncertain_low"].values)[seen],
    }  # fmt: skip
    fitted = dataset["fitted"].values
    near = np.isfinite(fitted)
    if near.any():
        line, name = {"color": BLUE, "width": 2}, f"fit: α = {_said(dataset, 'exponent')}"
        fig.add_scatter(x=size[near], y=fitted[near], mode="lines", line=line, name=name, hoverinfo="skip", row=1, col=1)
        largest = int(np.argmax(np.where(near, size, 0.0)))
        smooth = fitted[largest] * size[near] / size[largest]
        style = {"color": QUIET, "width": 1, "dash": "dash"}
        fig.add_scatter(x=size[near], y=smooth, mode="lines", line=style, name="smooth: α = 1", hoverinfo="skip", row=1, col=1)
    fig.add_scatter(
        x=size[seen], y=share[seen], error_y=bar, mode="markers", marker={"color": INK, "size": 7}, name="pairs, 95% interval",
        hovertemplate="%{y:.3g} at %{x:.3g}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _entropies(fig: go.Figure, dataset: xr.Dataset) -> None:
    names = {"entropy": "basin", "edge_entropy": "boundary"}
    top = max(0.8, 1.15 * np.nanmax([float(dataset["edge_entropy_high"]), float(dataset["entropy_high"])]))
    for name, words in names.items():
        value, low, high = (float(dataset[f"{name}{end}"]) for end in ("", "_low", "_high"))
        bar = {"type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low], "color": INK,
               "thickness": 1.5, "width": 8}  # fmt: skip
        fig.add_scatter(
            x=[words], y=[value], error_y=bar, mode="markers", marker={"color": BLUE, "size": 10}, showlegend=False,
            hovertemplate=f"{words} entropy %{{y:.4f}}<extra></extra>", row=1, col=2,
        )  # fmt: skip
    for level, text in ((np.log(2), "ln 2"), (float(dataset.attrs["smooth_entropy"]), "smooth")):
        fig.add_hline(level, row=1, col=2, line={"color": QUIET, "width": 1, "dash": "dot"})
        fig.add_annotation(
            text=text, x=1, xref="x2 domain", y=level, yref="y2", xanchor="right", yanchor="bottom", showarrow=False,
            font={"size": SMALL, "color": QUIET},
        )  # fmt: skip
    fig.add_annotation(
        text="Entropy (nats)", x=0, xref="x2 domain", y=1, yref="y2 domain", xanchor="left", yanchor="bottom", showarrow=False,
        font={"size": TEXT}, yshift=4,
    )  # fmt: skip
    fig.update_yaxes(range=[0, top], row=1, col=2)
    fig.update_xaxes(range=[-0.6, 1.8], row=1, col=2)


def _said(dataset: xr.Dataset, name: str) -> str:
    value, low, high = (float(dataset[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3f} ({low:.3f} to {high:.3f})" if np.isfinite(value) else "unknown"
