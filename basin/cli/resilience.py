"""`basin resilience`: every measure of a basin in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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
    SubjectName,
    Threads,
    Version,
    asked,
    axis,
)
from basin.cli.output import progress, report, table, title
from basin.cli.run import check_out, keep
from basin.cli.stability import named
from basin.cli.starting import Outcome, Samples

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console


def resilience(
    subject: SubjectName, axes: Axes = None, samples: Samples = None, outcome: Outcome = None, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Measure everything about a basin once: size, edge, shocks, assumptions, times, attractors. About half a minute."""
    from basin import questions

    found = asked(subject, sets, expected, threads, objections)
    along = [spec for text in axes or () if (spec := axis("--axis", text)) is not None]
    check_out(out)
    with progress(quiet, "measures") as bar:
        result = questions.resilience(
            found, along or None, **({"samples": samples} if samples else {}), outcome=outcome, seed=seed, expected=expected,
            threads=threads, progress=bar, cancel=stopping.cancel,
        )  # fmt: skip
    if out is not None:
        keep(result, out)
    summary = summarised(result)
    report(summary, lambda console: _say(console, found, summary, out), as_json, quiet)


def summarised(result: xr.Dataset) -> dict[str, Any]:
    """What a resilience Dataset says, for JSON."""
    rows = []
    for at in range(result.sizes["measure"]):
        one = result.isel(measure=at)
        numbers = {name: float(one[name]) for name in ("value", "low", "high")}
        rows.append({"name": str(one["measure"].values)} | numbers
                    | {name: str(one[name].values) for name in ("units", "meaning", "verb", "note")})  # fmt: skip
    about = result.attrs
    return {**named(about), "seed": int(about["seed"]), "target": str(about["target"]), "measures": rows}


def _say(console: Console, found: Any, summary: dict[str, Any], out: str | None) -> None:
    console.print(title(found), style="bold")
    console.print(f"How resilient is the basin of {summary['target'].replace('_', ' ')}? Seed {summary['seed']}\n")
    shown = table("Measure", ">value", "95% interval", "unit", "", "more by")
    for row in summary["measures"]:
        value = f"{row['value']:.4g}" if np.isfinite(row["value"]) else "–"
        ends = f"{row['low']:.4g} to {row['high']:.4g}" if np.isfinite(row["low"]) else ""
        said = row["meaning"] + (f" ({row['note']})" if row["note"] else "")
        shown.add_row(row["name"], value, ends, row["units"], said, f"basin {row['verb']}")
    console.print(shown)
    if out is not None:
        console.print(f"\nWritten to {out}")
