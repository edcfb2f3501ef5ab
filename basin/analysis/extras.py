"""Libraries that only some installations have."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class MissingError(ValueError):
    """A library that is not installed; one line that says how to get it."""


def needed(module: str, verb: str, extra: str = "search") -> Any:
    """A module of an optional library. Raises MissingError where it is not installed."""
    library = module.partition(".")[0]
    try:
        return import_module(module)
    except ImportError:
        raise MissingError(f"{verb} needs {library}: pip install 'basin[{extra}]'") from None
