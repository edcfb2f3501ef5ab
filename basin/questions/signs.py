"""Could anyone tell, and when? How well what overseers see, and what they do not, tells aligned endings from others."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import shared
from basin.analysis.discrimination import auc, held_out_score
from basin.analysis.intervals import CONFIDENCE
from basin.analysis.sampling import SamplingError, Window, child, draw
from basin.labels import ALIGNED
from basin.questions.observed import HIDDEN, SIGNS, VISIBLE, moments
from basin.questions.observed import signs as observed
from basin.questions.starts import described
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import Scenario, ScenarioError
from basin.simulate import trajectory
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 800  # runs in each company
FEWEST, MOST = 40, 20_000
SURE = 0.75  # an area above this, or below 1 − this, is a warning
STRETCH = 20  # part of the horizon over which rates are taken, unless said otherwise
FEW = 10  # runs of a kind below which nothing is said
WEAK, GROWING = {"capability.start": 0.02, "capability.growth": 0.0}, {"capability.start": 0.02, "capability.growth": 0.02}

# Who is among the runs: what everyone's capability is, if it is not the scenario's own; then half have an `ally` motive.
COMPANY = {
    "alone": (None, "as the scenario says"),
    "allies": (WEAK, "all stay weak, half have an ally's motive"),
    "schemers": (GROWING, "all grow strong, half have an ally's motive"),
}
TOGETHER = {
    "seen_together": (VISIBLE, True, "all that can be seen, together", "score of a logistic model of all observable signs"),
    "hidden_together": (HIDDEN, False, "cares and knows, together", "score of a logistic model of all hidden signs"),
}


def signs(
    scenario: SubjectLike,
    *,
    samples: int = SAMPLES,
    window: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """How well each sign tells runs that end aligned from the others, by episode, with allies and schemers among them or not.

    `samples` runs in each company start from independent points of the scenario's own window and are looked at now and
    then, over the last `window` episodes (a twentieth of the horizon, unless given); runs that are over are left out.
    The area under the ROC curve is P(a run that ends aligned has a higher value than another), ties halved: ½ says nothing,
    and 0 tells as much as 1. Companies: the scenario alone; `allies`, in which half of the runs have an ally's motive (the
    objection `schemer`'s) and nobody ever grows strong; `schemers`, in which all grow strong, .02 per episode from .02.

    Returns a Dataset, dims (company, sign, episode), with 95% intervals. `warned` (company, sign) is the first episode at
    which the area is surely beyond ¾ (or below ¼, where low values mean aligned), at a confidence that holds for all
    episodes at once; NaN where there is none. Raises ValueErrors of ours, one line each.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> found = basin.signs(short, samples=40)
    >>> found["company"].values.tolist()
    ['alone', 'allies', 'schemers']
    """
    found = subject(scenario, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, and overseers watch no system; give a scenario")
    check_seed(seed)
    horizon = found.scenario.outcome.horizon
    window = _checked_window(window, horizon)
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not FEWEST <= samples <= MOST:
        raise SamplingError(f"samples = {samples}: must be a whole number from {FEWEST} to {MOST}")
    at = moments(horizon)
    companies, left_out = _companies(found.scenario)
    space = Window(found.axes)
    reports = _Reports(progress, sum(map(len, companies.values())) * int(samples))
    parts = []
    for number, mixed in enumerate(companies.values()):
        seen, aligned = _watch(mixed, space, int(samples), window, child(seed, number), reports, threads, cancel)
        parts.append(_tell(seen, aligned, child(seed, number, 1)))
    return _dataset(found, list(companies), parts, at, {
        "samples": int(samples), "window": window, "starts_from": described(space), "left_out": left_out, "sure": SURE,
    } | found.attributes(seed, 1, f"basin.signs(scenario, samples={samples}, window={window}, seed={seed})"))  # fmt: skip


def _checked_window(window: int | None, horizon: int) -> int:
    if window is None:
        return max(1, horizon // STRETCH)
    if isinstance(window, bool) or not isinstance(window, int | np.integer) or not 1 <= window <= horizon:
        raise SamplingError(f"window = {window}: must be a whole number of episodes from 1 to the horizon, {horizon}")
    return int(window)


def _companies(scenario: Scenario) -> tuple[dict[str, list[Scenario]], str]:
    """Whose runs are mixed, in equal parts, in each company; and why allies are left out, if they are."""
    companies = {"alone": [scenario]}
    try:
        for name, (capability, _) in COMPANY.items():
            if capability is not None:
                companies[name] = [scenario.with_(capability), scenario.objected("schemer").with_(capability)]
    except ScenarioError as error:
        return {"alone": [scenario]}, str(error)
    return companies, ""


class _Reports:
    """Progress over several calls."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.before = progress, total, 0

    def next(self, runs: int) -> Progress | None:
        before, progress = self.before, self.progress
        self.before += runs
        if progress is None:
            return None
        return lambda done, _: progress(before + done, self.total)


def _watch(
    mixed: list[Scenario], space: Window, samples: int, window: int, seed: int, reports: _Reports, threads: int | None,
    cancel: threading.Event | None,
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_]]:  # fmt: skip
    """The signs of all runs of a company, and which of them end aligned."""
    seen: list[dict[str, NDArray[np.float64]]] = []
    aligned = []
    for part, scenario in enumerate(mixed):
        runs = samples // len(mixed) + (part < samples % len(mixed))
        points = draw(space, runs, child(seed, part))
        starts = {path: points[:, at] for at, path in enumerate(space.paths)}
        path = trajectory(
            scenario, runs, child(seed, part), starts=starts, threads=threads, progress=reports.next(runs), cancel=cancel
        )
        seen.append(observed(path, window, child(seed, part)))
        aligned.append(path.label == ALIGNED)
    return {name: np.concatenate([one[name] for one in seen]) for name in SIGNS}, np.concatenate(aligned)


def _tell(seen: dict[str, NDArray[np.float64]], aligned: NDArray[np.bool_], seed: int) -> dict[str, NDArray[Any]]:
    """(signs, episodes): areas and intervals; (episodes,): how many runs of each kind go on. At once: for all episodes."""
    names, episodes = [*SIGNS, *TOGETHER], next(iter(seen.values())).shape[1]
    each = np.full((3, len(names), episodes), np.nan)
    surely = np.full((2, len(names), episodes), np.nan)
    counts = np.zeros((2, episodes), int)
    strict = shared(CONFIDENCE, episodes)
    for at in range(episodes):
        going = ~np.isnan(seen["asking"][:, at])
        kinds = aligned[going]
        counts[:, at] = kinds.sum(), (~kinds).sum()
        if counts[:, at].min() < FEW:
            continue
        values = {name: seen[name][going, at] for name in SIGNS}
        for row, name in enumerate(names):
            score, positive = _score(name, values, kinds, seed)
            each[:, row, at] = auc(score, positive)
            surely[:, row, at] = auc(score, positive, strict)[1:]
    return {"area": each[0], "low": each[1], "high": each[2], "surely_low": surely[0], "surely_high": surely[1],
            "aligned": counts[0], "others": counts[1]}  # fmt: skip


def _score(
    name: str, values: dict[str, NDArray[np.float64]], aligned: NDArray[np.bool_], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A sign's values, and which of them are of runs that end aligned; of several signs, the scores of half of the runs."""
    if name in SIGNS:
        return values[name], aligned
    return held_out_score(np.column_stack([values[one] for one in TOGETHER[name][0]]), aligned, seed)


def _dataset(
    found: ScenarioSubject, companies: list[str], parts: list[dict[str, NDArray[Any]]], at: NDArray[np.int64],
    about: dict[str, Any],
) -> xr.Dataset:  # fmt: skip
    kept = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    names = [*SIGNS, *TOGETHER]
    table = {name: (seen, title, says) for name, (seen, _, title, says) in SIGNS.items()}
    table |= {name: (seen, title, says) for name, (_, seen, title, says) in TOGETHER.items()}
    dims, all_three = ("sign",), ("company", "sign", "episode")
    beyond = (kept["surely_low"] > SURE) | (kept["surely_high"] < 1 - SURE)
    first = np.where(beyond.any(axis=2), at[beyond.argmax(axis=2)].astype(float), np.nan)
    return datasets.measured(
        "signs",
        {
            "area": (all_three, kept["area"], "probability",
                     "area under the ROC curve: P(higher in a run that ends aligned than in another)"),
            "low": (all_three, kept["low"], "probability", "lower end of its 95% interval"),
            "high": (all_three, kept["high"], "probability", "upper end of its 95% interval"),
            "surely_low": (all_three, kept["surely_low"], "probability", "lower end of one for all episodes at once"),
            "surely_high": (all_three, kept["surely_high"], "probability", "upper end of one for all episodes at once"),
            "warned": (("company", "sign"), first, "episodes", "first episode at which it surely tells; NaN if none does"),
            "aligned": (("company", "episode"), kept["aligned"], "runs", "runs still going that end aligned"),
            "others": (("company", "episode"), kept["others"], "runs", "runs still going that end otherwise"),
            "visible": (dims, np.array([table[name][0] for name in names], np.int8), "1", "1 if overseers can see it"),
            "title": (dims, np.array([table[name][1] for name in names]), "text", "the sign in a few words"),
            "says": (dims, np.array([table[name][2] for name in names]), "text", "what it is"),
            "who": (("company",), np.array([COMPANY[name][1] for name in companies]), "text", "who is among the runs"),
        },
        {
            "company": (("company",), np.array(companies), "name", "who is among the runs"),
            "sign": (("sign",), np.array(names), "name", "what is looked at"),
            "episode": (("episode",), at, "episodes", "episodes since the start"),
        },
        about | {"title": found.title},
    )  # fmt: skip
