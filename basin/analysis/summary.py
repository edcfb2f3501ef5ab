"""How many runs ended, in numbers: fractions and means, each with its 95% interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.analysis.intervals import mean, wilson
from basin.labels import CAPTURED, OUTCOMES, UNDECIDED

ROUNDING = 1e-12  # cosines this close below a bound count as reaching it: 1 − ε is itself rounded


def summarise(
    columns: Mapping[str, NDArray[np.float64]],
    motives: Sequence[str],
    *,
    behaves: float,
    cares: float,
    certain: bool = False,
) -> dict[str, Any]:
    """Counts, fractions and means of (runs,) columns by the names of `datasets.RUN_VARIABLES`.

    motives: their names, care first. behaves, cares: ε and ε_w, how far from 1 still counts. certain: nothing was left
    to chance, so every interval is a point. An interval that one run cannot give is NaN.
    """
    label, closed = columns["label"], columns["closed"] > 0
    reached = {
        "knows": columns["knows"] >= 1 - behaves - ROUNDING,
        "cares": columns["cares"] >= 1 - cares - ROUNDING,
        "behaves": columns["behaves"] >= 1 - behaves - ROUNDING,
    }
    outcomes: dict[str, Any] = {name: fraction(label == code, certain) for name, code in OUTCOMES.items()}
    captured, undecided = label == CAPTURED, label == UNDECIDED
    outcomes["captured"] |= {
        "knows_but_does_not_care": fraction(captured & reached["knows"], certain),
        "by_motive": {
            name: fraction(captured & (columns["motive"] == k), certain) for k, name in enumerate(motives[1:], start=1)
        },
    }
    outcomes["undecided"] |= {
        "still_learning": fraction(undecided & ~closed, certain),
        "mixed_motives": fraction(undecided & closed, certain),
    }
    resolved = ~undecided
    return {
        "outcomes": outcomes,
        "resolved": fraction(resolved, certain),
        **{name: fraction(seen, certain) | {"mean": float(columns[name].mean())} for name, seen in reached.items()},
        **{name: average(columns[name], certain) for name in ("harm", "welfare", "asked", "episodes")},
        "time": average(columns["time"][resolved], certain),
    }


def fraction(seen: ArrayLike, certain: bool = False) -> dict[str, Any]:
    """How many of some runs, and which fraction, with its Wilson interval."""
    seen = np.asarray(seen)
    return proportion(int(seen.sum()), seen.size, certain)


def proportion(count: int, total: int, certain: bool = False) -> dict[str, Any]:
    """`count` of `total` as a fraction with its Wilson interval."""
    low, high = (count / total, count / total) if certain else wilson(count, total)
    return {"count": count, "fraction": count / total, "low": float(low), "high": float(high)}


def average(values: NDArray[np.float64], certain: bool = False) -> dict[str, float]:
    """The mean of some runs with its interval; NaN where there are none."""
    if len(values) == 0:
        return {"mean": np.nan, "low": np.nan, "high": np.nan}
    middle = float(values.mean())
    return {"mean": middle, "low": middle, "high": middle} if certain else mean(values)._asdict()
