"""What `basin population --ask` answers beside how agents end: each question's numbers, and how they are said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from basin.cli.output import percent, table

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

Told = tuple["xr.Dataset", dict[str, Any], Callable[["Console", dict[str, Any]], None]]


def asked(ask: str, chosen: Any, count: int | None, given: dict[str, Any], how: dict[str, Any]) -> Told:
    """The answer, what it says for JSON, and how it is said."""
    from basin import questions

    sizes = {"critical": "populations", "generations": "lineages"}
    if count is not None:
        given = {**given, sizes.get(ask, "count"): count}
    result = getattr(questions, ask)(chosen, **given, **how)
    summarise, say = ASKS[ask]
    about = {"scenario": str(result.attrs["scenario"]), "seed": int(result.attrs["seed"]), "ask": ask}
    return result, about | summarise(result), say


def _ends(result: xr.Dataset, name: str, at: int, low: str = "", high: str = "") -> dict[str, float]:
    low, high = low or f"{name}_low", high or f"{name}_high"
    return {"mean": float(result[name][at]), "low": float(result[low][at]), "high": float(result[high][at])}


def _number(part: dict[str, float], signed: bool = False) -> str:
    form = "+.3g" if signed else ".3g"
    ends = f" ({part['low']:{form}} to {part['high']:{form}})" if np.isfinite(part["low"]) else ""
    return f"{part['mean']:{form}}{ends}" if np.isfinite(part["mean"]) else "–"


# ---- critical ------------------------------------------------------------------------------------------------------


def _critical(result: xr.Dataset) -> dict[str, Any]:
    about, grid = result.attrs, result["start"].values.tolist()
    rows = []
    for at, value in enumerate(result["value"].values.tolist()):
        one = result.isel(value=at)
        critical = {"share": float(one["critical"]), "low": float(one["critical_low"]), "high": float(one["critical_high"])}
        shares = {name: one[kept].values.tolist() for name, kept in (("fraction", "share"), ("low", "low"), ("high", "high"))}
        rows.append({"value": value if about["path"] else None, "critical": critical, "aligned": shares})
    return {"path": str(about["path"]) or None, "populations": int(about["populations"]), "start": grid, "values": rows}


def _say_critical(console: Console, summary: dict[str, Any]) -> None:
    console.print(
        f"The share of agents that must start aligned for the whole to be likelier than not to end so; "
        f"{summary['populations']} populations at each share\n"
    )
    at = [k for k, _ in enumerate(summary["start"]) if k % max(1, (len(summary["start"]) - 1) // 4) == 0]
    starts = [f">from {percent(summary['start'][k])}" for k in at]
    shown = table(f">{summary['path'] or ''}", ">critical share", "95% interval", *starts)
    for row in summary["values"]:
        part = row["critical"]
        known = np.isfinite(part["share"])
        where = percent(part["share"]) if known else "none suffices"
        ends = f"{percent(part['low'])} to {percent(part['high'])}" if known else ""
        shares = [percent(row["aligned"]["fraction"][k]) for k in at]
        shown.add_row("" if row["value"] is None else f"{row['value']:.4g}", where, ends, *shares)
    console.print(shown)
    console.print("\nThe columns on the right: how often the whole ends aligned from that share.")


# ---- misled --------------------------------------------------------------------------------------------------------


def _misled(result: xr.Dataset) -> dict[str, Any]:
    about = result.attrs
    rows = [
        {
            "distance": int(distance),
            "agents": float(result["agents"][at]),
            "knows": _ends(result, "knows", at, "low", "high"),
            "aligned": _ends(result, "aligned", at),
        }
        for at, distance in enumerate(result["distance"].values)
    ]
    change = {"mean": float(about["change"]), "low": float(about["change_low"]), "high": float(about["change_high"])}
    sides = {"without": float(about["without"]), "with": float(about["with_them"])}
    return {
        "misled": int(about["number"]),
        "populations": int(about["populations"]),
        **sides,
        "change": change,
        "by_distance": rows,
    }


def _say_misled(console: Console, summary: dict[str, Any]) -> None:
    who = "one misled agent" if summary["misled"] == 1 else f"{summary['misled']} misled agents"
    console.print(
        f"Of the other agents {percent(summary['without'])} end aligned without, {percent(summary['with'])} with {who}: "
        f"{_number(summary['change'], True)}; {summary['populations']} populations\n"
    )
    shown = table(">links away", ">agents", ">change of what they know (cosine)", ">change of the share aligned")
    for row in summary["by_distance"]:
        shown.add_row(f"{row['distance']}", f"{row['agents']:.4g}", _number(row["knows"], True), _number(row["aligned"], True))
    console.print(shown)


# ---- policing ------------------------------------------------------------------------------------------------------


def _policing(result: xr.Dataset) -> dict[str, Any]:
    about = result.attrs
    rows = []
    for at, watch in enumerate(result["watch"].values.tolist()):
        seen = {
            str(outcome): {
                str(who): float(result["seen"][at, k, w]) for w, who in enumerate(result["auditor"].values.tolist())
            }
            for k, outcome in enumerate(result["outcome"].values.tolist())
            if np.isfinite(result["seen"].values[at, k]).all()
        }
        rows.append({"watch": watch, **{name: _ends(result, name, at) for name in ("aligned", "harm", "gain")}, "seen": seen})
    settings = {name: float(about[name]) for name in ("audit", "overseen", "peer_audit")}
    return {"populations": int(about["populations"]), **settings, "arrangements": rows}


def _say_policing(console: Console, summary: dict[str, Any]) -> None:
    console.print(
        f"Overseers look at {percent(summary['overseen'])} of the agents, at {percent(summary['audit'])} of their unasked "
        f"acts; each aligned neighbour at {percent(summary['peer_audit'])} more. {summary['populations']} populations\n"
    )
    shown = table("who looks", ">share aligned", ">more than with nobody", ">harm per agent")
    for row in summary["arrangements"]:
        shown.add_row(row["watch"], _number(row["aligned"]), _number(row["gain"], True), _number(row["harm"]))
    console.print(shown)
    shown = table("who looks", "agents that end", ">seen by overseers", ">seen by peers")
    for row in summary["arrangements"]:
        for outcome, seen in row["seen"].items():
            if row["watch"] != "nobody":
                shown.add_row(row["watch"], outcome.replace("_", " "), f"{seen['overseers']:.3g}", f"{seen['peers']:.3g}")
    console.print("\nUnasked acts seen, per agent")
    console.print(shown)


# ---- echo ----------------------------------------------------------------------------------------------------------


def _echo(result: xr.Dataset) -> dict[str, Any]:
    names = ("error", "unsure", "ratio", "aligned", "common")
    rows = [
        {"rate": float(rate), **{name: _ends(result, name, at) for name in names}}
        for at, rate in enumerate(result["rate"].values)
    ]
    about = result.attrs
    return {"populations": int(about["populations"]), "critical_trust": float(about["critical_trust"]), "rates": rows}


def _say_echo(console: Console, summary: dict[str, Any]) -> None:
    console.print(f"How wrong agents are, the more they hear one another; {summary['populations']} populations\n")
    shown = table(">hears", ">error", ">claims", ">error/claim", ">in common", ">share aligned")
    for row in summary["rates"]:
        cells = (_number(row[name]) for name in ("error", "unsure", "ratio", "common", "aligned"))
        shown.add_row(f"{row['rate']:g}", *cells)
    console.print(shown)
    console.print(
        "\nhears: statements of neighbours per episode; claims: the error that a belief allows for itself; error/claim: 1 is "
        "right, more is too sure; in common: part of the squared error that all agents of a population share"
    )
    if np.isfinite(summary["critical_trust"]):
        console.print(
            f"Were beliefs pooled whole, with their certainty, this graph would lock in errors from a trust of "
            f"{summary['critical_trust']:.3g} per link on: 1 over the spectral radius of its links."
        )


# ---- generations ---------------------------------------------------------------------------------------------------


def _generations(result: xr.Dataset) -> dict[str, Any]:
    about = result.attrs
    kept = ("share", "low", "high", "expected")
    rests = [
        {"share": float(share), "attracts": bool(attracts)}
        for share, attracts in zip(result["rest"].values, result["attracts"].values, strict=True)
    ]
    settings = {name: float(about[name]) for name in ("dose", "first", "p_aligned", "p_misaligned")}
    return {**settings, "generation": result["generation"].values.tolist(), "rests": rests} | {
        name: result[name].values.tolist() for name in kept
    }


def _say_generations(console: Console, summary: dict[str, Any]) -> None:
    console.print(
        f"Starts around the aligned persona end aligned in {percent(summary['p_aligned'])}, around the misaligned one in "
        f"{percent(summary['p_misaligned'])}; agents write {summary['dose']:g} per unit of human text\n"
    )
    shown = table(">generation", ">share aligned", "95% of the lineages", ">expected")
    for at in range(0, len(summary["generation"]), max(1, (len(summary["generation"]) - 1) // 10)):
        low, high = summary["low"][at], summary["high"][at]
        shown.add_row(
            f"{summary['generation'][at]}", percent(summary["share"][at]), f"{percent(low)} to {percent(high)}",
            percent(summary["expected"][at]),
        )  # fmt: skip
    console.print(shown)
    said = [f"{percent(rest['share'])} ({'attracts' if rest['attracts'] else 'repels'})" for rest in summary["rests"]]
    console.print(f"\nShares that follow themselves: {', '.join(said) or 'none'}")


ASKS = {
    "critical": (_critical, _say_critical),
    "misled": (_misled, _say_misled),
    "policing": (_policing, _say_policing),
    "echo": (_echo, _say_echo),
    "generations": (_generations, _say_generations),
}
