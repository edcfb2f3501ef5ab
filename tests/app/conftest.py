"""The app for tests: its pages without a browser, with small maps; and a running one, with tabs of a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from tests.browsers import ARGUMENTS, BROWSER

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
WHOLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE = 180_000  # ms: kernels may have to be compiled first
SMALL = {
    "COARSE": 4,
    "FINE": 8,
    "CELL_RUNS": 2,
    "RUNS": 5,
    "POPULATIONS": 2,
    "COARSE_CROWD": 2,
    "FINE_CROWD": 3,
    "CELL_RUNS_CROWD": 1,
}


@pytest.fixture
def app(monkeypatch):
    """The app's own modules, with small maps and an empty shelf."""
    monkeypatch.syspath_prepend(str(APP))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a script's run leaves its own there
    import maps
    import parts
    import work
    from views import basin as page

    for name, value in SMALL.items():
        monkeypatch.setattr(maps if hasattr(maps, name) else page, name, value)
    monkeypatch.setattr(parts, "OPENED", True)
    work.desk().known.clear()
    return work


@pytest.fixture
def open_page(app):
    """Opens a page, the first one unless said otherwise, at an address; `__` stands for a dot."""

    def opened(_page="", **query):
        page = AppTest.from_file(str(APP / "main.py"), default_timeout=300)
        page._page_hash = calc_hash("" if _page == "basin" else _page)  # AppTest switches between files only
        page.query_params.update({key.replace("__", "."): value for key, value in query.items()})
        return settled(page.run())

    return opened


def settled(page):
    """The page, once it has been seen that nothing went wrong in it."""
    assert not page.exception
    return page


def whole(page) -> None:
    """Wait until the page has been drawn to its end."""
    page.wait_for_selector("h1")
    page.wait_for_selector(WHOLE)
    page.wait_for_timeout(500)
    page.wait_for_selector(WHOLE)


@pytest.fixture(scope="module")
def address():
    """A running app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "main.py"), "--server.port", str(port)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    app = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=ROOT, env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}_stcore/health", timeout=1)
                break
            except OSError:
                assert app.poll() is None, "the app ended"
                time.sleep(0.2)
        yield url
    finally:
        app.terminate()
        app.wait(20)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def tab(chromium, address):
    """Opens the page at a width. At the end nothing may have gone wrong in it, and nothing been asked of others."""
    wrong, opened = [], []

    def watched(request):
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(request.url)

    def said(message):
        # Opened at a page of its own, Streamlit looks for its server below that page first, and then where it is.
        if message.type == "error" and not re.search(r"/\w+/_stcore/(health|host-config)$", message.location["url"]):
            wrong.append(f"{message.text} {message.location['url']}")

    def at(query="", width=1200, height=900, scheme="light"):
        page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(PATIENCE)
        page.on("request", watched)
        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + query)
        opened.append(page)
        return page

    yield at
    for page in opened:
        page.close()
    assert wrong == []
