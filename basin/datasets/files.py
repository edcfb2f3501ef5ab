"""Results on disk: written whole or not at all, and never over something that is not ours."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from basin.datasets.schema import KIND

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES = (".nc", ".zarr")


class DataError(ValueError):
    """A result that cannot be written or read; one line that says why."""


def save(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a Dataset to netCDF (`.nc`) or Zarr (`.zarr`), whole or not at all; an older result of ours is replaced.

    Raises DataError if it cannot be written; what was there before is then still there, unharmed.
    """
    target = check_target(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part{target.suffix}")
    try:
        try:
            if target.suffix == ".nc":
                dataset.to_netcdf(partial, engine="netcdf4")
            else:
                dataset.to_zarr(partial, mode="w", zarr_format=2, consolidated=True)
            _put_in_place(partial, target)
        finally:
            _remove(partial)
    except (OSError, RuntimeError) as error:
        raise DataError(f"{_called(path)}: cannot be written: {_reason(error, target, dataset.nbytes)}") from None
    return target


def check_target(path: str | os.PathLike[str]) -> Path:
    """Where `save` would write, links followed. Raises DataError before a wrong name costs the work of hours."""
    called = _called(path)
    if "\0" in os.fspath(path):
        raise DataError(f"{called}: not the name of a file")
    target = Path(os.path.realpath(path))
    if Path(path).suffix not in SUFFIXES or target.suffix not in SUFFIXES:
        raise DataError(f"{called}: give a name that ends in .nc (netCDF) or .zarr (Zarr)")
    folder = target.parent
    if not folder.is_dir():
        raise DataError(f"{called}: there is no folder {_called(Path(path).parent)}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataError(f"{called}: the folder {_called(Path(path).parent)} cannot be written to")
    if os.path.lexists(target) and not _is_ours(target):
        raise DataError(f"{called}: exists and is no result of basin's; move it away or give another name")
    return target


def open(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a Dataset that `save` wrote, into memory. Raises DataError where there is none."""
    called = _called(path)
    try:
        if not Path(path).exists():
            raise DataError(f"{called}: no such file")
        with _opened(Path(path)) as dataset:
            if KIND in dataset.attrs:
                return dataset.load()
    except DataError:
        raise
    except PermissionError as error:
        raise DataError(f"{called}: cannot be read: {error.strerror}") from None
    except (OSError, RuntimeError, ValueError, KeyError):  # whatever the libraries say of a file that is none of theirs
        pass
    raise DataError(f"{called}: is no result of basin's")


def _opened(path: Path) -> xr.Dataset:
    import xarray as xr

    options = {"engine": "netcdf4"} if path.suffix == ".nc" else {"engine": "zarr", "zarr_format": 2}
    return xr.open_dataset(path, decode_times=False, **options)


def _is_ours(path: Path) -> bool:
    """Whether a file or folder is a result that may be replaced."""
    if path.is_dir() != (path.suffix == ".zarr"):
        return False
    try:
        with _opened(path) as dataset:
            return KIND in dataset.attrs
    except (OSError, RuntimeError, ValueError, KeyError):
        return False


def _put_in_place(partial: Path, target: Path) -> None:
    """Replace the target by the finished result. A folder cannot be replaced in one step: the old one steps aside."""
    if not target.is_dir():
        os.replace(partial, target)
        return
    aside = target.with_name(f".{target.name}.{os.getpid()}.old")
    os.replace(target, aside)
    try:
        os.replace(partial, target)
    except BaseException:
        os.replace(aside, target)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _reason(error: Exception, target: Path, size: int) -> str:
    """Why a file could not be written, in few words; the libraries below say little when a disk is full."""
    if getattr(error, "errno", None) == errno.ENOSPC:
        return "no space left on the disk"
    try:
        if size and shutil.disk_usage(target.absolute().parent).free < size:
            return "no space left on the disk"
    except OSError:
        pass
    strerror = getattr(error, "strerror", None)
    return " ".join(str(strerror or error).split()) or type(error).__name__


def _called(path: str | os.PathLike[str]) -> str:
    """A path as a message repeats it: printable, on one line."""
    text = os.fsdecode(path)
    return text if text and text.isprintable() else repr(text)
