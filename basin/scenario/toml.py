"""TOML files from outside, before anyone asks what stands in them."""

from __future__ import annotations

import tomllib
from typing import Any

from basin.refusal import Refusal

LARGEST = 1_000_000  # bytes of a file
DEEPEST = 50  # tables and lists within one another
MOST = 2**64  # whole numbers beyond it have no use here, and some cannot even be written out


class TomlError(Refusal):
    """What is no TOML that is read here; one line that says why, without the name of the file."""


def parsed(content: bytes) -> dict[str, Any]:
    """The table that a file holds. Raises TomlError."""
    if len(content) > LARGEST:
        raise TomlError(f"is larger than {LARGEST} bytes")
    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TomlError("is not a text file") from None
    except RecursionError:
        raise TomlError("is nested too deeply") from None
    except ValueError as error:
        raise TomlError(f"is not TOML: {error}") from None
    left: list[tuple[str, Any, int]] = [("", found, 0)]
    while left:  # tables can be nested more deeply than functions can
        path, value, depth = left.pop()
        if depth > DEEPEST:
            raise TomlError("is nested too deeply")
        if isinstance(value, dict):
            left += [(f"{path}.{key}" if path else key, inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [(path, inner, depth + 1) for inner in value]
        elif isinstance(value, int) and abs(value) > MOST:
            raise TomlError(f"{path}: a whole number beyond 2^64")
    return found
