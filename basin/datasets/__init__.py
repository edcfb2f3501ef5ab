"""What is kept: the names, units and provenance of every Dataset, and how they are written and read.

>>> kept = basin.datasets.save(basin.run("value-learner", runs=3), "runs.nc")
>>> basin.datasets.open("runs.nc").sizes["run"]
3
"""

from basin.datasets.files import SUFFIXES, DataError, check_target, open, save
from basin.datasets.provenance import computed, provenance, system_provenance
from basin.datasets.schema import (
    EPISODE_VARIABLES,
    KIND,
    LEARNED_VARIABLES,
    MAP_VARIABLES,
    RUN_VARIABLES,
    Described,
    grid,
    learned,
    measured,
    runs,
    trajectory,
)

__all__ = [
    "EPISODE_VARIABLES",
    "KIND",
    "LEARNED_VARIABLES",
    "MAP_VARIABLES",
    "RUN_VARIABLES",
    "SUFFIXES",
    "DataError",
    "Described",
    "check_target",
    "computed",
    "grid",
    "learned",
    "measured",
    "open",
    "provenance",
    "runs",
    "save",
    "system_provenance",
    "trajectory",
]
