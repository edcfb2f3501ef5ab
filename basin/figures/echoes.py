"""The echo: how much surer than they should be agents grow that hear one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.bands import band, bars, over, plain, span
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import INK, QUIET, TEMPLATE, WIDTH, fit, head
from basin.figures.words import MINUS, capital, number, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL = 900  # px: two panels
TICKS = [part * 10.0**power for power in range(-3, 5) for part in (1, 2, 5)]
FINE = [0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2]  # where all lies within a factor of two or so


def echo(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.echo` found: the error of a belief over the error that it allows for itself, on a logarithmic axis
    with a line at 1, where agents are as sure as they should be, and the share that ends aligned, against how often an agent
    hears another; with 95% intervals. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.echo(basin.echo("echo-chamber", (0.0, 0.4), count=3))
    >>> print(fig.layout.meta["title"].partition(";")[0])
    Hearing another in 40% of the episodes, agents err 5.69 (4.07 to 7.30) times as much as they think
    """
    if dataset.attrs.get("basin") != "echo":
        raise FigureError("this Dataset holds no echo; make one with basin.echo")
    about, dataset = dataset.attrs, dataset.sortby("rate")
    rate = dataset["rate"].values.astype(float)
    fig = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.6, 0.4])
    ratio, low, high = (dataset[name].values.astype(float) for name in ("ratio", "ratio_low", "ratio_high"))
    known = np.isfinite(ratio) & (ratio > 0)
    ends = np.concatenate([part[known & np.isfinite(part) & (part > 0)] for part in (ratio, low, high)] + [np.ones(1)])
    floor, top = float(ends.min()) / 1.1, float(ends.max()) * 1.1
    seen = np.where(low <= floor, floor, low)  # an interval may reach to where there is no logarithm
    _line(fig, 1, rate[known], ratio[known], seen[known], high[known], INK, "diamond", "error over claim", ".3g")
    fig.add_hline(1, row=1, col=1, line={"color": QUIET, "width": 1, "dash": "dot"})
    share, least, most = (dataset[name].values.astype(float) for name in ("aligned", "aligned_low", "aligned_high"))
    look = LOOKS["aligned"]
    _line(fig, 2, rate, share, least, most, look.colour, look.marker, "aligned", ".1%")
    ticks = [tick for tick in (FINE if top / floor < 3 else TICKS) if floor <= tick <= top]
    fig.update_yaxes(
        row=1, col=1, type="log", range=[float(np.log10(floor)), float(np.log10(top))], tickvals=ticks,
        ticktext=[number(tick) for tick in ticks],
    )  # fmt: skip
    fig.update_yaxes(row=2, col=1, range=[-0.03, 1.05], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    fig.update_xaxes(row=2, col=1, title={"text": "How often an agent hears another (probability per episode) →"})
    edge = 0.04 * max(float(rate[-1] - rate[0]), 0.1)
    fig.update_xaxes(range=[float(rate[0]) - edge, float(rate[-1]) + edge])
    message = _message(rate, ratio, low, high, known)
    detail = (
        f"{int(about['populations']):,} populations at each rate; bars and bands: 95% intervals; "
        "at the dotted line agents are as wrong as they think"
    )
    over(fig, 2, "↑ Share of the agents that ends aligned")
    head(fig, message=message, detail=plain(detail), upwards="↑ Error of a belief over the error that it claims")
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        showlegend=False,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Above: root mean square error of what agents "
            "believe over the error that they allow for themselves, on a logarithmic axis.",
            "alt": f"Two panels against how often an agent hears another. {message}. The share that ends aligned goes from "
            f"{percent(float(share[0]))} ({span(least[0], most[0])}) to {percent(float(share[-1]))} "
            f"({span(least[-1], most[-1])}).",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _line(
    fig: go.Figure, row: int, x: Numbers, y: Numbers, low: Numbers, high: Numbers, colour: str, symbol: str, name: str,
    form: str,
) -> None:  # fmt: skip
    band(fig, x, low, high, colour, row=row, col=1)
    fig.add_scatter(
        x=x, y=y, mode="lines+markers", name=name, error_y=bars(y, low, high, colour), line={"color": colour, "width": 2},
        marker={"symbol": symbol, "size": 10, "color": colour}, customdata=np.stack([low, high], axis=1), row=row, col=1,
        hovertemplate=f"%{{y:{form}}} (%{{customdata[0]:{form}}} to %{{customdata[1]:{form}}})<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip


def _message(rate: Numbers, ratio: Numbers, low: Numbers, high: Numbers, known: NDArray[np.bool_]) -> str:
    """From the least to the greatest rate."""
    if not known.any():
        return "Agents claim no error at all, so there is nothing to compare theirs with"
    said = [
        f"{ratio[at]:.2f} ({low[at]:.2f} to {high[at]:.2f})".replace("-", MINUS)
        if np.isfinite(low[at])
        else f"{ratio[at]:.2f}"
        for at in range(len(rate))
    ]
    last = int(np.flatnonzero(known)[-1])
    message = (
        f"Hearing another in {percent(float(rate[last]))} of the episodes, agents err {said[last]} times as much as they think"
    )
    if known[0] and last:
        message += f"; {'alone' if rate[0] == 0 else f'in {percent(float(rate[0]))}'}, {said[0]} times"
    return message
