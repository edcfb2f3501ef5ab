"""A table of real choices: who was offered what, and what they took."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.choices.columns import Columns
from basin.choices.errors import ChoiceError, listed, shown
from basin.choices.features import whiten

BUNDLED = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)
class ChoiceTable:
    """C choices among options with F features, in the units of the file.

    Choice c was made among rows offsets[c] to offsets[c + 1] − 1, and took row offsets[c] + chosen[c]. Choices come in
    the order in which the file first mentions them, the options of a choice in the order of the file.
    """

    name: str
    """The bundled name or the path it was read from; errors begin with it."""
    features: tuple[str, ...]
    """(F,) names, in the column order of the file."""
    values: NDArray[np.float64]
    """(rows, F) features of every option on offer, in the file's units."""
    offsets: NDArray[np.int64]
    """(C + 1,) first row of every choice, and the number of rows."""
    chosen: NDArray[np.int64]
    """(C,) which option was taken, counted within the choice from 0."""
    options: tuple[str, ...]
    """Distinct names of options, in order of first appearance."""
    option: NDArray[np.int64]
    """(rows,) index into `options`."""
    people: int
    """Number of people, or of choices where the file does not say who made them."""

    @property
    def choices(self) -> int:
        """C, the number of choices."""
        return len(self.chosen)


def names() -> tuple[str, ...]:
    """Names of the bundled tables."""
    return tuple(sorted(path.stem for path in BUNDLED.glob("*.csv")))


def read(path_or_name: str | os.PathLike[str]) -> ChoiceTable:
    """Read a bundled table by its name, or a CSV or Parquet file by its path.

    One row per option on offer: `choice_id`, `option` (a name), `chosen` (0 or 1, exactly one 1 per choice), optionally
    `person`; every other column is a numeric feature. Choices may offer different options, and different numbers of
    them; the rows of a choice need not be adjacent.

    Raises ChoiceError, in one line that names the file and the column, choice or row (counted from 1, without the
    header), if the file cannot be read, breaks this format, or cannot determine the value of every feature.
    """
    path, source = _find(path_or_name)
    columns = Columns(path, source)
    choice, ids = columns.text("choice_id")
    option, options = columns.text("option")
    person, people = columns.text("person") if columns.has("person") else (choice, ids)
    chosen = columns.numbers("chosen")
    for row in np.flatnonzero((chosen != 0) & (chosen != 1))[:1]:
        raise ChoiceError(f"{source}: column 'chosen', row {row + 1}: {chosen[row]:g} is neither 0 nor 1")
    values = np.column_stack([columns.numbers(name) for name in columns.features])

    order = np.argsort(choice, kind="stable")  # gathers the rows of each choice, in the order of the file
    option, person, chosen, values = option[order], person[order], chosen[order], values[order]
    offsets = np.concatenate(([0], np.cumsum(np.bincount(choice))))
    for c, problem in _broken_choices(offsets, option, options, chosen, person, people):
        raise ChoiceError(f"{source}: choice {shown(ids[c])}: {problem}")
    table = ChoiceTable(
        name=source,
        features=columns.features,
        values=values,
        offsets=offsets,
        chosen=np.flatnonzero(chosen) - offsets[:-1],
        options=tuple(options),
        option=option,
        people=len(people),
    )
    if table.choices == 1:
        raise ChoiceError(f"{source}: holds a single choice; values cannot be estimated from one")
    if table.choices < len(table.features):
        raise ChoiceError(f"{source}: {table.choices} choices cannot determine the values of {len(table.features)} features")
    whiten(table)  # refuses constant and collinear features
    return table


def _broken_choices(
    offsets: NDArray[np.int64],
    option: NDArray[np.int64],
    options: list[str],
    chosen: NDArray[np.float64],
    person: NDArray[np.int64],
    people: list[str],
) -> Iterator[tuple[np.integer[Any], str]]:
    """Choices that cannot have been made as recorded: their number, and what is wrong with them."""
    sizes = np.diff(offsets)
    for c in np.flatnonzero(sizes == 1):
        yield c, "only one option is on offer, so it says nothing"
    pairs = np.sort(np.repeat(np.arange(len(sizes)), sizes) * len(options) + option)
    for pair in pairs[1:][pairs[1:] == pairs[:-1]]:
        yield pair // len(options), f"option {shown(options[pair % len(options)])} is on offer twice"
    taken = np.add.reduceat(chosen, offsets[:-1])
    for c in np.flatnonzero(taken == 0):
        yield c, "no option is chosen"
    for c in np.flatnonzero(taken > 1):
        rows = offsets[c] + np.flatnonzero(chosen[offsets[c] : offsets[c + 1]])
        yield c, f"{len(rows)} options are chosen: {listed([options[o] for o in option[rows]])}"
    first, last = np.minimum.reduceat(person, offsets[:-1]), np.maximum.reduceat(person, offsets[:-1])
    for c in np.flatnonzero(first != last):
        yield c, f"made by two people, {listed([people[first[c]], people[last[c]]])}"


def _find(path_or_name: str | os.PathLike[str]) -> tuple[Path, str]:
    source = os.fsdecode(path_or_name)
    if source in names():
        return BUNDLED / f"{source}.csv", source
    path = Path(source)
    printable = source if source and source.isprintable() else repr(source)
    if path.suffix == "" and path.name == source and not os.path.lexists(path):
        near = get_close_matches(source, names(), 1) or names()
        raise ChoiceError(f"{printable}: neither a bundled table (the nearest is {shown(near[0])}) nor a file")
    return path, printable
