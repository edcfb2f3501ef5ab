"""Where people's values end after they have listened to each other: who reaches which limit, and how far limits are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.paths import scenario
from basin.figures.theme import TEMPLATE, WIDTH, fit, head
from basin.figures.words import interval, number, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

TARGET, OTHERS = "#0072B2", "#E69F00"
BROAD = 7  # px of a dot


def extrapolation(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw all limits that `basin.extrapolation` found: a dot for each limit of each run, with the cosine to that run's
    target, which is the limit most people reach, across, and the share of people who reach it upwards. Texts are broken to
    fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.extrapolation(basin.extrapolation("extrapolated-volition", runs=200))
    >>> print(fig.layout.meta["title"])
    On average people come to 1 (1 to 1.358) limits; 100% (98.1–100%) reach the first
    """
    if dataset.attrs.get("basin") != "extrapolation":
        raise FigureError("this Dataset holds no limits of people's values; make one with basin.extrapolation")
    about = dataset.attrs
    share = dataset["people"].transpose("run", "limit").values
    cosine = dataset["cosine"].transpose("run", "limit").values
    first = np.arange(share.shape[1]) == 0
    others = (share > 0) & ~first
    fig = go.Figure()
    for chosen, name, colour, symbol in (
        (others, "another limit", OTHERS, "diamond-open"),
        ((share > 0) & first, "the limit most people reach, the target", TARGET, "circle-open"),
    ):
        run, limit = np.nonzero(chosen)
        fig.add_scatter(
            x=cosine[run, limit], y=share[run, limit], mode="markers", name=name, customdata=run,
            marker={"symbol": symbol, "color": colour, "size": BROAD, "line": {"width": 1.5}},
            hovertemplate="run %{customdata}: %{y:.1%} of people, cosine %{x:.3f}<extra></extra>",
        )  # fmt: skip
    runs = int(about["runs"])
    limits, largest = _mean(about, "limits", number), _mean(about, "largest", percent)
    message = f"On average people come to {limits} limits; {largest} reach the first"
    away = f"; another agrees with it to a cosine of {number(round(float(cosine[others].mean()), 2))}" if others.any() else ""
    title = scenario(dataset).get("title", about["scenario"])
    detail = f"{title}; means over {runs:,} runs, with 95% intervals{away}"
    head(fig, message=message, detail=detail, upwards="↑ People who reach a limit (share)")
    least = min(0.0, float(cosine[share > 0].min()))
    fig.update_layout(
        template=TEMPLATE,
        xaxis={"title": {"text": "Agreement with the target (cosine) →"}, "range": [1.05 * least - 0.05, 1.05]},
        yaxis={"range": [0, 1.05], "tickformat": ".0%"},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{message} ({detail}). People listen to those they trust until nothing moves. A dot is "
            "one limit of one run. Who is aligned with the target is aligned with no limit farther left.",
            "alt": f"Limits of {runs:,} runs: their number has a mean of {number(float(about['limits']))}, and the first "
            f"holds {percent(float(about['largest']))} of people on average.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _mean(about: dict[str, Any], name: str, words: Callable[[float], str]) -> str:
    """A mean with its 95% interval, where it has a width."""
    mean, low, high = (float(about[f"{name}{end}"]) for end in ("", "_low", "_high"))
    if low == high:
        return words(mean)
    within = interval(low, high) if words is percent else f"{number(low)} to {number(high)}"
    return f"{words(mean)} ({within})"
