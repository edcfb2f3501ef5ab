"""What the basin is: from a mapper (points to labels) to maps, and intervals for what they say.

Nothing here knows of value learning: any mapper will do.
"""

from basin.analysis.intervals import Mean, mean, wilson
from basin.analysis.map import Axis, AxisError, map
from basin.analysis.summary import average, fraction, proportion, summarise

__all__ = ["Axis", "AxisError", "Mean", "average", "fraction", "map", "mean", "proportion", "summarise", "wilson"]
