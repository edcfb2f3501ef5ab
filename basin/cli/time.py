"""`basin time`: how long it takes to be in the target for good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import Axes, Expected, Json, Objections, Out, Quiet, Seed, Sets, SubjectName, Threads, Version, asked
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome, Over, Samples, starting

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Harm = Annotated[
    float, typer.Option("--harm", metavar="UTILITY", help="A run is harmless if its harm, to the horizon, stays within this.")
]
WORDS = {
    "conditional_mean": "mean of those that get there",
    "joint_mean": "mean, 0 for those that do not",
    "conditional_median": "median of those that get there",
    "median": "half of all runs are there after",
    "median_to_any": "half of all runs have an ending after",
}
EVENTS = {
    "harmless": "harmless on the way, to the horizon",
    "harmless_and_target": "harmless, and in the target",
    "harmless_if_target": "harmless, of those in the target",
}


def time(
    subject: SubjectName, axes: Axes = None, over: Over = None, samples: Samples = None, outcome: Outcome = None,
    harm: Harm = 0.0, sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Measure how long runs take to the target, who is there by when, and who does no harm on the way."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    which, along = starting(over, axes)
    check_out(out)
    more = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = questions.time(
            found, along, over=which, outcome=outcome, harm=harm, seed=seed, expected=expected, threads=threads, progress=bar,
            cancel=stopping.cancel, **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a time Dataset says, for JSON; infinite times are null."""
    about, target = result.attrs, str(result.attrs["target"])
    curve = result.sel(outcome=target)

    def ends(name: str, at: dict[str, Any], middle: str) -> dict[str, float]:
        chosen = result.sel(at)
        return {middle: float(chosen[name]), "low": float(chosen[f"{name}_low"]), "high": float(chosen[f"{name}_high"])}

    summary: dict[str, Any] = {
        **named(about),
        "seed": int(about["seed"]),
        "target": target,
        "samples": int(about["starts"]),
        "starts": str(about["starts_from"]),
        "units": str(result["time"].attrs["units"]),
        **{str(name): ends("time", {"statistic": name}, "time") for name in result["statistic"].values},
        "moment": result["moment"].values.tolist(),
        "by": {name: curve[kept].values.tolist() for name, kept in
               (("fraction", "share"), ("low", "low"), ("high", "high"))},
        "no_ending": {name: result[kept].values.tolist() for name, kept in
                      (("fraction", "going"), ("low", "going_low"), ("high", "going_high"))},
    }  # fmt: skip
    if "event" in result.dims:
        survived = {str(name): ends("fraction", {"event": name}, "fraction") for name in result["event"].values}
        summary["survivability"] = {"harm": float(about["harm"]), **survived}
    return summary


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    target, by = summary["target"].replace("_", " "), summary["by"]
    last = {name: values[-1] for name, values in by.items()}
    console.print(title(found), style="bold")
    console.print(f"{percent(last['fraction'])} of the starts end {target} (95% interval {between(last)})")
    console.print(f"{summary['samples']:,} starts, {summary['starts']}; seed {summary['seed']}\n")
    shown = table(f"Time to {target}", f">{summary['units']}", "95% interval")
    for name, words in WORDS.items():
        part = summary[name]
        shown.add_row(words, _time(part["time"]), f"{_time(part['low'])} to {_time(part['high'])}")
    console.print(shown)
    console.print()
    shown = table(f">{summary['units']}", f">{target} by then", "95% interval", ">no ending yet", "95% interval")
    going = summary["no_ending"]
    for at in range(0, len(summary["moment"]), max(1, (len(summary["moment"]) - 1) // 10)):
        pair = [{name: values[at] for name, values in part.items()} for part in (by, going)]
        cells = [text for part in pair for text in (percent(part["fraction"]), between(part))]
        shown.add_row(f"{summary['moment'][at]:g}", *cells)
    console.print(shown)
    if "survivability" in summary:
        shown = table("Survivability", ">share", "95% interval")
        for name, words in EVENTS.items():
            part = summary["survivability"][name]
            known = math.isfinite(part["fraction"])
            shown.add_row(words, percent(part["fraction"]) if known else "–", between(part) if known else "no run got there")
        console.print()
        console.print(shown)
    if out is not None:
        console.print(f"\nWritten to {out}")


def _time(time: float) -> str:
    return f"{time:.4g}" if math.isfinite(time) else "never" if time > 0 else "–"
