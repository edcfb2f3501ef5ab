"""The README's tutorial: each command runs, and prints what the README says that it prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
TUTORIAL = README.partition("## Five minutes")[2].partition("\n## ")[0]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TUTORIAL, re.S) for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All commands run in one folder, in their order: some draw what others have written."""
    return tmp_path_factory.mktemp("tutorial")


def test_there_is_a_tutorial():
    assert len(COMMANDS) >= 8 and sum("#" in line for line in COMMANDS) >= 6


@pytest.mark.parametrize("line", COMMANDS)
def test_the_tutorial_says_what_its_commands_print(line, folder):
    command, _, said = line.partition("#")
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert said.strip() in " ".join(done.stdout.split())
    for name in re.findall(r"--out (\w+)$", command.strip()):
        assert (folder / f"{name}.html").stat().st_size > 100_000
