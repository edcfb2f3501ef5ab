"""How the starts of a textbook system end: the share of each outcome, with its interval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import wilson
from basin.labels import UNDECIDED, Labels
from basin.questions.subject import Progress, SystemSubject, subject
from basin.simulate.runs import check_seed
from basin.systems import Starts, System, SystemError, SystemMapper
from basin.systems import load as load_system

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 10_000
MOST_SAMPLES = 100_000_000
FIRST = 256  # starts of the first slice
MOMENT = 0.5  # seconds


def system(
    asked: System | SystemSubject | str,
    samples: int = SAMPLES,
    changes: Mapping[str, float] | None = None,
    seed: int = 0,
    *,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Draw starts from a system's window, run each of them, and count how they end.

    asked: a system or its name; changes: of its parameters. The share of an outcome, count/samples, has a 95% Wilson
    interval; so has that of starts without an outcome, `unresolved`, which is part of no other. dims (run, coordinate) for
    the starts and their labels, (outcome) for the shares. Raises SystemError for what there is not, or cannot be.

    >>> found = basin.system("newton", samples=300)
    >>> found["count"].values
    array([100,  96, 104,   0])
    """
    found = subject(load_system(asked) if isinstance(asked, str) else asked).with_(changes or {})
    if not isinstance(found, SystemSubject):
        raise SystemError(f"{found.name}: is a scenario, not a system")
    if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or not 1 <= samples <= MOST_SAMPLES:
        raise SystemError(f"samples = {samples}: must be a whole number from 1 to {MOST_SAMPLES}")
    check_seed(seed)
    mapper = SystemMapper(found.system, (), int(samples), found.changes)
    starts = mapper.starts(np.zeros((1, 0)), seed)
    label, time = _labelled(found.system, starts, progress)
    count = np.array([(label == code).sum() for code in found.outcomes.values()])
    low, high = wilson(count, samples)
    names = [entry.name for entry in mapper.coordinates]
    labels = Labels(label.reshape(1, -1), time.reshape(1, -1))
    extras = found.system.extras(labels, found.values) if found.system.extras else {}
    extras = extras | (found.system.trust(starts) if found.system.trust else {})
    return datasets.measured(
        "system",
        {
            "start": (("run", "coordinate"), starts.start.reshape(samples, len(names)), "1", "where the run began"),
            "label": (("run",), label.astype(np.int8), "1", f"how the run ended; {UNDECIDED} without an outcome"),
            "time": (("run",), time, found.time_units, "when it was certain; infinite without an outcome"),
            "count": (("outcome",), count, "runs", "runs that ended so"),
            "fraction": (("outcome",), count / samples, "1", "share of runs that ended so"),
            "low": (("outcome",), low, "1", "lower end of its 95% Wilson interval"),
            "high": (("outcome",), high, "1", "upper end of its 95% Wilson interval"),
        },
        {
            "coordinate": (("coordinate",), np.array(names, dtype=str), "name", "coordinate of a start"),
            "outcome": (("outcome",), np.array(list(found.outcomes)), "name", "how a run ended"),
            "code": (("outcome",), np.array(list(found.outcomes.values()), np.int8), "1", "its number among the labels"),
        },
        found.attributes(seed, int(samples), "basin.system(name, samples, changes, seed)")
        | {"title": found.title, "target": found.target, "extras": json.dumps(_plain(extras))}
        | {"units": json.dumps({entry.name: entry.units for entry in mapper.coordinates})},
    )


def _labelled(made: System, starts: Starts, progress: Progress | None) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Slice by slice, so that it can be watched and stopped; slices grow to what takes a moment."""
    count = len(starts.run)
    label, time = np.empty(count, np.int8), np.empty(count)
    at, size = 0, FIRST
    while at < count:
        begun = perf_counter()
        part = slice(at, at + size)
        slab = replace(starts, start=starts.start[part], parameters=starts.parameters[part], run=starts.run[part])
        label[part], time[part] = made.label(slab)
        at += size
        if progress is not None:
            progress(min(at, count), count)
        if perf_counter() - begun < MOMENT:
            size *= 2
    return label, time


def _plain(value: object) -> object:
    """As JSON knows it; what is no number is null."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
