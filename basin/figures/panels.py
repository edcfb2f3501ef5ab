"""Small multiples: panels in two columns, which a telephone still has room for, and their titles."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import plotly.graph_objects as go

from basin.figures.bands import plain
from basin.figures.theme import GAP, HEIGHT, INK, LETTER, NARROW, TEXT

COLUMNS = 2
PANEL = 320  # px of a panel and its title
FRAME = 300  # px above and below
TICKS = 6 * GAP  # px that the labels below a panel take
LINE = 20  # px of a line of a panel's title
BETWEEN = 0.09  # columns, as a part of the width
ROOM = 20  # letters of a title over a panel, on a telephone
NARROW_LINE = int((NARROW - 64) / (LETTER * TEXT))  # letters of a line as wide as a telephone


def panels(
    titles: Sequence[str], axis: str, columns: int = COLUMNS, tall: int = PANEL
) -> tuple[go.Figure, list[dict[str, int]]]:
    """A figure with a panel for each title, and where each is; one panel without a title for none.

    axis: title of the horizontal axis, below the last panel of each column. tall: px of a panel and its title."""
    if not titles:
        fig = go.Figure()
        fig.update_layout(height=HEIGHT, xaxis={"title": {"text": axis}})
        return fig, [{}]
    from plotly.subplots import make_subplots

    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    broken = [wrap(title, ROOM * (2 if columns == 1 else 1), break_on_hyphens=False) for title in titles]
    over = LINE * max(len(lines) for lines in broken) + GAP
    plot = rows * tall
    part = (1 - rows * over / plot - (rows - 1) * TICKS / plot) / rows  # of the height, for a panel
    fig = make_subplots(rows=rows, cols=columns, shared_yaxes=True, shared_xaxes=False, horizontal_spacing=BETWEEN)
    places = [{"row": at // columns + 1, "col": at % columns + 1} for at in range(len(titles))]
    for at, place in enumerate(places):
        top = 1 - (place["row"] - 1) * (part + (over + TICKS) / plot) - over / plot
        axes = fig.get_subplot(place["row"], place["col"])
        axes.yaxis.domain = (max(0.0, top - part), top)
        fig.add_annotation(
            name="panel", text="<br>".join(map(plain, broken[at])), x=axes.xaxis.domain[0], xref="paper", xanchor="left",
            y=top, yref="paper", yanchor="bottom", yshift=GAP / 4, showarrow=False, align="left",
            font={"size": TEXT, "color": INK},
        )  # fmt: skip
    for at in range(len(titles), rows * columns):
        empty = fig.get_subplot(at // columns + 1, at % columns + 1)
        empty.xaxis.visible = empty.yaxis.visible = False
    for column in range(1, columns + 1):
        lowest = rows if (rows - 1) * columns + column <= len(titles) else rows - 1
        fig.update_xaxes(row=lowest, col=column, title={"text": axis})
    fig.update_layout(height=FRAME + plot)
    return fig, places
