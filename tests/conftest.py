"""How tests are shared out among processes."""

from __future__ import annotations

import os

import pytest

# Minutes each, so that they are begun with: nobody waits for one of them in the end
LONGEST = {
    "test_app_browser.py", "test_app_every_page.py", "test_checks.py", "test_figures_networks.py", "test_fuzz.py",
    "test_naive.py", "test_papers.py", "test_population_twin.py", "test_sweep_killed.py", "test_sweep_run.py",
}  # fmt: skip


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than processors: tests of browsers and of other processes wait for a third of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)
