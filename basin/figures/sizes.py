"""Size in bits against dimension, with the caps of the sphere beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from basin import theory
from basin.figures.about import provenance
from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS, ends
from basin.figures.theme import GAP, HEIGHT, INK, QUIET, TEMPLATE, TEXT, WIDTH, fit, head
from basin.figures.words import capital, listed, true_minus

if TYPE_CHECKING:
    import xarray as xr

WIDE = 60.0  # degrees: the cap that is drawn for comparison


def size(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.size` found: bits against dimension with 95% intervals; over a sphere of beliefs, the closed-form
    caps of 60° and of those who know already. A basin that no start was seen in is an arrow from its lower end.
    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.size(basin.size("henon", samples=200))
    >>> print(fig.layout.meta["title"])
    The basin takes 1.32 bits (1.09–1.58) at 2 coordinates of a start
    """
    if dataset.attrs.get("basin") != "size":
        raise FigureError("this Dataset holds no sizes; make one with basin.size")
    about = dataset.attrs
    target = ends(str(about["target"]))
    dimension, bits, low, high = (dataset[name].values.astype(float) for name in ("dimension", "bits", "low", "high"))
    known = np.isfinite(bits)
    tips = np.where(np.isfinite(high), high, np.where(known, bits, low))
    colour = LOOKS["aligned"].colour
    fig = go.Figure()
    tops = [float(tips.max(initial=1.0))]
    if "angle" in dataset and len(dimension) > 1:
        along = np.arange(int(dimension.min()), int(dimension.max()) + 1)
        for angle, words, dash in (
            (WIDE, f"goals within {WIDE:g}° of human values", "dash"),
            (float(about["known_angle"]), "knows human values from the start", "dot"),
        ):
            cap = theory.cap_bits(angle, along)
            fig.add_scatter(
                x=along, y=cap, mode="lines", line={"color": QUIET, "width": 2, "dash": dash}, name=words, hoverinfo="skip"
            )
            if angle == WIDE:
                tops.append(float(cap.max()))  # the other may leave the picture: it is far above all that is of interest
    bars = {"type": "data", "symmetric": False, "array": (tips - bits)[known], "arrayminus": (bits - low)[known],
            "color": colour, "thickness": 2, "width": 6}  # fmt: skip
    fig.add_scatter(
        x=dimension[known], y=bits[known], error_y=bars, mode="lines+markers", line={"color": colour, "width": 2},
        marker={"size": 9, "color": colour}, name=f"ends {target}, with 95% interval",
        customdata=np.stack([low, tips], axis=1)[known],
        hovertemplate="dimension %{x}: %{y:.2f} bits (%{customdata[0]:.2f} to %{customdata[1]:.2f})<extra></extra>",
    )  # fmt: skip
    if not known.all():
        fig.add_scatter(
            x=dimension[~known], y=low[~known], mode="markers", marker={"symbol": "arrow-up", "size": 14, "color": colour},
            name="at least: no start was seen to end there", hovertemplate="at least %{y:.2f} bits<extra></extra>",
        )  # fmt: skip
    said = [_words(int(d), b, l, h) for d, b, l, h in zip(dimension, bits, low, high, strict=True)]
    noun = str(dataset["dimension"].attrs["long_name"])
    message = f"The basin takes {_words(int(dimension[-1]), bits[-1], low[-1], high[-1], False)} at {dimension[-1]:g} {noun}"
    detail = f"{capital(true_minus(about['starts_from']))}; one bit is half of all starts; bars are 95% intervals"
    head(fig, message=message, detail=detail, upwards="↑ Size of the basin, bits")
    log = len(dimension) > 1 and dimension.min() > 0 and dimension.max() / dimension.min() >= 4
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        xaxis={"title": {"text": f"{capital(noun)} →"}, "type": "log" if log else "linear", "tickvals": dimension,
               "ticktext": [f"{one:g}" for one in dimension], "range": _padded(dimension, log)},
        yaxis={"range": [0, 1.15 * max(tops)]},
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message}. {detail}.",
            "alt": f"Size in bits against {noun}: {listed(said)}.",
            **provenance(dataset),
        },
        font={"color": INK, "size": TEXT},
        legend={"entrywidth": 0, "tracegroupgap": GAP},
    )  # fmt: skip
    return fit(fig, width)


def _words(dimension: int, bits: float, low: float, high: float, where: bool = True) -> str:
    place = f" at {dimension}" if where else ""
    if not np.isfinite(bits):
        return f"at least {low:.2f} bits{place}"
    top = f"{high:.2f}" if np.isfinite(high) else "∞"
    return f"{bits:.2f} bits ({low:.2f}–{top}){place}"


def _padded(values: np.ndarray, log: bool) -> list[float]:
    """A little room on either side of the first and the last."""
    limits = np.log10([values.min(), values.max()]) if log else np.array([values.min(), values.max()])
    room = 0.05 * (limits[1] - limits[0]) or (0.1 if log else 1.0)
    return [float(limits[0] - room), float(limits[1] + room)]
