"""Sweeps that take a moment, and what there is to compare."""

from __future__ import annotations

import xarray as xr

from basin import sweep

TEXT = """
title = "Small"
scenario = "near-aligned-llm"
objections = ["none", "fast-takeoff"]
runs = 4
[set]
outcome.horizon = 60
values.features = 3
[axes]
"capability.growth" = { lo = 0.001, hi = 1, n = 6, log = true }
"motives.care" = { lo = 0.02, hi = 0.98, n = 7 }
"""


def small(text=TEXT, quick=False):
    return sweep.parse(text, quick)


def compute(folder, name="reference.zarr", text=TEXT, **options):
    """A whole store, and its path."""
    store = folder / name
    report = sweep.run(small(text), store, **options)
    assert (report.done, report.failed, report.stopped) == (report.points, 0, "")
    return store


def contents(store):
    """What a store holds, without what says how it came about."""
    with xr.open_zarr(store) as opened:
        return opened.load().drop_attrs()


def same(one, other):
    assert contents(one).identical(contents(other))
