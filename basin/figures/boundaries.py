"""The boundary of a basin: the line where one half of the runs end in it, or the surface, with the area that it encloses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.sparse import coo_array

from basin.figures.about import provenance
from basin.figures.cells import Side
from basin.figures.errors import FigureError
from basin.figures.outcomes import looks
from basin.figures.theme import HEIGHT, INK, PAPER, QUIET, TEMPLATE, WIDTH, fit, head
from basin.figures.words import capital, interval, number, percent

if TYPE_CHECKING:
    import xarray as xr

MOST_VERTICES = 60_000  # that are drawn; of longer lines every second, third … vertex
OUTSIDE = "#F3F5F7"
SMOOTHING = 8  # times
LIGHT = {"x": 2e4, "y": -6e4, "z": 5e4}
CAMERA = {"eye": {"x": 1.4, "y": -1.6, "z": 0.85}, "center": {"x": 0, "y": 0, "z": -0.05}}


def boundary(dataset: xr.Dataset, width: int = WIDTH) -> go.Figure:
    """Draw what `basin.boundary` found: the basin, its boundary, and the band that holds it where chance plays a part.

    Texts are broken to fit `width` px. Raises FigureError for another Dataset.

    >>> fig = basin.figures.boundary(basin.boundary("newton", resolution=64))
    >>> print(fig.layout.meta["title"])
    35.8% of the window is the basin of “root 1”
    """
    if dataset.attrs.get("basin") != "boundary":
        raise FigureError("this Dataset holds no boundary; make one with basin.boundary")
    about = dataset.attrs
    look = looks([str(about["target"])])[str(about["target"])]
    names = [name for name in "xyz" if f"{name}_path" in about]
    sides = [_side(dataset, name) for name in names]
    fig = _surface(dataset, sides, look.colour) if len(names) == 3 else _plane(dataset, sides, look.colour, look.name)
    area, low, high = (float(dataset[name]) for name in ("area", "area_low", "area_high"))
    message = f"{percent(area, 1)} of the window is the basin of “{look.name}”"
    part = float(about["evaluations"]) / float(about["dense"])
    detail = f"95% interval {interval(low, high)}; {int(about['evaluations']):,} runs, {percent(part)} of what a grid takes"
    head(fig, message=message, detail=detail, upwards="" if len(names) == 3 else f"↑ {sides[1].title}")
    reading = "Coloured: the basin. Line: its boundary, where one half of the runs end in it"
    if "band_x" in dataset:
        reading += "; thin lines: the band that holds 95% of it"
    fig.update_layout(
        template=TEMPLATE,
        height=HEIGHT,
        meta={
            "title": message,
            "detail": detail,
            "caption": f"{capital(str(about['title']))}: {message} (95% interval {interval(low, high)}). {reading}. Cells "
            f"near the boundary were halved down to 1/{about['resolution']} of the window, and random starts that this "
            f"never saw correct the area: {int(about['evaluations']):,} runs, where a grid of that resolution takes "
            f"{int(about['dense']):,}.",
            "alt": f"Window of {' and '.join(side.name for side in sides)}. {message}. {_extent(dataset, sides)}",
            **provenance(dataset),
        },
    )
    return fit(fig, width)


def _plane(dataset: xr.Dataset, sides: list[Side], colour: str, name: str) -> go.Figure:
    inside = dataset["inside"].values
    x, y = (_edges(side, count) for side, count in zip(sides, inside.shape[::-1], strict=True))
    fig = go.Figure(
        go.Heatmap(
            x=x, y=y, z=inside, zmin=0, zmax=1, colorscale=[[0, OUTSIDE], [1, colour]], showscale=False, opacity=0.55,
            hoverinfo="skip", name="basin",
        )
    )  # fmt: skip
    marker = {"symbol": "square", "color": colour, "size": 14, "opacity": 0.55}
    fig.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=f"basin of “{name}”", hoverinfo="skip")
    if "band_x" in dataset:
        across, upwards = _lines(dataset, "band_")
        style = {"color": QUIET, "width": 1, "dash": "dot"}
        fig.add_scatter(x=across, y=upwards, mode="lines", line=style, hoverinfo="skip", name="95% band of the boundary")
    across, upwards = _lines(dataset, "")
    thin = dataset.sizes["vertex"] > MOST_VERTICES // 4
    fig.add_scatter(
        x=across, y=upwards, mode="lines", line={"color": INK, "width": 1 if thin else 2}, name="boundary",
        hovertemplate="%{x:.4g}, %{y:.4g}<extra>boundary</extra>",
    )  # fmt: skip
    fig.update_layout(xaxis={"title": {"text": f"{sides[0].title} →"}, **_axis(sides[0])}, yaxis=_axis(sides[1]))
    return fig


def _surface(dataset: xr.Dataset, sides: list[Side], colour: str) -> go.Figure:
    x, y, z = _smoothed(dataset, sides)
    i, j, k = dataset["facet"].values.T
    light = {"ambient": 0.6, "diffuse": 0.8, "specular": 0.1, "roughness": 0.8}
    fig = go.Figure(
        go.Mesh3d(x=x, y=y, z=z, i=i, j=j, k=k, color=colour, lighting=light, lightposition=LIGHT, hoverinfo="skip")
    )
    grid = {"showbackground": False, "gridcolor": "#D0D7DE", "zerolinecolor": "#D0D7DE"}
    scene = {
        f"{letter}axis": {"title": {"text": side.name}, "range": _axis(side)["range"], "type": _axis(side)["type"], **grid}
        for letter, side in zip("xyz", sides, strict=True)
    }
    fig.update_layout(scene={**scene, "aspectmode": "cube", "bgcolor": PAPER, "camera": CAMERA})
    return fig


def _smoothed(dataset: xr.Dataset, sides: list[Side]) -> list[NDArray[np.float64]]:
    """Vertices of the surface, moved towards the middle of their neighbours, but no farther than they are known."""
    count, facet = dataset.sizes["vertex"], dataset["facet"].values
    scale = [np.log if side.log else np.asarray for side in sides]
    ends = [of(side.values) for of, side in zip(scale, sides, strict=True)]
    at = np.stack(
        [(of(dataset[name].values) - lo) / (hi - lo) for name, of, (lo, hi) in zip("xyz", scale, ends, strict=True)], axis=1
    )
    near = coo_array((np.ones(facet.size * 2), (facet[:, [0, 1, 1, 2, 2, 0]].ravel(), facet[:, [1, 0, 2, 1, 0, 2]].ravel())),
                     shape=(count, count)).tocsr()  # fmt: skip
    degree = np.maximum(near.sum(axis=1), 1)[:, None]
    moved = at
    for _ in range(SMOOTHING):
        moved = (moved + near @ moved / degree) / 2
    away, most = moved - at, np.minimum(dataset["error"].values, 1)[:, None] / 2
    at = np.clip(at + np.clip(away, -most, most), 0, 1)
    return [
        (np.exp if side.log else np.asarray)(lo + (hi - lo) * at[:, k])
        for k, (side, (lo, hi)) in enumerate(zip(sides, ends, strict=True))
    ]


def _side(dataset: xr.Dataset, name: str) -> Side:
    """An axis of the window, from end to end."""
    about = {key: dataset.attrs[f"{name}_{key}"] for key in ("path", "lo", "hi", "scale", "units", "long_name")}
    ends = np.array([about["lo"], about["hi"]], float)
    return Side(ends, str(about["path"]), about["scale"] == "log", str(about["units"]), str(about["long_name"]))


def _edges(side: Side, cells: int) -> NDArray[np.float64]:
    low, high = side.values
    return np.geomspace(low, high, cells + 1) if side.log else np.linspace(low, high, cells + 1)


def _axis(side: Side) -> dict[str, Any]:
    """From one end of the window to the other, no cells beyond."""
    kept = side.axis
    return kept | {"range": [side.on_axis(end) for end in side.values]}


def _lines(dataset: xr.Dataset, prefix: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every line after the other with a gap between, thinned if there are too many vertices to draw."""
    x, y, line = (dataset[f"{prefix}{name}"].values for name in ("x", "y", "line"))
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    ends = np.append(starts[1:], len(line)) - 1
    every = max(1, len(line) // MOST_VERTICES)
    place = np.arange(len(line)) - (np.repeat(starts, np.diff(np.append(starts, len(line)))) if len(line) else 0)
    kept = (place % every == 0) | np.isin(np.arange(len(line)), ends)
    gaps = np.flatnonzero(np.diff(line[kept])) + 1
    return np.insert(x[kept], gaps, np.nan), np.insert(y[kept], gaps, np.nan)


def _extent(dataset: xr.Dataset, sides: list[Side]) -> str:
    """Where the boundary runs, for those who cannot see it."""
    if not dataset.sizes["vertex"]:
        return "There is no boundary in it."
    ranges = [
        f"{side.name} {number(float(dataset[name].min()))} to {number(float(dataset[name].max()))}"
        for name, side in zip("xyz", sides, strict=False)
    ]
    return f"Its boundary lies at {', '.join(ranges)}."
