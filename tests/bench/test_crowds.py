"""Populations are about as fast as lone agents, and meetings far faster than peers'."""

import pytest

from tests.bench import crowds


def test_a_quick_run_without_peers(monkeypatch, capsys):
    monkeypatch.setattr(crowds.importlib.util, "find_spec", lambda name: None)
    crowds.main(["--quick"])
    said = capsys.readouterr().out
    assert "2,000 agents, 30 episodes" in said and "NDlib is not installed" in said and "Mesa is not installed" in said


@pytest.mark.slow
def test_goals():
    """An agent-episode at most 1.5 times a lone agent's; peers' meetings, where they are installed, at least 50 times ours."""
    size = crowds.Size(100_000, 50, 20, 20)
    assert crowds.agent_episode(size)[2] <= 1.5
    each = crowds.meetings(size)
    for name in ("NDlib", "Mesa"):
        assert name not in each or each[name] >= 50 * each[crowds.ALONE]


@pytest.mark.slow
def test_a_million_agents_fit_into_eight_gibibytes():
    assert crowds.million(episodes=3)[1] <= 8
