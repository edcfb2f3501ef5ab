"""A sweep in a process of its own, which a test kills. Whoever imports this has paid for what is slow to begin."""

from __future__ import annotations

import xarray as xr
import zarr

from basin import sweep
from basin.sweep.compute import compute
from tests.sweep.small import small

POINTS = 7  # of a task, so that there are several

assert xr.Dataset({"zarr": ("version", [zarr.__version__])}).sizes
compute(small(), [0])  # the kernels are loaded once, here, and not by every process that is begun from here


def begin(store, **options):
    sweep.run(small(), store, points_per_task=POINTS, **options)
