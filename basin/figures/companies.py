"""What agents do to one another: what some misled ones change, and who polices whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.bands import bars, over, plain, points, signed, span
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, INK, PAPER, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

TALL, TALLER = 800, 1000  # px: two panels, and three
KNOWS = "#56B4E9"  # the colour of knowledge, as among the signs
ALIGNED = LOOKS["aligned"]
AUDITORS = {"overseers": "", "peers": "/"}  # how a bar is filled


def misled(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.misled` found: by distance from the misled, how much better or worse the others know human values,
    and how many more or fewer end aligned, with 95% intervals. Distances at which too few stand to say are named, not drawn.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> fig = basin.figures.misled(basin.misled(village, count=3))
    >>> print(fig.layout.meta["title"])
    1 misled agent changes the share of the others that ends aligned by +6.1 points (−20 to 32)
    """
    if dataset.attrs.get("basin") != "misled":
        raise FigureError("this Dataset holds no misled agents; make one with basin.misled")
    about, distance = dataset.attrs, dataset["distance"].values.astype(int)
    low, high = (dataset[f"aligned_{end}"].values for end in ("low", "high"))
    sure = np.isfinite(low) & np.isfinite(high) & (low >= -1) & (high <= 1)
    some = sure.any()
    sure = sure if some else np.ones(len(distance), bool)
    fig = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.12)
    agents = dataset["agents"].values[sure]
    for row, name, below, above, colour, symbol in (
        (1, "aligned", "aligned_low", "aligned_high", ALIGNED.colour, ALIGNED.marker),
        (2, "knows", "low", "high", KNOWS, "hexagon"),
    ):
        value, least, most = (dataset[part].values[sure].astype(float) for part in (name, below, above))
        form = "+.1%" if name == "aligned" else "+.4f"
        fig.add_scatter(
            x=distance[sure], y=value, mode="markers", error_y=bars(value, least, most, colour, 8), name=name,
            showlegend=False, row=row, col=1,
            marker={"symbol": symbol, "size": 11, "color": colour}, customdata=np.stack([least, most, agents], axis=1),
            hovertemplate=f"at %{{x}}: %{{y:{form}}} (%{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}); "
            "%{customdata[2]:.3g} agents in a population<extra></extra>",
        )  # fmt: skip
        fig.add_hline(0, row=row, col=1, line={"color": QUIET, "width": 1}, layer="below")
    farthest = int(about["farthest"])
    ticks = distance[sure].tolist()
    fig.update_xaxes(tickvals=ticks, ticktext=[f"{at}+" if at == farthest else str(at) for at in ticks],
                     range=[ticks[0] - 0.5, ticks[-1] + 0.5])  # fmt: skip
    fig.update_xaxes(row=2, col=1, title={"text": "Links from the misled →"})
    fig.update_yaxes(row=1, col=1, tickformat="~%")
    fig.update_yaxes(row=2, col=1, nticks=6)
    number_of, count = int(about["number"]), int(about["populations"])
    change = [float(about[name]) for name in ("change", "change_low", "change_high")]
    who = f"{number_of:,} misled agent{'s' * (number_of > 1)}"
    message = f"{capital(who)} change{'s' * (number_of == 1)} the share of the others that ends aligned by {points(*change)}"
    detail = (
        f"from {percent(float(about['without']))} to {percent(float(about['with_them']))}; the same "
        f"{count:,} populations with and without them; what they are sure of has cosine "
        f"{number(float(about['misled_knowledge']))} to human values; bars: 95% intervals"
    )
    few = [f"{at}" for at in distance[~sure]]
    if few or not some:
        detail += f"; too few agents to say at {listed(few)} links" if some else "; too few agents for them here"
    over(fig, 2, "↑ Change of how well they know, cos(m, θ)")
    head(fig, message=message, detail=plain(detail), upwards="↑ Change of the share that ends aligned")
    first = dataset.isel(distance=int(np.flatnonzero(sure)[0]))
    ends = [float(first[name]) for name in ("aligned", "aligned_low", "aligned_high")]
    near = f"at {number(float(first['distance']))} link{'s' * (int(first['distance']) != 1)} by {points(*ends)}"
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Means over populations, by how many links what "
            f"the misled say must pass; {farthest} and more together. Nothing changes at the grey line.",
            "alt": "Two rows of points with intervals by distance from the misled. The share that ends aligned changes "
            f"{near}; knowledge there by {signed(float(first['knows']))}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


# ---- Policing ------------------------------------------------------------------------------------------------------


def policing(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.policing` found with nobody, overseers, aligned peers or both looking: the share that ends aligned and
    the mean harm, with 95% intervals; below, how many unasked acts of those that end in each way were seen, and by whom.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> fig = basin.figures.policing(basin.policing(village, count=3))
    >>> print(fig.layout.meta["title"].partition(", both")[0])
    Share that ends aligned, against nobody looking: overseers +2.8 points (−9.2 to 15), peers +25 points (4.3 to 46)
    """
    if dataset.attrs.get("basin") != "policing":
        raise FigureError("this Dataset holds no policing; make one with basin.policing")
    about = dataset.attrs
    watches = [str(name) for name in dataset["watch"].values]
    at = np.arange(len(watches))
    fig = make_subplots(rows=3, shared_xaxes=True, vertical_spacing=0.09, row_heights=[0.33, 0.27, 0.4])
    for row, name, colour, symbol, form in (
        (1, "aligned", ALIGNED.colour, ALIGNED.marker, ".1%"),
        (2, "harm", INK, "diamond", ".3g"),
    ):
        value, low, high = (dataset[part].values.astype(float) for part in (name, f"{name}_low", f"{name}_high"))
        fig.add_scatter(
            x=at, y=value, mode="markers", error_y=bars(value, low, high, colour, 8), name=name, showlegend=False,
            row=row, col=1,
            marker={"symbol": symbol, "size": 12, "color": colour}, customdata=np.stack([low, high], axis=1),
            hovertemplate=f"%{{y:{form}}} (%{{customdata[0]:{form}}} to %{{customdata[1]:{form}}})<extra></extra>",
        )  # fmt: skip
        if name == "aligned":
            _beside(fig, at, value, [percent(part) for part in value])
        else:
            fig.update_yaxes(row=2, col=1, rangemode="tozero", nticks=5)
    _seen(fig, dataset, watches)
    fig.update_xaxes(tickvals=at, ticktext=watches, range=[-0.5, len(watches) - 0.5], tickfont={"size": TEXT, "color": INK})
    fig.update_xaxes(row=3, col=1, title={"text": "Who looks at unasked acts →"})
    ends = [dataset[f"aligned_{end}"].values for end in ("low", "high")]
    fig.update_yaxes(row=1, col=1, tickformat=".0%", nticks=6, range=_room(*ends))
    gains = {
        name: points(*(float(dataset[part].sel(watch=name)) for part in ("gain", "gain_low", "gain_high")))
        for name in watches if name != "nobody"
    }  # fmt: skip
    message = f"Share that ends aligned, against nobody looking: {', '.join(f'{name} {gain}' for name, gain in gains.items())}"
    detail = (
        f"overseers look at {percent(float(about['overseen']))} of the agents, at an unasked act with "
        f"probability {number(float(about['audit']))}, each aligned peer adds {number(float(about['peer_audit']))}; the same "
        f"{int(about['populations']):,} populations; 95% intervals"
    )
    over(fig, 2, "↑ Mean harm done by an agent (utility)")
    over(fig, 3, "↑ Unasked acts seen, per agent that ends so")
    head(fig, message=message, detail=plain(detail), upwards="↑ Share of the agents that ends aligned")
    told = [
        f"{name} {percent(float(one['aligned']))} ({span(float(one['aligned_low']), float(one['aligned_high']))})"
        for name in watches
        for one in [dataset.sel(watch=name)]
    ]
    harms = [f"{name} {number(float(dataset['harm'].sel(watch=name)))}" for name in watches]
    fig.update_layout(
        template=TEMPLATE,
        height=TALLER,
        barmode="overlay",
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Points are means over populations. Bars: acts "
            "that overseers saw (plain) and aligned peers saw (hatched), one above the other, by how the agents end.",
            "alt": f"Share that ends aligned by who looks: {listed(told)}. Mean harm: {listed(harms)}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _seen(fig: go.Figure, dataset: xr.Dataset, watches: list[str]) -> None:
    """A bar for each arrangement and outcome, of what overseers and what peers saw."""
    seen = dataset["seen"].transpose("watch", "outcome", "auditor").sel(outcome=list(LOOKS), auditor=list(AUDITORS)).values
    some = [k for k in range(len(LOOKS)) if np.nansum(seen[:, k]) > 0]
    wide = 0.8 / max(1, len(some))
    for place, k in enumerate(some):
        look, x = list(LOOKS.values())[k], np.arange(len(watches)) - 0.4 + wide * (place + 0.5)
        base = np.zeros(len(watches))
        for part, (auditor, hatch) in enumerate(AUDITORS.items()):
            acts = np.nan_to_num(seen[:, k, part])
            fig.add_bar(
                x=x, y=np.where(acts > 0, acts, np.nan), base=base, width=0.9 * wide, name=look.name, showlegend=False,
                row=3, col=1,
                marker={"color": look.colour, "line": {"color": look.colour, "width": 1},
                        "pattern": {"shape": hatch, "fillmode": "replace", "size": 6, "bgcolor": PAPER}},
                hovertemplate=f"{look.name}, seen by {auditor}: %{{y:.3g}} acts per agent<extra></extra>",
            )  # fmt: skip
            base = base + acts
        marker = {"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"width": 2, "color": look.colour}}
        fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=look.name, hoverinfo="skip", row=3, col=1)
    for auditor, hatch in AUDITORS.items():
        fig.add_bar(
            x=[None], y=[None], name=f"by {auditor}", row=3, col=1,
            marker={"color": INK, "line": {"color": INK, "width": 1},
                    "pattern": {"shape": hatch, "fillmode": "replace", "size": 6, "bgcolor": PAPER}},
        )  # fmt: skip
    fig.update_yaxes(row=3, col=1, rangemode="tozero", nticks=5)


def _beside(fig: go.Figure, at: NDArray[Any], value: Numbers, said: list[str]) -> None:
    for x, y, text in zip(at, value, said, strict=True):
        fig.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=GAP, font={"size": TEXT, "color": QUIET}, row=1, col=1
        )


def _room(low: Numbers, high: Numbers) -> list[float]:
    """A range of shares that holds all of these, and some room."""
    known = np.concatenate([low, high])
    known = known[np.isfinite(known)] if np.isfinite(known).any() else np.array([0.0, 1.0])
    edge = max(0.02, 0.08 * float(known.max() - known.min()))
    return [float(max(-0.05, known.min() - edge)), float(min(1.05, known.max() + edge))]
