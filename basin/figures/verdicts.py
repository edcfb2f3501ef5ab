"""Claims: the verdict on each, and under which settings of the model it would be another; or one claim's parts."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, HEAD, INK, LETTER, NARROW, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, true_minus

if TYPE_CHECKING:
    import xarray as xr

FRAME = 190  # px for what stands above and below the rows
COLUMNS = {True: (0.52, 0.87), False: (0.44, 0.78)}  # parts of the width where the settings begin and end: page, telephone
WIDE = 700  # px, from which on a picture is a page
LINE = 2.4 * GAP  # px of a line of text
SIDE, NAMES, ROW, FOOT = 2 * GAP, 16 * GAP, 3 * GAP, 11 * GAP  # px of a single claim: the sides, its settings' names, the rest
SIGNS = {"holds": LOOKS["aligned"], "fails": LOOKS["captured"], "open": LOOKS["undecided"], "depends": LOOKS["misled"]}


def claims(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the claims that `basin claims --out` kept: a row each, a column for each setting, and the verdict; of a single
    claim its parts with their 95% intervals, which fit a telephone. Texts are broken to fit `width` px. Raises FigureError
    for another Dataset.

    >>> found = basin.claims.judge(["waiting"], quick=True)
    >>> fig = basin.figures.claims(basin.claims.collected(found, quick=True))
    >>> print(fig.layout.meta["title"])
    Waiting does not rescue an overconfident agent that learns only by asking: depends (resist_cost = 0: holds)
    """
    if dataset.attrs.get("basin") != "claims":
        raise FigureError("this Dataset holds no claims; make one with basin claims --out")
    fig = go.Figure()
    one = dataset.sizes["claim"] == 1
    message, detail, alt = _parts(fig, dataset) if one else _grid(fig, dataset, width)
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        meta={"title": message, "detail": detail, "caption": f"{message}. {detail}", "alt": alt, "rows": one}
        | provenance(dataset),
    )
    fit(fig, width)
    if one:
        for note in fig.select_annotations(lambda note: note.name in HEAD):
            note.xshift = SIDE - NAMES
        fig.layout.height = round(fig.layout.margin.t + fig.layout.yaxis.range[0] + FOOT)
    return fig


def _grid(fig: go.Figure, dataset: xr.Dataset, width: int) -> tuple[str, str, str]:
    settings = [str(name) for name in dataset["setting"].values]
    statements = [str(text) for text in dataset["statement"].values]
    verdicts = [str(word) for word in dataset["verdict"].values]
    first, last = COLUMNS[width >= WIDE]
    rows, letters = len(statements), _letters(width, first)
    for decision, look in SIGNS.items():
        at = [(x, rows - 1 - y) for y in range(rows) for x in range(len(settings)) if _decided(dataset, y, x) == decision]
        if not at:
            continue
        fig.add_scatter(
            x=[x for x, _ in at], y=[y for _, y in at], mode="markers", name="undecided" if decision == "open" else decision,
            marker={"symbol": look.marker, "color": look.colour, "size": TEXT, "line": {"width": 1, "color": INK}},
            text=[f"{statements[rows - 1 - y]}<br>{settings[x]}: {decision}" for x, y in at],
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    for y, (statement, verdict) in enumerate(zip(statements, verdicts, strict=True)):
        words = {"y": rows - 1 - y, "xref": "paper", "xanchor": "left", "align": "left", "showarrow": False}
        fig.add_annotation(x=0, text="<br>".join(wrap(statement, letters)), font={"size": TEXT, "color": INK}, **words)
        fig.add_annotation(x=last, xshift=GAP, text=f"<b>{verdict}</b>", font={"size": TEXT, "color": INK}, **words)
    most = max(len(wrap(statement, letters)) for statement in statements)
    ticks = ["<br>".join(wrap(name, 10, break_long_words=False)) for name in settings]
    fig.update_layout(
        height=round(FRAME + rows * (LINE * most + GAP / 2)),
        xaxis={"domain": [first, last], "range": [-0.5, len(settings) - 0.5], "tickvals": list(range(len(settings))),
               "ticktext": ticks, "side": "bottom", "fixedrange": True},
        yaxis={"visible": False, "range": [-0.7, rows - 0.3], "fixedrange": True},
    )  # fmt: skip
    count = {word: verdicts.count(word) for word in ("holds", "depends", "fails")}
    unsure = any("more runs" in str(on) for on in dataset["depends_on"].values)
    on = f"a choice of ours{' or more runs' if unsure else ''}"
    message = f"Of {rows} claims {count['holds']} hold, {count['depends']} depend on {on}, and {count['fails']} fail"
    detail = (
        f"{int(dataset.attrs['runs']):,} runs per arm, seed {dataset.attrs['seed']}; each claim as the model is, and with one "
        "choice of ours made otherwise; stated, with what would refute it, before it was run"
    )
    return message, detail, "Claims: " + "; ".join(f"{s} {v}" for s, v in zip(statements, verdicts, strict=True)) + "."


def _letters(width: int, part: float) -> int:
    """How many fit on a line of this part of the plot's width."""
    margin = TEMPLATE.layout.margin
    return max(12, int(part * (width - margin.l - margin.r) / (LETTER * TEXT)))


def _decided(dataset: xr.Dataset, claim: int, setting: int) -> str:
    return str(dataset["decision"].values[claim, setting])


def _parts(fig: go.Figure, dataset: xr.Dataset) -> tuple[str, str, str]:
    told = [dataset.isel(part=at) for at in range(dataset.sizes["part"])]
    words = list(dict.fromkeys(str(one["words"].values) for one in told))
    told.sort(key=lambda one: words.index(str(one["words"].values)))
    names: dict[float, str] = {}
    tall, last, shown, said = 0.0, "", set(), []  # rows are laid out in px, from the top
    for one in told:
        what, decision, name = (str(one[key].values) for key in ("words", "part_decision", "under"))
        value, low, high, bound = (float(one[key]) for key in ("value", "low", "high", "bound"))
        if what != last:
            needs = f"{what} (needed: {one['wants'].values} {true_minus(f'{bound:g}')})"
            lines = wrap(needs, int((NARROW - 3 * SIDE) / (LETTER * TEXT)))
            fig.add_annotation(
                x=0, xref="paper", xanchor="left", xshift=SIDE - NAMES, y=tall + GAP, yanchor="top", align="left",
                text="<br>".join(lines), font={"size": TEXT, "color": INK}, showarrow=False,
            )  # fmt: skip
            tall, last = tall + LINE * len(lines) + 2 * GAP, what
        y, look = tall + ROW / 2, SIGNS[decision]
        names[y], tall = name, tall + ROW
        line = {"color": look.colour, "width": 4}
        fig.add_scatter(x=[low, high], y=[y, y], mode="lines", line=line, showlegend=False, hoverinfo="skip")
        fig.add_scatter(
            x=[value], y=[y], mode="markers", name="undecided" if decision == "open" else decision,
            showlegend=decision not in shown, hovertemplate=f"{value:.3g} ({low:.3g} to {high:.3g})<extra></extra>",
            marker={"symbol": look.marker, "color": look.colour, "size": TEXT * 0.75, "line": {"color": INK, "width": 1}},
        )  # fmt: skip
        dots = {"color": INK, "width": 1, "dash": "dot"}
        fig.add_shape(type="line", x0=bound, x1=bound, y0=y - ROW / 2, y1=y + ROW / 2, line=dots)
        shown.add(decision)
        said.append(f"{what}, {name}: {value:.3g}, {decision}")
    ends = [float(value) for key in ("low", "high", "bound") for value in dataset[key].values]
    room = 0.04 * ((max(ends) - min(ends)) or 1.0)
    fig.update_layout(
        xaxis={"title": {"text": f"{capital(str(told[0]['part_units'].values))} →"},
               "range": [min(ends) - room, max(ends) + room]},
        yaxis={"range": [tall, 0], "fixedrange": True, "tickvals": list(names), "ticktext": list(names.values()),
               "showline": False, "ticks": "", "automargin": False},
        margin={"l": NAMES, "r": SIDE},
    )  # fmt: skip
    verdict, on = (str(dataset[name].values[0]) for name in ("verdict", "depends_on"))
    message = f"{str(dataset['statement'].values[0]).rstrip('.')}: {verdict}{f' ({on})' if on else ''}"
    detail = (
        f"{int(dataset.attrs['runs']):,} runs per arm, seed {dataset.attrs['seed']}. Bars are 95% intervals; dotted "
        "lines are the bounds, set before anything was run"
    )
    return message, detail, "Parts: " + "; ".join(said) + "."
