"""Pictures of figures, drawn by a browser on this machine that is never shown and asks nothing of the network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

TIMEOUT = 60  # seconds for one picture
GET_KALEIDO = "install kaleido (pip install 'basin[papers]')"
GET_BROWSER = "install Chromium or Chrome (on Debian: apt install chromium; anywhere: run kaleido_get_chrome)"


class NoBrowser(RuntimeError):
    """Nothing here can draw pictures; the message says what to install."""


def draw(fig: go.Figure, scales: Mapping[str, float], width: int, height: int) -> dict[str, bytes]:
    """The figure in each of some formats, drawn by one browser. Raises NoBrowser where there is none that works.

    scales: pixels of a picture per px, by format.
    """
    try:
        from choreographer.errors import ChromeNotFoundError
        from kaleido import Kaleido
    except ImportError:
        raise NoBrowser(GET_KALEIDO) from None

    async def pictures() -> dict[str, bytes]:
        async with Kaleido(n=1, timeout=TIMEOUT, mathjax=False) as browser:
            size = {"width": width, "height": height}
            return {
                name: await browser.calc_fig(fig, opts={"format": name, "scale": scale, **size})
                for name, scale in scales.items()
            }

    try:
        drawn: dict[str, bytes] = _in_thread(pictures)
        return drawn
    except ChromeNotFoundError:
        raise NoBrowser(GET_BROWSER) from None
    except Exception as error:  # a browser that is there and does not work says so in many ways
        raise NoBrowser(f"the browser failed ({type(error).__name__}); {GET_BROWSER}") from None


def _in_thread(work: Any) -> Any:
    """Run a coroutine to its end, also where an event loop is running already, as in notebooks and Streamlit."""
    done: list[Any] = []

    def run() -> None:
        try:
            done.extend([asyncio.run(work()), None])
        except BaseException as error:  # handed on to the caller's thread
            done.extend([None, error])

    thread = threading.Thread(target=run, name="basin-browser", daemon=True)  # whoever interrupts us need not wait for it
    thread.start()
    thread.join()
    result, error = done
    if error is not None:
        raise error
    return result
