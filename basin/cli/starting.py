"""Options that say which starts a measure is about."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from basin.cli.options import OptionError, axis, positive

Over = Annotated[
    list[str] | None,
    typer.Option(
        "--over",
        metavar="uniform|sphere|FILE|PATH=LO:HI",
        help="Which starts: evenly over axes; in every direction alike; or the rows of a .csv or .parquet file.",
    ),
]
Samples = Annotated[int | None, typer.Option("--samples", metavar="N", parser=positive, help="How many starts.")]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="WORD", help="The ending whose basin is meant; the subject's own, if not.")
]
Method = Annotated[
    str, typer.Option("--method", metavar="random|sobol", help="Independent starts, or evenly spread ones, which say more.")
]


def starting(over: list[str] | None, axes: list[str] | None) -> tuple[str, list[tuple[Any, ...]] | None]:
    """What `--over` and `--axis` say together: a word or file, and axes."""
    words = [text for text in over or () if "=" not in text]
    ends = [text for text in over or () if "=" in text]
    if len(words) > 1 or (words and ends):
        raise OptionError(f"--over {(over or [''])[-1]!r}: give one word or file, or only axes")
    given = [axis("--over", text) for text in ends] + [axis("--axis", text) for text in axes or ()]
    return (words[0] if words else "uniform"), (given or None)
