"""Calls the command line in this process, as a shell would see it."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

from basin.cli import main

SHORT = ("--set", "outcome.horizon=40", "--set", "values.features=3")


class Called(NamedTuple):
    """What came back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output; infinity and what is no number are none of JSON's."""
        return json.loads(self.out, parse_constant=_refuse)


def call(*arguments: object) -> Called:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Called(code, out.getvalue(), err.getvalue())


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
