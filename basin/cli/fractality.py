"""`basin fractality`: whether the boundaries between basins are fractal."""

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
from basin.cli.output import percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Size = Annotated[float, typer.Option("--size", metavar="R", help="Radius of the balls of the entropies, of the window.")]
Balls = Annotated[int, typer.Option("--balls", metavar="N", parser=positive, help="How many balls.")]
Samples = Annotated[int, typer.Option("--samples", metavar="N", parser=positive, help="Starts in each ball.")]
Pairs = Annotated[int, typer.Option("--pairs", metavar="N", parser=positive, help="Pairs of starts at each distance.")]
Sizes = Annotated[
    str | None, typer.Option("--sizes", metavar="LO:HI", help="Distances of the pairs: powers of two, of the window.")
]


def fractality(
    subject: SubjectName, axes: Axes = None, size: Size = 1 / 32, balls: Balls = 2048, samples: Samples = 32,
    sizes: Sizes = None, pairs: Pairs = 4096, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Measure basin entropy, boundary basin entropy and the uncertainty exponent, and test for Wada basins."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    along = [axis("--axis", text) for text in axes or ()]
    distances: dict[str, Any] = {"sizes": _powers(sizes)} if sizes is not None else {}
    check_out(out)
    with progress(quiet) as bar:
        result = questions.fractality(
            found, along or None, size=size, balls=balls, samples=samples, pairs=pairs, seed=seed, expected=expected,
            threads=threads, progress=bar, cancel=stopping.cancel, **distances,
        )  # fmt: skip
    summary = summarised(result)
    if out is not None:
        keep(result, out)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a fractality Dataset says, for JSON."""
    about = result.attrs

    def number(name: str, called: str = "mean") -> dict[str, float]:
        return {called: float(result[name]), "low": float(result[f"{name}_low"]), "high": float(result[f"{name}_high"])}

    smooth = {"ln2": math.log(2), "smooth": float(about["smooth_entropy"]), "fractal": bool(about["fractal_entropy"])}
    exponent = {"dimension": float(result["dimension"]), "misfit": float(about["misfit"])}
    wada = {}
    if "grid" in result:
        grids = [int(n) for n in result["grid"]]
        wada = {"wada": {"wada": bool(about["wada"]), "basins": int(about["basins"]), "cells": grids,
                         "radius": result["wada_radius"].values.tolist()}}  # fmt: skip
    return {
        **named(about),
        "seed": int(about["seed"]),
        "axes": about["paths"],
        "certain": bool(about["certain"]),
        "basin_entropy": number("entropy"),
        "boundary_basin_entropy": number("edge_entropy") | smooth,
        "mixed": number("mixed", "fraction"),
        "exponent": number("exponent") | exponent | {"fractal": bool(about["fractal_exponent"])},
        "uncertain": {name: result[name].values.tolist() for name in ("size", "uncertain", "uncertain_low", "uncertain_high")},
        **wada,
        "radius": float(about["radius"]),
        "balls": int(about["balls"]),
        "samples": int(about["samples"]),
        "pairs": int(about["pairs"]),
    }


def _powers(text: str) -> list[float]:
    """The powers of two from LO to HI."""
    try:
        low, high = (math.log2(float(part)) for part in text.split(":"))
    except ValueError:
        raise OptionError(f"--sizes {text!r}: write LO:HI, two numbers above 0, as in 0.0002:0.06") from None
    return [2.0**k for k in range(math.ceil(low), math.floor(high) + 1)]


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    edge, exponent = summary["boundary_basin_entropy"], summary["exponent"]
    console.print(title(found), style="bold")
    console.print(f"Over {', '.join(summary['axes'])}; seed {summary['seed']}\n")
    shown = table("", ">", "95% interval", "")
    smooth = f"smooth boundary: {edge['smooth']:.4f}; above ln 2 = {edge['ln2']:.4f} only if fractal"
    rows = (
        ("basin entropy", summary["basin_entropy"], f"nats, balls of radius {summary['radius']:g} of the window"),
        ("boundary basin entropy", edge, smooth),
        ("uncertainty exponent", exponent, f"1 for a smooth boundary; dimension {exponent['dimension']:.4f}"),
    )
    for name, part, words in rows:
        known = math.isfinite(part["mean"])
        numbers = (f"{part['mean']:.4f}", f"{part['low']:.4f} to {part['high']:.4f}") if known else ("none", "no boundary met")
        shown.add_row(name, *numbers, words)
    console.print(shown)
    console.print(f"\n{percent(summary['mixed']['fraction'])} of the balls have more than one ending. {_verdict(summary)}")
    if not summary["certain"]:
        console.print("Chance plays a part here and makes neighbours differ, boundary or not; --expected leaves it out.")
    if out is not None:
        console.print(f"\nWritten to {out}")


def _verdict(summary: dict[str, Any]) -> str:
    signs = [
        words
        for words, seen in (
            ("its exponent is below 1", summary["exponent"]["fractal"]),
            ("its entropy is above ln 2", summary["boundary_basin_entropy"]["fractal"]),
        )
        if seen
    ]
    verdict = f"The boundary is fractal: {' and '.join(signs)}." if signs else "Nothing says that the boundary is fractal."
    wada = summary.get("wada")
    if wada is None or wada["basins"] < 3:
        return verdict
    radius = " ".join(f"{radius:.3g}" for radius in wada["radius"])
    return f"{verdict} The {wada['basins']} basins are {'' if wada['wada'] else 'not '}Wada: merged boundaries are one up " + (
        f"to {radius} of the window on finer and finer grids."
    )
