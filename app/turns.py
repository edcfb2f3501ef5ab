"""Whose turn it is to draw. Python runs one thread at a time anyway, and many that interrupt each other in the middle of a
page need half as much again for each, so that pages are drawn one after the other. Waiting for a result is not drawing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TURN = threading.Lock()
_MINE = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Draw when it is this thread's turn; a part of a page is within the page's."""
    if getattr(_MINE, "held", False):
        yield
        return
    with _TURN:
        _MINE.held = True
        try:
            yield
        finally:
            _MINE.held = False


@contextmanager
def aside() -> Iterator[None]:
    """Let others draw meanwhile."""
    if not getattr(_MINE, "held", False):
        yield
        return
    _MINE.held = False
    _TURN.release()
    try:
        yield
    finally:
        _TURN.acquire()
        _MINE.held = True
