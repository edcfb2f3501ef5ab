"""Claims: the verdict on each, and under which settings of the model it would be another; or one claim's parts."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, INK, LETTER, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, true_minus

if TYPE_CHECKING:
    import xarray as xr

FRAME = 190  # px for what stands above and below the rows
# Parts of the width, on a page and on a telephone: where the columns of settings begin and end, and where of a single claim
# the name of a part's setting stands and its scale begins.
COLUMNS, SCALE = {True: (0.52, 0.87), False: (0.44, 0.78)}, {True: (0.36, 0.5), False: (0.32, 0.67)}
WIDE = 700  # px, from which on a picture is a page
LINE = 2.4 * GAP  # px of a line of text
SIGNS = {"holds": LOOKS["aligned"], "fails": LOOKS["captured"], "open": LOOKS["undecided"], "depends": LOOKS["misled"]}


def claims(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the claims that `basin claims --out` kept: a row each, a column for each setting, and the verdict; of a single
    claim its parts with their 95% intervals. Texts are broken to fit `width` px. Raises FigureError for another Dataset."""
    if dataset.attrs.get("basin") != "claims":
        raise FigureError("this Dataset holds no claims; make one with basin claims --out")
    fig = go.Figure()
    message, detail, alt = (_parts if dataset.sizes["claim"] == 1 else _grid)(fig, dataset, width)
    head(fig, message=message, detail=detail)
    fig.update_layout(
        template=TEMPLATE,
        meta={"title": message, "detail": detail, "caption": f"{message}. {detail}", "alt": alt, **provenance(dataset)},
    )
    return fit(fig, width)


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


def _parts(fig: go.Figure, dataset: xr.Dataset, width: int) -> tuple[str, str, str]:
    told = [dataset.isel(part=at) for at in range(dataset.sizes["part"])]
    words = list(dict.fromkeys(str(one["words"].values) for one in told))
    told.sort(key=lambda one: words.index(str(one["words"].values)))
    rows, shown, said = len(told), set(), []
    setting, scale = SCALE[width >= WIDE]
    each, most = rows / len(words), 1  # rows of a part; lines of what is measured
    for at, one in enumerate(told):
        y, decision = rows - 1 - at, str(one["part_decision"].values)
        look = SIGNS[decision]
        value, low, high, bound = (float(one[name]) for name in ("value", "low", "high", "bound"))
        line = {"color": look.colour, "width": 4}
        fig.add_scatter(x=[low, high], y=[y, y], mode="lines", line=line, showlegend=False, hoverinfo="skip")
        fig.add_scatter(
            x=[value], y=[y], mode="markers", name="undecided" if decision == "open" else decision,
            showlegend=decision not in shown, hovertemplate=f"{value:.3g} ({low:.3g} to {high:.3g})<extra></extra>",
            marker={"symbol": look.marker, "color": look.colour, "size": TEXT * 0.75, "line": {"color": INK, "width": 1}},
        )  # fmt: skip
        fig.add_shape(
            type="line", x0=bound, x1=bound, y0=y - 0.45, y1=y + 0.45, line={"color": INK, "width": 1, "dash": "dot"}
        )
        shown.add(decision)
        text = {"y": y, "xref": "paper", "xanchor": "left", "align": "left", "showarrow": False}
        what = str(one["words"].values)
        if at == 0 or what != str(told[at - 1]["words"].values):
            needs = f"{what} (needed: {one['wants'].values} {true_minus(f'{bound:g}')})"
            lines = wrap(needs, _letters(width, setting))
            most = max(most, len(lines))
            fig.add_annotation(
                x=0, text="<br>".join(lines), font={"size": TEXT, "color": INK}, **(text | {"yanchor": "top", "yshift": GAP})
            )
        name = str(one["under"].values)
        fig.add_annotation(x=setting, text=name, font={"size": TEXT, "color": QUIET}, **text)
        said.append(f"{what}, {name}: {value:.3g}, {decision}")
    fig.update_layout(
        height=round(FRAME + max(3.5 * GAP, LINE * (most + 1) / each) * rows + (0 if width >= WIDE else 8 * GAP)),
        xaxis={"domain": [scale, 1], "title": {"text": f"{capital(str(told[0]['part_units'].values))} →"}},
        yaxis={"visible": False, "range": [-0.6, rows - 0.4], "fixedrange": True},
    )
    verdict, on = (str(dataset[name].values[0]) for name in ("verdict", "depends_on"))
    message = f"{str(dataset['statement'].values[0]).rstrip('.')}: {verdict}{f' ({on})' if on else ''}"
    detail = (
        f"{int(dataset.attrs['runs']):,} runs per arm, seed {dataset.attrs['seed']}. Bars are 95% intervals; dotted "
        "lines are the bounds, set before anything was run"
    )
    return message, detail, "Parts: " + "; ".join(said) + "."
