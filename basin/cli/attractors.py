"""`basin attractors`: what there is to end in, found without names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import Axes, Expected, Json, Objections, Out, Quiet, Seed, Sets, SubjectName, Threads, Version, asked
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Over, Samples, starting

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Method = Annotated[
    str | None,
    typer.Option(
        "--method", metavar="recurrences|clusters", help="Where runs keep coming back to, or how final states group."
    ),
]
MOST_ROWS = 20  # clusters that are listed in words


def attractors(
    subject: SubjectName, axes: Axes = None, over: Over = None, method: Method = None, samples: Samples = None,
    sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None,
    out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Discover attractors: group runs by where they end, and compare the groups with the named outcomes."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    which, free = starting(over, axes)
    check_out(out)
    with progress(quiet) as bar:
        result = questions.attractors(
            found, free, over=which, method=method, samples=samples, seed=seed, expected=expected, threads=threads,
            progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What an attractors' Dataset says, for JSON. A cluster is unnamed if most of its runs have no resolved ending."""
    about = result.attrs
    words = [str(word) for word in result["outcome"].values]
    features = [str(name) for name in result["feature"].values]
    clusters = []
    for at in range(result.sizes["group"]):
        row, table_ = result.isel(group=at), result["table"].values[at]
        most = words[int(table_.argmax())]
        clusters.append(
            {
                "count": int(row["count"]),
                "fraction": float(row["share"]),
                "low": float(row["low"]),
                "high": float(row["high"]),
                "centre": dict(zip(features, row["centre"].values.tolist(), strict=True)),
                "named": most,
                "of_that_name": float(table_.max() / table_.sum()),
                "outcomes": dict(zip(words, table_.tolist(), strict=True)),
            }
        )
    silhouette = float(about["silhouette"])
    return {
        **named(about),
        "seed": int(about["seed"]),
        "method": str(about["method"]),
        "samples": int(about["starts"]),
        "starts": str(about["starts_from"]),
        "clusters": clusters,
        "loose": float(about["loose"]),
        "agreement": float(about["agreement"]),
        "silhouette": silhouette if math.isfinite(silhouette) else None,
        "unnamed": [at for at, cluster in enumerate(clusters) if cluster["named"] == words[-1]],
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    clusters = summary["clusters"]
    console.print(title(found), style="bold")
    how = "by recurrences" if summary["method"] == "recurrences" else "by clusters of final states"
    console.print(f"{len(clusters)} attractor{'s' * (len(clusters) != 1)} found {how}, without names")
    console.print(f"{summary['samples']:,} starts, {summary['starts']}; seed {summary['seed']}\n")
    shown = table(">", ">share", "95% interval", "mostly named", "final states, on average")
    for at, cluster in enumerate(clusters[:MOST_ROWS]):
        centre = ", ".join(f"{name} {value:.3g}" for name, value in cluster["centre"].items())
        name = f"{cluster['named'].replace('_', ' ')} ({percent(cluster['of_that_name'])})"
        shown.add_row(str(at), percent(cluster["fraction"]), between(cluster), name, centre)
    console.print(shown)
    if len(clusters) > MOST_ROWS:
        console.print(f"and {len(clusters) - MOST_ROWS} more")
    console.print(f"\n{percent(summary['loose'])} of the runs are in none.")
    console.print(f"Agreement with the named outcomes (adjusted Rand index): {summary['agreement']:.3f}.")
    unnamed = summary["unnamed"]
    console.print(f"Clusters that have no name: {', '.join(map(str, unnamed)) if unnamed else 'none'}.")
    if out is not None:
        console.print(f"\nWritten to {out}")
