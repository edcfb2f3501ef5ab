"""`basin boundary`: the line between starts that end in the target and starts that do not, and what it encloses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    AxisX,
    AxisY,
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
from basin.cli.output import percent, progress, report, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

AxisZ = Annotated[str | None, typer.Option("--z", metavar="PATH=LO:HI[:log]", help="Third axis, for a surface.")]
Resolution = Annotated[
    int | None,
    typer.Option("--resolution", metavar="N", parser=positive, help="Finest cells along an axis; 1024, with chance 256."),
]
Tolerance = Annotated[
    float | None, typer.Option("--tolerance", metavar="T", help="The same as parts of the window, say 1e-3.")
]
Runs = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="Runs per start; 33 where chance plays a part.")
]
Audit = Annotated[
    int | None, typer.Option("--audit", metavar="N", parser=positive, help="Random starts that the area rests on.")
]


def boundary(
    subject: SubjectName, x: AxisX = None, y: AxisY = None, z: AxisZ = None, resolution: Resolution = None,
    tolerance: Tolerance = None, runs: Runs = None, audit: Audit = None, outcome: Outcome = None, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Follow the boundary of the basin in two axes, or three, and measure the area that it encloses."""
    from basin import questions

    if resolution is not None and tolerance is not None:
        raise OptionError("--resolution and --tolerance: give one of them")
    found = asked(subject, sets, expected, threads, objections)
    sides = [axis(option, text) for option, text in (("--x", x), ("--y", y), ("--z", z))]
    check_out(out)
    begun = time.perf_counter()
    with progress(quiet) as bar:
        result = questions.boundary(
            found, *sides, tolerance=tolerance, resolution=resolution, runs=runs, audit=audit, outcome=outcome, seed=seed,
            expected=expected, threads=threads, progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    summary = summarised(result) | {"seconds": time.perf_counter() - begun}
    if out is not None:
        keep(result, out)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a boundary's Dataset says, for JSON."""
    about = result.attrs
    names = [name for name in "xyz" if f"{name}_path" in about]
    lines = {"lines": int(result["line"][-1]) + 1 if result["line"].size else 0} if "line" in result else {}
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "axes": [{key: about[f"{name}_{key}"] for key in ("path", "lo", "hi", "scale", "units")} for name in names],
        "area": {name: float(result[kept]) for name, kept in AREA.items()},
        "resolution": int(about["resolution"]),
        "runs": int(about["runs"]),
        "evaluations": int(about["evaluations"]),
        "spent": {name: int(about[f"evaluations_{name}"]) for name in ("tree", "probes", "polish", "audit")},
        "dense": int(about["dense"]),
        "saving": float(about["dense"]) / float(about["evaluations"]),
        "reopened": int(about["reopened"]),
        "missed": {"fraction": float(about["missed"]), "high": float(about["missed_high"])},
        "vertices": result.sizes["vertex"],
        **lines,
        "facets": result.sizes.get("facet", 0),
        "error": float(result["error"].median()) if result.sizes["vertex"] else None,
    }


AREA = {"fraction": "area", "low": "area_low", "high": "area_high"}


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    area, target, axes = summary["area"], summary["target"].replace("_", " "), summary["axes"]
    console.print(title(found), style="bold")
    console.print(
        f"{100 * area['fraction']:.2f}% of the window is the basin of {target} "
        f"(95% interval {100 * area['low']:.2f}% to {100 * area['high']:.2f}%)"
    )
    for letter, side in zip(("across ", "upwards", "deep   "), axes, strict=False):
        console.print(
            f"{letter}  {side['path']} from {side['lo']:g} to {side['hi']:g}{', logarithmic' * (side['scale'] == 'log')}"
        )
    pieces = f"{summary['lines']} lines" if "lines" in summary else f"{summary['facets']:,} triangles"
    error = f", typically within {summary['error']:.2g} of the window" if summary["error"] is not None else ""
    console.print(f"\nThe boundary: {pieces} through {summary['vertices']:,} points{error}")
    console.print(
        f"{summary['evaluations']:,} runs, {percent(1 / summary['saving'])} of the {summary['dense']:,} of a dense grid "
        f"(1/{summary['resolution']} of the window); seed {summary['seed']}"
    )
    console.print(
        f"{summary['reopened']} random starts contradicted it on the way. Cells that seemed wholly in or out have "
        f"{100 * summary['missed']['fraction']:.3f}% of the window wrong, at most {100 * summary['missed']['high']:.3f}% (95%)"
    )
    if out is not None:
        console.print(f"\nWritten to {out}")
