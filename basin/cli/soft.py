"""`basin soft`: how likely each start is to end in the target, as a smooth surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from basin.cli import stopping
from basin.cli.options import (
    AxisX,
    AxisY,
    Expected,
    Grid,
    Json,
    Objections,
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
from basin.cli.output import between, percent, progress, report, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Runs = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="Runs per start; 8 where chance plays a part.")
]
Bandwidth = Annotated[
    float | None, typer.Option("--bandwidth", metavar="H", help="How far smoothing reaches, of the window; cross-validated.")
]


def soft(
    subject: SubjectName, x: AxisX = None, y: AxisY = None, n: Grid = 32, runs: Runs = None, bandwidth: Bandwidth = None,
    outcome: Outcome = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Measure the soft basin: P(target | start) over two axes, smoothed, with intervals, and its entropy."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    across, upwards = axis("--x", x), axis("--y", y)
    check_out(out)
    with progress(quiet) as bar:
        result = questions.soft(
            found, across, upwards, n=n, runs=runs, bandwidth=bandwidth, outcome=outcome, seed=seed, expected=expected,
            threads=threads, progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    summary = summarised(result)
    if out is not None:
        keep(result, out)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a soft basin's Dataset says, for JSON."""
    about = result.attrs

    def number(name: str, called: str) -> dict[str, float]:
        return {called: float(result[name]), "low": float(result[f"{name}_low"]), "high": float(result[f"{name}_high"])}

    half = (result["high"] - result["low"]).values / 2
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "whole": number("whole", "fraction"),
        "entropy": number("entropy", "mean"),
        "above_half": float((result["committor"] > 0.5).mean()),
        "surely_above_half": float((result["all_low"] > 0.5).mean()),
        "surely_below_half": float((result["all_high"] < 0.5).mean()),
        "half_width": float(np.median(half)),
        "bandwidth": float(about["bandwidth"]),
        "x": {name: result["x"].attrs[name] for name in ("path", "scale", "units")},
        "y": {name: result["y"].attrs[name] for name in ("path", "scale", "units")},
        "grid": [result.sizes["x"], result.sizes["y"]],
        "runs": int(about["runs"]),
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    whole, entropy, target = summary["whole"], summary["entropy"], summary["target"].replace("_", " ")
    console.print(title(found), style="bold")
    console.print(f"A start of this window ends {target} with probability {percent(whole['fraction'])} ({between(whole)})")
    console.print(
        f"Basin entropy {entropy['mean']:.4f} nats ({entropy['low']:.4f} to {entropy['high']:.4f}): 0 if every start's ending "
        "is certain, 0.6931 if none is"
    )
    console.print(
        f"Taken together (95%), {percent(summary['surely_above_half'])} of the window surely ends so more often than not, "
        f"{percent(summary['surely_below_half'])} surely less"
    )
    across, upwards = summary["grid"]
    console.print(
        f"\n{across} × {upwards} starts over {summary['x']['path']} and {summary['y']['path']}, {summary['runs']} runs each, "
        f"smoothed over {summary['bandwidth']:.2g} of the window; typically ± {summary['half_width']:.2g}; "
        f"seed {summary['seed']}"
    )
    if out is not None:
        console.print(f"\nWritten to {out}")
