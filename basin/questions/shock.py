"""How hard must a start be hit, or how far must a parameter go, before it ends elsewhere?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis
from basin.analysis.ball import Around, ShockError
from basin.analysis.shock import shock as find
from basin.labels import Labels
from basin.questions.stability import target_of
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, Subject, SubjectLike, SystemSubject, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

RUNS = 1000  # at each point that is judged, where chance plays a part
SEARCH = 8  # at each point of the search
SAMPLES, FEW_SAMPLES = 10_000, 400  # of the audit: where labels are certain, and where chance blurs them


def shock(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    at: Mapping[str, float] | None = None,
    parameters: Sequence[AxisLike | Axis] | None = None,
    scales: Mapping[str, float] | None = None,
    outcome: str | None = None,
    runs: int = RUNS,
    samples: int | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The minimal shock: the least change of a start, in any number of axes, that leaves its basin (`analysis.shock`).

    asked: a scenario or a system, or its name. axes: what may change, within those ends; the subject's own, unless given,
    and those of a system then without ends. parameters: paths that may change instead (or, with axes, as well). at: the
    start; what it leaves out is as the scenario has it, or in the middle of a system's window. A system's coordinates that
    neither change nor are given are drawn from its window, and so are left to chance. scales: what change counts as 1
    along a path: unless given, 1 along a coordinate of a system, and elsewhere the width of the axis (in logarithms, if
    that is its scale). outcome: the basin; unless given that of the start, or of the target where chance plays a part.
    runs: at every point that is judged, where it does. samples: of the ball that is audited.

    Returns a Dataset, dims (path): `start`, `scale`, `witness` (a start that ends elsewhere), `edge` with `edge_low` and
    `edge_high` (where P(target) = ½ on the way to it). Attributes: `distance` with `distance_low` and `distance_high`,
    scaled and Euclidean; `witness_distance`; `witness_outcome`; the audit's `radius`, `samples`, `exits` and
    `leaving_at_most`; NaN where no change within reach leaves. Raises ShockError, or what an axis or the subject raises,
    one line each.

    >>> found = basin.shock("newton", at={"x": 1, "y": 0})
    >>> round(found.attrs["distance"], 4)
    0.622
    """
    found = subject(asked, expected=expected, threads=threads)
    check_seed(seed)
    free = list(axes or ()) + list(parameters or ())
    varied = tuple(found.axis(spec) for spec in free) if free else found.axes
    for path in [*(at or {}), *(scales or {})]:
        found.axis((path, 0.0, 1.0))
    paths = [axis.path for axis in varied]
    if len(set(paths)) < len(paths):
        raise ShockError(f"{max(paths, key=paths.count)}: two axes are the same path")
    start = np.array([_present(found, axis.path, at or {}) for axis in varied])
    bounded = bool(free) or isinstance(found, ScenarioSubject)
    _within(varied, start, bounded)
    scale = np.array([_scale(found, axis, scales or {}) for axis in varied])
    log = np.array([axis.log for axis in varied])
    ends = np.array([(axis.lo, axis.hi) for axis in varied]).T
    walls = ends if bounded else np.array([np.full(len(varied), -np.inf), np.full(len(varied), np.inf)])
    around = Around(start, scale, log, walls[0], walls[1])
    reach = np.inf if bounded else float(np.linalg.norm((ends[1] - ends[0]) / scale))

    fixed = {path: float(value) for path, value in (at or {}).items() if path not in paths}
    chance = found.stochastic or _drawn(found, [*paths, *fixed])
    mapper = mapper_at(found, paths, fixed, SEARCH if chance else 1, cancel)
    judge = mapper_at(found, paths, fixed, runs, cancel) if chance else None
    words = {code: word for word, code in found.outcomes.items()}
    if outcome is not None or chance:
        target = found.outcomes[target_of(found, outcome)]
    else:
        target = int(mapper(start[None], seed).label[0, 0])
    first = (judge or mapper)(start[None], seed).label
    share = float((first == target).mean())
    if share <= 0.5:
        place = ", ".join(f"{path} = {value:g}" for path, value in zip(paths, start, strict=True))
        raise ShockError(
            f"{found.name}: {share:.0%} of the runs from {place} end {words.get(target, target)}: a shock takes a start of "
            "which more than half do; give one with --at"
        )
    if samples is None:
        samples = FEW_SAMPLES if chance else SAMPLES
    options = {"directions": 48, "rounds": 8} if chance else {}
    told = find(
        mapper, around, target, judge=judge, reach=reach, samples=samples, seed=seed, progress=progress, **options
    )  # fmt: skip
    nothing = np.full(len(varied), np.nan)
    along = told.change / np.linalg.norm(told.change) if told.change is not None else nothing

    def on_the_way(distance: float | None) -> Numbers:
        return around.points((along * distance)[None])[0] if distance is not None else nothing

    dims = ("path",)
    call = (
        f"basin.shock(scenario, axes={[axis.spec for axis in varied] if free else None}, at={dict(at or {})}, "
        f"scales={dict(scales or {})}, outcome={outcome!r}, runs={runs}, samples={samples}, seed={seed}"
        f"{', expected=True' * expected})"
    )
    return datasets.measured(
        "shock",
        {
            "start": (dims, start, "units of the path", "where the start is"),
            "scale": (dims, scale, "units of the path", "the change that counts as 1; of logarithms where the scale is log"),
            "witness": (dims, told.point if told.point is not None else nothing, "units of the path", "ends elsewhere"),
            "edge": (dims, on_the_way(told.distance), "units of the path", "where P(target) = 1/2 on the way to the witness"),
            "edge_low": (dims, on_the_way(told.low), "units of the path", "nearer end of its 95% interval"),
            "edge_high": (dims, on_the_way(told.high), "units of the path", "farther end of its 95% interval"),
            "lo": (dims, walls[0], "units of the path", "least value that is allowed"),
            "hi": (dims, walls[1], "units of the path", "largest value that is allowed"),
        },
        {
            "path": (dims, np.array(paths), "name", "what may change"),
            "unit": (dims, np.array([axis.units or "1" for axis in varied]), "name", "its unit"),
            "meaning": (dims, np.array([axis.label or axis.path for axis in varied]), "name", "what it is"),
            "log": (dims, log.astype(np.int8), "1", "1 if changes are of its logarithm"),
        },
        found.attributes(seed, runs if chance else 1, call)
        | {
            "title": found.title,
            "target": str(words.get(target, target)),
            "certain": int(not chance),
            "distance": _number(told.distance),
            "distance_low": _number(told.low),
            "distance_high": _number(told.high),
            "witness_distance": _number(told.witness),
            "witness_outcome": str(words.get(told.label, told.label)) if told.label is not None else "",
            "radius": told.audit.radius,
            "samples": told.audit.samples,
            "exits": told.audit.exits,
            "leaving_at_most": told.audit.share,
            "evaluations": told.evaluations,
        },
    )


def mapper_at(
    found: Subject, paths: Sequence[str], fixed: Mapping[str, float], runs: int, cancel: threading.Event | None = None
) -> Callable[[Numbers, int], Labels]:
    """A mapper over paths, with other paths held at some values."""
    inner = found.mapper([*paths, *fixed], runs, cancel=cancel)
    held = np.array(list(fixed.values()))
    return lambda points, seed: inner(np.column_stack([points, np.tile(held, (len(points), 1))]), seed)


def _present(found: Subject, path: str, at: Mapping[str, float]) -> float:
    """Where the start is along a path."""
    if path in at:
        return float(at[path])
    if isinstance(found, ScenarioSubject):
        value = found.scenario.numeric_path(path).value
        if not isinstance(value, int | float):
            raise ShockError(f"{path}: the scenario holds no number there; give one with --at {path}=VALUE")
        return float(value)
    if isinstance(found, SystemSubject) and path in found.values:
        return float(found.values[path])
    (axis,) = [axis for axis in found.axes if axis.path == path]
    return (axis.lo + axis.hi) / 2


def _within(axes: Sequence[Axis], start: Numbers, bounded: bool) -> None:
    for axis, value in zip(axes, start, strict=True):
        if not np.isfinite(value) or (bounded and not axis.lo <= value <= axis.hi):
            raise ShockError(
                f"{axis.path} = {value:g}: the start must be from {axis.lo:g} to {axis.hi:g}, the ends of the axis"
            )


def _scale(found: Subject, axis: Axis, scales: Mapping[str, float]) -> float:
    if axis.path in scales:
        if not (np.isfinite(scales[axis.path]) and scales[axis.path] > 0):
            raise ShockError(f"{axis.path}: scale = {scales[axis.path]:g}: must be above 0")
        return float(scales[axis.path])
    if isinstance(found, SystemSubject) and axis.path not in found.values:
        return 1.0
    return float(np.log(axis.hi / axis.lo)) if axis.log else axis.hi - axis.lo


def _drawn(found: Subject, paths: Sequence[str]) -> bool:
    """Whether some coordinates of a system are drawn from its window."""
    return isinstance(found, SystemSubject) and not {axis.path for axis in found.axes} <= set(paths)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
