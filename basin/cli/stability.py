"""`basin stability`: which share of the starts ends in each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import (
    Axes,
    Expected,
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
    positive,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.starting import Method, Outcome, Over, Samples, starting

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

HalfWidth = Annotated[
    float | None,
    typer.Option("--half-width", metavar="H", help="Draw starts until the interval is ± H; then --samples is the most."),
]
Runs = Annotated[int, typer.Option("--runs", metavar="N", parser=positive, help="Runs from each start.")]


def stability(
    subject: SubjectName, axes: Axes = None, over: Over = None, samples: Samples = None,
    method: Method = "random", half_width: HalfWidth = None, outcome: Outcome = None, runs: Runs = 1, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Measure basin stability: draw starts, run them, and say which share ends in each way."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    which, along = starting(over, axes)
    check_out(out)
    with progress(quiet) as bar:
        result = questions.stability(
            found, along, over=which, samples=samples, method=method, half_width=half_width, outcome=outcome, runs=runs,
            seed=seed, expected=expected, threads=threads, progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(found, result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(found: Any, result: xr.Dataset) -> dict[str, Any]:
    """What a stability Dataset says, for JSON."""
    about = result.attrs
    outcomes: dict[str, dict[str, Any]] = {}
    for word in map(str, result["outcome"].values):
        one = result.sel(outcome=word)
        outcomes[word] = {
            "count": int(one["count"]),
            **{name: float(one[kept]) for name, kept in (("fraction", "share"), ("low", "low"), ("high", "high"))},
            "together": {"low": float(one["together_low"]), "high": float(one["together_high"])},
        }
    unresolved = outcomes[list(outcomes)[-1]]
    target = str(about["target"])
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": target,
        "stability": {name: outcomes[target][name] for name in ("count", "fraction", "low", "high")},
        "outcomes": outcomes,
        "unresolved": unresolved,
        "bounds": {
            "least": outcomes[target]["fraction"],
            "most": outcomes[target]["fraction"] + (unresolved["fraction"] if unresolved is not outcomes[target] else 0.0),
            "low": float(about["bounds_low"]),
            "high": float(about["bounds_high"]),
        },
        "unseen": {"fraction": float(about["unseen"]), "high": float(about["unseen_high"])},
        "half_width": float(about["half_width"]),
        "reached": bool(about["reached"]),
        "samples": int(about["starts"]),
        "runs": int(about["runs"]),
        "method": str(about["method"]),
        "starts": str(about["starts_from"]),
    }


def named(about: dict[str, Any]) -> dict[str, str]:
    """The scenario or system that a result is about."""
    return {kind: str(about[kind]) for kind in ("scenario", "system") if kind in about}


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    target, share, bounds = summary["target"].replace("_", " "), summary["stability"], summary["bounds"]
    console.print(title(found), style="bold")
    console.print(f"{percent(share['fraction'])} of the starts end {target} (95% interval {between(share)})")
    runs = f", {summary['runs']} runs from each" * (summary["runs"] > 1)
    even = ", evenly spread" * (summary["method"] == "sobol")
    console.print(f"{summary['samples']:,} starts{even}{runs}, {summary['starts']}; seed {summary['seed']}\n")
    shown = table("How runs end", ">share", "95% interval", "95%, all at once")
    for name, part in summary["outcomes"].items():
        shown.add_row(name.replace("_", " "), percent(part["fraction"]), between(part), between(part["together"]))
    console.print(shown)
    console.print(
        f"\nWhatever the unresolved runs would become, {target} is {percent(bounds['low'])} to {percent(bounds['high'])}. "
        f"Endings that no run had are at most {percent(summary['unseen']['high'])} (95%)."
    )
    if not summary["reached"]:
        console.print(
            f"The interval is ± {percent(summary['half_width'])} and not what was asked for: --samples allows no more starts."
        )
    if out is not None:
        console.print(f"\nWritten to {out}")
