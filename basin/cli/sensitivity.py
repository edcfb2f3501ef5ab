"""`basin sensitivity`: which assumption of a scenario matters most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.assumptions import Paths, PointRuns, Ranges, ranges, span
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
    asked,
    positive,
)
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Method = Annotated[
    str,
    typer.Option("--method", metavar="morris|sobol", help="Screen many assumptions, or share out the variance among a few."),
]
Of = Annotated[str, typer.Option("--of", metavar="aligned|bits", help="P(aligned) from the scenario's start, or basin size.")]
Samples = Annotated[
    int | None,
    typer.Option("--samples", metavar="N", parser=positive, help="Walks (morris), or a power of two of points (sobol)."),
]
MOST_ROWS = 25
WHAT = {"aligned": "P(aligned)", "bits": "Size of the basin, bits,"}
ROWS = {
    "morris": ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"),
    "sobol": ("first", "first_low", "first_high", "total", "total_low", "total_high"),
}
COLUMNS = {
    "morris": (">moves it by", "95% interval", ">mean, signed", ">spread"),
    "sobol": (">share, total", "95% interval", ">alone"),
}
STAR = {"morris": "mu_star", "sobol": "total"}


def sensitivity(
    scenario: ScenarioName, paths: Paths = None, wide: Ranges = None, method: Method = "morris", of: Of = "aligned",
    samples: Samples = None, runs: PointRuns = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    expected: Expected = False, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Find out which assumption matters most for how a scenario ends, while all of them vary at once.

    Unless --range says otherwise a share moves by a tenth either way, any other number from half to twice its value, and
    what is 0 up to 0.1 (0.001 per episode). Counts of people, features and agents, and how runs are judged, vary only by name.
    """
    from basin import questions

    found = asked(scenario, sets, expected, threads, objections)
    given = ranges(wide)
    check_out(out)
    with progress(quiet) as bar:
        result = questions.sensitivity(
            found, paths or None, method=method, of=of, samples=samples, runs=runs, ranges=given, seed=seed,
            expected=expected, threads=threads, progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a sensitivity Dataset says, for JSON, what matters most first."""
    about = result.attrs
    rows = []
    for at in range(result.sizes["path"]):
        one = result.isel(path=at)
        row: dict[str, Any] = {"path": str(one["path"].values), **{name: float(one[name]) for name in ("lo", "hi", "base")}}
        row |= {"log": bool(one["log"]), **{name: float(one[name]) for name in ROWS[str(about["method"])]}}
        rows.append(row | {end: {"value": float(one[end]), "low": float(one[f"{end}_low"]), "high": float(one[f"{end}_high"])}
                           for end in ("at_lo", "at_hi")})  # fmt: skip
    star = STAR[str(about["method"])]
    matters = any(row[star] > 0 or row["at_lo"]["value"] != row["at_hi"]["value"] for row in rows[:1])
    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "method": str(about["method"]),
        "of": str(about["of"]),
        "samples": int(about["samples"]),
        "runs": int(about["runs"]),
        "points": int(about["points"]),
        "starts": str(about["starts_from"]),
        "base": {name: float(about[f"base_{name}"]) for name in ("value", "low", "high")},
        "noise": float(about["noise"]),
        "paths": rows,
        "most": rows[0]["path"] if matters else None,
        "idle": [path for path in str(about["idle"]).split(", ") if path],
        "left_out": dict(entry.split(": ", 1) for entry in str(about["left_out"]).split("; ") if ": " in entry),
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    rows, star, what = summary["paths"], STAR[summary["method"]], WHAT[summary["of"]]
    console.print(title(found), style="bold")
    console.print(f"{answer(summary)}\n")
    base = summary["base"]
    console.print(
        f"{what} as it is: {_number(base['value'])} (95% interval {_number(base['low'])} to {_number(base['high'])}). "
        f"{summary['points']:,} points of {summary['runs']:,} run{'s' * (summary['runs'] != 1)}, the same at every point "
        f"(standard error of a point {summary['noise']:.2g}); seed {summary['seed']}"
    )
    console.print(f"Starts {summary['starts']}.\n" if summary["of"] == "bits" else "")
    shown = table(
        "assumption", ">is", "range", *COLUMNS[summary["method"]], ">alone: low end", ">high end",
    )  # fmt: skip
    for row in rows[:MOST_ROWS]:
        more = (f"{row['mu']:+.3f}", f"{row['sigma']:.3f}") if summary["method"] == "morris" else (f"{row['first']:.3f}",)
        shown.add_row(
            row["path"], "–" if row["base"] != row["base"] else f"{row['base']:g}", span(row["lo"], row["hi"], row["log"]),
            f"{row[star]:.3f}", f"{row[f'{star}_low']:.3f} to {row[f'{star}_high']:.3f}", *more,
            _number(row["at_lo"]["value"]), _number(row["at_hi"]["value"]),
        )  # fmt: skip
    console.print(shown)
    rest = rows[MOST_ROWS:]
    if rest:
        console.print(f"and {len(rest)} more, none above {max(row[star] for row in rest):.3f} (--json has them)")
    if summary["idle"]:
        console.print(f"\nNo effect here, anywhere in their ranges: {', '.join(summary['idle'])}")
    if out is not None:
        console.print(f"\nWritten to {out}")


def answer(summary: dict[str, Any]) -> str:
    """One line that answers the question."""
    rows, star, most = summary["paths"], STAR[summary["method"]], summary["most"]
    what = {"aligned": "P(aligned)", "bits": "the size of the basin"}[summary["of"]]
    if most is None:
        return f"None of these assumptions changes {what} within its range."
    first = rows[0]
    if first[star] == 0:
        low, high = (_number(first[end]["value"]) for end in ("at_lo", "at_hi"))
        said = f"alone, {most} does most: {what} is {low} and {high} at its ends"
        return f"Varied together they leave nothing to tell apart; {said}."
    rivals = [row["path"] for row in rows[1:] if row[f"{star}_high"] > first[f"{star}_low"]]
    if summary["method"] == "morris":
        units = {"aligned": "", "bits": " bits"}[summary["of"]]
        said = f"{most}: {what} moves by {first[star]:.2f}{units} per width of its range, on average"
    else:
        said = f"{most}: it has part in {100 * min(1.0, max(0.0, first[star])):.0f}% of what {what} varies by"
    close = f"; {len(rivals)} more may matter as much ({', '.join(rivals[:3])}{', ...' * (len(rivals) > 3)})" if rivals else ""
    return f"What matters most is {said}{close}."


def _number(value: float) -> str:
    return f"{value:.3g}"
