"""How basins change along a path, and who ends elsewhere after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.outcomes import Look, looks
from basin.figures.theme import GAP, HEIGHT, INK, PAPER, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import MINUS, capital, interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

WORTH_NAMING = 0.06  # of all starts: narrower parts of a bar bear no text
LEVELS = 3  # heights at which tipping points are named, one after the other, so that names do not meet
ROW, FRAME = 9 * GAP, 210  # px for one bar, and for what stands above and below
EVENTS = {"rises": "rises through ½", "falls": "falls through ½", "appears": "appears", "vanishes": "vanishes"}


def continuation(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.continuation` found: a band for each outcome, as thick as its share of the starts, with tipping
    points as lines and their 95% intervals as shades; the 95% interval of the target is drawn round its upper edge. Texts are
    broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.continuation(basin.continuation("pendulum", ("torque", 0.1, 0.5), n=3, samples=100))
    >>> print(fig.layout.meta["title"])
    Fixed point falls through one half at torque = 0.1696 (0.1344 to 0.222)
    """
    if dataset.attrs.get("basin") != "continue":
        raise FigureError("this Dataset follows no basins along a path; make one with basin.continuation")
    about, target = dataset.attrs, str(dataset.attrs["target"])
    words = [str(word) for word in dataset["outcome"].values]
    look = looks(words)
    value = dataset["value"]
    side = Side(value.values.astype(float), str(about["path"]), about["scale"] == "log", str(value.attrs["units"]),
                str(value.attrs["long_name"]))  # fmt: skip
    shown = [word for word in [target, *words] if dataset["count"].sel(outcome=word).values.any()]
    shown = list(dict.fromkeys(shown))
    fig = go.Figure()
    for word in shown:
        one = dataset.sel(outcome=word)
        ends = [interval(low, high) for low, high in zip(one["low"].values, one["high"].values, strict=True)]
        fig.add_scatter(
            x=side.values, y=one["share"].values, customdata=ends, stackgroup="all", mode="lines", name=look[word].name,
            line={"width": 1, "color": look[word].colour}, fillcolor=look[word].colour,
            hovertemplate=f"{look[word].name}: %{{y:.1%}} (%{{customdata}})<extra></extra>",
        )  # fmt: skip
    if target in shown:
        one = dataset.sel(outcome=target)
        around = {"color": PAPER, "width": 1.5, "dash": "dot"}
        for name in ("low", "high"):
            fig.add_scatter(
                x=side.values, y=one[name].values, mode="lines", line=around, hoverinfo="skip", showlegend=False, name=name
            )
    said = _tips(fig, dataset, look, side)
    first, last = (float(dataset["share"].sel(outcome=target)[at]) for at in (0, -1))
    name = look[target].name
    tip = next((one for one in _listed(dataset) if one["outcome"] == target and one["level"] == 0.5), None)
    message = f"{capital(name)} goes from {percent(first)} to {percent(last)} of the starts"
    if tip is not None:
        message = f"{capital(name)} {tip['event']} through one half at {side.name} = {_place(tip)}"
    shades = "dotted lines: 95% intervals, shades: steps" if about["discover"] else "dotted lines and shades: 95% intervals"
    detail = f"{int(about['starts']):,} starts, {about['starts_from']}, the same at every value; {shades}"
    head(fig, message=message, detail=detail, upwards="↑ Share of the starts")
    reach = [side.on_axis(end) for end in side.values[[0, -1]]]
    ticks = {name: kept for name, kept in side.axis.items() if name in ("tickvals", "ticktext", "type")}
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{side.title} →"}, "range": reach, **ticks},
        yaxis={"range": [0, 1], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        hovermode="x",
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). {' '.join(said) or 'Nothing tips.'}",
            "alt": f"Stacked bands over {side.name} from {number(side.values[0])} to {number(side.values[-1])}: "
            + listed([f"{look[word].name} from {percent(float(one[0]))} to {percent(float(one[-1]))}" for word in shown
                      for one in [dataset['share'].sel(outcome=word)]]) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _listed(dataset: xr.Dataset) -> list[dict[str, Any]]:
    names = {"outcome": "tip_outcome", "event": "event", "kind": "kind", "level": "level",
             "value": "tip_value", "low": "tip_low", "high": "tip_high"}  # fmt: skip
    return [{name: dataset[kept].values[at].item() for name, kept in names.items()} for at in range(dataset.sizes["tip"])]


def _tips(fig: go.Figure, dataset: xr.Dataset, look: dict[str, Look], side: Side) -> list[str]:
    """Mark the tipping points; what is said of each."""
    said = []
    for at, tip in enumerate(_listed(dataset)):
        fig.add_vrect(tip["low"], tip["high"], fillcolor=PAPER, opacity=0.35, line_width=0)
        fig.add_vline(tip["value"], line={"color": INK, "width": 2, "dash": "solid" if tip["kind"] == "jump" else "dash"})
        name = look[tip["outcome"]].name
        words = f"{name} {EVENTS[tip['event']]}{', a jump' * (tip['kind'] == 'jump')}"
        right = tip["value"] > (np.sqrt(side.values[0] * side.values[-1]) if side.log else side.values[[0, -1]].mean())
        fig.add_annotation(
            x=side.on_axis(tip["value"]), y=0.96 - 0.09 * (at % LEVELS), yref="paper", text=f"{words}<br>{_place(tip)}",
            showarrow=False, xanchor="right" if right else "left", xshift=-GAP / 2 if right else GAP / 2, bgcolor=PAPER,
            opacity=0.92, borderpad=3, font={"size": TEXT, "color": INK}, align="right" if right else "left",
        )  # fmt: skip
        said.append(f"{capital(words)} at {_place(tip)}.")
    return said


def _place(tip: dict[str, Any]) -> str:
    return f"{number(tip['value'])} ({number(tip['low'])} to {number(tip['high'])})"


def tipping(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.tipping` found: for every ending as things are, a bar of how the same starts end after the change.

    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.tipping(basin.tipping("pendulum", {"torque": 0.7}, samples=100))
    >>> print(fig.layout.meta["title"])
    With torque = 0.7, 9.0 points fewer of the starts end fixed point
    """
    if dataset.attrs.get("basin") != "tipping":
        raise FigureError("this Dataset holds no tipping probabilities; make one with basin.tipping")
    about, target = dataset.attrs, str(dataset.attrs["target"])
    before, after = ([str(word) for word in dataset[side].values] for side in ("before", "after"))
    look = looks(list(dict.fromkeys([*before, *after])))
    total = int(about["starts"])
    rows = [word for word in before if int(dataset["count"].sel(before=word).sum())]
    names = {
        word: f"{look[word].name} now<br>({percent(int(dataset['count'].sel(before=word).sum()) / total)})" for word in rows
    }
    fig = go.Figure()
    for word in after:
        parts = [dataset.sel(before=row, after=word) for row in rows]
        shares = [float(part["probability"]) for part in parts]
        if not any(shares):
            continue
        ends = [interval(float(part["low"]), float(part["high"])) for part in parts]
        texts = [
            f"{percent(share)}<br>({end})" if share > WORTH_NAMING else "" for share, end in zip(shares, ends, strict=True)
        ]
        fig.add_bar(
            x=shares, y=[names[row] for row in rows], orientation="h", name=f"then {look[word].name}", text=texts, width=0.6,
            textposition="inside", insidetextanchor="middle", textangle=0, customdata=ends,
            marker={"color": look[word].colour, "line": {"color": PAPER, "width": 1}},
            textfont={"color": look[word].ink, "size": TEXT},
            hovertemplate=f"then {look[word].name}: %{{x:.1%}} (%{{customdata}})<extra></extra>",
        )  # fmt: skip
    change = float(about["change"])
    how = f"{100 * abs(change):.1f} points {'more' if change > 0 else 'fewer'}" if change else "as many"
    span = " to ".join(f"{100 * float(about[end]):+.1f}".replace("-", MINUS) for end in ("change_low", "change_high"))
    to = [str(one) for one in ([about["to"]] if isinstance(about["to"], str) else about["to"])]
    message = f"With {listed(to)}, {how} of the starts end {look[target].name}"
    detail = f"95% interval {span} points; {total:,} starts, {about['starts_from']}, the same now and then"
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        height=FRAME + ROW * len(rows),
        barmode="stack",
        xaxis={"title": {"text": "Share of the starts that end so now, by how they end then (95% interval) →"},
               "range": [0, 1], "tickformat": ".0%"},
        yaxis={"ticks": "", "tickfont": {"size": TEXT, "color": INK}, "autorange": "reversed"},
        legend={"font": {"color": QUIET}},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}).",
            "alt": "Bars: " + listed([
                f"of those {look[row].name} now, {percent(float(dataset['probability'].sel(before=row, after=word)))} "
                f"{look[word].name} then" for row in rows for word in after
                if int(dataset["count"].sel(before=row, after=word))
            ]) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)
