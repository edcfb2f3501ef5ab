"""The network: who ends how on the graph of one population, moment by moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from basin.figures.about import provenance
from basin.figures.bands import plain
from basin.figures.errors import FigureError
from basin.figures.layouts import Picture, laid_out
from basin.figures.outcomes import LOOKS, Look
from basin.figures.player import ROW, controls, controls_height, rows
from basin.figures.theme import GAP, INK, LETTER, LINE, NARROW, PAPER, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, interval, listed, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

FRAMES = 60  # moments, the end among them

MISLED_FIRST, HUMAN = 2, 3  # what a node was at first, as `role` says
PEOPLE = len(LOOKS)  # the colour that comes after those of the outcomes
SYMBOLS = {"circle": 0, "square": 1, "diamond": 2, "x": 4, "triangle-up": 5, "circle-open": 100}  # plotly's numbers
PEOPLE_LOOK, PEOPLE_SYMBOL = "square-open", 101
EDGE = 1  # px of paper round a node, where there are links
CODES = np.array(list(OUTCOMES.values()))
TALL = 900  # px: the graph, and below it what moves it
LETTERS = int((NARROW - 8 * GAP) / (LETTER * TEXT))  # of a line that fits a telephone


def network(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the first population that `basin.population` kept, on its graph: each agent in the colour and with the marker of
    how it would be judged at a moment; a slider goes through the moments, a button plays them. People are hollow squares,
    agents who were misled at first are ringed. Counts are of all agents, also where only some are drawn.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> fig = basin.figures.network(basin.population(village, count=3))
    >>> print(fig.layout.meta["title"])
    53% (25–79%) of the agents end fully aligned, in this population 6 of 12 agents
    """
    if dataset.attrs.get("basin") != "population":
        raise FigureError("this Dataset holds no population; make one with basin.population")
    about = dataset.attrs
    role = dataset["role"].values[0]
    drawn = laid_out(dataset)
    people, ringed = (role[drawn.nodes] == kind for kind in (HUMAN, MISLED_FIRST))
    moments = _moments(dataset)
    ever = [name for at, name in enumerate(LOOKS) if any(counts[at] for _, _, counts in moments)]
    size, edge = drawn.size, EDGE if len(drawn.links) else 0
    fig = go.Figure()
    _links(fig, drawn)
    frames = [_marked(status[drawn.nodes], people) for _, status, _ in moments]
    fig.add_scatter(
        x=drawn.x, y=drawn.y, mode="markers", name="nodes", showlegend=False, customdata=_said(dataset, drawn.nodes),
        hovertemplate="%{customdata}<extra></extra>",
        marker={**frames[-1], "opacity": 1, "size": np.where(people, size + 2, size), "line": {"width": edge, "color": PAPER},
                "cmin": -0.5, "cmax": PEOPLE + 0.5, "colorscale": _scale(), "showscale": False},
    )  # fmt: skip
    at = len(fig.data) - 1
    if ringed.any():  # above the nodes, or their neighbours would hide the rings
        fig.add_scatter(
            x=drawn.x[ringed], y=drawn.y[ringed], mode="markers", name="misled at first", hoverinfo="skip", legendrank=1100,
            marker={"symbol": "circle-open", "size": size + 7, "color": INK, "line": {"width": 2}},
        )  # fmt: skip
    for name in ever:
        _entry(fig, LOOKS[name].name, LOOKS[name].marker, LOOKS[name].colour)
    if people.any():
        _entry(fig, "people", PEOPLE_LOOK, INK)
    titles = _titles(moments, ever)
    legend = rows([trace.name for trace in fig.data if trace.name not in ("nodes", "links", "under")])
    if len(moments) > 1:
        fig.frames = [
            {"name": str(k), "data": [{"type": "scatter", "marker": marker}], "traces": [at]}
            for k, marker in enumerate(frames)
        ]
        controls(fig, titles)
    ended = dict(zip(LOOKS, moments[-1][2], strict=True))
    message, detail = _message(dataset, ended, len(drawn.nodes))
    head(fig, message=plain(message), detail=plain(detail), upwards=drawn.words)
    below = legend * ROW + 2 * GAP
    if len(moments) > 1:
        below += controls_height(titles)
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    fig.update_layout(
        template=TEMPLATE,
        height=TALL,
        hovermode="closest",
        xaxis=hidden,
        yaxis=hidden | ({"scaleanchor": "x", "scaleratio": 1} if drawn.round else {}),
        margin={"l": 2 * GAP, "r": 2 * GAP, "b": below},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} ({detail}). {drawn.words}. "
            "The slider goes through the moments: before the end, agents are drawn as they would be judged then, those that "
            "care and do not behave yet as misled; in the end as their runs are.",
            "alt": f"The graph of one population of {int(about['agents']):,} agents. In the end "
            f"{_listed(ended, ever)}; at first {_listed(dict(zip(LOOKS, moments[0][2], strict=True)), ever)}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _message(dataset: xr.Dataset, ended: dict[str, int], drawn: int) -> tuple[str, str]:
    about, count = dataset.attrs, dataset.sizes["population"]
    agents, nodes = int(about["agents"]), dataset.sizes["node"]
    here = f"{ended['aligned']:,} of {agents:,} agents"
    low, high = float(about["aligned_low"]), float(about["aligned_high"])
    populations = f"{count:,} populations" if count > 1 else "one population"
    if count == 1 and int(about["coupled"]):
        message = f"{here} ({percent(ended['aligned'] / agents)}) end fully aligned"
        sure = f"{populations}, whose agents do not end independently: no interval"
    else:
        message = f"{percent(float(about['aligned']))} ({interval(low, high)}) of the agents end fully aligned"
        message += f", in this population {here}" if count > 1 else ""
        sure = f"95% interval from {populations}"
    graph = f"graph {about['graph']}, {float(about['mean_degree']):.3g} neighbours on average"
    some = f"; {drawn:,} of {nodes:,} nodes are drawn, evenly chosen" if drawn < nodes else ""
    return message, f"{sure}; {graph}{some}"


# ---- Who is how, when ----------------------------------------------------------------------------------------------


def _moments(dataset: xr.Dataset) -> list[tuple[str, NDArray[np.int8], list[int]]]:
    """Up to FRAMES moments of the first population, the end the last: words, (nodes,) codes, counts in the order of LOOKS."""
    role, label = dataset["role"].values[0], dataset["label"].values[0]
    agents = role != HUMAN
    ends = [int(((label == OUTCOMES[name]) & agents).sum()) for name in LOOKS]
    last = ("In the end", label, ends)
    if "status" not in dataset:
        return [last]
    episode = dataset["episode"].values
    shown = np.unique(np.linspace(0, len(episode) - 1, min(FRAMES - 1, len(episode))).round().astype(int))
    count = dataset["count"].isel(population=0).sel(outcome=list(LOOKS)).transpose("episode", "outcome").values
    status = dataset["status"].transpose("episode", "node").values
    return [(f"Episode {int(episode[at]):,}", status[at], count[at].astype(int).tolist()) for at in shown] + [last]


def _marked(status: NDArray[np.int8], people: NDArray[np.bool_]) -> dict[str, list[int]]:
    """Colours as numbers on the scale, and markers as plotly's numbers: what a frame sends."""
    looks = list(LOOKS.values())
    place = {int(OUTCOMES[name]): at for at, name in enumerate(LOOKS)}
    colour = [PEOPLE if person else place[int(code)] for code, person in zip(status, people, strict=True)]
    return {
        "color": colour,
        "symbol": [PEOPLE_SYMBOL if at == PEOPLE else SYMBOLS[looks[at].marker] for at in colour],
    }


def _scale() -> list[list[Any]]:
    """A band of the colour scale for each outcome, and one for people."""
    colours = [*(look.colour for look in LOOKS.values()), INK]
    return [[(at + end) / len(colours), colour] for at, colour in enumerate(colours) for end in (0, 1)]


def _said(dataset: xr.Dataset, nodes: NDArray[np.int64]) -> list[str]:
    """What is said of each node; names from files are shown as they are."""
    names = [str(name) for name in dataset["node"].values[nodes]] if "node" in dataset.coords else None
    role, label = (dataset[name].values[0][nodes] for name in ("role", "label"))
    endings, firsts = {code: LOOKS[name].name for name, code in OUTCOMES.items()}, {1: "aligned", 2: "misled"}
    said = []
    for at, node in enumerate(nodes.tolist()):
        name = f" “{plain(names[at][: SMALL * 4])}”" if names is not None else f" {node}"
        first = f", {firsts[int(role[at])]} at first" if int(role[at]) in firsts else ""
        said.append(f"person{name}" if role[at] == HUMAN else f"agent{name}{first}, ends {endings[int(label[at])]}")
    return said


def _titles(moments: list[tuple[str, NDArray[np.int8], list[int]]], ever: list[str]) -> list[str]:
    """Each moment and how many agents are how, in lines that fit a telephone and break alike, so that nothing jumps."""
    shown = [at for at, name in enumerate(LOOKS) if name in ever]
    looks = list(LOOKS.values())
    room = 0
    rows: list[list[int]] = []
    for at in shown:
        length = 3 + len(f"{looks[at].sign} {max(counts[at] for _, _, counts in moments):,} {looks[at].name}")
        if length > room:
            rows, room = [*rows, []], LETTERS + 3
        rows[-1].append(at)
        room -= length
    return [
        "<br>".join(
            [words] + [" · ".join(f"{_sign(looks[at])} {counts[at]:,} {looks[at].name}" for at in row) for row in rows]
        )
        for words, _, counts in moments
    ]


def _sign(look: Look) -> str:
    return f'<span style="color:{look.colour}">{look.sign}</span>'


def _listed(counts: dict[str, int], ever: list[str]) -> str:
    return listed([f"{counts[name]:,} {LOOKS[name].name}" for name in ever if counts[name]])


# ---- What is drawn -------------------------------------------------------------------------------------------------


def _links(fig: go.Figure, drawn: Picture) -> None:
    """Thin grey lines, and paper below the nodes, so that lines do not show through hollow ones."""
    if not len(drawn.links):
        return
    gap = np.full(len(drawn.links), np.nan)
    x, y = (
        np.column_stack([side[drawn.links[:, 0]], side[drawn.links[:, 1]], gap]).ravel().astype(np.float32)
        for side in (drawn.x, drawn.y)
    )
    fig.add_scatter(x=x, y=y, mode="lines", line={"color": LINE, "width": 1}, hoverinfo="skip", showlegend=False, name="links")
    fig.add_scatter(
        x=drawn.x, y=drawn.y, mode="markers", marker={"color": PAPER, "size": drawn.size + 1, "opacity": 1}, hoverinfo="skip",
        showlegend=False, name="under",
    )  # fmt: skip


def _entry(fig: go.Figure, name: str, symbol: str, colour: str) -> None:
    marker = {"symbol": symbol, "color": colour, "size": TEXT, "line": {"width": 2, "color": colour}}
    fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, showlegend=True, hoverinfo="skip")
