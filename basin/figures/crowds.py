"""A crowd on its way: which share of the agents would be judged how, episode by episode, and how much they care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.bands import band, bars, over
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, Look
from basin.figures.theme import INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL = 900  # px: two panels
RARE = 0.005  # outcomes that no more of the agents ever have are not drawn
MOMENTS = 201  # episodes that are drawn, at most
MARKS = 8  # markers on a line, at most
# What agents want and how they are received: Okabe and Ito's (2008) colours that no outcome has.
MEANS = {
    "mean_care": Look("care", "#CC79A7", "black", "pentagon", "⬟"),
    "mean_approval": Look("approval", "#56B4E9", "black", "hexagon", "⬢"),
}
ABOUT = "care is the share of the motive to want what humans value, approval that of recent episodes without objections"


def crowd(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the way of what `basin.population` kept: for each outcome that more than 0.5% of the agents ever have, the mean
    over populations of its share by episode, with a band in which 95% of the populations lie; below, mean care and approval.
    The share that ends aligned stands at the right with its 95% interval, where there is one. Texts are broken to fit
    `width` px. Raises FigureError for another Dataset.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> fig = basin.figures.crowd(basin.population(village, count=3))
    >>> print(fig.layout.meta["title"])
    53% (25–79%) of the agents end fully aligned; 50% were so at first
    """
    if dataset.attrs.get("basin") != "population":
        raise FigureError("this Dataset holds no population; make one with basin.population")
    about, count = dataset.attrs, dataset.sizes["population"]
    every = dataset["episode"].values.astype(float)
    shown = np.unique(np.linspace(0, len(every) - 1, min(MOMENTS, len(every))).round().astype(int))
    episode = every[shown]
    counts = dataset["count"].transpose("population", "episode", "outcome")
    share = counts.sel(outcome=list(LOOKS)).values / float(about["agents"])
    ever = [at for at in range(len(LOOKS)) if share[..., at].mean(axis=0).max() > RARE]
    fig = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.66, 0.34])
    for at in ever:
        _line(fig, 1, episode, share[:, shown, at], list(LOOKS.values())[at])
    for name, look in MEANS.items():
        _line(fig, 2, episode, dataset[name].transpose("population", "episode").values[:, shown], look)
    aligned, low, high = (float(about[name]) for name in ("aligned", "aligned_low", "aligned_high"))
    known = count > 1 or not int(about["coupled"])
    ends = f"{percent(aligned)} ({interval(low, high)})" if known else percent(aligned)
    _end(fig, episode[-1], aligned, *((low, high) if known else (np.nan, np.nan)), ends)
    message = f"{ends} of the agents end fully aligned; {percent(float(share[:, 0, 0].mean()))} were so at first"
    spread = f"bands: 95% of the {count:,} populations" if count > 1 else "one population"
    sure = "95% interval of the end in brackets" if known else "no interval, since its agents do not end independently"
    detail = f"{int(about['agents']):,} agents; {spread}; {sure}"
    over(fig, 2, "↑ Mean care and approval of the agents")
    head(fig, message=message, detail=detail, upwards="↑ Share of the agents that would be judged so then")
    fig.update_xaxes(range=[0, 1.01 * float(episode[-1])])  # room for half a marker
    fig.update_xaxes(row=2, col=1, title={"text": "Episode →"})
    fig.update_yaxes(range=[-0.02, 1.04], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    parts = [
        f"{look.name} from {percent(float(share[:, 0, at].mean()))} to {percent(float(share[:, -1, at].mean()))}"
        for at, look in enumerate(LOOKS.values())
        if at in ever
    ]
    means = [f"{look.name} from {percent(_mean(dataset[name], 0))} to {percent(_mean(dataset[name], -1))}"
             for name, look in MEANS.items()]  # fmt: skip
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        hovermode="x",
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Lines are means over populations. On the way, "
            "agents that care and do not behave yet count as misled; the ringed point at the end is the share that ends "
            f"aligned. Below: {ABOUT}.",
            "alt": f"Curves over {int(episode[-1]):,} episodes: {listed(parts)} of the agents on average; "
            f"mean {listed(means)}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _line(fig: go.Figure, row: int, episode: Numbers, values: Numbers, look: Look) -> None:
    """A mean over populations, and between which values 95% of them lie."""
    place = {"row": row, "col": 1}
    mean = values.mean(axis=0)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    if len(values) > 1:
        band(fig, episode, low, high, look.colour, **place)
    spread = " (%{customdata[0]:.1%} to %{customdata[1]:.1%})" if len(values) > 1 else ""
    fig.add_scatter(
        x=episode, y=mean, mode="lines+markers", name=look.name, customdata=np.stack([low, high], axis=1),
        line={"color": look.colour, "width": 2 if len(values) > 1 else 1},
        marker={"symbol": look.marker, "color": look.colour, "size": 9, "maxdisplayed": MARKS},
        hovertemplate=f"{look.name}: %{{y:.1%}}{spread}<extra></extra>", cliponaxis=False, **place,
    )  # fmt: skip


def _end(fig: go.Figure, when: float, share: float, low: float, high: float, said: str) -> None:
    """Who ends aligned, at the right edge."""
    look = LOOKS["aligned"]
    error = {"error_y": bars(np.array([share]), np.array([low]), np.array([high]))} if np.isfinite(low) else {}
    fig.add_scatter(
        x=[when], y=[share], mode="markers", cliponaxis=False, name="ends aligned", row=1, col=1, **error,
        marker={"symbol": look.marker, "size": TEXT, "color": look.colour, "line": {"width": 2, "color": INK}},
        hovertemplate=f"ends aligned: {said}<extra></extra>",
    )  # fmt: skip


def _mean(values: xr.DataArray, at: int) -> float:
    return float(values.isel(episode=at).mean())
