"""`basin committor` and `basin rare`: where noise carries a system, and how likely it is to get there at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from basin.cli.options import Json, OptionError, Out, Quiet, Seed, Version, axis, positive
from basin.cli.output import percent, report, table
from basin.cli.run import check_out, keep
from basin.cli.system import Parameters, complete_system, settings

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

NEGLIGIBLE = 1e-3  # stationary density at the walls, in units of the largest
SHOWN = 9  # points along a lone coordinate, unless some are asked for

NoisyName = Annotated[
    str, typer.Argument(metavar="SYSTEM", help="A system with equations and noise.", autocompletion=complete_system)
]
From = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="NAME=LO:HI[,...]", help="The origin; inf for no bound. Repeated: either of them."),
]
To = Annotated[list[str] | None, typer.Option("--to", metavar="NAME=LO:HI[,...]", help="The goal, likewise.")]
Places = Annotated[list[str] | None, typer.Option("--at", metavar="NAME=VALUE[,...]", help="A start to report; repeatable.")]
Place = Annotated[str | None, typer.Option("--at", metavar="NAME=VALUE[,...]", help="The start; the window's middle else.")]
Walls = Annotated[
    list[str] | None, typer.Option("--axis", metavar="NAME=LO:HI", help="Where walls reflect; the window else. Repeatable.")
]
Cells = Annotated[
    int | None, typer.Option("--n", metavar="N", parser=positive, help="Cells along each axis; 2048, 192 or 32 unless given.")
]
Clones = Annotated[int, typer.Option("--clones", metavar="N", parser=positive, help="Clones of a repetition.")]
Repeats = Annotated[int, typer.Option("--repeats", metavar="N", parser=positive, help="Independent repetitions.")]
Noise = Annotated[
    float | None, typer.Option("--noise", metavar="S", help="Noise in every coordinate, for a system that has none itself.")
]
StepSize = Annotated[float, typer.Option("--step", metavar="H", help="Time that a step of the walk takes.")]


def committor(
    name: NoisyName, origin: From = None, goal: To = None, at: Places = None, noise: Noise = None,
    walls: Walls = None, n: Cells = None,
    sets: Parameters = None, seed: Seed = 0, out: Out = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Chance to reach a goal before falling back, mean time to it, and quasi-potential: solved on a grid, without chance."""
    from basin import questions

    check_out(out)
    sides = dict((path, (lo, hi)) for path, lo, hi, *_ in (axis("--axis", text) or () for text in walls or ()))
    changes = settings(sets)
    points = [_point("--at", text) for text in at or ()] or _points(name, changes, noise, sides)
    found = questions.committor(
        name, _regions("--from", origin), _regions("--to", goal), changes=changes, noise=noise, sides=sides, at=points, cells=n
    )
    if out is not None:
        keep(found, out)
    summary = {
        **{key: found.attrs[key] for key in ("system", "origin", "goal")},
        "seed": seed,
        "parameters": json.loads(found.attrs["parameters"]),
        "noise": found.attrs["noise"],
        "grid": [found.sizes[name] for name in found.sizes],
        "basin": {"fraction": found.attrs["share"], "low": found.attrs["share_low"], "high": found.attrs["share_high"]},
        "at_walls": found.attrs["at_walls"],
        "at": [dict(point) | _values(found, point) for point in points],
    }
    report(summary, lambda console: _say_committor(console, found, summary, out), as_json, quiet)


def rare(
    name: NoisyName, at: Place = None, origin: From = None, goal: To = None, noise: Noise = None,
    clones: Clones = 100, repeats: Repeats = 40,
    step: StepSize = 0.01, sets: Parameters = None, seed: Seed = 0, out: Out = None, as_json: Json = False,
    quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """How likely a noisy system is to reach a goal before it falls back, however rarely it does."""
    from basin import questions

    check_out(out)
    found = questions.rare(
        name, _point("--at", at) if at is not None else None, _regions("--from", origin), _regions("--to", goal),
        changes=settings(sets), noise=noise, clones=clones, repeats=repeats, step=step, seed=seed,
    )  # fmt: skip
    if out is not None:
        keep(found, out)
    about = found.attrs
    summary = {
        **{key: about[key] for key in ("system", "start", "origin", "goal")},
        "seed": seed,
        "parameters": json.loads(about["parameters"]),
        "noise": about["noise"],
        "probability": {"fraction": about["probability"], "low": about["low"], "high": about["high"]},
        "clones": clones,
        "repeats": repeats,
        "step": step,
        "steps": about["steps"],
    }
    report(summary, lambda console: _say_rare(console, found, summary, out), as_json, quiet)


def _regions(option: str, texts: list[str] | None) -> list[dict[str, tuple[float, float]]] | None:
    """`NAME=LO:HI,NAME=LO:HI` as bounds by name, one region for each text."""
    regions = []
    for text in texts or ():
        region = {}
        for part in text.split(","):
            path, lo, hi, *_ = axis(option, part) or ()
            if not lo <= hi:
                raise OptionError(f"{option} {text!r}: {lo:g} is above {hi:g}")
            region[path] = (lo, hi)
        regions.append(region)
    return regions or None


def _point(option: str, text: str) -> dict[str, float]:
    """`NAME=VALUE,NAME=VALUE`."""
    point = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        try:
            point[name.strip()] = float(value)
        except ValueError:
            raise OptionError(f"{option} {text!r}: write NAME=VALUE, as in x=-0.5") from None
    return point


def _points(
    name: str, changes: Mapping[str, float], noise: float | None, sides: Mapping[str, tuple[float, float]]
) -> list[dict[str, float]]:
    """Those of a lone coordinate evenly, of several the middle."""
    from basin.questions.passage import noisy, walls

    ends = walls(noisy(name, changes, noise).found, sides)
    if len(ends) == 1:
        ((coordinate, (lo, hi)),) = ends.items()
        return [{coordinate: float(value)} for value in np.linspace(lo, hi, SHOWN)]
    return [{coordinate: (lo + hi) / 2 for coordinate, (lo, hi) in ends.items()}]


def _values(found: xr.Dataset, point: Mapping[str, float]) -> dict[str, dict[str, float]]:
    here = found.sel(point, method="nearest")
    return {
        name: {"value": float(here[name]), "low": float(here[f"{name}_low"]), "high": float(here[f"{name}_high"])}
        for name in ("committor", "time", "quasi_potential")
    }


def _say_committor(console: Console, found: xr.Dataset, summary: dict[str, Any], out: str | None) -> None:
    console.print(f"{found.attrs['title']} ({summary['system']})", style="bold")
    given = "".join(f", {name} = {value:g}" for name, value in ({"noise": summary["noise"]} | summary["parameters"]).items())
    console.print(f"From {summary['origin']} to {summary['goal']}{given}")
    part = summary["basin"]
    console.print(
        f"{percent(part['fraction'])} of the space between the walls more likely reaches the goal first "
        f"({percent(part['low'])} to {percent(part['high'])})\n"
    )
    coordinates = list(found.sizes)
    units = found["time"].attrs["units"]
    shown = table(*(f">{name}" for name in coordinates), ">committor", "interval", f">mean {units} to the goal", "interval",
                  ">quasi-potential", "interval")  # fmt: skip
    for point in summary["at"]:
        cells = []
        for name in ("committor", "time", "quasi_potential"):
            value = point[name]
            cells += [f"{value['value']:.6g}", f"{value['low']:.6g} to {value['high']:.6g}"]
        shown.add_row(*(f"{point[name]:g}" for name in coordinates), *cells)
    console.print(shown)
    console.print("\nIntervals hold the error of the grid; nothing here is left to chance.")
    if summary["at_walls"] > NEGLIGIBLE:
        console.print(
            f"Paths meet the walls: the stationary density there is up to {percent(summary['at_walls'])} of its largest, "
            "so what lies beyond them matters. --axis moves them."
        )
    if out is not None:
        console.print(f"Written to {out}")


def _say_rare(console: Console, found: xr.Dataset, summary: dict[str, Any], out: str | None) -> None:
    part = summary["probability"]
    console.print(f"{found.attrs['title']} ({summary['system']})", style="bold")
    console.print(f"From {summary['start']}, it reaches {summary['goal']} before {summary['origin']} with probability")
    console.print(f"  {part['fraction']:.4g} (95% interval {part['low']:.4g} to {part['high']:.4g})")
    effort = found.attrs["repeats"] * found.attrs["clones"]
    console.print(f"{summary['repeats']} repetitions of {summary['clones']} clones, {effort:,} paths at a time, "
                  f"{summary['steps'] / 1e6:.1f} million steps, seed {summary['seed']}")  # fmt: skip
    if out is not None:
        console.print(f"Written to {out}")
