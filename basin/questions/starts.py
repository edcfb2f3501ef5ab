"""Which starts a measure is about: a window of axes, a sphere, or starts that are given."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from basin.analysis import Axis
from basin.analysis.sampling import Cosine, Distribution, Ellipsoid, Given, Independent, SamplingError, Window
from basin.questions.subject import AxisLike, ScenarioSubject, Subject

Over = str | os.PathLike[str] | Mapping[str, Any]

KNOWLEDGE = "belief.knowledge"
MOST_CELLS = 64_000_000  # of a table of starts
WEIGHT = "weight"  # the column of a table of starts that says how likely each is


def starts(subject: Subject, over: Over = "uniform", axes: Sequence[AxisLike | Axis] | None = None) -> Distribution:
    """A distribution of starts of a subject.

    over: "uniform" over the window of `axes` (the subject's own, unless given). "sphere": of an agent, the direction of
    what it believes is uniform on the sphere of its value features, so that only `belief.knowledge` differs; of a system,
    the direction of the start from the middle of its window is. A CSV or Parquet file, whose columns are paths, one row a
    start, with a column `weight` if some are likelier. A mapping of paths to arrays of as many numbers, or to
    distributions with a quantile function `ppf` such as those of scipy.stats, independent of one another.
    Raises SamplingError, or what an axis raises.
    """
    if isinstance(over, Mapping):
        return _mapped(subject, over)
    if over == "uniform":
        return Window(tuple(subject.axis(spec) for spec in axes) if axes else subject.axes)
    if axes and not (over == "sphere" and not isinstance(subject, ScenarioSubject)):
        raise SamplingError(f"axes: starts over {str(over)!r} differ as that says, not along axes")
    if over != "sphere":
        return _table(subject, over)
    if isinstance(subject, ScenarioSubject):
        return Cosine(KNOWLEDGE, features(subject))
    return Ellipsoid(tuple(subject.axis(spec) for spec in axes) if axes else subject.axes)


def features(subject: ScenarioSubject) -> int:
    """d, the number of value features, a table of recorded choices having its own."""
    from basin.simulate.tables import tabulate

    if subject.scenario.belief.blind:
        raise SamplingError(
            f"belief.blind = {subject.scenario.belief.blind:g}: must be 0 for beliefs that point anywhere on the sphere"
        )
    return tabulate(subject.scenario, expected=subject.expected)[0].rules.features


def _mapped(subject: Subject, over: Mapping[str, Any]) -> Distribution:
    laws = [callable(getattr(law, "ppf", None)) for law in over.values()]
    if laws and all(laws):
        return Independent(_paths(subject, over), tuple(over.values()))
    if any(laws):
        raise SamplingError("starts: give every path a distribution, or every path an array")
    columns = {path: np.asarray(values, float).reshape(-1) for path, values in over.items()}
    weights = columns.pop(WEIGHT, None)
    if not columns or len({len(column) for column in columns.values()}) > 1:
        raise SamplingError("starts: give one or more paths, all with as many numbers")
    return Given(_paths(subject, columns), np.stack(list(columns.values()), axis=1), weights)


def _table(subject: Subject, over: str | os.PathLike[str]) -> Distribution:
    import pandas as pd

    name = Path(os.fspath(over))
    readers: dict[str, Callable[..., pd.DataFrame]] = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
    if name.suffix.lower() not in readers:
        raise SamplingError(f"over = {str(over)!r}: must be uniform, sphere, or a .csv or .parquet file of starts")
    if not name.is_file():
        raise SamplingError(f"over = {str(over)!r}: no such file")
    try:
        if name.suffix.lower() == ".parquet":
            _check_size(name)
        table = readers[name.suffix.lower()](name)
    except SamplingError:
        raise
    except Exception as error:  # whatever a broken file makes the readers raise
        raise SamplingError(f"{name}: cannot be read as a table ({' '.join(str(error).split())[:120]})") from None
    for column in table.columns:
        if not pd.api.types.is_numeric_dtype(table[column]):
            raise SamplingError(f"{name}: column {column} holds something that is no number")
    return _mapped(subject, {str(column): table[column].to_numpy() for column in table.columns})


def _check_size(name: Path) -> None:
    """Raises SamplingError for a table that few bytes say is very long."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(name) as file:
        rows, columns = file.metadata.num_rows, file.metadata.num_columns
    if rows * columns > MOST_CELLS:
        raise SamplingError(f"{name}: {rows:,} rows of {columns} columns, at most {MOST_CELLS:,} values are read")


def _paths(subject: Subject, names: Mapping[str, Any]) -> tuple[str, ...]:
    """As the subject calls them. Raises what it raises for a name that it does not know."""
    return tuple(subject.axis((name, 0.0, 1.0)).path for name in names)


def described(starts: Distribution) -> str:
    """What is said of a distribution in words."""
    if isinstance(starts, Window):
        ends = [f"{axis.path} from {axis.lo:g} to {axis.hi:g}{' (log)' * axis.log}" for axis in starts.axes]
        shown = ends if len(ends) <= 4 else [*ends[:2], f"{len(ends) - 2} more"]
        return "uniform over " + ", ".join(shown)
    if isinstance(starts, Cosine):
        return "beliefs in every direction alike"
    if isinstance(starts, Ellipsoid):
        return f"every direction from the middle of the window alike, in {len(starts.axes)} coordinates"
    if isinstance(starts, Given):
        return f"{len(starts.rows)} given starts"
    return "given distributions of " + ", ".join(starts.paths)
