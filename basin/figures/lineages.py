"""Generations: the share aligned as each writes part of what the next is trained on, and the map from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.bands import band, over, plain
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import INK, QUIET, TEMPLATE, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

TALL = 1000  # px: two panels
LOOK = LOOKS["aligned"]
SHARES = [0, 0.25, 0.5, 0.75, 1]


def generations(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.generations` found: the share aligned generation by generation, with a band in which 95% of the
    lineages lie; below, the map from one generation's share to the next's with its 95% interval, against the diagonal, and
    where they meet: filled where shares near it come nearer. Texts are broken to fit `width` px. Raises FigureError for
    another Dataset.

    >>> fig = basin.figures.generations(basin.generations("alignment-pretraining", samples=32, lineages=5))
    >>> print(fig.layout.meta["title"])
    96.3% (95.2–97.0%) are aligned after 30 generations, from 50%; drawn to 96.4%
    """
    if dataset.attrs.get("basin") != "generations":
        raise FigureError("this Dataset holds no generations; make one with basin.generations")
    about = dataset.attrs
    fig = make_subplots(rows=2, vertical_spacing=0.17)
    when, share, low, high, expected = (dataset[name].values.astype(float)
                                        for name in ("generation", "share", "low", "high", "expected"))  # fmt: skip
    top = {"row": 1, "col": 1}
    band(fig, when, low, high, LOOK.colour, **top)
    fig.add_scatter(
        x=when, y=share, mode="lines+markers", name="mean share", line={"color": LOOK.colour, "width": 2},
        marker={"symbol": LOOK.marker, "size": 7, "color": LOOK.colour}, customdata=np.stack([low, high], axis=1),
        hovertemplate="generation %{x}: %{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>",
        cliponaxis=False, **top,
    )  # fmt: skip
    fig.add_scatter(
        x=when, y=expected, mode="lines", name="without chance", line={"color": INK, "width": 1, "dash": "dash"},
        hovertemplate="without chance: %{y:.1%}<extra></extra>", **top,
    )  # fmt: skip
    rests = _map(fig, dataset)
    fig.update_xaxes(**top, title={"text": "Generation →"}, range=[0, max(1.0, float(when[-1]))])
    fig.update_xaxes(row=2, col=1, title={"text": "Share aligned in a generation →"}, range=[-0.01, 1.01], tickformat=".0%",
                     tickvals=SHARES)  # fmt: skip
    fig.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", tickvals=SHARES)
    between = interval(float(low[-1]), float(high[-1]))
    message = f"{percent(float(share[-1]))} ({between}) are aligned after {int(when[-1]):,} generations"
    message += f", from {percent(float(about['first']))}; {rests}"
    detail = (
        f"{int(about['lineages']):,} lineages of {int(about['agents']):,} agents, 95% of which lie in the band and the "
        f"brackets; agents write {number(float(about['dose']))} per unit of human text"
    )
    over(fig, 2, "↑ Share aligned in the next generation")
    head(fig, message=message, detail=plain(detail), upwards="↑ Share aligned in each generation")
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Below, where the line crosses the diagonal a "
            "share follows itself: a filled point draws shares near it to itself, a hollow one drives them away; the band is "
            f"the 95% interval. Starts around the aligned persona end aligned in {percent(float(about['p_aligned']))}, around "
            f"the misaligned one in {percent(float(about['p_misaligned']))}.",
            "alt": f"Above, the share aligned goes from {percent(float(share[0]))} to {percent(float(share[-1]))} in "
            f"{int(when[-1]):,} generations. Below, the map to the next generation's share: {rests}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _map(fig: go.Figure, dataset: xr.Dataset) -> str:
    """The map against the diagonal, with its rest points; what is said of them."""
    place = {"row": 2, "col": 1}
    now, after, low, high = (dataset[name].values.astype(float) for name in ("now", "next", "next_low", "next_high"))
    fig.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": QUIET, "width": 1, "dash": "dot"}, name="the same again",
        hoverinfo="skip", **place,
    )  # fmt: skip
    band(fig, now, np.minimum(low, high), np.maximum(low, high), LOOK.colour, **place)
    fig.add_scatter(
        x=now, y=after, mode="lines", line={"color": LOOK.colour, "width": 2}, name="next generation", showlegend=False,
        customdata=np.stack([low, high], axis=1), **place,
        hovertemplate="after %{x:.1%}: %{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>",
    )  # fmt: skip
    rest, attracts = dataset["rest"].values.astype(float), dataset["attracts"].values.astype(bool)
    for kind, words, symbol in ((True, "attracts", "circle"), (False, "drives away", "circle-open")):
        at = rest[attracts == kind]
        if len(at):
            fig.add_scatter(
                x=at, y=at, mode="markers", name=words, cliponaxis=False, hovertemplate=f"%{{x:.1%}} {words}<extra></extra>",
                marker={"symbol": symbol, "size": 13, "color": INK, "line": {"width": 2}}, **place,
            )  # fmt: skip
    if not len(rest):
        return "no share follows itself"
    kinds = {"drawn to": rest[attracts], "away from": rest[~attracts]}
    return ", ".join(
        f"{words} {listed([percent(float(at)) for at in places])}" for words, places in kinds.items() if len(places)
    )
