"""`basin objections`: what critics say, and what is left of a scenario's basin under each."""

from __future__ import annotations

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
    Threads,
    Version,
    asked,
    axis,
    complete_objection,
    complete_scenario,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.starting import Samples

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCENARIO]", help="A scenario's name or file; none: say what is objected.", autocompletion=complete_scenario
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME", help="Measure this one; repeatable.", autocompletion=complete_objection),
]


def objections(
    scenario: Source = None, only: Only = None, axes: Axes = None, samples: Samples = None, sets: Sets = None,
    switched_on: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """List the objections; or measure what each leaves of a scenario's basin, with the same starts and random numbers."""
    if scenario is None:
        for option, value in (("--set", sets), ("--objection", switched_on), ("--only", only), ("--out", out)):
            if value:
                raise OptionError(f"{option}: give a scenario to measure")
        _list(as_json, quiet)
        return
    from basin import questions

    found = asked(scenario, sets, expected, threads, switched_on)
    along = [axis("--axis", text) for text in axes or ()]
    check_out(out)
    more: dict[str, Any] = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = questions.objections(
            found, only, along or None, seed=seed, expected=expected, threads=threads, progress=bar, cancel=stopping.cancel,
            **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What an objections Dataset says, for JSON."""
    about = result.attrs
    rows = []
    for at in range(result.sizes["objection"]):
        one = result.isel(objection=at)

        def part(*names: str, one: xr.Dataset = one) -> dict[str, float]:
            keys = ("value", "low", "high")
            return {key: float(one[name]) for key, name in zip(keys, names, strict=True)}

        aligned = part("share", "low", "high")
        rows.append(
            {
                "name": str(one["objection"].values),
                **{name: str(one[name].values) for name in ("title", "says", "source")},
                "applies": bool(one["applies"]),
                "note": str(one["note"].values) or None,
                "aligned": {"fraction": aligned["value"], "low": aligned["low"], "high": aligned["high"]},
                "bits": part("bits", "bits_low", "bits_high"),
                "difference": part("difference", "difference_low", "difference_high")
                | {"together": {"low": float(one["together_low"]), "high": float(one["together_high"])}},
                "bits_lost": part("lost", "lost_low", "lost_high"),
            }
        )
    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "samples": int(about["samples"]),
        "starts": str(about["starts_from"]),
        "aligned": {name: float(about[f"base_{kept}"]) for name, kept in
                    (("fraction", "share"), ("low", "low"), ("high", "high"))},
        "bits": {name: float(about[f"base_{kept}"]) for name, kept in
                 (("value", "bits"), ("low", "bits_low"), ("high", "bits_high"))},
        "objections": rows,
    }  # fmt: skip


def _list(as_json: bool, quiet: bool) -> None:
    from basin.scenario import objections

    known = objections().values()

    def words(console: Console) -> None:
        for one in known:
            console.print(one.name, style="bold")
            console.print(f"  {one.title}. {one.says}\n  Source: {one.source}\n  Sets: {', '.join(_sets(one))}\n")
        console.print("`basin run S --objection NAME` switches one on; `basin objections S` measures all of them.")

    kept = ("name", "title", "says", "source")
    listing = [{name: getattr(one, name) for name in kept} | {"sets": _sets(one)} for one in known]
    report({"objections": listing}, words, as_json, quiet)


def _sets(one: Any) -> list[str]:
    """What it changes, as `--set` would say it where that can."""
    added = [f"a motive {one.motive['name']} with {one.motive['part']:g} of what care leaves"] if one.motive else []
    return [f"{path}={value}" for path, value in [*one.changes.items(), *one.equal.items()]] + added


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(found), style="bold")
    aligned = summary["aligned"]
    console.print(f"{percent(aligned['fraction'])} of the starts end aligned (95% interval {between(aligned)})")
    console.print(
        f"{summary['samples']:,} starts, {summary['starts']}; seed {summary['seed']}. Under each objection, the same:\n"
    )
    shown = table("objection", ">aligned", ">change, points", "95% interval", ">bits", ">bits lost", "")
    for row in summary["objections"]:
        if not row["applies"]:
            shown.add_row(row["name"], "–", "–", "", "–", "–", f"does not apply: {row['note']}")
            continue
        change = row["difference"]
        ends = f"{100 * change['low']:+.1f} to {100 * change['high']:+.1f}" if change["high"] > change["low"] else ""
        bits, lost = (
            f"{value:.2f}" if abs(value) < 1e9 else "∞" for value in (row["bits"]["value"], row["bits_lost"]["value"])
        )
        shown.add_row(
            row["name"], percent(row["aligned"]["fraction"]), f"{100 * change['value']:+.1f}", ends, bits, lost,
            row["title"] + (f" ({row['note']})" if row["note"] else ""),
        )  # fmt: skip
    console.print(shown)
    console.print("\n`basin objections` says what each is, and who says so.")
    if out is not None:
        console.print(f"Written to {out}")
