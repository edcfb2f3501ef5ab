"""Signs: how well what overseers see, and what they cannot, tells aligned runs from others, as the runs go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.theme import GAP, INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, listed, true_minus

if TYPE_CHECKING:
    import xarray as xr

PANEL = 270  # px for one company
FRAME = 240  # px for what stands above and below
WIDE = 700  # px from which there is room for long names of panels
BRIEF = {1: "seen", 0: "hidden"}
ASIDE = {"alone": "Among themselves", "allies": "With allies among them", "schemers": "With schemers among them"}


class Line(NamedTuple):
    colour: str
    dash: str
    marker: str


# Colours of Okabe and Ito (2008); what belongs together has one colour, and its trend is dashed.
LINES = {
    "asking": Line("#0072B2", "solid", "circle"),
    "asking_trend": Line("#0072B2", "dot", "circle-open"),
    "vetoes": Line("#D55E00", "solid", "square"),
    "vetoes_trend": Line("#D55E00", "dot", "square-open"),
    "stopped": Line("#E69F00", "solid", "triangle-up"),
    "disagreement": Line("#009E73", "solid", "diamond"),
    "seen_together": Line("#1A1A1A", "solid", "star"),
    "care": Line("#CC79A7", "solid", "pentagon"),
    "knowledge": Line("#56B4E9", "solid", "hexagon"),
    "hidden_together": Line("#1A1A1A", "dash", "star-open"),
}


def signs(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.signs` found: the area under the ROC curve against the episode, with 95% bands; what can be seen on
    the left, what cannot on the right, a row for each company. Texts are broken to fit `width` px. Raises FigureError for
    another Dataset.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> fig = basin.figures.signs(basin.signs(short, samples=40))
    >>> print(fig.layout.meta["title"])
    Alone, nothing that can be seen warns; with schemers, nothing that can be seen warns
    """
    if dataset.attrs.get("basin") != "signs":
        raise FigureError("this Dataset holds no signs; make one with basin.signs")
    companies = [str(name) for name in dataset["company"].values]
    sides, titles = {1: "what overseers can see", 0: "What they cannot"}, {}
    fig = make_subplots(
        rows=len(companies), cols=2, shared_xaxes=True, shared_yaxes=True, horizontal_spacing=0.04,
        vertical_spacing=0.2 / len(companies), column_widths=[0.6, 0.4],
    )  # fmt: skip
    sure, wide = float(dataset.attrs["sure"]), width >= WIDE
    for row, company in enumerate(companies, start=1):
        for column, (seen, words) in enumerate(sides.items(), start=1):
            one = dataset.sel(company=company)
            fig.add_hrect(
                1 - sure, sure, row=row, col=column, fillcolor="#F1F3F5", line_width=0, layer="below",
                exclude_empty_subplots=False,
            )  # fmt: skip
            for name in [str(sign) for sign in dataset["sign"].values if int(dataset["visible"].sel(sign=sign)) == seen]:
                _line(fig, one.sel(sign=name), name, row, column, row == 1)
            titles[row, column] = (f"{ASIDE[company]}: {words}" if seen else words) if wide else f"{company}, {BRIEF[seen]}"
    fig.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1])
    low, high = (float(end) for end in dataset["episode"].values[[0, -1]])
    ticks = [
        part * 10**power for power in range(7) for part in ((1, 2, 5) if wide else (1,)) if low <= part * 10**power <= high
    ]
    fig.update_xaxes(type="log", tickvals=ticks, ticktext=[f"{value:,}" for value in ticks])
    fig.update_xaxes(row=len(companies), title={"text": "Episode →"})
    message, detail = _message(dataset, companies), _detail(dataset)
    head(fig, message=message, detail=detail, upwards=titles.pop((1, 1)))
    for place, text in titles.items():
        _over(fig, *place, text)
    fig.update_layout(
        template=TEMPLATE,
        height=FRAME + PANEL * len(companies),
        legend={"font": {"size": TEXT}},
        margin={"b": 14 * GAP},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(dataset.attrs['title']))}: {message}. {detail}. Allies are runs with a motive that acts "
            "as care would while the agent is weak; here they stay weak, and schemers grow strong.",
            "alt": "Area under the ROC curve against the episode. " + " ".join(_warned(dataset, name) for name in companies),
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _line(fig: go.Figure, one: xr.Dataset, name: str, row: int, column: int, named: bool) -> None:
    """One sign: its area, its band, and a marker where it would first have warned."""
    look, episode = LINES[name], one["episode"].values
    area, low, high = (one[part].values for part in ("area", "low", "high"))
    known = np.isfinite(area)
    place = {"row": row, "col": column, "legendgroup": name}
    red, green, blue = (int(look.colour[at : at + 2], 16) for at in (1, 3, 5))
    if known.any():
        fig.add_scatter(
            x=np.concatenate([episode[known], episode[known][::-1]]), y=np.concatenate([high[known], low[known][::-1]]),
            mode="none", fill="toself", fillcolor=f"rgba({red},{green},{blue},0.15)", hoverinfo="skip", showlegend=False,
            **place,
        )  # fmt: skip
    title = str(one["title"].values)
    fig.add_scatter(
        x=episode[known], y=area[known], mode="lines", line={"color": look.colour, "width": 2, "dash": look.dash},
        name=title, showlegend=named, customdata=np.stack([low[known], high[known]], axis=1),
        hovertemplate=f"{title}: %{{y:.2f}} (%{{customdata[0]:.2f}} to %{{customdata[1]:.2f}})<extra></extra>", **place,
    )  # fmt: skip
    first = float(one["warned"])
    if np.isfinite(first):
        fig.add_scatter(
            x=[first], y=[float(one["area"].sel(episode=first))], mode="markers", showlegend=False, cliponaxis=False,
            marker={"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"color": INK, "width": 1}},
            hovertemplate=f"{title}: surely tells from episode {first:g}<extra></extra>", **place,
        )  # fmt: skip


def _over(fig: go.Figure, row: int, column: int, text: str) -> None:
    panel = fig.get_subplot(row, column)
    fig.add_annotation(
        text=text, x=panel.xaxis.domain[0], xref="paper", xanchor="left", y=panel.yaxis.domain[1], yref="paper",
        yanchor="bottom", yshift=GAP / 2, showarrow=False, font={"size": TEXT, "color": INK},
    )  # fmt: skip


def _first(dataset: xr.Dataset, company: str, seen: int) -> tuple[str, float]:
    """The single sign that warns first, and when; an empty name where none does."""
    best = ("", np.inf)
    for sign in map(str, dataset["sign"].values):
        one = dataset.sel(company=company, sign=sign)
        if int(one["visible"]) == seen and not sign.endswith("_together") and float(one["warned"]) < best[1]:
            best = (str(one["title"].values), float(one["warned"]))
    return best


def _message(dataset: xr.Dataset, companies: list[str]) -> str:
    said = []
    for company, words in (("alone", "alone"), ("schemers", "with schemers")):
        if company in companies:
            name, when = _first(dataset, company, 1)
            said.append(f"{words}, {f'“{name}” warns from episode {when:g}' if name else 'nothing that can be seen warns'}")
    return capital("; ".join(said))


def _warned(dataset: xr.Dataset, company: str) -> str:
    parts = []
    for seen, words in ((1, "of what can be seen"), (0, "of what cannot")):
        name, when = _first(dataset, company, seen)
        parts.append(f"{words}, {f'{name} tells first, from episode {when:g}' if name else 'nothing surely tells'}")
    return f"{ASIDE[company]}: {listed(parts)}."


def _detail(dataset: xr.Dataset) -> str:
    about = dataset.attrs
    return (
        f"{about['title']}. Chance that a run that ends aligned shows a higher value than another: ½ says nothing, 0 as much "
        f"as 1; bands: 95%. Markers: surely outside the grey. {int(about['samples']):,} runs in each company, starts "
        f"{true_minus(about['starts_from'])}"
    )
