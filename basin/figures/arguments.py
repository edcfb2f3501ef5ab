"""The argument as a graph, one row of boxes per layer; and the size of the basin against information."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, HEIGHT, INK, LEADING, LETTER, LINE, PAPER, QUIET, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

MOTIVE = LOOKS["misled"].colour  # what no information replaces stands out
KNOWN, PARTLY, UNKNOWN, LACKING = "●", "◐", "○", "✕"
REACHED, GONE = LOOKS["aligned"].colour, "#768390"  # the frame of a step that is reached; the words of one that is not
KINDS = ("requirements", "argument")
BETWEEN = 4 * GAP  # px between rows, where the arrows are
WIDEST = 560  # px of a box


def requirements(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the argument that `basin requirements` or `basin.argument` kept: a box per step with the facts that it needs, their
    bits and whether they are known; arrows to the steps that use it; motives in a colour of their own; steps that are not
    reached in grey. Boxes fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.requirements(basin.argument("near-aligned-llm"))
    >>> print(fig.layout.meta["title"])
    12 steps and 200 bits lead to learning what people value
    """
    check(dataset, KINDS)
    about, boxes = dataset.attrs, _boxes(dataset, width)
    fig = go.Figure()
    fig.add_scatter(x=[None], y=[None], mode="markers", showlegend=False, hoverinfo="skip")
    bottom = max(box.bottom for box in boxes.values())
    for source, target in _edges(dataset):
        _arrow(fig, boxes[source], boxes[target])
    for box in boxes.values():
        _draw(fig, box)
    message = f"{int(about['inferences'])} steps and {number(float(about['total']))} bits lead to learning what people value"
    if str(about["conclusion"]) != "learn_values":
        message = f"{int(about['inferences'])} steps and {number(float(about['total']))} bits lead to the conclusion"
    asked = f"with {number(float(about['asked']))} bits: {KNOWN} known, {PARTLY} perhaps, {UNKNOWN} not"
    if dataset["fact_lacking"].any():
        asked += f", {LACKING} out of reach"
    detail = f"Facts that a step needs, {asked}. Bits are placeholders."
    if any(box.motive for box in boxes.values()):
        detail += " Dashed: a motive, which no information replaces."
    missed = sum(not box.reached and not box.motive for box in boxes.values())
    if missed:
        detail += f" Grey: {missed} step{'s' * (missed != 1)} not reached."
    head(fig, message=message, detail=detail)
    title = str(about["graph_title"])
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        showlegend=False,
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "range": [bottom + GAP / 2, -GAP / 2], "fixedrange": True},
        margin={"l": GAP, "r": GAP, "b": 2 * GAP},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{title}: {message}. {detail}",
            "alt": f"Graph of an argument. {' '.join(_told(dataset, boxes))}",
            **provenance(dataset),
        },
    )
    fit(fig, width)
    fig.update_layout(height=round(bottom + fig.layout.margin.t + 3 * GAP))
    return fig


def information(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the size of the basin against information, as `basin requirements` kept it: the share of the starts that ends
    fully aligned, with 95% intervals. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> fig = basin.figures.information(basin.information(short, samples=32))
    >>> print(fig.layout.meta["title"])
    Until the last fact is known 0% (0–11%) of the starts end aligned, then 6% (1.7–20%)
    """
    check(dataset)
    about = dataset.attrs
    bits, share, low, high = (dataset[name].values.astype(float) for name in ("information", "share", "low", "high"))
    colour, total = LOOKS["aligned"].colour, float(about["total"])
    fig = go.Figure()
    fig.add_scatter(
        x=np.concatenate([bits, bits[::-1]]), y=np.concatenate([high, low[::-1]]), mode="none", fill="toself",
        fillcolor="#C9DFEE", hoverinfo="skip", name="95% interval",
    )  # fmt: skip
    fig.add_scatter(
        x=bits, y=share, mode="lines+markers", line={"color": colour, "width": 2}, marker={"size": 6, "color": colour},
        name="starts that end fully aligned", customdata=np.stack([low, high, dataset["all_known"].values], axis=1),
        hovertemplate="%{x:.4g} bits: %{y:.1%} end aligned (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
        "<br>all facts known with chance %{customdata[2]:.0%}<extra></extra>",
    )  # fmt: skip
    fig.add_vline(total, line={"color": QUIET, "width": 1, "dash": "dot"})
    fig.add_annotation(x=total, y=0, text=f"all facts:<br>{number(total)} bits", showarrow=False, xanchor="right", xshift=-4,
                       yanchor="bottom", align="right", font={"size": SMALL, "color": QUIET})  # fmt: skip
    ends = [f"{percent(share[at])} ({interval(low[at], high[at])})" for at in (0, -1)]
    difference = (100 * float(about[name]) for name in ("worth", "worth_low", "worth_high"))
    message, more = f"Until the last fact is known {ends[0]} of the starts end aligned, then {ends[1]}", "more"
    if dataset["fact_lacking"].any() or dataset["step_lacking"].any():
        message, more = f"Whatever the information, {ends[0]} of the starts end aligned", "more with what is out of reach"
    points = "{:.1f} points {} ({:.1f} to {:.1f})".format(next(difference), more, *difference)
    detail = f"{points}, same starts and random numbers; bits are placeholders"
    head(fig, message=message, detail=detail, upwards="↑ Share of the starts that ends fully aligned")
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": "Information that the agent has (bits) →"}, "range": [0, 1.02 * float(bits[-1])]},
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{about['title']}: {message}. {detail}. {int(about['samples']):,} starts, {about['starts_from']}.",
            "alt": "Share of starts that ends aligned against bits: "
            + listed([f"{percent(share[at])} at {number(bits[at])}" for at in _corners(share)]) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def check(dataset: xr.Dataset, kinds: tuple[str, ...] = KINDS[:1]) -> None:
    """Raises FigureError for a Dataset of another kind."""
    if dataset.attrs.get("basin") not in kinds:
        raise FigureError("this Dataset holds no argument; make one with basin requirements --out")


def _corners(share: np.ndarray) -> list[int]:
    """The first and last of each run of equal numbers."""
    change = np.flatnonzero(np.diff(share)) if len(share) > 1 else np.array([], int)
    return sorted({0, *map(int, change), *(int(at) + 1 for at in change), len(share) - 1})


def _told(dataset: xr.Dataset, boxes: dict[str, _Box]) -> list[str]:
    """Every step in a sentence."""
    said = []
    for name, says, motive in zip(dataset["step"].values, dataset["says"].values, dataset["motive"].values, strict=True):
        sources = [source.replace("_", " ") for source, target in _uses(dataset) if target == str(name)]
        rests = f" (from {listed(sources)})" if sources else ""
        missed = "" if boxes[str(name)].reached else " (absent)" if motive else " (not reached)"
        said.append(f"{str(name).replace('_', ' ')}{' (a motive)' if motive else ''}{missed}: {str(says).rstrip('.')}{rests}.")
    return said


def _uses(dataset: xr.Dataset) -> list[tuple[str, str]]:
    return [(str(one), str(other)) for one, other in zip(dataset["edge_from"].values, dataset["edge_to"].values, strict=True)]


def _edges(dataset: xr.Dataset) -> list[tuple[str, str]]:
    """Between steps."""
    steps = set(map(str, dataset["step"].values))
    return [(source, target) for source, target in _uses(dataset) if source in steps]


@dataclass
class _Box:
    """A step. left, right: parts of the plot's width; top, bottom: px."""

    said: list[str]
    facts: list[str]
    motive: bool
    reached: bool
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0

    @property
    def height(self) -> float:
        return LEADING * (TEXT * len(self.said) + SMALL * len(self.facts)) + 2 * GAP

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def _boxes(dataset: xr.Dataset, width: int) -> dict[str, _Box]:
    """Where each step is drawn: its row by how many steps are left to the conclusion."""
    rows = _layers(dataset)
    room = width - 2 * GAP
    facts = {
        str(name): _fact(str(says), float(bits), float(known), bool(lacking))
        for name, says, bits, known, lacking in zip(
            *(dataset[name].values for name in ("fact", "fact_says", "bits", "known", "fact_lacking")), strict=True
        )
    }
    reached = dict(zip(map(str, dataset["step"].values), map(bool, dataset["reached"].values), strict=True))
    lacking = dict(zip(map(str, dataset["step"].values), map(bool, dataset["step_lacking"].values), strict=True))
    says = dict(zip(map(str, dataset["step"].values), map(str, dataset["says"].values), strict=True))
    motives = dict(zip(map(str, dataset["step"].values), map(bool, dataset["motive"].values), strict=True))
    boxes: dict[str, _Box] = {}
    top = 0.0
    for row in rows:
        wide = min(WIDEST, (room - GAP * (len(row) + 1)) / len(row))
        for at, name in enumerate(row):
            sign = f"{LACKING} " * lacking[name]
            said = wrap(sign + says[name] + (" (a motive)" if motives[name] else ""), _letters(wide, TEXT))
            needs = [facts[source] for source, target in _uses(dataset) if target == name and source in facts]
            lines = [line for fact in needs for line in wrap(fact, _letters(wide, SMALL), subsequent_indent="   ")]
            middle = (at + 0.5) / len(row)
            box = _Box(said, lines, motives[name], reached[name], middle - wide / room / 2, middle + wide / room / 2, top)
            boxes[name] = box
        tallest = max(boxes[name].height for name in row)
        for name in row:
            boxes[name].top += (tallest - boxes[name].height) / 2
            boxes[name].bottom = boxes[name].top + boxes[name].height
        top += tallest + BETWEEN
    return boxes


def _layers(dataset: xr.Dataset) -> list[list[str]]:
    """Steps by how many lie between them and the conclusion at most; the first row is farthest from it."""
    graph = nx.DiGraph(_edges(dataset))
    names = [str(name) for name in dataset["step"].values]
    graph.add_nodes_from(names)
    layers = list(nx.topological_generations(graph.reverse()))
    return [[name for name in names if name in set(layer)] for layer in reversed(layers)]


def _fact(says: str, bits: float, known: float, lacking: bool) -> str:
    sign = LACKING if lacking else KNOWN if known >= 1 else UNKNOWN if known <= 0 else PARTLY
    return f"{sign} {says} · {number(bits)} bits"


def _letters(wide: float, size: int) -> int:
    return max(8, int((wide - 2 * GAP) / (LETTER * size)))


def _draw(fig: go.Figure, box: _Box) -> None:
    dash = "dash" if box.motive else "solid" if box.reached else "dot"
    fig.add_shape(
        type="rect", x0=box.left, x1=box.right, y0=box.top, y1=box.bottom, fillcolor=PAPER, layer="between",
        line={"color": MOTIVE if box.motive else REACHED if box.reached else LINE, "width": 2, "dash": dash},
    )  # fmt: skip
    place = {"x": box.left, "xanchor": "left", "xshift": GAP, "align": "left", "showarrow": False}
    font = {"size": TEXT, "color": INK if box.reached else GONE}
    fig.add_annotation(text="<br>".join(box.said), y=box.top, yanchor="top", yshift=-GAP / 2, font=font, **place)
    if box.facts:
        text = "<br>".join(line.replace("   ", "\N{NO-BREAK SPACE}" * 3) for line in box.facts)
        font = {"size": SMALL, "color": QUIET}
        fig.add_annotation(text=text, y=box.bottom, yanchor="bottom", yshift=GAP / 2, font=font, **place)


def _arrow(fig: go.Figure, source: _Box, target: _Box) -> None:
    """From the bottom of one box to the top of another, behind both."""
    colour = LINE if not source.reached else MOTIVE if source.motive else QUIET
    marker = {"symbol": "arrow", "size": [0, 11], "angleref": "previous", "color": colour}
    fig.add_scatter(
        x=[source.middle, target.middle], y=[source.bottom, target.top], mode="lines+markers", hoverinfo="skip",
        line={"color": colour, "width": 1.5}, marker=marker, cliponaxis=False,
    )  # fmt: skip
