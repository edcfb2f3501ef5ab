"""`basin edge`: what sits on the boundary of the basin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    Axes,
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
)
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.shock import numbers
from basin.cli.stability import named

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

One = Annotated[
    list[str] | None, typer.Option("--at", metavar="PATH=VALUE", help="A start on one side; repeatable. Found, unless given.")
]
Other = Annotated[list[str] | None, typer.Option("--to", metavar="PATH=VALUE", help="A start on the other side; repeatable.")]


def edge(
    subject: SubjectName, at: One = None, to: Other = None, axes: Axes = None, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, threads: Threads = None, out: Out = None, as_json: Json = False,
    quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Find the edge state: where those end who start exactly on the boundary of the basin.

    Takes a system with equations of motion and no noise, or the deterministic skeleton of a scenario.
    """
    from basin import questions

    one, other = numbers("--at", at), numbers("--to", to)
    if bool(one) != bool(other):
        raise OptionError("give two starts, one with --at and one with --to, or neither")
    found = asked(subject, sets, True, threads, objections)
    check_out(out)
    with progress(quiet):
        result = questions.edge(
            found, one or None, other or None, [axis("--axis", text) for text in axes or ()] or None, seed=seed,
            threads=threads, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What an edge's Dataset says, for JSON."""
    about = result.attrs

    def by_name(dim: str, name: str) -> dict[str, float]:
        return dict(zip(map(str, result[dim].values), result[name].values.tolist(), strict=True))

    slow = {"from": float(about["slow_from"]), "to": float(about["slow_to"])} if "slow_from" in about else None
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "sides": [str(side) for side in about["sides"]],
        "boundary": by_name("path", "boundary"),
        "edge_state": by_name("coordinate", "state"),
        "fixed": bool(about["fixed"]),
        "speed": float(about["speed"]),
        "error": float(about["error"]),
        "growth": float(about["growth"]),
        "unstable_directions": int(about["unstable"]) if about["fixed"] else None,
        "eigenvalues": [
            {"real": real, "imaginary": imaginary}
            for real, imaginary in zip(result["rates"].values.tolist(), result["frequencies"].values.tolist(), strict=True)
        ],
        "slow": slow,
        "time": float(result["time"][-1]),
        "time_units": str(about["time_units"]),
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    one, other = (side.replace("_", " ") for side in summary["sides"])
    console.print(title(found), style="bold")
    kind = "a fixed point" if summary["fixed"] else "no fixed point: where a run on the boundary is slowest, or last was"
    console.print(f"On the boundary between {one} and {other} the edge state is {kind}.\n")
    shown = table("", ">edge state")
    for name, value in summary["edge_state"].items():
        shown.add_row(name, f"{round(value, 12):.6g}")
    console.print(shown)
    place = ", ".join(f"{path} = {value:.6g}" for path, value in summary["boundary"].items())
    console.print(f"\nThe boundary was met at {place}.")
    if summary["fixed"]:
        rates = ", ".join(f"{part['real']:.4g}{part['imaginary']:+.4g}i" if part["imaginary"] else f"{part['real']:.4g}"
                          for part in summary["eigenvalues"])  # fmt: skip
        many = summary["unstable_directions"]
        console.print(f"{many} direction{'s' * (many != 1)} lead{'s' * (many == 1)} away; eigenvalues {rates}.")
    else:
        console.print(f"It is known to {summary['error']:.2g}; its speed is {summary['speed']:.3g}.")
    if math.isfinite(summary["growth"]):
        console.print(
            f"Two runs on either side part like exp({summary['growth']:.4g} t), t in {summary['time_units']}; they were "
            f"followed for {summary['time']:.4g}."
        )
    if summary["slow"]:
        console.print(f"Slow from {summary['slow']['from']:g} to {summary['slow']['to']:g} {summary['time_units']}.")
    if out is not None:
        console.print(f"\nWritten to {out}")
