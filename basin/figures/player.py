"""What plays a figure: a slider through its moments, buttons below it, and the rows that legends take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from basin.figures.theme import GAP, INK, LEADING, LETTER, LINE, NARROW, PAPER, QUIET, TEXT

BEAT = 150  # ms for one moment
SLIDER, BUTTONS, ROW = 6 * GAP, 6 * GAP, 2.75 * GAP  # px below the plot: the slider, the buttons, a row of the legend
ENTRY = 5 * GAP  # px of a legend's entry beside its text


def controls(fig: go.Figure, titles: Sequence[str], beat: int = BEAT, axis: int = 0, redraw: bool = True) -> None:
    """The slider through the moments, each a frame called by its number, titled as it is reached; and buttons below it.

    beat: ms for one moment. axis: px that an axis takes below the plot. redraw: not needed, and slow, where frames change
    nothing but places. The last moment is shown until something is pressed. Titles have the same number of lines."""
    now: dict[str, Any] = {"mode": "immediate", "transition": {"duration": 0}}
    step = now | {"frame": {"duration": 0, "redraw": redraw}}
    stay = now | {"frame": {"duration": 0, "redraw": False}}
    play = now | {"frame": {"duration": beat, "redraw": redraw}, "fromcurrent": True}
    fig.update_layout(
        sliders=[{
            "active": len(titles) - 1,
            "steps": [{"label": title, "method": "animate", "args": [[str(k)], step]} for k, title in enumerate(titles)],
            "x": 0, "len": 1, "y": 0, "yanchor": "top", "pad": {"t": axis + GAP, "b": 0, "l": 0, "r": 0},
            "currentvalue": {"font": {"size": TEXT, "color": INK}, "xanchor": "left", "offset": GAP},
            "font": {"size": 1, "color": "rgba(0,0,0,0)"},  # the steps' own labels would not fit
            "ticklen": 0, "minorticklen": 0, "bgcolor": LINE, "bordercolor": QUIET, "activebgcolor": QUIET,
            "transition": {"duration": 0},
        }],
        updatemenus=[{
            "type": "buttons", "direction": "right", "showactive": False, "x": 0, "xanchor": "left", "y": 0, "yanchor": "top",
            "pad": {"t": axis + SLIDER + title_height(titles), "l": 0, "r": 0, "b": 0}, "bgcolor": PAPER, "bordercolor": QUIET,
            "font": {"size": TEXT, "color": INK},
            "buttons": [
                {"label": "▶ Play", "method": "animate", "args": [None, play]},
                {"label": "❚❚ Pause", "method": "animate", "args": [[None], stay]},
            ],
        }],
    )  # fmt: skip


def controls_height(titles: Sequence[str]) -> float:
    """px that the slider and the buttons take below the plot."""
    return SLIDER + BUTTONS + title_height(titles)


def title_height(titles: Sequence[str]) -> float:
    """px of the slider's title."""
    return LEADING * TEXT * (titles[0].count("<br>") + 1)


def rows(names: Sequence[str]) -> int:
    """Rows of a legend on a telephone."""
    count, room = 1, float(NARROW - 4 * GAP)
    for name in names:
        length = ENTRY + LETTER * TEXT * len(name)
        if room < length:
            count, room = count + 1, NARROW - 4 * GAP
        room -= length
    return count
