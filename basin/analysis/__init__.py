"""What the basin is: from a mapper (points to labels) to maps, and intervals for what they say.

Nothing here knows of value learning: any mapper will do.
"""

from basin.analysis.intervals import Mean, mean, wilson
from basin.analysis.map import Axis, AxisError, map

__all__ = ["Axis", "AxisError", "Mean", "map", "mean", "wilson"]
