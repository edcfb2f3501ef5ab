"""The one error of this package, and how a value of the user's file is shown in it."""

from __future__ import annotations

from collections.abc import Sequence

from basin.refusal import Refusal


class ChoiceError(Refusal):
    """A table of choices that cannot be read, or that says nothing about values: one line that says why."""


def shown(value: object) -> str:
    """A value as it appears in an error: quoted, without line breaks, short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}...'"


def listed(names: Sequence[str]) -> str:
    """'a', 'b' and 'c'; of many, the first eight."""
    quoted = [shown(name) for name in names[:8]]
    if len(names) > len(quoted):
        quoted.append(f"{len(names) - len(quoted)} more")
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
