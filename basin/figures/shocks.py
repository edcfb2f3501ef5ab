"""The minimal shock: where a start is, and how far away its basin ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import Look, looks
from basin.figures.theme import GAP, HEIGHT, INK, LINE, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

ROW, FRAME = 6 * GAP, 230  # px for one path, and for what stands above and below
MOST_ROWS = 24  # paths that are drawn, those with the largest changes
AROUND = np.linspace(0, 2 * np.pi, 181)
APART = 0.1  # of half the width: a witness that is nearer to the start bears no text
ROOM = 1.5  # how much more than the witness's distance the picture of a plane shows, at least


def shock(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.shock` found. Two axes: the plane, with the start, the ball in which hardly anything leaves, and the
    witness. Other numbers: for each axis, how far the witness is from the start, in units in which they compare. Texts are
    broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.shock(basin.shock("newton", at={"x": 1, "y": 0}))
    >>> print(fig.layout.meta["title"])
    A shock of 0.622 takes this start out of the basin of root 1
    """
    if dataset.attrs.get("basin") != "shock":
        raise FigureError("this Dataset holds no shock; make one with basin.shock")
    about = dataset.attrs
    target, ending = str(about["target"]), str(about["witness_outcome"])
    look = looks([target, ending] if ending else [target])
    found = bool(np.isfinite(about["distance"]))
    fig = _plane(dataset, look) if dataset.sizes["path"] == 2 else _rows(dataset, look)
    distance, ends = float(about["distance"]), ""
    if found and not int(about["certain"]):
        ends = f"95% interval {number(float(about['distance_low']))} to {number(float(about['distance_high']))}; "
    place = ""
    if dataset.sizes["path"] == 1 and found:
        path = _name(str(dataset["path"].values[0]))
        place = f": {path} from {number(float(dataset['start'][0]))} to {number(float(dataset['edge'][0]))}"
    message = f"A shock of {number(distance)} takes this start out of the basin of {look[target].name}{place}"
    if not found:
        message = f"No shock of up to {number(float(about['radius']))} was found that leaves the basin of {look[target].name}"
    exits, samples = int(about["exits"]), int(about["samples"])
    detail = (
        f"{ends}{exits:,} of {samples:,} shocks drawn evenly from the ball of radius {number(float(about['radius']))} leave: "
        f"at most {percent(float(about['leaving_at_most']))} of it does (95%)"
    )
    head(fig, message=message, detail=detail, upwards=fig.layout.meta["upwards"])
    changes = [
        f"{_name(str(path))} from {number(float(start))} to {number(float(there))}"
        for path, start, there in zip(dataset["path"].values, dataset["start"].values, dataset["witness"].values, strict=True)
        if np.isfinite(there)
    ]
    last = f" The witness ends {look[ending].name}." if ending else ""
    fig.update_layout(
        template=TEMPLATE,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. {capital(detail)}.{last}",
            "alt": f"The start and the nearest start found that ends elsewhere: {listed(changes[:4]) or 'none'}.{last}",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _plane(dataset: xr.Dataset, look: dict[str, Look]) -> go.Figure:
    """Two axes."""
    target, ending = str(dataset.attrs["target"]), str(dataset.attrs["witness_outcome"])
    start, scale = dataset["start"].values, dataset["scale"].values
    lo, hi, log = dataset["lo"].values, dataset["hi"].values, dataset["log"].values.astype(bool)

    def points(changes: np.ndarray) -> np.ndarray:
        moved = scale * changes
        there = np.where(log, start * np.exp(np.where(log, moved, 0)), start + moved)
        return np.clip(there, lo, hi)

    circle = np.column_stack([np.cos(AROUND), np.sin(AROUND)])
    fig = go.Figure()
    ball = points(float(dataset.attrs["radius"]) * circle)
    share = percent(float(dataset.attrs["leaving_at_most"]))
    fig.add_scatter(
        x=ball[:, 0], y=ball[:, 1], fill="toself", mode="lines", line={"color": look[target].colour, "width": 2},
        fillcolor=_pale(look[target].colour), hoverinfo="skip", name=f"audited ball: at most {share} of it leaves",
    )  # fmt: skip
    if np.isfinite(dataset["edge"].values).all():
        low, high, there = (dataset[name].values for name in ("edge_low", "edge_high", "witness"))
        fig.add_scatter(
            x=[start[0], there[0]], y=[start[1], there[1]], mode="lines", line={"color": INK, "width": 1, "dash": "dot"},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        if not int(dataset.attrs["certain"]):
            fig.add_scatter(
                x=[low[0], high[0]], y=[low[1], high[1]], mode="lines", line={"color": INK, "width": 5}, hoverinfo="skip",
                name="P = ½ along the way, 95% interval",
            )  # fmt: skip
        if ending:
            _mark(fig, there, look[ending], f"witness, ends {look[ending].name}")
    _mark(fig, start, look[target], f"start, ends {look[target].name}")
    names = [_title(dataset, at) for at in range(2)]
    widest = ROOM * max(float(dataset.attrs["radius"]), np.nan_to_num(float(dataset.attrs["witness_distance"])))
    box = points(widest * np.array([[-1, -1], [1, 1]]))
    square = not log.any() and scale[0] == scale[1]
    for at, name in enumerate("xy"):
        ends = np.log10(box[:, at]) if log[at] else box[:, at]
        axis = {"range": ends.tolist(), "type": "log" if log[at] else "linear"}
        if at == 0:
            axis["title"] = {"text": f"{names[0]} →"}
        elif square:
            axis |= {"scaleanchor": "x", "scaleratio": 1}
        fig.update_layout({f"{name}axis": axis})
    return fig.update_layout(height=HEIGHT, meta={"upwards": f"↑ {names[1]}"})


def _rows(dataset: xr.Dataset, look: dict[str, Look]) -> go.Figure:
    """One row for each axis: the change on the way to the witness, in units of its scale."""
    target, ending = str(dataset.attrs["target"]), str(dataset.attrs["witness_outcome"])
    start, scale, log = dataset["start"].values, dataset["scale"].values, dataset["log"].values.astype(bool)

    def change(name: str) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = dataset[name].values
            change: np.ndarray = np.where(log, np.log(value / start), value - start) / scale
            return change

    there = change("witness") if ending else change("edge")
    size = np.abs(np.nan_to_num(there))
    shown = np.sort(np.argsort(-size, kind="stable")[:MOST_ROWS])
    names = [_name(str(path)) for path in dataset["path"].values]
    rows = [names[at] for at in shown]
    fig = go.Figure()
    for at, row in zip(shown, rows, strict=True):
        fig.add_scatter(
            x=[0, there[at]], y=[row, row], mode="lines", line={"color": QUIET, "width": 2}, hoverinfo="skip", showlegend=False
        )
    if not int(dataset.attrs["certain"]) and np.isfinite(there).any():
        low, high = change("edge_low"), change("edge_high")
        for k, (at, row) in enumerate(zip(shown, rows, strict=True)):
            fig.add_scatter(
                x=[low[at], high[at]], y=[row, row], mode="lines", line={"color": INK, "width": 5}, hoverinfo="skip",
                name="P = ½ along the way, 95% interval", showlegend=k == 0,
            )  # fmt: skip
    most = 1.2 * max(float(size.max()), float(dataset.attrs["radius"]) / (1 if len(shown) == 1 else np.sqrt(len(shown))))
    apart = (size[shown] > APART * most) | (not ending)  # where both texts have room
    texts = [number(value) if room else "" for value, room in zip(start[shown], apart, strict=True)]
    _points(fig, np.zeros(len(shown)), rows, texts, look[target], f"start, ends {look[target].name}")
    if ending:
        witness = dataset["witness"].values[shown]
        texts = [number(value) if room else "" for value, room in zip(witness, apart, strict=True)]
        _points(fig, there[shown], rows, texts, look[ending], f"witness, ends {look[ending].name}")
    fig.add_vline(0, line={"color": LINE, "width": 1})
    text = "Change of the start, each axis in units of its scale"
    if len(shown) == 1:
        text = f"Change of {_title(dataset, int(shown[0]))}, in units of {number(float(scale[shown[0]]))}"
    return fig.update_layout(
        height=FRAME + ROW * max(2, len(rows)),
        xaxis={"title": {"text": f"{text} →"}, "range": [-most, most]},
        yaxis={"ticks": "", "tickfont": {"size": TEXT, "color": INK}, "autorange": "reversed"},
        meta={"upwards": ""},
    )


def _points(fig: go.Figure, x: np.ndarray, rows: list[str], texts: list[str], look: Look, name: str) -> None:
    fig.add_scatter(
        x=x, y=rows, text=texts, mode="markers+text", textposition="top center", name=name, cliponaxis=False,
        textfont={"color": QUIET}, hovertemplate="%{text}<extra></extra>",
        marker={"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"width": 1, "color": INK}},
    )  # fmt: skip


def _mark(fig: go.Figure, place: np.ndarray, look: Look, name: str) -> None:
    said = f"{name}<br>{number(float(place[0]))}, {number(float(place[1]))}<extra></extra>"
    fig.add_scatter(
        x=[place[0]], y=[place[1]], mode="markers", name=name, hovertemplate=said,
        marker={"symbol": look.marker, "color": look.colour, "size": TEXT + 2, "line": {"width": 1, "color": INK}},
    )  # fmt: skip


def _name(path: str) -> str:
    return path.split(".", 1)[-1].replace("_", " ").replace(".", " ")


def _title(dataset: xr.Dataset, at: int) -> str:
    unit, meaning = str(dataset["unit"].values[at]), str(dataset["meaning"].values[at])
    name = _name(str(dataset["path"].values[at]))
    about = f": {meaning}" if meaning not in (name, str(dataset["path"].values[at])) else ""
    return f"{capital(name)}{about}{'' if unit in ('1', '') else f' ({unit})'}"


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"
