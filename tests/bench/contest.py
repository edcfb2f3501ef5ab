"""What the benches share: whether a peer is there, times taken by turns, and the tables that are printed."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import basin


@dataclass(frozen=True)
class Entry:
    """One that computes a work: who, by which setting, what was found beside what is right; `compute` does 1/scale of it.

    why: a clause, for the case that it is quicker than ours.
    """

    by: str
    how: str
    found: str
    compute: Callable[[], Any]
    scale: float = 1.0
    why: str = ""


@dataclass(frozen=True)
class Timed:
    """An entry and the processor time of the whole work, in seconds."""

    by: str
    how: str
    found: str
    seconds: float
    why: str


@dataclass(frozen=True)
class Contest:
    """A work and who did it, ours first; peers that are not installed."""

    work: str
    entries: tuple[Timed, ...]
    missing: tuple[str, ...] = field(default=())


def available(name: str) -> bool:
    """Whether a peer is installed."""
    return importlib.util.find_spec(name) is not None


def named(name: str) -> str:
    """A peer with its version."""
    return f"{name} {importlib.metadata.version(name)}"


def ours() -> str:
    return f"basin {basin.__version__}"


def spent(compute: Callable[[], Any]) -> float:
    """Processor time of one call; threads' too, so that none can hide work."""
    begun = time.process_time()
    compute()
    return time.process_time() - begun


def waited(compute: Callable[[], Any]) -> float:
    """Time on the clock of one call."""
    begun = time.perf_counter()
    compute()
    return time.perf_counter() - begun


def by_turns(work: str, own: Sequence[Entry], peers: Sequence[tuple[str, Callable[[], Entry]]], repeats: int) -> Contest:
    """Time our entries and those of the peers that are installed, one after the other, again and again; medians.

    peers: the package and what makes its entry; a package may enter twice.
    """
    entries = [*own, *(make() for name, make in peers if available(name))]
    seconds: list[list[float]] = [[] for _ in entries]
    for _ in range(repeats):
        for at, entry in enumerate(entries):
            seconds[at].append(entry.scale * spent(entry.compute))
    timed = [
        Timed(entry.by, entry.how, entry.found, statistics.median(measured), entry.why)
        for entry, measured in zip(entries, seconds, strict=True)
    ]
    return Contest(work, tuple(timed), tuple(name for name, _ in peers if not available(name)))


def coarsest(settings: Sequence[float], wrong: Callable[[float], int], allowed: int) -> tuple[float, int]:
    """The first setting with no more wrong labels than allowed, and how many it has; else the last."""
    for setting in settings:
        errors = wrong(setting)
        if errors <= allowed:
            break
    return setting, errors


def table(head: Sequence[str], rows: Sequence[Sequence[str]], markdown: bool) -> str:
    """Rows under a head: in columns, or as Markdown."""
    if markdown:
        lines = [head, ["---"] * len(head), *rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
    widths = [max(len(line[at]) for line in (head, *rows)) for at in range(len(head))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in (head, *rows))


def ratio(value: float) -> str:
    """A ratio to three figures, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
