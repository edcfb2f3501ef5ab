"""Many scenarios: a sweep over axes, in a store that nothing can spoil, on threads or on a cluster.

sweep = basin.sweep.read("sims/takeoff.toml")
report = basin.sweep.run(sweep, "takeoff.zarr")     # the same call goes on where it was stopped
found = basin.datasets.open("takeoff.zarr")         # or xarray.open_zarr
known = basin.sweep.stores()                        # those that the command line wrote, by name
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
