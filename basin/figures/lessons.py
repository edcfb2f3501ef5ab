"""What learners end with who hear people's recorded choices, beside the values that fit these choices best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin.figures.about import provenance
from basin.figures.bands import plain
from basin.figures.errors import FigureError
from basin.figures.shares import FRAME, ROW
from basin.figures.theme import INK, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import listed, number

if TYPE_CHECKING:
    import xarray as xr

REACH = 1.959964  # standard errors to either side that make a 95% interval
LEARNER = "#0072B2"
APART = 0.4  # rows, over which the starts of a feature are spread


def learned(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin learn --out` kept: a row for each feature, with the 95% interval of the values that fit the choices
    best, and a point for where the learners from each start end, in standard errors from the best fit. Texts are broken to
    fit `width` px. Raises FigureError for another Dataset.

    >>> learned = basin.learn("travel-mode", draws=200)
    >>> fig = basin.figures.learned(basin.datasets.learned(learned.as_dict()))
    >>> print(fig.layout.meta["title"])
    Learners end 0.376 standard errors from the values that fit 210 choices best
    """
    if dataset.attrs.get("basin") != "learned":
        raise FigureError("this Dataset holds nothing learned from choices; keep one with basin learn --out")
    about = dataset.attrs
    features = [plain(name) for name in dataset["feature"].values.tolist()]
    fit_best, error = dataset["maximum_likelihood"].values, dataset["standard_errors"].values
    ends = (dataset["learned_from"].transpose("start", "feature").values - fit_best) / error
    mean = (dataset["learned"].values - fit_best) / error
    rows, starts = np.arange(len(features))[::-1], ends.shape[0]
    fig = go.Figure()
    fig.add_scatter(
        x=np.zeros(len(features)), y=rows, mode="markers", name="fits best, with its 95% interval",
        marker={"symbol": "line-ns", "size": TEXT, "line": {"width": 2, "color": INK}},
        error_x={"type": "constant", "value": REACH, "color": INK, "thickness": 2, "width": 5},
        customdata=np.stack([fit_best, error], axis=1),
        hovertemplate="fits best: %{customdata[0]:.4~g}, standard error %{customdata[1]:.3~g}<extra></extra>",
    )  # fmt: skip
    spread = np.linspace(-APART, APART, starts)[:, None] / 2 if starts > 1 else np.zeros((1, 1))
    known = [dataset[name].values for name in ("knowledge", "strength", "spread")]
    fig.add_scatter(
        x=ends.ravel(), y=(rows + spread).ravel(), mode="markers", name="learners end here, from each start",
        marker={"symbol": "circle-open", "size": 9, "color": LEARNER, "line": {"width": 2}},
        customdata=np.stack([np.repeat(part, len(features)) for part in known], axis=1),
        hovertemplate="%{x:.2f} standard errors off<br>from knowledge %{customdata[0]}, strength %{customdata[1]}, spread "
        "%{customdata[2]:.2f}<extra></extra>",
    )  # fmt: skip
    off = float(np.sqrt((mean**2).mean()))
    choices = f"{int(about['choices']):,} choices"
    message = f"Learners end {number(round(off, 3))} standard errors from the values that fit {choices} best"
    worst = float(dataset["distance"].max())
    detail = (
        f"root mean square over features, means over {starts} starts; {number(round(worst, 3))} from the worst start; "
        f"{int(about['draws']):,} choices heard"
    )
    head(fig, message=message, detail=detail)
    far = 1.1 * max(REACH, float(np.abs(ends).max()))
    both = zip(features, dataset["learned"].values, fit_best, strict=True)
    said = [f"{name} {number(one)} against {number(best)}" for name, one, best in both]
    fig.update_layout(
        template=TEMPLATE, height=FRAME + ROW * len(features),
        xaxis={"title": {"text": "Distance from the best fit (standard errors) →"}, "range": [-far, far]},
        yaxis={"tickvals": rows, "ticktext": features, "ticks": "", "tickfont": {"size": TEXT, "color": INK},
               "range": [-0.6, len(features) - 0.4]},
        meta={
            "title": message, "detail": detail,
            "caption": f"{message} ({detail}). Bars: 95% intervals of the best fit, from {int(about['people']):,} people.",
            "alt": f"A row for each feature, learned against best fit: {listed(said)}.",
            **provenance(dataset),
        },
    )  # fmt: skip
    return fit(fig, width)
