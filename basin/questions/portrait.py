"""Which way does an agent move from each start, what stands still, and where does it come to rest: the phase portrait."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis
from basin.analysis.lines import edge, zeros
from basin.labels import ALIGNED
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError, load, names
from basin.simulate.runs import check_seed
from basin.simulate.trajectory import Trajectories, trajectory

if TYPE_CHECKING:
    import xarray as xr

    from basin.scenario import Scenario

Numbers = NDArray[np.float64]

LATTICE, PATHS = 24, 36  # starts along an axis, trajectories that are kept
LEAST, MOST = 8, 64  # starts along an axis
MOST_PATHS = 400
FRAMES = 120  # moments of a trajectory that are kept, at most
BELIEF, CARE = "belief.knowledge", "motives.care"
STILL = 1e-12  # per episode: what moves less than rounding does stands still
BESIDE = 0.004  # of the way across: the starts of a triangle that are nearest to its sides
NEAR = 0.02  # what every other motive has at a start beside a corner


class PortraitError(ValueError):
    """A portrait that cannot be drawn as asked; one line."""


def portrait(
    asked: SubjectLike,
    x: AxisLike | Axis | None = None,
    y: AxisLike | Axis | None = None,
    *,
    n: int = LATTICE,
    paths: int = PATHS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The phase portrait of a scenario's deterministic skeleton, in which nothing is left to chance.

    With two own motives: the triangle of the three shares. Otherwise the plane of the agent's belief, cos(m, θ), and the
    share p₀ that cares. asked: a scenario, or its name or file. x, y: the window of the plane, `("belief.knowledge", lo, hi)`
    and `("motives.care", lo, hi)`; all of both unless given. n: starts along an axis, in the middles of n by n cells. paths:
    about how many trajectories are kept, at no more than 120 moments each, denser at first. Everything else about a start is
    the scenario's, so that a state has more dimensions than the portrait, and trajectories may cross.

    Returns a Dataset. `knows`, dims (path, frame), and `share`, (path, frame, motive), care first: the trajectories, at the
    episodes `frame`; `ending`, (path): labels. Attributes: `shape`, plane or triangle; `aligned`, the part of the plane or
    triangle from which runs end aligned. Lines are points in order, NaN between one line and the next; `edge`, between starts
    that end aligned and starts that do not, is within 1/64 of a cell.

    plane: `label`, (y, x), how the start in each cell ends; `move_x` and `move_y`, (y, x), what the first episode does to
    belief and care; `edge_x`, `edge_y`; `care_still_x`, `care_still_y`, where the first episode leaves care as it is, and
    `belief_still_x`, `belief_still_y`, the same of the belief: none where nothing changes sign.
    triangle: `edge_share`, (edge, motive); `attracts`, (motive): 1 where a start with all but 4% of a motive ends with it.

    Raises PortraitError for a scenario without own motives or bad arguments, ScenarioError for a system, SimulationError for
    what the skeleton cannot run, more motives than features have room for among it.

    >>> quick = basin.load("near-aligned-llm").with_({"outcome.horizon": 100})
    >>> found = basin.portrait(quick, n=8, paths=4)
    >>> found.attrs["shape"], found.attrs["aligned"]
    ('plane', 0.09375)
    """
    found = subject(asked, expected=True, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, which has no motives; give a scenario")
    found = ScenarioSubject(found.scenario, True, threads)
    check_seed(seed)
    _check(found.scenario, n, paths)
    own = [motive.name for motive in found.scenario.motives.own]
    chart: _Plane | _Triangle
    if len(own) == 2:
        if x is not None or y is not None:
            raise PortraitError(f"{found.name}: its portrait is a triangle, of the shares of three motives; it takes no axes")
        chart, window = _Triangle(own[0], own[1]), ""
    else:
        chart = _Plane(*(_axis(found, given, path) for given, path in ((x, BELIEF), (y, CARE))))
        window = f"x={chart.x.spec}, y={chart.y.spec}, "
    run = _Runner(found, seed, threads, progress, cancel)
    lattice = chart.spread(_square(n), n)
    label = run.label(chart.starts(lattice)).reshape(n, n)
    lines = edge(label == ALIGNED, lambda points: run.label(chart.starts(chart.spread(points, n))) == ALIGNED)
    parts = _paths(run, chart, paths)
    if isinstance(chart, _Plane):
        parts |= _moves(run, chart, lattice, label, lines)
    else:
        parts |= _corners(run, chart, [chart.shares(chart.spread(line, n)) for line in lines])
    weight = chart.weight(lattice)
    about = found.attributes(seed, 1, f"basin.portrait(scenario, {window}n={n}, paths={paths}, seed={seed})") | {
        "title": found.title,
        "shape": chart.shape,
        "aligned": float((label.ravel() == ALIGNED) @ weight / weight.sum()),
        "starts": int(n * n),
        "horizon": int(found.scenario.outcome.horizon),
    }
    coordinates: dict[str, datasets.Described] = {
        name: parts.pop(name) for name in ("frame", "motive", "x", "y") if name in parts
    }
    return datasets.measured("portrait", parts, coordinates, about)


# ---- Where starts are: from the unit square (up, across) to paths of the scenario -----------------------------------


@dataclass(frozen=True)
class _Plane:
    """Belief across, care upwards."""

    x: Axis
    y: Axis

    shape = "plane"

    def spread(self, points: Numbers, n: int) -> Numbers:
        """Steps of a lattice, from 0 to n − 1, to the unit square: the middles of cells."""
        return (points + 0.5) / n

    def starts(self, points: Numbers) -> dict[str, Numbers]:
        return {
            axis.path: axis.lo + (axis.hi - axis.lo) * along for axis, along in zip((self.y, self.x), points.T, strict=True)
        }

    def of_paths(self, paths: int) -> dict[str, Numbers]:
        side = round(paths**0.5)
        return self.starts(self.spread(_square(side), side))

    def weight(self, points: Numbers) -> Numbers:
        return np.ones(len(points))


@dataclass(frozen=True)
class _Triangle:
    """Care upwards, and across the part that the first of two own motives has of the rest."""

    first: str
    second: str

    shape = "triangle"

    def spread(self, points: Numbers, n: int) -> Numbers:
        """The same, but across all but to the sides, so that an edge ends there; a motive without any share stays so."""
        return np.stack([(points[:, 0] + 0.5) / n, BESIDE + (1 - 2 * BESIDE) * points[:, 1] / (n - 1)], axis=1)

    def shares(self, points: Numbers) -> Numbers:
        """(m, 3), care first."""
        care, part = points.T
        return np.stack([care, (1 - care) * part, (1 - care) * (1 - part)], axis=1)

    def at(self, shares: Numbers) -> dict[str, Numbers]:
        """Own motives' shares are weights, of which only the ratio counts."""
        weights = {f"motives.{name}.share": shares[:, 1 + k] for k, name in enumerate((self.first, self.second))}
        return {CARE: shares[:, 0], **weights}

    def starts(self, points: Numbers) -> dict[str, Numbers]:
        return self.at(self.shares(points))

    def of_paths(self, paths: int) -> dict[str, Numbers]:
        side = round(((8 * paths + 1) ** 0.5 - 1) / 2)
        inner = [(one, two, side + 2 - one - two) for one in range(1, side + 1) for two in range(1, side + 2 - one)]
        return self.at(np.array(inner) / (side + 2))

    def weight(self, points: Numbers) -> Numbers:
        return 1 - points[:, 0]  # a row of the square is as much narrower in the triangle


# ---- What is found there --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Runner:
    """The skeleton, from many starts at once."""

    found: ScenarioSubject
    seed: int
    threads: int | None
    progress: Progress | None
    cancel: threading.Event | None

    def label(self, starts: Mapping[str, Numbers]) -> NDArray[np.int8]:
        mapper = self.found.mapper(list(starts), 1, progress=self.progress, cancel=self.cancel)
        return mapper(np.stack(list(starts.values()), axis=1), self.seed).label[:, 0]

    def follow(self, starts: Mapping[str, Numbers], horizon: int | None = None) -> Trajectories:
        scenario = self.found.scenario
        return trajectory(
            scenario if horizon is None else scenario.with_({"outcome.horizon": horizon}),
            len(next(iter(starts.values()))), self.seed, starts=starts, expected=True, threads=self.threads,
            progress=self.progress, cancel=self.cancel,
        )  # fmt: skip


def _paths(run: _Runner, chart: _Plane | _Triangle, paths: int) -> dict[str, datasets.Described]:
    """Trajectories at moments that grow farther apart: what happens at first happens fast."""
    told = run.follow(chart.of_paths(paths))
    last = told.shares.shape[1] - 1
    frame = np.unique(np.rint(last * np.linspace(0, 1, FRAMES) ** 2).astype(int))
    return {
        "knows": (("path", "frame"), told.columns["knows"][:, frame], "cosine", "how well it knows human values"),
        "share": (("path", "frame", "motive"), told.shares[:, frame], "share", "share of each motive"),
        "ending": (("path",), told.label, "1", "how the trajectory ends, as a label"),
        "frame": (("frame",), frame, "episodes", "episodes since the start"),
        "motive": (("motive",), np.array(told.motives), "name", "motive; care wants what humans value"),
    }


def _moves(
    run: _Runner, plane: _Plane, lattice: Numbers, label: NDArray[np.int8], edges: list[Numbers]
) -> dict[str, datasets.Described]:
    """The first episode's movement at every start, where it passes 0, and the edge. Lines are in steps of the lattice."""
    told = run.follow(plane.starts(lattice), horizon=1)
    knows, care = (values.reshape(*label.shape, -1) for values in (told.columns["knows"], told.shares[..., 0]))
    # what starts are, which need not be what was asked for: features out of sight, a floor of shares, a phase's own start
    across, upwards = knows[..., 0].mean(axis=0), care[..., 0].mean(axis=1)
    for path, states in ((BELIEF, across), (CARE, upwards)):
        if (np.diff(states) <= 0).any():
            raise PortraitError(
                f"{path}: starts of this scenario are alike in it, whatever is asked for; is it set by a phase?"
            )
    move_x, move_y = (values[..., 1] - values[..., 0] for values in (knows, care))

    def line(lines: list[Numbers], name: str, what: str) -> dict[str, datasets.Described]:
        points, steps = _separated(lines, 2), np.arange(len(label))
        return {
            f"{name}_x": ((name,), np.interp(points[:, 1], steps, across), "cosine", f"{what}: cosine of the belief"),
            f"{name}_y": ((name,), np.interp(points[:, 0], steps, upwards), "share", f"{what}: share that cares"),
        }

    cells = ("y", "x")
    return {
        "label": (cells, label, "1", "how the start ends, as a label"),
        "move_x": (cells, move_x, "cosine per episode", "what the first episode does to the belief"),
        "move_y": (cells, move_y, "share per episode", "what the first episode does to care"),
        **line(edges, "edge", "the edge of the basin"),
        **line(zeros(move_y, STILL), "care_still", "where care stands still"),
        **line(zeros(move_x, STILL), "belief_still", "where the belief stands still"),
        "x": (("x",), across, "cosine", "the belief's cosine with human values, at the start"),
        "y": (("y",), upwards, "share", "share that cares, at the start"),
    }


def _corners(run: _Runner, chart: _Triangle, edges: list[Numbers]) -> dict[str, datasets.Described]:
    """The edge, and whether starts beside each corner end there, within what caring may leave to others."""
    told = run.follow(chart.at(np.full((3, 3), NEAR) + (1 - 3 * NEAR) * np.eye(3)))
    there = np.diagonal(told.shares[:, -1]) >= 1 - run.found.scenario.outcome.cares
    return {
        "edge_share": (("edge", "motive"), _separated(edges, 3), "share", "share of each motive along the edge of the basin"),
        "attracts": (("motive",), there.astype(np.int8), "1", "1 where starts beside the motive's corner end there"),
    }


def _square(n: int) -> Numbers:
    """(n², 2): every place of a lattice, up and across."""
    return np.indices((n, n)).reshape(2, -1).T.astype(float)


def _separated(lines: list[Numbers], width: int) -> Numbers:
    """Lines one after the other, NaN between them."""
    gap = np.full((1, width), np.nan)
    parts = [part for line in lines for part in (line, gap)]
    return np.concatenate(parts[:-1]) if parts else np.empty((0, width))


# ---- What can be asked ----------------------------------------------------------------------------------------------


def _axis(found: ScenarioSubject, given: AxisLike | Axis | None, path: str) -> Axis:
    axis = found.axis(given if given is not None else (path, *((-1.0, 1.0) if path == BELIEF else (0.0, 1.0))))
    if axis.path != path:
        raise PortraitError(f"{axis.path}: a portrait shows what moves: x is {BELIEF} and y is {CARE}")
    if axis.log:
        raise PortraitError(f"{axis.path}: the axes of a portrait are not logarithmic")
    return axis


def _check(scenario: Scenario, n: int, paths: int) -> None:
    if not scenario.motives.own:
        fit = [
            scenario.name
            for scenario in map(load, names())
            if scenario.motives.own and scenario.population.agents == 1 and scenario.values.target != "extrapolated"
        ]
        raise PortraitError(
            f"{scenario.name}: has no motive but care, whose share cannot move; a portrait needs one beside it, which "
            f"{', '.join(fit)} have"
        )
    for what, value, least, most in (("n", n, LEAST, MOST), ("paths", paths, 4, MOST_PATHS)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
            raise PortraitError(f"{what} = {value}: must be a whole number from {least} to {most}")
