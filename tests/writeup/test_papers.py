"""The project's own write-ups, at small sizes: every number and figure is there, and what is built is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from basin import writeup
from basin.writeup.build import TEXT

PAPERS = sorted(path.parent for path in (Path(__file__).parent.parent.parent / "papers").glob(f"*/{TEXT}"))


@pytest.mark.parametrize("folder", PAPERS, ids=lambda folder: folder.name)
def test_a_paper_builds(folder, tmp_path):
    (page,) = writeup.build(folder, tmp_path, quick=True, formats=("html",))
    assert writeup.build(folder, tmp_path, quick=True, check=True) == []
    text = page.read_text(encoding="utf-8")
    words = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    shown = re.findall(r"\{\{\s*figure\s+(\w+)", (folder / TEXT).read_text(encoding="utf-8"))
    assert "{{" not in words and "nan" not in words.lower().split()
    assert re.findall(r'<figure id="(\w+)">', words) == shown


def test_there_are_papers():
    assert {"size-of-the-basin", "starting-close-enough", "travel-choices", "when-there-is-no-basin"} <= {
        folder.name for folder in PAPERS
    }
