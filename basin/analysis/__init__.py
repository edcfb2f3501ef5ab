"""What the basin is: from a mapper (points to labels) to maps, and intervals for what they say.

Nothing here knows of value learning: any mapper will do.
"""

from basin.analysis.intervals import Mean, clustered, effective, exact, mean, median, shared, wilson
from basin.analysis.map import Axis, AxisError, map
from basin.analysis.missing import missing_mass
from basin.analysis.sequence import anytime
from basin.analysis.summary import average, fraction, proportion, summarise

__all__ = [
    "Axis",
    "AxisError",
    "Mean",
    "anytime",
    "average",
    "clustered",
    "effective",
    "exact",
    "fraction",
    "map",
    "mean",
    "median",
    "missing_mass",
    "proportion",
    "shared",
    "summarise",
    "wilson",
]
