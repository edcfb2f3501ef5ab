"""`basin demo`: the main job from end to end, for someone who has never seen it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli import stopping
from basin.cli.map import mapped, picture, summarised
from basin.cli.options import Json, OptionError, Quiet, Seed, Threads, Version
from basin.cli.output import between, console, percent, report, title

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

POINTS = 48  # along each axis
WIDEST = 100  # characters of a line

# Scenario: what is simulated, and what its picture shows.
STORIES = {
    "value-learner": (
        "A simulated agent learns what people value by asking them and by hearing them compare plans. It also has an "
        "interest of its own. Each point below is one way for it to begin: to the right, what it wants for itself agrees "
        "more with what people want; upwards, it cares more about people.",
        "Filled: it ends fully aligned, acting as people would want because it cares. Empty: it ends otherwise, mostly "
        "captured by its own interest, which resists change. The filled part is the basin of attraction.",
        "basin map value-learner --set evidence.comparisons=0.02   (people say less: does the basin shrink?)",
    ),
    "travel-choices": (
        "Here the evidence is real: how 210 people chose between air, train, bus and car. The agent hears their recorded "
        "choices one by one. To the right, what it believed at first agrees more with what these people value; upwards, "
        "it is less sure of it (each step up multiplies its doubt).",
        "Filled: it ends with their values and acts on them. Empty: it was too sure of a wrong idea for 500 choices to "
        "change its mind. Being unsure is what lets a learner be corrected.",
        "basin learn travel-mode   (what the travellers value, and where learners end that hear them for longer)",
    ),
}

Folder = Annotated[str, typer.Option("--out", metavar="FOLDER", help="Where the pictures go.")]


def demo(
    out: Folder = "demo", seed: Seed = 0, threads: Threads = None, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> None:  # fmt: skip
    """Map two scenarios, say what the maps mean, and write them as pictures for the browser."""
    from basin import figures
    from basin.scenario import load

    folder = _folder(out)
    summaries = []
    for name in STORIES:
        scenario = load(name)
        field = mapped(scenario, None, None, POINTS, None, seed, False, threads, quiet)
        files = figures.export(figures.map(field), folder / name, formats=("html",))
        stopping.kept += [str(file) for file in files]
        summaries.append(summarised(field) | {"files": [str(file) for file in files]})
        if not (quiet or as_json):
            _say(console(), title(scenario), STORIES[name], field, summaries[-1])
    report({"maps": summaries}, lambda screen: _say_what_next(screen, summaries), as_json, quiet)


def _folder(out: str) -> Path:
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a folder"
        raise OptionError(f"--out {out!r}: cannot be made: {reason}") from None
    return folder


def _say(screen: Console, name: str, story: tuple[str, str, str], field: xr.Dataset, summary: dict[str, Any]) -> None:
    before, after, _ = story
    aligned, width = summary["aligned"], min(WIDEST, screen.width)
    screen.print(f"{name}\n", style="bold")
    screen.print(f"{before}\n", width=width)
    screen.print(picture(field))
    screen.print(f"{after}\n", width=width)
    screen.print(
        f"{percent(aligned['fraction'])} of these starts end fully aligned (95% interval {between(aligned)}), from "
        f"{summary['grid'][0] * summary['grid'][1]:,} starts with {summary['runs']} runs each.\n\n",
        width=width,
    )


def _say_what_next(screen: Console, summaries: list[dict[str, Any]]) -> None:
    screen.print("What to do next\n", style="bold")
    screen.print("Open the maps in a browser:")
    for summary in summaries:
        screen.print(f"  {', '.join(summary['files'])}")
    screen.print("Change an assumption and look again:")
    for _, _, command in STORIES.values():
        screen.print(f"  {command}")
    screen.print("Explore with sliders: `make app` or `basin app`. Everything else: `basin --help`.")
