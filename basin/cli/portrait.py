"""`basin portrait`: which way agents move from their starts, and where they come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    AxisX,
    AxisY,
    Grid,
    Json,
    Objections,
    Out,
    Quiet,
    ScenarioName,
    Seed,
    Sets,
    Threads,
    Version,
    axis,
    configured,
    whole,
)
from basin.cli.output import percent, progress, report, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Paths = Annotated[int, typer.Option("--paths", metavar="N", parser=whole, help="About how many trajectories are kept.")]


def portrait(
    scenario: ScenarioName, x: AxisX = None, y: AxisY = None, n: Grid = 24, paths: Paths = 36, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, threads: Threads = None, out: Out = None, as_json: Json = False,
    quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Follow the deterministic skeleton from a grid of starts: the phase portrait of belief and care, or of three motives."""
    from basin import questions

    chosen = configured(scenario, sets, objections)
    across, upwards = axis("--x", x), axis("--y", y)
    check_out(out)
    with progress(quiet) as bar:
        result = questions.portrait(
            chosen, across, upwards, n=n, paths=paths, seed=seed, threads=threads, progress=bar, cancel=stopping.cancel
        )
    summary = summarised(result)
    if out is not None:
        keep(result, out)
    report(summary, lambda console: _say(console, chosen, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a portrait's Dataset says, for JSON. Nothing is left to chance, so that intervals have no width."""
    from basin.analysis import fraction
    from basin.labels import OUTCOMES

    about, ending = result.attrs, result["ending"].values
    aligned = float(about["aligned"])
    motives = [str(name) for name in result["motive"].values]
    plane = about["shape"] == "plane"
    return {
        **named(about),
        "seed": int(about["seed"]),
        "shape": str(about["shape"]),
        "motives": motives,
        "aligned": {"fraction": aligned, "low": aligned, "high": aligned},
        "starts": int(about["starts"]),
        "paths": len(ending),
        "outcomes": {name: fraction(ending == code, certain=True) for name, code in OUTCOMES.items()},
        "edge": bool(result.sizes["edge"]),
        **(
            {"turns": {name: bool(result.sizes[f"{name}_still"]) for name in ("care", "belief")}}
            if plane
            else {"attracts": dict(zip(motives, result["attracts"].values.astype(bool).tolist(), strict=True))}
        ),
    }


def _say(console: Console, chosen: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(chosen), style="bold")
    plane = summary["shape"] == "plane"
    what = "belief and care" if plane else f"the shares of {', '.join(summary['motives'])}"
    console.print(f"{percent(summary['aligned']['fraction'])} of {summary['starts']:,} starts over {what} end fully aligned")
    ends = [f"{part['count']} {name.replace('_', ' ')}" for name, part in summary["outcomes"].items() if part["count"]]
    console.print(f"{summary['paths']} trajectories end: {', '.join(ends)}")
    for name, turns in summary.get("turns", {}).items():
        said = "rises from some starts and falls from others" if turns else "goes one way from all starts, or stands still"
        console.print(f"In the first episode {'care' if name == 'care' else 'knowledge of human values'} {said}")
    for name, holds in summary.get("attracts", {}).items():
        console.print(f"Starts with nearly all {name.replace('_', ' ')} {'end so' if holds else 'end otherwise'}")
    console.print("\nThis is the deterministic skeleton, in which nothing is left to chance; seed " + str(summary["seed"]))
    if out is not None:
        console.print(f"Written to {out}")
