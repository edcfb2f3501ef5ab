"""Many scenarios: a sweep over axes, in a store that nothing can spoil, on threads or on a cluster.

    >>> text = '''
    ... scenario = "value-learner"
    ... runs = 4
    ... axes."motives.care" = [0.1, 0.5, 0.9]
    ... '''
    >>> sweep = basin.sweep.parse(text)                      # or basin.sweep.read("sims/takeoff.toml")
    >>> report = basin.sweep.run(sweep, "care.zarr")         # the same call goes on where it was stopped
    >>> report.done, report.points
    (3, 3)
    >>> found = basin.datasets.open("care.zarr")             # or xarray.open_zarr
    >>> found["aligned"].values
    array([0., 1., 1.])

Stores that the command line wrote are `basin.sweep.stores()`, by name.
"""

from basin.sweep.catalogue import Entry, stores
from basin.sweep.compute import measures
from basin.sweep.dimension import Dimension
from basin.sweep.errors import SweepError
from basin.sweep.export import handed_on
from basin.sweep.file import parse, read
from basin.sweep.plan import Sweep
from basin.sweep.running import Report, run
from basin.sweep.store import Store, StoreError, open_store

__all__ = [
    "Dimension",
    "Entry",
    "Report",
    "Store",
    "StoreError",
    "Sweep",
    "SweepError",
    "handed_on",
    "measures",
    "open_store",
    "parse",
    "read",
    "run",
    "stores",
]
