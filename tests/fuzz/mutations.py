"""Changes that a format's own parser lets through: other values, names and shapes within what is well-formed."""

from __future__ import annotations

import copy
import datetime
import io
import json
import re
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

NAMES = ["", "x", "a b", "a.b", "a\nb", "a\u2028b", "é" * 40, "n" * 5000, "__index_level_0__", "choice_id",
         "motives.care", "weight",
         "basin", "coordinates", "_FillValue", "scale_factor", "dtype", "units"]  # fmt: skip
SCALARS = [0, 1, -1, 2, 63, 64, 10**6, 10**9, 2**31, 2**63, 2**64, 10**12, 10**400, 0.5, -0.0, 1e-320, 1e300, float("inf"),
           float("nan"), True, False, "none", "all", "logit", *NAMES]  # fmt: skip
CELLS = ["", " ", "NaN", "inf", "-1", "0", "1", "2", "1e300", "1e-320", "1e400", "1" * 400, "abc", "True",
         "2020-01-01", "a\u2028b",
         '"a\nb"', '"', "'", "#", "\x00", "é", "1,5", "x" * 2000]  # fmt: skip


def _deep(kind: type) -> Any:
    value: Any = 1
    for _ in range(200):
        value = [value] if kind is list else {"x": value}
    return value


def _any(random: Random) -> Any:
    kind = random.random()
    if kind < 0.7:
        return random.choice(SCALARS)
    if kind < 0.8:
        return [random.choice(SCALARS) for _ in range(random.choice([0, 1, 2, 40]))]
    if kind < 0.9:
        return {random.choice(NAMES): random.choice(SCALARS) for _ in range(random.choice([0, 1, 3]))}
    return random.choice([_deep(list), _deep(dict), datetime.date(2020, 1, 1), datetime.datetime(1, 1, 1), [[], {}], [{}]])


def _places(tree: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """(container, key) of everything in a tree of dictionaries and lists."""
    if depth > 40:
        return []
    inside = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    return [place for key, value in inside for place in [(tree, key), *_places(value, depth + 1)]]


def tree(found: Any, random: Random, value: Callable[[Random], Any] = _any) -> Any:
    """A tree with up to three changes."""
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        places = _places(found)
        if not places:
            return value(random)
        at, key = random.choice(places)
        how = random.choice(["value", "value", "value", "number", "rename", "add", "drop", "copy", "move"])
        if how == "number" and type(at[key]) in (int, float):
            at[key] = random.choice([-at[key], at[key] * 10**9, at[key] // 3, at[key] + 0.5 if abs(at[key]) < 1e300 else 0.5])
        elif how == "rename" and isinstance(at, dict):
            at[random.choice(NAMES)] = at.pop(key)
        elif how == "add" and isinstance(at, dict):
            at[random.choice(NAMES)] = value(random)
        elif how == "add":
            at.append(value(random))
        elif how == "drop":
            del at[key]
        elif how == "copy" and isinstance(at, list):
            at.extend(copy.deepcopy(at[key]) for _ in range(random.choice([1, 1, 30])))
        elif how == "move":
            there, name = random.choice(places)
            if (isinstance(there, dict) and name in there) or (isinstance(there, list) and name < len(there)):
                at[key] = copy.deepcopy(there[name])
        else:
            at[key] = value(random)
    return found


def toml(content: bytes, random: Random) -> bytes:
    """Other values and keys; of what is no TOML, other letters."""
    import tomli_w

    try:
        return tomli_w.dumps(tree(tomllib.loads(content.decode()), random)).encode()
    except (ValueError, TypeError, RecursionError, AttributeError):
        return scrambled(content, random)


def json_(content: bytes, random: Random) -> bytes:
    try:
        return json.dumps(tree(json.loads(content), random), default=str).encode()
    except (ValueError, TypeError, RecursionError):
        return scrambled(content, random)


def scrambled(content: bytes, random: Random) -> bytes:
    """A few bytes taken out, put in or changed."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(changed))
        changed[at : at + random.choice([0, 1, 1, 8])] = random.choice(
            [b"", random.randbytes(1), b"\x00", b"\xff", b"\xff" * 4, b"\x7f\xff\xff\xff\xff\xff\xff\xff", random.randbytes(4)]
        )
    return bytes(changed)


def pieces(words: Sequence[str]) -> Callable[[bytes, Random], bytes]:
    """Words of a format in the place of others."""

    def mutate(content: bytes, random: Random) -> bytes:
        for _ in range(random.randint(1, 3)):
            at = random.randint(0, len(content))
            word = random.choice(words).encode() * random.choice([1, 1, 1, 2, 200])
            content = content[:at] + word + content[at + random.choice([0, 0, 1, 5, 20]) :]
        return content

    return mutate


def cells(content: bytes, random: Random) -> bytes:
    """Other cells, rows and columns of a table in commas or tabs."""
    text = content.decode("utf-8", "replace")
    comma = "\t" if "\t" in text else "," if "," in text else " "
    rows = [row.split(comma) for row in text.split("\n")]
    for _ in range(random.randint(1, 3)):
        row = random.choice(rows)
        at = random.randrange(len(row))
        how = random.choice(["cell", "cell", "cell", "row", "drop", "again", "column", "twice", "swap"])
        if how == "cell":
            row[at] = random.choice(CELLS)
        elif how == "row":
            rows.insert(random.randint(0, len(rows)), list(row))
        elif how == "drop" and len(rows) > 1:
            rows.remove(row)
        elif how == "again":
            rows += [list(one) for one in rows[: random.choice([1, 200])]]
        elif how == "column":
            for one in rows:
                del one[at : at + 1]
            rows = [one or [""] for one in rows]
        elif how == "twice":
            for one in rows:
                one[at : at + 1] = one[at : at + 1] * random.choice([2, 2, 80])
            rows = [one or [""] for one in rows]
        else:
            other = random.choice(rows)
            where = random.randrange(len(other))
            row[at], other[where] = other[where], row[at]
    return "\n".join(comma.join(row) for row in rows).encode()


def elements(content: bytes, random: Random) -> bytes:
    """Elements of XML taken out, put twice or elsewhere; other attributes."""
    parts = [part for part in re.split(r"(<[^>]*>)", content.decode("utf-8", "replace")) if part]
    for _ in range(random.randint(1, 3)):
        at, other = random.randrange(len(parts)), random.randrange(len(parts))
        how = random.choice(["drop", "copy", "swap", "attribute", "attribute", "text"])
        if how == "drop" and len(parts) > 1:
            del parts[at]
        elif how == "copy":
            parts[at:at] = parts[other : other + random.choice([1, 2, 4])] * random.choice([1, 1, 60])
        elif how == "swap":
            parts[at], parts[other] = parts[other], parts[at]
        elif how == "attribute":
            parts[at] = re.sub(r'="[^"]*"', f'="{random.choice(CELLS)}"', parts[at], count=1)
        else:
            parts[at : at + 1] = [parts[at], random.choice(CELLS)]
    return "".join(parts).encode()


def parquet(content: bytes, random: Random) -> bytes:
    """Half of the time other bytes; else a table of its own, in types that no table of numbers and names has."""
    if random.random() < 0.5:
        return scrambled(content, random)
    import pyarrow as pa
    import pyarrow.parquet

    length = random.choice([0, 1, 4, 30])
    columns: dict[str, Any] = {
        "choice_id": pa.array([at // 2 for at in range(length)]),
        "option": pa.array([str(at % 2) for at in range(length)]),
        "chosen": pa.array([int(at % 2 == at // 2 % 2) for at in range(length)]),
        "x": pa.array([random.gauss(0, 1) for _ in range(length)]),
        "motives.care": pa.array([random.random() for _ in range(length)]),
    }
    kinds = [pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.bool_(), pa.string(), pa.large_string(),
             pa.binary(), pa.null(),
             pa.decimal128(30, 2), pa.decimal256(60, 5), pa.date32(), pa.date64(), pa.time64("us"), pa.duration("ms"),
             pa.timestamp("ns"), pa.timestamp("us", "UTC"), pa.list_(pa.int64()), pa.list_(pa.float64(), 2), pa.binary(4),
             pa.map_(pa.string(), pa.int64()), pa.struct([("a", pa.int64())]), pa.dictionary(pa.int8(), pa.string()),
             pa.dictionary(pa.int32(), pa.float64()), pa.string_view(), pa.month_day_nano_interval()]  # fmt: skip
    for _ in range(random.randint(1, 3)):
        name, kind = random.choice(list(columns)), random.choice(kinds)
        how = random.choice(["cast", "kind", "kind", "null", "rename", "drop", "add"])
        try:
            if how == "cast":
                columns[name] = columns[name].cast(kind, safe=False)
            elif how == "kind":
                columns[name] = pa.nulls(length, kind) if random.random() < 0.2 else _filled(kind, length, random)
            elif how == "null":
                columns[name] = pa.array([one if random.random() < 0.7 else None for one in columns[name].to_pylist()])
            elif how == "rename":
                columns[random.choice(NAMES)] = columns.pop(name)
            elif how == "drop" and len(columns) > 1:
                columns.pop(name)
            elif how == "add":
                columns[random.choice(NAMES)] = _filled(kind, length, random)
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            continue
    about = {b"pandas": random.choice([b"{}", b"[]", b"\xff", b'{"columns": 1, "index_columns": ["x"]}'])}
    made = pa.table(columns, metadata=about if random.random() < 0.2 else None)
    written = io.BytesIO()
    try:
        pa.parquet.write_table(
            made, written, compression=random.choice(["none", "snappy", "gzip", "zstd"]),
            version=random.choice(["1.0", "2.6"]),
            use_dictionary=random.random() < 0.5, row_group_size=random.choice([1, 7, 1000]),
            data_page_version=random.choice(["1.0", "2.0"]), store_schema=random.random() < 0.7,
        )  # fmt: skip
    except (pa.ArrowException, ValueError, TypeError):  # what cannot be written
        return scrambled(content, random)
    return written.getvalue()


def _filled(kind: Any, length: int, random: Random) -> Any:
    """A column of a type, from what can be turned into it."""
    import pyarrow as pa

    for values in ([at * random.choice([0, 1, 10**9]) for at in range(length)], ["a"] * length, [["a"]] * length):
        try:
            return pa.array(values).cast(kind, safe=False)
        except (pa.ArrowException, ValueError, TypeError):
            continue
    return pa.nulls(length, kind)


def netcdf(content: bytes, random: Random) -> bytes:
    """Most of the time other bytes; else a file whose variables and attributes say what no result does."""
    if random.random() < 0.7:
        return scrambled(content, random)
    import netCDF4
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.nc"
        with netCDF4.Dataset(path, "w", format=random.choice(["NETCDF4", "NETCDF4", "NETCDF3_CLASSIC"])) as file:
            file.setncattr("basin", "map")
            file.createDimension("x", random.choice([0, 1, 3, None]))
            for at in range(random.randint(1, 3)):
                try:
                    size = random.choice([0, 2, 2, 10**7, 2**31] if file.data_model == "NETCDF4" else [0, 2])
                    file.createDimension(f"d{at}", size)
                    dims = random.choice([(), ("x",), (f"d{at}",), ("x", f"d{at}"), (f"d{at}", f"d{at}")])
                    chunks = {"chunksizes": [1 if name == "x" else max(1, min(size, 100)) for name in dims]} if dims else {}
                    kind = random.choice(["f8", "i1", "i8", "S1", "u8", str])
                    one = file.createVariable(random.choice(["x", "d0", "v", "a b"]), kind, dims, **chunks)
                    for _ in range(random.randint(0, 3)):
                        value = random.choice(
                            [*SCALARS[:-6], np.array([1.0, 2.0]), np.array([1, 2], "i1"), np.array([], "f8")]
                        )
                        one.setncattr(random.choice(NAMES[11:] + SPECIAL), value)
                    file.setncattr(random.choice(["scenario_toml", "command", "coordinates"]), random.choice(CELLS[1:]))
                except (RuntimeError, ValueError, TypeError, OverflowError, IndexError, AttributeError):
                    continue
        return path.read_bytes()


SPECIAL = ["missing_value", "add_offset", "_Unsigned", "_Encoding", "calendar", "grid_mapping", "cell_measures", "valid_range"]


def stored(content: bytes, random: Random) -> bytes:
    """Another of a store's files: its JSON changed, JSON within a text too, or its bytes; or none of it."""
    from tests.fuzz.seeds import MARK, unpacked

    files = unpacked(content)
    if not files:
        return scrambled(content, random)
    name = random.choice(list(files))
    if random.random() < 0.1:
        files.pop(name)
    else:
        files[name] = _within(files[name], random)
    return b"".join(f"{MARK}{name}\n".encode("latin-1") + inside for name, inside in files.items())


def _within(content: bytes, random: Random) -> bytes:
    try:
        found = json.loads(content)
        texts = [(at, key) for at, key in _places(found) if isinstance(at[key], str) and at[key][:1] in ("{", "[")]
        if texts and random.random() < 0.7:
            at, key = random.choice(texts)
            at[key] = json.dumps(tree(json.loads(at[key]), random), default=str)
        else:
            found = tree(found, random)
        return json.dumps(found, default=str).encode()
    except (ValueError, TypeError, RecursionError, OverflowError):
        return scrambled(content, random)
