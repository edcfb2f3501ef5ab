"""Time: how long until a run is in its ending for good.

A run that has no ending by the horizon is censored there: it may end later, or never.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import CONFIDENCE, Mean, mean, median, wilson
from basin.labels import UNDECIDED, Labels

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """S(t), the probability that it has not happened by t: a step function that falls at `time`, with its band.

    time, share, low, high: (steps,). at_risk: (steps,) runs that were followed up to just before each step. least: lower
    end of the band before the first step, where S is 1.
    """

    time: Numbers
    share: Numbers
    low: Numbers
    high: Numbers
    at_risk: NDArray[np.int64]
    least: float

    def at(self, times: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
        """(share, low, high) at some times; before the first step 1."""
        step = np.searchsorted(self.time, np.asarray(times, float), side="right")
        lines = ((1.0, self.share), (self.least, self.low), (1.0, self.high))
        return tuple(np.append(before, line)[step] for before, line in lines)  # type: ignore[return-value]

    @property
    def median(self) -> Mean:
        """The first time at which S is ½ or less, and the times at which the ends of its band are; ∞ where they are not.

        Source: Brookmeyer & Crowley 1982.
        """
        return Mean(*(self._falls(line) for line in (self.share, self.low, self.high)))

    def _falls(self, line: Numbers) -> float:
        fallen = np.flatnonzero(line <= 0.5)
        return float(self.time[fallen[0]]) if len(fallen) else np.inf


def kaplan_meier(time: ArrayLike, happened: ArrayLike, confidence: float = CONFIDENCE) -> Survival:
    """S(t) = ∏_{t_i ≤ t} (1 − d_i/n_i) of runs some of which were followed only up to some time.

    time: (runs,) of the event, or up to when nothing had happened. happened: (runs,) whether it did. d_i happen at t_i, of
    n_i that are still followed. The band at each t is that of log(−log S) with Greenwood's variance, which stays in (0, 1)
    and widens as runs drop out; where nobody is left its upper end stays what it was.
    Source: Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 2002, section 1.4.
    """
    from scipy.special import ndtri

    time, happened = np.asarray(time, float), np.asarray(happened, bool)
    steps = np.unique(time[happened])
    ordered = np.sort(time)
    at_risk = len(time) - np.searchsorted(ordered, steps, side="left")
    deaths = np.searchsorted(np.sort(time[happened]), steps, side="right")
    deaths = np.diff(deaths, prepend=0)
    share = np.cumprod(1 - deaths / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        log_share = np.log(share)
        reach = ndtri(0.5 + confidence / 2) * np.sqrt(greenwood) / np.abs(log_share)
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
    if len(share) and share[-1] <= 0:  # nobody is left and log(−log) has no value; S cannot rise, so the last end holds
        low[-1], high[-1] = 0.0, high[-2] if len(share) > 1 else wilson(0, at_risk[-1], confidence)[1]
    least = float(wilson(len(time), len(time), confidence)[0])
    return Survival(steps, share, low, high, at_risk.astype(np.int64), least)


@dataclass(frozen=True)
class Times:
    """How long the target takes, over runs of which each has a start of its own.

    conditional: mean time among runs that end there. joint: mean of the time where they do and 0 elsewhere, E[T; target]:
    the conditional mean times the share. middle: median among those that end there; overall: median among all runs, ∞
    where fewer than half get there. moments: (m,) times; by: (m,) share of all runs that are there by then and stay
    (finite-time basin stability), with its pointwise interval. going: how long runs have no ending at all, Kaplan–Meier.
    """

    conditional: Mean
    joint: Mean
    middle: Mean
    overall: Mean
    moments: Numbers
    by: tuple[Numbers, Numbers, Numbers]
    going: Survival
    horizon: float


def times(labels: Labels, code: int, *, horizon: float | None = None, moments: int = 201) -> Times:
    """Times to one outcome. labels: one run from each start. horizon: up to when runs were followed.

    Without a horizon it is the last time at which any run's ending began. Finite-time basin stability is the share of all
    runs, so runs that end elsewhere never get there; since all are followed up to one horizon it needs no censoring.
    Source: Schultz, Menck, Heitzig & Kurths 2017 (finite-time basin stability).
    """
    label, time = labels.label.reshape(-1), labels.time.reshape(-1)
    there, ended = label == code, label != UNDECIDED
    if horizon is None:
        horizon = float(time[ended].max(initial=0.0))
    reached = time[there]
    at = np.linspace(0.0, horizon, moments)
    count = np.searchsorted(np.sort(reached), at, side="right")
    low, high = wilson(count, len(label))
    none = Mean(np.nan, np.nan, np.nan)
    return Times(
        conditional=mean(reached) if len(reached) else none,
        joint=mean(np.where(there, time, 0.0)),
        middle=median(reached),
        overall=median(np.where(there, time, np.inf)),
        moments=at,
        by=(count / len(label), low, high),
        going=kaplan_meier(np.where(ended, time, horizon), ended),
        horizon=horizon,
    )
