"""Fractions and their changes, by few starts and by grids: see `answers`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

import basin
from basin.analysis import wilson
from basin.analysis.sampling import Window
from basin.questions.boundary import certain_over
from basin.questions.subject import Subject
from tests.bench.answers import Answer, Case, Duel, Size, answered, counted

Numbers = NDArray[np.float64]
Share = tuple[float, float]  # with the 95% half-width

PILOT = 1024  # starts that tell how many are needed
COARSE = 64  # cells along the window, to which a boundary is followed for its area
SEED, OTHER = 1, 2  # ours, and the grid's


def grid_of(about: Subject, cells: int) -> Numbers:
    """(cells², 2) middles of cells over the subject's own window, which has two axes."""
    middles = (np.arange(cells) + 0.5) / cells
    return Window(about.axes).points(np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2))


def cells_for(half_width: float) -> int:
    """Along each axis, so that any fraction has a Wald interval no wider."""
    return math.ceil(0.5 * 1.959964 / half_width)


def share_of(inside: NDArray[np.bool_]) -> Share:
    low, high = wilson(inside.sum(), inside.size)
    return float(inside.mean()), float(high - low) / 2


def shown(share: Share) -> str:
    return f"{share[0]:.4f} ± {share[1]:.4f}"


def same(one: Share, other: Share) -> bool:
    """Whether independent answers with these 95% errors differ by no more than they do in 999 of 1,000 cases."""
    return abs(one[0] - other[0]) <= 3.290527 / 1.959964 * math.hypot(one[1], other[1])


def on_grid(about: Subject, cells: int, seed: int = OTHER) -> tuple[str, Share]:
    points = grid_of(about, cells)
    label = about.mapper([axis.path for axis in about.axes], 1)(points, seed).label[:, 0]
    share = share_of(label == about.outcomes[about.target])
    return shown(share), share


def duel(case: Case, size: Size) -> Duel:
    """The fraction of a subject's own window that ends in its target."""

    def told(found: Any) -> tuple[str, Share]:
        share = float(found["share"].sel(outcome=found.attrs["target"])), float(found.attrs["half_width"])
        return shown(share), share

    def evenly(about: Subject) -> tuple[str, Share]:
        pilot = basin.stability(about, method="sobol", samples=PILOT, seed=SEED)
        samples = max(PILOT, math.ceil(PILOT * (pilot.attrs["half_width"] / size.half_width) ** 2))
        return told(basin.stability(about, method="sobol", samples=samples, seed=SEED + 10))

    def until(about: Subject) -> tuple[str, Share]:
        return told(basin.stability(about, half_width=size.half_width, seed=SEED))

    def area(about: Subject) -> tuple[str, Share]:
        found = basin.boundary(about, resolution=min(COARSE, size.resolution), seed=SEED)
        share = float(found["area"]), float(found["area_high"] - found["area_low"]) / 2
        return shown(share), share

    cells = cells_for(size.half_width)
    grid = answered(case, f"a grid of {cells} × {cells}", lambda about: on_grid(about, cells))
    ours: list[Answer] = [
        answered(case, "stability, sobol", evenly, "the pilot is paid for too"),
        answered(
            case,
            f"stability, half_width={size.half_width:g}",
            until,
            "its interval holds at whatever time one looks, which takes more starts",
        ),
    ]
    about = counted(case)[0]
    if certain_over(about, about.axes):
        why = "the boundary is long, and following it takes more starts than the fraction does"
        ours.append(answered(case, f"boundary to 1/{min(COARSE, size.resolution)}, area", area, why))
    return Duel(
        f"a fraction ± {size.half_width:g}", case.title, tuple(ours), grid, tuple(same(one.found, grid.found) for one in ours)
    )


def change(case: Case, size: Size) -> Duel:
    """How much of the window a change of an assumption gains or loses."""
    (path, value), *_ = case.change.items()

    def paired(about: Subject) -> tuple[str, Share]:
        pilot = basin.tipping(about, case.change, samples=PILOT, seed=SEED)
        wide = (pilot.attrs["change_high"] - pilot.attrs["change_low"]) / 2
        samples = max(PILOT, math.ceil(PILOT * (wide / size.half_width) ** 2))
        found = basin.tipping(about, case.change, samples=samples, seed=SEED + 10)
        share = found.attrs["change"], (found.attrs["change_high"] - found.attrs["change_low"]) / 2
        return shown(share), share

    cells = cells_for(size.half_width / math.sqrt(2))

    def both(about: Subject) -> tuple[str, Share]:
        before = on_grid(about, cells)[1]
        after = on_grid(about.with_(case.change), cells, OTHER + 1)[1]
        share = after[0] - before[0], math.hypot(before[1], after[1])
        return shown(share), share

    grid = answered(case, f"two grids of {cells} × {cells}", both)
    ours = answered(case, "tipping", paired, "the pilot is paid for too, and many starts change sides both ways")
    question = f"what {path} = {value:g} changes, ± {size.half_width:g}"
    return Duel(question, case.title, (ours,), grid, (same(ours.found, grid.found),))
