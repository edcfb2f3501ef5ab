"""`basin shock`: the smallest change of a start, or of parameters, that leaves the basin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    Axes,
    Expected,
    Json,
    Objections,
    OptionError,
    Out,
    Quiet,
    Seed,
    Sets,
    SubjectName,
    Threads,
    Version,
    asked,
    axis,
    positive,
)
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

At = Annotated[
    list[str] | None, typer.Option("--at", metavar="PATH=VALUE", help="Where the start is, along one path; repeatable.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="PATH=LO:HI[:log]", help="Change this instead of the start; repeatable."),
]
Scales = Annotated[
    list[str] | None, typer.Option("--scale", metavar="PATH=VALUE", help="The change that counts as 1; repeatable.")
]
Runs = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="Runs at each point that is judged by chance.")
]
Samples = Annotated[
    int | None, typer.Option("--samples", metavar="N", parser=positive, help="Starts in the ball that is audited.")
]
ENDS, DISTANCES = ("value", "low", "high"), ("distance", "distance_low", "distance_high")


def shock(
    subject: SubjectName, axes: Axes = None, at: At = None, parameters: Parameters = None, scales: Scales = None,
    outcome: Outcome = None, runs: Runs = None, samples: Samples = None, sets: Sets = None, objections: Objections = None,
    seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False,
    quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Find the minimal shock: the smallest change of a start that leaves its basin, and how sure that is.

    Without --at the start is the scenario itself, or the middle of a system's window. With --parameter, what changes is a
    parameter: how much of it takes P(aligned) below one half.
    """
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    free = [axis("--axis", text) for text in axes or ()]
    changing = [axis("--parameter", text) for text in parameters or ()]
    check_out(out)
    more: dict[str, Any] = {} if runs is None else {"runs": runs}
    with progress(quiet, "rounds") as bar:
        result = questions.shock(
            found, free or None, at=numbers("--at", at), parameters=changing or None, scales=numbers("--scale", scales),
            outcome=outcome, samples=samples, seed=seed, expected=expected, threads=threads, progress=bar,
            cancel=stopping.cancel, **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def numbers(option: str, texts: list[str] | None) -> dict[str, float]:
    """PATH=VALUE, repeated, as numbers by path."""
    found = {}
    for text in texts or ():
        path, equals, value = text.partition("=")
        try:
            if not path.strip() or not equals:
                raise ValueError
            found[path.strip()] = float(value)
        except ValueError:
            raise OptionError(f"{option} {text!r}: write PATH=VALUE with a number, as in motives.care=0.5") from None
    return found


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a shock's Dataset says, for JSON; where nothing leaves, `distance` and `witness` are null."""
    about = result.attrs
    paths = [str(path) for path in result["path"].values]

    def place(name: str) -> dict[str, float]:
        return dict(zip(paths, result[name].values.tolist(), strict=True))

    distance = edge = witness = None
    if math.isfinite(about["distance"]):
        distance = {name: float(about[kept]) for name, kept in zip(ENDS, DISTANCES, strict=True)}
        low, high = place("edge_low"), place("edge_high")
        edge = {
            path: {"value": value, "low": min(low[path], high[path]), "high": max(low[path], high[path])}
            for path, value in place("edge").items()
        }
    if math.isfinite(about["witness_distance"]):
        ending = str(about["witness_outcome"])
        witness = {"distance": float(about["witness_distance"]), "point": place("witness"), "outcome": ending}
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "at": place("start"),
        "scale": place("scale"),
        "distance": distance,
        "edge": edge,
        "witness": witness,
        "ball": {
            "radius": float(about["radius"]),
            "samples": int(about["samples"]),
            "exits": int(about["exits"]),
            "leaving_at_most": float(about["leaving_at_most"]),
            "confidence": 0.95,
        },
        "certain": bool(about["certain"]),
        "evaluations": int(about["evaluations"]),
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    ball, distance, target = summary["ball"], summary["distance"], summary["target"].replace("_", " ")
    console.print(title(found), style="bold")
    if distance is None:
        console.print(f"No change of up to {ball['radius']:.4g} was found after which runs no longer end {target}.")
    else:
        said = f"A shock of {distance['value']:.4g} takes this start out of the basin of {target}"
        interval = "" if summary["certain"] else f" (95% interval {distance['low']:.4g} to {distance['high']:.4g})"
        console.print(said + interval)
        shown = table("", ">start", ">edge", ">95% interval", ">witness", ">counts as 1")
        for path, edge in summary["edge"].items():
            ends = "" if summary["certain"] else f"{edge['low']:.4g} to {edge['high']:.4g}"
            ended = f"{summary['witness']['point'][path]:.5g}" if summary["witness"] else "none"
            shown.add_row(
                path, f"{summary['at'][path]:.5g}", f"{edge['value']:.5g}", ends, ended, f"{summary['scale'][path]:.4g}"
            )
        console.print()
        console.print(shown)
        if summary["witness"]:
            console.print(f"\nFrom the witness runs end {summary['witness']['outcome'].replace('_', ' ')}.")
    majority = "" if summary["certain"] else " by the majority of a few runs each"
    console.print(
        f"{ball['exits']:,} of {ball['samples']:,} changes drawn evenly from the ball of radius {ball['radius']:.4g} "
        f"leave{majority}: at most {100 * ball['leaving_at_most']:.3g}% of it does (95%)."
    )
    console.print(f"{summary['evaluations']:,} runs, seed {summary['seed']}")
    if out is not None:
        console.print(f"\nWritten to {out}")
