"""`basin runs`: the stores of sweeps that are on this disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli.options import Json, OptionError, Quiet, Version
from basin.cli.output import report, say, table

if TYPE_CHECKING:
    from rich.console import Console

StoreName = Annotated[str, typer.Argument(metavar="STORE", help="A store that `basin sweep` wrote.")]
Folders = Annotated[list[str] | None, typer.Argument(metavar="[FOLDER]...", help="Where stores are looked for, at any depth.")]
Target = Annotated[
    str,
    typer.Option("--out", metavar="FILE", help="netCDF (.nc), Parquet (.parquet), or an RO-Crate: a .zip, or a new folder."),
]
Sure = Annotated[bool, typer.Option("--yes", help="Without asking.")]


def runs() -> typer.Typer:
    """The family of commands."""
    family = typer.Typer(help="Stores of sweeps: list, show, export, rm, rebuild.", no_args_is_help=True)
    family.command("list")(list_)
    family.command()(show)
    family.command()(export)
    family.command("rm")(remove)
    family.command()(rebuild)
    return family


def list_(as_json: Json = False, quiet: Quiet = False, version: Version = False) -> None:
    """List the stores that this user's sweeps wrote, the newest first."""
    from basin.sweep import catalogue

    _list(catalogue.entries(), as_json, quiet)


def show(store: StoreName, as_json: Json = False, quiet: Quiet = False, version: Version = False) -> None:
    """Say what a store holds, and what failed in it."""
    from basin import sweep
    from basin.sweep import catalogue

    opened = sweep.open_store(_path(store))
    entry, meant = catalogue.entry_of(opened), opened.sweep
    failures = {meant.where(point): why for point, why in opened.failures().items()}
    shown = _described(entry) | {
        "question": meant.question,
        "scenarios": list(meant.scenarios),
        "dimensions": [{"name": one.name, "size": len(one), "sets": list(one.settings)} for one in meant.dimensions],
        "seed": meant.seed,
        "runs": meant.runs,
        "call": str(opened.group.attrs["call"]),
        "failures": [{"point": point, "why": why} for point, why in failures.items()],
    }

    def words(console: Console) -> None:
        for line in (entry.title, meant.question):
            if line:
                console.print(line)
        console.print(f"{entry.done:,} of {entry.points:,} points of `{entry.compute}` are computed; {_size(entry.size)}")
        for one in meant.dimensions:
            values = next(iter(one.settings.values()))
            ends = (
                f"{values[0]} to {values[-1]}" if one.numeric and len(one.settings) == 1 else ", ".join(map(str, values[:6]))
            )
            console.print(f"  {one.name}: {len(one)} ({ends})")
        console.print(f"made {entry.made} by basin {entry.version}: {shown['call']}")
        for point, why in list(failures.items())[:10]:
            console.print(f"  failed: {why} (at {point})")

    report(shown, words, as_json, quiet)


def export(store: StoreName, out: Target, quiet: Quiet = False, version: Version = False) -> None:
    """Write a store as one file for others: netCDF, Parquet, or an RO-Crate with scenario, code version and figures."""
    from basin import sweep
    from basin.cli.output import console
    from basin.sweep import export as exports

    opened = sweep.open_store(_path(store))
    for note in exports.notes(opened):
        say(f"{store}: {note}")
    exports.export(opened, out)
    if not quiet:
        console().print(f"Written to {out}")


def remove(store: StoreName, yes: Sure = False, quiet: Quiet = False, version: Version = False) -> None:
    """Delete a store."""
    from basin.sweep import catalogue

    if not yes and not _agreed(f"Delete {store} and all that is in it?"):
        raise OptionError(f"{store}: not deleted; --yes deletes without asking")
    catalogue.remove(store)
    if not quiet:
        say(f"{store} is deleted")


def rebuild(folders: Folders = None, as_json: Json = False, quiet: Quiet = False, version: Version = False) -> None:
    """Make the list anew: from the stores on it that are still there, and those in the folders."""
    from basin.sweep import catalogue

    _list(catalogue.rebuild(folders or ()), as_json, quiet)


def _list(entries: list[Any], as_json: bool, quiet: bool) -> None:
    def words(console: Console) -> None:
        if not entries:
            console.print("No stores are known: `basin sweep FILE.toml` makes one, `basin runs rebuild FOLDER` finds others.")
            return
        shown = table("changed (UTC)", ">points", ">done", ">failed", ">size", "computes", "title", "store")
        for one in entries:
            gone = "" if one.exists else " (gone)"
            shown.add_row(one.changed[:16].replace("T", " "), f"{one.points:,}", f"{one.done:,}", f"{one.failed:,}",
                          _size(one.size), one.compute, one.title, one.path + gone)  # fmt: skip
        console.print(shown)

    report({"stores": [_described(one) for one in entries]}, words, as_json, quiet)


def _described(entry: Any) -> dict[str, Any]:
    return {**vars(entry), "exists": entry.exists}


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _path(store: str) -> Any:
    import os
    from pathlib import Path

    return Path(os.path.realpath(store))


def _agreed(question: str) -> bool:
    import sys

    return sys.stdin.isatty() and typer.confirm(question, err=True)
