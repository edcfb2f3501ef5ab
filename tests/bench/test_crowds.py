"""Populations are about as fast as lone agents, and a million of them fit into memory."""

import pytest

from tests.bench import crowds


def test_a_quick_run(capsys):
    crowds.main(["--quick"])
    assert "2,000 agents, 30 episodes" in capsys.readouterr().out


@pytest.mark.slow
def test_an_agent_episode_takes_at_most_half_as_long_again_as_a_lone_agents():
    assert crowds.agent_episode(crowds.Size(100_000, 50, 20))[2] <= 1.5


@pytest.mark.slow
def test_a_million_agents_fit_into_eight_gibibytes():
    assert crowds.million(episodes=3)[1] <= 8
