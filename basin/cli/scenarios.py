"""`basin scenarios` and `basin show`: which scenarios there are, and everything that one assumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basin.cli.options import Json, Objections, Quiet, ScenarioName, Seed, Sets, Version, configured
from basin.cli.output import report, table, title

if TYPE_CHECKING:
    from rich.console import Console

Toml = Annotated[bool, typer.Option("--toml", help="Print it as a TOML file, to be changed and run.")]


def scenarios(as_json: Json = False, seed: Seed = 0, quiet: Quiet = False, version: Version = False) -> None:
    """List the bundled scenarios."""
    from basin.scenario import load, names

    bundled = [load(name) for name in names()]
    kept = ("name", "title", "summary", "source")
    listing = {"scenarios": [{field: getattr(scenario, field) for field in kept} for scenario in bundled]}

    def words(console: Console) -> None:
        for scenario in bundled:
            console.print(scenario.name, style="bold")
            console.print(f"  {scenario.title}. {scenario.summary}\n  Source: {scenario.source}\n")
        console.print("`basin map NAME` draws one; `basin show NAME` prints everything it assumes.")

    report(listing, words, as_json, quiet)


def show(
    scenario: ScenarioName, sets: Sets = None, objections: Objections = None, toml: Toml = False, as_json: Json = False,
    seed: Seed = 0, quiet: Quiet = False, version: Version = False,
) -> None:  # fmt: skip
    """Print every path of a scenario: its value, unit and meaning."""
    from basin.scenario import dumps

    chosen = configured(scenario, sets, objections)
    if toml and not as_json:
        print(dumps(chosen), end="")
        return
    report(chosen.model_dump(), lambda console: _say(console, chosen), as_json, quiet)


def _say(console: Console, chosen: Any) -> None:
    console.print(title(chosen), style="bold")
    for line in (chosen.summary, chosen.source and f"Source: {chosen.source}"):
        if line:
            console.print(line)
    console.print()
    shown = table("path", "value", "unit", "meaning")
    for path, value, unit, meaning in paths(type(chosen), chosen):
        shown.add_row(path, value, unit, meaning)
    console.print(shown)


def paths(section: type, values: Any, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """(path, value, unit, meaning) of everything a section holds, the members of its lists under their names.

    values: None for a section that is absent but could be there.
    """
    from basin.scenario.fields import member_of, metadata, section_of

    for name, field in section.model_fields.items():  # type: ignore[attr-defined]
        value: Any = getattr(values, name, None)
        about = metadata(field)
        inner, member = section_of(field), member_of(field)
        if inner is not None:
            yield from paths(inner, value, f"{prefix}{name}.")
        elif member is not None:
            for item in value:
                label = getattr(item, member.label)
                yield from paths(member, item, f"{prefix or name + '.'}{label}.")
        elif about.get("kind") == "entries":
            for key, entry in value:
                yield f"{prefix}{key}", _shown(entry), about["unit"], str(field.description)
        elif prefix:  # what stands at the root says what the scenario is called
            yield f"{prefix}{name}", _shown(value), about["unit"], str(field.description)


def _shown(value: Any) -> str:
    return "–" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
