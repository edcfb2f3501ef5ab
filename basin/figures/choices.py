"""What can be chosen of a sweep's picture: its variables, what goes across and upwards, and where the rest is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from basin.figures.slices import BARE_ENDS, DONE, SAMPLE, Dim, sliced
from basin.figures.sweeps import FEW, LINES, PANELS, axes_of, check_names
from basin.figures.words import capital

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Choices:
    """What `basin.figures.sweep` takes for one variable of a sweep.

    values: the variables with their words, first the one that is drawn unless another is asked for. value, x, y: those
    that are drawn; there may be no x, and no y. numbers: what can lie across and upwards. held: the positions of every other
    dimension, what `at` takes with its words. each: dimensions whose positions may be drawn beside one another instead, as far
    as there is room. words: what dimensions and paths are called.
    """

    values: dict[str, str]
    value: str
    x: str | None
    y: str | None
    numbers: tuple[str, ...]
    held: dict[str, dict[str, str]]
    each: frozenset[str]
    words: dict[str, str]


def sweep_choices(
    found: xr.Dataset, value: str | None = None, x: str | None = None, y: str | None = None, curves: bool = False
) -> Choices:
    """What there is to choose of a sweep's Dataset, once something has been chosen. curves: leave what would go upwards to be
    held. Raises FigureError as `basin.figures.sweep` does.

    >>> text = '''
    ... scenario = "value-learner"
    ... runs = 4
    ... axes."motives.care" = [0.1, 0.5, 0.9]
    ... '''
    >>> report = basin.sweep.run(basin.sweep.parse(text), "care.zarr")
    >>> choices = basin.figures.sweep_choices(basin.datasets.open("care.zarr"))
    >>> choices.value, choices.x, choices.y
    ('aligned', 'motives.care', None)
    """
    shown, first = sliced(found, value, {}), sliced(found, None, {}).name
    check_names(shown, x, y, {})
    known = [str(name) for name in found.data_vars if name != DONE]
    ends = {end for name in known for end in BARE_ENDS.get(name, (f"{name}_low", f"{name}_high"))}
    listed = [first, *(name for name in known if name != first and (name not in ends or name == shown.name))]
    words = {dim.name: capital(dim.words) for dim in shown.dims} | {
        path: capital(one.name) for path, one in shown.columns.items()
    }
    numbers = [dim.name for dim in shown.dims if dim.side is not None and dim.name != SAMPLE]
    if shown.columns:
        numbers = list(shown.columns)
        x = x or next((path for path in numbers if path != y), None)
    else:
        x, y = (dim.name if dim is not None else None for dim in axes_of(shown, x, y))
    y = None if curves else y
    rest = [dim for dim in shown.dims if dim.name not in (SAMPLE, x, y)]
    each = frozenset(dim.name for dim in rest if len(dim) <= _room(dim, x, y))
    return Choices(
        {name: sliced(found, name, {}).title for name in listed}, shown.name, x, y, tuple(numbers),
        {dim.name: _positions(dim) for dim in rest}, each, words,
    )  # fmt: skip


def _positions(dim: Dim) -> dict[str, str]:
    """By what `at` takes; of numbers it takes the nearest."""
    texts = [f"{value:.6g}" for value in dim.side.values] if dim.side is not None else dim.labels
    return dict(zip(texts, dim.labels, strict=True))


def _room(dim: Dim, x: str | None, y: str | None) -> int:
    """How many positions of a dimension can be drawn beside one another."""
    if x is None:
        return len(dim)
    if y is not None:
        return PANELS
    return FEW if dim.side is not None else LINES
