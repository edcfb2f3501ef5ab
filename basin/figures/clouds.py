"""Where agents start that were trained on a corpus: the cloud over the map; and measured shares beside the rule's."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from scipy.ndimage import gaussian_filter

from basin.figures.about import provenance
from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.maps import ALL, NONE
from basin.figures.outcomes import LOOKS
from basin.figures.theme import GAP, HEIGHT, INK, LEADING, LETTER, LINE, PAPER, QUIET, SMALL, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

DRAWN = 400  # starts: more would hide the map
SMOOTHED = 1.0  # cells, for the line of one half
LOOK = {"aligned": ("circle", PAPER, "aligned persona"), "misaligned": ("diamond", "#F0B400", "misaligned persona")}
ROW, FIT_GAP = 3 * GAP, 3 * GAP  # px of a measured share below its label; and between what is fitted and predicted
BELOW = 130  # px for the axis and the legend
ROLES = {"fit": "fitted to", "set": "sets the level", "prediction": "predicted"}


def corpus(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin corpus` kept: starts around the two personas, as often as the corpus gives them, over the map of
    P(aligned) by overlap and care. Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.corpus(basin.start_cloud("alignment-pretraining", samples=32, n=2))
    >>> print(fig.layout.meta["title"])
    96.0% of the starts that this corpus gives end fully aligned
    """
    check(dataset)
    about, field = dataset.attrs, dataset["map"].transpose("y", "x").values
    x, y = Side.of(dataset["x"]), Side.of(dataset["y"])
    fig = go.Figure(
        go.Heatmap(
            x=x.edges, y=y.edges, z=field, zmin=0, zmax=1, colorscale=[[0, NONE], [1, ALL]], showscale=False, name="map",
            hovertemplate="overlap %{x:.2f}, care %{y:.2f}: %{z:.0%} end aligned<extra></extra>",
        )
    )  # fmt: skip
    for colour, words in ((NONE, "none of the runs ends aligned"), (ALL, "all do")):
        marker = {"symbol": "square", "color": colour, "size": TEXT, "line": {"width": 1, "color": INK}}
        fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=words, showlegend=True, hoverinfo="skip")
    steady = gaussian_filter(field, SMOOTHED, mode="nearest")
    if steady.min() < 0.5 < steady.max():
        level = {"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"}
        fig.add_contour(
            x=x.values, y=y.values, z=steady, contours=level, line={"color": INK, "width": 2}, showscale=False,
            hoverinfo="skip", name="one half", showlegend=True,
        )  # fmt: skip
    said = []
    drawn = min(DRAWN, dataset.sizes["start"] / float(dataset["weight"].max()))  # in the corpus' proportion, if there are few
    for name in map(str, dataset["persona"].values):
        one = dataset.sel(persona=name)
        symbol, colour, words = LOOK[name]
        weight, ends = float(one["weight"]), interval(float(one["ends_low"]), float(one["ends_high"]))
        some = slice(0, round(drawn * weight))
        share = percent(float(one["ends_aligned"]))
        said.append(f"{percent(weight)} are of the {words}, of which {share} ({ends}) end aligned")
        fig.add_scatter(
            x=one["overlap"].values[some], y=one["care"].values[some], mode="markers", name=f"{words} {percent(weight)}",
            marker={"symbol": symbol, "size": 8, "color": colour, "line": {"width": 1, "color": INK}},
            customdata=one["knowledge"].values[some], showlegend=True,
            hovertemplate=f"{words}<br>overlap %{{x:.2f}}, care %{{y:.2f}}, knowledge %{{customdata:.2f}}<extra></extra>",
        )  # fmt: skip
    message = f"{percent(float(about['aligned']))} of the starts that this corpus gives end fully aligned"
    between = interval(float(about["aligned_low"]), float(about["aligned_high"]))
    odds = f"odds of {float(about['odds']):.3g} to 1 for the misaligned persona"
    detail = f"95% interval {between}, with {odds} taken as exact"
    head(fig, message=message, detail=detail, upwards=f"↑ {y.title}")
    mix = ", ".join(f"{name[4:].replace('_', ' ')} {number(float(about[name]))}" for name in about if name.startswith("mix_"))
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{x.title} →"}, **x.axis},
        yaxis={**y.axis, "range": [0, 1]},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{about['title']}: {message} ({detail}). Of the starts {listed(said)}. Each cloud's spread is our "
            f"choice, {number(float(about['spread']))}. The map is at the knowledge that the scenario says; the line marks "
            f"one half, smoothed. Corpus: {mix}.",
            "alt": f"Map of starts by overlap and care with two clouds of points. {listed(said)}.",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def corpus_shares(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw every published share that `basin corpus` kept beside the rule's: those it is fitted to, then its predictions.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.corpus_shares(basin.start_cloud("alignment-pretraining", samples=32, n=2))
    >>> print(fig.layout.meta["title"])
    Four shares fix the rule; of 10 predictions beyond them 2 come within two points
    """
    check(dataset)
    rows = [dataset.isel(comparison=at) for at in range(dataset.sizes["comparison"])]
    published, model = dataset["published"].values.astype(float), dataset["model"].values.astype(float)
    roles = [str(row["role"].values) for row in rows]
    letters = max(20, int((width - 8 * GAP) / (LETTER * SMALL)))
    labels = [_label(str(row["words"].values), str(row["assumes"].values), role, letters)
              for row, role in zip(rows, roles, strict=True)]  # fmt: skip
    heights = [LEADING * SMALL * len(label) + ROW + FIT_GAP * (role != "fit" and roles[k - 1] == "fit")
               for k, (label, role) in enumerate(zip(labels, roles, strict=True))]  # fmt: skip
    at = np.cumsum(heights)  # px from the top
    fig = go.Figure()
    for k, place in enumerate(at):
        ends = {"x": [published[k], model[k]], "y": [place, place]}
        fig.add_scatter(**ends, mode="lines", line={"color": LINE, "width": 3}, showlegend=False, hoverinfo="skip")
    predicted, fitted, anchored = (np.array([role == name for role in roles]) for name in ("prediction", "fit", "set"))
    colour = LOOKS["aligned"].colour
    for mask, name, marker in (
        (fitted, "the rule, fitted to it", {"symbol": "diamond", "color": colour}),
        (predicted, "the rule, predicted", {"symbol": "diamond-open", "color": colour, "line": {"width": 2}}),
        (anchored, "sets a prediction's level", {"symbol": "line-ns-open", "color": QUIET, "line": {"width": 2}}),
    ):
        fig.add_scatter(x=model[mask], y=at[mask], mode="markers", name=name, marker={"size": 13, **marker},
                        hovertemplate="the rule: %{x:.1%}<extra></extra>")  # fmt: skip
    fig.add_scatter(x=published, y=at, mode="markers", name="measured", marker={"symbol": "circle", "size": 9, "color": INK},
                    hovertemplate="measured: %{x:.1%}<extra></extra>")  # fmt: skip
    for label, place in zip(labels, at, strict=True):
        fig.add_annotation(
            text="<br>".join(label), x=0, xref="paper", xanchor="left", y=place, yanchor="bottom", yshift=GAP, align="left",
            showarrow=False, font={"size": SMALL, "color": QUIET},
        )  # fmt: skip
    hits = int(dataset["holds"].values[predicted].sum())
    message = f"Four shares fix the rule; of {predicted.sum()} predictions beyond them {hits} come within two points"
    detail = f"Documents about good conduct count {float(dataset.attrs['fit_asymmetry']):.0f} times as much as those about bad"
    head(fig, message=message, detail=f"{detail}: fitted, not explained by counting tokens")
    fig.update_layout(
        template=TEMPLATE,
        xaxis={"title": {"text": "Misaligned share; on the ladder, attacks that succeed →"}, "tickformat": ".0%",
               "range": [-0.01, 1.05 * max(published.max(), model.max())]},
        yaxis={"visible": False, "range": [at[-1] + 2 * GAP, 0]},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{message}. {detail}. Black: measured (Tice et al. 2026; from raw web text on, Maini et al. 2025). "
            "Blue: the rule.",
            "alt": "Measured and modelled shares: "
            + listed([f"{row['words'].values} {percent(a)} against {percent(b)} {ROLES[role]}"
                      for row, a, b, role in zip(rows, published, model, roles, strict=True)]) + ".",
            **provenance(dataset),
        },
    )  # fmt: skip
    fit(fig, width)
    fig.update_layout(height=round(at[-1] + 2 * GAP + fig.layout.margin.t + BELOW))
    return fig


def check(dataset: xr.Dataset) -> None:
    """Raises FigureError for a Dataset of another kind."""
    if dataset.attrs.get("basin") != "corpus":
        raise FigureError("this Dataset holds no corpus; make one with basin corpus --out")


def _label(words: str, assumes: str, role: str, letters: int) -> list[str]:
    """What was trained on, and what the prediction assumes, in lines."""
    said = f"{words}: {assumes}" if role == "set" else f"{words}, if {assumes}" if assumes else words
    return wrap(said, letters)
