"""Options that say which assumptions vary, and over which range."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from basin.cli.options import OptionError, axis, complete_path, positive

Paths = Annotated[
    list[str] | None,
    typer.Option(
        "--path", metavar="PATH", help="Vary this one only; repeatable. All, unless given.", autocompletion=complete_path
    ),
]
Ranges = Annotated[
    list[str] | None,
    typer.Option(
        "--range", metavar="PATH=LO:HI[:log]", help="Vary this one over this range; repeatable.", autocompletion=complete_path
    ),
]
PointRuns = Annotated[
    int | None, typer.Option("--runs", metavar="N", parser=positive, help="Runs at each point; 64 of lone agents.")
]


def ranges(texts: list[str] | None) -> dict[str, tuple[Any, ...]] | None:
    """PATH=LO:HI[:log], repeated, as ranges by path; None for none."""
    found: dict[str, tuple[Any, ...]] = {}
    for text in texts or ():
        path, *ends = axis("--range", text)
        if path in found:
            raise OptionError(f"--range {text!r}: {path} has a range already")
        found[path] = tuple(ends)
    return found or None


def span(lo: float, hi: float, log: Any) -> str:
    """A range in words."""
    return f"{lo:g} to {hi:g}{' (log)' * bool(log)}"
