"""Where machine code is kept, and how wide a block may be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from basin.engine import compile as compiling

ENGINE = Path(compiling.__file__).parent


def test_a_cache_is_named_by_every_source_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "kernel.py").write_text("one")
    first = compiling.cache_directory(sources)
    assert Path(first).parent == tmp_path / "cache" and compiling.cache_directory(sources) == first
    (sources / "kernel.py").write_text("another")
    assert compiling.cache_directory(sources) != first


def test_where_nothing_can_be_written_a_fresh_folder_is_used_and_said(tmp_path, monkeypatch):
    taken = tmp_path / "taken"
    taken.write_text("a file, where a folder is wanted")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(taken))
    with pytest.warns(UserWarning, match="taken is not writable: kernels are compiled anew"):
        directory = compiling.cache_directory(ENGINE)
    assert list(Path(directory).iterdir()) == []
    shutil.rmtree(directory)


def test_a_block_of_another_width_is_refused():
    environment = {**os.environ, "BASIN_LANES": "48", "PYTHONPATH": str(ENGINE.parents[1])}
    code = "import basin.engine.compile"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.stderr.splitlines()[-1] == "ValueError: BASIN_LANES = 48: one of 16, 32, 64, 128"
