"""`basin learn`: what people's recorded choices say they value, and where a learner that hears them ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli.options import Json, Out, Quiet, Seed, Threads, Version, positive
from basin.cli.output import progress, report, table
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    from rich.console import Console

Table = Annotated[
    str,
    typer.Argument(
        metavar="FILE|NAME",
        help="A CSV or Parquet file, one row per option (choice_id, option, chosen, features...); or travel-mode.",
    ),
]
Draws = Annotated[
    int | None, typer.Option("--draws", metavar="N", parser=positive, help="Recorded choices that every learner hears.")
]


def learn(
    choices: Table, draws: Draws = None, seed: Seed = 0, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Fit a table of real choices, and let learners hear it from very different starts."""
    from basin.questions import learn as ask

    check_out(out)
    with progress(quiet, "choices heard") as bar:
        learned = ask(choices, seed, draws=draws, threads=threads, progress=bar)
    result = learned.as_dict()
    if out is not None:
        from basin import __version__, datasets

        call = f"basin.learn({choices!r}, seed={seed}, draws={learned.draws})"
        keep(datasets.learned(result, {"basin_version": __version__, "call": call}), out)

    def words(console: Console) -> None:
        _say(console, choices, result)
        if out is not None:
            console.print(f"\nWritten to {out}")

    report(result, words, as_json, quiet)


def _say(console: Console, name: str, result: dict[str, Any]) -> None:
    console.print(name, style="bold")
    console.print(
        f"{result['choices']:,} choices of {result['people']:,} people; log-likelihood {result['log_likelihood']:.4f}\n"
    )
    shown = table("feature", ">what people value", ">standard error", ">what learners end with")
    for row in zip(
        result["features"], result["maximum_likelihood"], result["standard_errors"], result["learned"], strict=True
    ):
        shown.add_row(row[0], *(f"{number:.5g}" for number in row[1:]))
    console.print(shown)
    starts = result["starts"]
    console.print(
        f"\nValues are utilities per unit of the file's columns. Learners that started from {len(starts)} very different "
        f"beliefs and heard {result['draws']:,}\nof these choices end, on average, {result['distance']:.2f} standard errors "
        f"from the maximum-likelihood values (root mean square\nover features); from the worst start, "
        f"{max(start['distance'] for start in starts):.2f}."
    )
