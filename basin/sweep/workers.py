"""Those who compute the tasks of a sweep: threads here, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Workers:
    """submit: as an executor's. count: how many tasks are computed at a time, now.

    withdraw: a task, if it has surely not begun. check: raises SweepError where they are gone, and no task will be finished.
    """

    submit: Callable[..., Future[Any]]
    count: Callable[[], int]
    withdraw: Callable[[Future[Any]], bool]
    check: Callable[[], None]
