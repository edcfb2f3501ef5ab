"""Options that commands share, and how their texts are read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, overload

import typer

from basin import __version__
from basin.refusal import Refusal

if TYPE_CHECKING:
    from basin.questions.subject import Subject


class OptionError(Refusal):
    """An option's text that says nothing usable; one line."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"basin {__version__}")
        raise typer.Exit


def complete_scenario(begun: str) -> list[str]:
    from basin.scenario import names

    return [name for name in names() if name.startswith(begun)]


def complete_subject(begun: str) -> list[str]:
    from basin.systems import NAMES

    return complete_scenario(begun) + [name for name in NAMES if name.startswith(begun)]


def complete_path(begun: str) -> list[str]:
    from basin.scenario import Scenario

    return [f"{entry.path}=" for entry in Scenario().numeric_paths() if entry.path.startswith(begun)]


def complete_objection(begun: str) -> list[str]:
    from basin.scenario import objections

    return [name for name in objections() if name.startswith(begun)]


def whole(text: str | int) -> int:
    """A whole number, as options give it."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


def positive(text: str | int) -> int:
    """A whole number from 1."""
    number = whole(text)
    if number < 1:
        raise typer.BadParameter(f"{number} must be a whole number from 1")
    return number


ScenarioName = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="A bundled scenario's name, or a TOML file.", autocompletion=complete_scenario),
]
SubjectName = Annotated[
    str,
    typer.Argument(metavar="SUBJECT", help="A scenario's name or file, or a system's name.", autocompletion=complete_subject),
]
Axes = Annotated[
    list[str] | None,
    typer.Option(
        "--axis", metavar="PATH=LO:HI[:log]", help="Starts differ along this; repeatable.", autocompletion=complete_path
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change the scenario; repeatable.", autocompletion=complete_path),
]
Objections = Annotated[
    list[str] | None,
    typer.Option(
        "--objection",
        metavar="NAME",
        help="Switch on what critics say, before --set; repeatable, in this order. `basin objections` lists them.",
        autocompletion=complete_objection,
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", parser=whole, help="Where the random numbers start, from 0 to 2^64 - 1.")
]
Threads = Annotated[
    int | None, typer.Option("--threads", metavar="N", parser=positive, help="How many; all there are, unless given.")
]
Expected = Annotated[bool, typer.Option("--expected", help="The deterministic skeleton: no chance, and one run says all.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write the Dataset: .nc (netCDF) or .zarr (Zarr).")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar, no words; JSON and files are still written.")]
Version = Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version)]
AxisX = Annotated[
    str | None,
    typer.Option("--x", metavar="PATH=LO:HI[:log]", help="Horizontal axis.", autocompletion=complete_path),
]
AxisY = Annotated[
    str | None,
    typer.Option("--y", metavar="PATH=LO:HI[:log]", help="Vertical axis.", autocompletion=complete_path),
]
Grid = Annotated[int, typer.Option("--n", metavar="N", parser=whole, help="Grid points along each axis.")]
CellRuns = Annotated[
    int | None,
    typer.Option("--runs", metavar="N", parser=positive, help="Runs per cell; 4 unless given (1 with --expected)."),
]


def configured(name: str | None, sets: Sequence[str] | None, objections: Sequence[str] | None = None) -> Any:
    """The scenario of this name or file, with the objections of `--objection`, then the changes of `--set`."""
    from basin.scenario import load

    assert name is not None  # commands that can do without have asked
    return load(name).objected(*(objections or ())).with_(overrides(sets))


def asked(
    name: str,
    sets: Sequence[str] | None,
    expected: bool = False,
    threads: int | None = None,
    objections: Sequence[str] | None = None,
) -> Subject:
    """The scenario or system of this name, likewise. Raises OptionError for an objection to a system."""
    from basin.questions.subject import subject

    found = subject(name, expected=expected, threads=threads)
    return objected(found, objections).with_(overrides(sets))


def objected(found: Subject, objections: Sequence[str] | None) -> Subject:
    """The subject with the objections of `--objection`."""
    if not objections:
        return found
    from basin.questions.subject import ScenarioSubject

    if not isinstance(found, ScenarioSubject):
        raise OptionError(f"--objection {objections[0]!r}: {found.name} is a system, and objections are to scenarios")
    return found.objected(*objections)


def overrides(sets: Sequence[str] | None) -> dict[str, Any]:
    """The changes of `--set`."""
    from basin.scenario import parse_override

    return dict(parse_override(text) for text in sets or ())


@overload
def axis(option: str, text: str) -> tuple[Any, ...]: ...


@overload
def axis(option: str, text: str | None) -> tuple[Any, ...] | None: ...


def axis(option: str, text: str | None) -> tuple[Any, ...] | None:
    """`PATH=LO:HI[:log]` as (path, lo, hi[, "log"]); None stays None."""
    if text is None:
        return None
    path, _, ends = text.partition("=")
    parts = [part.strip() for part in ends.split(":")]
    if not path.strip() or len(parts) not in (2, 3) or parts[2:] not in ([], ["log"]):
        raise OptionError(f"{option} {text!r}: write PATH=LO:HI or PATH=LO:HI:log, as in motives.care=0.02:0.98")
    return (path.strip(), *(_number(option, text, part) for part in parts[:2]), *parts[2:])


def _number(option: str, text: str, part: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise OptionError(f"{option} {text!r}: {part!r} is not a number") from None


typed: list[str] = []  # the words of the command that is being run


def command_line() -> str:
    """What was typed, for results to keep."""
    return shlex.join(["basin", *typed])
