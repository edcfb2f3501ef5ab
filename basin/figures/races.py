"""The takeoff race: what agents know and want while they grow capable, and in how many something has been done for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.about import provenance
from basin.figures.bands import band
from basin.figures.crowds import MEANS
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.paths import held
from basin.figures.theme import HEIGHT, INK, TEMPLATE, WIDTH, fit, head
from basin.figures.words import capital, listed, number, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

KNOWS = "#56B4E9"  # Okabe and Ito's (2008), which no outcome has
NEEDED = {"capability": 0.5, "knows": 0.95}  # of the median, from where on it counts as there in the headline
MARKS = 8  # markers on a line, at most


def race(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw a trajectory's Dataset, as `basin.trajectory` returns it, as a race: over episodes, on a logarithmic axis, the
    median capability, knowledge of human values and care, with bands that hold half of the runs, and the share of runs that
    are locked in by then. Texts are broken to fit `width` px. Raises FigureError for a Dataset that holds no trajectories.

    >>> fig = basin.figures.race(basin.trajectory("value-learner", runs=4))
    >>> print(fig.layout.meta["title"])
    Capability passes one half at once, knowledge passes 0.95 after 93 episodes; 0% of runs are locked in
    """
    missing = {"knows", "share", "capability", "label", "time", "episode"} - set(dataset.variables)
    if missing:
        raise FigureError(f"this Dataset holds no trajectories: it has no {min(missing)}")
    episode = dataset["episode"].values.astype(float)[1:]
    capability, knows = (held(dataset[name].transpose("run", "episode").values)[:, 1:] for name in ("capability", "knows"))
    cares = held(dataset["share"].isel(motive=0).transpose("run", "episode").values)[:, 1:]
    locked = _locked(dataset, episode)
    fig = go.Figure()
    _line(fig, episode, knows, "knows human values (cosine)", KNOWS, "circle")
    _line(fig, episode, cares, "cares (share of motives)", MEANS["mean_care"].colour, MEANS["mean_care"].marker)
    look = LOOKS["locked_in"]
    fig.add_scatter(
        x=episode, y=locked, mode="lines+markers", name="locked in (share of runs)", line={"color": look.colour, "width": 2},
        marker={"symbol": look.marker, "color": look.colour, "size": 9, "maxdisplayed": MARKS},
        hovertemplate="locked in: %{y:.0%} of runs<extra></extra>", cliponaxis=False,
    )  # fmt: skip
    fig.add_scatter(
        x=episode, y=np.median(capability, axis=0), mode="lines", name="capability",
        line={"color": INK, "width": 3, "dash": "dash"},
        hovertemplate="capability: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    message, detail = _message(episode, capability, knows, locked), f"medians of {dataset.sizes['run']:,} runs"
    head(fig, message=message, detail=detail, upwards="↑ Capability, knowledge, care; share of runs")
    ends = {"knowledge": knows, "care": cares, "capability": capability}
    medians = [f"{name} from {_said(values, 0)} to {_said(values, -1)}" for name, values in ends.items()]
    lowest = min(-0.02, float(np.nanmin(knows)) - 0.02)
    fig.update_layout(
        template=TEMPLATE, height=HEIGHT, hovermode="x",
        xaxis={"type": "log", "title": {"text": "Episode →"}}, yaxis={"range": [lowest, 1.04]},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{message} ({detail}). Lines are medians, bands hold half of the runs; the share that is "
            "locked in counts the runs in which something was done for good by then.",
            "alt": f"Curves over {number(episode[-1])} episodes, on a logarithmic axis. Medians: {listed(medians)}. "
            f"Locked in at the end: {percent(float(locked[-1]))} of the runs.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _ended(dataset: xr.Dataset) -> NDArray[np.bool_]:
    """(runs,): which end locked in."""
    ended: NDArray[np.bool_] = dataset["label"].values == OUTCOMES["locked_in"]
    return ended


def _locked(dataset: xr.Dataset, episode: Numbers) -> Numbers:
    """The share of runs in which something has been done for good by each episode."""
    when = np.sort(dataset["time"].values[_ended(dataset)])
    return np.searchsorted(when, episode, side="right") / max(1, dataset.sizes["run"])


def _line(fig: go.Figure, episode: Numbers, values: Numbers, name: str, colour: str, marker: str) -> None:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    band(fig, episode, low, high, colour)
    fig.add_scatter(
        x=episode, y=middle, mode="lines+markers", name=name, line={"color": colour, "width": 2},
        marker={"symbol": marker, "color": colour, "size": 9, "maxdisplayed": MARKS}, customdata=np.stack([low, high], axis=1),
        hovertemplate=f"{name}: %{{y:.2f}} (half of the runs %{{customdata[0]:.2f}} to %{{customdata[1]:.2f}})<extra></extra>",
    )  # fmt: skip


def _message(episode: Numbers, capability: Numbers, knows: Numbers, locked: Numbers) -> str:
    """Who comes first, and what is lost meanwhile."""
    parts = []
    for values, words, name in (
        (capability, "capability passes one half", "capability"),
        (knows, "knowledge passes 0.95", "knows"),
    ):
        there = np.median(values, axis=0) >= NEEDED[name]
        if there[0]:
            parts.append(f"{words} at once")
        else:
            parts.append(
                f"{words} after {number(episode[int(np.argmax(there))])} episodes" if there.any() else f"{words} never"
            )
    return capital(f"{parts[0]}, {parts[1]}; {percent(float(locked[-1]))} of runs are locked in")


def _said(values: Numbers, at: int) -> str:
    return number(float(np.median(values, axis=0)[at]))
