"""What all sims share: their command line, and how a number with its 95% interval is found and said."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

Estimate = tuple[float, float, float]  # the value, and the ends of its interval
ENDS = {"bits": ("low", "high")}


def arguments(script: str, about: str) -> tuple[Path, Path, bool]:
    """The sweep's file, the path of all that is written but for its ending, and whether the trial size is meant."""
    name = Path(script).stem
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the small trial size that the sweep's file states")
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        default=Path(script).parent / "out" / name,
        help="where to write; beside the script, unless given",
    )
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    return Path(script).with_suffix(".toml"), given.out / (f"{name}-quick" if given.quick else name), given.quick


def near(found: Any, where: dict[str, Any]) -> Any:
    """The part of a Dataset at a word, or at the number nearest to one: a trial has fewer."""
    for dim, wanted in where.items():
        found = found.sortby(dim).sel({dim: wanted}, method=None if isinstance(wanted, str) else "nearest")
    return found


def at(found: Any, value: str, where: dict[str, Any]) -> Estimate:
    """A variable at one point."""
    low, high = ENDS.get(value, (f"{value}_low", f"{value}_high"))
    point = near(found, where)
    return float(point[value]), float(point[low]), float(point[high])


def pooled(found: Any, where: dict[str, Any], samples: int = 0) -> Estimate:
    """The share that ends aligned of all runs, or of `samples` starts each, at the points that are left: all count alike."""
    left = near(found, where)
    if samples:
        aligned, runs = round(float(left["share"].sum()) * samples), int(left["share"].notnull().sum()) * samples
    else:
        aligned, runs = int(left["count"].sel(outcome="aligned").sum()), int(left["count"].sum())
    return aligned / runs, *binomtest(aligned, runs).proportion_ci(method="wilson")


def said(estimate: Estimate) -> str:
    """`63% (61% to 65%)`, finer where the interval is."""
    digits = 0 if estimate[2] - estimate[1] > 0.01 else 1
    return "{0:.{3}%} ({1:.{3}%} to {2:.{3}%})".format(*np.clip(estimate, 0, 1), digits)
