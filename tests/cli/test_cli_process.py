"""The command as a process of its own: how it starts, what it loads, how fast it answers, completion."""

import json
import os
import subprocess
import sys

import pytest


def process(*arguments, **environment):
    command = [sys.executable, "-m", "basin", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def test_python_minus_m_is_the_command():
    done = process("run", "value-learner", "--runs", "2", "--json", "--set", "outcome.horizon=5")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["runs"] == 2
    assert process("run", "nothing").returncode == 2


def test_a_run_loads_only_what_it_needs():
    script = """
import sys
from basin.cli import main
main(["run", "value-learner", "--runs", "2", "--json", "--set", "outcome.horizon=5"])
heavy = {"xarray", "pandas", "plotly", "scipy.stats", "statsmodels", "zarr", "netCDF4", "networkx", "streamlit"}
print(sorted(heavy & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == "[]\n"


def test_output_that_goes_to_a_file_is_plain_and_unwrapped():
    done = process("show", "value-learner", NO_COLOR="1", COLUMNS="40")
    assert "\x1b" not in done.stdout
    assert any("belief.knowledge" in line and "how well it knows human values" in line for line in done.stdout.splitlines())


def test_a_terminal_that_knows_only_ascii():
    done = process("map", "value-learner", "--n", "4", "--set", "outcome.horizon=5", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_a_pipe_that_closes_early():
    command = f"{sys.executable} -m basin show value-learner --toml | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stdout.count("\n") == 1 and done.stderr == ""


@pytest.mark.parametrize(
    ("words", "completed"),
    [("basin run val", "value-learner"), ("basin map value-learner --set motives.ca", "motives.care=")],
)
def test_shell_completion(words, completed):
    done = process(_BASIN_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=words)
    assert completed in done.stdout


@pytest.mark.slow
def test_a_thousand_runs_answer_within_a_second_and_a_half():
    """In processor time, so that whatever else the machine does is no part of it."""
    taken = []
    for _ in range(5):
        before = sum(os.times()[2:4])
        assert process("run", "near-aligned-llm", "--runs", "1000").returncode == 0
        taken.append(sum(os.times()[2:4]) - before)
    assert min(taken) < 1.5
