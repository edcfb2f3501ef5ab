"""`basin app`: the explorer in a browser."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from basin.cli import stopping
from basin.cli.options import OptionError, Quiet, Version, positive
from basin.cli.output import say

Port = Annotated[int, typer.Option("--port", metavar="N", parser=positive, help="Where the browser finds it.")]
Headless = Annotated[bool, typer.Option("--no-browser", help="Open no browser; print the address only.")]


def app(port: Port = 8501, headless: Headless = False, quiet: Quiet = False, version: Version = False) -> int:
    """Open the app in a browser; Ctrl-C ends it."""
    page = _page()
    if find_spec("streamlit") is None:
        raise OptionError('the app needs Streamlit: pip install "basin[app]"')
    options = ["--server.port", str(port), "--server.headless", str(headless).lower(), "--browser.gatherUsageStats", "false"]
    options += ["--server.showEmailPrompt", "false"]  # which would wait for an answer
    command = [sys.executable, "-m", "streamlit", "run", str(page), *options]
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL if quiet else None)
    except stopping.Stopped as stopped:
        say("the app is closed")
        return stopped.code


def _page() -> Path:
    """The app's first page: in the checkout that this package is in, or in the folder one works in."""
    import basin

    for folder in (Path(basin.__file__).parent.parent, Path.cwd()):
        page = folder / "app" / "main.py"
        if page.is_file():
            return page
    raise OptionError("the app is not here: run this in a checkout of basin, where app/main.py is")
