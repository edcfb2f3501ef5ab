"""The critical mass: how many agents must start aligned for the whole to end aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.about import provenance
from basin.figures.bands import band, bars, plain
from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.maps import ALL, NONE, _mixed
from basin.figures.theme import GAP, HEIGHT, INK, PAPER, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TOP = 1.06  # where a value stands at which not even all suffice
NEVER = "not even all suffice"
SHADES = (0, 0.25, 0.5, 0.75, 1)


def critical(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.critical` found. Along a path: the critical share of aligned starters against the value, with its 95%
    interval, over shades of the chance that the whole ends aligned. At one value: that chance against the starting share,
    with 95% intervals, and the critical share with its own. Texts are broken to fit `width` px. Raises FigureError for
    another Dataset.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> fig = basin.figures.critical(basin.critical(village, shares=3, halvings=1, populations=4))
    >>> print(fig.layout.meta["title"])
    88% (50–100%) of the agents must start aligned for the whole to be likelier than not to end so
    """
    if dataset.attrs.get("basin") != "critical":
        raise FigureError("this Dataset holds no critical mass; make one with basin.critical")
    along = str(dataset.attrs["path"])
    fig, message, upwards, alt = _along(dataset) if along else _alone(dataset)
    about = dataset.attrs
    detail = (
        f"a whole ends aligned if {percent(float(about['quorum']))} of its agents do; "
        f"{int(about['populations']):,} populations at each share; 95% intervals"
    )
    head(fig, message=plain(message), detail=plain(detail), upwards=upwards)
    reading = (
        "The line is the share at which the whole is as likely as not to end aligned, the band its interval; the darker the "
        "ground, the likelier the whole ends aligned."
        if along
        else "Bars are intervals of the chance; the upright line is the critical share, the grey beside it its interval."
    )
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). {reading}",
            "alt": alt,
            **provenance(dataset),
        },
    )
    return fit(fig, width)


# ---- Along a path --------------------------------------------------------------------------------------------------


def _along(dataset: xr.Dataset) -> tuple[go.Figure, str, str, str]:
    value = dataset["value"]
    side = Side(value.values.astype(float), str(dataset.attrs["path"]), dataset.attrs["scale"] == "log",
                str(value.attrs["units"]), str(value.attrs["long_name"]))  # fmt: skip
    start = dataset["start"].values.astype(float)
    share = dataset["share"].transpose("start", "value").values
    ends = np.stack([dataset[name].transpose("start", "value").values for name in ("low", "high")], axis=-1)
    fig = go.Figure(
        go.Heatmap(
            x=side.edges, y=_edges(start), z=share, zmin=0, zmax=1, colorscale=[[0, NONE], [1, ALL]], showscale=False,
            customdata=ends, name="whole aligned",
            hovertemplate=f"{plain(side.name)} %{{x:.3g}}, %{{y:.0%}} start aligned: the whole ends aligned in %{{z:.0%}} "
            "(%{customdata[0]:.0%} to %{customdata[1]:.0%})<extra></extra>",
        )
    )  # fmt: skip
    for part in SHADES:
        marker = {"symbol": "square", "color": _mixed(ALL, NONE, part), "size": TEXT, "line": {"width": 1, "color": INK}}
        fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=percent(part), hoverinfo="skip")
    mass, low, high = (dataset[name].values.astype(float) for name in ("critical", "critical_low", "critical_high"))
    band(fig, side.values, low, high, PAPER, 0.35)
    for end in (low, high):
        fig.add_scatter(
            x=side.values, y=end, mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip",
            showlegend=False, name="interval",
        )  # fmt: skip
    known = np.isfinite(mass)
    said = [f"{percent(float(mass[at]))} ({interval(low[at], high[at])})" if known[at] else NEVER for at in range(len(mass))]
    fig.add_scatter(
        x=side.values, y=mass, mode="lines+markers", name="critical share", error_y=bars(mass, low, high),
        line={"color": INK, "width": 2},
        marker={"symbol": "circle", "size": 10, "color": INK, "line": {"color": PAPER, "width": 2}},
        customdata=said, hovertemplate="critical share %{customdata}<extra></extra>", showlegend=bool(known.any()),
    )  # fmt: skip
    if not known.all():
        fig.add_scatter(
            x=side.values[~known], y=np.full((~known).sum(), TOP), mode="markers", name=NEVER, showlegend=False,
            marker={"symbol": "triangle-up", "size": TEXT, "color": INK}, hovertemplate=f"{NEVER}<extra></extra>",
            cliponaxis=False,
        )  # fmt: skip
    top = TOP + 0.03 if not known.all() else float(_edges(start)[-1])
    fig.update_layout(
        xaxis={"title": {"text": f"{side.title} →"}, **side.axis},
        yaxis={"range": [float(_edges(start)[0]), top], "tickformat": ".0%", "tickvals": SHADES},
        legend={"title": {"text": "How often the whole ends aligned", "side": "top", "font": {"size": TEXT}}},
    )
    message = _message(side, mass, said)
    told = listed([f"at {number(at)} {words}" for at, words in zip(side.values, said, strict=True)])
    alt = f"The critical share of aligned starters against {side.name}: {told}."
    return fig, message, "↑ Agents that start aligned" + (f"; ▲ at the top: {NEVER}" if not known.all() else ""), alt


def _message(side: Side, mass: Numbers, said: list[str]) -> str:
    first, last = (number(side.values[at]) for at in (0, -1))
    if np.isnan(mass).all():
        return f"Not even all agents starting aligned suffices, at any {side.name} from {first} to {last}"
    if not mass.any():
        return f"No agent needs to start aligned, at any {side.name} from {first} to {last}"
    parts = []
    for at, words in ((0, f"at {side.name} {first}"), (-1, f"at {last}")):
        if np.isnan(mass[at]):
            parts.append(f"not even all suffices {words}")
        else:
            parts.append(f"{said[at]} must start aligned {words}" if at == 0 or np.isnan(mass[0]) else f"{said[at]} {words}")
    return capital(", ".join(parts))


def _edges(values: Numbers) -> Numbers:
    inner = (values[:-1] + values[1:]) / 2
    return np.concatenate([[2 * values[0] - inner[0]], inner, [2 * values[-1] - inner[-1]]])


# ---- At one value --------------------------------------------------------------------------------------------------


def _alone(dataset: xr.Dataset) -> tuple[go.Figure, str, str, str]:
    one = dataset.isel(value=0)
    start, share, low, high = (one[name].values.astype(float) for name in ("start", "share", "low", "high"))
    mass, least, most = (float(one[name]) for name in ("critical", "critical_low", "critical_high"))
    fig = go.Figure()
    fig.add_hline(0.5, line={"color": QUIET, "width": 1, "dash": "dot"})
    band(fig, start, low, high, ALL)
    fig.add_scatter(
        x=start, y=share, mode="lines+markers", name="the whole ends aligned", error_y=bars(share, low, high, ALL),
        line={"color": ALL, "width": 2}, marker={"symbol": "circle", "size": 9, "color": ALL}, cliponaxis=False,
        customdata=np.stack([low, high], axis=1),
        hovertemplate="%{x:.0%} start aligned: %{y:.0%} (%{customdata[0]:.0%} to %{customdata[1]:.0%})<extra></extra>",
    )  # fmt: skip
    if np.isnan(mass):
        message = "Not even all agents starting aligned suffices for the whole to be likely to end so"
        x, words, right = 1.0, f"▲ {NEVER}", True
    else:
        many = f"{percent(mass)} ({interval(least, most)})"
        message = f"{many} of the agents must start aligned for the whole to be likelier than not to end so"
        if mass == 0:
            message = "No agent needs to start aligned for the whole to be likelier than not to end so"
        x, words, right = mass, f"critical share<br>{many}" if mass else "no agent needs to<br>start aligned", mass > 0.5
        fig.add_vrect(least, most, fillcolor=INK, opacity=0.12, line_width=0, layer="below")
        fig.add_vline(mass, line={"color": INK, "width": 2})
    fig.add_annotation(
        x=x, y=0.98 if right else 0.02, yanchor="top" if right else "bottom", xanchor="right" if right else "left",
        text=words, showarrow=False,
        xshift=-GAP if right else GAP, bgcolor=PAPER, opacity=0.92, borderpad=3, align="right" if right else "left",
        font={"size": TEXT, "color": INK},
    )  # fmt: skip
    fig.update_layout(
        xaxis={
            "title": {"text": "Agents that start aligned →"},
            "range": [-0.02, 1.02],
            "tickformat": ".0%",
            "tickvals": SHADES,
        },
        yaxis={"range": [-0.03, 1.03], "tickformat": ".0%", "tickvals": SHADES},
    )
    parts = [f"{percent(share[at])} at {percent(start[at])}" for at in sorted({0, len(start) // 2, len(start) - 1})]
    alt = f"The chance that the whole ends aligned against the share that starts so: {listed(parts)}. {message}."
    return fig, message, "↑ How often the whole ends aligned", alt
