"""Results on disk: written whole or not at all, and never over something that is not ours."""

from __future__ import annotations

import errno
import math
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from basin.datasets.schema import KIND
from basin.refusal import Refusal

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES = (".nc", ".zarr")
HDF5 = b"\x89HDF\r\n\x1a\n"  # how a netCDF-4 file begins
MOST_PIECES = 1_000_000  # chunks of all variables


class DataError(Refusal):
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
    except MemoryError:
        raise DataError(f"{called}: holds more than there is memory for") from None
    except Exception:  # whatever the libraries say of a file that is none of theirs
        pass
    raise DataError(f"{called}: is no result of basin's")


def _opened(path: Path) -> xr.Dataset:
    import xarray as xr

    _check_size(path)
    options = {"engine": "netcdf4"} if path.suffix == ".nc" else {"engine": "zarr", "zarr_format": 2}
    return xr.open_dataset(path, decode_times=False, **options)


def _check_size(path: Path) -> None:
    """Raises DataError for what would not fit into memory, or take days to read: few bytes can say that they are many."""
    found: list[tuple[tuple[int, ...], int, Any]]  # shape, bytes of an entry, shape of a piece
    if path.suffix == ".nc":
        import netCDF4

        if not _is_whole(path):
            raise DataError(f"{_called(path)}: is no result of basin's")
        with netCDF4.Dataset(path) as file:
            found = [(one.shape, getattr(one.dtype, "itemsize", 8), one.chunking()) for one in file.variables.values()]
    else:
        import zarr

        group = zarr.open_group(str(path), mode="r", zarr_format=2)
        found = [(one.shape, one.dtype.itemsize, one.chunks) for _, one in group.arrays()]
    sizes = [math.prod(shape) * each for shape, each, _ in found]
    cut = [(shape, chunks) for shape, _, chunks in found if not isinstance(chunks, str | None)]  # contiguous, or in no chunks
    pieces = sum(math.prod(-(-size // part) for size, part in zip(shape, chunks, strict=True)) for shape, chunks in cut)
    if sum(sizes) > memory():
        raise DataError(f"{_called(path)}: holds {sum(sizes) / 2**30:.3g} GB, more than there is memory for")
    if pieces > MOST_PIECES:
        raise DataError(f"{_called(path)}: is cut into {pieces:,} pieces, at most {MOST_PIECES:,} are read")


def _is_whole(path: Path) -> bool:
    """Whether a file is netCDF-4 with checksums (superblock 2 or 3 of HDF5), and as long as it says.

    Others are no results; the libraries can hang, or take all memory, over what is broken in them.
    """
    with path.open("rb") as begun:
        head = begun.read(36)
    return head[:8] == HDF5 and head[8] in (2, 3) and int.from_bytes(head[28:36], "little") == path.stat().st_size


def memory() -> float:
    """Bytes of memory of this machine; infinite where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return math.inf


def _is_ours(path: Path) -> bool:
    """Whether a file or folder is a result that may be replaced."""
    if path.is_dir() != (path.suffix == ".zarr"):
        return False
    try:
        with _opened(path) as dataset:
            return KIND in dataset.attrs
    except Exception:  # as in `open`
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
