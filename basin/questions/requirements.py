"""What does an agent need to know, how far does it get in the argument, and what is one more fact worth?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Axis, Mean, wilson
from basin.analysis.paired import paired
from basin.analysis.sampling import SamplingError, Window, draw
from basin.questions.argument import USUAL, about, argument_of, asked_about, coordinates, variables
from basin.questions.starts import described
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, SubjectLike
from basin.requirements import Argument
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 2048  # starts, unless said otherwise
MOST_SAMPLES = 10_000_000
PATH = "requirements.information"
FINER = np.linspace(0, 1, 9)  # between knowing all facts but the last, and all of them: there the size changes


def requirements(
    asked: SubjectLike = USUAL,
    axes: Sequence[AxisLike | Axis] | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The argument of a scenario, α(c), the size of the basin against information, and the most valuable missing fact.

    asked: a scenario; or an argument, by a bundled name or the path of a TOML file, which then is tried in the scenario
    `near-aligned-llm`. Size: P(aligned) of `samples` starts drawn evenly over the window of `axes` (the scenario's own,
    unless given), one run each, the same starts and random numbers for any information: differences are paired.

    Missing facts are those that an agent with the scenario's `requirements.information` does not surely know; each in turn
    is given for free, the others being acquired as before, and `effect` is by how much P(aligned) rises. Where the
    scenario's information is "all" nothing is missing, and it is asked at the total less the bits of the largest fact: the
    least from which one fact can complete the argument.

    Returns a Dataset, dims (step, fact, edge, capability, information); every share with a 95% interval. Attributes:
    total, inferences, asked (the information of the missing facts), most_valuable (empty if no single fact helps), and
    `worth`, what the whole argument is worth, with its interval. Raises ValueErrors of ours, one line each.

    >>> found = basin.information("near-aligned-llm", samples=32)
    >>> found.attrs["most_valuable"]
    'human_record'
    """
    known = asked_about(argument_of(asked, expected=expected, threads=threads))
    found, argument, information = known.found, known.argument, known.information
    check_seed(seed)
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not 2 <= samples <= MOST_SAMPLES:
        raise SamplingError(f"samples = {samples}: must be a whole number from 2 to {MOST_SAMPLES}")
    window = Window(tuple(found.axis(spec) for spec in axes) if axes else found.axes)
    if PATH in window.paths:
        raise SamplingError(f"{PATH}: is what the size is measured against, and no axis of the starts")
    grid = _grid(argument, information)
    granted = {fact.name: float(argument.grant([fact.name]).known(information)) for fact in _missing(argument, information)}
    able = found.with_({"requirements.without": ""})  # what is lacking counts in the chances that are asked for
    sizes = _Sizes(able, replace(argument, lacking=frozenset()), window, int(samples), seed, progress, cancel)
    sizes.will_need([*argument.known(grid), *granted.values()])
    base = sizes.aligned(float(argument.known(information)))
    effects = {name: sizes.effect(base, chance) for name, chance in granted.items()}
    best = max(effects, key=lambda name: effects[name].mean, default="")
    along = [(side.path, side.lo, side.hi) + ("log",) * side.log for side in window.axes]
    given = f", axes={along!r}" if axes else ""
    call = f"basin.information(scenario{given}, samples={samples}, seed={seed}{', expected=True' * expected})"
    worth = paired(sizes.aligned(0.0), sizes.aligned(1.0))
    return datasets.measured(
        "requirements",
        variables(known) | _sizes(argument, grid, sizes) | _effects(argument, effects),
        coordinates(argument) | {"information": (("information",), grid, "bits", "information that the agent has")},
        found.attributes(seed, 1, call)
        | about(known)
        | {
            "assumed": int(known.assumed),
            "most_valuable": best if best and effects[best].low > 0 else "",
            "worth": worth.mean,
            "worth_low": worth.low,
            "worth_high": worth.high,
            "samples": int(samples),
            "starts_from": described(window),
            "target": found.target,
        },
    )  # fmt: skip


def _missing(argument: Argument, information: float) -> list[Any]:
    """Facts that are not surely known."""
    return [fact for fact, known in zip(argument.order, argument.chances(information), strict=True) if known < 1]


def _grid(argument: Argument, information: float) -> NDArray[np.float64]:
    """Information at which the size is measured: where facts begin, closer where the last one is acquired, and beyond."""
    before = np.cumsum(argument.bits) - argument.bits
    finer = before[-1] + argument.bits[-1] * FINER
    return np.unique(np.concatenate([before, finer, [information, 1.1 * argument.total]]))


@dataclass
class _Sizes:
    """Which starts end aligned, by the chance that all facts are known; each chance is simulated once."""

    found: ScenarioSubject
    argument: Argument
    window: Window
    samples: int
    seed: int
    progress: Progress | None
    cancel: threading.Event | None

    def __post_init__(self) -> None:
        self.points = draw(self.window, self.samples, self.seed)
        self.known: dict[float, NDArray[np.bool_]] = {}
        self.calls = 1

    def will_need(self, chances: Sequence[float]) -> None:
        """How many calls there will be, for the progress bar."""
        self.calls = len({0.0, 1.0, *map(float, chances)})

    def aligned(self, known: float) -> NDArray[np.bool_]:
        """(samples,): a chance is put in as the information that gives it."""
        if float(known) not in self.known:
            before = len(self.known)

            def report(done: int, total: int) -> None:
                if self.progress is not None:
                    self.progress(before * total + done, max(self.calls, before + 1) * total)

            mapper = self.found.mapper(
                (*self.window.paths, PATH), progress=report if self.progress is not None else None, cancel=self.cancel
            )
            information = self.argument.information_for(float(known)) if known > 0 else 0.0
            points = np.column_stack([self.points, np.full(self.samples, information)])
            label = mapper(points, self.seed).label[:, 0]
            self.known[float(known)] = label == self.found.outcomes[self.found.target]
        return self.known[float(known)]

    def effect(self, base: NDArray[np.bool_], known: float) -> Mean:
        """The rise in P(aligned); exactly none where nothing changes."""
        after = self.aligned(known)
        return Mean(0.0, 0.0, 0.0) if after is base else paired(base, after)


def _sizes(argument: Argument, grid: NDArray[np.float64], sizes: _Sizes) -> dict[str, datasets.Described]:
    known = argument.known(grid)
    counts = np.array([sizes.aligned(chance).sum() for chance in known])
    low, high = wilson(counts, sizes.samples)
    dims = ("information",)
    return {
        "all_known": (dims, known, "probability", "chance that all facts are known"),
        "share": (dims, counts / sizes.samples, "probability", "share of the starts that ends fully aligned"),
        "low": (dims, low, "probability", "lower end of its 95% interval"),
        "high": (dims, high, "probability", "upper end of its 95% interval"),
    }


def _effects(argument: Argument, effects: dict[str, Mean]) -> dict[str, datasets.Described]:
    none = Mean(np.nan, np.nan, np.nan)
    rows = [effects.get(fact.name, none) for fact in argument.order]
    words = "by how much P(aligned) rises if the fact is given for free"
    return {
        "effect": (("fact",), [row.mean for row in rows], "probability", f"{words}; NaN where it is known already"),
        "effect_low": (("fact",), [row.low for row in rows], "probability", "lower end of its 95% interval"),
        "effect_high": (("fact",), [row.high for row in rows], "probability", "upper end of its 95% interval"),
    }
