"""What is said when something is wrong: one line with the path, the value, what is allowed and the nearest name."""

from __future__ import annotations

import json
import numbers
from collections.abc import Iterable
from difflib import SequenceMatcher

from basin.refusal import Refusal

_LONGEST = 80  # characters of a name or value that a message repeats


class ScenarioError(Refusal):
    """A scenario, a path in one, or a scenario file that cannot be used; one line that says why."""


def shortened(text: str) -> str:
    """The text, cut where a message would no longer be readable."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def shown(value: object) -> str:
    """A value as a message repeats it: as TOML writes it; empty for tables and lists, which would not fit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return shortened(str(int(value)) if abs(int(value)) < 10**300 else hex(value))
    if type(value) is float:
        return repr(value)
    if isinstance(value, numbers.Real):
        return shortened(str(value))
    if isinstance(value, str):
        return json.dumps(shortened(value), ensure_ascii=False)
    return ""


def setting(path: str, value: object) -> str:
    """`path = value`, or the path alone where the value does not fit on a line."""
    path, text = shortened(path) or '""', shown(value)
    return f"{path} = {text}" if text else path


def nearest(name: str, options: Iterable[str]) -> str:
    """The option most like the name; a name without dots may also resemble the last part of a dotted one."""
    name = name[:_LONGEST]
    matcher = SequenceMatcher(b=name, autojunk=False)

    def likeness(option: str) -> float:
        candidates = {option} if "." in name else {option, option.rpartition(".")[2]}
        best = 0.0
        for candidate in candidates:
            matcher.set_seq1(candidate)
            best = max(best, matcher.ratio())
        return best

    return max(options, key=likeness)
