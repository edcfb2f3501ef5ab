"""Examples in docstrings: each runs and prints what it says, and whatever is public has one."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import basin

ROOT = Path(basin.__file__).parent
# What takes seconds even when small, and what needs a folder of texts.
WITHOUT = {"resilience", "writeup"}


def module_of(source: Path) -> str:
    """The dotted name of a source file."""
    parts = source.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = [module_of(source) for source in sorted(ROOT.rglob("*.py")) if ">>> " in source.read_text(encoding="utf-8")]
EXAMPLES = [
    example for name in MODULES for example in doctest.DocTestFinder().find(import_module(name), name) if example.examples
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_prints_what_it_says(example, tmp_path, monkeypatch):
    """In a folder of its own, with nothing but `basin` imported."""
    monkeypatch.chdir(tmp_path)
    example.globs = {"basin": basin}
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("package", [basin, basin.figures], ids=lambda package: package.__name__)
def test_what_is_public_has_an_example(package):
    every = {name: getattr(package, name) for name in package.__all__}
    public = {name: found for name, found in every.items() if inspect.isfunction(found) or inspect.ismodule(found)}
    assert len(public) > 30 and ">>> " in package.__doc__
    assert {name for name, found in public.items() if ">>> " not in found.__doc__} == WITHOUT & set(public)
