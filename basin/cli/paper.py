"""`basin paper`: write-ups whose numbers and figures come from results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from basin.cli.options import Json, Quiet, Version
from basin.cli.output import report, say

if TYPE_CHECKING:
    from rich.console import Console

Folders = Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Folders with text.md and figures.py.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where builds go. build/papers/NAME, else.")]
Quick = Annotated[bool, typer.Option("--quick", help="Small sizes: a look in a minute or two.")]
Check = Annotated[
    bool, typer.Option("--check", help="Compute and write nothing: fail if a number or figure is missing or stale.")
]
Formats = Annotated[list[str] | None, typer.Option("--format", help="html, pdf, md; repeatable. All, unless given.")]


def papers() -> typer.Typer:
    """The family of commands."""
    family = typer.Typer(help="Build a write-up: a page, a PDF and Markdown with pictures.", no_args_is_help=True)
    family.command("build")(build)
    return family


def build(
    folders: Folders, out: Out = None, quick: Quick = False, check: Check = False, formats: Formats = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Compute what the text asks for, fill it, and write it. What is known from an earlier build is not computed again."""
    from basin import writeup

    tell = (lambda line: None) if quiet or as_json else say
    built = {}
    for folder in folders:
        where = out / folder.resolve().name if out is not None and len(folders) > 1 else out
        built[folder.resolve().name] = [str(file) for file in writeup.build(folder, where, quick, formats, check, tell)]
    done = [f"Written to {file}" for files in built.values() for file in files] or [f"{len(built)} checked"]

    def words(console: Console) -> None:
        for line in done:
            console.print(line)

    report({"papers": built, "quick": quick}, words, as_json, quiet)
