"""What is left of the basin under each objection?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis, Mean, shared, wilson
from basin.analysis.intervals import CONFIDENCE
from basin.analysis.paired import paired, paired_bits
from basin.analysis.sampling import SamplingError, Window, draw
from basin.questions.starts import described
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import Objection, Scenario, ScenarioError, objection
from basin.scenario import objections as known
from basin.simulate import SimulationError
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 1024  # starts, unless said otherwise
MOST_SAMPLES = 10_000_000


class Met(NamedTuple):
    """One objection: which starts end aligned under it, and why it says nothing, or less, here."""

    objection: Objection
    aligned: NDArray[np.bool_] | None
    note: str


def objections(
    scenario: SubjectLike,
    names: Sequence[str] | None = None,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """P(aligned) and the size of the basin of a scenario under each objection, against the scenario itself.

    `samples` starts are drawn evenly over the window of `axes` (the scenario's own, unless given) and run once each; the
    same starts with the same random numbers under every objection, so that differences are paired. An objection that sets
    a path along which starts differ (the care of an agent that does not care) puts all of them there. names: which
    objections; all, unless given.

    Returns a Dataset, dims (objection), the largest loss first, those that cannot apply last with the reason as `note`;
    `note` also says where the scenario has the objection already, or a phase of it goes its own way.
    `difference` is by how much P(aligned) rises, `lost` the bits by which the basin shrinks, log₂ of the ratio of shares;
    each with a 95% interval, `difference` also with one that holds for all objections at once (Bonferroni).
    Raises ValueErrors of ours, one line each, for a scenario that cannot be run, a system, or an unknown name.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> found = basin.objections(short, ["fully-updated-deference"], samples=32)
    >>> found["difference"].values
    array([-0.03125])
    """
    found = subject(scenario, expected=expected, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, and objections are to scenarios")
    check_seed(seed)
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not 2 <= samples <= MOST_SAMPLES:
        raise SamplingError(f"samples = {samples}: must be a whole number from 2 to {MOST_SAMPLES}")
    asked = [objection(name) for name in dict.fromkeys(known() if names is None else names)]
    window = Window(tuple(found.axis(spec) for spec in axes) if axes else found.axes)
    points = draw(window, int(samples), seed)
    runner = _Runner(window, points, seed, 1 + len(asked), progress, cancel)
    base = runner.aligned(found, points)
    met = [_meet(runner, found, one, base) for one in asked]
    rest = shared(CONFIDENCE, sum(one.aligned is not None for one in met))
    rows = sorted((_row(one, base, rest) for one in met), key=lambda row: (row["applies"] == 0, row["difference"].mean))
    return datasets.measured(
        "objections",
        _variables(rows),
        {"objection": (("objection",), np.array([row["name"] for row in rows], str), "name", "what is objected")},
        found.attributes(seed, 1, _call(names, window if axes else None, samples, seed, found.expected))
        | {
            "title": found.title,
            "samples": int(samples),
            "starts_from": described(window),
            "target": found.target,
            **_size(base, "base"),
        },
    )


class _Runner:
    """Runs the same starts with the same random numbers, again and again."""

    def __init__(
        self, window: Window, points: NDArray[np.float64], seed: int, calls: int, progress: Progress | None,
        cancel: threading.Event | None,
    ) -> None:  # fmt: skip
        self.window, self.points, self.seed, self.calls = window, points, seed, calls
        self.progress, self.cancel, self.done = progress, cancel, 0

    def aligned(self, found: ScenarioSubject, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(samples,): which starts end aligned."""
        before = self.done
        self.done += 1

        def report(done: int, total: int) -> None:
            if self.progress is not None:
                self.progress(before * total + done, self.calls * total)

        shown = report if self.progress is not None else None
        label = found.mapper(self.window.paths, progress=shown, cancel=self.cancel)(points, self.seed).label[:, 0]
        aligned: NDArray[np.bool_] = label == found.outcomes[found.target]
        return aligned


def _meet(runner: _Runner, found: ScenarioSubject, asked: Objection, base: NDArray[np.bool_]) -> Met:
    try:
        after = found.objected(asked.name)
        points = _moved(runner.window, runner.points, asked, found.scenario, after.scenario)
        if after == found and points is runner.points:
            return Met(asked, base, "the scenario has it already")
        return Met(asked, runner.aligned(after, points), _overruled(asked, found.scenario))
    except (ScenarioError, SimulationError) as error:
        return Met(asked, None, str(error).removeprefix(f"objection {asked.name} does not apply to {found.name}: "))


def _overruled(asked: Objection, scenario: Scenario) -> str:
    """Which phases of the scenario have their own values at paths that the objection sets."""
    own = {phase.name: {path for path, _ in phase.changes} & set(asked.settings(scenario)) for phase in scenario.phases}
    parts = [f"phase {name} has its own {', '.join(sorted(paths))}" for name, paths in own.items() if paths]
    return "; ".join(parts)


def _moved(
    window: Window, points: NDArray[np.float64], asked: Objection, before: Scenario, after: Scenario
) -> NDArray[np.float64]:
    """The starts, all of them at the objection's value along an axis that it sets."""
    moved = points
    for path in asked.settings(before):
        for at, along in enumerate(window.paths):
            if path in (along, along.replace("motives.", "motives.own.", 1)):
                moved = moved.copy()
                moved[:, at] = after.get(path)
    return moved


def _row(met: Met, base: NDArray[np.bool_], together: float) -> dict[str, Any]:
    none = Mean(np.nan, np.nan, np.nan)
    about = {name: getattr(met.objection, name) for name in ("name", "title", "says", "source")}
    row = about | {"note": met.note, "applies": int(met.aligned is not None)}
    if met.aligned is None:
        return row | {"difference": none, "together": none, "lost": none} | dict.fromkeys(_size(base, "now"), np.nan)
    same = Mean(0.0, 0.0, 0.0) if met.aligned is base else None  # the very same runs: nothing is left to chance
    return row | _size(met.aligned, "now") | {
        "difference": same or paired(base, met.aligned),
        "together": same or paired(base, met.aligned, together),
        "lost": same or paired_bits(base, met.aligned),
    }  # fmt: skip


def _size(aligned: NDArray[np.bool_], prefix: str) -> dict[str, float]:
    """The share and its bits, with intervals."""
    share = float(aligned.mean())
    low, high = (float(end) for end in wilson(int(aligned.sum()), len(aligned)))
    with np.errstate(divide="ignore"):
        bits = [0.0 - float(np.log2(value)) for value in (share, high, low)]
    names = ("share", "low", "high", "bits", "bits_low", "bits_high")
    return dict(zip([f"{prefix}_{name}" for name in names], [share, low, high, *bits], strict=True))


def _variables(rows: list[dict[str, Any]]) -> dict[str, datasets.Described]:
    def column(name: str) -> tuple[tuple[str, ...], NDArray[Any]]:
        return ("objection",), np.array([row[name] for row in rows])

    def measured(name: str, kept: str, units: str, words: str) -> dict[str, datasets.Described]:
        parts = {"": ("mean", words), "_low": ("low", f"lower end of the 95% interval of {kept}"),
                 "_high": ("high", f"upper end of the 95% interval of {kept}")}  # fmt: skip
        return {
            f"{kept}{suffix}": (("objection",), np.array([getattr(row[name], part) for row in rows]), units, text)
            for suffix, (part, text) in parts.items()
        }

    together = measured("together", "together", "probability", "the same difference")
    del together["together"]  # the difference itself, which is there already
    return {
        "title": (*column("title"), "text", "the objection in a few words"),
        "says": (*column("says"), "text", "what it says"),
        "source": (*column("source"), "text", "who says so"),
        "applies": (*column("applies"), "1", "1 if it can apply to this scenario"),
        "note": (*column("note"), "text", "why it says nothing, or less, here; mostly empty"),
        "share": (*column("now_share"), "probability", "share of the starts that ends fully aligned under it"),
        "low": (*column("now_low"), "probability", "lower end of its 95% interval"),
        "high": (*column("now_high"), "probability", "upper end of its 95% interval"),
        "bits": (*column("now_bits"), "bits", "size of the basin under it, −log₂ of the share; infinite where none was seen"),
        "bits_low": (*column("now_bits_low"), "bits", "lower end of its 95% interval"),
        "bits_high": (*column("now_bits_high"), "bits", "upper end of its 95% interval"),
        **measured("difference", "difference", "probability", "by how much P(aligned) rises, same starts, same chances"),
        **{name: (dims, values, units, f"{text}, for all objections at once")
           for name, (dims, values, units, text) in together.items()},
        **measured("lost", "lost", "bits", "by how many bits the basin shrinks; infinite where none is left"),
    }  # fmt: skip


def _call(names: Sequence[str] | None, window: Window | None, samples: int, seed: int, expected: bool) -> str:
    given = f"names={list(names)!r}, " if names is not None else ""
    if window is not None:
        along = [(axis.path, axis.lo, axis.hi, *(("log",) if axis.log else ())) for axis in window.axes]
        given += f"axes={along!r}, "
    return f"basin.objections(scenario, {given}samples={samples}, seed={seed}{', expected=True' * expected})"
