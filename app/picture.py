"""What the page says and shows of a result."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

import basin

HEIGHT = 560  # px
INK, PAPER = "#1F2328", "#FFFFFF"


def headline(field: Any) -> str:
    """The number that a map is about, with its interval, in words."""
    share, low, high = (field.attrs[f"aligned{end}"] for end in ("", "_low", "_high"))
    bits = f"{-math.log2(share):.1f} bits" if share else "no size in bits"
    half = (high - low) / 2
    digits = 0 if half >= 0.0095 else 1 if half >= 0.00095 else 2
    runs = int(field.attrs["runs"])
    return (
        f"## {share:.{digits}%} ± {half:.{digits}%} of these starts end fully aligned\n"
        f"{bits}; 95% interval {low:.{digits}%} to {high:.{digits}%}, from {field.sizes['x']} × {field.sizes['y']} starts "
        f"with {runs} run{'s' * (runs != 1)} each."
    )


def prompt(base: Any) -> str:
    """Something to try with a scenario."""
    if base.oversight.audit > 0:
        return "set Oversight audit to 0. Does anyone need to watch, for the basin to be this large?"
    return "set Evidence choices to 0.1. Does it still get there in time?"


def of_map(figure: go.Figure, start: tuple[float, float] | None) -> go.Figure:
    """The map for a page, with a ring round the start whose runs are followed."""
    figure = basin.figures.bare(figure).update_layout(height=HEIGHT, dragmode=False)
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)  # so that a finger scrolls the page
    if start is not None:
        for width, colour in ((6, PAPER), (3, INK)):
            ring = {"symbol": "circle-open", "size": 18, "color": colour, "line": {"width": width}}
            figure.add_scatter(
                x=[start[0]], y=[start[1]], mode="markers", marker=ring, hoverinfo="skip", showlegend=False, name="start"
            )
    return figure


def clickable(figure: go.Figure, field: Any) -> go.Figure:
    """Lay an invisible point over every cell, since a heat map tells nobody that it was clicked."""
    cells = next(trace for trace in figure.data if trace.name == "map")
    x, y = np.meshgrid(field["x"].values, field["y"].values)
    hidden = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=x.ravel(), y=y.ravel(), text=cells.text.ravel(), hovertemplate=cells.hovertemplate, mode="markers",
        marker={"opacity": 0, "size": 8}, selected=hidden, unselected=hidden, showlegend=False, name="cells",
    )  # fmt: skip
    cells.update(hoverinfo="skip", hovertemplate=None)
    return figure.update_layout(hovermode="closest", hoverdistance=-1)


def python(base: Any, changes: dict[str, Any], call: str, kind: str) -> str:
    """The lines of Python that compute and draw a result again."""
    changed = f".with_({changes!r})" if changes else ""
    name = {"map": "field", "trajectory": "path"}[kind]
    return (
        f"import basin\n\nscenario = basin.load({base.name!r}){changed}\n"
        f"{name} = {call}\nbasin.figures.{kind}({name}).show()\n"
    )
