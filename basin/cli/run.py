"""`basin run` and `basin trajectory`: runs of one scenario, how they end and what happens on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from basin.cli import stopping
from basin.cli.options import (
    Expected,
    Json,
    Objections,
    Out,
    Quiet,
    ScenarioName,
    Seed,
    Sets,
    Threads,
    Version,
    command_line,
    configured,
    positive,
)
from basin.cli.output import between, percent, progress, report, table, title

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

    from basin.scenario import Scenario

MOMENTS = 101  # episodes of a trajectory that its JSON shows, evenly spaced

Runs = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="How many; 1000 unless given (1 with --expected).")
]
Paths = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="How many; 50 unless given (1 with --expected).")
]


def run(
    scenario: ScenarioName, runs: Runs = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Run a scenario many times and say how the runs end."""
    from basin import api
    from basin.simulate import simulate

    chosen = configured(scenario, sets, objections)
    check_out(out)
    with progress(quiet) as bar:
        result = simulate(
            chosen, api.runs_or(runs, api.RUNS, expected), seed, expected=expected, threads=threads, progress=bar,
            cancel=stopping.cancel,
        )  # fmt: skip
    summary = {"scenario": chosen.name, "seed": seed, "runs": len(result), **api.summary(result, expected)}
    if chosen.values.target == "extrapolated":
        summary["limits"] = _limits(chosen, len(result), seed)
    if out is not None:
        keep(api.runs_dataset(result, expected), out)
    report(summary, lambda console: _say_runs(console, chosen, summary, out), as_json, quiet)


def trajectory(
    scenario: ScenarioName, runs: Paths = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Follow some runs through every episode."""
    from basin import api

    chosen = configured(scenario, sets, objections)
    check_out(out)
    with progress(quiet) as bar:
        path = api.trajectory(chosen, runs, seed, expected, threads, progress=bar, cancel=stopping.cancel)
    if out is not None:
        keep(path, out)
    summary = {"scenario": chosen.name, "seed": seed, **_moments(path)}
    report(summary, lambda console: _say_moments(console, chosen, summary, out), as_json, quiet)


def _limits(chosen: Scenario, runs: int, seed: int) -> dict[str, Any]:
    """Where people's values end in the first runs: how many limits, and how many people reach each, largest first."""
    from basin.questions import extrapolation
    from basin.questions.extrapolation import RUNS

    found = extrapolation(chosen, min(runs, RUNS), seed)
    about = found.attrs
    parts = {
        name: {"mean": about[name], "low": about[f"{name}_low"], "high": about[f"{name}_high"]}
        for name in ("limits", "largest")
    }
    return {
        "runs": int(about["runs"]),
        "number": parts["limits"],
        "largest": parts["largest"],
        "people": found["people"].mean("run").values.tolist(),
    }


def keep(dataset: xr.Dataset, out: str) -> None:
    """Write a result, with the command that made it."""
    from basin import datasets

    dataset.attrs["command"] = command_line()
    datasets.save(dataset, out)


def check_out(out: str | None) -> None:
    """Say that a result could not be written there before it is computed."""
    if out is not None:
        from basin import datasets

        datasets.check_target(out)


def _say_runs(console: Console, chosen: Any, summary: dict[str, Any], out: str | None) -> None:
    from basin.labels import DESCRIPTIONS

    runs, horizon = summary["runs"], chosen.outcome.horizon
    console.print(title(chosen), style="bold")
    console.print(f"{runs:,} runs of {horizon:,} episodes, seed {summary['seed']}\n")
    shown = table("How runs end", ">runs", ">share", "95% interval", "")
    for name, part in summary["outcomes"].items():
        shown.add_row(
            name.replace("_", " "), f"{part['count']:,}", percent(part["fraction"]), between(part), DESCRIPTIONS[name]
        )
        for inner in ("knows_but_does_not_care", "still_learning", "mixed_motives"):
            if inner in part and part["count"]:
                sub = part[inner]
                shown.add_row(f"  {inner.replace('_', ' ')}", f"{sub['count']:,}", percent(sub["fraction"]), between(sub), "")
    console.print(shown)
    shown = table("At the end", ">runs", ">share", "95% interval", "")
    meanings = {
        "knows": f"knows human values: cosine at least {1 - chosen.outcome.behaves:g}",
        "cares": f"cares: a share of at least {1 - chosen.outcome.cares:g}",
        "behaves": f"acts as people would want: cosine at least {1 - chosen.outcome.behaves:g}",
    }
    for name, meaning in meanings.items():
        part = summary[name]
        shown.add_row(name, f"{part['count']:,}", percent(part["fraction"]), between(part), meaning)
    console.print()
    console.print(shown)
    shown = table("On the way", ">mean", "95% interval", "")
    for name, unit in (
        ("harm", "utility, summed over the run"), ("welfare", "utility, summed over the run"),
        ("asked", "episodes in which it asked first"),
    ):  # fmt: skip
        part = summary[name]
        ends = f"{part['low']:.4g} to {part['high']:.4g}" if np.isfinite(part["low"]) else "takes two runs"
        shown.add_row(name, f"{part['mean']:.4g}", ends, unit)
    console.print()
    console.print(shown)
    if "limits" in summary:
        _say_limits(console, summary["limits"])
    if out is not None:
        console.print(f"\nWritten to {out}")


def _say_limits(console: Console, found: dict[str, Any]) -> None:
    number, largest = found["number"], found["largest"]
    ends = f" (95%: {number['low']:.2f} to {number['high']:.2f})" if np.isfinite(number["low"]) else ""
    console.print(
        f"\nPeople's values end in {number['mean']:.2f}{ends} limits on average over {found['runs']} runs. The one that "
        f"counts is the one that most people reach: {percent(largest['mean'])} of them."
    )


def _moments(path: xr.Dataset) -> dict[str, Any]:
    """Means over runs at evenly spaced episodes, and how the runs ended."""
    from basin.analysis import fraction
    from basin.labels import OUTCOMES

    last = path.sizes["episode"] - 1
    at = np.unique(np.rint(np.linspace(0, last, min(MOMENTS, last + 1))).astype(int))
    chosen = path.isel(episode=at)
    names = ("knows", "behaves", "uncertainty", "harm", "welfare", "capability")
    with np.errstate(invalid="ignore"):
        series = {name: _mean(chosen[name].values) for name in names}
        shares = {str(name): _mean(chosen["share"].sel(motive=name).values) for name in path["motive"].values}
    label = path["label"].values
    return {
        "runs": path.sizes["run"],
        "episode": at.tolist(),
        **series,
        "share": shares,
        "asked": {"mean": float(np.nansum(path["asked"].values) / path.sizes["run"])},
        "outcomes": {name: fraction(label == code, bool(path.attrs["expected"])) for name, code in OUTCOMES.items()},
    }


def _mean(values: np.ndarray) -> list[float]:
    """Over the runs that have not ended, (episodes,)."""
    going = np.isfinite(values)
    count = going.sum(axis=0)
    means: list[float] = np.divide(
        np.where(going, values, 0).sum(axis=0), count, out=np.full(len(count), np.nan), where=count > 0
    ).tolist()
    return means


def _say_moments(console: Console, chosen: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(chosen), style="bold")
    console.print(f"Means over {summary['runs']:,} runs, seed {summary['seed']}\n")
    shares = list(summary["share"])
    shown = table(">episode", ">knows", ">behaves", ">uncertainty", ">harm", ">welfare", *(f">{name}" for name in shares))
    every = max(1, len(summary["episode"]) // 10)
    for at in range(0, len(summary["episode"]), every):
        numbers = [summary[name][at] for name in ("knows", "behaves", "uncertainty", "harm", "welfare")]
        numbers += [summary["share"][name][at] for name in shares]
        shown.add_row(f"{summary['episode'][at]:,}", *(f"{number:.3g}" for number in numbers))
    console.print(shown)
    ends = [f"{part['count']} {name.replace('_', ' ')}" for name, part in summary["outcomes"].items() if part["count"]]
    console.print(f"\nThey end: {', '.join(ends)}")
    if out is not None:
        console.print(f"Written to {out}")
