"""The browser that tests use, if there is one."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("BROWSER_PATH") or next((path for path in map(shutil.which, NAMES) if path), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

WITHOUT = (
    "no Chromium or Chrome found; on Debian: apt install chromium; anywhere: playwright install chromium, then BROWSER_PATH"
)


def browser(test):
    """Marks a test that needs one; without, it is skipped with a line that says how to get one."""
    return pytest.mark.browser(pytest.mark.skipif(BROWSER is None, reason=WITHOUT)(test))
