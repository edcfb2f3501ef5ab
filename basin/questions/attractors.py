"""What is there to end in? Attractors that are found, not named, and how they compare with the named outcomes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis
from basin.analysis.attractors import attractors as recur
from basin.analysis.clusters import agreement, clusters
from basin.analysis.intervals import wilson
from basin.analysis.sampling import draw
from basin.questions.flows import TURN, Flow, flow
from basin.questions.stability import call_of
from basin.questions.starts import Over, described, starts
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, SubjectLike, SystemSubject, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

SAMPLES, FEW = 2000, 500  # starts of a scenario, and of a system, unless said otherwise
METHODS = ("recurrences", "clusters")
CELLS, FEWEST_CELLS = {1: 500, 2: 100, 3: 40}, 20  # along each coordinate, by the number of them
SPEEDS = 200  # starts by which the size of a step is chosen
PATIENCE = 10.0  # cells that a state of mean speed crosses in a step
ACCURATE = 1e-5  # of the range of starts: error of a step, of all but one in a hundred
TRANSIENT, LOOKED = 600, 400  # steps that final states are preceded by, and that they are averaged over


class AttractorError(ValueError):
    """A subject whose attractors cannot be looked for as asked; one line."""


class Finals(NamedTuple):
    """Where runs end: (n, f) features by name, their units and what they mean; (n,) named labels."""

    features: Numbers
    names: list[str]
    units: list[str]
    meanings: list[str]
    named: NDArray[np.int8]


def attractors(
    asked: SubjectLike,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    over: Over = "uniform",
    method: str | None = None,
    samples: int | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Attractors discovered without names, and the share of the starts that ends in each.

    asked: a scenario, or a system with equations of motion and no noise. method: "recurrences" (`analysis.attractors`; of
    systems whose equations do not depend on time), or "clusters" of final states (`analysis.clusters`): of a scenario what an
    agent knows, cares for and does at the end and the harm it did, of a system means and standard deviations of its
    coordinates. axes, over, samples: which starts, and how many.

    Returns a Dataset, dims (run): `cluster` (−1: none), `label` (the named outcome); (run, feature): `final`; (group):
    `count`, `share`, `low`, `high` (95% Wilson); (group, feature): `centre`; (group, moment): `signature`, scaled features by
    which it is known again elsewhere; (group, outcome): `table`, runs of the cluster by named outcome. Attributes:
    `agreement`, the adjusted Rand index of both, runs without a cluster or with an unresolved label being classes of their
    own; `silhouette`; `loose`, the share of runs in no cluster.
    Raises AttractorError, or what the subject raises, one line each.

    >>> found = basin.attractors("pendulum", samples=64)
    >>> found["count"].values, round(found.attrs["agreement"], 2)
    (array([54, 10]), 1.0)
    """
    found = subject(asked, expected=expected, threads=threads)
    check_seed(seed)
    drawn = starts(found, over, axes)
    if method is not None and method not in METHODS:
        raise AttractorError(f"method = {method!r}: must be {' or '.join(METHODS)}")
    least = 10
    count = samples if samples is not None else SAMPLES if isinstance(found, ScenarioSubject) else FEW
    if isinstance(count, bool) or not least <= count <= 100_000:
        raise AttractorError(f"samples = {count}: must be a whole number from {least} to 100000")
    points = draw(drawn, count, seed)
    if isinstance(found, ScenarioSubject):
        if method == "recurrences":
            raise AttractorError(f"{found.name}: recurrences take a system with equations of motion; use clusters")
        method = "clusters"
        finals = _scenario_finals(found, drawn.paths, points, seed, progress, cancel)
        scale = np.array([1.0, 1.0, 1.0, found.scenario.outcome.horizon])  # harm counts per episode
        cluster, score = clusters(finals.features, scale)
        signature = _means(finals.features / scale, cluster)
    else:
        assert isinstance(found, SystemSubject)
        method, finals, cluster, score, signature = _of_system(found, drawn.paths, points, method, seed)
    call = call_of("attractors", axes, over, method=method, samples=samples, seed=seed, expected=expected)
    return _dataset(found, seed, method, finals, cluster, signature, score, described(drawn), call)


def _scenario_finals(
    found: ScenarioSubject, paths: Sequence[str], points: Numbers, seed: int, progress: Progress | None,
    cancel: threading.Event | None,
) -> Finals:  # fmt: skip
    """One run from each start, to the horizon."""
    from basin.engine.layout import RECORD
    from basin.simulate.execute import execute
    from basin.simulate.tables import tabulate

    columns = {path: points[:, at] for at, path in enumerate(paths)}
    records = np.empty((len(points), len(RECORD)))
    for tables in tabulate(found.scenario, columns, expected=found.expected):
        rows = np.empty((len(tables.cells), len(RECORD)))
        for chunk, part, _ in execute(
            tables.without_exits(), 1, seed, threads=found.threads, progress=progress, cancel=cancel
        ):
            rows[chunk] = part
        records[tables.cells] = rows
    about = datasets.RUN_VARIABLES
    names = ["knows", "cares", "behaves", "harm"]
    features = records[:, [RECORD.index(name) for name in names]]
    return Finals(features, names, [about[name][0] for name in names], [about[name][1] for name in names],
                  records[:, RECORD.index("label")].astype(np.int8))  # fmt: skip


def _of_system(
    found: SystemSubject, paths: Sequence[str], points: Numbers, method: str | None, seed: int
) -> tuple[str, Finals, NDArray[np.int64], float, Numbers]:
    moves, starts_in = flow(found), [axis.path for axis in found.axes]
    if set(paths) != set(starts_in):
        listed = ", ".join(starts_in)
        raise AttractorError(f"{found.name}: attractors are looked for from starts in all its coordinates: {listed}")
    points = points[:, [list(paths).index(name) for name in starts_in]]
    method = method or ("recurrences" if moves.steady else "clusters")
    if method == "recurrences" and not moves.steady:
        raise AttractorError(f"{found.name}: its equations of motion depend on time: states do not recur; use clusters")
    named = found.mapper(starts_in)(points, seed).label[:, 0]
    state = moves.states(points)
    parts = moves.coordinates
    cells = CELLS.get(len(parts), FEWEST_CELLS)
    stepper = _Stepper(moves, state, cells)
    if method == "recurrences":
        low, high = stepper.box(state)
        told = recur(stepper.step, state, low, high, cells=cells)
        final, cluster, score = told.final, told.label, np.nan
        signature = np.column_stack([(told.centres - low) / (high - low), told.extents / (high - low)])
    else:
        features, scale, final = stepper.features(state)
        bounded = np.isfinite(features).all(axis=1)
        cluster, score = np.full(len(state), -1), np.nan
        if bounded.any():
            cluster[bounded], score = clusters(features[bounded], scale)
        signature = _means(features / scale, cluster)
    names, units, meanings = ([getattr(part, name) for part in parts] for name in ("name", "units", "meaning"))
    return method, Finals(final, names, units, meanings, named), cluster, score, signature


def _means(features: Numbers, cluster: NDArray[np.int64]) -> Numbers:
    """(groups, f) means of each cluster."""
    groups = range(int(cluster.max(initial=-1)) + 1)
    return np.array([features[cluster == name].mean(axis=0) for name in groups]).reshape(-1, features.shape[1])


class _Stepper:
    """Steps of all states together by the classical Runge–Kutta method, angles kept within their window."""

    def __init__(self, moves: Flow, states: Numbers, cells: int) -> None:
        self.rate, self.now = moves.rate, 0.0
        self.angle = np.array([part.angle for part in moves.coordinates])
        self.lo = np.array([part.lo for part in moves.coordinates])
        states = states[:SPEEDS]
        spread = np.ptp(states, axis=0)
        width = np.where(spread > 0, spread, max(float(spread.max()), 1e-12))
        speed = np.linalg.norm(self.rate(states, 0.0) / width, axis=1)
        self.duration = PATIENCE * np.sqrt(len(width)) / cells / max(float(speed.mean()), 1e-12)
        self.parts = 1
        while self.parts < 1024:  # halve until one step and two halves agree
            size = self.duration / self.parts
            whole = self._rk4(states, 0.0, size)
            halves = self._rk4(self._rk4(states, 0.0, size / 2), size / 2, size / 2)
            with np.errstate(invalid="ignore"):
                error = np.abs(whole - halves) / width
            if np.nanquantile(error, 0.99) < ACCURATE:
                break
            self.parts *= 2

    def _rk4(self, states: Numbers, time: float, size: float) -> Numbers:
        with np.errstate(over="ignore", invalid="ignore"):
            a = self.rate(states, time)
            b = self.rate(states + size / 2 * a, time + size / 2)
            c = self.rate(states + size / 2 * b, time + size / 2)
            d = self.rate(states + size * c, time + size)
            return states + size / 6 * (a + 2 * b + 2 * c + d)

    def step(self, states: Numbers) -> Numbers:
        size = self.duration / self.parts
        for _ in range(self.parts):
            states = self._rk4(states, self.now, size)
            self.now += size
        with np.errstate(invalid="ignore"):
            return np.where(self.angle, self.lo + (states - self.lo) % TURN, states)

    def box(self, states: Numbers) -> tuple[Numbers, Numbers]:
        """Where states go: the range of most of them on the way, and a margin."""
        kept, seen = self.now, [states]
        for _ in range(TRANSIENT // 4):
            states = self.step(states)
            seen.append(states)
        self.now = kept
        everything = np.concatenate(seen)
        everything = everything[np.isfinite(everything).all(axis=1)]
        low, high = np.quantile(everything, (0.01, 0.99), axis=0)
        margin = 0.1 * (high - low) + 1e-9
        return np.where(self.angle, self.lo, low - margin), np.where(self.angle, self.lo + TURN, high + margin)

    def features(self, states: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """(n, f) means and standard deviations after a transient (of sine and cosine, of an angle); (f,) ranges of what they
        are of, over those that stay finite; and the last states.

        Moments count by sin² of their place in the stretch (Hann's window), which all but removes what it matters in which
        phase of its cycle a run begins and ends it.
        """

        def seen(states: Numbers) -> Numbers:
            turned = states.copy()
            turned[:, self.angle] = np.cos(states[:, self.angle])
            return np.column_stack([turned, np.sin(states[:, self.angle])])

        low = high = seen(states)
        total = square = np.zeros_like(low)
        weight = np.sin(np.pi * (np.arange(LOOKED) + 0.5) / LOOKED) ** 2
        for part in np.concatenate([np.zeros(TRANSIENT), weight / weight.sum()]):
            states = self.step(states)
            now = seen(states)
            low, high = np.minimum(low, now), np.maximum(high, now)
            with np.errstate(invalid="ignore", over="ignore"):
                total, square = total + part * now, square + part * now**2
        with np.errstate(invalid="ignore"):
            spread = np.sqrt(np.maximum(0.0, square - np.square(total)))
        bounded = np.isfinite(total).all(axis=1)
        scale = np.ones(low.shape[1])
        if bounded.any():
            width = high[bounded].max(axis=0) - low[bounded].min(axis=0)
            scale = np.where(width > 0, width, 1.0)
        return np.column_stack([total, spread]), np.tile(scale, 2), states


def _dataset(
    found: Any,
    seed: int,
    method: str,
    finals: Finals,
    cluster: NDArray[np.int64],
    signature: Numbers,
    score: float,
    which: str,
    call: str,
) -> xr.Dataset:
    words, shown = list(found.outcomes), finals.features
    names = np.arange(int(cluster.max(initial=-1)) + 1)
    count = np.array([(cluster == name).sum() for name in names], np.int64)
    low, high = wilson(count, len(cluster))
    codes = [found.outcomes[word] for word in words]
    table = np.array([[((cluster == name) & (finals.named == code)).sum() for code in codes] for name in names], np.int64)
    return datasets.measured(
        "attractors",
        {
            "cluster": (("run",), cluster.astype(np.int16), "1", "cluster of the run, -1 for none"),
            "label": (("run",), finals.named.astype(np.int8), "1", "how the run ended by its name"),
            "final": (("run", "feature"), shown, "units of the feature", "where the run ended"),
            "count": (("group",), count, "runs", "runs of the cluster"),
            "share": (("group",), count / len(cluster), "probability", "share of the starts"),
            "low": (("group",), low, "probability", "lower end of its 95% interval"),
            "high": (("group",), high, "probability", "upper end of its 95% interval"),
            "centre": (
                ("group", "feature"),
                _means(shown, cluster),
                "units of the feature",
                "mean of its final states",
            ),
            "signature": (("group", "moment"), signature, "1", "what the cluster is known by elsewhere, scaled"),
            "table": (("group", "outcome"), table.reshape(-1, len(words)), "runs", "runs of the cluster that ended so"),
        },
        {
            "group": (("group",), names, "1", "number of the cluster, the largest being 0"),
            "feature": (("feature",), np.array(finals.names), "name", "what is known of a final state"),
            "unit": (("feature",), np.array(finals.units), "name", "its unit"),
            "meaning": (("feature",), np.array(finals.meanings), "name", "what it is"),
            "outcome": (("outcome",), np.array(words), "name", "named outcome"),
        },
        found.attributes(seed, 1, call)
        | {
            "title": found.title,
            "codes": codes,
            "method": method,
            "starts": len(cluster),
            "starts_from": which,
            "agreement": agreement(cluster, finals.named),
            "silhouette": score,
            "loose": float((cluster < 0).mean()),
        },
    )
