"""α(c): how much of the argument an agent follows, by how capable it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.arguments import KINDS, check
from basin.figures.outcomes import LOOKS
from basin.figures.theme import HEIGHT, QUIET, SMALL, TEMPLATE, WIDTH, fit, head
from basin.figures.words import number, percent

if TYPE_CHECKING:
    import xarray as xr


def alpha(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the α(c) that `basin requirements` or `basin.argument` kept: with the information that is asked about, and beside
    it that of an agent to which nothing is missing. Texts are broken to fit `width` px. Raises FigureError for another
    Dataset.

    >>> fig = basin.figures.alpha(basin.argument("near-aligned-llm"))
    >>> print(fig.layout.meta["title"])
    This agent follows 100% of the argument
    """
    check(dataset, KINDS)
    about, at = dataset.attrs, float(dataset.attrs["capability"])
    capability, full, asked = (dataset[name].values.astype(float) for name in ("capability", "alpha", "alpha_asked"))
    steps, fragility = int(about["inferences"]), float(about["fragility"])
    here = (1 - fragility * (1 - at)) ** steps
    known = float(asked[-1] / full[-1])  # at capability 1 every step is followed
    fig = go.Figure()
    for values, name, line in (
        (full, "nothing missing", {"color": QUIET, "width": 2, "dash": "dot"}),
        (asked, "as assumed here", {"color": LOOKS["aligned"].colour, "width": 3}),
    ):
        fig.add_scatter(
            x=capability, y=values, mode="lines", line=line, name=name, showlegend=True, cliponaxis=False,
            hovertemplate=f"{name}: capability %{{x:.1f}}, α = %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
    fig.add_vline(at, line={"color": QUIET, "width": 1, "dash": "dash"})
    fig.add_annotation(x=at, y=0, text=f"this agent: {number(at)}", showarrow=False, yanchor="bottom",
                       xanchor="right" if at > 0.5 else "left", xshift=-4 if at > 0.5 else 4,
                       font={"size": SMALL, "color": QUIET})  # fmt: skip
    message = f"This agent follows {percent(here * known)} of the argument"
    if 0 < known < 1:
        message += f" on average: all of it is there with chance {percent(known)}"
    elif not known:
        message = "This agent follows none of the argument: part of it is missing"
    detail = f"Each of {steps} steps fails with chance {number(fragility)} · (1 − capability)"
    head(fig, message=message, detail=detail, upwards="↑ α, how much of the argument is followed (share)")
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": "Capability (1: can defeat oversight) →"}, "range": [0, 1]},
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{about['title']}: {message}. {detail}; dotted, the same with nothing missing.",
            "alt": f"α against capability: from {percent(asked[0])} at 0 to {percent(asked[-1])} at 1; with nothing missing "
            f"from {percent(full[0])} to {percent(full[-1])}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)
