"""What a picture says in words, and what reproduces it: kept in the figure itself, as plotly's `layout.meta`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from basin.figures.cells import Cells
from basin.figures.command import command
from basin.figures.outcomes import LOOKS
from basin.figures.paths import ASKED_OVER, held, scenario
from basin.figures.words import listed, number, percent
from basin.labels import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

KEPT = ("scenario", "scenario_hash", "scenario_toml", "seed", "call", "basin_version")


def provenance(dataset: xr.Dataset) -> dict[str, str]:
    """What computes the Dataset again."""
    kept = {name: str(dataset.attrs[name]) for name in KEPT if name in dataset.attrs}
    return kept | {"command": command(dataset)}


def about_map(cells: Cells, dataset: xr.Dataset, reading: str) -> dict[str, str]:
    """Title, caption and alt text of a map, and its provenance. `reading` says how to read the picture."""
    runs, least = cells.runs, int(cells.runs.min())
    each = f"{least} run{'s' * (least != 1)}" if least == runs.max() else f"{least} to {runs.max()} runs"
    parts = listed([f"{percent(part)} {LOOKS[name].name}" for name, part in cells.pooled.items() if part > 0])
    ends = [f"{side.name} from {number(side.values[0])} to {number(side.values[-1])}" for side in (cells.x, cells.y)]
    title = cells.scenario.get("title", "")
    return {
        "title": cells.headline,
        "detail": cells.confidence,
        "caption": f"{title + ': ' if title else ''}{cells.headline} ({cells.confidence}). {reading} "
        f"{runs.shape[1]} × {runs.shape[0]} starts, {each} each: {parts}.",
        "alt": f"Map of starting points, {ends[0]} across and {ends[1]} upwards. {_lie(cells)} Of all runs, {parts}.",
        **provenance(dataset),
    }


def _lie(cells: Cells) -> str:
    """Which sides of the map are aligned, for those who cannot see it."""
    basin = cells.aligned > 0.5
    if basin.all() or not basin.any():
        return f"{'Every' if basin.all() else 'No'} start ends aligned more often than not."
    sides = {"top": basin[-1], "bottom": basin[0], "left": basin[:, 0], "right": basin[:, -1]}
    parts = listed([f"{percent(float(side.mean()))} at the {name}" for name, side in sides.items()])
    return f"Starts that end aligned more often than not: {parts} edge."


def about_trajectory(dataset: xr.Dataset) -> dict[str, str]:
    """The same for trajectories."""
    label = dataset["label"].values
    counts = {name: int((label == code).sum()) for name, code in OUTCOMES.items()}
    title = scenario(dataset).get("title", "")
    runs = "run from this start ends" if len(label) == 1 else "runs from this start end"
    headline = f"{counts['aligned']} of {len(label)} {runs} fully aligned"
    parts = listed([f"{counts[name]} {look.name}" for name, look in LOOKS.items() if counts[name]])
    medians = [
        f"{words} from {number(first)} to {number(last)}"
        for words, values in (
            ("knowledge of human values", dataset["knows"]),
            ("care", dataset["share"].isel(motive=0)),
            ("behaviour", dataset["behaves"]),
            ("harm done", dataset["harm"]),
        )
        for first, last in [np.median(held(values.values), axis=0)[[0, -1]].tolist()]
    ]
    return {
        "title": headline,
        "detail": title,
        "caption": f"{title + ': ' if title else ''}{headline} ({parts}). Thin lines are single runs, in the colour of how "
        "they end; the thick line is the median and the bands hold half and 90% of the runs. Dotted: from where on a run "
        f"counts as aligned. Asking is averaged over {ASKED_OVER} episodes.",
        "alt": f"Five panels over {len(dataset['episode']) - 1} episodes. Medians: {listed(medians)}. Endings: {parts}.",
        **provenance(dataset),
    }
