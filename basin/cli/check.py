"""`basin check`: every known answer, measured again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli.options import Json, OptionError, Quiet, Seed, Threads, Version
from basin.cli.output import progress, report, table

if TYPE_CHECKING:
    from rich.console import Console

FAILED = 1  # exit code


def _complete(begun: str) -> list[str]:
    from basin.checks import catalogue

    return [row.name for row in catalogue() if row.name.startswith(begun)]


Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all fast ones, unless given.", autocompletion=_complete)
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Measure one check at other values; repeatable.")
]
Everything = Annotated[bool, typer.Option("--all", help="The long ones too.")]
Listing = Annotated[bool, typer.Option("--list", help="Name the checks and their parameters.")]


def check(
    names: Names = None, sets: Settings = None, everything: Everything = False, listing: Listing = False,
    seed: Seed = 0, threads: Threads = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> int:  # fmt: skip
    """Check that the engine gives every known answer; exit code 1 if it does not."""
    from basin.checks import run

    if listing:
        _list(as_json, quiet)
        return 0
    settings = dict(_setting(text) for text in sets or ())
    with progress(quiet, "checks") as bar:
        results = run(names or None, settings, all=everything, seed=seed, threads=threads, progress=bar)
    failed = sum(not result.passed for result in results)
    report(
        {"checks": [result.as_dict() for result in results]}, lambda console: _say(console, results, failed), as_json, quiet
    )
    return FAILED if failed else 0


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise OptionError(f"--set {text!r}: write NAME=VALUE, as in tau=0.25")
    return name.strip(), value.strip()


def _say(console: Console, results: list[Any], failed: int) -> None:
    shown = table("", "known answer", ">expected", ">measured", ">z", "source")
    for result in results:
        z = "exact" if result.error is None else f"{result.z:+.2f}"
        mark = "ok" if result.passed else "FAILED"
        shown.add_row(mark, result.name, f"{result.expected:.6g}", f"{result.measured:.6g}", z, result.source)
    console.print(shown)
    console.print(f"\n{len(results) - failed} of {len(results)} known answers hold.")


def _list(as_json: bool, quiet: bool) -> None:
    from basin.checks import catalogue

    rows = catalogue()
    kept = ("name", "default", "low", "high", "unit", "meaning")
    listed = [
        {
            "name": row.name,
            "description": row.description,
            "source": row.source,
            "long": row.long,
            "parameters": [{field: getattr(parameter, field) for field in kept} for parameter in row.parameters],
        }
        for row in rows
    ]

    def words(console: Console) -> None:
        for row in rows:
            console.print(row.name, style="bold")
            console.print(f"  {row.description}{' Takes long: only with --all or by name.' if row.long else ''}")
            for parameter in row.parameters:
                between = f"{parameter.low:g} to {parameter.high:g}"
                console.print(f"    {parameter.name} = {parameter.default:g} ({between}): {parameter.meaning}")

    report({"checks": listed}, words, as_json, quiet)
