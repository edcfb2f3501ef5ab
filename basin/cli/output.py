"""What a command prints: JSON or words on standard output, progress on standard error."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

BAD_INPUT = 2  # exit code
PATIENCE = 1.0  # seconds before a progress bar appears
PIPED = 200  # columns where no terminal says how many


def report(result: Mapping[str, Any], words: Callable[[Console], None], as_json: bool, quiet: bool) -> None:
    """Print a result as one JSON object, or in words, or not at all."""
    if as_json:
        print(json.dumps(plain(result), allow_nan=False))
    elif not quiet:
        words(console())


def say(line: str) -> None:
    """One line on standard error."""
    print("basin: " + " ".join(line.split()), file=sys.stderr)


def plain(value: Any) -> Any:
    """A value as JSON knows it: numbers that are infinite, or that do not exist, are null."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):  # NumPy's
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def console() -> Console:
    """Standard output; not wrapped where it goes to a file or a pipe."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPED, highlight=False, markup=False, emoji=False)


def table(*columns: str) -> Table:
    """A table without lines. A column's name begins with > where its cells stand to the right."""
    from rich.table import Table

    drawn = Table(box=None, padding=(0, 3, 0, 0), header_style="bold", pad_edge=False)
    for name in columns:
        right = name.startswith(">")
        drawn.add_column(name.lstrip(">"), justify="right" if right else "left", no_wrap=right)
    return drawn


def title(scenario: Any) -> str:
    """What a scenario is called, and its name."""
    return scenario.name if scenario.title in ("", scenario.name) else f"{scenario.title} ({scenario.name})"


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def between(part: Mapping[str, float]) -> str:
    """The interval of a fraction."""
    return f"{percent(part['low'])} to {percent(part['high'])}"


@contextmanager
def progress(quiet: bool, what: str = "runs", kernels: str = "block") -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, if that is a terminal and the work takes more than a second; None where there is none.

    kernels: the file of the engine in which the kernels begin that the work waits for."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    _say_if_compiling(kernels)
    bar = _Bar(what)
    try:
        yield bar
    finally:
        bar.close()


def _say_if_compiling(kernels: str) -> None:
    """The first simulation of an installation waits for its kernels, unless they were warmed."""
    from basin.engine import compile

    if not any(Path(compile.CACHE_DIRECTORY).rglob(f"{kernels}.*.nbi")):
        say("compiling the simulation for this machine, once; a minute or two")


class _Bar:
    def __init__(self, what: str) -> None:
        self.what, self.begun = what, time.monotonic()
        self.bar: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        if self.bar is None:
            if time.monotonic() - self.begun < PATIENCE:
                return
            self._open(done, total)
        self.bar.update(self.task, completed=done)  # type: ignore[union-attr]

    def _open(self, done: int, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
        from rich.text import Text

        class Rate(ProgressColumn):
            def render(self, task: Any) -> Text:
                return Text(f"{task.speed:,.3g}/s" if task.speed else "")

        columns = (TextColumn(self.what), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task(self.what, total=total, completed=done)
        self.bar.start()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()
