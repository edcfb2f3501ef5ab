"""What stands in a file: the columns of a CSV or Parquet table, as text or as numbers.

Both formats are read with pyarrow rather than pandas: it refuses ragged rows instead of filling or shifting them, reads
decimals to the nearest double, and leaves an option called "None" a name.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin.choices.errors import ChoiceError, listed, shown

if TYPE_CHECKING:
    import pyarrow as pa

MAX_BYTES = 256 * 2**20
MAX_CELLS = 64_000_000  # rows × columns: a small Parquet file can unfold into a very large table
MAX_FEATURES = 64
REQUIRED = ("choice_id", "option", "chosen")
NAMES = ("choice_id", "option", "person")


class Columns:
    """A file's columns. Rows count from 1, without the header; every error is a `ChoiceError` that names the file."""

    def __init__(self, path: Path, source: str) -> None:
        self.source = source
        self._table = _load(path, source)
        names = self._table.column_names
        for position, name in enumerate(names, 1):
            if not name or name.startswith("Unnamed: "):  # pandas writes and reads back row labels like this
                raise ChoiceError(f"{source}: column {position} has no name (row labels? save the table without them)")
            if names.index(name) < position - 1:
                raise ChoiceError(f"{source}: column {shown(name)} appears twice")
        for required in REQUIRED:
            if required not in names:
                near = get_close_matches(required, [name for name in names if name not in REQUIRED], 1)
                hint = f"the nearest is {shown(near[0])}" if near else f"it has {listed(names)}"
                raise ChoiceError(f"{source}: column '{required}' is missing ({hint})")
        self.features = tuple(name for name in names if name not in (*REQUIRED, "person"))
        if not self.features:
            raise ChoiceError(f"{source}: no features (every column but choice_id, option, chosen and person is one)")
        if len(self.features) > MAX_FEATURES:
            raise ChoiceError(f"{source}: {len(self.features)} features, at most {MAX_FEATURES} are allowed")
        if self._table.num_rows == 0:
            raise ChoiceError(f"{source}: has a header but no rows")

    def has(self, name: str) -> bool:
        return name in self._table.column_names

    def text(self, name: str) -> tuple[NDArray[np.int64], list[str]]:
        """A column of names: codes (rows,) in order of first appearance, and what they stand for."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._decoded(name)
        try:
            words = pc.utf8_trim_whitespace(column.cast(pa.string()))
        except pa.ArrowException:
            raise ChoiceError(f"{self.source}: column '{name}' holds {column.type}, not names") from None
        missing = pc.or_kleene(pc.is_null(column, nan_is_null=True), pc.fill_null(pc.equal(words, ""), True))
        self._refuse_missing(name, missing)
        encoded = words.combine_chunks().dictionary_encode()
        return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of finite numbers (rows,)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._decoded(name)
        if pa.types.is_null(column.type):
            raise ChoiceError(f"{self.source}: column {shown(name)} is empty")
        try:
            numbers = column.cast(pa.float64(), safe=False)
        except pa.ArrowException:
            self._refuse_text(name, column)
        self._refuse_missing(name, pc.is_null(numbers, nan_is_null=True))
        values: NDArray[np.float64] = numbers.to_numpy()
        infinite = np.flatnonzero(np.isinf(values))
        if infinite.size:
            raise ChoiceError(f"{self.source}: column {shown(name)}, row {infinite[0] + 1}: the value is infinite")
        return values

    def _decoded(self, name: str) -> pa.ChunkedArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._table.column(name)
        if not pa.types.is_dictionary(column.type):
            return column
        if _is_text(column.type.value_type):
            size = sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)
            if size > MAX_BYTES:
                raise ChoiceError(f"{self.source}: column {shown(name)} unfolds to {size / 2**20:.0f} MB of text")
        return column.cast(column.type.value_type)

    def _refuse_missing(self, name: str, missing: pa.ChunkedArray) -> None:
        rows = np.flatnonzero(missing.to_numpy())
        if rows.size:
            more = f" (and in {rows.size - 1} more)" if rows.size > 1 else ""
            raise ChoiceError(f"{self.source}: column {shown(name)}: a value is missing in row {rows[0] + 1}{more}")

    def _refuse_text(self, name: str, column: pa.ChunkedArray) -> None:
        """Name the first cell that is not a number."""
        import pyarrow as pa

        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            for row, cell in enumerate(column, 1):
                try:
                    cell.cast(pa.float64())
                except pa.ArrowException:
                    word = cell.as_py().strip()
                    problem = f"{shown(word)} is not a number" if word else "a value is missing"
                    raise ChoiceError(f"{self.source}: column {shown(name)}, row {row}: {problem}") from None
        raise ChoiceError(f"{self.source}: column {shown(name)} holds {column.type}, not numbers")


def _load(path: Path, source: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise ChoiceError(f"{source}: a table of choices ends in .csv or .parquet")
    try:
        if not path.exists():
            raise ChoiceError(f"{source}: no such file")
        if not path.is_file():
            raise ChoiceError(f"{source}: is not a file")
        size = path.stat().st_size
        if size == 0:
            raise ChoiceError(f"{source}: the file is empty")
        if size > MAX_BYTES:
            raise ChoiceError(f"{source}: {size / 2**20:.0f} MB, at most {MAX_BYTES // 2**20} MB are read")
        if suffix == ".csv":
            # Names stay as they are written: 007 is not 7.
            convert = pyarrow.csv.ConvertOptions(column_types={name: pa.string() for name in NAMES})
            table = pyarrow.csv.read_csv(path, convert_options=convert)
        else:
            with pyarrow.parquet.ParquetFile(path) as file:
                _refuse_size(file.metadata.num_rows, file.metadata.num_columns, source)
                for field in file.schema_arrow:
                    if pa.types.is_nested(field.type):  # of which a row can hold any number
                        raise ChoiceError(f"{source}: column {shown(field.name)} holds {field.type}, not numbers or names")
                words = [field.name for field in file.schema_arrow if _is_text(field.type)]
            with pyarrow.parquet.ParquetFile(path, read_dictionary=words) as file:  # a long word in many rows is kept once
                table = file.read()
            table.validate(full=True)  # the reader does not see that words point outside their list
            # Row labels that pandas stored beside the table are not a feature.
            table = table.drop_columns([name for name in table.column_names if name.startswith("__index_level_")])
        table = table.rename_columns([name.strip() for name in table.column_names])
    except ChoiceError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ChoiceError(f"{source}: cannot be read as {suffix[1:].upper()}: {reason}") from None
    _refuse_size(table.num_rows, table.num_columns, source)
    return table


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    known = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(is_kind(kind) for is_kind in known)


def _refuse_size(rows: int, columns: int, source: str) -> None:
    if rows * columns > MAX_CELLS:
        raise ChoiceError(f"{source}: {rows} rows of {columns} columns, at most {MAX_CELLS} values are read")
