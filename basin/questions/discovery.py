"""Attractors along a path: found at each value, and known again at the next."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from basin.analysis import Axis
from basin.analysis.continuation import HALF, Continuation, Tip
from basin.analysis.crossing import Crossing
from basin.analysis.matching import Names
from basin.questions.attractors import attractors
from basin.questions.starts import Over
from basin.questions.subject import AxisLike, Progress, Subject

FARTHEST = 0.25  # of the diagonal of all signatures: what moves farther from one value to the next is a new one
NONE = -1


def found_along(
    found: Subject,
    path: Axis,
    axes: Sequence[AxisLike | Axis] | None,
    over: Over,
    n: int,
    samples: int,
    rare: float,
    seed: int,
    progress: Progress | None,
    cancel: threading.Event | None,
) -> tuple[Continuation, dict[str, int]]:
    """The continuation, and the words of its codes: "attractor 1" and so on, in the order in which they appear, and "none".

    Attractors are matched by their signatures. A tipping point lies somewhere between two values; its interval is that step,
    which is certain if the attractors are told right; whether it is a jump cannot be told.
    """
    values = path.values(n)
    results = []
    for done, value in enumerate(values):
        results.append(attractors(found.with_({path.path: float(value)}), axes, over=over, samples=samples, seed=seed,
                                  cancel=cancel))  # fmt: skip
        if progress is not None:
            progress(done + 1, len(values))
    names = Names(FARTHEST * np.sqrt(results[0].sizes["moment"]))
    who = [names.name(one["signature"].values) for one in results]
    counts = np.zeros((len(values), names.next + 1), np.int64)
    for row, (one, numbers) in enumerate(zip(results, who, strict=True)):
        counts[row, numbers] = one["count"].values
        counts[row, -1] = samples - int(one["count"].sum())
    codes = (*range(names.next), NONE)
    words = {f"attractor {code + 1}": code for code in codes[:-1]} | {"none": NONE}
    tips = [tip for code in codes[:-1] for tip in _tips(values, counts[:, code], samples, code, rare)]
    tips.sort(key=lambda tip: tip.at.value)
    return Continuation(values, codes, counts, samples, tuple(tips)), words


def _tips(values: np.ndarray, count: np.ndarray, total: int, code: int, rare: float) -> list[Tip]:
    """Steps in which an attractor appears or vanishes; for the first one also those in which its share passes one half."""
    found = []
    levels = [(rare, ("appears", "vanishes"))] + ([(HALF, ("rises", "falls"))] if code == 0 else [])
    for level, events in levels:
        above = count > level * total
        for step in np.flatnonzero(above[1:] != above[:-1]):
            ends, seen = values[step : step + 2].astype(float), count[step : step + 2]
            low, high = map(float, ends)
            at = Crossing(float(ends.mean()), low, high, low, high, int(seen[0]), int(seen[1]), total)
            found.append(Tip(code, events[0] if above[step + 1] else events[1], "unknown", level, at))
    return found
