"""`basin population`: many agents on a graph, how they end, and what is asked about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from basin.cli import crowds, stopping
from basin.cli.options import (
    Json,
    Objections,
    OptionError,
    Out,
    Quiet,
    ScenarioName,
    Seed,
    Sets,
    Threads,
    Version,
    axis,
    configured,
    positive,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Count = Annotated[
    int | None, typer.Option("--populations", metavar="N", parser=positive, help="How many; 20 unless given (critical: 40).")
]
Agents = Annotated[
    int | None, typer.Option("--agents", metavar="N", parser=positive, help="Agents in each, as --set population.agents=N.")
]
Ask = Annotated[str, typer.Option("--ask", metavar="WHAT", help=f"ends, or {', '.join(crowds.ASKS)}.")]
Along = Annotated[
    str | None, typer.Option("--along", metavar="PATH=LO:HI[:log]", help="critical: the share that it takes, along this.")
]
Values = Annotated[int | None, typer.Option("--n", metavar="N", parser=positive, help="critical: values of --along.")]
Shares = Annotated[
    int | None, typer.Option("--shares", metavar="N", parser=positive, help="critical: starting shares measured first.")
]
Halvings = Annotated[
    int | None, typer.Option("--halvings", metavar="N", parser=positive, help="critical: of the step in which it lies.")
]
Number = Annotated[
    int | None, typer.Option("--number", metavar="N", parser=positive, help="misled: how many; 1 unless given.")
]
Rates = Annotated[str | None, typer.Option("--rates", metavar="R,R,...", help="echo: how often an agent hears another.")]
Dose = Annotated[
    float | None, typer.Option("--dose", metavar="SHARE", help="generations: what agents write, per unit of human text.")
]
First = Annotated[float | None, typer.Option("--first", metavar="SHARE", help="generations: aligned before the first.")]
BELONG = {
    "along": "critical",
    "n": "critical",
    "shares": "critical",
    "halvings": "critical",
    "number": "misled",
    "rates": "echo",
    "dose": "generations",
    "first": "generations",
}


def population(
    scenario: ScenarioName, ask: Ask = "ends", count: Count = None, agents: Agents = None, along: Along = None,
    n: Values = None, shares: Shares = None, halvings: Halvings = None, number: Number = None, rates: Rates = None,
    dose: Dose = None, first: First = None, sets: Sets = None, objections: Objections = None, seed: Seed = 0,
    threads: Threads = None, out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Simulate populations of agents that hear, copy and police one another; ask what it takes for all to end aligned."""
    chosen = configured(scenario, None, objections)
    if agents is not None:
        chosen = chosen.with_({"population.agents": agents})
    from basin.cli.options import overrides

    chosen = chosen.with_(overrides(sets))
    if ask != "ends" and ask not in crowds.ASKS:
        raise OptionError(f"--ask {ask!r}: must be one of ends, {', '.join(crowds.ASKS)}")
    more: dict[str, Any] = {
        "along": axis("--along", along), "n": n, "shares": shares, "halvings": halvings, "number": number,
        "rates": _rates(rates), "dose": dose, "first": first,
    }  # fmt: skip
    given = {name: value for name, value in more.items() if value is not None}
    for name in given:
        if BELONG[name] != ask:
            raise OptionError(f"--{name}: goes with --ask {BELONG[name]}")
    if "n" in given and "along" not in given:
        raise OptionError("--n: goes with --along")
    check_out(out)
    how = {"seed": seed, "threads": threads, "cancel": stopping.cancel}
    with progress(quiet, "agent-episodes", "population") as bar:
        result, summary, say = asked(ask, chosen, count, given, how | {"progress": bar})
    if out is not None:
        keep(result, out)

    def words(console: Console) -> None:
        console.print(title(chosen), style="bold")
        say(console, summary)
        if out is not None:
            console.print(f"\nWritten to {out}")

    report(summary, words, as_json, quiet)


Told = tuple["xr.Dataset", dict[str, Any], Callable[["Console", dict[str, Any]], None]]


def asked(ask: str, chosen: Any, count: int | None, given: dict[str, Any], how: dict[str, Any]) -> Told:
    """The answer, what it says for JSON, and how it is said."""
    if ask != "ends":
        return crowds.asked(ask, chosen, count, given, how)
    from basin import questions

    if count is not None:
        how = {**how, "count": count}
    result = questions.population(chosen, **how)
    return result, summarised(result), _say


def _rates(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise OptionError(f"--rates {text!r}: write numbers, as in 0,0.1,0.4") from None


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a population Dataset says, for JSON."""
    from basin.analysis import average, fraction
    from basin.labels import OUTCOMES
    from basin.questions.population import share_ending

    about, label, role = result.attrs, result["label"].values, result["role"].values
    whole, together = result["whole"].values, bool(about["coupled"])
    agents = ~np.isnan(result["knows"].values)
    summary: dict[str, Any] = {
        "scenario": str(about["scenario"]),
        "seed": int(about["seed"]),
        "populations": int(result.sizes["population"]),
        "agents": int(about["agents"]),
        "people": int(about["people"]),
        "graph": {"kind": str(about["graph"]), "mean_degree": float(about["mean_degree"]), "links": int(about["links"])},
        "outcomes": {name: share_ending(label, role, code, together) for name, code in OUTCOMES.items()},
        "whole": {name: fraction(whole == code) for name, code in OUTCOMES.items()} | {"quorum": float(about["quorum"])},
    }
    for name in ("knows", "harm", "welfare", "asked", "approval"):
        means = np.array([row[some].mean() for row, some in zip(result[name].values, agents, strict=True)])
        summary[name] = average(means)
    for name in ("seen_by_overseers", "seen_by_peers", "replaced"):
        summary[name] = {"mean": float(result[name].values[agents].mean())}
    share = result["count"].values / about["agents"]
    at = np.unique(np.rint(np.linspace(0, result.sizes["episode"] - 1, min(101, result.sizes["episode"]))).astype(int))
    summary["episode"] = result["episode"].values[at].tolist()
    summary["share"] = {
        str(name): share[:, at, k].mean(axis=0).tolist() for k, name in enumerate(result["outcome"].values.tolist())
    }
    return summary


def _say(console: Console, summary: dict[str, Any]) -> None:
    people = f" and {summary['people']:,} people" if summary["people"] else ""
    graph = summary["graph"]
    plural = "s" if summary["populations"] > 1 else ""
    console.print(
        f"{summary['populations']:,} population{plural} of {summary['agents']:,} agents{people}; graph {graph['kind']}, "
        f"{graph['mean_degree']:.3g} neighbours on average; seed {summary['seed']}\n"
    )
    shown = table("Agents end", ">agents", ">share", "95% interval", ">whole populations", "95% interval")
    for name, part in summary["outcomes"].items():
        whole = summary["whole"][name]
        shown.add_row(
            name.replace("_", " "), f"{part['count']:,}", percent(part["fraction"]), between(part), f"{whole['count']:,}",
            between(whole),
        )  # fmt: skip
    console.print(shown)
    console.print(f"\nA population ends as a whole in some way if {percent(summary['whole']['quorum'])} of its agents do.\n")
    episodes, share = summary["episode"], summary["share"]
    kinds = [name for name, values in share.items() if max(values) > 0]
    shown = table(">episode", *(f">{name.replace('_', ' ')}" for name in kinds))
    for at in range(0, len(episodes), max(1, (len(episodes) - 1) // 10)):
        shown.add_row(f"{episodes[at]:,}", *(percent(share[name][at]) for name in kinds))
    console.print(shown)
    means = ", ".join(f"{name} {summary[name]['mean']:.3g}" for name in ("harm", "approval"))
    seen = ", ".join(f"{summary[f'seen_by_{who}']['mean']:.3g} by {who}" for who in ("overseers", "peers"))
    console.print(f"\nPer agent: {means}; unasked acts seen {seen}; replaced {summary['replaced']['mean']:.3g} times")
