"""`basin cite`: what a run rests on, as BibTeX."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import Annotated, Any

import typer

from basin.cli.options import Json, Objections, OptionError, Quiet, Version, complete_scenario, configured
from basin.cli.output import report

Source = Annotated[
    str | None,
    typer.Argument(metavar="[SCENARIO]", help="A scenario's name or file.", autocompletion=complete_scenario),
]
From = Annotated[str | None, typer.Option("--from", metavar="RESULT", help="What a result (.nc, .zarr) rests on, instead.")]
Every = Annotated[bool, typer.Option("--all", help="Everything that any run may rest on.")]


def cite(
    scenario: Source = None, result: From = None, every: Every = False, objections: Objections = None, as_json: Json = False,
    quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Print BibTeX for what a scenario's runs use: the model's sources, the essay, the objections, data, and this software."""
    from basin import citing

    if sum(map(bool, (scenario, result, every))) != 1:
        raise OptionError("give a scenario, a result with --from, or --all")
    if every:
        found = {key: text for key, (text, _) in citing.entries().items()}
    else:
        chosen, raised = _of(result) if result is not None else (configured(scenario, None, objections), [])
        found = citing.cited(chosen, [*raised, *(objections or ())])
    report({"entries": found}, lambda console: _print(console, found), as_json, quiet)


def _of(result: str) -> tuple[Any, list[str]]:
    """The scenario that a result comes from, and the objections that it measures or was typed with."""
    from basin import datasets
    from basin.scenario import loads

    found = datasets.open(result)
    about = found.attrs
    if "scenario_toml" not in about:
        raise OptionError(f"{result}: comes from no scenario")
    measured = found["objection"].values.tolist() if "objection" in found.coords else []
    try:
        typed = shlex.split(str(about.get("command", "")))
    except ValueError:
        raise OptionError(f"{result}: its command is cut short") from None
    raised = [name for option, name in pairwise(typed) if option == "--objection"]
    return loads(str(about["scenario_toml"])), [*measured, *raised]


def _print(console: Any, found: dict[str, str]) -> None:
    console.print("\n\n".join(found.values()), markup=False, highlight=False, soft_wrap=True)
