"""`basin continue` and `basin tipping`: how basins change along a path, and who ends elsewhere after a change."""

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
    SubjectName,
    Threads,
    Version,
    asked,
    axis,
    whole,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome, Over, Samples, starting

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Along = Annotated[str | None, typer.Option("--along", metavar="PATH=LO:HI[:log]", help="What changes.")]
Values = Annotated[int, typer.Option("--n", metavar="N", parser=whole, help="Values along it.")]
Rare = Annotated[float, typer.Option("--rare", metavar="SHARE", help="The share from which on an outcome counts as there.")]
Halvings = Annotated[
    int, typer.Option("--halvings", metavar="N", parser=whole, help="Of the step in which something tips, to place it.")
]
Discover = Annotated[
    bool, typer.Option("--discover", help="Follow attractors that are found at each value, not the named outcomes.")
]
To = Annotated[list[str] | None, typer.Option("--to", metavar="PATH=VALUE", help="What is changed, and to what; repeatable.")]


def continuation(
    subject: SubjectName, along: Along = None, axes: Axes = None, over: Over = None, n: Values = 21, samples: Samples = None,
    outcome: Outcome = None, rare: Rare = 0.01, halvings: Halvings = 12, discover: Discover = False, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Follow the basins along a path: which share of the starts ends in each way, and where that tips."""
    from basin import questions

    path = axis("--along", along)
    if path is None:
        raise OptionError("give a path to follow: --along PATH=LO:HI")
    found = asked(subject, sets, expected, threads, objections)
    which, free = starting(over, axes)
    check_out(out)
    more = {} if samples is None else {"samples": samples}
    with progress(quiet, "values") as bar:
        result = questions.continuation(
            found, path, free, over=which, n=n, outcome=outcome, rare=rare, halvings=halvings, discover=discover, seed=seed,
            expected=expected, threads=threads, progress=bar, cancel=stopping.cancel, **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a continuation's Dataset says, for JSON."""
    about = result.attrs
    words = [str(word) for word in result["outcome"].values]
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "path": str(about["path"]),
        "values": result["value"].values.tolist(),
        "samples": int(about["starts"]),
        "starts": str(about["starts_from"]),
        "fractions": {
            word: {
                name: result[kept].sel(outcome=word).values.tolist()
                for name, kept in (("fraction", "share"), ("low", "low"), ("high", "high"))
            }
            for word in words
        },
        "tips": [
            {
                "outcome": str(result["tip_outcome"].values[at]),
                "event": str(result["event"].values[at]),
                "kind": str(result["kind"].values[at]),
                "level": float(result["level"].values[at]),
                **{name: float(result[f"tip_{name}"].values[at]) for name in ("value", "low", "high")},
            }
            for at in range(result.sizes["tip"])
        ],
    }


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(found), style="bold")
    console.print(f"{summary['samples']:,} starts, {summary['starts']}, the same at every value; seed {summary['seed']}\n")
    words = [word for word, part in summary["fractions"].items() if max(part["fraction"]) > 0]
    shown = table(
        f">{summary['path']}", *(f">{word.replace('_', ' ')}" for word in words), f"95% interval of {summary['target']}"
    )
    target = summary["fractions"][summary["target"]]
    for at, value in enumerate(summary["values"]):
        shares = [percent(summary["fractions"][word]["fraction"][at]) for word in words]
        shown.add_row(f"{value:.4g}", *shares, between({"low": target["low"][at], "high": target["high"][at]}))
    console.print(shown)
    console.print()
    for tip in summary["tips"]:
        word = tip["outcome"].replace("_", " ")
        what = f"P({word}) {tip['event']} through one half" if tip["level"] == 0.5 else f"{word} {tip['event']}"
        console.print(
            f"At {tip['value']:.5g} ({tip['low']:.5g} to {tip['high']:.5g}) {what}{', by a jump' * (tip['kind'] == 'jump')}."
        )
    if not summary["tips"]:
        console.print("Nothing tips.")
    if out is not None:
        console.print(f"\nWritten to {out}")


def tipping(
    subject: SubjectName, to: To = None, axes: Axes = None, over: Over = None, samples: Samples = None,
    outcome: Outcome = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Ask of every start how it would end if some things were changed: tipping probabilities."""
    from basin import questions
    from basin.scenario import parse_override

    found = asked(subject, sets, expected, threads, objections)
    changes = dict(parse_override(text) for text in to or ())
    if not changes:
        raise OptionError("give what is changed: --to PATH=VALUE")
    which, free = starting(over, axes)
    check_out(out)
    more = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = questions.tipping(
            found, changes, free, over=which, outcome=outcome, seed=seed, expected=expected, threads=threads, progress=bar,
            cancel=stopping.cancel, **more,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = tipping_summarised(result)
    report(summary, lambda console: _say_tipping(console, found, summary, out), as_json, quiet)


def tipping_summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a tipping Dataset says, for JSON; outcomes in which nothing ended before have null fractions."""
    about = result.attrs
    names = (("count", "count"), ("fraction", "probability"), ("low", "low"), ("high", "high"))
    return {
        **named(about),
        "seed": int(about["seed"]),
        "target": str(about["target"]),
        "to": [str(change) for change in ([about["to"]] if isinstance(about["to"], str) else about["to"])],
        "samples": int(about["starts"]),
        "starts": str(about["starts_from"]),
        "change": {"value": float(about["change"]), "low": float(about["change_low"]), "high": float(about["change_high"])},
        "tipping": {
            str(one): {
                str(other): {name: result[kept].sel(before=one, after=other).item() for name, kept in names}
                for other in result["after"].values
            }
            for one in result["before"].values
        },
    }


def _say_tipping(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    change, target = summary["change"], summary["target"].replace("_", " ")
    console.print(title(found), style="bold")
    console.print(f"With {', '.join(summary['to'])}: {100 * change['value']:+.1f} percentage points {target} "
                  f"(95% interval {100 * change['low']:+.1f} to {100 * change['high']:+.1f})")  # fmt: skip
    console.print(f"{summary['samples']:,} starts, {summary['starts']}; seed {summary['seed']}\n")
    shown = table("ends now", "ends then", ">starts", ">share of those", "95% interval")
    for one, row in summary["tipping"].items():
        for other, part in row.items():
            if part["count"]:
                ends = [word.replace("_", " ") for word in (one, other)]
                shown.add_row(*ends, f"{part['count']:,}", percent(part["fraction"]), between(part))
    console.print(shown)
    if out is not None:
        console.print(f"\nWritten to {out}")
