"""The soft basin: P(target | start) as a smooth surface, its line of one half, and where that line surely is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.outcomes import looks
from basin.figures.theme import HEIGHT, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, number, percent

if TYPE_CHECKING:
    import xarray as xr

NONE = "#F3F5F7"


def soft(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.soft` found: the committor in shades, the line where it is one half, and the edges of the region in
    which that line lies with 95% confidence, everywhere at once. Texts are broken to fit `width` px.
    Raises FigureError for another Dataset.

    >>> fig = basin.figures.soft(basin.soft("henon", n=8))
    >>> print(fig.layout.meta["title"])
    A random start here ends bounded with probability 42%
    """
    if dataset.attrs.get("basin") != "soft":
        raise FigureError("this Dataset holds no soft basin; make one with basin.soft")
    about = dataset.attrs
    look = looks([str(about["target"])])[str(about["target"])]
    x, y = Side.of(dataset["x"]), Side.of(dataset["y"])
    place = {"x": x.values, "y": y.values}
    low, high = dataset["low"].values, dataset["high"].values
    said = f"P({look.name}) = %{{z:.3f}}<br>95% interval %{{customdata[0]:.3f}} to %{{customdata[1]:.3f}}<extra></extra>"
    bar = {
        "title": {"text": f"P({look.name})<br> ", "font": {"size": TEXT}},
        "thickness": 16,
        "outlinewidth": 0,
        "tickformat": ".0%",
    }
    fig = go.Figure(
        go.Heatmap(
            **place, z=dataset["committor"].values, zmin=0, zmax=1, colorscale=[[0, NONE], [1, look.colour]], zsmooth="best",
            customdata=np.stack([low, high], axis=-1), hovertemplate=said, colorbar=bar, name="committor",
        )
    )  # fmt: skip
    for name, values, line in (
        ("edges of the 95% region of that line", "all_low", {"color": QUIET, "width": 1.5, "dash": "dot"}),
        ("", "all_high", {"color": QUIET, "width": 1.5, "dash": "dot"}),
        ("one half", "committor", {"color": INK, "width": 2}),
    ):
        _half(fig, place, dataset[values].values, line, name)
    whole, entropy = (_said(dataset, name) for name in ("whole", "entropy"))
    message = f"A random start here ends {look.name} with probability {percent(float(dataset['whole']))}"
    detail = (
        f"95% interval {interval(float(dataset['whole_low']), float(dataset['whole_high']))}; basin entropy {entropy} nats"
    )
    head(fig, message=message, detail=detail, upwards=f"↑ {y.title}")
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{x.title} →"}, **x.axis},
        yaxis=y.axis,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). The darker, the likelier, smoothed over "
            f"{number(float(about['bandwidth']))} of the window. Line: one half; dotted: the edges of the region in which it "
            f"lies with 95% confidence. {dataset.sizes['x']} × {dataset.sizes['y']} starts, {about['runs']} runs each.",
            "alt": f"Surface over {x.name} and {y.name}. Mean probability {whole}; basin entropy {entropy} nats.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _half(fig: go.Figure, place: dict[str, Any], values: np.ndarray, line: dict[str, Any], name: str) -> None:
    """Where values pass one half, if anywhere."""
    if not values.min() < 0.5 < values.max():
        return
    level = {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"}
    fig.add_contour(
        **place, z=values, contours=level, line=line, showscale=False, hoverinfo="skip", name=name, showlegend=bool(name)
    )


def _said(dataset: xr.Dataset, name: str) -> str:
    value, low, high = (float(dataset[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3f} ({low:.3f} to {high:.3f})"
