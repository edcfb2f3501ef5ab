"""Every sim: its sweep can be read, its script is short and stands on basin alone, and the trial size runs in seconds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from basin import datasets, sweep

SIMS = Path(__file__).parents[2] / "sims"
NAMES = sorted(path.stem for path in SIMS.glob("*.toml"))
FAST = ("manipulation",)  # a measure; the others are left to the slow tier
IDLE, SLACK = 15, 3  # seconds that a trial takes at most where nothing else runs, and how many times that tests wait
MOST = 60  # lines of a script


def imported(script: Path) -> set[str]:
    """The packages that a script imports."""
    found = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_there_is_one_for_each_headline_question():
    assert len(NAMES) >= 8 and set(FAST) <= set(NAMES)
    assert set(NAMES) | {"common"} == {path.stem for path in SIMS.glob("*.py")}


@pytest.mark.parametrize("name", NAMES)
def test_its_sweep_is_read_in_both_sizes(name):
    full, quick = (sweep.read(SIMS / f"{name}.toml", trial) for trial in (False, True))
    assert full.title and full.question.endswith("?") and quick.points < full.points
    said = (SIMS / f"{name}.toml").read_text(encoding="utf-8")
    assert "# Ours: " in said and ("# Stated" in said or "asked of the essay" in said.lower() or "# Objection" in said)


@pytest.mark.parametrize("name", NAMES)
def test_its_script_is_short_and_says_what_it_asks_and_found(name):
    text = (SIMS / f"{name}.py").read_text(encoding="utf-8")
    about = ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) < MOST
    assert "?" in about and "Expected" in about and "Found" in about


@pytest.mark.parametrize("script", sorted(SIMS.glob("*.py")), ids=lambda path: path.stem)
def test_it_stands_on_basin_alone(script):
    assert imported(script) <= {"basin", "common", "numpy", "scipy", *sys.stdlib_module_names}
    assert "from basin" not in script.read_text(encoding="utf-8")  # what `import basin` gives is what is public


@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in FAST else pytest.mark.slow) for name in NAMES])
def test_its_trial_takes_seconds_and_is_drawn(name, tmp_path):
    done = subprocess.run(
        [sys.executable, SIMS / f"{name}.py", "--quick", "--out", tmp_path / "out"], capture_output=True, text=True,
        timeout=IDLE * SLACK, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stem = tmp_path / "out" / f"{name}-quick"
    found = datasets.open(f"{stem}.zarr")
    points = int(found["done"].size)
    assert (found["done"] == 1).all() and f"{points} of {points} points" in done.stdout
    assert "%" in done.stdout or "bits" in done.stdout
    assert stem.with_suffix(".html").stat().st_size > 10_000 and "plotly" in stem.with_suffix(".html").read_text(
        encoding="utf-8"
    )
