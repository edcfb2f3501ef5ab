"""The `basin` command: one file per family of verbs. Whatever goes wrong is said in one line, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from basin.cli import stopping
from basin.cli.output import BAD_INPUT, say

BROKEN_PIPE, BUG = 141, 70  # exit codes; 1 is a check that fails, 128 + n a signal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. arguments: those of the process, unless given."""
    with stopping.handled():
        try:
            return _run(arguments)
        except stopping.Stopped as stopped:
            say(stopped.line)
            return stopped.code
        except BrokenPipeError:  # whoever was reading has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return BROKEN_PIPE
        except MemoryError:
            say("not enough memory; ask for fewer runs or a smaller grid")
            return BAD_INPUT
        except Exception as error:
            return _failed(error)


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that knows no θ still gets the rest of the line
    from basin.cli import options
    from basin.cli.root import command

    options.typed[:] = sys.argv[1:] if arguments is None else arguments
    code = command().main(args=options.typed, prog_name="basin", standalone_mode=False)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    from typer import BadParameter

    usage: Any = BadParameter.__base__ or BadParameter  # UsageError, wherever this typer keeps it
    stopped = stopping.requested()
    if stopped is not None:  # a simulation noticed before the exception got through
        say(stopped.line)
        return stopped.code
    if isinstance(error, usage):
        line, context = error.format_message().rstrip("."), getattr(error, "ctx", None)
        if not line:  # a family of commands alone: its help has been printed
            return 0
        say(line + (f" ({context.command_path} --help says more)" if context is not None else ""))
        return BAD_INPUT
    if isinstance(error, ValueError) and type(error).__module__.startswith("basin."):
        say(str(error))
        return BAD_INPUT
    if os.environ.get("BASIN_DEBUG"):
        raise error
    say(f"unexpected {type(error).__name__}: {error}; this is a bug (BASIN_DEBUG=1 shows where)")
    return BUG
