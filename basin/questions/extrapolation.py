"""Where would people's values end, if each listened to those they trust until nothing moved, and how many ends are there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis.intervals import Mean, mean_share
from basin.questions.subject import ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError

if TYPE_CHECKING:
    import xarray as xr

RUNS = 200  # crowds, unless said otherwise: every one is revised to the end


def extrapolation(asked: SubjectLike, runs: int = RUNS, seed: int = 0) -> xr.Dataset:
    """All limits of a scenario with `values.target = "extrapolated"`, dims (run, limit), for the first runs of a seed.

    Extrapolation by bounded confidence may end in several limits, and then does not say whose values count: the scenario's
    target is the limit that most people reach, the first here, and `cosine` says how far the others are from it. An agent that
    ends fully aligned with the target is aligned with no limit beyond its cosine.

    `people` is the share that reaches a limit, 0 where a run has fewer. `limits` is their number per run, whose mean stands
    with its 95% interval in the attributes limits, limits_low and limits_high; so does `largest`, the share that reaches the
    first. Raises ScenarioError for a system, SimulationError for another target.

    >>> found = basin.extrapolation("extrapolated-volition", runs=3)
    >>> found.attrs["limits"]
    1.0
    """
    from basin.simulate.people import limits_reached, people

    found = subject(asked)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, in which no one values anything; give a scenario")
    reached = limits_reached(found.scenario, runs, seed)
    now = people(found.scenario, runs, seed)
    number = np.array([len(each.people) for each in reached])
    share = np.zeros((runs, number.max()))
    cosine = np.full(share.shape, np.nan)
    for at, (each, target) in enumerate(zip(reached, now.target, strict=True)):
        share[at, : number[at]] = each.people / each.people.sum()
        cosine[at, : number[at]] = _cosine(each.values, target)
    crowd = now.values.shape[1]  # people who do not differ are one, with one limit for sure
    several = mean_share(number, least=1, most=crowd) if crowd > 1 else Mean(1.0, 1.0, 1.0)
    largest = mean_share(share[:, 0]) if crowd > 1 else several
    variables = {
        "limits": (("run",), number, "limits", "where people end, how many"),
        "people": (("run", "limit"), share, "share", "people who reach a limit"),
        "cosine": (("run", "limit"), cosine, "cosine", "how far a limit agrees with the target, the first"),
        "mean": (("run",), _cosine(now.values.mean(axis=1), now.target), "cosine", "the same of people's mean now"),
    }
    call = f"basin.extrapolation(scenario, runs={runs}, seed={seed})"
    ends = {f"{name}{end}": float(value) for name, part in (("limits", several), ("largest", largest))
            for end, value in zip(("", "_low", "_high"), part, strict=True)}  # fmt: skip
    return datasets.measured("extrapolation", variables, None, found.attributes(seed, runs, call) | ends)


def _cosine(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Of rows of x with the target, of unit length, or with its rows."""
    length = np.linalg.norm(x, axis=-1)
    cosine: np.ndarray = (x * target).sum(axis=-1) / np.where(length > 0, length, 1.0)
    return cosine
