"""The table of loaders of files and texts from outside."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from unittest import mock

import numpy as np

from basin import api, choices, citing, datasets, graphs, requirements, scenario, sweep
from basin.analysis import AxisError
from basin.analysis.sampling import SamplingError
from basin.cli import cite, options
from basin.datasets import files
from basin.questions import starts
from basin.questions.subject import subject
from basin.requirements import RequirementsError
from basin.scenario import Scenario, ScenarioError
from basin.simulate import SimulationError
from basin.sweep import SweepError, catalogue, store
from basin.writeup import WriteupError
from basin.writeup.build import text_of
from basin.writeup.results import Results
from basin.writeup.text import filled
from tests.fuzz import mutations, seeds

LONGEST = 2000  # characters of what is said of an input
BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
COUNT = itertools.count()


@dataclass(frozen=True)
class Target:
    """A loader of bytes. errors: what it may raise, in one line. seeds: bytes to begin with, most of them sound.

    words: of its format. mutate: changes that its parser lets through.
    """

    load: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[str]
    mutate: Callable[[bytes, Random], bytes]

    def __call__(self, content: bytes) -> bool:
        """Whether the bytes are accepted. Raises whatever is no refusal in one line."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.load(content)
            except self.errors as error:
                said = str(error)
                if BROKEN.search(said) or not said.strip() or len(said) > LONGEST:
                    raise AssertionError(f"a {type(error).__name__} is not one readable line: {said[:300]!r}") from error
                return False
        return True


@cache
def _folder() -> Path:
    """Of this process; in memory where there is such a place. A process that is forked has its own."""
    shared = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="basin-fuzz-", dir=shared if os.access(shared, os.W_OK) else None))


def clean() -> None:
    """Remove what this process kept."""
    shutil.rmtree(_folder(), ignore_errors=True)
    _folder.cache_clear()


@contextmanager
def kept(content: bytes, suffix: str) -> Iterator[Path]:
    """A file of the bytes. Its name is new, since loaders remember what they have read."""
    path = _folder() / f"input{next(COUNT)}{suffix}"
    path.write_bytes(content)
    try:
        yield path
    finally:
        path.unlink()


@contextmanager
def unpacked(content: bytes) -> Iterator[Path]:
    """A store of the bytes (see `seeds.packed`)."""
    path = _folder() / f"input{next(COUNT)}.zarr"
    path.mkdir()
    try:
        for name, inside in seeds.unpacked(content).items():
            if re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name) and ".." not in name and len(name) < 200:
                try:
                    (path / name).parent.mkdir(parents=True, exist_ok=True)
                    (path / name).write_bytes(inside)
                except OSError:  # a file where a folder should be
                    pass
        yield path
    finally:
        shutil.rmtree(path)


# ---- TOML ------------------------------------------------------------------------------------------------------------


def load_scenario(content: bytes) -> None:
    with kept(content, ".toml") as path:
        found = scenario.load(path)
    assert scenario.loads(scenario.dumps(found)) == found
    found.numeric_paths()
    citing.cited(found)


def load_sweep(content: bytes) -> None:
    with kept(content, ".toml") as path:
        try:
            sweep.read(path, quick=True)
        finally:
            found = sweep.read(path)
    assert found.points > 0 and found.where(found.points - 1)


def load_requirements(content: bytes) -> None:
    with kept(content, ".toml") as path:
        requirements.is_argument(path)
        found = requirements.load(path)
        requirements.load(path, without=found.order[0].name)
    assert found.known(found.total) == 1
    assert np.isfinite(found.reached([0.0, found.total / 2])).all()


# ---- Tables ----------------------------------------------------------------------------------------------------------


def load_choices(suffix: str) -> Callable[[bytes], None]:
    def load(content: bytes) -> None:
        with kept(content, suffix) as path:
            table = choices.read(path)
        estimate = choices.maximum_likelihood(table)
        standard = choices.standardise(table, estimate)
        assert np.isfinite(standard.theta).all() and np.isfinite(estimate.standard_errors).all()

    return load


def load_starts(suffix: str) -> Callable[[bytes], None]:
    learner = subject("value-learner")

    def load(content: bytes) -> None:
        with kept(content, suffix) as path:
            found = starts.starts(learner, str(path))
        points = found.points(np.full((3, found.uniforms), 0.5))
        assert points.shape == (3, len(found.paths))

    return load


# ---- Graphs of populations -------------------------------------------------------------------------------------------


def load_graph(suffix: str) -> Callable[[bytes], None]:
    def load(content: bytes) -> None:
        with kept(content, suffix) as path:
            graph = graphs.read(path)
        assert graph.first[-1] == len(graph.neighbour) and graph.degrees().sum() == len(graph.links())

    return load


# ---- Results ---------------------------------------------------------------------------------------------------------


MOST = 2**28  # bytes that a result may unfold to: no input need fill a machine


def _opened(path: Path) -> None:
    with mock.patch.object(files, "memory", lambda: MOST), mock.patch.object(files, "MOST_PIECES", 1000):
        found = datasets.open(path)
        assert datasets.KIND in found.attrs
        if "scenario_toml" in found.attrs:
            citing.cited(*cite._of(str(path)))


def load_netcdf(content: bytes) -> None:
    with kept(content, ".nc") as path:
        _opened(path)


def load_zarr(content: bytes) -> None:
    with unpacked(content) as path:
        _opened(path)


def load_store(content: bytes) -> None:
    with unpacked(content) as path:
        found = store.open_store(path)
        catalogue.entry_of(found)
        found.remaining()
        for point in found.failures():
            found.sweep.where(point)
        store.check_same(found, found.sweep)


# ---- Write-ups -------------------------------------------------------------------------------------------------------

NUMBERS = {
    "race": {
        "both": 0.25,
        "both_low": 0.2,
        "both_high": 0.3,
        "runs": 1000,
        "name": "fast",
        "part": {"x": -1e300, "y": 10**400},
    },
    "whole": {"x": 3, "x_low": float("-inf"), "x_high": 1e308, "yes": True},
}


def load_text(content: bytes) -> None:
    with kept(content, ".md") as path:
        text = text_of(path)
        filled(text, _result, lambda name: name, "text.md")


def _result(name: str) -> object:
    if name not in NUMBERS:
        raise WriteupError(f"{name!r} is no result")
    return NUMBERS[name]


class _Script:
    """As a write-up's script, with one result."""

    path = Path("figures.py")
    results = {"race": lambda: {}}  # noqa: RUF012

    def key(self, name: str, quick: bool) -> str:
        return "key"


def load_kept(content: bytes) -> None:
    """What a write-up keeps of a result."""
    folder = _folder() / f"kept{next(COUNT)}"
    folder.mkdir()
    try:
        (folder / "race.json").write_bytes(content)
        results = Results(_Script(), folder, quick=False, check=True)
        filled("{{ race.both | share }} {{ race.name }} {{ race.part.x | .2f }}", results.__getitem__, lambda name: name)
    finally:
        shutil.rmtree(folder)


# ---- Options ---------------------------------------------------------------------------------------------------------


def load_override(content: bytes) -> None:
    """`--set`, in whatever bytes a shell hands over."""
    path, value = scenario.parse_override(os.fsdecode(content))
    Scenario().with_({path: value})


def load_axis(content: bytes) -> None:
    api.axis(Scenario(), options.axis("--x", os.fsdecode(content)))


TOML = mutations.toml
TARGETS: dict[str, Target] = {
    "scenario": Target(load_scenario, (ScenarioError,), seeds.scenarios, seeds.scenario_words(), TOML),
    "sweep": Target(load_sweep, (SweepError, ScenarioError, SimulationError), seeds.sweeps, seeds.SWEEP_WORDS, TOML),
    "requirements": Target(load_requirements, (RequirementsError,), seeds.arguments, seeds.ARGUMENT_WORDS, TOML),
    "choices-csv": Target(load_choices(".csv"), (choices.ChoiceError,), seeds.choices_csv, seeds.CHOICE_WORDS,
        mutations.cells),
    "choices-parquet": Target(
        load_choices(".parquet"), (choices.ChoiceError,), seeds.choices_parquet, seeds.CHOICE_WORDS, mutations.parquet
    ),
    "starts-csv": Target(
        load_starts(".csv"), (SamplingError, ScenarioError, AxisError), seeds.starts_csv, seeds.START_WORDS, mutations.cells
    ),
    "starts-parquet": Target(
        load_starts(".parquet"), (SamplingError, ScenarioError, AxisError), seeds.starts_parquet, seeds.START_WORDS,
        mutations.parquet,
    ),
    "graph-list": Target(load_graph(".csv"), (graphs.GraphError,), seeds.lists, seeds.LIST_WORDS, mutations.cells),
    "graphml": Target(load_graph(".graphml"), (graphs.GraphError,), seeds.graphml, seeds.GRAPHML_WORDS, mutations.elements),
    "netcdf": Target(load_netcdf, (datasets.DataError, ScenarioError, options.OptionError), seeds.netcdf,
        seeds.RESULT_WORDS, mutations.netcdf),
    "zarr": Target(load_zarr, (datasets.DataError, ScenarioError, options.OptionError), seeds.zarr,
        seeds.RESULT_WORDS, mutations.stored),
    "store": Target(load_store, (SweepError, ScenarioError), seeds.stores, seeds.RESULT_WORDS, mutations.stored),
    "text": Target(load_text, (WriteupError,), seeds.texts, seeds.TEXT_WORDS, mutations.pieces(seeds.TEXT_WORDS)),
    "kept-result": Target(load_kept, (WriteupError, datasets.DataError), seeds.kept_results, seeds.RESULT_WORDS,
        mutations.json_),
    "override": Target(load_override, (ScenarioError,), seeds.overrides, seeds.scenario_words(),
        mutations.pieces(seeds.JUNK_WORDS)),
    "axis": Target(
        load_axis, (options.OptionError, ScenarioError, AxisError), seeds.axes, seeds.scenario_words(),
        mutations.pieces(seeds.JUNK_WORDS),
    ),
}  # fmt: skip
