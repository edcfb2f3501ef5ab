"""Datasets made by hand, so that what a picture must show is known."""

from __future__ import annotations

import numpy as np

from basin import datasets
from basin.analysis import wilson
from basin.labels import OUTCOMES
from basin.scenario import Scenario, dumps, load, scenario_hash

OVERLAP, CARE = "motives.self_interest.overlap", "motives.care"


def about(scenario: Scenario, **more) -> dict:
    return {
        "scenario": scenario.name,
        "scenario_toml": dumps(scenario),
        "scenario_hash": scenario_hash(scenario),
        "seed": 3,
        "expected": 0,
        "call": "basin.map(scenario)",
    } | more


def field(endings, x=None, y=None, *, runs=8, paths=(OVERLAP, CARE), logs=(False, False), scenario=None, **more):
    """A map's Dataset. endings: rows of y, each a list of cells; a cell is a dict of counts, or a name for all its runs."""
    scenario = scenario or load("near-aligned-llm")
    count = np.zeros((len(endings), len(endings[0]), len(OUTCOMES)), int)
    for at in np.ndindex(count.shape[:2]):
        cell = endings[at[0]][at[1]]
        for name, seen in ({cell: runs} if isinstance(cell, str) else cell).items():
            count[(*at, list(OUTCOMES).index(name))] = seen
    aligned, total = count[..., list(OUTCOMES).index("aligned")], count.sum(-1)
    low, high = wilson(aligned, total)
    pooled_low, pooled_high = wilson(aligned.sum(), total.sum())
    pooled = {"aligned": aligned.sum() / total.sum(), "aligned_low": float(pooled_low), "aligned_high": float(pooled_high)}
    sides = []
    for values, size, path, log in zip((x, y), (count.shape[1], count.shape[0]), paths, logs, strict=True):
        entry = scenario.numeric_path(path)
        default = np.geomspace(0.1, 10, size) if log else np.linspace(0, 1, size)
        kept = {"path": path, "scale": "log" if log else "linear", "units": entry.unit, "long_name": entry.description}
        sides.append((np.asarray(default if values is None else values, float), kept))
    variables = {
        "probability": count / total[..., None],
        "aligned": aligned / total,
        "aligned_low": low,
        "aligned_high": high,
        "time": np.ones(total.shape),
    }
    return datasets.grid(sides[0], sides[1], count, variables, about(scenario, runs=runs, **pooled) | more)


def paths(label=(1, 1, 3, 0), episodes=40, scenario=None, motives=("care", "self_interest"), **columns):
    """A trajectory's Dataset: runs that approach their ending evenly; the locked-in one ends half-way."""
    scenario = scenario or load("near-aligned-llm")
    label = np.asarray(label)
    along = np.linspace(0, 1, episodes + 1)
    aims = np.where(label == 1, 1.0, 0.1)[:, None]
    towards = 0.5 + (aims - 0.5) * along
    data = {
        "knows": towards,
        "behaves": towards - 0.2,
        "uncertainty": np.ones_like(towards),
        "asked": np.tile(np.arange(episodes + 1) % 2, (len(label), 1)).astype(float),
        "acted": np.zeros_like(towards),
        "executed": np.zeros_like(towards),
        "harm": np.outer(label != 1, along) * 10.0,
        "welfare": np.zeros_like(towards),
        "capability": np.ones_like(towards),
    } | columns
    rest = (1 - towards) / (len(motives) - 1)
    share = np.stack([towards] + [rest] * (len(motives) - 1), axis=-1)
    for run in np.flatnonzero(label == 0):
        for values in (*data.values(), share):
            values[run, episodes // 2 :] = np.nan
    attributes = about(scenario, runs=len(label), call="basin.trajectory(scenario)")
    return datasets.trajectory(data, share, label, np.zeros(len(label)), motives, attributes)
