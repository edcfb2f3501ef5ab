"""Which stores there are: a SQLite file over all of them, which can be made anew from the stores at any time."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from basin.datasets import KIND
from basin.sweep.errors import SweepError
from basin.sweep.store import COMPUTED, FAILED, Store, open_store

FILE = "catalogue.sqlite"
ELSEWHERE = "BASIN_CATALOGUE"  # the environment variable that says where the catalogue is


@dataclass(frozen=True)
class Entry:
    """One store. size: in bytes. made, changed: in UTC, ISO 8601. done, failed: of its points."""

    path: str
    title: str
    compute: str
    points: int
    done: int
    failed: int
    size: int
    made: str
    changed: str
    version: str
    hash: str

    @property
    def exists(self) -> bool:
        return Path(self.path).is_dir()


COLUMNS = tuple(field.name for field in fields(Entry))


def place() -> Path:
    """Where the catalogue is: $BASIN_CATALOGUE, or among this user's data."""
    import platformdirs

    named = os.environ.get(ELSEWHERE)
    return Path(named) if named else Path(platformdirs.user_data_dir("basin", appauthor=False)) / FILE


def note(entry: Entry) -> None:
    """Enter a store, or what has become of it. Raises SweepError where the catalogue cannot be written."""
    with _opened() as catalogue:
        _put(catalogue, entry)


def entries() -> list[Entry]:
    """All stores, the one changed last first; those that are gone too."""
    with _opened() as catalogue:
        rows = catalogue.execute(f"select {', '.join(COLUMNS)} from stores order by changed desc, path").fetchall()
    return [Entry(*row) for row in rows]


def stores() -> dict[str, Entry]:
    """Those that are still there, the one changed last first, by names that say nothing of where they are.

    A name is the folder's with the first digits of the sweep's hash; of copies of the same, the one changed last has it.
    Raises SweepError where the catalogue cannot be read.
    """
    found: dict[str, Entry] = {}
    for entry in entries():
        if entry.exists:
            found.setdefault(f"{Path(entry.path).stem}-{entry.hash[:6]}", entry)
    return found


def forget(path: str | os.PathLike[str]) -> None:
    with _opened() as catalogue:
        catalogue.execute("delete from stores where path = ?", (os.path.realpath(path),))


def rebuild(folders: Iterable[str | os.PathLike[str]] = ()) -> list[Entry]:
    """Make the catalogue anew: from the stores that it knew and that are still there, and those anywhere in the folders."""
    try:
        known = [entry.path for entry in entries()]
    except SweepError:  # it is spoilt, and is made from the folders alone
        known = []
    found = {}
    for path in [*known, *(str(path) for folder in folders for path in _stores_in(Path(folder)))]:
        try:
            found[os.path.realpath(path)] = entry_of(open_store(Path(os.path.realpath(path))))
        except SweepError:
            continue
    try:
        place().unlink(missing_ok=True)
    except OSError as error:
        raise SweepError(f"{place()}: the catalogue cannot be written: {error.strerror}") from None
    with _opened() as catalogue:
        for entry in found.values():
            _put(catalogue, entry)
    return entries()


def remove(path: str | os.PathLike[str]) -> None:
    """Delete a store, and its entry. Raises SweepError for what is no store, or is being worked on."""
    real = Path(os.path.realpath(path))
    if real.exists():
        store = open_store(real)
        with store.locked():
            pass  # nobody else works on it
        try:
            shutil.rmtree(real)
        except OSError as error:
            raise SweepError(f"{path}: cannot be removed: {error.strerror}") from None
    elif os.fspath(real) not in {entry.path for entry in entries()}:
        raise SweepError(f"{path}: no such store")
    forget(real)


def entry_of(store: Store) -> Entry:
    """What a store says of itself."""
    state, attributes = store.state(), store.group.attrs
    files = [path.stat() for path in store.path.rglob("*") if path.is_file()]
    made = (store.path / ".zattrs").stat().st_mtime
    return Entry(
        str(store.path), store.sweep.title, store.sweep.compute, store.sweep.points, int((state == COMPUTED).sum()),
        int((state == FAILED).sum()), sum(file.st_size for file in files), _moment(made),
        _moment(max(file.st_mtime for file in files)), str(attributes["basin_version"]), store.hash,
    )  # fmt: skip


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _stores_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise SweepError(f"{folder}: no such folder")
    for path in sorted(folder.rglob("*.zarr")):
        with suppress(OSError):  # one that cannot be read is none that can be listed
            if f'"{KIND}"' in (path / ".zattrs").read_text(errors="replace"):
                yield path


@contextmanager
def _opened() -> Iterator[sqlite3.Connection]:
    """The catalogue; what is written is kept if nothing goes wrong."""
    try:
        place().parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place(), timeout=10)) as catalogue, catalogue:
            catalogue.execute(f"create table if not exists stores ({', '.join(COLUMNS)}, primary key (path))")
            yield catalogue
    except (OSError, sqlite3.Error) as error:
        raise SweepError(f"{place()}: the catalogue cannot be used: {error}; `basin runs rebuild` makes it anew") from None


def _put(catalogue: sqlite3.Connection, entry: Entry) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    catalogue.execute(f"insert or replace into stores ({', '.join(COLUMNS)}) values ({marks})", astuple(entry))
