"""A store as one file for others: netCDF, Parquet, or an RO-Crate with all it takes to compute it again."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from basin import datasets
from basin.datasets import KIND, DataError
from basin.sweep.errors import SweepError
from basin.sweep.portable import Portable, portable
from basin.sweep.store import COMPUTED, DONE, FAILED, Store

if TYPE_CHECKING:
    import xarray as xr

WIDEST = 64  # columns that one variable may become
FORMS = "netCDF (.nc), Parquet (.parquet), an RO-Crate (.zip), or a new folder for one"
ELSEWHERE = re.compile(r"""(?<![\w./:~-])(?:[A-Za-z]:\\|~?/)(?:[^\s'",;=()]*[/\\])?(?=[^\s'",;=()])""")  # a path's folders


def export(store: Store, out: str | os.PathLike[str]) -> Path:
    """Write a store to `out`, whole or not at all; what was exported there before is replaced, nothing else is.

    By its suffix: .nc, as `basin.datasets.open` reads it; .parquet, a row for each point; .zip, an RO-Crate 1.1. A name
    without a suffix becomes a folder with an RO-Crate, and must be new. What is written names no folder of this machine.
    Raises SweepError or DataError, and MissingError where a library for it is not installed.
    """
    said = os.fspath(out)
    target = Path(os.path.realpath(said)) if said.isprintable() else Path()
    write = {".nc": _netcdf, ".parquet": _parquet, ".zip": _zip, "": _folder}.get(target.suffix)
    if write is None or not Path(said).name or not said.isprintable():
        raise DataError(f"{said!r}: give the name of a file for {FORMS}")
    if target == store.path or store.path in target.parents:
        raise DataError(f"{out}: is in the store itself; give a name elsewhere")
    if not target.parent.is_dir():
        raise DataError(f"{out}: there is no folder {Path(out).parent}")
    write(store, target, out)
    return target


def notes(store: Store) -> list[str]:
    """What those who are given an export of this store should know; a line each."""
    state, said = store.state(), []
    missing, failed = int((state != COMPUTED).sum()), int((state == FAILED).sum())
    if missing:
        why = f" ({failed:,} failed)" if failed else ""
        points = f"point{'s' * (store.sweep.points != 1)} {'is' if missing == 1 else 'are'}"
        said.append(f"{missing:,} of {store.sweep.points:,} {points} missing{why}")
    return said + portable(store).notes


def dataset(store: Store, meant: Portable) -> xr.Dataset:
    """What the store holds, in memory, as others may have it: without this machine's folders."""
    found = datasets.open(store.path).drop_encoding()
    if meant.renamed:
        found = found.assign_coords(
            {name: (*found[name].dims, [meant.renamed.get(str(word), str(word)) for word in found[name].values],
                    found[name].attrs) for name in ("scenario",) if name in found.coords}
        )  # fmt: skip
    found.attrs |= {"call": unplaced(str(found.attrs["call"])), "sweep": meant.json, "sweep_hash": meant.hash}
    return found


def handed_on(store: Store) -> tuple[xr.Dataset, Portable]:
    """What a store holds, in memory, and its sweep with its file, as others may have them: without this machine's folders."""
    meant = portable(store)
    return dataset(store, meant), meant


def unplaced(text: str) -> str:
    """A text in which paths from the root of this machine, or from someone's home, are the names of their files alone."""
    return ELSEWHERE.sub("", text)


# ---- One file ------------------------------------------------------------------------------------------------------


def _netcdf(store: Store, target: Path, out: Any) -> None:
    datasets.check_target(out)
    datasets.save(dataset(store, portable(store)), out)


def _parquet(store: Store, target: Path, out: Any) -> None:
    import pyarrow.parquet as parquet

    if target.exists() and not _is_ours(target, lambda: parquet.read_schema(target).metadata or {}, KIND.encode()):
        raise DataError(f"{out}: exists and is no result of basin's; move it away or give another name")
    rows = table(dataset(store, portable(store)))
    with _placed(target, out) as partial:
        parquet.write_table(rows, partial)


def table(found: xr.Dataset) -> Any:
    """A sweep's Dataset as a pyarrow Table with a row for each point: its position along every dimension, what is set there,
    and every variable. A variable that has dimensions of its own is a column for each position, `count_aligned`, unless these
    are more than 64. Columns keep units and descriptions; the table keeps the Dataset's attributes."""
    import numpy as np
    import pyarrow as pa

    dims, shape = found[DONE].dims, found[DONE].shape
    columns: dict[str, tuple[Any, dict[str, Any]]] = {}

    def put(name: str, values: Any, about: dict[str, Any]) -> None:
        columns[name] = (np.asarray(values).reshape(-1), about)

    for name in [*dims, *(name for name in found.coords if name not in dims)]:
        if name in found.coords and set(found[name].dims) <= set(dims):
            along = [dims.index(dim) for dim in found[name].dims]
            spread = found[name].values.reshape([shape[at] if at in along else 1 for at in range(len(dims))])
            put(str(name), np.broadcast_to(spread, shape), found[name].attrs)
    for name in found.data_vars:
        one = found[name]
        own = [dim for dim in one.dims if dim not in dims]
        size = int(np.prod([one.sizes[dim] for dim in own]))
        if size > WIDEST:
            continue
        flat = one.transpose(*dims, *own).values.reshape(*shape, size)
        for at, where in enumerate(np.ndindex(*[one.sizes[dim] for dim in own])):
            words = [str(one[dim].values[k]) if dim in one.coords else str(k) for dim, k in zip(own, where, strict=True)]
            put("_".join([str(name), *words]) if size > 1 else str(name), flat[..., at], one.attrs)
    fields = []
    for name, (values, about) in columns.items():
        told = {key: str(about[key]) for key in ("units", "long_name") if key in about}
        fields.append(pa.field(name, pa.array(values).type, metadata=told))
    kept = {str(key): str(value) for key, value in found.attrs.items()}
    return pa.table([pa.array(values) for values, _ in columns.values()], schema=pa.schema(fields, metadata=kept))


# ---- An RO-Crate ---------------------------------------------------------------------------------------------------


def _zip(store: Store, target: Path, out: Any) -> None:
    from basin.sweep.crate import MARK, METADATA, crate, library

    def marks() -> Any:
        import zipfile

        with zipfile.ZipFile(target) as archive:
            return [one["@id"] for one in json.loads(archive.read(METADATA))["@graph"]]

    library()
    if target.exists() and not _is_ours(target, marks, MARK):
        raise DataError(f"{out}: exists and is no result of basin's; move it away or give another name")
    with _placed(target, out) as partial, _scratch(target, out) as scratch:
        crate(store, scratch).write_zip(partial)


def _folder(store: Store, target: Path, out: Any) -> None:
    from basin.sweep.crate import crate, library

    library()
    if os.path.lexists(target):
        raise DataError(f"{out}: exists; give the name of a new folder")
    with _placed(target, out) as partial, _scratch(target, out) as scratch:
        crate(store, scratch).write(partial)


@contextmanager
def _scratch(target: Path, out: Any) -> Iterator[Path]:
    """A folder for what a crate is put together from, beside it: on the same disk."""
    folder = target.with_name(f".{target.name}.{os.getpid()}.parts")
    with _said(out):
        folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _placed(target: Path, out: Any) -> Iterator[Path]:
    """Another name to write to, which then takes its place."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _said(out):
            yield partial
            os.replace(partial, target)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


@contextmanager
def _said(out: Any) -> Iterator[None]:
    """Turns what a disk refuses into one line."""
    try:
        yield
    except OSError as error:
        raise SweepError(f"{out}: cannot be written: {error.strerror or error}") from None


def _is_ours(target: Path, marks: Callable[[], Any], mark: Any) -> bool:
    """Whether a file is an export that may be replaced."""
    try:
        return target.is_file() and mark in marks()
    except Exception:  # whatever the libraries say of a file that is none of theirs
        return False
