"""`basin map`: from which starting points a scenario ends fully aligned."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from basin.cli import stopping
from basin.cli.options import (
    AxisX,
    AxisY,
    CellRuns,
    Expected,
    Grid,
    Json,
    Objections,
    Out,
    Quiet,
    ScenarioName,
    Seed,
    Sets,
    Threads,
    Version,
    axis,
    configured,
)
from basin.cli.output import between, percent, progress, report, table, title
from basin.cli.run import check_out, keep

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

SHADES = " ░▒▓█"  # P(aligned) from 0 to 1
PLAIN_SHADES = " .:+#"  # the same where the terminal knows only ASCII
WIDEST, TALLEST = 64, 24  # characters of the picture in a terminal


def map(
    scenario: ScenarioName, x: AxisX = None, y: AxisY = None, n: Grid = 64, runs: CellRuns = None, sets: Sets = None,
    objections: Objections = None, seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Out = None,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Map the basin: run a scenario from every point of a grid of starting points.

    Without --x and --y: the overlap of the agent's own motive with human values, and its care; with a table of recorded
    choices, what it knows and how unsure it is.
    """
    chosen = configured(scenario, sets, objections)
    across, upwards = axis("--x", x), axis("--y", y)
    check_out(out)
    begun = time.perf_counter()
    field = mapped(chosen, across, upwards, n, runs, seed, expected, threads, quiet)
    summary = summarised(field) | {"seconds": time.perf_counter() - begun}
    if out is not None:
        keep(field, out)

    def words(console: Console) -> None:
        say(console, chosen, field, summary)
        if out is not None:
            console.print(f"\nWritten to {out}")

    report(summary, words, as_json, quiet)


def mapped(
    chosen: Any, x: Any, y: Any, n: int, runs: int | None, seed: int, expected: bool, threads: int | None, quiet: bool
) -> xr.Dataset:
    """The map, with a progress bar."""
    from basin import api

    with progress(quiet) as bar:
        return api.map(chosen, x, y, n, runs, seed, expected=expected, threads=threads, progress=bar, cancel=stopping.cancel)


def summarised(field: xr.Dataset) -> dict[str, Any]:
    """What a map says, all cells taken together."""
    from basin.analysis import proportion

    about, total = field.attrs, int(field["count"].sum())
    counts = field["count"].sum(("y", "x"))
    outcomes = {str(name): proportion(int(counts.sel(outcome=name)), total) for name in field["outcome"].values}
    share = outcomes["aligned"]["fraction"]
    return {
        "scenario": about["scenario"],
        "seed": int(about["seed"]),
        "aligned": outcomes["aligned"],
        "resolved": proportion(total - outcomes["undecided"]["count"], total),
        "bits": -math.log2(share) if share else None,
        "outcomes": outcomes,
        "x": _side(field["x"]),
        "y": _side(field["y"]),
        "grid": [field.sizes["x"], field.sizes["y"]],
        "runs": int(about["runs"]),
        **{name: int(about[name]) for name in ("episodes", "audited", "changed")},
        "exits_off": bool(about["exits_off"]),
    }


def _side(values: xr.DataArray) -> dict[str, Any]:
    ends = {"lo": float(values[0]), "hi": float(values[-1])}
    return {name: values.attrs[name] for name in ("path", "scale", "units")} | ends


def say(console: Console, chosen: Any, field: xr.Dataset, summary: dict[str, Any]) -> None:
    """The map in words, and as a small picture."""
    aligned, x, y = summary["aligned"], field["x"], field["y"]
    console.print(title(chosen), style="bold")
    console.print(
        f"{percent(aligned['fraction'])} of these starts end fully aligned (95% interval {between(aligned)}"
        + (f"; {summary['bits']:.2f} bits)" if summary["bits"] is not None else ")")
    )
    console.print(
        f"{len(x)} × {len(y)} starts, {summary['runs']} run{'s' * (summary['runs'] != 1)} each, "
        f"{summary['episodes'] / 1e6:.1f} million episodes simulated, seed {summary['seed']}\n"
    )
    console.print(picture(field))
    for letter, side in (("across ", x), ("upwards", y)):
        log = ", logarithmic" if side.attrs["scale"] == "log" else ""
        console.print(
            f"{letter}  {side.attrs['path']} from {float(side[0]):g} to {float(side[-1]):g}{log}: {side.attrs['long_name']}"
        )
    shown = table("How runs end", ">share", "95% interval")
    for name, part in summary["outcomes"].items():
        if part["count"] or name == "undecided":
            shown.add_row(name.replace("_", " "), percent(part["fraction"]), between(part))
    console.print()
    console.print(shown)
    if summary["audited"]:
        off = ", so none was trusted and every run went on to the horizon" if summary["exits_off"] else ""
        console.print(
            f"\n{summary['audited']:,} runs that could have stopped early ran on as an audit; "
            f"{summary['changed']:,} of them ended otherwise{off}."
        )


def picture(field: xr.Dataset) -> str:
    """The map in characters: the darker, the more runs end fully aligned; one or more cells to a character."""
    shades = SHADES if "utf" in (sys.stdout.encoding or "").lower() else PLAIN_SHADES
    aligned = field["aligned"].values
    rows = np.array_split(np.arange(aligned.shape[0]), min(TALLEST, aligned.shape[0]))
    columns = np.array_split(np.arange(aligned.shape[1]), min(WIDEST, aligned.shape[1]))
    lines = []
    for row in reversed(rows):
        shares = [aligned[np.ix_(row, column)].mean() for column in columns]
        lines.append("  │" + "".join(shades[round(float(share) * (len(shades) - 1))] for share in shares) + "│")
    return "\n".join(lines) + "\n"
