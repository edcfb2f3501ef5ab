"""What is given out is whole, says what it is, and works on every Python here that it claims to."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import basin

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = ((3, 11), (3, 12), (3, 13))
ASKED = ("run", "near-aligned-llm", "--runs", "200", "--seed", "3", "--set", "outcome.horizon=100", "--json")
FIGURE = ("figure", "map", "value-learner", "--n", "4", "--runs", "1", "--format", "html", "--out", "map", "--quiet")


def pythons() -> dict[tuple[int, int], str]:
    """Interpreters of the versions that the project is for: this one, those on the path, and pyenv's."""
    found = {sys.version_info[:2]: sys.executable}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for major, minor in VERSIONS:
        named = [shutil.which(f"python{major}.{minor}"), *sorted(map(str, pyenv.glob(f"{major}.{minor}.*/bin/python")))]
        for one in filter(None, named):  # pyenv puts names on the path that lead nowhere
            if subprocess.run([one, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
                found.setdefault((major, minor), one)
    return found


@pytest.fixture(scope="module")
def given_out(tmp_path_factory):
    """The source distribution, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("given-out")
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


def test_versions_and_names_agree():
    said = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", said, re.MULTILINE)[1] == basin.VERSION
    assert re.search(r"^license: (.*)$", said, re.MULTILINE)[1] == PROJECT["license"] == "MIT"
    assert f"## {basin.VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_dependency_has_a_lower_bound():
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    loose = [one for one in wanted if ">=" not in one and not one.startswith("basin[")]
    assert not loose


@pytest.mark.slow
def test_the_packages_hold_what_they_must_and_nothing_else(given_out):
    source, wheel = given_out
    with tarfile.open(source) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "Makefile", "app/main.py"):
        assert name in names
    known = {"PKG-INFO", ".gitignore", "pyproject.toml", "Dockerfile", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff",
             "CONTRIBUTING.md", "Makefile", "basin", "app", "tests", "sims", "papers"}  # fmt: skip
    assert {name.partition("/")[0] for name in names} <= known
    tracked = subprocess.run(["git", "ls-files", "basin"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    with zipfile.ZipFile(wheel) as opened:
        packed = {name for name in opened.namelist() if ".dist-info/" not in name}
    assert packed == set(tracked) or not tracked  # no checkout: nothing to compare with


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "version"),
    [*(("wheel", version) for version in VERSIONS), ("source", sys.version_info[:2])],  # the wheel is built from the source
    ids=lambda one: one if isinstance(one, str) else ".".join(map(str, one)),
)
def test_it_installs_in_a_clean_environment_and_gives_the_same_numbers(given_out, kind, version, tmp_path):
    python = pythons().get(version)
    if python is None:
        pytest.skip("no such Python here: install it, pyenv install {}.{} for one, and run this again".format(*version))
    subprocess.run([python, "-m", "venv", str(tmp_path / "venv")], check=True)
    installed = tmp_path / "venv" / "bin"
    package = given_out[kind == "wheel"]
    subprocess.run([installed / "python", "-m", "pip", "install", "-q", str(package)], check=True, capture_output=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"HOME": str(tmp_path)}

    there = subprocess.run([installed / "basin", *ASKED], cwd=tmp_path, env=clean, capture_output=True, text=True)
    here = subprocess.run([sys.executable, "-m", "basin", *ASKED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (there.returncode, there.stderr) == (0, "")
    assert json.loads(there.stdout) == json.loads(here.stdout)
    drawn = [installed / "basin", *FIGURE]
    assert subprocess.run(drawn, cwd=tmp_path, env=clean, capture_output=True).returncode == 0
    assert (tmp_path / "map.html").stat().st_size > 1e6  # with the library in it
