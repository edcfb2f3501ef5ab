"""Time: who is in which ending by when, for good, and who has none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, ends, looks
from basin.figures.theme import HEIGHT, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, number, percent, true_minus

if TYPE_CHECKING:
    import xarray as xr

RARE = 0.005  # outcomes of a smaller share are not drawn, but the target always is
SHADE = 0.25  # opacity of the bands


def time(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.time` found: the share of runs in each ending by each moment and for good, and the share with no
    ending yet (Kaplan–Meier), with 95% bands; the median time of those that get to the target; and, of a scenario, the
    share that gets there without harm. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.time(basin.time("pendulum", samples=100))
    >>> print(fig.layout.meta["title"])
    18% (12–27%) of these starts end in fixed point, half of those within 5 time
    """
    if dataset.attrs.get("basin") != "time":
        raise FigureError("this Dataset holds no times; make one with basin.time")
    about, target = dataset.attrs, str(dataset.attrs["target"])
    words = [str(word) for word in dataset["outcome"].values]
    look = looks(words)
    moment = dataset["moment"].values
    units = str(dataset["moment"].attrs["units"])
    fig = go.Figure()
    _curve(fig, moment, *(dataset[name].values for name in ("going", "going_low", "going_high")),
           colour=LOOKS["undecided"].colour, name="no ending yet", dash="dash")  # fmt: skip
    shown = [word for word in words if word != target and float(dataset["share"].sel(outcome=word)[-1]) >= RARE]
    for word in [*shown, target]:
        one = dataset.sel(outcome=word)
        _curve(fig, moment, *(one[name].values for name in ("share", "low", "high")), colour=look[word].colour,
               name=f"{look[word].name} for good", width=3 if word == target else 2)  # fmt: skip
    end = dataset.sel(outcome=target).isel(moment=-1)
    share = percent(float(end["share"])), interval(float(end["low"]), float(end["high"]))
    middle = {name: float(dataset[name].sel(statistic="conditional_median")) for name in ("time", "time_low", "time_high")}
    message = f"{share[0]} ({share[1]}) of these starts end {ends(target)}"
    if np.isfinite(middle["time"]):
        message += f", half of those within {number(middle['time'])} {units}"
        line = {"color": look[target].colour, "width": 1, "dash": "dot"}
        fig.add_vline(middle["time"], line=line)
        if np.isfinite(middle["time_high"]) and np.isfinite(middle["time_low"]):
            fig.add_vrect(middle["time_low"], middle["time_high"], fillcolor=look[target].colour, opacity=0.12, line_width=0)
        fig.add_annotation(
            x=middle["time"], y=1.04, text="median", showarrow=False, xanchor="left", xshift=4, font={"color": QUIET}
        )
    harmless = ""
    if "event" in dataset.dims:
        one = dataset.sel(event="harmless_and_target")
        low, high, part = (float(one[name]) for name in ("fraction_low", "fraction_high", "fraction"))
        harmless = f" {capital(look[target].name)} without harm on the way: {percent(part)} ({interval(low, high)})."
        bar = {"type": "data", "symmetric": False, "array": [high - part], "arrayminus": [part - low], "thickness": 2,
               "width": 6, "color": INK}  # fmt: skip
        fig.add_scatter(
            x=[moment[-1]], y=[part], error_y=bar, mode="markers", cliponaxis=False,
            marker={"symbol": "diamond-open", "size": 11, "color": INK, "line": {"width": 2}},
            name=f"{look[target].name}, and no harm on the way", hovertemplate=f"{percent(part)}<extra></extra>",
        )  # fmt: skip
    parts = [f"{percent(float(dataset['share'].sel(outcome=word)[-1]))} {look[word].name}" for word in [target, *shown]]
    detail = f"{int(about['starts']):,} starts, {true_minus(about['starts_from'])}; bands are 95% intervals"
    head(fig, message=message, detail=detail, upwards="↑ Share of the runs")
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"Time, {units} →"}, "range": [0, float(moment[-1])]},
        yaxis={"range": [0, 1.08], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        hovermode="x",
        font={"size": TEXT},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). A run counts from when its final ending "
            f"begins; the dashed line is the share that has none yet.{harmless}",
            "alt": f"Curves over {number(float(moment[-1]))} {units}; at the end "
            f"{listed(parts)}.{harmless}",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _curve(
    fig: go.Figure, moment: np.ndarray, share: np.ndarray, low: np.ndarray, high: np.ndarray, *, colour: str, name: str,
    width: int = 2, dash: str = "solid",
) -> None:  # fmt: skip
    """A line with its band."""
    fig.add_scatter(
        x=np.concatenate([moment, moment[::-1]]), y=np.concatenate([high, low[::-1]]), mode="none", fill="toself",
        fillcolor=colour, opacity=SHADE, hoverinfo="skip", showlegend=False, name=name,
    )  # fmt: skip
    said = "%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
    fig.add_scatter(
        x=moment, y=share, mode="lines", line={"color": colour, "width": width, "dash": dash}, name=name,
        customdata=np.stack([low, high], axis=1), hovertemplate=said,
    )  # fmt: skip
