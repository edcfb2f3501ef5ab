"""What people call: a scenario in, a Dataset out, with everything that reproduces it in its attributes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from basin.scenario import Scenario, load

if TYPE_CHECKING:
    import xarray as xr

    from basin.analysis import Axis
    from basin.simulate import Runs

ScenarioLike = Scenario | str | os.PathLike[str]
AxisLike = tuple[str, float, float] | tuple[str, float, float, str]
Progress = Callable[[int, int], None]

RUNS, CELL_RUNS, TRAJECTORY_RUNS = 1000, 4, 50  # where nothing else is asked for; the deterministic skeleton needs 1


def run(
    scenario: ScenarioLike,
    runs: int | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Run a scenario many times, each to its horizon: one row per run, dims (run).

    scenario: a Scenario, the name of a bundled one, or the path of a TOML file. runs: 1000 unless said otherwise.
    expected: the deterministic skeleton, in which one run says all. Results do not depend on threads.
    progress: called with runs done and in all. cancel: an Event; once set, `basin.simulate.Cancelled` is raised.
    Raises ScenarioError or SimulationError, one line each, for what cannot be run.

    >>> runs = basin.run("value-learner", runs=20, seed=1)
    >>> runs.sizes["run"], round(float((runs["label"] == 1).mean()), 2)
    (20, 1.0)
    """
    from basin.simulate import simulate

    scenario, runs = resolved(scenario), runs_or(runs, RUNS, expected)
    result = simulate(scenario, runs, seed, expected=expected, threads=threads, progress=progress, cancel=cancel)
    return runs_dataset(result, expected)


def map(
    scenario: ScenarioLike,
    x: AxisLike | None = None,
    y: AxisLike | None = None,
    n: int = 64,
    runs: int | None = None,
    seed: int = 0,
    *,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The basin: how runs from an n by n grid of starting points end, dims (y, x, outcome).

    x, y: `(path, lo, hi)` or `(path, lo, hi, "log")` of any two numeric paths; both ends are on the grid. Without them:
    the overlap of the agent's own motive with human values, and its care; for a scenario with a table of recorded
    choices, what it knows and how unsure it is. runs: per cell, 4 unless said otherwise.
    The other arguments and errors are those of `run`; AxisError for axes that make no map.

    >>> field = basin.map("value-learner", n=3, runs=1)
    >>> field["aligned"].values
    array([[0., 0., 1.],
           [1., 1., 1.],
           [1., 1., 1.]])
    """
    from basin import analysis
    from basin.simulate import mapper

    scenario, runs = resolved(scenario), runs_or(runs, CELL_RUNS, expected)
    across, up = axes(scenario, x, y)
    paths = (across.path, up.path)
    points = mapper(scenario, paths, runs, expected=expected, threads=threads, progress=progress, cancel=cancel)
    field = analysis.map(points, x=across, y=up, n=n, seed=seed)
    call = f"basin.map(scenario, x={across.spec}, y={up.spec}, n={n}, runs={runs}, seed={seed}{_skeleton(expected)})"
    field.attrs.update(_provenance(scenario, seed, runs, expected, call))
    return field


def trajectory(
    scenario: ScenarioLike,
    runs: int | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Every episode of some runs (50 unless said otherwise), dims (run, episode, motive): the same runs as `run`'s.

    >>> paths = basin.trajectory("value-learner", runs=2)
    >>> [round(float(paths["knows"][0, episode]), 2) for episode in (0, 10, 100)]
    [0.5, 0.65, 0.95]
    """
    from basin import datasets, simulate

    scenario, runs = resolved(scenario), runs_or(runs, TRAJECTORY_RUNS, expected)
    path = simulate.trajectory(scenario, runs, seed, expected=expected, threads=threads, progress=progress, cancel=cancel)
    call = f"basin.trajectory(scenario, runs={runs}, seed={seed}{_skeleton(expected)})"
    attributes = _provenance(scenario, seed, runs, expected, call)
    return datasets.trajectory(path.columns, path.shares, path.label, path.time, path.motives, attributes)


def runs_dataset(result: Runs, expected: bool) -> xr.Dataset:
    """The Dataset of runs that have been simulated."""
    from basin import datasets

    call = f"basin.run(scenario, runs={len(result)}, seed={result.seed}{_skeleton(expected)})"
    attributes = _provenance(result.scenario, result.seed, len(result), expected, call)
    return datasets.runs(result.columns, motive_names(result.scenario), attributes)


def summary(result: Runs, expected: bool) -> dict[str, Any]:
    """How runs that have been simulated ended, as fractions and means with intervals."""
    from basin.analysis import summarise

    judged = result.scenario.outcome
    names = motive_names(result.scenario)
    return summarise(
        result.columns, names, behaves=judged.behaves, cares=judged.cares, certain=expected, groups=result.population
    )


def resolved(scenario: ScenarioLike) -> Scenario:
    """The Scenario that is meant. Raises ScenarioError where there is none."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def runs_or(runs: int | None, default: int, expected: bool) -> int:
    """How many runs: as asked; else the default, or the single one that the deterministic skeleton needs."""
    return runs if runs is not None else 1 if expected else default


def motive_names(scenario: Scenario) -> tuple[str, ...]:
    """Names of the motives, care first."""
    return ("care", *(motive.name for motive in scenario.motives.own))


def default_axes(scenario: ScenarioLike) -> tuple[AxisLike, AxisLike]:
    """The two axes over which a scenario is mapped where nobody says otherwise.

    >>> basin.default_axes("near-aligned-llm")
    (('motives.self_interest.overlap', -1.0, 1.0), ('motives.care', 0.02, 0.98))
    """
    from basin.questions.subject import default_axes

    return default_axes(resolved(scenario))


def axes(scenario: Scenario, x: AxisLike | None, y: AxisLike | None) -> tuple[Axis, Axis]:
    """Both axes of a map; where one is not given, the default that differs from the other."""
    default_x, default_y = (axis(scenario, spec) for spec in default_axes(scenario))
    given_x, given_y = (axis(scenario, spec) if spec is not None else None for spec in (x, y))
    if given_x is None:
        given_x = default_y if given_y is not None and given_y.path == default_x.path else default_x
    if given_y is None:
        given_y = default_x if given_x.path == default_y.path else default_y
    return given_x, given_y


def axis(scenario: Scenario, spec: AxisLike) -> Axis:
    """`(path, lo, hi)` or `(path, lo, hi, "log")` as an Axis with the path's unit and description."""
    from basin.questions.subject import subject

    return subject(scenario).axis(spec)


def _skeleton(expected: bool) -> str:
    return ", expected=True" if expected else ""


def _provenance(scenario: Scenario, seed: int, runs: int, expected: bool, call: str) -> dict[str, Any]:
    from basin.questions.subject import subject

    return subject(scenario, expected=expected).attributes(seed, runs, call)
