"""`basin claims`: what the essays and their critics claim, judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.options import Json, Out, Quiet, Seed, Threads, Version
from basin.cli.output import progress, report, table
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    from rich.console import Console


def _complete(begun: str) -> list[str]:
    from basin.claims import CLAIMS

    return [name for name in CLAIMS if name.startswith(begun)]


Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all, unless given.", autocompletion=_complete)
]
Quick = Annotated[bool, typer.Option("--quick", help="Fewer runs and wider intervals: at most half a minute.")]
Listing = Annotated[bool, typer.Option("--list", help="State the claims and what would refute each; run nothing.")]


def claims(
    names: Names = None, quick: Quick = False, listing: Listing = False, seed: Seed = 0, threads: Threads = None,
    out: Out = None, as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Judge the claims, each also under another rule of reflection, other dimensions, and free resistance."""
    from basin.claims import CLAIMS, collected, judge

    if listing:
        kept = ("name", "statement", "source", "refuted_by", "figure", "seen")
        listed = [{name: getattr(claim, name) for name in kept} for claim in CLAIMS.values()]
        report({"claims": listed}, lambda console: _list(console, listed), as_json, quiet)
        return
    check_out(out)
    with progress(quiet, "claims") as bar:
        findings = judge(names or None, quick=quick, seed=seed, threads=threads, progress=bar, cancel=stopping.cancel)
    if out is not None:
        keep(collected(findings, quick=quick, seed=seed), out)
    summary = {"seed": seed, "quick": quick, "claims": [summarised(finding) for finding in findings]}
    report(summary, lambda console: _say(console, summary, out), as_json, quiet)


def summarised(finding: Any) -> dict[str, Any]:
    """One claim as JSON has it; `evidence` holds every part under every setting."""
    claim = finding.claim
    evidence = [
        {
            "setting": setting,
            "what": part.words,
            "value": part.value.mean,
            "low": part.value.low,
            "high": part.value.high,
            "units": part.units,
            "wants": part.wants,
            "bound": part.bound,
            "decision": part.decision,
        }
        for setting, parts in finding.parts.items()
        for part in parts
    ]
    return {
        "name": claim.name,
        "statement": claim.statement,
        "source": claim.source,
        "refuted_by": claim.refuted_by,
        "verdict": finding.verdict,
        "depends_on": list(finding.depends_on),
        "decisions": finding.decisions,
        "seen": claim.seen,
        "figure": list(claim.figure),
        "evidence": evidence,
    }


def _say(console: Console, summary: dict[str, Any], out: str | None) -> None:
    for claim in summary["claims"]:
        told = claim["verdict"] + (f" on {'; '.join(claim['depends_on'])}" if claim["verdict"] == "depends" else "")
        console.print(claim["statement"], style="bold")
        console.print(f"  {told}   ({claim['name']}; source: {claim['source']})")
        shown = table("", "as it is", ">measured", "95% interval", "needs", "", "elsewhere")
        parts = [part for part in claim["evidence"] if part["setting"] == claim["evidence"][0]["setting"]]
        for part in parts:
            ends = f"{part['low']:.3f} to {part['high']:.3f}" if part["high"] > part["low"] else "exact"
            others = [
                f"{other['setting']}: {other['value']:.3f} ({other['low']:.3f} to {other['high']:.3f}), {other['decision']}"
                for other in claim["evidence"]
                if other["what"] == part["what"] and other is not part and other["decision"] != part["decision"]
            ]
            needs = f"{part['wants']} {part['bound']:g}"
            shown.add_row(
                " ", part["what"], f"{part['value']:.3f}", ends, needs, part["decision"], "; ".join(others)
            )  # fmt: skip
        console.print(shown)
        if claim["seen"]:
            console.print(f"  Seen afterwards: {claim['seen']}")
        console.print()
    count = {word: sum(claim["verdict"] == word for claim in summary["claims"]) for word in ("holds", "fails", "depends")}
    console.print(", ".join(f"{number} {word}" for word, number in count.items()) + f"; seed {summary['seed']}.")
    console.print("`basin claims --list` says what would refute each, and what draws it.")
    if out is not None:
        console.print(f"Written to {out}")


def _list(console: Console, listed: list[dict[str, Any]]) -> None:
    for claim in listed:
        console.print(claim["name"], style="bold")
        console.print(f"  {claim['statement']}\n  Source: {claim['source']}\n  Refuted if: {claim['refuted_by']}")
        for command in claim["figure"]:
            console.print(f"  Drawn by: {command}")
        console.print()
