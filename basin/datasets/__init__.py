"""What is kept: the names, units and provenance of every Dataset, and how they are written and read."""

from basin.datasets.files import DataError, check_target, open, save
from basin.datasets.provenance import provenance
from basin.datasets.schema import EPISODE_VARIABLES, KIND, MAP_VARIABLES, RUN_VARIABLES, grid, runs, trajectory

__all__ = [
    "EPISODE_VARIABLES",
    "KIND",
    "MAP_VARIABLES",
    "RUN_VARIABLES",
    "DataError",
    "check_target",
    "grid",
    "open",
    "provenance",
    "runs",
    "save",
    "trajectory",
]
