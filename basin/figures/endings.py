"""How the runs of a scenario end: a share for each outcome, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.paths import scenario
from basin.figures.shares import FRAME, ROW, row
from basin.figures.theme import INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import interval, listed, number, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr


def runs(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw the Dataset of runs that `basin.run` returns: a bar for each outcome, with Wilson's 95% interval, none where
    nothing is left to chance or the runs are agents of one population, which do not end independently. Texts are broken to
    fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.runs(basin.run("value-learner", runs=20))
    >>> print(fig.layout.meta["title"])
    100% of 20 runs end fully aligned
    """
    if dataset.attrs.get("basin") != "runs":
        raise FigureError("this Dataset holds no runs; make one with basin.run")
    label = dataset["label"].values
    told = scenario(dataset)
    together = int(told.get("population", {}).get("agents", 1)) > 1
    exact = bool(int(dataset.attrs.get("expected", 0)))
    counts = {name: int((label == code).sum()) for name, code in OUTCOMES.items()}
    shares = {name: counts[name] / len(label) for name in LOOKS}
    bounds = {name: (np.nan, np.nan) if together or exact else _wilson(counts[name], len(label)) for name in LOOKS}
    fig = go.Figure()
    for name, look in reversed(LOOKS.items()):
        row(fig, look, shares[name], *bounds[name])
    one = len(label) == 1
    who = f"{'agent' if together else 'run'}{'s' * (not one)}"
    message = f"{percent(shares['aligned'])} of {len(label):,} {who} end{'s' * one} fully aligned"
    sure = (
        "no interval, since agents of one population do not end independently" if together
        else "nothing left to chance" if exact else f"95% interval {interval(*bounds['aligned'])}"
    )  # fmt: skip
    harm = number(float(dataset["harm"].mean()))
    detail = f"{told.get('title', dataset.attrs.get('scenario', ''))}; {sure}; mean harm {harm}"
    head(fig, message=message, detail=detail)
    top = max([0.05, *shares.values(), *(high for _, high in bounds.values() if high == high)]) * 1.25
    parts = [f"{percent(share)} {LOOKS[name].name}" for name, share in shares.items() if share]
    lines = "" if together or exact else " Lines are 95% intervals of each outcome."
    fig.update_layout(
        template=TEMPLATE, height=FRAME + ROW * len(LOOKS), bargap=0,
        xaxis={"title": {"text": f"Share of the {who} →"}, "range": [0, min(top, 1.2)], "tickformat": ".0%"},
        yaxis={"ticks": "", "tickfont": {"size": TEXT, "color": INK}},
        meta={
            "title": message, "detail": detail, "caption": f"{message} ({detail}).{lines}", "alt": f"Bars: {listed(parts)}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)


def _wilson(count: int, total: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(count, total).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
