"""`basin size`: how many bits it takes to say that a start is in the basin."""

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
)
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Method, Outcome, Over, Samples, starting

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Dimensions = Annotated[
    str | None,
    typer.Option("--dimensions", metavar="N,N,...", help="Numbers of value features, or of a system's coordinates."),
]
NUMBERS = ("bits", "low", "high", "surely")


def size(
    subject: SubjectName, over: Over = None, dimensions: Dimensions = None, axes: Axes = None, samples: Samples = None,
    method: Method = "random", outcome: Outcome = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Measure the size of a basin in bits: minus the binary logarithm of the share of starts that ends in it."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    which, along = starting(over, axes)
    wanted = _whole_numbers(dimensions)
    check_out(out)
    more = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = questions.size(
            found, which, wanted, axes=along, method=method, outcome=outcome, seed=seed, expected=expected, threads=threads,
            progress=bar, cancel=stopping.cancel, **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a size Dataset says, for JSON; infinite bits are null."""
    about = result.attrs
    sizes = []
    for at, dimension in enumerate(result["dimension"].values):
        one = result.isel(dimension=at)
        part: dict[str, Any] = {"dimension": int(dimension), **{name: float(one[name]) for name in NUMBERS}}
        part["share"] = {name: float(one[kept]) for name, kept in
                         (("fraction", "share"), ("low", "share_low"), ("high", "share_high"))}  # fmt: skip
        part["samples"] = int(one["starts"])
        if "angle" in result:
            part["angle"] = {
                name: float(one[kept]) for name, kept in (("degrees", "angle"), ("low", "angle_low"), ("high", "angle_high"))
            }
        sizes.append(part)
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "over": str(about["over"]),
        "starts": str(about["starts_from"]),
        "sizes": sizes,
    }


def _whole_numbers(text: str | None) -> list[int] | None:
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise OptionError(f"--dimensions {text!r}: write whole numbers with commas between them, as in 4,8,16") from None


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    target, sphere = summary["target"].replace("_", " "), "angle" in summary["sizes"][0]
    console.print(title(found), style="bold")
    console.print(f"Size of the basin: starts that end {target}; {summary['starts']}; seed {summary['seed']}\n")
    shown = table(">dimension", ">bits", "95% interval", ">surely at least", *([">as a cap of"] * sphere), ">starts")
    for part in summary["sizes"]:
        cap = [f"{part['angle']['degrees']:.1f}°"] if sphere else []
        ends = f"{part['low']:.2f} to {_bits(part['high'])}"
        shown.add_row(str(part["dimension"]), _bits(part["bits"]), ends, f"{part['surely']:.2f}", *cap, f"{part['samples']:,}")
    console.print(shown)
    if out is not None:
        console.print(f"\nWritten to {out}")


def _bits(bits: float) -> str:
    return f"{bits:.2f}" if math.isfinite(bits) else "∞"
