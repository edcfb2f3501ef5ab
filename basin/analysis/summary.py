"""How many runs ended, in numbers: fractions and means, each with its 95% interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import effective, mean, wilson
from basin.labels import CAPTURED, OUTCOMES, UNDECIDED

ROUNDING = 1e-12  # cosines this close below a bound count as reaching it: 1 − ε is itself rounded


def summarise(
    columns: Mapping[str, NDArray[np.float64]],
    motives: Sequence[str],
    *,
    behaves: float,
    cares: float,
    certain: bool = False,
    groups: NDArray[np.int64] | None = None,
) -> dict[str, Any]:
    """Counts, fractions and means of (runs,) columns by the names of `datasets.RUN_VARIABLES`.

    motives: their names, care first. behaves, cares: ε and ε_w, how far from 1 still counts. certain: nothing was left
    to chance, so every interval is a point. groups: (runs,) where only groups of runs are independent, 0 to their number − 1;
    intervals then say how groups vary. An interval that one run, or group, cannot give is NaN, or 0 to 1 for a fraction.
    """

    label, closed = columns["label"], columns["closed"] > 0
    reached = {
        "knows": columns["knows"] >= 1 - behaves - ROUNDING,
        "cares": columns["cares"] >= 1 - cares - ROUNDING,
        "behaves": columns["behaves"] >= 1 - behaves - ROUNDING,
    }
    outcomes: dict[str, Any] = {name: fraction(label == code, certain, groups) for name, code in OUTCOMES.items()}
    captured, undecided = label == CAPTURED, label == UNDECIDED
    outcomes["captured"] |= {
        "knows_but_does_not_care": fraction(captured & reached["knows"], certain, groups),
        "by_motive": {
            name: fraction(captured & (columns["motive"] == k), certain, groups) for k, name in enumerate(motives[1:], start=1)
        },
    }
    outcomes["undecided"] |= {
        "still_learning": fraction(undecided & ~closed, certain, groups),
        "mixed_motives": fraction(undecided & closed, certain, groups),
    }
    resolved = ~undecided
    return {
        "outcomes": outcomes,
        "resolved": fraction(resolved, certain, groups),
        **{name: fraction(seen, certain, groups) | {"mean": float(columns[name].mean())} for name, seen in reached.items()},
        **{name: average(columns[name], certain, groups) for name in ("harm", "welfare", "asked", "episodes")},
        "time": average(columns["time"][resolved], certain, groups if groups is None else groups[resolved]),
    }


def fraction(seen: ArrayLike, certain: bool = False, groups: NDArray[np.int64] | None = None) -> dict[str, Any]:
    """How many of some runs, and which fraction, with its Wilson interval; that of how groups vary, where there are groups."""
    seen = np.asarray(seen)
    if groups is not None:
        return _grouped(seen, groups)
    return proportion(int(seen.sum()), seen.size, certain)


def proportion(count: int, total: int, certain: bool = False) -> dict[str, Any]:
    """`count` of `total` as a fraction with its Wilson interval."""
    low, high = (count / total, count / total) if certain else wilson(count, total)
    return {"count": count, "fraction": count / total, "low": float(low), "high": float(high)}


def average(values: NDArray[np.float64], certain: bool = False, groups: NDArray[np.int64] | None = None) -> dict[str, float]:
    """The mean of some runs with its interval; NaN where there are none. groups: as for a fraction."""
    if len(values) == 0:
        return {"mean": np.nan, "low": np.nan, "high": np.nan}
    if groups is not None:
        low, high = mean(_pseudo(values, groups))[1:]
        half = (high - low) / 2
        return {"mean": float(values.mean()), "low": float(values.mean() - half), "high": float(values.mean() + half)}
    middle = float(values.mean())
    return {"mean": middle, "low": middle, "high": middle} if certain else mean(values)._asdict()


def _grouped(seen: NDArray[np.bool_], groups: NDArray[np.int64]) -> dict[str, Any]:
    """A fraction where only groups of runs are independent."""
    each, share = _pseudo(seen, groups), float(seen.mean())
    low, high = effective(share, each.var(ddof=1) / len(each), len(each), len(each) - 1) if len(each) > 1 else (0.0, 1.0)
    return {"count": int(seen.sum()), "fraction": share, "low": float(low), "high": float(high)}


def _pseudo(values: NDArray[Any], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """(groups,) what each adds to the mean over all runs, by how the mean changes without it; of equal groups, their means.

    Groups of few runs then count for little, and those that happen to have many for much, as in the mean itself.
    Source: Quenouille 1956; Tukey 1958, the jackknife.
    """
    size = np.bincount(groups)
    total, size = np.bincount(groups, weights=values)[size > 0], size[size > 0]
    if len(size) < 2:
        return total / size
    others = total.sum() - total
    added: NDArray[np.float64] = len(size) * total.sum() / size.sum() - (len(size) - 1) * others / (size.sum() - size)
    return added
