"""`basin figure`: pictures of maps and trajectories, as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from basin.cli import stopping
from basin.cli.map import mapped
from basin.cli.options import (
    AxisX,
    AxisY,
    CellRuns,
    Expected,
    Grid,
    Json,
    Objections,
    OptionError,
    Quiet,
    Seed,
    Sets,
    Threads,
    Version,
    axis,
    command_line,
    complete_scenario,
    configured,
)
from basin.cli.output import BAD_INPUT, progress, report, say
from basin.cli.run import Paths

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

FORMATS = ("html", "svg", "pdf", "png", "json", "md")
COLUMNS: dict[int | None, Literal[1, 2] | None] = {None: None, 1: 1, 2: 2}

Source = Annotated[
    str | None,
    typer.Argument(metavar="[SCENARIO]", help="A scenario's name or file.", autocompletion=complete_scenario),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="RESULT", help="Draw a result (.nc, .zarr) that --out kept, instead.")
]
Stem = Annotated[
    str | None,
    typer.Option("--out", metavar="STEM", help="Where to; formats add their suffix. With one, that format only."),
]
Formats = Annotated[list[str] | None, typer.Option("--format", help=f"{', '.join(FORMATS)}; repeatable. All, unless given.")]
Variable = Annotated[str | None, typer.Option("--value", metavar="NAME", help="What is drawn; aligned, if it is there.")]
Across = Annotated[str | None, typer.Option("--x", metavar="DIM", help="Horizontal axis, by its path.")]
Upwards = Annotated[str | None, typer.Option("--y", metavar="DIM", help="Vertical axis of a map.")]
Held = Annotated[
    list[str] | None,
    typer.Option("--at", metavar="DIM=VALUE", help="Where a dimension is held; repeatable. Its middle, else."),
]
Print = Annotated[
    int | None, typer.Option("--print", metavar="COLUMNS", help="Set pictures for print: as wide as 1 column of a page, or 2.")
]
Shared = Annotated[
    bool, typer.Option("--shared", help="A small HTML that reads plotly.min.js beside it, for pages with many figures.")
]
Show = Annotated[str, typer.Option("--show", help="outcome: the most frequent ending of each cell; aligned: P(aligned).")]


def figures() -> typer.Typer:
    """The family of commands."""
    family = typer.Typer(help="Draw a map or trajectories, into files.", no_args_is_help=True)
    family.command("map")(figure_map)
    family.command("trajectory")(figure_trajectory)
    family.command("sweep")(figure_sweep)
    from basin.figures import KINDS, SECOND, UNTYPED

    for kind in KINDS:
        if kind not in ("map", "trajectory", "sweep"):
            kept = f"`basin.{kind}` found, saved" if kind in UNTYPED else f"`basin {SECOND.get(kind, kind)} --out` kept"
            family.command(kind, help=f"Draw what {kept}.")(_drawing(kind))
    return family


def figure_map(
    scenario: Source = None, result: From = None, x: AxisX = None, y: AxisY = None, n: Grid = 64, runs: CellRuns = None,
    show: Show = "outcome", sets: Sets = None, objections: Objections = None, seed: Seed = 0, expected: Expected = False,
    threads: Threads = None, out: Stem = None, formats: Formats = None,
    columns: Print = None, shared: Shared = False, as_json: Json = False, quiet: Quiet = False,
    version: Version = False,
) -> int:  # fmt: skip
    """Draw the map of a scenario, or one that `basin map --out` kept."""
    from basin import figures

    across, upwards = axis("--x", x), axis("--y", y)
    if show not in ("outcome", "aligned"):
        raise OptionError(f"--show {show!r}: must be outcome or aligned")
    stem, wanted = _destination(scenario, result, "map", out, formats)
    if result is not None:
        field = _stored(result, x=x, y=y, set=sets, objection=objections)
    else:
        field = mapped(configured(scenario, sets, objections), across, upwards, n, runs, seed, expected, threads, quiet)
        field.attrs["command"] = command_line()
    drawn = figures.map(field, show="aligned" if show == "aligned" else "outcome")
    return _export(drawn, stem, wanted, field, as_json, quiet, columns, shared)


def figure_trajectory(
    scenario: Source = None, result: From = None, runs: Paths = None, sets: Sets = None, objections: Objections = None,
    seed: Seed = 0, expected: Expected = False, threads: Threads = None, out: Stem = None, formats: Formats = None,
    columns: Print = None, shared: Shared = False,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> int:  # fmt: skip
    """Draw some runs episode by episode, or those that `basin trajectory --out` kept."""
    from basin import api, figures

    stem, wanted = _destination(scenario, result, "trajectory", out, formats)
    if result is not None:
        path = _stored(result, set=sets, objection=objections)
    else:
        chosen = configured(scenario, sets, objections)
        with progress(quiet) as bar:
            path = api.trajectory(chosen, runs, seed, expected, threads, progress=bar, cancel=stopping.cancel)
        path.attrs["command"] = command_line()
    return _export(figures.trajectory(path), stem, wanted, path, as_json, quiet, columns, shared)


def figure_sweep(
    store: Annotated[str, typer.Option("--from", metavar="STORE", help="A store that `basin sweep` wrote, done or not.")],
    value: Variable = None, x: Across = None, y: Upwards = None, at: Held = None, out: Stem = None, formats: Formats = None,
    columns: Print = None, shared: Shared = False,
    as_json: Json = False, quiet: Quiet = False, version: Version = False,
) -> int:  # fmt: skip
    """Draw a sweep: lines along one axis, a map over two, rows for words."""
    from basin import figures

    held = dict(_held(text) for text in at or ())
    stem, wanted = _destination(None, store, "sweep", out, formats)
    found = _stored(store)
    return _export(figures.sweep(found, value, x=x, y=y, at=held), stem, wanted, found, as_json, quiet, columns, shared)


def _held(text: str) -> tuple[str, str]:
    dimension, _, value = text.partition("=")
    if not dimension.strip() or not value.strip():
        raise OptionError(f"--at {text!r}: write DIM=VALUE, as in scenario=fast-takeoff")
    return dimension.strip(), value.strip()


def _drawing(kind: str) -> Callable[..., int]:
    def draw(
        result: Annotated[str, typer.Option("--from", metavar="RESULT", help="A result (.nc, .zarr) that --out kept.")],
        out: Stem = None, formats: Formats = None,
        columns: Print = None, shared: Shared = False, as_json: Json = False, quiet: Quiet = False, version: Version = False,
    ) -> int:  # fmt: skip
        from basin import figures

        stem, wanted = _destination(None, result, kind, out, formats)
        found = _stored(result)
        return _export(getattr(figures, figures.KINDS[kind])(found), stem, wanted, found, as_json, quiet, columns, shared)

    return draw


def _stored(result: str, **options: Any) -> xr.Dataset:
    """A result from disk, which nothing can change any more."""
    from basin import datasets

    for name, value in options.items():
        if value:
            raise OptionError(f"--{name}: {result} is a result; only a scenario can be changed")
    return datasets.open(result)


def _destination(
    scenario: str | None, result: str | None, what: str, out: str | None, formats: list[str] | None
) -> tuple[str, tuple[str, ...]]:
    """The stem of the files and the formats that were asked for, the one that the name ends in among them."""
    if (scenario is None) == (result is None):
        raise OptionError("give a scenario, or a result with --from")
    wanted = dict.fromkeys(formats or ())
    stem = out if out is not None else f"{Path(scenario or result or '').stem}-{what}"
    suffix = Path(stem).suffix.removeprefix(".").lower()
    if suffix in FORMATS:
        stem, wanted = stem[: -len(suffix) - 1], {suffix: None, **wanted}
    for name in wanted:
        if name not in FORMATS:
            raise OptionError(f"--format {name!r}: must be one of {', '.join(FORMATS)}")
    if not Path(stem).name:
        raise OptionError(f"--out {out!r}: give the name of a file")
    return stem, tuple(wanted)


def _export(
    figure: Any, stem: str, formats: tuple[str, ...], dataset: xr.Dataset, as_json: bool, quiet: bool, columns: int | None,
    shared: bool,
) -> int:  # fmt: skip
    """Write the files and name them. One that needs a browser where there is none is an error only if it was asked for."""
    from basin import figures

    if columns not in COLUMNS:
        raise OptionError(f"--print {columns}: must be 1 or 2")
    files = figures.export(figure, stem, formats=formats or FORMATS, columns=COLUMNS[columns], shared=shared)
    names = [str(file) for file in files]
    result = {"scenario": dataset.attrs.get("scenario"), "seed": dataset.attrs.get("seed"), "files": names}

    def words(console: Console) -> None:
        for name in names:
            console.print(f"Written to {name}")

    report(result, words, as_json, quiet)
    if files.note and (formats or not quiet):
        say(files.note)
    return BAD_INPUT if files.note and formats else 0
