"""`basin signs`: what would tell overseers how a run ends, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import Json, Objections, Out, Quiet, ScenarioName, Seed, Sets, Threads, Version, asked, positive
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Samples = Annotated[int | None, typer.Option("--samples", metavar="N", parser=positive, help="How many runs in each company.")]
Window = Annotated[
    int | None,
    typer.Option("--window", metavar="N", parser=positive, help="Episodes over which rates are taken; a twentieth, if not."),
]
SHOWN = 4  # episodes of the table in words


def signs(
    scenario: ScenarioName, samples: Samples = None, window: Window = None, sets: Sets = None, objections: Objections = None,
    seed: Seed = 0, threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Measure how well each sign tells runs that end aligned from others, alone and with allies or schemers among them."""
    from basin import questions

    found = asked(scenario, sets, False, threads, objections)
    check_out(out)
    more = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = questions.signs(
            found, window=window, seed=seed, threads=threads, progress=bar, cancel=stopping.cancel, **more
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a signs Dataset says, for JSON."""
    about = result.attrs
    companies = []
    for name in map(str, result["company"].values):
        company = result.sel(company=name)
        rows = []
        for sign in map(str, result["sign"].values):
            one = company.sel(sign=sign)
            first = float(one["warned"])
            rows.append(
                {
                    "name": sign,
                    **{part: str(one[part].values) for part in ("title", "says")},
                    "visible": bool(one["visible"]),
                    "warned": int(first) if first == first else None,
                    **{part: one[part].values for part in ("area", "low", "high")},
                }
            )
        companies.append(
            {
                "name": name,
                "who": str(company["who"].values),
                **{kind: company[kind].values for kind in ("aligned", "others")},
                "signs": rows,
            }
        )
    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "samples": int(about["samples"]),
        "window": int(about["window"]),
        "starts": str(about["starts_from"]),
        "sure": float(about["sure"]),
        "left_out": str(about["left_out"]) or None,
        "episode": result["episode"].values,
        "companies": companies,
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(found), style="bold")
    console.print(
        f"{summary['samples']:,} runs in each company, {summary['starts']}; seed {summary['seed']}\n"
        "Chance that a run that ends aligned shows a higher value than another (½ says nothing, 0 as much as 1), 95% interval"
    )
    episodes = summary["episode"]
    at = sorted({round(part * (len(episodes) - 1) / (SHOWN - 1)) for part in range(SHOWN)})
    for company in summary["companies"]:
        first, last = (f"{int(company[kind][0]):,}" for kind in ("aligned", "others"))
        console.print(f"\n{company['name'].capitalize()}: {company['who']}. {first} end aligned, {last} otherwise")
        shown = table("sign", *(f">episode {episodes[one]:,}" for one in at), ">warns from", "")
        for row in company["signs"]:
            cells = [_area(row, one) for one in at]
            warned = f"{row['warned']:,}" if row["warned"] is not None else "never"
            shown.add_row(row["title"], *cells, warned, "can be seen" if row["visible"] else "hidden")
        console.print(shown)
        if not any(row["warned"] is not None for row in company["signs"] if row["visible"]):
            console.print("Nothing that overseers can see would surely have warned.")
    console.print(
        f"\nA sign warns from the first episode at which its area is surely above {summary['sure']:g} or below "
        f"{1 - summary['sure']:g}, at 95% for all episodes at once."
    )
    if summary["left_out"]:
        console.print(f"No allies or schemers here: {summary['left_out']}")
    if out is not None:
        console.print(f"Written to {out}")


def _area(row: dict[str, Any], at: int) -> str:
    area, low, high = (float(row[part][at]) for part in ("area", "low", "high"))
    return f"{area:.2f} ({low:.2f} to {high:.2f})" if area == area else "–"
