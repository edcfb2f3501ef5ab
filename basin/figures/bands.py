"""What pictures of populations share: lines within their intervals, titles of panels, and differences in words."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.theme import GAP, INK, TEXT
from basin.figures.words import MINUS, interval, number

Numbers = NDArray[np.float64]

SHADE = 0.2  # opacity of the bands


def band(fig: go.Figure, x: Numbers, low: Numbers, high: Numbers, colour: str, shade: float = SHADE, **place: Any) -> None:
    """A shade between two lines, wherever both are known; a gap where they are not."""
    x, low, high = (np.asarray(part, float) for part in (x, low, high))
    known = np.isfinite(low) & np.isfinite(high)
    for part in np.split(np.arange(len(x)), np.flatnonzero(np.diff(known)) + 1):
        if len(part) > 1 and known[part[0]]:
            fig.add_scatter(
                x=np.concatenate([x[part], x[part][::-1]]), y=np.concatenate([high[part], low[part][::-1]]), mode="none",
                fill="toself", fillcolor=faint(colour, shade), hoverinfo="skip", showlegend=False, name="band", **place,
            )  # fmt: skip


def bars(value: Numbers, low: Numbers, high: Numbers, colour: str = INK, cap: int = 5) -> dict[str, Any]:
    """Intervals as plotly's error bars; none at all where no end is known, since they would seem to be short."""
    if not (np.isfinite(low) & np.isfinite(high)).any():
        return {"visible": False}
    ends = [np.where(np.isfinite(end), end, 0.0).tolist() for end in (high - value, value - low)]
    return {"type": "data", "symmetric": False, "array": ends[0], "arrayminus": ends[1], "color": colour, "thickness": 2,
            "width": cap}  # fmt: skip


def faint(colour: str, strength: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength:g})"


def over(fig: go.Figure, row: int, text: str, aside: int = 0) -> None:
    """The title of a panel below the first, whose title stands in the head."""
    fig.add_annotation(
        text=text, x=0, xref="paper", xanchor="left", y=fig.get_subplot(row, 1).yaxis.domain[1], yref="paper",
        yanchor="bottom", yshift=GAP / 2 + aside, showarrow=False, font={"size": TEXT, "color": INK},
    )  # fmt: skip


def plain(text: object) -> str:
    """A text of other people's, to be shown as it is: plotly takes `<` and `&` for markup."""
    return html.escape(str(text), quote=False)


def signed(value: float) -> str:
    """A number with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def points(value: float, low: float, high: float) -> str:
    """A difference of shares: `+3 points (−2 to 8)`; without the brackets where there is no interval."""
    said = f"{_hundredth(value, True)} points"
    return f"{said} ({_hundredth(low)} to {_hundredth(high)})" if np.isfinite(low) and np.isfinite(high) else said


def span(low: float, high: float) -> str:
    """The interval of a share; one by Student's t may reach beyond 0 and 1."""
    return interval(max(0.0, low), min(1.0, high)) if np.isfinite(low) and np.isfinite(high) else "no interval"


def _hundredth(value: float, sign: bool = False) -> str:
    digits = 0 if abs(value) >= 0.0995 or value == 0 else 1
    said = f"{100 * value:{'+' if sign else ''}.{digits}f}".replace("-", MINUS)
    return "0" if not float(f"{100 * value:.{digits}f}") else said
