"""The text of a write-up: its placeholders, filled with numbers and figures."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from basin.figures.words import interval, number, percent, share
from basin.writeup.errors import WriteupError

PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
FIGURE = re.compile(r"figure\s+(\w+)")
WIDE = re.compile(r"\d{3}")
NUMBER = re.compile(r"(\w+)((?:\.\w+)+)\s*(?:\|\s*(.+))?")


def _as_known(value: float, low: float, high: float) -> str:
    """A number and its interval, with two digits of the interval's half width."""
    half = high / 2 - low / 2
    digits = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 4
    said = [f"{one:.{digits}f}".replace("-", "\N{MINUS SIGN}") for one in (value, low, high)]
    return f"{said[0]} ({said[1]} to {said[2]})"


# How a number is written. Those that need its interval find it beside the number, as KEY_low and KEY_high.
FORMATS: dict[str, Callable[[float], str]] = {
    "percent": percent,
    "number": number,
    "count": lambda value: f"{value:,.0f}",
}
WITH_INTERVAL: dict[str, Callable[[float, float, float], str]] = {
    "share": share,
    "between": lambda value, low, high: interval(low, high),
    "percent_between": lambda value, low, high: f"{percent(value)} ({interval(low, high)})",
    "number_between": _as_known,
}
OF_FRACTIONS = ("percent", "share", "between", "percent_between")


def filled(text: str, results: Callable[[str], Any], draw: Callable[[str], str], name: str = "text.md") -> str:
    """The text with every placeholder filled.

    results: a result by its name. draw: what stands for a figure. Raises WriteupError, with the line, for a placeholder that
    cannot be filled, and for braces that are none.
    """

    def fill(found: re.Match[str]) -> str:
        where = f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        asked = found[1].strip()
        try:
            if shown := FIGURE.fullmatch(asked):
                line = text[text.rfind("\n", 0, found.start()) + 1 : (text.find("\n", found.end()) + 1 or len(text) + 1) - 1]
                if line.strip() != found[0]:
                    raise WriteupError("a figure stands alone on its line")
                return draw(shown[1])
            if not (wanted := NUMBER.fullmatch(asked)):
                raise WriteupError("write {{ result.key | format }} or {{ figure NAME }}")
            return written(results(wanted[1]), wanted[2].removeprefix("."), (wanted[3] or "").strip())
        except WriteupError as error:
            raise WriteupError(f"{where}: {error}") from None

    whole = PLACEHOLDER.sub(fill, text)
    for number_of, line in enumerate(PLACEHOLDER.sub("", text).splitlines(), start=1):
        if "{{" in line or "}}" in line:
            raise WriteupError(f"{name}: braces that do not close, near line {number_of}: {line.strip()[:60]}")
    return whole


def written(found: Any, path: str, format_: str) -> str:
    """A number of a result as the text has it. found: a Dataset, whose attributes and single values count, or a dictionary."""
    *inner, last = path.split(".")
    for step in inner:
        found = _values(found).get(step)
        if found is None:
            raise WriteupError(f"there is no {path!r}: no {step!r}")
    values = _values(found)
    if last not in values:
        raise WriteupError(f"there is no {path!r}; known are {', '.join(sorted(map(str, values)))[:300]}")
    value = values[last]
    if isinstance(value, str):
        if format_:
            raise WriteupError(f"{path!r} is a word, and words have no format")
        return value
    if isinstance(value, Mapping):
        raise WriteupError(f"{path!r} holds {', '.join(value)}: name one")
    if format_ in WITH_INTERVAL:
        low, high = (values.get(f"{last}_{end}") for end in ("low", "high"))
        if low is None or high is None:
            raise WriteupError(f"{path!r} has no interval: there is no {last}_low or no {last}_high")
        return WITH_INTERVAL[format_](*(_number(one, path, format_) for one in (value, low, high)))
    if format_ in FORMATS:
        return FORMATS[format_](_number(value, path, format_))
    _number(value, path, format_)
    try:
        if WIDE.search(format_):  # as much memory as it says
            raise ValueError
        return format(value, format_).replace("-", "\N{MINUS SIGN}")
    except (ValueError, TypeError, OverflowError):
        known = ", ".join([*FORMATS, *WITH_INTERVAL])
        raise WriteupError(f"{format_!r} is no format; known are {known}, and Python's own, like .2f") from None


def _number(value: Any, path: str, format_: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise WriteupError(f"{path!r} holds {str(value)[:60]!r}, which is no number")
    if format_ in OF_FRACTIONS and not 0 <= found <= 1:
        raise WriteupError(f"{path!r} holds {number(found)}, and {format_!r} writes fractions, from 0 to 1")
    return found


def _values(found: Any) -> Mapping[str, Any]:
    """What can be named in a result or a part of it; in a number, nothing."""
    if not hasattr(found, "attrs"):
        return found if isinstance(found, Mapping) else {}
    single = {str(name): values.item() for name, values in found.variables.items() if values.size == 1}
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in found.attrs.items()}
    return {**single, **plain}
