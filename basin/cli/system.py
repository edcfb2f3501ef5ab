"""`basin system`: textbook and rival systems with known answers, and how their starts end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli.options import Json, OptionError, Out, Quiet, Seed, Version, positive
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console


def complete_system(begun: str) -> list[str]:
    from basin.systems import NAMES

    return [name for name in NAMES if name.startswith(begun)]


SystemName = Annotated[
    str | None,
    typer.Argument(metavar="[SYSTEM]", help="Its name; all are listed, unless given.", autocompletion=complete_system),
]
Samples = Annotated[
    int | None, typer.Option("--samples", metavar="N", parser=positive, help="How many starts; 10000 unless given.")
]
Parameters = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter of the system; repeatable.")
]


def system(
    name: SystemName = None, samples: Samples = None, sets: Parameters = None, seed: Seed = 0, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Say how the starts of a textbook system end; without a name, which systems there are."""
    if name is None:
        for option, value in (("--samples", samples), ("--set", sets), ("--out", out)):
            if value:
                raise OptionError(f"{option}: name a system")
        _list(as_json, quiet)
        return
    from basin import questions
    from basin.questions.system import SAMPLES

    check_out(out)
    with progress(quiet, "starts") as bar:
        found = questions.system(name, samples or SAMPLES, settings(sets), seed, progress=bar)
    if out is not None:
        keep(found, out)
    summary = summarised(found)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def settings(sets: list[str] | None) -> dict[str, float]:
    """The numbers of `--set NAME=VALUE`."""
    return dict(_setting(text) for text in sets or ())


def _setting(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise OptionError(f"--set {text!r}: write NAME=VALUE, as in noise=0.25")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise OptionError(f"--set {text!r}: {value.strip()!r} is not a number") from None


def summarised(found: xr.Dataset) -> dict[str, Any]:
    """Shares of the outcomes, and what the system itself has to add."""
    from basin.analysis import average

    parts = {
        str(name): {key: found[key].sel(outcome=name).item() for key in ("count", "fraction", "low", "high")}
        for name in found["outcome"].values
    }
    unresolved = parts.pop("unresolved")
    return {
        "system": found.attrs["system"],
        "seed": int(found.attrs["seed"]),
        "samples": found.sizes["run"],
        "parameters": json.loads(found.attrs["parameters"]),
        "fractions": parts,
        "unresolved": unresolved,
        "time": average(found["time"].values[found["label"].values >= 0]) | {"units": found["time"].attrs["units"]},
        **json.loads(found.attrs["extras"]),
    }


def _say(console: Console, found: xr.Dataset, summary: dict[str, Any], out: str | None) -> None:
    from basin.systems import load

    console.print(title(load(summary["system"])), style="bold")
    given = ", ".join(f"{name} = {value:g}" for name, value in summary["parameters"].items())
    console.print(f"{summary['samples']:,} starts{', ' + given if given else ''}, seed {summary['seed']}\n")
    shown = table("How starts end", ">starts", ">share", "95% interval")
    for name, part in {**summary["fractions"], "unresolved": summary["unresolved"]}.items():
        shown.add_row(name.replace("_", " "), f"{part['count']:,}", percent(part["fraction"]), between(part))
    console.print(shown)
    time = summary["time"]
    if summary["unresolved"]["count"] < summary["samples"]:
        console.print(f"\nMean time to the outcome: {time['mean']:.4g} {time['units']}{_interval(time)}")
    for name, value in json.loads(found.attrs["extras"]).items():
        console.print(f"{name.replace('_', ' ').capitalize()}: {_words(value)}")
    if out is not None:
        console.print(f"\nWritten to {out}")


def _words(value: Any) -> str:
    if isinstance(value, dict) and "mean" in value:
        return f"{value['mean']:.4g}{_interval(value)}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _interval(part: dict[str, Any]) -> str:
    ends = part["low"], part["high"]
    return "" if None in ends or ends[0] != ends[0] else f" (95% interval {ends[0]:.4g} to {ends[1]:.4g})"


def _list(as_json: bool, quiet: bool) -> None:
    from basin.systems import NAMES, load

    found = [load(name) for name in NAMES]
    listed = [
        {
            "name": entry.name,
            "title": entry.title,
            "summary": entry.summary,
            "source": entry.source,
            "outcomes": list(entry.outcomes(entry.values())),
            "stochastic": entry.stochastic,
            "parameters": [vars(parameter) for parameter in entry.parameters],
            "coordinates": [vars(coordinate) for coordinate in entry.coordinates(entry.values())],
        }
        for entry in found
    ]

    def words(console: Console) -> None:
        for entry in found:
            console.print(title(entry), style="bold")
            console.print(f"  {entry.summary}. Source: {entry.source}")
            for parameter in entry.parameters:
                between = f"{parameter.lo:g} to {parameter.hi:g}"
                console.print(f"    {parameter.name} = {parameter.default:g} ({between}): {parameter.description}")

    report({"systems": listed}, words, as_json, quiet)
