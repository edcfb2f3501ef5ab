"""What experiments are made of: the same starts and random numbers under every change, and parts measured from them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis import Mean, mean, wilson
from basin.analysis.discrimination import auc
from basin.analysis.paired import paired
from basin.analysis.sampling import Window, draw
from basin.claims.claim import LEAST, Part
from basin.labels import ALIGNED
from basin.questions.subject import ScenarioSubject
from basin.scenario import Scenario, load, scenario_hash
from basin.simulate import Runs, mapper, simulate, trajectory
from basin.simulate.trajectory import Trajectories

Truth = NDArray[np.bool_]
AxisLike = tuple[str, float, float] | tuple[str, float, float, str]

POWER = 0.8
EFFECT, QUICK_EFFECT = 0.05, 0.2  # minimum detectable differences of shares


@dataclass(frozen=True)
class Setting:
    """A choice of ours that a claim should not hang on: its name, the same in words, and the paths that it sets."""

    name: str
    words: str
    changes: Mapping[str, Any] = field(default_factory=dict)


# All bundled scenarios that claims use have d = 8, resist_cost = 0.05 and the endorsement rule.
SETTINGS = (
    Setting("as it is", "with the model as it is"),
    Setting("logit rule", "under the logit rule of reflection", {"reflection.rule": "logit"}),
    Setting("d = 4", "where values have 4 features instead of 8", {"values.features": 4}),
    Setting("d = 32", "where values have 32 features instead of 8", {"values.features": 32}),
    Setting("resist_cost = 0", "where acting unasked costs the agent nothing", {"gate.resist_cost": 0.0}),
)


def runs_for(effect: float) -> int:
    """Runs per arm that find a difference of shares of this size with probability 0.8 at 95% confidence.

    n = (z₀.₉₇₅ + z₀.₈)² · 2·¼/effect²: two independent shares near ½, the worst case; paired runs do better.
    Source: the usual formula for two proportions (Fleiss, Levin & Paik 2003, chapter 4).
    """
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(POWER)
    return ceil(z**2 * 0.5 / effect**2)


@dataclass
class Study:
    """A claim's laboratory under one setting: `runs` per arm, one seed, every arm with the same starts and chances."""

    setting: Setting
    runs: int
    seed: int
    threads: int | None = None
    cancel: threading.Event | None = None
    progress: Callable[[int, int], None] | None = None
    known: dict[Any, NDArray[np.int8]] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """What every simulation is called with."""
        return {"threads": self.threads, "cancel": self.cancel, "progress": self.progress}

    def scenario(self, name: str, changes: Mapping[str, Any] | None = None) -> Scenario:
        """A bundled scenario under the setting; what the claim itself is about comes last."""
        return load(name).with_(dict(self.setting.changes)).with_(dict(changes or {}))

    def labels(self, name: str, changes: Mapping[str, Any] | None = None, axes: Sequence[AxisLike] = ()) -> NDArray[np.int8]:
        """(runs,): how one run ends from each start, drawn evenly over the axes, the scenario's own unless given."""
        scenario = self.scenario(name, changes)
        key = (scenario_hash(scenario), tuple(axes))
        if key not in self.known:
            subject = ScenarioSubject(scenario)
            window = Window(tuple(subject.axis(axis) for axis in axes) if axes else subject.axes)
            points = draw(window, self.runs, self.seed)
            ends = mapper(scenario, window.paths, **self.options)
            self.known[key] = ends(points, self.seed).label[:, 0]
        return self.known[key]

    def aligned(self, name: str, changes: Mapping[str, Any] | None = None, axes: Sequence[AxisLike] = ()) -> Truth:
        """(runs,): which of these starts end aligned."""
        aligned: Truth = self.labels(name, changes, axes) == ALIGNED
        return aligned

    def simulated(self, name: str, changes: Mapping[str, Any] | None = None) -> Runs:
        """Runs from the scenario's own start, to the horizon."""
        return simulate(self.scenario(name, changes), self.runs, self.seed, **self.options)

    def followed(self, name: str, changes: Mapping[str, Any] | None = None) -> Trajectories:
        """The same, every episode of them."""
        return trajectory(self.scenario(name, changes), self.runs, self.seed, **self.options)


def share(words: str, truth: ArrayLike, wants: Any, bound: float) -> Part:
    """A share of runs against a bound, with Wilson's interval."""
    truth = np.asarray(truth, bool)
    low, high = wilson(int(truth.sum()), len(truth))
    return Part(words, Mean(float(truth.mean()), float(low), float(high)), wants, bound)


def more(words: str, before: Truth, after: Truth) -> Part:
    """That a share rises by 5 points under a change, the runs being paired."""
    return Part(words, paired(before, after), "above", LEAST)


def hardly_more(words: str, before: Truth, after: Truth) -> Part:
    """That a share does not rise by 5 points."""
    return Part(words, paired(before, after), "below", LEAST)


def average(words: str, numbers: ArrayLike, wants: Any, bound: float, units: str = "probability") -> Part:
    """A mean over runs against a bound, with Student's t interval."""
    return Part(words, mean(numbers), wants, bound, units)


def told_apart(words: str, one: ArrayLike, other: ArrayLike, bound: float) -> Part:
    """How well a number tells runs of two kinds apart, whichever way: max(AUC, 1 − AUC), ½ being not at all, against an
    upper bound."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    area = auc(np.concatenate([one, other]), np.arange(len(one) + len(other)) < len(one))
    if area.mean < 0.5:
        area = Mean(1 - area.mean, 1 - area.high, 1 - area.low)
    return Part(words, area, "below", bound, units="AUC")
