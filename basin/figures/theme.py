"""How every figure looks: one plotly template, one type scale, one unit of distance, and texts that fit the width."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import Any, Literal

import plotly.graph_objects as go

from basin.figures.errors import FigureError

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
INK, QUIET, LINE, PAPER = "#1F2328", "#57606A", "#D0D7DE", "#FFFFFF"
DARK = {INK: "#E6EAEF", QUIET: "#A9B1BB", LINE: "#444C56", PAPER: "#14181D", "#1A1A1A": "#F4F4F4"}  # what becomes of each
TITLE, TEXT, SMALL = 20, 14, 12  # px
GAP = 8  # px; distances are multiples of it
WIDTH, HEIGHT = 1200, 800  # px, of a picture, unless another size is asked for
NARROW = 390  # px: a telephone; what fits there fits anywhere
COLUMN = {1: 8.4, 2: 17.4}  # cm, of one column of a printed page and of two
PRINTED, CM_PER_INCH = 128, 2.54  # px of a printed figure that make an inch: 14 of them are 8 point
LETTER = 0.58  # width of a letter, in units of its size: generous, since the reader's font is not known
LEADING = 1.3  # distance between lines, in units of the size, as plotly sets them

_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "showline": True,
    "linecolor": LINE,
    "ticks": "outside",
    "ticklen": GAP // 2,
    "tickcolor": LINE,
    "tickfont": {"size": SMALL, "color": QUIET},
    "minor": {"ticks": ""},
    "title": {"font": {"size": TEXT}, "standoff": GAP},
    "automargin": True,
}
TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": TEXT, "color": INK},
        "margin": {"l": 6 * GAP, "r": 2 * GAP, "t": 2 * GAP, "b": 6 * GAP},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": INK, "font": {"size": TEXT, "color": INK}, "align": "left"},
    }
)

# What stands above the plot, from the bottom up: annotations by these names. Vertical axes are named here, since text
# that runs upwards is hard to read and does not fit a telephone.
HEAD = {"upwards": (TEXT, INK), "detail": (TEXT, QUIET), "message": (TITLE, INK)}


def head(fig: go.Figure, **texts: str) -> None:
    """Put texts above the plot, by the names of HEAD; they have no place until the figure is fitted."""
    fig.layout.annotations = [*fig.layout.annotations, *notes(**texts)]


def notes(**texts: str) -> list[dict[str, Any]]:
    """The same texts as annotations, for a layout that is no figure's yet."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom"}
    return [
        {
            "name": name,
            "text": texts[name],
            "font": {"size": size, "color": colour},
            "showarrow": False,
            "align": "left",
            **place,
        }
        for name, (size, colour) in HEAD.items()
        if texts.get(name)
    ]


def fit(fig: go.Figure, width: int = WIDTH) -> go.Figure:
    """Break the head and the titles below the plot into lines that fit a picture `width` px wide; changes the figure.

    Lines already broken are joined first, so a figure can be fitted again. The top margin follows from the head; a figure
    without one is somebody else's, and stays as it is.
    """
    layout = fig.layout.to_plotly_json()
    if any(note.get("name") in HEAD for note in layout.get("annotations", ())):
        fitted(layout, width)
        changed = {"annotations", "margin"} | {name for name in layout if name.startswith("xaxis")}
        fig.update_layout({name: layout[name] for name in changed if name in layout}, overwrite=True)
    return fig


def fitted(layout: dict[str, Any], width: int = WIDTH) -> dict[str, Any]:
    """The same for a layout that is no figure's yet; changes the layout."""
    margin = TEMPLATE.layout.margin
    room = width - margin.l - margin.r - GAP  # the left margin may grow by a letter
    height = GAP / 2
    for name, (size, _) in HEAD.items():
        for note in layout.get("annotations", ()):
            if note.get("name") == name:
                lines = _lines(note["text"], size, room)
                note |= {"text": "<br>".join(lines), "yshift": height}
                height += LEADING * size * len(lines) + GAP
    if height > GAP / 2:
        layout["margin"] = {**layout.get("margin", {}), "t": round(height) + GAP}
    for name, axis in layout.items():
        if name.startswith("xaxis") and axis.get("title", {}).get("text"):
            axis["title"]["text"] = "<br>".join(_lines(axis["title"]["text"], TEXT, room))
    return layout


def bare(fig: go.Figure) -> go.Figure:
    """A copy without message and detail, for pages that say them in their own type, and that fits any width.

    Where nothing is left above the plot, the room for it goes too, and the plot keeps its height.

    >>> fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    >>> len(basin.figures.bare(fig).layout.annotations) < len(fig.layout.annotations)
    True
    """
    layout = fig.layout.to_plotly_json()
    all_notes = layout.get("annotations", ())
    left = [note for note in all_notes if note.get("name") not in ("message", "detail")]
    if len(left) < len(all_notes) and not any(note.get("name") in HEAD for note in left):
        lost = layout.get("margin", {}).get("t", 0) - TEMPLATE.layout.margin.t
        layout["margin"] = {**layout.get("margin", {}), "t": TEMPLATE.layout.margin.t}
        if layout.get("height"):
            layout["height"] -= lost
    layout["annotations"] = left
    return go.Figure({"data": _plain(fig.data), "layout": fitted(layout, NARROW), "frames": _plain(fig.frames)})


def printed(fig: go.Figure, columns: Literal[1, 2] = 2) -> go.Figure:
    """A copy for print, as wide as one column of a page or two: 8.4 or 17.4 cm, set in 8 point.

    Message and detail are left to the caption. The copy is made in px of which 128 are an inch, so that what is 14 px on a
    screen is 8 point on paper, and a line of 2 px one point.

    >>> fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    >>> basin.figures.printed(fig, columns=1).layout.width
    423
    """
    if columns not in COLUMN:
        raise FigureError(f"columns = {columns!r}: must be 1 or 2")
    copy = bare(fig)
    width = round(COLUMN[columns] / CM_PER_INCH * PRINTED)
    tall = copy.layout.height or HEIGHT
    lower = tall if isinstance(copy.layout.meta, dict) and copy.layout.meta.get("rows") else max(0.5 * width, 0.6 * tall)
    copy.update_layout(width=width, height=round(min(tall, lower)), autosize=False)  # rows of words do not give way
    return fit(copy, width)


def dark(fig: go.Figure) -> go.Figure:
    """A copy for a dark page. What lies on coloured cells keeps its colour, since the cells do.

    >>> fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    >>> basin.figures.dark(fig).layout.template.layout.paper_bgcolor
    '#14181D'
    """
    surface = any(trace.type in ("heatmap", "contour", "histogram2dcontour") for trace in fig.data)
    layout = fig.layout.to_plotly_json()
    onto = [note for note in layout.get("annotations", ()) if surface and note.get("xref", "x") != "paper"]
    layout["annotations"] = [note if note in onto else _lit(note) for note in layout.get("annotations", ())]
    plain = {name: value if name in ("annotations", "meta") else _lit(value) for name, value in layout.items()}
    traces, frames = _plain(fig.data), _plain(fig.frames)
    shown = [trace if surface and trace.get("showlegend") is not True else _lit(trace) for trace in traces]
    return go.Figure({"data": shown, "layout": plain, "frames": frames if surface else _lit(frames)})


def _plain(parts: Iterable[Any]) -> list[dict[str, Any]]:
    """Traces or frames as dictionaries that share nothing with the figure."""
    return [part.to_plotly_json() for part in parts]


def _lit(part: Any) -> Any:
    """The same with every ink and paper colour in it exchanged for those of a dark page."""
    if isinstance(part, str):
        return DARK.get(part.upper(), part) if part.startswith("#") else part
    if isinstance(part, dict):
        return {name: _lit(value) for name, value in part.items()}
    return [_lit(one) for one in part] if isinstance(part, list | tuple) else part


def _lines(text: str, size: int, room: float) -> list[str]:
    return wrap(text.replace("<br>", " "), max(12, int(room / (LETTER * size))))
