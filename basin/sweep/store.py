"""The store of a sweep: a Zarr group that is filled task by task, and that any death leaves fit to go on.

Every variable is NaN until it is computed. A task is one chunk of the grid: it writes its data, and only then its part of
`done`. Whatever is cut short between the two is computed anew, with the same bits. Each chunk is written under another name
and moved into place, so none is ever half there.
"""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.datasets import KIND, computed
from basin.sweep.compute import Variable
from basin.sweep.errors import SweepError
from basin.sweep.plan import Sweep, difference
from basin.version import VERSION

DONE = "done"
TO_DO, COMPUTED, FAILED = 0, 1, 2
FLAGS: dict[str, Any] = {"units": "1", "long_name": "whether the point is computed", "flag_values": [TO_DO, COMPUTED, FAILED],
         "flag_meanings": "to_do computed failed"}  # fmt: skip
OURS = ".basin"  # the folder inside a store for what is no result: the lock, and what failed
LASTING = {errno.ENOSPC: "no space left on the disk", errno.EDQUOT: "no space left for this user",
           errno.EROFS: "the disk can only be read", errno.EACCES: "it cannot be written to",
           errno.EPERM: "it cannot be written to", errno.EFBIG: "a file would be larger than is allowed"}  # fmt: skip


class StoreError(SweepError):
    """A store that cannot be written: no task can go on."""


@dataclass(frozen=True)
class Store:
    """An open store. Its chunks are its tasks, numbered with the last dimension running fastest."""

    path: Path
    sweep: Sweep
    chunk: tuple[int, ...]
    hash: str

    @cached_property
    def group(self) -> Any:
        import zarr

        return zarr.open_group(str(self.path), mode="r+", zarr_format=2, use_consolidated=False)

    @cached_property
    def _arrays(self) -> dict[str, Any]:
        return {}

    def array(self, name: str) -> Any:
        """A variable, opened once: every task writes to all of them."""
        if name not in self._arrays:
            self._arrays[name] = self.group[name]
        return self._arrays[name]

    @property
    def grid(self) -> tuple[int, ...]:
        """Tasks along each dimension."""
        return tuple(-(-size // part) for size, part in zip(self.sweep.shape, self.chunk, strict=True))

    @property
    def tasks(self) -> int:
        return math.prod(self.grid)

    def box(self, task: int) -> tuple[slice, ...]:
        """Where a task's points are in the grid."""
        at = np.unravel_index(task, self.grid)
        return tuple(
            slice(int(k) * part, min(size, (int(k) + 1) * part))
            for k, part, size in zip(at, self.chunk, self.sweep.shape, strict=True)
        )

    def points(self, task: int) -> NDArray[np.int64]:
        """The numbers of a task's points."""
        box = self.box(task)
        index = np.ix_(*[np.arange(part.start, part.stop) for part in box])
        return np.ravel_multi_index(index, self.sweep.shape).reshape(-1) if box else np.zeros(1, np.int64)

    def write(self, task: int, variables: Mapping[str, Variable], done: NDArray[np.int8]) -> None:
        """Data first, then what says that they are there. Raises StoreError where the disk takes no more."""
        box = self.box(task)
        size = tuple(part.stop - part.start for part in box)
        with writing(self.path):
            for name, (_, values, _) in variables.items():
                self.array(name)[box] = values.reshape(size + values.shape[1:])
            self.array(DONE)[box] = done.reshape(size)

    def state(self) -> NDArray[np.int8]:
        """(points,) of TO_DO, COMPUTED or FAILED."""
        return self._done().reshape(-1)

    def remaining(self) -> list[int]:
        """Tasks of which some point is not computed."""
        done = self._done()
        return [task for task in range(self.tasks) if (done[self.box(task)] != COMPUTED).any()]

    def _done(self) -> NDArray[np.int8]:
        try:
            return np.asarray(self.array(DONE)[...])
        except Exception as error:  # whatever the libraries say of a chunk that is not whole
            raise SweepError(f"{self.path}: which points are done cannot be read: {error}") from None

    def failures(self) -> dict[int, str]:
        """Why points failed, by their numbers."""
        try:
            kept = json.loads((self.path / OURS / "failures.json").read_text())
            found = {int(point): str(why) for point, why in kept.items()}
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}
        return {point: why for point, why in found.items() if 0 <= point < self.sweep.points}

    def keep_failures(self, failures: Mapping[int, str]) -> None:
        with writing(self.path):
            target = self.path / OURS / "failures.json"
            partial = target.with_suffix(f".{os.getpid()}.part")
            partial.write_text(json.dumps({str(point): why for point, why in sorted(failures.items())}))
            os.replace(partial, target)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """As the only process that works on this store. A lock dies with its process. Raises SweepError if it is taken."""
        from filelock import FileLock, Timeout

        folder = self.path / OURS
        with writing(self.path):
            folder.mkdir(exist_ok=True)
        lock, holder = FileLock(folder / "lock", timeout=0), folder / "holder"
        try:
            with writing(self.path, but=Timeout):
                lock.acquire()
        except Timeout:
            raise SweepError(
                f"{self.path}: {_read(holder) or 'another process'} is working on it; let it, or stop it"
            ) from None
        try:
            with writing(self.path):
                holder.write_text(f"process {os.getpid()} on {socket.gethostname()}")
                for stray in self.path.rglob("*.partial"):  # of writers that were killed
                    stray.unlink(missing_ok=True)
            yield
        finally:
            lock.release()


def create(path: Path, sweep: Sweep, variables: Mapping[str, Variable], own: Mapping[str, Any], chunk: Sequence[int],
           call: str) -> Store:  # fmt: skip
    """A new store, made beside its place and moved there whole. own: coordinates of the measure's dimensions."""
    import xarray as xr
    import zarr

    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    coordinates = {name: about for one in sweep.dimensions for name, about in one.coordinates().items()}
    for name in coordinates:
        if name in variables or name in own or name == DONE:
            raise SweepError(f"{name}: an axis cannot be called so, since results are; give it another name")
    with writing(path):
        try:
            frame = xr.Dataset(coords=coordinates | dict(own), attrs=_attributes(sweep, chunk, call))
            frame.to_zarr(partial, mode="w", zarr_format=2, consolidated=False)
            group = zarr.open_group(str(partial), mode="r+", zarr_format=2, use_consolidated=False)
            dims = [dimension.name for dimension in sweep.dimensions]
            for name, (inner, values, about) in variables.items():
                group.create_array(
                    name, shape=(*sweep.shape, *values.shape[1:]), chunks=(*chunk, *values.shape[1:]), dtype="float64",
                    fill_value=np.nan, attributes={"_ARRAY_DIMENSIONS": [*dims, *inner], **about},
                )  # fmt: skip
            # no fill value: readers would take it for a number that is missing
            group.create_array(
                DONE, shape=sweep.shape, chunks=tuple(chunk), dtype="int8", fill_value=None,
                attributes={"_ARRAY_DIMENSIONS": dims, **FLAGS},
            )  # fmt: skip
            zarr.consolidate_metadata(str(partial), zarr_format=2)
            (partial / OURS).mkdir()
            os.rename(partial, path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return open_store(path)


def _attributes(sweep: Sweep, chunk: Sequence[int], call: str) -> dict[str, Any]:
    return {
        KIND: "sweep",
        **computed(sweep.seed, sweep.runs or 0, call),
        "sweep": sweep.as_json(),
        "sweep_hash": sweep.hash,
        "compute": sweep.compute,
        "title": sweep.title,
        "question": sweep.question,
        "chunk": json.dumps(list(chunk)),
    }


def open_store(path: Path) -> Store:
    """The store at a path. Raises SweepError where there is none."""
    import zarr

    if not path.exists():
        raise SweepError(f"{path}: no such store")
    try:
        group = zarr.open_group(str(path), mode="r", zarr_format=2, use_consolidated=False)
        attributes = dict(group.attrs)
        sweep, chunk = Sweep.from_json(str(attributes["sweep"])), tuple(json.loads(str(attributes["chunk"])))
        even = all(len(values) == len(one) for one in sweep.dimensions for values in one.settings.values())
        done: Any = group[DONE]
        whole = even and done.shape == sweep.shape and done.chunks == chunk
        if attributes.get(KIND) != "sweep" or not whole or not {"call", "basin_version"} <= attributes.keys():
            raise KeyError
        return Store(path, sweep, chunk, str(attributes["sweep_hash"]))
    except Exception:  # whatever the libraries say of a folder that is none of ours, or was changed
        raise SweepError(f"{path}: is no store of a sweep; move it away or give another name") from None


def check_same(store: Store, sweep: Sweep) -> None:
    """Raises SweepError where a store holds another sweep, and says what differs."""
    import zarr

    attributes = zarr.open_group(str(store.path), mode="r", zarr_format=2, use_consolidated=False).attrs
    theirs = json.loads(str(attributes["sweep"]))
    differing = difference(sweep.identity(), {key: theirs.get(key) for key in sweep.identity()})
    if attributes["basin_version"] != VERSION:
        differing.append(f"basin is {VERSION} here and {attributes['basin_version']} in the store")
    if differing:
        more = f", and {len(differing) - 3} more" if len(differing) > 3 else ""
        raise SweepError(
            f"{store.path}: holds another sweep: {'; '.join(differing[:3])}{more}; give another name, or remove the store"
        )


@contextmanager
def writing(path: Path, but: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """Turns what a disk refuses into one line."""
    try:
        yield
    except but:
        raise
    except OSError as error:
        reason = LASTING.get(error.errno or 0) or error.strerror or str(error)
        raise StoreError(
            f"{path}: cannot be written: {reason}; what is computed is kept, and the same command goes on"
        ) from None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
