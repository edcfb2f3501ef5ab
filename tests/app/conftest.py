"""The app without a browser: pages opened at an address, with small maps."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

APP = Path(__file__).parent.parent.parent / "app"
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
    import work
    from views import basin as page

    for name, value in SMALL.items():
        monkeypatch.setattr(page, name, value)
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
