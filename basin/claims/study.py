"""What experiments are made of: the same starts and random numbers under every change, and parts measured from them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis import Mean, mean, wilson
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
    """A choice of ours that a claim should not hang on: a name in words, and the paths that it sets."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)


# All bundled scenarios that claims use have d = 8, resist_cost = 0.05 and the endorsement rule.
SETTINGS = (
    Setting("as it is"),
    Setting("logit rule", {"reflection.rule": "logit"}),
    Setting("d = 4", {"values.features": 4}),
    Setting("d = 32", {"values.features": 32}),
    Setting("resist_cost = 0", {"gate.resist_cost": 0.0}),
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
    known: dict[Any, NDArray[np.int8]] = field(default_factory=dict)

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
            ends = mapper(scenario, window.paths, threads=self.threads, cancel=self.cancel)
            self.known[key] = ends(points, self.seed).label[:, 0]
        return self.known[key]

    def aligned(self, name: str, changes: Mapping[str, Any] | None = None, axes: Sequence[AxisLike] = ()) -> Truth:
        """(runs,): which of these starts end aligned."""
        return self.labels(name, changes, axes) == ALIGNED

    def simulated(self, name: str, changes: Mapping[str, Any] | None = None) -> Runs:
        """Runs from the scenario's own start, to the horizon."""
        return simulate(self.scenario(name, changes), self.runs, self.seed, threads=self.threads, cancel=self.cancel)

    def followed(self, name: str, changes: Mapping[str, Any] | None = None) -> Trajectories:
        """The same, every episode of them."""
        return trajectory(self.scenario(name, changes), self.runs, self.seed, threads=self.threads, cancel=self.cancel)


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
    """How well a number tells runs of two kinds apart, max(AUC, 1 − AUC), 0.5 being not at all, against an upper bound.

    AUC = P(a run of one kind has the larger number), ties counting half, is Mann & Whitney's U over the number of pairs.
    The interval is normal, with the standard error of Hanley & McNeil 1982.
    """
    from scipy.stats import rankdata

    one, other = np.asarray(one, float), np.asarray(other, float)
    n, m = len(one), len(other)
    auc = (rankdata(np.concatenate([one, other]))[:n].sum() - n * (n + 1) / 2) / (n * m)
    auc = max(auc, 1 - auc)
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (n - 1) * (first - auc**2) + (m - 1) * (second - auc**2)
    half = NormalDist().inv_cdf(0.975) * np.sqrt(variance / (n * m))
    return Part(words, Mean(float(auc), float(auc - half), float(min(1.0, auc + half))), "below", bound, units="AUC")
