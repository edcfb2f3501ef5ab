"""The bench of sweeps measures what it says."""

import pytest

from tests.bench import sweeps


def test_overhead_is_measured_on_the_same_runs():
    share, seconds, tasks = sweeps.overhead(sweeps.QUICK)
    assert share > 0 and seconds > 0 and tasks >= 1


@pytest.mark.slow
def test_a_quick_run_says_all(capsys):
    sweeps.main(quick=True)
    said = capsys.readouterr().out
    for what in ("overhead", "threads are", "processes are", "a task without work", "a store that is resumed", "on paper"):
        assert what in said
