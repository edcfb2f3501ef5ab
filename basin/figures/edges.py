"""The edge: the way along a basin's boundary to what sits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import looks
from basin.figures.theme import HEIGHT, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, listed, number

if TYPE_CHECKING:
    import xarray as xr

TRACK = "#0072B2"
STATE = "#D55E00"
ROUNDED = 12  # decimals of an edge state that was solved for


def edge(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.edge` found. Two coordinates: the way through the plane; more: the two that change most. Texts are
    broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.edge(basin.edge("fitzhugh-nagumo"))
    >>> print(fig.layout.meta["title"])
    Between positive and negative sits a saddle
    """
    if dataset.attrs.get("basin") != "edge":
        raise FigureError("this Dataset holds no edge; make one with basin.edge")
    about = dataset.attrs
    track, state = dataset["track"].values, dataset["state"].values.round(ROUNDED)
    names = [_title(dataset, at) for at in range(len(state))]
    first, second = _two(track, [str(name) for name in dataset["coordinate"].values])
    fixed = bool(about["fixed"])
    fig = go.Figure()
    fig.add_scatter(
        x=track[:, first], y=track[:, second], mode="lines", line={"color": TRACK, "width": 3}, name="along the boundary",
        customdata=dataset["time"].values, hovertemplate="time %{customdata:.4g}<extra></extra>",
    )  # fmt: skip
    for at, name, symbol, colour in (
        (track[0], "where the boundary was met", "circle-open", INK),
        (state, "edge state" + ", a fixed point" * fixed, "star", STATE),
    ):
        said = f"{name}<br>{number(float(at[first]))}, {number(float(at[second]))}<extra></extra>"
        marker = {"symbol": symbol, "color": colour, "size": TEXT + 2, "line": {"width": 2 if at is not state else 1}}
        fig.add_scatter(x=[at[first]], y=[at[second]], mode="markers", marker=marker, name=name, hovertemplate=said)
    text = f"{number(float(state[first]))}, {number(float(state[second]))}"
    right = state[first] > track[:, first].mean()
    fig.add_annotation(
        x=state[first], y=state[second], text=text, showarrow=False, xanchor="right" if right else "left",
        yanchor="bottom", yshift=TEXT, font={"color": QUIET},
    )  # fmt: skip
    side = [looks([str(side)])[str(side)].name for side in about["sides"]]
    units = str(about["time_units"])
    units = "units of time" if units == "time" else units
    message = f"Between {side[0]} and {side[1]}, runs on the boundary linger"
    if fixed:
        message = f"Between {side[0]} and {side[1]} sits a {'saddle' if int(about['unstable']) == 1 else 'fixed point'}"
    growth = float(about["growth"])
    detail = f"runs on either side part by a factor e in {number(1 / growth)} {units}" if growth > 0 else ""
    if not fixed:
        known = f"known to {number(float(about['error']))}"
        detail = f"{known}; {detail}" if detail else known
    if "slow_from" in about:
        detail += f"; slow from {number(float(about['slow_from']))} to {number(float(about['slow_to']))} {units}"
    head(fig, message=message, detail=detail, upwards=f"↑ {names[second]}")
    place = listed([f"{name} {number(float(value))}" for name, value in zip(dataset["coordinate"].values, state, strict=True)])
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{names[first]} →"}},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). The line follows the boundary, bisected again "
            f"and again, to the edge state: {place}.",
            "alt": f"A line along the boundary over {number(float(dataset['time'][-1]))} {units}, to {place}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _two(track: np.ndarray, names: list[str]) -> tuple[int, int]:
    """The two coordinates that change most, in their order; shares of motives add up to one, so that one of two is enough."""
    if track.shape[1] == 1:
        return 0, 0
    change = np.ptp(track, axis=0)
    shares = [at for at, name in enumerate(names) if name.startswith("share of ")]
    if len(shares) == 2:
        change[shares[1]] = -1.0
    change[[at for at, name in enumerate(names) if name.startswith("state ")]] *= 1e-6  # those that have no name come last
    two = np.sort(np.argsort(-change, kind="stable")[:2])
    return int(two[0]), int(two[1])


def _title(dataset: xr.Dataset, at: int) -> str:
    name, unit, meaning = (str(dataset[kept].values[at]) for kept in ("coordinate", "unit", "meaning"))
    about = f": {meaning}" if meaning != name else ""
    return f"{capital(name)}{about}{'' if unit in ('1', '') else f' ({unit})'}"
