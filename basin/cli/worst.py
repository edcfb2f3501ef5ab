"""`basin worst`: the least change of assumptions that takes P(aligned) below one half."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.assumptions import Paths, PointRuns, Ranges, ranges, span
from basin.cli.options import (
    Expected,
    Json,
    Objections,
    OptionError,
    Out,
    Quiet,
    ScenarioName,
    Seed,
    Sets,
    Threads,
    Version,
    asked,
    command_line,
    whole,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Trials = Annotated[
    int | None, typer.Option("--trials", metavar="N", parser=whole, help="Combinations of assumptions that are tried.")
]
Witness = Annotated[
    str | None, typer.Option("--witness", metavar="FILE.toml", help="Write the changed scenario, for `basin run FILE.toml`.")
]
SINGLES = 8  # rows


def worst(
    scenario: ScenarioName, paths: Paths = None, wide: Ranges = None, trials: Trials = None, runs: PointRuns = None,
    witness: Witness = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Find the worst case nearby: the least change of assumptions, in widths of their ranges, that takes P(aligned) below 1/2.

    Ranges are those of `basin sensitivity`, unless --range says otherwise. The witness is judged by runs of its own.
    """
    from basin import questions

    found = asked(scenario, sets, expected, threads, objections)
    given = ranges(wide)
    check_out(out)
    _check_witness(witness)
    with progress(quiet, "steps") as bar:
        result = questions.worst(
            found, paths or None, ranges=given, trials=trials, runs=runs, seed=seed, expected=expected, threads=threads,
            progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    written = witness if witness is not None and summary["found"] else None
    if written is not None:
        _write(written, summary)
    report(summary, lambda console: _say(console, found, summary, witness, written, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a worst-case Dataset says, for JSON."""
    about = result.attrs
    rows = [result.isel(path=at) for at in range(result.sizes["path"])]
    alone = sorted((one for one in rows if float(one["alone_scaled"]) == float(one["alone_scaled"])),
                   key=lambda one: abs(float(one["alone_scaled"])))  # fmt: skip

    def aligned(prefix: str) -> dict[str, float]:
        return {name: float(about[f"{prefix}{kept}"]) for name, kept in (("fraction", ""), ("low", "_low"), ("high", "_high"))}

    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "runs": int(about["runs"]),
        "judged_runs": int(about["judged_runs"]),
        "trials": int(about["trials"]),
        "found": bool(about["found"]),
        "already": bool(about["already"]),
        "change": float(about["change"]),
        "changes": [
            {
                "path": str(one["path"].values),
                "from": float(one["from"]),
                "to": float(one["to"]),
                "scaled": float(one["scaled"]),
            }
            for one in rows
            if float(one["scaled"]) != 0
        ],
        "aligned": aligned("aligned"),
        "aligned_at_witness": aligned("witness_aligned") if about["found"] else None,
        "least_seen": float(about["least_seen"]),
        "single": [
            {"path": str(one["path"].values), "to": float(one["alone_to"]), "scaled": float(one["alone_scaled"])}
            for one in alone
        ],
        "ranges": {
            str(one["path"].values): {"lo": float(one["lo"]), "hi": float(one["hi"]), "log": bool(one["log"])} for one in rows
        },
        "witness": str(about["witness"]) or None,
    }


def _check_witness(witness: str | None) -> None:
    """Say that the witness could not be written there before it is searched."""
    if witness is None:
        return
    target = Path(witness)
    if target.suffix != ".toml":
        raise OptionError(f"--witness {witness!r}: give a name that ends in .toml")
    if os.path.lexists(target):
        raise OptionError(f"--witness {witness!r}: exists; move it away or give another name")
    if not target.parent.is_dir():
        raise OptionError(f"--witness {witness!r}: there is no folder {str(target.parent)!r}")


def _write(witness: str, summary: dict[str, Any]) -> None:
    """The witness as a scenario's file, its changes in words before it."""
    at, base = summary["aligned_at_witness"], summary["aligned"]
    changes = [f"#   {one['path']}: {one['from']:.15g} -> {one['to']:.15g}" for one in summary["changes"]] or ["#   nothing"]
    lines = [
        f"# {summary['scenario']} with the least change found that takes P(aligned) below 1/2.",
        "# Changed:",
        *changes,
        f"# P(aligned): {percent(base['fraction'])} (95% interval {between(base)}) before, "
        f"{percent(at['fraction'])} ({between(at)}) after.",
        f"# {command_line()}",
    ]
    try:
        with open(witness, "x", encoding="utf-8") as file:
            file.write("\n".join(" ".join(line.splitlines()) for line in lines) + "\n\n" + summary["witness"])
    except OSError as error:
        raise OptionError(f"--witness {witness!r}: cannot be written: {error.strerror}") from None


def answer(summary: dict[str, Any]) -> str:
    """One line that answers the question."""
    base, changes = summary["aligned"], summary["changes"]
    if summary["already"]:
        return f"It takes no change: P(aligned) is {percent(base['fraction'])} as it is."
    if not summary["found"]:
        said = f" of {summary['runs']} runs" if summary["runs"] > 1 else ""
        return (
            f"No change within these ranges was found to take P(aligned) surely below 50%; the least that was seen is "
            f"{percent(summary['least_seen'])}{said}."
        )
    what = "one assumption" if len(changes) == 1 else f"{len(changes)} assumptions"
    return f"A change of {what}, {summary['change']:.2f} widths of a range long in all, takes P(aligned) below 50%."


def _say(
    console: Console, found: Any, summary: dict[str, Any], witness: str | None, written: str | None, out: str | None
) -> None:
    base, at, wide = summary["aligned"], summary["aligned_at_witness"], summary["ranges"]
    console.print(title(found), style="bold")
    console.print(f"{answer(summary)}\n")
    console.print(f"P(aligned) as it is: {percent(base['fraction'])} (95% interval {between(base)})")
    if at is not None and not summary["already"]:
        console.print(f"P(aligned) changed:  {percent(at['fraction'])} (95% interval {between(at)})")
    console.print(f"Judged by {summary['judged_runs']:,} runs each; seed {summary['seed']}\n")

    def ends(path: str) -> str:
        return span(wide[path]["lo"], wide[path]["hi"], wide[path]["log"])

    if summary["changes"]:
        shown = table("changed", ">from", ">to", "range", ">widths")
        for one in summary["changes"]:
            shown.add_row(one["path"], f"{one['from']:g}", f"{one['to']:g}", ends(one["path"]), f"{one['scaled']:+.2f}")
        console.print(shown)
    if summary["single"]:
        console.print("\nEach alone, by the runs of the search:" if summary["changes"] else "Each alone:")
        shown = table("assumption", ">to", "range", ">widths")
        for one in summary["single"][:SINGLES]:
            shown.add_row(one["path"], f"{one['to']:.4g}", ends(one["path"]), f"{one['scaled']:+.2f}")
        console.print(shown)
        if len(summary["single"]) > SINGLES:
            console.print(f"and {len(summary['single']) - SINGLES} more (--json has them)")
    elif summary["found"] and not summary["already"]:
        console.print("\nNo assumption alone does it within its range.")
    if written is not None:
        console.print(f"\nWritten to {written}; `basin run {written}` runs it")
    elif witness is not None:
        console.print(f"\n{witness} is not written: there is no witness")
    if out is not None:
        console.print(f"\nWritten to {out}")
