"""How every figure looks: one plotly template, one type scale, one unit of distance, and texts that fit the width."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
INK, QUIET, LINE, PAPER = "#1F2328", "#57606A", "#D0D7DE", "#FFFFFF"
DARK = {INK: "#E6EAEF", QUIET: "#A9B1BB", LINE: "#444C56", PAPER: "#14181D", "#1A1A1A": "#F4F4F4"}  # what becomes of each
TITLE, TEXT, SMALL = 20, 14, 12  # px
GAP = 8  # px; distances are multiples of it
WIDTH, HEIGHT = 1200, 800  # px, of a picture, unless another size is asked for
NARROW = 390  # px: a telephone; what fits there fits anywhere
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
    notes = [
        {
            "name": name, "text": texts[name], "font": {"size": size, "color": colour}, "showarrow": False, "align": "left",
            "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom",
        }
        for name, (size, colour) in HEAD.items() if texts.get(name)
    ]  # fmt: skip
    fig.layout.annotations = [*fig.layout.annotations, *notes]


def fit(fig: go.Figure, width: int = WIDTH) -> go.Figure:
    """Break the head and the titles below the plot into lines that fit a picture `width` px wide; changes the figure.

    Lines already broken are joined first, so a figure can be fitted again. The top margin follows from the head; a figure
    without one is somebody else's, and stays as it is.
    """
    if not any(note.name in HEAD for note in fig.layout.annotations):
        return fig
    margin = TEMPLATE.layout.margin
    room = width - margin.l - margin.r - GAP  # the left margin may grow by a letter
    height = GAP / 2
    for name, (size, _) in HEAD.items():
        for note in fig.select_annotations({"name": name}):
            lines = _lines(note.text, size, room)
            note.update(text="<br>".join(lines), yshift=height)
            height += LEADING * size * len(lines) + GAP
    fig.update_layout(margin={"t": round(height) + GAP})
    return _fit_below(fig, room)


def _fit_below(fig: go.Figure, room: float) -> go.Figure:
    """Break the titles below the plot."""
    for axis in fig.select_xaxes():
        if axis.title.text:
            axis.title.text = "<br>".join(_lines(axis.title.text, TEXT, room))
    return fig


def bare(fig: go.Figure) -> go.Figure:
    """A copy without message and detail, for pages that say them in their own type, and that fits any width.

    Where nothing is left above the plot, the room for it goes too, and the plot keeps its height.
    """
    copy = go.Figure(fig)
    left = [note for note in copy.layout.annotations if note.name not in ("message", "detail")]
    if len(left) < len(copy.layout.annotations) and not any(note.name in HEAD for note in left):
        room = (copy.layout.margin.t or 0) - TEMPLATE.layout.margin.t
        copy.update_layout(margin={"t": TEMPLATE.layout.margin.t}, height=copy.layout.height and copy.layout.height - room)
    copy.layout.annotations = left
    margin = TEMPLATE.layout.margin
    return _fit_below(fit(copy, NARROW), NARROW - margin.l - margin.r - GAP)


def dark(fig: go.Figure) -> go.Figure:
    """A copy for a dark page. What lies on coloured cells keeps its colour, since the cells do."""
    copy = go.Figure(fig)
    surface = any(trace.type in ("heatmap", "contour", "histogram2dcontour") for trace in copy.data)
    layout = copy.layout.to_plotly_json()
    onto = [note for note in layout.get("annotations", ()) if surface and note.get("xref", "x") != "paper"]
    layout["annotations"] = [note if note in onto else _lit(note) for note in layout.get("annotations", ())]
    plain = {name: value if name in ("annotations", "meta") else _lit(value) for name, value in layout.items()}
    traces = [trace.to_plotly_json() for trace in copy.data]
    shown = [trace if surface and trace.get("showlegend") is not True else _lit(trace) for trace in traces]
    frames = [frame.to_plotly_json() for frame in copy.frames]
    return go.Figure({"data": shown, "layout": plain, "frames": frames if surface else _lit(frames)})


def _lit(part: Any) -> Any:
    """The same with every ink and paper colour in it exchanged for those of a dark page."""
    if isinstance(part, str):
        return DARK.get(part.upper(), part) if part.startswith("#") else part
    if isinstance(part, dict):
        return {name: _lit(value) for name, value in part.items()}
    return [_lit(one) for one in part] if isinstance(part, list | tuple) else part


def _lines(text: str, size: int, room: float) -> list[str]:
    return wrap(text.replace("<br>", " "), max(12, int(room / (LETTER * size))))
