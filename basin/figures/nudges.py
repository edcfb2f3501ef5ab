"""The least change that loses a basin: which assumptions move how far together, and how far each would have to alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, INK, PAPER, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

MOST_ROWS = 12
ROW, FRAME = 7 * GAP, 216  # px for one assumption, and for what stands above and below
TOGETHER, ALONE = LOOKS["captured"].colour, LOOKS["aligned"].colour


def worst(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.worst` found: a bar for each assumption that moves, as far as it moves in widths of its range, and a
    point for how far it alone would have to; those that do not move only if they could do it alone, the first 12 in all.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> fig = basin.figures.worst(basin.worst(short, ["motives.care"], trials=10, runs=20))
    >>> print(fig.layout.meta["title"])
    It takes no change: most runs do not end aligned as it is
    """
    if dataset.attrs.get("basin") != "worst":
        raise FigureError("this Dataset holds no least change; make one with basin.worst")
    about = dataset.attrs
    together, alone = dataset["scaled"].values.astype(float), dataset["alone_scaled"].values.astype(float)
    order = sorted(range(len(together)), key=lambda at: (-abs(together[at]), np.nan_to_num(abs(alone[at]), nan=np.inf)))
    shown = [at for at in order if together[at] or np.isfinite(alone[at])][:MOST_ROWS]
    names = [str(name) for name in dataset["path"].values]
    values = [dataset[key].values for key in ("from", "to", "alone_to")]
    told = [(names[at], together[at], alone[at], *(value[at] for value in values)) for at in shown]
    fig = go.Figure()
    rows = list(range(len(told)))[::-1]
    fig.add_bar(
        x=[one[1] for one in told], y=rows, orientation="h", width=0.35, marker={"color": TOGETHER}, name="together",
        hoverinfo="skip",
    )  # fmt: skip
    for row, one in zip(rows, told, strict=True):  # over the bars, so that a telephone has room
        words = f"{one[0]}: {number(one[3])} → {number(one[4])}" if one[1] else f"{one[0]}: stays at {number(one[3])}"
        fig.add_annotation(
            x=0, xref="paper", xanchor="left", y=row + 0.22, yanchor="bottom", text=words, showarrow=False,
            bgcolor=PAPER,
            font={"size": TEXT, "color": INK},
        )  # fmt: skip
    fig.add_scatter(
        x=[one[2] for one in told], y=rows, mode="markers", name="alone",
        marker={"symbol": "diamond-open", "size": TEXT, "color": ALONE, "line": {"width": 2}},
        text=[f"alone: {number(one[3])} → {number(one[5])}" if np.isfinite(one[2]) else "" for one in told],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    message = _message(about)
    now = f"{percent(float(about['aligned']))} ({interval(float(about['aligned_low']), float(about['aligned_high']))})"
    then = "" if not int(about["found"]) else (
        f", {percent(float(about['witness_aligned']))} "
        f"({interval(float(about['witness_aligned_low']), float(about['witness_aligned_high']))}) then"
    )  # fmt: skip
    detail = f"P(aligned) {now} as it is{then}; an upper bound: a smaller change may exist"
    head(fig, message=message, detail=detail)
    ends = [0.0, *(value for one in told for value in one[1:3] if np.isfinite(value))]
    room = 0.1 * max(max(ends) - min(ends), 0.1)
    moved = [f"{one[0]} from {number(one[3])} to {number(one[4])}" for one in told if one[1]]
    fig.update_layout(
        template=TEMPLATE, height=FRAME + ROW * max(1, len(told)),
        xaxis={"title": {"text": "How far it moves (widths of its range) →"}, "range": [min(ends) - room, max(ends) + room],
               "zeroline": True},
        yaxis={"visible": False, "range": [-0.5, max(1, len(told)) - 0.3]},
        meta={
            "title": message, "detail": detail,
            "caption": f"{capital(str(about.get('title', about['scenario'])))}: {message} ({detail}). Bars: the change of all "
            "together; diamonds: how far one alone has to move.",
            "alt": f"{'Changed: ' + listed(moved) if moved else 'Nothing is changed'}.",
            "rows": True,
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _message(about: dict[str, Any]) -> str:
    if int(about["already"]):
        return "It takes no change: most runs do not end aligned as it is"
    if not int(about["found"]):
        return f"No change was found that loses it; the least P(aligned) seen is {percent(float(about['least_seen']))}"
    return f"A change of {number(float(about['change']))} widths of a range in all loses it"
