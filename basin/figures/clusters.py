"""Attractors that were found, not named: where runs end, coloured by cluster."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, looks
from basin.figures.theme import HEIGHT, INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, percent

if TYPE_CHECKING:
    import xarray as xr

MOST = 6  # clusters with an entry and a colour of their own; smaller ones share a grey
ALIKE = 0.95  # agreement above which both are said to agree
SHAKEN = 0.012  # of the width: final states that coincide are moved apart by about so much, or one point would hide all


def attractors(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.attractors` found: final states in the two features in which the clusters lie farthest apart, each
    cluster in a colour with its share. Points are spread a little where they coincide. Texts are broken to fit `width` px.
    Raises FigureError for another Dataset.

    >>> fig = basin.figures.attractors(basin.attractors("pendulum", samples=64))
    >>> print(fig.layout.meta["title"])
    2 attractors found without names agree with the named outcomes
    """
    if dataset.attrs.get("basin") != "attractors":
        raise FigureError("this Dataset holds no attractors; make one with basin.attractors")
    about = dataset.attrs
    final, cluster = dataset["final"].values.astype(float), dataset["cluster"].values
    first, second = _two(dataset)
    chance = np.random.default_rng(0)
    ends = np.isfinite(final).all(axis=1) & (cluster >= 0)
    span = np.ptp(final[ends], axis=0) if ends.any() else np.ones(final.shape[1])
    span = np.where(span > 0, span, 1.0)
    shown = final + SHAKEN * span * chance.standard_normal(final.shape)
    if first == second:
        shown = np.column_stack([shown, chance.random(len(final))])
        second = shown.shape[1] - 1
    fig = go.Figure()
    styles = _styles(dataset)
    named = [str(word) for word in dataset["outcome"].values]
    for at, (colour, symbol, _) in enumerate(styles):
        row = dataset.isel(group=at)
        table = dataset["table"].values[at]
        name = looks(named)[named[int(table.argmax())]].name
        share = f"{percent(float(row['share']))} ({interval(float(row['low']), float(row['high']))})"
        entry = f"cluster {at}: {share}, named {name}"
        _points(fig, shown[cluster == at][:, [first, second]], colour, symbol, entry, at < MOST)
    loose = cluster < 0
    if loose.any():
        inside = loose & np.isfinite(final).all(axis=1)
        look = LOOKS["undecided"]
        _points(fig, shown[inside][:, [first, second]], look.colour, look.marker,
                f"in no cluster: {percent(float(about['loose']))}", True)  # fmt: skip
    count, agreement = dataset.sizes["group"], float(about["agreement"])
    verb = ("agrees" if count == 1 else "agree") if agreement > ALIKE else ("differs" if count == 1 else "differ")
    same = f"{verb} {'with' if agreement > ALIKE else 'from'} the named outcomes"
    message = f"{count} attractor{'s' * (count != 1)} found without names {same}"
    how = "recurrences" if about["method"] == "recurrences" else "clusters of final states"
    detail = f"by {how}; adjusted Rand index {agreement:.3f}; {int(about['starts']):,} starts, {about['starts_from']}"
    upwards = "" if second >= final.shape[1] else f"↑ {_title(dataset, second)}"
    head(fig, message=message, detail=detail, upwards=upwards)
    parts = [
        f"{percent(float(dataset['share'][at]))} ({interval(float(dataset['low'][at]), float(dataset['high'][at]))}) named "
        f"{named[int(dataset['table'].values[at].argmax())].replace('_', ' ')}"
        for at in range(min(count, MOST))
    ]
    axis = {}
    if ends.any():
        low, high = final[ends].min(axis=0), final[ends].max(axis=0)
        room = 0.08 * span
        axis = {at: [low[at] - room[at], high[at] + room[at]] for at in range(final.shape[1])}
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{_title(dataset, first)} →"}, "range": axis.get(first)},
        yaxis={"range": axis.get(second), "visible": second < final.shape[1]},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). Each point is where a run ended, moved a "
            f"little where points coincide. Shares with 95% intervals: {'; '.join(parts) or 'none'}.",
            "alt": f"Final states in {count} cluster{'s' * (count != 1)}: {listed(parts) or 'none'}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _styles(dataset: xr.Dataset) -> list[tuple[str, str, str]]:
    """Colour and marker of each cluster: of the outcome that most of its runs have, where no other cluster has it."""
    named = [str(word) for word in dataset["outcome"].values]
    look = looks(named)
    others = cycle(("#CC79A7", "#56B4E9", "#E69F00", "#009E73", "#D55E00", "#0072B2"))
    used: set[str] = set()
    styles = []
    for at in range(dataset.sizes["group"]):
        word = named[int(dataset["table"].values[at].argmax())]
        if at >= MOST:
            styles.append((LOOKS["undecided"].colour, "circle", word))
        elif word not in used and look[word].colour not in {colour for colour, _, _ in styles}:
            used.add(word)
            styles.append((look[word].colour, look[word].marker, word))
        else:
            taken = {colour for colour, _, _ in styles}
            styles.append((next(colour for colour in others if colour not in taken), "cross", word))
    return styles


def _points(fig: go.Figure, places: np.ndarray, colour: str, symbol: str, name: str, legend: bool) -> None:
    fig.add_scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", name=name, showlegend=legend, hoverinfo="name", opacity=0.7,
        marker={"symbol": symbol, "color": colour, "size": TEXT / 2, "line": {"width": 0.5, "color": INK}},
    )  # fmt: skip


def _two(dataset: xr.Dataset) -> tuple[int, int]:
    """The two features in which the clusters lie farthest apart, in units of the features' ranges."""
    final = dataset["final"].values.astype(float)
    if final.shape[1] == 1:
        return 0, 0
    inside = final[np.isfinite(final).all(axis=1) & (dataset["cluster"].values >= 0)]
    span = np.ptp(inside, axis=0) if len(inside) else np.ones(final.shape[1])
    centre = dataset["centre"].values
    apart = np.ptp(centre, axis=0) if len(centre) > 1 else span
    score = np.divide(apart, span, out=np.zeros_like(apart), where=span > 0)
    two = np.sort(np.argsort(-score, kind="stable")[:2])
    return int(two[0]), int(two[1])


def _title(dataset: xr.Dataset, at: int) -> str:
    name, unit, meaning = (str(dataset[kept].values[at]) for kept in ("feature", "unit", "meaning"))
    about = f": {meaning}" if meaning != name else ""
    return f"{capital(name)}{about}{'' if unit in ('1', '') else f' ({unit})'}"
