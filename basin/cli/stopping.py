"""Ctrl-C and SIGTERM: stop at once, leave nothing half-written, say what was kept."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

cancel = threading.Event()  # what simulations look at between slices
kept: list[str] = []  # what a command that writes several files has written so far
_request: list[Stopped] = []


class Stopped(BaseException):
    """The process was asked to stop."""

    def __init__(self, number: int) -> None:
        self.code = 128 + number

    @property
    def line(self) -> str:
        files = f"kept {', '.join(kept)}" if kept else "nothing was written"
        return f"stopped; {files}; run it again"


def requested() -> Stopped | None:
    """Who asked to stop, if anyone did."""
    return _request[0] if _request else None


@contextmanager
def handled() -> Iterator[None]:
    """Turn signals into `Stopped` within. Those that the caller has told to be ignored (nohup, `&`) stay ignored."""
    cancel.clear()
    kept.clear()
    _request.clear()
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: object) -> None:
    if _request:  # asked twice: do not wait for what is being computed or compiled
        os.write(2, f"basin: {_request[0].line}\n".encode())
        os._exit(128 + number)
    _request.append(Stopped(number))
    cancel.set()
    raise _request[0]
