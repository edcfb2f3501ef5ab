"""`basin requirements`: the argument, what it takes to know it, and what that is worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
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
    Threads,
    Version,
    axis,
    complete_scenario,
    objected,
    overrides,
)
from basin.cli.output import between, percent, progress, report, table
from basin.cli.run import check_out, keep
from basin.cli.starting import Samples

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console


def _complete(begun: str) -> list[str]:
    from basin.requirements import names

    return complete_scenario(begun) + [name for name in names() if name.startswith(begun)]


About = Annotated[
    str,
    typer.Argument(
        metavar="[SCENARIO|GRAPH]", help="A scenario's name or file; or an argument's, such as full.", autocompletion=_complete
    ),
]


def requirements(
    about: About = "near-aligned-llm", axes: Axes = None, samples: Samples = None, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Show the argument for value learning: its steps and facts, α(c), and the size of the basin against information."""
    from basin.questions import requirements as ask
    from basin.questions.argument import argument_of

    found = objected(argument_of(about, expected=expected, threads=threads), objections).with_(overrides(sets))
    along = [axis("--axis", text) for text in axes or ()]
    check_out(out)
    more: dict[str, Any] = {} if samples is None else {"samples": samples}
    with progress(quiet) as bar:
        result = ask(found, along or None, seed=seed, progress=bar, cancel=stopping.cancel, **more)
    if out is not None:
        keep(result, out)
    summary = summarised(result)

    def words(console: Console) -> None:
        _say_argument(console, summary)
        _say_size(console, summary)
        if out is not None:
            console.print(f"\nWritten to {out}")

    report(summary, words, as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What the Dataset says, for JSON."""
    about = result.attrs
    uses: dict[str, list[str]] = {str(name): [] for name in result["step"].values}
    for source, target in zip(result["edge_from"].values, result["edge_to"].values, strict=True):
        uses[str(target)].append(str(source))
    steps, facts = ([str(name) for name in result[kind].values] for kind in ("step", "fact"))
    says = dict(zip(steps + facts, [*map(str, result["says"].values), *map(str, result["fact_says"].values)], strict=True))
    motives = dict(zip(steps, result["motive"].values.astype(bool).tolist(), strict=True))
    effects = zip(facts, *(result[name].values.tolist() for name in ("effect", "effect_low", "effect_high")), strict=True)
    columns = ("information", "all_known", "share", "low", "high")
    return {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "graph": str(about["graph"]),
        "title": str(about["graph_title"]),
        "source": str(about["graph_source"]),
        "conclusion": str(about["conclusion"]),
        "bits": float(about["total"]),
        "inferences": int(about["inferences"]),
        "fragility": float(about["fragility"]),
        "steps": [
            {
                "name": name,
                "says": says[name],
                "follows": [source for source in uses[name] if source in steps],
                "needs": [source for source in uses[name] if source in facts],
                "motive": motives[name],
            }
            for name in steps
        ],
        "facts": [
            {"name": name, "says": says[name], "bits": bits, "known": known}
            for name, bits, known in zip(facts, result["bits"].values.tolist(), result["known"].values.tolist(), strict=True)
        ],
        "alpha": [
            {"capability": c, "alpha": full, "with_information": asked}
            for c, full, asked in zip(*(result[name].values.tolist() for name in ("capability", "alpha", "alpha_asked")),
                                      strict=True)
        ],
        "information": float(about["asked"]),
        "information_assumed": bool(about["assumed"]),
        "missing": [
            {"fact": name, "difference": mean, "low": low, "high": high} for name, mean, low, high in effects if mean == mean
        ],
        "most_valuable": str(about["most_valuable"]) or None,
        "argument": {"difference": about["worth"], "low": about["worth_low"], "high": about["worth_high"]},
        "size": [
            {"information": bits, "all_known": known, "fraction": share, "low": low, "high": high,
             "bits": -math.log2(share) if share else None}
            for bits, known, share, low, high in zip(*(result[name].values.tolist() for name in columns), strict=True)
        ],
        "samples": int(about["samples"]),
        "starts": str(about["starts_from"]),
    }  # fmt: skip


def _say_argument(console: Console, summary: dict[str, Any]) -> None:
    console.print(f"{summary['title']} ({summary['graph']})", style="bold")
    console.print(
        f"{summary['inferences']} steps to infer, {len(summary['facts'])} facts, {summary['bits']:g} bits. The bits are "
        f"placeholders: edit them."
    )
    console.print(f"Source: {summary['source']}\n" if summary["source"] else "")
    facts = {fact["name"]: fact for fact in summary["facts"]}
    for step in summary["steps"]:
        motive = "  [a motive, not a fact: no information replaces it]" if step["motive"] else ""
        console.print(f"{'♥' if step['motive'] else '→'} {step['says']}{motive}")
        for name in step["needs"]:
            console.print(f"    needs {facts[name]['bits']:g} bits: {facts[name]['says']}", style="dim")
    shown = table(">capability", ">α(c), all facts known", f">mean α(c), {summary['information']:g} bits")
    for row in summary["alpha"][::2]:
        shown.add_row(f"{row['capability']:g}", f"{row['alpha']:.3f}", f"{row['with_information']:.3f}")
    console.print()
    console.print(shown)


def _say_size(console: Console, summary: dict[str, Any]) -> None:
    console.print(f"\nSize of the basin: {summary['samples']:,} starts, {summary['starts']}; seed {summary['seed']}\n")
    shown = table(">information", ">all facts known", ">ends aligned", "95% interval", ">bits")
    last = None
    for at, row in enumerate(summary["size"]):
        repeated = row["all_known"] == last and at + 1 < len(summary["size"])
        last = row["all_known"]
        if not repeated:
            size = f"{row['bits']:.2f}" if row["bits"] is not None else "∞"
            shown.add_row(f"{row['information']:g}", percent(row["all_known"]), percent(row["fraction"]), between(row), size)
    console.print(shown)
    worth = summary["argument"]
    console.print(
        f"\nThe whole argument changes the share that ends aligned by {points(worth)}, same starts and random numbers."
    )
    if summary["information_assumed"]:
        console.print(f"This scenario knows all facts. With {summary['information']:g} bits, one large fact short:")
    else:
        console.print(f"With the {summary['information']:g} bits of this scenario:")
    if not summary["missing"]:
        console.print("no fact is missing.")
        return
    shown = table("missing fact", ">given for free", "95% interval, points")
    for row in sorted(summary["missing"], key=lambda row: -row["difference"]):
        ends = (
            f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}" if row["high"] > row["low"] else "exactly: more is missing"
        )
        shown.add_row(row["fact"], f"{100 * row['difference']:+.1f}", ends)
    console.print(shown)
    best = summary["most_valuable"]
    console.print(f"Most valuable: {best}." if best else "No single fact helps: the argument needs more than one of them.")


def points(part: dict[str, float]) -> str:
    """A difference of shares in percentage points."""
    low, mean, high = (100 * np.asarray(part[name]) for name in ("low", "difference", "high"))
    return f"{mean:+.1f} points (95% interval {low:+.1f} to {high:+.1f})"
