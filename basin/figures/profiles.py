"""The resilience profile: every measure of a basin, each on a scale of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import looks
from basin.figures.theme import GAP, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, number

if TYPE_CHECKING:
    import xarray as xr

ROW = 8 * GAP  # px for one measure
FRAME = 150  # px for what stands above and below
NAMES, VALUES = 0.44, 0.72  # parts of the width at which names end and scales end
RAIL = "#E4E9EE"


def resilience(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.resilience` found: a row for each measure, its value and 95% interval as a dot and a bar on a scale
    from 0, the meaning beside its name. Texts are broken to fit `width` px. Raises FigureError for another Dataset."""
    if dataset.attrs.get("basin") != "resilience":
        raise FigureError("this Dataset holds no resilience profile; make one with basin.resilience")
    about, target = dataset.attrs, str(dataset.attrs["target"])
    look = looks([target])[target]
    fig, said = go.Figure(), []
    rows = dataset.sizes["measure"]
    for at in range(rows):
        one = dataset.isel(measure=at)
        name, units, meaning, note = (str(one[part].values) for part in ("measure", "units", "meaning", "note"))
        value, low, high = (float(one[part]) for part in ("value", "low", "high"))
        y = rows - 1 - at
        _text(fig, 0, y + 0.17, f"<b>{capital(name)}</b>", INK, "left")
        _text(fig, 0, y - 0.2, meaning, QUIET, "left", 0.85)
        if not np.isfinite(value):
            _text(fig, NAMES, y, note, QUIET, "left", 0.85)
            continue
        ends = (low, high) if np.isfinite(low) and np.isfinite(high) else (value, value)
        top = 1.0 if units == "share" else 1.25 * max(ends[1], value, 1e-300)
        scale = (VALUES - NAMES) / top
        place = [NAMES + max(0.0, part) * scale for part in (value, *ends)]
        _line(fig, NAMES, VALUES, y, RAIL, 6)
        _line(fig, place[1], place[2], y, look.colour, 6)
        shown = f"{number(value)} {units if units != 'share' else ''}".strip()
        interval = f" ({number(low)} to {number(high)})" if np.isfinite(low) and np.isfinite(high) else ""
        marker = {"color": look.colour, "symbol": look.marker, "size": TEXT, "line": {"color": INK, "width": 1}}
        hover = f"{meaning}: {shown}{interval}<extra></extra>"
        fig.add_scatter(x=[place[0]], y=[y], mode="markers", marker=marker, showlegend=False, hovertemplate=hover)
        _text(fig, VALUES + 0.02, y + (0.17 if interval else 0), shown, INK, "left")
        if interval:
            _text(fig, VALUES + 0.02, y - 0.2, interval.strip(" ()"), QUIET, "left", 0.85)
        said.append(f"{name} {shown}")
    message = f"How resilient is the basin of {look.name}?"
    detail = f"{about['title']}; dots: measured, bars: 95% intervals, scales from 0 (shares: to 1)"
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        height=FRAME + ROW * rows,
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "range": [-0.6, rows - 0.4], "fixedrange": True},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} Each row is a measure on a scale of its own; bars are 95% "
            "intervals, and a row without a dot says why it does not apply.",
            "alt": f"Table of measures: {'; '.join(said)}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _text(fig: go.Figure, x: float, y: float, text: str, colour: str, side: str, size: float = 1.0) -> None:
    fig.add_annotation(
        x=x, y=y, text=text, xanchor=side, yanchor="middle", showarrow=False, font={"color": colour, "size": TEXT * size},
        align="left",
    )  # fmt: skip


def _line(fig: go.Figure, first: float, last: float, y: float, colour: str, width: int) -> None:
    style = {"color": colour, "width": width}
    fig.add_scatter(x=[first, last], y=[y, y], mode="lines", line=style, showlegend=False, hoverinfo="skip")
