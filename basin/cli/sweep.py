"""`basin sweep`: many scenarios at once, into a store that goes on where it was stopped."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    Json,
    Objections,
    OptionError,
    Quiet,
    Sets,
    Threads,
    Version,
    command_line,
    overrides,
    positive,
    whole,
)
from basin.cli.output import progress, report, say

if TYPE_CHECKING:
    from rich.console import Console

    from basin.sweep import Report, Sweep
    from basin.sweep.catalogue import Entry

FEW = 5  # reasons that are said

File = Annotated[str, typer.Argument(metavar="FILE", help="A sweep's TOML file.")]
Store = Annotated[
    str | None,
    typer.Option("--out", metavar="STORE", help="Where results go: a name.zarr; the file's own, unless given."),
]
Trial = Annotated[bool, typer.Option("--quick", help="The small trial size that the file states.")]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Of a dask.distributed cluster that sees the store.")
]
Local = Annotated[
    int | None, typer.Option("--local-cluster", metavar="N", parser=positive, help="As many processes on this machine.")
]
Budget = Annotated[
    float | None,
    typer.Option("--budget", metavar="SECONDS", help="After which no task is begun; the file's, unless given."),
]
OwnSeed = Annotated[int | None, typer.Option("--seed", metavar="N", parser=whole, help="The file's, unless given.")]


def sweep(
    file: File, out: Store = None, quick: Trial = False, sets: Sets = None, objections: Objections = None,
    seed: OwnSeed = None, threads: Threads = None, scheduler: Scheduler = None, local_cluster: Local = None,
    budget: Budget = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> int:  # fmt: skip
    """Compute every point of a sweep. Stopped or killed, the same command goes on from what is kept.

    Exit code 1 if some points fail: they are tried again the next time.
    """
    from basin import sweep as sweeps

    meant = _meant(sweeps.read(file, quick), sets, objections, seed, budget)
    store = out or f"{Path(file).stem}.zarr"
    with progress(quiet, "points") as bar:
        try:
            result = sweeps.run(
                meant, store, threads=threads, scheduler=scheduler, local_cluster=local_cluster, call=command_line(),
                progress=bar, cancel=stopping.cancel,
            )  # fmt: skip
        except stopping.Stopped:
            entry = _noted(store)
            if entry is not None:
                stopping.kept.append(f"{entry.done:,} of {entry.points:,} points in {store}")
            raise
        _noted(store)
    shown = {
        "points": result.points, "done": result.done, "failed": result.failed, "seconds": result.seconds, "store": store,
        "title": meant.title, "tasks": result.tasks, "computing": result.computing, "stopped": result.stopped,
        "failures": [{"point": point, "why": why} for point, why in result.failures.items()],
    }  # fmt: skip
    report(shown, lambda console: _say(console, meant, result, store), as_json, quiet)
    return 1 if result.failed else 0


def _meant(asked: Sweep, sets: Any, objections: Any, seed: int | None, budget: float | None) -> Sweep:
    """The file's sweep with what the command line changes."""
    from basin.sweep import Dimension

    if objections:
        if any(one.name == "objection" for one in asked.dimensions):
            raise OptionError(f"--objection {objections[0]!r}: the sweep has a dimension of objections already")
        one = Dimension("objection", {"objection": ("+".join(objections),)})
        at = sum(each.name == "scenario" for each in asked.dimensions)  # as in a file
        asked = replace(asked, dimensions=(*asked.dimensions[:at], one, *asked.dimensions[at:]))
    if budget is not None and not budget > 0:
        raise OptionError(f"--budget {budget:g}: must be above 0 seconds")
    asked = replace(
        asked,
        changes={**asked.changes, **overrides(sets)},
        seed=asked.seed if seed is None else seed,
        budget=asked.budget if budget is None else budget,
    )
    asked.check()
    return asked


def _noted(store: str) -> Entry | None:
    """What has come of a store, if there is one. It is entered in the catalogue, which no sweep depends on."""
    from basin.sweep import SweepError, catalogue, open_store

    if not Path(store).is_dir():
        return None
    entry = catalogue.entry_of(open_store(Path(store).resolve()))
    try:
        catalogue.note(entry)
    except SweepError as error:
        say(str(error))
    return entry


def _say(console: Console, meant: Sweep, result: Report, store: str) -> None:
    if meant.title:
        console.print(meant.title, style="bold")
    if meant.question:
        console.print(meant.question)
    along = " × ".join(f"{len(one)} {one.name}" for one in meant.dimensions) or "one point"
    console.print(f"{result.done:,} of {result.points:,} points are computed: {along}")
    console.print(
        f"{result.tasks:,} task{'s' * (result.tasks != 1)}; this call took {result.seconds:.1f} s, "
        f"its workers computed for {result.computing:.1f} s"
    )
    if result.failed:
        console.print(f"{result.failed:,} point{'s' * (result.failed != 1)} failed:")
        for why, count in Counter(result.failures.values()).most_common(FEW):
            where = next(point for point, reason in result.failures.items() if reason == why)
            console.print(f"  {count:,} × {why} (first at {where})")
    if result.stopped:
        console.print(f"{result.stopped}: the same command goes on from here")
    console.print(f"Kept in {store}")
