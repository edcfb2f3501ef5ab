"""The bundled scenarios, read once: they are frozen, so that all sessions can share them."""

from __future__ import annotations

from functools import lru_cache

import basin


@lru_cache(maxsize=1)
def scenarios() -> dict[str, basin.Scenario]:
    """By their names, the one that opens first before the others."""
    first = basin.Scenario().name
    return {name: basin.load(name) for name in (first, *(name for name in basin.names() if name != first))}
